// SPDX-License-Identifier: Apache-2.0
// Imports, waiting for them, and the tasks behind them.
// Peers' tests of this: openstacksdk's test_import_image*, stage and TestTask (without statuses in capitals and the
// error 396, which are not Glance's); glanceclient's imports, data_stage and test_tasks.py; gophercloud's of imports,
// tasks and TestStage.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <openstack/image/v2/proxy.hpp>
#include <openstack/source.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "../support/image_answers.hpp"
#include "../support/scripted_cloud.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using namespace std::chrono_literals;
using image::v2::Image, image::v2::ImageStatus, image::v2::ImportMethod, image::v2::ImportOptions,
    image::v2::TaskStatus, image::v2::UploadOptions, image::v2::Via;
using support::ScriptedCloud, support::caught;

namespace {

/// What the test's uploads send.
std::string const data = "the data";

std::string record(std::string const& status, std::string const& more = {}) {
    return R"({"id": "i", "status": ")" + status + '"' + (more.empty() ? "" : ", " + more) + '}';
}
std::string const running = R"("os_glance_import_task": "t")";

/// A cloud whose image `i` is looked at: each look gives the next of these records.
struct Looks : ScriptedCloud {
    explicit Looks(std::vector<std::string> const& records, RetryOptions const& retries = no_retries)
        : ScriptedCloud(retries) {
        for (std::string const& each : records) look(each);
    }
    void look(std::string const& record) { expect("GET", "/v2/images/i", 200, record); }
    void tasks(std::string const& tasks) { expect("GET", "/v2/images/i/tasks", 200, R"({"tasks": [)" + tasks + "]}"); }
    [[nodiscard]] image::v2::Proxy glance() const { return image::v2::Proxy{session()}; }
};

std::string task(std::string const& status, std::string const& message, std::string const& input = "{}",
                 std::string const& created_at = "2026-11-22T00:07:11.172131") {
    return R"({"id": "t", "type": "api_image_import", "status": ")" + status + R"(", "message": ")" + message +
           R"(", "input": )" + input + R"(, "created_at": ")" + created_at + R"("})";
}

}  // namespace

TEST_CASE("An import is asked for by its method, and by what that wants to know", "[imports][D9]") {
    struct Case {
        ImportMethod method;
        ImportOptions options;
        std::string body;
    };
    auto const [method, options, body] = GENERATE(values<Case>({
        {image::v2::glance_direct(), {}, R"({"method":{"name":"glance-direct"}})"},
        {image::v2::web_download("http://x/a.raw"),
         {.stores = {"fast", "slow"}},
         R"({"method":{"name":"web-download","uri":"http://x/a.raw"},"stores":["fast","slow"]})"},
        {image::v2::glance_download("RegionTwo", "j"),
         {.all_stores_must_succeed = false},
         R"({"method":{"glance_image_id":"j","glance_region":"RegionTwo","glance_service_interface":"public",)"
         R"("name":"glance-download"},"all_stores_must_succeed":false})"},
        {image::v2::copy_image(), {.all_stores = true}, R"({"method":{"name":"copy-image"},"all_stores":true})"},
        {ImportMethod{"acme-fetch", {{"bucket", "b"}}}, {}, R"({"method":{"bucket":"b","name":"acme-fetch"}})"},
    }));
    Looks cloud{{}};
    cloud.expect("POST", "/v2/images/i/import", 202);
    cloud.glance().import_image("i", method, options);
    CHECK(cloud.last_body() == body);
    CHECK(cloud.sent().back().headers.find("Content-Type") == "application/json");
    CHECK_FALSE(cloud.sent().back().headers.find("X-Image-Meta-Store"));  // beside stores in the body it's refused
    CHECK(cloud.finish().empty());
}

TEST_CASE("An import that contradicts itself isn't asked for", "[imports]") {
    Looks cloud{{}};
    CHECK_THROWS_AS(cloud.glance().import_image("i", image::v2::copy_image(), {.stores = {"a"}, .all_stores = true}),
                    InvalidRequest);
    CHECK_THROWS_AS(cloud.glance().import_image("i", ImportMethod{}), InvalidRequest);
    CHECK_THROWS_AS(cloud.glance().import_image("..", image::v2::copy_image()), InvalidRequest);
    CHECK(cloud.sent().empty());
}

TEST_CASE("An import whose answer got lost isn't begun twice", "[imports]") {
    Looks cloud{{}, {.connect_retries = 1}};
    cloud.fail("POST", "/v2/images/i/import", ConnectionLost{"gone"});
    cloud.expect("POST", "/v2/images/i/import", 409, R"({"message": "Image has active task"})");
    SECTION("and goes on") {
        cloud.look(record("queued", running));
        CHECK_NOTHROW(cloud.glance().import_image("i", image::v2::web_download("http://x/")));
    }
    SECTION("and is done") {
        cloud.look(record("active"));
        CHECK_NOTHROW(cloud.glance().import_image("i", image::v2::web_download("http://x/")));
    }
    SECTION("but if nothing has begun, the refusal was meant") {
        cloud.look(record("saving"));
        CHECK_THROWS_AS(cloud.glance().import_image("i", image::v2::web_download("http://x/")), Conflict);
    }
    CHECK(cloud.finish().empty());
}

TEST_CASE("A copy whose answer got lost is known by its task or by its data", "[imports]") {
    Looks cloud{{}, {.connect_retries = 1}};
    cloud.fail("POST", "/v2/images/i/import", ConnectionLost{"gone"});
    auto const copy = [&] { cloud.glance().import_image("i", image::v2::copy_image(), {.stores = {"slow"}}); };
    SECTION("it goes on") {
        cloud.expect("POST", "/v2/images/i/import", 409, R"({"message": "Image has active task"})");
        cloud.look(record("active", running));
        CHECK_NOTHROW(copy());
    }
    SECTION("it is done") {
        cloud.expect("POST", "/v2/images/i/import", 400, R"({"message": "Image is already present at store 'slow'"})");
        cloud.look(record("active"));
        CHECK_NOTHROW(copy());
    }
    SECTION("the refusal was meant, though the image was active before") {
        cloud.expect("POST", "/v2/images/i/import", 409, R"({"message": "Store for identifier slow not found"})");
        cloud.look(record("active"));
        CHECK_THROWS_AS(copy(), Conflict);
    }
    CHECK(cloud.finish().empty());
}

TEST_CASE("What no service accepts is refused, whatever became of an earlier attempt", "[imports]") {
    Looks cloud{{}, {.connect_retries = 1}};
    cloud.fail("POST", "/v2/images/i/import", ConnectionLost{"gone"});
    cloud.expect("POST", "/v2/images/i/import", 400, R"({"message": "Unknown import method name 'acme-fetch'."})");
    CHECK_THROWS_AS(cloud.glance().import_image("i", ImportMethod{.name = "acme-fetch"}), BadRequest);
    CHECK(cloud.finish().empty());
}

TEST_CASE("A refused import is an error at once", "[imports][D9]") {
    int const status = GENERATE(400, 403, 409);
    Looks cloud{{}};
    cloud.expect("POST", "/v2/images/i/import", status);
    CHECK_THROWS_AS(cloud.glance().import_image("i", image::v2::glance_direct()), HttpError);
    CHECK(cloud.finish().empty());
}

TEST_CASE("An import is waited for until all stores have the data", "[imports]") {
    Looks cloud{{record("queued", running),
                 record("importing", running + R"(, "os_glance_importing_to_stores": "fast,slow")"),
                 record("active", running + R"(, "os_glance_importing_to_stores": "slow")"),
                 record("active", running + R"(, "os_glance_importing_to_stores": "")"),
                 record("active", R"("os_glance_importing_to_stores": "", "os_glance_failed_import": "", "size": 5)")}};
    cloud.tasks(task("success", "Copied 0 MiB"));
    CHECK(cloud.glance().wait_for("i").size == 5);
    CHECK(cloud.finish().empty());
    CHECK(cloud.clock().slept() == std::vector<long>{250, 500, 1000, 2000});
}

TEST_CASE("An import that failed has put its image back", "[imports]") {
    // As it is seen: while it goes back, when it is back, with staged data, back without a trace in the record, and
    // with a misleading one; left as it was when a store was read-only; and, of a copy, without one and with a trace.
    auto const records = GENERATE(values<std::vector<std::string>>({
        {record("importing", running), record("queued")},
        {record("queued", R"("os_glance_importing_to_stores": "", "os_glance_failed_import": "fast")")},
        {record("uploading", running), record("uploading")},
        {record("queued")},
        {record("queued", R"("os_glance_importing_to_stores": "fast", "os_glance_failed_import": "")")},
        {record("importing", R"("os_glance_importing_to_stores": "", "os_glance_failed_import": "web")")},
        {record("active", running), record("active")},
        {record("active", R"("stores": "fast", "os_glance_failed_import": "web")")},
    }));
    Looks cloud{records};
    cloud.tasks(task("success", "of an older one", "{}", "2026-11-22T00:07:10.172131") + ',' +
                task("failure", "404 Not Found"));
    auto const error = caught<ResourceFailure>([&] { cloud.glance().wait_for("i"); });
    INFO(error.what());
    CHECK(std::string{error.what()}.find("404 Not Found") != std::string::npos);
    CHECK(std::string{error.what()}.find("image i") != std::string::npos);
    CHECK(cloud.finish().empty());
}

TEST_CASE("An import that failed is one although the service tells no tasks", "[imports]") {
    Looks cloud{{record("importing", running), record("queued")}};
    cloud.expect("GET", "/v2/images/i/tasks", 404);
    CHECK_THROWS_AS(cloud.glance().wait_for("i"), ResourceFailure);
    CHECK(cloud.finish().empty());
}

TEST_CASE("An import goes on as long as its task does, or a store lacks the data", "[imports]") {
    std::string const copying = R"("stores": "fast", "os_glance_importing_to_stores": "slow")";
    Looks cloud{{record("active", copying)}};
    if (GENERATE(true, false))
        cloud.tasks(task("processing", ""));
    else
        cloud.expect("GET", "/v2/images/i/tasks", 403);
    cloud.look(record("active", R"("stores": "fast,slow", "os_glance_importing_to_stores": "")"));
    CHECK(cloud.glance().wait_for("i").stores == "fast,slow");
    CHECK(cloud.finish().empty());
}

TEST_CASE("A task that failed ends the wait although its marks stay", "[imports]") {
    Looks cloud{{record("importing", running), record("importing", running)}};
    cloud.tasks(task("failure", "broken"));
    auto const error = caught<ResourceFailure>([&] { cloud.glance().wait_for("i"); });
    CHECK(std::string{error.what()}.find("broken") != std::string::npos);
    CHECK(cloud.finish().empty());
}

TEST_CASE("A task that failed before says nothing of the one that runs", "[imports]") {
    std::string const other = R"("os_glance_import_task": "other")";
    Looks cloud{{record("importing", other), record("importing", other)}};
    cloud.tasks(task("failure", "broken"));
    cloud.look(record("active"));
    cloud.tasks(task("success", ""));
    CHECK(cloud.glance().wait_for("i").status == ImageStatus::active);
    CHECK(cloud.finish().empty());
}

TEST_CASE("An import of another project, whose tasks aren't shown, leaves an active image active", "[imports]") {
    Looks cloud{{record("active", R"("stores": "fast", "os_glance_failed_import": "web")")}};
    cloud.tasks("");
    CHECK(cloud.glance().wait_for("i").status == ImageStatus::active);
    CHECK(cloud.finish().empty());
}

TEST_CASE("A wait whose times make no sense is refused", "[imports][waiting]") {
    Looks cloud{{}};
    for (WaitOptions const options :
         {WaitOptions{.deadline = -1ms}, WaitOptions{.interval = 0ms}, WaitOptions{.interval = -1ms}})
        CHECK_THROWS_AS(cloud.glance().wait_for("i", ImageStatus::active, options), InvalidRequest);
    cloud.look(record("active"));
    CHECK_NOTHROW(cloud.glance().wait_for("i", ImageStatus::active, {.deadline = std::chrono::milliseconds::max()}));
    CHECK(cloud.finish().empty());
}

TEST_CASE("A wait is longer than the deadline of each of its calls", "[imports][waiting]") {
    Looks cloud{{record("importing", running), record("active")}};
    cloud.tasks(task("success", ""));
    CHECK(cloud.glance().with({.deadline = 1ms}).wait_for("i").status == ImageStatus::active);
    CHECK(cloud.clock().slept() == std::vector<long>{250});
}

TEST_CASE("A store has a name, and is named once", "[imports]") {
    Looks cloud{{}};
    for (std::vector<std::string> const& stores : {std::vector<std::string>{"a", "a"}, {""}, {"a", ""}}) {
        CHECK_THROWS_AS(cloud.glance().import_image("i", image::v2::copy_image(), {.stores = stores}), InvalidRequest);
        CHECK_THROWS_AS(cloud.glance().upload("i", from_memory("x"), {.via = Via::automatic, .stores = stores}),
                        InvalidRequest);
    }
    CHECK(cloud.sent().empty());
}

TEST_CASE("Stores that failed matter if the import said so, and were among its own", "[imports]") {
    std::string const end =
        record("active", R"("os_glance_importing_to_stores": "", "os_glance_failed_import": "slow")");
    Looks cloud{{end}};
    SECTION("all had to succeed") {
        cloud.tasks(task("success", "", R"({"backend": ["fast", "slow"], "import_req": {}})"));
        auto const error = caught<ResourceFailure>([&] { cloud.glance().wait_for("i"); });
        CHECK(std::string{error.what()}.find("slow") != std::string::npos);
    }
    SECTION("some might fail") {
        cloud.tasks(
            task("success", "", R"({"backend": ["fast", "slow"], "import_req": {"all_stores_must_succeed": false}})"));
        CHECK(cloud.glance().wait_for("i").status == ImageStatus::active);
    }
    SECTION("it was an earlier import that failed") {
        cloud.tasks(task("success", "", R"({"backend": ["third"], "import_req": {}})"));
        CHECK(cloud.glance().wait_for("i").status == ImageStatus::active);
    }
    SECTION("nobody says what was asked for") {
        cloud.expect("GET", "/v2/images/i/tasks", 404);
        CHECK_THROWS_AS(cloud.glance().wait_for("i"), ResourceFailure);
    }
    SECTION("the service can't say it just now") {
        cloud.tasks(task("processing", ""));
        cloud.look(end);
        cloud.expect("GET", "/v2/images/i/tasks", 503);
        cloud.look(end);
        cloud.tasks(
            task("success", "", R"({"backend": ["fast", "slow"], "import_req": {"all_stores_must_succeed": false}})"));
        CHECK(cloud.glance().wait_for("i").status == ImageStatus::active);
    }
    SECTION("the task doesn't say in a way that is understood") {
        cloud.tasks(task("success", "", R"({"backend": [null]})"));
        CHECK_THROWS_AS(cloud.glance().wait_for("i"), ResourceFailure);
    }
    CHECK(cloud.finish().empty());
}

TEST_CASE("Stores that failed once and have the data now don't matter", "[imports]") {
    Looks cloud{{record("active", R"("stores": "slow,fast", "os_glance_failed_import": "fast,slow")")}};
    CHECK(cloud.glance().wait_for("i").status == ImageStatus::active);
    CHECK(cloud.finish().empty());
}

TEST_CASE("An image that nobody has imported into yet is waited for", "[imports]") {
    Looks cloud{{record("queued")}};
    cloud.tasks("");
    cloud.look(record("saving"));
    cloud.look(record("active"));
    CHECK(cloud.glance().wait_for("i").status == ImageStatus::active);
    CHECK(cloud.finish().empty());
}

TEST_CASE("An image that won't come to its status isn't waited for", "[imports]") {
    std::string const status = GENERATE("killed", "deleted", "pending_delete");
    ImageStatus const wanted = GENERATE(ImageStatus::active, ImageStatus::deactivated);
    Looks cloud{{record(status)}};
    CHECK_THROWS_AS(cloud.glance().wait_for("i", wanted), ResourceFailure);
    CHECK(cloud.finish().empty());
}

TEST_CASE("Other statuses are waited for, too", "[imports]") {
    Looks cloud{{record("active"), record("deactivated")}};
    CHECK(cloud.glance().wait_for("i", ImageStatus::deactivated).status == ImageStatus::deactivated);
    CHECK(cloud.finish().empty());
}

TEST_CASE("A wait ends at its deadline, and says what was missing", "[imports][waiting]") {
    Looks cloud{{}};
    for (int i = 0; i < 5; ++i) {
        cloud.look(record("importing", running));
        if (i > 0) cloud.tasks(task("processing", ""));
    }
    auto const error = caught<ResourceTimeout>(
        [&] { cloud.glance().wait_for("i", ImageStatus::active, {.deadline = 1'000ms, .interval = 800ms}); });
    CHECK(std::string{error.what()}.find("importing") != std::string::npos);
    CHECK(cloud.clock().slept() == std::vector<long>{100, 200, 400, 300});
    CHECK(cloud.finish() == "");
}

TEST_CASE("A wait outlasts a service that fails for a while, but not one that was never there", "[imports][waiting]") {
    Looks cloud{{}};
    SECTION("a while") {
        cloud.look(record("importing", running));
        cloud.fail("GET", "/v2/images/i", ConnectionLost{"gone"});
        cloud.expect("GET", "/v2/images/i", GENERATE(429, 503));
        cloud.look(record("active"));
        cloud.tasks("");
        CHECK(cloud.glance().wait_for("i").status == ImageStatus::active);
    }
    SECTION("for ever") {
        cloud.look(record("importing", running));
        cloud.fail("GET", "/v2/images/i", ConnectionLost{"gone"});
        auto const error = caught<ResourceTimeout>(
            [&] { cloud.glance().wait_for("i", ImageStatus::active, {.deadline = 100ms, .interval = 800ms}); });
        CHECK(std::string{error.what()}.find("gone") != std::string::npos);
    }
    SECTION("and was there again when the deadline came") {
        cloud.look(record("importing", running));
        cloud.fail("GET", "/v2/images/i", ConnectionLost{"gone"});
        cloud.look(record("importing", running));
        cloud.tasks(task("processing", ""));
        auto const error = caught<ResourceTimeout>(
            [&] { cloud.glance().wait_for("i", ImageStatus::active, {.deadline = 300ms, .interval = 800ms}); });
        CHECK(std::string{error.what()}.find("gone") == std::string::npos);
    }
    SECTION("never there") {
        cloud.fail("GET", "/v2/images/i", ConnectError{"nobody"});
        CHECK_THROWS_AS(cloud.glance().wait_for("i"), ConnectError);
    }
    SECTION("the image itself is gone") {
        cloud.look(record("importing", running));
        cloud.expect("GET", "/v2/images/i", 404);
        CHECK_THROWS_AS(cloud.glance().wait_for("i"), ResourceNotFound);
    }
    CHECK(cloud.finish().empty());
}

TEST_CASE("A wait can be ended", "[imports][waiting]") {
    struct Stop {
        bool const* is_requested;
        [[nodiscard]] bool stop_requested() const { return *is_requested; }
    };
    bool is_requested = false;
    Looks cloud{{record("importing", running)}};
    cloud.clock().on_sleep = [&] { is_requested = true; };
    auto const error = caught<Cancelled>([&] { cloud.glance().with({.stop = Stop{&is_requested}}).wait_for("i"); });
    CHECK(std::string{error.what()}.find("image i") != std::string::npos);
    CHECK(cloud.finish().empty());
}

TEST_CASE("Anything can be waited for, and that an image is gone", "[imports][waiting]") {
    Looks cloud{{record("active"), record("active", R"("tags": ["gold"])")}};
    SECTION("anything") {
        Image const image = cloud.glance().wait_for(
            "i", [](Image const& now) { return now.tags && !now.tags->empty(); }, {.interval = 8ms});
        CHECK(image.tags->front() == "gold");
        CHECK(cloud.clock().slept() == std::vector<long>{1});
    }
    SECTION("gone") {
        cloud.expect("GET", "/v2/images/i", 404);
        cloud.glance().wait_for_delete("i");
        CHECK(cloud.clock().slept().size() == 2);
    }
    CHECK(cloud.finish().empty());
}

TEST_CASE("Tasks are listed, created and waited for", "[tasks]") {
    Looks cloud{{}};
    auto const glance = cloud.glance();
    cloud.expect("GET", "/v2/tasks?status=failure&sort_key=created_at&sort_dir=desc&limit=200", 200,
                 R"({"tasks": [{"id": "t", "type": "import", "status": "failure"}]})");
    auto const failed =
        glance.tasks(where<&image::v2::Task::status> == TaskStatus::failure, desc<&image::v2::Task::created_at>).all();
    REQUIRE(failed.size() == 1);
    CHECK(failed[0].status == TaskStatus::failure);

    cloud.expect("POST", "/v2/tasks", 201, task("pending", ""));
    auto const made = glance.create_task({.type = "import", .input = RawJson{R"({"import_from":"http://x/"})"}});
    CHECK(cloud.last_body() == R"({"type":"import","input":{"import_from":"http://x/"}})");

    cloud.expect("GET", "/v2/tasks/t", 200, task("processing", "half"));
    cloud.expect("GET", "/v2/tasks/t", 200, task("success", ""));
    CHECK(glance.wait_for_task(made).status == TaskStatus::success);
    cloud.expect("GET", "/v2/tasks/t", 200, task("failure", "no such host"));
    auto const error = caught<ResourceFailure>([&] { glance.wait_for_task("t"); });
    CHECK(std::string{error.what()}.find("no such host") != std::string::npos);
    cloud.expect("GET", "/v2/tasks/t", 200, task("success", ""));
    CHECK(glance.get_task("t").message == "");
    CHECK(cloud.finish().empty());
}

namespace {

/// Gives three bytes of `data`, then nothing; after it went back, all.
struct Stalling final : Source {
    explicit Stalling(bool can_go_back) : can_go_back_(can_go_back) {}
    [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override {
        std::string const piece = at_ < end_ ? data.substr(at_, (std::min)(end_ - at_, buffer.size())) : "";
        std::memcpy(buffer.data(), piece.data(), piece.size());
        at_ += piece.size();
        return piece.size();
    }
    [[nodiscard]] std::optional<std::uint64_t> size() const override { return data.size(); }
    [[nodiscard]] bool rewind() override {
        at_ = 0;
        end_ = data.size();
        return can_go_back_;
    }

  private:
    bool can_go_back_;
    std::size_t at_ = 0;
    std::size_t end_ = 3;
};

Image const desired{.disk_format = image::v2::DiskFormat::raw, .container_format = image::v2::ContainerFormat::bare};

/// A cloud that an image with the id `i` is uploaded to.
struct Uploads : Looks {
    Uploads() : Looks({}) {}
    void methods(std::string const& names) {
        expect("GET", "/v2/info/import", 200, R"({"import-methods": {"type": "array", "value": [)" + names + "]}}");
    }
    void create() { expect("POST", "/v2/images", 201, record("queued")); }
    void stage() {
        expect("PUT", "/v2/images/i/stage", 204);
        look(record("uploading", R"("size": )" + std::to_string(data.size())));
    }
    void import() {
        expect("POST", "/v2/images/i/import", 202);
        look(record("importing", running));
        look(support::record_text(data));
        tasks(task("success", ""));
    }
    Image upload(UploadOptions const& options) const {
        Image image = desired;
        image.id = "i";
        return glance().upload_image(image, from_memory(data), options);
    }
};

}  // namespace

TEST_CASE("An upload goes by import into several stores", "[imports][uploads]") {
    Uploads cloud;
    cloud.methods(R"("web-download", "glance-direct")");
    cloud.create();
    cloud.stage();
    cloud.import();
    openstack::Upload result;
    Image const image = cloud.upload({.result = &result, .via = Via::automatic, .stores = {"fast", "slow"}});
    CHECK(image.status == ImageStatus::active);
    CHECK(result.bytes == data.size());
    CHECK(result.verified_by == "sha512");
    auto const sent = cloud.sent();
    CHECK(sent[2].body == data);
    CHECK(sent[4].body == R"({"method":{"name":"glance-direct"},"stores":["fast","slow"]})");
    CHECK(cloud.finish().empty());
}

TEST_CASE("What a service doesn't let users upload goes by import", "[imports][uploads]") {
    int const status = GENERATE(403, 405);
    Uploads cloud;
    cloud.create();
    cloud.expect("PUT", "/v2/images/i/file", status);
    SECTION("if it is offered") {
        cloud.methods(R"("glance-direct")");
        cloud.stage();
        cloud.import();
        CHECK(cloud.upload({.via = Via::automatic}).status == ImageStatus::active);
        CHECK(cloud.sent()[3].body == data);  // whole, though a part had gone before
    }
    SECTION("but not where it isn't offered") {
        cloud.methods(R"("web-download")");
        cloud.expect("DELETE", "/v2/images/i", 204);
        CHECK_THROWS_AS(cloud.upload({.via = Via::automatic}), HttpError);
    }
    SECTION("nor where nobody asked for that") {
        cloud.expect("DELETE", "/v2/images/i", 204);
        CHECK_THROWS_AS(cloud.upload({}), HttpError);
    }
    CHECK(cloud.finish().empty());
}

TEST_CASE("An upload that can only be an import needs a service that offers it", "[imports][uploads]") {
    bool const is_older = GENERATE(false, true);
    Uploads cloud;
    if (is_older)
        cloud.expect("GET", "/v2/info/import", 404);
    else
        cloud.methods(R"("web-download")");
    CHECK_THROWS_AS(cloud.upload({.via = Via::import}), NotSupported);
    CHECK(cloud.finish().empty());  // no record was made
}

TEST_CASE("An import isn't waited for if that isn't wanted", "[imports][uploads]") {
    Uploads cloud;
    cloud.methods(R"("glance-direct")");
    cloud.create();
    cloud.stage();
    cloud.expect("POST", "/v2/images/i/import", 202);
    cloud.look(record("importing", running));
    CHECK(cloud.upload({.via = Via::import, .all_stores = true, .all_stores_must_succeed = false, .wait = false})
              .status == ImageStatus::importing);
    CHECK(cloud.sent()[4].body ==
          R"({"method":{"name":"glance-direct"},"all_stores":true,"all_stores_must_succeed":false})");
    CHECK(cloud.finish().empty());
}

TEST_CASE("An import that fails leaves no record, and neither does wrong data", "[imports][uploads]") {
    Uploads cloud;
    cloud.methods(R"("glance-direct")");
    cloud.create();
    cloud.stage();
    cloud.expect("POST", "/v2/images/i/import", 202);
    SECTION("it failed") {
        cloud.look(record("importing", running));
        cloud.look(record("queued"));
        cloud.tasks(task("failure", "no room"));
        cloud.expect("DELETE", "/v2/images/i", 204);
        CHECK_THROWS_AS(cloud.upload({.via = Via::import}), ResourceFailure);
    }
    SECTION("the data is another one") {
        cloud.look(support::record_text("the DATA"));
        cloud.expect("DELETE", "/v2/images/i", 204);
        CHECK_THROWS_AS(cloud.upload({.via = Via::import}), IntegrityError);
    }
    CHECK(cloud.finish().empty());
}

TEST_CASE("Stores and ways that contradict each other are refused before anything is sent", "[imports][uploads]") {
    Uploads cloud;
    CHECK_THROWS_AS(cloud.upload({.stores = {"a", "b"}}), InvalidRequest);
    CHECK_THROWS_AS(cloud.upload({.all_stores = true}), InvalidRequest);
    CHECK_THROWS_AS(cloud.upload({.via = Via::import, .stores = {"a"}, .all_stores = true}), InvalidRequest);
    Image image = desired;
    image.store = "a";
    CHECK_THROWS_AS(cloud.glance().upload_image(image, from_memory(data), {.stores = {"b"}}), InvalidRequest);
    CHECK(cloud.sent().empty());
}

TEST_CASE("One store is chosen by the upload's options, too", "[imports][uploads]") {
    Uploads cloud;
    cloud.create();
    cloud.expect("PUT", "/v2/images/i/file", 204);
    cloud.look(support::record_text(data));
    CHECK(cloud.upload({.stores = {"slow"}}).status == ImageStatus::active);
    CHECK(cloud.sent()[1].headers.find("X-Image-Meta-Store") == "slow");
    CHECK(cloud.finish().empty());
}

TEST_CASE("An upload into an image goes to the store that its object names, unless the call names one", "[uploads]") {
    Uploads cloud;
    Image image = desired;
    image.id = "i";
    image.store = "slow";
    std::string const store = GENERATE("", "fast");
    cloud.expect("PUT", "/v2/images/i/file", 204);
    cloud.look(support::record_text(data));
    cloud.glance().upload(image, from_memory(data), {}, store);
    CHECK(cloud.sent()[0].headers.find("X-Image-Meta-Store") == (store.empty() ? "slow" : store));
    CHECK(cloud.finish().empty());
}

TEST_CASE("Duplicates are refused where that is wanted", "[imports][uploads]") {
    Uploads cloud;
    Image image = desired;
    image.name = "x";
    cloud.expect("GET", "/v2/images?name=eq%3Ax&limit=200", 200, R"({"images": [{"id": "j", "name": "x"}]})");
    cloud.expect("GET", "/v2/images?name=eq%3Ax&os_hidden=true&limit=200", 200, R"({"images": []})");
    auto const error = caught<DuplicateResource>(
        [&] { cloud.glance().upload_image(image, from_memory(data), {.duplicates = image::v2::Duplicates::refuse}); });
    CHECK(error.ids() == std::vector<std::string>{"j"});
    CHECK(error.what() == std::string{"'x' is the name of one of images: j"});
    CHECK(cloud.finish().empty());
}

TEST_CASE("Data is staged, and its size compared", "[imports]") {
    Uploads cloud;
    Image image = desired;
    image.id = "i";
    SECTION("right") {
        cloud.stage();
        Upload staged;
        CHECK(cloud.glance().stage_image(image, from_memory(data), {.result = &staged}).status ==
              ImageStatus::uploading);
        CHECK(staged.bytes == data.size());
        CHECK(cloud.sent()[0].headers.find("Content-Type") == "application/octet-stream");
    }
    SECTION("wrong") {
        cloud.expect("PUT", "/v2/images/i/stage", 204);
        cloud.look(record("uploading", R"("size": 3)"));
        CHECK_THROWS_AS(cloud.glance().stage_image(image, from_memory(data)), IntegrityError);
    }
    SECTION("an answer that got lost") {
        cloud.fail("PUT", "/v2/images/i/stage", ConnectionLost{"gone"});
        cloud.look(record("uploading"));  // it goes on
        cloud.look(record("uploading", R"("size": )" + std::to_string(data.size())));
        CHECK(cloud.glance().stage_image(image, from_memory(data)).size == data.size());
    }
    SECTION("a part that is stored as if it were all") {
        bool const can_go_back = GENERATE(true, false);
        cloud.fail("PUT", "/v2/images/i/stage", ConnectionLost{"gone"});
        cloud.look(record("uploading", R"("size": 3)"));
        auto const stage = [&] { cloud.glance().stage_image(image, std::make_unique<Stalling>(can_go_back)); };
        if (can_go_back)
            CHECK_THROWS_AS(stage(), IntegrityError);
        else
            CHECK_THROWS_AS(stage(), ConnectionLost);
    }
    SECTION("into a store, which is for the import to say") {
        CHECK_THROWS_AS(cloud.glance().stage_image(image, from_memory(data), {.stores = {"slow"}}), InvalidRequest);
        CHECK_THROWS_AS(cloud.glance().stage_image(image, from_memory(data), {.via = Via::import, .all_stores = true}),
                        InvalidRequest);
    }
    SECTION("nothing to stage") { CHECK_THROWS_AS(cloud.glance().stage_image("i", nullptr), InvalidRequest); }
    CHECK(cloud.finish().empty());
}
