// SPDX-License-Identifier: Apache-2.0
// What an update means: from the caller's changes to the state that is wanted, and to what a merge sends.
#pragma once

#include <concepts>
#include <string>
#include <type_traits>

#include <openstack/describe.hpp>
#include <openstack/error.hpp>
#include <openstack/resource.hpp>
#include <openstack/to_json.hpp>

namespace openstack::detail {

/// A T for parameters that are references: nothing can be made of it by a copy.
template<class T>
struct Uncopied : T {
    using T::operator=;
    Uncopied(Uncopied const&) = delete;
};

/// Whether an edit takes its resource as a copy, or const, so that it changes nothing. A `T&` doesn't take a temporary;
/// of templates that do, such as `[](auto&&)`, those that are given a reference take also what can't be copied.
template<class T, class Edit>
constexpr bool edits_nothing() {
    using Function = std::remove_cvref_t<Edit>;
    if constexpr (std::is_member_pointer_v<Function> || !std::invocable<Edit, T>) {
        return false;
    } else if constexpr (!std::is_class_v<Function> || requires { &Function::operator(); }) {
        return true;
    } else {
        return !std::invocable<Edit, Uncopied<T>&>;
    }
}

/// `base` with every field that is set in `changes` taken over, and its properties added or replaced. What is ReadOnly
/// is passed over, so that a copied and edited object can be `changes`.
template<Described T>
[[nodiscard]] T with_changes(T base, T const& changes) {
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
        if constexpr (field.is_catch_all) {
            for (auto const& [key, value] : changes.*Member) (base.*Member)[key] = value;
        } else if constexpr (!field.is_read_only) {
            if (!(changes.*Member).is_unset()) base.*Member = changes.*Member;
        }
    });
    return base;
}

/// Throws InvalidRequest if a field differs that the caller may set, but no update can change.
template<Described T>
void check_changes(T const& before, T const& after) {
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
        if constexpr (!field.is_catch_all && !field.is_patchable && !field.is_read_only) {
            if (before.*Member != after.*Member)
                throw InvalidRequest("an update can't change '" + std::string{field.name} + "'");
        }
    });
}

template<Described T>
void write_difference(JsonWriter& writer, Properties const& before, Properties const& after) {
    for (auto const& [key, value] : before) {
        if (after.contains(key)) continue;
        writer.key(key);
        writer.null();
    }
    for (auto const& [key, value] : after) {
        if (auto const old = before.find(key); old != before.end() && old->second == value) continue;
        check_property_name<T>(key);
        writer.key(key);
        writer.string(value);
    }
}

/// The body of an update by merge (RFC 7396): the fields and properties of `after` that differ from `before` and that
/// an update may change; null for those that are gone.
template<Resource T>
[[nodiscard]] std::string to_merge_body(T const& before, T const& after) {
    return to_body<T>([&](JsonWriter& writer) {
        for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
            if constexpr (field.is_catch_all) {
                write_difference<T>(writer, before.*Member, after.*Member);
            } else if constexpr (field.is_patchable) {
                if (before.*Member == after.*Member) return;
                writer.key(field.write_name);
                if ((after.*Member).is_unset()) return writer.null();
                write_field<FieldInfo<Member, Descriptor>>(writer, after.*Member);
            }
        });
    });
}

}  // namespace openstack::detail
