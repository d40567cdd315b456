// SPDX-License-Identifier: Apache-2.0
// One session, many threads: one token for all, renewed once, and each answer with who asked for it.
#include <openstack/session.hpp>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <openstack/auth/keystone.hpp>
#include <openstack/curl_transport.hpp>
#include <openstack/image/v2/proxy.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "../support/scripted_transport.hpp"
#include "../support/server.hpp"

using namespace openstack;

namespace {

constexpr int thread_count = 32;

/// Runs the action in all threads, which begin at the same time. Throws on what one of them throws.
void in_threads(std::function<void(int thread)> const& action) {
    std::mutex mutex;
    std::condition_variable all_there;
    int waiting = 0;
    std::exception_ptr failure;
    std::vector<std::thread> threads;
    for (int i = 0; i < thread_count; ++i)
        threads.emplace_back([&, i] {
            {
                std::unique_lock lock{mutex};
                if (++waiting == thread_count) all_there.notify_all();
                all_there.wait(lock, [&] { return waiting == thread_count; });
            }
            try {
                action(i);
            } catch (...) {
                std::lock_guard const lock{mutex};
                failure = std::current_exception();
            }
        });
    for (std::thread& each : threads) each.join();
    if (failure) std::rethrow_exception(failure);
}

/// Gives "1", "2" ... as tokens.
class Tokens final : public Authentication {
  public:
    [[nodiscard]] Authorization authorize(Transport&) override {
        if (is_busy.exchange(true)) was_busy = true;
        std::string token = std::to_string(++count);
        is_busy = false;
        return {.token = std::move(token),
                .project_id = "p",
                .catalog = {{"image", "public", "One", "http://cloud"}, {"identity", "public", "One", "http://k"}}};
    }

    std::atomic<int> count = 0;
    std::atomic<bool> is_busy = false;
    std::atomic<bool> was_busy = false;
};

/// Answers with the path that was asked for; refuses tokens that are too old.
class Echo final : public Transport {
  public:
    [[nodiscard]] Response send(Request const& request) override {
        ++requests;
        if (std::stoi(std::string{request.headers.find("X-Auth-Token").value_or("0")}) < oldest) return {401};
        std::string_view url = request.url;
        return {200, {}, std::string{url.substr(url.rfind('/') + 1)}};
    }
    [[nodiscard]] std::unique_ptr<ResponseStream> open(Request const&) override { throw std::logic_error("not used"); }

    std::atomic<int> requests = 0;
    std::atomic<int> oldest = 1;
};

struct Fixture {
    std::shared_ptr<Echo> echo = std::make_shared<Echo>();
    std::shared_ptr<Tokens> tokens = std::make_shared<Tokens>();
    Session session{echo, tokens};
    std::atomic<int> wrong = 0;

    void ask(std::string const& name) {
        if (session.send("image", {.url = "/v2/" + name}).body != name) ++wrong;
    }
};

}  // namespace

TEST_CASE("Threads that begin at once ask for one token", "[threads][row:152]") {
    Fixture fixture;
    in_threads([&](int thread) {
        Session const copy = fixture.session;
        for (int i = 0; i < 50; ++i) fixture.ask(std::to_string(thread) + '-' + std::to_string(i));
        if (copy.project_id() != "p" || copy.endpoint("identity") != "http://k" || copy.has_service("none"))
            ++fixture.wrong;
    });
    CHECK(fixture.wrong == 0);
    CHECK(fixture.tokens->count == 1);
    CHECK(fixture.echo->requests == thread_count * 50);
}

TEST_CASE("Sessions of several threads share one Keystone", "[threads][row:152]") {
    /// Has version 3 elsewhere than where one first looks.
    class Elsewhere final : public Transport {
      public:
        [[nodiscard]] Response send(Request const& request) override {
            if (request.url == "http://keystone/identity/v3/auth/tokens")
                return {201, {{"X-Subject-Token", "t"}}, R"({"token": {"project": {"id": "p"}}})"};
            if (request.method != "GET") return {404};
            return {200, {}, R"({"version": {"id": "v3.14", "links": [{"rel": "self", "href": "/identity/v3/"}]}})"};
        }
        [[nodiscard]] std::unique_ptr<ResponseStream> open(Request const&) override { return nullptr; }
    };
    auto const transport = std::make_shared<Elsewhere>();
    auto const keystone =
        std::make_shared<Keystone>("http://keystone", Password{.user_id = "u", .password = "p"}, Scope{});
    std::atomic<int> right = 0;
    in_threads([&](int) {
        for (int i = 0; i < 20; ++i) right += Session{transport, keystone}.project_id() == "p" ? 1 : 0;
    });
    CHECK(right == thread_count * 20);
}

TEST_CASE("A token that all threads find refused is renewed exactly once", "[threads][row:49]") {
    Fixture fixture;
    for (int round = 1; round <= 20; ++round) {
        in_threads([&](int thread) {
            fixture.ask(std::to_string(thread));
            if (thread == 0) fixture.echo->oldest = round + 1;
            for (int i = 0; i < 5; ++i) fixture.ask(std::to_string(thread));
        });
        CHECK(fixture.tokens->count == round + 1);
    }
    CHECK(fixture.wrong == 0);
    CHECK_FALSE(fixture.tokens->was_busy);
}

TEST_CASE("Threads look for services while the catalog is replaced", "[threads][row:152]") {
    Fixture fixture;
    in_threads([&](int thread) {
        for (int i = 1; i <= 100; ++i) {
            if (thread == 0) {
                fixture.echo->oldest = fixture.tokens->count + 1;
                fixture.ask(std::to_string(i));
            } else if (fixture.session.endpoint("identity") != "http://k" || fixture.session.has_service("none")) {
                ++fixture.wrong;
            }
        }
    });
    CHECK(fixture.wrong == 0);
    CHECK(fixture.tokens->count > 1);
}

TEST_CASE("Threads that wait for a token get the error that it ends with, and the next asks again",
          "[threads][row:164]") {
    /// Knows how many threads have begun to wait.
    class CountingClock final : public Clock {
      public:
        void sleep(std::chrono::milliseconds duration) override {
            {
                std::lock_guard const lock{mutex_};
                waiting_.insert(std::this_thread::get_id());
            }
            Clock::sleep(duration);
        }
        [[nodiscard]] std::size_t threads() {
            std::lock_guard const lock{mutex_};
            return waiting_.size();
        }

      private:
        std::mutex mutex_;
        std::set<std::thread::id> waiting_;
    };
    /// Fails once all others wait.
    class Failing final : public Authentication {
      public:
        explicit Failing(std::shared_ptr<CountingClock> clock) : clock_(std::move(clock)) {}
        [[nodiscard]] Authorization authorize(Transport&) override {
            if (++count > 1) return {.token = "2"};
            while (clock_->threads() < thread_count - 1) std::this_thread::yield();
            throw ConnectError("Keystone is away");
        }
        std::atomic<int> count = 0;

      private:
        std::shared_ptr<CountingClock> clock_;
    };
    auto const clock = std::make_shared<CountingClock>();
    auto const failing = std::make_shared<Failing>(clock);
    Session const session{std::make_shared<Echo>(), failing, {.endpoint = "http://cloud", .clock = clock}};
    std::atomic<int> failed = 0;
    in_threads([&](int thread) {
        try {
            static_cast<void>(session.send("image", {.url = "/v2/" + std::to_string(thread)}));
        } catch (ConnectError const& error) {
            if (std::string_view{error.what()} == "Keystone is away") ++failed;
        }
    });
    CHECK(failed == thread_count);
    CHECK(failing->count == 1);
    CHECK(session.send("image", {.url = "/v2/x"}).body == "x");
    CHECK(failing->count == 2);
}

TEST_CASE("Whose call ends while it gets a token leaves that to the next", "[threads][row:153]") {
    std::atomic<bool> is_stopped = false;
    struct Flag {
        std::atomic<bool>* flag;
        [[nodiscard]] bool stop_requested() const { return *flag; }
    };
    /// The first of the requests for a token ends its caller's call.
    class Stopping final : public Authentication {
      public:
        explicit Stopping(std::atomic<bool>& flag) : flag_(flag) {}
        [[nodiscard]] Authorization authorize(Transport& transport) override {
            if (++count == 1) flag_ = true;
            static_cast<void>(transport.send({.url = "http://keystone/0"}));
            return {.token = "5"};
        }
        std::atomic<int> count = 0;

      private:
        std::atomic<bool>& flag_;
    };
    auto const stopping = std::make_shared<Stopping>(is_stopped);
    Session const session{std::make_shared<Echo>(), stopping, {.endpoint = "http://cloud", .retries = no_retries}};
    std::atomic<int> cancelled = 0;
    std::atomic<int> right = 0;
    in_threads([&](int thread) {
        Session const own = thread == 0 ? session.with({.stop = Flag{&is_stopped}}) : session;
        try {
            if (own.send("image", {.url = "/v2/x"}).body == "x") ++right;
        } catch (Cancelled const&) {
            ++cancelled;
        }
    });
    CHECK(cancelled <= 1);
    CHECK(right + cancelled == thread_count);
    CHECK(stopping->count <= 2);
}

TEST_CASE("Threads keep to a gate's concurrency", "[threads]") {
    /// Counts who is inside.
    class Crowd final : public Transport {
      public:
        [[nodiscard]] Response send(Request const&) override {
            int const now = ++inside;
            for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) continue;
            std::this_thread::yield();
            --inside;
            return {200};
        }
        [[nodiscard]] std::unique_ptr<ResponseStream> open(Request const&) override { return nullptr; }
        std::atomic<int> inside = 0;
        std::atomic<int> most = 0;
    };
    auto const crowd = std::make_shared<Crowd>();
    Session const session{crowd, std::make_shared<Tokens>(), {.endpoint = "http://cloud", .concurrency = 3}};
    in_threads([&](int) {
        for (int i = 0; i < 10; ++i) static_cast<void>(session.send("image", {.url = "/v2/x"}));
    });
    CHECK(crowd->most <= 3);
    CHECK(crowd->inside == 0);
}

TEST_CASE("Threads share a proxy", "[threads][row:152]") {
    /// Answers each GET of an image with that image.
    class Images final : public Transport {
      public:
        [[nodiscard]] Response send(Request const& request) override {
            std::string const id = request.url.substr(request.url.rfind('/') + 1);
            if (request.method == "DELETE") return {id == "7" ? 404 : 204};
            if (id.starts_with("images?"))
                return {200,
                        {},
                        R"({"images": [{"id": "a"}, {"id": "b"}])" +
                            std::string{id.find("marker") == id.npos ? R"(, "next": "?marker=b"})" : "}"}};
            return {200, {}, R"({"id": ")" + id + R"(", "tags": ["x"], "name": "n"})"};
        }
        [[nodiscard]] std::unique_ptr<ResponseStream> open(Request const&) override {
            throw std::logic_error("not used");
        }
    };
    image::v2::Proxy const glance{{std::make_shared<Images>(), std::make_shared<Tokens>()}};
    std::atomic<int> wrong = 0;
    in_threads([&](int thread) {
        std::string const id = std::to_string(thread);
        for (int i = 0; i < 10; ++i) {
            if (glance.get_image(id).id != id) ++wrong;
            if (glance.update_image(id, {.name = "m"}).id != id) ++wrong;
            if (glance.images(where<&image::v2::Image::name> == id).all().size() != 4) ++wrong;
            glance.delete_image(id);
        }
    });
    CHECK(wrong == 0);
}

TEST_CASE("Threads share the connections of a transport, streams included", "[threads][row:152]") {
    support::Server server;
    server.serve([](support::ReceivedRequest const& received) { return support::answer_text(200, received.target); });
    {
        Session const session{
            std::make_shared<CurlTransport>(), std::make_shared<Tokens>(), {.endpoint = server.url("")}};
        std::atomic<int> wrong = 0;
        in_threads([&](int thread) {
            for (int i = 0; i < 10; ++i) {
                std::string const path = "/v2/" + std::to_string(thread) + '/' + std::to_string(i);
                if (session.send("image", {.url = path}).body != path) ++wrong;
                std::string pulled;
                auto const answer = session.open("image", {.url = path});
                for (auto piece = answer->next(); !piece.empty(); piece = answer->next())
                    pulled.append(reinterpret_cast<char const*>(piece.data()), piece.size());
                if (pulled != path) ++wrong;
            }
        });
        CHECK(wrong == 0);
        CHECK(server.connections() <= thread_count);
    }
    CHECK(server.finish() == "");
}

TEST_CASE("A session ends with its last thread", "[threads][row:156]") {
    std::weak_ptr<Echo> transport;
    std::optional<Fixture> fixture{std::in_place};
    transport = fixture->echo;
    std::vector<Session> copies(thread_count, fixture->session);
    fixture.reset();
    std::atomic<int> wrong = 0;
    in_threads([&](int thread) {
        Session const own = std::exchange(copies[static_cast<std::size_t>(thread)],
                                          Session{std::make_shared<Echo>(), std::make_shared<Tokens>()});
        if (own.send("image", {.url = "/v2/x"}).body != "x") ++wrong;
    });
    CHECK(wrong == 0);
    copies.clear();
    CHECK(transport.expired());
}

TEST_CASE("A scripted transport counts what threads send", "[threads]") {
    support::ScriptedTransport transport;
    for (int i = 0; i < thread_count; ++i) transport.expect("GET", "http://cloud/", {200});
    in_threads([&](int) { static_cast<void>(transport.send({.url = "http://cloud/"})); });
    CHECK(transport.finish() == "");
    CHECK(transport.sent().size() == thread_count);
}
