// SPDX-License-Identifier: Apache-2.0
// CurlTransport against a server that misbehaves: what goes over the wire, and what each fault becomes.
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <openstack/curl_transport.hpp>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "../support/memory.hpp"
#include "../support/requests.hpp"
#include "../support/server.hpp"
#include "../support/thrown.hpp"

using namespace std::chrono_literals;
using openstack::ConnectError, openstack::ConnectionLost, openstack::CurlTransport, openstack::Headers,
    openstack::InvalidRequest, openstack::ProtocolError, openstack::Request, openstack::Response,
    openstack::ResponseTooLarge, openstack::TimeoutError;
using support::answer, support::answer_text, support::answer_with, support::Connection, support::request,
    support::Server, support::thrown, support::throws_exactly;

namespace {

bool contains(std::string const& text, std::string const& part) { return text.find(part) != text.npos; }

/// What a transport makes of that text as an answer to a GET.
template<class Exception>
bool answer_throws(std::string const& text) {
    Server server;
    server.script({[&](Connection& connection) {
                       connection.read_head();
                       connection.send_repeated(text, text.size());  // the client needn't read all of it
                   },
                   support::close()});
    CurlTransport transport;
    bool const as_expected =
        throws_exactly<Exception>([&] { static_cast<void>(transport.send(request(server.url()))); });
    return as_expected && server.finish().empty();
}

}  // namespace

TEST_CASE("A plain request has no header of its own but Host", "[transport][row:108]") {
    Server server;
    server.script({answer(200, "text", {{"One", "1"}}), answer(201), answer(204), answer(200), answer(200)});
    CurlTransport transport;
    Response const got = transport.send(request(server.url("/a?b=c%20d")));
    CHECK(got.status == 200);
    CHECK(got.body == "text");
    CHECK(got.headers.find("one") == "1");

    Request post = request(server.url("/json"), "POST");
    post.headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}, {"X-Blank", " "}, {"Accept", "text/plain"}};
    post.body = std::string{"a\0b", 3};
    CHECK(transport.send(post).status == 201);
    CHECK(transport.send(request(server.url("/tag"), "PUT")).status == 204);
    CHECK(transport.send(request(server.url("/it"), "DELETE")).status == 200);
    CHECK(transport.send(request(server.url("/it"), "PATCH")).status == 200);
    CHECK(server.finish() == "");

    auto const seen = server.requests();
    std::string const host = "Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n";
    REQUIRE(seen.size() == 5);
    CHECK(seen[0].head == "GET /a?b=c%20d HTTP/1.1\r\n" + host + "\r\n");
    CHECK(seen[1].head == "POST /json HTTP/1.1\r\n" + host +
                              "Content-Type: application/json\r\nX-Empty:\r\nX-Blank:\r\nAccept: text/plain\r\n"
                              "Content-Length: 3\r\n\r\n");
    CHECK(seen[1].body == post.body);
    CHECK(seen[2].head == "PUT /tag HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n");
    CHECK(seen[3].head == "DELETE /it HTTP/1.1\r\n" + host + "\r\n");
    CHECK(seen[4].head == "PATCH /it HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n");
    CHECK(seen[4].connection == 1);
}

TEST_CASE("DELETE and PATCH carry bodies of any size", "[transport]") {
    Server server;
    server.script({answer(204), answer(200)});
    CurlTransport transport;
    Request large = request(server.url(), "PATCH");
    large.body = std::string(3'000'000, 'x');
    CHECK(transport.send(large).status == 204);
    Request with_body = request(server.url(), "DELETE");
    with_body.body = "{}";
    CHECK(transport.send(with_body).status == 200);
    CHECK(server.finish() == "");
    auto const seen = server.requests();
    CHECK(seen[0].method == "PATCH");
    CHECK(seen[0].body_size == 3'000'000);
    CHECK_FALSE(seen[0].headers.find("Expect"));
    CHECK(seen[1].method == "DELETE");
    CHECK(seen[1].body == "{}");
}

TEST_CASE("HEAD has no body to wait for", "[transport][row:19]") {
    Server server;
    server.script({answer_with("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"), answer(200, "next")});
    CurlTransport transport;
    CHECK(transport.send(request(server.url(), "HEAD")).headers.find("Content-Length") == "10");
    CHECK(transport.send(request(server.url())).body == "next");
    CHECK(server.finish() == "");
}

TEST_CASE("A URL goes out as it is, dots included", "[transport][row:106]") {
    Server server;
    server.script({answer(200), answer(200)});
    CurlTransport transport;
    static_cast<void>(transport.send(request(server.url("/v2/images/../../v3/./auth"))));
    static_cast<void>(transport.send(request(server.url("/v2/%2e%2e/a%2Fb"))));
    CHECK(server.finish() == "");
    CHECK(server.requests()[0].target == "/v2/images/../../v3/./auth");
    CHECK(server.requests()[1].target == "/v2/%2e%2e/a%2Fb");
}

TEST_CASE("What can't be sent is refused, and nothing is sent", "[transport][row:108][row:109][row:114]") {
    Server server;
    CurlTransport transport;
    auto const refuses = [&](Request const& bad) {
        return throws_exactly<InvalidRequest>([&] { static_cast<void>(transport.send(bad)); });
    };
    for (char const* method : {"", "get", "GET /x HTTP/1.1\r\nX: y\r\n\r\nGET", "G T"})
        CHECK(refuses(request(server.url(), method)));
    for (char const* target : {"/a b", "/a\r\nX: y", "/a\tb"}) CHECK(refuses(request(server.url(target))));
    CHECK(refuses(request(server.url() + std::string{"a\0b", 3})));
    for (std::string const& target : {std::string{}, std::string{"/"}})
        CHECK(refuses(request("127.0.0.1:" + std::to_string(server.port()) + target)));
    for (char const* url : {"", "not a url", "//127.0.0.1/", "http:/127.0.0.1", "file:///etc/passwd",
                            "ftp://127.0.0.1/", "gopher://127.0.0.1/", "http://", "http://127.0.0.1:99999/"})
        CHECK(refuses(request(url)));
    for (char const* name : {"Host", "content-length", "Transfer-Encoding", "Expect", "Connection"}) {
        Request framed = request(server.url());
        framed.headers.add(name, "5");
        CHECK(refuses(framed));
    }
    for (auto const phase : {&openstack::Timeouts::connect, &openstack::Timeouts::stall, &openstack::Timeouts::response,
                             &openstack::Timeouts::total}) {
        Request negative = request(server.url());
        (*negative.timeouts).*phase = -1ms;
        CHECK(refuses(negative));
        (*negative.timeouts).*phase = std::chrono::milliseconds::min();
        CHECK(refuses(negative));
    }
    CHECK(server.connections() == 0);
    CHECK(server.finish() == "");
}

TEST_CASE("A URL with a password is refused without repeating it", "[transport][row:85][row:166]") {
    CurlTransport transport;
    for (char const* url :
         {"http://user:secret@127.0.0.1:1/", "http://user:sec/ret@127.0.0.1:1/", "http://secret@127.0.0.1/"}) {
        std::string const message = thrown<InvalidRequest>([&] { static_cast<void>(transport.send(request(url))); });
        CHECK(contains(message, "can't be used"));
        CHECK_FALSE(contains(message, "sec"));
    }
}

TEST_CASE("Time-outs of any length are taken", "[transport][row:114]") {
    Server server;
    server.script({answer(200), answer(200)});
    CurlTransport transport;
    Request endless = request(server.url());
    endless.timeouts = {.connect = 0ms, .stall = 0ms, .response = 0ms, .total = 0ms};
    CHECK(transport.send(endless).status == 200);
    auto const most = std::chrono::milliseconds::max();
    endless.timeouts = {.connect = most, .stall = most, .response = most, .total = most};
    CHECK(transport.send(endless).status == 200);
    CHECK(server.finish() == "");
}

TEST_CASE("An IPv6 address works", "[transport][row:5]") {
    Server server{"::1"};
    server.script({answer(200, "six")});
    CurlTransport transport;
    CHECK(transport.send(request(server.url())).body == "six");
    CHECK(server.finish() == "");
    CHECK(server.requests()[0].headers.find("Host") == "[::1]:" + std::to_string(server.port()));
}

TEST_CASE("Nobody listens", "[transport][row:1]") {
    std::string url;
    {
        Server const gone;
        url = gone.url("/v2/images");
    }
    CurlTransport transport;
    std::string const message = thrown<ConnectError>([&] { static_cast<void>(transport.send(request(url))); });
    CHECK(contains(message, "GET " + url));
}

TEST_CASE("A host name that can't be resolved", "[transport][row:2]") {
    CurlTransport transport;
    std::string const host(64, 'a');  // too long a label to be asked for
    std::string const message =
        thrown<ConnectError>([&] { static_cast<void>(transport.send(request("http://" + host + ".invalid/"))); });
    CHECK(contains(message, host));
}

TEST_CASE("A connection that breaks before the answer is lost", "[transport][row:7][row:8]") {
    Server server;
    auto const read = [](Connection& connection) { connection.read_head(); };
    server.script({read, support::reset()});
    server.script({read, support::close()});
    server.script({answer(200)});
    CurlTransport transport;
    for (int i = 0; i < 2; ++i)
        CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(transport.send(request(server.url()))); }));
    CHECK(transport.send(request(server.url())).status == 200);
    CHECK(server.finish() == "");
    CHECK(server.requests().size() == 3);
}

TEST_CASE("A kept connection that turns out dead is replaced, for a GET", "[transport][row:9]") {
    Server server;
    server.script({answer(200, "first"), [](Connection& connection) { connection.read_head(); }, support::close()});
    server.script({answer(200, "second")});
    CurlTransport transport;
    CHECK(transport.send(request(server.url())).body == "first");
    CHECK(transport.send(request(server.url())).body == "second");
    CHECK(server.finish() == "");
    CHECK(server.requests().size() == 3);
}

TEST_CASE("A request that was read isn't harmless to repeat because nobody listens any more", "[transport][row:9]") {
    Server server;
    server.script({answer(200),
                   [&](Connection& connection) {
                       connection.read_head();
                       server.refuse_connections();
                   },
                   support::close()});
    CurlTransport transport;
    static_cast<void>(transport.send(request(server.url())));
    auto const error =
        support::caught<ConnectionLost>([&] { static_cast<void>(transport.send(request(server.url()))); });
    CHECK(error.repetition() == openstack::Repetition::doubtful);
    CHECK(server.requests().size() == 2);
}

TEST_CASE("What mustn't arrive twice arrives once", "[transport][row:9]") {
    Server server;
    server.script({answer(200), [](Connection& connection) { connection.wait_for_close(); }});
    server.script({[](Connection& connection) { connection.read_head(); }, support::close()});
    {
        CurlTransport transport;
        static_cast<void>(transport.send(request(server.url())));
        Request post = request(server.url("/v2/images"), "POST");
        post.body = "{}";
        post.is_repeatable = false;
        CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(transport.send(post)); }));
    }
    CHECK(server.finish() == "");
    CHECK(server.requests().size() == 2);
    CHECK(server.connections() == 2);
}

TEST_CASE("Connections are kept and shared out", "[transport]") {
    Server server;
    server.serve([](support::ReceivedRequest const& received) { return answer_text(200, received.target); });
    CurlTransport transport;
    for (int i = 0; i < 10; ++i) CHECK(transport.send(request(server.url("/a"))).body == "/a");
    CHECK(server.connections() == 1);
    CHECK(server.finish() == "");
}

TEST_CASE("The connection of a request that mustn't be repeated isn't kept beside the others", "[transport]") {
    Server server;
    server.script({answer(200), answer(202)});
    server.script({answer(201), [](Connection& connection) { connection.wait_for_close(); }});
    CurlTransport transport;
    CHECK(transport.send(request(server.url())).status == 200);
    Request post = request(server.url(), "POST");
    post.is_repeatable = false;
    CHECK(transport.send(post).status == 201);
    CHECK(transport.send(request(server.url())).status == 202);
    CHECK(server.finish() == "");
}

TEST_CASE("A service that comes back is found again", "[transport][row:33]") {
    Server server;
    server.script({answer(200), support::close()});
    server.script({answer(201), support::reset()});
    server.script({answer(202)});
    CurlTransport transport;
    for (int status : {200, 201, 202}) CHECK(transport.send(request(server.url())).status == status);
    CHECK(server.finish() == "");
}

TEST_CASE("A body that is cut is lost, never half taken", "[transport][row:10][row:11][row:12]") {
    std::string const half(50, 'x');
    std::string const head = "HTTP/1.1 200 OK\r\n";
    CHECK(answer_throws<ConnectionLost>(head + "Content-Length: 100\r\n\r\n" + half));
    CHECK(answer_throws<ConnectionLost>(head + "Transfer-Encoding: chunked\r\n\r\n32\r\n" + half + "\r\n"));
    CHECK(answer_throws<ConnectionLost>(head + "Transfer-Encoding: chunked\r\n\r\n64\r\n" + half));
    CHECK(answer_throws<ConnectionLost>(head + "Content-Length: 100\r\n"));
    CHECK(answer_throws<ConnectionLost>(head + "Content-Le"));
    CHECK(answer_throws<ConnectionLost>("HTTP/1.1 100 Continue\r\n\r\n"));

    Server server;
    server.script({answer_with(head + "Content-Length: 1000\r\n\r\n" + half), support::reset()});
    CurlTransport transport;
    CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(transport.send(request(server.url()))); }));
    CHECK(server.finish() == "");
}

TEST_CASE("A body that only the end of the connection ends", "[transport][row:13]") {
    Server server;
    server.script({answer_with("HTTP/1.1 200 OK\r\n\r\nall there is"), support::close()});
    CurlTransport transport;
    Response const got = transport.send(request(server.url()));
    CHECK(got.body == "all there is");
    CHECK_FALSE(got.headers.find("Content-Length"));
    CHECK(server.finish() == "");
}

TEST_CASE("An answer whose end is unclear is a protocol error", "[transport][row:14]") {
    std::string const head = "HTTP/1.1 200 OK\r\n";
    CHECK(answer_throws<ProtocolError>(head + "Content-Length: -5\r\n\r\nhello"));
    CHECK(answer_throws<ProtocolError>(head + "Content-Length: 5\r\nContent-Length: 4\r\n\r\nhello"));
    CHECK(answer_throws<ProtocolError>(head + "Content-Length: 99999999999999999999999\r\n\r\nhello"));
    CHECK(answer_throws<ProtocolError>(head + "Content-Length: five\r\n\r\nhello"));
}

TEST_CASE("A malformed head is a protocol error", "[transport][row:15]") {
    std::string const head = "HTTP/1.1 200 OK\r\n";
    CHECK(answer_throws<ProtocolError>(head + "A: b" + std::string(1, '\0') + "c\r\n\r\n"));
    CHECK(answer_throws<ProtocolError>(head + "A: b\x01\r\n\r\n"));
    CHECK(answer_throws<ProtocolError>(head + "A: b\r\n folded\r\n\r\n"));
    CHECK(answer_throws<ProtocolError>(head + "no colon\r\n\r\n"));
}

TEST_CASE("Headers without measure are refused", "[transport][row:15]") {
    std::string const head = "HTTP/1.1 200 OK\r\n";
    std::string many = head;
    for (int i = 0; i < 10'000; ++i) many += "A: b\r\n";
    CHECK(answer_throws<ResponseTooLarge>(many + "\r\n"));
    CHECK(answer_throws<ResponseTooLarge>(head + "A: " + std::string(70'000, 'x') + "\r\n\r\n"));
    CHECK(answer_throws<ResponseTooLarge>(head + "A: " + std::string(200'000, 'x') + "\r\n\r\n"));
}

TEST_CASE("What isn't HTTP isn't an answer", "[transport][row:16]") {
    CHECK(answer_throws<ProtocolError>("SSH-2.0-OpenSSH_9.2\r\n"));
    CHECK(answer_throws<ProtocolError>("<html>hello</html>"));
    CHECK(answer_throws<ProtocolError>("HTTP/1.1 999 Beyond\r\nContent-Length: 0\r\n\r\n"));
}

TEST_CASE("Interim answers and trailers leave no trace", "[transport][row:17]") {
    std::string interim;
    for (int i = 0; i < 1000; ++i) interim += "HTTP/1.1 102 Processing\r\nInterim: 1\r\n\r\n";
    Server server;
    server.script({answer_with(interim + "HTTP/1.1 200 OK\r\nFinal: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
                                         "4\r\ntext\r\n0\r\nTrailer: 1\r\n\r\n"),
                   answer(204)});
    CurlTransport transport;
    Response const got = transport.send(request(server.url()));
    CHECK(got.status == 200);
    CHECK(got.body == "text");
    CHECK(got.headers.find("Final") == "1");
    CHECK(got.headers.lines().size() == 2);
    CHECK(transport.send(request(server.url())).status == 204);
    CHECK(server.finish() == "");
}

TEST_CASE("Bytes after an answer never become the next one", "[transport][row:18]") {
    Server server;
    server.script({answer_with(answer_text(200, "ok") + answer_text(200, "smuggled"))});
    server.script({answer(200, "honest")});
    CurlTransport transport;
    CHECK(transport.send(request(server.url())).body == "ok");
    CHECK(transport.send(request(server.url())).body == "honest");
    CHECK(server.finish() == "");
}

TEST_CASE("204 has no body, whatever is sent", "[transport][row:19]") {
    Server server;
    server.script({answer_with("HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\ntext")});
    CurlTransport transport;
    Response const got = transport.send(request(server.url()));
    CHECK(got.status == 204);
    CHECK(got.body == "");
    CHECK(server.finish() == "");
}

TEST_CASE("A compressed body that nobody asked for isn't inflated", "[transport][row:98]") {
    Server server;
    CurlTransport transport;
    std::string const body = "\x1f\x8b raw";
    auto const coded = [&](char const* coding) { return answer(200, body, {{"Content-Encoding", coding}}); };
    server.script({coded("gzip"), coded("deflate"), coded("br"), coded("zstd"), coded("gzip, gzip")});
    for (int i = 0; i < 5; ++i) CHECK(transport.send(request(server.url())).body == body);
    CHECK(server.finish() == "");
    for (auto const& each : server.requests()) CHECK_FALSE(each.headers.find("Accept-Encoding"));
}

TEST_CASE("A redirect is an answer, and nobody else hears of it", "[transport][row:77]") {
    Server other;
    Server server;
    server.script({answer(302, "over there", {{"Location", other.url("/stolen")}})});
    CurlTransport transport;
    Request with_token = request(server.url());
    with_token.headers.add("X-Auth-Token", "secret");
    Response const got = transport.send(with_token);
    CHECK(got.status == 302);
    CHECK(got.headers.find("Location") == other.url("/stolen"));
    CHECK(server.finish() == "");
    CHECK(other.connections() == 0);
}

TEST_CASE("A collected body stops at its limit", "[transport][row:97]") {
    Server server;
    std::uint64_t const endless = std::uint64_t{1} << 40;
    server.script({answer_with("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(endless) + "\r\n\r\n"),
                   [](Connection& connection) { connection.send_repeated(std::string(65'536, 'x')); }});
    CurlTransport transport;
    Request bounded = request(server.url());
    bounded.max_body = 100'000;
    CHECK(throws_exactly<ResponseTooLarge>([&] { static_cast<void>(transport.send(bounded)); }));
    CHECK(server.finish() == "");
}

TEST_CASE("What is too large is given up early, in little memory", "[transport][row:97]") {
    std::string const block(65'536, 'x');
    for (std::string const head : {"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
                                   "HTTP/1.1 500 Oh\r\nContent-Length: 104857600\r\n\r\n"}) {
        std::uint64_t sent = 0;
        Server server;
        server.script({answer_with(head), [&](Connection& connection) {
                           try {
                               for (; sent < 104'857'600; sent += block.size()) connection.send(block);
                           } catch (std::exception const&) {  // the client has closed
                           }
                       }});
        CurlTransport transport;
        Request bounded = request(server.url());
        bounded.max_body = 1'000'000;
        std::string got;
        std::uint64_t const grown = support::peak_growth([&] {
            try {
                got = transport.send(bounded).body;
            } catch (ResponseTooLarge const&) {
                got = "too large";
            }
        });
        CHECK((got == "too large" || got == block));
        CHECK(grown < 20'000'000);
        CHECK(server.finish() == "");
        CHECK(sent < 50'000'000);  // most of it lies in the system's buffers
    }
}

TEST_CASE("An endless refusal is cut, and is a refusal still", "[transport][row:97]") {
    Server server;
    server.script({answer_with("HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n"), [](Connection& connection) {
                       connection.send_repeated("1000\r\n" + std::string(4096, 'x') + "\r\n");
                   }});
    CurlTransport transport;
    Response const got = transport.send(request(server.url()));
    CHECK(got.status == 500);
    CHECK(got.body == std::string(65'536, 'x'));
    CHECK(server.finish() == "");
}

TEST_CASE("A refusal whose text is cut or stalls is a refusal still", "[transport][row:45]") {
    std::string const cut = "HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nnot yours";
    Server server;
    server.script({answer_with(cut), support::close()});
    server.script({answer_with(cut), [](Connection& connection) { connection.wait_for_close(); }});
    CurlTransport transport;
    CHECK(transport.send(request(server.url())).body == "not yours");
    Request impatient = request(server.url());
    impatient.timeouts->stall = 50ms;
    Response const got = transport.send(impatient);
    CHECK(got.status == 403);
    CHECK(got.body == "not yours");
    CHECK(server.finish() == "");
}

TEST_CASE("An exception of the consumer comes out unchanged", "[transport][row:133]") {
    struct Mine {
        int number;
    };
    Server server;
    server.script({answer(200, std::string(100'000, 'x'))});
    server.script({answer(200, "after")});
    CurlTransport transport;
    Request failing = request(server.url());
    int calls = 0;
    failing.consumer = [&](Response const& head, std::span<std::byte const>) {
        CHECK(head.status == 200);
        ++calls;
        throw Mine{42};
    };
    int caught = 0;
    try {
        static_cast<void>(transport.send(failing));
    } catch (Mine const& mine) {
        caught = mine.number;
    }
    CHECK(caught == 42);
    CHECK(calls == 1);
    CHECK(transport.send(request(server.url())).body == "after");
    CHECK(server.finish() == "");
}

TEST_CASE("A consumer may use the same transport", "[transport][row:158]") {
    Server server;
    server.serve([](support::ReceivedRequest const& received) { return answer_text(200, received.target); });
    CurlTransport transport;
    Request outer = request(server.url("/outer"));
    std::string inner;
    outer.consumer = [&](Response const&, std::span<std::byte const>) {
        inner = transport.send(request(server.url("/inner"))).body;
    };
    CHECK(transport.send(outer).status == 200);
    CHECK(inner == "/inner");
    CHECK(server.finish() == "");
}

TEST_CASE("Time in the consumer isn't the network's", "[transport][row:134]") {
    Server server;
    server.script({answer(200, std::string(200'000, 'x'))});
    CurlTransport transport;
    Request slow = request(server.url());
    slow.timeouts->stall = 200ms;
    std::size_t taken = 0;
    slow.consumer = [&](Response const&, std::span<std::byte const> bytes) {
        if (taken == 0) std::this_thread::sleep_for(400ms);
        taken += bytes.size();
    };
    CHECK(transport.send(slow).status == 200);
    CHECK(taken == 200'000);
    CHECK(server.finish() == "");
}

namespace {

/// A stalled transfer: what the server does, and the time-outs of the request.
template<class Step>
std::string time_out(openstack::Timeouts timeouts, Step step) {
    Server server;
    server.script({step});
    CurlTransport transport;
    Request impatient = request(server.url());
    impatient.timeouts = timeouts;
    std::string const message = thrown<TimeoutError>([&] { static_cast<void>(transport.send(impatient)); });
    return message + server.finish();
}

}  // namespace

TEST_CASE("An answer that never comes ends in the response phase", "[transport][row:20][row:22]") {
    std::string const message =
        time_out({.response = 50ms}, [](Connection& connection) { connection.wait_for_close(); });
    CHECK(contains(message, "50 ms (response)"));
}

TEST_CASE("Dripping headers end in the response phase", "[transport][row:15][row:20]") {
    std::string const message = time_out({.stall = 1s, .response = 100ms}, [](Connection& connection) {
        connection.send("HTTP/1.1 200 OK\r\n");
        connection.drip("A: b\r\n", 10ms);
    });
    CHECK(contains(message, "100 ms (response)"));
}

TEST_CASE("A stalled body ends in the receive phase", "[transport][row:22]") {
    std::string const message = time_out({.stall = 50ms}, [](Connection& connection) {
        connection.read_head();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
        connection.wait_for_close();
    });
    CHECK(contains(message, "50 ms (receive)"));
}

TEST_CASE("A dripping body ends with the total time", "[transport][row:21]") {
    std::string const message = time_out({.stall = 1s, .total = 100ms}, [](Connection& connection) {
        connection.read_head();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        connection.drip("xx", 10ms);
    });
    CHECK(contains(message, "100 ms (total)"));
}
