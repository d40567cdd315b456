// SPDX-License-Identifier: Apache-2.0
// Imports by all methods that Glance offers, into one store and into several; what becomes of those that fail.
// Peers' tests of this: gophercloud's acceptance tests of imports and tasks; openstacksdk's functional test_task.py.
#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../support/image_answers.hpp"
#include "../support/web_server.hpp"
#include "cloud.hpp"

using namespace openstack::image::v2;
using live::admin, live::caught, live::check_is_told, live::demo, live::TemporaryImage, live::unique;
using openstack::from_memory, openstack::ResourceFailure, openstack::WaitOptions;

namespace {

openstack::image::v2::Proxy const& glance() { return demo().glance(); }

std::string const data = support::random_text(100'000);

Image raw(std::string const& name) {
    return {.name = name, .disk_format = DiskFormat::raw, .container_format = ContainerFormat::bare};
}

/// The image service of RegionTwo, as demo sees it.
live::Cloud const& region_two() {
    static live::Cloud const cloud{live::keystone("demo", "demo"), {.region = "RegionTwo"}};
    return cloud;
}

/// The data of an image that was imported is right, by all that its record says.
void check_is_imported(Image const& image) {
    CHECK(image.status == ImageStatus::active);
    CHECK(image.size == data.size());
    CHECK(image.hash_value == support::sha512_of(data));
    CHECK_FALSE(image.properties.contains("os_glance_import_task"));
    CHECK(glance().download_image(*image.id) == data);
}

}  // namespace

// tempest: ImportImagesTest.test_image_glance_direct_import, ImportImagesTest.test_remote_import,
// ImportImagesTest.test_remote_delete. Which node staged the data is between the service's nodes; here the import is
// asked for over another connection, by another session.
TEST_CASE("Staged data is imported", "[imports]") {
    TemporaryImage const image{raw(unique())};
    Image const staged = glance().stage_image(image.record(), from_memory(data));
    CHECK(staged.status == ImageStatus::uploading);
    CHECK(staged.size == data.size());
    CHECK_THROWS_AS(glance().stage_image(image.record(), from_memory(data)), openstack::Conflict);

    live::Cloud const other{"demo", "demo"};
    other.glance().import_image(image.id(), glance_direct());
    check_is_imported(glance().wait_for(image.id()));

    auto const tasks = glance().image_tasks(image.id()).all();
    REQUIRE(tasks.size() == 1);
    CHECK(tasks[0].type == "api_image_import");
    CHECK(tasks[0].status == TaskStatus::success);
    CHECK(tasks[0].image_id == image.id());
    CHECK(tasks[0].input->text.find("glance-direct") != std::string::npos);
    CHECK(tasks[0].result->text == "{\"image_id\":\"" + image.id() + "\"}");
    CHECK(tasks[0].created_at.has_value());

    TemporaryImage const left{raw(unique())};
    glance().stage_image(left.record(), from_memory(data));
    glance().delete_image(left.id());
    CHECK_THROWS_AS(glance().get_image(left.id()), openstack::ResourceNotFound);
}

// tempest: ImportImagesTest.test_image_web_download_import
TEST_CASE("Data is imported from a web server", "[imports]") {
    support::WebServer const web{data};
    TemporaryImage const image{raw(unique())};
    glance().import_image(image.record(), web_download(web.url("/data")), {.stores = {"slow"}});
    Image const done = glance().wait_for(image.record());
    check_is_imported(done);
    CHECK(done.stores == "slow");
}

// tempest: ImportImagesNegativeTest.test_image_web_download_import_with_bad_url
TEST_CASE("An import from where nothing is fails, and says so", "[imports]") {
    support::WebServer const web{data};
    TemporaryImage const image{raw(unique())};
    SECTION("at once, where the service doesn't fetch from at all") {
        auto const refusal =
            caught<openstack::BadRequest>([&] { glance().import_image(image.id(), web_download("bad://not.here")); });
        check_is_told(refusal);
        CHECK(image.now().status == ImageStatus::queued);
    }
    SECTION("later, where there is nothing") {
        glance().import_image(image.id(), web_download(web.url("/missing")));
        auto const failure = caught<ResourceFailure>([&] { glance().wait_for(image.id()); });
        INFO(failure.what());
        CHECK(std::string{failure.what()}.find("fast") != std::string::npos);
        CHECK(std::string{failure.what()}.find("Task failed") != std::string::npos);
        CHECK(image.now().status == ImageStatus::queued);

        glance().import_image(image.id(), web_download(web.url("/data")));  // another attempt, with the old marks there
        check_is_imported(glance().wait_for(image.id()));
    }
}

// tempest: ImportImagesTest.test_image_glance_download_import_success
TEST_CASE("Data is imported from another region's Image service", "[imports]") {
    TemporaryImage const theirs{data, raw(unique()), region_two()};
    TemporaryImage const image{raw(unique())};
    glance().import_image(image.record(), glance_download("RegionTwo", theirs.id()));
    check_is_imported(glance().wait_for(image.record()));
}

// tempest: ImportImagesTest.test_image_glance_download_import_bad_uuid,
// ImportImagesTest.test_image_glance_download_import_bad_endpoint,
// ImportImagesTest.test_image_glance_download_import_bad_missing_image
TEST_CASE("An import from another region that can't be fails, and says so", "[imports]") {
    TemporaryImage const image{raw(unique())};
    SECTION("what is no id") {
        CHECK_THROWS_AS(glance().import_image(image.record(), glance_download("RegionTwo", "not-a-uuid")),
                        openstack::BadRequest);
    }
    SECTION("a region that isn't there") {
        glance().import_image(image.record(), glance_download("RegionNine", image.id()));
        CHECK_THROWS_AS(glance().wait_for(image.record()), ResourceFailure);
    }
    SECTION("an image that isn't there") {
        glance().import_image(image.record(), glance_download("RegionTwo", image.id()));
        CHECK_THROWS_AS(glance().wait_for(image.record()), ResourceFailure);
    }
    CHECK(image.now().status == ImageStatus::queued);
}

// tempest: MultiStoresImportImagesTest.test_glance_direct_import_image_to_all_stores,
// MultiStoresImportImagesTest.test_glance_direct_import_image_to_specific_stores
TEST_CASE("An upload goes into several stores", "[imports][uploads]") {
    struct Case {
        Via via;
        std::vector<std::string> named;
        bool all;
        std::string stores;
    };
    auto const [via, named, all, stores] = GENERATE(values<Case>({
        {Via::automatic, {}, true, "fast,slow"},
        {Via::automatic, {"slow", "fast"}, false, "fast,slow"},
        {Via::automatic, {"slow"}, false, "slow"},  // takes no import
        {Via::import, {"slow"}, false, "slow"},
    }));
    UploadOptions options{.via = via, .stores = named, .all_stores = all};
    openstack::Upload result;
    options.result = &result;
    auto const image = TemporaryImage::adopt(glance().upload_image(raw(unique()), from_memory(data), options));
    check_is_imported(image.record());
    std::string const found = image.record().stores.value_or("");
    CHECK((found == stores || found == "slow,fast"));
    CHECK(found.size() == stores.size());
    CHECK(result.verified_by == "sha512");
    CHECK(result.bytes == data.size());
}

TEST_CASE("A store that can't be written to makes an import fail, unless it may", "[imports][uploads]") {
    std::string const name = unique();
    UploadOptions options{.via = Via::import, .stores = {"fast", "web"}};
    SECTION("it may not: no record stays") {
        auto const failure =
            caught<ResourceFailure>([&] { (void)glance().upload_image(raw(name), from_memory(data), options); });
        INFO(failure.what());
        CHECK(std::string{failure.what()}.find("web") != std::string::npos);
        CHECK_FALSE(glance().find_image(name));
    }
    SECTION("it may") {
        options.all_stores_must_succeed = false;
        auto const image = TemporaryImage::adopt(glance().upload_image(raw(name), from_memory(data), options));
        check_is_imported(image.record());
        CHECK(image.record().stores == "fast");
    }
}

TEST_CASE("What the service doesn't let users upload directly goes by import", "[imports][uploads]") {
    // Glance asks no policy that could be set for one user, so the refusal is the transport's; the rest is Glance's.
    class Refusing final : public openstack::Transport {
      public:
        [[nodiscard]] openstack::Response send(openstack::Request const& request) override {
            if (request.method == "PUT" && request.url.ends_with("/file")) return {403, {}, "no direct uploads"};
            return transport_.send(request);
        }
        [[nodiscard]] std::unique_ptr<openstack::ResponseStream> open(openstack::Request const& request) override {
            return transport_.open(request);
        }

      private:
        openstack::CurlTransport transport_{};
    };
    Proxy const refused{openstack::Session{std::make_shared<Refusing>(), live::keystone("demo", "demo")}};
    std::string const name = unique();
    CHECK_THROWS_AS(refused.upload_image(raw(name), from_memory(data)), openstack::Forbidden);
    CHECK_FALSE(glance().find_image(name));
    auto const image =
        TemporaryImage::adopt(refused.upload_image(raw(name), from_memory(data), {.via = Via::automatic}));
    check_is_imported(image.record());
}

// tempest: ImportCopyImagesTest.test_image_copy_image_import,
// MultiStoresImagesTest.test_delete_image_from_specific_store
TEST_CASE("An image is copied to other stores, and removed from one", "[imports]") {
    TemporaryImage const image{data, raw(unique())};
    CHECK(image.record().stores == "fast");
    check_is_told(caught<openstack::Forbidden>([&] { glance().import_image(image.id(), copy_image()); }));

    admin().glance().import_image(image.id(), copy_image(), {.all_stores = true, .all_stores_must_succeed = false});
    Image const copied = admin().glance().wait_for(image.id());
    CHECK((copied.stores == "fast,slow" || copied.stores == "slow,fast"));
    CHECK_THROWS_AS(admin().glance().import_image(image.id(), copy_image(), {.stores = {"slow"}}),
                    openstack::BadRequest);

    check_is_told(caught<openstack::Forbidden>([&] { glance().delete_from_store(image.id(), "fast"); }));
    admin().glance().delete_from_store(image.record(), "fast");
    CHECK(image.now().stores == "slow");
    check_is_imported(image.now());
    CHECK_THROWS_AS(admin().glance().delete_from_store(image.id(), "slow"), openstack::Forbidden);
    CHECK_THROWS_AS(admin().glance().delete_from_store(image.id(), "nope"), openstack::Conflict);

    admin().glance().import_image(image.id(), copy_image(), {.stores = {"web"}});
    auto const failure = caught<ResourceFailure>([&] { admin().glance().wait_for(image.id()); });
    CHECK(std::string{failure.what()}.find("web") != std::string::npos);
}

TEST_CASE("An import that isn't possible is refused at once", "[imports][D9]") {
    TemporaryImage const image{raw(unique())};
    check_is_told(caught<openstack::Conflict>([&] { glance().import_image(image.id(), glance_direct()); }));
    check_is_told(caught<openstack::BadRequest>([&] { glance().import_image(image.id(), ImportMethod{"nope", {}}); }));
    check_is_told(caught<openstack::Conflict>(
        [&] { glance().import_image(image.id(), web_download("http://127.0.0.1/"), {.stores = {"nope"}}); }));
    TemporaryImage const bare{Image{.name = unique()}};
    check_is_told(
        caught<openstack::Conflict>([&] { glance().import_image(bare.id(), web_download("http://127.0.0.1/")); }));
    CHECK_THROWS_AS(live::alt().glance().import_image(image.id(), glance_direct()), openstack::ResourceNotFound);
    CHECK_THROWS_AS(live::reader().glance().import_image(image.id(), web_download("http://127.0.0.1/")),
                    openstack::Forbidden);
}

TEST_CASE("A wait for an image that nobody fills ends", "[imports][waiting]") {
    TemporaryImage const image{raw(unique())};
    auto const late = caught<openstack::ResourceTimeout>([&] {
        glance().wait_for(image.id(), ImageStatus::active,
                          {.deadline = std::chrono::milliseconds{300}, .interval = std::chrono::milliseconds{100}});
    });
    CHECK(std::string{late.what()}.find("queued") != std::string::npos);
    glance().delete_image(image.id());
    glance().wait_for_delete(image.id());
    CHECK_THROWS_AS(glance().wait_for(image.id()), openstack::ResourceNotFound);
}

// tempest: ImageTaskCreate.test_image_tasks_create, ImageTaskCreate.test_task_create_fake_image_location
TEST_CASE("An administrator's task imports a new image", "[tasks]") {
    support::WebServer const web{data};
    auto const glance = admin().glance();
    std::string const name = unique();
    auto const input = [&](std::string const& path) {
        return openstack::RawJson{R"({"import_from":")" + web.url(path) +
                                  R"(","import_from_format":"raw","image_properties":{"name":")" + name +
                                  R"(","disk_format":"raw","container_format":"bare"}})"};
    };
    Task const made = glance.create_task({.type = "import", .input = input("/data")});
    CHECK(made.status == TaskStatus::pending);
    Task const done = glance.wait_for_task(made);
    CHECK(done.status == TaskStatus::success);
    CHECK(done.input->text.find(web.url("/data")) != std::string::npos);
    auto const image = TemporaryImage::adopt(glance.find_image(name, openstack::must_exist), admin());
    CHECK(done.result->text.find(image.id()) != std::string::npos);
    CHECK(glance.download_image(image.id()) == data);

    Task const bad = glance.create_task({.type = "import", .input = input("/missing")});
    auto const failure = caught<ResourceFailure>([&] { glance.wait_for_task(bad); });
    CHECK(std::string{failure.what()}.find("Task failed") != std::string::npos);

    std::vector<std::string> ids;
    for (Task const& each : glance.tasks(openstack::where<&Task::type> == "import", openstack::page_size(1),
                                         openstack::desc<&Task::created_at>))
        ids.push_back(*each.id);
    CHECK(std::count(ids.begin(), ids.end(), *made.id) == 1);
    CHECK(std::count(ids.begin(), ids.end(), *bad.id) == 1);
    for (Task const& each : glance.tasks(openstack::where<&Task::status> == TaskStatus::failure))
        CHECK(each.status == TaskStatus::failure);
    CHECK_THROWS_AS(demo().glance().tasks().all(), openstack::Forbidden);
    CHECK_THROWS_AS(glance.get_task("nope"), openstack::ResourceNotFound);
}
