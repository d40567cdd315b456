// SPDX-License-Identifier: Apache-2.0
// FixedToken: a token from elsewhere, or none at all, for clouds (or single services) that are reached without
// Keystone.
#pragma once

#include <string>
#include <utility>

#include <openstack/authentication.hpp>

namespace openstack {

/// Sends always the same token; an empty one isn't sent. It brings no catalog: the session needs `endpoint`.
class FixedToken final : public Authentication {
  public:
    /// Asks nobody: whether the token is good shows with the first request.
    explicit FixedToken(std::string token = {}) : token_(std::move(token)) {}

    /// The token alone. Sends nothing.
    [[nodiscard]] Authorization authorize(Transport&) override { return {.token = token_}; }
    /// Never: there is no other one.
    [[nodiscard]] bool is_renewable() const override { return false; }

  private:
    std::string token_;
};

}  // namespace openstack
