// SPDX-License-Identifier: Apache-2.0
// Proxy<T>: create, get, find, list, update and remove, for any resource.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include <openstack/chosen_identity.hpp>
#include <openstack/http_error.hpp>
#include <openstack/proxy_of_no_resource.hpp>
#include <openstack/proxy_reads.hpp>
#include <openstack/proxy_updates.hpp>
#include <openstack/resource.hpp>
#include <openstack/resource_ref.hpp>
#include <openstack/session.hpp>
#include <openstack/to_json.hpp>

namespace openstack {

/// The operations on resources of type T. Cheap to make and to copy; safe to use from several threads at once.
/// Everything throws InvalidRequest before anything is sent, HttpError's subclasses for refusals, TransportError, and
/// DecodeError for an answer that isn't a T.
template<Resource T>
class Proxy<T> : public ProxyUpdates<T> {
  public:
    using ProxyUpdates<T>::ProxyUpdates;

    /// POST to the collection (or PUT to the id, as declared). Gives what the service made of it. Where the client
    /// chooses the id, a POST whose answer got lost is repeated; a 409 is then asked about by a GET.
    T create(T const& fields) const {
        static_assert(T::resource.create != Create::none && !T::resource.single,
                      "openstack: the declaration of this resource allows no create");
        T const chosen = detail::with_identity(fields);
        constexpr bool is_put = T::resource.create == Create::put;
        Request request{.method = is_put ? "PUT" : "POST", .url = is_put ? this->path_of(chosen) : this->path_};
        request.body = to_create_body(chosen);
        request.is_repeatable = is_put || detail::writes_identity(chosen);
        try {
            return this->exchange(std::move(request), "application/json");
        } catch (Conflict const& conflict) {
            if (conflict.attempts().is_in_doubt)
                if (std::optional<T> made = detail::find_created(*this, fields, chosen)) return std::move(*made);
            throw;
        }
    }

    /// DELETE. A resource that isn't there is no error.
    void remove(ResourceRef<T> const& resource) const {
        try {
            send_remove(resource);
        } catch (ResourceNotFound const&) {
        }
    }
    /// DELETE. Throws ResourceNotFound if the resource isn't there; but not where an earlier attempt, whose answer got
    /// lost, may have removed it.
    void remove(ResourceRef<T> const& resource, MustExist) const {
        try {
            send_remove(resource);
        } catch (ResourceNotFound const& gone) {
            if (!gone.attempts().is_in_doubt) throw;
        }
    }

    /// As Session::with: `images.with({.stop = token}).get(id)`.
    [[nodiscard]] Proxy with(CallOptions options) const {
        Proxy other = *this;
        other.session_ = this->session_.with(std::move(options));
        return other;
    }

  private:
    void send_remove(ResourceRef<T> const& resource) const {
        static_assert(T::resource.remove, "openstack: the declaration of this resource allows no remove");
        this->session_.send(T::resource.service, {.method = "DELETE", .url = this->path_of(resource)});
    }
};

}  // namespace openstack
