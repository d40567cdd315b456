// SPDX-License-Identifier: Apache-2.0
// Queries: their parts in any order, and what they are in a URL.
// Peers' tests of this: glanceclient's sort of test_images.py: one key, several, each with its direction.
#include <openstack/query.hpp>

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "../support/thrown.hpp"

using namespace openstack;
using support::thrown, support::throws_exactly;

namespace {

struct Base {
    Field<std::string, Filterable<Eq>, Sortable> name{};
    Field<std::uint64_t, ReadOnly, Filterable<Gte, Lte>, MinMax, Sortable, QueryName<"bytes">> size{};
    BOOST_DESCRIBE_CLASS(Base, (), (name, size), (), ())
};
struct Thing : Base {
    Field<std::string, Wire<"made">, ReadOnly, Sortable> made_at{};
    Field<std::string, ReadOnly, QueryOnly, Filterable<Eq>> state{};
    Properties properties{};
    BOOST_DESCRIBE_CLASS(Thing, (Base), (made_at, state, properties), (), ())
};

/// The order is said by pairs of parameters, ...
struct Pairs : Base {
    static constexpr ResourceInfo resource{
        .service = "test", .path = "/v2/pairs", .plural = "pairs", .sort = Sort::pairs};
    BOOST_DESCRIBE_CLASS(Pairs, (Base), (), (), ())
};
/// ... or by one pair.
struct OnePair : Base {
    static constexpr ResourceInfo resource{
        .service = "test", .path = "/v2/pairs", .plural = "pairs", .sort = Sort::one_pair};
    BOOST_DESCRIBE_CLASS(OnePair, (Base), (), (), ())
};

template<class R>
std::string refused_property(std::string const& name) {
    return thrown<InvalidRequest>([&] { static_cast<void>(Query<R>{property(name) == "x"}); });
}

}  // namespace

TEST_CASE("A query of nothing asks for everything", "[query]") {
    CHECK(Query<Thing>{}.to_string() == "");
    CHECK(Query<Thing>{}.parameters().empty());
    CHECK_FALSE(Query<Thing>{}.page_size());
    CHECK_FALSE(Query<Thing>{}.max_items());
}

TEST_CASE("Filters keep their order, sort keys are one parameter, the page's size is the limit", "[query][row:110]") {
    Query<Base> const query{page_size(50), asc<&Base::name>,  where<&Base::name> == "a&b=c",
                            max_items(7),  desc<&Base::size>, where<&Base::size> >= 1};
    CHECK(query.conditions() ==
          std::vector<QueryParameter>{{"name", "a&b=c"}, {"bytes_min", "1"}, {"sort", "name:asc,bytes:desc"}});
    CHECK(query.to_string() == "name=a%26b%3Dc&bytes_min=1&sort=name%3Aasc%2Cbytes%3Adesc&limit=50");
    CHECK(query.page_size() == 50);
    CHECK(query.max_items() == 7);
}

TEST_CASE("Sort keys are sent in the form that the service takes", "[query]") {
    CHECK(Query<Pairs>{asc<&Pairs::name>, desc<&Pairs::size>}.to_string() ==
          "sort_key=name&sort_dir=asc&sort_key=bytes&sort_dir=desc");
    CHECK(Query<Pairs>{Query<Pairs>{desc<&Pairs::size>, page_size(2)}, asc<&Pairs::name>}.to_string() ==
          "sort_key=bytes&sort_dir=desc&sort_key=name&sort_dir=asc&limit=2");
    CHECK(Query<OnePair>{desc<&OnePair::name>}.to_string() == "sort_key=name&sort_dir=desc");
}

TEST_CASE("Where the service heeds one sort key, a second one is refused", "[query]") {
    Query<OnePair> const by_name{asc<&OnePair::name>};
    CHECK(thrown<InvalidRequest>([] {
              static_cast<void>(Query<OnePair>{asc<&OnePair::name>, asc<&OnePair::size>});
          }) == "this service sorts by one field");
    CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(Query<OnePair>{by_name, desc<&OnePair::name>}); }));
    CHECK(Query<OnePair>{by_name, page_size(1)}.to_string() == "sort_key=name&sort_dir=asc&limit=1");
}

TEST_CASE("A condition that is given twice is sent twice", "[query]") {
    CHECK(Query<Base>{where<&Base::name> == "a", where<&Base::name> == "b"}.to_string() == "name=a&name=b");
}

TEST_CASE("A page has at least one resource, a listing may have none", "[query]") {
    CHECK(thrown<InvalidRequest>([] { static_cast<void>(Query<Base>{page_size(0)}); }) ==
          "a page has at least one resource");
    CHECK(Query<Base>{max_items(0)}.max_items() == 0);
    CHECK(Query<Base>{max_items(0)}.to_string() == "");
}

TEST_CASE("Queries are put together from queries", "[query]") {
    Query<Base> const first{where<&Base::name> == "a", asc<&Base::name>, page_size(5), max_items(6)};
    Query<Base> const second{where<&Base::size> <= 9, desc<&Base::size>, page_size(7)};
    Query<Base> const both{first, second};
    CHECK(both.to_string() == "name=a&bytes_max=9&sort=name%3Aasc%2Cbytes%3Adesc&limit=7");
    CHECK(both.max_items() == 6);
    CHECK(Query<Base>{second, Query<Base>{}}.to_string() == second.to_string());
    CHECK(Query<Base>{first, max_items(1)}.max_items() == 1);
    Query<Base> copy = first;
    CHECK(Query<Base>{copy}.to_string() == first.to_string());
}

TEST_CASE("A resource with a base is asked by the base's fields, too", "[query]") {
    CHECK(Query<Thing>{where<&Base::name> == "a", where<&Thing::state> == "on", asc<&Thing::made_at>, desc<&Base::name>}
              .to_string() == "name=a&state=on&sort=made%3Aasc%2Cname%3Adesc");
}

TEST_CASE("A custom property is a filter of its own name", "[query][row:110]") {
    CHECK(Query<Thing>{property("os_distro") == "a,b", property("x y") == ""}.to_string() == "os_distro=a%2Cb&x%20y=");
    CHECK(Query<Thing>{property("owner") == "x"}.to_string() == "owner=x");
    CHECK(Query<Thing>{property("name_min") == "x"}.to_string() == "name_min=x");
}

TEST_CASE("What means something else in a query is no property", "[query]") {
    CHECK(refused_property<Thing>("name") == "'name' isn't a custom property: use where<>, asc<>, desc<> or page_size");
    for (std::string const name : {"", "limit", "marker", "sort", "sort_key", "sort_dir", "size", "bytes", "bytes_min",
                                   "bytes_max", "made", "state"})
        CHECK(refused_property<Thing>(name) ==
              "'" + name + "' isn't a custom property: use where<>, asc<>, desc<> or page_size");
}

TEST_CASE("A resource without custom properties isn't asked for them", "[query]") {
    CHECK(refused_property<Base>("os_distro") ==
          "'os_distro' isn't a custom property: use where<>, asc<>, desc<> or page_size");
}
