// SPDX-License-Identifier: Apache-2.0
// CurlTransport and the process around it: threads, fork, signals, file descriptors.
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <memory>
#include <openstack/curl_transport.hpp>
#include <openstack/file.hpp>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../support/requests.hpp"
#include "../support/server.hpp"
#include "../support/thrown.hpp"

using namespace std::chrono_literals;
using openstack::CurlTransport, openstack::TransportError, openstack::detail::FileDescriptor;
using support::answer, support::answer_text, support::request, support::Server, support::throws_exactly;

namespace {

std::string echo(support::ReceivedRequest const& received) { return answer_text(200, received.target); }

auto open_files() {
    return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, std::filesystem::directory_iterator{});
}

}  // namespace

TEST_CASE("Threads share a transport", "[process][row:152]") {
    Server server;
    server.serve(echo);
    CurlTransport transport;
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 16; ++thread)
        threads.emplace_back([&, thread] {
            for (int i = 0; i < 20; ++i) {
                std::string const target = '/' + std::to_string(thread) + '/' + std::to_string(i);
                if (transport.send(request(server.url(target))).body != target) ++wrong;
            }
        });
    for (std::thread& each : threads) each.join();
    CHECK(wrong == 0);
    CHECK(server.connections() <= 16);
    CHECK(server.finish() == "");
}

TEST_CASE("A child process leaves its parent's connections alone", "[process][row:157]") {
    Server server;
    server.serve(echo);
    CurlTransport transport;
    REQUIRE(transport.send(request(server.url("/before"))).body == "/before");
    int wrong = 0;
    auto const exchange = [&](std::string const& target) {
        if (transport.send(request(server.url(target))).body != target) ++wrong;
    };
    for (int child = 0; child < 10; ++child) {
        pid_t const process = ::fork();
        REQUIRE(process != -1);
        if (process == 0) {
            for (int i = 0; i < 10; ++i) exchange("/child/" + std::to_string(i));
            ::_exit(wrong == 0 ? 0 : 1);
        }
        for (int i = 0; i < 10; ++i) exchange("/parent/" + std::to_string(i));
        int status = -1;
        REQUIRE(::waitpid(process, &status, 0) == process);
        CHECK(status == 0);
    }
    CHECK(wrong == 0);
    for (support::ReceivedRequest const& each : server.requests()) {
        CHECK((each.connection == 1) == !each.target.starts_with("/child"));
    }
    CHECK(server.connections() == 11);
    CHECK(server.finish() == "");
}

TEST_CASE("A handle of the parent process isn't touched where it is given back", "[process][row:157]") {
    /// Says that it's inherited.
    class Inherited : public openstack::detail::CurlHandle {
      public:
        [[nodiscard]] static bool is_of_this_process() { return false; }
        void reset() { ++resets(); }
        static int& resets() {
            static int count = 0;
            return count;
        }
    };
    openstack::detail::CurlPool<openstack::TransportOptions, Inherited> pool{{}};
    pool.give_back(pool.take());
    CHECK(Inherited::resets() == 0);
}

TEST_CASE("A child process doesn't close its parent's connections", "[process][row:157]") {
    Server server;
    server.serve(echo);
    std::optional<CurlTransport> transport{std::in_place};
    REQUIRE(transport->send(request(server.url("/a"))).body == "/a");
    pid_t const process = ::fork();
    REQUIRE(process != -1);
    if (process == 0) {
        auto const before = open_files();
        transport.reset();
        ::_exit(open_files() == before ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(process, &status, 0) == process);
    CHECK(status == 0);
    CHECK(server.finish() == "");
}

TEST_CASE("Interrupted system calls disturb nothing", "[process][row:31]") {
    sigset_t alarm;
    ::sigemptyset(&alarm);
    ::sigaddset(&alarm, SIGALRM);
    ::pthread_sigmask(SIG_BLOCK, &alarm, nullptr);  // for the threads of the server
    Server server;
    server.serve([](support::ReceivedRequest const&) {
        std::this_thread::sleep_for(5ms);  // so that the client has to wait
        return answer_text(200, std::string(2'000'000, 'x'));
    });
    REQUIRE(server.connections() == 0);
    struct sigaction counting {};
    struct sigaction before {};
    static volatile sig_atomic_t signals = 0;
    counting.sa_handler = [](int) { signals = signals + 1; };
    ::sigaction(SIGALRM, &counting, &before);
    ::pthread_sigmask(SIG_UNBLOCK, &alarm, nullptr);
    itimerval const often{{0, 1000}, {0, 1000}};
    ::setitimer(ITIMER_REAL, &often, nullptr);
    {
        CurlTransport transport;
        for (int i = 0; i < 20 || signals < 20; ++i)
            CHECK(transport.send(request(server.url())).body.size() == 2'000'000);
    }
    itimerval const never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::sigaction(SIGALRM, &before, nullptr);
    CHECK(signals >= 20);
    CHECK(server.finish() == "");
}

TEST_CASE("Without file descriptors it fails, and recovers with them", "[process][row:32]") {
    Server server;
    server.serve(echo);
    CurlTransport transport;
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit none = before;
    {
        FileDescriptor const next{::dup(0)};
        none.rlim_cur = static_cast<rlim_t>(next.get());
    }
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    bool has_failed = false;
    try {
        static_cast<void>(transport.send(request(server.url("/a"))));
    } catch (TransportError const&) {
        has_failed = true;
    }
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(has_failed);
    CHECK(transport.send(request(server.url("/a"))).body == "/a");
    CHECK(server.finish() == "");
}

TEST_CASE("Nothing stays open after failures", "[process][row:33]") {
    auto const before = open_files();
    {
        Server server;
        CurlTransport transport;
        for (int i = 0; i < 20; ++i) {
            server.script({[](support::Connection& connection) { connection.read_head(); }, support::reset()});
            CHECK(throws_exactly<openstack::ConnectionLost>(
                [&] { static_cast<void>(transport.send(request(server.url()))); }));
        }
        server.script({answer(200)});
        CHECK(transport.send(request(server.url())).status == 200);
        CHECK(server.finish() == "");
    }
    CHECK(open_files() == before);
}
