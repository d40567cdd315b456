// SPDX-License-Identifier: Apache-2.0
// Session: requests to a cloud's services, with endpoint and token found for them, refusals thrown as HttpError.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include <openstack/authentication.hpp>
#include <openstack/catalog.hpp>
#include <openstack/courier.hpp>
#include <openstack/endpoint.hpp>
#include <openstack/error.hpp>
#include <openstack/failure.hpp>
#include <openstack/http.hpp>
#include <openstack/session_options.hpp>
#include <openstack/session_state.hpp>

namespace openstack {

/// A cheap handle to shared state: copies belong together, and keep transport and token alive. Safe to use from several
/// threads at once. A token is asked for once, when it is first needed, and once more for all threads when its end is
/// near or a service refuses it. After fork() the child has connections and a token of its own.
///
/// Session is the one to use; it is a template so that a program compiles what reads a refusal only where it sends.
template<class Options>
class BasicSession {
  public:
    /// Throws InvalidRequest if there is no transport or no authentication, ConfigError for an endpoint among the
    /// options that isn't an http or https URL, or holds user information, a query or a fragment.
    BasicSession(std::shared_ptr<Transport> transport, std::shared_ptr<Authentication> authentication,
                 Options options = {})
        : state_(std::make_shared<State>(std::move(transport), std::move(authentication), std::move(options))) {}

    // Copied also where it could be moved: so nobody is left with a session without its state.
    BasicSession(BasicSession const&) = default;
    BasicSession& operator=(BasicSession const&) = default;

    /// The same session for calls with those options; what isn't set in them stays as an earlier `with` has said.
    /// Throws InvalidRequest for a negative deadline.
    [[nodiscard]] BasicSession with(CallOptions options) const {
        if (options.deadline < std::chrono::milliseconds::zero()) throw InvalidRequest("a deadline is negative");
        BasicSession other = *this;
        if (options.timeouts) other.call_.timeouts = options.timeouts;
        if (options.deadline > std::chrono::milliseconds::zero()) other.call_.deadline = options.deadline;
        if (options.stop.stop_possible()) other.call_.stop = std::move(options.stop);
        if (!options.global_request_id.empty()) other.call_.global_request_id = std::move(options.global_request_id);
        return other;
    }

    /// Gets the first token now, where it would be asked for with the first request. Throws as Authentication does:
    /// Unauthorized, HttpError, TransportError, DecodeError.
    void authorize() const { (void)state_->authorization(limits(true)); }

    /// Sends `request`, whose `url` is a path that starts with the API version, to the service of that type; a whole
    /// URL that a service gave must be one of that service's scheme, host and port, or else InvalidRequest. Returns
    /// only answers of success. Throws HttpError's subclasses, TransportError, EndpointNotFound, InvalidRequest,
    /// Cancelled, and unchanged what the request's source or consumer throws.
    ///
    /// What may pass is tried again as RetryOptions says, within the deadline. A redirect is followed if the request is
    /// a GET or HEAD and the target has the same scheme, host and port: three times at most.
    Response send(std::string_view service, Request request) const {
        bool const is_data = request.source != nullptr || request.consumer;
        return exchange(service, request, is_data, [&] { return state_->transport->send(request); });
    }

    /// The same, with the body left to be pulled. It is retried until its head is there. Throws InvalidRequest also for
    /// a request with a source, which would have to outlive the stream, or with a consumer.
    [[nodiscard]] std::unique_ptr<ResponseStream> open(std::string_view service, Request request) const {
        return exchange(service, request, true, [&] { return state_->open(request); });
    }

    /// The document in which the service lists the versions of its API. HTTP: GET of its endpoint without a version,
    /// with the answer 200 or 300.
    [[nodiscard]] Response versions(std::string_view service) const {
        Request request{.url = version_root(endpoint(service)) + '/'};
        return exchange(service, request, false, [&] {
            Response answer = state_->transport->send(request);
            if (answer.status == 300) answer.status = 200;  // Multiple Choices: they are what was asked for
            return answer;
        });
    }

    /// Where the service is, by its type or another name that catalogs have it under. Throws EndpointNotFound, with the
    /// services that there are. Authorizes if the options don't tell, and that hasn't been done.
    [[nodiscard]] std::string endpoint(std::string_view service) const {
        return state_->endpoint(service, limits(true));
    }

    /// Whether `endpoint` would find the service.
    [[nodiscard]] bool has_service(std::string_view service) const {
        try {
            (void)endpoint(service);
            return true;
        } catch (EndpointNotFound const&) {
            return false;
        }
    }

    /// The id of the project that the session acts for; empty without Keystone.
    [[nodiscard]] std::string project_id() const { return state_->authorization(limits(true))->project_id; }

    /// Waits so long by the session's clock. Throws Cancelled, whose message begins with `what`, as soon as the stop
    /// token of the calls' options says so.
    void wait(std::chrono::milliseconds duration, std::string_view what = "waiting") const {
        detail::CallLimits{*state_->clock, call_.stop, detail::Milliseconds::zero()}.wait(duration, what);
    }

    /// What the session's waits go by. Lives as long as the session.
    [[nodiscard]] auto& clock() const noexcept { return *state_->clock; }

    /// Keeps a fact about the cloud for all copies of the session, in place of what was kept under that key.
    void remember(std::string_view key, std::string value) const { state_->notes.get().set(key, std::move(value)); }
    /// What was remembered last under that key; empty if nothing was.
    [[nodiscard]] std::string recall(std::string_view key) const { return state_->notes.get().get(key); }

    /// How often requests to the service are tried. Lives as long as the session.
    [[nodiscard]] RetryOptions const& retries(std::string_view service) const {
        return state_->way_to(service).retries;
    }

    /// The time-outs of each attempt.
    [[nodiscard]] Timeouts timeouts() const { return call_.timeouts.value_or(state_->options.timeouts); }

  private:
    using State = detail::SessionState<Options>;

    /// Of a call that begins now, ended by that token, or else the options'; image data takes the time that it takes,
    /// if the call's options don't say otherwise.
    [[nodiscard]] detail::CallLimits limits(bool has_deadline, StopToken const& stop = {}) const {
        auto const longest = call_.deadline > detail::Milliseconds::zero() ? call_.deadline
                             : has_deadline                                ? state_->options.deadline
                                                                           : detail::Milliseconds::zero();
        return {*state_->clock, stop.stop_possible() ? stop : call_.stop, longest};
    }

    /// The answer to `send()`, which sends `request`. If the service refuses the token (401), that of a second try with
    /// another one.
    template<class Send>
    auto exchange(std::string_view service, Request& request, bool is_data, Send send) const -> decltype(send()) {
        detail::CallLimits const limits = this->limits(!is_data, request.stop);
        if (!request.timeouts) request.timeouts = timeouts();
        auto authorization = state_->authorization(limits);
        request.url = whole_url(state_->endpoint(service, limits), request.url);
        auto& way = state_->way_to(service);
        set_headers(request, way);
        set_token(request, *authorization);
        detail::Courier<> courier(request, way.retries, limits, way.gate, state_->options.observer);
        auto answer = courier.carry(send);
        bool const is_refused = detail::head_of(answer).status == 401 && !authorization->token.empty();
        if (is_refused && state_->is_renewable() && courier.begin_again()) {
            authorization = state_->authorization(limits, authorization.get());
            set_token(request, *authorization);
            answer = courier.carry(send);
        }
        if (detail::head_of(answer).is_success()) return answer;
        Response refusal = detail::head_of(answer);
        refusal.attempts = courier.attempts();
        throw_http_error(failure_of(request, refusal));
    }

    /// The token goes to nobody but the service.
    static std::string whole_url(std::string const& endpoint, std::string const& url) {
        if (url.starts_with('/')) return join_url(endpoint, url);  // anything else would change the endpoint's host
        if (!origin_of(url).empty() && origin_of(url) == origin_of(endpoint)) return url;
        throw InvalidRequest(
            "a service is asked for a path that begins with a slash, or for a URL of its own scheme, host and port");
    }

    template<class Way>
    void set_headers(Request& request, Way const& way) const {
        Options const& options = state_->options;
        request.headers.set("User-Agent", options.user_agent);
        if (!request.headers.find("Accept")) request.headers.set("Accept", "application/json");
        if (!way.microversion.empty()) request.headers.set("OpenStack-API-Version", way.microversion);
        std::string const& id = call_.global_request_id.empty() ? options.global_request_id : call_.global_request_id;
        if (!id.empty()) request.headers.set("X-Openstack-Request-Id", id);
    }

    static void set_token(Request& request, Authorization const& current) {
        if (!current.token.empty()) request.headers.set("X-Auth-Token", current.token);
    }

    std::shared_ptr<State> state_;
    CallOptions call_{};
};

/// The session with a cloud.
using Session = BasicSession<SessionOptions>;

}  // namespace openstack
