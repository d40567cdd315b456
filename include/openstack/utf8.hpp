// SPDX-License-Identifier: Apache-2.0
// Whether bytes are UTF-8 text, asked of all that comes in as JSON and all that goes out as JSON.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace openstack::detail {

/// The length of the UTF-8 sequence at the front of `text`, 0 if there is none: RFC 3629 section 4.
[[nodiscard]] inline std::size_t utf8_sequence(std::string_view text) {
    auto const byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    auto const is_between = [&](std::size_t i, unsigned low, unsigned high) {
        return byte(i) >= low && byte(i) <= high;
    };
    unsigned const first = byte(0);
    if (first < 0x80) return text.empty() ? 0 : 1;
    if (first < 0xc2 || first > 0xf4) return 0;
    if (first < 0xe0) return is_between(1, 0x80, 0xbf) ? 2 : 0;
    unsigned const low = first == 0xe0 ? 0xa0U : first == 0xf0 ? 0x90U : 0x80U;  // no overlong forms
    unsigned const high = first == 0xed   ? 0x9fU
                          : first == 0xf4 ? 0x8fU
                                          : 0xbfU;  // no surrogates, nothing above U+10FFFF
    if (!is_between(1, low, high) || !is_between(2, 0x80, 0xbf)) return 0;
    if (first < 0xf0) return 3;
    return is_between(3, 0x80, 0xbf) ? 4 : 0;
}

/// The offset of the first byte that isn't UTF-8; `npos` if there is none.
[[nodiscard]] inline std::size_t find_invalid_utf8(std::string_view text) {
    constexpr std::uint64_t not_ascii = 0x8080808080808080;
    for (std::size_t at = 0; at < text.size();) {
        if (std::array<std::uint64_t, 8> words; at + sizeof words <= text.size()) {
            std::memcpy(&words, text.data() + at, sizeof words);
            std::uint64_t all = 0;
            for (std::uint64_t const each : words) all |= each;
            if ((all & not_ascii) == 0) {
                at += sizeof words;
                continue;
            }
        }
        std::size_t const length = utf8_sequence(text.substr(at));
        if (length == 0) return at;
        at += length;
    }
    return std::string_view::npos;
}

}  // namespace openstack::detail
