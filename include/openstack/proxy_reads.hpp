// SPDX-License-Identifier: Apache-2.0
// ProxyReads<T>: where a Proxy's requests go, and what it reads: get, find and list.
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
#include <openstack/http_error.hpp>
#include <openstack/listing.hpp>
#include <openstack/query.hpp>
#include <openstack/resource.hpp>
#include <openstack/resource_ref.hpp>
#include <openstack/session.hpp>
#include <openstack/uri.hpp>
#include <openstack/where.hpp>

namespace openstack {

/// The type of `must_exist`.
struct MustExist {};
/// As the last argument of find and remove: what isn't there is a ResourceNotFound.
inline constexpr MustExist must_exist{};

/// The type of `details`.
struct Details {};
/// As the first argument of list: with the fields that the service leaves out otherwise.
inline constexpr Details details{};

namespace detail {

template<class T, class Part>
inline constexpr bool is_get_condition = false;
template<class T, class R>
inline constexpr bool is_get_condition<T, GetCondition<R>> = std::derived_from<T, R>;

}  // namespace detail

/// The part of Proxy<T> that reads. The other parts stand on it.
template<Resource T>
class ProxyReads {
  public:
    /// Binds the path's `{placeholders}` in their order, each to an id or to an object that has one.
    template<class... Parents>
    explicit ProxyReads(Session session, Parents const&... parents) : session_(std::move(session)) {
        static_assert(sizeof...(Parents) == count_placeholders(T::resource.path),
                      "openstack: a Proxy takes as many ids as the resource's path has placeholders");
        path_ = fill_placeholders(T::resource.path, {parent_id(parents)...});
    }

    // Copied also where it could be moved: what is left then would send its requests to the service's root.
    ProxyReads(ProxyReads const&) = default;
    ProxyReads& operator=(ProxyReads const&) = default;

    /// GET of one resource. Throws ResourceNotFound.
    [[nodiscard]] T get(ResourceRef<T> const& resource) const {
        static_assert(T::resource.get, "openstack: the declaration of this resource allows no get");
        return exchange({.url = path_of(resource)});
    }

    /// The same with conditions on what is told of it: `where<>` with an operator, of OfGet fields.
    template<class... Parts>
    requires(sizeof...(Parts) > 0) [[nodiscard]] T get(ResourceRef<T> const& resource, Parts const&... parts) const {
        static_assert(T::resource.get, "openstack: the declaration of this resource allows no get");
        constexpr bool are_conditions = (detail::is_get_condition<T, Parts> && ...);
        static_assert(are_conditions, "openstack: get() takes conditions on OfGet fields of its resource alone");
        std::vector<QueryParameter> parameters;
        if constexpr (are_conditions) (detail::append(parameters, parts.parameters), ...);
        return exchange({.url = path_of(resource) + '?' + to_query_string(parameters)});
    }

    /// GET of the path itself, where the declaration says that there is but one.
    [[nodiscard]] T get() const {
        static_assert(T::resource.single, "openstack: there are several of this resource: get() takes an id");
        return exchange({.url = path_});
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
        static_assert(T::resource.list && (!T::resource.plural.empty() || T::resource.collection == Collection::bare),
                      "openstack: the declaration of this resource allows no list, or doesn't say its plural");
        return Listing<T>{session_, path_, Query<T>{parts...}};
    }
    /// The same from `path/detail`, as Nova's servers have it.
    template<class... Parts>
    [[nodiscard]] Listing<T> list(Details, Parts const&... parts) const {
        static_assert(T::resource.details, "openstack: the declaration of this resource has no listing with details");
        return Listing<T>{session_, path_ + "/detail", Query<T>{parts...}};
    }

    /// The path of one resource, below which services put what else it has.
    [[nodiscard]] std::string path_of(ResourceRef<T> const& resource) const {
        static_assert(!T::resource.single,
                      "openstack: there is one of this resource, without an id: get() is all it has");
        return path_ + '/' + path_segment(resource.id());
    }
    /// The session that it acts by.
    [[nodiscard]] Session const& session() const noexcept { return session_; }

  protected:
    /// What messages call it.
    static std::string answer_to(Request const& request) {
        return "the answer to " + request.method + ' ' + request.url;
    }

    /// Sends the request, and reads its answer.
    T exchange(Request request, std::string_view content_type = {}) const {
        if (!content_type.empty()) request.headers.set("Content-Type", std::string{content_type});
        std::string const what = answer_to(request);
        Response response = session_.send(T::resource.service, std::move(request));
        return detail::decode_answer<T>(std::move(response.body), what);
    }

    Session session_;
    std::string path_;  ///< of the collection

  private:
    template<class Parent>
    static std::string parent_id(Parent const& parent) {
        if constexpr (Resource<Parent>) {
            return ResourceRef<Parent>(parent).id();
        } else {
            return std::string{parent};
        }
    }
};

}  // namespace openstack
