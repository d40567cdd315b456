// SPDX-License-Identifier: Apache-2.0
// Thread: a function that runs beside its maker.
#pragma once

#include <pthread.h>
#include <signal.h>

#include <utility>

namespace openstack::detail {

/// Runs a function, which throws nothing, in a thread of its own, and is destroyed when that has ended. Signals are the
/// program's: they don't come to this thread. (std::jthread, whose header costs the compiler a fiftieth of what this
/// whole library does, leaves no way to see to that.)
template<class Function>
class Thread {
  public:
    explicit Thread(Function run) : run_(std::move(run)) {
        sigset_t all{};
        sigset_t before{};
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before);
        is_running_ = ::pthread_create(&id_, nullptr, &start, this) == 0;
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
    Thread(Thread const&) = delete;
    Thread& operator=(Thread const&) = delete;
    ~Thread() {
        if (is_running_) ::pthread_join(id_, nullptr);
    }

    /// False if the system had no thread to give: then nothing runs.
    [[nodiscard]] bool is_running() const noexcept { return is_running_; }

  private:
    static void* start(void* self) noexcept {
        static_cast<Thread*>(self)->run_();
        return nullptr;
    }

    Function run_;
    pthread_t id_{};
    bool is_running_ = false;
};

}  // namespace openstack::detail
