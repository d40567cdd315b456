// SPDX-License-Identifier: Apache-2.0
// The OS_* variables: what they configure, and which one is missing.
#include <openstack/config.hpp>

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "../support/environment.hpp"
#include "../support/scripted_transport.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using support::Environment, support::thrown;
using Variables = Environment::Variables;

namespace {

Variables const password{{"OS_AUTH_URL", "http://cloud/v3"}, {"OS_USERNAME", "demo"},
                         {"OS_USER_DOMAIN_NAME", "Default"}, {"OS_PASSWORD", "canary"},
                         {"OS_PROJECT_NAME", "demo"},        {"OS_PROJECT_DOMAIN_NAME", "Other"}};

Variables with(Variables variables, Variables const& more) {
    for (auto const& [name, value] : more) variables[name] = value;
    return variables;
}

CloudConfig config(Variables const& variables) {
    Environment const environment{variables};
    return config_from_environment();
}
std::string error(Variables const& variables) {
    std::string const said = thrown<ConfigError>([&] { static_cast<void>(config(variables)); });
    CHECK(said.find("canary") == said.npos);
    return said;
}

/// What these variables make a cloud's Keystone get.
std::string document(Variables const& variables) {
    support::ScriptedTransport transport;
    transport.expect("POST", "http://cloud/v3/auth/tokens", {201, {{"X-Subject-Token", "t"}}, R"({"token": {}})"});
    static_cast<void>(config(variables).authentication->authorize(transport));
    return transport.sent().at(0).body;
}
std::string token(CloudConfig const& made) {
    support::ScriptedTransport transport;
    CHECK_FALSE(made.authentication->is_renewable());
    return made.authentication->authorize(transport).token;
}

}  // namespace

TEST_CASE("A user's name and password are read", "[config]") {
    CHECK(
        document(password) ==
        R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"demo","domain":{"name":"Default"},)"
        R"("password":"canary"}}},"scope":{"project":{"name":"demo","domain":{"name":"Other"}}}}})");
    CHECK(document({{"OS_AUTH_URL", "http://cloud"},
                    {"OS_AUTH_TYPE", "v3password"},
                    {"OS_USERNAME", "demo"},
                    {"OS_USER_DOMAIN_ID", "d"},
                    {"OS_PASSWORD", "canary"},
                    {"OS_PROJECT_NAME", "demo"},
                    {"OS_PROJECT_DOMAIN_ID", "e"}}) ==
          R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"demo","domain":{"id":"d"},)"
          R"("password":"canary"}}},"scope":{"project":{"name":"demo","domain":{"id":"e"}}}}})");
    CHECK(document({{"OS_AUTH_URL", "http://cloud"},
                    {"OS_AUTH_TYPE", "password"},
                    {"OS_USERNAME", "needs no domain"},
                    {"OS_PROJECT_NAME", "needs none, either"},
                    {"OS_USER_ID", "u"},
                    {"OS_PASSWORD", "canary"},
                    {"OS_PROJECT_ID", "p"}}) ==
          R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"id":"u","password":"canary"}}},)"
          R"("scope":{"project":{"id":"p"}}}})");
}

TEST_CASE("Where things are and whom to trust is read", "[config]") {
    CloudConfig const plain = config(password);
    CHECK(plain.session.region == "");
    CHECK(plain.session.interfaces.empty());
    CHECK(plain.session.endpoint == "");
    CHECK(plain.session.services.empty());
    CHECK(plain.transport.ca_file == "");
    CloudConfig const full = config(with(password, {{"OS_REGION_NAME", "Two"},
                                                    {"OS_INTERFACE", "internal"},
                                                    {"OS_IMAGE_ENDPOINT_OVERRIDE", "http://glance"},
                                                    {"OS_CACERT", "/ca.pem"}}));
    CHECK(full.session.region == "Two");
    CHECK(full.session.interfaces == std::vector<std::string>{"internal"});
    CHECK(full.session.services.at("image").endpoint == "http://glance");
    CHECK(full.session.services.size() == 1);
    CHECK(full.transport.ca_file == "/ca.pem");
}

TEST_CASE("A given token needs an endpoint and nothing else", "[config]") {
    Variables const given{{"OS_TOKEN", "t"}, {"OS_ENDPOINT", "http://glance"}};
    for (Variables const& variables : {given, with(given, {{"OS_AUTH_TYPE", "admin_token"}})}) {
        CloudConfig const made = config(variables);
        CHECK(token(made) == "t");
        CHECK(made.session.endpoint == "http://glance");
    }
    CloudConfig const none = config(with(given, {{"OS_AUTH_TYPE", "none"}}));
    CHECK(token(none) == "");
    CHECK(none.session.endpoint == "http://glance");
}

TEST_CASE("The type that is named counts", "[config]") {
    Variables const both = with(password, {{"OS_TOKEN", "t"}, {"OS_ENDPOINT", "http://glance"}});
    CHECK(token(config(both)) == "t");
    CHECK(config(with(both, {{"OS_AUTH_TYPE", "password"}})).authentication->is_renewable());
    CHECK(config(with(both, {{"OS_AUTH_TYPE", "password"}})).session.endpoint == "");
    CHECK(config(with(password, {{"OS_TOKEN", "t"}})).authentication->is_renewable());
}

TEST_CASE("What is missing is named", "[config]") {
    auto const without = [](std::string const& name) {
        Variables variables = password;
        variables.erase(name);
        return error(variables);
    };
    CHECK(error({}) == "OS_AUTH_URL isn't set: it is where Keystone answers; OS_CLOUD takes a cloud of a file");
    CHECK(without("OS_AUTH_URL") ==
          "OS_AUTH_URL isn't set: it is where Keystone answers; OS_CLOUD takes a cloud of a file");
    CHECK(without("OS_PASSWORD") == "OS_PASSWORD isn't set: the password authentication needs it");
    CHECK(without("OS_USERNAME") == "neither OS_USERNAME nor OS_USER_ID is set");
    CHECK(without("OS_USER_DOMAIN_NAME") == "OS_USERNAME needs OS_USER_DOMAIN_NAME or OS_USER_DOMAIN_ID");
    CHECK(without("OS_PROJECT_DOMAIN_NAME") == "OS_PROJECT_NAME needs OS_PROJECT_DOMAIN_NAME or OS_PROJECT_DOMAIN_ID");
    CHECK(without("OS_PROJECT_NAME") == "nothing thrown");
    CHECK(error({{"OS_AUTH_TYPE", "none"}}) == "OS_ENDPOINT isn't set: OS_AUTH_TYPE=none needs it");
    CHECK(error({{"OS_AUTH_TYPE", "admin_token"}, {"OS_TOKEN", "canary"}}) ==
          "OS_ENDPOINT isn't set: a given token needs it");
    CHECK(error({{"OS_AUTH_TYPE", "admin_token"}, {"OS_ENDPOINT", "http://x"}}) ==
          "OS_TOKEN isn't set: OS_AUTH_TYPE=admin_token needs it");
}

TEST_CASE("A variable that should hold an endpoint and doesn't is named", "[config][row:85]") {
    Variables const given{{"OS_TOKEN", "canary"}, {"OS_ENDPOINT", "cloud:9292"}};
    CHECK(error(with(password, {{"OS_AUTH_URL", "cloud:5000/v3"}})) ==
          "OS_AUTH_URL doesn't begin with http:// or https://");
    CHECK(error(with(password, {{"OS_AUTH_URL", "https://u:canary@cloud"}})) == "OS_AUTH_URL holds user information");
    CHECK(error(given) == "OS_ENDPOINT doesn't begin with http:// or https://");
    CHECK(error(with(given, {{"OS_AUTH_TYPE", "none"}})) == "OS_ENDPOINT doesn't begin with http:// or https://");
    CHECK(error(with(password, {{"OS_IMAGE_ENDPOINT_OVERRIDE", "http://glance/?x"}})) ==
          "OS_IMAGE_ENDPOINT_OVERRIDE holds a query or a fragment");
    CHECK(error(with(password, {{"OS_ENDPOINT", "isn't read"}})) == "nothing thrown");
}

TEST_CASE("An empty variable is none", "[config]") {
    CHECK(error(with(password, {{"OS_PASSWORD", ""}})) ==
          "OS_PASSWORD isn't set: the password authentication needs it");
    CloudConfig const made = config(with(password, {{"OS_AUTH_TYPE", ""},
                                                    {"OS_INTERFACE", ""},
                                                    {"OS_IMAGE_ENDPOINT_OVERRIDE", ""},
                                                    {"OS_TOKEN", ""},
                                                    {"OS_ENDPOINT", "http://x"}}));
    CHECK(made.session.interfaces.empty());
    CHECK(made.session.services.empty());
    CHECK(made.authentication->is_renewable());
}

TEST_CASE("A way that isn't supported is refused by its name", "[config]") {
    CHECK(
        error(with(password, {{"OS_AUTH_TYPE", "v3kerberos"}})).starts_with("OS_AUTH_TYPE=v3kerberos isn't supported"));
}
