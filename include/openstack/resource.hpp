// SPDX-License-Identifier: Apache-2.0
// Resource: a described struct that says where its service keeps it, and the checks that a declaration must pass.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <openstack/codec.hpp>
#include <openstack/field_info.hpp>
#include <openstack/resource_info.hpp>

namespace openstack {

namespace detail {

template<class T>
inline constexpr bool is_text_codable_list = TextCodable<T>;
template<class T>
inline constexpr bool is_text_codable_list<std::vector<T>> = TextCodable<T>;

/// Compares every pair: the sizes first, by pointers and without a call, which is what this costs the compiler.
template<Described T>
constexpr bool has_unique_wire_names() {
    FieldFacts const* const begin = field_facts<T>.data();
    for (FieldFacts const* one = begin; one != begin + field_count<T>; ++one)
        for (FieldFacts const* other = begin; other != one; ++other)
            if (one->name_size == other->name_size && one->is_in_json && other->is_in_json &&
                one->wire_name == other->wire_name)
                return false;
    return true;
}

/// Of those that have a name of their own in what is sent: whether that is no other field's there.
template<Described T>
constexpr bool has_unique_write_names() {
    for (FieldFacts const& one : field_facts<T>) {
        if (one.write_name == one.wire_name) continue;
        for (FieldFacts const& other : field_facts<T>)
            if (&one != &other && other.is_sent && other.is_in_json && one.write_name == other.write_name) return false;
    }
    return true;
}

template<Described T>
constexpr std::size_t count_catch_alls() {
    std::size_t count = 0;
    for (FieldFacts const& each : field_facts<T>) count += each.is_catch_all ? 1 : 0;
    return count;
}

template<class Value, bool NeedsText, bool IsFiltered, bool IsCompared>
constexpr TypeFault find_field_fault() {
    constexpr TypeFault fault = type_fault<Value>;
    if (fault != TypeFault::none && (fault != TypeFault::not_comparable || IsCompared)) return fault;
    if (NeedsText && !TextCodable<Value>) return TypeFault::no_text;
    return IsFiltered && !is_text_codable_list<Value> ? TypeFault::no_filter : TypeFault::none;
}
/// What is wrong with a field's type. Fields that ask the same of one type share the answer.
template<class Value, bool NeedsText, bool IsFiltered, bool IsCompared>
inline constexpr TypeFault field_fault = find_field_fault<Value, NeedsText, IsFiltered, IsCompared>();

/// The sentence about a field. The compiler reads these only where it needs one.
template<auto Member, TypeFault fault>
struct FieldComplaint {
    static_assert(
        fault != TypeFault::not_codable,
        "openstack: a field can't have this type: use bool, a number, std::string, Timestamp, Open<Enum>, RawJson, a "
        "described struct, a std::vector or std::map<std::string, ...> of these, or specialise openstack::codec for "
        "it");
    static_assert(fault != TypeFault::codec_lacks_name,
                  "openstack: the codec of a field's type lacks `static constexpr std::string_view expected`, the name "
                  "of what it decodes");
    static_assert(fault != TypeFault::codec_lacks_function,
                  "openstack: the codec of a field's type T needs `static W encode(T const&)` and `static "
                  "std::optional<T> decode(W)`, where W is bool, a number or std::string");
    static_assert(fault != TypeFault::not_comparable,
                  "openstack: the type of a field needs ==, by which updates find what has changed: `bool "
                  "operator==(Name const&) const = default;`");
    static_assert(
        fault != TypeFault::no_text,
        "openstack: the type of an AsText or Header field must have a text: a bool, a number, std::string or a "
        "type with a codec");
    static_assert(
        fault != TypeFault::no_filter,
        "openstack: the type of a Filterable field must have a text: a bool, a number, std::string, a type with "
        "a codec, or a std::vector of these");
    using type = void;
};
struct NoComplaint {
    using type = void;
};
template<auto Member, class Info, bool IsCompared,
         TypeFault fault = field_fault<typename Info::value_type, Info::is_text || !Info::header.empty(),
                                       Info::is_filterable, IsCompared>>
using CheckField = std::conditional_t<fault == TypeFault::none, NoComplaint, FieldComplaint<Member, fault>>;

/// The checks of all fields. Whoever names `type` makes them; it doesn't depend on them, so one mistake is one error.
template<class Descriptors, bool AreCompared>
struct CheckFields;
template<class... Descriptors, bool AreCompared>
struct CheckFields<TypeList<Descriptors...>, AreCompared> {
    using type = std::void_t<
        typename CheckField<Descriptors::pointer, FieldInfo<Descriptors::pointer, Descriptors>, AreCompared>::type...>;
};

template<class T>
inline constexpr bool can_be_updated = false;
template<HasResource T>
inline constexpr bool can_be_updated<T> = T::resource.update != Update::none;

/// The checks of a declaration, each with its sentence.
template<class T>
struct CheckDeclaration {
    static_assert(std::is_aggregate_v<T> && std::is_default_constructible_v<T> && std::is_copy_constructible_v<T>,
                  "openstack: a resource is a plain struct: an aggregate that can be made empty and copied");
    static_assert(
        describes_all_members<T>,
        "openstack: BOOST_DESCRIBE_CLASS must list every member of the struct: one is missing, or isn't its own");
    static_assert(has_unique_wire_names<T>(), "openstack: two fields of this struct have one wire name");
    static_assert(has_unique_write_names<T>(), "openstack: two fields of this struct are sent by one name (WriteAs)");
    static_assert(count_catch_alls<T>() <= 1,
                  "openstack: a struct has at most one catch-all, a member of type Properties");
    static_assert(field_count<T> <= 64, "openstack: a struct has at most 64 fields");
    using type = typename CheckFields<DescribedMembers<T>, can_be_updated<T>>::type;
};

template<class T>
constexpr bool has_only_fields() {
    for (FieldFacts const& each : field_facts<T>)
        if (!each.is_catch_all && !each.is_field) return false;
    return true;
}

template<class T>
struct CheckResource {
    static_assert(T::resource.path.starts_with('/') && !T::resource.path.ends_with('/'),
                  "openstack: the path of a resource starts with / and doesn't end with one");
    static_assert(!T::resource.service.empty(), "openstack: a resource names its service, such as \"image\"");
    static_assert(has_only_fields<T>(), "openstack: every member of a resource is a Field<...>, or the one Properties");
    static_assert(!Listed<T> || field_count<T> > 0, "openstack: a resource needs a field that identifies it");
    using type = typename CheckDeclaration<T>::type;
};

template<class T, class = typename CheckDeclaration<T>::type>
inline constexpr bool is_checked_struct = true;
template<class T, class = typename CheckResource<T>::type>
inline constexpr bool is_checked_resource = true;
template<class T, class = typename CheckFields<DescribedMembers<T>, true>::type>
inline constexpr bool has_comparable_fields = true;

}  // namespace detail

/// A described struct with a `resource`. Asking it of a struct whose declaration has a mistake stops with a sentence.
template<class T>
concept Resource = Described<T> && detail::HasResource<T> && detail::is_checked_resource<T>;

namespace detail {

template<Described T>
constexpr std::size_t identity_index() {
    std::size_t identity = 0;
    for (std::size_t i = 0; i < field_facts<T>.size(); ++i)
        if (field_facts<T>[i].wire_name == "id") identity = i;
    return identity;
}

template<Described T>
[[nodiscard]] constexpr bool is_identity(std::string_view wire_name) {
    return field_facts<T>[identity_index<T>()].wire_name == wire_name;
}

}  // namespace detail

/// What identifies the resource in paths: the field whose wire name is `id`, or else the first one; empty if it has no
/// value.
template<Resource T>
[[nodiscard]] std::string identity(T const& resource) {
    std::string text;
    std::size_t index = 0;
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
        using Info = FieldInfo<Member, Descriptor>;
        if constexpr (detail::is_field<typename Info::member_type> && field.is_in_json &&
                      TextCodable<typename Info::value_type>) {
            if (index == detail::identity_index<T>() && resource.*Member) text = to_text(*(resource.*Member));
        }
        ++index;
    });
    return text;
}

}  // namespace openstack
