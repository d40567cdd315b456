// SPDX-License-Identifier: Apache-2.0
// A session's token over the wire: refused, renewed, given by a Keystone that fails, and where the clocks are wrong.
#include <openstack/session.hpp>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <openstack/connection.hpp>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "../support/loopback_cloud.hpp"
#include "../support/loopback_keystone.hpp"
#include "../support/requests.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using namespace std::chrono_literals;
using support::answer, support::answer_text, support::caught, support::LoopbackCloud, support::LoopbackKeystone,
    support::thrown, support::throws_exactly, support::token_of;

namespace {

Request const get{.url = "/v2/images"};

void send(Session const& session, Request const& request = get) { static_cast<void>(session.send("image", request)); }

/// A service and the Keystone in whose catalog it is.
struct Fixture : LoopbackCloud {
    explicit Fixture(std::string const& times = {}) : keystone(server.url("/image"), times) {}

    [[nodiscard]] Session session(SessionOptions options = {}) const {
        if (!options.clock) options.clock = clock;
        return {transport, keystone.authentication(), std::move(options)};
    }
    /// The tokens that the service has got.
    [[nodiscard]] std::vector<int> tokens() const {
        std::vector<int> all;
        for (auto const& each : server.requests()) all.push_back(token_of(each));
        return all;
    }

    LoopbackKeystone keystone;
};

}  // namespace

TEST_CASE("A token that is refused is renewed, and the request sent again", "[tokens][row:46]") {
    Fixture f;
    f.server.script({answer(200), answer(401), answer(200, "there"), answer(200)});
    Session const session = f.session();
    send(session);
    CHECK(session.send("image", get).body == "there");
    send(session);
    CHECK(f.tokens() == std::vector{1, 1, 2, 2});
    CHECK(f.keystone.given == 2);
    CHECK(f.clock->slept().empty());
    CHECK(f.server.finish() == "");
    CHECK(f.keystone.server.finish() == "");
    for (auto const& each : f.keystone.server.requests())
        CHECK(each.method + ' ' + each.target == "POST /identity/v3/auth/tokens");
}

TEST_CASE("What mustn't arrive twice is sent again with another token: the first was refused", "[tokens][row:46]") {
    Fixture f;
    f.server.script({answer(401, "", {{"Connection", "close"}}), support::close()});
    f.server.script({answer(201)});
    send(f.session(), {.method = "POST", .url = "/v2/images", .body = "{}", .is_repeatable = false});
    CHECK(f.tokens() == std::vector{1, 2});
    CHECK(f.server.finish() == "");
}

TEST_CASE("A token that is refused twice is an error, not a loop", "[tokens][row:47]") {
    Fixture f;
    f.server.script({answer(401), answer(401, R"({"error": {"message": "who is that?"}})")});
    std::string const message = thrown<Unauthorized>([&] { send(f.session()); });
    CHECK(message == "GET " + f.server.url("/image/v2/images") + ": 401: who is that? (2 attempts)");
    CHECK(f.tokens() == std::vector{1, 2});
    CHECK(f.server.finish() == "");
}

TEST_CASE("Keystone's own refusal is final, and repeats no password", "[tokens][row:48]") {
    LoopbackCloud cloud;
    cloud.server.script({answer(401, R"({"error": {"code": 401, "message": "no such user"}})")});
    Session const session = cloud.session(
        std::make_shared<Keystone>(cloud.server.url(), Password{.user_id = "u", .password = "canary-password"}));
    CHECK(thrown<Unauthorized>([&] { send(session); }) ==
          "POST " + cloud.server.url("/v3/auth/tokens") + ": 401: no such user");
    CHECK(cloud.server.finish() == "");
    CHECK(cloud.server.requests().size() == 1);
}

TEST_CASE("Threads whose token is refused renew it once, and late refusals of the old one don't count",
          "[tokens][row:49]") {
    constexpr int thread_count = 16;
    Fixture f;
    std::atomic<int> refused = 0;
    f.server.serve([&](support::ReceivedRequest const& received) {
        if (token_of(received) != 1) return answer_text(200, received.target);
        // All of them hold the old token; the last refusals arrive long after the first ones were acted on.
        int const number = ++refused;
        while (refused < thread_count) std::this_thread::yield();
        if (number % 2 == 0) std::this_thread::sleep_for(30ms);
        return answer_text(401);
    });
    // Waiting threads would move a clock of the test's beyond any deadline.
    Session const session = f.session({.clock = std::make_shared<Clock>()});
    session.authorize();
    std::atomic<int> right = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < thread_count; ++i)
            threads.emplace_back([&, i] {
                std::string const path = "/v2/" + std::to_string(i);
                if (session.send("image", {.url = path}).body == "/image" + path) ++right;
            });
    }
    CHECK(right == thread_count);
    CHECK(f.keystone.given == 2);
    CHECK(f.server.requests().size() == 2 * thread_count);
    CHECK(f.server.finish() == "");
}

TEST_CASE("An upload whose token is refused begins again, if it can", "[tokens][row:26][row:50]") {
    Fixture f;
    support::RepeatedSource source(500'000);
    Request const upload{.method = "PUT", .url = "/v2/images/a/file", .source = &source, .is_repeatable = false};
    auto const read_all = [](support::Connection& connection) {
        connection.read_head();
        connection.send("HTTP/1.1 100 Continue\r\n\r\n");
        connection.read_body();
    };
    auto const refuse = [](support::Connection& connection) {
        connection.send(answer_text(401, "", {{"Connection", "close"}}));
    };
    bool const has_data = GENERATE(false, true);
    CAPTURE(has_data);
    if (has_data) {
        f.server.script({read_all, refuse, support::close()});
    } else {
        f.server.script({[](support::Connection& connection) { connection.read_head(); }, refuse, support::close()});
    }
    f.server.script({read_all, [](support::Connection& connection) { connection.send(answer_text(204)); }});
    CHECK(f.session().send("image", upload).status == 204);
    CHECK(f.server.finish() == "");
    CHECK(f.tokens() == std::vector{1, 2});
    CHECK(f.server.requests().at(1).body_size == 500'000);
}

TEST_CASE("A token from elsewhere can't be renewed", "[tokens][row:51]") {
    LoopbackCloud cloud;
    cloud.server.script({answer(401, "no")});
    CHECK(thrown<Unauthorized>([&] { send(cloud.session()); }) ==
          "GET " + cloud.server.url("/v2/images") + ": 401: no");
    CHECK(cloud.server.finish() == "");
}

TEST_CASE("A consumer gets nothing twice after a renewal, either", "[tokens][row:46]") {
    Fixture f;
    f.server.script({answer(401, "", {{"Connection", "close"}}), support::close()});
    f.server.script({support::answer_with("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart"), support::close()});
    std::string arrived;
    Request consumed = get;
    consumed.consumer = [&](Response const&, std::span<std::byte const> bytes) {
        arrived.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
    };
    CHECK(caught<ConnectionLost>([&] { send(f.session(), consumed); }).attempts().count == 2);
    CHECK(arrived == "part");
    CHECK(f.server.finish() == "");
    CHECK(f.server.requests().size() == 2);
}

TEST_CASE("Keystone is tried again when it fails, and when it can't be reached", "[tokens][row:1][row:69]") {
    LoopbackCloud cloud;
    std::string const token = answer_text(201, R"({"token": {}})", {{"X-Subject-Token", "the-token"}});
    cloud.server.script({answer(503), support::close()});
    cloud.server.script({[](support::Connection& connection) { connection.read_head(); }, support::reset()});
    cloud.server.script({support::answer_with(token), answer(200)});
    Session const session = cloud.session(std::make_shared<Keystone>(cloud.server.url(), Password{.user_id = "u"}));
    send(session);
    CHECK(cloud.received() == std::vector<std::string>{"POST /v3/auth/tokens", "POST /v3/auth/tokens",
                                                       "POST /v3/auth/tokens", "GET /v2/images"});
    CHECK(cloud.clock->slept() == std::vector<long>{500, 1000});
    CHECK(cloud.server.finish() == "");
}

TEST_CASE("All who wait for a token get the error that it ends with, and the next asks again", "[tokens][row:164]") {
    constexpr int waiting = 31;
    /// The real clock, which counts who sleeps by it.
    class CountingClock final : public Clock {
      public:
        void sleep(std::chrono::milliseconds duration) override {
            thread_local bool const is_first = (++threads, true);
            static_cast<void>(is_first);
            Clock::sleep(duration);
        }
        std::atomic<int> threads = 0;
    };
    auto const clock = std::make_shared<CountingClock>();
    LoopbackCloud cloud;
    cloud.server.script({[&](support::Connection& connection) {
                             connection.read_head();
                             connection.read_body();
                             while (clock->threads < waiting) std::this_thread::yield();
                             connection.send(answer_text(500, "out of order"));
                         },
                         support::answer_with(answer_text(201, R"({"token": {}})", {{"X-Subject-Token", "t"}})),
                         answer(200)});
    Session const session = cloud.session(std::make_shared<Keystone>(cloud.server.url(), Password{.user_id = "u"}),
                                          {.retries = no_retries, .clock = clock});
    std::mutex mutex;
    std::vector<std::string> messages;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i <= waiting; ++i)
            threads.emplace_back([&] {
                std::string const message = thrown<ServerError>([&] { send(session); });
                std::lock_guard const lock{mutex};
                messages.push_back(message);
            });
    }
    CHECK(messages ==
          std::vector<std::string>(waiting + 1, "POST " + cloud.server.url("/v3/auth/tokens") + ": 500: out of order"));
    send(session);
    CHECK(cloud.server.finish() == "");
    CHECK(cloud.server.requests().size() == 3);
}

TEST_CASE("A token's life counts from its arrival, whatever the clocks say", "[tokens][row:162][row:163]") {
    // A day ahead or behind, a life of an hour.
    for (std::string const day : {"2001-09-08", "2001-09-09", "2001-09-10"}) {
        Fixture f{R"("issued_at": ")" + day + R"(T01:00:00.000000Z", "expires_at": ")" + day +
                  R"(T02:00:00.000000Z", )"};
        f.server.script({answer(200), answer(200), answer(200)});
        Session const session = f.session();
        send(session);
        f.clock->unix_seconds += 86'400;  // the system's clock is set
        f.clock->advance(57min);
        send(session);
        f.clock->advance(2min);
        send(session);
        CHECK(f.tokens() == std::vector{1, 1, 2});
        CHECK(f.server.finish() == "");
    }
}

TEST_CASE("A token that ends at once, or ended before it began, is used until it's refused", "[tokens][row:163]") {
    for (std::string const end : {"01:00:00", "01:00:01", "00:00:00"}) {
        Fixture f{R"("issued_at": "2001-09-09T01:00:00.000000Z", "expires_at": "2001-09-09T)" + end + R"(.000000Z", )"};
        f.server.script({answer(200), answer(200), answer(401), answer(200)});
        Session const session = f.session();
        send(session);
        f.clock->advance(1h);
        send(session);
        send(session);
        CHECK(f.tokens() == std::vector{1, 1, 1, 2});
        CHECK(f.server.finish() == "");
    }
}

TEST_CASE("Neither token nor password is in what a failing session says", "[tokens][row:166]") {
    Fixture f;
    std::string said;
    Session const session = f.session({.observer = [&](Event const& event) {
        said += event.method + event.url + event.text + event.request_id;
        for (auto const& each : event.headers.lines()) said += each.name + each.value;
    }});
    f.server.script(
        {answer(503), answer(401), [](support::Connection& connection) { connection.read_head(); }, support::reset()});
    for (int i = 0; i < 2; ++i)
        f.server.script({[](support::Connection& connection) { connection.read_head(); }, support::reset()});
    f.server.script({answer(302, "", {{"Location", "http://elsewhere.invalid/"}})});
    said += thrown<HttpError>([&] { send(session); });
    CHECK(said.find("elsewhere.invalid") != said.npos);
    CHECK(said.find("canary") == said.npos);
    CHECK(f.server.finish() == "");
}
