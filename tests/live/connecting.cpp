// SPDX-License-Identifier: Apache-2.0
// Connecting: by the OS_* variables and by hand, wrong ways to do it, and tokens that a service refuses.
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cloud.hpp"

using live::caught, live::check_is_told, live::Cloud, live::demo, live::TemporaryImage, live::unique, live::variable;
using live::image::ContainerFormat, live::image::DiskFormat, live::image::Image;
using openstack::connect, openstack::Connection, openstack::from_callback, openstack::from_memory;

namespace {

/// Sets OS_* variables, an empty text for none, and puts everything back in the end.
class Environment {
  public:
    Environment(std::initializer_list<std::pair<std::string, std::string>> changes) {
        for (auto const& [name, value] : changes) set(name, value);
    }
    Environment(Environment const&) = delete;
    Environment& operator=(Environment const&) = delete;
    ~Environment() {
        for (auto at = before_.rbegin(); at != before_.rend(); ++at) apply(at->first, at->second);
    }

  private:
    void set(std::string const& name, std::string const& value) {
        char const* const old = std::getenv(name.c_str());
        before_.emplace_back(name, old == nullptr ? "" : old);
        apply(name, value);
    }
    static void apply(std::string const& name, std::string const& value) {
        value.empty() ? ::unsetenv(name.c_str()) : ::setenv(name.c_str(), value.c_str(), 1);
    }

    std::vector<std::pair<std::string, std::string>> before_{};
};

/// demo by password, with the first few tokens broken.
class BrokenTokens final : public openstack::Authentication {
  public:
    explicit BrokenTokens(int broken) : broken_(broken) {}

    [[nodiscard]] openstack::Authorization authorize(openstack::Transport& transport) override {
        openstack::Authorization authorization = keystone_->authorize(transport);
        if (authorizations_ < broken_) authorization.token = "gAAAAABbroken";
        ++authorizations_;
        token_ = authorization.token;
        return authorization;
    }

    [[nodiscard]] int authorizations() const { return authorizations_; }
    [[nodiscard]] std::string const& token() const { return token_; }

  private:
    int broken_;
    std::atomic<int> authorizations_ = 0;
    std::shared_ptr<openstack::Keystone> keystone_ = live::keystone("demo", "demo");
    std::string token_{};
};

void check_works(Connection const& cloud) {
    TemporaryImage const image{"some data"};
    CHECK(cloud.image().download_image(image.id()) == "some data");
}

bool has(std::string const& text, std::string const& word) { return text.find(word) != std::string::npos; }

}  // namespace

TEST_CASE("The OS_* variables connect by password", "[connect]") {
    check_works(connect());
    std::string const keystone = variable("OS_AUTH_URL").substr(0, variable("OS_AUTH_URL").rfind("/v3"));
    for (std::string const& url : {keystone, keystone + "/", keystone + "/v3", keystone + "/v3/"}) {
        INFO(url);
        Environment const environment{{"OS_AUTH_URL", url}, {"OS_AUTH_TYPE", "password"}};
        check_works(connect());
    }
    Environment const by_id{{"OS_USERNAME", ""},
                            {"OS_USER_DOMAIN_NAME", ""},
                            {"OS_PROJECT_NAME", ""},
                            {"OS_PROJECT_DOMAIN_NAME", ""},
                            {"OS_USER_ID", variable("DEMO_USER_ID")},
                            {"OS_PROJECT_ID", variable("DEMO_PROJECT_ID")}};
    check_works(connect());
    Environment const by_domain_id{{"OS_USER_ID", ""},          {"OS_PROJECT_ID", ""},
                                   {"OS_USERNAME", "demo"},     {"OS_USER_DOMAIN_ID", "default"},
                                   {"OS_PROJECT_NAME", "demo"}, {"OS_PROJECT_DOMAIN_ID", "default"},
                                   {"OS_INTERFACE", "internal"}};
    Connection const cloud = connect();
    check_works(cloud);
    CHECK(cloud.has_service("image"));
    CHECK(cloud.has_service("identity"));
    CHECK_FALSE(cloud.has_service("compute"));
}

TEST_CASE("A config made by hand connects", "[connect]") {
    openstack::CloudConfig config;
    config.authentication = live::keystone("demo", "demo");
    live::image::Proxy const glance = connect(std::move(config)).image();  // outlives its connection
    TemporaryImage const image;
    CHECK(glance.get_image(image.id()) == image.record());
}

TEST_CASE("A token and an endpoint connect without Keystone", "[connect]") {
    auto const tokens = std::make_shared<BrokenTokens>(0);
    openstack::CurlTransport transport;
    std::string const token = tokens->authorize(transport).token;
    {
        Environment const environment{{"OS_ENDPOINT", variable("GLANCE_URL")}, {"OS_TOKEN", token}};
        check_works(connect());
    }
    Environment const environment{{"OS_ENDPOINT", variable("GLANCE_URL") + "/v2/"},
                                  {"OS_TOKEN", token},
                                  {"OS_AUTH_TYPE", "admin_token"},
                                  {"OS_AUTH_URL", ""},
                                  {"OS_PASSWORD", ""}};
    check_works(connect());

    Environment const broken{{"OS_TOKEN", "broken-token"}};
    auto const refusal = caught<openstack::Unauthorized>([] { (void)connect().image().images().all(); });
    CHECK_FALSE(has(refusal.what(), "broken-token"));
    CHECK(has(refusal.what(), "401"));
}

TEST_CASE("No authentication sends no token", "[connect]") {
    Environment const environment{
        {"OS_AUTH_TYPE", "none"}, {"OS_ENDPOINT", variable("GLANCE_URL")}, {"OS_AUTH_URL", ""}, {"OS_PASSWORD", ""}};
    Connection const cloud = connect();
    CHECK_THROWS_AS(cloud.image().images().all(), openstack::Unauthorized);
    openstack::Session const session = cloud;
    CHECK(has(session.send("image", {.url = "/versions"}).body, "v2.9"));  // this, anybody may read
}

TEST_CASE("An endpoint of the image service overrides the catalog's", "[connect]") {
    for (std::string const tail : {"", "/", "/v2", "/v2/"}) {
        INFO(tail);
        Environment const environment{{"OS_IMAGE_ENDPOINT_OVERRIDE", variable("GLANCE_URL") + tail}};
        check_works(connect());
    }
    Environment const nobody{{"OS_IMAGE_ENDPOINT_OVERRIDE", "http://127.0.0.1:1/image"}};
    CHECK_THROWS_AS(connect().image().images().all(), openstack::ConnectError);
}

TEST_CASE("Wrong credentials are refused when connecting, and not repeated", "[connect]") {
    for (auto const& [name, value] : std::vector<std::pair<std::string, std::string>>{
             {"OS_PASSWORD", "not-the-password"}, {"OS_USERNAME", "nobody"}, {"OS_PROJECT_NAME", "alt"}}) {
        INFO(name);
        Environment const environment{{name, value}};
        auto const refusal = caught<openstack::Unauthorized>([] { (void)connect(); });
        CHECK_FALSE(has(refusal.what(), variable("OS_PASSWORD")));
        CHECK(refusal.method() == "POST");
        CHECK(has(refusal.url(), "/v3/auth/tokens"));
        check_is_told(refusal);
    }
    Environment const nobody{{"OS_AUTH_URL", "http://127.0.0.1:1/v3"}};
    CHECK_FALSE(has(caught<openstack::ConnectError>([] { (void)connect(); }).what(), variable("OS_PASSWORD")));
}

TEST_CASE("A variable that is missing or unknown is named", "[connect]") {
    auto const message = [] { return std::string{caught<openstack::ConfigError>([] { (void)connect(); }).what()}; };
    for (std::string const name : {"OS_AUTH_URL", "OS_USERNAME", "OS_PASSWORD"}) {
        Environment const environment{{name, ""}};
        CHECK_THAT(message(), Catch::Contains(name));
    }
    {
        Environment const environment{{"OS_USER_DOMAIN_NAME", ""}};
        CHECK_THAT(message(), Catch::Contains("OS_USER_DOMAIN_NAME") && Catch::Contains("OS_USER_DOMAIN_ID"));
    }
    {
        Environment const environment{{"OS_PROJECT_DOMAIN_NAME", ""}};
        CHECK_THAT(message(), Catch::Contains("OS_PROJECT_DOMAIN_NAME") && Catch::Contains("OS_PROJECT_DOMAIN_ID"));
    }
    for (std::string const type : {"none", "admin_token"}) {
        Environment const environment{{"OS_AUTH_TYPE", type}};
        CHECK_THAT(message(), Catch::Contains("OS_ENDPOINT"));
    }
    Environment const without_token{{"OS_AUTH_TYPE", "admin_token"}, {"OS_ENDPOINT", "http://127.0.0.1:1"}};
    CHECK_THAT(message(), Catch::Contains("OS_TOKEN"));
    Environment const unknown{{"OS_AUTH_TYPE", "v9magic"}};
    CHECK_THAT(message(), Catch::Contains("v9magic"));
}

TEST_CASE("A service that the catalog hasn't is missed by name, and the others are listed", "[connect]") {
    auto const message = [] {
        return std::string{caught<openstack::EndpointNotFound>([] { (void)connect().image(); }).what()};
    };
    {
        Environment const environment{{"OS_REGION_NAME", "Nowhere"}};
        CHECK_THAT(message(), Catch::Contains("image") && Catch::Contains("Nowhere") && Catch::Contains("RegionOne"));
        CHECK_FALSE(connect().has_service("image"));
    }
    {
        Environment const environment{{"OS_INTERFACE", "secret"}};
        CHECK_THAT(message(), Catch::Contains("secret") && Catch::Contains("identity (public, RegionOne)"));
    }
    // Without a project there is a token, but no catalog.
    Environment const unscoped{{"OS_PROJECT_NAME", ""}, {"OS_PROJECT_DOMAIN_NAME", ""}};
    CHECK_THAT(message(), Catch::Contains("it has none"));
    CHECK_THROWS_AS(demo().session().send("compute", {.url = "/v2.1/servers"}), openstack::EndpointNotFound);
}

TEST_CASE("A token that the service refuses is renewed once", "[token]") {
    TemporaryImage const image{"data"};
    auto const tokens = std::make_shared<BrokenTokens>(1);
    Cloud const cloud{tokens};
    CHECK(cloud.glance().get_image(image.id()) == image.record());
    CHECK(tokens->authorizations() == 2);
    std::vector<std::string> lines;
    for (live::Sent const& each : cloud.sent()) lines.push_back(each.line());
    CHECK(lines == std::vector<std::string>{"POST /v3/auth/tokens", "GET /v2/images/" + image.id(),
                                            "POST /v3/auth/tokens", "GET /v2/images/" + image.id()});
    CHECK(cloud.glance().download_image(image.id()) == "data");
    CHECK(tokens->authorizations() == 2);

    auto const always_broken = std::make_shared<BrokenTokens>(100);
    Cloud const hopeless{always_broken};
    auto const refusal = caught<openstack::Unauthorized>([&] { (void)hopeless.glance().get_image(image.id()); });
    CHECK(always_broken->authorizations() == 2);
    CHECK_FALSE(has(refusal.what(), always_broken->token()));
}

TEST_CASE("A token is renewed in the middle of uploads and downloads, and no data is lost", "[token]") {
    std::string const data(3'000'000, 'd');
    auto const check = [&](std::unique_ptr<openstack::Source> source) {
        TemporaryImage const image{Image{.disk_format = DiskFormat::raw, .container_format = ContainerFormat::bare}};
        Cloud const cloud{std::make_shared<BrokenTokens>(1)};
        CHECK((cloud.glance().upload(image.record(), std::move(source)).size == data.size()));
        CHECK((demo().glance().download_image(image.id()) == data));
        CHECK((Cloud{std::make_shared<BrokenTokens>(1)}.glance().download_image(image.id()) == data));
        std::size_t pulled = 0;
        Cloud const pulling{std::make_shared<BrokenTokens>(1)};
        for (auto const piece : pulling.glance().download_image(image.record(), openstack::stream))
            pulled += piece.size();
        CHECK(pulled == data.size());
    };
    check(from_memory(data));
    // The service refuses before it asks for the data: so even what can be read only once arrives.
    for (auto const size : {std::optional<std::uint64_t>{data.size()}, std::optional<std::uint64_t>{}}) {
        std::size_t read = 0;
        check(from_callback(
            [&](std::span<std::byte> buffer) {
                std::size_t const some = (std::min)(buffer.size(), data.size() - read);
                std::ranges::fill(buffer.first(some), std::byte{'d'});
                read += some;
                return some;
            },
            size));
    }
}

TEST_CASE("A revoked token is renewed", "[token]") {
    TemporaryImage const image;
    auto const tokens = std::make_shared<BrokenTokens>(0);
    Cloud const cloud{tokens};
    cloud.session().authorize();
    openstack::Request revoke{.method = "DELETE", .url = "/v3/auth/tokens"};
    revoke.headers.set("X-Subject-Token", tokens->token());
    static_cast<void>(cloud.session().send("identity", revoke));
    CHECK(tokens->authorizations() == 1);
    CHECK(cloud.glance().get_image(image.id()).id == image.id());
    CHECK(tokens->authorizations() == 2);
}

TEST_CASE("Threads that find their token refused ask for one new one", "[token]") {
    TemporaryImage const image;
    auto const tokens = std::make_shared<BrokenTokens>(1);
    Cloud const cloud{tokens};
    std::atomic<int> found = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            try {
                found += cloud.glance().find_image(image.id()).has_value() ? 1 : 0;
            } catch (openstack::Error const& error) {
                std::cerr << error.what() << '\n';
            }
        });
    for (std::thread& each : threads) each.join();
    CHECK(found == 4);
    CHECK(tokens->authorizations() == 2);
}
