// SPDX-License-Identifier: Apache-2.0
// Keystone's documents: how a user or project is named, and what is read of a token.
#include <openstack/auth/keystone.hpp>

#include <catch2/catch.hpp>
#include <string>

#include "../support/scripted_transport.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using support::ScriptedTransport, support::thrown, support::throws_exactly;

namespace {

std::string const auth_url = "http://cloud/identity";
std::string const tokens_url = "http://cloud/identity/v3/auth/tokens";

std::string name(keystone::Named const& named) {
    detail::JsonWriter writer;
    writer.begin_object();
    keystone::write_name(writer, named);
    writer.end_object();
    return writer.text();
}

Authorization answered(std::string body, Headers headers = {{"X-Subject-Token", "the-token"}}) {
    ScriptedTransport transport;
    transport.expect("POST", tokens_url, {201, std::move(headers), std::move(body)});
    return keystone::request_token(transport, auth_url, "{}");
}
std::string error(std::string const& body, Headers const& headers = {{"X-Subject-Token", "canary"}}) {
    return thrown<DecodeError>([&] { static_cast<void>(answered(body, headers)); });
}

}  // namespace

TEST_CASE("An id names by itself, a name within its domain", "[keystone]") {
    CHECK(name({.id = "i", .name = "n", .domain_id = "d"}) == R"({"id":"i"})");
    CHECK(name({.name = "n", .domain_name = "Default"}) == R"({"name":"n","domain":{"name":"Default"}})");
    CHECK(name({.name = "n", .domain_id = "d", .domain_name = "Default"}) == R"({"name":"n","domain":{"id":"d"}})");
    CHECK(name({.name = "\"", .domain_id = "\\"}) == R"({"name":"\"","domain":{"id":"\\"}})");
}

TEST_CASE("A token is asked for by one POST", "[keystone]") {
    for (std::string const url :
         {"http://cloud/identity", "http://cloud/identity/", "http://cloud/identity/v3", "http://cloud/identity/v3/"}) {
        ScriptedTransport transport;
        transport.expect("POST", tokens_url, {201, {{"X-Subject-Token", "t"}}, R"({"token": {}})"});
        CHECK(keystone::request_token(transport, url, R"({"auth":{}})").token == "t");
        CHECK(transport.sent().at(0).text() ==
              "POST " + tokens_url + "\nAccept: application/json\nContent-Type: application/json\n\n{\"auth\":{}}");
        CHECK(transport.finish() == "");
    }
}

TEST_CASE("A token tells who, for what, and where the services are", "[keystone]") {
    Authorization const made = answered(R"({"token": {
        "methods": ["password"], "expires_at": "2026-11-22T01:07:05.000000Z", "audit_ids": ["x"], "is_domain": false,
        "user": {"id": "u", "name": "demo", "domain": {"id": "default", "name": "Default"}},
        "project": {"id": "p", "name": "demo", "domain": {"id": "default"}}, "roles": [{"id": "r", "name": "member"}],
        "catalog": [
            {"type": "image", "id": "1", "name": "glance", "endpoints": [
                {"id": "2", "interface": "public", "region": "One", "region_id": "One", "url": "http://image"},
                {"id": "3", "interface": "admin", "region": "Two", "region_id": "Two", "url": "http://image-admin"}]},
            {"type": "empty", "id": "4", "name": "none", "endpoints": []},
            {"type": "identity", "endpoints": [{"interface": "public", "region": null, "url": "http://identity"}]}]}})");
    CHECK(made.token == "the-token");
    CHECK(made.user_id == "u");
    CHECK(made.project_id == "p");
    REQUIRE(made.catalog.size() == 3);
    CHECK(made.catalog[0].service == "image");
    CHECK(made.catalog[0].interface_ == "public");
    CHECK(made.catalog[0].region == "One");
    CHECK(made.catalog[0].url == "http://image");
    CHECK(made.catalog[1].service == "image");
    CHECK(made.catalog[1].interface_ == "admin");
    CHECK(made.catalog[1].region == "Two");
    CHECK(made.catalog[1].url == "http://image-admin");
    CHECK(made.catalog[2].service == "identity");
    CHECK(made.catalog[2].region == "");
}

TEST_CASE("A token without a project has no catalog", "[keystone]") {
    Authorization const made = answered(R"({"token": {"user": {"id": "u"}}})");
    CHECK(made.user_id == "u");
    CHECK(made.project_id == "");
    CHECK(made.catalog.empty());
    CHECK(answered(R"({"token": {"catalog": null, "project": null, "user": {}}})").user_id == "");
}

TEST_CASE("Without a token there is no authorization", "[keystone][row:105]") {
    std::string const missing =
        "the answer to POST " + tokens_url + ": /token: is missing, or the header X-Subject-Token is";
    CHECK(error("{}") == missing);
    CHECK(error(R"({"token": null})") == missing);
    CHECK(error(R"({"token": {}})", {}) == missing);
    CHECK(error(R"({"token": {}})", {{"X-Subject-Token", ""}}) == missing);
}

TEST_CASE("An answer that isn't Keystone's is an error that holds no token", "[keystone][row:89][row:166]") {
    for (std::string const body : {"<html>canary</html>", "canary", "", R"({"token": "canary"})",
                                   R"({"token": {"catalog": "canary"}})", R"({"token": {"user": ["canary"]}})"}) {
        std::string const said = error(body);
        CHECK(said.starts_with("the answer to POST " + tokens_url + ": "));
        CHECK(said.find("canary") == said.npos);
    }
}

TEST_CASE("A refusal is the status's own error", "[keystone][row:48]") {
    auto const refuse = [](int status, Headers headers = {}) {
        ScriptedTransport transport;
        transport.expect("POST", tokens_url, {status, std::move(headers), R"({"error": {"message": "no"}})"});
        static_cast<void>(keystone::request_token(transport, auth_url, "canary"));
    };
    CHECK(thrown<Unauthorized>([&] { refuse(401); }) == "POST " + tokens_url + ": 401: no");
    CHECK(throws_exactly<BadRequest>([&] { refuse(400); }));
    CHECK(throws_exactly<Forbidden>([&] { refuse(403); }));
    CHECK(throws_exactly<ServerError>([&] { refuse(503); }));
    CHECK(thrown<HttpError>([&] { refuse(302, {{"Location", "http://evil/"}}); }).ends_with(" leads to http://evil/"));
}

TEST_CASE("A Keystone that isn't there is no missing resource", "[keystone]") {
    ScriptedTransport transport;
    transport.expect("POST", tokens_url, {404, {}, "nothing here"});
    CHECK(thrown<HttpError>([&] { static_cast<void>(keystone::request_token(transport, auth_url, "{}")); }) ==
          "POST " + tokens_url + ": 404: nothing here");
}
