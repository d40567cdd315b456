// SPDX-License-Identifier: Apache-2.0
// Whatever a service or Keystone points to: the token goes to no other origin, and nobody else is even connected to.
#include <openstack/session.hpp>

#include <catch2/catch.hpp>
#include <memory>
#include <openstack/auth/keystone.hpp>
#include <openstack/connection.hpp>
#include <span>
#include <string>
#include <vector>

#include "../support/certificates.hpp"
#include "../support/host_name.hpp"
#include "../support/loopback_cloud.hpp"
#include "../support/loopback_keystone.hpp"
#include "../support/temporary_directory.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using support::answer, support::answer_text, support::HostName, support::LoopbackCloud, support::LoopbackKeystone,
    support::Server, support::thrown, support::throws_exactly;

namespace {

Request const get{.url = "/v2/images"};

/// The message of the error that a redirect to there ends in.
std::string refusal(LoopbackCloud& cloud, std::string const& location, std::string const& method = "GET",
                    int status = 302) {
    cloud.server.script({answer(status, "", {{"Location", location}, {"Connection", "close"}}), support::close()});
    return thrown<HttpError>(
        [&] { static_cast<void>(cloud.session().send("image", {.method = method, .url = "/v2/images"})); });
}

std::string told(LoopbackCloud const& cloud, std::string const& location, std::string const& method = "GET",
                 int status = 302) {
    return method + ' ' + cloud.server.url("/v2/images") + ": " + std::to_string(status) +
           ": this redirect isn't followed: it leads to " + location.substr(0, location.find_first_of("?#"));
}

}  // namespace

TEST_CASE("A redirect within the origin is followed, with the method, token and headers", "[origins][row:76]") {
    for (int const status : {301, 302, 303, 307, 308}) {
        LoopbackCloud cloud;
        for (char const* method : {"GET", "HEAD"}) {
            cloud.server.script({answer(status, method == std::string{"GET"} ? "moved" : "",
                                        {{"Location", "/elsewhere?a=b#c"}, {"Connection", "close"}}),
                                 support::close()});
            cloud.server.script({answer(206, "", {{"Connection", "close"}}), support::close()});
            Request request{.method = method, .url = "/v2/images?limit=2"};
            request.headers.add("Range", "bytes=5-");
            CHECK(cloud.session().send("image", request).status == 206);
        }
        CHECK(cloud.server.finish() == "");
        auto const all = cloud.server.requests();
        REQUIRE(all.size() == 4);
        for (std::size_t const i : {0U, 2U}) {
            CHECK(all[i].target == "/v2/images?limit=2");
            CHECK(all[i + 1].target == "/elsewhere?a=b");
            CHECK(all[i].method == all[i + 1].method);
            CHECK(all[i + 1].headers.find("X-Auth-Token") == "the-token");
            CHECK(all[i + 1].headers.find("Range") == "bytes=5-");
        }
    }
}

TEST_CASE("A redirect is followed in each way to get a body", "[origins][row:76]") {
    LoopbackCloud cloud;
    cloud.server.serve([](support::ReceivedRequest const& received) {
        if (received.target == "/data") return answer_text(200, "all of it");
        return answer_text(301, "over there", {{"Location", "/data"}});
    });
    std::string arrived;
    Request consumed = get;
    consumed.consumer = [&](Response const& head, std::span<std::byte const> bytes) {
        CHECK(head.status == 200);
        arrived.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
    };
    static_cast<void>(cloud.session().send("image", consumed));
    CHECK(arrived == "all of it");
    auto const pulled = cloud.session().open("image", get);
    CHECK(pulled->head().status == 200);
    CHECK(pulled->next().size() == arrived.size());
    CHECK(cloud.server.finish() == "");
}

TEST_CASE("A redirect to another origin is refused, and nobody there hears of it", "[origins][row:77]") {
    Server other;
    HostName const name{"image.test", {"127.0.0.1"}};
    LoopbackCloud cloud;
    std::string const port = ':' + std::to_string(cloud.server.port());
    for (std::string const& location :
         {other.url("/v2/images"), "//127.0.0.1:" + std::to_string(other.port()) + "/v2/images",
          "http://image.test" + port + "/v2/images", cloud.server.url("/v2/images", "https"),
          std::string{"http://127.0.0.1/v2/images"}}) {
        for (int const status : {301, 302, 303, 307, 308})
            CHECK(refusal(cloud, location, "GET", status) == told(cloud, location, "GET", status));
        CHECK(refusal(cloud, location, "HEAD").find("302") != std::string::npos);
    }
    CHECK(cloud.server.finish() == "");
    CHECK(cloud.server.requests().size() == 30);
    CHECK(other.connections() == 0);
    CHECK(name.asked() == 0);
    CHECK(cloud.clock->slept().empty());
}

TEST_CASE("A redirect from TLS to plain HTTP is refused", "[origins][row:78]") {
    support::TemporaryDirectory const directory;
    support::Authority const authority;
    std::string const ca_file = (directory / "ca.pem").string();
    support::write_file(ca_file, authority.certificate());
    LoopbackCloud cloud;
    cloud.transport = std::make_shared<CurlTransport>(TransportOptions{.ca_file = ca_file});
    std::string const down = cloud.server.url("/v2/images");
    cloud.server.script({support::tls(authority.issue()), answer(301, "", {{"Location", down}}),
                         answer(301, "", {{"Location", "/there"}}), answer(200, "there")});
    Session const session = cloud.session({.endpoint = cloud.server.url("", "https")});
    CHECK(thrown<HttpError>([&] { static_cast<void>(session.send("image", get)); }) ==
          "GET " + cloud.server.url("/v2/images", "https") + ": 301: this redirect isn't followed: it leads to " +
              down);
    CHECK(session.send("image", get).body == "there");
    CHECK(cloud.server.finish() == "");
    CHECK(cloud.server.connections() == 1);
}

TEST_CASE("What changes something isn't redirected", "[origins][row:79]") {
    LoopbackCloud cloud;
    for (char const* method : {"POST", "PUT", "PATCH", "DELETE"})
        for (int const status : {301, 302, 303, 307, 308})
            CHECK(refusal(cloud, "/elsewhere", method, status) == told(cloud, "/elsewhere", method, status));
    CHECK(cloud.server.finish() == "");
    CHECK(cloud.server.requests().size() == 20);
}

TEST_CASE("Redirects in a circle end after three", "[origins][row:80]") {
    LoopbackCloud cloud;
    cloud.server.serve([&](support::ReceivedRequest const& received) {
        return answer_text(302, "", {{"Location", received.target + "x"}});
    });
    CHECK(thrown<HttpError>([&] { static_cast<void>(cloud.session().send("image", get)); }) ==
          "GET " + cloud.server.url("/v2/imagesxxx") +
              ": 302: this redirect isn't followed: it leads to /v2/imagesxxxx (4 attempts)");
    CHECK(cloud.server.finish() == "");
    CHECK(cloud.server.requests().size() == 4);
}

TEST_CASE("A redirect that is no address within the origin opens nothing", "[origins][row:81]") {
    Server other;
    HostName const evil{"evil", {"127.0.0.1"}};
    LoopbackCloud cloud;
    std::string const own = "127.0.0.1:" + std::to_string(cloud.server.port());
    std::string const port = ':' + std::to_string(other.port());
    for (std::string const& location :
         {std::string{"file:///etc/passwd"}, std::string{"ftp://127.0.0.1/"}, "//evil" + port, "http:\\\\evil" + port,
          "http://ok@evil" + port, "http://" + own + "@evil" + port, "http://ok@" + own + "/",
          "http://evil" + port + "#@" + own, "http://" + own + ".evil/", "http://" + own + "\\@evil" + port,
          std::string{"../"}, std::string{"./images"}, std::string{"/v2/../../etc"}, std::string{"javascript:alert(1)"},
          "http:" + own, std::string{"http://"}, std::string{"http:///v2"}, "gopher://" + own + "/",
          "HTTP://EVIL" + port + "/"}) {
        INFO(location);
        CHECK(refusal(cloud, location) == told(cloud, location));
    }
    std::string const long_one = "http://evil/" + std::string(60'000, 'x');
    CHECK(refusal(cloud, long_one).size() < 2000);
    CHECK(refusal(cloud, "").starts_with("GET " + cloud.server.url("/v2/images") + ": 302"));
    CHECK(cloud.server.finish() == "");
    CHECK(cloud.server.requests().size() == 21);
    CHECK(other.connections() == 0);
    CHECK(evil.asked() == 0);
}

TEST_CASE("A redirect with a control character isn't HTTP", "[origins][row:81]") {
    LoopbackCloud cloud;
    cloud.server.script({support::answer_with("HTTP/1.1 302 Found\r\nLocation: /a\x01\r\nContent-Length: 0\r\n\r\n"),
                         [](support::Connection& connection) { connection.wait_for_close(); }});
    CHECK(throws_exactly<ProtocolError>([&] { static_cast<void>(cloud.session().send("image", get)); }));
    CHECK(cloud.server.finish() == "");
}

TEST_CASE("After a redirect, retries go where it led", "[origins][row:76][row:69]") {
    LoopbackCloud cloud;
    cloud.server.script({answer(307, "", {{"Location", "/there"}}), answer(503), answer(200)});
    static_cast<void>(cloud.session().send("image", get));
    CHECK(cloud.server.finish() == "");
    CHECK(cloud.received() == std::vector<std::string>{"GET /v2/images", "GET /there", "GET /there"});
    CHECK(cloud.clock->slept() == std::vector<long>{500});
}

TEST_CASE("A page's link to another host leads to the next page of our own", "[origins][row:82]") {
    Server other;
    LoopbackCloud cloud;
    std::string const port = std::to_string(other.port());
    for (std::string const& link : {other.url("/v2/images?marker=a"), "//127.0.0.1:" + port + "/v2/images?marker=a",
                                    "http://u:p@127.0.0.1:" + port + "/?marker=a"})
        cloud.server.script({answer(200, R"({"images": [{"id": "a"}], "next": ")" + link + R"("})"),
                             answer(200, R"({"images": [{"id": "b"}]})", {{"Connection", "close"}}), support::close()});
    for (int i = 0; i < 3; ++i) CHECK(Connection{cloud.session()}.image().images().all().size() == 2);
    CHECK(cloud.server.finish() == "");
    CHECK(cloud.server.requests().size() == 6);
    for (auto const& each : cloud.server.requests()) CHECK(each.target.starts_with("/v2/images?"));
    CHECK(other.connections() == 0);
}

TEST_CASE("Pages that lead in a circle end", "[origins][row:83]") {
    LoopbackCloud cloud;
    cloud.server.serve([](support::ReceivedRequest const& received) {
        bool const is_b = received.target.find("marker=b") != received.target.npos;
        return answer_text(200, is_b ? R"({"images": [{"id": "a"}], "next": "/v2/images?marker=a"})"
                                     : R"({"images": [{"id": "b"}], "next": "/v2/images?marker=b"})");
    });
    std::size_t given = 0;
    try {
        for (auto const& each : Connection{cloud.session()}.image().images()) given += each.id.is_unset() ? 0U : 1U;
        FAIL("no end");
    } catch (Error const&) {
    }
    CHECK(given >= 2);
    CHECK(given <= 4);
    CHECK(cloud.server.finish() == "");
    CHECK(cloud.server.requests().size() <= 4);
}

TEST_CASE("A catalog's endpoint that can't be one gets no token", "[origins][row:85]") {
    Server other;
    HostName const evil{"evil", {"127.0.0.1"}};
    std::string const at = "127.0.0.1:" + std::to_string(other.port());
    LoopbackCloud const cloud;
    for (std::string const& endpoint :
         {"http://user:secret@" + at, "http://" + at + "/?x=y", "http://" + at + "/#x", at, "file:///" + at,
          "ftp://" + at, "http:\\\\\\\\" + at, std::string{"http://"}, std::string{"/image"}}) {
        INFO(endpoint);
        LoopbackKeystone keystone{endpoint};
        Session const session{cloud.transport, keystone.authentication()};
        std::string const message = thrown<EndpointNotFound>([&] { static_cast<void>(session.send("image", get)); });
        CHECK(message.find("secret") == message.npos);
        CHECK(message.find("nothing thrown") == message.npos);
        CHECK(message.find("another type") == message.npos);
        CHECK(keystone.server.finish() == "");
    }
    CHECK(other.connections() == 0);
    CHECK(evil.asked() == 0);
}

TEST_CASE("A catalog's endpoint with a version has it once", "[origins][row:85]") {
    for (char const* suffix : {"/image", "/image/", "/image/v2", "/image/v2/", "/image/v2.0"}) {
        LoopbackCloud cloud;
        cloud.server.script({answer(200)});
        LoopbackKeystone const keystone{cloud.server.url(suffix)};
        Session const session{cloud.transport, keystone.authentication()};
        static_cast<void>(session.send("image", get));
        CHECK(cloud.server.finish() == "");
        CHECK(cloud.received() == std::vector<std::string>{"GET /image/v2/images"});
    }
}

TEST_CASE("Versions that lie on another host lead to the host that was given", "[origins][row:86]") {
    Server other;
    LoopbackCloud cloud;
    std::string const token = answer_text(201, R"({"token": {}})", {{"X-Subject-Token", "t"}});
    cloud.server.script({answer(404),
                         answer(300, R"({"versions": {"values": [{"id": "v3.14", "links": [
        {"rel": "self", "href": ")" + other.url("/identity/v3/") +
                                         R"("}]}]}})"),
                         support::answer_with(token)});
    Session const session{cloud.transport, std::make_shared<Keystone>(cloud.server.url("/keystone"),
                                                                      Password{.user_id = "u", .password = "canary"})};
    session.authorize();
    CHECK(cloud.server.finish() == "");
    CHECK(cloud.received() ==
          std::vector<std::string>{"POST /keystone/v3/auth/tokens", "GET /keystone", "POST /identity/v3/auth/tokens"});
    CHECK(other.connections() == 0);
}

TEST_CASE("A Keystone that redirects gets the password once, and nobody else gets it", "[origins][row:77][row:79]") {
    Server other;
    LoopbackCloud cloud;
    cloud.server.script({answer(307, "", {{"Location", other.url("/v3/auth/tokens")}})});
    Session const session{cloud.transport, std::make_shared<Keystone>(cloud.server.url(),
                                                                      Password{.user_id = "u", .password = "canary"})};
    std::string const message = thrown<HttpError>([&] { session.authorize(); });
    CHECK(message.ends_with("this redirect isn't followed: it leads to " + other.url("/v3/auth/tokens")));
    CHECK(cloud.server.finish() == "");
    CHECK(other.connections() == 0);
}

TEST_CASE("Each service and Keystone get their own secrets, and no other's", "[origins][row:77][row:166]") {
    LoopbackCloud cloud;
    Server elsewhere;
    LoopbackKeystone keystone{cloud.server.url()};
    cloud.server.script({answer(302, "", {{"Location", elsewhere.url("/stolen")}}), answer(401), answer(200)});
    Session const session{cloud.transport, keystone.authentication()};
    CHECK(throws_exactly<HttpError>([&] { static_cast<void>(session.send("image", get)); }));
    static_cast<void>(session.send("image", get));
    CHECK(cloud.server.finish() == "");
    CHECK(keystone.server.finish() == "");
    for (auto const& each : cloud.server.requests()) {
        CHECK(support::token_of(each) > 0);
        CHECK((each.head + each.body).find("canary-password") == std::string::npos);
    }
    for (auto const& each : keystone.server.requests())
        CHECK((each.head + each.body).find("canary-token") == std::string::npos);
    CHECK(elsewhere.connections() == 0);
}
