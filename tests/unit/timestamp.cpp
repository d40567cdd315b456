// SPDX-License-Identifier: Apache-2.0
// Timestamps: what is one, what isn't, and that it is written as OpenStack writes it.
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <openstack/timestamp.hpp>
#include <optional>
#include <string>

using namespace std::chrono_literals;
using openstack::Timestamp;

namespace {

constexpr Timestamp::TimePoint noon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 21} + 12h;

}  // namespace

TEST_CASE("Every form that OpenStack's services write is read", "[timestamp][row:105]") {
    auto const [text, point] = GENERATE_COPY(table<std::string, Timestamp::TimePoint>({
        {"2026-11-21T12:00:00Z", noon},
        {"2026-11-21T12:00:00", noon},
        {"2026-11-21T12:00:00.000000", noon},
        {"2026-11-21T12:00:00.5Z", noon + 500ms},
        {"2026-11-21T12:00:00.000001Z", noon + 1us},
        {"2026-11-21T12:00:00.1234567899Z", noon + 123456us},
        {"2026-11-21T12:00:00+00:00", noon},
        {"2026-11-21T14:30:00+02:30", noon},
        {"2026-11-21T04:00:00-08:00", noon},
        {"2026-11-21T23:59:59Z", noon + 11h + 59min + 59s},
        {"2024-02-29T00:00:00Z", std::chrono::sys_days{std::chrono::year{2024} / 2 / 29}},
        {"0001-01-01T00:00:00Z", std::chrono::sys_days{std::chrono::year{1} / 1 / 1}},
        {"1970-01-01T00:00:00Z", Timestamp::TimePoint{}},
        {"1969-12-31T23:59:59.999999Z", Timestamp::TimePoint{-1us}},
        {"0000-01-01T00:00:00Z", std::chrono::sys_days{std::chrono::year{0} / 1 / 1}},
        {"9999-12-31T23:59:59.999999Z", std::chrono::sys_days{std::chrono::year{10000} / 1 / 1} - 1us},
    }));
    CAPTURE(text);
    CHECK(Timestamp::parse(text) == Timestamp{point});
}

TEST_CASE("Other texts, and dates that don't exist, are no timestamps", "[timestamp][row:105]") {
    auto const text =
        GENERATE("", "x", "2026-11-21", "2026-11-21T12:00", "2026-11-21T12:00:00z", "2026-11-21t12:00:00Z",
                 "2026-11-21 12:00:00Z", "2026-11-21T12:00:00ZZ", "2026-11-21T12:00:00Z ", " 2026-11-21T12:00:00Z",
                 "2026-13-21T12:00:00Z", "2026-00-21T12:00:00Z", "2026-11-31T12:00:00Z", "2026-11-00T12:00:00Z",
                 "2025-02-29T12:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T12:60:00Z", "2026-11-21T12:00:61Z",
                 "2016-12-31T23:59:60Z", "2026-11-21T12:00:00.Z", "2026-11-21T12:00:00.xZ", "2026-11-21T12:00:00+0200",
                 "2026-11-21T12:00:00+24:00", "2026-11-21T12:00:00+02:60", "2026-11-21T12:00:00+02",
                 "2026-11-21T12:00:00+-2:00", "26-11-21T12:00:00Z", "2026/11/21T12:00:00Z", "2026-11-21T12-00-00Z",
                 "+026-11-21T12:00:00Z", "-026-11-21T12:00:00Z", "2026-1-21T12:00:00Z", "2026-11-21T1:00:00Z",
                 "2026-11-21T12:00:0", "20260-11-21T12:00:00Z", "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
                 "2015-13-40T", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:00-00:01");
    CAPTURE(text);
    CHECK(Timestamp::parse(text) == std::nullopt);
}

TEST_CASE("It is written in UTC, with six digits of a fraction if there is one", "[timestamp]") {
    CHECK(to_string(Timestamp{noon}) == "2026-11-21T12:00:00Z");
    CHECK(to_string(Timestamp{noon + 1us}) == "2026-11-21T12:00:00.000001Z");
    CHECK(to_string(Timestamp{noon + 500ms}) == "2026-11-21T12:00:00.500000Z");
    CHECK(to_string(Timestamp{}) == "1970-01-01T00:00:00Z");
    CHECK(to_string(Timestamp{Timestamp::TimePoint{-1us}}) == "1969-12-31T23:59:59.999999Z");
    CHECK(to_string(Timestamp::parse("0001-02-03T04:05:06Z").value()) == "0001-02-03T04:05:06Z");
}

TEST_CASE("Times are ordered", "[timestamp]") {
    CHECK(Timestamp{noon} < Timestamp{noon + 1us});
    CHECK(Timestamp{noon} == Timestamp::parse("2026-11-21T13:00:00+01:00"));
    CHECK(Timestamp{noon}.point() == noon);
}

TEST_CASE("Every day of the years 0000 to 9999 has the date that the standard library gives it", "[timestamp]") {
    using namespace std::chrono;
    std::size_t wrong = 0;
    for (sys_days day{year{0} / 1 / 1}; day < sys_days{year{10000} / 1 / 1}; day += days{1}) {
        std::string const text = to_string(Timestamp{day});
        year_month_day const date{day};
        int const numbers[] = {int{date.year()}, static_cast<int>(unsigned{date.month()}),
                               static_cast<int>(unsigned{date.day()})};
        char expected[16];
        std::snprintf(expected, sizeof expected, "%04d-%02d-%02dT", numbers[0], numbers[1] % 100, numbers[2] % 100);
        bool const is_right = text.starts_with(expected) && Timestamp::parse(text) == Timestamp{day};
        wrong += is_right ? 0 : 1;
    }
    CHECK(wrong == 0);
}

TEST_CASE("No time of the system clock is too early or too late to be written", "[timestamp]") {
    CHECK(to_string(Timestamp{(Timestamp::TimePoint::min)()}).ends_with(".224192Z"));
    CHECK(to_string(Timestamp{(Timestamp::TimePoint::max)()}) == "294247-01-10T04:00:54.775807Z");
}
