// SPDX-License-Identifier: Apache-2.0
// Where services are: URLs at whose ends paths are put, their origins, and links between them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <openstack/algorithm.hpp>
#include <openstack/ascii.hpp>
#include <openstack/error.hpp>

namespace openstack {

/// The URL without its scheme, from the `//` on; empty if it's neither http nor https.
[[nodiscard]] inline std::string_view without_http_scheme(std::string_view url) {
    for (std::string_view const scheme : {"http:", "https:"}) {
        std::string_view const rest = url.substr((std::min)(scheme.size(), url.size()));
        if (rest.starts_with("//") && detail::equal_ignoring_case(url.substr(0, scheme.size()), scheme)) return rest;
    }
    return {};
}

/// What keeps a URL from being an endpoint, at whose end paths are put; empty if nothing does. Doesn't repeat the URL:
/// what is wrong may be a password in it.
[[nodiscard]] inline std::string_view endpoint_problem(std::string_view url) {
    std::string_view const rest = without_http_scheme(url);
    if (rest.empty()) return "doesn't begin with http:// or https://";
    for (char const c : rest)
        if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '\\')
            return "holds a space, a backslash or a control character";
    if (rest.find_first_of("?#") != rest.npos) return "holds a query or a fragment";
    std::string_view const authority = rest.substr(2, rest.find('/', 2) - 2);
    if (authority.find('@') != authority.npos) return "holds user information";
    if (authority.empty() || authority.front() == ':') return "names no host";
    return {};
}

/// Throws ConfigError unless `url` can be an endpoint. `name` is that of the setting.
inline void check_endpoint(std::string_view name, std::string_view url) {
    if (std::string_view const problem = endpoint_problem(url); !problem.empty())
        throw ConfigError(std::string{name} + ' ' + std::string{problem});
}

namespace detail {

/// Where a URL's path begins, behind scheme, host and port.
[[nodiscard]] constexpr std::size_t path_begin(std::string_view url) {
    return (std::min)(url.find('/', url.find("//") + 2), url.size());
}

}  // namespace detail

/// The scheme, host and port of a URL, in lower case and without a port that is the scheme's own (RFC 6454 section 4);
/// empty for one that can't be an endpoint's, query aside.
[[nodiscard]] inline std::string origin_of(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    if (!endpoint_problem(url).empty()) return {};
    std::string origin{url.substr(0, detail::path_begin(url))};
    for (char& c : origin) c = detail::to_lower(c);
    std::string_view const port = origin.starts_with("https:") ? ":443" : ":80";
    if (origin.ends_with(port)) origin.resize(origin.size() - port.size());
    return origin;
}

/// The URL that a link in the document at `base` means (RFC 3986 section 5.2), without its fragment. Empty for a link
/// that is empty, or needs its dots removed.
[[nodiscard]] inline std::string resolve_link(std::string_view base, std::string_view link) {
    link = link.substr(0, link.find('#'));
    base = base.substr(0, base.find_first_of("?#"));
    std::size_t const path = detail::path_begin(base);
    bool const is_absolute = link.find(':') < link.find_first_of("/?");
    std::string front;  // what of the base stays before the link
    if (link.starts_with("//")) {
        front = base.substr(0, base.find("//"));
    } else if (link.starts_with('/')) {
        front = base.substr(0, path);
    } else if (link.starts_with('?')) {
        front = base;
    } else if (!is_absolute) {
        front = path == base.size() ? std::string{base} + '/' : std::string{base.substr(0, base.rfind('/') + 1)};
    }
    std::string_view const segments = link.substr(0, link.find('?'));
    bool const has_dots = segments.starts_with("./") || segments.starts_with("../") ||
                          segments.find("/./") != segments.npos || segments.find("/../") != segments.npos ||
                          segments.ends_with("/.") || segments.ends_with("/..") || segments == "." || segments == "..";
    return link.empty() || has_dots ? std::string{} : front.append(link);
}

namespace detail {

/// Whether a path's segment, with the slash before it, is the version of an API: `/v3`, `/v2.0`.
[[nodiscard]] constexpr bool is_version(std::string_view segment) {
    return segment.size() > 2 && segment.starts_with("/v") && segment[2] >= '0' && segment[2] <= '9' &&
           segment.find_first_not_of("0123456789.", 2) == std::string_view::npos;
}

}  // namespace detail

/// An endpoint and a path that starts with the API version. The version at the endpoint's end, if it has one, gives way
/// to the path's; if it is the last but one segment, as in `https://cloud/v3/PROJECT_ID`, and the same as the path's,
/// the path goes without. A prefix of the endpoint (`https://cloud/image`) stays.
[[nodiscard]] inline std::string join_url(std::string_view endpoint, std::string_view path) {
    while (endpoint.ends_with('/')) endpoint.remove_suffix(1);
    std::string_view const version = path.substr(0, path.find_first_of("/?", 1));
    std::string_view const base = endpoint.substr(detail::path_begin(endpoint));
    std::size_t const last = base.rfind('/');
    if (last != base.npos && detail::is_version(version)) {
        if (detail::is_version(base.substr(last))) {
            endpoint.remove_suffix(base.size() - last);
        } else if (base.substr(0, last).ends_with(version)) {
            path.remove_prefix(version.size());
        }
    }
    return std::string{endpoint}.append(path);
}

/// The endpoint up to the version of its API, if it has one: `https://cloud/volume` of
/// `https://cloud/volume/v3/PROJECT`.
[[nodiscard]] inline std::string version_root(std::string_view endpoint) {
    while (endpoint.ends_with('/')) endpoint.remove_suffix(1);
    for (std::size_t at = detail::path_begin(endpoint); at < endpoint.size();) {
        std::size_t const end = (std::min)(endpoint.find('/', at + 1), endpoint.size());
        if (detail::is_version(endpoint.substr(at, end - at))) return std::string{endpoint.substr(0, at)};
        at = end;
    }
    return std::string{endpoint};
}

}  // namespace openstack
