// SPDX-License-Identifier: Apache-2.0
// Looking a resource up by its name: which listings to ask for, and which of their resources really have the name.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/error.hpp>
#include <openstack/http_error.hpp>
#include <openstack/query.hpp>
#include <openstack/resource.hpp>

namespace openstack::detail {

/// Whether a field is the one that other resources and people call a resource by.
template<class Info>
inline constexpr bool is_name =
    Info::is_in_json&& Info::wire_name == "name" && std::same_as<typename Info::value_type, std::string>;

/// Whether the resource has exactly that name; false for resources without names.
template<Resource T>
[[nodiscard]] bool has_name(T const& resource, std::string_view name) {
    bool is_same = false;
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        if constexpr (is_name<FieldInfo<Member, Descriptor>>) is_same = resource.*Member == name;
    });
    return is_same;
}

/// The listings that together hold every resource of that name: filtered where the service can, and repeated for those
/// that it hides. None for resources without a name.
template<Resource T>
[[nodiscard]] std::vector<Query<T>> queries_by_name(std::string_view name) {
    std::vector<Query<T>> queries;
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        using Info = FieldInfo<Member, Descriptor>;
        if constexpr (is_name<Info>) {
            queries.emplace_back();
            if constexpr (Info::options::template has_operator<Eq>) queries.back() = Query<T>{where<Member> == name};
        }
    });
    if (queries.empty()) return queries;
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        FieldInfo<Member, Descriptor>::options::visit_hidden([&](auto value) {
            queries.push_back(Query<T>{queries.front(), where<Member> == value});
        });
    });
    return queries;
}

/// The resources of that name in these listings, each of them once; `list` makes a listing of a query.
template<Resource T, class List>
[[nodiscard]] std::vector<T> find_named(std::string_view name, List list) {
    std::vector<T> found;
    for (Query<T> const& query : queries_by_name<T>(name)) {
        for (T& each : list(query)) {
            bool is_new = has_name(each, name);
            for (T const& known : found) is_new = is_new && identity(known) != identity(each);
            if (is_new) found.push_back(std::move(each));
        }
    }
    return found;
}

/// Throws ResourceNotFound for a search below that path.
[[noreturn]] inline void throw_not_found(std::string_view name_or_id, std::string const& path) {
    throw ResourceNotFound({.status = 404,
                            .method = "GET",
                            .url = path,
                            .text = "none has the id or the name '" + std::string{name_or_id} + "'"});
}

/// Throws DuplicateResource with the ids of all that have the name; one is enough where there shall be none.
template<Resource T>
[[noreturn]] void throw_duplicate(std::string_view name, std::vector<T> const& found) {
    std::vector<std::string> ids;
    for (T const& each : found) ids.push_back(identity(each));
    throw DuplicateResource('\'' + std::string{name} + "' is the name of " +
                                (found.size() > 1 ? "more than one" : "one") + " of " + std::string{T::resource.plural},
                            std::move(ids));
}

}  // namespace openstack::detail
