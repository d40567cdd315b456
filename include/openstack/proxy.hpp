// SPDX-License-Identifier: Apache-2.0
// Proxy<T>: create, get, find, list, update and remove, for any resource.
#pragma once

#include <concepts>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/answer.hpp>
#include <openstack/by_name.hpp>
#include <openstack/changes.hpp>
#include <openstack/chosen_identity.hpp>
#include <openstack/http_error.hpp>
#include <openstack/listing.hpp>
#include <openstack/patch.hpp>
#include <openstack/proxy_of_no_resource.hpp>
#include <openstack/query.hpp>
#include <openstack/resource.hpp>
#include <openstack/resource_ref.hpp>
#include <openstack/session.hpp>
#include <openstack/to_json.hpp>

namespace openstack {

/// The type of `must_exist`.
struct MustExist {};
/// As the last argument of find and remove: what isn't there is a ResourceNotFound.
inline constexpr MustExist must_exist{};

/// The operations on resources of type T. Cheap to make and to copy; safe to use from several threads at once.
/// Everything throws InvalidRequest before anything is sent, HttpError's subclasses for refusals, TransportError, and
/// DecodeError for an answer that isn't a T.
template<Resource T>
class Proxy<T> {
  public:
    /// Binds the path's `{placeholders}` in their order, each to an id or to an object that has one.
    template<class... Parents>
    explicit Proxy(Session session, Parents const&... parents) : session_(std::move(session)) {
        static_assert(sizeof...(Parents) == count_placeholders(T::resource.path),
                      "openstack: a Proxy takes as many ids as the resource's path has placeholders");
        path_ = fill_placeholders(T::resource.path, {parent_id(parents)...});
    }

    // Copied also where it could be moved: what is left then would send its requests to the service's root.
    Proxy(Proxy const&) = default;
    Proxy& operator=(Proxy const&) = default;

    /// POST to the collection (or PUT to the id, as declared). Gives what the service made of it. Where the client
    /// chooses the id, a POST whose answer got lost is repeated; a 409 is then asked about by a GET.
    T create(T const& fields) const {
        static_assert(T::resource.create != Create::none,
                      "openstack: the declaration of this resource allows no create");
        T const chosen = detail::with_identity(fields);
        constexpr bool is_put = T::resource.create == Create::put;
        Request request{.method = is_put ? "PUT" : "POST", .url = is_put ? path_of(chosen) : path_};
        request.body = to_create_body(chosen);
        request.is_repeatable = is_put || detail::writes_identity(chosen);
        try {
            return exchange(std::move(request), "application/json");
        } catch (Conflict const& conflict) {
            if (conflict.attempts().is_in_doubt)
                if (std::optional<T> made = detail::find_created(*this, fields, chosen)) return std::move(*made);
            throw;
        }
    }

    /// GET of one resource. Throws ResourceNotFound.
    [[nodiscard]] T get(ResourceRef<T> const& resource) const {
        static_assert(T::resource.get, "openstack: the declaration of this resource allows no get");
        return exchange({.url = path_of(resource)});
    }

    /// The resource of that id, or else the only one of that name; nothing if there is none. Throws DuplicateResource,
    /// with all ids, if several have the name. Names are compared here, too: services skip filters unknown to them.
    ///
    /// HTTP: GET of the id; if that fails by 400, 403 or 404, GET of the collection filtered by name, and once more for
    /// the hidden ones where the declaration says HiddenWhen.
    [[nodiscard]] std::optional<T> find(std::string_view name_or_id) const {
        if (name_or_id.empty()) throw InvalidRequest("an empty text is no id and no name");
        std::exception_ptr forbidden;
        if constexpr (T::resource.get) {
            try {
                return get(name_or_id);
            } catch (ResourceNotFound const&) {
            } catch (BadRequest const&) {      // not the form of this service's ids
            } catch (InvalidRequest const&) {  // a name that can't stand in a path
            } catch (Forbidden const&) {
                forbidden = std::current_exception();
            }
        }
        std::vector<T> found;
        if constexpr (T::resource.list)
            found = detail::find_named<T>(name_or_id, [&](Query<T> const& query) { return list(query); });
        if (found.empty() && forbidden) std::rethrow_exception(forbidden);
        if (found.empty()) return std::nullopt;
        if (found.size() > 1) detail::throw_duplicate(name_or_id, found);
        return std::move(found.front());
    }
    /// The same, but throws ResourceNotFound if there is none.
    [[nodiscard]] T find(std::string_view name_or_id, MustExist) const {
        std::optional<T> found = find(name_or_id);
        if (!found) detail::throw_not_found(name_or_id, path_);
        return std::move(*found);
    }

    /// The resources that fit the filters, in the order of the sort keys; nothing is sent before the first is asked
    /// for.
    template<class... Parts>
    [[nodiscard]] Listing<T> list(Parts const&... parts) const {
        static_assert(T::resource.list && !T::resource.plural.empty(),
                      "openstack: the declaration of this resource allows no list, or doesn't say its plural");
        return Listing<T>{session_, path_, Query<T>{parts...}};
    }

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
                before = get(resource);
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
            T const before = get(resource);
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
        Request request{.method = "PATCH", .url = path_of(resource), .body = patch.to_json()};
        request.is_repeatable = patch.is_repeatable();
        return exchange(std::move(request), T::resource.patch_type);
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

    /// The path of one resource, below which services put what else it has.
    [[nodiscard]] std::string path_of(ResourceRef<T> const& resource) const {
        return path_ + '/' + path_segment(resource.id());
    }
    /// As Session::with: `images.with({.stop = token}).get(id)`.
    [[nodiscard]] Proxy with(CallOptions options) const {
        Proxy other = *this;
        other.session_ = session_.with(std::move(options));
        return other;
    }
    /// The session that it acts by.
    [[nodiscard]] Session const& session() const noexcept { return session_; }

  private:
    static constexpr bool check_update() {
        constexpr bool is_allowed = T::resource.update != Update::none;
        static_assert(is_allowed, "openstack: the declaration of this resource allows no update");
        return is_allowed;
    }

    template<class Parent>
    static std::string parent_id(Parent const& parent) {
        if constexpr (Resource<Parent>) {
            return ResourceRef<Parent>(parent).id();
        } else {
            return std::string{parent};
        }
    }

    void send_remove(ResourceRef<T> const& resource) const {
        static_assert(T::resource.remove, "openstack: the declaration of this resource allows no remove");
        session_.send(T::resource.service, {.method = "DELETE", .url = path_of(resource)});
    }

    T exchange(Request request, std::string_view content_type = {}) const {
        if (!content_type.empty()) request.headers.set("Content-Type", std::string{content_type});
        std::string const what = "the answer to " + request.method + ' ' + request.url;
        Response response = session_.send(T::resource.service, std::move(request));
        return detail::decode_answer<T>(std::move(response.body), what);
    }

    T send_update(ResourceRef<T> const& resource, T const& before, T const& after, bool is_known) const {
        detail::check_changes(before, after, resource.id());
        JsonPatch const difference = diff(before, after);
        if constexpr (T::resource.get)
            if (difference.empty() && !is_known) return get(resource);
        if (difference.empty()) return after;
        if constexpr (T::resource.update == Update::json_patch) {
            return patch(resource, difference);
        } else {
            Request request{.method = T::resource.update == Update::merge ? "PATCH" : "PUT", .url = path_of(resource)};
            if constexpr (T::resource.update == Update::put)
                request.body = to_update_body(after);
            else
                request.body = detail::to_changes_body(before, after);
            request.is_repeatable = true;
            return exchange(std::move(request), "application/json");
        }
    }

    Session session_;
    std::string path_;
};

}  // namespace openstack
