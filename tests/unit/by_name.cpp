// SPDX-License-Identifier: Apache-2.0
// Looking up by name: what is asked, and what really has the name.
#include <openstack/by_name.hpp>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace openstack;
using detail::has_name, detail::queries_by_name;

namespace {

struct Filtered {
    static constexpr ResourceInfo resource{.service = "test", .path = "/v2/things"};
    Field<std::string> id{};
    Field<std::string, Filterable<Eq>, OperatorPrefix> name{};
    Field<bool, Wire<"os_hidden">, Filterable<Eq>, HiddenWhen<true>> is_hidden{};
    BOOST_DESCRIBE_CLASS(Filtered, (), (id, name, is_hidden), (), ())
};
/// The wire name counts, not the member's.
struct Unfiltered {
    static constexpr ResourceInfo resource{.service = "test", .path = "/v2/things"};
    Field<std::string> name_of_owner{};
    Field<std::string, Wire<"other">, Filterable<Eq>> name{};
    Field<std::string, Wire<"name">> title{};
    BOOST_DESCRIBE_CLASS(Unfiltered, (), (name_of_owner, name, title), (), ())
};
struct Nameless {
    static constexpr ResourceInfo resource{.service = "test", .path = "/v2/things"};
    Field<std::string> id{};
    Field<int, Wire<"name">> number{};
    Field<bool, Filterable<Eq>, HiddenWhen<true>> is_hidden{};
    BOOST_DESCRIBE_CLASS(Nameless, (), (id, number, is_hidden), (), ())
};

template<class T>
std::vector<std::string> queries(std::string const& name) {
    std::vector<std::string> texts;
    for (Query<T> const& each : queries_by_name<T>(name)) texts.push_back(each.to_string());
    return texts;
}

}  // namespace

TEST_CASE("The service is asked for the name, and for what it hides", "[by_name]") {
    CHECK(queries<Filtered>("ubuntu:22.04") ==
          std::vector<std::string>{"name=eq%3Aubuntu%3A22.04", "name=eq%3Aubuntu%3A22.04&os_hidden=true"});
}

TEST_CASE("A service that can't filter by name is asked for everything", "[by_name]") {
    CHECK(queries<Unfiltered>("x") == std::vector<std::string>{""});
}

TEST_CASE("A resource without a name isn't asked for by name", "[by_name]") {
    CHECK(queries<Nameless>("x").empty());
    CHECK_FALSE(has_name(Nameless{.id = "x"}, "x"));
    CHECK_FALSE(has_name(Nameless{.number = 4}, "4"));
}

TEST_CASE("Names are the same byte by byte", "[by_name]") {
    CHECK(has_name(Filtered{.name = "a b"}, "a b"));
    CHECK_FALSE(has_name(Filtered{.name = "A b"}, "a b"));
    CHECK_FALSE(has_name(Filtered{.name = "a b "}, "a b"));
    CHECK_FALSE(has_name(Filtered{.name = null}, ""));
    CHECK_FALSE(has_name(Filtered{}, ""));
    CHECK_FALSE(has_name(Filtered{.id = "a"}, "a"));
    CHECK(has_name(Unfiltered{.name_of_owner = "b", .name = "c", .title = "a"}, "a"));
    CHECK_FALSE(has_name(Unfiltered{.name_of_owner = "a", .name = "a"}, "a"));
}
