// SPDX-License-Identifier: Apache-2.0
// Finding a service in a cloud's catalog.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <openstack/authentication.hpp>
#include <openstack/endpoint.hpp>
#include <openstack/error.hpp>
#include <openstack/one_line.hpp>
#include <openstack/service_types.hpp>

namespace openstack::detail {

/// Which endpoint of a catalog is wanted.
struct Wanted {
    std::string_view service{};                  ///< its type, or another name of it
    std::string_view name{};                     ///< empty: whatever the service's name
    std::string_view region{};                   ///< empty: any
    std::vector<std::string> const& interfaces;  ///< the best first
};

/// Whether a catalog's interface is that one: it may be written as the attribute of a URL, such as "publicURL".
[[nodiscard]] inline bool is_interface(std::string_view name, std::string_view wanted) {
    if (wanted.ends_with("URL")) wanted.remove_suffix(3);
    if (name.ends_with("URL")) name.remove_suffix(3);
    return name == wanted;
}

/// The URL of the endpoint: that of the best interface, and among these of the best name of the service. Throws
/// EndpointNotFound, with what there is.
template<class Catalog = std::vector<Endpoint>>
[[nodiscard]] std::string find_endpoint(Catalog const& catalog, Wanted const& wanted) {
    std::vector<std::string_view> const names = names_of_service(wanted.service);
    for (std::string const& interface_ : wanted.interfaces)
        for (std::string_view const name : names)
            for (Endpoint const& each : catalog) {
                bool const is_it = each.service == name && is_interface(each.interface_, interface_) &&
                                   (wanted.region.empty() || each.region == wanted.region) &&
                                   (wanted.name.empty() || each.name == wanted.name);
                if (!is_it) continue;
                std::string_view const problem = endpoint_problem(each.url);
                if (problem.empty()) return each.url;
                throw EndpointNotFound("the catalog's " + each.interface_ + " endpoint for the service '" +
                                       each.service + "' can't be used: it " + std::string{problem});
            }
    std::vector<std::string> others;
    for (Endpoint const& each : catalog)
        others.push_back(each.service + " (" + each.interface_ + ", " + each.region + ')');
    std::string text = "the catalog has no " + comma_list(wanted.interfaces) + " endpoint for the service '" +
                       std::string{wanted.service} + "'";
    if (!wanted.name.empty()) text += " with the name '" + std::string{wanted.name} + "'";
    if (!wanted.region.empty()) text += " in region " + std::string{wanted.region};
    throw EndpointNotFound(
        text + "; it has " +
        (others.empty() ? "none at all: the token has no scope, or isn't Keystone's" : comma_list(others)));
}

}  // namespace openstack::detail
