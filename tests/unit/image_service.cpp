// SPDX-License-Identifier: Apache-2.0
// What the service says of itself, its cache, and the places where data lies.
// Peers' tests of this: openstacksdk's TestMisc, TestCache, TestSchema and its locations; glanceclient's test_cache.py,
// test_info.py, test_versions.py, add_image_location, get_image_locations and data_with_prefer.
#include <catch2/catch.hpp>
#include <openstack/image/v2/proxy.hpp>
#include <string>
#include <vector>

#include "../support/image_answers.hpp"
#include "../support/scripted_cloud.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using image::v2::CacheTarget, image::v2::Image, image::v2::ImageStatus;
using support::caught;

namespace {

struct Cloud : support::ScriptedCloud {
    image::v2::Proxy glance{session()};

    /// The service lists that as its newest version.
    void lists(std::string const& version) {
        expect("GET", "/", 300, R"({"versions": [{"id": ")" + version + R"(", "status": "CURRENT"}, {"id": "v2.0"}]})");
    }
};

}  // namespace

TEST_CASE("Stores are listed, with details for administrators", "[service]") {
    Cloud cloud;
    cloud.expect("GET", "/v2/info/stores", 200,
                 R"({"stores": [{"id": "fast", "description": "d", "default": "true"}, )"
                 R"({"id": "web", "read-only": "true"}]})");
    auto const stores = cloud.glance.stores();
    REQUIRE(stores.size() == 2);
    CHECK(stores[0].id == "fast");
    CHECK(stores[0].description == "d");
    CHECK(stores[0].is_default == true);
    CHECK(stores[0].is_read_only.is_unset());
    CHECK(stores[1].is_read_only == true);

    // The reference's example has a boolean where services have a text.
    cloud.expect("GET", "/v2/info/stores/detail", 200,
                 R"({"stores": [{"id": "r", "type": "rbd", "default": true, "weight": 100, )"
                 R"("properties": {"pool": "p", "chunk_size": 8}}]})");
    auto const detailed = cloud.glance.stores(details);
    REQUIRE(detailed.size() == 1);
    CHECK(detailed[0].type == "rbd");
    CHECK(detailed[0].is_default == true);
    CHECK(detailed[0].weight == 100);
    CHECK(detailed[0].properties->at("pool") == "p");
    CHECK(detailed[0].properties->raw().at("chunk_size") == "8");
    CHECK(cloud.finish().empty());
}

TEST_CASE("An image is removed from one store", "[service]") {
    Cloud cloud;
    cloud.expect("DELETE", "/v2/stores/slow%20/i", 204);
    cloud.glance.delete_from_store("i", "slow ");
    cloud.expect("DELETE", "/v2/stores/slow/i", 403);
    CHECK_THROWS_AS(cloud.glance.delete_from_store("i", "slow"), Forbidden);
    CHECK(cloud.finish().empty());
}

TEST_CASE("Import methods are those that the service names", "[service]") {
    Cloud cloud;
    cloud.expect(
        "GET", "/v2/info/import", 200,
        R"({"import-methods": {"description": "d", "type": "array", "value": ["glance-direct", "acme-fetch"]}})");
    CHECK(cloud.glance.import_methods() == std::vector<std::string>{"glance-direct", "acme-fetch"});
    cloud.expect("GET", "/v2/info/import", 200, "{}");
    CHECK(cloud.glance.import_methods().empty());
    cloud.expect("GET", "/v2/info/import", 404);
    CHECK(cloud.glance.import_methods().empty());
    CHECK(cloud.finish().empty());
}

TEST_CASE("Usage has the limits that there are", "[service]") {
    Cloud cloud;
    cloud.expect(
        "GET", "/v2/info/usage", 200,
        R"({"usage": {"image_size_total": {"limit": -1, "usage": 3}, "image_count_total": {"limit": 9, "usage": 1}}})");
    auto const usage = cloud.glance.usage();
    CHECK(usage.size() == 2);
    CHECK(usage.at("image_size_total").limit == -1);
    CHECK(usage.at("image_count_total").usage == 1);
    cloud.expect("GET", "/v2/info/usage", 200, R"({"usage": {}})");
    CHECK(cloud.glance.usage().empty());
    CHECK(cloud.finish().empty());
}

TEST_CASE("Schemas are asked for by their names", "[service]") {
    Cloud cloud;
    cloud.expect("GET", "/v2/schemas/image", 200,
                 R"({"name": "image", "properties": {"kernel_id": {"type": ["null", "string"]}}, )"
                 R"("additionalProperties": {"type": "string"}, "links": [{"rel": "self"}]})");
    auto const schema = cloud.glance.get_schema("image");
    CHECK(schema.name == "image");
    CHECK(schema.properties->at("kernel_id").text == R"({"type":["null","string"]})");
    CHECK(schema.additional_properties->text == R"({"type":"string"})");
    cloud.expect("GET", "/v2/schemas/metadefs/tags", 200, R"({"name": "tags", "properties": {}, "required": ["x"]})");
    CHECK(cloud.glance.get_metadef_schema("tags").required->text == R"(["x"])");
    CHECK(cloud.finish().empty());
}

TEST_CASE("The cache is looked at, filled and emptied", "[service][cache]") {
    Cloud cloud;
    auto const& glance = cloud.glance;
    cloud.expect("GET", "/v2/cache", 200,
                 R"({"cached_images": [{"image_id": "i", "hits": 3, "last_accessed": 1700000000.5, )"
                 R"("last_modified": 1700000000, "size": 5}], "queued_images": ["j"]})");
    auto const cache = glance.get_image_cache();
    REQUIRE(cache.cached_images->size() == 1);
    CHECK(cache.cached_images->front().image_id == "i");
    CHECK(cache.cached_images->front().hits == 3);
    CHECK(cache.cached_images->front().size == 5);
    CHECK(cache.cached_images->front().last_accessed == 1700000000.5);
    CHECK(cache.cached_images->front().last_modified == 1700000000);
    CHECK(cache.queued_images == std::vector<std::string>{"j"});

    cloud.expect("PUT", "/v2/cache/i", 202);
    glance.queue_image("i");
    CHECK(cloud.last_body().empty());
    cloud.expect("DELETE", "/v2/cache/i", 204);
    glance.cache_delete_image("i");
    for (CacheTarget const target : {CacheTarget::both, CacheTarget::cache, CacheTarget::queue}) {
        cloud.expect("DELETE", "/v2/cache", 204);
        glance.clear_cache(target);
        auto const sent = cloud.sent();
        CHECK(sent.back().headers.find("x-image-cache-clear-target").value_or("both") ==
              (target == CacheTarget::both    ? "both"
               : target == CacheTarget::cache ? "cache"
                                              : "queue"));
    }
    CHECK(cloud.finish().empty());
}

TEST_CASE("The cache is cleaned and pruned, and its nodes are known, since 2.18", "[service][cache]") {
    Cloud cloud;
    cloud.expect("POST", "/v2/cache/clean", 200);
    cloud.glance.clean_cache();
    CHECK(cloud.last_body().empty());
    cloud.expect("POST", "/v2/cache/prune", 200, R"({"total_files_pruned": 2, "total_bytes_pruned": 5000000000})");
    auto const pruned = cloud.glance.prune_cache();
    CHECK(pruned.total_files_pruned == 2);
    CHECK(pruned.total_bytes_pruned == 5'000'000'000);
    cloud.expect("GET", "/v2/cache/nodes/i", 200,
                 R"({"cached_nodes": ["http://node_1:60999", "http://node_2:60999"]})");
    CHECK(cloud.glance.get_cache_nodes("i") == std::vector<std::string>{"http://node_1:60999", "http://node_2:60999"});
    CHECK(cloud.finish().empty());
}

TEST_CASE("A call that the service doesn't know is explained by its versions", "[service][versions]") {
    Cloud cloud;
    cloud.expect("POST", "/v2/cache/prune", GENERATE(404, 405));
    SECTION("it's older") {
        cloud.lists("v2.16");
        auto const error = caught<NotSupported>([&] { (void)cloud.glance.prune_cache(); });
        INFO(error.what());
        CHECK(std::string{error.what()}.find("v2.18") != std::string::npos);
        CHECK(std::string{error.what()}.find("v2.16") != std::string::npos);
        CHECK(std::string{error.what()}.find("/v2/cache/prune: 40") != std::string::npos);
    }
    SECTION("it isn't: what was refused was meant") {
        cloud.lists("v2.18");
        CHECK_THROWS_AS(cloud.glance.prune_cache(), HttpError);
    }
    SECTION("it doesn't say") {
        cloud.expect("GET", "/", 500);
        CHECK_THROWS_AS(cloud.glance.prune_cache(), HttpError);
    }
    CHECK(cloud.finish().empty());
}

TEST_CASE("A refusal that isn't about the call isn't explained", "[service][versions]") {
    Cloud cloud;
    cloud.expect("GET", "/v2/cache", 403);
    CHECK_THROWS_AS(cloud.glance.get_image_cache(), Forbidden);
    CHECK(cloud.finish().empty());
}

TEST_CASE("Calls aren't refused because of the versions that are listed", "[service][versions][D21]") {
    Cloud cloud;
    cloud.expect("GET", "/v2/images/i/tasks", 200, R"({"tasks": [{"id": "t"}]})");
    CHECK(cloud.glance.image_tasks("i").all().size() == 1);
    CHECK(cloud.sent().size() == 1);  // nobody asked for versions
    CHECK(cloud.finish().empty());
}

TEST_CASE("Locations are added and removed by patches", "[locations]") {
    Cloud cloud;
    cloud.expect("PATCH", "/v2/images/i", 200, R"({"id": "i", "status": "active"})");
    cloud.glance.add_location("i", {.url = "http://x/a", .metadata = {{"store", "web"}}},
                              {.hash_algo = "sha512", .hash_value = "00"});
    CHECK(cloud.last_body() == R"([{"op":"add","path":"/locations/-","value":{"url":"http://x/a",)"
                               R"("metadata":{"store":"web"},"validation_data":{"os_hash_algo":"sha512",)"
                               R"("os_hash_value":"00"}}}])");

    std::string const record =
        R"({"id": "i", "locations": [{"url": "a", "metadata": {}}, {"url": "b", "metadata": {}}]})";
    cloud.expect("GET", "/v2/images/i", 200, record);
    cloud.expect("PATCH", "/v2/images/i", 200, R"({"id": "i"})");
    cloud.glance.remove_location("i", "b");
    CHECK(cloud.last_body() == R"([{"op":"remove","path":"/locations/1"}])");

    cloud.expect("GET", "/v2/images/i", 200, record);
    CHECK_THROWS_AS(cloud.glance.remove_location("i", "c"), ResourceNotFound);
    cloud.expect("GET", "/v2/images/i", 200, R"({"id": "i"})");  // locations aren't shown
    CHECK_THROWS_AS(cloud.glance.remove_location("i", "a"), ResourceNotFound);
    CHECK(cloud.finish().empty());
}

TEST_CASE("Locations are added and listed by the calls of 2.17", "[locations]") {
    Cloud cloud;
    cloud.expect("POST", "/v2/images/i/locations", 202);
    cloud.glance.add_image_location("i", "cinder://b/1", {.hash_algo = "sha512", .hash_value = "00"});
    CHECK(cloud.last_body() ==
          R"({"url":"cinder://b/1","validation_data":{"os_hash_algo":"sha512","os_hash_value":"00"}})");
    cloud.expect("GET", "/v2/images/i/locations", 200,
                 R"([{"url": "cinder://b/1", "metadata": {"store": "b"}}, {"url": "rbd://2"}])");
    auto const locations = cloud.glance.image_locations("i");
    REQUIRE(locations.size() == 2);
    CHECK(locations[0].url == "cinder://b/1");
    CHECK(locations[0].metadata->at("store") == "b");
    CHECK(cloud.finish().empty());
}

// tempest: LocationImportTest.test_add_location_for_image_with_do_secure_hash_true,
// MultistoreLocationImportTest.test_add_location_for_image_with_do_secure_hash_true
TEST_CASE("The hash of a location is waited for where the service computes it", "[locations]") {
    Cloud cloud;
    cloud.expect("POST", "/v2/images/i/locations", 202);
    cloud.glance.add_image_location("i", "http://x/a");
    CHECK(cloud.last_body() == R"({"url":"http://x/a"})");
    for (std::string const known :
         {R"("status": "queued", "os_hash_value": null)", R"("status": "active", "os_hash_value": null, "stores": "b")",
          R"("status": "active", "os_hash_value": "00", "stores": "b")"})
        cloud.expect("GET", "/v2/images/i", 200, R"({"id": "i", )" + known + '}');
    Image const done = cloud.glance.wait_for("i", [](Image const& each) { return each.hash_value.has_value(); });
    CHECK(done.status == ImageStatus::active);
    CHECK(done.hash_value == "00");
    CHECK(done.stores == "b");
    CHECK(cloud.finish().empty());
}

// tempest: LocationImportTest.test_add_location_with_do_secure_hash_false,
// MultistoreLocationImportTest.test_add_location_with_do_secure_hash_false
TEST_CASE("The hash of a location is what its caller says where the service computes none", "[locations]") {
    Cloud cloud;
    std::string const data = "the data";
    std::string const hash = support::sha512_of(data);
    cloud.expect("POST", "/v2/images/i/locations", 202);
    cloud.glance.add_image_location("i", "http://x/a", {.hash_algo = "sha512", .hash_value = hash});
    CHECK(cloud.last_body() ==
          R"({"url":"http://x/a","validation_data":{"os_hash_algo":"sha512","os_hash_value":")" + hash + R"("}})");
    cloud.expect("GET", "/v2/images/i", 200, R"({"id": "i", "status": "queued"})");
    cloud.expect("GET", "/v2/images/i/tasks", 200, R"({"tasks": []})");
    cloud.expect("GET", "/v2/images/i", 200, support::record_text(data));
    Image const told = cloud.glance.wait_for("i");
    cloud.expect("GET", "/v2/images/i/file", 200, data);
    CHECK(cloud.glance.download_image(told) == data);
    cloud.expect("GET", "/v2/images/i/file", 200, "another!");
    CHECK_THROWS_AS(cloud.glance.download_image(told), IntegrityError);

    cloud.expect("POST", "/v2/images/i/locations", 202);
    cloud.glance.add_image_location("i", "http://x/a");
    std::string const untold = R"({"id": "i", "status": "active", "size": 8, "os_hash_value": null})";
    cloud.expect("GET", "/v2/images/i", 200, untold);
    CHECK(cloud.glance.wait_for("i").hash_value.is_null());
    cloud.expect("GET", "/v2/images/i", 200, untold);
    cloud.expect("GET", "/v2/images/i/file", 200, data);
    cloud.expect("GET", "/v2/images/i", 200, untold);  // it might be known by now
    CHECK_THROWS_AS(cloud.glance.download_image("i"), IntegrityError);
    cloud.expect("GET", "/v2/images/i", 200, untold);
    cloud.expect("GET", "/v2/images/i/file", 200, data);
    CHECK(cloud.glance.download_image("i", {.verification = Verification::if_possible}) == data);
    CHECK(cloud.finish().empty());
}

// tempest: HashCalculationRemoteDeletionTest.test_hash_calculation_cancelled. That a node ends another one's work is
// the service's; whoever waits for the hash is told that the image is gone.
TEST_CASE("A wait for a location's hash ends with its image", "[locations]") {
    Cloud cloud;
    cloud.expect("POST", "/v2/images/i/locations", 202);
    cloud.glance.add_image_location("i", "http://x/a");
    cloud.expect("GET", "/v2/images/i", 200, R"({"id": "i", "status": "active", "os_hash_value": null})");
    cloud.expect("GET", "/v2/images/i", 404);
    CHECK_THROWS_AS(cloud.glance.wait_for("i", [](Image const& each) { return each.hash_value.has_value(); }),
                    ResourceNotFound);
    CHECK(cloud.finish().empty());
}

// tempest: StoreWeightTest.test_store_weight_order. The service sorts by weight; its order is kept.
TEST_CASE("The places where data lies stay in the order that the service gives them by weight", "[locations]") {
    Cloud cloud;
    cloud.expect("GET", "/v2/info/stores/detail", 200,
                 R"({"stores": [{"id": "a", "weight": -1}, {"id": "b"}, {"id": "c", "weight": 200}]})");
    auto const stores = cloud.glance.stores(details);
    REQUIRE(stores.size() == 3);
    CHECK(stores[0].weight == -1);
    CHECK(stores[1].weight.is_unset());
    CHECK(stores[2].weight == 200);

    std::string const record =
        R"({"id":"i","locations":[{"url":"http://c","metadata":{"store":"c"}},{"url":"http://b",)"
        R"("metadata":{"store":"b"}},{"url":"http://a","metadata":{"store":"a"}}],"stores":"c,b,a"})";
    cloud.expect("GET", "/v2/images/i", 200, record);
    Image const image = cloud.glance.get_image("i");
    CHECK(to_json(image) == record);
    CHECK(image.stores == "c,b,a");
    Image changed = image;
    changed.locations->erase(changed.locations->begin());
    CHECK(diff(image, changed).to_json() ==
          R"([{"op":"replace","path":"/locations","value":[{"url":"http://b","metadata":{"store":"b"}},)"
          R"({"url":"http://a","metadata":{"store":"a"}}]}])");
    CHECK(cloud.finish().empty());
}

TEST_CASE("A location whose answer got lost is looked for", "[locations][row:56]") {
    support::ScriptedCloud cloud{{.connect_retries = 1}};
    cloud.fail("POST", "/v2/images/i/locations", ConnectionLost{"gone"});
    cloud.expect("POST", "/v2/images/i/locations", 409);
    image::v2::Proxy const glance{cloud.session()};
    SECTION("and is there") {
        cloud.expect("GET", "/v2/images/i/locations", 200, R"([{"url": "rbd://2"}, {"url": "cinder://b/1"}])");
        CHECK_NOTHROW(glance.add_image_location("i", "cinder://b/1"));
    }
    SECTION("and isn't, or not for everybody to see") {
        cloud.expect("GET", "/v2/images/i/locations", 403);
        CHECK_THROWS_AS(glance.add_image_location("i", "cinder://b/1"), Conflict);
    }
    CHECK(cloud.finish().empty());
}

TEST_CASE("A service without the calls of 2.17 is told from an image that isn't there", "[locations][versions]") {
    Cloud cloud;
    cloud.expect("GET", "/v2/images/i/locations", 404);
    SECTION("the service") {
        cloud.expect("GET", "/v2/images/i", 200, R"({"id": "i"})");
        cloud.lists("v2.16");
        CHECK_THROWS_AS(cloud.glance.image_locations("i"), NotSupported);
    }
    SECTION("the image") {
        cloud.expect("GET", "/v2/images/i", 404);
        CHECK_THROWS_AS(cloud.glance.image_locations("i"), ResourceNotFound);
    }
    CHECK(cloud.finish().empty());
}

TEST_CASE("A download says which stores it prefers", "[service]") {
    Cloud cloud;
    cloud.expect("GET", "/v2/images/i", 200, R"({"id": "i", "size": 1})");
    cloud.expect("GET", "/v2/images/i/file?prefer=fast%2Cslow", 200, "x");
    CHECK(cloud.glance.download_image("i", {.verification = Verification::off, .prefer = {"fast", "slow"}}) == "x");
    CHECK(cloud.finish().empty());
}

TEST_CASE("The newest of the images of a name is the active one created last", "[service]") {
    Cloud cloud;
    std::string const query = "/v2/images?name=eq%3Ax&status=eq%3Aactive&owner=me&sort=created_at%3Adesc&limit=1";
    cloud.expect("GET", query, 200, R"({"images": [{"id": "i"}], "next": "/v2/images?marker=i"})");
    CHECK(cloud.glance.find_newest("x", where<&image::v2::Image::owner_id> == "me")->id == "i");
    cloud.expect("GET", query, 200, R"({"images": []})");
    CHECK_FALSE(cloud.glance.find_newest("x", where<&image::v2::Image::owner_id> == "me"));
    CHECK(cloud.finish().empty());
}
