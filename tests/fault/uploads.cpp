// SPDX-License-Identifier: Apache-2.0
// Uploads whose fate a failure leaves open: what the record says of it decides what is done.
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <openstack/image/v2/image_data.hpp>
#include <openstack/source.hpp>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "../support/loopback_cloud.hpp"
#include "../support/server.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using image::v2::ContainerFormat, image::v2::DiskFormat, image::v2::Image, image::v2::ImageData,
    image::v2::UploadOptions;
using support::answer_text, support::LoopbackCloud, support::Step, support::thrown, support::throws_exactly;

namespace {

std::string const data(200'000, 'x');

std::string sha512() {
    Hasher hasher("sha512");
    hasher.update(std::as_bytes(std::span{data}));
    return hasher.hex_digest();
}

/// The record of the image in that state; its data is `data`.
std::string record(std::string const& status) {
    std::string const known = status == "active" ? std::to_string(data.size()) : "null";
    return R"({"id": "i", "status": ")" + status + R"(", "size": )" + known +
           R"(, "os_hash_algo": "sha512", "os_hash_value": ")" + sha512() + "\"}";
}

/// Reads the request, whole, answers with that, and closes: one connection for each request.
Step give(std::string const& request, int status, std::string const& body = {}) {
    return [=](support::Connection& connection) {
        auto const head = connection.read_head();
        if (head.method + ' ' + head.target != request) throw std::runtime_error("got " + head.method);
        if (head.headers.find("Expect")) connection.send("HTTP/1.1 100 Continue\r\n\r\n");
        connection.read_body();
        connection.send(answer_text(status, body, {{"Connection", "close"}}));
        connection.close();
    };
}
/// Reads so many bytes of the upload, then breaks the connection.
Step cut(std::uint64_t bytes) {
    return [=](support::Connection& connection) {
        connection.read_head();
        connection.send("HTTP/1.1 100 Continue\r\n\r\n");
        connection.read_body(bytes);
        connection.reset();
    };
}
Step const put = give("PUT /v2/images/i/file", 204);
Step look(std::string const& status) { return give("GET /v2/images/i", 200, record(status)); }

/// Knows both formats, so that its record isn't asked for them.
Image const to_fill{.id = "i", .disk_format = DiskFormat::raw, .container_format = ContainerFormat::bare};

struct Fixture {
    LoopbackCloud cloud;

    explicit Fixture(std::vector<Step> const& steps) {
        for (Step const& each : steps) cloud.server.script({each});
    }

    Image upload(Source& source, SessionOptions options = {}, UploadOptions const& how = {}) const {
        return ImageData<>{Proxy<Image>{cloud.session(std::move(options))}}.upload(to_fill, source, "", how);
    }
    Image upload() const { return upload(*from_memory(data)); }
    [[nodiscard]] std::uint64_t last_upload() const {
        std::uint64_t bytes = 0;
        for (auto const& each : cloud.server.requests())
            if (each.method == "PUT") bytes = each.body_size;
        return bytes;
    }
};

}  // namespace

TEST_CASE("An upload that broke is sent again, whole, if the image still waits for it", "[uploads][row:142]") {
    for (std::uint64_t const bytes : {std::uint64_t{1}, std::uint64_t{100'000}}) {
        Fixture f({cut(bytes), look("queued"), put, look("active")});
        CHECK(f.upload().size == data.size());
        CHECK(f.last_upload() == data.size());
        CHECK(f.cloud.server.finish() == "");
    }
}

TEST_CASE("An upload whose answer got lost is a success if its image is right", "[uploads][row:143]") {
    Fixture f({cut(data.size()), look("active")});
    CHECK(f.upload().status == image::v2::ImageStatus::active);
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("An image that is being saved is waited for", "[uploads][row:143]") {
    Fixture f({cut(data.size()), look("saving"), look("saving"), look("importing"), look("active")});
    CHECK(f.upload().size == data.size());
    CHECK(f.cloud.clock->slept() == std::vector<long>{500, 1000, 2000});
    CHECK(f.cloud.server.finish() == "");

    Fixture again({cut(100), look("saving"), look("queued"), put, look("active")});
    CHECK(again.upload().size == data.size());
    CHECK(again.cloud.server.finish() == "");
}

TEST_CASE("An image that is saved without an end isn't waited for without an end", "[uploads][row:143]") {
    Fixture f({cut(data.size()), look("saving"), look("saving"), look("saving")});
    CHECK(throws_exactly<ConnectionLost>(
        [&] { f.upload(*from_memory(data), {}, {.response_timeout = std::chrono::milliseconds{1500}}); }));
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Who waits for an image that is saved asks ever less often", "[uploads][row:143][row:151]") {
    std::vector<Step> steps{cut(data.size())};
    for (int i = 0; i < 9; ++i) steps.push_back(look("saving"));
    Fixture f(steps);
    CHECK(throws_exactly<ConnectionLost>(
        [&] { f.upload(*from_memory(data), {}, {.response_timeout = std::chrono::seconds{40}}); }));
    CHECK(f.cloud.clock->slept() == std::vector<long>{500, 1000, 2000, 4000, 8000, 10'000, 10'000, 10'000});
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("The wait for an image that is saved can be ended", "[uploads][row:151][row:153]") {
    Fixture f({cut(data.size()), look("saving"), look("importing")});
    std::stop_source stop;
    long waited = 0;
    f.cloud.clock->on_sleep = [&] {
        for (long const each : f.cloud.clock->slept()) waited += each;
        if (waited > 1000) stop.request_stop();
    };
    ImageData<> const images{Proxy<Image>{f.cloud.session().with({.stop = stop.get_token()})}};
    CHECK(throws_exactly<Cancelled>([&] { images.upload(to_fill, *from_memory(data), "", {}); }));
    CHECK(waited > 1000);
    CHECK(waited < 1500);  // the whole wait would have been until then
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("An image that is another than was sent is an error", "[uploads][row:143][row:144]") {
    Fixture f({cut(100), look("active")});
    std::string other = data;
    other[7] = 'y';
    CHECK(throws_exactly<IntegrityError>([&] { f.upload(*from_memory(other)); }));
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("What was stored after all is known although the second sending was cut short", "[uploads][row:143]") {
    auto const refuse = [](support::Connection& connection) {  // before a byte of the body was sent
        connection.read_head();
        connection.send(answer_text(409, "", {{"Connection", "close"}}));
        connection.close();
    };
    Fixture f({cut(data.size()), look("queued"), refuse, look("active")});
    CHECK(f.upload().size == data.size());
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("A source that can't go back is never sent in part", "[uploads][row:141]") {
    Fixture f({cut(100), look("queued")});
    auto const pipe = from_callback([left = data.size()](std::span<std::byte> buffer) mutable {
        std::size_t const count = (std::min)(left, buffer.size());
        left -= count;
        return count;
    });
    CHECK(throws_exactly<ConnectionLost>([&] { f.upload(*pipe); }));
    CHECK(f.cloud.server.requests().size() == 2);
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("An upload is sent again as often as retries are allowed", "[uploads][row:142]") {
    Fixture f({cut(1), look("queued"), cut(1), look("queued")});
    CHECK(throws_exactly<ConnectionLost>([&] { f.upload(*from_memory(data), {.retries = {.connect_retries = 1}}); }));
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("An image that is gone meanwhile is that", "[uploads][row:148]") {
    Fixture f({cut(100), give("GET /v2/images/i", 404)});
    CHECK(throws_exactly<ResourceNotFound>([&] { f.upload(); }));
    CHECK(f.cloud.server.finish() == "");

    Fixture killed({cut(100), look("killed")});
    CHECK(throws_exactly<ConnectionLost>([&] { killed.upload(); }));
    CHECK(killed.cloud.server.finish() == "");
}

TEST_CASE("A service that failed is asked what it has done, one that refused isn't", "[uploads][row:61][row:149]") {
    Fixture failed({give("PUT /v2/images/i/file", 500), look("queued"), put, look("active")});
    CHECK(failed.upload().size == data.size());
    CHECK(failed.cloud.server.finish() == "");

    Fixture refused({give("PUT /v2/images/i/file", 409)});
    CHECK(throws_exactly<Conflict>([&] { refused.upload(); }));
    CHECK(refused.cloud.server.finish() == "");
}

TEST_CASE("What a source throws is no failure that anybody is asked about", "[uploads][row:140]") {
    struct Failing final : Source {
        [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override {
            if (++reads == 1) return buffer.size();
            throw ConnectionLost("another's");
        }
        [[nodiscard]] std::optional<std::uint64_t> size() const override { return std::uint64_t{1} << 20; }
        [[nodiscard]] bool rewind() override { return true; }
        int reads = 0;
    };
    Fixture f({[](support::Connection& connection) {
        connection.read_head();
        connection.send("HTTP/1.1 100 Continue\r\n\r\n");
        connection.wait_for_close();
    }});
    Failing source;
    CHECK(thrown<ConnectionLost>([&] { f.upload(source); }) == "another's");
    CHECK(f.cloud.server.finish() == "");
}
