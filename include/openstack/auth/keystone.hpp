// SPDX-License-Identifier: Apache-2.0
// What Keystone is told and tells: the documents of POST /v3/auth/tokens (Identity API v3, section "Authentication").
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/authentication.hpp>
#include <openstack/failure.hpp>
#include <openstack/from_json.hpp>
#include <openstack/http_error.hpp>
#include <openstack/json.hpp>
#include <openstack/uri.hpp>

namespace openstack::keystone {

/// A user or a project: its id, or its name within a domain, which has an id or a name itself.
struct Named {
    std::string id{};           ///< if it isn't empty, the others don't count
    std::string name{};         ///< unique within its domain
    std::string domain_id{};    ///< if it isn't empty, `domain_name` doesn't count
    std::string domain_name{};  ///< unique in the cloud
};

/// Writes `"key": "text"`.
template<class Writer>
void write_text(Writer& writer, std::string_view key, std::string_view text) {
    writer.key(key);
    writer.string(text);
}

/// Writes the members that name a user or a project.
template<class Writer>
void write_name(Writer& writer, Named const& named) {
    if (!named.id.empty()) return write_text(writer, "id", named.id);
    write_text(writer, "name", named.name);
    writer.key("domain");
    writer.begin_object();
    bool const has_id = !named.domain_id.empty();
    write_text(writer, has_id ? "id" : "name", has_id ? named.domain_id : named.domain_name);
    writer.end_object();
}

/// What is read of a token's user and project: the id.
struct Reference {
    Field<std::string> id{};
    BOOST_DESCRIBE_CLASS(Reference, (), (id), (), ())
};
/// One address of a service.
struct CatalogEndpoint {
    Field<std::string, Wire<"interface">> interface_{};  ///< "public", "internal" or "admin"
    Field<std::string> region{};
    Field<std::string> url{};
    BOOST_DESCRIBE_CLASS(CatalogEndpoint, (), (interface_, region, url), (), ())
};
/// A service and its addresses.
struct CatalogService {
    Field<std::string> type{};  ///< such as "image"
    Field<std::vector<CatalogEndpoint>> endpoints{};
    BOOST_DESCRIBE_CLASS(CatalogService, (), (type, endpoints), (), ())
};
/// What is read of a token's description. The token itself is in a header.
struct Token {
    Field<std::vector<CatalogService>> catalog{};  ///< missing from a token without a scope
    Field<Reference> project{};                    ///< the same
    Field<Reference> user{};
    BOOST_DESCRIBE_CLASS(Token, (), (catalog, project, user), (), ())
};
/// What is read of the answer.
struct TokenAnswer {
    Field<Token> token{};
    BOOST_DESCRIBE_CLASS(TokenAnswer, (), (token), (), ())
};

/// Asks for a token by the document `auth`. Throws Unauthorized if Keystone refuses, HttpError if it isn't there,
/// TransportError and DecodeError; no message repeats what was sent. HTTP: POST /v3/auth/tokens.
template<std::derived_from<Transport> Carrier>
[[nodiscard]] Authorization request_token(Carrier& transport, std::string_view auth_url, std::string auth) {
    Request request{.method = "POST", .url = join_url(auth_url, "/v3/auth/tokens")};
    request.headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}};
    request.body = std::move(auth);
    Response response = transport.send(request);
    // No ResourceNotFound: whoever renews a token to remove a resource would take that for the resource's.
    if (response.status == 404) throw HttpError(failure_of(request, response));
    if (!response.is_success()) throw_http_error(failure_of(request, response));
    std::string const what = "the answer to POST " + request.url;
    auto const answer = from_json<TokenAnswer>(std::move(response.body), what);
    auto const token = response.headers.find("X-Subject-Token");
    if (!token || token->empty() || !answer.token)
        throw DecodeError(what, {{"/token", "is missing, or the header X-Subject-Token is"}});
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
