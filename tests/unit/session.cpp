// SPDX-License-Identifier: Apache-2.0
// Sessions: which endpoint, which headers, when another token is asked for, and what a refusal becomes.
#include <openstack/session.hpp>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../support/fake_clock.hpp"
#include "../support/scripted_transport.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using support::ScriptedTransport, support::thrown, support::throws_exactly;

namespace {

std::vector<Endpoint> const catalog{{"identity", "public", "One", "http://one/identity/v3"},
                                    {"image", "internal", "One", "http://one-internal"},
                                    {"image", "public", "One", "http://one/image"},
                                    {"image", "public", "Two", "http://two:9292/v2/"},
                                    {"image", "admin", "Two", "http://two-admin"}};

/// Gives "token-1", "token-2" ...
class Tokens final : public Authentication {
  public:
    explicit Tokens(bool is_renewable = true) : is_renewable_(is_renewable) {}

    [[nodiscard]] Authorization authorize(Transport&) override {
        if (++count == fails_at) throw ConnectError("nobody there");
        return {.token = "token-" + std::to_string(count), .project_id = "p", .catalog = catalog};
    }
    [[nodiscard]] bool is_renewable() const override { return is_renewable_; }

    int count = 0;
    int fails_at = 0;

  private:
    bool is_renewable_;
};

class NoToken final : public Authentication {
  public:
    [[nodiscard]] Authorization authorize(Transport&) override { return {}; }
};

class TextSource final : public Source {
  public:
    explicit TextSource(bool can_rewind) : can_rewind_(can_rewind) {}

    [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override {
        if (std::exchange(is_read_, true)) return 0;
        buffer[0] = std::byte{'x'};
        return 1;
    }
    [[nodiscard]] bool rewind() override {
        ++rewound;
        if (can_rewind_) is_read_ = false;
        return can_rewind_;
    }

    int rewound = 0;

  private:
    bool can_rewind_;
    bool is_read_ = false;
};

struct Fixture {
    std::shared_ptr<ScriptedTransport> transport = std::make_shared<ScriptedTransport>();
    std::shared_ptr<Tokens> tokens = std::make_shared<Tokens>();

    [[nodiscard]] Session session(SessionOptions options = {.retries = no_retries}) const {
        return {transport, tokens, std::move(options)};
    }
    [[nodiscard]] std::string token(std::size_t request) const {
        return std::string{transport->sent().at(request).headers.find("X-Auth-Token").value_or("none")};
    }
};

int status_of(Session const& session, bool is_pulled, Request const& request) {
    return is_pulled ? session.open("image", request)->head().status : session.send("image", request).status;
}

std::string where_is(std::string_view service, SessionOptions options = {}) {
    return Fixture{}.session(std::move(options)).endpoint(service);
}
std::string not_there(std::string_view service, SessionOptions options = {}) {
    return thrown<EndpointNotFound>([&] { static_cast<void>(where_is(service, options)); });
}

}  // namespace

TEST_CASE("A request is sent whole: endpoint, token, and what every request has", "[session]") {
    Fixture fixture;
    fixture.transport->expect("GET", "http://one/image/v2/images?a=b", {200, {{"X-Y", "z"}}, "body"});
    Response const response = fixture.session().send("image", {.url = "/v2/images?a=b"});
    CHECK(response.status == 200);
    CHECK(response.body == "body");
    CHECK(response.headers.find("X-Y") == "z");
    CHECK(fixture.transport->sent().at(0).text() ==
          "GET http://one/image/v2/images?a=b\nUser-Agent: openstack-cpp/" + std::to_string(OPENSTACK_VERSION_MAJOR) +
              '.' + std::to_string(OPENSTACK_VERSION_MINOR) + '.' + std::to_string(OPENSTACK_VERSION_PATCH) +
              "\nAccept: application/json\nX-Auth-Token: token-1\n\n");
    CHECK(fixture.transport->finish() == "");
}

TEST_CASE("What the request says itself is left alone", "[session]") {
    Fixture fixture;
    fixture.transport->expect("PUT", "http://one/image/v2/x", {204});
    Request request{.method = "PUT", .url = "/v2/x", .body = "{}", .is_repeatable = false, .max_body = 7};
    request.headers = {{"accept", "text/plain"}, {"Content-Type", "application/json"}};
    request.timeouts = openstack::Timeouts{.response = std::chrono::seconds(3)};
    fixture.session({.user_agent = "mine/1"}).send("image", request);
    support::SentRequest const sent = fixture.transport->sent().at(0);
    CHECK(sent.text() ==
          "PUT http://one/image/v2/x\naccept: text/plain\nContent-Type: application/json\nUser-Agent: mine/1\n"
          "X-Auth-Token: token-1\n\n{}");
    CHECK_FALSE(sent.is_repeatable);
    CHECK(sent.max_body == 7);
    CHECK(sent.timeouts.response == std::chrono::seconds(3));
}

TEST_CASE("The catalog is searched by type, interface and region", "[session][row:165]") {
    CHECK(where_is("image") == "http://one/image");
    CHECK(where_is("image", {.region = "Two"}) == "http://two:9292/v2/");
    CHECK(where_is("image", {.region = "Two", .interfaces = {"admin"}}) == "http://two-admin");
    CHECK(where_is("image", {.interfaces = {"internal"}}) == "http://one-internal");
    CHECK(where_is("identity") == "http://one/identity/v3");
}

TEST_CASE("A service that isn't in the catalog is an error that lists what is", "[session][row:165]") {
    std::string const all =
        "identity (public, One), image (internal, One), image (public, One), image (public, Two), image (admin, Two)";
    CHECK(not_there("volume") == "the catalog has no public endpoint for the service 'volume'; it has " + all);
    CHECK(not_there("image", {.region = "Three"}) ==
          "the catalog has no public endpoint for the service 'image' in region Three; it has " + all);
    CHECK(not_there("identity", {.interfaces = {"admin"}}) ==
          "the catalog has no admin endpoint for the service 'identity'; it has " + all);
    Session const bare{std::make_shared<ScriptedTransport>(), std::make_shared<NoToken>()};
    CHECK(thrown<EndpointNotFound>([&] {
              static_cast<void>(bare.endpoint("image"));
          }).ends_with("; it has none at all: the token has no scope, or isn't Keystone's"));
    CHECK(Fixture{}.session().has_service("image"));
    CHECK_FALSE(Fixture{}.session().has_service("volume"));
}

TEST_CASE("An endpoint that is given is not looked up", "[session]") {
    Fixture fixture;
    Session const session =
        fixture.session({.endpoint = "http://all", .services = {{"image", {.endpoint = "http://mine/glance/v2"}}}});
    CHECK(session.endpoint("image") == "http://mine/glance/v2");
    CHECK(session.endpoint("anything") == "http://all");
    CHECK(session.has_service("anything"));
    CHECK(fixture.tokens->count == 0);
    fixture.transport->expect("GET", "http://mine/glance/v2/images", {200});
    session.send("image", {.url = "/v2/images"});
    CHECK(fixture.transport->finish() == "");
}

TEST_CASE("An endpoint that is given must be one", "[session][row:85]") {
    auto const refusal = [](SessionOptions const& options) {
        return thrown<ConfigError>([&] { static_cast<void>(Fixture{}.session(options)); });
    };
    CHECK(refusal({.endpoint = "cloud:9292"}) == "the option endpoint doesn't begin with http:// or https://");
    CHECK(refusal({.endpoint = "http://u:canary@cloud"}) == "the option endpoint holds user information");
    CHECK(refusal({.services = {{"image", {.endpoint = "https://cloud?x"}}}}) ==
          "the endpoint option of image holds a query or a fragment");
}

TEST_CASE("An endpoint of the catalog must be one, where it is used", "[session][row:85]") {
    class Odd final : public Authentication {
        Authorization authorize(Transport&) override {
            return {.catalog = {{"image", "public", "One", "cloud:9292"},
                                {"volume", "public", "One", "http://u:canary@cloud"},
                                {"compute", "public", "One", "http://cloud/v2.1"}}};
        }
    };
    Session const session{std::make_shared<ScriptedTransport>(), std::make_shared<Odd>()};
    CHECK(thrown<EndpointNotFound>([&] { session.send("image", {.url = "/v2/x"}); }) ==
          "the catalog's public endpoint for the service 'image' can't be used: it doesn't begin with http:// or "
          "https://");
    CHECK(thrown<EndpointNotFound>([&] { static_cast<void>(session.endpoint("volume")); }) ==
          "the catalog's public endpoint for the service 'volume' can't be used: it holds user information");
    CHECK_FALSE(session.has_service("image"));
    CHECK(session.endpoint("compute") == "http://cloud/v2.1");
}

TEST_CASE("A catalog of any size makes a message of one line", "[session][row:97][row:165]") {
    class Hostile final : public Authentication {
        Authorization authorize(Transport&) override {
            return {.catalog =
                        std::vector<Endpoint>(5000, {"a\r\nb\x1b", "public", std::string(5000, 'x'), "http://c"})};
        }
    };
    Session const session{std::make_shared<ScriptedTransport>(), std::make_shared<Hostile>()};
    std::string const said = thrown<EndpointNotFound>([&] { static_cast<void>(session.endpoint("image")); });
    CHECK(said.starts_with("the catalog has no public endpoint for the service 'image'; it has a  b  (public, xxx"));
    CHECK(said.ends_with(" more"));
    CHECK(said.size() < 1500);
}

TEST_CASE("One token is used until it is refused, by all copies", "[session]") {
    Fixture fixture;
    Session const session = fixture.session();
    Session const copy = session;
    CHECK(fixture.tokens->count == 0);
    for (int i = 0; i < 3; ++i) fixture.transport->expect("GET", "http://one/image/v2/x", {200});
    session.authorize();
    session.send("image", {.url = "/v2/x"});
    copy.send("image", {.url = "/v2/x"});
    CHECK(copy.project_id() == "p");
    static_cast<void>(copy.open("image", {.url = "/v2/x"}));
    CHECK(fixture.tokens->count == 1);
    CHECK(fixture.token(2) == "token-1");
}

TEST_CASE("A refused token is renewed once, and the request repeated", "[session][row:46]") {
    for (bool const is_pulled : {false, true}) {
        Fixture fixture;
        Session const session = fixture.session();
        fixture.transport->expect("POST", "http://one/image/v2/x", {401});
        fixture.transport->expect("POST", "http://one/image/v2/x", {201});
        fixture.transport->expect("GET", "http://one/image/v2/y", {200});
        CHECK(status_of(session, is_pulled, {.method = "POST", .url = "/v2/x", .body = "{}"}) == 201);
        session.send("image", {.url = "/v2/y"});
        CHECK(fixture.tokens->count == 2);
        CHECK(fixture.token(0) == "token-1");
        CHECK(fixture.token(1) == "token-2");
        CHECK(fixture.token(2) == "token-2");
        CHECK(fixture.transport->sent().at(1).body == "{}");
        CHECK(fixture.transport->sent().at(1).headers.lines().size() == 3);
        CHECK(fixture.transport->finish() == "");
    }
}

TEST_CASE("Two refusals in a row are an error, not a loop", "[session][row:47]") {
    Fixture fixture;
    Session const session = fixture.session();
    for (int i = 0; i < 2; ++i)
        fixture.transport->expect("GET", "http://one/image/v2/x", {401, {}, R"({"message": "no"})"});
    CHECK(thrown<Unauthorized>([&] { session.send("image", {.url = "/v2/x"}); }) ==
          "GET http://one/image/v2/x: 401: no (2 attempts)");
    CHECK(fixture.tokens->count == 2);
    CHECK(fixture.transport->finish() == "");
}

TEST_CASE("A token that can't be renewed isn't", "[session][row:51]") {
    auto const given = std::make_shared<Tokens>(false);
    for (std::shared_ptr<Authentication> const& way :
         {std::shared_ptr<Authentication>{given}, {std::make_shared<NoToken>()}}) {
        auto const transport = std::make_shared<ScriptedTransport>();
        TextSource source{true};
        transport->expect("PUT", "http://cloud/v2/x", {401});
        CHECK(throws_exactly<Unauthorized>([&] {
            Session{transport, way, {.endpoint = "http://cloud"}}.send(
                "image", {.method = "PUT", .url = "/v2/x", .source = &source});
        }));
        CHECK(source.rewound == 0);
        CHECK(transport->finish() == "");
    }
    CHECK(given->count == 1);
}

TEST_CASE("Without a token there is no header for it", "[session]") {
    auto const transport = std::make_shared<ScriptedTransport>();
    transport->expect("GET", "http://cloud/v2/x", {200});
    Session{transport, std::make_shared<NoToken>(), {.endpoint = "http://cloud"}}.send("image", {.url = "/v2/x"});
    CHECK_FALSE(transport->sent().at(0).headers.find("X-Auth-Token"));
}

TEST_CASE("A source goes back to its start before it is sent again", "[session][row:46][row:50]") {
    Fixture fixture;
    TextSource source{true};
    fixture.transport->expect("PUT", "http://one/image/v2/x", {401});
    fixture.transport->expect("PUT", "http://one/image/v2/x", {204});
    fixture.session().send("image", {.method = "PUT", .url = "/v2/x", .source = &source});
    CHECK(source.rewound == 1);
    CHECK(fixture.transport->sent().at(0).body == "x");
    CHECK(fixture.transport->sent().at(1).body == "x");
    CHECK(fixture.token(1) == "token-2");
    CHECK(fixture.transport->finish() == "");
}

TEST_CASE("A source that can't go back isn't sent again", "[session][row:50]") {
    Fixture fixture;
    TextSource source{false};
    fixture.transport->expect("PUT", "http://one/image/v2/x", {401});
    CHECK(throws_exactly<Unauthorized>(
        [&] { fixture.session().send("image", {.method = "PUT", .url = "/v2/x", .source = &source}); }));
    CHECK(fixture.tokens->count == 1);
    CHECK(fixture.transport->finish() == "");
}

TEST_CASE("An exception that only looks like a refusal isn't one", "[session]") {
    Fixture fixture;
    fixture.transport->expect("GET", "http://one/image/v2/x", {200, {}, "data of any length"});
    int calls = 0;
    Request request{.url = "/v2/x"};
    request.consumer = [&](Response const&, std::span<std::byte const>) {
        ++calls;
        throw Unauthorized({.status = 401, .text = "another cloud"});
    };
    CHECK(throws_exactly<Unauthorized>([&] { fixture.session().send("image", request); }));
    CHECK(calls == 1);
    CHECK(fixture.tokens->count == 1);
    CHECK(fixture.transport->finish() == "");
}

TEST_CASE("Who can't be authorized sends nothing", "[session][row:48]") {
    Fixture fixture;
    fixture.tokens->fails_at = 1;
    Session const session = fixture.session();
    CHECK(throws_exactly<ConnectError>([&] { session.authorize(); }));
    CHECK(fixture.transport->sent().empty());
    fixture.transport->expect("GET", "http://one/image/v2/x", {200});
    session.send("image", {.url = "/v2/x"});
    CHECK(fixture.token(0) == "token-2");
}

TEST_CASE("If no other token is to be had, that is the error", "[session][row:164]") {
    Fixture fixture;
    fixture.tokens->fails_at = 2;
    Session const session = fixture.session();
    fixture.transport->expect("GET", "http://one/image/v2/x", {401});
    CHECK(throws_exactly<ConnectError>([&] { session.send("image", {.url = "/v2/x"}); }));
    fixture.transport->expect("GET", "http://one/image/v2/x", {401});
    fixture.transport->expect("GET", "http://one/image/v2/x", {200});
    session.send("image", {.url = "/v2/x"});
    CHECK(fixture.token(2) == "token-3");
    CHECK(fixture.transport->finish() == "");
}

TEST_CASE("Every status but success is thrown", "[session][row:54][row:79]") {
    for (bool const is_pulled : {false, true}) {
        for (int const status : {300, 301, 304, 400, 403, 404, 409, 413, 500, 503}) {
            Fixture fixture;
            fixture.transport->expect("GET", "http://one/image/v2/x",
                                      {status, {{"X-Openstack-Request-Id", "req-7"}}, R"({"message": "no"})"});
            std::string said = "nothing thrown";
            try {
                static_cast<void>(status_of(fixture.session(), is_pulled, {.url = "/v2/x"}));
            } catch (HttpError const& error) {
                said = error.what();
            }
            CHECK(said == "GET http://one/image/v2/x: " + std::to_string(status) + ": no (request req-7)");
        }
        for (int const status : {200, 201, 202, 204, 206}) {
            Fixture fixture;
            fixture.transport->expect("GET", "http://one/image/v2/x", {status});
            CHECK(status_of(fixture.session(), is_pulled, {.url = "/v2/x"}) == status);
        }
    }
}

TEST_CASE("A redirect to another host isn't followed", "[session][row:77][row:79]") {
    Fixture fixture;
    fixture.transport->expect("GET", "http://one/image/v2/x", {302, {{"Location", "http://evil/x"}}});
    CHECK(thrown<HttpError>([&] { fixture.session().send("image", {.url = "/v2/x"}); }) ==
          "GET http://one/image/v2/x: 302: this redirect isn't followed: it leads to http://evil/x");
    CHECK(fixture.transport->finish() == "");
}

TEST_CASE("A transport's failure passes unchanged, and nothing is sent again", "[session]") {
    Fixture fixture;
    fixture.transport->fail("GET", "http://one/image/v2/x", ConnectionLost{"gone"});
    CHECK(thrown<ConnectionLost>([&] { fixture.session().send("image", {.url = "/v2/x"}); }) == "gone");
    CHECK(fixture.transport->finish() == "");
}

TEST_CASE("The body of a pulled answer is left to be pulled", "[session]") {
    Fixture fixture;
    fixture.transport->expect("GET", "http://one/image/v2/x", {200, {}, "0123456789"});
    auto const pulled = fixture.session().open("image", {.url = "/v2/x"});
    CHECK(pulled->head().status == 200);
    CHECK(pulled->next().size() == 5);
    CHECK(pulled->next().size() == 5);
    CHECK(pulled->next().empty());
}

TEST_CASE("A session outlives what it was made from", "[session]") {
    std::optional<Session> session;
    std::weak_ptr<ScriptedTransport> transport;
    {
        Fixture fixture;
        fixture.transport->expect("GET", "http://one/image/v2/x", {200});
        transport = fixture.transport;
        session = fixture.session();
    }
    CHECK(session->send("image", {.url = "/v2/x"}).status == 200);
    session.reset();
    CHECK(transport.expired());
}

TEST_CASE("A session needs a transport and an authentication", "[session]") {
    Fixture const fixture;
    CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(Session{fixture.transport, nullptr}); }));
    CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(Session{nullptr, fixture.tokens}); }));
}

TEST_CASE("No message holds the token", "[session][row:108][row:166]") {
    std::string const canary = "canary-7f3a";
    class Canary final : public Authentication {
      public:
        explicit Canary(std::string token) : token_(std::move(token)) {}
        [[nodiscard]] Authorization authorize(Transport&) override { return {.token = token_, .catalog = catalog}; }

      private:
        std::string token_;
    };
    auto const transport = std::make_shared<ScriptedTransport>();
    Session const session{transport, std::make_shared<Canary>(canary), {.retries = no_retries}};
    std::string said;
    for (int const status : {302, 400, 401, 401, 403, 404, 500}) {
        transport->expect("GET", "http://one/image/v2/x", {status, {{"Location", "http://evil"}}, "no"});
        if (status == 401) transport->expect("GET", "http://one/image/v2/x", {401});
        try {
            session.send("image", {.url = "/v2/x"});
        } catch (HttpError const& error) {
            said += error.what() + error.server_text() + error.url() + '\n';
        }
    }
    said += thrown<EndpointNotFound>([&] { session.send("volume", {.url = "/v2/x"}); });
    CHECK(transport->sent().at(0).headers.find("X-Auth-Token") == canary);
    CHECK(transport->finish() == "");
    CHECK(said.find("404: no") != said.npos);
    CHECK(said.find("no public endpoint") != said.npos);

    Session const broken{transport, std::make_shared<Canary>(canary + "\r\nX-Other: y")};
    std::string const refused = thrown<InvalidRequest>([&] { broken.send("image", {.url = "/v2/x"}); });
    CHECK(refused == "the value of header X-Auth-Token holds a control character");
    CHECK((said + refused).find("canary") == said.npos);
    CHECK(transport->finish() == "");
}

TEST_CASE("Nobody is left with a session without its state", "[session][row:115]") {
    Fixture fixture;
    fixture.transport->expect("GET", "http://one/image/v2/x", {200});
    Session session = fixture.session();
    Session const moved = std::move(session);
    CHECK(session.send("image", {.url = "/v2/x"}).status == 200);
    CHECK(moved.project_id() == session.project_id());
}

TEST_CASE("A transport that opens nothing is an error", "[session]") {
    struct OnlySends final : openstack::Transport {
        openstack::Response send(Request const&) override { return {.status = 200}; }
        std::unique_ptr<openstack::ResponseStream> open(Request const&) override { return nullptr; }
    };
    Session const session{std::make_shared<OnlySends>(), Fixture{}.tokens, {.endpoint = "http://one"}};
    CHECK(thrown<openstack::TransportError>([&] { static_cast<void>(session.open("image", {.url = "/v2/x"})); }) ==
          "the transport opens no streams");
}

TEST_CASE("A renewed token gives no new retries, and another number to the attempt", "[session][row:46]") {
    std::vector<unsigned> attempts;
    Fixture fixture;
    Session const session = fixture.session({.retries = {.status_code_retries = 1},
                                             .observer =
                                                 [&](Event const& event) {
                                                     if (event.kind == EventKind::request)
                                                         attempts.push_back(event.attempt);
                                                 },
                                             .clock = std::make_shared<support::FakeClock>()});
    for (int const status : {503, 401, 503}) fixture.transport->expect("GET", "http://one/image/v2/x", {status});
    CHECK(thrown<ServerError>([&] { session.send("image", {.url = "/v2/x"}); }) ==
          "GET http://one/image/v2/x: 503 (3 attempts; no retry is left)");
    CHECK(attempts == std::vector<unsigned>{1, 2, 3});
    CHECK(fixture.transport->finish() == "");
}

TEST_CASE("A pulled answer has nothing of the caller's that would have to outlive it", "[session]") {
    Fixture fixture;
    TextSource source{true};
    Request request{.method = "PUT", .url = "/v2/x", .source = &source};
    CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(fixture.session().open("image", request)); }));
    request = {.url = "/v2/x"};
    request.consumer = [](Response const&, std::span<std::byte const>) {};
    CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(fixture.session().open("image", request)); }));
    CHECK(fixture.transport->finish() == "");
}

TEST_CASE("A rate must be one", "[session]") {
    for (double const rate : {-1.0, std::numeric_limits<double>::quiet_NaN()}) {
        CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(Fixture{}.session({.rate_limit = rate})); }));
        CHECK(throws_exactly<InvalidRequest>([&] {
            static_cast<void>(Fixture{}.session({.services = {{"image", {.rate_limit = rate}}}}));
        }));
    }
}

TEST_CASE("A refused token is told with why its upload wasn't sent again", "[session][row:50]") {
    Fixture fixture;
    TextSource source{false};
    fixture.transport->expect("PUT", "http://one/image/v2/x", {401});
    CHECK(thrown<Unauthorized>([&] {
              fixture.session().send("image", {.method = "PUT", .url = "/v2/x", .source = &source});
          }) == "PUT http://one/image/v2/x: 401 (not repeated: its source can't be read again)");
}
