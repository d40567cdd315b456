// SPDX-License-Identifier: Apache-2.0
// FieldInfo: what a declaration says of each member. Everything generated reads for_each_field.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#include <openstack/describe.hpp>
#include <openstack/field.hpp>
#include <openstack/properties.hpp>

namespace openstack {

namespace detail {

template<class Pointer>
struct MemberPointer;
template<class Class, class Type>
struct MemberPointer<Type Class::*> {
    using owner = Class;
    using type = Type;
};

template<auto Member>
struct MemberKey {};

template<class Key, class... Descriptors>
constexpr auto find_descriptor(TypeList<Descriptors...>) {
    return (
        TypeList<>{} + ... +
        std::conditional_t<std::is_same_v<Key, MemberKey<Descriptors::pointer>>, TypeList<Descriptors>, TypeList<>>{});
}
template<class... A, class... B>
constexpr TypeList<A..., B...> operator+(TypeList<A...>, TypeList<B...>) {
    return {};
}

/// A member that isn't in its struct's list.
struct NotDescribed {
    static constexpr char const* name = "";
};

template<class Descriptor>
constexpr Descriptor first(TypeList<Descriptor>) {
    return {};
}
constexpr NotDescribed first(TypeList<>) { return {}; }

/// Its descriptor in its struct's list. A struct of its own keeps the search out of the compiler's messages.
template<auto Member>
struct DescriptorOf {
    using Owner = typename MemberPointer<decltype(Member)>::owner;
    using type = decltype(first(find_descriptor<MemberKey<Member>>(DescribedMembers<Owner>{})));
};

/// The value type and the options of a member: a Field, or a plain member without options.
template<class T>
struct FieldParts {
    using value_type = T;
    using options = OptionList<>;
};
template<class T, class... Options>
struct FieldParts<Field<T, Options...>> {
    using value_type = T;
    using options = OptionList<Options...>;
};

constexpr std::string_view first_text(std::string_view a, std::string_view b) { return a.empty() ? b : a; }

}  // namespace detail

/// What the declaration says of one member: `FieldInfo<&Volume::name>`. A member that is no Field has no options.
template<auto Member, class Descriptor = typename detail::DescriptorOf<Member>::type>
struct FieldInfo {
    /// The struct that declares it.
    using owner = typename detail::MemberPointer<decltype(Member)>::owner;
    /// A Field, Properties, or the type of a plain member.
    using member_type = typename detail::MemberPointer<decltype(Member)>::type;
    /// What the Field holds.
    using value_type = typename detail::FieldParts<member_type>::value_type;
    /// The Field's OptionList.
    using options = typename detail::FieldParts<member_type>::options;

    static constexpr auto pointer = Member;
    static constexpr std::string_view name = Descriptor::name;  ///< in C++
    /// In JSON that the service sends, and in to_json's.
    static constexpr std::string_view wire_name = detail::first_text(options::template text<Wire>(), name);
    /// In JSON that the service is sent.
    static constexpr std::string_view write_name = detail::first_text(options::template text<WriteAs>(), wire_name);
    /// Of its filter, and as a sort key.
    static constexpr std::string_view query_name = detail::first_text(options::template text<QueryName>(), wire_name);
    static constexpr std::string_view header = options::template text<Header>();  ///< empty: it isn't one

    /// Whether it holds what has no field of its own: the one member of type Properties.
    static constexpr bool is_catch_all = std::is_same_v<member_type, Properties>;
    /// Whether it is a member of the resource's JSON object.
    static constexpr bool is_in_json = !is_catch_all && !options::is_header && !options::template has<QueryOnly>;
    /// The rules, as is_read_only<...> and the others below have them.
    static constexpr bool is_read_only = options::template has<ReadOnly>;
    static constexpr bool is_patchable = !is_read_only && header.empty() && !options::template has<CreateOnly>;
    static constexpr bool is_filterable = options::is_filterable;
    static constexpr bool is_sortable = options::template has<Sortable>;
    /// Whether the value is a string in JSON, whatever its type.
    static constexpr bool is_text = options::template has<AsText>;
};

/// What the declaration says of `&T::member`, as a value.
template<auto Member>
inline constexpr FieldInfo<Member> field_info{};

/// The member's name in JSON.
template<auto Member>
inline constexpr std::string_view wire_name = FieldInfo<Member>::wire_name;
/// Whether only the service sets it.
template<auto Member>
inline constexpr bool is_read_only = FieldInfo<Member>::is_read_only;
/// Whether an update may change it.
template<auto Member>
inline constexpr bool is_patchable = FieldInfo<Member>::is_patchable;
/// Whether `where<>` takes it.
template<auto Member>
inline constexpr bool is_filterable = FieldInfo<Member>::is_filterable;
/// Whether `asc<>` and `desc<>` take it.
template<auto Member>
inline constexpr bool is_sortable = FieldInfo<Member>::is_sortable;

namespace detail {

template<class... Descriptors, class Visit>
constexpr void visit_fields(TypeList<Descriptors...>, Visit& visit) {
    (visit(FieldInfo<Descriptors::pointer, Descriptors>{}), ...);
}

/// What is asked of any field alike, as a value.
struct FieldFacts {
    std::string_view wire_name;
    std::size_t name_size;  ///< of wire_name
    std::string_view write_name;
    bool is_sent;
    bool is_in_json;
    bool is_catch_all;
    bool is_field;
};

template<class Info>
inline constexpr FieldFacts facts_of{Info::wire_name,
                                     Info::wire_name.size(),
                                     Info::write_name,
                                     !Info::is_read_only,
                                     Info::is_in_json,
                                     Info::is_catch_all,
                                     is_field<typename Info::member_type>};

template<class... Descriptors>
constexpr std::array<FieldFacts, sizeof...(Descriptors)> make_facts(TypeList<Descriptors...>) {
    return {facts_of<FieldInfo<Descriptors::pointer, Descriptors>>...};
}

}  // namespace detail

/// Calls `visit(FieldInfo<...>{})` for each described member of T, in the order of the list.
template<Described T, class Visit>
constexpr void for_each_field(Visit&& visit) {
    detail::visit_fields(detail::DescribedMembers<T>{}, visit);
}

/// How many members T's list has.
template<Described T>
inline constexpr std::size_t field_count = detail::count(detail::DescribedMembers<T>{});

namespace detail {

/// The facts of T's fields, in the order of the list.
template<Described T>
inline constexpr auto field_facts = make_facts(DescribedMembers<T>{});

template<std::size_t>
using AnyValueAt = AnyValue;

template<class T, std::size_t... Index>
constexpr bool takes_values(std::index_sequence<Index...>) {
    return requires { T{AnyValueAt<Index>{}...}; };
}

}  // namespace detail

/// Whether T's list has all of T's own members. Not asked of structs with a base, whose members can't be counted.
template<Described T>
inline constexpr bool describes_all_members =
    !detail::Listed<T> || detail::has_base<T> ||
    (detail::takes_values<T>(std::make_index_sequence<field_count<T>>{}) &&
     !detail::takes_values<T>(std::make_index_sequence<field_count<T> + 1>{}));

}  // namespace openstack
