// SPDX-License-Identifier: Apache-2.0
// Texts of others: whatever they are made of, a message has one line of them, and not too much.
#include <openstack/one_line.hpp>

#include <catch2/catch.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using openstack::detail::comma_list, openstack::detail::one_line;
using namespace std::string_literals;

namespace {

std::string line(std::string_view text) { return one_line(text); }

}  // namespace

TEST_CASE("Text stays as it is", "[one_line]") {
    for (std::string const text : {"", " two  spaces ", "caf\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80",
                                   "\xc2\xa0 isn't a control", "\xe2\x80\x93 \xe2\x80\xaf \xe2\x81\xa5"})
        CHECK(line(text) == text);
}

TEST_CASE("A character that acts instead of being seen becomes a space", "[one_line]") {
    CHECK(line("a\r\nb\tc\x1b[31m\x7f"s) == "a  b c [31m ");
    CHECK(line("a\0b"s) == "a b");
    for (int c = 0; c < ' '; ++c) CHECK(line(std::string(1, static_cast<char>(c))) == " ");
    for (std::string const text : {"\xc2\x80", "\xc2\x85", "\xc2\x9b", "\xc2\x9f"}) CHECK(line(text) == " ");
    for (std::string const text :
         {"\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaa", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9"})
        CHECK(line(text) == " ");
}

TEST_CASE("What isn't UTF-8 becomes question marks", "[one_line]") {
    CHECK(line("caf\xe9 \xff") == "caf? ?");
    CHECK(line("cut \xe4\xb8") == "cut ??");
    CHECK(line("\xc0\xaf \xed\xa0\x80") == "?? ???");
}

TEST_CASE("A line ends at its limit, between characters", "[one_line]") {
    CHECK(line(std::string(200, 'x')) == std::string(200, 'x'));
    CHECK(line(std::string(100'000, 'x')) == std::string(200, 'x'));
    CHECK(one_line(std::string_view{"abc"}, 2) == "ab");
    CHECK(one_line(std::string_view{"a\xc3\xa9"}, 2) == "a");
    CHECK(one_line(std::string_view{"a\xc3\xa9"}, 3) == "a\xc3\xa9");
}

TEST_CASE("Several texts are one line, which says how many it leaves out", "[one_line]") {
    CHECK(comma_list({}) == "");
    CHECK(comma_list({"a"s}) == "a");
    CHECK(comma_list({"a"s, "b\n"s, std::string(300, 'c')}) == "a, b , " + std::string(200, 'c'));
    std::vector<std::string> const many(10'000, std::string(98, 'x'));
    std::string const shown = comma_list(many);
    CHECK(shown.ends_with("x, " + many[0] + " and 9989 more"));
    CHECK(shown.size() < 1200);
}
