// SPDX-License-Identifier: Apache-2.0
#include <openstack/session.hpp>

#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <openstack/auth/keystone.hpp>
#include <openstack/http_error.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "../support/fake_clock.hpp"
#include "../support/scripted_transport.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using namespace std::chrono_literals;
using support::FakeClock, support::ScriptedTransport, support::thrown, support::throws_exactly;

namespace {

/// Gives "1", "2" ... as tokens that live for a while.
class Tokens final : public Authentication {
  public:
    explicit Tokens(std::optional<std::chrono::milliseconds> life) : life_(life) {}

    [[nodiscard]] Authorization authorize(Transport&) override {
        ++count;
        if (is_down) throw ServerError({.status = 503, .method = "POST", .url = "http://keystone"});
        return {.token = std::to_string(count), .life = life_};
    }

    int count = 0;
    bool is_down = false;

  private:
    std::optional<std::chrono::milliseconds> life_;
};

struct Fixture {
    explicit Fixture(std::optional<std::chrono::milliseconds> life) : tokens(std::make_shared<Tokens>(life)) {}

    std::shared_ptr<ScriptedTransport> transport = std::make_shared<ScriptedTransport>();
    std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
    std::shared_ptr<Tokens> tokens;
    Session session{transport, tokens, {.endpoint = "http://cloud", .clock = clock}};

    /// The token that a request goes out with.
    std::string token() {
        transport->expect("GET", "http://cloud/v2/x", {200});
        session.send("image", {.url = "/v2/x"});
        return std::string{transport->sent().back().headers.find("X-Auth-Token").value_or("none")};
    }
};

}  // namespace

TEST_CASE("A token is renewed 120 seconds before its end", "[token_keeper][row:163]") {
    Fixture f{3600s};
    CHECK(f.token() == "1");
    f.clock->advance(3479s + 999ms);
    CHECK(f.token() == "1");
    f.clock->advance(1ms);
    CHECK(f.token() == "2");
    f.clock->advance(3479s);
    CHECK(f.token() == "2");
    CHECK(f.tokens->count == 2);
}

TEST_CASE("A short-lived token is used until it's refused", "[token_keeper][row:163]") {
    for (auto const life : {0ms, -5000ms, (std::chrono::milliseconds::min)(), 1000ms, 239'999ms}) {
        Fixture f{life};
        CHECK(f.token() == "1");
        f.clock->advance(1h);
        CHECK(f.token() == "1");
        f.transport->expect("GET", "http://cloud/v2/x", {401});
        CHECK(f.token() == "2");
    }
    Fixture f{240'000ms};
    CHECK(f.token() == "1");
    f.clock->advance(120s);
    CHECK(f.token() == "2");
}

TEST_CASE("A token without a known end is used until it's refused", "[token_keeper][row:163]") {
    for (auto const life :
         {std::optional<std::chrono::milliseconds>{}, std::optional{(std::chrono::milliseconds::max)()}}) {
        Fixture f{life};
        CHECK(f.token() == "1");
        f.clock->advance(std::chrono::hours{24 * 400});
        CHECK(f.token() == "1");
    }
}

TEST_CASE("While a renewal before time fails, the token is used on", "[token_keeper][row:164]") {
    Fixture f{3600s};
    CHECK(f.token() == "1");
    f.clock->advance(3500s);
    f.tokens->is_down = true;
    CHECK(f.token() == "1");
    CHECK(f.tokens->count == 2);
    CHECK(f.token() == "1");
    CHECK(f.tokens->count == 2);  // Keystone isn't asked each time
    f.clock->advance(10s);
    CHECK(f.token() == "1");
    CHECK(f.tokens->count == 3);
    f.tokens->is_down = false;
    f.clock->advance(10s);
    CHECK(f.token() == "4");
}

TEST_CASE("When it has ended, the failure of its renewal is the call's", "[token_keeper][row:164]") {
    Fixture f{3600s};
    CHECK(f.token() == "1");
    f.clock->advance(3600s);
    f.tokens->is_down = true;
    CHECK(throws_exactly<ServerError>([&] { f.session.send("image", {.url = "/v2/x"}); }));
    f.tokens->is_down = false;
    CHECK(f.token() == "3");
}

TEST_CASE("A refused token isn't used on, whatever its life", "[token_keeper][row:47]") {
    Fixture f{3600s};
    CHECK(f.token() == "1");
    f.tokens->is_down = true;
    f.transport->expect("GET", "http://cloud/v2/x", {401});
    CHECK(throws_exactly<ServerError>([&] { f.session.send("image", {.url = "/v2/x"}); }));
    f.tokens->is_down = false;
    f.transport->expect("GET", "http://cloud/v2/x", {401});
    f.transport->expect("GET", "http://cloud/v2/x", {401});
    CHECK(throws_exactly<Unauthorized>([&] { f.session.send("image", {.url = "/v2/x"}); }));
    CHECK(f.transport->finish() == "");
}

TEST_CASE("Requests for a token are retried as others are", "[token_keeper][row:48]") {
    /// Asks a service for its token.
    class Asking final : public Authentication {
      public:
        [[nodiscard]] Authorization authorize(Transport& transport) override {
            Response const answer = transport.send({.method = "POST", .url = "http://keystone/v3/auth/tokens"});
            return {.token = answer.body};
        }
    };
    auto const transport = std::make_shared<ScriptedTransport>();
    auto const clock = std::make_shared<FakeClock>();
    Session const session{transport, std::make_shared<Asking>(), {.endpoint = "http://cloud", .clock = clock}};
    transport->fail("POST", "http://keystone/v3/auth/tokens", ConnectionLost{"reset"});
    transport->expect("POST", "http://keystone/v3/auth/tokens", {503});
    transport->expect("POST", "http://keystone/v3/auth/tokens", {201, {}, "token"});
    transport->expect("GET", "http://cloud/v2/x", {200});
    session.send("image", {.url = "/v2/x"});
    CHECK(transport->sent().at(0).headers.find("User-Agent") == SessionOptions{}.user_agent);
    CHECK(clock->slept() == std::vector<long>{500, 1000});
    CHECK(transport->finish() == "");
}

TEST_CASE("The deadline counts what a token took", "[token_keeper]") {
    /// Takes a while.
    class Slow final : public Authentication {
      public:
        explicit Slow(std::shared_ptr<FakeClock> clock) : clock_(std::move(clock)) {}
        [[nodiscard]] Authorization authorize(Transport&) override {
            clock_->advance(4s);
            return {.token = "t"};
        }

      private:
        std::shared_ptr<FakeClock> clock_;
    };
    auto const transport = std::make_shared<ScriptedTransport>();
    auto const clock = std::make_shared<FakeClock>();
    Session const session{transport, std::make_shared<Slow>(clock), {.endpoint = "http://cloud", .clock = clock}};
    transport->expect("GET", "http://cloud/v2/x", {200});
    session.with({.deadline = 5s}).send("image", {.url = "/v2/x"});
    CHECK(transport->sent().at(0).timeouts.total == 1s);
    Session const late{transport, std::make_shared<Slow>(clock), {.endpoint = "http://cloud", .clock = clock}};
    CHECK(throws_exactly<TimeoutError>([&] { late.with({.deadline = 3s}).send("image", {.url = "/v2/x"}); }));
    CHECK(transport->finish() == "");
}

TEST_CASE("A refusal of Keystone's tells of its attempts", "[token_keeper]") {
    auto const transport = std::make_shared<ScriptedTransport>();
    for (int i = 0; i < 4; ++i) transport->expect("POST", "http://keystone/v3/auth/tokens", {503});
    Session const session{transport,
                          std::make_shared<Keystone>("http://keystone", Password{.user_id = "u"}),
                          {.clock = std::make_shared<FakeClock>()}};
    CHECK(thrown<ServerError>([&] { session.authorize(); }) ==
          "POST http://keystone/v3/auth/tokens: 503 (4 attempts; no retry is left)");
}

TEST_CASE("A stop token that throws while a token fails leaves the next call its turn", "[token_keeper]") {
    struct Throwing {
        std::shared_ptr<bool> is_armed;
        [[nodiscard]] bool stop_requested() const { return *is_armed ? throw std::runtime_error("stop?") : false; }
    };
    class Failing final : public Authentication {
      public:
        [[nodiscard]] Authorization authorize(Transport&) override {
            if (!std::exchange(*is_armed, false)) {
                *is_armed = true;
                throw ServerError({.status = 503, .method = "POST", .url = "http://keystone"});
            }
            return {.token = "2"};
        }
        std::shared_ptr<bool> is_armed = std::make_shared<bool>(false);
    };
    auto const transport = std::make_shared<ScriptedTransport>();
    auto const failing = std::make_shared<Failing>();
    Session const session{transport, failing, {.endpoint = "http://cloud", .clock = std::make_shared<FakeClock>()}};
    CHECK(throws_exactly<std::runtime_error>([&] { session.with({.stop = Throwing{failing->is_armed}}).authorize(); }));
    session.authorize();
    transport->expect("GET", "http://cloud/v2/x", {200});
    session.send("image", {.url = "/v2/x"});
    CHECK(transport->sent().back().headers.find("X-Auth-Token") == "2");
}
