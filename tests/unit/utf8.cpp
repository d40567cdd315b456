// SPDX-License-Identifier: Apache-2.0
// UTF-8: RFC 3629's table, each border of it from both sides.
#include <catch2/catch.hpp>
#include <openstack/utf8.hpp>
#include <string>
#include <string_view>

using namespace std::string_view_literals;
using openstack::detail::find_invalid_utf8;

TEST_CASE("Every form of UTF-8 is taken", "[utf8]") {
    auto const text = GENERATE(as<std::string_view>{}, ""sv, "plain"sv, "\0"sv, "\x7f"sv, "\xc2\x80"sv, "\xdf\xbf"sv,
                               "\xe0\xa0\x80"sv, "\xed\x9f\xbf"sv, "\xee\x80\x80"sv, "\xef\xbf\xbf"sv,
                               "\xf0\x90\x80\x80"sv, "\xf4\x8f\xbf\xbf"sv, "\xef\xbb\xbf"sv);
    CHECK(find_invalid_utf8(text) == std::string_view::npos);
}

TEST_CASE("What RFC 3629 excludes is found where it begins", "[utf8]") {
    auto const [text, offset] = GENERATE(table<std::string_view, std::size_t>({
        {"\x80"sv, 0},              // a continuation alone
        {"\xbf"sv, 0},              //
        {"a\xc0\x80"sv, 1},         // NUL in two bytes
        {"\xc1\xbf"sv, 0},          // overlong
        {"\xe0\x9f\xbf"sv, 0},      //
        {"\xf0\x8f\xbf\xbf"sv, 0},  //
        {"ab\xed\xa0\x80"sv, 2},    // surrogates
        {"\xed\xbf\xbf"sv, 0},      //
        {"\xf4\x90\x80\x80"sv, 0},  // above U+10FFFF
        {"\xf5\x80\x80\x80"sv, 0},  //
        {"\xfe"sv, 0},              // in no sequence at all
        {"\xff"sv, 0},              //
        {"\xc3"sv, 0},              // cut off
        {"\xe2\x82"sv, 0},          //
        {"\xf0\x9f\x98"sv, 0},      //
        {"\xc3x"sv, 0},             // no continuation
        {"\xe2\x82\xc0"sv, 0},      //
        {"\xe2\x28\xa1"sv, 0},      //
        {"\xf0\x9f\x98\x7f"sv, 0},  //
        {"\xf0\x9f\xc0\x80"sv, 0},  //
        {"\xc3\xa9\xc3"sv, 2},      // after a good one
    }));
    CAPTURE(text);
    CHECK(find_invalid_utf8(text) == offset);
}

TEST_CASE("A bad byte is found wherever it stands among plain ones", "[utf8]") {
    for (std::size_t size = 1; size < 80; ++size)
        for (std::size_t at = 0; at < size; ++at) {
            std::string text(size, 'x');
            text[at] = '\xff';
            if (find_invalid_utf8(text) != at) FAIL("byte " << at << " of " << size);
        }
    std::string const plain(1000, 'x');
    CHECK(find_invalid_utf8(plain) == std::string_view::npos);
}
