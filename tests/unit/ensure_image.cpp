// SPDX-License-Identifier: Apache-2.0
// ensure_image: what is asked for, and what is done about each answer.
#include <catch2/catch.hpp>
#include <memory>
#include <openstack/image/v2/proxy.hpp>
#include <openstack/source.hpp>
#include <string>
#include <vector>

#include "../support/image_answers.hpp"
#include "../support/scripted_cloud.hpp"

using namespace openstack;
using image::v2::ContainerFormat, image::v2::DiskFormat, image::v2::EnsureAction, image::v2::EnsureOptions,
    image::v2::Image;

namespace {

std::string const data = "the data";

/// An active image with the data, by its id, name and what else is said.
std::string record(std::string const& id, std::string const& name, std::string const& more = {},
                   std::string const& content = data, std::string const& algorithm = "sha512") {
    Hasher hasher{algorithm};
    hasher.update(std::as_bytes(std::span{content}));
    return R"({"id": ")" + id + R"(", "name": ")" + name +
           (more.find("status") == std::string::npos ? R"(", "status": "active)" : "") +
           R"(", "disk_format": "raw", "container_format": "bare", "size": )" + std::to_string(content.size()) +
           R"(, "os_hash_algo": ")" + algorithm + R"(", "os_hash_value": ")" + hasher.hex_digest() + '"' +
           (more.empty() ? "" : ", " + more) + '}';
}

struct Cloud : support::ScriptedCloud {
    image::v2::Proxy glance{session()};
    Image desired{.name = "x", .disk_format = DiskFormat::raw, .container_format = ContainerFormat::bare};
    EnsureOptions options{};

    void list(std::string const& filter, std::string const& images) {
        expect("GET", "/v2/images?" + filter + "&limit=200", 200, R"({"images": [)" + images + "]}");
    }
    void by_name(std::string const& images, std::string const& hidden = {}) {
        list("name=eq%3Ax", images);
        list("name=eq%3Ax&os_hidden=true", hidden);
    }
    void by_hash(std::string const& images, std::string const& hidden = {}) {
        std::string const filter = "os_hash_value=" + support::sha512_of(data) + "&os_hidden=";
        list(filter + "false", images);
        list(filter + "true", hidden);
    }
    image::v2::Ensured<Image> ensure() { return glance.ensure_image(desired, from_memory(data), options); }
};

}  // namespace

TEST_CASE("An image that is there as it shall be is left alone", "[ensure_image]") {
    Cloud cloud;
    cloud.desired.tags = {"b", "a"};
    cloud.desired.properties = {{"os_distro", "debian"}};
    cloud.by_name(record("i", "x", R"("tags": ["a", "b"], "os_distro": "debian", "other": "o")"));
    auto const ensured = cloud.ensure();
    CHECK(ensured.action == EnsureAction::none);
    CHECK(ensured.image.id == "i");
    CHECK(ensured.image.properties.at("other") == "o");
    CHECK(ensured.changes.empty());
    CHECK(ensured.namesakes.empty());
    CHECK(cloud.finish().empty());
}

TEST_CASE("Of an image that has the content only what differs is changed", "[ensure_image]") {
    Cloud cloud;
    cloud.options.dry_run = GENERATE(false, true);
    cloud.desired.min_ram = 512;
    cloud.desired.min_disk = 1;
    cloud.by_name(record("i", "x", R"("min_disk": 1, "min_ram": 0)"));
    std::string const patch = R"([{"op":"replace","path":"/min_ram","value":512}])";
    if (!cloud.options.dry_run) cloud.expect("PATCH", "/v2/images/i", 200, record("i", "x", R"("min_ram": 512)"));
    auto const ensured = cloud.ensure();
    CHECK(ensured.action == EnsureAction::update);
    CHECK(ensured.changes.to_json() == patch);
    CHECK(ensured.image.min_ram == 512);
    if (!cloud.options.dry_run) CHECK(cloud.last_body() == patch);
    CHECK(cloud.finish().empty());
}

TEST_CASE("The content is found under another name, by its hash", "[ensure_image]") {
    Cloud cloud;
    std::string const named = record("n", "x", {}, "other data");
    cloud.by_name(named);
    SECTION("and renamed") {
        cloud.by_hash(record("i", "y"));
        cloud.expect("PATCH", "/v2/images/i", 200, record("i", "x"));
        auto const ensured = cloud.ensure();
        CHECK(ensured.action == EnsureAction::rename);
        CHECK(ensured.image.id == "i");
        CHECK(ensured.namesakes == std::vector<std::string>{"n"});
        CHECK(cloud.last_body() == R"([{"op":"replace","path":"/name","value":"x"}])");
    }
    SECTION("also a hidden one, which stays hidden unless it's wanted otherwise") {
        cloud.by_hash("", record("i", "y", R"("os_hidden": true)"));
        cloud.expect("PATCH", "/v2/images/i", 200, record("i", "x"));
        CHECK(cloud.ensure().action == EnsureAction::rename);
    }
    SECTION("but for a protected one, which keeps its name") {
        cloud.options.dry_run = true;
        cloud.by_hash(record("i", "y", R"("protected": true)"));
        CHECK(cloud.ensure().action == EnsureAction::upload);
    }
    SECTION("or uploaded again, where names stay") {
        cloud.options.rename = false;
        cloud.options.dry_run = true;
        auto const ensured = cloud.ensure();
        CHECK(ensured.action == EnsureAction::upload);
        CHECK(ensured.namesakes == std::vector<std::string>{"n"});
    }
    CHECK(cloud.finish().empty());
}

TEST_CASE("What nobody has is uploaded", "[ensure_image]") {
    Cloud cloud;
    cloud.desired.id = "i";
    // What isn't active, has another format, another size, another id, or no hash, isn't the image.
    std::string const named = GENERATE(values<std::string>(
        {"", R"({"id": "i", "name": "x", "status": "queued"})",
         R"({"id": "i", "name": "x", "status": "active", "disk_format": "raw",)"
         R"( "container_format": "bare", "size": 8})",
         record("j", "x"), record("i", "x", R"("status": "deactivated")"), record("i", "x", {}, "the DATA"),
         record("i", "x", R"("os_hidden": false)", "longer data")}));
    cloud.by_name(named);
    cloud.by_hash("");
    cloud.expect("POST", "/v2/images", 201, R"({"id": "i", "status": "queued"})");
    cloud.expect("PUT", "/v2/images/i/file", 204);
    cloud.expect("GET", "/v2/images/i", 200, record("i", "x"));
    auto const ensured = cloud.ensure();
    CHECK(ensured.action == EnsureAction::upload);
    CHECK(ensured.image.status == image::v2::ImageStatus::active);
    CHECK(cloud.sent()[cloud.sent().size() - 2].body == data);
    CHECK(cloud.finish().empty());
}

TEST_CASE("A dry run uploads nothing", "[ensure_image]") {
    Cloud cloud;
    cloud.options.dry_run = true;
    cloud.by_name("");
    cloud.by_hash("");
    auto const ensured = cloud.ensure();
    CHECK(ensured.action == EnsureAction::upload);
    CHECK(ensured.image == cloud.desired);
    CHECK(cloud.finish().empty());
}

TEST_CASE("A dry run refuses what an upload would", "[ensure_image]") {
    Cloud cloud;
    cloud.options.dry_run = true;
    SECTION("another format") {
        cloud.desired.disk_format = DiskFormat::qcow2;
        cloud.by_name("");
        cloud.by_hash("");
        CHECK_THROWS_AS(cloud.ensure(), SourceError);
    }
    SECTION("a name that there is") {
        cloud.options.upload.duplicates = image::v2::Duplicates::refuse;
        std::string const other = record("j", "x", {}, "other data");
        cloud.by_name(other);
        cloud.by_hash("");
        cloud.by_name(other);
        CHECK_THROWS_AS(cloud.ensure(), DuplicateResource);
    }
    CHECK(cloud.finish().empty());
}

TEST_CASE("The first reading of a source tells its progress, and can be stopped", "[ensure_image]") {
    struct Stop {
        bool const* is_requested;
        [[nodiscard]] bool stop_requested() const { return *is_requested; }
    };
    bool is_requested = false;
    Cloud cloud;
    cloud.by_name("");
    cloud.options.upload.progress = [&](Progress const&) { is_requested = true; };
    auto const glance = cloud.glance.with({.stop = Stop{&is_requested}});
    CHECK_THROWS_AS(glance.ensure_image(cloud.desired, from_memory(data), cloud.options), Cancelled);
    CHECK(is_requested);
    CHECK(cloud.finish().empty());
}

TEST_CASE("The content is compared by whatever algorithm a record was made with", "[ensure_image]") {
    Cloud cloud;
    cloud.by_name(record("i", "x", {}, data, "sha256"));
    CHECK(cloud.ensure().action == EnsureAction::none);
    CHECK(cloud.finish().empty());
}

TEST_CASE("What is right comes before what would have to be changed", "[ensure_image]") {
    Cloud cloud;
    cloud.desired.min_ram = 512;
    cloud.by_name(record("i", "x", R"("min_ram": 0)") + ", " + record("j", "x", R"("min_ram": 512)"));
    auto const ensured = cloud.ensure();
    CHECK(ensured.action == EnsureAction::none);
    CHECK(ensured.image.id == "j");
    CHECK(ensured.namesakes == std::vector<std::string>{"i"});
    CHECK(cloud.finish().empty());
}

TEST_CASE("Another project's image is used as it is, and never changed", "[ensure_image]") {
    Cloud cloud;
    cloud.desired.owner_id = "me";
    std::string const theirs = record("i", "x", R"("owner": "them", "visibility": "public")");
    cloud.options.dry_run = true;
    SECTION("it would have to be changed, here to belong to this project") {
        cloud.by_name(theirs);
        cloud.by_hash(theirs);
        CHECK(cloud.ensure().action == EnsureAction::upload);
    }
    SECTION("nobody knows which project this is") {
        cloud.desired.owner_id.reset();
        cloud.desired.min_ram = 512;
        cloud.by_name(theirs);
        cloud.by_hash(record("i", "y", R"("owner": "them", "min_ram": 512)"));
        CHECK(cloud.ensure().action == EnsureAction::upload);
    }
    SECTION("one of this project's own comes before it") {
        cloud.by_name(theirs + ", " + record("j", "x", R"("owner": "me")"));
        auto const ensured = cloud.ensure();
        CHECK(ensured.action == EnsureAction::none);
        CHECK(ensured.image.id == "j");
    }
    CHECK(cloud.finish().empty());
}

TEST_CASE("What can't be ensured is refused before anything is sent", "[ensure_image]") {
    Cloud cloud;
    CHECK_THROWS_AS(cloud.glance.ensure_image({.name = "x"}, from_memory(data)), InvalidRequest);
    cloud.desired.name.reset();
    CHECK_THROWS_AS(cloud.ensure(), InvalidRequest);
    CHECK_THROWS_AS(cloud.glance.ensure_image(cloud.desired, nullptr), InvalidRequest);
    CHECK(cloud.sent().empty());
}

TEST_CASE("A source that can't be read twice can't be compared", "[ensure_image]") {
    Cloud cloud;
    cloud.by_name("");
    auto once = from_callback([&, is_read = false](std::span<std::byte> buffer) mutable {
        std::size_t const count =
            std::exchange(is_read, true) ? 0 : data.copy(reinterpret_cast<char*>(buffer.data()), buffer.size());
        return count;
    });
    CHECK_THROWS_AS(cloud.glance.ensure_image(cloud.desired, std::move(once)), SourceError);
    CHECK(cloud.finish().empty());
}
