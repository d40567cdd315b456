// SPDX-License-Identifier: Apache-2.0
// What ends a call early: its deadline and its stop token; and waiting that heeds both.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <openstack/algorithm.hpp>
#include <openstack/clock.hpp>
#include <openstack/error.hpp>
#include <openstack/stop_token.hpp>

namespace openstack::detail {

/// Until when a call may go on. CallLimits is the one to use; it is a template so that a program compiles it only where
/// it calls.
template<class Time>
struct BasicCallLimits {
    /// Of a call that begins now. A `longest` of 0, or of centuries, is no deadline.
    BasicCallLimits(Time& time, StopToken token, Milliseconds longest)
        : clock(time), stop(std::move(token)), deadline((Time::TimePoint::max)()) {
        if (longest > Milliseconds::zero() && longest < century) deadline = clock.now() + longest;
    }

    Time& clock;
    StopToken stop;
    typename Time::TimePoint deadline;

    /// What is left, rounded up; the longest time there is if there is no deadline.
    [[nodiscard]] Milliseconds left() const {
        if (deadline == (Time::TimePoint::max)()) return (Milliseconds::max)();
        return std::chrono::ceil<Milliseconds>((std::max)(deadline - clock.now(), Time::TimePoint::duration::zero()));
    }

    /// Throws Cancelled if the call shall end, and TimeoutError if its time is over. `what` names the call.
    void check(std::string_view what) const {
        if (stop.stop_requested()) throw Cancelled(std::string{what} + ": its stop token ended it");
        if (left() == Milliseconds::zero())
            throw TimeoutError(std::string{what} + ": its deadline has passed (total)", Repetition::useless);
    }

    /// Sleeps for that time. Throws as `check` does as soon as that is so.
    void wait(Milliseconds duration, std::string_view what) const {
        for (auto const end = clock.now() + (std::min)(duration, Milliseconds{century});;) {
            check(what);
            auto const rest = std::chrono::ceil<Milliseconds>(end - clock.now());
            if (rest <= Milliseconds::zero()) return;
            Milliseconds const step = (std::min)(rest, left());
            clock.sleep(stop.stop_possible() ? (std::min)(step, StopToken::interval) : step);
        }
    }

  private:
    static constexpr std::chrono::hours century{24 * 365 * 100};  // more than that overflows somewhere
};
using CallLimits = BasicCallLimits<Clock>;

}  // namespace openstack::detail
