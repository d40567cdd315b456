// SPDX-License-Identifier: Apache-2.0
// Redirects, followed only where they can do no harm: within the origin that the token is for.
#pragma once

#include <string>
#include <string_view>

#include <openstack/endpoint.hpp>
#include <openstack/http.hpp>

namespace openstack::detail {

/// Where the answer leads and the request may follow (RFC 9110 section 15.4): a GET or HEAD, to the same scheme, host
/// and port, since its headers hold a token. Empty otherwise.
template<class Answer = Response>
[[nodiscard]] std::string redirect_target(Request const& request, Answer const& answer) {
    bool const is_redirect = answer.status == 301 || answer.status == 302 || answer.status == 303 ||
                             answer.status == 307 || answer.status == 308;
    bool const is_safe = request.method == "GET" || request.method == "HEAD";
    if (!is_redirect || !is_safe) return {};
    std::string target = resolve_link(request.url, answer.headers.find("Location").value_or(""));
    std::string const origin = origin_of(request.url);
    return !origin.empty() && origin_of(target) == origin ? target : std::string{};  // two that are none aren't one
}

}  // namespace openstack::detail
