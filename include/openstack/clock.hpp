// SPDX-License-Identifier: Apache-2.0
// Clock: the time and the chance by which a session waits; and std::chrono without what <chrono> has beside them.
#pragma once

// <chrono> brings calendars, streams and, in newer standard libraries, formatting: together they cost the compiler more
// than a twentieth of what this whole library does. GCC's standard library has the rest in <mutex>, for its time-outs.
#include <mutex>

#include <time.h>
#include <unistd.h>

namespace openstack {
namespace detail {

using Milliseconds = std::chrono::milliseconds;
/// The clock of time-outs: no change of the system's time disturbs it.
using SteadyClock = std::chrono::steady_clock;

}  // namespace detail

/// What retries, limits and the lives of tokens go by. Tests derive from it. Called by several threads at once.
class Clock {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;

    Clock() = default;
    Clock(Clock const&) = delete;
    Clock& operator=(Clock const&) = delete;
    virtual ~Clock() = default;

    /// A time that only goes forward.
    [[nodiscard]] virtual TimePoint now() { return std::chrono::steady_clock::now(); }
    /// Seconds since 1970 as the system counts them: for dates that a service names.
    [[nodiscard]] virtual long long unix_time() { return ::time(nullptr); }
    /// Comes back after that time; or earlier, if a signal arrives.
    virtual void sleep(std::chrono::milliseconds duration) {
        timespec const time{static_cast<time_t>(duration.count() / 1000), duration.count() % 1000 * 1'000'000};
        static_cast<void>(::nanosleep(&time, nullptr));
    }
    /// Chance, evenly spread from 0 to, but without, 1.
    [[nodiscard]] virtual double random() {
        unsigned bits = 0;
        return ::getentropy(&bits, sizeof bits) == 0 ? bits / 4294967296.0 : 0.5;
    }
};

}  // namespace openstack
