// SPDX-License-Identifier: Apache-2.0
// Tokens that live for seconds, on a real Keystone: they end while threads use them.
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <openstack/openstack.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "../live/cloud.hpp"

using namespace std::chrono_literals;

namespace {

constexpr int thread_count = 16;

/// Whether the Image service still takes the token.
bool is_taken(std::string const& token) {
    openstack::CurlTransport transport;
    openstack::Request request{.url = live::variable("GLANCE_URL") + "/v2/images?limit=1"};
    request.headers.set("X-Auth-Token", token);
    return transport.send(request).status == 200;
}

/// What the threads' requests threw, if anything; they start at the same time.
std::vector<std::string> failures_of_threads(openstack::Session const& session) {
    std::mutex mutex;
    std::condition_variable all_there;
    int waiting = 0;
    std::vector<std::string> failures;
    std::vector<std::thread> threads;
    for (int i = 0; i < thread_count; ++i)
        threads.emplace_back([&] {
            {
                std::unique_lock lock{mutex};
                if (++waiting == thread_count) all_there.notify_all();
                all_there.wait(lock, [&] { return waiting == thread_count; });
            }
            try {
                static_cast<void>(openstack::Connection{session}.image().images(openstack::max_items(1)).all());
            } catch (std::exception const& error) {
                std::lock_guard const lock{mutex};
                failures.emplace_back(error.what());
            }
        });
    for (std::thread& each : threads) each.join();
    return failures;
}

}  // namespace

TEST_CASE("A token that has expired is renewed by one request, whoever needs it", "[expiring]") {
    live::Cloud const cloud{"demo", "demo"};
    for (int round = 0; round < 2; ++round) {
        CHECK(failures_of_threads(cloud.session()).empty());
        std::string const token{cloud.sent().back().headers.find("X-Auth-Token").value_or("")};
        REQUIRE_FALSE(token.empty());
        auto const give_up = std::chrono::steady_clock::now() + 60s;
        while (is_taken(token) && std::chrono::steady_clock::now() < give_up) std::this_thread::sleep_for(50ms);
        REQUIRE_FALSE(is_taken(token));

        CHECK(failures_of_threads(cloud.session()).empty());
        std::size_t renewals = 0;
        std::set<std::string> tokens;
        for (live::Sent const& each : cloud.sent()) {
            if (each.target.ends_with("/v3/auth/tokens")) ++renewals;
            if (auto const used = each.headers.find("X-Auth-Token")) tokens.emplace(*used);
        }
        CHECK(renewals == 1);
        CHECK(tokens.size() == 2);  // the one that had expired, and the new one
    }
}
