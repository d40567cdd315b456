// SPDX-License-Identifier: Apache-2.0
// PerProcess: state that a child process doesn't inherit.
#pragma once

#include <sys/types.h>
#include <unistd.h>
#include <atomic>

namespace openstack::detail {

/// A T of this process. In a child process, which fork() made while other threads were anywhere, a lock of the parent's
/// T may stay locked for ever and a connection of its is still the parent's: so the child begins with a new one, and
/// leaves the other alone, also at the end.
template<class T>
class PerProcess {
  public:
    PerProcess() : entry_(new Entry{}) {}
    PerProcess(PerProcess const&) = delete;
    PerProcess& operator=(PerProcess const&) = delete;
    ~PerProcess() {
        if (entry_->process == getpid()) delete entry_;
    }

    /// Safe to call from several threads at once.
    [[nodiscard]] T& get() {
        // The compilers' own atomics: the header of std::atomic is dear to whoever includes this library.
        Entry* entry = __atomic_load_n(&entry_, __ATOMIC_ACQUIRE);
        if (entry->process == getpid()) return entry->value;
        Entry* const fresh = new Entry{};
        if (__atomic_compare_exchange_n(&entry_, &entry, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            return fresh->value;
        delete fresh;  // another thread of the child was faster
        return entry->value;
    }

  private:
    struct Entry {
        pid_t process = getpid();
        T value{};
    };

    Entry* entry_;
};

}  // namespace openstack::detail
