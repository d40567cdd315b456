// SPDX-License-Identifier: Apache-2.0
// Conditions: what each operator of each kind of field is in a query.
// Peers' tests of this: glanceclient's filters of test_images.py with their encoding; gophercloud's TestImageDateQuery
// and TestImageListByTags.
#include <openstack/where.hpp>

#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "../support/thrown.hpp"

using namespace openstack;
using support::thrown, support::throws_exactly;

namespace {

enum class Colour { red, dark_blue };
BOOST_DESCRIBE_ENUM(Colour, red, dark_blue)

struct Thing {
    Field<std::string, Filterable<Eq, In>, OperatorPrefix> name{};
    Field<std::string, Filterable<Eq, In>> id{};
    Field<std::string, Wire<"owner">, Filterable<Eq>> owner_id{};
    Field<bool, Filterable<Eq, In>> enabled{};
    Field<std::uint64_t, Filterable<Eq, In, Gte, Lte>, MinMax> size{};
    Field<std::int8_t, Filterable<Eq, In>, QueryName<"level">> depth{};
    Field<double, Filterable<Eq>> ratio{};
    Field<Open<Colour>, Filterable<Eq, In>, OperatorPrefix> colour{};
    Field<Timestamp, ReadOnly, Filterable<Eq, Neq, Gt, Gte, Lt, Lte>, OperatorPrefix> made_at{};
    Field<std::vector<std::string>, Filterable<Contains>, QueryName<"tag">> tags{};
    Field<std::vector<std::string>, Filterable<In, Contains>, CommaSeparated, QueryName<"tags-any">> any_tags{};
    BOOST_DESCRIBE_CLASS(Thing, (), (name, id, owner_id, enabled, size, depth, ratio, colour, made_at, tags, any_tags),
                         (), ())
};

inline constexpr char const* disk_buses[]{"scsi", "virtio"};
inline constexpr PropertyKey<OneOf<disk_buses>> disk_bus{"hw_disk_bus"};

using Parameters = std::vector<QueryParameter>;

Parameters one(std::string key, std::string value) { return {{std::move(key), std::move(value)}}; }

std::string refusal(auto condition) {
    return thrown<InvalidRequest>([&] { static_cast<void>(condition()); });
}

}  // namespace

TEST_CASE("A field without an option is compared by its bare value", "[where]") {
    CHECK((where<&Thing::id> == "a").parameters == one("id", "a"));
    CHECK((where<&Thing::owner_id> == std::string{"a b"}).parameters == one("owner", "a b"));
    CHECK((where<&Thing::owner_id> == std::string_view{"gt:1"}).parameters == one("owner", "gt:1"));
    CHECK((where<&Thing::owner_id> == "").parameters == one("owner", ""));
    CHECK((where<&Thing::enabled> == true).parameters == one("enabled", "true"));
    CHECK((where<&Thing::enabled> == false).parameters == one("enabled", "false"));
    CHECK((where<&Thing::ratio> == 0.5).parameters == one("ratio", "0.5"));
    CHECK((where<&Thing::depth> == -3).parameters == one("level", "-3"));
}

TEST_CASE("The operator stands before the value where the declaration says so", "[where][row:110]") {
    CHECK((where<&Thing::name> == "ubuntu:22.04").parameters == one("name", "eq:ubuntu:22.04"));
    CHECK((where<&Thing::name> == "in:x").parameters == one("name", "eq:in:x"));
    CHECK((where<&Thing::colour> == Colour::dark_blue).parameters == one("colour", "eq:dark_blue"));
    CHECK((where<&Thing::colour> == Open<Colour>::from_text("mauve")).parameters == one("colour", "eq:mauve"));

    Timestamp const time = *Timestamp::parse("2026-11-21T10:11:12Z");
    std::string const text = "2026-11-21T10:11:12Z";
    CHECK((where<&Thing::made_at> == time).parameters == one("made_at", "eq:" + text));
    CHECK((where<&Thing::made_at> != time).parameters == one("made_at", "neq:" + text));
    CHECK((where<&Thing::made_at> < time).parameters == one("made_at", "lt:" + text));
    CHECK((where<&Thing::made_at> <= time).parameters == one("made_at", "lte:" + text));
    CHECK((where<&Thing::made_at> > time).parameters == one("made_at", "gt:" + text));
    CHECK((where<&Thing::made_at> >= time).parameters == one("made_at", "gte:" + text));
}

TEST_CASE("Ranges are keys of their own where the declaration says so", "[where]") {
    CHECK((where<&Thing::size> == 1).parameters == one("size", "1"));
    CHECK((where<&Thing::size> >= 1).parameters == one("size_min", "1"));
    CHECK((where<&Thing::size> <= 2).parameters == one("size_max", "2"));
    CHECK((where<&Thing::size> <= (std::numeric_limits<std::uint64_t>::max)()).parameters ==
          one("size_max", "18446744073709551615"));
}

TEST_CASE("A list is asked for the values that it holds", "[where]") {
    CHECK(where<&Thing::tags>.contains("a,b").parameters == one("tag", "a,b"));
}

TEST_CASE("A number that the field can't hold is refused", "[where]") {
    std::string const sentence = "a number doesn't fit the type of its field";
    CHECK(refusal([] { return where<&Thing::size> == -1; }) == sentence);
    CHECK(refusal([] { return where<&Thing::size> >= -1; }) == sentence);
    CHECK(refusal([] { return where<&Thing::depth> == 128; }) == sentence);
    CHECK(refusal([] { return where<&Thing::size>.in(std::vector<int>{1, -1}); }) == sentence);
    CHECK(refusal([] { return where<&Thing::depth>.in(std::vector<int>{-129}); }) == sentence);
}

TEST_CASE("One of several values is one list, or the key once more for each", "[where]") {
    CHECK(where<&Thing::name>.in({"a", "b c"}).parameters == one("name", "in:a,b c"));
    CHECK(where<&Thing::colour>.in({Colour::red, Colour::dark_blue}).parameters == one("colour", "in:red,dark_blue"));
    CHECK(where<&Thing::id>.in({"a,b", "\"c"}).parameters == Parameters{{"id", "a,b"}, {"id", "\"c"}});
    CHECK(where<&Thing::size>.in({1, 2}).parameters == Parameters{{"size", "1"}, {"size", "2"}});
    CHECK(where<&Thing::depth>.in(std::vector<int>{-1, 2}).parameters == Parameters{{"level", "-1"}, {"level", "2"}});
}

TEST_CASE("The values come from any range", "[where]") {
    CHECK(where<&Thing::name>.in(std::vector<std::string>{"a", "b"}).parameters == one("name", "in:a,b"));
    CHECK(where<&Thing::name>.in(std::list<std::string_view>{"a"}).parameters == one("name", "in:a"));
    char const* const names[] = {"x", "y"};
    CHECK(where<&Thing::name>.in(names).parameters == one("name", "in:x,y"));
    CHECK(where<&Thing::enabled>.in(std::vector<bool>{true}).parameters == one("enabled", "true"));
}

TEST_CASE("Values of a list are quoted where they need it", "[where][row:110]") {
    CHECK(where<&Thing::name>.in({"a,b", "c"}).parameters == one("name", R"(in:"a,b",c)"));
    CHECK(where<&Thing::name>.in({"", "c"}).parameters == one("name", R"(in:"",c)"));
    CHECK(where<&Thing::name>.in({""}).parameters == one("name", R"(in:"")"));
    CHECK(where<&Thing::name>.in({R"(a\b)", R"(c\)"}).parameters == one("name", R"(in:a\b,c\)"));
    CHECK(where<&Thing::name>.in({R"(a\,b)"}).parameters == one("name", R"(in:"a\,b")"));
    CHECK(where<&Thing::name>.in({"a:b", " c "}).parameters == one("name", "in:a:b, c "));
}

TEST_CASE("What a list can't say is refused", "[where][row:110]") {
    CHECK(refusal([] { return where<&Thing::name>.in({"a\"b"}); }) ==
          "in() can't say 'a\"b' to the service: filter by == instead");
    CHECK(refusal([] {
              return where<&Thing::name>.in({"good", "\""});
          }) == "in() can't say '\"' to the service: filter by == instead");
    CHECK(refusal([] { return where<&Thing::name>.in({"a,b\\"}); }) ==
          "in() can't say 'a,b\\' to the service: filter by == instead");
    CHECK((where<&Thing::name> == "a\"b").parameters == one("name", "eq:a\"b"));
}

TEST_CASE("No value at all is refused, not a filter that everything passes", "[where]") {
    std::string const sentence = "in() needs at least one value";
    CHECK(refusal([] { return where<&Thing::name>.in({}); }) == sentence);
    CHECK(refusal([] { return where<&Thing::name>.in(std::vector<std::string>{}); }) == sentence);
    CHECK(refusal([] { return where<&Thing::id>.in({}); }) == sentence);
}

TEST_CASE("A custom property is compared by its text", "[where]") {
    CHECK((property("os_distro") == "debian").parameter == QueryParameter{"os_distro", "debian"});
    CHECK((property("a b") == std::string{"gt:1"}).parameter == QueryParameter{"a b", "gt:1"});
    WhereProperty const distro = property("os_distro");
    CHECK((distro == "").parameter == QueryParameter{"os_distro", ""});
}

TEST_CASE("A list between commas is one parameter, and has no values with commas", "[where]") {
    CHECK(where<&Thing::any_tags>.in({"a", "b c"}).parameters == one("tags-any", "a,b c"));
    CHECK(where<&Thing::any_tags>.in(std::vector<std::string>{"a"}).parameters == one("tags-any", "a"));
    CHECK(where<&Thing::any_tags>.contains("a").parameters == one("tags-any", "a"));
    CHECK(refusal([] {
              return where<&Thing::any_tags>.in({"a", "b,c"});
          }) == "a filter by a list between commas can't say 'b,c'");
    CHECK(refusal([] { return where<&Thing::any_tags>.contains("a,b"); }) ==
          "a filter by a list between commas can't say 'a,b'");
    CHECK(throws_exactly<InvalidRequest>([] { static_cast<void>(where<&Thing::any_tags>.in({"a", ""})); }));
    CHECK(refusal([] { return where<&Thing::any_tags>.in(std::vector<std::string>{}); }) ==
          "in() needs at least one value");
}

TEST_CASE("The property of a key is compared by the text of a value", "[where]") {
    static constexpr PropertyKey<std::int8_t> slots{"acme_slots"};
    static constexpr PropertyKey<bool> menu{"hw_boot_menu"};
    CHECK((property(slots) == 4).parameter == QueryParameter{"acme_slots", "4"});
    CHECK((property(slots) == -4L).parameter == QueryParameter{"acme_slots", "-4"});
    CHECK((property(menu) == true).parameter == QueryParameter{"hw_boot_menu", "true"});
    CHECK((property(disk_bus) == "virtio").parameter == QueryParameter{"hw_disk_bus", "virtio"});
    CHECK((property(disk_bus) == unlisted("a b")).parameter == QueryParameter{"hw_disk_bus", "a b"});
    CHECK(refusal([] { return property(slots) == 128; }) == "a number doesn't fit the type of its property's key");
}
