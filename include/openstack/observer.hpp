// SPDX-License-Identifier: Apache-2.0
// Observer: a function that is told what happens to requests, without secrets.
#pragma once

#include <exception>
#include <string>
#include <string_view>

#include <openstack/callback.hpp>
#include <openstack/clock.hpp>
#include <openstack/http.hpp>
#include <openstack/one_line.hpp>

namespace openstack {

/// What has happened.
enum class EventKind {
    request,  ///< an attempt begins: `headers` are those of the request
    answer,   ///< it ended with an answer: `status`, `request_id`, `elapsed` and `headers`, those of the answer
    failure,  ///< it ended without one: `elapsed`, and why in `text`
    wait,     ///< the next attempt begins later: how much, and why, in `text`
    warning   ///< something about the session that its user should know, in `text`
};

/// One step of a call. What isn't named at its kind is empty.
struct Event {
    EventKind kind{};
    std::string method{};
    std::string url{};
    unsigned attempt = 0;  ///< 1 is the first
    int status = 0;
    std::chrono::milliseconds elapsed{};  ///< since the attempt began, the consumption of a body included
    std::string request_id{};             ///< by which the service's operators find the request
    Headers headers{};                    ///< of those that could hold a secret, the value is `(hidden)`
    std::string text{};                   ///< one line
};

/// Called from the threads that make the calls, by several at once. What it throws is ignored. It mustn't send by the
/// session that it observes: within the renewal of a token that would wait for itself.
using Observer = Callback<void(Event const& event)>;

namespace detail {

/// The headers with the values of those that are known to be harmless.
template<class Lines = Headers>
[[nodiscard]] Lines without_secrets(Lines const& headers) {
    constexpr std::string_view harmless[] = {"Accept",
                                             "Cache-Control",
                                             "Connection",
                                             "Content-Length",
                                             "Content-MD5",
                                             "Content-Range",
                                             "Content-Type",
                                             "Date",
                                             "Expect",
                                             "Host",
                                             "OpenStack-API-Version",
                                             "OpenStack-Image-Import-Methods",
                                             "OpenStack-Image-Store-Ids",
                                             "Range",
                                             "Retry-After",
                                             "Server",
                                             "Transfer-Encoding",
                                             "User-Agent",
                                             "Vary",
                                             "WWW-Authenticate",
                                             "X-Image-Meta-Store",
                                             "X-Openstack-Image-Size",
                                             "X-Openstack-Request-Id"};
    Lines shown;
    for (auto const& each : headers.lines()) {
        bool is_harmless = false;
        for (std::string_view const name : harmless) is_harmless |= Lines::equal_names(each.name, name);
        shown.add(each.name, is_harmless ? each.value : "(hidden)");
    }
    return shown;
}

/// Tells the observer, if there is one.
template<class Watcher = Observer>
void tell(Watcher const& observer, Event const& event) noexcept {
    try {
        if (observer) observer(event);
    } catch (...) {  // who watches mustn't change what happens
    }
}

/// One attempt under the eyes of an observer. Costs nothing without one.
template<class Watcher = Observer>
class Watch {
  public:
    /// All of them outlive it.
    Watch(Watcher const& observer, Clock& clock, Request const& request, unsigned attempt)
        : observer_(observer), clock_(clock), request_(request), attempt_(attempt) {}

    /// Reports that the attempt begins. Of one that hasn't begun nothing is reported.
    void begin() {
        if (!observer_) return;
        has_begun_ = true;
        event_ = {.kind = EventKind::request, .method = request_.method, .url = request_.url, .attempt = attempt_};
        started_ = clock_.now();
        Event event = event_;
        event.headers = without_secrets(request_.headers);
        tell(observer_, event);
    }

    /// Reports that it ended with that answer.
    void report(Response const& answer) const {
        if (!has_begun_) return;
        Event event = ended(EventKind::answer);
        event.status = answer.status;
        event.request_id = answer.headers.find("X-Openstack-Request-Id").value_or("");
        event.headers = without_secrets(answer.headers);
        tell(observer_, event);
    }
    /// Reports that it ended by the exception that is being handled.
    void report_failure() const {
        if (!has_begun_) return;
        Event event = ended(EventKind::failure);
        try {
            throw;
        } catch (std::exception const& failure) {
            event.text = one_line(failure.what());
        } catch (...) {
            event.text = "an exception of the program's own";
        }
        tell(observer_, event);
    }
    /// Reports that another one follows after that time.
    void report_wait(Milliseconds delay, std::string const& why, std::string const& name) const {
        if (!has_begun_) return;
        Event event = event_;
        event.kind = EventKind::wait;
        event.text = "waiting " + std::to_string(delay.count()) + " ms " + why + ", then again " + name;
        tell(observer_, event);
    }

  private:
    [[nodiscard]] Event ended(EventKind kind) const {
        Event event = event_;
        event.kind = kind;
        event.elapsed = std::chrono::duration_cast<Milliseconds>(clock_.now() - started_);
        return event;
    }

    Watcher const& observer_;
    Clock& clock_;
    Request const& request_;
    unsigned attempt_;
    bool has_begun_ = false;
    Event event_{};
    Clock::TimePoint started_{};
};

}  // namespace detail
}  // namespace openstack
