// SPDX-License-Identifier: Apache-2.0
// Keystone: authentication by OpenStack's Identity service (API v3, section "Authentication").
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/auth/auth_method.hpp>
#include <openstack/auth/keystone_answers.hpp>
#include <openstack/auth/methods.hpp>
#include <openstack/auth/scope.hpp>
#include <openstack/authentication.hpp>
#include <openstack/endpoint.hpp>
#include <openstack/error.hpp>
#include <openstack/failure.hpp>
#include <openstack/json.hpp>
#include <openstack/per_process.hpp>

namespace openstack {

/// Keystone is the one to use; it is a template so that a program compiles it only where it is made.
template<class Scoped>
class BasicKeystone final : public Authentication {
  public:
    /// One method, such as a Password. Throws ConfigError if `auth_url` can't be an endpoint, if the method lacks
    /// something, and for a scope that is contradictory, or stands beside an application credential.
    template<class Method>
    BasicKeystone(std::string auth_url, Method method, Scoped scope = {})
        : BasicKeystone(std::move(auth_url), std::vector<AuthMethod>{std::move(method)}, std::move(scope)) {}
    /// Several methods at once, for users who need them (multi-factor authentication). Throws ConfigError also if there
    /// is none, or one of them twice.
    BasicKeystone(std::string auth_url, std::vector<AuthMethod> methods, Scoped scope = {})
        : auth_url_(std::move(auth_url)), methods_(std::move(methods)), scope_(std::move(scope)) {
        check_endpoint("auth_url", auth_url_);
        check();
    }

    /// HTTP: POST /v3/auth/tokens. If nothing is there, GET of `auth_url` tells where version 3 is on that host. Safe
    /// to call from several threads at once if what the methods call is, such as the function of a Passcode.
    [[nodiscard]] Authorization authorize(Transport& transport) override {
        Request request = token_request();
        Response response = transport.send(request);
        if ((response.status == 404 && !is_unknown(response)) || response.status == 300) {
            std::string url = discovered_url(transport);
            if (!url.empty() && url != request.url) {
                request.url = std::move(url);
                response = transport.send(request);
            }
        }
        if (is_unknown(response)) {
            HttpFailure failure = failure_of(request, response);
            failure.text =
                "Keystone doesn't know the token, application credential or trust";  // its words may have the token
            throw Unauthorized(std::move(failure));
        }
        // No ResourceNotFound: whoever renews a token to remove a resource would take that for the resource's.
        if (response.status == 404) throw HttpError(keystone::refusal(request, std::move(response)));
        if (!response.is_success()) throw_http_error(keystone::refusal(request, std::move(response)));
        remember(request.url);
        return keystone::to_authorization(std::move(response), "the answer to POST " + request.url);
    }

  private:
    /// Where the last token came from.
    struct Found {
        std::mutex mutex;
        std::string url;
    };

    [[nodiscard]] std::string tokens_url() {
        Found& found = found_.get();
        std::lock_guard const lock{found.mutex};
        return found.url.empty() ? join_url(auth_url_, "/v3/auth/tokens") : found.url;
    }
    void remember(std::string const& url) {
        Found& found = found_.get();
        std::lock_guard const lock{found.mutex};
        found.url = url;
    }

    void check() const {
        if (methods_.empty()) throw ConfigError("Keystone needs an authentication method");
        bool const has_scope = !keystone::kind_of(scope_).empty();
        for (AuthMethod const& each : methods_) {
            if (has_scope && each.name() == ApplicationCredential::method)
                throw ConfigError("an application credential has its own scope: Keystone takes no other one with it");
            for (AuthMethod const& other : methods_)
                if (&each != &other && each.name() == other.name())
                    throw ConfigError("the method " + std::string{each.name()} + " is given twice");
        }
    }

    /// Whether Keystone knows a part of the request not. Users, and the projects and domains of scopes, that it doesn't
    /// know it refuses by 401: so 404 of it means another thing where these are all that is asked about.
    [[nodiscard]] bool is_unknown(Response const& response) const {
        bool may_be_unknown = !scope_.trust_id.empty();
        for (AuthMethod const& each : methods_)
            may_be_unknown |= each.name() != Password::method && each.name() != Totp::method;
        return may_be_unknown && keystone::is_not_found(response);
    }

    [[nodiscard]] Request token_request() {
        Request request{.method = "POST", .url = tokens_url()};
        request.headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}};
        request.body = keystone::object<detail::JsonWriter>([&](auto& writer) {
            keystone::write_object(writer, "auth", [&] {
                keystone::write_object(writer, "identity", [&] {
                    writer.key("methods");
                    writer.begin_array();
                    for (AuthMethod const& each : methods_) writer.string(each.name());
                    writer.end_array();
                    for (AuthMethod const& each : methods_) {
                        writer.key(each.name());
                        writer.raw(each.to_json());
                    }
                });
                keystone::write_scope(writer, scope_);
            });
        });
        return request;
    }

    /// Where tokens are, as Keystone's versions tell; empty if they don't.
    [[nodiscard]] std::string discovered_url(Transport& transport) const {
        try {
            Request request{.url = auth_url_};
            request.headers = {{"Accept", "application/json"}};
            Response response = transport.send(request);
            if (!response.is_success() && response.status != 300) return {};
            std::string const url = keystone::version_3_url(std::move(response.body), auth_url_);
            return url.empty() ? url : url + "/auth/tokens";
        } catch (TransportError const&) {
        } catch (DecodeError const&) {
        }
        return {};
    }

    std::string auth_url_;
    std::vector<AuthMethod> methods_;
    Scoped scope_;
    detail::PerProcess<Found> found_;
};
/// Gets tokens from Keystone. `auth_url` is its endpoint, with or without a version. `authorize` throws Unauthorized if
/// the methods are refused, or if Keystone wants further ones (then the message says which), HttpError for another
/// refusal, TransportError, DecodeError, and InvalidRequest for a text that isn't UTF-8; no message repeats a secret.
using Keystone = BasicKeystone<Scope>;

}  // namespace openstack
