// SPDX-License-Identifier: Apache-2.0
// Connecting: who is asked at once, and what a connection offers.
#include <openstack/connection.hpp>

#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "../support/environment.hpp"
#include "../support/scripted_transport.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using support::Environment, support::ScriptedTransport, support::thrown, support::throws_exactly;

namespace {

std::string const token = R"({"token": {"project": {"id": "p"}, "catalog": [
    {"type": "image", "endpoints": [{"interface": "public", "region": "One", "url": "http://glance"}]},
    {"type": "identity", "endpoints": [{"interface": "public", "region": "One", "url": "http://keystone"}]}]}})";

/// A transport that `connect` makes, whose script the test has.
class Scripted final : public Transport {
  public:
    explicit Scripted(TransportOptions options) { ca_file = std::move(options.ca_file); }

    [[nodiscard]] Response send(Request const& request) override { return script->send(request); }
    [[nodiscard]] std::unique_ptr<ResponseStream> open(Request const& request) override {
        return script->open(request);
    }

    static inline std::shared_ptr<ScriptedTransport> script{};
    static inline std::string ca_file{};
};

CloudConfig password() {
    return {.authentication =
                std::make_shared<Keystone>("http://keystone", Password{.user_id = "u", .password = "canary"})};
}

ScriptedTransport& new_script() {
    Scripted::script = std::make_shared<ScriptedTransport>();
    return *Scripted::script;
}

}  // namespace

TEST_CASE("Connecting authorizes at once, and once", "[connection]") {
    ScriptedTransport& script = new_script();
    script.expect("POST", "http://keystone/v3/auth/tokens", {201, {{"X-Subject-Token", "t"}}, token});
    CloudConfig config = password();
    config.transport.ca_file = "/ca.pem";
    Connection const cloud = connect<Scripted>(config);
    CHECK(Scripted::ca_file == "/ca.pem");
    CHECK(script.finish() == "");

    script.expect("GET", "http://glance/v2/images/i", {200, {}, R"({"id": "i"})"});
    CHECK(cloud.image().get_image("i").id == "i");
    CHECK(script.sent().at(1).headers.find("X-Auth-Token") == "t");
    CHECK(cloud.has_service("image"));
    CHECK(cloud.has_service("identity"));
    CHECK_FALSE(cloud.has_service("compute"));
    Session const session = cloud;
    CHECK(session.project_id() == "p");
    CHECK(script.finish() == "");
}

TEST_CASE("The session's options are passed on", "[connection]") {
    ScriptedTransport& script = new_script();
    script.expect("POST", "http://keystone/v3/auth/tokens", {201, {{"X-Subject-Token", "t"}}, token});
    CloudConfig config = password();
    config.session.region = "Two";
    Connection const cloud = connect<Scripted>(config);
    CHECK_FALSE(cloud.has_service("image"));
    CHECK(thrown<EndpointNotFound>([&] { static_cast<void>(cloud.image()); }) ==
          "the catalog has no public endpoint for the service 'image' in region Two; it has image (public, One), "
          "identity (public, One)");
}

TEST_CASE("Wrong credentials are found when connecting", "[connection][row:48][row:166]") {
    ScriptedTransport& script = new_script();
    script.expect("POST", "http://keystone/v3/auth/tokens", {401, {}, R"({"error": {"message": "no"}})"});
    CHECK(thrown<Unauthorized>([] { static_cast<void>(connect<Scripted>(password())); }) ==
          "POST http://keystone/v3/auth/tokens: 401: no");
    CHECK(script.finish() == "");
}

TEST_CASE("A proxy outlives its connection", "[connection]") {
    ScriptedTransport& script = new_script();
    std::optional<image::v2::Proxy> glance;
    glance = connect<Scripted>({.authentication = std::make_shared<FixedToken>(), .session = {.endpoint = "http://c"}})
                 .image();
    script.expect("GET", "http://c/v2/images/i", {200, {}, R"({"id": "i"})"});
    CHECK(glance->get_image("i").id == "i");
}

TEST_CASE("The variables are enough to connect", "[connection]") {
    ScriptedTransport& script = new_script();
    Environment const environment{{{"OS_TOKEN", "t"}, {"OS_ENDPOINT", "http://c"}}};
    Connection const cloud = connect<Scripted>();
    CHECK(script.sent().empty());
    script.expect("GET", "http://c/v2/images/i", {200, {}, R"({"id": "i"})"});
    CHECK(cloud.image().get_image("i").id == "i");
    CHECK(script.sent().at(0).headers.find("X-Auth-Token") == "t");
}

TEST_CASE("Without variables there is no connection", "[connection]") {
    Environment const environment{{}};
    CHECK(throws_exactly<ConfigError>([] { static_cast<void>(connect<Scripted>()); }));
}

TEST_CASE("That nobody's certificate is checked is a warning, once", "[connection][row:41]") {
    std::vector<Event> seen;
    for (bool const is_insecure : {false, true}) {
        CloudConfig config{.authentication = std::make_shared<FixedToken>(), .session = {.endpoint = "http://glance"}};
        config.transport.insecure = is_insecure;
        config.session.observer = [&](Event const& event) { seen.push_back(event); };
        ScriptedTransport& script = new_script();
        script.expect("GET", "http://glance/v2/images/i", {200, {}, R"({"id": "i"})"});
        Connection const cloud = connect<Scripted>(config);
        static_cast<void>(cloud.image().get_image("i"));
        CHECK(script.finish() == "");
    }
    std::vector<std::string> warnings;
    for (Event const& each : seen)
        if (each.kind == EventKind::warning) warnings.push_back(each.text);
    CHECK(warnings == std::vector<std::string>{"insecure: whoever answers is believed to be the cloud"});
    CloudConfig odd{.authentication = std::make_shared<FixedToken>(), .session = {.endpoint = "http://glance"}};
    odd.transport.insecure = true;
    odd.session.observer = [](Event const&) { throw std::runtime_error("x"); };
    CHECK_NOTHROW(static_cast<void>(connect<Scripted>(odd)));
}

TEST_CASE("A connection lists a service's versions, and makes calls with options", "[connection]") {
    ScriptedTransport& script = new_script();
    Connection const cloud = connect<Scripted>(
        {.authentication = std::make_shared<FixedToken>(), .session = {.endpoint = "http://glance/v2"}});
    script.expect("GET", "http://glance/", {300, {}, R"({"versions": [{"id": "v2.16"}]})"});
    CHECK(cloud.versions("image").at(0).id == "v2.16");
    script.expect("GET", "http://glance/v2/images/i", {200, {}, R"({"id": "i"})"});
    static_cast<void>(cloud.with({.deadline = std::chrono::seconds{9}}).image().get_image("i"));
    CHECK(script.sent().back().timeouts.total <= std::chrono::seconds{9});
    CHECK(script.sent().back().timeouts.total > std::chrono::seconds{1});
    CHECK(script.finish() == "");
}
