// SPDX-License-Identifier: Apache-2.0
// The ids of new resources, where it is the client that chooses them.
#pragma once

#include <optional>

#include <openstack/changes.hpp>
#include <openstack/http_error.hpp>
#include <openstack/patch.hpp>
#include <openstack/resource.hpp>
#include <openstack/uuid.hpp>

namespace openstack::detail {

/// The resource, with its UuidOnCreate field filled in if it is unset.
template<Resource T>
[[nodiscard]] T with_identity(T fields) {
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        if constexpr (FieldInfo<Member, Descriptor>::options::template has<UuidOnCreate>)
            if ((fields.*Member).is_unset()) fields.*Member = random_uuid();
    });
    return fields;
}

/// Whether a create sends what will identify the resource.
template<Resource T>
[[nodiscard]] bool writes_identity(T const& fields) {
    bool is_written = false;
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        using Info = FieldInfo<Member, Descriptor>;
        if constexpr (Info::is_in_json && !Info::is_read_only && is_identity<T>(Info::wire_name))
            is_written = !identity(fields).empty();
    });
    return is_written;
}

/// What `proxy` finds under the id of `chosen`, if it is what an earlier attempt to create that made.
template<class Proxy, Resource T>
[[nodiscard]] std::optional<T> find_created(Proxy const& proxy, T const& chosen) {
    if constexpr (T::resource.get) {
        try {
            T found = proxy.get(identity(chosen));
            if (diff(found, with_changes(found, chosen)).empty()) return found;
        } catch (HttpError const&) {  // of the two refusals, that of the create says more
        }
    }
    return std::nullopt;
}

}  // namespace openstack::detail
