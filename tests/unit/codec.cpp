// SPDX-License-Identifier: Apache-2.0
// Codecs: the text of each kind of value and back, and a user's own codec for each wire type.
#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <openstack/codec.hpp>
#include <optional>
#include <string>
#include <vector>

using namespace openstack;

namespace {

enum class Color { red, green };
BOOST_DESCRIBE_ENUM(Color, red, green)

struct Version {
    int major_part = 0;
    int minor_part = 0;
    bool operator==(Version const&) const = default;
};
struct Switch {
    bool is_on = false;
    bool operator==(Switch const&) const = default;
};
struct Percent {
    int value = 0;
    bool operator==(Percent const&) const = default;
};
struct NoCodec {};
struct Inner {
    Field<int> number{};
    BOOST_DESCRIBE_CLASS(Inner, (), (number), (), ())
};

}  // namespace

template<>
struct openstack::codec<Version> {
    static constexpr std::string_view expected = "version such as 1.2";
    static std::string encode(Version const& v) {
        return std::to_string(v.major_part) + '.' + std::to_string(v.minor_part);
    }
    static std::optional<Version> decode(std::string_view text) {
        auto const dot = text.find('.');
        if (dot == std::string_view::npos) return std::nullopt;
        auto const major_part = from_text<int>(text.substr(0, dot));
        auto const minor_part = from_text<int>(text.substr(dot + 1));
        if (!major_part || !minor_part) return std::nullopt;
        return Version{*major_part, *minor_part};
    }
};
template<>
struct openstack::codec<Switch> {
    static constexpr std::string_view expected = "boolean";
    static bool encode(Switch const& s) { return s.is_on; }
    static std::optional<Switch> decode(bool is_on) { return Switch{is_on}; }
};
template<>
struct openstack::codec<Percent> {
    static constexpr std::string_view expected = "integer from 0 to 100";
    static int encode(Percent const& p) { return p.value; }
    static std::optional<Percent> decode(int value) {
        return value >= 0 && value <= 100 ? std::optional{Percent{value}} : std::nullopt;
    }
};

TEST_CASE("Integers have a text, and nothing but their digits is one", "[codec]") {
    CHECK(to_text(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
    CHECK(from_text<std::int64_t>("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
    CHECK(from_text<std::uint64_t>("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
    CHECK(from_text<std::uint64_t>("18446744073709551616") == std::nullopt);
    CHECK(from_text<std::int64_t>("9223372036854775808") == std::nullopt);
    CHECK(from_text<std::uint8_t>("255") == std::uint8_t{255});
    CHECK(from_text<std::uint8_t>("256") == std::nullopt);
    CHECK(to_text(std::uint8_t{65}) == "65");
    auto const text = GENERATE("", " 1", "1 ", "+1", "1.0", "1e2", "0x1", "1_0", "-", "a");
    CHECK(from_text<int>(text) == std::nullopt);
}

TEST_CASE("Floating-point numbers come back exactly", "[codec]") {
    auto const value = GENERATE(0.0, 1.0, 0.1, -2.5e-300, 1e300, 5e-324, std::numeric_limits<double>::max());
    CHECK(from_text<double>(to_text(value)) == value);
    CHECK(from_text<float>(to_text(static_cast<float>(0.1))) == 0.1F);
    CHECK(from_text<double>("1e400") == std::nullopt);
}

TEST_CASE("Booleans are true and false", "[codec]") {
    CHECK(to_text(true) == "true");
    CHECK(to_text(false) == "false");
    CHECK(from_text<bool>("true") == true);
    CHECK(from_text<bool>("false") == false);
    auto const text = GENERATE("", "True", "1", "yes", "true ");
    CHECK(from_text<bool>(text) == std::nullopt);
}

TEST_CASE("A text is its own text", "[codec]") {
    std::string const text("a\0b \xff", 5);
    CHECK(to_text(text) == text);
    CHECK(from_text<std::string>(text) == text);
}

TEST_CASE("Timestamps and open enumerations have codecs", "[codec]") {
    CHECK(to_text(from_text<Timestamp>("2026-11-21T10:11:12+01:00").value()) == "2026-11-21T09:11:12Z");
    CHECK(from_text<Timestamp>("soon") == std::nullopt);
    CHECK(from_text<Open<Color>>("red") == Open<Color>{Color::red});
    CHECK(to_text(from_text<Open<Color>>("violet").value()) == "violet");
}

TEST_CASE("A user's codec may be made of a text, a boolean or a number", "[codec]") {
    CHECK(to_text(Version{1, 2}) == "1.2");
    CHECK(from_text<Version>("1.2") == Version{1, 2});
    CHECK(from_text<Version>("1") == std::nullopt);
    CHECK(to_text(Switch{true}) == "true");
    CHECK(from_text<Switch>("true") == Switch{true});
    CHECK(from_text<Switch>("on") == std::nullopt);
    CHECK(to_text(Percent{42}) == "42");
    CHECK(from_text<Percent>("42") == Percent{42});
    CHECK(from_text<Percent>("101") == std::nullopt);
    CHECK(from_text<Percent>("x") == std::nullopt);
}

TEST_CASE("A list is compared by its elements, which may have no ==", "[codec]") {
    using detail::type_fault, detail::TypeFault;
    STATIC_REQUIRE(type_fault<Version> == TypeFault::none);
    STATIC_REQUIRE(type_fault<std::vector<Open<Color>>> == TypeFault::none);
    STATIC_REQUIRE(type_fault<Properties> == TypeFault::none);
    STATIC_REQUIRE(type_fault<Inner> == TypeFault::not_comparable);
    STATIC_REQUIRE(type_fault<std::map<std::string, std::vector<Inner>>> == TypeFault::not_comparable);
    STATIC_REQUIRE(type_fault<NoCodec> == TypeFault::not_codable);
    STATIC_REQUIRE(type_fault<std::vector<NoCodec>> == TypeFault::not_codable);
}

TEST_CASE("The compiler knows what a field may hold", "[codec]") {
    STATIC_REQUIRE(Codable<bool>);
    STATIC_REQUIRE(Codable<std::int8_t>);
    STATIC_REQUIRE(Codable<long double>);
    STATIC_REQUIRE(Codable<std::string>);
    STATIC_REQUIRE(Codable<Version>);
    STATIC_REQUIRE(Codable<Inner>);
    STATIC_REQUIRE(Codable<std::vector<std::map<std::string, std::vector<Inner>>>>);
    STATIC_REQUIRE_FALSE(Codable<NoCodec>);
    STATIC_REQUIRE_FALSE(Codable<std::vector<NoCodec>>);
    STATIC_REQUIRE_FALSE(Codable<std::vector<bool>>);
    STATIC_REQUIRE_FALSE(Codable<std::map<int, std::string>>);
    STATIC_REQUIRE_FALSE(Codable<char>);
    STATIC_REQUIRE_FALSE(Codable<wchar_t>);
    STATIC_REQUIRE_FALSE(Codable<char const*>);
    STATIC_REQUIRE_FALSE(Codable<Color>);
    STATIC_REQUIRE(TextCodable<Percent>);
    STATIC_REQUIRE_FALSE(TextCodable<std::vector<int>>);
    STATIC_REQUIRE_FALSE(TextCodable<Inner>);
}
