// SPDX-License-Identifier: Apache-2.0
// A Keystone on loopback that gives out numbered tokens.
#pragma once

#include <atomic>
#include <memory>
#include <openstack/auth/keystone.hpp>
#include <string>
#include <string_view>

#include "server.hpp"

namespace support {

/// Who has the password "canary-password" gets the tokens "canary-token-1", "canary-token-2" and so on.
class LoopbackKeystone {
  public:
    /// `service` is the image service's address in the catalog, and `times` what else is in the token's description.
    explicit LoopbackKeystone(std::string service, std::string times = {}) {
        std::string const catalog =
            R"([{"type": "image", "endpoints": [{"interface": "public", "region": "One", "url": ")" + service +
            R"("}]}])";
        server.serve([this, body = R"({"token": {)" + times + R"("project": {"id": "p"}, "catalog": )" + catalog +
                                   "}}"](ReceivedRequest const&) {
            return answer_text(201, body, {{"X-Subject-Token", "canary-token-" + std::to_string(++given)}});
        });
    }

    [[nodiscard]] std::shared_ptr<openstack::Authentication> authentication() const {
        return std::make_shared<openstack::Keystone>(
            server.url("/identity"), openstack::Password{.user_id = "u", .password = "canary-password"});
    }

    std::atomic<int> given = 0;
    Server server{};
};

/// The number of the token that came with a request; 0 for another one or none.
[[nodiscard]] inline int token_of(ReceivedRequest const& received) {
    constexpr std::string_view start = "canary-token-";
    std::string_view const token = received.headers.find("X-Auth-Token").value_or("");
    return token.starts_with(start) ? std::stoi(std::string{token.substr(start.size())}) : 0;
}

}  // namespace support
