// SPDX-License-Identifier: Apache-2.0
// What Glance says of itself, its cache, and the places where data lies.
// Peers' tests of this: openstacksdk's functional test_schema.py and test_metadef_schema.py; glanceclient's locations
// of test_images.py (add, duplicate, remove, missing, update).
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "../support/image_answers.hpp"
#include "../support/web_server.hpp"
#include "cloud.hpp"

using namespace openstack::image::v2;
using live::admin, live::caught, live::check_is_told, live::demo, live::TemporaryImage, live::unique;
using openstack::NotSupported;

namespace {

openstack::image::v2::Proxy const& glance() { return demo().glance(); }

std::string const data = support::random_text(1'000);

Image raw(std::string const& name) {
    return {.name = name, .disk_format = DiskFormat::raw, .container_format = ContainerFormat::bare};
}

/// RegionTwo has a cache.
openstack::image::v2::Proxy const& admin_two() {
    static live::Cloud const cloud{live::keystone("admin", "admin"), {.region = "RegionTwo"}};
    return cloud.glance();
}
live::Cloud const& demo_two() {
    static live::Cloud const cloud{live::keystone("demo", "demo"), {.region = "RegionTwo"}};
    return cloud;
}

bool contains(std::vector<std::string> const& list, std::string const& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

TEST_CASE("The service's stores and import methods are listed", "[service]") {
    auto const stores = glance().stores();
    REQUIRE(stores.size() == 3);
    CHECK(stores[0].id == "fast");
    CHECK(stores[0].is_default == true);
    CHECK(stores[0].description.has_value());
    CHECK(stores[1].id == "slow");
    CHECK(stores[2].id == "web");
    CHECK(stores[2].is_read_only == true);
    CHECK(stores[0].type.is_unset());

    auto const detailed = admin().glance().stores(openstack::details);
    REQUIRE(detailed.size() == 3);
    CHECK(detailed[0].type == "file");
    CHECK(detailed[0].properties->at("data_dir").ends_with("/store/fast"));
    CHECK(detailed[0].properties->raw().at("chunk_size") == "65536");
    check_is_told(caught<openstack::Forbidden>([] { (void)glance().stores(openstack::details); }));

    auto const methods = glance().import_methods();
    for (auto const& each : {glance_direct(), web_download(""), glance_download("", ""), copy_image()})
        CHECK(contains(methods, each.name));
}

TEST_CASE("Limits and their usage are known where the cloud has some", "[service]") {
    CHECK(glance().usage().empty());
    auto const before = demo_two().glance().usage();
    REQUIRE(before.contains("image_count_total"));
    CHECK(before.at("image_count_total").limit == 200);
    CHECK(before.at("image_size_total").limit == 4000);
    TemporaryImage const image{Image{.name = unique()}, demo_two()};
    CHECK(*demo_two().glance().usage().at("image_count_total").usage == *before.at("image_count_total").usage + 1);
}

// tempest: ListUserImagesTest.test_get_image_schema, ListUserImagesTest.test_get_images_schema,
// ImagesMemberTest.test_get_image_member_schema, ImagesMemberTest.test_get_image_members_schema,
// MetadataSchemaTest.test_get_metadata_namespace_schema, MetadataSchemaTest.test_get_metadata_namespaces_schema,
// MetadataSchemaTest.test_get_metadata_resource_type_schema,
// MetadataSchemaTest.test_get_metadata_resources_types_schema, MetadataSchemaTest.test_get_metadata_object_schema,
// MetadataSchemaTest.test_get_metadata_objects_schema, MetadataSchemaTest.test_get_metadata_property_schema,
// MetadataSchemaTest.test_get_metadata_properties_schema, MetadataSchemaTest.test_get_metadata_tag_schema,
// MetadataSchemaTest.test_get_metadata_tags_schema
TEST_CASE("Every schema can be asked for", "[service]") {
    for (std::string const name : {"image", "images", "member", "members", "task", "tasks"}) {
        auto const schema = glance().get_schema(name);
        CHECK(schema.name == name);
        CHECK_FALSE(schema.properties->empty());
    }
    for (std::string const name : {"namespace", "namespaces", "object", "objects", "property", "properties", "tag",
                                   "tags", "resource_type", "resource_types"}) {
        INFO(name);
        auto const schema = glance().get_metadef_schema(name);
        std::string told = name;  // Glance calls the associations by their whole name
        if (name.starts_with("resource_type")) told.insert(13, "_association");
        CHECK(schema.name == told);
        CHECK_FALSE(schema.properties->empty());
    }
    auto const image = glance().get_schema("image");
    CHECK(image.properties->at("min_disk").text.find("integer") != std::string::npos);
    CHECK(image.properties->contains("os_distro"));
    CHECK(image.additional_properties->text == R"({"type":"string"})");
    CHECK_THROWS_AS(glance().get_schema("nothing"), openstack::ResourceNotFound);
}

// tempest: VersionsTest.test_list_versions
TEST_CASE("The service's versions are listed", "[service][versions]") {
    auto const check = [](live::Cloud const& cloud, std::string const& newest, std::string const& root) {
        auto const versions = openstack::versions(cloud.session(), "image");
        REQUIRE_FALSE(versions.empty());
        CHECK(versions[0].id == newest);
        CHECK(versions[0].status == "CURRENT");
        for (auto const& each : versions) {
            CHECK(each.id.starts_with("v2."));
            CHECK_FALSE(each.status.empty());
            CHECK(each.url == root + "/v2");
        }
    };
    check(live::reader(), "v2.15", live::variable("GLANCE_URL"));
    check(demo_two(), "v2.16", live::variable("GLANCE_TWO_URL"));  // which has a cache
}

TEST_CASE("A call that this Glance doesn't know is explained by its versions", "[service][versions]") {
    TemporaryImage const image{data, raw(unique())};
    auto const error = caught<NotSupported>([&] { (void)admin().glance().image_locations(image.id()); });
    INFO(error.what());
    CHECK(std::string{error.what()}.find("v2.17") != std::string::npos);
    CHECK_THROWS_AS(admin().glance().image_locations("4f2c6d6b-0000-4000-8000-000000000000"),
                    openstack::ResourceNotFound);
    CHECK_THROWS_AS(admin_two().prune_cache(), NotSupported);
    CHECK_THROWS_AS(admin().glance().get_image_cache(), NotSupported);  // it has none, so it doesn't list the version
}

// tempest: ImageCachingTest.test_image_caching_cycle, ImageCachingTest.test_remote_and_self_cache (the nodes have a
// cache each, and the one that's asked answers of its own: a client sees one of them)
TEST_CASE("Images go into the cache and out of it", "[service][cache]") {
    TemporaryImage const image{data, raw(unique()), demo_two()};
    TemporaryImage const empty{raw(unique()), demo_two()};
    auto const is_cached = [&] {
        auto const cache = admin_two().get_image_cache();
        return std::any_of(cache.cached_images->begin(), cache.cached_images->end(),
                           [&](auto const& each) { return each.image_id == image.id(); });
    };
    admin_two().clear_cache();
    CHECK_FALSE(is_cached());
    admin_two().queue_image(image.record());
    admin_two().wait_for(image.id(), [&](Image const&) { return is_cached(); },
                         {.deadline = std::chrono::seconds{20}, .interval = std::chrono::milliseconds{80}});
    auto const cache = admin_two().get_image_cache();
    CHECK(cache.cached_images->at(0).size == data.size());
    CHECK(*cache.cached_images->at(0).last_modified > 1.7e9);
    CHECK(demo_two().glance().download_image(image.id()) == data);
    CHECK(admin_two().get_image_cache().cached_images->at(0).hits == 1);

    admin_two().clear_cache(CacheTarget::queue);
    CHECK(is_cached());
    admin_two().cache_delete_image(image.id());
    CHECK_FALSE(is_cached());
    CHECK(demo_two().glance().download_image(image.id()) == data);  // which fills it, without a length
    CHECK(is_cached());
    admin_two().clear_cache(CacheTarget::cache);
    CHECK_FALSE(is_cached());

    CHECK_THROWS_AS(admin_two().queue_image(empty.id()), openstack::BadRequest);
    CHECK_THROWS_AS(admin_two().queue_image("12345678-1234-1234-1234-123456789012"), openstack::ResourceNotFound);
    check_is_told(caught<openstack::Forbidden>([] { (void)demo_two().glance().get_image_cache(); }));
}

TEST_CASE("A call of the cache is one request", "[service][cache][D18]") {
    static live::Cloud const cloud{live::keystone("admin", "admin"), {.region = "RegionTwo"}};
    (void)cloud.glance().get_image_cache();
    (void)cloud.sent();
    (void)cloud.glance().get_image_cache();
    auto const sent = cloud.sent();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].line() == "GET /v2/cache");
}

// tempest: ImageLocationsTest.test_location_after_upload, ImageLocationsTest.test_set_location
TEST_CASE("A location is shown after an upload, and makes an image active", "[locations]") {
    support::WebServer const web{data};
    TemporaryImage const uploaded{data, raw(unique())};
    REQUIRE(uploaded.now().locations->size() == 1);
    CHECK(uploaded.now().locations->at(0).url->starts_with("file://"));
    CHECK(uploaded.now().locations->at(0).metadata->at("store") == "fast");

    TemporaryImage const image{raw(unique())};
    Image const added = glance().add_location(image.record(), {.url = web.url("/data")});
    CHECK(added.status == ImageStatus::active);
    CHECK(added.size == data.size());
    REQUIRE(added.locations->size() == 1);
    CHECK(added.locations->at(0).url == web.url("/data"));
    CHECK(added.locations->at(0).metadata->at("store") == "web");
    CHECK(glance().download_image(image.id(), {.verification = openstack::Verification::if_possible}) == data);
    CHECK_THROWS_AS(glance().add_location(image.id(), {.url = web.url("/data")}), openstack::BadRequest);
}

// tempest: ImageLocationsTest.test_replace_location, ImageLocationsAdminTest.test_delete_locations
TEST_CASE("Locations are replaced and removed as far as Glance lets them", "[locations]") {
    support::WebServer const web{data};
    TemporaryImage const image{raw(unique())};
    glance().add_location(image.id(), {.url = web.url("/data")});
    glance().add_location(image.id(), {.url = web.url("/data2")});
    CHECK(image.now().locations->size() == 2);
    glance().update_image(image.id(), [](Image& current) { (*current.locations->at(0).metadata)["rack"] = "7"; });
    CHECK(image.now().locations->at(0).metadata->at("rack") == "7");
    CHECK_THROWS_AS(glance().update_image(image.id(), [](Image& current) { current.locations = {}; }),
                    openstack::Forbidden);

    check_is_told(caught<openstack::Forbidden>([&] { glance().remove_location(image.id(), web.url("/data")); }));
    Image const left = admin().glance().remove_location(image.id(), web.url("/data"));
    REQUIRE(left.locations->size() == 1);
    CHECK(left.locations->at(0).url == web.url("/data2"));
    CHECK_THROWS_AS(admin().glance().remove_location(image.id(), web.url("/data2")), openstack::Forbidden);
    CHECK_THROWS_AS(admin().glance().remove_location(image.id(), "http://nowhere/"), openstack::ResourceNotFound);
}

// tempest: ImageLocationsTest.test_set_location_bad_scheme
TEST_CASE("A location that no store takes is refused", "[locations]") {
    TemporaryImage const image{raw(unique())};
    for (std::string const url : {"gopher://info.cern.ch", "file:///etc/passwd", "nonsense"})
        CHECK_THROWS_AS(glance().add_location(image.id(), {.url = url}), openstack::BadRequest);
    CHECK(image.now().status == ImageStatus::queued);
}

// tempest: ImageLocationsTest.test_set_location_with_hash,
// ImageLocationsTest.test_set_location_with_hash_second_matching,
// ImageLocationsTest.test_set_location_with_hash_not_matching
TEST_CASE("A location says what hash its data has", "[locations]") {
    support::WebServer const web{data};
    TemporaryImage const image{raw(unique())};
    ValidationData const right{.hash_algo = "sha512", .hash_value = support::sha512_of(data)};
    Image const added = glance().add_location(image.id(), {.url = web.url("/data")}, right);
    CHECK(added.hash_value == support::sha512_of(data));
    CHECK(glance().download_image(added) == data);  // verified
    CHECK(glance().add_location(image.id(), {.url = web.url("/data2")}, right).locations->size() == 2);
    ValidationData const wrong{.hash_algo = "sha512", .hash_value = support::sha512_of("other")};
    CHECK_THROWS_AS(glance().add_location(image.id(), {.url = web.url("/data3")}, wrong), openstack::Conflict);
}

TEST_CASE("The newest image of a name is found", "[service]") {
    std::string const name = unique();
    CHECK_FALSE(glance().find_newest(name));
    TemporaryImage const older{data, raw(name)};
    std::optional<TemporaryImage> newer;  // Glance dates images to the second
    for (newer.emplace(data, raw(name)); newer->record().created_at == older.record().created_at;)
        newer.emplace(data, raw(name));
    TemporaryImage const unfinished{raw(name)};
    CHECK(glance().find_newest(name)->id == newer->id());
    CHECK(glance().find_newest(name, openstack::where<&Image::id> == older.id())->id == older.id());
}
