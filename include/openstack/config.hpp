// SPDX-License-Identifier: Apache-2.0
// CloudConfig: how to reach a cloud, filled in by hand or from the OS_* variables.
#pragma once

#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <openstack/auth/fixed_token.hpp>
#include <openstack/auth/keystone.hpp>
#include <openstack/auth/methods.hpp>
#include <openstack/auth/scope.hpp>
#include <openstack/curl_transport.hpp>
#include <openstack/error.hpp>
#include <openstack/session.hpp>
#include <openstack/uri.hpp>

namespace openstack {

/// Everything a Connection is made of.
struct CloudConfig {
    std::shared_ptr<Authentication> authentication{};  ///< who we are: Keystone, a FixedToken, or one of your own
    SessionOptions session{};                          ///< which of the cloud's endpoints are used
    TransportOptions transport{};                      ///< whom to trust
};

namespace detail {

/// The variable, or else the empty text: an empty variable counts as none, as other OpenStack tools take it.
inline std::string environment(char const* name) {
    char const* const value = std::getenv(name);
    return value == nullptr ? std::string{} : std::string{value};
}

/// The variable. Throws ConfigError, which says `why` it's needed, if it's unset or empty.
inline std::string required_environment(char const* name, std::string_view why) {
    std::string value = environment(name);
    if (value.empty()) throw ConfigError(std::string{name} + " isn't set: " + std::string{why});
    return value;
}

/// The endpoint in a variable. Throws ConfigError if it's unset or empty, or can't be one.
inline std::string required_endpoint(char const* name, std::string_view why) {
    std::string url = required_environment(name, why);
    check_endpoint(name, url);
    return url;
}

/// What OS_AUTH_URL and the variables of the user and the project say. Throws ConfigError.
template<class Made = Keystone>
std::shared_ptr<Authentication> password_from_environment() {
    std::string auth_url = required_endpoint("OS_AUTH_URL", "it is where Keystone answers");
    Password who{.username = environment("OS_USERNAME"),
                 .user_id = environment("OS_USER_ID"),
                 .user_domain_name = environment("OS_USER_DOMAIN_NAME"),
                 .user_domain_id = environment("OS_USER_DOMAIN_ID"),
                 .password = required_environment("OS_PASSWORD", "the password authentication needs it")};
    Scope scope{.project_id = environment("OS_PROJECT_ID"),
                .project_name = environment("OS_PROJECT_NAME"),
                .project_domain_id = environment("OS_PROJECT_DOMAIN_ID"),
                .project_domain_name = environment("OS_PROJECT_DOMAIN_NAME")};
    if (who.username.empty() && who.user_id.empty()) throw ConfigError("neither OS_USERNAME nor OS_USER_ID is set");
    if (who.user_id.empty() && who.user_domain_name.empty() && who.user_domain_id.empty())
        throw ConfigError("OS_USERNAME needs OS_USER_DOMAIN_NAME or OS_USER_DOMAIN_ID");
    bool const has_domain = !scope.project_domain_name.empty() || !scope.project_domain_id.empty();
    if (scope.project_id.empty() && !scope.project_name.empty() && !has_domain)
        throw ConfigError("OS_PROJECT_NAME needs OS_PROJECT_DOMAIN_NAME or OS_PROJECT_DOMAIN_ID");
    return std::make_shared<Made>(std::move(auth_url), std::move(who), std::move(scope));
}

}  // namespace detail

/// Reads the OS_* variables. OS_AUTH_TYPE is `password` (the default), `none` with OS_ENDPOINT, or `admin_token` with
/// OS_TOKEN and OS_ENDPOINT; a token and an endpoint without a type mean the last. Also read: OS_REGION_NAME,
/// OS_INTERFACE, OS_IMAGE_ENDPOINT_OVERRIDE, OS_CACERT. Throws ConfigError, which names the variable that is missing,
/// unknown, or should hold an http or https URL without user information, query and fragment but doesn't.
template<class Config = CloudConfig>
[[nodiscard]] Config config_from_environment() {
    Config config;
    config.session.region = detail::environment("OS_REGION_NAME");
    if (std::string value = detail::environment("OS_INTERFACE"); !value.empty())
        config.session.interfaces = {std::move(value)};
    if (std::string value = detail::environment("OS_IMAGE_ENDPOINT_OVERRIDE"); !value.empty()) {
        check_endpoint("OS_IMAGE_ENDPOINT_OVERRIDE", value);
        config.session.services["image"].endpoint = std::move(value);
    }
    config.transport.ca_file = detail::environment("OS_CACERT");

    std::string const endpoint = detail::environment("OS_ENDPOINT");
    std::string const token = detail::environment("OS_TOKEN");
    std::string type = detail::environment("OS_AUTH_TYPE");
    if (type.empty()) type = !token.empty() && !endpoint.empty() ? "admin_token" : "password";
    if (type == "none") {
        config.session.endpoint = detail::required_endpoint("OS_ENDPOINT", "OS_AUTH_TYPE=none needs it");
        config.authentication = std::make_shared<FixedToken>();
    } else if (type == "admin_token") {
        config.session.endpoint = detail::required_endpoint("OS_ENDPOINT", "a given token needs it");
        config.authentication =
            std::make_shared<FixedToken>(detail::required_environment("OS_TOKEN", "OS_AUTH_TYPE=admin_token needs it"));
    } else if (type == "password" || type == "v3password") {
        config.authentication = detail::password_from_environment();
    } else {
        throw ConfigError("OS_AUTH_TYPE=" + type + " isn't supported; password, none and admin_token are");
    }
    return config;
}

}  // namespace openstack
