// SPDX-License-Identifier: Apache-2.0
// Keystone: what it is asked, where, and what is read of its answers.
#include <openstack/auth/keystone.hpp>

#include <catch2/catch.hpp>
#include <chrono>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "../support/scripted_transport.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using namespace std::chrono_literals;
using support::ScriptedTransport, support::thrown, support::throws_exactly;

namespace {

std::string const auth_url = "http://cloud/identity";
std::string const tokens_url = "http://cloud/identity/v3/auth/tokens";
std::string const secret = "canary-7f3a";

Password password() { return {.user_id = "u", .password = secret}; }
Response token(std::string body = R"({"token": {}})") { return {201, {{"X-Subject-Token", "the-token"}}, body}; }

/// The body of the request that Keystone gets.
std::string document(std::vector<AuthMethod> methods, Scope scope = {}) {
    ScriptedTransport transport;
    transport.expect("POST", tokens_url, token());
    static_cast<void>(Keystone{auth_url, std::move(methods), std::move(scope)}.authorize(transport));
    return transport.sent().at(0).body;
}
std::string config_error(std::vector<AuthMethod> methods, Scope scope = {}) {
    return thrown<ConfigError>([&] { Keystone{auth_url, methods, scope}; });
}

Authorization answered(Response response) {
    ScriptedTransport transport;
    transport.expect("POST", tokens_url, std::move(response));
    return Keystone{auth_url, password()}.authorize(transport);
}
std::string decode_error(Response response) {
    return thrown<DecodeError>([&] { static_cast<void>(answered(std::move(response))); });
}

/// Keystone's versions, with version 3 at `href`.
Response versions(std::string const& href) {
    return {300,
            {},
            R"({"versions": {"values": [{"id": "v2.0", "links": [{"rel": "self", "href": "http://c/v2.0/"}]},
        {"id": "v3.14", "status": "stable", "links": [{"rel": "help", "href": "/doc/"},
         {"rel": "self", "href": ")" +
                href + R"("}]}]}})"};
}

}  // namespace

TEST_CASE("A token is asked for by one POST", "[keystone]") {
    for (std::string const url :
         {"http://cloud/identity", "http://cloud/identity/", "http://cloud/identity/v3", "http://cloud/identity/v3/",
          "http://cloud/identity/v2.0", "http://cloud/identity/v2.0/"}) {
        ScriptedTransport transport;
        transport.expect("POST", tokens_url, token());
        CHECK(Keystone{url, Token{"old"}}.authorize(transport).token == "the-token");
        CHECK(transport.sent().at(0).text() ==
              "POST " + tokens_url + "\nAccept: application/json\nContent-Type: application/json\n\n" +
                  R"({"auth":{"identity":{"methods":["token"],"token":{"id":"old"}}}})");
        CHECK(transport.finish() == "");
    }
    CHECK_NOTHROW(Keystone{auth_url, {password()}});
    CHECK_NOTHROW(Keystone{auth_url, AuthMethod{password()}, {.project_id = "p"}});
}

TEST_CASE("Methods and scope are one document", "[keystone]") {
    CHECK(document({password()}, {.project_id = "p"}) ==
          R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"id":"u","password":")" + secret +
              R"("}}},"scope":{"project":{"id":"p"}}}})");
    CHECK(document({password(), Totp{.user_id = "u", .passcode = "1"}}, {.is_unscoped = true}) ==
          R"({"auth":{"identity":{"methods":["password","totp"],"password":{"user":{"id":"u","password":")" + secret +
              R"("}},"totp":{"user":{"id":"u","passcode":"1"}}},"scope":"unscoped"}})");
    CHECK(document({ApplicationCredential{.id = "i", .secret = "s"}}) ==
          R"({"auth":{"identity":{"methods":["application_credential"],)"
          R"("application_credential":{"id":"i","secret":"s"}}}})");
}

TEST_CASE("What can't be right is said when Keystone is made", "[keystone][row:85]") {
    CHECK(thrown<ConfigError>([] {
              Keystone{"cloud/v3", password()};
          }) == "auth_url doesn't begin with http:// or https://");
    CHECK(thrown<ConfigError>([] {
              Keystone{"https://u:canary@cloud/v3", password()};
          }) == "auth_url holds user information");
    CHECK(thrown<ConfigError>([] {
              Keystone{auth_url, Password{.password = "canary"}};
          }) == "the method password needs a user: a user_id or a username");
    CHECK(config_error({}) == "Keystone needs an authentication method");
    CHECK(config_error({password(), Token{"t"}, password()}) == "the method password is given twice");
    CHECK(config_error({password()}, {.project_id = "p", .domain_id = "d"}).ends_with("is project and domain"));
    CHECK(config_error({ApplicationCredential{.id = "i", .secret = "canary"}}, {.project_id = "p"}) ==
          "an application credential has its own scope: Keystone takes no other one with it");
    CHECK(config_error({ApplicationCredential{.id = "i", .secret = "canary"}}, {.project_domain_name = "Default"}) ==
          "nothing thrown");
}

TEST_CASE("Each authorization asks for a passcode of its own", "[keystone]") {
    int asked = 0;
    Keystone keystone{auth_url, Totp{.user_id = "u", .passcode = [&] { return std::to_string(++asked); }}};
    CHECK(keystone.is_renewable());
    ScriptedTransport transport;
    for (int i = 0; i < 2; ++i) {
        transport.expect("POST", tokens_url, token());
        static_cast<void>(keystone.authorize(transport));
    }
    CHECK(transport.sent().at(0).body.find(R"("passcode":"1")") != std::string::npos);
    CHECK(transport.sent().at(1).body.find(R"("passcode":"2")") != std::string::npos);
    CHECK(asked == 2);
    Keystone broken{auth_url,
                    Totp{.user_id = "u", .passcode = []() -> std::string { throw std::range_error("lost"); }}};
    CHECK(thrown<std::range_error>([&] { static_cast<void>(broken.authorize(transport)); }) == "lost");
    CHECK(transport.finish() == "");
}

TEST_CASE("A token tells who, for what, how long, and where the services are", "[keystone]") {
    Authorization const made = answered(token(R"({"token": {
        "methods": ["password"], "expires_at": "2026-11-22T01:07:05.000000Z", "audit_ids": ["x"], "is_domain": false,
        "issued_at": "2026-11-22T00:07:06.500000Z",
        "user": {"id": "u", "name": "demo", "domain": {"id": "default", "name": "Default"}},
        "project": {"id": "p", "name": "demo", "domain": {"id": "default"}}, "roles": [{"id": "r", "name": "member"}],
        "catalog": [
            {"type": "image", "id": "1", "name": "glance", "endpoints": [
                {"id": "2", "interface": "public", "region": "One", "region_id": "One", "url": "http://image"},
                {"id": "3", "interface": "admin", "region": "Two", "region_id": "Two", "url": "http://image-admin"}]},
            {"type": "empty", "id": "4", "name": "none", "endpoints": []},
            {"type": "identity", "endpoints": [{"interface": "public", "region": null, "url": "http://id"}]}]}})"));
    CHECK(made.token == "the-token");
    CHECK(made.user_id == "u");
    CHECK(made.project_id == "p");
    CHECK(made.life.value() == 3'598'500ms);
    REQUIRE(made.catalog.size() == 3);
    CHECK(made.catalog[0].service == "image");
    CHECK(made.catalog[0].name == "glance");
    CHECK(made.catalog[0].interface_ == "public");
    CHECK(made.catalog[0].region == "One");
    CHECK(made.catalog[0].url == "http://image");
    CHECK(made.catalog[1].service == "image");
    CHECK(made.catalog[1].name == "glance");
    CHECK(made.catalog[1].interface_ == "admin");
    CHECK(made.catalog[1].region == "Two");
    CHECK(made.catalog[1].url == "http://image-admin");
    CHECK(made.catalog[2].service == "identity");
    CHECK(made.catalog[2].name == "");
    CHECK(made.catalog[2].region == "");
}

TEST_CASE("A token without a project has no catalog", "[keystone]") {
    Authorization const made = answered(token(R"({"token": {"user": {"id": "u"}}})"));
    CHECK(made.user_id == "u");
    CHECK(made.project_id == "");
    CHECK(made.catalog.empty());
    CHECK(answered(token(R"({"token": {"catalog": null, "project": null, "user": {}}})")).user_id == "");
}

TEST_CASE("A token's life is as long as its times say, or isn't known", "[keystone][row:105][row:162][row:163]") {
    auto const life = [](std::string const& times) { return answered(token(R"({"token": {)" + times + "}}")).life; };
    std::string const issued = R"("issued_at": "2026-11-22T00:00:00Z")";
    CHECK(life(issued + R"(, "expires_at": "2026-11-22T00:00:01Z")") == 1000ms);
    CHECK(life(issued + R"(, "expires_at": "2026-11-22T01:00:00+01:00")") == 0ms);
    CHECK(life(issued + R"(, "expires_at": "2026-11-21T23:59:59Z")") == -1000ms);
    CHECK(life(issued + R"(, "expires_at": "9999-12-31T23:59:59")") > 24h);
    CHECK_FALSE(life(issued));
    CHECK_FALSE(life(issued + R"(, "expires_at": null)"));
    CHECK_FALSE(life(R"("expires_at": "2026-11-22T00:00:01Z")"));
    CHECK_FALSE(life(""));
    for (std::string const bad :
         {R"("2015-13-40T00:00:00Z")", R"("")", R"("never")", "17", R"("2026-06-30T23:59:60Z")"})
        CHECK(decode_error(token(R"({"token": {)" + issued + R"(, "expires_at": )" + bad + "}}"))
                  .starts_with("the answer to POST " + tokens_url + ": /token/expires_at: "));
}

TEST_CASE("Without a token there is no authorization", "[keystone][row:105]") {
    std::string const missing =
        "the answer to POST " + tokens_url + ": /token: is missing, or the header X-Subject-Token is";
    CHECK(decode_error(token("{}")) == missing);
    CHECK(decode_error(token(R"({"token": null})")) == missing);
    CHECK(decode_error({201, {}, R"({"token": {}})"}) == missing);
    CHECK(decode_error({201, {{"X-Subject-Token", ""}}, R"({"token": {}})"}) == missing);
}

TEST_CASE("An answer that isn't Keystone's is an error that holds no token", "[keystone][row:89][row:166]") {
    for (std::string const body : {"<html>canary</html>", "canary", "", R"({"token": "canary"})",
                                   R"({"token": {"catalog": "canary"}})", R"({"token": {"user": ["canary"]}})"}) {
        std::string const said = decode_error({201, {{"X-Subject-Token", "canary"}}, body});
        CHECK(said.starts_with("the answer to POST " + tokens_url + ": "));
        CHECK(said.find("canary") == said.npos);
    }
}

TEST_CASE("A refusal is the status's own error", "[keystone][row:48]") {
    auto const refuse = [](int status, Headers headers = {}) {
        static_cast<void>(answered({status, std::move(headers), R"({"error": {"message": "no"}})"}));
    };
    CHECK(thrown<Unauthorized>([&] { refuse(401); }) == "POST " + tokens_url + ": 401: no");
    CHECK(throws_exactly<BadRequest>([&] { refuse(400); }));
    CHECK(throws_exactly<Forbidden>([&] { refuse(403); }));
    CHECK(throws_exactly<ServerError>([&] { refuse(503); }));
    CHECK(thrown<HttpError>([&] { refuse(302, {{"Location", "http://evil/"}}); }).ends_with(" leads to http://evil/"));
}

TEST_CASE("A token or credential that Keystone doesn't know is refused, not a Keystone that isn't there",
          "[keystone][row:48]") {
    Response const unknown{404,
                           {{"X-Openstack-Request-Id", "req-1"}},
                           R"({"error": {"code": 404, "message": "no )" + secret + R"(", "title": "Not Found"}})"};
    auto const said = [&](Transport& transport) {
        return thrown<Unauthorized>([&] { static_cast<void>(Keystone{auth_url, Token{secret}}.authorize(transport)); });
    };
    ScriptedTransport transport;
    transport.expect("POST", tokens_url, unknown);
    std::string const text = ": 404: Keystone doesn't know the token, application credential or trust (request req-1)";
    CHECK(said(transport) == "POST " + tokens_url + text);
    transport.expect("POST", tokens_url, {404, {}, R"({"error": {"code": 405, "message": "of another server"}})"});
    transport.expect("GET", auth_url, versions("/v3"));
    transport.expect("POST", "http://cloud/v3/auth/tokens", unknown);
    CHECK(said(transport) == "POST http://cloud/v3/auth/tokens" + text);
    CHECK(transport.finish() == "");
}

TEST_CASE("A path that Keystone doesn't have is no refusal of a password", "[keystone][row:48]") {
    std::string const not_found = R"({"error": {"code": 404, "message": "No such path", "title": "Not Found"}})";
    std::vector<AuthMethod> const both{password(), Totp{.user_id = "u", .passcode = "1"}};
    ScriptedTransport transport;
    transport.expect("POST", tokens_url, {404, {}, not_found});
    transport.expect("GET", auth_url, {404, {}, not_found});
    CHECK(thrown<HttpError>([&] {
              static_cast<void>(Keystone{auth_url, both, Scope{.project_id = "p"}}.authorize(transport));
          }) == "POST " + tokens_url + ": 404: No such path");
    transport.expect("POST", tokens_url, {404, {}, not_found});
    transport.expect("GET", auth_url, versions("/v3"));
    transport.expect("POST", "http://cloud/v3/auth/tokens", token());
    CHECK(Keystone{auth_url, password()}.authorize(transport).token == "the-token");
    transport.expect("POST", tokens_url, {404, {}, not_found});
    CHECK(throws_exactly<Unauthorized>([&] {
        static_cast<void>(Keystone{auth_url, password(), Scope{.trust_id = "t"}}.authorize(transport));
    }));
    CHECK(transport.finish() == "");
}

TEST_CASE("If Keystone wants further methods, the error says which", "[keystone][row:48]") {
    auto const said = [](std::string const& body) {
        Headers headers{{"Openstack-Auth-Receipt", "canary"}};
        return thrown<Unauthorized>([&] { static_cast<void>(answered({401, headers, body})); });
    };
    std::string const start = "POST " + tokens_url + ": 401: the user needs several authentication methods at a time";
    CHECK(said(R"({"receipt": {"methods": ["password"], "user": {"id": "u"}, "expires_at": "x", "issued_at": "x"},
                   "required_auth_methods": [["password", "totp"], ["password", "token", "custom"]]})") ==
          start + ": password and totp, or password and token and custom");
    CHECK(said(R"({"required_auth_methods": [["password", "<b>\n"]]})") == start + ": password and <b>");
    for (std::string const body : {"", "{}", R"({"required_auth_methods": null})", R"({"required_auth_methods": []})",
                                   R"({"required_auth_methods": ["totp"]})"})
        CHECK(said(body) == start);
    Response const other{403, {{"Openstack-Auth-Receipt", "canary"}}, R"({"error": {"message": "no"}})"};
    CHECK(thrown<Forbidden>([&] { static_cast<void>(answered(other)); }) == "POST " + tokens_url + ": 403: no");
}

TEST_CASE("If nothing is there, the versions tell where Keystone is", "[keystone]") {
    auto const found = [](Response first, Response document) {
        ScriptedTransport transport;
        transport.expect("POST", "https://cloud:5000/v3/auth/tokens", std::move(first));
        transport.expect("GET", "https://cloud:5000/", std::move(document));
        transport.expect("POST", "https://cloud:5000/id/v3/auth/tokens", token());
        Keystone keystone{"https://cloud:5000/", password()};
        CHECK(keystone.authorize(transport).token == "the-token");
        CHECK(transport.sent().at(1).text() == "GET https://cloud:5000/\nAccept: application/json\n\n");
        CHECK(transport.sent().at(2).body == transport.sent().at(0).body);
        // What was found is remembered.
        transport.expect("POST", "https://cloud:5000/id/v3/auth/tokens", token());
        CHECK(keystone.authorize(transport).token == "the-token");
        CHECK(transport.finish() == "");
    };
    // Whatever host and scheme the link has: only the one that was asked gets the password.
    for (std::string const href : {"http://internal:35357/id/v3/", "https://cloud:5000/id/v3", "/id/v3/"}) {
        found({404, {}, "nothing here"}, versions(href));
        found({300, {}, ""}, versions(href));
    }
    found({404, {}, ""},
          {200, {}, R"({"version": {"id": "v3.14", "links": [{"rel": "self", "href": "http://other/id/v3/"}]}})"});
}

TEST_CASE("Versions that tell nothing leave the first refusal", "[keystone]") {
    std::vector<Response> documents{
        {404, {}, "nope"},
        {200, {}, "<html>"},
        {200, {}, "{}"},
        {503, {}, ""},
        {302, {{"Location", "http://evil/"}}, ""},
        {200, {}, R"({"version": {"id": "v2.0", "links": [{"rel": "self", "href": "http://c/v2.0/"}]}})"},
        {200, {}, R"({"version": {"id": "v3", "links": [{"rel": "help", "href": "http://c/id/v3/"}]}})"},
        {200, {}, R"({"version": {"id": "v3", "links": null}, "versions": {"values": null}})"}};
    for (std::string const href :
         {"http://cloud/identity/v3/", "http://evil", "evil/v3", "", "/v3?x=y", "/v3 /", "/\\n"})
        documents.push_back(versions(href));
    for (Response const& document : documents) {
        ScriptedTransport transport;
        transport.expect("POST", tokens_url, {404, {}, "nothing here"});
        transport.expect("GET", auth_url, document);
        INFO(document.body);
        CHECK(thrown<HttpError>([&] {
                  static_cast<void>(Keystone{auth_url, password()}.authorize(transport));
              }) == "POST " + tokens_url + ": 404: nothing here");
        CHECK(transport.finish() == "");
    }
    ScriptedTransport transport;
    transport.expect("POST", tokens_url, {404, {}, "nothing here"});
    transport.fail("GET", auth_url, ConnectionLost("lost"));
    CHECK(throws_exactly<HttpError>([&] { static_cast<void>(Keystone{auth_url, password()}.authorize(transport)); }));
}

TEST_CASE("No secret is in a message", "[keystone][row:48][row:166]") {
    std::vector<AuthMethod> const methods{password(), Token{secret}, Totp{.user_id = "u", .passcode = secret},
                                          ApplicationCredential{.id = "i", .secret = secret}};
    std::string said;
    auto const look = [&](std::vector<AuthMethod> const& used, std::initializer_list<Response> answers) {
        ScriptedTransport transport;
        transport.expect("POST", tokens_url, *answers.begin());
        for (auto each = answers.begin() + 1; each != answers.end(); ++each) transport.expect("GET", auth_url, *each);
        try {
            static_cast<void>(Keystone{auth_url, used}.authorize(transport));
            said += "nothing thrown\n";
        } catch (HttpError const& error) {
            said += error.what() + error.url() + error.server_text() + '\n';
        } catch (Error const& error) {
            said += std::string{error.what()} + '\n';
        }
        CHECK(transport.finish() == "");
    };
    std::string const no = R"({"error": {"message": "no"}})";
    for (AuthMethod const& each : methods) {
        for (int const status : {400, 401, 403, 500, 302}) look({each}, {{status, {{"Location", "/x"}}, no}});
        look({each}, {{404, {}, no}, {500, {}, no}});
        look({each}, {{401, {{"Openstack-Auth-Receipt", secret}}, R"({"required_auth_methods": [["totp"]]})"}});
        look({each}, {{201, {{"X-Subject-Token", secret}}, "{}"}});
    }
    CHECK(said.find("401: no") != said.npos);
    CHECK(said.find("404: no") != said.npos);
    CHECK(said.find("at a time: totp") != said.npos);
    CHECK(said.find("is missing") != said.npos);
    CHECK(said.find("nothing thrown") == said.npos);
    CHECK(said.find(secret) == said.npos);
    ScriptedTransport transport;
    std::string const broken = thrown<InvalidRequest>([&] {
        static_cast<void>(
            Keystone{auth_url, Password{.user_id = "u", .password = secret + '\xff'}}.authorize(transport));
    });
    CHECK(broken == "a text that isn't UTF-8 can't be sent as JSON");
}

TEST_CASE("What Keystone quotes of the request isn't told", "[keystone][row:166]") {
    Request const request{.method = "POST",
                          .body = R"({"auth": {"identity": {"methods":["password"],"password":{"user":{"name":"ab",)"
                                  R"("password":"canary \"quoted, phrase","code":424242}}}}})"};
    std::string const words = R"({"error": {"message": "Invalid input for field 'password': 424242 isn't a string, )"
                              R"(nor is ab or canary \"quoted, phrase; Expecting user"}})";
    std::string const text = keystone::refusal(request, {400, {}, words}).text;
    CHECK(text ==
          "Invalid input for field 'password': (hidden) isn't a string, nor is ab or (hidden) \"(hidden), "
          "(hidden); Expecting user");
}

TEST_CASE("What Keystone quotes isn't told in other letters, or by a header, either", "[keystone][row:166]") {
    Request const request{.method = "POST", .body = "{\"password\":\"can\xc3\xa4ry&canary\"}"};
    CHECK(keystone::refusal(request, {400, {}, R"({"error": {"message": "not can\u00e4ry&canary"}})"}).text ==
          "not (hidden)");
    CHECK(keystone::refusal(request, {400, {}, "<p>not can\xc3\xa4ry&amp;canary</p>"}).text == "not (hidden)");
    Headers const headers{{"Location", "http://cloud/can\xc3\xa4ry&canary"},
                          {"X-Openstack-Request-Id", "can\xc3\xa4ry&canary"}};
    HttpFailure const redirect = keystone::refusal(request, {302, headers, ""});
    CHECK(redirect.text == "this redirect isn't followed: it leads to http://cloud/(hidden)");
    CHECK(redirect.request_id == "(hidden)");
    Response const receipt{
        401, {{"Openstack-Auth-Receipt", "r"}}, R"({"required_auth_methods": [["can\u00e4ry&canary"]]})"};
    CHECK(keystone::refusal(request, receipt).text ==
          "the user needs several authentication methods at a time: (hidden)");
}
