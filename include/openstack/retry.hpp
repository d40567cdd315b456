// SPDX-License-Identifier: Apache-2.0
// Whether to send a request again, and after which wait.
#pragma once

#include <openstack/algorithm.hpp>
#include <openstack/attempts.hpp>
#include <openstack/error.hpp>
#include <openstack/http.hpp>
#include <openstack/limits.hpp>
#include <openstack/retry_after.hpp>
#include <openstack/session_options.hpp>

namespace openstack::detail {

/// The retries of one call.
///
/// A request that may be repeated is sent again after any failure that may pass. Another one only after those in which
/// it surely had no effect: it never left, or the service refused it for the moment (408, 429, 503 with Retry-After).
template<class Options = RetryOptions>
class Retry {
  public:
    /// All of them outlive it. `attempts` is kept up to date.
    Retry(Options const& options, CallLimits const& limits, Request const& request, Attempts& attempts)
        : options_(options), limits_(limits), request_(request), attempts_(attempts) {}

    /// Whether another attempt follows that answer. If it does, `delay()` is the wait before it.
    [[nodiscard]] bool is_due(Response const& answer) {
        attempts_.ended_by = {};
        bool may_pass = false;
        for (int const code : options_.retriable_status_codes) may_pass |= code == answer.status;
        if (!may_pass) return false;
        Milliseconds const asked = retry_after(answer, limits_.clock.unix_time());
        bool const is_put_off = answer.status == 408 || answer.status == 429 ||
                                (answer.status == 503 && answer.headers.find("Retry-After"));
        attempts_.is_in_doubt |= answer.status >= 500 && !is_put_off;  // a 4xx says that it did nothing
        if (!is_put_off && !request_.may_be_repeated())
            return give_up("not repeated: the service may have acted on it");
        if (asked > options_.max_retry_after) return give_up("the service asks for a longer wait than is allowed");
        return is_due(statuses_, options_.status_code_retries, options_.status_code_retry_delay, asked);
    }

    /// The same after a failure.
    [[nodiscard]] bool is_due(TransportError const& failure) {
        attempts_.ended_by = {};
        if (failure.repetition() == Repetition::useless) return false;
        bool const is_doubtful = failure.repetition() == Repetition::doubtful;
        attempts_.is_in_doubt |= is_doubtful;
        if (is_doubtful && !request_.may_be_repeated())
            return give_up("not repeated: the service may have acted on it");
        return is_due(failures_, options_.connect_retries, options_.connect_retry_delay, Milliseconds::zero());
    }

    /// All retries are left again.
    void restart() noexcept { failures_ = statuses_ = 0; }

    /// What to wait before the next attempt.
    [[nodiscard]] Milliseconds delay() const noexcept { return delay_; }

  private:
    [[nodiscard]] bool is_due(unsigned& done, unsigned allowed, Milliseconds fixed, Milliseconds asked) {
        if (done >= allowed) return give_up(allowed == 0 ? "" : "no retry is left");
        delay_ = (std::max)(asked, fixed > Milliseconds::zero() ? fixed : backoff(failures_ + statuses_));
        if (delay_ >= limits_.left()) return give_up("the deadline leaves no time for a retry");
        if (request_.source != nullptr && !request_.source->rewind())
            return give_up("not repeated: its source can't be read again");
        ++done;
        ++attempts_.count;
        return true;
    }

    /// Doubled with each retry. Chance takes a half of it at most, so that clients that failed together come back
    /// apart.
    [[nodiscard]] Milliseconds backoff(unsigned done) const {
        Milliseconds whole = (std::min)(options_.first_delay, options_.max_delay);
        for (; done > 0 && whole < options_.max_delay; --done)
            whole = whole > options_.max_delay / 2 ? options_.max_delay : whole * 2;
        double const left_out = static_cast<double>(whole.count() / 2) * limits_.clock.random();
        return whole - Milliseconds{static_cast<long long>(left_out)};
    }

    [[nodiscard]] bool give_up(std::string_view why) {
        attempts_.ended_by = why;
        return false;
    }

    Options const& options_;
    CallLimits const& limits_;
    Request const& request_;
    Attempts& attempts_;
    unsigned failures_ = 0;
    unsigned statuses_ = 0;
    Milliseconds delay_{};
};

}  // namespace openstack::detail
