// SPDX-License-Identifier: Apache-2.0
// Attempts: how often a request was sent, for the errors that end it.
#pragma once

#include <string>
#include <string_view>

namespace openstack {

/// The attempts of one call.
struct Attempts {
    /// Requests sent: the first, its repetitions, the redirects followed, the one after a token was renewed.
    unsigned count = 1;
    /// Whether an earlier one may have reached the service, which then did what it was asked for unheard.
    bool is_in_doubt = false;
    std::string_view ended_by{};  ///< why there was no further one, a literal; empty if none could have helped
};

namespace detail {

/// ` (4 attempts; no retry is left)`, or nothing where there is nothing to say.
[[nodiscard]] inline std::string to_suffix(Attempts const& attempts) {
    std::string text = attempts.count > 1 ? std::to_string(attempts.count) + " attempts" : "";
    if (!attempts.ended_by.empty()) text.append(text.empty() ? "" : "; ").append(attempts.ended_by);
    return text.empty() ? text : " (" + text + ')';
}

}  // namespace detail
}  // namespace openstack
