// SPDX-License-Identifier: Apache-2.0
#include <openstack/redirect.hpp>

#include <catch2/catch.hpp>
#include <memory>
#include <openstack/auth/fixed_token.hpp>
#include <openstack/session.hpp>
#include <string>
#include <utility>

#include "../support/scripted_transport.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using support::ScriptedTransport, support::thrown;

namespace {

struct Fixture {
    std::shared_ptr<ScriptedTransport> transport = std::make_shared<ScriptedTransport>();
    Session session{transport, std::make_shared<FixedToken>("token"), {.endpoint = "http://cloud:80/image"}};

    void redirect(std::string method, std::string url, std::string location, int status = 302) {
        transport->expect(std::move(method), std::move(url), {status, {{"Location", std::move(location)}}});
    }
    std::string refusal(Request request) {
        request.url = "/v2/x";
        std::string const said = thrown<HttpError>([&] { session.send("image", std::move(request)); });
        return said + transport->finish();
    }
};

}  // namespace

TEST_CASE("A redirect within the origin is followed, with all headers", "[redirect][row:76]") {
    for (int const status : {301, 302, 303, 307, 308})
        for (char const* method : {"GET", "HEAD"}) {
            Fixture f;
            f.redirect(method, "http://cloud:80/image/v2/x", "http://CLOUD/image/v2/y?z=1", status);
            f.transport->expect(method, "http://CLOUD/image/v2/y?z=1", {200, {}, "there"});
            Request request{.method = method, .url = "/v2/x"};
            request.headers.set("Range", "bytes=5-");
            CHECK(f.session.send("image", request).body == "there");
            CHECK(f.transport->sent().at(1).headers.find("X-Auth-Token") == "token");
            CHECK(f.transport->sent().at(1).headers.find("Range") == "bytes=5-");
            CHECK(f.transport->finish() == "");
        }
}

TEST_CASE("Redirects are followed three times", "[redirect][row:76][row:80]") {
    Fixture f;
    f.redirect("GET", "http://cloud:80/image/v2/x", "/1");
    f.redirect("GET", "http://cloud:80/1", "2");
    f.redirect("GET", "http://cloud:80/2", "?3");
    f.redirect("GET", "http://cloud:80/2?3", "/4");
    CHECK(f.refusal({}) == "GET http://cloud:80/2?3: 302: this redirect isn't followed: it leads to /4 (4 attempts)");
}

TEST_CASE("No redirect leads to another origin", "[redirect][row:77][row:78][row:81]") {
    for (char const* target :
         {"http://evil/x", "https://cloud/x", "http://cloud:8080/x", "//evil/x", "ftp://cloud/x", "file:///etc/passwd",
          "http:\\\\evil", "http://cloud@evil/x", "http://cloud:80\\@evil/x", "http://cloud.evil/x", "../x", "",
          "http:///x", "http://cloud:80 .evil/", "javascript:x"}) {
        CAPTURE(target);
        Fixture f;
        f.redirect("GET", "http://cloud:80/image/v2/x", target);
        CHECK(f.refusal({}).find("GET http://cloud:80/image/v2/x: 302: this redirect isn't followed: it leads to") ==
              0);
        CHECK(f.transport->sent().size() == 1);
    }
    Fixture f;
    f.redirect("GET", "http://cloud:80/image/v2/x", "http://" + std::string(100'000, 'x'));
    CHECK(f.refusal({}).size() < 1200);
}

TEST_CASE("Only what changes nothing is redirected", "[redirect][row:79]") {
    for (char const* method : {"POST", "PUT", "PATCH", "DELETE"}) {
        Fixture f;
        f.redirect(method, "http://cloud:80/image/v2/x", "/y");
        CHECK(f.refusal({.method = method}) ==
              std::string{method} + " http://cloud:80/image/v2/x: 302: this redirect isn't followed: it leads to /y");
    }
}

TEST_CASE("What isn't a redirect isn't followed", "[redirect][row:72]") {
    for (int const status : {300, 304, 305, 306, 399}) {
        Fixture f;
        f.redirect("GET", "http://cloud:80/image/v2/x", "/y", status);
        CHECK(f.refusal({}).find("GET http://cloud:80/image/v2/x: " + std::to_string(status)) == 0);
    }
    CHECK(detail::redirect_target({.url = "http://cloud/x"}, {200, {{"Location", "/y"}}}) == "");
    CHECK(detail::redirect_target({.url = "http://cloud/x"}, {302}) == "");
}

TEST_CASE("A URL that has no origin has none in common with another", "[redirect][row:77]") {
    CHECK(detail::redirect_target({.url = "https://cloud/a\\b"}, {302, {{"Location", "http://evil/\\"}}}) == "");
}
