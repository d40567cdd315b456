// SPDX-License-Identifier: Apache-2.0
#include <openstack/versions.hpp>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "../support/scripted_cloud.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using support::ScriptedCloud, support::thrown, support::throws_exactly;

TEST_CASE("The versions of a service are listed, on its own host", "[versions][row:72][row:86]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/", 300, R"({"versions": [
        {"id": "v2.16", "status": "CURRENT", "links": [{"rel": "self", "href": "http://internal:9292/v2/"}]},
        {"id": "v2.0", "status": "SUPPORTED", "links": []}]})");
    auto const found = versions(cloud.session(), "image");
    REQUIRE(found.size() == 2);
    CHECK(found[0].id == "v2.16");
    CHECK(found[0].status == "CURRENT");
    CHECK(found[0].url == "http://cloud/v2");
    CHECK(found[1].url == "http://cloud/v2");
    CHECK(cloud.finish() == "");
}

TEST_CASE("Versions are read as Keystone and as Nova write them", "[versions]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/", 300, R"({"versions": {"values": [{"id": "v3.14", "status": "stable"}]}})");
    CHECK(versions(cloud.session(), "identity").at(0).url == "http://cloud/v3");
    cloud.expect("GET", "/", 200, R"({"versions": [{"id": "v2.1", "version": "2.90", "min_version": "2.1"}]})");
    auto const nova = versions(cloud.session(), "compute");
    CHECK(nova.at(0).version == "2.90");
    CHECK(nova.at(0).min_version == "2.1");
    cloud.expect("GET", "/", 200, "{}");
    CHECK(versions(cloud.session(), "compute").empty());
    cloud.expect("GET", "/", 200, R"({"versions": 1})");
    CHECK(thrown<DecodeError>([&] { static_cast<void>(versions(cloud.session(), "compute")); }) ==
          "the answer to GET http://cloud: /versions: expected object, found number 1");
    cloud.expect("GET", "/", 404);
    CHECK(throws_exactly<ResourceNotFound>([&] { static_cast<void>(versions(cloud.session(), "compute")); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("An endpoint's root is what stands before its version", "[versions]") {
    CHECK(version_root("https://cloud/volume/v3/PROJECT") == "https://cloud/volume");
    CHECK(version_root("https://cloud:9292/v2/") == "https://cloud:9292");
    CHECK(version_root("https://cloud/image/") == "https://cloud/image");
    CHECK(version_root("https://v2") == "https://v2");
    CHECK(version_root("https://cloud/v2x/v2.1") == "https://cloud/v2x");
}

TEST_CASE("A whole URL is asked for only of the service it is", "[versions][row:82]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/images?marker=x", 200);
    cloud.session().send("image", {.url = "http://cloud/v2/images?marker=x"});
    for (char const* url : {"http://evil/v2/images", "https://cloud/v2", "http://cloud:8080/", "http://u@cloud/v2",
                            ".evil.example/v2", "@evil/", "v2", ""})
        CHECK(thrown<InvalidRequest>([&] { cloud.session().send("image", {.url = url}); }) ==
              "a service is asked for a path that begins with a slash, or for a URL of its own scheme, host and port");
    CHECK(cloud.finish() == "");
}
