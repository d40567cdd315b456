// SPDX-License-Identifier: Apache-2.0
// What Keystone answers: tokens, what is missing for one, and its versions (Identity API v3).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/algorithm.hpp>
#include <openstack/authentication.hpp>
#include <openstack/endpoint.hpp>
#include <openstack/failure.hpp>
#include <openstack/from_json.hpp>
#include <openstack/http_error.hpp>
#include <openstack/versions.hpp>

namespace openstack::keystone {

/// What is read of a token's user and project: the id.
template<class Text = std::string>
struct Reference {
    Field<Text> id{};
    BOOST_DESCRIBE_CLASS(Reference, (), (id), (), ())
};
/// One address of a service.
template<class Text = std::string>
struct CatalogEndpoint {
    Field<Text, Wire<"interface">> interface_{};  ///< "public", "internal" or "admin"
    Field<Text> region{};
    Field<Text> url{};
    BOOST_DESCRIBE_CLASS(CatalogEndpoint, (), (interface_, region, url), (), ())
};
/// A service and its addresses.
template<class Text = std::string>
struct CatalogService {
    Field<Text> type{};  ///< such as "image"
    Field<Text> name{};  ///< such as "glance"
    Field<std::vector<CatalogEndpoint<Text>>> endpoints{};
    BOOST_DESCRIBE_CLASS(CatalogService, (), (type, name, endpoints), (), ())
};
/// What is read of a token's description. The token itself is in a header.
template<class Text = std::string>
struct TokenDescription {
    Field<std::vector<CatalogService<Text>>> catalog{};  ///< missing from a token without a scope
    Field<Reference<Text>> project{};                    ///< missing from a token for anything else
    Field<Reference<Text>> user{};
    Field<Timestamp> issued_at{};
    Field<Timestamp> expires_at{};
    BOOST_DESCRIBE_CLASS(TokenDescription, (), (catalog, project, user, issued_at, expires_at), (), ())
};
/// The answer to POST /v3/auth/tokens.
template<class Text = std::string>
struct TokenAnswer {
    Field<TokenDescription<Text>> token{};
    BOOST_DESCRIBE_CLASS(TokenAnswer, (), (token), (), ())
};
/// The refusal of a user who must use several methods: lists of them, each of which would do.
template<class Text = std::string>
struct ReceiptAnswer {
    Field<std::vector<std::vector<Text>>> required_auth_methods{};
    BOOST_DESCRIBE_CLASS(ReceiptAnswer, (), (required_auth_methods), (), ())
};
/// What Keystone's own refusals have, and no other server's.
template<class Number = int>
struct Problem {
    Field<Number> code{};  ///< the status
    BOOST_DESCRIBE_CLASS(Problem, (), (code), (), ())
};
/// Such a refusal.
template<class Number = int>
struct ProblemAnswer {
    Field<Problem<Number>> error{};
    BOOST_DESCRIBE_CLASS(ProblemAnswer, (), (error), (), ())
};
/// What an answer with a token gives; `what` names it in messages. Throws DecodeError for one without a token, or with
/// times that are none.
template<class Answer = TokenAnswer<>>
[[nodiscard]] Authorization to_authorization(Response response, std::string const& what) {
    auto const answer = from_json<Answer>(std::move(response.body), what);
    auto const token = response.headers.find("X-Subject-Token");
    if (!token || token->empty() || !answer.token)
        throw DecodeError(what, {{"/token", "is missing, or the header X-Subject-Token is"}});
    Authorization result{.token = std::string{*token}};
    if (answer.token->project) result.project_id = answer.token->project->id.value_or("");
    if (answer.token->user) result.user_id = answer.token->user->id.value_or("");
    if (answer.token->issued_at && answer.token->expires_at)
        result.life = std::chrono::duration_cast<std::chrono::milliseconds>(answer.token->expires_at->point() -
                                                                            answer.token->issued_at->point());
    if (!answer.token->catalog) return result;
    for (auto const& service : *answer.token->catalog)
        if (service.endpoints)
            for (auto const& each : *service.endpoints)
                result.catalog.push_back({.service = service.type.value_or(""),
                                          .interface_ = each.interface_.value_or(""),
                                          .region = each.region.value_or(""),
                                          .url = each.url.value_or(""),
                                          .name = service.name.value_or("")});
    return result;
}

/// `text` without the values of the request: Keystone quotes those whose form it doesn't like, secrets too. What is
/// shorter than four characters stays, and so do words that the request has as keys.
template<class Text = std::string>
[[nodiscard]] Text hide_values(Text text, std::string_view request) {
    constexpr std::string_view ends = "\"\\:,{}[] ";
    for (std::size_t end = 0; end < request.size(); ++end) {
        std::size_t const begin = end;
        end = (std::min)(request.find_first_of(ends, begin), request.size());
        std::string const value{request.substr(begin, end - begin)};
        bool const is_key = request.find('"' + value + "\":") != request.npos;
        if (value.size() >= 4 && !is_key) text = detail::hide(std::move(text), value);
    }
    return text;
}

/// What Keystone's refusal says: if it was right so far but not enough, which methods are wanted.
template<class Answer = ReceiptAnswer<>>
[[nodiscard]] HttpFailure refusal(Request const& request, Response response) {
    auto const hide = [&](std::string text) { return hide_values(std::move(text), request.body); };
    HttpFailure failure = failure_of(request, response, hide);
    if (response.status != 401 || !response.headers.find("Openstack-Auth-Receipt")) return failure;
    std::string text = "the user needs several authentication methods at a time";
    try {
        auto const answer = from_json<Answer>(response.body);
        std::string separator = ": ";
        if (answer.required_auth_methods)
            for (auto const& methods : *answer.required_auth_methods)
                for (auto const& each : methods) {
                    text.append(std::exchange(separator, " and ")).append(hide(each));
                    if (&each == &methods.back()) separator = ", or ";
                }
    } catch (DecodeError const&) {
    }
    failure.text = detail::words_of(text);
    return failure;
}

/// Whether Keystone itself answered 404: it does for a token, an application credential or a trust that it doesn't
/// know, and for a path that it doesn't have.
template<class Answer = ProblemAnswer<>>
[[nodiscard]] bool is_not_found(Response const& response) {
    if (response.status != 404) return false;
    try {
        auto const answer = from_json<Answer>(response.body);
        return answer.error && answer.error->code == 404;
    } catch (DecodeError const&) {
        return false;
    }
}

/// Where version 3 says that it is, without a slash at the end, on the host that was asked: the link's own host may be
/// one that only the cloud knows, and gets no secret. Empty if there is no version 3, or its link is of no use.
template<class Text = std::string>
[[nodiscard]] Text version_3_url(Text const& body, std::string_view auth_url) {
    for (auto const& version : detail::read_versions(body, "Keystone's versions")) {
        if (!version.id.value_or("").starts_with("v3") || !version.links) continue;
        for (auto const& link : *version.links) {
            if (link.rel != "self") continue;
            std::string_view path = link.href ? std::string_view{*link.href} : std::string_view{};
            if (!without_http_scheme(path).empty()) path.remove_prefix(detail::path_begin(path));
            while (path.ends_with('/')) path.remove_suffix(1);
            std::string url = origin_of(auth_url).append(path);
            if (path.starts_with('/') && endpoint_problem(url).empty()) return url;
        }
    }
    return {};
}

}  // namespace openstack::keystone
