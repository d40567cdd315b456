// SPDX-License-Identifier: Apache-2.0
// A cloud on loopback: one scripted server for all services, and a session with it over real sockets.
#pragma once

#include <memory>
#include <openstack/auth/fixed_token.hpp>
#include <openstack/curl_transport.hpp>
#include <openstack/session.hpp>
#include <string>
#include <utility>
#include <vector>

#include "fake_clock.hpp"
#include "server.hpp"

namespace support {

/// Between attempts the session waits by a clock of its own, so that no test has to.
struct LoopbackCloud {
    Server server{};
    std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
    std::shared_ptr<openstack::Transport> transport = std::make_shared<openstack::CurlTransport>();

    /// A session with this cloud, unless the options have another endpoint; its token is "the-token".
    [[nodiscard]] openstack::Session session(openstack::SessionOptions options = {}) const {
        return session(std::make_shared<openstack::FixedToken>("the-token"), std::move(options));
    }
    /// The same with a token from there.
    [[nodiscard]] openstack::Session session(std::shared_ptr<openstack::Authentication> authentication,
                                             openstack::SessionOptions options = {}) const {
        if (options.endpoint.empty()) options.endpoint = server.url("");
        if (!options.clock) options.clock = clock;
        return {transport, std::move(authentication), std::move(options)};
    }
    /// What arrived, such as "GET /v2/images".
    [[nodiscard]] std::vector<std::string> received() const {
        std::vector<std::string> all;
        for (ReceivedRequest const& each : server.requests()) all.push_back(each.method + ' ' + each.target);
        return all;
    }
};

}  // namespace support
