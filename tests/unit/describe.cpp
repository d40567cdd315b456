// SPDX-License-Identifier: Apache-2.0
// Descriptions: which structs list their members, and what an enumeration's values are called.
#include <catch2/catch.hpp>
#include <openstack/describe.hpp>
#include <string>
#include <string_view>
#include <vector>

using namespace openstack;

namespace {

struct Base {
    int id = 0;
    BOOST_DESCRIBE_CLASS(Base, (), (id), (), ())
};
struct Derived : Base {
    int more = 0;
    BOOST_DESCRIBE_CLASS(Derived, (Base), (more), (), ())
};
struct Empty {
    BOOST_DESCRIBE_CLASS(Empty, (), (), (), ())
};
struct Undescribed {
    int number = 0;
};
/// Its `resource` is something else than the library's.
struct Holder {
    static constexpr std::string_view resource = "image";
};

enum class Colour { red, default_ };
BOOST_DESCRIBE_ENUM(Colour, red, default_)
enum class Nothing {};
BOOST_DESCRIBE_ENUM(Nothing)

}  // namespace

TEST_CASE("A struct is described if it lists its members", "[describe]") {
    STATIC_REQUIRE(Described<Base>);
    STATIC_REQUIRE(Described<Derived>);
    STATIC_REQUIRE(Described<Empty>);
    STATIC_REQUIRE_FALSE(Described<Undescribed>);
    STATIC_REQUIRE_FALSE(Described<Holder>);
    STATIC_REQUIRE_FALSE(Described<int>);
    STATIC_REQUIRE_FALSE(Described<std::string>);
    STATIC_REQUIRE_FALSE(Described<Colour>);
}

TEST_CASE("A list has the members of the bases, too", "[describe]") {
    STATIC_REQUIRE(detail::count(detail::DescribedMembers<Base>{}) == 1);
    STATIC_REQUIRE(detail::count(detail::DescribedMembers<Derived>{}) == 2);
    STATIC_REQUIRE(detail::count(detail::DescribedMembers<Empty>{}) == 0);
    STATIC_REQUIRE(detail::count(detail::DescribedMembers<Undescribed>{}) == 0);
}

TEST_CASE("An enumerator that C++ doesn't allow loses its underscore", "[describe]") {
    STATIC_REQUIRE(EnumEntries<Colour>::list.size() == 2);
    CHECK(EnumEntries<Colour>::list[0].value == Colour::red);
    CHECK(EnumEntries<Colour>::list[0].text == "red");
    CHECK(EnumEntries<Colour>::list[1].text == "default");
    STATIC_REQUIRE(EnumEntries<Nothing>::list.empty());
}
