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

namespace openstack::detail {

inline Response const& head_of(Response const& response) { return response; }
inline Response const& head_of(std::unique_ptr<ResponseStream> const& stream) { return stream->head(); }

/// Sends the requests of one call. All that it is made of outlives it.
template<class Options = RetryOptions>
class Courier {
  public:
    Courier(Options const& retries, CallLimits const& limits, Gate<>& gate, Observer const& observer)
        : retries_(retries), limits_(limits), gate_(gate), observer_(observer) {}

    /// What `send()`, which sends `request`, gives in the end: a success, or a refusal that stays. Throws
    /// TransportError, Cancelled, and what the request's source and consumer throw. `attempts` goes on from where it
    /// is.
    template<class Send>
    auto carry(Request& request, Attempts& attempts, Send send) -> decltype(send()) {
        if (request.consumer)
            request.consumer = [this, consumer = request.consumer](Response const& head, auto bytes) {
                has_arrived_ = true;
                consumer(head, bytes);
            };
        std::string const name = name_of(request);
        Timeouts const timeouts = request.timeouts.value_or(Timeouts{});
        Retry<Options> retry(retries_, limits_, request, attempts);
        for (unsigned redirects = 0;;) {
            limits_.check(name);
            Watch const watch(observer_, limits_.clock, request, attempts.count);
            try {
                auto answer = send_once(request, timeouts, name, send);
                Response const& head = head_of(answer);
                watch.report(head);
                attempts.is_in_doubt |= head.is_to_repetition;
                if (std::string target = redirect_target(request, head);
                    !target.empty() && redirects++ < max_redirects) {
                    request.url = std::move(target);
                    continue;
                }
                if (head.is_success() || !retry.is_due(head)) return answer;
            } catch (TransportError& failure) {
                watch.report(failure);
                bool const is_due = !has_arrived_ && retry.is_due(failure);
                failure.set_attempts(attempts);
                if (!is_due) throw;
            }
            watch.report_wait(retry.delay(), name);
            limits_.wait(retry.delay(), name);
        }
    }

  private:
    static constexpr unsigned max_redirects = 3;

    template<class Send>
    auto send_once(Request& request, Timeouts limited, std::string const& name, Send& send) -> decltype(send()) {
        auto const pass = gate_.enter(limits_, name);
        Milliseconds const left = limits_.left();
        bool const is_nearer = limited.total == Milliseconds::zero() || left < limited.total;
        if (is_nearer && left < (Milliseconds::max)()) limited.total = (std::max)(left, Milliseconds{1});
        request.timeouts = limited;
        request.stop = limits_.stop;
        return send();
    }

    Options const& retries_;
    CallLimits const& limits_;
    Gate<>& gate_;
    Observer const& observer_;
    bool has_arrived_ = false;  ///< something of a body, at the consumer, which mustn't get it twice
};

}  // namespace openstack::detail
