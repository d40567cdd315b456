// SPDX-License-Identifier: Apache-2.0
#include <openstack/session.hpp>

#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <openstack/auth/fixed_token.hpp>
#include <openstack/source.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../support/fake_clock.hpp"
#include "../support/scripted_transport.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using namespace std::chrono_literals;
using support::FakeClock, support::ScriptedTransport, support::thrown, support::throws_exactly;

namespace {

using Waits = std::vector<long>;

/// A service at http://cloud, a clock that only sleeping moves.
struct Fixture {
    std::shared_ptr<ScriptedTransport> transport = std::make_shared<ScriptedTransport>();
    std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();

    [[nodiscard]] Session session(SessionOptions options = {}) const {
        options.endpoint = "http://cloud";
        options.clock = clock;
        return {transport, std::make_shared<FixedToken>(), std::move(options)};
    }
    void answer(std::string method, Response response) {
        transport->expect(std::move(method), "http://cloud/v2/x", std::move(response));
    }
    template<class Exception>
    void fail(std::string method, Exception exception) {
        transport->fail(std::move(method), "http://cloud/v2/x", std::move(exception));
    }
    int send(Request request, SessionOptions options = {}) const {
        request.url = "/v2/x";
        return session(std::move(options)).send("image", std::move(request)).status;
    }
};

Request const get{};
Request const post{.method = "POST", .body = "{}", .is_repeatable = false};
Request const repeatable_post{.method = "POST", .body = "{}", .is_repeatable = true};

/// The waits before a GET succeeded that first got that answer.
Waits waits_after(Response answer, long long unix_time = 0) {
    Fixture f;
    f.clock->unix_seconds = unix_time;
    f.answer("GET", std::move(answer));
    f.answer("GET", {200});
    CHECK(f.send(get) == 200);
    CHECK(f.transport->finish() == "");
    return f.clock->slept();
}

/// What becomes of a GET whose first answer is that, where nothing is sent again.
std::string refusal(Response answer, SessionOptions const& options = {}) {
    Fixture f;
    f.answer("GET", std::move(answer));
    std::string said = "nothing thrown";
    try {
        f.send(get, options);
    } catch (HttpError const& error) {
        said = error.what();
    }
    return said + f.transport->finish();
}

}  // namespace

TEST_CASE("What may pass is tried again, after waits that double", "[retry][row:69]") {
    Fixture f;
    for (int i = 0; i < 3; ++i) f.answer("GET", {503});
    f.answer("GET", {200});
    CHECK(f.send(get) == 200);
    CHECK(f.clock->slept() == Waits{500, 1000, 2000});
    CHECK(f.transport->finish() == "");
}

TEST_CASE("Chance leaves out at most a half of a wait", "[retry][row:69]") {
    for (auto const& [chance, wait] : {std::pair{0.0, 500L}, {0.5, 375L}, {0.999, 251L}}) {
        Fixture f;
        f.clock->chance = chance;
        f.answer("GET", {502});
        f.answer("GET", {200});
        f.send(get);
        CHECK(f.clock->slept() == Waits{wait});
    }
}

TEST_CASE("A wait doesn't grow beyond its limit", "[retry]") {
    Fixture f;
    for (int i = 0; i < 5; ++i) f.answer("GET", {504});
    f.answer("GET", {200});
    RetryOptions const often{.status_code_retries = 9, .first_delay = 400ms, .max_delay = 1000ms};
    CHECK(f.send(get, {.retries = often}) == 200);
    CHECK(f.clock->slept() == Waits{400, 800, 1000, 1000, 1000});
}

TEST_CASE("The longest waits there are don't overflow", "[retry]") {
    Fixture f;
    for (int i = 0; i < 3; ++i) f.answer("GET", {503});
    f.answer("GET", {200});
    constexpr auto longest = (std::chrono::milliseconds::max)();
    RetryOptions const patient{.first_delay = 1000h, .max_delay = longest, .max_retry_after = longest};
    CHECK(f.send(get, {.deadline = longest, .retries = patient}) == 200);
    CHECK(f.clock->slept() == Waits{3'600'000'000, 7'200'000'000, 14'400'000'000});
    f.answer("GET", {503});
    CHECK(throws_exactly<ServerError>(
        [&] { f.send(get, {.deadline = 0ms, .retries = {.first_delay = longest, .max_delay = longest}}); }));
}

TEST_CASE("Each failure of a connection is retried if the request may be repeated", "[retry][row:1][row:7][row:8]") {
    Fixture f;
    f.fail("GET", ConnectError{"refused"});
    f.fail("GET", ConnectionLost{"reset"});
    f.fail("GET", TimeoutError{"stall"});
    f.answer("GET", {200});
    CHECK(f.send(get) == 200);
    CHECK(f.clock->slept() == Waits{500, 1000, 2000});

    for (int i = 0; i < 4; ++i) f.fail("GET", ConnectionLost{"reset"});
    CHECK(thrown<ConnectionLost>([&] { f.send(get); }) == "reset (4 attempts; no retry is left)");
    f.fail("POST", ConnectionLost{"reset"});
    CHECK(thrown<ConnectionLost>([&] { f.send(post); }) == "reset (not repeated: the service may have acted on it)");
    f.fail("POST", TimeoutError{"response"});
    CHECK(throws_exactly<TimeoutError>([&] { f.send(post); }));
    f.fail("POST", ConnectionLost{"reset"});
    f.answer("POST", {201});
    CHECK(f.send(repeatable_post) == 201);
    CHECK(f.transport->finish() == "");
}

TEST_CASE("What never left is sent again, whatever it is", "[retry][row:1][row:4][row:43]") {
    Fixture f;
    f.fail("POST", ConnectError{"refused"});
    f.fail("POST", TimeoutError{"connect", Repetition::harmless});
    f.fail("POST", TlsError{"reset in the handshake", Repetition::harmless});
    f.answer("POST", {201});
    CHECK(f.send(post) == 201);
    CHECK(f.transport->finish() == "");
}

TEST_CASE("What would fail again isn't tried again", "[retry][row:35][row:14]") {
    Fixture f;
    f.fail("GET", TlsError{"untrusted"});
    CHECK(thrown<TlsError>([&] { f.send(get); }) == "untrusted");
    f.fail("GET", ProtocolError{"not HTTP"});
    CHECK(thrown<ProtocolError>([&] { f.send(get); }) == "not HTTP");
    f.fail("GET", ResponseTooLarge{"16 MiB"});
    CHECK(thrown<ResponseTooLarge>([&] { f.send(get); }) == "16 MiB");
    f.fail("GET", SourceError{"shrank"});
    CHECK(thrown<SourceError>([&] { f.send(get); }) == "shrank");
    CHECK(f.clock->slept().empty());
    CHECK(f.transport->finish() == "");
}

TEST_CASE("Statuses that won't change aren't tried again", "[retry][row:54][row:60][row:61][row:68]") {
    for (int const status :
         {400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413, 415, 416, 422, 428, 451, 501, 505})
        CHECK(refusal({status}) == "GET http://cloud/v2/x: " + std::to_string(status));
}

TEST_CASE("A failure of the service is no reason to repeat what mustn't be", "[retry][row:67]") {
    for (int const status : {500, 502, 503, 504}) {
        Fixture f;
        f.answer("POST", {status});
        CHECK(thrown<ServerError>([&] { f.send(post); }) == "POST http://cloud/v2/x: " + std::to_string(status) +
                                                                " (not repeated: the service may have acted on it)");
        f.answer("POST", {status});
        f.answer("POST", {201});
        CHECK(f.send(repeatable_post) == 201);
        CHECK(f.transport->finish() == "");
    }
}

TEST_CASE("What the service puts off is sent again, whatever it is", "[retry][row:55][row:66]") {
    for (Response const& later :
         {Response{408}, Response{429}, Response{429, {{"Retry-After", "1"}}}, Response{503, {{"Retry-After", "1"}}}}) {
        Fixture f;
        f.answer("POST", later);
        f.answer("POST", {201});
        CHECK(f.send(post) == 201);
        CHECK(f.transport->finish() == "");
    }
}

TEST_CASE("Retry-After is heeded in each of its forms", "[retry][row:64][row:65]") {
    CHECK(waits_after({429, {{"Retry-After", "1"}}}) == Waits{1000});
    CHECK(waits_after({503, {{"Retry-After", "7"}}}) == Waits{7000});
    CHECK(waits_after({429, {{"Retry-After", "0"}}}) == Waits{500});
    constexpr long long then = 784'111'777;  // Sun, 06 Nov 1994 08:49:37 GMT
    for (char const* date :
         {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
        CHECK(waits_after({429, {{"Retry-After", date}}}, then - 20) == Waits{20'000});
        CHECK(waits_after({429, {{"Retry-After", date}}}, then + 20) == Waits{500});
    }
}

TEST_CASE("A date is counted from the service's own clock", "[retry][row:65][row:162]") {
    Headers const headers{{"Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"}, {"Date", "Sun, 06 Nov 1994 08:49:07 GMT"}};
    CHECK(waits_after({429, headers}, 2'000'000'000) == Waits{30'000});
}

TEST_CASE("A Retry-After that makes no sense is none", "[retry][row:65]") {
    for (char const* odd : {"abc", "-5", "3.5", "", "1 2", "NaN", "Mon, 99 Foo 2000 25:61:61 GMT", "0x10"}) {
        CAPTURE(odd);
        CHECK(waits_after({429, {{"Retry-After", odd}}}) == Waits{500});
    }
    CHECK(waits_after({429, {{"Retry-After", "2"}, {"Retry-After", "9"}}}) == Waits{2000});
}

TEST_CASE("A service that asks for too long a wait isn't waited for", "[retry][row:65]") {
    for (char const* seconds : {"61", "9223372036854775807", "99999999999999999999"})
        CHECK(refusal({429, {{"Retry-After", seconds}}}) ==
              "GET http://cloud/v2/x: 429 (the service asks for a longer wait than is allowed)");
    CHECK(waits_after({429, {{"Retry-After", "60"}}}) == Waits{60'000});
}

TEST_CASE("No attempt begins after the deadline, and no wait goes beyond it", "[retry][row:71]") {
    Fixture f;
    for (int i = 0; i < 2; ++i) f.answer("GET", {503});
    CHECK(thrown<ServerError>([&] { f.send(get, {.deadline = 2s, .retries = {.first_delay = 1s}}); }) ==
          "GET http://cloud/v2/x: 503 (2 attempts; the deadline leaves no time for a retry)");
    CHECK(f.clock->slept() == Waits{1000});
    CHECK(f.transport->finish() == "");
}

TEST_CASE("Each attempt gets what is left of the deadline", "[retry][row:21]") {
    Fixture f;
    f.answer("GET", {503});
    f.answer("GET", {200});
    f.send(get, {.timeouts = {.stall = 3s, .total = 7s}, .deadline = 7200ms});
    CHECK(f.transport->sent().at(0).timeouts.total == 7000ms);
    CHECK(f.transport->sent().at(1).timeouts.total == 6700ms);
    CHECK(f.transport->sent().at(1).timeouts.stall == 3s);
}

TEST_CASE("How often, and after which wait, is for the session and for each service to say", "[retry]") {
    SessionOptions options{.retries = {.status_code_retries = 1, .status_code_retry_delay = 70ms}};
    options.services["image"].retries = RetryOptions{.connect_retries = 2, .connect_retry_delay = 30ms};
    Fixture f;
    for (int i = 0; i < 3; ++i) f.fail("GET", ConnectError{"refused"});
    CHECK(thrown<ConnectError>([&] { f.send(get, options); }) == "refused (3 attempts; no retry is left)");
    CHECK(f.clock->slept() == Waits{30, 30});
    for (int i = 0; i < 2; ++i) f.answer("GET", {500});
    CHECK(throws_exactly<ServerError>([&] { f.session(options).send("compute", {.url = "/v2/x"}); }));
    CHECK(f.clock->slept() == Waits{70});
    CHECK(refusal({500}, {.retries = {.retriable_status_codes = {503}}}) == "GET http://cloud/v2/x: 500");
    CHECK(refusal({503}, {.retries = no_retries}) == "GET http://cloud/v2/x: 503");
    CHECK(f.transport->finish() == "");
}

TEST_CASE("A source is sent again from its first byte, or not at all", "[retry][row:141][row:70]") {
    auto const put = [](Fixture& f, Source& source) {
        Request request{.method = "PUT", .source = &source, .is_repeatable = false};
        return f.send(std::move(request));
    };
    Fixture f;
    f.answer("PUT", {503, {{"Retry-After", "1"}}});
    f.answer("PUT", {204});
    CHECK(put(f, *from_memory("abc")) == 204);
    CHECK(f.transport->sent().at(1).body == "abc");

    auto const pipe = from_callback([left = 1](std::span<std::byte> buffer) mutable {
        buffer[0] = std::byte{'x'};
        return static_cast<std::size_t>(left-- > 0 ? 1 : 0);
    });
    f.fail("PUT", ConnectError{"refused"});
    f.answer("PUT", {429});
    CHECK(thrown<RateLimited>([&] { put(f, *pipe); }) ==
          "PUT http://cloud/v2/x: 429 (2 attempts; not repeated: its source can't be read again)");
    f.answer("PUT", {503});
    CHECK(throws_exactly<ServerError>([&] { put(f, *from_memory("abc")); }));
    CHECK(f.transport->finish() == "");
}

TEST_CASE("A consumer gets nothing twice", "[retry]") {
    /// Breaks after some of the body.
    class Broken final : public Transport {
      public:
        [[nodiscard]] Response send(Request const& request) override {
            ++count;
            if (count == 1) return {503};
            request.consumer({200}, detail::bytes_of("abc"));
            throw ConnectionLost("cut");
        }
        [[nodiscard]] std::unique_ptr<ResponseStream> open(Request const&) override { return nullptr; }
        int count = 0;
    };
    auto const transport = std::make_shared<Broken>();
    Session const session{transport,
                          std::make_shared<FixedToken>(),
                          {.endpoint = "http://cloud", .clock = std::make_shared<FakeClock>()}};
    std::size_t bytes = 0;
    Request request{.url = "/v2/x"};
    request.consumer = [&](Response const&, std::span<std::byte const> piece) { bytes += piece.size(); };
    CHECK(throws_exactly<ConnectionLost>([&] { session.send("image", request); }));
    CHECK(bytes == 3);
    CHECK(transport->count == 2);
}

TEST_CASE("A pulled answer is retried until its head is there", "[retry]") {
    Fixture f;
    f.answer("GET", {503});
    f.answer("GET", {200, {}, "abc"});
    CHECK(f.session().open("image", {.url = "/v2/x"})->next().size() == 3);
    CHECK(f.transport->finish() == "");
}

TEST_CASE("An error tells of its attempts", "[retry]") {
    Fixture f;
    f.fail("GET", ConnectionLost{"reset"});
    f.answer("GET", {404});
    try {
        f.send(get);
        FAIL("nothing thrown");
    } catch (HttpError const& error) {
        CHECK(error.attempts().count == 2);
        CHECK(error.attempts().is_in_doubt);
        CHECK(error.attempts().ended_by == "");
        CHECK(std::string{error.what()} == "GET http://cloud/v2/x: 404 (2 attempts)");
    }
    f.fail("GET", ConnectError{"refused"});
    f.answer("GET", {404});
    try {
        f.send(get);
        FAIL("nothing thrown");
    } catch (HttpError const& error) {
        CHECK_FALSE(error.attempts().is_in_doubt);
    }
}

TEST_CASE("A refusal that is retried by configuration leaves no doubt", "[retry][row:53]") {
    Fixture f;
    f.answer("GET", {404});
    f.answer("GET", {404});
    try {
        f.send(get, {.retries = {.status_code_retries = 1, .retriable_status_codes = {404}}});
        FAIL("nothing thrown");
    } catch (HttpError const& error) {
        CHECK(error.attempts().count == 2);
        CHECK_FALSE(error.attempts().is_in_doubt);
    }
}

TEST_CASE("What a source or a consumer throws is no failure of the connection", "[retry][row:133][row:142]") {
    struct Failing final : Source {
        explicit Failing(std::exception_ptr thrown) : exception(std::move(thrown)) {}
        [[nodiscard]] std::size_t read(std::span<std::byte>) override { std::rethrow_exception(exception); }
        [[nodiscard]] bool rewind() override { return true; }
        std::exception_ptr exception;
    };
    for (Repetition const each : {Repetition::harmless, Repetition::doubtful, Repetition::useless}) {
        Fixture f;
        TransportError inner("from another session", each);
        inner.set_attempts({.count = 7});
        Failing source(std::make_exception_ptr(inner));
        CHECK(thrown<TransportError>([&] { f.send({.method = "PUT", .source = &source}); }) ==
              "from another session (7 attempts)");
        f.answer("PUT", {200, {}, "body"});
        Request request{.method = "PUT"};
        request.consumer = [&](Response const&, std::span<std::byte const>) { throw inner; };
        CHECK(thrown<TransportError>([&] { f.send(request); }) == "from another session (7 attempts)");
        CHECK(f.clock->slept().empty());
    }
}

TEST_CASE("What was read of a source before a connection failed is read again", "[retry][row:141]") {
    Fixture f;
    f.fail("PUT", ConnectionLost{"reset"});
    f.answer("PUT", {204});
    auto const source = from_memory("abc");
    CHECK(f.send({.method = "PUT", .source = source.get()}) == 204);
    CHECK(f.transport->sent().at(1).body == "abc");
}

TEST_CASE("POST and PATCH are repeated only if the caller says that they may be", "[retry]") {
    for (std::string const method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}) {
        Fixture f;
        f.answer(method, {500});
        f.answer(method, {200});
        CHECK(f.send({.method = method}) == 200);
    }
    for (std::string const method : {"POST", "PATCH"}) {
        Fixture f;
        f.answer(method, {500});
        CHECK(thrown<ServerError>([&] { f.send({.method = method}); }) ==
              method + " http://cloud/v2/x: 500 (not repeated: the service may have acted on it)");
    }
}

TEST_CASE("A transport that has sent a request twice says so", "[retry]") {
    Fixture f;
    f.answer("GET", {404, {}, {}, {.count = 2, .is_in_doubt = true}});
    CHECK(thrown<ResourceNotFound>([&] { f.send(get); }) == "GET http://cloud/v2/x: 404 (2 attempts)");
}
