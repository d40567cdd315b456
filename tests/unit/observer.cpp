// SPDX-License-Identifier: Apache-2.0
// Observers: what they are told of each attempt, and that a log of it holds no secret.
// Peers' tests of this: glanceclient's test_http.py on the log that hides the token.
#include <openstack/observer.hpp>

#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <openstack/auth/fixed_token.hpp>
#include <openstack/log.hpp>
#include <openstack/session.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "../support/fake_clock.hpp"
#include "../support/scripted_transport.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using support::FakeClock, support::ScriptedTransport, support::throws_exactly;

namespace {

struct Fixture {
    std::shared_ptr<ScriptedTransport> transport = std::make_shared<ScriptedTransport>();
    std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();

    [[nodiscard]] Session session(Observer observer) const {
        return {transport,
                std::make_shared<FixedToken>("canary-token"),
                {.endpoint = "http://cloud", .user_agent = "me/1", .observer = std::move(observer), .clock = clock}};
    }
};

Headers const telling{{"Content-Type", "application/json"},
                      {"X-Openstack-Request-Id", "req-7"},
                      {"Set-Cookie", "canary-cookie"},
                      {"X-Subject-Token", "canary-subject"}};

}  // namespace

TEST_CASE("Each attempt is reported as it begins and as it ends", "[observer]") {
    Fixture f;
    std::vector<Event> seen;
    Session const session = f.session([&](Event const& event) { seen.push_back(event); });
    f.transport->fail("GET", "http://cloud/v2/x", ConnectionLost{"reset"});
    f.transport->expect("GET", "http://cloud/v2/x", {200, telling, "body"});
    session.send("image", {.url = "/v2/x"});
    REQUIRE(seen.size() == 5);
    CHECK(seen[0].kind == EventKind::request);
    CHECK(seen[0].method == "GET");
    CHECK(seen[0].url == "http://cloud/v2/x");
    CHECK(seen[0].attempt == 1);
    CHECK(seen[0].headers.find("User-Agent") == "me/1");
    CHECK(seen[0].headers.find("X-Auth-Token") == "(hidden)");
    CHECK(seen[1].kind == EventKind::failure);
    CHECK(seen[1].text == "reset");
    CHECK(seen[2].kind == EventKind::wait);
    CHECK(seen[2].text == "waiting 500 ms after this failure, then again GET http://cloud/v2/x");
    CHECK(seen[3].kind == EventKind::request);
    CHECK(seen[3].attempt == 2);
    CHECK(seen[4].kind == EventKind::answer);
    CHECK(seen[4].status == 200);
    CHECK(seen[4].attempt == 2);
    CHECK(seen[4].request_id == "req-7");
    CHECK(seen[4].headers.find("Content-Type") == "application/json");
    CHECK(seen[4].headers.find("Set-Cookie") == "(hidden)");
}

TEST_CASE("What an observer throws changes nothing", "[observer]") {
    Fixture f;
    f.transport->expect("GET", "http://cloud/v2/x", {200});
    CHECK(f.session([](Event const&) { throw std::runtime_error("x"); }).send("image", {.url = "/v2/x"}).status == 200);
    CHECK(f.transport->finish() == "");
}

TEST_CASE("A log has what happened, line by line, and no secret", "[observer][row:166]") {
    Fixture f;
    std::ostringstream log;
    Session const session = f.session(log_to(log));
    f.transport->expect("GET", "http://cloud/v2/x", {429, telling, "canary-body"});
    f.transport->expect("GET", "http://cloud/v2/x", {200});
    session.send("image", {.url = "/v2/x"});
    CHECK(log.str() == R"(> GET http://cloud/v2/x
> User-Agent: me/1
> Accept: application/json
> X-Auth-Token: (hidden)
< 429 after 0 ms: GET http://cloud/v2/x
< Content-Type: application/json
< X-Openstack-Request-Id: req-7
< Set-Cookie: (hidden)
< X-Subject-Token: (hidden)
* waiting 500 ms after status 429, then again GET http://cloud/v2/x
> GET http://cloud/v2/x (attempt 2)
> User-Agent: me/1
> Accept: application/json
> X-Auth-Token: (hidden)
< 200 after 0 ms: GET http://cloud/v2/x (attempt 2)
)");
}

TEST_CASE("A log has a failure's words, and keeps control characters out", "[observer][row:104]") {
    Fixture f;
    std::ostringstream log;
    Session const session = f.session(log_to(log));
    f.transport->fail("POST", "http://cloud/v2/x", ProtocolError{"bad \x1b[31m answer"});
    CHECK(throws_exactly<ProtocolError>([&] { session.send("image", {.method = "POST", .url = "/v2/x"}); }));
    CHECK(log.str().find("* failed after 0 ms: bad  [31m answer\n") != std::string::npos);
    CHECK(log.str().find('\x1b') == std::string::npos);
}

TEST_CASE("The time of an attempt is told", "[observer]") {
    Fixture f;
    std::vector<std::chrono::milliseconds> elapsed;
    Session const session = f.session([&](Event const& event) {
        if (event.kind == EventKind::request) f.clock->advance(std::chrono::milliseconds{30});
        if (event.kind == EventKind::answer) elapsed.push_back(event.elapsed);
    });
    f.transport->expect("GET", "http://cloud/v2/x", {200});
    session.send("image", {.url = "/v2/x"});
    CHECK(elapsed == std::vector<std::chrono::milliseconds>{std::chrono::milliseconds{30}});
}

TEST_CASE("A call that was ended before it began is no request to report", "[observer][row:154]") {
    struct Stopped {
        [[nodiscard]] static bool stop_requested() { return true; }
    };
    Fixture f;
    std::ostringstream log;
    Session const session = f.session(log_to(log)).with({.stop = Stopped{}});
    CHECK(throws_exactly<Cancelled>([&] { session.send("image", {.url = "/v2/x"}); }));
    CHECK(log.str() == "");
}

TEST_CASE("However an attempt ends, its end is reported", "[observer][row:133]") {
    Fixture f;
    std::vector<std::string> ends;
    Session const session = f.session([&](Event const& event) {
        if (event.kind == EventKind::failure) ends.push_back(event.text);
    });
    Request request{.url = "/v2/x"};
    f.transport->fail("GET", "http://cloud/v2/x", Cancelled{"stopped"});
    CHECK(throws_exactly<Cancelled>([&] { session.send("image", request); }));
    f.transport->expect("GET", "http://cloud/v2/x", {200, {}, "abc"});
    request.consumer = [](Response const&, std::span<std::byte const>) { throw std::runtime_error("disk\nfull"); };
    CHECK(throws_exactly<std::runtime_error>([&] { session.send("image", request); }));
    f.transport->expect("GET", "http://cloud/v2/x", {200, {}, "abc"});
    request.consumer = [](Response const&, std::span<std::byte const>) { throw 5; };
    CHECK_THROWS_AS(session.send("image", request), int);
    CHECK(ends == std::vector<std::string>{"stopped", "disk full", "an exception of the program's own"});
}

TEST_CASE("The wait for a turn is no part of an attempt", "[observer]") {
    std::shared_ptr<ScriptedTransport> const transport = std::make_shared<ScriptedTransport>();
    std::vector<Event> seen;
    Session const session{transport,
                          std::make_shared<FixedToken>(),
                          {.endpoint = "http://cloud",
                           .rate_limit = 1,
                           .observer = [&](Event const& event) { seen.push_back(event); },
                           .clock = std::make_shared<FakeClock>()}};
    for (int i = 0; i < 2; ++i) {
        transport->expect("GET", "http://cloud/v2/x", {200});
        session.send("image", {.url = "/v2/x"});
    }
    REQUIRE(seen.size() == 4);
    CHECK(seen[3].elapsed == std::chrono::milliseconds{0});
    CHECK(throws_exactly<TimeoutError>(
        [&] { session.with({.deadline = std::chrono::milliseconds{1}}).send("image", {.url = "/v2/x"}); }));
    CHECK(seen.size() == 4);
}
