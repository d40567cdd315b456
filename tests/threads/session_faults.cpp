// SPDX-License-Identifier: Apache-2.0
// One session, many threads, and services that fail now and then: each answer is with who asked for it.
#include <openstack/session.hpp>

#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <openstack/connection.hpp>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "../support/fake_clock.hpp"
#include "../support/loopback_keystone.hpp"
#include "../support/server.hpp"

using namespace openstack;
using support::answer_text, support::LoopbackKeystone, support::Server, support::token_of;

TEST_CASE("Threads get their answers in spite of faults, redirects and new tokens", "[threads][row:49][row:152]") {
    constexpr int thread_count = 32;
    constexpr int rounds = 15;
    Server server;
    LoopbackKeystone keystone{server.url()};
    std::atomic<int> number = 0;
    std::atomic<int> oldest = 1;
    server.serve([&](support::ReceivedRequest const& received) -> std::string {
        int const now = ++number;
        if (now % 150 == 0) oldest = keystone.given + 1;
        if (token_of(received) < oldest) return answer_text(401);
        if (now % 7 == 0) return answer_text(503, "busy", {{"Retry-After", "1"}});
        if (now % 11 == 0) throw std::runtime_error("the connection closes");
        std::size_t const mark = received.target.find('?');
        if (now % 13 == 0 && mark == std::string::npos)
            return answer_text(307, "", {{"Location", received.target + "?there"}});
        return answer_text(200, received.target.substr(0, mark));
    });
    {
        std::atomic<int> events = 0;
        Session const session{std::make_shared<CurlTransport>(),
                              keystone.authentication(),
                              {.deadline = {},  // the clock runs as fast as all threads together wait
                               .retries = {.connect_retries = 20, .status_code_retries = 20},
                               .concurrency = 12,
                               .observer = [&](Event const&) { ++events; },
                               .clock = std::make_shared<support::FakeClock>()}};
        std::atomic<int> right = 0;
        std::atomic<int> stopped = 0;
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < thread_count; ++thread)
                threads.emplace_back([&, thread] {
                    for (int i = 0; i < rounds; ++i) {
                        std::string const path = "/v2/" + std::to_string(thread) + '/' + std::to_string(i);
                        std::stop_source source;
                        if (i % 5 == 4) source.request_stop();
                        try {
                            Session const own = session.with({.stop = source.get_token()});
                            if (own.send("image", {.url = path}).body == path) ++right;
                        } catch (Cancelled const&) {
                            ++stopped;
                        } catch (Unauthorized const&) {
                            --i;  // the new token was too old again when it arrived
                        }
                    }
                });
        }
        CHECK(stopped == thread_count * (rounds / 5));
        CHECK(right == thread_count * rounds - stopped);
        CHECK(events >= 2 * right);
        CHECK(keystone.given > 1);
        CHECK(session.send("image", {.url = "/v2/after"}).body == "/v2/after");
    }
    CHECK(keystone.server.finish() == "");
    CHECK(server.finish() == "");
}
