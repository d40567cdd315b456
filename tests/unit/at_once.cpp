// SPDX-License-Identifier: Apache-2.0
// Many at once: how many, in which order, and what becomes of each.
#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <numeric>
#include <openstack/at_once.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

using namespace openstack;

namespace {

std::vector<int> numbers(int count) {
    std::vector<int> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

}  // namespace

TEST_CASE("Each of many has its own outcome, in the order of the items", "[at_once]") {
    auto const limit = GENERATE(1U, 3U, 100U);
    auto const outcomes = for_each_at_once(numbers(50), {.limit = limit}, [](int number) {
        if (number % 7 == 3) throw std::runtime_error(std::to_string(number));
        return number * 2;
    });
    REQUIRE(outcomes.size() == 50);
    for (int i = 0; i < 50; ++i) {
        auto const& outcome = outcomes[static_cast<std::size_t>(i)];
        CHECK(outcome.has_value() == (i % 7 != 3));
        CHECK(static_cast<bool>(outcome) == outcome.has_value());
        if (outcome) {
            CHECK(outcome.value() == i * 2);
            CHECK_FALSE(outcome.error());
        } else {
            CHECK(outcome.error());
            CHECK_THROWS_WITH(outcome.value(), std::to_string(i));
        }
    }
}

TEST_CASE("As many run at a time as are allowed, and no more", "[at_once]") {
    std::mutex mutex;
    std::condition_variable changed;
    int running = 0;
    int most = 0;
    auto const outcomes = for_each_at_once(numbers(8), {.limit = 4}, [&](int number) {
        std::unique_lock lock{mutex};
        most = std::max(most, ++running);
        changed.notify_all();
        if (number < 4) changed.wait(lock, [&] { return most == 4; });  // the first four wait for each other
        --running;
    });
    CHECK(most == 4);
    for (auto const& each : outcomes) CHECK_NOTHROW(each.value());
}

TEST_CASE("Those that are left when the stop token says so aren't begun", "[at_once]") {
    struct Stop {
        std::atomic<bool> const* is_requested;
        [[nodiscard]] bool stop_requested() const { return *is_requested; }
    };
    std::atomic<bool> is_requested = false;
    auto const outcomes = for_each_at_once(numbers(5), {.limit = 1, .stop = Stop{&is_requested}}, [&](int number) {
        if (number == 1) is_requested = true;
        return number;
    });
    CHECK(outcomes[0].has_value());
    CHECK(outcomes[1].has_value());
    for (std::size_t i = 2; i < 5; ++i) CHECK_THROWS_AS(outcomes[i].value(), Cancelled);
}

TEST_CASE("None is no work, and a limit of none no limit", "[at_once]") {
    CHECK(for_each_at_once(std::vector<int>{}, {}, [](int number) { return number; }).empty());
    CHECK_THROWS_AS(for_each_at_once(numbers(1), {.limit = 0}, [](int number) { return number; }), InvalidRequest);
}
