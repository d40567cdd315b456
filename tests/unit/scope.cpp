// SPDX-License-Identifier: Apache-2.0
// Scopes: what Keystone is told of each, and which are none.
#include <openstack/auth/scope.hpp>

#include <catch2/catch.hpp>
#include <openstack/json.hpp>
#include <string>

#include "../support/thrown.hpp"

using namespace openstack;
using support::thrown;

namespace {

std::string document(Scope const& scope) {
    detail::JsonWriter writer;
    writer.begin_object();
    keystone::write_scope(writer, scope);
    writer.end_object();
    return writer.text();
}
std::string error(Scope const& scope) {
    return thrown<ConfigError>([&] { static_cast<void>(keystone::kind_of(scope)); });
}

}  // namespace

TEST_CASE("A scope is a project, a domain, a trust, the system, or expressly none", "[scope]") {
    CHECK(document({}) == "{}");
    CHECK(document({.project_id = "p"}) == R"({"scope":{"project":{"id":"p"}}})");
    CHECK(document({.project_name = "demo", .project_domain_name = "Default"}) ==
          R"({"scope":{"project":{"name":"demo","domain":{"name":"Default"}}}})");
    CHECK(document({.project_name = "demo", .project_domain_id = "d", .project_domain_name = "ignored"}) ==
          R"({"scope":{"project":{"name":"demo","domain":{"id":"d"}}}})");
    CHECK(document({.project_id = "p", .project_name = "ignored", .project_domain_id = "ignored"}) ==
          R"({"scope":{"project":{"id":"p"}}})");
    CHECK(document({.domain_id = "d"}) == R"({"scope":{"domain":{"id":"d"}}})");
    CHECK(document({.domain_name = "Default"}) == R"({"scope":{"domain":{"name":"Default"}}})");
    CHECK(document({.domain_id = "d", .domain_name = "ignored"}) == R"({"scope":{"domain":{"id":"d"}}})");
    CHECK(document({.trust_id = "t"}) == R"({"scope":{"OS-TRUST:trust":{"id":"t"}}})");
    CHECK(document({.is_system = true}) == R"({"scope":{"system":{"all":true}}})");
    CHECK(document({.is_unscoped = true}) == R"({"scope":"unscoped"})");
}

TEST_CASE("The domain of a project alone is no scope", "[scope]") {
    CHECK(document({.project_domain_id = "d", .project_domain_name = "Default"}) == "{}");
    CHECK(document({.project_domain_name = "Default", .is_system = true}) == R"({"scope":{"system":{"all":true}}})");
}

TEST_CASE("Two scopes are none, nor is a project's name without its domain", "[scope]") {
    CHECK(error({.project_id = "p", .is_system = true}) ==
          "a scope is one of project, domain, trust, system and unscoped, but this one is project and system");
    CHECK(error({.project_name = "p", .domain_id = "d"}).ends_with("this one is project and domain"));
    CHECK(error({.domain_name = "d", .trust_id = "t"}).ends_with("this one is domain and trust"));
    CHECK(error({.trust_id = "t", .is_unscoped = true}).ends_with("this one is trust and unscoped"));
    CHECK(error({.is_system = true, .is_unscoped = true}).ends_with("this one is system and unscoped"));
    CHECK(error({.project_name = "demo"}) ==
          "the scope's project_name needs a project_domain_name or project_domain_id");
    CHECK(error({.project_id = "p"}) == "nothing thrown");
}
