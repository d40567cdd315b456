// SPDX-License-Identifier: Apache-2.0
// How long a call goes on that was told to end.
#pragma once

#include <chrono>
#include <openstack/error.hpp>
#include <stdexcept>
#include <stop_token>
#include <thread>

namespace support {

/// Runs `action(token)`, whose token is told to stop once `is_time()`, and gives the time from then until it threw
/// Cancelled. Throws if it did not.
template<class IsTime, class Action>
[[nodiscard]] std::chrono::milliseconds time_to_stop(IsTime is_time, Action action) {
    using Time = std::chrono::steady_clock;
    std::stop_source source;
    Time::time_point told{};
    bool is_cancelled = false;
    Time::time_point ended{};
    {
        std::jthread const teller([&](std::stop_token const& is_over) {
            while (!is_time() && !is_over.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds{1});
            told = Time::now();
            source.request_stop();
        });
        try {
            action(source.get_token());
        } catch (openstack::Cancelled const&) {
            is_cancelled = true;
        }
        ended = Time::now();
    }
    if (!is_cancelled) throw std::runtime_error("not cancelled");
    return std::chrono::duration_cast<std::chrono::milliseconds>(ended - told);
}

}  // namespace support
