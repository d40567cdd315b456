// SPDX-License-Identifier: Apache-2.0
// What the copies of a Session share.
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
#include <openstack/gate.hpp>
#include <openstack/http.hpp>
#include <openstack/limits.hpp>
#include <openstack/service_types.hpp>
#include <openstack/session_options.hpp>
#include <openstack/token_keeper.hpp>

namespace openstack::detail {

/// How a session's requests go to one service.
struct WayToService {
    WayToService(RetryOptions const& r, std::string version, double rate, unsigned concurrency)
        : retries(r), microversion(std::move(version)), gate(rate, concurrency) {}

    RetryOptions const& retries;
    std::string microversion;  ///< the header's value, empty for none
    Gate<> gate;
};

/// Texts by keys. Safe to use from several threads at once.
template<class Text = std::string>
class Notes {
  public:
    /// Replaces what is there.
    void set(std::string_view key, Text text) {
        std::lock_guard const lock{mutex_};
        texts_.insert_or_assign(Text{key}, std::move(text));
    }
    /// Empty if nothing is there.
    [[nodiscard]] Text get(std::string_view key) const {
        std::lock_guard const lock{mutex_};
        auto const at = texts_.find(key);
        return at == texts_.end() ? Text{} : at->second;
    }

  private:
    mutable std::mutex mutex_;
    std::map<Text, Text, std::less<>> texts_;
};

/// A transport, the token, the options, and the ways to the services. Safe to use from several threads at once.
template<class Options = SessionOptions>
class SessionState {
  public:
    /// Throws as Session's constructor does.
    SessionState(std::shared_ptr<Transport> t, std::shared_ptr<Authentication> authentication, Options o)
        : transport(std::move(t)),
          options(std::move(o)),
          clock(options.clock ? options.clock : std::make_shared<Clock>()),
          keeper_(authentication) {
        if (!transport || !authentication)
            throw InvalidRequest("a session needs a transport and an authentication; FixedToken{} is one without any");
        if (options.deadline < Milliseconds::zero()) throw InvalidRequest("a deadline is negative");
        check_rate(options.rate_limit);
        if (options.interfaces.empty()) options.interfaces = {"public"};
        if (!options.endpoint.empty()) check_endpoint("the option endpoint", options.endpoint);
        for (auto const& [service, special] : options.services) {
            check_rate(special.rate_limit);
            if (!special.endpoint.empty()) check_endpoint("the endpoint option of " + service, special.endpoint);
        }
    }

    /// As TokenKeeper::get.
    [[nodiscard]] std::shared_ptr<Authorization const> authorization(CallLimits const& limits,
                                                                     Authorization const* refused = nullptr) {
        AuthenticationTransport carrier(*this, limits);
        return keeper_.get(carrier, limits, refused);
    }
    /// Whether another token can be had after one was refused.
    [[nodiscard]] bool is_renewable() const { return keeper_.is_renewable(); }

    /// As Session::endpoint.
    [[nodiscard]] std::string endpoint(std::string_view service, CallLimits const& limits) {
        ServiceOptions const& special = options_of(service);
        std::string const& given = special.endpoint.empty() ? options.endpoint : special.endpoint;
        bool const is_whole = given.find("_id)s") == std::string::npos;
        if (!given.empty() && is_whole) return given;
        auto const current = authorization(limits);
        if (!given.empty()) return with_project(given, current->project_id, service);
        return find_endpoint(current->catalog, {special.type.empty() ? service : std::string_view{special.type},
                                                special.name, special.region.empty() ? options.region : special.region,
                                                special.interfaces.empty() ? options.interfaces : special.interfaces});
    }

    /// How requests go to that service.
    [[nodiscard]] WayToService& way_to(std::string_view service) {
        Ways& ways = ways_.get();
        std::lock_guard const lock{ways.mutex};
        if (auto const at = ways.by_service.find(service); at != ways.by_service.end()) return at->second;
        ServiceOptions const& special = options_of(service);
        std::string const type{service};
        return ways.by_service
            .try_emplace(type, special.retries ? *special.retries : options.retries,
                         special.microversion.empty() ? "" : type + ' ' + special.microversion,
                         special.rate_limit > 0 ? special.rate_limit : options.rate_limit,
                         special.concurrency > 0 ? special.concurrency : options.concurrency)
            .first->second;
    }

    /// As Transport::open. Throws InvalidRequest for a request that has what would have to outlive the stream.
    [[nodiscard]] std::unique_ptr<ResponseStream> open(Request const& request) {
        if (request.source != nullptr || request.consumer)
            throw InvalidRequest("a request whose answer is pulled has neither a source nor a consumer");
        std::unique_ptr<ResponseStream> opened = transport->open(request);
        if (!opened) throw TransportError("the transport opens no streams");
        return opened;
    }

    std::shared_ptr<Transport> transport;
    Options options;
    std::shared_ptr<Clock> clock;
    PerProcess<Notes<decltype(Options::user_agent)>> notes{};

  private:
    struct Ways {
        std::mutex mutex;
        std::map<std::string, WayToService, std::less<>> by_service;
    };

    /// Carries what an Authentication sends as the requests to services are carried.
    class AuthenticationTransport final : public Transport {
      public:
        AuthenticationTransport(SessionState& state, CallLimits const& limits) : state_(state), limits_(limits) {}

        [[nodiscard]] Response send(Request const& request) override {
            Request ready = prepared(request);
            Courier<> courier = courier_of(ready);
            Response answer = courier.carry([&] { return state_.transport->send(ready); });
            answer.attempts = courier.attempts();
            return answer;
        }
        [[nodiscard]] std::unique_ptr<ResponseStream> open(Request const& request) override {
            Request ready = prepared(request);
            return courier_of(ready).carry([&] { return state_.open(ready); });
        }

      private:
        [[nodiscard]] Request prepared(Request request) const {
            if (!request.timeouts) request.timeouts = state_.options.timeouts;
            if (!request.is_repeatable) request.is_repeatable = true;  // a token too many does no harm
            request.headers.set("User-Agent", state_.options.user_agent);
            if (std::string const& id = state_.options.global_request_id; !id.empty())
                request.headers.set("X-Openstack-Request-Id", id);
            return request;
        }
        [[nodiscard]] Courier<> courier_of(Request& request) const {
            WayToService& way = state_.way_to("identity");
            return {request, way.retries, limits_, way.gate, state_.options.observer};
        }

        SessionState& state_;
        CallLimits const& limits_;
    };

    static void check_rate(double rate) {
        if (!(rate >= 0)) throw InvalidRequest("a rate limit is negative or no number");
    }

    /// Those under its type, or else under another of its names.
    [[nodiscard]] ServiceOptions const& options_of(std::string_view service) const {
        for (std::string_view const name : names_of_service(service))
            if (auto const at = options.services.find(name); at != options.services.end()) return at->second;
        return nothing_special_;
    }

    /// The project's id in the places that clouds' administrators leave for it.
    static std::string with_project(std::string url, std::string_view project_id, std::string_view service) {
        for (std::string_view const place : {"%(project_id)s", "%(tenant_id)s", "$(project_id)s", "$(tenant_id)s"})
            for (std::size_t at = 0; (at = url.find(place, at)) != url.npos; at += project_id.size()) {
                if (project_id.empty())
                    throw EndpointNotFound("the endpoint given for the service '" + std::string{service} + "' needs " +
                                           "the project's id, but the token is for no project");
                url.replace(at, place.size(), project_id);
            }
        return url;
    }

    ServiceOptions const nothing_special_{};  // no static object: a session in one may outlive that
    TokenKeeper<> keeper_;
    PerProcess<Ways> ways_;
};

}  // namespace openstack::detail
