// SPDX-License-Identifier: Apache-2.0
// CloudConfig: how to reach a cloud, filled in by hand or from a configuration.
#pragma once

#include <memory>

#include <openstack/authentication.hpp>
#include <openstack/curl_transport.hpp>
#include <openstack/session_options.hpp>

namespace openstack {

/// Everything a Connection is made of.
struct CloudConfig {
    std::shared_ptr<Authentication> authentication{};  ///< who we are: Keystone, a FixedToken, or one of your own
    SessionOptions session{};                          ///< which of the cloud's endpoints are used, and how
    TransportOptions transport{};                      ///< whom to trust
};

}  // namespace openstack
