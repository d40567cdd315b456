// SPDX-License-Identifier: Apache-2.0
// Which part of a whole an answer has: the header Content-Range (RFC 9110 section 14.4).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <openstack/http.hpp>

namespace openstack::detail {

/// Bytes `first` to `last`, both of them included, of `total`.
struct ContentRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t total = 0;
};

/// The digits before the first of `ends`, taken from `text` with it; nothing if there are none, or too many.
template<class Number = std::uint64_t>
[[nodiscard]] std::optional<Number> take_number(std::string_view& text, char end) {
    std::size_t const size = text.find(end);
    std::string_view const digits = text.substr(0, size);
    if (digits.empty() || digits.size() > 18 || digits.find_first_not_of("0123456789") != digits.npos) return {};
    Number number = 0;
    for (char const c : digits) number = number * 10 + static_cast<Number>(c - '0');
    text.remove_prefix(size == text.npos ? text.size() : size + 1);
    return number;
}

/// Reads `bytes 5-9/10`. Nothing for another form, also one that doesn't tell the total, and for numbers that can't be.
template<class Range = ContentRange>
[[nodiscard]] std::optional<Range> to_content_range(std::string_view text) {
    constexpr std::string_view unit = "bytes ";
    if (!text.starts_with(unit) || text.ends_with('\0') || text.find('-') == text.npos || text.find('/') == text.npos)
        return {};
    text.remove_prefix(unit.size());
    auto const first = take_number(text, '-');
    auto const last = first ? take_number(text, '/') : first;
    auto const total = last ? take_number(text, '\0') : last;
    if (!total || !text.empty() || *first > *last || *last >= *total) return {};
    return Range{*first, *last, *total};
}

/// That of the answer; nothing if it hasn't exactly one that can be.
template<class Answer = Response>
[[nodiscard]] std::optional<ContentRange> content_range_of(Answer const& answer) {
    std::optional<ContentRange> found;
    for (auto const& each : answer.headers.lines()) {
        if (!Headers::equal_names(each.name, "Content-Range")) continue;
        if (found) return {};
        found = to_content_range(each.value);
        if (!found) return {};
    }
    return found;
}

}  // namespace openstack::detail
