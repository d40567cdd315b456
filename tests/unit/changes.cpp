// SPDX-License-Identifier: Apache-2.0
// Changes: what an update wants, what it may not want, and what a merge sends of it.
// Peers' tests of this: openstacksdk's test_resource.py on what is dirty, for services that take the changed members by
// PATCH or all by PUT.
#include <openstack/changes.hpp>

#include <catch2/catch.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <openstack/from_json.hpp>
#include <string>
#include <vector>

#include "../support/thrown.hpp"

using namespace openstack;
using detail::check_changes, detail::to_changes_body, detail::with_changes;
using support::thrown;

namespace {

struct Thing {
    static constexpr ResourceInfo resource{.service = "test", .path = "/v1/things", .update = Update::merge};
    Field<std::string, CreateOnly> id{};
    Field<std::string> name{};
    Field<bool, Wire<"on">> is_on{};
    Field<int, AsText, WriteAs<"numeral">> number{};
    Field<std::vector<std::string>> tags{};
    Field<std::string, Header<"X-Store">> store{};
    Field<std::uint64_t, ReadOnly> size{};
    Properties properties{};

    void rename() { name = "x"; }

    bool operator==(Thing const&) const = default;
    BOOST_DESCRIBE_CLASS(Thing, (), (id, name, is_on, number, tags, store, size, properties), (), ())
};
struct EditOfAny {
    void operator()(Thing& thing) const { thing.name = "x"; }
    void operator()(Thing&& thing) const { thing.name = "y"; }
};
struct Project {
    static constexpr ResourceInfo resource{
        .service = "identity", .path = "/v3/projects", .key = "project", .update = Update::merge};
    Field<std::string, ReadOnly> id{};
    Field<std::string> name{};
    BOOST_DESCRIBE_CLASS(Project, (), (id, name), (), ())
};

struct Limits {
    Field<int> cores{};
    Field<int, AsText, Wire<"memory">> ram{};
    Field<std::string, ReadOnly> state{};
    Field<std::map<std::string, std::string>> hints{};
    int version = 1;
    Properties others{};

    bool operator==(Limits const&) const = default;
    BOOST_DESCRIBE_CLASS(Limits, (), (cores, ram, state, hints, version, others), (), ())
};
/// Its fields hold objects; `How` says what the service makes of what it is sent.
template<Update How>
struct Nest {
    static constexpr ResourceInfo resource{.service = "test", .path = "/v1/nests", .update = How};
    Field<std::string, ReadOnly> id{};
    Field<std::map<std::string, int>> counts{};
    Field<std::map<std::string, std::map<std::string, int>>> tables{};
    Field<Properties> metadata{};
    Field<Limits> limits{};
    Field<std::vector<Limits>> history{};

    bool operator==(Nest const&) const = default;
    BOOST_DESCRIBE_CLASS(Nest, (), (id, counts, tables, metadata, limits, history), (), ())
};

Thing const before = from_json<Thing>(
    R"({"id": "i", "name": "n", "on": true, "number": "4", "tags": ["a"], "size": 5, "p": "1", "q": "2", "raw": 3})");

std::string refused(auto edit) {
    Thing after = before;
    edit(after);
    return thrown<InvalidRequest>([&] { check_changes(before, after); });
}
std::string merge(auto edit) {
    Thing after = before;
    edit(after);
    return to_changes_body(before, after);
}
template<Update How>
std::string change_nest(auto edit) {
    auto const old = from_json<Nest<How>>(R"({"counts": {"a": 1, "b": 2}, "tables": {"x": {"a": 1, "b": 2}, "y": {}},
        "metadata": {"a": "1", "b": "2", "raw": [3]},
        "limits": {"cores": 4, "memory": "8", "state": "on", "hints": {"a": "1", "b": "2"}, "version": 2, "p": "q"},
        "history": [{"cores": 1, "memory": "2", "version": 3}]})");
    Nest<How> after = old;
    edit(after);
    return to_changes_body(old, after);
}
std::string merge_nest(auto edit) { return change_nest<Update::merge>(edit); }

}  // namespace

TEST_CASE("An edit takes its resource by a reference that it can be changed through", "[changes]") {
    auto const edits_nothing = []<class Edit>(Edit&&) { return detail::edits_nothing<Thing, Edit>(); };
    CHECK_FALSE(edits_nothing([](Thing& t) { t.name = "x"; }));
    CHECK_FALSE(edits_nothing([](auto& t) { t.name = "x"; }));
    CHECK_FALSE(edits_nothing([](auto&& t) { t = {.name = "x"}; }));
    CHECK_FALSE(edits_nothing([n = 0](Thing& t) mutable { t.number = ++n; }));
    CHECK_FALSE(edits_nothing([](Thing& t, int = 0) { return t.name = "x"; }));
    CHECK_FALSE(edits_nothing(std::function<void(Thing&)>{}));
    CHECK_FALSE(edits_nothing(static_cast<void (*)(Thing&)>(nullptr)));
    CHECK_FALSE(edits_nothing(&Thing::rename));
    CHECK_FALSE(edits_nothing(EditOfAny{}));
    CHECK_FALSE(edits_nothing([](auto&& t) { t.name = openstack::to_json(t); }));  // only of what is described
    CHECK_FALSE(edits_nothing([](auto&& t) { t = std::vector{t}.front(); }));      // only of what can be copied

    CHECK(edits_nothing([](Thing t) { t.name = "x"; }));
    CHECK(edits_nothing([](Thing const t) { return t; }));
    CHECK(edits_nothing([](Thing t) mutable noexcept { t.name = "x"; }));
    CHECK(edits_nothing([](Thing const&) {}));
    CHECK(edits_nothing(std::function<void(Thing)>{}));
    CHECK(edits_nothing(static_cast<void (*)(Thing)>(nullptr)));
}

TEST_CASE("What is set is taken over, the rest stays", "[changes]") {
    CHECK(with_changes(before, {}) == before);
    Thing const after = with_changes(before, {.name = "m", .tags = null});
    CHECK(after.name == "m");
    CHECK(after.tags.is_null());
    CHECK(after.is_on == true);
    CHECK(after.number == 4);
    CHECK(after.properties == before.properties);
}

TEST_CASE("Properties are added or replaced, none is removed", "[changes]") {
    Thing const after = with_changes(before, {.properties = {{"q", "3"}, {"r", "4"}}});
    CHECK(after.properties.size() == 3);
    CHECK(after.properties.at("p") == "1");
    CHECK(after.properties.at("q") == "3");
    CHECK(after.properties.at("r") == "4");
    CHECK(after.properties.raw().at("raw") == "3");
}

TEST_CASE("What only the service sets is passed over", "[changes]") {
    Thing const other = from_json<Thing>(R"({"size": 6, "name": "m"})");
    Thing const after = with_changes(before, other);
    CHECK(after.size == 5);
    CHECK(after.name == "m");
    CHECK(with_changes(before, before) == before);
}

TEST_CASE("A field that no update can change is refused, unless it is the same", "[changes]") {
    CHECK_NOTHROW(check_changes(before, before));
    CHECK_NOTHROW(check_changes(before, with_changes(before, {.id = "i", .name = "m"})));
    CHECK_NOTHROW(check_changes(before, from_json<Thing>(R"({"id": "i", "size": 6})")));
    CHECK(refused([](Thing& t) { t.id = "j"; }) == "an update can't change 'id'");
    CHECK(refused([](Thing& t) { t.id = null; }) == "an update can't change 'id'");
    CHECK(refused([](Thing& t) { t.id.reset(); }) == "an update can't change 'id'");
    CHECK(refused([](Thing& t) { t.store = "fast"; }) == "an update can't change 'store'");
}

TEST_CASE("A merge has what differs, under the names that the service wants", "[changes]") {
    CHECK(merge([](Thing&) {}) == "{}");
    CHECK(merge([](Thing& t) { t.name = "m"; }) == R"({"name":"m"})");
    CHECK(merge([](Thing& t) { t.is_on = false; }) == R"({"on":false})");
    CHECK(merge([](Thing& t) { t.number = 5; }) == R"({"numeral":"5"})");
    CHECK(merge([](Thing& t) { t.tags->push_back("b"); }) == R"({"tags":["a","b"]})");
    CHECK(merge([](Thing& t) { t.id = "j"; }) == "{}");
    CHECK(to_changes_body(Project{.name = "a"}, Project{.name = "b"}) == R"({"project":{"name":"b"}})");
    CHECK(to_changes_body(Project{.name = "a"}, Project{.name = "a"}) == R"({"project":{}})");
}

TEST_CASE("In a merge null stands for what is cleared and for what is gone", "[changes]") {
    CHECK(merge([](Thing& t) { t.name = null; }) == R"({"name":null})");
    CHECK(merge([](Thing& t) { t.name.reset(); }) == R"({"name":null})");
    CHECK(merge([](Thing& t) { t.properties.erase("p"); }) == R"({"p":null})");
    CHECK(to_changes_body(Thing{}, Thing{.name = null}) == R"({"name":null})");
}

TEST_CASE("A merge says what is gone from an object in a field, and repeats what stays", "[changes]") {
    CHECK(merge_nest([](auto& n) { n.counts->erase("a"); }) == R"({"counts":{"a":null,"b":2}})");
    CHECK(merge_nest([](auto& n) { n.counts = {{"b", 3}, {"c", 4}}; }) == R"({"counts":{"a":null,"b":3,"c":4}})");
    CHECK(merge_nest([](auto& n) { n.counts = {}; }) == R"({"counts":{"a":null,"b":null}})");
    CHECK(merge_nest([](auto& n) { n.counts = null; }) == R"({"counts":null})");
    CHECK(merge_nest([](auto& n) { n.counts.reset(); }) == R"({"counts":null})");
    CHECK(merge_nest([](auto& n) { n.tables->at("x").erase("a"); }) == R"({"tables":{"x":{"a":null,"b":2},"y":{}}})");
    CHECK(merge_nest([](auto& n) {
              n.tables = {{"z", {{"a", 1}}}};
          }) == R"({"tables":{"x":null,"y":null,"z":{"a":1}}})");
}

TEST_CASE("A merge says which texts and other values are gone from properties in a field", "[changes]") {
    CHECK(merge_nest([](auto& n) { n.metadata->erase("a"); }) == R"({"metadata":{"a":null,"b":"2","raw":[3]}})");
    CHECK(merge_nest([](auto& n) { (*n.metadata)["raw"] = "x"; }) == R"({"metadata":{"a":"1","b":"2","raw":"x"}})");
    CHECK(merge_nest([](auto& n) {
              n.metadata = Properties{{"a", "3"}};
          }) == R"({"metadata":{"b":null,"raw":null,"a":"3"}})");
}

TEST_CASE("A merge goes on in a struct that a field holds, but not in a list", "[changes]") {
    std::string const rest = R"("memory":"8","state":"on",)";
    CHECK(merge_nest([](auto& n) { n.limits->cores.reset(); }) ==
          R"({"limits":{"cores":null,)" + rest + R"("hints":{"a":"1","b":"2"},"version":2,"p":"q"}})");
    CHECK(merge_nest([](auto& n) { n.limits->hints->erase("b"); }) ==
          R"({"limits":{"cores":4,)" + rest + R"("hints":{"b":null,"a":"1"},"version":2,"p":"q"}})");
    CHECK(merge_nest([](auto& n) {
              n.limits->others = {{"r", "s"}};
          }) == R"({"limits":{"cores":4,)" + rest + R"("hints":{"a":"1","b":"2"},"version":2,"p":null,"r":"s"}})");
    CHECK(merge_nest([](auto& n) { n.limits = Limits{.ram = 9}; }) ==
          R"({"limits":{"cores":null,"memory":"9","hints":null,"version":1,"p":null}})");
    CHECK(thrown<InvalidRequest>([] { merge_nest([](auto& n) { n.limits->others["cores"] = "x"; }); }) ==
          "the property 'cores' has the name of a field: set the field");
    CHECK(merge_nest([](auto& n) { n.history->front().cores.reset(); }) ==
          R"({"history":[{"memory":"2","version":3}]})");
    CHECK(to_changes_body<Nest<Update::merge>>({}, {.limits = Limits{.cores = 1}}) ==
          R"({"limits":{"cores":1,"version":1}})");
}

TEST_CASE("Where a service replaces what it is sent, nothing stands for what is gone in it", "[changes]") {
    auto const change = [](auto edit) { return change_nest<Update::put_changes>(edit); };
    CHECK(change([](auto& n) { n.counts->erase("a"); }) == R"({"counts":{"b":2}})");
    CHECK(change([](auto& n) { n.metadata->erase("a"); }) == R"({"metadata":{"b":"2","raw":[3]}})");
    CHECK(change([](auto& n) { n.limits = Limits{.ram = 9}; }) == R"({"limits":{"memory":"9","version":1}})");
    CHECK(change([](auto& n) { n.counts.reset(); }) == R"({"counts":null})");
}

TEST_CASE("Of the properties a merge has those that differ", "[changes]") {
    CHECK(merge([](Thing& t) { t.properties["q"] = "3"; }) == R"({"q":"3"})");
    CHECK(merge([](Thing& t) { t.properties["r"] = ""; }) == R"({"r":""})");
    CHECK(merge([](Thing& t) { t.properties["raw"] = "4"; }) == R"({"raw":"4"})");
    for (std::string const name : {"name", "on", "numeral"}) {
        Thing after = before;
        after.properties[name] = "x";
        CHECK(thrown<InvalidRequest>([&] { static_cast<void>(to_changes_body(before, after)); }) ==
              "the property '" + name + "' has the name of a field: set the field");
    }
}
