// SPDX-License-Identifier: Apache-2.0
// Courier: brings a request to a service and an answer back: within the limits, again where that may help, and watched.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <openstack/algorithm.hpp>
#include <openstack/attempts.hpp>
#include <openstack/exchange.hpp>
#include <openstack/gate.hpp>
#include <openstack/http.hpp>
#include <openstack/limits.hpp>
#include <openstack/observer.hpp>
#include <openstack/redirect.hpp>
#include <openstack/retry.hpp>
#include <openstack/watched_source.hpp>

namespace openstack::detail {

/// Status and headers of an answer, however its body comes.
inline Response const& head_of(Response const& response) { return response; }
inline Response const& head_of(std::unique_ptr<ResponseStream> const& stream) { return stream->head(); }

/// Sends one request, as often as it takes. All that it is made of outlives it.
template<class Options = RetryOptions>
class Courier {
  public:
    /// From now on the request has a source and a consumer that the courier watches.
    Courier(Request& request, Options const& retries, CallLimits const& limits, Gate<>& gate, Observer const& observer)
        : request_(request),
          name_(name_of(request)),
          timeouts_(request.timeouts.value_or(Timeouts{})),
          limits_(limits),
          gate_(gate),
          observer_(observer),
          source_(request.source, callbacks_),
          retry_(retries, limits, request, attempts_) {
        if (request.source != nullptr) request.source = &source_;
        if (request.consumer)
            request.consumer = [this, consumer = request.consumer](Response const& head, auto bytes) {
                has_arrived_ = true;
                callbacks_.call([&] { consumer(head, bytes); });
            };
    }
    Courier(Courier const&) = delete;
    Courier& operator=(Courier const&) = delete;

    /// What `send()`, which sends the request, gives in the end: a success, or a refusal that stays. Throws
    /// TransportError, Cancelled, and unchanged what the request's source and consumer throw.
    template<class Send>
    auto carry(Send send) -> decltype(send()) {
        for (;;) {
            limits_.check(name_);
            Watch watch(observer_, limits_.clock, request_, attempts_.count);
            try {
                auto answer = send_once(watch, send);
                Response const& head = head_of(answer);
                watch.report(head);
                attempts_.count += head.attempts.count - 1;
                attempts_.is_in_doubt |= head.attempts.is_in_doubt;
                if (is_redirected_by(head)) continue;
                if (head.is_success() || !retry_.is_due(head)) return answer;
                watch.report_wait(retry_.delay(), "after status " + std::to_string(head.status), name_);
            } catch (TransportError& failure) {
                watch.report_failure();
                if (callbacks_.have_thrown()) throw;
                bool const is_due = can_go_on() && retry_.is_due(failure);
                failure.set_attempts(attempts_);
                if (!is_due) throw;
                watch.report_wait(retry_.delay(), "after this failure", name_);
            } catch (...) {
                watch.report_failure();
                throw;
            }
            limits_.wait(retry_.delay(), name_);
        }
    }

    /// Makes ready to carry the request again after a refusal that had no effect. False if its source can't be read
    /// once more.
    [[nodiscard]] bool begin_again() {
        attempts_.ended_by = source_.rewind() ? "" : "not repeated: its source can't be read again";
        if (!attempts_.ended_by.empty()) return false;
        ++attempts_.count;
        return true;
    }

    /// Those there have been.
    [[nodiscard]] Attempts const& attempts() const noexcept { return attempts_; }

  private:
    static constexpr unsigned max_redirects = 3;

    template<class Send>
    auto send_once(Watch<>& watch, Send& send) -> decltype(send()) {
        auto const pass = gate_.enter(limits_, name_);
        watch.begin();
        Timeouts limited = timeouts_;
        Milliseconds const left = limits_.left();
        bool const is_nearer = limited.total == Milliseconds::zero() || left < limited.total;
        if (is_nearer && left < (Milliseconds::max)()) limited.total = (std::max)(left, Milliseconds{1});
        request_.timeouts = limited;
        request_.stop = limits_.stop;
        return send();
    }

    /// Whether the consumer would get nothing twice. What has brought something is no failure in a row.
    bool can_go_on() {
        if (!has_arrived_) return true;
        if (!request_.resume || !callbacks_.call([&] { return request_.resume(request_.headers); })) return false;
        has_arrived_ = false;
        retry_.restart();
        return true;
    }

    bool is_redirected_by(Response const& head) {
        std::string target = redirect_target(request_, head);
        if (target.empty() || redirects_ == max_redirects) return false;
        ++redirects_;
        ++attempts_.count;
        request_.url = std::move(target);
        return true;
    }

    Request& request_;
    std::string const name_;
    Timeouts const timeouts_;
    CallLimits const& limits_;
    Gate<>& gate_;
    Observer const& observer_;
    WatchedCallbacks<> callbacks_;
    WatchedSource<> source_;
    Attempts attempts_;
    Retry<Options> retry_;
    unsigned redirects_ = 0;
    bool has_arrived_ = false;  ///< something of the last attempt's body, at the consumer
};

}  // namespace openstack::detail
