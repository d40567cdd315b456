// SPDX-License-Identifier: Apache-2.0
// Proxy<T>: create, get, find, list, update and remove, for any resource.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <openstack/answer.hpp>
#include <openstack/changes.hpp>
#include <openstack/chosen_identity.hpp>
#include <openstack/http.hpp>
#include <openstack/http_error.hpp>
#include <openstack/page.hpp>
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

    /// POST to the collection (or PUT or POST to the id, as declared). Gives what the service made of it, or, if its
    /// answer is empty, what was sent. Where the client chooses the id, a POST whose answer got lost is repeated; a 409
    /// is then asked about by a GET.
    T create(T const& fields) const {
        static_assert(T::resource.create != Create::none && !T::resource.single,
                      "openstack: the declaration of this resource allows no create");
        T const chosen = detail::with_identity(fields);
        Request request{.method = T::resource.create == Create::put ? "PUT" : "POST", .url = this->path_};
        if constexpr (T::resource.create != Create::post) request.url = this->path_of(chosen);
        if constexpr (T::resource.create != Create::post_id) {
            request.body = to_create_body(chosen);
            request.headers.set("Content-Type", "application/json");
        }
        request.is_repeatable = T::resource.create != Create::post || detail::writes_identity(chosen);
        try {
            return create_by(std::move(request), chosen);
        } catch (Conflict const& conflict) {
            if (conflict.attempts().is_in_doubt)
                if (std::optional<T> made = detail::find_created(*this, fields, chosen)) return std::move(*made);
            throw;
        }
    }

    /// POST of several to the collection, with `headers` beside those that all requests have. Gives what the service
    /// made of them, or, if its answer is empty, what was sent. It isn't repeated: whether it makes all of them or
    /// none, and what becomes of those that are there, is for the service to say.
    std::vector<T> create_all(std::vector<T> const& resources, Headers headers = {}) const {
        constexpr bool is_allowed = T::resource.create_all && !T::resource.plural.empty();
        static_assert(is_allowed,
                      "openstack: the declaration of this resource allows no create_all, or doesn't say its plural");
        std::vector<T> made;
        if constexpr (is_allowed) {
            for (T const& each : resources) made.push_back(detail::with_identity(each));
            headers.set("Content-Type", "application/json");
            Request request{.method = "POST", .url = this->path_, .headers = std::move(headers)};
            request.body = to_create_body(made);
            std::string const what = this->answer_to(request);
            Response response = this->session_.send(T::resource.service, std::move(request));
            detail::Page<T> page;
            if (!response.body.empty()) return detail::decode_page(page, std::move(response.body), what);
            for (T& each : made) each = detail::with_changes(T{}, each);
        }
        return made;
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

    /// DELETE of the collection: removes all that is in it, and keeps what it belongs to.
    void remove_all() const {
        static_assert(T::resource.remove_all, "openstack: the declaration of this resource allows no remove_all");
        this->session_.send(T::resource.service, {.method = "DELETE", .url = this->path_});
    }

    /// As Session::with: `images.with({.stop = token}).get(id)`.
    [[nodiscard]] Proxy with(CallOptions options) const {
        Proxy other = *this;
        other.session_ = this->session_.with(std::move(options));
        return other;
    }

  private:
    T create_by(Request request, T const& chosen) const {
        std::string const what = this->answer_to(request);
        Response response = this->session_.send(T::resource.service, std::move(request));
        if (response.body.empty()) return detail::with_changes(T{}, chosen);
        return detail::decode_answer<T>(std::move(response.body), what);
    }

    void send_remove(ResourceRef<T> const& resource) const {
        static_assert(T::resource.remove, "openstack: the declaration of this resource allows no remove");
        this->session_.send(T::resource.service, {.method = "DELETE", .url = this->path_of(resource)});
    }
};

}  // namespace openstack
