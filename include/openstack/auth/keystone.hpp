// SPDX-License-Identifier: Apache-2.0
// What Keystone is told and tells: the documents of POST /v3/auth/tokens (Identity API v3, section "Authentication").
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/authentication.hpp>
#include <openstack/failure.hpp>
#include <openstack/from_json.hpp>
#include <openstack/http_error.hpp>
#include <openstack/to_json.hpp>
#include <openstack/uri.hpp>

namespace openstack::keystone {

/// Something that is named by its id, or by its name within a domain.
struct Domain {
    Field<std::string> id{};
    Field<std::string> name{};
    BOOST_DESCRIBE_CLASS(Domain, (), (id, name), (), ())
};
struct Project {
    Field<std::string> id{};
    Field<std::string> name{};
    Field<Domain> domain{};
    BOOST_DESCRIBE_CLASS(Project, (), (id, name, domain), (), ())
};
struct User {
    Field<std::string> id{};
    Field<std::string> name{};
    Field<Domain> domain{};
    Field<std::string> password{};
    BOOST_DESCRIBE_CLASS(User, (), (id, name, domain, password), (), ())
};

struct PasswordMethod {
    Field<User> user{};
    BOOST_DESCRIBE_CLASS(PasswordMethod, (), (user), (), ())
};
/// Who asks.
struct Identity {
    Field<std::vector<std::string>> methods{};
    Field<PasswordMethod> password{};
    BOOST_DESCRIBE_CLASS(Identity, (), (methods, password), (), ())
};
/// What the token is for.
struct Scope {
    Field<Project> project{};
    BOOST_DESCRIBE_CLASS(Scope, (), (project), (), ())
};
struct Auth {
    Field<Identity> identity{};
    Field<Scope> scope{};
    BOOST_DESCRIBE_CLASS(Auth, (), (identity, scope), (), ())
};
struct AuthRequest {
    Field<Auth> auth{};
    BOOST_DESCRIBE_CLASS(AuthRequest, (), (auth), (), ())
};

struct CatalogEndpoint {
    Field<std::string, Wire<"interface">> interface_{};
    Field<std::string> region{};
    Field<std::string> url{};
    BOOST_DESCRIBE_CLASS(CatalogEndpoint, (), (interface_, region, url), (), ())
};
struct CatalogService {
    Field<std::string> type{};
    Field<std::vector<CatalogEndpoint>> endpoints{};
    BOOST_DESCRIBE_CLASS(CatalogService, (), (type, endpoints), (), ())
};
struct Token {
    Field<std::vector<CatalogService>> catalog{};
    Field<Project> project{};
    Field<User> user{};
    BOOST_DESCRIBE_CLASS(Token, (), (catalog, project, user), (), ())
};
struct TokenAnswer {
    Field<Token> token{};
    BOOST_DESCRIBE_CLASS(TokenAnswer, (), (token), (), ())
};

/// Asks for a token. Throws Unauthorized if Keystone refuses; no message repeats what was sent.
[[nodiscard]] inline Authorization request_token(Transport& transport, std::string_view auth_url, Auth auth) {
    Request request{.method = "POST", .url = join_url(auth_url, "/v3/auth/tokens")};
    request.headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}};
    request.body = to_json(AuthRequest{.auth = std::move(auth)});
    Response response = transport.send(request);
    if (!response.is_success()) throw_http_error(failure_of(request, response));
    std::string const what = "the answer to POST " + request.url;
    auto const answer = from_json<TokenAnswer>(std::move(response.body), what);
    auto const token = response.headers.find("X-Subject-Token");
    if (!token || !answer.token) throw DecodeError(what, {{"/token", "is missing, or the header X-Subject-Token is"}});
    Authorization result{.token = std::string{*token}};
    if (answer.token->project) result.project_id = answer.token->project->id.value_or("");
    if (answer.token->user) result.user_id = answer.token->user->id.value_or("");
    if (!answer.token->catalog) return result;
    for (CatalogService const& service : *answer.token->catalog)
        if (service.endpoints)
            for (CatalogEndpoint const& each : *service.endpoints)
                result.catalog.push_back({service.type.value_or(""), each.interface_.value_or(""),
                                          each.region.value_or(""), each.url.value_or("")});
    return result;
}

}  // namespace openstack::keystone
