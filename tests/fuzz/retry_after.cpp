// SPDX-License-Identifier: Apache-2.0
// Retry-After: seconds or a date, and never a wait of less than nothing or more than a year.
#include <openstack/retry_after.hpp>

#include <string>

#include "fuzz.hpp"

using namespace openstack;
using fuzz::demand;

namespace {

constexpr long long year = 365 * 86'400LL;

bool is_value(std::string const& text) {
    return fuzz::succeeds<InvalidRequest>([&] { Headers{{"Date", text}}; });
}

/// In seconds.
long long wait(std::string const& retry_after, std::string const& date, long long now) {
    Response answer{.headers = {{"Retry-After", retry_after}}};
    if (!date.empty()) answer.headers.add("Date", date);
    auto const found = detail::retry_after(answer, now);
    demand(found.count() >= 0 && found.count() % 1000 == 0 && found.count() / 1000 <= year);
    return found.count() / 1000;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view rest = fuzz::text_of(data, size);
    std::string const text{fuzz::take(rest)};
    std::string const date{fuzz::take(rest)};
    if (!is_value(text) || !is_value(date)) return -1;
    auto const now = static_cast<long long>(fuzz::take_number(rest) >> 24);
    long long const found = wait(text, date, now);
    demand(wait(text, text, now) == 0 || text.find_first_not_of("0123456789") == text.npos);  // it's that time now
    if (date.empty()) demand(wait(text, date, now + 1) <= found);  // which can only come nearer
    if (found != 0) demand(text.find_first_of("0123456789") != text.npos);

    long long const seconds = now % (2 * year);
    demand(wait(std::to_string(seconds), date, now) == std::min(seconds, year));
    demand(wait("999999999999999999999999" + std::to_string(seconds), date, now) == year);
    return 0;
}
