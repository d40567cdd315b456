// SPDX-License-Identifier: Apache-2.0
// Connection: a cloud and its services. Start here: `auto cloud = openstack::connect();`
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/config.hpp>
#include <openstack/curl_transport.hpp>
#include <openstack/image/v2/proxy.hpp>
#include <openstack/session.hpp>
#include <openstack/versions.hpp>

namespace openstack {

/// A connection to one cloud as one user. Copies share everything; proxies made from it outlive it. Safe to use from
/// several threads at once.
///
/// Connection is the one to use; it is a template so that a program compiles only those functions that it calls.
template<class Handle>
class BasicConnection {
  public:
    /// Uses a session that was made by hand, over a Transport of your own, for example.
    explicit BasicConnection(Handle session) : session_(std::move(session)) {}

    /// The Image service. Throws EndpointNotFound if the cloud has none. Sends nothing, unless the session hasn't been
    /// authorized yet.
    template<class ImageProxy = image::v2::Proxy>
    [[nodiscard]] ImageProxy image() const {
        (void)session_.endpoint("image");
        return ImageProxy{session_};
    }

    /// Whether the cloud has a service of that type, such as "image" or "identity". Every cloud has all if an endpoint
    /// for all was given.
    [[nodiscard]] bool has_service(std::string_view service) const { return session_.has_service(service); }

    /// The versions of a service's API, as it lists them. HTTP: GET of its endpoint without a version.
    [[nodiscard]] std::vector<ApiVersion> versions(std::string_view service) const {
        return openstack::versions(session_, service);
    }

    /// As Session::with: `cloud.with({.stop = token}).image()`.
    [[nodiscard]] BasicConnection with(CallOptions options) const {
        return BasicConnection{session_.with(std::move(options))};
    }

    /// For the Proxy of any resource: `Proxy<Project>{cloud}`.
    operator Handle() const { return session_; }

  private:
    Handle session_;
};
/// A connection to one cloud.
using Connection = BasicConnection<Session>;

/// Connects as `config` says. Authorizes at once, so that wrong credentials are found here: throws Unauthorized,
/// TransportError, ConfigError for endpoints that can't be any, InvalidRequest without an authentication. Carrier is
/// the Transport that is made of `config.transport`.
///
/// HTTP: POST /v3/auth/tokens for Keystone, nothing for a FixedToken.
template<class Carrier = CurlTransport>
[[nodiscard]] Connection connect(CloudConfig config) {
    if (config.transport.insecure)
        detail::tell(config.session.observer,
                     {.kind = EventKind::warning, .text = "insecure: whoever answers is believed to be the cloud"});
    Session session(std::make_shared<Carrier>(std::move(config.transport)), std::move(config.authentication),
                    std::move(config.session));
    session.authorize();
    return Connection{std::move(session)};
}

/// Connects as the OS_* variables and clouds.json say; `connect(clouds_yaml("NAME"))` of <openstack/clouds_yaml.hpp> as
/// clouds.yaml does. Throws ConfigError as config_from_environment does, and all that the other one throws.
template<class Carrier = CurlTransport>
[[nodiscard]] Connection connect() {
    return connect<Carrier>(config_from_environment());
}

}  // namespace openstack
