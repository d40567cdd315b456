// SPDX-License-Identifier: Apache-2.0
// Paths and queries in which any text means itself: percent-encoding after RFC 3986.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/algorithm.hpp>
#include <openstack/error.hpp>

namespace openstack {

/// One parameter of a query, neither side encoded.
struct QueryParameter {
    std::string key{};
    std::string value{};  ///< any bytes

    bool operator==(QueryParameter const&) const = default;
};

namespace detail {

template<class Parameters>
void append(Parameters& parameters, Parameters const& more) {
    for (auto const& each : more) parameters.push_back(each);
}

}  // namespace detail

/// Every byte but the unreserved ones (RFC 3986, section 2.3: letters, digits, `-._~`) becomes %XX.
[[nodiscard]] inline std::string percent_encode(std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (char const c : text) {
        bool const is_unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                   c == '-' || c == '.' || c == '_' || c == '~';
        if (is_unreserved) {
            encoded += c;
        } else {
            auto const byte = static_cast<unsigned char>(c);
            encoded.append({'%', hex[byte >> 4], hex[byte & 15]});
        }
    }
    return encoded;
}

/// The inverse of percent_encode (RFC 3986, section 2.1); a `%` without two hexadecimal digits stays as it is.
[[nodiscard]] inline std::string percent_decode(std::string_view text) {
    auto const digit = [](char c) {
        return c >= '0' && c <= '9'   ? c - '0'
               : c >= 'a' && c <= 'f' ? c - 'a' + 10
               : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                      : -1;
    };
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
            decoded += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
            i += 2;
        } else {
            decoded += text[i];
        }
    }
    return decoded;
}

/// An id or name as one segment of a path. Throws InvalidRequest for a text that can't be one: empty, `.` and `..`
/// (servers and proxies fold them: RFC 3986 section 5.2.4), one with a slash (servers decode %2F before they route, so
/// it would be another resource's path), and control characters.
[[nodiscard]] inline std::string path_segment(std::string_view text) {
    if (text.empty() || text == "." || text == ".." || text.find('/') != std::string_view::npos)
        throw InvalidRequest("'" + std::string{text} + "' can't be an id or a name in a path");
    for (char const c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            throw InvalidRequest("an id or a name in a path may not hold control characters");
    return percent_encode(text);
}

/// How many `{placeholders}` a path has.
[[nodiscard]] constexpr std::size_t count_placeholders(std::string_view path) {
    std::size_t count = 0;
    for (char const c : path) count += c == '{' ? 1 : 0;
    return count;
}

/// The path with its `{placeholders}` replaced, in order, by `values` as segments. Throws InvalidRequest as
/// path_segment.
[[nodiscard]] inline std::string fill_placeholders(std::string_view path,
                                                   std::initializer_list<std::string_view> values) {
    std::string filled;
    for (std::string_view const value : values) {
        std::size_t const open = path.find('{');
        std::size_t const close = path.find('}', open);
        if (close == std::string_view::npos) throw InvalidRequest("more values than placeholders in a path");
        filled.append(path.substr(0, open)).append(path_segment(value));
        path.remove_prefix(close + 1);
    }
    return filled.append(path);
}

/// `key=value&key=value`, encoded; empty for no parameters.
[[nodiscard]] inline std::string to_query_string(std::vector<QueryParameter> const& parameters) {
    std::string text;
    for (QueryParameter const& each : parameters) {
        if (!text.empty()) text += '&';
        text.append(percent_encode(each.key)).append(1, '=').append(percent_encode(each.value));
    }
    return text;
}

/// The decoded parameters of a link: what follows its `?`, without a fragment. `+` is a space, as servers that encode
/// forms write it.
[[nodiscard]] inline std::vector<QueryParameter> query_parameters(std::string_view link) {
    auto const decode = [](std::string_view part) {
        std::string text{part};
        for (char& c : text)
            if (c == '+') c = ' ';
        return percent_decode(text);
    };
    std::vector<QueryParameter> parameters;
    link = link.substr(0, link.find('#'));
    std::size_t const mark = link.find('?');
    if (mark == std::string_view::npos) return parameters;
    for (std::string_view rest = link.substr(mark + 1); !rest.empty();) {
        std::string_view const part = rest.substr(0, rest.find('&'));
        rest.remove_prefix((std::min)(part.size() + 1, rest.size()));
        if (part.empty()) continue;
        std::size_t const equals = (std::min)(part.find('='), part.size());
        parameters.push_back(
            {decode(part.substr(0, equals)), decode(part.substr((std::min)(equals + 1, part.size())))});
    }
    return parameters;
}

}  // namespace openstack
