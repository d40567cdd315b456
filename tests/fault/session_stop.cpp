// SPDX-License-Identifier: Apache-2.0
// Calls of a session that are told to end: in each of their phases, before they begin, and just as they end anyway.
#include <openstack/session.hpp>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <openstack/auth/keystone.hpp>
#include <openstack/connection.hpp>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../support/host_name.hpp"
#include "../support/loopback_cloud.hpp"
#include "../support/ports.hpp"
#include "../support/requests.hpp"
#include "../support/stopping.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using namespace std::chrono_literals;
using support::answer, support::answer_text, support::HostName, support::LoopbackCloud, support::SilentPort,
    support::throws_exactly, support::time_to_stop;

namespace {

constexpr auto soon = 100ms;

Request const get{.url = "/v2/images"};

/// The real clock. Says whether somebody sleeps by it.
class WatchedClock final : public Clock {
  public:
    void sleep(std::chrono::milliseconds duration) override {
        has_slept = true;
        Clock::sleep(duration);
    }
    std::atomic<bool> has_slept = false;
};

struct Fixture : LoopbackCloud {
    std::shared_ptr<WatchedClock> real = std::make_shared<WatchedClock>();
    std::atomic<bool> is_there{false};  ///< where the call shall end

    [[nodiscard]] Session session(SessionOptions options = {}) const {
        options.clock = real;
        return LoopbackCloud::session(std::move(options));
    }
    /// A step: the call has come to where it shall end, and gets no further.
    [[nodiscard]] support::Step halt() {
        return [this](support::Connection& connection) {
            is_there = true;
            connection.wait_for_close();
        };
    }
    /// How long `send` takes to end, of a request with that token as an option of the call.
    [[nodiscard]] std::chrono::milliseconds time(Session const& session, Request const& request = get) {
        return time_to_stop([&] { return is_there.load(); },
                            [&](std::stop_token token) {
                                static_cast<void>(session.with({.stop = std::move(token)}).send("image", request));
                            });
    }
};

support::Step read_head() {
    return [](support::Connection& connection) { connection.read_head(); };
}

auto open_files() {
    return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, std::filesystem::directory_iterator{});
}

}  // namespace

TEST_CASE("A call can be ended while its service's name is looked up", "[stop][row:153]") {
    HostName name{"image.test", {"127.0.0.1"}};
    name.hold();
    LoopbackCloud const cloud;
    Session const session = cloud.session({.endpoint = "http://image.test:1"});
    CHECK(time_to_stop([&] { return name.asked() > 0; },
                       [&](std::stop_token token) {
                           static_cast<void>(session.with({.stop = std::move(token)}).send("image", get));
                       }) < soon);
}

TEST_CASE("A look-up that takes too long ends in the connect phase", "[stop][row:4]") {
    HostName name{"image.test", {"127.0.0.1"}};
    name.hold();
    LoopbackCloud const cloud;
    Session const session =
        cloud.session({.endpoint = "http://image.test:1", .timeouts = {.connect = 50ms}, .retries = no_retries});
    auto const start = std::chrono::steady_clock::now();
    auto const error = support::caught<TimeoutError>([&] { static_cast<void>(session.send("image", get)); });
    CHECK(std::chrono::steady_clock::now() - start < 1s);
    CHECK(std::string{error.what()}.ends_with("(connect)"));
    CHECK(error.repetition() == Repetition::harmless);
}

TEST_CASE("A call can be ended while it connects", "[stop][row:153]") {
    HostName const name{"image.test", {"127.0.0.1"}};
    SilentPort const silent;
    LoopbackCloud const cloud;
    Session const session = cloud.session({.endpoint = "http://image.test:" + std::to_string(silent.port())});
    CHECK(time_to_stop([&] { return name.asked() > 0; },
                       [&](std::stop_token token) {
                           static_cast<void>(session.with({.stop = std::move(token)}).send("image", get));
                       }) < soon);
}

TEST_CASE("A call can be ended in the TLS handshake", "[stop][row:153]") {
    Fixture f;
    f.server.script({[](support::Connection& connection) { connection.wait_for_close(1); }, f.halt()});
    CHECK(f.time(f.session({.endpoint = f.server.url("", "https")})) < soon);
    CHECK(f.server.finish() == "");
}

TEST_CASE("A call can be ended while it sends", "[stop][row:153]") {
    Fixture f;
    f.server.script({[&](support::Connection& connection) {
        connection.read_head();
        connection.send("HTTP/1.1 100 Continue\r\n\r\n");
        connection.read_body(1);
        f.is_there = true;
        connection.wait_for_release();
        connection.wait_for_close();
    }});
    support::RepeatedSource source(1'000'000'000);
    Request const upload{.method = "PUT", .url = "/v2/images/a/file", .source = &source, .is_repeatable = false};
    CHECK(f.time(f.session(), upload) < soon);
    f.server.release();
    CHECK(f.server.finish() == "");
}

TEST_CASE("A call can be ended while it waits for an answer", "[stop][row:153]") {
    Fixture f;
    f.server.script({read_head(), f.halt()});
    CHECK(f.time(f.session()) < soon);
    CHECK(f.server.finish() == "");
}

TEST_CASE("A call can be ended by its request's own stop token", "[stop][row:153]") {
    Fixture f;
    f.server.script({read_head(), f.halt()});
    Session const session = f.session();
    CHECK(time_to_stop([&] { return f.is_there.load(); },
                       [&](std::stop_token token) {
                           static_cast<void>(session.send("image", {.url = "/v2/images", .stop = std::move(token)}));
                       }) < soon);
    CHECK(f.server.finish() == "");
}

TEST_CASE("A call can be ended while it receives", "[stop][row:153]") {
    std::string const cut = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx";
    Fixture f;
    f.server.script({support::answer_with(cut), f.halt()});
    Session const session = f.session();
    SECTION("a document") { CHECK(f.time(session) < soon); }
    SECTION("by a consumer") {
        Request consumed = get;
        consumed.consumer = [](Response const&, std::span<std::byte const>) {};
        CHECK(f.time(session, consumed) < soon);
    }
    SECTION("by pulling") {
        CHECK(time_to_stop([&] { return f.is_there.load(); },
                           [&](std::stop_token token) {
                               auto const pulled = session.with({.stop = std::move(token)}).open("image", get);
                               while (!pulled->next().empty()) continue;
                           }) < soon);
    }
    CHECK(f.server.finish() == "");
}

TEST_CASE("A call can be ended while data flows", "[stop][row:153]") {
    Fixture f;
    f.server.script({support::answer_with("HTTP/1.1 200 OK\r\n\r\n"),
                     [](support::Connection& connection) { connection.send_repeated(std::string(100'000, 'x')); }});
    Request consumed = get;
    consumed.consumer = [&](Response const&, std::span<std::byte const>) { f.is_there = true; };
    CHECK(f.time(f.session(), consumed) < soon);
    CHECK(f.server.finish() == "");
}

TEST_CASE("A call can be ended between its attempts", "[stop][row:153]") {
    Fixture f;
    f.server.script({answer(503)});
    Session const session = f.session({.retries = {.first_delay = 10s}});
    CHECK(time_to_stop([&] { return f.real->has_slept.load(); },
                       [&](std::stop_token token) {
                           static_cast<void>(session.with({.stop = std::move(token)}).send("image", get));
                       }) < soon);
    CHECK(f.server.finish() == "");
    CHECK(f.server.requests().size() == 1);
}

TEST_CASE("A call can be ended while it gets a token", "[stop][row:153]") {
    Fixture f;
    f.server.script({read_head(), f.halt()});
    Session const session{f.transport, std::make_shared<Keystone>(f.server.url(), Password{.user_id = "u"})};
    CHECK(f.time(session) < soon);
    CHECK(f.server.finish() == "");
}

TEST_CASE("A call can be ended while another one gets the token", "[stop][row:153][row:164]") {
    Fixture f;
    std::string const token = answer_text(201, R"({"token": {}})", {{"X-Subject-Token", "the-token"}});
    f.server.script({[&](support::Connection& connection) {
                         connection.read_head();
                         connection.read_body();
                         f.is_there = true;
                         connection.wait_for_release();
                         connection.send(token);
                     },
                     answer(200)});
    Session const session{f.transport,
                          std::make_shared<Keystone>(f.server.url(), Password{.user_id = "u"}),
                          {.endpoint = f.server.url(""), .clock = f.real}};
    int status = 0;
    {
        std::jthread const first([&] { status = session.send("image", get).status; });
        while (!f.is_there) std::this_thread::yield();
        CHECK(time_to_stop([&] { return f.real->has_slept.load(); },
                           [&](std::stop_token stop) {
                               static_cast<void>(session.with({.stop = std::move(stop)}).send("image", get));
                           }) < soon);
        f.server.release();
    }
    CHECK(status == 200);  // the other one isn't disturbed
    CHECK(f.server.finish() == "");
    CHECK(f.server.requests().size() == 2);
}

TEST_CASE("A call can be ended while it waits for its turn", "[stop][row:153]") {
    Fixture f;
    SECTION("behind another one") {
        f.server.script({[&](support::Connection& connection) {
            connection.read_head();
            f.is_there = true;
            connection.wait_for_release();
            connection.send(answer_text(200));
        }});
        Session const session = f.session({.concurrency = 1});
        int status = 0;
        {
            std::jthread const first([&] { status = session.send("image", get).status; });
            while (!f.is_there) std::this_thread::yield();
            CHECK(time_to_stop([&] { return f.real->has_slept.load(); },
                               [&](std::stop_token token) {
                                   static_cast<void>(session.with({.stop = std::move(token)}).send("image", get));
                               }) < soon);
            f.server.release();
        }
        CHECK(status == 200);
    }
    SECTION("after another one") {
        f.server.script({answer(200)});
        Session const session = f.session({.rate_limit = 0.01});
        CHECK(session.send("image", get).status == 200);
        CHECK(time_to_stop([&] { return f.real->has_slept.load(); },
                           [&](std::stop_token token) {
                               static_cast<void>(session.with({.stop = std::move(token)}).send("image", get));
                           }) < soon);
    }
    CHECK(f.server.finish() == "");
    CHECK(f.server.requests().size() == 1);
}

TEST_CASE("A call that is ended before it begins sends nothing", "[stop][row:154]") {
    Fixture f;
    std::stop_source source;
    source.request_stop();
    CallOptions const stopped{.stop = source.get_token()};
    Session const session = f.session().with(stopped);
    std::string const message = support::thrown<Cancelled>([&] { static_cast<void>(session.send("image", get)); });
    CHECK(message == "GET " + f.server.url("/v2/images") + ": its stop token ended it");
    CHECK(throws_exactly<Cancelled>([&] { static_cast<void>(session.open("image", get)); }));
    Connection const cloud{session};
    CHECK(throws_exactly<Cancelled>([&] { static_cast<void>(cloud.image().create_image({})); }));
    CHECK(throws_exactly<Cancelled>([&] { static_cast<void>(cloud.image().images().all()); }));
    Session const keystone =
        Session{f.transport, std::make_shared<Keystone>(f.server.url(), Password{.user_id = "u"})}.with(stopped);
    CHECK(throws_exactly<Cancelled>([&] { keystone.authorize(); }));
    CHECK(throws_exactly<Cancelled>([&] { static_cast<void>(keystone.endpoint("image")); }));
    CHECK(f.server.connections() == 0);
    CHECK(f.server.finish() == "");
}

TEST_CASE("A call that was ended leaves its session as it was", "[stop][row:153]") {
    Fixture f;
    f.server.script({answer(200, "before"), answer(200, "after")});
    Session const session = f.session();
    CHECK(session.send("image", get).body == "before");
    std::stop_source source;
    source.request_stop();
    CHECK(throws_exactly<Cancelled>(
        [&] { static_cast<void>(session.with({.stop = source.get_token()}).send("image", get)); }));
    CHECK(session.with({.stop = std::stop_token{}}).send("image", get).body == "after");
    CHECK(f.server.finish() == "");
}

TEST_CASE("A call that ends just as it is told to is whole or cancelled", "[stop][row:155]") {
    constexpr int rounds = 2000;
    Fixture f;
    f.server.serve([](support::ReceivedRequest const& received) {
        // Now and then it takes about as long as a call takes to look at its token.
        int const number = std::atoi(received.target.c_str() + 4);
        if (number % 100 == 99) std::this_thread::sleep_for(std::chrono::milliseconds{10 + number / 100});
        return answer_text(200, received.target);
    });
    Session const session = f.session();
    static_cast<void>(session.send("image", get));
    auto const files = open_files();
    std::vector<std::stop_source> sources(rounds);
    std::atomic<int> round = -1;
    std::atomic<int> told = -1;
    int whole = 0;
    int cancelled = 0;
    {
        std::jthread const teller([&] {
            for (int i = 0; i < rounds; ++i) {
                while (round < i) std::this_thread::yield();
                auto const until = std::chrono::steady_clock::now() + std::chrono::microseconds{i % 40 * 5};
                while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
                sources[static_cast<std::size_t>(i)].request_stop();
                told = i;
            }
        });
        for (int i = 0; i < rounds; ++i) {
            Session const own = session.with({.stop = sources[static_cast<std::size_t>(i)].get_token()});
            std::string const path = "/v2/" + std::to_string(i);
            round = i;
            try {
                if (own.send("image", {.url = path}).body == path) ++whole;
            } catch (Cancelled const&) {
                ++cancelled;
            }
            while (told < i) std::this_thread::yield();
        }
    }
    CHECK(whole + cancelled == rounds);
    CHECK(whole > 0);
    CHECK(cancelled > 0);
    CHECK(session.send("image", get).body == "/v2/images");
    CHECK(f.server.finish() == "");
    // Each cancelled call took its connection with it; one is kept.
    CHECK(open_files() <= files);
}
