// SPDX-License-Identifier: Apache-2.0
// Texts of others as messages and logs may hold them: one line, valid UTF-8, and no longer than is of use.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <openstack/algorithm.hpp>
#include <openstack/utf8.hpp>

namespace openstack::detail {

/// How much of a URL a message has: it may hold a marker that the service chose.
inline constexpr std::size_t max_url_shown = 2000;

/// Whether a character, given as its UTF-8, acts on a terminal or on the text around it instead of being seen: those of
/// Unicode's class Cc, its separators of lines, and what turns the direction of writing (U+2028 to 202E, 2066 to 2069).
[[nodiscard]] inline bool is_control(std::string_view character) {
    if (character.size() == 1) return character[0] == '\x7f' || (character[0] >= '\0' && character[0] < ' ');
    if (character.size() == 2) return character[0] == '\xc2' && character[1] < '\xa0';
    std::string_view const front = character.substr(0, 2);
    return character.size() == 3 && ((front == "\xe2\x80" && character[2] >= '\xa8' && character[2] <= '\xae') ||
                                     (front == "\xe2\x81" && character[2] >= '\xa6' && character[2] <= '\xa9'));
}

/// At most `limit` bytes of `text`. A control character becomes a space, a byte that isn't UTF-8 a question mark.
[[nodiscard]] inline std::string one_line(std::string_view text, std::size_t limit = 200) {
    std::string line;
    while (!text.empty()) {
        std::size_t const length = utf8_sequence(text);
        std::string_view character = length == 0 ? "?" : text.substr(0, length);
        if (is_control(character)) character = " ";
        if (line.size() + character.size() > limit) break;
        line += character;
        text.remove_prefix((std::max)(length, std::size_t{1}));
    }
    return line;
}

/// The texts, each on one line, separated by commas: as many as there is room for, and how many more there are.
[[nodiscard]] inline std::string comma_list(std::vector<std::string> const& texts) {
    constexpr std::size_t enough = 1000;
    std::string line;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (line.size() >= enough) return line + " and " + std::to_string(texts.size() - i) + " more";
        line += (i == 0 ? "" : ", ") + one_line(texts[i]);
    }
    return line;
}

}  // namespace openstack::detail
