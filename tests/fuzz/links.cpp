// SPDX-License-Identifier: Apache-2.0
// URLs, links and redirects: a token goes nowhere but to its own origin, whose host libcurl finds in the same place.
#include <curl/curl.h>
#include <openstack/endpoint.hpp>
#include <openstack/json_pointer.hpp>
#include <openstack/redirect.hpp>
#include <openstack/uri.hpp>

#include <memory>
#include <string>

#include "fuzz.hpp"

using namespace openstack;
using fuzz::demand;

namespace {

/// Scheme, host and port of a URL as libcurl would connect to it; empty if it wouldn't.
std::string libcurl_origin(std::string const& url) {
    std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> const parsed{curl_url(), curl_url_cleanup};
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return {};
    std::string origin;
    for (CURLUPart const part : {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT}) {
        char* text = nullptr;
        if (curl_url_get(parsed.get(), part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
        for (char const* c = text; *c != '\0'; ++c) origin += detail::to_lower(*c);
        origin += ' ';
        curl_free(text);
    }
    return origin;
}

void check_origins(std::string const& a, std::string const& b) {
    std::string const origin = origin_of(a);
    demand(origin.empty() || (origin.starts_with("http") && origin.find('@') == origin.npos));
    demand(endpoint_problem(origin).empty() || origin.empty());
    if (origin.empty() || origin != origin_of(b) || a.find('\0') != a.npos || b.find('\0') != b.npos) return;
    std::string const first = libcurl_origin(a);
    std::string const second = libcurl_origin(b);
    demand(first == second || first.empty() || second.empty());
}

void check_redirect(std::string const& url, std::string const& location, unsigned choices) {
    constexpr int statuses[] = {200, 300, 301, 302, 303, 304, 307, 308};
    Request const request{.method = (choices & 8) != 0 ? "POST" : "GET", .url = url};
    Response answer{.status = statuses[choices & 7]};
    if (!fuzz::succeeds<InvalidRequest>([&] { answer.headers.add("Location", location); })) return;
    std::string const target = detail::redirect_target(request, answer);
    if (target.empty()) return;
    demand(request.method == "GET" && answer.status > 300 && answer.status != 304);
    demand(!origin_of(url).empty() && origin_of(target) == origin_of(url));
    check_origins(url, target);
    demand(target.find('#') == target.npos);
}

void check_encoding(std::string_view text) {
    std::string const encoded = percent_encode(text);
    demand(percent_decode(encoded) == text && percent_decode(text).size() <= text.size());
    for (char const c : encoded)
        demand(c > ' ' && c < '\x7f' && std::string_view{"/?#&=+\"<>\\"}.find(c) == std::string::npos);
    auto const parameters = query_parameters(text);
    demand(query_parameters("?" + to_query_string(parameters)) == parameters);
    if (fuzz::succeeds<InvalidRequest>([&] { demand(path_segment(text) == encoded); })) {
        demand(encoded != "." && encoded != ".." && !encoded.empty());
        demand(fill_placeholders("/v2/{a}/x/{b}", {text, "b"}) == "/v2/" + encoded + "/x/b");
    }
    std::string const token = escape_pointer_token(text);
    demand(unescape_pointer_token(token) == text && token.find('/') == token.npos);
    if (auto const key = unescape_pointer_token(text))
        demand(text.find('/') != text.npos || escape_pointer_token(*key) == text);
}

void check_joining(std::string const& endpoint) {
    std::string const root = version_root(endpoint);
    demand(endpoint.starts_with(root));
    std::string const joined = join_url(endpoint, "/v3/things?a=b");
    demand(joined.ends_with("/things?a=b"));
    if (origin_of(endpoint).empty() || !endpoint_problem(endpoint).empty()) return;
    demand(origin_of(root) == origin_of(endpoint) && origin_of(joined) == origin_of(endpoint));
    demand(joined.find("/v3") != joined.npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view rest = fuzz::text_of(data, size);
    unsigned const choices = fuzz::take_byte(rest);
    std::string const url{fuzz::take(rest)};
    std::string const link{rest};
    check_origins(url, link);
    check_origins(url, resolve_link(url, link));
    check_redirect(url, link, choices);
    check_encoding(rest);
    check_joining(url);
    return 0;
}
