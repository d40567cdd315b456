// SPDX-License-Identifier: Apache-2.0
// Updates: by fields, by id, by edit and by hand; tags; what is sent, and what a refusal leaves.
// Peers' tests of this: glanceclient's update of test_images.py; gophercloud's acceptance test Update; openstacksdk's
// functional test_tags.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cloud.hpp"

using live::admin, live::alt, live::caught, live::check_is_told, live::demo, live::reader, live::TemporaryImage,
    live::unique;
using live::image::ContainerFormat, live::image::DiskFormat, live::image::Image, live::image::Visibility;
using openstack::JsonPatch, openstack::null, openstack::PatchOperation, openstack::Properties;

namespace {

live::image::Proxy const& glance() { return demo().glance(); }

/// The bodies of the requests since the last call; each must be a PATCH of that image, in Glance's own media type.
std::vector<std::string> patches(std::string const& id) {
    std::vector<std::string> bodies;
    for (live::Sent const& each : demo().sent()) {
        CHECK(each.line() == "PATCH /v2/images/" + id);
        CHECK(each.headers.find("Content-Type") == "application/openstack-images-v2.1-json-patch");
        bodies.push_back(each.body);
    }
    return bodies;
}

void forget_requests() { static_cast<void>(demo().sent()); }

/// What an update has sent once: one body.
std::vector<std::string> one(std::string body) { return {std::move(body)}; }

}  // namespace

TEST_CASE("An update of an object sends what differs from it and nothing else", "[update]") {
    TemporaryImage const image{Image{.name = "before", .min_ram = 1, .properties = {{"a", "1"}, {"b", "2"}}}};
    forget_requests();

    Image now = glance().update_image(image.record(), {.name = "after", .min_ram = 1, .properties = {{"a", "1"}}});
    CHECK(patches(image.id()) == one(R"([{"op":"replace","path":"/name","value":"after"}])"));
    CHECK(now == image.now());
    CHECK(now.name == "after");
    CHECK(now.min_ram == 1);
    CHECK(now.properties == Properties{{"a", "1"}, {"b", "2"}});
    forget_requests();

    CHECK(glance().update_image(now, {}) == now);
    CHECK(glance().update_image(now, Image{now}) == now);
    CHECK(glance().update_image(now, {.name = "after"}) == now);
    CHECK(glance().update_image(now, {.properties = {{"b", "2"}}}) == now);
    CHECK(demo().sent().empty());

    // What is read-only comes along in a copy, and isn't sent.
    Image changed = now;
    changed.min_disk = 3;
    changed.properties["c"] = "3";
    now = glance().update_image(now, changed);
    CHECK(patches(image.id()) ==
          one(R"([{"op":"replace","path":"/min_disk","value":3},{"op":"add","path":"/c","value":"3"}])"));
    CHECK(now.min_disk == 3);
    CHECK(now.properties == Properties{{"a", "1"}, {"b", "2"}, {"c", "3"}});
}

// tempest: BasicOperationsImagesTest.test_update_image
TEST_CASE("An image with data changes, and keeps its data", "[update]") {
    TemporaryImage const image{"data", Image{.name = "before", .properties = {{"a", "1"}, {"b", "2"}}}};
    Image const now = glance().update_image(image.record(), [](Image& i) {
        i.name = "after";
        i.properties.erase("a");
        i.properties["c"] = "3";
    });
    CHECK(now == image.now());
    CHECK(now.name == "after");
    CHECK(now.properties == Properties{{"b", "2"}, {"c", "3"}});
    CHECK(now.status == live::image::ImageStatus::active);
    CHECK(now.hash_value == image.record().hash_value);
    CHECK(now.updated_at.value() >= image.record().updated_at.value());
    CHECK(glance().download_image(now) == "data");
}

// tempest: BasicOperationsImagesAdminTest.test_update_image_owner_param
TEST_CASE("Every field that may change changes", "[update]") {
    TemporaryImage const image{
        Image{.name = "before", .disk_format = DiskFormat::raw, .container_format = ContainerFormat::bare}};
    Image now = glance().update_image(image.record(), {.name = "after",
                                                       .disk_format = DiskFormat::iso,
                                                       .container_format = ContainerFormat::docker,
                                                       .visibility = Visibility::private_,
                                                       .min_disk = 1,
                                                       .min_ram = 2,
                                                       .is_protected = true,
                                                       .is_hidden = true,
                                                       .tags = {"t"},
                                                       .properties = {{"p", "q"}}});
    CHECK(now == image.now());
    CHECK(now.name == "after");
    CHECK(now.disk_format == DiskFormat::iso);
    CHECK(now.container_format == ContainerFormat::docker);
    CHECK(now.visibility == Visibility::private_);
    CHECK(now.min_disk == 1);
    CHECK(now.min_ram == 2);
    CHECK(now.is_protected == true);
    CHECK(now.is_hidden == true);
    CHECK(now.tags == std::vector<std::string>{"t"});
    CHECK(now.properties == Properties{{"p", "q"}});

    now = glance().update_image(now, {.visibility = Visibility::community, .is_protected = false, .is_hidden = false});
    CHECK(now.visibility == Visibility::community);
    CHECK(now.is_protected == false);
    CHECK(now.is_hidden == false);

    now = admin().glance().update_image(now, {.visibility = Visibility::public_, .owner_id = alt().project_id()});
    CHECK(now.visibility == Visibility::public_);
    CHECK(now.owner_id == alt().project_id());
    CHECK(alt().glance().get_image(image.id()).visibility == Visibility::public_);
    admin().glance().update_image(image.id(), {.owner_id = demo().project_id()});
}

TEST_CASE("An update by id sends all that is set", "[update]") {
    TemporaryImage const image{Image{.name = "same", .tags = {"x"}, .properties = {{"a", "1"}}}};
    forget_requests();
    Image const now = glance().update_image(image.id(), {.name = "same", .tags = {"y"}, .properties = {{"a", "2"}}});
    CHECK(patches(image.id()) ==
          one(R"([{"op":"add","path":"/name","value":"same"},{"op":"add","path":"/tags","value":["y"]},)"
              R"({"op":"add","path":"/a","value":"2"}])"));
    CHECK(now.tags == std::vector<std::string>{"y"});
    CHECK(now.properties == Properties{{"a", "2"}});

    CHECK(glance().update_image(image.id(), {}) == now);
    auto const sent = demo().sent();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].line() == "GET /v2/images/" + image.id());
}

TEST_CASE("An edit sends what it changed, cleared, added and removed", "[update]") {
    TemporaryImage const image{Image{
        .name = "n", .disk_format = DiskFormat::raw, .tags = {"x"}, .properties = {{"gone", "1"}, {"kept", "2"}}}};
    forget_requests();
    Image now = glance().update_image(image.record(), [](Image& i) {
        i.name = null;
        i.disk_format = null;
        i.tags->push_back("y");
        i.properties.erase("gone");
        i.properties["new"] = "3";
        i.properties["kept"] = "4";
    });
    auto const sent = demo().sent();
    REQUIRE(sent.size() == 2);
    CHECK(sent[0].line() == "GET /v2/images/" + image.id());
    CHECK(sent[1].body == R"([{"op":"replace","path":"/name","value":null},)"
                          R"({"op":"replace","path":"/disk_format","value":null},)"
                          R"({"op":"replace","path":"/tags","value":["x","y"]},)"
                          R"({"op":"remove","path":"/gone"},)"
                          R"({"op":"replace","path":"/kept","value":"4"},)"
                          R"({"op":"add","path":"/new","value":"3"}])");
    CHECK(now == image.now());
    CHECK(now.name.is_null());
    CHECK(now.disk_format.is_null());
    CHECK(now.properties == Properties{{"kept", "4"}, {"new", "3"}});
    forget_requests();

    now = glance().update_image(image.id(), [](Image&) {});
    CHECK(demo().sent().size() == 1);

    now = glance().update_image(image.id(), [](Image& i) {
        i.tags = {};
        i.properties.clear();
    });
    CHECK(now.tags->empty());
    CHECK(now.properties.empty());

    // What an edit throws reaches the caller, and nothing is sent.
    forget_requests();
    CHECK_THROWS_AS(glance().update_image(image.id(), [](Image&) { throw std::logic_error("no"); }), std::logic_error);
    CHECK(demo().sent().size() == 1);
}

TEST_CASE("Properties of any name and text are added, replaced and removed", "[update]") {
    Properties wanted;
    for (std::string const key :
         {"a/b", "a~b",      "~1",    "~0",        "/",   "~",     "//~~", "\xc3\xa9\xe2\x98\x95",
          "a b", "a.b",      "\"",    "\\",        "a:b", "store", "path", "value",
          "url", "size_min", "limit", "os_distro", ""})
        wanted[key] = "<&>\"\\/\n\xe2\x98\x95";
    TemporaryImage const image{Image{.properties = wanted}};
    CHECK(image.record().properties == wanted);

    TemporaryImage const other;
    Image now = glance().update_image(other.record(), Image{.properties = wanted});
    CHECK(now.properties == wanted);
    Properties replaced;
    for (auto const& [key, value] : wanted) replaced[key] = value + "2";
    now = glance().update_image(now, Image{.properties = replaced});
    CHECK(now.properties == replaced);
    now = glance().update_image(now, [&](Image& i) {
        for (auto const& [key, value] : replaced)
            if (key != "a/b") i.properties.erase(key);
    });
    CHECK(now.properties == Properties{{"a/b", replaced.at("a/b")}});
    now = glance().update_image(now, [](Image& i) { i.properties.clear(); });
    CHECK(now.properties.empty());
    CHECK(now == other.now());
}

TEST_CASE("A property that is null is kept apart, becomes a text, and can be removed by hand", "[update]") {
    TemporaryImage const image;  // kernel_id is one of few properties that the service lets be null
    Image now = glance().patch_image(image.record(), {{"add", "/kernel_id", "null"}});
    CHECK(now.properties.empty());
    CHECK(now.properties.raw().at("kernel_id") == "null");
    now = glance().update_image(now, {.name = "other"});
    CHECK(now.properties.raw().contains("kernel_id"));
    std::string const kernel = "12345678-1234-1234-1234-123456789012";
    now = glance().update_image(now, {.properties = {{"kernel_id", kernel}}});
    CHECK(now.properties == Properties{{"kernel_id", kernel}});
    now = glance().patch_image(now, {PatchOperation::remove("/kernel_id")});
    CHECK(now.properties == Properties{});
}

TEST_CASE("A patch made by hand is sent as it is", "[update]") {
    TemporaryImage const image{Image{.name = "before", .tags = {"x"}, .properties = {{"a/b", "1"}}}};
    forget_requests();
    JsonPatch const patch{PatchOperation::replace("/name", "after"), PatchOperation::add("/new", "v"),
                          PatchOperation::replace("/tags", std::vector<std::string>{"y", "z"}),
                          PatchOperation::remove("/a~1b"), PatchOperation::add("/min_disk", 4)};
    Image const now = glance().patch_image(image.record(), patch);
    CHECK(patches(image.id()) == one(patch.to_json()));
    CHECK(now == image.now());
    Image expected = apply(patch, image.record());
    CHECK(now.name == expected.name);
    CHECK(now.properties == expected.properties);
    CHECK(now.min_disk == expected.min_disk);
    CHECK_THAT(*now.tags, Catch::UnorderedEquals(*expected.tags));
    CHECK(glance().patch_image(image.record(), {}) == now);
}

// tempest: ImagesNegativeTest.test_update_image_reserved_property
TEST_CASE("A refused update changes nothing and says why", "[update]") {
    TemporaryImage const image{Image{.name = "before", .properties = {{"a", "1"}}}};
    Image const before = image.now();
    auto const refused = [&]<class Refusal>(Refusal const*, JsonPatch const& patch) {
        Refusal const refusal = caught<Refusal>([&] { glance().patch_image(image.id(), patch); });
        check_is_told(refusal);
        CHECK(refusal.method() == "PATCH");
        CHECK(image.now() == before);
        return refusal.server_text();
    };
    openstack::Conflict const* const conflict = nullptr;
    openstack::Forbidden const* const forbidden = nullptr;
    openstack::BadRequest const* const bad = nullptr;
    PatchOperation const good = PatchOperation::replace("/name", "after");
    CHECK_THAT(refused(conflict, {good, PatchOperation::replace("/none", "1")}), Catch::Contains("none"));
    CHECK_THAT(refused(conflict, {good, PatchOperation::remove("/none")}), Catch::Contains("none"));
    CHECK_THAT(refused(forbidden, {good, PatchOperation::replace("/status", "active")}), Catch::Contains("status"));
    CHECK_THAT(refused(forbidden, {good, PatchOperation::remove("/name")}), Catch::Contains("name"));
    CHECK_THAT(refused(forbidden, {good, PatchOperation::replace("/visibility", "public")}),
               Catch::Contains("publicize"));
    refused(forbidden, {good, PatchOperation::replace("/owner", alt().project_id())});
    CHECK_THAT(refused(forbidden, {good, PatchOperation::add("/os_glance_x", "1")}), Catch::Contains("os_glance_x"));
    refused(bad, {good, PatchOperation::replace("/min_disk", -1)});
    refused(bad, {good, PatchOperation::replace("/min_disk", "many")});
    refused(bad, {good, PatchOperation::add("/a", 5)});
    refused(bad, {good, {"add", "/a", "null"}});
    refused(bad, {good, PatchOperation::add("/tags/-", "x")});
    refused(bad, {good, PatchOperation::replace("/name", std::string(256, 'x'))});
    refused(bad, {good, PatchOperation::replace("/disk_format", "<b>floppy</b>")});

    check_is_told(
        caught<openstack::BadRequest>([&] { glance().update_image(before, {.name = std::string(256, 'x')}); }));
    check_is_told(caught<openstack::Forbidden>([&] { reader().glance().update_image(before, {.name = "x"}); }));
    check_is_told(caught<openstack::ResourceNotFound>([&] { alt().glance().update_image(before, {.name = "x"}); }));
    CHECK(image.now() == before);
}

TEST_CASE("Two clients that change different things of an image don't undo each other", "[update]") {
    TemporaryImage const image{Image{.name = "n", .properties = {{"mine", "1"}, {"yours", "1"}}}};
    glance().update_image(image.record(), {.min_ram = 7, .properties = {{"yours", "2"}}});
    Image const now = glance().update_image(image.record(), {.name = "m", .properties = {{"mine", "2"}}});
    CHECK(now.name == "m");
    CHECK(now.min_ram == 7);
    CHECK(now.properties == Properties{{"mine", "2"}, {"yours", "2"}});

    // A property that the other client has removed is a conflict, not a silent loss.
    glance().update_image(image.id(), [](Image& i) { i.properties.erase("mine"); });
    CHECK_THROWS_AS(glance().update_image(now, {.properties = {{"mine", "3"}}}), openstack::Conflict);
}

TEST_CASE("What no update can change is refused before anything is sent", "[update]") {
    TemporaryImage const image;
    forget_requests();
    CHECK_THROWS_AS(glance().update_image(image.record(), {.id = "12345678-1234-1234-1234-123456789012"}),
                    openstack::InvalidRequest);
    CHECK_THROWS_AS(glance().update_image(image.record(), {.store = "slow"}), openstack::InvalidRequest);
    CHECK_THROWS_AS(glance().update_image(image.record(), {.properties = {{"name", "x"}}}), openstack::InvalidRequest);
    CHECK_THROWS_AS(glance().update_image(Image{}, {.name = "x"}), openstack::InvalidRequest);
    CHECK_THROWS_AS(glance().update_image("", {.name = "x"}), openstack::InvalidRequest);
    CHECK_THROWS_AS(glance().update_image("..", {.name = "x"}), openstack::InvalidRequest);
    CHECK(demo().sent().empty());
}

// tempest: ImagesTagsTest.test_update_delete_tags_for_image,
// ImagesTagsNegativeTest.test_update_tags_for_non_existing_image, ImagesTagsNegativeTest.test_delete_non_existing_tag
TEST_CASE("Tags of any text are added and removed, others stay", "[tags]") {
    TemporaryImage const image{Image{.tags = {"kept"}}};
    for (std::string const tag : {"gold",
                                  "a b",
                                  "a+b",
                                  "100%25",
                                  "%2F",
                                  "a;b",
                                  "a?b#c",
                                  " x ",
                                  "..a",
                                  "a.json",
                                  "~",
                                  "a,b",
                                  "\"q\"",
                                  "a\\b",
                                  "<b>",
                                  "a&b=c",
                                  "x:y",
                                  "a/b",
                                  "/",
                                  ".",
                                  "..",
                                  "\xc3\xa9",
                                  "caf\xc3\xa9/\xe2\x98\x95",
                                  "a\tb",
                                  "|^`{}[]*(@$')!"}) {
        INFO(tag);
        glance().add_tag(image.record(), tag);
        CHECK_THAT(*image.now().tags, Catch::UnorderedEquals(std::vector<std::string>{"kept", tag}));
        glance().add_tag(image.id(), tag);  // twice is no error
        CHECK(image.now().tags->size() == 2);
        glance().remove_tag(image.record(), tag);
        CHECK(image.now().tags == std::vector<std::string>{"kept"});
        CHECK_THROWS_AS(glance().remove_tag(image.record(), tag), openstack::ResourceNotFound);
    }
    std::string const longest(255, 't');
    glance().add_tag(image.record(), longest);
    glance().remove_tag(image.record(), longest);
    check_is_told(caught<openstack::BadRequest>([&] { glance().add_tag(image.record(), longest + 't'); }));
    check_is_told(caught<openstack::BadRequest>([&] { glance().add_tag(image.record(), '/' + longest); }));
    CHECK_THROWS_AS(glance().add_tag(image.record(), ""), openstack::InvalidRequest);
    check_is_told(caught<openstack::ResourceNotFound>([&] { alt().glance().add_tag(image.record(), "x"); }));
    std::string const missing = "12345678-1234-1234-1234-123456789012";
    for (std::string const tag : {"x", "x/y"}) {
        check_is_told(caught<openstack::ResourceNotFound>([&] { glance().add_tag(missing, tag); }));
        check_is_told(caught<openstack::ResourceNotFound>([&] { glance().remove_tag(missing, tag); }));
    }
    check_is_told(caught<openstack::Forbidden>([&] { reader().glance().add_tag(image.record(), "x"); }));
    CHECK(image.now().tags == std::vector<std::string>{"kept"});
}

TEST_CASE("An image can be deactivated and reactivated, and says so if not", "[actions]") {
    TemporaryImage const image{"data"};
    glance().deactivate_image(image.record());
    CHECK(image.now().status == live::image::ImageStatus::deactivated);
    glance().deactivate_image(image.record());  // twice is no error
    glance().reactivate_image(image.id());
    CHECK(image.now().status == live::image::ImageStatus::active);
    glance().reactivate_image(image.id());

    TemporaryImage const queued;
    check_is_told(caught<openstack::Forbidden>([&] { glance().deactivate_image(queued.record()); }));
    check_is_told(caught<openstack::Forbidden>([&] { glance().reactivate_image(queued.record()); }));
}

// tempest: BasicOperationsImagesTest.test_delete_image, ImagesNegativeTest.test_get_delete_deleted_image,
// ImagesNegativeTest.test_delete_non_existing_image, ImagesNegativeTest.test_delete_image_null_id,
// ImagesNegativeTest.test_delete_protected_image
TEST_CASE("An image is deleted, and then gone or missing as is asked", "[delete]") {
    TemporaryImage const image{Image{.name = unique(), .is_protected = true}};
    check_is_told(caught<openstack::Forbidden>([&] { glance().delete_image(image.record()); }));
    glance().update_image(image.id(), {.is_protected = false});
    check_is_told(caught<openstack::ResourceNotFound>(
        [&] { alt().glance().delete_image(image.record(), openstack::must_exist); }));
    CHECK(image.now().id == image.id());
    glance().delete_image(image.record());
    CHECK_NOTHROW(glance().delete_image(image.record()));
    check_is_told(
        caught<openstack::ResourceNotFound>([&] { glance().delete_image(image.record(), openstack::must_exist); }));
    check_is_told(caught<openstack::ResourceNotFound>([&] { (void)glance().get_image(image.record()); }));
    CHECK_FALSE(glance().find_image(*image.record().name).has_value());
    CHECK_THAT(live::ids(glance().images()), !Catch::VectorContains(image.id()));
    std::string const missing = "12345678-1234-1234-1234-123456789012";
    CHECK_NOTHROW(glance().delete_image(missing));
    check_is_told(caught<openstack::ResourceNotFound>([&] { glance().delete_image(missing, openstack::must_exist); }));
    forget_requests();
    for (std::string const id : {"", ".", ".."}) CHECK_THROWS_AS(glance().delete_image(id), openstack::InvalidRequest);
    CHECK(demo().sent().empty());
}
