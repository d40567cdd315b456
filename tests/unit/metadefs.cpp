// SPDX-License-Identifier: Apache-2.0
// Metadata definitions: what each operation sends, and what Glance's answers become.
// Peers' tests of this: openstacksdk's test_metadef_* and glanceclient's test_metadefs_*.py.
#include <openstack/image/v2/metadefs.hpp>

#include <catch2/catch.hpp>
#include <openstack/proxy.hpp>
#include <string>
#include <utility>
#include <vector>

#include "../support/scripted_cloud.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using namespace openstack::image::v2::metadefs;
using support::ScriptedCloud, support::throws_exactly;

namespace {

std::string const collection = "/v2/metadefs/namespaces";
/// As Glance tells it.
std::string const watchdog =
    R"({"namespace": "OS::Compute::Watchdog", "display_name": "Watchdog", "description": "d", "visibility": "public",
        "protected": true, "owner": "admin", "created_at": "2026-11-21T23:48:37Z",
        "resource_type_associations": [{"name": "OS::Cinder::Volume", "prefix": "hw_", "properties_target": "image",
                                        "created_at": "2026-11-21T23:48:37Z"}],
        "properties": {"watchdog_action": {"type": "string", "title": "Action", "enum": ["disabled", "reset"],
                                           "default": "reset", "readonly": false, "confidential": true}},
        "objects": [{"name": "CPU", "required": ["cores"], "properties":
                     {"cores": {"type": "integer", "title": "Cores", "minimum": -1, "maximum": 5000000000}}}],
        "tags": [{"name": "t"}],
        "self": "/v2/metadefs/namespaces/OS::Compute::Watchdog", "schema": "/v2/schemas/metadefs/namespace"})";

std::string path(std::string const& name) { return collection + '/' + path_segment(name); }

}  // namespace

TEST_CASE("A namespace is read with all that is in it", "[metadefs]") {
    Namespace const read = from_json<Namespace>(watchdog);
    CHECK(read.name == "OS::Compute::Watchdog");
    CHECK(identity(read) == "OS::Compute::Watchdog");
    CHECK(read.visibility == Visibility::public_);
    CHECK(read.is_protected == true);
    CHECK(read.owner_id == "admin");
    CHECK(to_string(*read.created_at) == "2026-11-21T23:48:37Z");
    CHECK(read.resource_type_associations->at(0).properties_target == "image");
    Property const& action = read.properties->at("watchdog_action");
    CHECK(action.name.is_unset());
    CHECK(action.type == PropertyType::string);
    CHECK(action.values == std::vector<std::string>{"disabled", "reset"});
    CHECK(action.default_value == RawJson{"\"reset\""});
    CHECK(action.is_read_only == false);
    CHECK(action.is_confidential == true);
    Object const& cpu = read.objects->at(0);
    CHECK(cpu.required == std::vector<std::string>{"cores"});
    CHECK(cpu.properties->at("cores").minimum == -1);
    CHECK(cpu.properties->at("cores").maximum == 5'000'000'000);
    CHECK(read.tags == std::vector{Tag{.name = "t"}});
    CHECK(from_json<Namespace>(to_json(read)) == read);
}

TEST_CASE("The rules of a property have JSON Schema's names", "[metadefs]") {
    std::string const json =
        R"({"name":"p","type":"array","title":"P","description":"d","operators":["<in>"],"default":[1,{"a":null}],)"
        R"("readonly":true,"confidential":false,"minimum":1,"maximum":2,"enum":["x"],"pattern":"^x","minLength":3,)"
        R"("maxLength":4,"items":{"type":"string","enum":["y"]},"uniqueItems":true,"minItems":5,"maxItems":6,)"
        R"("additionalItems":false})";
    Property const read = from_json<Property>(json);
    CHECK(to_create_body(read) == json);
    CHECK(read.default_value == RawJson{R"([1,{"a":null}])"});
    CHECK(read.min_length == 3);
    CHECK(read.max_length == 4);
    CHECK(read.items->type == PropertyType::string);
    CHECK(read.items->values == std::vector<std::string>{"y"});
    CHECK(read.has_unique_items == true);
    CHECK(read.min_items == 5);
    CHECK(read.max_items == 6);
    CHECK(read.allows_additional_items == false);
    CHECK(from_json<Property>(R"({"type": "tuple"})").type == Open<PropertyType>::from_text("tuple"));
}

TEST_CASE("An update of a namespace puts it as a whole, under its old name", "[metadefs]") {
    ScriptedCloud cloud;
    Proxy<Namespace> const namespaces{cloud.session()};
    Namespace const before = from_json<Namespace>(R"({"namespace": "My::NS", "description": "d", "protected": false})");
    cloud.expect("PUT", path("My::NS"), 200, R"({"namespace": "New::NS"})");
    CHECK(namespaces.update(before, {.name = "New::NS"}).name == "New::NS");
    CHECK(cloud.last_body() == R"({"namespace":"New::NS","description":"d","protected":false})");
    cloud.expect("GET", path("My::NS"), 200, R"({"namespace": "My::NS", "owner": "o", "self": "/s"})");
    cloud.expect("PUT", path("My::NS"), 200, R"({"namespace": "My::NS"})");
    namespaces.update("My::NS", {.visibility = Visibility::public_});
    CHECK(cloud.last_body() == R"({"namespace":"My::NS","visibility":"public","owner":"o"})");
    // An update would leave them as they are.
    CHECK(throws_exactly<InvalidRequest>([&] { namespaces.update(before, {.tags = {Tag{.name = "t"}}}); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("Namespaces are created with what is in them, and listed as Glance can", "[metadefs]") {
    ScriptedCloud cloud;
    Proxy<Namespace> const namespaces{cloud.session()};
    cloud.expect("POST", collection, 201, R"({"namespace": "My::NS"})");
    namespaces.create({.name = "My::NS",
                       .resource_type_associations = {{.name = "OS::Glance::Image", .prefix = "hw_"}},
                       .properties = {{"p", {.type = PropertyType::boolean, .title = "P"}}},
                       .objects = {{.name = "o", .properties = {{"q", {.type = PropertyType::string, .title = "Q"}}}}},
                       .tags = {{.name = "t"}}});
    CHECK(cloud.last_body() ==
          R"({"namespace":"My::NS","resource_type_associations":[{"name":"OS::Glance::Image","prefix":"hw_"}],)"
          R"("properties":{"p":{"type":"boolean","title":"P"}},)"
          R"("objects":[{"name":"o","properties":{"q":{"type":"string","title":"Q"}}}],"tags":[{"name":"t"}]})");

    std::string const query =
        "?resource_types=OS%3A%3AGlance%3A%3AImage%2CX&visibility=public&sort_key=updated_at&sort_dir=desc&limit=1";
    cloud.expect(
        "GET", collection + query, 200,
        R"({"namespaces": [{"namespace": "A::B"}], "next": "/v2/metadefs/namespaces?limit=1&marker=A%3A%3AB"})");
    cloud.expect("GET", collection + query + "&marker=A%3A%3AB", 200, R"({"namespaces": []})");
    CHECK(namespaces
              .list(where<&Namespace::resource_types>.in({"OS::Glance::Image", "X"}),
                    where<&Namespace::visibility> == Visibility::public_, desc<&Namespace::updated_at>, page_size(1))
              .all()
              .size() == 1);
    cloud.expect("GET", path("A::B") + "?resource_type=X", 200, R"({"namespace": "A::B"})");
    CHECK(namespaces.get("A::B", where<&Namespace::resource_type> == "X").name == "A::B");
    CHECK(cloud.finish() == "");
}

TEST_CASE("An association whose answer got lost is looked for in the listing", "[metadefs][row:56]") {
    ScriptedCloud cloud{{.connect_retries = 1}};
    std::string const all = path("My") + "/resource_types";
    cloud.fail("POST", all, ConnectionLost{"gone"});
    cloud.expect("POST", all, 409);
    std::string const prefix = GENERATE("hw_", "os_");
    cloud.expect("GET", all, 200,
                 R"({"resource_type_associations": [{"name": "Other", "prefix": "hw_"}, {"name": "Type", "prefix": ")" +
                     prefix + R"(", "created_at": "2026-11-21T23:48:37Z"}]})");
    openstack::Proxy<ResourceTypeAssociation> const associations{cloud.session(), "My"};
    auto const create = [&] { return associations.create({.name = "Type", .prefix = "hw_"}); };
    if (prefix == "hw_")
        CHECK(create().created_at);
    else
        CHECK_THROWS_AS(create(), Conflict);  // it was there, and is another one
    CHECK(cloud.finish().empty());
}

TEST_CASE("What is in a namespace has a collection each", "[metadefs]") {
    ScriptedCloud cloud;
    Session const& session = cloud.session();
    std::string const space = path("My::NS");
    cloud.expect("POST", space + "/objects", 201, R"({"name": "o"})");
    CHECK(Proxy<Object>{session, "My::NS"}.create({.name = "o"}).name == "o");
    cloud.expect("DELETE", space + "/objects", 204);
    Proxy<Object>{session, from_json<Namespace>(R"({"namespace": "My::NS"})")}.remove_all();

    cloud.expect("GET", space + "/properties", 200,
                 R"({"properties": {"a": {"type": "string", "title": "A"}, "b": {"name": "b"}}})");
    std::vector<Property> const properties = Proxy<Property>{session, "My::NS"}.list().all();
    REQUIRE(properties.size() == 2);
    CHECK(properties[0].name == "a");
    CHECK(properties[1].name == "b");
    cloud.expect("PUT", space + "/properties/a", 200, R"({"name": "c"})");
    Proxy<Property>{session, "My::NS"}.update(properties[0], {.name = "c"});
    CHECK(cloud.last_body() == R"({"name":"c","type":"string","title":"A"})");

    Proxy<Tag> const tags{session, "My::NS"};
    cloud.expect("POST", space + "/tags/t%201", 201, R"({"name": "t 1"})");
    CHECK(tags.create({.name = "t 1"}).name == "t 1");
    CHECK(cloud.last_body() == "");
    cloud.expect("POST", space + "/tags", 201, R"({"tags": [{"name": "x"}]})");
    CHECK(tags.create_all({{.name = "x"}}, {{"X-OpenStack-Append", "True"}}).size() == 1);
    cloud.expect("PUT", space + "/tags/x", 200, R"({"name": "y"})");
    CHECK(tags.update("x", {.name = "y"}).name == "y");
    CHECK(cloud.last_body() == R"({"name":"y"})");

    Proxy<ResourceTypeAssociation> const associations{session, "My::NS"};
    cloud.expect("GET", space + "/resource_types", 200,
                 R"({"resource_type_associations": [{"name": "OS::Nova::Server"}]})");
    CHECK(associations.find("OS::Nova::Server").has_value());
    cloud.expect("DELETE", space + "/resource_types/OS%3A%3ANova%3A%3AServer", 204);
    associations.remove("OS::Nova::Server");
    cloud.expect("GET", "/v2/metadefs/resource_types", 200, R"({"resource_types": [{"name": "OS::Nova::Server"}]})");
    CHECK(Proxy<ResourceType>{session}.list().one().name == "OS::Nova::Server");
    CHECK(cloud.finish() == "");
}
