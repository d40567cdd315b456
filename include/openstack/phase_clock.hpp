// SPDX-License-Identifier: Apache-2.0
// How long each phase of an exchange may take.
#pragma once

#include <string>

#include <openstack/algorithm.hpp>
#include <openstack/clock.hpp>
#include <openstack/error.hpp>
#include <openstack/exchange.hpp>
#include <openstack/http.hpp>

namespace openstack::detail {

/// What an exchange is waiting for.
enum class Phase {
    connect,   ///< the connection; whoever makes it has a clock of its own
    send,      ///< the network, to take more of the request
    response,  ///< the service, to answer what it has received whole
    receive    ///< the network, to bring more of the answer
};

/// Holds a request to its time-outs. Runs on the steady clock, which no change of the system's time disturbs.
class PhaseClock {
  public:
    /// Throws InvalidRequest if a time-out is negative.
    explicit PhaseClock(Request const& request) : request_(request), limits_(request.timeouts.value_or(Timeouts{})) {
        for (Milliseconds each : {limits_.connect, limits_.stall, limits_.response, limits_.total})
            if (each < Milliseconds::zero()) throw InvalidRequest("a time-out is negative");
    }

    /// Bytes of the request have left.
    void note_sent() { sent_ = moved_ = SteadyClock::now(); }
    /// Bytes of the answer have come; or the caller, not the network, took the time until now.
    void note_received() { moved_ = SteadyClock::now(); }

    /// The limits that it goes by.
    [[nodiscard]] Timeouts const& limits() const noexcept { return limits_; }
    /// The time until the nearest limit. Throws TimeoutError if one has passed, Cancelled if the request shall end.
    [[nodiscard]] Milliseconds left(Phase phase) const {
        if (request_.stop.stop_requested()) throw Cancelled(name_of(request_) + ": its stop token ended it");
        Milliseconds const nearest = (std::min)(left("total", limits_.total, started_), left_of(phase));
        return request_.stop.stop_possible() ? (std::min)(nearest, StopToken::interval) : nearest;
    }

  private:
    [[nodiscard]] Milliseconds left_of(Phase phase) const {
        switch (phase) {
            case Phase::send:
                return left("send", limits_.stall, sent_);
            case Phase::response:
                return left("response", limits_.response, sent_);
            case Phase::receive:
                return left("receive", limits_.stall, moved_);
            case Phase::connect:
                break;
        }
        return (Milliseconds::max)();
    }

    [[nodiscard]] Milliseconds left(char const* name, Milliseconds limit, SteadyClock::time_point since) const {
        if (limit == Milliseconds::zero()) return (Milliseconds::max)();
        auto const used = std::chrono::duration_cast<Milliseconds>(SteadyClock::now() - since);
        if (used >= limit)
            throw TimeoutError(name_of(request_) + ": no end within " + std::to_string(limit.count()) + " ms (" + name +
                               ')');
        return limit - used;
    }

    Request const& request_;
    Timeouts limits_;
    SteadyClock::time_point started_ = SteadyClock::now();
    SteadyClock::time_point sent_ = started_;
    SteadyClock::time_point moved_ = started_;  ///< bytes, in either direction
};

}  // namespace openstack::detail
