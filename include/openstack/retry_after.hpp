// SPDX-License-Identifier: Apache-2.0
// How long a service asks to be left alone: the header Retry-After (RFC 9110 section 10.2.3).
#pragma once

#include <string>
#include <string_view>

#include <openstack/algorithm.hpp>
#include <openstack/clock.hpp>
#include <openstack/curl.hpp>
#include <openstack/http.hpp>

namespace openstack::detail {

/// The wait that the answer asks for: seconds, or the time from now until a date, where now is what the service's own
/// header Date says, or else `unix_time`. Zero if it asks for none, for a time that has passed, or in no form that
/// there is. Very long ones are cut to a year.
template<class Answer = Response>
[[nodiscard]] Milliseconds retry_after(Answer const& answer, long long unix_time) {
    constexpr long long longest = 365 * 86'400LL;
    std::string const text{answer.headers.find("Retry-After").value_or("")};
    long long seconds = 0;
    if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos) {
        for (char const c : text) seconds = (std::min)(seconds * 10 + (c - '0'), longest);
    } else if (text.find_first_of("JFMASOND") != std::string::npos) {  // a month
        long long const now = http_date(std::string{answer.headers.find("Date").value_or("")});
        seconds = http_date(text) - (now < 0 ? unix_time : now);
    }
    return std::chrono::seconds{(std::max)(0LL, (std::min)(seconds, longest))};
}

}  // namespace openstack::detail
