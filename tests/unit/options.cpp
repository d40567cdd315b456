// SPDX-License-Identifier: Apache-2.0
// Options of a field: each is found among the others, and says what it holds.
#include <openstack/options.hpp>

#include <catch2/catch.hpp>
#include <string>

using namespace openstack;

TEST_CASE("Options are asked one by one", "[options]") {
    using List = OptionList<Wire<"owner">, Filterable<Eq, In>, OperatorPrefix, Sortable, CreateOnly>;
    STATIC_REQUIRE(List::is_consistent);
    STATIC_REQUIRE(List::has<Sortable>);
    STATIC_REQUIRE(List::has<CreateOnly>);
    STATIC_REQUIRE(List::has<OperatorPrefix>);
    STATIC_REQUIRE_FALSE(List::has<ReadOnly>);
    STATIC_REQUIRE_FALSE(List::has<AsText>);
    STATIC_REQUIRE(List::is_filterable);
    STATIC_REQUIRE(List::has_operator<Eq>);
    STATIC_REQUIRE(List::has_operator<In>);
    STATIC_REQUIRE_FALSE(List::has_operator<Gt>);
    STATIC_REQUIRE(List::text<Wire>() == "owner");
    STATIC_REQUIRE(List::text<WriteAs>().empty());
    STATIC_REQUIRE_FALSE(List::is_header);
}

TEST_CASE("A field without options has none of their properties", "[options]") {
    STATIC_REQUIRE(OptionList<>::is_consistent);
    STATIC_REQUIRE_FALSE(OptionList<>::is_filterable);
    STATIC_REQUIRE_FALSE(OptionList<>::is_header);
    STATIC_REQUIRE_FALSE(OptionList<>::has_operator<Eq>);
    STATIC_REQUIRE(OptionList<>::text<Wire>().empty());
}

TEST_CASE("Texts of different options aren't mixed up", "[options]") {
    using List = OptionList<Wire<"a">, WriteAs<"b">, QueryName<"c">, Filterable<Eq>>;
    STATIC_REQUIRE(List::text<Wire>() == "a");
    STATIC_REQUIRE(List::text<WriteAs>() == "b");
    STATIC_REQUIRE(List::text<QueryName>() == "c");
    STATIC_REQUIRE(List::text<Header>().empty());
    STATIC_REQUIRE(OptionList<Header<"X-Store">>::is_header);
    STATIC_REQUIRE(OptionList<Header<"X-Store">>::text<Header>() == "X-Store");
}

TEST_CASE("Options of all kinds go together where they don't contradict", "[options]") {
    STATIC_REQUIRE(OptionList<Wire<"a">, WriteAs<"a">, QueryName<"a">, CreateOnly, AsText, Sortable, HiddenWhen<0>,
                              Filterable<Eq, Eq, Neq>, OperatorPrefix>::is_consistent);
    STATIC_REQUIRE(OptionList<Wire<"a">, ReadOnly, QueryOnly, Filterable<Lte>, MinMax>::is_consistent);
    STATIC_REQUIRE(OptionList<Wire<"a">, Header<"X-A">, CreateOnly>::is_consistent);
}

TEST_CASE("The value that hides a resource is shown to a visitor", "[options]") {
    int calls = 0;
    auto const count = [&](auto) { ++calls; };
    OptionList<ReadOnly>::visit_hidden(count);
    CHECK(calls == 0);

    bool seen = false;
    OptionList<Filterable<Eq>, HiddenWhen<true>>::visit_hidden([&](auto value) { seen = value; });
    CHECK(seen);
    int number = 0;
    OptionList<HiddenWhen<7>, Filterable<Eq>, Sortable>::visit_hidden([&](auto value) { number = value; });
    CHECK(number == 7);
}
