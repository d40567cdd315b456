// SPDX-License-Identifier: Apache-2.0
// Session: requests to a cloud's services, with endpoint and token found for them, refusals thrown as HttpError.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <openstack/authentication.hpp>
#include <openstack/error.hpp>
#include <openstack/failure.hpp>
#include <openstack/http.hpp>
#include <openstack/one_line.hpp>
#include <openstack/session_options.hpp>
#include <openstack/uri.hpp>

namespace openstack {

/// A cheap handle to shared state: copies belong together, and keep transport and token alive. Safe to use from several
/// threads at once. A token is asked for once, when it is first needed, and once more when a service refuses it.
///
/// Session is the one to use; it is a template so that a program compiles what reads a refusal only where it sends.
template<class Options>
class BasicSession {
  public:
    /// Throws InvalidRequest if there is no transport or no authentication, ConfigError for an endpoint among the
    /// options that isn't an http or https URL, or holds user information, a query or a fragment.
    BasicSession(std::shared_ptr<Transport> transport, std::shared_ptr<Authentication> authentication,
                 Options options = {})
        : state_(std::make_shared<State>(std::move(transport), std::move(authentication), std::move(options))) {
        if (!state_->transport || !state_->authentication)
            throw InvalidRequest("a session needs a transport and an authentication; FixedToken{} is one without any");
        if (!state_->options.endpoint.empty()) check_endpoint("the option endpoint", state_->options.endpoint);
        for (auto const& [service, special] : state_->options.services)
            if (!special.endpoint.empty()) check_endpoint("the endpoint option of " + service, special.endpoint);
    }

    // Copied also where it could be moved: so nobody is left with a session without its state.
    BasicSession(BasicSession const&) = default;
    BasicSession& operator=(BasicSession const&) = default;

    /// Gets the first token now, where it would be asked for with the first request. Throws as Authentication does:
    /// Unauthorized, HttpError, TransportError, DecodeError.
    void authorize() const { (void)authorization(); }

    /// Sends `request`, whose `url` is a path that starts with the API version, to the service of that type. Returns
    /// only answers of success. Throws HttpError's subclasses, TransportError, EndpointNotFound, InvalidRequest, and
    /// unchanged what the request's source or consumer throws.
    Response send(std::string_view service, Request request) const {
        Response response = with_token(service, request, [&] { return state_->transport->send(request); });
        if (!response.is_success()) throw_http_error(failure_of(request, response));
        return response;
    }

    /// The same, with the body left to be pulled.
    [[nodiscard]] std::unique_ptr<ResponseStream> open(std::string_view service, Request request) const {
        auto stream = with_token(service, request, [&] {
            std::unique_ptr<ResponseStream> opened = state_->transport->open(request);
            if (!opened) throw TransportError("the transport opens no streams");
            return opened;
        });
        if (!stream->head().is_success()) throw_http_error(failure_of(request, stream->head()));
        return stream;
    }

    /// Where the service is. Throws EndpointNotFound, with the services that there are. Authorizes if an override
    /// doesn't tell, and that hasn't been done.
    [[nodiscard]] std::string endpoint(std::string_view service) const {
        if (auto const at = state_->options.services.find(service);
            at != state_->options.services.end() && !at->second.endpoint.empty())
            return at->second.endpoint;
        if (!state_->options.endpoint.empty()) return state_->options.endpoint;
        std::vector<std::string> others;
        std::shared_ptr<Authorization const> const current = authorization();
        for (Endpoint const& each : current->catalog) {
            bool const is_ours = each.interface_ == state_->options.interfaces.front() &&
                                 (state_->options.region.empty() || each.region == state_->options.region);
            if (is_ours && each.service == service) return usable(each);
            others.push_back(each.service + " (" + each.interface_ + ", " + each.region + ')');
        }
        throw EndpointNotFound("the catalog has no " + state_->options.interfaces.front() +
                               " endpoint for the service '" + std::string{service} + "'" +
                               (state_->options.region.empty() ? "" : " in region " + state_->options.region) +
                               "; it has " + (others.empty() ? "none" : detail::comma_list(others)));
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
    [[nodiscard]] std::string project_id() const { return authorization()->project_id; }

  private:
    static std::string usable(Endpoint const& found) {
        if (std::string_view const problem = endpoint_problem(found.url); !problem.empty())
            throw EndpointNotFound("the catalog's " + found.interface_ + " endpoint for the service '" + found.service +
                                   "' can't be used: it " + std::string{problem});
        return found.url;
    }

    struct State {
        State(std::shared_ptr<Transport> t, std::shared_ptr<Authentication> a, Options o)
            : transport(std::move(t)), authentication(std::move(a)), options(std::move(o)) {}

        std::shared_ptr<Transport> transport;
        std::shared_ptr<Authentication> authentication;
        Options options;
        std::mutex mutex;
        std::shared_ptr<Authorization const> authorization;
    };

    /// The current authorization. `refused` is one that a service no longer takes: if it is still the current one,
    /// exactly one of the threads that hold it asks for another.
    [[nodiscard]] std::shared_ptr<Authorization const> authorization(Authorization const* refused = nullptr) const {
        std::lock_guard const lock(state_->mutex);
        if (!state_->authorization || state_->authorization.get() == refused)
            state_->authorization =
                std::make_shared<Authorization const>(state_->authentication->authorize(*state_->transport));
        return state_->authorization;
    }

    /// The answer to `send()`. If the service refuses the token (401), that of a second try with another one.
    template<class Send>
    std::invoke_result_t<Send&> with_token(std::string_view service, Request& request, Send send) const {
        std::shared_ptr<Authorization const> const current = authorization();
        request.url = join_url(endpoint(service), request.url);
        request.headers.set("User-Agent", state_->options.user_agent);
        if (!request.headers.find("Accept")) request.headers.set("Accept", "application/json");
        set_token(request, *current);
        auto answer = send();
        if (status(answer) != 401 || current->token.empty() || !state_->authentication->is_renewable()) return answer;
        if (request.source != nullptr && !request.source->rewind()) return answer;
        set_token(request, *authorization(current.get()));
        return send();
    }

    static int status(Response const& response) { return response.status; }
    static int status(std::unique_ptr<ResponseStream> const& stream) { return stream->head().status; }

    static void set_token(Request& request, Authorization const& current) {
        if (!current.token.empty()) request.headers.set("X-Auth-Token", current.token);
    }

    std::shared_ptr<State> state_;
};

/// The session with a cloud.
using Session = BasicSession<SessionOptions>;

}  // namespace openstack
