// SPDX-License-Identifier: Apache-2.0
// A clock that only sleeping moves, and a chance that the test chooses.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <openstack/clock.hpp>
#include <vector>

namespace support {

/// Safe to use from several threads at once, as a clock is.
class FakeClock final : public openstack::Clock {
  public:
    [[nodiscard]] TimePoint now() override {
        std::lock_guard const lock{mutex_};
        return now_;
    }
    [[nodiscard]] long long unix_time() override { return unix_seconds; }
    void sleep(std::chrono::milliseconds duration) override {
        {
            std::lock_guard const lock{mutex_};
            slept_.push_back(duration);
            now_ += duration;
        }
        if (on_sleep) on_sleep();
    }
    [[nodiscard]] double random() override { return chance; }

    /// Time passes.
    void advance(std::chrono::milliseconds duration) {
        std::lock_guard const lock{mutex_};
        now_ += duration;
    }
    /// Each sleep, in milliseconds; forgets them.
    [[nodiscard]] std::vector<long> slept() {
        std::lock_guard const lock{mutex_};
        std::vector<long> all;
        for (auto const each : slept_) all.push_back(static_cast<long>(each.count()));
        slept_.clear();
        return all;
    }

    double chance = 0;  ///< 0: a wait is as long as it can be
    long long unix_seconds = 1'000'000'000;
    std::function<void()> on_sleep{};  ///< called in each sleep

  private:
    std::mutex mutex_{};
    TimePoint now_{std::chrono::hours{1}};
    std::vector<std::chrono::milliseconds> slept_{};
};

}  // namespace support
