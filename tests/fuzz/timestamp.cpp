// SPDX-License-Identifier: Apache-2.0
// Timestamps: those that are read are written as texts that mean the same, and as the standard library's calendar has
// them.
#include <openstack/timestamp.hpp>

#include <chrono>
#include <cstdio>
#include <string>

#include "fuzz.hpp"

using namespace openstack;
using fuzz::demand;

namespace {

constexpr Timestamp::TimePoint first = std::chrono::sys_days{std::chrono::year{0} / 1 / 1};
constexpr Timestamp::TimePoint beyond = std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1};

/// By the calendar of the standard library.
std::string written(Timestamp::TimePoint point) {
    auto const day = std::chrono::floor<std::chrono::days>(point);
    std::chrono::year_month_day const date{day};
    std::chrono::hh_mm_ss const time{point - day};
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    std::string result = text;
    if (long const fraction = static_cast<long>(time.subseconds().count()); fraction != 0) {
        std::snprintf(text, sizeof text, ".%06ld", fraction);
        result += text;
    }
    return result + 'Z';
}

void check(Timestamp const& time) {
    demand(time.point() >= first && time.point() < beyond);
    demand(to_string(time) == written(time.point()));
    demand(Timestamp::parse(to_string(time)) == time);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view text = fuzz::text_of(data, size);
    if (auto const time = Timestamp::parse(text)) {
        check(*time);
        std::string const again = to_string(*time);
        bool const is_shifted = text.size() > 19 && (text[text.size() - 6] == '+' || text[text.size() - 6] == '-');
        if (!is_shifted) demand(text.starts_with(again.substr(0, 19)));  // date and time are what they were
    }
    auto const span = static_cast<std::uint64_t>((beyond - first).count());
    auto const offset = static_cast<long long>(fuzz::take_number(text) % span);
    check(Timestamp{first + std::chrono::microseconds{offset}});
    static_cast<void>(to_string(Timestamp{Timestamp::TimePoint{std::chrono::microseconds{
        static_cast<long long>(fuzz::take_number(text))}}}));  // beyond those years there is some text
    return 0;
}
