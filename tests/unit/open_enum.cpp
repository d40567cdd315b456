// SPDX-License-Identifier: Apache-2.0
// Open<Enum>: known values by name, unknown ones kept.
#include <catch2/catch.hpp>
#include <openstack/describe.hpp>
#include <openstack/open_enum.hpp>
#include <string>

namespace {

enum class Color { red, green_ };
BOOST_DESCRIBE_ENUM(Color, red, green_)
using openstack::Open;

}  // namespace

TEST_CASE("A known text is its enumerator", "[open_enum]") {
    auto const red = Open<Color>::from_text("red");
    CHECK(red == Color::red);
    CHECK(red.is_known());
    CHECK(to_string(red) == "red");
    CHECK(red == Open<Color>{Color::red});
}

TEST_CASE("A trailing underscore isn't part of the text", "[open_enum]") {
    CHECK(Open<Color>::from_text("green") == Color::green_);
    CHECK(to_string(Open<Color>{Color::green_}) == "green");
    CHECK_FALSE(Open<Color>::from_text("green_").is_known());
}

TEST_CASE("An unknown text is kept, and equals only itself", "[open_enum]") {
    auto const text = GENERATE(as<std::string>{}, "blue", "", "Red", "red ");
    auto const unknown = Open<Color>::from_text(text);
    CHECK_FALSE(unknown.is_known());
    CHECK(to_string(unknown) == text);
    CHECK(unknown == Open<Color>::from_text(text));
    CHECK(unknown != Open<Color>::from_text("violet"));
    CHECK(unknown != Color::red);
    CHECK(unknown != Color::green_);
    CHECK(unknown != Open<Color>{});
}

TEST_CASE("A copy of an unknown text lives on its own", "[open_enum]") {
    auto original = Open<Color>::from_text("blue");
    auto const copy = original;
    original = Color::red;
    CHECK(to_string(copy) == "blue");
    CHECK(original == Color::red);
}

TEST_CASE("A number that is no enumerator has no text", "[open_enum]") {
    CHECK(to_string(Open<Color>{static_cast<Color>(7)}).empty());
}

TEST_CASE("A known value can be switched over, an unknown one can't be taken for one", "[open_enum]") {
    CHECK(Open<Color>::from_text("red").known() == Color::red);
    CHECK_FALSE(Open<Color>::from_text("ultraviolet").known());
}
