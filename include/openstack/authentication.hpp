// SPDX-License-Identifier: Apache-2.0
// Authentication: who we are to a cloud, and what the cloud then offers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <openstack/http.hpp>

namespace openstack {

/// One entry of a catalog: where a service is.
struct Endpoint {
    std::string service{};     ///< the service's type, such as "image"
    std::string interface_{};  ///< "public", "internal" or "admin"
    std::string region{};
    std::string url{};
};

/// What an authentication gives.
struct Authorization {
    std::string token{};  ///< a secret; empty: requests carry none
    std::string project_id{};
    std::string user_id{};
    std::vector<Endpoint> catalog{};
};

/// A way to be authorized. Derive from it for a method of your own; Session calls it from one thread at a time.
class Authentication {
  public:
    Authentication() = default;
    Authentication(Authentication const&) = delete;
    Authentication& operator=(Authentication const&) = delete;
    virtual ~Authentication() = default;

    /// Authorizes anew. Throws Unauthorized if the credentials are refused, TransportError if nobody answers.
    [[nodiscard]] virtual Authorization authorize(Transport& transport) = 0;
    /// Whether authorizing again can give another token after the service has refused the first one.
    [[nodiscard]] virtual bool is_renewable() const { return true; }
};

}  // namespace openstack
