// SPDX-License-Identifier: Apache-2.0
// A session and the process around it: fork, the end of the process, and callbacks that use the session themselves.
#include <openstack/session.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <openstack/auth/keystone.hpp>
#include <openstack/connection.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../support/certificates.hpp"
#include "../support/loopback_cloud.hpp"
#include "../support/loopback_keystone.hpp"
#include "../support/temporary_directory.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using namespace std::chrono_literals;
using support::answer, support::answer_text, support::LoopbackCloud, support::LoopbackKeystone, support::Server,
    support::token_of;

namespace {

/// Runs `action`, which says whether all is well, in a child process. Its status is 0 if so.
template<class Action>
pid_t in_child(Action action) {
    pid_t const process = ::fork();
    if (process != 0) return process;
    ::alarm(20);  // a child that hangs is a failure, too
    bool is_well = false;
    try {
        is_well = action();
    } catch (...) {
    }
    ::_exit(is_well ? 0 : 1);
}

int status_of(pid_t process) {
    int status = -1;
    return ::waitpid(process, &status, 0) == process ? status : -1;
}

/// Whether so many requests, whose paths begin so, are answered each with its own path.
bool all_right(Session const& session, std::string const& start, int count) {
    int right = 0;
    for (int i = 0; i < count; ++i) {
        std::string const path = start + '/' + std::to_string(i);
        if (session.send("image", {.url = path}).body == path) ++right;
    }
    return right == count;
}

/// A service that answers with the path, and its Keystone.
struct Fixture {
    Fixture() {
        server.serve([](support::ReceivedRequest const& received) { return answer_text(200, received.target); });
    }
    [[nodiscard]] Session session(SessionOptions options = {}) const {
        return {std::make_shared<CurlTransport>(), keystone.authentication(), std::move(options)};
    }

    Server server{};
    LoopbackKeystone keystone{server.url()};
};

/// Uses its session when it is destroyed.
struct Last {
    explicit Last(Session s) : session(std::move(s)) {}
    Last(Last const&) = delete;
    Last& operator=(Last const&) = delete;
    ~Last() { static_cast<void>(session.send("image", {.method = "POST", .url = "/v2/end", .is_repeatable = false})); }

    Session session;
};

}  // namespace

TEST_CASE("Child processes and their parent share no connection and no token", "[process][row:157]") {
    constexpr int children = 25;
#ifdef __SANITIZE_ADDRESS__  // GCC's name for it
#define IS_ADDRESS_SANITIZED
#endif
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_ADDRESS_SANITIZED  // whose allocator a fork() finds locked while other threads use it
#endif
#endif
#ifdef IS_ADDRESS_SANITIZED
    constexpr int parents = 0;
#else
    constexpr int parents = 8;
#endif
    Fixture f;
    Session const session = f.session();
    REQUIRE(all_right(session, "/v2/before", 3));
    std::atomic<bool> is_over = false;
    std::atomic<int> wrong = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < parents; ++i)
            threads.emplace_back([&, i] {
                while (!is_over)
                    if (!all_right(session, "/v2/parent/" + std::to_string(i), 5)) ++wrong;
            });
        for (int i = 0; i < children; ++i) {
            pid_t const process = in_child([&] { return all_right(session, "/v2/child/" + std::to_string(i), 10); });
            REQUIRE(process != -1);
            CHECK(status_of(process) == 0);
        }
        is_over = true;
    }
    CHECK(wrong == 0);
    CHECK(all_right(session, "/v2/after", 3));
    CHECK(f.keystone.given == 1 + children);
    std::set<std::size_t> connections_of_children;
    std::set<std::size_t> connections_of_parent;
    int requests_of_children = 0;
    for (support::ReceivedRequest const& each : f.server.requests()) {
        bool const is_childs = each.target.starts_with("/v2/child/");
        requests_of_children += is_childs ? 1 : 0;
        (is_childs ? connections_of_children : connections_of_parent).insert(each.connection);
        CHECK((token_of(each) == 1) == !is_childs);
    }
    CHECK(requests_of_children == children * 10);
    CHECK(connections_of_children.size() == children);
    for (std::size_t const each : connections_of_children) CHECK_FALSE(connections_of_parent.contains(each));
    CHECK(f.server.finish() == "");
}

TEST_CASE("A child waits for nothing that its parent was about to do", "[process][row:157]") {
    LoopbackCloud cloud;
    std::atomic<bool> is_busy = false;
    std::string const token = answer_text(201, R"({"token": {}})", {{"X-Subject-Token", "t"}});
    auto const busy = [&](support::Connection& connection) {
        connection.read_head();
        connection.read_body();
        is_busy = true;
        connection.wait_for_release();
    };
    auto const authentication = std::make_shared<Keystone>(cloud.server.url(), Password{.user_id = "u"});
    int statuses = 0;
    SECTION("getting a token") {
        Session const session{cloud.transport, authentication, {.endpoint = cloud.server.url("")}};
        cloud.server.script({busy, [&](support::Connection& connection) { connection.send(token); }, answer(202)});
        cloud.server.script({support::answer_with(token), answer(201)});
        std::jthread const parent([&] { statuses += session.send("image", {.url = "/v2/parent"}).status; });
        while (!is_busy) std::this_thread::yield();
        CHECK(status_of(in_child([&] { return session.send("image", {.url = "/v2/child"}).status == 201; })) == 0);
        cloud.server.release();
    }
    SECTION("being in a gate, and letting nobody else in") {
        Session const session = cloud.session({.concurrency = 1, .clock = std::make_shared<Clock>()});
        cloud.server.script({busy, [](support::Connection& connection) { connection.send(answer_text(202)); }});
        cloud.server.script({answer(201)});
        std::jthread const parent([&] { statuses += session.send("image", {.url = "/v2/parent"}).status; });
        while (!is_busy) std::this_thread::yield();
        CHECK(status_of(in_child([&] { return session.send("image", {.url = "/v2/child"}).status == 201; })) == 0);
        cloud.server.release();
    }
    CHECK(statuses == 202);
    CHECK(cloud.server.finish() == "");
}

TEST_CASE("A session ends in a child without a word to its parent's services", "[process][row:157]") {
    Fixture f;
    std::optional<Session> session{f.session()};
    REQUIRE(all_right(*session, "/v2/before", 1));
    CHECK(status_of(in_child([&] {
              session.reset();
              return true;
          })) == 0);
    CHECK(all_right(*session, "/v2/after", 1));
    CHECK(f.server.finish() == "");
    CHECK(f.server.connections() == 1);
}

// Run by the next test, in a process of its own.
TEST_CASE("What is used at the end of a process", "[.at_exit]") {
    static Last const last{{std::make_shared<CurlTransport>(TransportOptions{.ca_file = std::getenv("AT_EXIT_CA")}),
                            std::make_shared<FixedToken>("t"),
                            {.endpoint = std::getenv("AT_EXIT_URL")}}};
    static Connection const cloud{last.session};
    REQUIRE(std::atexit([] { cloud.image().delete_image("a"); }) == 0);
    static_cast<void>(last.session.send("image", {.url = "/v2/test"}));
}

TEST_CASE("A session in a static object works to the end of the process", "[process][row:168]") {
    support::TemporaryDirectory const directory;
    support::Authority const authority;
    std::string const ca_file = (directory / "ca.pem").string();
    support::write_file(ca_file, authority.certificate());
    for (bool const is_tls : {false, true}) {
        INFO(is_tls);
        Server server;
        for (int const requests : {2, 1})  // on a connection that is kept, and on a new one
            server.script({[&, requests](support::Connection& connection) {
                if (is_tls && !connection.start_tls(authority.issue(), support::TlsVersion::v1_3)) return;
                for (int i = 0; i < requests; ++i) {
                    connection.read_head();
                    connection.send(answer_text(200));
                }
            }});
        pid_t const process = ::fork();
        REQUIRE(process != -1);
        if (process == 0) {
            ::setenv("AT_EXIT_URL", server.url("", is_tls ? "https" : "http").c_str(), 1);
            ::setenv("AT_EXIT_CA", ca_file.c_str(), 1);
            ::alarm(20);
            ::execl("/proc/self/exe", "fault", "What is used at the end of a process", "-o", "/dev/null", nullptr);
            ::_exit(127);
        }
        CHECK(status_of(process) == 0);
        CHECK(server.finish() == "");
        std::vector<std::string> targets;
        for (auto const& each : server.requests()) targets.push_back(each.method + ' ' + each.target);
        CHECK(targets == std::vector<std::string>{"GET /v2/test", "DELETE /v2/images/a", "POST /v2/end"});
    }
}

TEST_CASE("A callback may use its own session", "[process][row:158]") {
    Fixture f;
    std::vector<std::string> inner;
    std::optional<Session> session;
    auto const ask = [&](std::string const& path) { inner.push_back(session->send("image", {.url = path}).body); };
    SECTION("a consumer") {
        session = f.session();
        Request outer{.url = "/v2/outer"};
        outer.consumer = [&](Response const&, std::span<std::byte const>) { ask("/v2/inner"); };
        CHECK(session->send("image", outer).status == 200);
    }
    SECTION("an observer") {
        session = f.session({.observer = [&](Event const& event) {
            if (event.url.ends_with("/v2/outer") && event.kind == EventKind::request) ask("/v2/inner");
        }});
        CHECK(session->send("image", {.url = "/v2/outer"}).body == "/v2/outer");
    }
    SECTION("a source") {
        class Asking final : public Source {
          public:
            explicit Asking(std::function<void()> ask) : ask_(std::move(ask)) {}
            std::size_t read(std::span<std::byte>) override {
                if (std::exchange(is_new_, false)) ask_();
                return 0;
            }

          private:
            std::function<void()> ask_;
            bool is_new_ = true;
        };
        session = f.session();
        Asking source{[&] { ask("/v2/inner"); }};
        Request const put{.method = "PUT", .url = "/v2/outer", .source = &source, .is_repeatable = false};
        CHECK(session->send("image", put).status == 200);
    }
    CHECK(inner == std::vector<std::string>{"/v2/inner"});
    CHECK(f.server.finish() == "");
}

TEST_CASE("A callback that waits for the turn of its own request ends with the deadline", "[process][row:158]") {
    Fixture f;
    Session const session = f.session({.concurrency = 1});
    std::string message;
    Request outer{.url = "/v2/outer"};
    outer.consumer = [&](Response const&, std::span<std::byte const>) {
        message = support::thrown<TimeoutError>(
            [&] { static_cast<void>(session.with({.deadline = 60ms}).send("image", {.url = "/v2/inner"})); });
    };
    static_cast<void>(session.send("image", outer));
    CHECK(message == "GET " + f.server.url("/v2/inner") + ": its deadline has passed (total)");
    CHECK(session.send("image", {.url = "/v2/after"}).body == "/v2/after");
    CHECK(f.server.finish() == "");
}
