// SPDX-License-Identifier: Apache-2.0
#include <openstack/catalog.hpp>

#include <catch2/catch.hpp>
#include <memory>
#include <openstack/auth/fixed_token.hpp>
#include <openstack/session.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../support/scripted_transport.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using openstack::detail::find_endpoint;
using support::ScriptedTransport, support::thrown;

namespace {

using Names = std::vector<std::string>;

std::string found(std::vector<Endpoint> const& catalog, std::string_view service,
                  Names const& interfaces = {"public"}) {
    return find_endpoint(catalog, {.service = service, .interfaces = interfaces});
}

/// The endpoint that a session with those options finds.
std::string where_is(std::string_view service, SessionOptions options) {
    class Known final : public Authentication {
        Authorization authorize(Transport&) override {
            return {.project_id = "p1",
                    .catalog = {{"image", "public", "One", "http://one", "glance"},
                                {"image", "public", "Two", "http://two", "glance"},
                                {"image", "internal", "One", "http://inside", "glance"},
                                {"image", "public", "One", "http://other", "other"},
                                {"volumev3", "public", "One", "http://volume/v3/p1", "cinder"}}};
        }
    };
    return Session{std::make_shared<ScriptedTransport>(), std::make_shared<Known>(), std::move(options)}.endpoint(
        service);
}

}  // namespace

TEST_CASE("A service is found under each of its names", "[catalog][row:165]") {
    for (char const* name : {"block-storage", "volumev3", "volume", "block-store"})
        CHECK(found({{"volumev3", "public", "R", "http://v"}}, name) == "http://v");
    CHECK(found({{"object-storage", "public", "R", "http://o"}}, "object-store") == "http://o");
    CHECK(found({{"image", "public", "R", "http://i"}}, "glance") == "http://i");
    CHECK(thrown<EndpointNotFound>([] {
              static_cast<void>(found({{"image", "public", "R", "http://i"}}, "imag"));
          }) == "the catalog has no public endpoint for the service 'imag'; it has image (public, R)");
}

TEST_CASE("Of a service's names, the one asked for is the best, then the newest", "[catalog]") {
    std::vector<Endpoint> const both{{"volume", "public", "R", "http://1"},
                                     {"volumev2", "public", "R", "http://2"},
                                     {"volumev3", "public", "R", "http://3"}};
    CHECK(found(both, "block-storage") == "http://3");
    CHECK(found(both, "volumev2") == "http://2");
    CHECK(found(both, "block-store") == "http://3");
}

TEST_CASE("Of the interfaces, the first that there is counts", "[catalog]") {
    std::vector<Endpoint> const catalog{{"image", "admin", "R", "http://a"}, {"image", "internalURL", "R", "http://i"}};
    CHECK(found(catalog, "image", {"public", "internal", "admin"}) == "http://i");
    CHECK(found(catalog, "image", {"adminURL"}) == "http://a");
    CHECK(thrown<EndpointNotFound>([&] {
              static_cast<void>(found(catalog, "image", {"public", "other"}));
          }) ==
          "the catalog has no public, other endpoint for the service 'image'; it has image (admin, R), image "
          "(internalURL, R)");
}

TEST_CASE("A service's own options come before the session's", "[catalog]") {
    CHECK(where_is("image", {}) == "http://one");
    CHECK(where_is("image", {.region = "Two"}) == "http://two");
    CHECK(where_is("image", {.region = "One", .services = {{"image", {.region = "Two"}}}}) == "http://two");
    CHECK(where_is("image", {.services = {{"image", {.interfaces = {"admin", "internal"}}}}}) == "http://inside");
    CHECK(where_is("image", {.services = {{"image", {.name = "other"}}}}) == "http://other");
    CHECK(where_is("my-volumes", {.services = {{"my-volumes", {.type = "volumev3"}}}}) == "http://volume/v3/p1");
    CHECK(thrown<EndpointNotFound>([] {
              static_cast<void>(where_is("image", {.services = {{"image", {.name = "none"}}}}));
          }).find("the catalog has no public endpoint for the service 'image' with the name 'none'; it has") == 0);
}

TEST_CASE("An endpoint that is given has places for the project", "[catalog]") {
    for (char const* given : {"http://x/%(project_id)s", "http://x/%(tenant_id)s", "http://x/$(project_id)s"})
        CHECK(where_is("image", {.services = {{"image", {.endpoint = given}}}}) == "http://x/p1");
    CHECK(where_is("image", {.endpoint = "http://x/$(tenant_id)s/y"}) == "http://x/p1/y");
    CHECK(where_is("image", {.endpoint = "http://x/%(tenant_id)s/%(project_id)s/%(tenant_id)s/y"}) ==
          "http://x/p1/p1/p1/y");
    CHECK(where_is("image", {.endpoint = "http://x/100%25"}) == "http://x/100%25");
}

TEST_CASE("An endpoint with a place for the project needs one", "[catalog]") {
    for (char const* given : {"http://x/%(project_id)s", "http://x/v1/$(tenant_id)s/y"}) {
        Session const session{
            std::make_shared<ScriptedTransport>(), std::make_shared<FixedToken>("t"), {.endpoint = given}};
        CHECK(thrown<EndpointNotFound>([&] { static_cast<void>(session.endpoint("image")); }) ==
              "the endpoint given for the service 'image' needs the project's id, but the token is for no project");
        CHECK_FALSE(session.has_service("image"));
    }
}

TEST_CASE("A service's options are found under each of its names, its own first", "[catalog]") {
    SessionOptions options{
        .services = {{"volumev3", {.endpoint = "http://v3"}}, {"volume", {.endpoint = "http://v1"}}}};
    CHECK(where_is("block-storage", options) == "http://v3");
    CHECK(where_is("volume", options) == "http://v1");
    options.services["block-storage"].endpoint = "http://own";
    CHECK(where_is("block-storage", options) == "http://own");
}
