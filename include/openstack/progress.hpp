// SPDX-License-Identifier: Apache-2.0
// How far a transfer has come.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include <openstack/callback.hpp>
#include <openstack/clock.hpp>

namespace openstack {

/// A moment of a transfer.
struct Progress {
    std::uint64_t bytes = 0;               ///< that have been moved; fewer than before where an upload starts again
    std::optional<std::uint64_t> total{};  ///< how many there will be, if that is known
    double bytes_per_second = 0;           ///< on average since the start
};

/// Called while data moves, in the thread that moves it, at most ten times a second and once at the end. What it throws
/// ends the transfer and reaches the caller unchanged.
using ProgressFunction = Callback<void(Progress const&)>;

namespace detail {

/// Counts bytes and reports them.
class ProgressMeter {
  public:
    /// An empty `report` is never called.
    ProgressMeter(ProgressFunction report, std::optional<std::uint64_t> total)
        : report_(std::move(report)), progress_{.total = total} {}

    /// So many bytes more have been moved. Throws what the function throws.
    void add(std::uint64_t bytes) {
        progress_.bytes += bytes;
        if (report_ && Clock::now() >= next_report_) report();
    }
    /// So many bytes more were there already: they don't count for the speed. Throws what the function throws.
    void skip(std::uint64_t bytes) {
        skipped_ += bytes;
        add(bytes);
    }
    /// All have been moved: reports that in any case.
    void finish() {
        if (report_) report();
    }
    /// Counts from 0 again.
    void restart() { *this = ProgressMeter(std::move(report_), progress_.total); }

    /// How many have been moved.
    [[nodiscard]] std::uint64_t bytes() const noexcept { return progress_.bytes; }

  private:
    using Clock = SteadyClock;

    void report() {
        Clock::time_point const now = Clock::now();
        next_report_ = now + Milliseconds{100};
        double const seconds = std::chrono::duration<double>(now - start_).count();
        progress_.bytes_per_second = seconds > 0 ? static_cast<double>(progress_.bytes - skipped_) / seconds : 0;
        report_(progress_);
    }

    ProgressFunction report_;
    Progress progress_;
    std::uint64_t skipped_ = 0;
    Clock::time_point start_ = Clock::now();
    Clock::time_point next_report_ = start_;
};

}  // namespace detail

}  // namespace openstack
