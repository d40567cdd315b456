// SPDX-License-Identifier: Apache-2.0
// ProxyUpdates<T>: what a Proxy changes: fields, edits, and patches made by hand.
#pragma once

#include <concepts>
#include <string>
#include <utility>

#include <openstack/changes.hpp>
#include <openstack/patch.hpp>
#include <openstack/proxy_reads.hpp>
#include <openstack/resource.hpp>
#include <openstack/resource_ref.hpp>
#include <openstack/to_json.hpp>

namespace openstack {

/// The part of Proxy<T> that updates.
template<Resource T>
class ProxyUpdates : public ProxyReads<T> {
  public:
    using ProxyReads<T>::ProxyReads;

    /// Changes the fields that are set in `changes`. Given an object: those that differ from it, without asking for its
    /// current state, and if none differs nothing is sent. Given an id: all of them; where that needs the current state
    /// (Update::put) it is asked for (of a resource without a get, they are the whole that is put), and where the
    /// service merges (Update::merge) what their objects lack stays. Properties are added or replaced, none is removed;
    /// lists are replaced; null replaces by null. Throws InvalidRequest for a field that can't be changed, and where
    /// both are one object: what was changed in it can't be told any more.
    T update(ResourceRef<T> const& resource, T const& changes) const {
        if constexpr (check_update()) {
            if (resource.object() == &changes)
                throw InvalidRequest("an object doesn't differ from itself: pass an edit, or its id and the changes");
            constexpr bool is_whole = T::resource.update == Update::put && T::resource.get;
            T before{};
            if (resource.object() != nullptr)
                before = *resource.object();
            else if constexpr (is_whole)
                before = this->get(resource);
            T const after = detail::with_changes(before, changes);
            return send_update(resource, before, after, resource.object() != nullptr || is_whole);
        } else {
            return changes;
        }
    }

    /// Gets the current state, lets `edit` change it, and sends the difference: what it set, cleared, added or removed.
    /// Throws InvalidRequest if it changed a field that an update can't.
    template<std::invocable<T&> Edit>
    T update(ResourceRef<T> const& resource, Edit&& edit) const {
        constexpr bool is_edit = !detail::edits_nothing<T, Edit>();
        static_assert(is_edit,
                      "openstack: an edit takes the resource by reference, [](auto& resource) { ... }: "
                      "by value or by const reference it changes nothing");
        if constexpr (check_update() && is_edit) {
            T const before = this->get(resource);
            T after = before;
            std::forward<Edit>(edit)(after);
            return send_update(resource, before, after, true);
        } else {
            return T{};
        }
    }

    /// Sends a patch made by hand (RFC 6902), as it is: what it may change is for the service to say.
    T patch(ResourceRef<T> const& resource, JsonPatch const& patch) const {
        static_assert(T::resource.update == Update::json_patch,
                      "openstack: the declaration of this resource allows no update by JSON patch");
        Request request{.method = "PATCH", .url = this->path_of(resource), .body = patch.to_json()};
        request.is_repeatable = patch.is_repeatable();
        return this->exchange(std::move(request), T::resource.patch_type);
    }

  private:
    static constexpr bool check_update() {
        constexpr bool is_allowed = T::resource.update != Update::none;
        static_assert(is_allowed, "openstack: the declaration of this resource allows no update");
        return is_allowed;
    }

    T send_update(ResourceRef<T> const& resource, T const& before, T const& after, bool is_known) const {
        detail::check_changes(before, after, resource.id());
        JsonPatch const difference = diff(before, after);
        if constexpr (T::resource.get)
            if (difference.empty() && !is_known) return this->get(resource);
        if (difference.empty()) return after;
        if constexpr (T::resource.update == Update::json_patch) {
            return patch(resource, difference);
        } else {
            Request request{.method = T::resource.update == Update::merge ? "PATCH" : "PUT",
                            .url = this->path_of(resource)};
            if constexpr (T::resource.update == Update::put)
                request.body = to_update_body(after);
            else
                request.body = detail::to_changes_body(before, after);
            // After a rename the old name is gone, which would look like a failure.
            request.is_repeatable = identity(after).empty() || identity(after) == resource.id();
            return this->exchange(std::move(request), "application/json");
        }
    }
};

}  // namespace openstack
