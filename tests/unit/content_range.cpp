// SPDX-License-Identifier: Apache-2.0
// Content-Range: which part of a whole an answer has.
#include <openstack/content_range.hpp>

#include <catch2/catch.hpp>
#include <string>

using namespace openstack;
using detail::to_content_range;

TEST_CASE("A range of a known whole is read", "[content_range]") {
    auto const range = to_content_range("bytes 5-09/10");
    REQUIRE(range);
    CHECK(range->first == 5);
    CHECK(range->last == 9);
    CHECK(range->total == 10);
    CHECK(to_content_range("bytes 0-0/1"));
}

TEST_CASE("A range that can't be is none", "[content_range]") {
    for (std::string const text : {"", "bytes", "bytes ", "bytes 5-9/*", "bytes */10", "bytes 9-5/10", "bytes 5-10/10",
                                   "bytes 5-9/10 ", "bytes 5-9", "bytes 5/10", "bytes -9/10", "bytes 5-/10",
                                   "bytes 5-9/", "items 5-9/10", "bytes +5-9/10", "bytes 0-9/1000000000000000000"})
        CHECK_FALSE(to_content_range(text));
    CHECK_FALSE(to_content_range(std::string{"bytes 5-9/10"} + '\0'));
}
