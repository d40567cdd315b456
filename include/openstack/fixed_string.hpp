// SPDX-License-Identifier: Apache-2.0
// Text as a template argument: Wire<"os_hidden">.
#pragma once

#include <cstddef>
#include <string_view>

namespace openstack {

/// A string literal as a template argument. Implicit from a literal; `view()` gives the text without its terminating
/// NUL.
template<std::size_t N>
struct FixedString {
    char text[N]{};  ///< with the terminating NUL

    constexpr FixedString(char const (&literal)[N]) {
        for (std::size_t i = 0; i < N; ++i) text[i] = literal[i];
    }

    [[nodiscard]] constexpr std::string_view view() const { return {text, N - 1}; }
};

}  // namespace openstack
