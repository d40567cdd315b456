// SPDX-License-Identifier: Apache-2.0
// Field: its three states, and std::optional's vocabulary over them.
// Peers' tests of this: openstacksdk's test_fields.py.
#include <catch2/catch.hpp>
#include <concepts>
#include <cstdint>
#include <map>
#include <openstack/field.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using namespace openstack;

namespace {

using Name = Field<std::string>;
using Tags = Field<std::vector<std::string>>;

template<class F>
void check_state(F const& field, bool is_unset, bool is_null, bool has_value) {
    CHECK(field.is_unset() == is_unset);
    CHECK(field.is_null() == is_null);
    CHECK((field == null) == is_null);
    CHECK(field.has_value() == has_value);
    CHECK(static_cast<bool>(field) == has_value);
}

template<class F, class Other>
concept TakesInstead = requires(F const& field, Other const& other) {
    field.value_or(other);
};

}  // namespace

TEST_CASE("A field is unset, null or a value", "[field]") {
    Name name;
    check_state(name, true, false, false);
    name = null;
    check_state(name, false, true, false);
    name = "a";
    check_state(name, false, false, true);
    name = null;
    check_state(name, false, true, false);
    name.reset();
    check_state(name, true, false, false);
    name = "";
    check_state(name, false, false, true);
}

TEST_CASE("A value is read as from an optional", "[field]") {
    Name name = "abc";
    CHECK(*name == "abc");
    CHECK(name.value() == "abc");
    CHECK(name->size() == 3);
    CHECK(name.value_or("x") == "abc");
    *name += "d";
    name->push_back('e');
    name.value() += 'f';
    CHECK(name == "abcdef");
}

TEST_CASE("Where there is no value, asking for it throws", "[field]") {
    Name const name = GENERATE(as<Name>{}, Name{}, Name{null});
    CHECK_THROWS_AS(*name, std::bad_optional_access);
    CHECK_THROWS_AS(name.value(), std::bad_optional_access);
    CHECK_THROWS_AS(name->size(), std::bad_optional_access);
    CHECK(name.value_or("x") == "x");
    Name changeable = name;
    CHECK_THROWS_AS(*changeable, std::bad_optional_access);
    CHECK_THROWS_AS(changeable.value(), std::bad_optional_access);
    CHECK_THROWS_AS(changeable->size(), std::bad_optional_access);
}

TEST_CASE("What was there before leaves no trace", "[field]") {
    Name name = "abc";
    name.reset();
    CHECK(name == Name{});
    name = "abc";
    name = null;
    CHECK(name == Name{null});
    CHECK(Name{null} != Name{});
}

TEST_CASE("Fields compare with fields of their kind and with values", "[field]") {
    CHECK(Name{"a"} == Name{"a"});
    CHECK(Name{"a"} != Name{"b"});
    CHECK(Name{""} != Name{});
    CHECK(Name{""} != Name{null});
    CHECK(Name{"a"} == std::string{"a"});
    CHECK(std::string_view{"a"} == Name{"a"});
    CHECK("b" != Name{"a"});
    CHECK_FALSE(Name{} == "");
    CHECK_FALSE(Name{null} == "");
    CHECK(Field<bool>{false} == false);
    CHECK_FALSE(Field<bool>{} == false);
    CHECK_FALSE(Field<int>{} == 0);
}

TEST_CASE("Integers of other types compare by their value", "[field]") {
    CHECK(Field<std::uint64_t>{5} == 5);
    CHECK_FALSE(Field<std::uint64_t>{std::uint64_t{0xffffffffffffffff}} == -1);
    CHECK_FALSE(Field<std::int32_t>{-1} == 0xffffffffU);
    CHECK(Field<std::int32_t>{-1} == -1L);
}

TEST_CASE("An integer must fit", "[field]") {
    CHECK_THROWS_AS(Field<std::int32_t>{std::int64_t{1} << 40}, InvalidRequest);
    CHECK_THROWS_AS(Field<std::uint64_t>{-1}, InvalidRequest);
    CHECK_THROWS_AS(Field<std::uint8_t>{256}, InvalidRequest);
    CHECK(Field<std::uint8_t>{255} == 255);
    Field<std::int8_t> small = 5;
    CHECK_THROWS_AS(small = 128, InvalidRequest);
    CHECK(small == 5);
}

TEST_CASE("Neither bool nor characters are numbers", "[field]") {
    STATIC_REQUIRE((WireNumber<signed char> && WireNumber<std::uint64_t> && WireNumber<float>));
    STATIC_REQUIRE_FALSE((WireNumber<bool> || WireNumber<char> || WireNumber<char8_t> || WireNumber<std::string>));
}

TEST_CASE("What stands for a missing value is taken as an assignment takes it", "[field]") {
    Field<std::int8_t> small;
    CHECK(small.value_or(std::int64_t{5}) == 5);
    CHECK_THROWS_AS(small.value_or(128), InvalidRequest);
    CHECK_THROWS_AS(Field<std::uint64_t>{null}.value_or(-1), InvalidRequest);
    small = 7;
    CHECK(small.value_or(128) == 7);
    CHECK(Field<double>{}.value_or(2) == 2.0);
    CHECK(Name{}.value_or(std::string_view{"x"}) == "x");
    CHECK((Field<bool, ReadOnly>{}.value_or(true)));
    STATIC_REQUIRE(TakesInstead<Tags, std::vector<std::string>>);
    STATIC_REQUIRE_FALSE(TakesInstead<Tags, int>);
    STATIC_REQUIRE_FALSE(TakesInstead<Name, int>);
    STATIC_REQUIRE_FALSE(TakesInstead<Name, Null>);
    STATIC_REQUIRE_FALSE(TakesInstead<Name, Name>);
}

TEST_CASE("Lists and maps take braces", "[field]") {
    Tags tags = {"a", "b"};
    CHECK(tags == std::vector<std::string>{"a", "b"});
    tags = {"c"};
    CHECK(tags->size() == 1);
    tags = {};
    CHECK(tags.has_value());
    CHECK(tags->empty());
    Field<std::map<std::string, int>> const map = {{"a", 1}, {"b", 2}};
    CHECK(map->at("b") == 2);
}

TEST_CASE("A read-only field is read, copied and compared, not changed", "[field]") {
    using Status = Field<std::string, ReadOnly>;
    Status status;
    FieldAccess::storage(status) = {"active", detail::FieldState::has_value};
    CHECK(status == "active");
    CHECK(*status == "active");
    Status copy;
    copy = status;
    CHECK(copy == status);
    STATIC_REQUIRE(std::same_as<decltype(*copy), std::string const&>);
    STATIC_REQUIRE(std::same_as<decltype(copy.value()), std::string const&>);
    STATIC_REQUIRE(std::same_as<decltype(copy.operator->()), std::string const*>);
}

TEST_CASE("A field moves without throwing, and takes only what fits its type", "[field]") {
    STATIC_REQUIRE(std::is_nothrow_default_constructible_v<Name>);
    STATIC_REQUIRE(std::is_nothrow_move_constructible_v<Name>);
    STATIC_REQUIRE(std::is_nothrow_move_assignable_v<Name>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<Tags, int>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<Name, int>);
    STATIC_REQUIRE_FALSE(std::is_assignable_v<Name&, std::vector<std::string>>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<Name, bool>);
    Name name = "a text that is longer than any string object";
    Name const taken = std::move(name);
    CHECK(taken == "a text that is longer than any string object");
}
