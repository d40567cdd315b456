// SPDX-License-Identifier: Apache-2.0
// Session and a network that misbehaves: how often a request is sent, and what it ends with.
#include <openstack/session.hpp>

#include <catch2/catch.hpp>
#include <chrono>
#include <openstack/connection.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../support/certificates.hpp"
#include "../support/host_name.hpp"
#include "../support/loopback_cloud.hpp"
#include "../support/ports.hpp"
#include "../support/requests.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using namespace std::chrono_literals;
using support::answer, support::answer_with, support::caught, support::HostName, support::LoopbackCloud,
    support::ReservedPort, support::Server, support::SilentPort, support::Step;

namespace {

std::string const in_doubt = "not repeated: the service may have acted on it";
std::string const used_up = "no retry is left";

Request const get{.url = "/v2/images"};
Request const post{.method = "POST", .url = "/v2/images", .body = "{}", .is_repeatable = false};

/// Short enough for what never comes.
Timeouts const short_timeouts{.connect = 5s, .stall = 60ms, .response = 60ms, .total = 10s};

Step read() {
    return [](support::Connection& connection) {
        connection.read_head();
        connection.read_body();
    };
}
Step drip(std::string text) {
    return [text = std::move(text)](support::Connection& connection) { connection.drip(text, 10ms); };
}
Step silence() {
    return [](support::Connection& connection) { connection.wait_for_close(); };
}

void send(Session const& session, Request const& request) { static_cast<void>(session.send("image", request)); }

/// What a connection does to the request that comes.
struct Fault {
    std::string name;
    std::vector<Step> steps;
};

void script(Server& server, Fault const& fault) {
    server.script({[steps = fault.steps](support::Connection& connection) {
        for (Step const& each : steps) each(connection);
    }});
}

/// The error that ends a request whose every attempt meets that fault, which has so many connections.
template<class Exception>
Exception ended(Fault const& fault, Request const& request, int connections) {
    LoopbackCloud cloud;
    for (int i = 0; i < connections; ++i) script(cloud.server, fault);
    Session const session = cloud.session({.timeouts = short_timeouts});
    auto const error = caught<Exception>([&] { send(session, request); });
    CHECK(cloud.server.finish() == "");
    CHECK(cloud.server.connections() == static_cast<std::size_t>(connections));
    return error;
}

/// A fault after which nobody knows whether the service acted on the request.
template<class Exception>
void check_doubtful(Fault const& fault) {
    INFO(fault.name);
    auto const of_get = ended<Exception>(fault, get, 4);
    CHECK(of_get.attempts().count == 4);
    CHECK(of_get.attempts().is_in_doubt);
    CHECK(of_get.attempts().ended_by == used_up);
    CHECK(std::string{of_get.what()}.ends_with(" (4 attempts; no retry is left)"));

    auto const of_post = ended<Exception>(fault, post, 1);
    CHECK(of_post.attempts().count == 1);
    CHECK(of_post.attempts().is_in_doubt);
    CHECK(of_post.attempts().ended_by == in_doubt);
    CHECK(std::string{of_post.what()}.ends_with(" (not repeated: the service may have acted on it)"));

    LoopbackCloud cloud;
    script(cloud.server, fault);
    script(cloud.server, fault);
    cloud.server.script({answer(200, "there")});
    Session const session = cloud.session({.timeouts = short_timeouts});
    CHECK(session.send("image", get).body == "there");
    CHECK(cloud.server.finish() == "");
    CHECK(cloud.server.requests().size() == 3);
    CHECK(cloud.clock->slept() == std::vector<long>{500, 1000});
}

/// A fault that would be there again.
template<class Exception>
void check_lasting(Fault const& fault) {
    INFO(fault.name);
    for (Request const& request : {get, post}) {
        auto const error = ended<Exception>(fault, request, 1);
        CHECK(error.attempts().count == 1);
        CHECK_FALSE(error.attempts().is_in_doubt);
        CHECK(error.attempts().ended_by.empty());
        CHECK_FALSE(std::string{error.what()}.ends_with(')'));
    }
}

/// A fault that keeps the request from being sent at all: it's repeated, whatever it is. `url` leads into the fault.
template<class Exception>
void check_unsent(std::string const& url, Timeouts const& timeouts = {}) {
    INFO(url);
    for (Request const& request : {get, post}) {
        LoopbackCloud const cloud;
        Session const session = cloud.session({.endpoint = url, .timeouts = timeouts});
        auto const error = caught<Exception>([&] { send(session, request); });
        CHECK(error.attempts().count == 4);
        CHECK_FALSE(error.attempts().is_in_doubt);
        CHECK(error.attempts().ended_by == used_up);
        CHECK(cloud.clock->slept() == std::vector<long>{500, 1000, 2000});
    }
}

std::string const head = "HTTP/1.1 200 OK\r\n";
std::string const half(50, 'x');

}  // namespace

TEST_CASE("A connection that breaks before or in the answer", "[session][row:7][row:8][row:10][row:11][row:12]") {
    std::string const chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
    for (Fault const& each :
         {Fault{"reset", {read(), support::reset()}}, Fault{"closed", {read(), support::close()}},
          Fault{"reset in the body", {answer_with(head + "Content-Length: 1000\r\n\r\n" + half), support::reset()}},
          Fault{"closed in the body", {answer_with(head + "Content-Length: 100\r\n\r\n" + half), support::close()}},
          Fault{"closed at a chunk", {answer_with(chunked + "32\r\n" + half + "\r\n"), support::close()}},
          Fault{"closed in a chunk", {answer_with(chunked + "64\r\n" + half), support::close()}},
          Fault{"closed in the head", {answer_with(head + "Content-Le"), support::close()}}})
        check_doubtful<ConnectionLost>(each);
}

TEST_CASE("A service that is too slow", "[session][row:20][row:21][row:22]") {
    for (Fault const& each :
         {Fault{"no answer", {read(), silence()}}, Fault{"a head without end", {answer_with(head), drip("A: b\r\n")}},
          Fault{"a body that stalls", {answer_with(head + "Content-Length: 9\r\n\r\nx"), silence()}}})
        check_doubtful<TimeoutError>(each);
}

TEST_CASE("A body that comes in drops ends with each attempt's time", "[session][row:21]") {
    LoopbackCloud cloud;
    Fault const slow{"drops", {answer_with(head + "Content-Length: 100000\r\n\r\n"), drip("xx")}};
    for (int i = 0; i < 4; ++i) script(cloud.server, slow);
    Session const session = cloud.session({.timeouts = {.total = 80ms}});
    std::string const url = cloud.server.url("/v2/images");
    CHECK(support::thrown<TimeoutError>([&] { send(session, get); }) ==
          "GET " + url + ": no end within 80 ms (total) (4 attempts; no retry is left)");
    CHECK(cloud.server.finish() == "");
}

TEST_CASE("An answer that switches protocols is none", "[session][row:17]") {
    check_doubtful<ConnectionLost>({"101", {answer_with("HTTP/1.1 101 Over\r\n\r\n"), support::close()}});
}

TEST_CASE("What isn't HTTP isn't asked for again", "[session][row:14][row:15][row:16][row:19][row:74]") {
    for (Fault const& each :
         {Fault{"a negative length", {answer_with(head + "Content-Length: -5\r\n\r\nhello"), silence()}},
          Fault{"two lengths", {answer_with(head + "Content-Length: 5\r\nContent-Length: 4\r\n\r\nhello"), silence()}},
          Fault{"a folded header", {answer_with(head + "A: b\r\n folded\r\n\r\n"), silence()}},
          Fault{"a control character", {answer_with(head + "A: b\x01\r\n\r\n"), silence()}},
          Fault{"a line without colon", {answer_with(head + "no colon\r\n\r\n"), silence()}},
          Fault{"another protocol", {answer_with("SSH-2.0-OpenSSH_9.2\r\n"), silence()}},
          Fault{"HTTP/0.9", {answer_with("<html>hello</html>"), silence()}},
          Fault{"status 000", {answer_with("HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n"), silence()}},
          Fault{"status 999", {answer_with("HTTP/1.1 999 Beyond\r\nContent-Length: 0\r\n\r\n"), silence()}}})
        check_lasting<ProtocolError>(each);
    check_lasting<ResponseTooLarge>({"headers without end", {answer_with(head), [](support::Connection& connection) {
                                                                 connection.send_repeated("A: b\r\n");
                                                             }}});
}

TEST_CASE("Who refuses a connection is tried again, whatever the request is", "[session][row:1]") {
    ReservedPort const port;
    check_unsent<ConnectError>(port.url());

    LoopbackCloud const cloud;
    Session const session = cloud.session({.endpoint = port.url()});
    std::string const message = support::thrown<ConnectError>([&] { send(session, post); });
    CHECK(message.starts_with("POST " + port.url("/v2/images") + ": "));
    CHECK(message.ends_with(" (4 attempts; no retry is left)"));
}

TEST_CASE("A service that begins to listen is found by the next attempt", "[session][row:1]") {
    ReservedPort const port;
    std::optional<Server> late;
    LoopbackCloud const cloud;
    int sleeps = 0;
    cloud.clock->on_sleep = [&] {
        if (++sleeps == 2) late.emplace("127.0.0.1", port.port()).script({answer(201)});
    };
    CHECK(cloud.session({.endpoint = port.url()}).send("image", post).status == 201);
    REQUIRE(late);
    CHECK(late->finish() == "");
    CHECK(late->connections() == 1);
    CHECK(sleeps == 2);
}

TEST_CASE("A name that isn't known is looked up again", "[session][row:2][row:3]") {
    HostName nowhere{"image.test", {"127.0.0.1"}};
    ReservedPort const port;
    std::string const url = "http://image.test:" + std::to_string(port.port());
    nowhere.fail(8);
    check_unsent<ConnectError>(url);
    CHECK(nowhere.asked() == 8);

    Server server{"127.0.0.1", port.port()};
    server.script({answer(201)});
    nowhere.fail(1);
    LoopbackCloud const cloud;
    CHECK(cloud.session({.endpoint = url}).send("image", post).status == 201);
    CHECK(server.finish() == "");
    CHECK(server.requests().size() == 1);
}

TEST_CASE("Who doesn't accept a connection is tried again", "[session][row:4]") {
    SilentPort const silent;
    check_unsent<TimeoutError>(silent.url(), {.connect = 50ms});
}

TEST_CASE("Who doesn't accept a connection takes the deadline at most", "[session][row:4]") {
    SilentPort const silent;
    LoopbackCloud const cloud;
    Session const session = cloud.session({.endpoint = silent.url(),
                                           .timeouts = {.connect = 60ms},
                                           .deadline = 100ms,
                                           .clock = std::make_shared<Clock>()});
    auto const start = std::chrono::steady_clock::now();
    auto const error = caught<TimeoutError>([&] { send(session, get); });
    CHECK(std::chrono::steady_clock::now() - start < 1s);
    CHECK(error.attempts().count == 1);
    CHECK(std::string{error.what()}.ends_with(" (the deadline leaves no time for a retry)"));
}

TEST_CASE("A turn that doesn't come before the deadline leaves no doubt: nothing was sent", "[session][row:71]") {
    LoopbackCloud cloud;
    cloud.server.script({answer(200)});
    Session const session = cloud.session({.deadline = 60s, .rate_limit = 0.01});
    send(session, get);
    auto const error = caught<TimeoutError>([&] { send(session, post); });
    CHECK(std::string{error.what()} ==
          "POST " + cloud.server.url("/v2/images") + ": its turn comes after its deadline (total)");
    CHECK_FALSE(error.attempts().is_in_doubt);
    CHECK(cloud.server.finish() == "");
}

TEST_CASE("A TLS handshake that breaks was no request", "[session][row:43]") {
    LoopbackCloud cloud;
    auto const hello = [](support::Connection& connection) { connection.wait_for_close(1); };
    for (int i = 0; i < 4; ++i) cloud.server.script({hello, support::reset()});
    Session const session = cloud.session({.endpoint = cloud.server.url("", "https")});
    auto const error = caught<TlsError>([&] { send(session, post); });
    CHECK(error.attempts().count == 4);
    CHECK_FALSE(error.attempts().is_in_doubt);
    CHECK(cloud.server.finish() == "");
}

TEST_CASE("A certificate that isn't trusted isn't asked for again", "[session][row:35]") {
    LoopbackCloud cloud;
    cloud.server.script({support::refused_tls(support::Authority{}.issue())});
    Session const session = cloud.session({.endpoint = cloud.server.url("", "https")});
    auto const error = caught<TlsError>([&] { send(session, get); });
    CHECK(error.attempts().count == 1);
    CHECK(error.attempts().ended_by.empty());
    CHECK(cloud.server.finish() == "");
}

TEST_CASE("An IPv6 endpoint is one as any other", "[session][row:5]") {
    Server server{"::1"};
    server.script({answer(503), answer(200, "six")});
    LoopbackCloud const cloud;
    CHECK(cloud.session({.endpoint = server.url("")}).send("image", get).body == "six");
    CHECK(server.finish() == "");
}

TEST_CASE("A kept connection that dies is replaced without a wait", "[session][row:9][row:33]") {
    LoopbackCloud cloud;
    cloud.server.script({answer(200), read(), support::close()});
    cloud.server.script({answer(200, "again"), read(), support::close()});
    cloud.server.script({answer(404)});
    Session const session = cloud.session();
    send(session, get);
    CHECK(session.send("image", get).body == "again");
    CHECK(cloud.clock->slept().empty());
    // The first DELETE may have been heard, so that the second finds nothing.
    Connection{session}.image().delete_image("it", must_exist);
    CHECK(cloud.server.finish() == "");
    CHECK(cloud.server.requests().size() == 5);
}

TEST_CASE("What mustn't arrive twice never goes out on a kept connection", "[session][row:9]") {
    LoopbackCloud cloud;
    cloud.server.script({answer(200)});
    cloud.server.script({read(), support::close()});
    Session const session = cloud.session();
    send(session, get);
    CHECK(caught<ConnectionLost>([&] { send(session, post); }).attempts().ended_by == in_doubt);
    CHECK(cloud.server.finish() == "");
    CHECK(cloud.received() == std::vector<std::string>{"GET /v2/images", "POST /v2/images"});
}

TEST_CASE("A body without an announced end that is cut is no document", "[session][row:13]") {
    LoopbackCloud cloud;
    cloud.server.script({answer_with(head + "\r\n{\"id\": \"a"), support::close()});
    CHECK(support::throws_exactly<DecodeError>(
        [&] { static_cast<void>(Connection{cloud.session()}.image().get_image("a")); }));
    CHECK(cloud.server.finish() == "");
}

TEST_CASE("Interim answers, and bytes after an answer, disturb no retry", "[session][row:17][row:18]") {
    LoopbackCloud cloud;
    std::string const interim = "HTTP/1.1 103 Early Hints\r\nRetry-After: 9000\r\n\r\n";
    cloud.server.script(
        {answer_with(interim + support::answer_text(503, "busy") + support::answer_text(200, "smuggled"))});
    cloud.server.script({answer(200, "honest")});
    CHECK(cloud.session().send("image", get).body == "honest");
    CHECK(cloud.server.finish() == "");
    CHECK(cloud.clock->slept() == std::vector<long>{500});
}

TEST_CASE("304, unasked, is a refusal", "[session][row:19]") {
    LoopbackCloud cloud;
    cloud.server.script({answer(304)});
    CHECK(caught<HttpError>([&] { send(cloud.session(), get); }).status() == 304);
    CHECK(cloud.server.finish() == "");
}

TEST_CASE("An upload that isn't taken isn't repeated", "[session][row:23][row:27]") {
    for (bool const is_read : {false, true}) {
        LoopbackCloud cloud;
        cloud.server.script({[&](support::Connection& connection) {
            connection.read_head();
            connection.send("HTTP/1.1 100 Continue\r\n\r\n");
            if (is_read) connection.read_body();
            connection.wait_for_release();
            connection.wait_for_close();
        }});
        support::RepeatedSource source(30'000'000);
        Request upload{.method = "PUT", .url = "/v2/images/a/file", .source = &source, .is_repeatable = false};
        upload.timeouts = Timeouts{.stall = 80ms, .response = 80ms};
        auto const error = caught<TimeoutError>([&] { send(cloud.session(), upload); });
        CHECK(std::string{error.what()} == "PUT " + cloud.server.url("/v2/images/a/file") + ": no end within 80 ms (" +
                                               (is_read ? "response" : "send") + ") (" + in_doubt + ')');
        cloud.server.release();
        CHECK(cloud.server.finish() == "");
        CHECK(cloud.server.requests().size() == 1);
    }
}

TEST_CASE("An upload that is put off is sent again, whole", "[session][row:26][row:70]") {
    for (bool const is_read : {false, true}) {
        LoopbackCloud cloud;
        cloud.server.script({[&](support::Connection& connection) {
            connection.read_head();
            if (is_read) connection.send("HTTP/1.1 100 Continue\r\n\r\n");
            if (is_read) connection.read_body(300'000);
            connection.send(support::answer_text(503, "", {{"Retry-After", "3"}, {"Connection", "close"}}));
            connection.wait_for_close();
        }});
        cloud.server.script({[](support::Connection& connection) {
            connection.read_head();
            connection.send("HTTP/1.1 100 Continue\r\n\r\n");
            connection.read_body();
            connection.send(support::answer_text(204));
        }});
        support::RepeatedSource source(1'000'000);
        Request const upload{.method = "PUT", .url = "/v2/images/a/file", .source = &source, .is_repeatable = false};
        CHECK(cloud.session().send("image", upload).status == 204);
        CHECK(cloud.server.finish() == "");
        CHECK(cloud.server.requests().at(1).body_size == 1'000'000);
        CHECK(cloud.clock->slept() == std::vector<long>{3000});
    }
}

TEST_CASE("An upload that is refused early is told why, and isn't repeated", "[session][row:26][row:61][row:70]") {
    for (int const status : {403, 409, 410, 413, 500, 502, 503, 504}) {
        LoopbackCloud cloud;
        cloud.server.script({[&](support::Connection& connection) {
            connection.read_head();
            connection.send(support::answer_text(status, "no", {{"Connection", "close"}}));
            connection.wait_for_close();
        }});
        support::RepeatedSource source(1'000'000);
        Request const upload{.method = "PUT", .url = "/v2/images/a/file", .source = &source, .is_repeatable = false};
        try {
            send(cloud.session(), upload);
            FAIL("no error");
        } catch (HttpError const& error) {
            CHECK(error.status() == status);
            CHECK(error.attempts().count == 1);
            CHECK(error.attempts().ended_by == (status >= 500 ? in_doubt : ""));
        }
        CHECK(cloud.server.finish() == "");
        CHECK(cloud.server.requests().size() == 1);
    }
}

TEST_CASE("A restarted service is found again, by what may be repeated and what mustn't", "[session][row:33]") {
    ReservedPort const port;
    LoopbackCloud const cloud;
    Session const session = cloud.session({.endpoint = port.url()});
    for (int life = 0; life < 3; ++life) {
        Server server{"127.0.0.1", port.port()};
        server.serve(
            [](support::ReceivedRequest const& received) { return support::answer_text(200, received.method); });
        CHECK(session.send("image", post).body == "POST");
        CHECK(session.send("image", get).body == "GET");
        CHECK(server.finish() == "");
        CHECK(server.requests().size() == 2);
    }
    CHECK(cloud.clock->slept().empty());
}
