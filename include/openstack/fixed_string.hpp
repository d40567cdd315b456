// SPDX-License-Identifier: Apache-2.0
// Text as a template argument: Wire<"os_hidden">.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace openstack {

/// A string literal as a template argument. Implicit from a literal; `view()` gives the text without its terminating
/// NUL.
template<std::size_t N>
struct FixedString {
    char text[N]{};  ///< with the terminating NUL

    constexpr FixedString(char const (&literal)[N]) { std::copy_n(literal, N, text); }

    [[nodiscard]] constexpr std::string_view view() const { return {text, N - 1}; }
};

}  // namespace openstack
