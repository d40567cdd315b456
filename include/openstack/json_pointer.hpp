// SPDX-License-Identifier: Apache-2.0
// RFC 6901 JSON pointers: /properties/a~1b.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace openstack {

/// A key as a token of a pointer: `~` becomes ~0, `/` becomes ~1 (RFC 6901 section 3).
[[nodiscard]] inline std::string escape_pointer_token(std::string_view key) {
    std::string token;
    for (char const c : key) {
        if (c == '~') {
            token += "~0";
        } else if (c == '/') {
            token += "~1";
        } else {
            token += c;
        }
    }
    return token;
}

/// The inverse of escape_pointer_token; nothing if a `~` isn't followed by 0 or 1.
[[nodiscard]] inline std::optional<std::string> unescape_pointer_token(std::string_view token) {
    std::string key;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] != '~') {
            key += token[i];
            continue;
        }
        if (++i == token.size() || (token[i] != '0' && token[i] != '1')) return std::nullopt;
        key += token[i] == '0' ? '~' : '/';
    }
    return key;
}

}  // namespace openstack
