// SPDX-License-Identifier: Apache-2.0
// StopToken: by which a program ends its calls early.
#pragma once

#include <concepts>
#include <utility>

#include <openstack/callback.hpp>
#include <openstack/clock.hpp>

namespace openstack {

/// Says whether a call shall end now. It is made of a std::stop_token, or of anything that has its `stop_requested()`,
/// which is asked from the thread of the call every `interval`. (To know std::stop_token itself would cost
/// every include of this library more than all of its retries do.)
class StopToken {
  public:
    /// How often.
    static constexpr std::chrono::milliseconds interval{20};

    /// Never.
    StopToken() = default;
    /// When `token` says so. That one may be asked by several threads at once.
    template<class Token>
    requires(!std::same_as<Token, StopToken> &&
             requires(Token const& token) {
                 { token.stop_requested() } -> std::same_as<bool>;
             }) StopToken(Token token)
        : is_requested_([token = std::move(token)] { return token.stop_requested(); }) {}

    /// Whether the call shall end.
    [[nodiscard]] bool stop_requested() const { return is_requested_ && is_requested_(); }
    /// Whether it may ever have to.
    [[nodiscard]] bool stop_possible() const noexcept { return static_cast<bool>(is_requested_); }

  private:
    Callback<bool()> is_requested_{};
};

}  // namespace openstack
