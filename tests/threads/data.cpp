// SPDX-License-Identifier: Apache-2.0
// Data that several threads move and hash: by several connections into one file, and in several downloads at once.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <openstack/auth/fixed_token.hpp>
#include <openstack/background_hasher.hpp>
#include <openstack/curl_transport.hpp>
#include <openstack/image/v2/proxy.hpp>
#include <openstack/json.hpp>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "../support/image_answers.hpp"
#include "../support/server.hpp"
#include "../support/temporary_directory.hpp"

using namespace openstack;
using image::v2::Image;

namespace {

constexpr std::size_t mebibyte = 1 << 20;

std::string const& data() {
    static std::string const text = [] {
        std::mt19937 random(1);
        std::string made(24 * mebibyte, '\0');
        for (char& c : made) c = static_cast<char>(random());
        return made;
    }();
    return text;
}

std::string md5(std::string const& text) {
    Hasher hasher("md5");
    hasher.update(std::as_bytes(std::span{text}));
    return hasher.hex_digest();
}

Image record() {
    return from_json<Image>(R"({"id": "i", "size": )" + std::to_string(data().size()) +
                            R"(, "os_hash_algo": "md5", "os_hash_value": ")" + md5(data()) + "\"}");
}

/// Answers with the part that was asked for, of which now and then the end is missing.
struct PartsServer {
    support::Server server{};
    std::mutex mutex{};
    std::mt19937 random{2};

    explicit PartsServer(bool is_good = true) {
        server.serve(
            support::parts_of(data(), [this, is_good](std::size_t, std::size_t) { return is_good ? next() : 0; }));
    }

    [[nodiscard]] image::v2::Proxy glance() const {
        RetryOptions const quick{.first_delay = std::chrono::milliseconds{1}};
        return image::v2::Proxy{Session{std::make_shared<CurlTransport>(),
                                        std::make_shared<FixedToken>("token"),
                                        {.endpoint = server.url(""), .retries = quick}}};
    }

  private:
    std::size_t next() {
        std::lock_guard const lock{mutex};
        return 1 + random() % (6 * mebibyte);
    }
};

}  // namespace

TEST_CASE("Bytes go to a hashing thread as they are", "[threads]") {
    detail::BackgroundHasher<> hasher{{"md5", "sha512"}};
    for (std::size_t at = 0; at < data().size(); at += 100'000)
        hasher.update(std::as_bytes(std::span{data()}.subspan(at, std::min<std::size_t>(100'000, data().size() - at))));
    CHECK(hasher.hex_digest("md5") == md5(data()));
}

TEST_CASE("Four connections write one file, while the fifth thread reads it", "[threads]") {
    PartsServer cloud;
    support::TemporaryDirectory const folder;
    CHECK(cloud.glance().download_image(record(), to_file(folder / "image"), {.connections = 4}).verified_by == "md5");
    CHECK((support::read_file(folder / "image") == data()));
}

TEST_CASE("Four connections that all fail end with one failure", "[threads]") {
    PartsServer cloud{false};
    support::TemporaryDirectory const folder;
    CHECK_THROWS_AS(cloud.glance().download_image(record(), to_file(folder / "image"), {.connections = 4}),
                    ConnectionLost);
    CHECK(folder.names().empty());
}

TEST_CASE("Four downloads at once to one file each are whole", "[threads]") {
    PartsServer cloud;
    support::TemporaryDirectory const folder;
    auto const glance = cloud.glance();
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&, i] {
                glance.download_image(record(), to_file(folder / "image"),
                                      {.connections = static_cast<unsigned>(i % 2 + 1)});
            });
    }
    CHECK(folder.names() == std::vector<std::string>{"image"});
    CHECK((support::read_file(folder / "image") == data()));
}
