// SPDX-License-Identifier: Apache-2.0
// Password: the document that Keystone gets, and that the password stays in it.
#include <openstack/auth/password.hpp>

#include <catch2/catch.hpp>
#include <string>

#include "../support/scripted_transport.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using support::ScriptedTransport, support::thrown;

namespace {

std::string const tokens_url = "http://cloud/v3/auth/tokens";

/// The body of the request that these credentials make.
std::string document(PasswordCredentials credentials) {
    ScriptedTransport transport;
    transport.expect("POST", tokens_url, {201, {{"X-Subject-Token", "t"}}, R"({"token": {"project": {"id": "p"}}})"});
    credentials.auth_url = "http://cloud/v3";
    Authorization const made = Password{std::move(credentials)}.authorize(transport);
    CHECK(made.token == "t");
    CHECK(made.project_id == "p");
    CHECK(transport.finish() == "");
    return transport.sent().at(0).body;
}

std::string identity(std::string const& user) {
    return R"({"auth":{"identity":{"methods":["password"],"password":{"user":{)" + user + "}}}";
}

}  // namespace

TEST_CASE("Names are sent with their domains", "[password]") {
    CHECK(document({.username = "demo",
                    .user_domain_name = "Default",
                    .password = "p",
                    .project_name = "demo",
                    .project_domain_name = "Other"}) ==
          identity(R"("name":"demo","domain":{"name":"Default"},"password":"p")") +
              R"(,"scope":{"project":{"name":"demo","domain":{"name":"Other"}}}}})");
    CHECK(document({.username = "demo",
                    .user_domain_id = "d",
                    .password = "p",
                    .project_name = "demo",
                    .project_domain_id = "e"}) == identity(R"("name":"demo","domain":{"id":"d"},"password":"p")") +
                                                      R"(,"scope":{"project":{"name":"demo","domain":{"id":"e"}}}}})");
}

TEST_CASE("Keystone's endpoint must be one", "[password][row:85]") {
    CHECK(thrown<ConfigError>([] { Password{{.auth_url = "cloud/v3"}}; }) ==
          "auth_url doesn't begin with http:// or https://");
    CHECK(thrown<ConfigError>([] { Password{{.auth_url = "https://u:canary@cloud/v3"}}; }) ==
          "auth_url holds user information");
}

TEST_CASE("Ids are sent alone", "[password]") {
    CHECK(document({.username = "ignored",
                    .user_id = "u",
                    .user_domain_name = "ignored",
                    .password = "p",
                    .project_name = "ignored",
                    .project_id = "q",
                    .project_domain_id = "ignored"}) ==
          identity(R"("id":"u","password":"p")") + R"(,"scope":{"project":{"id":"q"}}}})");
}

TEST_CASE("Without a project the token has no scope", "[password]") {
    CHECK(document({.user_id = "u", .password = "p"}) == identity(R"("id":"u","password":"p")") + "}}");
}

TEST_CASE("A password may hold anything that is text", "[password]") {
    CHECK(document({.user_id = "u", .password = "\"\\ \n\xc3\xa4"}) ==
          identity("\"id\":\"u\",\"password\":\"\\\"\\\\ \\n\xc3\xa4\"") + "}}");
}

TEST_CASE("A password can be used again", "[password]") {
    CHECK(Password{{.auth_url = "http://cloud"}}.is_renewable());
}

TEST_CASE("The password is in no message", "[password][row:48][row:166]") {
    std::string const canary = "canary-7f3a";
    PasswordCredentials const credentials{.auth_url = "http://cloud", .user_id = "u", .password = canary};
    std::string said;
    for (int const status : {400, 401, 403, 404, 500, 302}) {
        ScriptedTransport transport;
        transport.expect("POST", tokens_url, {status, {{"Location", "/x"}}, R"({"error": {"message": "no"}})"});
        try {
            static_cast<void>(Password{credentials}.authorize(transport));
        } catch (HttpError const& error) {
            said += error.what() + error.url() + error.server_text() + '\n';
        }
    }
    ScriptedTransport transport;
    transport.expect("POST", tokens_url, {201, {{"X-Subject-Token", canary}}, "{}"});
    said += thrown<DecodeError>([&] { static_cast<void>(Password{credentials}.authorize(transport)); });
    PasswordCredentials broken = credentials;
    broken.password += '\xff';
    said += thrown<InvalidRequest>([&] { static_cast<void>(Password{broken}.authorize(transport)); });
    CHECK(said.find("401: no") != said.npos);
    CHECK(said.find("isn't UTF-8") != said.npos);
    CHECK(said.find("is missing") != said.npos);
    CHECK(said.find(canary) == said.npos);
    CHECK(transport.finish() == "");
}
