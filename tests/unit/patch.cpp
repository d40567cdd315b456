// SPDX-License-Identifier: Apache-2.0
// JSON patches: the smallest difference, the document that is sent, and what it does to a resource.
// Peers' tests of this: glanceclient's TestSchemaBasedModel.test_patch_should_* and update of test_images.py (add,
// replace, remove, custom properties, locations); openstacksdk's test_resource.py where it patches what is dirty;
// gophercloud's TestUpdateImage and TestUpdateImageProperties.
#include <openstack/patch.hpp>

#include <catch2/catch.hpp>
#include <openstack/image/v2/image.hpp>
#include <random>
#include <string>
#include <vector>

#include "../support/thrown.hpp"

using namespace openstack;
using image::v2::Image, image::v2::Location;
using support::thrown, support::throws_exactly;

namespace {

Image const before = from_json<Image>(R"({
    "id": "i", "name": "x", "size": 5, "status": "active", "protected": true, "min_ram": 0, "tags": ["a", "b"],
    "disk_format": "raw", "owner": null, "os_distro": "debian", "a/b~c": "v", "cores": 4, "nested": {"a": 1}})");

std::string change(auto edit) {
    Image after = before;
    edit(after);
    return diff(before, after).to_json();
}

std::string refused(PatchOperation operation) {
    return thrown<InvalidRequest>([&] { static_cast<void>(JsonPatch{std::move(operation)}); });
}

std::string not_applied(PatchOperation operation) {
    return thrown<InvalidRequest>([&] { static_cast<void>(apply(JsonPatch{std::move(operation)}, before)); });
}

}  // namespace

TEST_CASE("What is the same isn't in the patch", "[patch]") {
    CHECK(diff(before, before).empty());
    CHECK(diff(before, Image{before}).to_json() == "[]");
    CHECK(change([](Image& i) { i.name = "x"; }) == "[]");
    CHECK(change([](Image& i) { i.properties["os_distro"] = "debian"; }) == "[]");
    CHECK(diff(Image{}, Image{}).empty());
}

TEST_CASE("A field is added, replaced, cleared or removed", "[patch][row:111]") {
    CHECK(change([](Image& i) { i.min_disk = 3; }) == R"([{"op":"add","path":"/min_disk","value":3}])");
    CHECK(change([](Image& i) { i.min_disk = null; }) == R"([{"op":"add","path":"/min_disk","value":null}])");
    CHECK(change([](Image& i) { i.name = "y\"z"; }) == R"([{"op":"replace","path":"/name","value":"y\"z"}])");
    CHECK(change([](Image& i) { i.name = ""; }) == R"([{"op":"replace","path":"/name","value":""}])");
    CHECK(change([](Image& i) { i.name = null; }) == R"([{"op":"replace","path":"/name","value":null}])");
    CHECK(change([](Image& i) { i.name.reset(); }) == R"([{"op":"remove","path":"/name"}])");
    CHECK(change([](Image& i) { i.owner_id = "o"; }) == R"([{"op":"replace","path":"/owner","value":"o"}])");
    CHECK(change([](Image& i) { i.owner_id.reset(); }) == R"([{"op":"remove","path":"/owner"}])");
    CHECK(change([](Image& i) { i.is_protected = false; }) ==
          R"([{"op":"replace","path":"/protected","value":false}])");
    CHECK(change([](Image& i) { i.disk_format = image::v2::DiskFormat::qcow2; }) ==
          R"([{"op":"replace","path":"/disk_format","value":"qcow2"}])");
}

TEST_CASE("An array changes as a whole", "[patch]") {
    CHECK(change([](Image& i) { i.tags->push_back("c"); }) ==
          R"([{"op":"replace","path":"/tags","value":["a","b","c"]}])");
    CHECK(change([](Image& i) { i.tags = {}; }) == R"([{"op":"replace","path":"/tags","value":[]}])");
    CHECK(change([](Image& i) {
              i.locations = {Location{.url = "u", .metadata = {{"k", "v"}}}};
          }) == R"([{"op":"add","path":"/locations","value":[{"url":"u","metadata":{"k":"v"}}]}])");
}

TEST_CASE("A property is added, replaced or removed by its escaped name", "[patch][row:111]") {
    CHECK(change([](Image& i) { i.properties["n"] = ""; }) == R"([{"op":"add","path":"/n","value":""}])");
    CHECK(change([](Image& i) { i.properties["os_distro"] = "13"; }) ==
          R"([{"op":"replace","path":"/os_distro","value":"13"}])");
    CHECK(change([](Image& i) { i.properties.erase("a/b~c"); }) == R"([{"op":"remove","path":"/a~1b~0c"}])");
    CHECK(change([](Image& i) { i.properties["a/b~c"] = "w"; }) ==
          R"([{"op":"replace","path":"/a~1b~0c","value":"w"}])");
    CHECK(change([](Image& i) { i.properties["\xc3\xa4 \""] = "1"; }) ==
          "[{\"op\":\"add\",\"path\":\"/\xc3\xa4 \\\"\",\"value\":\"1\"}]");
}

TEST_CASE("What an update can't change is in no patch", "[patch]") {
    Image after = before;
    after.id = "other";
    after.store = "fast";
    CHECK(diff(before, after).empty());
    CHECK(diff(before, from_json<Image>(R"({"name": "x", "protected": true, "min_ram": 0, "tags": ["a", "b"],
        "disk_format": "raw", "owner": null, "os_distro": "debian", "a/b~c": "v", "size": 6, "cores": 5})"))
              .empty());
}

TEST_CASE("A property that the service keeps as something else is replaced by a text", "[patch]") {
    CHECK(change([](Image& i) { i.properties["cores"] = "8"; }) == R"([{"op":"add","path":"/cores","value":"8"}])");
}

TEST_CASE("A property that has a field's name is refused", "[patch]") {
    Image after = before;
    after.properties["protected"] = "yes";
    CHECK(thrown<InvalidRequest>([&] { static_cast<void>(diff(before, after)); }) ==
          "the property 'protected' has the name of a field: set the field");
    after.properties.erase("protected");
    after.properties["is_protected"] = "yes";
    CHECK(diff(before, after).size() == 1);
}

TEST_CASE("A patch made by hand is written as it was given", "[patch]") {
    JsonPatch const patch{
        PatchOperation::add("/a", "t\"ext"), PatchOperation::add("/b", std::string{"s"}),
        PatchOperation::add("/c", 4),        PatchOperation::replace("/d", true),
        PatchOperation::replace("/e", "x"),  PatchOperation::replace("/f", std::vector<std::string>{"1", "2"}),
        PatchOperation::remove("/g"),        {.op = "add", .path = "/locations/-", .value = R"({ "url" : "u" })"}};
    CHECK(patch.size() == 8);
    CHECK(patch.to_json() == R"([{"op":"add","path":"/a","value":"t\"ext"},{"op":"add","path":"/b","value":"s"},)"
                             R"({"op":"add","path":"/c","value":4},{"op":"replace","path":"/d","value":true},)"
                             R"({"op":"replace","path":"/e","value":"x"},)"
                             R"({"op":"replace","path":"/f","value":["1","2"]},{"op":"remove","path":"/g"},)"
                             R"({"op":"add","path":"/locations/-","value":{ "url" : "u" }}])");
    CHECK(patch.begin()->path == "/a");
    CHECK(patch == JsonPatch{patch});
    CHECK(patch != JsonPatch{});
    CHECK(JsonPatch{}.to_json() == "[]");
}

TEST_CASE("A patch that does more the second time isn't repeated", "[patch]") {
    CHECK(JsonPatch{}.is_repeatable());
    CHECK(JsonPatch{PatchOperation::add("/a", 1), PatchOperation::replace("/b~1c", 2)}.is_repeatable());
    CHECK_FALSE(JsonPatch{PatchOperation::add("/a", 1), PatchOperation::remove("/b")}.is_repeatable());
    CHECK_FALSE(JsonPatch{PatchOperation::add("/locations/-", 1)}.is_repeatable());
    CHECK_FALSE(JsonPatch{PatchOperation::add("/locations/0", 1)}.is_repeatable());
}

// glanceclient: TestSchemaBasedModel.test_patch_should_*, one row each. What isn't there is added, also a field of the
// schema, where glanceclient replaces it: RFC 6902 wants something to be there that is replaced.
TEST_CASE("A patch is what glanceclient's would be", "[patch]") {
    struct Case {
        std::string name;
        std::string from;
        std::string to;
        std::string patch;
    };
    auto const [name, from, to, patch] = GENERATE(values<Case>({
        {"replace_missing_core_properties", R"({"name": "n"})", R"({"name": "n", "min_ram": 1})",
         R"([{"op":"add","path":"/min_ram","value":1}])"},
        {"add_extra_properties", R"({"name": "n"})", R"({"name": "n", "weight": "10"})",
         R"([{"op":"add","path":"/weight","value":"10"}])"},
        {"replace_extra_properties", R"({"name": "n", "weight": "10"})", R"({"name": "n", "weight": "22"})",
         R"([{"op":"replace","path":"/weight","value":"22"}])"},
        {"remove_extra_properties", R"({"name": "n", "weight": "10"})", R"({"name": "n"})",
         R"([{"op":"remove","path":"/weight"}])"},
        {"remove_core_properties", R"({"name": "n", "min_ram": 1})", R"({"name": "n"})",
         R"([{"op":"remove","path":"/min_ram"}])"},
        {"add_missing_custom_properties", R"({"name": "n"})", R"({"name": "n", "os_distro": "debian"})",
         R"([{"op":"add","path":"/os_distro","value":"debian"}])"},
        {"replace_custom_properties", R"({"name": "n", "os_distro": "debian"})",
         R"({"name": "n", "os_distro": "fedora"})", R"([{"op":"replace","path":"/os_distro","value":"fedora"}])"},
        {"replace_tags", R"({"name": "n", "tags": ["a", "b"]})", R"({"name": "n", "tags": ["c"]})",
         R"([{"op":"replace","path":"/tags","value":["c"]}])"},
    }));
    INFO(name);
    Image const a = from_json<Image>(from);
    Image const b = from_json<Image>(to);
    CHECK(diff(a, b).to_json() == patch);
    CHECK(apply(diff(a, b), a) == b);
    CHECK(diff(a, Image{a}).empty());
}

TEST_CASE("What is no step of a patch is refused", "[patch][row:111]") {
    for (std::string const op : {"", "test", "move", "copy", "Add"})
        CHECK(refused({op, "/name", "1"}) == "a patch operation is add, replace or remove, not '" + op + "'");
    for (std::string const path : {"", "name", "#/name"})
        CHECK(refused({"add", path, "1"}) == "the path of a patch operation starts with /");
    CHECK(refused(PatchOperation::remove("name")) == "the path of a patch operation starts with /");
    for (std::string const& value :
         {std::string{}, std::string{"x"}, std::string{"{} {}"}, std::string{"[1,]"}, std::string{"'a'"},
          std::string{"\"\xff\""}, std::string{"1\0", 2}, std::string{"NaN"}})
        CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(JsonPatch{{"add", "/name", value}}); }));
    CHECK(refused({"replace", "/name", "x"}).starts_with("the value of a patch operation: not JSON at byte 0"));
    CHECK(throws_exactly<InvalidRequest>(
        [] { static_cast<void>(JsonPatch{PatchOperation::remove("/\xff")}.to_json()); }));
}

TEST_CASE("A patch can be tried", "[patch]") {
    Image const after = apply(JsonPatch{PatchOperation::replace("/name", "y"),
                                        PatchOperation::remove("/min_ram"),
                                        {.op = "add", .path = "/owner", .value = "null"},
                                        PatchOperation::add("/tags", std::vector<std::string>{"c"}),
                                        PatchOperation::add("/n~1~01", "v"),
                                        PatchOperation::remove("/os_distro"),
                                        PatchOperation::replace("/a~1b~0c", "w")},
                              before);
    CHECK(after.name == "y");
    CHECK(after.min_ram.is_unset());
    CHECK(after.owner_id.is_null());
    CHECK(after.tags == std::vector<std::string>{"c"});
    CHECK(after.properties.at("n/~1") == "v");
    CHECK_FALSE(after.properties.contains("os_distro"));
    CHECK(after.properties.at("a/b~c") == "w");
    CHECK(after.properties.raw() == before.properties.raw());
    CHECK(after.id == "i");
    CHECK(after.size == 5);
}

TEST_CASE("A text that is put in the place of another value is read back as it was written", "[patch]") {
    Image const after = apply(JsonPatch{PatchOperation::add("/nested", "now a text")}, before);
    CHECK(after.properties.at("nested") == "now a text");
    CHECK(from_json<Image>(to_json(after)) == after);
}

TEST_CASE("What the service would refuse isn't applied", "[patch]") {
    CHECK(not_applied(PatchOperation::add("/tags/0", "c")) == "'/tags/0' isn't the path of a field or a property");
    CHECK(not_applied(PatchOperation::add("/a~2", "c")) == "'/a~2' isn't the path of a field or a property");
    CHECK(not_applied(PatchOperation::replace("/id", "c")) == "an update can't change 'id'");
    CHECK(not_applied(PatchOperation::remove("/size")) == "an update can't change 'size'");
    CHECK(not_applied(PatchOperation::replace("/none", "c")) == "there is no property 'none'");
    CHECK(not_applied(PatchOperation::remove("/none")) == "there is no property 'none'");
    CHECK(thrown<InvalidRequest>([] {
              static_cast<void>(apply(JsonPatch{PatchOperation::add("/none", "c")}, Location{}));
          }) == "there is no field 'none'");
}

TEST_CASE("A value of the wrong type isn't applied", "[patch]") {
    CHECK(thrown<DecodeError>([] { static_cast<void>(apply(JsonPatch{PatchOperation::add("/name", 4)}, before)); }) ==
          "/name: expected string, found number 4");
    CHECK(throws_exactly<DecodeError>(
        [] { static_cast<void>(apply(JsonPatch{PatchOperation::add("/own", 4)}, before)); }));
}

namespace {

/// Images with everything that a patch can change, made of texts that are hard to write.
class RandomImages {
  public:
    Image make() {
        Image image;
        set(image.name, [&] { return text(); });
        set(image.disk_format, [&] { return Open<image::v2::DiskFormat>::from_text(pick({"raw", "iso", "new"})); });
        set(image.visibility, [&] { return image::v2::Visibility::public_; });
        set(image.min_disk, [&] { return static_cast<std::int32_t>(random_()); });
        set(image.is_protected, [&] { return chance(); });
        set(image.is_hidden, [&] { return chance(); });
        set(image.owner_id, [&] { return text(); });
        set(image.tags, [&] { return texts(); });
        set(image.locations, [&] { return std::vector<Location>(random_() % 3, Location{.url = text()}); });
        for (std::string const& key : texts()) image.properties["key" + key] = text();
        return image;
    }

  private:
    bool chance() { return random_() % 2 == 0; }
    std::string pick(std::vector<std::string> const& from) { return from[random_() % from.size()]; }
    std::string text() {
        std::string made;
        for (auto left = random_() % 4; left > 0; --left)
            made += pick({"a", "/", "~", "~0", "~1", "\"", "\\", "\n", " ", "\xc3\xa4", "\xe4\xb8\xad", "%2f", "\x7f"});
        return made;
    }
    std::vector<std::string> texts() {
        std::vector<std::string> made(random_() % 4);
        for (std::string& each : made) each = text();
        return made;
    }
    template<class T, class... Options>
    void set(Field<T, Options...>& field, auto value) {
        auto const state = random_() % 4;
        if (state == 0) field = null;
        if (state > 1) field = value();
    }

    std::mt19937 random_{6902};
};

}  // namespace

TEST_CASE("A difference, applied, gives the other image", "[patch][row:111]") {
    RandomImages images;
    for (int i = 0; i < 400; ++i) {
        Image const a = images.make();
        Image const b = images.make();
        JsonPatch const patch = diff(a, b);
        REQUIRE(apply(patch, a) == b);
        REQUIRE(patch.empty() == (a == b));
        REQUIRE(diff(apply(patch, a), b).empty());
        CHECK_NOTHROW(patch.to_json());
    }
}

TEST_CASE("What only the service sets stays as it is", "[patch]") {
    RandomImages images;
    for (int i = 0; i < 50; ++i) {
        Image const wanted = images.make();
        Image const after = apply(diff(before, wanted), before);
        CHECK(diff(after, wanted).empty());
        CHECK(after.id == before.id);
        CHECK(after.status == before.status);
        CHECK(after.properties.raw() == before.properties.raw());
    }
}
