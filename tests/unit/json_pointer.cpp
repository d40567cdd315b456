// SPDX-License-Identifier: Apache-2.0
// JSON pointers: RFC 6901, section 3.
#include <catch2/catch.hpp>
#include <openstack/json_pointer.hpp>
#include <optional>
#include <string>

using openstack::escape_pointer_token;
using openstack::unescape_pointer_token;

TEST_CASE("A key and its token in a pointer", "[json_pointer]") {
    auto const [key, token] = GENERATE(table<std::string, std::string>({{"", ""},
                                                                        {"name", "name"},
                                                                        {"a/b", "a~1b"},
                                                                        {"m~n", "m~0n"},
                                                                        {"~1", "~01"},
                                                                        {"/~", "~1~0"},
                                                                        {" ", " "},
                                                                        {"\u00e9\"\\", "\u00e9\"\\"}}));
    CHECK(escape_pointer_token(key) == token);
    CHECK(unescape_pointer_token(token) == key);
}

TEST_CASE("A tilde is followed by 0 or 1", "[json_pointer]") {
    auto const token = GENERATE("~", "a~", "~2", "~~", "~0~");
    CHECK(unescape_pointer_token(token) == std::nullopt);
}
