// SPDX-License-Identifier: Apache-2.0
// Progress: what is reported, and how often.
// Peers' tests of this: glanceclient's test_progressbar.py.
#include <openstack/progress.hpp>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using openstack::Progress, openstack::detail::ProgressMeter;
using Clock = std::chrono::steady_clock;

TEST_CASE("Bytes are added up, and the last report has them all", "[progress][row:159]") {
    std::vector<Progress> reports;
    ProgressMeter meter{[&](Progress const& progress) { reports.push_back(progress); }, 10};
    meter.add(4);
    meter.add(0);
    meter.add(6);
    CHECK(meter.bytes() == 10);
    meter.finish();
    REQUIRE(reports.size() >= 2);
    CHECK(reports.front().bytes == 4);
    CHECK(reports.back().bytes == 10);
    for (std::size_t i = 0; i < reports.size(); ++i) {
        CHECK(reports[i].total == std::uint64_t{10});
        CHECK((i == 0 || reports[i].bytes >= reports[i - 1].bytes));
    }
}

TEST_CASE("A report is made ten times a second at most", "[progress][row:159]") {
    int calls = 0;
    Clock::time_point const start = Clock::now();
    ProgressMeter meter{[&](Progress const&) { ++calls; }, std::nullopt};
    for (int i = 0; i < 10'000; ++i) meter.add(1);
    auto const tenths = (Clock::now() - start) / 100ms;
    CHECK(calls >= 1);
    CHECK(calls <= 1 + tenths);
    meter.finish();
    CHECK(calls >= 2);
}

TEST_CASE("Reports go on while bytes move", "[progress][row:159]") {
    Clock::time_point const start = Clock::now();
    std::vector<Clock::time_point> times;
    std::vector<Progress> reports;
    ProgressMeter meter{[&](Progress const& progress) {
                            times.push_back(Clock::now());
                            reports.push_back(progress);
                        },
                        std::nullopt};
    while (times.size() < 3 && Clock::now() - start < 60s) meter.add(1000);
    REQUIRE(times.size() == 3);
    CHECK(times[2] - times[0] > 190ms);
    CHECK(reports[1].bytes > reports[0].bytes);
    CHECK_FALSE(reports[2].total);
    double const seconds = std::chrono::duration<double>(times[2] - start).count();
    double const bytes = static_cast<double>(reports[2].bytes);
    CHECK(reports[2].bytes_per_second >= bytes / seconds);
    CHECK(reports[2].bytes_per_second <= bytes / 0.19);
}

TEST_CASE("A transfer that starts again counts from nothing, against the same total", "[progress][row:159]") {
    Progress last;
    ProgressMeter meter{[&](Progress const& progress) { last = progress; }, 10};
    meter.add(7);
    meter.restart();
    CHECK(meter.bytes() == 0);
    meter.add(3);
    CHECK(last.bytes == 3);
    CHECK(last.total == std::uint64_t{10});
    meter.add(7);
    meter.finish();
    CHECK(last.bytes == 10);
}

TEST_CASE("What the function throws comes through", "[progress][row:159]") {
    ProgressMeter meter{[](Progress const&) { throw std::runtime_error("stop"); }, std::nullopt};
    CHECK_THROWS_WITH(meter.add(1), "stop");
    CHECK_THROWS_WITH(meter.finish(), "stop");
}

TEST_CASE("Nobody needs to listen", "[progress]") {
    ProgressMeter meter{nullptr, 10};
    meter.add(3);
    meter.restart();
    meter.add(4);
    meter.finish();
    CHECK(meter.bytes() == 4);
}
