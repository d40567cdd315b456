// SPDX-License-Identifier: Apache-2.0
// Proxy: collections and resources that aren't `path` and `path/{id}`, in the forms that OpenStack's services have.
#include <catch2/catch.hpp>
#include <openstack/proxy.hpp>
#include <string>
#include <vector>

#include "../support/scripted_cloud.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using support::ScriptedCloud, support::thrown, support::throws_exactly;

namespace {

/// There is one of it, in an envelope.
struct Limits {
    static constexpr ResourceInfo resource{
        .service = "test", .path = "/v2/{project}/limits", .key = "limits", .single = true};
    Field<int> cores{};
    Field<std::string> name{};

    BOOST_DESCRIBE_CLASS(Limits, (), (cores, name), (), ())
};
/// Listed with a part of its fields, or with all.
struct Server {
    static constexpr ResourceInfo resource{
        .service = "test", .path = "/v2.1/servers", .plural = "servers", .page_size = 2, .details = true};
    Field<std::string, ReadOnly> id{};
    Field<std::string, Filterable<Eq>> name{};
    Field<std::string, ReadOnly> status{};
    Field<std::string, ReadOnly, QueryOnly, OfGet, Filterable<Eq>> view{};
    Field<int, ReadOnly, QueryOnly, OfGet, Filterable<Eq>> depth{};

    BOOST_DESCRIBE_CLASS(Server, (), (id, name, status, view, depth), (), ())
};
/// Listed by its name, which its own JSON has or hasn't.
struct Property {
    static constexpr ResourceInfo resource{
        .service = "test", .path = "/v2/properties", .plural = "properties", .collection = Collection::by_name};
    Field<std::string, CreateOnly> name{};
    Field<std::string> title{};

    BOOST_DESCRIBE_CLASS(Property, (), (name, title), (), ())
};
/// The same by a number that the service chooses.
struct Slot {
    static constexpr ResourceInfo resource{
        .service = "test", .path = "/v2/slots", .plural = "slots", .collection = Collection::by_name};
    Field<std::string> title{};
    Field<int, ReadOnly> id{};

    BOOST_DESCRIBE_CLASS(Slot, (), (title, id), (), ())
};
/// Listed in an array at the top.
struct Location {
    static constexpr ResourceInfo resource{.service = "test", .path = "/v2/locations", .collection = Collection::bare};
    Field<std::string> url{};

    BOOST_DESCRIBE_CLASS(Location, (), (url), (), ())
};
/// Listed in pages without links.
struct Container {
    static constexpr ResourceInfo resource{
        .service = "test", .path = "/v1/containers", .page_size = 2, .collection = Collection::bare, .links = false};
    Field<std::string> name{};

    BOOST_DESCRIBE_CLASS(Container, (), (name), (), ())
};
/// Made by its name alone.
struct Tag {
    static constexpr ResourceInfo resource{.service = "test",
                                           .path = "/v2/{parent}/tags",
                                           .plural = "tags",
                                           .create = Create::post_id,
                                           .create_all = true,
                                           .remove_all = true};
    Field<std::string> name{};
    Field<std::string, ReadOnly> created_at{};

    bool operator==(Tag const&) const = default;
    BOOST_DESCRIBE_CLASS(Tag, (), (name, created_at), (), ())
};
/// Made sometime later, by a request that is answered without a body.
struct Job {
    static constexpr ResourceInfo resource{.service = "test", .path = "/v2/jobs", .key = "job"};
    Field<std::string, CreateOnly> id{};
    Field<int> priority{};
    Field<std::string, ReadOnly> status{};
    Properties properties{};

    bool operator==(Job const&) const = default;
    BOOST_DESCRIBE_CLASS(Job, (), (id, priority, status, properties), (), ())
};
/// Its name is its id, and can be changed by a PUT to the old one.
struct Room {
    static constexpr ResourceInfo resource{
        .service = "test", .path = "/v2/rooms", .plural = "rooms", .update = Update::put};
    Field<std::string> name{};
    Field<std::string> colour{};

    bool operator==(Room const&) const = default;
    BOOST_DESCRIBE_CLASS(Room, (), (name, colour), (), ())
};

template<class L>
std::vector<std::string> ids(L&& listing) {
    std::vector<std::string> all;
    for (auto const& each : listing) all.push_back(identity(each));
    return all;
}

}  // namespace

TEST_CASE("A resource of which there is one is got without an id", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Limits> const limits{cloud.session(), "p"};
    cloud.expect("GET", "/v2/p/limits", 200, R"({"limits": {"cores": 4}})");
    CHECK(limits.get().cores == 4);
    cloud.expect("GET", "/v2/p/limits", 200, R"({"limits": {}})");
    CHECK(limits.get().cores.is_unset());
    cloud.expect("GET", "/v2/p/limits", 200, R"({"usage": {}})");
    CHECK(thrown<DecodeError>([&] { static_cast<void>(limits.get()); }) ==
          "the answer to GET /v2/p/limits: /limits: is missing");
    cloud.expect("GET", "/v2/p/limits", 404);
    CHECK(throws_exactly<ResourceNotFound>([&] { static_cast<void>(limits.get()); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("A collection is listed with details at another path, page by page", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Server> const servers{cloud.session()};
    cloud.expect("GET", "/v2.1/servers/detail?name=n&limit=2", 200,
                 R"({"servers": [{"id": "1", "status": "on"}, {"id": "2"}],
                     "servers_links": [{"rel": "next", "href": "http://cloud/v2.1/servers/detail?marker=2"}]})");
    cloud.expect("GET", "/v2.1/servers/detail?name=n&limit=2&marker=2", 200, R"({"servers": [{"id": "3"}]})");
    std::vector<Server> const all = servers.list(details, where<&Server::name> == "n").all();
    REQUIRE(all.size() == 3);
    CHECK(all[0].status == "on");
    CHECK(all[2].id == "3");
    cloud.expect("GET", "/v2.1/servers?limit=2", 200, R"({"servers": []})");
    CHECK(servers.list().all().empty());
    CHECK(cloud.finish() == "");
}

TEST_CASE("The name that a resource is listed by is the one that identifies it", "[proxy][page]") {
    ScriptedCloud cloud;
    Proxy<Property> const properties{cloud.session()};
    auto const list = [&](std::string body) {
        cloud.expect("GET", "/v2/properties", 200, std::move(body));
        return properties.list().all();
    };
    std::vector<Property> const all =
        list(R"({"properties": {"b": {"title": "B"}, "a": {"name": "a", "title": "A"}, "c": {"name": null}}})");
    CHECK(ids(all) == std::vector<std::string>{"a", "b", "c"});
    CHECK(all[0].title == "A");
    CHECK(all[1].title == "B");
    CHECK(ids(list(R"({"properties": {"a": {"name": "b"}}})")) == std::vector<std::string>{"a"});
    CHECK(list(R"({"properties": {}})").empty());
    CHECK(thrown<DecodeError>([&] { list(R"({"properties": {"a": {}, "a": {}}})"); }) ==
          "the answer to GET /v2/properties: /properties/a: the key is there twice");
    CHECK(thrown<DecodeError>([&] { list(R"({"properties": {"": {}}})"); }) ==
          "the answer to GET /v2/properties: the resource has no id");
    CHECK(thrown<DecodeError>([&] { list(R"({"properties": []})"); }) ==
          "the answer to GET /v2/properties: /properties: expected object, found array");
    CHECK(throws_exactly<DecodeError>([&] { list(R"({"properties": null})"); }));

    cloud.expect("GET", "/v2/properties/b", 404);
    cloud.expect("GET", "/v2/properties", 200, R"({"properties": {"a": {}, "b": {"title": "B"}}})");
    CHECK(properties.find("b")->title == "B");

    cloud.expect("GET", "/v2/slots", 200, R"({"slots": {"12": {"title": "t"}}})");
    CHECK(Proxy<Slot>{cloud.session()}.list().one().id == 12);
    cloud.expect("GET", "/v2/slots", 200, R"({"slots": {"x": {"title": "t"}}})");
    CHECK(throws_exactly<DecodeError>([&] { static_cast<void>(Proxy<Slot>{cloud.session()}.list().all()); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("A collection may be an array at the top", "[proxy][page]") {
    ScriptedCloud cloud;
    Proxy<Location> const locations{cloud.session()};
    cloud.expect("GET", "/v2/locations", 200, R"([{"url": "file:///a"}, {"url": "file:///b"}])");
    CHECK(ids(locations.list()) == std::vector<std::string>{"file:///a", "file:///b"});
    cloud.expect("GET", "/v2/locations", 200, "[]");
    CHECK(locations.list().all().empty());
    for (std::string const body : {"{}", "null", "[1]", "[{}]", R"({"url": "file:///a"})"}) {
        cloud.expect("GET", "/v2/locations", 200, body);
        CHECK(throws_exactly<DecodeError>([&] { static_cast<void>(locations.list().all()); }));
    }
    CHECK(cloud.finish() == "");
}

TEST_CASE("Pages without links are asked for by the last id, until one is empty", "[proxy][listing]") {
    ScriptedCloud cloud;
    Proxy<Container> const containers{cloud.session()};
    auto const expect = [&](std::string const& query, int status, std::string const& body) {
        cloud.expect("GET", "/v1/containers?" + query, status, body);
    };
    expect("limit=2", 200, R"([{"name": "a"}, {"name": "b/&"}])");
    expect("limit=2&marker=b%2F%26", 200, R"([{"name": "c"}])");  // a short page isn't the last one
    expect("limit=2&marker=c", 200, "[]");
    CHECK(ids(containers.list()) == std::vector<std::string>{"a", "b/&", "c"});

    expect("limit=1", 200, R"([{"name": "a"}])");
    CHECK(containers.list().first()->name == "a");
    expect("limit=2", 200, R"([{"name": "a"}, {"name": "b"}])");
    CHECK(ids(containers.list(max_items(2))) == std::vector<std::string>{"a", "b"});

    expect("limit=2", 200, R"([{"name": "a"}, {"name": "b"}])");
    expect("limit=2&marker=b", 404, "");  // it was removed meanwhile
    expect("limit=2", 200, R"([{"name": "a"}, {"name": "c"}])");
    expect("limit=2&marker=c", 200, "[]");
    CHECK(ids(containers.list()) == std::vector<std::string>{"a", "b", "c"});

    expect("limit=2", 200, R"([{"name": "a"}])");
    expect("limit=2&marker=a", 200, R"([{"name": "a"}])");  // a service that knows no marker
    CHECK(throws_exactly<ProtocolError>([&] { static_cast<void>(containers.list().all()); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("A resource that is all name is posted to its path, without a body", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Tag> const tags{cloud.session(), "My::NS"};
    cloud.expect("POST", "/v2/My%3A%3ANS/tags/a%20b", 201, R"({"name": "a b", "created_at": "now"})");
    CHECK(tags.create({.name = "a b"}).created_at == "now");
    CHECK(cloud.last_body() == "");
    CHECK_FALSE(cloud.sent().back().headers.find("Content-Type"));
    CHECK(cloud.sent().back().is_repeatable);
    cloud.expect("POST", "/v2/My%3A%3ANS/tags/a", 409, "exists");
    CHECK(throws_exactly<Conflict>([&] { tags.create({.name = "a"}); }));
    CHECK(throws_exactly<InvalidRequest>([&] { tags.create({}); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("A lost answer to a POST at an id is asked about", "[proxy][row:56]") {
    ScriptedCloud cloud;
    Proxy<Tag> const tags{cloud.session(), "n"};
    Response const conflict{.status = 409, .attempts = {.count = 2, .is_in_doubt = true}};
    cloud.expect("POST", "/v2/n/tags/a", conflict);
    cloud.expect("GET", "/v2/n/tags/a", 200, R"({"name": "a"})");
    CHECK(tags.create({.name = "a"}) == Tag{.name = "a"});
    CHECK(cloud.finish() == "");
}

TEST_CASE("An empty answer to a create stands for what was sent", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Job> const jobs{cloud.session()};
    cloud.expect("POST", "/v2/jobs", 202);
    Job const sent{.id = "i", .priority = 3, .properties = {{"p", "1"}}};
    CHECK(jobs.create(sent) == sent);
    CHECK(cloud.last_body() == R"({"job":{"id":"i","priority":3,"p":"1"}})");
    cloud.expect("POST", "/v2/jobs", 202);
    CHECK(jobs.create(from_json<Job>(R"({"id": "i", "status": "done"})")) == Job{.id = "i"});  // it isn't yet
    cloud.expect("POST", "/v2/jobs", 202, " ");
    CHECK(throws_exactly<DecodeError>([&] { jobs.create(sent); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("A collection is emptied by one request where the service can", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Tag> const tags{cloud.session(), "n"};
    cloud.expect("DELETE", "/v2/n/tags", 204);
    tags.remove_all();
    CHECK(cloud.sent().back().is_repeatable);
    cloud.expect("DELETE", "/v2/n/tags", 404);
    CHECK(throws_exactly<ResourceNotFound>([&] { tags.remove_all(); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("Several resources are created by one request where the service can", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Tag> const tags{cloud.session(), "n"};
    cloud.expect("POST", "/v2/n/tags", 201, R"({"tags": [{"name": "a", "created_at": "now"}, {"name": "b"}]})");
    std::vector<Tag> const made = tags.create_all(
        {Tag{.name = "a"}, from_json<Tag>(R"({"name": "b", "created_at": "then"})")}, {{"X-Append", "1"}});
    CHECK(ids(made) == std::vector<std::string>{"a", "b"});
    CHECK(made[0].created_at == "now");
    CHECK(cloud.last_body() == R"({"tags":[{"name":"a"},{"name":"b"}]})");
    CHECK(cloud.sent().back().headers.find("X-Append") == "1");
    CHECK(cloud.sent().back().headers.find("Content-Type") == "application/json");
    CHECK_FALSE(cloud.sent().back().is_repeatable);

    cloud.expect("POST", "/v2/n/tags", 202);
    CHECK(tags.create_all({from_json<Tag>(R"({"name": "b", "created_at": "then"})")}) == std::vector{Tag{.name = "b"}});
    CHECK_FALSE(cloud.sent().back().headers.find("X-Append"));
    cloud.expect("POST", "/v2/n/tags", 201, R"({"tags": []})");
    CHECK(tags.create_all({}).empty());
    CHECK(cloud.last_body() == R"({"tags":[]})");
    for (std::string const body : {"{}", R"({"tags": [{}]})", "[]"}) {
        cloud.expect("POST", "/v2/n/tags", 201, body);
        CHECK(throws_exactly<DecodeError>([&] { tags.create_all({Tag{.name = "a"}}); }));
    }
    CHECK(throws_exactly<InvalidRequest>([&] { tags.create_all({Tag{.name = "a"}}, {{"X-Append", "1\r\nX: y"}}); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("What is told of one resource may depend on conditions", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Server> const servers{cloud.session()};
    cloud.expect("GET", "/v2.1/servers/a%20b?view=x%26y&depth=2", 200, R"({"id": "a b", "name": "n"})");
    CHECK(servers.get("a b", where<&Server::view> == "x&y", where<&Server::depth> == 2).name == "n");
    cloud.expect("GET", "/v2.1/servers/i?view=v", 404);
    CHECK(throws_exactly<ResourceNotFound>([&] { static_cast<void>(servers.get("i", where<&Server::view> == "v")); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("A rename is a PUT to the old name, and isn't repeated, since that is gone then", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Room> const rooms{cloud.session()};
    cloud.expect("PUT", "/v2/rooms/a", 200, R"({"name": "b", "colour": "red"})");
    Room const renamed = rooms.update(Room{.name = "a", .colour = "red"}, {.name = "b"});
    CHECK(renamed.name == "b");
    CHECK(cloud.last_body() == R"({"name":"b","colour":"red"})");
    CHECK_FALSE(cloud.sent().back().is_repeatable);

    cloud.expect("GET", "/v2/rooms/b", 200, R"({"name": "b", "colour": "red"})");
    cloud.expect("PUT", "/v2/rooms/b", 200, R"({"name": "c", "colour": "red"})");
    CHECK(rooms.update("b", {.name = "c"}).name == "c");
    CHECK_FALSE(cloud.sent().back().is_repeatable);

    cloud.expect("GET", "/v2/rooms/c", 200, R"({"name": "c", "colour": "red"})");
    cloud.expect("PUT", "/v2/rooms/c", 200, R"({"name": "c", "colour": "blue"})");
    CHECK(rooms.update("c", [](Room& room) { room.colour = "blue"; }).colour == "blue");
    CHECK(cloud.last_body() == R"({"name":"c","colour":"blue"})");
    CHECK(cloud.sent().back().is_repeatable);
    CHECK(cloud.finish() == "");
}
