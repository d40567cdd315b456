// SPDX-License-Identifier: Apache-2.0
#include <openstack/limits.hpp>

#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <openstack/auth/fixed_token.hpp>
#include <openstack/session.hpp>
#include <stop_token>
#include <string>
#include <vector>

#include "../support/fake_clock.hpp"
#include "../support/scripted_transport.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using namespace std::chrono_literals;
using openstack::detail::CallLimits, openstack::detail::Gate;
using support::FakeClock, support::ScriptedTransport, support::thrown, support::throws_exactly;

TEST_CASE("A call without a deadline has all the time there is", "[limits]") {
    FakeClock clock;
    for (auto const longest : {0ms, (std::chrono::milliseconds::max)(), std::chrono::milliseconds{24h * 365 * 200}})
        CHECK(CallLimits(clock, {}, longest).left() == (std::chrono::milliseconds::max)());
}

TEST_CASE("A deadline comes nearer, and then has passed", "[limits]") {
    FakeClock clock;
    CallLimits const limits(clock, {}, 100ms);
    CHECK(limits.left() == 100ms);
    clock.advance(99ms);
    CHECK(limits.left() == 1ms);
    CHECK_NOTHROW(limits.check("GET x"));
    clock.advance(1ms);
    CHECK(limits.left() == 0ms);
    CHECK(thrown<TimeoutError>([&] { limits.check("GET x"); }) == "GET x: its deadline has passed (total)");
    clock.advance(1h);
    CHECK(limits.left() == 0ms);
}

TEST_CASE("A wait ends at its end, or at the deadline", "[limits]") {
    FakeClock clock;
    CallLimits const limits(clock, {}, 100ms);
    limits.wait(60ms, "GET x");
    CHECK(clock.slept() == std::vector<long>{60});
    CHECK(throws_exactly<TimeoutError>([&] { limits.wait((std::chrono::milliseconds::max)(), "GET x"); }));
    CHECK(clock.slept() == std::vector<long>{40});
    CallLimits const endless(clock, {}, 0ms);
    endless.wait(0ms, "GET x");
    endless.wait(-5ms, "GET x");
    CHECK(clock.slept().empty());
}

TEST_CASE("A wait asks the stop token often", "[limits][row:153]") {
    FakeClock clock;
    std::stop_source source;
    CallLimits const limits(clock, source.get_token(), 0ms);
    clock.on_sleep = [&, count = 0]() mutable {
        if (++count == 3) source.request_stop();
    };
    CHECK(thrown<Cancelled>([&] { limits.wait(1h, "GET x"); }) == "GET x: its stop token ended it");
    CHECK(clock.slept() == std::vector<long>{20, 20, 20});
}

TEST_CASE("A stop token is anything that can tell", "[stop_token]") {
    struct Own {
        bool is_stopped;
        [[nodiscard]] bool stop_requested() const { return is_stopped; }
    };
    CHECK_FALSE(StopToken{}.stop_requested());
    CHECK_FALSE(StopToken{}.stop_possible());
    CHECK(StopToken{Own{true}}.stop_requested());
    CHECK(StopToken{Own{false}}.stop_possible());
    std::stop_source source;
    StopToken const token = source.get_token();
    StopToken const copy = token;
    CHECK_FALSE(copy.stop_requested());
    source.request_stop();
    CHECK(copy.stop_requested());
}

TEST_CASE("A call that was ended before it began sends nothing", "[limits][row:154]") {
    auto const transport = std::make_shared<ScriptedTransport>();
    Session const session{transport, std::make_shared<FixedToken>(), {.endpoint = "http://cloud"}};
    std::stop_source source;
    source.request_stop();
    CHECK(thrown<Cancelled>([&] { session.with({.stop = source.get_token()}).send("image", {.url = "/v2/x"}); }) ==
          "GET http://cloud/v2/x: its stop token ended it");
    CHECK(throws_exactly<Cancelled>(
        [&] { static_cast<void>(session.with({.stop = source.get_token()}).open("image", {.url = "/v2/x"})); }));
    CHECK(transport->finish() == "");
}

TEST_CASE("A call can be ended while it waits to try again", "[limits][row:153]") {
    auto const transport = std::make_shared<ScriptedTransport>();
    auto const clock = std::make_shared<FakeClock>();
    Session const session{transport, std::make_shared<FixedToken>(), {.endpoint = "http://cloud", .clock = clock}};
    std::stop_source source;
    clock->on_sleep = [&] { source.request_stop(); };
    transport->expect("GET", "http://cloud/v2/x", {503});
    CHECK(
        throws_exactly<Cancelled>([&] { session.with({.stop = source.get_token()}).send("image", {.url = "/v2/x"}); }));
    CHECK(transport->finish() == "");
}

TEST_CASE("What is said of some calls holds for those only", "[limits]") {
    auto const transport = std::make_shared<ScriptedTransport>();
    Session const session{transport,
                          std::make_shared<FixedToken>(),
                          {.endpoint = "http://cloud",
                           .timeouts = {.response = 9s},
                           .deadline = 0ms,
                           .global_request_id = "req-session"}};
    Session const special = session.with({.timeouts = Timeouts{.response = 3s}, .global_request_id = "req-call"});
    for (int i = 0; i < 4; ++i) transport->expect("GET", "http://cloud/v2/x", {200});
    session.send("image", {.url = "/v2/x"});
    special.send("image", {.url = "/v2/x"});
    special.send("image", {.url = "/v2/x", .timeouts = Timeouts{.response = 1s}});
    special.with({}).send("image", {.url = "/v2/x"});
    std::vector<std::chrono::milliseconds> responses;
    std::vector<std::string> ids;
    for (auto const& each : transport->sent()) {
        responses.push_back(each.timeouts.response);
        ids.emplace_back(each.headers.find("X-Openstack-Request-Id").value_or(""));
    }
    CHECK(responses == std::vector<std::chrono::milliseconds>{9s, 3s, 1s, 3s});
    CHECK(ids == std::vector<std::string>{"req-session", "req-call", "req-call", "req-call"});
    std::stop_source source;
    source.request_stop();
    Session const stopped = special.with({.stop = source.get_token()}).with({.deadline = 1h});
    CHECK(throws_exactly<Cancelled>([&] { stopped.send("image", {.url = "/v2/x"}); }));
    CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(session.with({.deadline = -1ms})); }));
    CHECK(throws_exactly<InvalidRequest>([&] {
        static_cast<void>(Session{transport, std::make_shared<FixedToken>(), {.deadline = -1ms}});
    }));
}

TEST_CASE("Image data has no deadline but its call's", "[limits]") {
    auto const transport = std::make_shared<ScriptedTransport>();
    Session const session{transport,
                          std::make_shared<FixedToken>(),
                          {.endpoint = "http://cloud", .clock = std::make_shared<FakeClock>()}};
    Request data{.url = "/v2/x"};
    data.consumer = [](Response const&, std::span<std::byte const>) {};
    for (int i = 0; i < 4; ++i) transport->expect("GET", "http://cloud/v2/x", {200});
    session.send("image", data);
    static_cast<void>(session.open("image", {.url = "/v2/x"}));
    session.with({.deadline = 7s}).send("image", data);
    session.send("image", {.url = "/v2/x"});
    std::vector<std::chrono::milliseconds> totals;
    for (auto const& each : transport->sent()) totals.push_back(each.timeouts.total);
    CHECK(totals == std::vector<std::chrono::milliseconds>{0ms, 0ms, 7s, 300s});
}

TEST_CASE("A gate spreads requests over time", "[gate]") {
    FakeClock clock;
    CallLimits const limits(clock, {}, 0ms);
    Gate<> gate(4, 0);
    for (int i = 0; i < 3; ++i) static_cast<void>(gate.enter(limits, "GET x"));
    CHECK(clock.slept() == std::vector<long>{250, 250});
    clock.advance(10s);  // an idle time gives no right to a burst
    for (int i = 0; i < 2; ++i) static_cast<void>(gate.enter(limits, "GET x"));
    CHECK(clock.slept() == std::vector<long>{250});
}

TEST_CASE("A rate that is no number of requests is none, and a tiny one is one a day", "[gate]") {
    FakeClock clock;
    CallLimits const limits(clock, {}, 0ms);
    for (double const rate : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
        Gate<> gate(rate, 0);
        for (int i = 0; i < 3; ++i) static_cast<void>(gate.enter(limits, "GET x"));
        CHECK(clock.slept().empty());
    }
    Gate<> slow(1e-300, 0);
    for (int i = 0; i < 2; ++i) static_cast<void>(slow.enter(limits, "GET x"));
    CHECK(clock.slept() == std::vector<long>{86'400'000});
}

TEST_CASE("A gate lets so many through at a time", "[gate]") {
    FakeClock clock;
    CallLimits const limits(clock, {}, 100ms);
    Gate<> gate(0, 2);
    auto const first = gate.enter(limits, "GET x");
    {
        auto const second = gate.enter(limits, "GET x");
        CHECK(clock.slept().empty());
        CHECK(throws_exactly<TimeoutError>([&] { static_cast<void>(gate.enter(limits, "GET x")); }));
        CHECK(clock.slept().size() > 5);
    }
    static_cast<void>(gate.enter(CallLimits(clock, {}, 100ms), "GET x"));
    CHECK(clock.slept().empty());
}

TEST_CASE("Who is called off at a gate leaves it to the others", "[gate]") {
    FakeClock clock;
    Gate<> gate(1, 1);
    static_cast<void>(gate.enter(CallLimits(clock, {}, 0ms), "GET x"));
    CHECK(throws_exactly<TimeoutError>([&] { static_cast<void>(gate.enter(CallLimits(clock, {}, 10ms), "GET x")); }));
    clock.advance(5s);
    CHECK_NOTHROW(static_cast<void>(gate.enter(CallLimits(clock, {}, 10ms), "GET x")));
}

TEST_CASE("Each service has limits of its own", "[gate]") {
    auto const transport = std::make_shared<ScriptedTransport>();
    auto const clock = std::make_shared<FakeClock>();
    SessionOptions options{.endpoint = "http://cloud", .rate_limit = 10, .clock = clock};
    options.services["image"].rate_limit = 2;
    Session const session{transport, std::make_shared<FixedToken>(), options};
    for (int i = 0; i < 4; ++i) transport->expect("GET", "http://cloud/v2/x", {200});
    session.send("image", {.url = "/v2/x"});
    session.send("compute", {.url = "/v2/x"});
    CHECK(clock->slept().empty());
    session.send("compute", {.url = "/v2/x"});
    CHECK(clock->slept() == std::vector<long>{100});
    session.send("image", {.url = "/v2/x"});
    CHECK(clock->slept() == std::vector<long>{400});
}

TEST_CASE("Who has no time to wait for a turn takes none", "[limits]") {
    FakeClock clock;
    Gate<> gate(1, 0);
    CallLimits const endless(clock, {}, 0ms);
    static_cast<void>(gate.enter(endless, "first"));
    for (int i = 0; i < 5; ++i)
        CHECK(thrown<TimeoutError>([&] { static_cast<void>(gate.enter(CallLimits(clock, {}, 500ms), "GET x")); }) ==
              "GET x: its turn comes after its deadline (total)");
    CHECK(clock.slept().empty());
    static_cast<void>(gate.enter(endless, "second"));
    CHECK(clock.slept() == std::vector<long>{1000});
}

TEST_CASE("Who gives up gives the last turn back", "[limits]") {
    FakeClock clock;
    std::stop_source source;
    Gate<> gate(1, 0);
    CallLimits const endless(clock, {}, 0ms);
    static_cast<void>(gate.enter(endless, "first"));
    clock.on_sleep = [&] { source.request_stop(); };
    CHECK(throws_exactly<Cancelled>(
        [&] { static_cast<void>(gate.enter(CallLimits(clock, source.get_token(), 0ms), "GET x")); }));
    CHECK(clock.slept() == std::vector<long>{20});
    static_cast<void>(gate.enter(endless, "second"));
    CHECK(clock.slept() == std::vector<long>{980});
}
