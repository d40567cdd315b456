// SPDX-License-Identifier: Apache-2.0
// Refusals and Keystone's answers: what is made of them is one line without the token, and addresses of the same host.
#include <openstack/auth/keystone_answers.hpp>
#include <openstack/catalog.hpp>
#include <openstack/failure.hpp>

#include <string>
#include <vector>

#include "fuzz.hpp"

using namespace openstack;
using fuzz::demand;

namespace {

constexpr std::string_view token = "gAAAAAtoken";
constexpr std::string_view password = "pass-word";

/// Header lines up to an empty one; the rest is the body.
Response answer(int status, std::string_view text) {
    Response made{.status = status};
    while (!text.empty()) {
        std::string_view line = fuzz::take(text);
        if (line.empty()) break;
        std::string const name{fuzz::take(line, ':')};
        fuzz::succeeds<InvalidRequest>([&] { made.headers.add(name, std::string{line}); });
    }
    made.body = text;
    return made;
}

void check(HttpFailure const& failure, Response const& response, std::string_view secret) {
    demand(failure.status == response.status);
    demand(failure.text.size() <= 1100 && fuzz::is_line(failure.text));
    demand(failure.request_id.size() <= 1000 && fuzz::is_line(failure.request_id));
    HttpError const error(failure);
    demand(fuzz::is_line(error.what()) && std::string_view{error.what()}.find(secret) == std::string_view::npos);
}

void check_refusals(Response const& response) {
    Request const request{.url = "http://cloud/v2/images", .headers = {{"X-Auth-Token", std::string{token}}}};
    check(failure_of(request, response), response, token);
    Request const login{.method = "POST",
                        .url = "http://cloud/v3/auth/tokens",
                        .body = R"({"auth":{"identity":{"password":{"user":{"password":"pass-word"}}}}})"};
    check(keystone::refusal(login, response), response, password);
    static_cast<void>(keystone::is_not_found(response));
}

void check_token(Response const& response) {
    fuzz::succeeds<DecodeError>([&] {
        Authorization const made = keystone::to_authorization(response, "it");
        demand(!made.token.empty() && made.token == response.headers.find("X-Subject-Token"));
        demand(made.catalog.size() <= response.body.size());
        std::vector<std::string> const interfaces{"public", "internal"};
        fuzz::succeeds<EndpointNotFound>([&] {
            std::string const url = detail::find_endpoint(
                made.catalog, {.service = "image", .name = {}, .region = {}, .interfaces = interfaces});
            demand(endpoint_problem(url).empty());
        });
    });
}

void check_versions(Response const& response) {
    for (std::string const auth_url : {"https://cloud:5000/asked-for/v3", "http://cloud"})
        fuzz::succeeds<DecodeError>([&] {
            std::string const url = keystone::version_3_url(response.body, auth_url);
            if (url.empty()) return;
            demand(endpoint_problem(url).empty() && origin_of(url) == origin_of(auth_url));
            demand(!url.ends_with('/'));
            demand(url.find("asked-for") == url.npos || response.body.find("asked") != std::string::npos);
        });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view rest = fuzz::text_of(data, size);
    constexpr int statuses[] = {200, 300, 302, 401, 404, 409, 503};
    Response const response = answer(statuses[fuzz::take_byte(rest) % 7], rest);
    check_refusals(response);
    check_token(response);
    check_versions(response);
    return 0;
}
