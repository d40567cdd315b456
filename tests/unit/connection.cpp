// SPDX-License-Identifier: Apache-2.0
// Connecting: who is asked at once, and what a connection offers.
#include <openstack/connection.hpp>

#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

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
