// SPDX-License-Identifier: Apache-2.0
// What an update means: from the caller's changes to the state that is wanted.
#pragma once

#include <string>

#include <openstack/describe.hpp>
#include <openstack/error.hpp>

namespace openstack::detail {

/// `base` with every field that is set in `changes` taken over, and its properties added or replaced. Throws
/// InvalidRequest for a field that no update can change, unless it has that value already; what is ReadOnly is passed
/// over, so that a copied and edited object can be `changes`.
template<Described T>
[[nodiscard]] T with_changes(T base, T const& changes) {
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
        auto& target = base.*Member;
        auto const& change = changes.*Member;
        if constexpr (field.is_catch_all) {
            for (auto const& [key, value] : change) target[key] = value;
        } else if constexpr (field.is_patchable) {
            if (!change.is_unset()) target = change;
        } else if constexpr (!field.is_read_only) {
            if (!change.is_unset() && change != target)
                throw InvalidRequest("an update can't change '" + std::string{field.name} + "'");
        }
    });
    return base;
}

/// The fields of `after` that differ from `before` and nothing else; null for those that became unset (RFC 7396).
template<Described T>
[[nodiscard]] T changed_fields(T const& before, T const& after) {
    T changed{};
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
        if constexpr (field.is_patchable && !field.is_catch_all) {
            if (before.*Member == after.*Member) return;
            changed.*Member = after.*Member;
            if ((after.*Member).is_unset()) changed.*Member = null;
        } else if constexpr (field.is_catch_all) {
            for (auto const& [key, value] : after.*Member) {
                auto const old = (before.*Member).find(key);
                if (old == (before.*Member).end() || old->second != value) (changed.*Member)[key] = value;
            }
        }
    });
    return changed;
}

}  // namespace openstack::detail
