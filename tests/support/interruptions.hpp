// SPDX-License-Identifier: Apache-2.0
// System calls that are interrupted.
#pragma once

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>

namespace support {

/// While it lives, each blocking system call of the thread that made it ends within a millisecond, with EINTR or with
/// what it had done until then. One at a time.
class Interruptions {
  public:
    Interruptions() {
        struct sigaction counting {};
        counting.sa_handler = [](int) { ++interrupted; };  // without SA_RESTART
        ::sigaction(SIGALRM, &counting, &before_);
        sigevent to_this_thread{};
        to_this_thread.sigev_notify = SIGEV_THREAD_ID;
        to_this_thread.sigev_signo = SIGALRM;
        to_this_thread._sigev_un._tid = ::gettid();
        if (::timer_create(CLOCK_MONOTONIC, &to_this_thread, &timer_) != 0)
            throw std::system_error(errno, std::generic_category(), "timer_create");
        itimerspec const often{{0, 1'000'000}, {0, 1'000'000}};
        ::timer_settime(timer_, 0, &often, nullptr);
    }
    Interruptions(Interruptions const&) = delete;
    Interruptions& operator=(Interruptions const&) = delete;
    ~Interruptions() {
        ::timer_delete(timer_);
        ::sigaction(SIGALRM, &before_, nullptr);
    }

    /// How often there was one, of all that ever lived.
    [[nodiscard]] static int count() { return interrupted; }

  private:
    static inline std::atomic<int> interrupted = 0;

    struct sigaction before_ {};
    timer_t timer_{};
};

}  // namespace support
