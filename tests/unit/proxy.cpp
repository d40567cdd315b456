// SPDX-License-Identifier: Apache-2.0
// Proxy: the requests of each operation, byte for byte, and what their answers become.
// Peers' tests of this: openstacksdk's test_resource.py and test_proxy.py of its generic layer (create, get, commit,
// delete with ignore, find, dirty fields); gophercloud's TestCreateImage, TestGetImage, TestDeleteImage.
#include <openstack/proxy.hpp>

#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <openstack/auth/fixed_token.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../support/fake_clock.hpp"
#include "../support/scripted_cloud.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using support::ScriptedCloud, support::thrown, support::throws_exactly;

namespace {

/// Created by POST, changed by JSON patch; everything at the top of the document.
struct Thing {
    static constexpr ResourceInfo resource{.service = "test",
                                           .path = "/v2/things",
                                           .plural = "things",
                                           .update = Update::json_patch,
                                           .page_size = 2,
                                           .patch_type = "application/things-patch"};
    Field<std::string, CreateOnly> id{};
    Field<std::string, Filterable<Eq>, OperatorPrefix> name{};
    Field<bool, Filterable<Eq>, HiddenWhen<true>> hidden{};
    Field<std::vector<std::string>> tags{};
    Field<std::string, ReadOnly> status{};
    Field<std::string, Header<"X-Store">> store{};
    Properties properties{};

    bool operator==(Thing const&) const = default;
    BOOST_DESCRIBE_CLASS(Thing, (), (id, name, hidden, tags, status, store, properties), (), ())
};
/// In an envelope, changed by merge.
struct Project {
    static constexpr ResourceInfo resource{
        .service = "identity", .path = "/v3/projects", .key = "project", .plural = "projects", .update = Update::merge};
    Field<std::string, ReadOnly> id{};
    Field<std::string> name{};
    Field<std::string> description{};

    bool operator==(Project const&) const = default;
    BOOST_DESCRIBE_CLASS(Project, (), (id, name, description), (), ())
};
/// Changed by PUT of its whole state.
struct Namespace {
    static constexpr ResourceInfo resource{
        .service = "test", .path = "/v2/namespaces", .plural = "namespaces", .update = Update::put};
    Field<std::string, CreateOnly, Wire<"namespace">> name{};
    Field<std::string> description{};
    Field<std::string> visibility{};
    Field<std::string, ReadOnly> created_at{};
    Properties properties{};

    bool operator==(Namespace const&) const = default;
    BOOST_DESCRIBE_CLASS(Namespace, (), (name, description, visibility, created_at, properties), (), ())
};
/// Changed by PUT of what has changed.
struct Port {
    static constexpr ResourceInfo resource{
        .service = "test", .path = "/v2.0/ports", .key = "port", .plural = "ports", .update = Update::put_changes};
    Field<std::string, ReadOnly> id{};
    Field<std::string> name{};
    Field<std::string, CreateOnly> network_id{};
    Field<std::vector<std::string>> tags{};

    bool operator==(Port const&) const = default;
    BOOST_DESCRIBE_CLASS(Port, (), (id, name, network_id, tags), (), ())
};
/// Below two others, created and changed by PUT, without get and list.
struct Leaf {
    static constexpr ResourceInfo resource{.service = "test",
                                           .path = "/v1/trees/{tree}/branches/{branch}/leaves",
                                           .key = "leaf",
                                           .create = Create::put,
                                           .update = Update::put,
                                           .get = false,
                                           .list = false};
    Field<std::string, CreateOnly, Wire<"leaf_id">, WriteAs<"leaf">> leaf_id{};
    Field<std::string> colour{};
    Field<int> size{};

    bool operator==(Leaf const&) const = default;
    BOOST_DESCRIBE_CLASS(Leaf, (), (leaf_id, colour, size), (), ())
};

std::string const headers =
    "User-Agent: " + SessionOptions{}.user_agent + "\nAccept: application/json\nX-Auth-Token: the-token\n";

/// The text of a request as ScriptedTransport has it.
std::string request(std::string const& line, std::string const& content_type = {}, std::string const& body = {}) {
    std::string const type = content_type.empty() ? "" : "Content-Type: " + content_type + '\n';
    std::size_t const space = line.find(' ');
    return line.substr(0, space) + " http://cloud" + line.substr(space + 1) + '\n' + type + headers + '\n' + body;
}

Thing const known = from_json<Thing>(
    R"({"id": "i", "name": "n", "hidden": false, "tags": ["a"], "status": "on", "p": "1", "q": "2", "raw": 3})");

std::string last(ScriptedCloud const& cloud) { return cloud.sent().back().text(); }

}  // namespace

TEST_CASE("Create posts what the caller may choose", "[proxy]") {
    ScriptedCloud cloud;
    cloud.expect("POST", "/v2/things", 201, R"({"id": "i", "name": "n", "status": "new"})");
    Thing const made = Proxy<Thing>{cloud.session()}.create(
        {.id = "i", .name = "n", .tags = {"a/b", "\xc3\xa4"}, .store = "fast", .properties = {{"p", "q"}}});
    CHECK(made.status == "new");
    CHECK(made.tags.is_unset());
    CHECK(last(cloud) == request("POST /v2/things", "application/json",
                                 "{\"id\":\"i\",\"name\":\"n\",\"tags\":[\"a/b\",\"\xc3\xa4\"],\"p\":\"q\"}"));
    CHECK(cloud.sent().at(0).is_repeatable);  // it has the id that the client chose

    cloud.expect("POST", "/v2/things", 201, R"({"id": "i"})");
    Proxy<Thing>{cloud.session()}.create(known);
    CHECK(cloud.last_body() == R"({"id":"i","name":"n","hidden":false,"tags":["a"],"p":"1","q":"2"})");
    CHECK(cloud.finish() == "");
}

TEST_CASE("Create uses the envelope, and PUT where the caller names the id", "[proxy]") {
    ScriptedCloud cloud;
    cloud.expect("POST", "/v3/projects", 201, R"({"project": {"id": "p", "name": "n"}})");
    CHECK(Proxy<Project>{cloud.session()}.create({.name = "n"}).id == "p");
    CHECK(last(cloud) == request("POST /v3/projects", "application/json", R"({"project":{"name":"n"}})"));

    Proxy<Leaf> const leaves{cloud.session(), "t", "b"};
    cloud.expect("PUT", "/v1/trees/t/branches/b/leaves/l%201", 200, R"({"leaf": {"leaf_id": "l 1"}})");
    CHECK(leaves.create({.leaf_id = "l 1", .size = 3}).leaf_id == "l 1");
    CHECK(last(cloud) == request("PUT /v1/trees/t/branches/b/leaves/l%201", "application/json",
                                 R"({"leaf":{"leaf":"l 1","size":3}})"));
    CHECK(cloud.sent().back().is_repeatable);
    CHECK(thrown<InvalidRequest>([&] { leaves.create({.size = 3}); }) ==
          "an object of /v1/trees/{tree}/branches/{branch}/leaves has no id");
    CHECK(cloud.finish() == "");
}

TEST_CASE("Get asks for one resource, by id or by object, without a body", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Thing> const things{cloud.session()};
    for (int i = 0; i < 4; ++i) cloud.expect("GET", "/v2/things/i", 200, R"({"id": "i", "name": "n"})");
    CHECK(things.get("i").name == "n");
    CHECK(last(cloud) == request("GET /v2/things/i"));
    CHECK(things.get(std::string{"i"}).name == "n");
    CHECK(things.get(std::string_view{"i"}).name == "n");
    CHECK(things.get(known).name == "n");
    cloud.expect("GET", "/v3/projects/p", 200, R"({"project": {"id": "p"}})");
    CHECK(Proxy<Project>{cloud.session()}.get("p").id == "p");
    cloud.expect("GET", "/v2/things/i", 404, R"({"message": "none"})");
    CHECK(thrown<ResourceNotFound>([&] { static_cast<void>(things.get("i")); }) ==
          "GET http://cloud/v2/things/i: 404: none");
    CHECK(cloud.finish() == "");
}

TEST_CASE("An id is one segment of the path, whatever it holds", "[proxy][row:106]") {
    ScriptedCloud cloud;
    Proxy<Thing> const things{cloud.session()};
    std::vector<std::pair<std::string, std::string>> const ids{
        {"%2e%2e", "%252e%252e"}, {"?x", "%3Fx"},         {"#f", "%23f"},
        {"a b", "a%20b"},         {"\xc3\xa9", "%C3%A9"}, {"...", "..."},
        {"..x", "..x"},           {"a;b=c", "a%3Bb%3Dc"}, {std::string(10'000, 'x'), std::string(10'000, 'x')}};
    for (auto const& [id, segment] : ids) {
        cloud.expect("GET", "/v2/things/" + segment, 200, R"({"id": "x"})");
        cloud.expect("DELETE", "/v2/things/" + segment, 204);
        cloud.expect("PATCH", "/v2/things/" + segment, 200, R"({"id": "x"})");
        static_cast<void>(things.get(id));
        things.remove(id);
        things.update(id, {.name = "n"});
    }
    CHECK(cloud.finish() == "");
}

TEST_CASE("What can't be an id sends nothing", "[proxy][row:106]") {
    ScriptedCloud cloud;
    Proxy<Thing> const things{cloud.session()};
    using namespace std::string_literals;
    for (std::string const& id : {""s, "."s, ".."s, "a/b"s, "../x"s, "a\r\nX: y"s, "a\nb"s, "a\0b"s, "\x7f"s}) {
        CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(things.get(id)); }));
        CHECK(throws_exactly<InvalidRequest>([&] { things.remove(id); }));
        CHECK(throws_exactly<InvalidRequest>([&] { things.update(id, {.name = "n"}); }));
        CHECK(throws_exactly<InvalidRequest>([&] { things.update(id, [](Thing&) {}); }));
        CHECK(throws_exactly<InvalidRequest>([&] { things.patch(id, {}); }));
        CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(Proxy<Leaf>{cloud.session(), "t", id}); }));
    }
    CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(things.get(Thing{.name = "n"})); }));
    CHECK(cloud.sent().empty());
}

TEST_CASE("Placeholders are bound to ids or to objects", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Leaf> const leaves{cloud.session(), known, "b 1"};
    cloud.expect("DELETE", "/v1/trees/i/branches/b%201/leaves/l", 204);
    leaves.remove("l");
    CHECK(leaves.path_of("l") == "/v1/trees/i/branches/b%201/leaves/l");
    CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(Proxy<Leaf>{cloud.session(), Thing{}, "b"}); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("Remove deletes, and doesn't mind what isn't there unless asked to", "[proxy][row:53]") {
    ScriptedCloud cloud;
    Proxy<Thing> const things{cloud.session()};
    cloud.expect("DELETE", "/v2/things/i", 204);
    things.remove(known);
    CHECK(last(cloud) == request("DELETE /v2/things/i"));
    cloud.expect("DELETE", "/v2/things/i", 404);
    CHECK(cloud.sent().back().is_repeatable);
    CHECK_NOTHROW(things.remove("i"));
    cloud.expect("DELETE", "/v2/things/i", 204);
    CHECK_NOTHROW(things.remove("i", must_exist));
    cloud.expect("DELETE", "/v2/things/i", 404);
    CHECK(throws_exactly<ResourceNotFound>([&] { things.remove("i", must_exist); }));
    cloud.expect("DELETE", "/v2/things/i", 403);
    CHECK(throws_exactly<Forbidden>([&] { things.remove("i"); }));
    cloud.expect("DELETE", "/v2/things/i", 410);
    CHECK(throws_exactly<Gone>([&] { things.remove("i"); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("List asks for nothing by itself", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Thing> const things{cloud.session()};
    auto listing = things.list(where<&Thing::name> == "a b", max_items(1));
    CHECK(cloud.sent().empty());
    cloud.expect("GET", "/v2/things?name=eq%3Aa%20b&limit=1", 200, R"({"things": [{"id": "x"}]})");
    CHECK(listing.one().id == "x");
    CHECK(last(cloud) == request("GET /v2/things?name=eq%3Aa%20b&limit=1"));
    cloud.expect("GET", "/v2/things?limit=2", 200, R"({"things": []})");
    CHECK(things.list().all().empty());
    CHECK(cloud.finish() == "");
}

TEST_CASE("Update of an object sends what differs, and doesn't ask before", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Thing> const things{cloud.session()};
    cloud.expect("PATCH", "/v2/things/i", 200, R"({"id": "i", "name": "m"})");
    Thing const after = things.update(
        known, {.name = "m", .hidden = false, .tags = {"a", "b"}, .properties = {{"q", "3"}, {"r", "4"}}});
    CHECK(after.name == "m");
    CHECK(last(cloud) ==
          request("PATCH /v2/things/i", "application/things-patch",
                  R"([{"op":"replace","path":"/name","value":"m"},{"op":"replace","path":"/tags","value":["a","b"]},)"
                  R"({"op":"replace","path":"/q","value":"3"},{"op":"add","path":"/r","value":"4"}])"));
    cloud.expect("PATCH", "/v2/things/i", 200, R"({"id": "i"})");
    things.update(known, {.name = null});
    CHECK(cloud.last_body() == R"([{"op":"replace","path":"/name","value":null}])");
    CHECK(cloud.finish() == "");
}

TEST_CASE("Update of an object that is so already sends nothing", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Thing> const things{cloud.session()};
    CHECK(things.update(known, {}) == known);
    CHECK(things.update(known, {.id = "i", .name = "n", .tags = {"a"}, .properties = {{"p", "1"}}}) == known);
    CHECK(things.update(known, Thing{known}) == known);
    Leaf const leaf{.leaf_id = "l", .size = 1};
    CHECK(Proxy<Leaf>{cloud.session(), "t", "b"}.update(leaf, {.size = 1}) == leaf);
    CHECK(cloud.sent().empty());
}

TEST_CASE("An object can't be its own changes", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Thing> const things{cloud.session()};
    Thing thing = known;
    thing.name = "m";
    CHECK(thrown<InvalidRequest>([&] { things.update(thing, thing); }) ==
          "an object doesn't differ from itself: pass an edit, or its id and the changes");
    CHECK(cloud.sent().empty());
    cloud.expect("PATCH", "/v2/things/i", 200, R"({"id": "i"})");
    things.update(known, thing);
    CHECK(cloud.last_body() == R"([{"op":"replace","path":"/name","value":"m"}])");
    CHECK(cloud.finish() == "");
}

TEST_CASE("Update of an id sends all that is set", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Thing> const things{cloud.session()};
    cloud.expect("PATCH", "/v2/things/i", 200, R"({"id": "i"})");
    things.update("i", {.name = "m", .tags = null, .properties = {{"p", "1"}}});
    CHECK(last(cloud) == request("PATCH /v2/things/i", "application/things-patch",
                                 R"([{"op":"add","path":"/name","value":"m"},{"op":"add","path":"/tags","value":null},)"
                                 R"({"op":"add","path":"/p","value":"1"}])"));
    cloud.expect("GET", "/v2/things/i", 200, R"({"id": "i", "status": "on"})");
    CHECK(things.update("i", {}).status == "on");
    cloud.expect("PATCH", "/v2/things/i", 200, R"({"id": "i"})");
    things.update("i", {.id = "i", .name = "m"});  // the id that it has anyway
    CHECK(cloud.last_body() == R"([{"op":"add","path":"/name","value":"m"}])");
    CHECK(cloud.finish() == "");
}

TEST_CASE("Update by an edit sends what the edit did", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Thing> const things{cloud.session()};
    std::string const now = R"({"id": "i", "name": "now", "tags": ["x"], "p": "1", "q": "2"})";
    cloud.expect("GET", "/v2/things/i", 200, now);
    cloud.expect("PATCH", "/v2/things/i", 200, R"({"id": "i", "name": "m"})");
    Thing const after = things.update(known, [](Thing& thing) {
        CHECK(thing.name == "now");
        thing.name.reset();
        thing.tags->push_back("y");
        thing.properties.erase("p");
        thing.properties["q"] = "3";
    });
    CHECK(after.name == "m");
    CHECK(last(cloud) == request("PATCH /v2/things/i", "application/things-patch",
                                 R"([{"op":"remove","path":"/name"},{"op":"replace","path":"/tags","value":["x","y"]},)"
                                 R"({"op":"remove","path":"/p"},{"op":"replace","path":"/q","value":"3"}])"));
    CHECK_FALSE(cloud.sent().back().is_repeatable);

    cloud.expect("GET", "/v2/things/i", 200, now);
    CHECK(things.update("i", [](Thing& thing) { thing.name = "now"; }).properties.at("q") == "2");
    CHECK(cloud.finish() == "");
}

TEST_CASE("An edit that throws sends nothing", "[proxy]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/things/i", 200, R"({"id": "i"})");
    CHECK(thrown<std::runtime_error>([&] {
              Proxy<Thing>{cloud.session()}.update("i", [](Thing&) { throw std::runtime_error("no"); });
          }) == "no");
    CHECK(cloud.finish() == "");
}

TEST_CASE("What no update can change is refused, not forgotten", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Thing> const things{cloud.session()};
    CHECK(thrown<InvalidRequest>([&] { things.update(known, {.id = "j"}); }) == "an update can't change 'id'");
    CHECK(thrown<InvalidRequest>([&] { things.update("i", {.store = "x"}); }) == "an update can't change 'store'");
    CHECK(thrown<InvalidRequest>([&] { things.update("i", {.id = "j"}); }) == "an update can't change 'id'");
    CHECK(cloud.sent().empty());
    cloud.expect("GET", "/v2/things/i", 200, R"({"id": "i"})");
    CHECK(thrown<InvalidRequest>([&] { things.update("i", [](Thing& thing) { thing.id = "j"; }); }) ==
          "an update can't change 'id'");
    CHECK(thrown<InvalidRequest>([&] {
              things.update(known, {.properties = {{"name", "x"}}});
          }) == "the property 'name' has the name of a field: set the field");
    CHECK(thrown<InvalidRequest>([&] { things.update(known, {.name = "\xff"}); }) ==
          "a text that isn't UTF-8 can't be sent as JSON");
    CHECK(cloud.finish() == "");
}

TEST_CASE("Update by merge sends the changed members alone", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Project> const projects{cloud.session()};
    Project const project = from_json<Project>(R"({"id": "p", "name": "n", "description": "d"})");
    cloud.expect("PATCH", "/v3/projects/p", 200, R"({"project": {"id": "p", "description": "e"}})");
    CHECK(projects.update(project, {.name = "n", .description = "e"}).description == "e");
    CHECK(last(cloud) == request("PATCH /v3/projects/p", "application/json", R"({"project":{"description":"e"}})"));
    CHECK(cloud.sent().back().is_repeatable);
    cloud.expect("PATCH", "/v3/projects/p", 200, R"({"project": {"id": "p"}})");
    projects.update("p", {.name = "m"});
    CHECK(cloud.last_body() == R"({"project":{"name":"m"}})");
    cloud.expect("GET", "/v3/projects/p", 200, R"({"project": {"id": "p", "description": "now"}})");
    cloud.expect("PATCH", "/v3/projects/p", 200, R"({"project": {"id": "p"}})");
    projects.update(project, [](Project& p) { p.description.reset(); });
    CHECK(cloud.last_body() == R"({"project":{"description":null}})");
    CHECK(cloud.finish() == "");
}

TEST_CASE("Update by PUT sends the new state as a whole", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Namespace> const namespaces{cloud.session()};
    std::string const line = "PUT /v2/namespaces/n";
    std::string const text =
        R"({"namespace": "n", "description": "d", "visibility": "public", "created_at": "then", "p": "1", "raw": 3})";
    auto const known_namespace = from_json<Namespace>(text);
    cloud.expect("PUT", "/v2/namespaces/n", 200, text);
    CHECK(namespaces.update(known_namespace, {.description = "e"}) == known_namespace);
    CHECK(last(cloud) == request(line, "application/json",
                                 R"({"namespace":"n","description":"e","visibility":"public","p":"1","raw":3})"));
    CHECK(cloud.sent().back().is_repeatable);

    cloud.expect("GET", "/v2/namespaces/n", 200, text);
    cloud.expect("PUT", "/v2/namespaces/n", 200, text);
    namespaces.update("n", [](Namespace& n) {
        n.visibility.reset();
        n.properties["p"] = "2";
    });
    CHECK(cloud.last_body() == R"({"namespace":"n","description":"d","p":"2","raw":3})");

    CHECK(thrown<InvalidRequest>([&] { namespaces.update(known_namespace, {.name = "m"}); }) ==
          "an update can't change 'name'");
    CHECK(cloud.finish() == "");
}

TEST_CASE("Update by PUT of an id asks for what stays as it is", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Namespace> const namespaces{cloud.session()};
    std::string const text = R"({"namespace": "n", "description": "d", "visibility": "public"})";
    cloud.expect("GET", "/v2/namespaces/n", 200, text);
    cloud.expect("PUT", "/v2/namespaces/n", 200, text);
    namespaces.update("n", {.description = "e"});
    CHECK(cloud.last_body() == R"({"namespace":"n","description":"e","visibility":"public"})");
    cloud.expect("GET", "/v2/namespaces/n", 200, text);
    CHECK(namespaces.update("n", {.description = "d"}).visibility == "public");
    CHECK(cloud.finish() == "");
}

TEST_CASE("Update by PUT of what the service doesn't show sends all that is known", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Leaf> const leaves{cloud.session(), "t", "b"};
    std::string const line = "PUT /v1/trees/t/branches/b/leaves/l";
    cloud.expect("PUT", "/v1/trees/t/branches/b/leaves/l", 200, R"({"leaf": {"leaf_id": "l", "size": 2}})");
    CHECK(leaves.update(Leaf{.leaf_id = "l", .colour = "red", .size = 1}, {.size = 2}).size == 2);
    CHECK(last(cloud) == request(line, "application/json", R"({"leaf":{"leaf":"l","colour":"red","size":2}})"));
    cloud.expect("PUT", "/v1/trees/t/branches/b/leaves/l", 200, R"({"leaf": {"leaf_id": "l"}})");
    leaves.update("l", {.colour = "blue"});
    CHECK(last(cloud) == request(line, "application/json", R"({"leaf":{"colour":"blue"}})"));
    CHECK(leaves.update("l", {}) == Leaf{});
    CHECK(cloud.finish() == "");
}

TEST_CASE("Update by PUT of the changes sends them alone", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Port> const ports{cloud.session()};
    auto const port = from_json<Port>(R"({"id": "p", "name": "n", "network_id": "w", "tags": ["a"]})");
    std::string const answer = R"({"port": {"id": "p"}})";
    cloud.expect("PUT", "/v2.0/ports/p", 200, answer);
    ports.update(port, {.name = "m", .tags = {"a"}});
    CHECK(last(cloud) == request("PUT /v2.0/ports/p", "application/json", R"({"port":{"name":"m"}})"));
    cloud.expect("PUT", "/v2.0/ports/p", 200, answer);
    ports.update("p", {.tags = {"b"}});
    CHECK(cloud.last_body() == R"({"port":{"tags":["b"]}})");
    CHECK(ports.update(port, {.name = "n"}) == port);
    CHECK(thrown<InvalidRequest>([&] { ports.update(port, {.network_id = "x"}); }) ==
          "an update can't change 'network_id'");
    CHECK(cloud.finish() == "");
}

TEST_CASE("A patch by hand is sent as it is", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Thing> const things{cloud.session()};
    cloud.expect("PATCH", "/v2/things/i", 200, R"({"id": "i", "name": "m"})");
    CHECK(things.patch(known, {PatchOperation::replace("/name", "m")}).name == "m");
    CHECK(last(cloud) == request("PATCH /v2/things/i", "application/things-patch",
                                 R"([{"op":"replace","path":"/name","value":"m"}])"));
    CHECK(cloud.sent().back().is_repeatable);
    cloud.expect("PATCH", "/v2/things/i", 200, R"({"id": "i"})");
    things.patch("i", {});
    CHECK(cloud.last_body() == "[]");
    CHECK(cloud.finish() == "");
}

TEST_CASE("An answer that isn't the resource is an error that names the request", "[proxy][row:87]") {
    ScriptedCloud cloud;
    Proxy<Thing> const things{cloud.session()};
    cloud.expect("GET", "/v2/things/i", 200, "[]");
    CHECK(thrown<DecodeError>([&] { static_cast<void>(things.get("i")); }) ==
          "the answer to GET /v2/things/i: expected object, found array");
    cloud.expect("POST", "/v2/things", 201, R"({"name": "n"})");
    CHECK(thrown<DecodeError>([&] { things.create({.name = "n"}); }) ==
          "the answer to POST /v2/things: the resource has no id");
    cloud.expect("PATCH", "/v2/things/i", 200, "");
    CHECK(throws_exactly<DecodeError>([&] { things.update("i", {.name = "n"}); }));
    cloud.expect("POST", "/v3/projects", 201, R"({"id": "p"})");
    CHECK(thrown<DecodeError>([&] { Proxy<Project>{cloud.session()}.create({.name = "n"}); }) ==
          "the answer to POST /v3/projects: /project: is missing");
    CHECK(cloud.finish() == "");
}

TEST_CASE("Find takes the id first", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Thing> const things{cloud.session()};
    cloud.expect("GET", "/v2/things/x", 200, R"({"id": "x", "name": "other"})");
    CHECK(things.find("x")->name == "other");
    cloud.expect("GET", "/v2/things/x", 200, R"({"id": "x"})");
    CHECK(things.find("x", must_exist).id == "x");
    CHECK(cloud.finish() == "");
}

namespace {

/// The listings that a find by name asks for.
void expect_listings(ScriptedCloud& cloud, std::string const& shown, std::string const& hidden,
                     std::string const& name = "x") {
    cloud.expect("GET", "/v2/things?name=eq%3A" + name + "&limit=2", 200, R"({"things": [)" + shown + "]}");
    cloud.expect("GET", "/v2/things?name=eq%3A" + name + "&hidden=true&limit=2", 200,
                 R"({"things": [)" + hidden + "]}");
}

}  // namespace

TEST_CASE("Find takes the name next, hidden ones too", "[proxy]") {
    for (int const status : {400, 403, 404}) {
        ScriptedCloud cloud;
        cloud.expect("GET", "/v2/things/x", status);
        expect_listings(cloud, R"({"id": "a", "name": "x"})", "");
        CHECK(Proxy<Thing>{cloud.session()}.find("x")->id == "a");
        cloud.expect("GET", "/v2/things/x", status);
        expect_listings(cloud, "", R"({"id": "b", "name": "x"})");
        CHECK(Proxy<Thing>{cloud.session()}.find("x", must_exist).id == "b");
        CHECK(cloud.finish() == "");
    }
}

TEST_CASE("Find looks through all pages, and compares names itself", "[proxy]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/things/x", 404);
    std::string const first = "/v2/things?name=eq%3Ax&limit=2";
    cloud.expect("GET", first, 200,
                 R"({"things": [{"id": "a", "name": "X"}, {"id": "b"}], "next": "/v2/things?marker=b"})");
    cloud.expect("GET", first + "&marker=b", 200, R"({"things": [{"id": "c", "name": "x"}]})");
    cloud.expect("GET", "/v2/things?name=eq%3Ax&hidden=true&limit=2", 200,
                 R"({"things": [{"id": "c", "name": "x"}, {"id": "d", "name": null}]})");
    CHECK(Proxy<Thing>{cloud.session()}.find("x")->id == "c");
    CHECK(cloud.finish() == "");
}

TEST_CASE("What isn't found is nothing, or an error", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Thing> const things{cloud.session()};
    for (int i = 0; i < 2; ++i) {
        cloud.expect("GET", "/v2/things/x", 404);
        expect_listings(cloud, R"({"id": "a", "name": "y"})", "");
    }
    CHECK_FALSE(things.find("x"));
    CHECK(thrown<ResourceNotFound>([&] { static_cast<void>(things.find("x", must_exist)); }) ==
          "GET /v2/things: 404: none has the id or the name 'x'");
    CHECK(cloud.finish() == "");
}

TEST_CASE("Two of one name are an error with their ids", "[proxy]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/things/x", 404);
    expect_listings(cloud, R"({"id": "a", "name": "x"}, {"id": "b", "name": "x"})",
                    R"({"id": "c", "name": "x"}, {"id": "a", "name": "x"})");
    try {
        static_cast<void>(Proxy<Thing>{cloud.session()}.find("x"));
        FAIL("nothing thrown");
    } catch (DuplicateResource const& error) {
        CHECK(error.what() == std::string{"'x' is the name of more than one of things: a, b, c"});
        CHECK(error.ids() == std::vector<std::string>{"a", "b", "c"});
    }
    CHECK(cloud.finish() == "");
}

TEST_CASE("A refusal isn't forgotten where nothing is found", "[proxy]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/things/x", 403, R"({"message": "not yours"})");
    expect_listings(cloud, "", "");
    CHECK(thrown<Forbidden>([&] { static_cast<void>(Proxy<Thing>{cloud.session()}.find("x")); }) ==
          "GET http://cloud/v2/things/x: 403: not yours");
    CHECK(cloud.finish() == "");
}

TEST_CASE("Other failures end the search", "[proxy]") {
    for (int const status : {401, 409, 500}) {
        ScriptedCloud cloud;
        cloud.expect("GET", "/v2/things/x", status);
        CHECK_THROWS_AS(Proxy<Thing>{cloud.session()}.find("x"), HttpError);
        CHECK(cloud.finish() == "");
    }
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/things/x", 404);
    cloud.expect("GET", "/v2/things?name=eq%3Ax&limit=2", 500);
    CHECK_THROWS_AS(Proxy<Thing>{cloud.session()}.find("x"), ServerError);
    cloud.fail("GET", "/v2/things/x", ConnectionLost{"gone"});
    CHECK_THROWS_AS(Proxy<Thing>{cloud.session()}.find("x"), ConnectionLost);
    CHECK(cloud.finish() == "");
}

TEST_CASE("A name that can't be an id is looked for as a name", "[proxy][row:106]") {
    ScriptedCloud cloud;
    expect_listings(cloud, R"({"id": "a", "name": ".."})", "", "..");
    CHECK(Proxy<Thing>{cloud.session()}.find("..")->id == "a");
    cloud.expect("GET", "/v2/things/b%20%3A", 404);
    expect_listings(cloud, R"({"id": "a", "name": "b :"})", "", "b%20%3A");
    CHECK(Proxy<Thing>{cloud.session()}.find("b :")->id == "a");
    expect_listings(cloud, R"({"id": "a", "name": "a/b"})", "", "a%2Fb");
    CHECK(Proxy<Thing>{cloud.session()}.find("a/b")->id == "a");
    CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(Proxy<Thing>{cloud.session()}.find("")); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("A service that can't filter by name is looked through", "[proxy]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v3/projects/x", 404);
    cloud.expect("GET", "/v3/projects", 200, R"({"projects": [{"id": "a", "name": "y"}, {"id": "b", "name": "x"}]})");
    CHECK(Proxy<Project>{cloud.session()}.find("x")->id == "b");
    CHECK_FALSE(Proxy<Leaf>{cloud.session(), "t", "b"}.find("x"));
    CHECK(cloud.finish() == "");
}

namespace {

/// A resource whose ids are chosen where it is created.
struct Note {
    static constexpr ResourceInfo resource{.service = "image", .path = "/v2/notes", .plural = "notes"};
    Field<std::string, CreateOnly, UuidOnCreate> id{};
    Field<std::string> text{};
    Field<std::vector<std::string>> tags{};
    bool operator==(Note const&) const = default;
    BOOST_DESCRIBE_CLASS(Note, (), (id, text, tags), (), ())
};

/// Loses the first answer, knows the resource the second time, and has a changed one at last, under any id.
class Echo final : public Transport {
  public:
    [[nodiscard]] Response send(Request const& request) override {
        if (request.method == "GET")
            return {200, {}, R"({"id": ")" + request.url.substr(request.url.rfind('/') + 1) + R"(", "text": "t"})"};
        if (std::exchange(is_first_, !is_first_)) throw ConnectionLost("reset");
        return {409};
    }
    [[nodiscard]] std::unique_ptr<ResponseStream> open(Request const&) override { return nullptr; }

  private:
    bool is_first_ = true;
};

/// A session that repeats at once.
struct Repeating {
    std::shared_ptr<support::ScriptedTransport> transport = std::make_shared<support::ScriptedTransport>();
    Proxy<Note> notes{Session{transport,
                              std::make_shared<FixedToken>(),
                              {.endpoint = "http://cloud", .clock = std::make_shared<support::FakeClock>()}}};

    void lose(std::string method, std::string const& path) {
        transport->fail(std::move(method), "http://cloud/v2/notes" + path, ConnectionLost{"reset"});
    }
    void expect(std::string method, std::string const& path, int status, std::string body = {}) {
        transport->expect(std::move(method), "http://cloud/v2/notes" + path, {status, {}, std::move(body)});
    }
};

}  // namespace

TEST_CASE("An id that the client chooses is a new UUID each time", "[proxy][uuid]") {
    Repeating f;
    std::set<std::string> ids;
    for (int i = 0; i < 20; ++i) {
        f.expect("POST", "", 201, R"({"id": "i"})");
        f.notes.create({.text = "t"});
        std::string const id = *from_json<Note>(f.transport->sent().back().body).id;
        ids.insert(id);
        REQUIRE(id.size() == 36);
        CHECK(id[8] == '-');
        CHECK(id[13] == '-');
        CHECK(id[14] == '4');
        CHECK(id[18] == '-');
        CHECK(std::string{"89ab"}.find(id[19]) != std::string::npos);
        CHECK(id.find_first_not_of("0123456789abcdef-") == std::string::npos);
    }
    CHECK(ids.size() == 20);
    f.expect("POST", "", 201, R"({"id": "mine"})");
    f.notes.create({.id = "mine"});
    CHECK(f.transport->sent().back().body == R"({"id":"mine"})");
}

TEST_CASE("A create whose answer got lost has one effect", "[proxy][row:56]") {
    Repeating f;
    f.lose("POST", "");
    f.expect("POST", "", 201, R"({"id": "i", "text": "t"})");
    CHECK(f.notes.create({.text = "t"}).id == "i");
    CHECK(f.transport->sent().at(0).body == f.transport->sent().at(1).body);

    f.lose("POST", "");
    f.expect("POST", "", 409);
    f.expect("GET", "/i", 200, R"({"id": "i", "text": "t"})");
    CHECK(f.notes.create({.id = "i", .text = "t"}).text == "t");
    CHECK(f.transport->finish() == "");
}

TEST_CASE("What a lost attempt has made is known again though the service has put its list in order",
          "[proxy][row:56]") {
    Repeating f;
    auto const made = [&](Note const& note, std::string const& found) {
        f.lose("POST", "");
        f.expect("POST", "", 409, "exists");
        f.expect("GET", "/i", 200, found);
        return f.notes.create(note).id == "i";
    };
    CHECK(made({.id = "i", .tags = {"b", "a", "a"}}, R"({"id": "i", "tags": ["a", "a", "b"]})"));
    CHECK(throws_exactly<Conflict>([&] {
        made({.id = "i", .tags = {"b", "a", "b"}}, R"({"id": "i", "tags": ["a", "a", "b"]})");
    }));
    CHECK(throws_exactly<Conflict>([&] { made({.id = "i", .tags = {"b", "a"}}, R"({"id": "i", "tags": ["b"]})"); }));
    CHECK(f.transport->finish() == "");
}

TEST_CASE("Under an id that was chosen here nobody else has created anything", "[proxy][row:56]") {
    std::shared_ptr<Transport> const transport = std::make_shared<Echo>();
    Proxy<Note> const notes{Session{transport,
                                    std::make_shared<FixedToken>(),
                                    {.endpoint = "http://cloud", .clock = std::make_shared<support::FakeClock>()}}};
    CHECK(notes.create({.text = " t "}).text == "t");
    CHECK(throws_exactly<Conflict>([&] { notes.create({.id = "i", .text = " t "}); }));
}

TEST_CASE("What another has made under the id isn't taken for one's own", "[proxy][row:56]") {
    Repeating f;
    f.lose("POST", "");
    f.expect("POST", "", 409, "exists");
    f.expect("GET", "/i", 200, R"({"id": "i", "text": "another"})");
    CHECK(thrown<Conflict>([&] { f.notes.create({.id = "i", .text = "t"}); }) ==
          "POST http://cloud/v2/notes: 409: exists (2 attempts)");
    f.lose("POST", "");
    f.expect("POST", "", 409, "exists");
    f.expect("GET", "/i", 404);
    CHECK(throws_exactly<Conflict>([&] { f.notes.create({.id = "i", .text = "t"}); }));
    f.expect("POST", "", 409, "exists");  // at once: it was there before
    CHECK(throws_exactly<Conflict>([&] { f.notes.create({.id = "i", .text = "t"}); }));
    CHECK(f.transport->finish() == "");
}

TEST_CASE("What a lost attempt may have removed needn't be there for the next", "[proxy][row:53]") {
    Repeating f;
    f.lose("DELETE", "/i");
    f.expect("DELETE", "/i", 404);
    CHECK_NOTHROW(f.notes.remove("i", must_exist));
    f.transport->fail("DELETE", "http://cloud/v2/notes/i", ConnectError{"refused"});
    f.expect("DELETE", "/i", 404);
    CHECK(throws_exactly<ResourceNotFound>([&] { f.notes.remove("i", must_exist); }));
    f.transport->expect("DELETE", "http://cloud/v2/notes/i",
                        {.status = 404, .attempts = {.count = 2, .is_in_doubt = true}});
    CHECK_NOTHROW(f.notes.remove("i", must_exist));
    CHECK(f.transport->finish() == "");
}

TEST_CASE("A proxy acts by the options of its calls", "[proxy]") {
    Repeating f;
    f.expect("GET", "/i", 200, R"({"id": "i"})");
    static_cast<void>(f.notes.with({.timeouts = Timeouts{.response = std::chrono::seconds{3}}}).get("i"));
    CHECK(f.transport->sent().back().timeouts.response == std::chrono::seconds{3});
    struct Stopped {
        [[nodiscard]] static bool stop_requested() { return true; }
    };
    CHECK(throws_exactly<Cancelled>([&] { static_cast<void>(f.notes.with({.stop = Stopped{}}).list().all()); }));
    CHECK(f.transport->finish() == "");
}
