// SPDX-License-Identifier: Apache-2.0
// Gate: how many requests go to one service at a time, and how many in a second.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include <openstack/algorithm.hpp>
#include <openstack/clock.hpp>
#include <openstack/error.hpp>
#include <openstack/limits.hpp>
#include <openstack/per_process.hpp>

namespace openstack::detail {

/// Lets requests through. Safe to use from several threads at once.
template<class Limits = CallLimits>
class Gate {
  public:
    /// At most `rate` a second, evenly spread, and `concurrency` at a time; 0 is without limit.
    Gate(double rate, unsigned concurrency) : rate_(rate), concurrency_(concurrency) {}

    /// The way through, open as long as it lives.
    class Pass {
      public:
        /// Through a gate that was entered, when its turn has come.
        Pass(Gate& gate, Limits const& limits, std::string_view what) : Pass(gate) {
            gate.wait_for_turn(limits, what);  // if that throws, the destructor still leaves
        }
        Pass(Pass const&) = delete;
        Pass& operator=(Pass const&) = delete;
        ~Pass() { gate_->leave(); }

      private:
        explicit Pass(Gate& gate) : gate_(&gate) {}

        Gate* gate_;
    };

    /// Waits for the way through. Throws as CallLimits::check does.
    [[nodiscard]] Pass enter(Limits const& limits, std::string_view what) {
        // Whoever waits looks again: the header of a condition variable costs too much for what is seldom needed.
        for (Milliseconds pause{1}; !try_enter(); pause = (std::min)(pause * 2, longest_pause))
            limits.wait(pause, what);
        return Pass(*this, limits, what);
    }

  private:
    static constexpr Milliseconds longest_pause{10};

    struct Traffic {
        std::mutex mutex;
        unsigned inside = 0;
        Clock::TimePoint next{};  ///< when the next may start
    };

    bool try_enter() {
        if (concurrency_ == 0) return true;
        Traffic& traffic = traffic_.get();
        std::lock_guard const lock{traffic.mutex};
        if (traffic.inside >= concurrency_) return false;
        ++traffic.inside;
        return true;
    }

    void leave() {
        if (concurrency_ == 0) return;
        Traffic& traffic = traffic_.get();
        std::lock_guard const lock{traffic.mutex};
        if (traffic.inside > 0) --traffic.inside;  // 0 in a child process that has left what its parent entered
    }

    /// A turn is taken only by who has the time to wait for it, and the last one is given back by who gives up.
    void wait_for_turn(Limits const& limits, std::string_view what) {
        if (!(rate_ > 0)) return;
        constexpr double day = 86'400e9;
        std::chrono::nanoseconds const apart{static_cast<long long>((std::min)(1e9 / rate_, day))};
        Traffic& traffic = traffic_.get();
        auto const now = limits.clock.now();
        auto turn = now;
        {
            std::lock_guard const lock{traffic.mutex};
            turn = (std::max)(now, traffic.next);
            if (turn >= limits.deadline)
                throw TimeoutError(std::string{what} + ": its turn comes after its deadline (total)",
                                   Repetition::useless);
            traffic.next = turn + apart;
        }
        try {
            limits.wait(std::chrono::ceil<Milliseconds>(turn - now), what);
        } catch (...) {
            std::lock_guard const lock{traffic.mutex};
            if (traffic.next == turn + apart) traffic.next = turn;
            throw;
        }
    }

    double rate_;
    unsigned concurrency_;
    PerProcess<Traffic> traffic_;
};

}  // namespace openstack::detail
