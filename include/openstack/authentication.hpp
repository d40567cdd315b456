// SPDX-License-Identifier: Apache-2.0
// Authentication: who we are to a cloud, and what the cloud then offers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <openstack/clock.hpp>
#include <openstack/http.hpp>

namespace openstack {

/// One entry of a catalog: where a service is.
struct Endpoint {
    std::string service{};     ///< the service's type, such as "image"
    std::string interface_{};  ///< "public", "internal" or "admin"
    std::string region{};      ///< the name of the part of the cloud
    std::string url{};         ///< with or without the API's version at its end; as the catalog has it, so unchecked
    std::string name{};        ///< the service's name, such as "glance"
};

/// What an authentication gives.
struct Authorization {
    std::string token{};              ///< a secret; empty: requests carry none
    std::string project_id{};         ///< that the token is for; empty if it has no scope, or isn't Keystone's
    std::string user_id{};            ///< whose token it is; empty if it isn't Keystone's
    std::vector<Endpoint> catalog{};  ///< where the services are; empty without a scope or Keystone
    /// How long the token is good for, from its issue on; nothing: it isn't known, or without end.
    std::optional<std::chrono::milliseconds> life{};
};

/// A way to be authorized. Derive from it for a method of your own. A session and its copies call `authorize` from one
/// thread at a time; but one that several sessions share is called by each of them, at the same time too, so that it
/// must guard what it changes, as Keystone and FixedToken do.
class Authentication {
  public:
    Authentication() = default;
    Authentication(Authentication const&) = delete;
    Authentication& operator=(Authentication const&) = delete;
    virtual ~Authentication() = default;

    /// Authorizes anew. `transport` sends as the session does, with its retries; what may not be sent twice must say so
    /// (`is_repeatable = false`), a POST too. It mustn't ask the session itself, which waits for the authorization.
    /// Throws Unauthorized if the credentials are refused, TransportError if nobody answers.
    [[nodiscard]] virtual Authorization authorize(Transport& transport) = 0;
    /// Whether authorizing again can give another token after the service has refused the first one.
    [[nodiscard]] virtual bool is_renewable() const { return true; }
};

}  // namespace openstack
