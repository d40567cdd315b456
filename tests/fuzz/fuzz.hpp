// SPDX-License-Identifier: Apache-2.0
// What the fuzz targets share. Each demands what holds for every input; an exception that it doesn't expect ends it,
// too.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <openstack/error.hpp>
#include <openstack/one_line.hpp>
#include <openstack/utf8.hpp>
#include <string_view>

namespace fuzz {

/// Ends the program unless the condition holds, which libFuzzer then reports with the input.
inline void demand(bool holds, char const* file = __builtin_FILE(), int line = __builtin_LINE()) {
    if (holds) return;
    std::fprintf(stderr, "%s:%d: what is demanded here doesn't hold\n", file, line);
    std::abort();
}

/// What libFuzzer gives.
inline std::string_view text_of(std::uint8_t const* data, std::size_t size) {
    return {reinterpret_cast<char const*>(data), size};
}

/// The front of `rest` up to the separator, taken with it.
inline std::string_view take(std::string_view& rest, char separator = '\n') {
    std::size_t const size = std::min(rest.find(separator), rest.size());
    std::string_view const front = rest.substr(0, size);
    rest.remove_prefix(std::min(size + 1, rest.size()));
    return front;
}

/// The first byte of `rest`, taken; 0 if there is none.
inline unsigned take_byte(std::string_view& rest) {
    if (rest.empty()) return 0;
    unsigned const byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    return byte;
}

/// An unsigned number of 8 bytes, taken; what is missing of them is 0.
inline std::uint64_t take_number(std::string_view& rest) {
    std::uint64_t number = 0;
    for (int i = 0; i < 8; ++i) number = number << 8 | take_byte(rest);
    return number;
}

/// Whether it is a message as the library promises them: one line of UTF-8.
inline bool is_line(std::string_view text) { return openstack::detail::one_line(text, text.size()) == text; }

/// Whether the function ends without one of the exceptions that it may throw.
template<class... Expected, class Function>
bool succeeds(Function function) {
    try {
        function();
        return true;
    } catch (openstack::Error const& error) {
        demand((... || (dynamic_cast<Expected const*>(&error) != nullptr)));
        demand(is_line(error.what()));
        return false;
    }
}

}  // namespace fuzz

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);
