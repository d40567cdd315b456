// SPDX-License-Identifier: Apache-2.0
// Texts of protocols, in which the case of a letter means nothing: header names, schemes, hexadecimal digits.
#pragma once

#include <cstddef>
#include <string_view>

namespace openstack::detail {

/// The letter in lower case; any other character, also beyond ASCII and in whatever locale, as it is.
[[nodiscard]] constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Whether the texts differ in the case of letters at most.
[[nodiscard]] constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (to_lower(a[i]) != to_lower(b[i])) return false;
    return true;
}

}  // namespace openstack::detail
