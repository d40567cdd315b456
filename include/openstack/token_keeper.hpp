// SPDX-License-Identifier: Apache-2.0
// TokenKeeper: the token of a session, renewed before it ends and when it is refused, once for all threads.
#pragma once

#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <openstack/algorithm.hpp>
#include <openstack/authentication.hpp>
#include <openstack/limits.hpp>
#include <openstack/per_process.hpp>

namespace openstack::detail {

/// Keeps an authorization. Safe to use from several threads at once: one of them renews, the others wait for it and get
/// what it got, be it an error.
template<class Way = Authentication>
class TokenKeeper {
  public:
    /// Shared, since a call may go on with one that another call has replaced.
    using Pointer = std::shared_ptr<Authorization const>;

    /// Asks for nothing yet.
    explicit TokenKeeper(std::shared_ptr<Way> authentication) : authentication_(std::move(authentication)) {}

    /// The current authorization; or a new one, if there is none, its time is up, or it is `refused`, which a service
    /// no longer takes. Throws as Authentication and CallLimits::check do.
    [[nodiscard]] Pointer get(Transport& transport, CallLimits const& limits, Authorization const* refused = nullptr) {
        Kept& kept = kept_.get();
        if (Pointer current = current_or_turn(kept, limits, refused)) return current;
        try {
            auto fresh = std::make_shared<Authorization const>(authentication_->authorize(transport));
            std::lock_guard const lock{kept.mutex};
            kept.is_renewing = false;
            kept.current = std::move(fresh);
            set_times(kept, limits.clock.now());
            return kept.current;
        } catch (...) {
            std::lock_guard const lock{kept.mutex};
            kept.is_renewing = false;  // before the program's clock and stop token are asked, for these may throw
            bool const is_ended = limits.stop.stop_requested() || limits.left() == Milliseconds::zero();
            auto const now = limits.clock.now();
            if (is_ended) throw;  // which says nothing to the others: the next of them tries itself
            if (kept.current && kept.current.get() != refused && now < kept.end) {
                kept.renew_at = now + pause_after_failure;  // the token is good for a while: Keystone may come back
                return kept.current;
            }
            kept.failure = std::current_exception();
            ++kept.failures;
            throw;
        }
    }

    /// Whether another token can be had after one was refused.
    [[nodiscard]] bool is_renewable() const { return authentication_->is_renewable(); }

  private:
    static constexpr std::chrono::seconds margin{120};  // before its end that a token is renewed
    static constexpr std::chrono::seconds pause_after_failure{10};

    struct Kept {
        std::mutex mutex;
        Pointer current;
        Clock::TimePoint renew_at{};
        Clock::TimePoint end{};
        bool is_renewing = false;
        std::exception_ptr failure;
        unsigned failures = 0;  ///< how many there have been, by which those who wait know a new one
    };

    /// The current authorization, maybe after another thread has renewed it; null if it's up to this one to do so.
    Pointer current_or_turn(Kept& kept, CallLimits const& limits, Authorization const* refused) {
        std::optional<unsigned> failures_before;
        // Whoever waits looks again, as at a Gate.
        for (Milliseconds pause{1};; pause = (std::min)(pause * 2, Milliseconds{10})) {
            auto const now = limits.clock.now();
            {
                std::lock_guard const lock{kept.mutex};
                if (failures_before && failures_before != kept.failures) std::rethrow_exception(kept.failure);
                if (kept.current && kept.current.get() != refused && now < kept.renew_at) return kept.current;
                if (!kept.is_renewing) {
                    kept.is_renewing = true;
                    return nullptr;
                }
                failures_before = kept.failures;
            }
            limits.wait(pause, "waiting for a token");
        }
    }

    /// A token that lives less than twice the margin is used until it is refused, as one is whose life makes no sense.
    /// Its life counts from its arrival: the clocks of services may be wrong.
    static void set_times(Kept& kept, Clock::TimePoint now) {
        constexpr auto never = (Clock::TimePoint::max)();
        auto const life = kept.current->life.value_or((Milliseconds::max)());
        bool const is_known = life >= Milliseconds::zero() && life < std::chrono::hours{24 * 365};
        kept.end = is_known ? now + life : never;
        kept.renew_at = is_known && life >= 2 * margin ? kept.end - margin : never;
    }

    std::shared_ptr<Way> authentication_;
    PerProcess<Kept> kept_;
};

}  // namespace openstack::detail
