// SPDX-License-Identifier: Apache-2.0
// CurlTransport with answers that are pulled, and with bodies of any size in either direction.
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <openstack/curl_transport.hpp>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "../support/memory.hpp"
#include "../support/requests.hpp"
#include "../support/server.hpp"
#include "../support/thrown.hpp"

using namespace std::chrono_literals;
using openstack::ConnectionLost, openstack::CurlTransport, openstack::Request, openstack::Response,
    openstack::TimeoutError;
using support::answer, support::answer_text, support::answer_with, support::Connection, support::request,
    support::Server, support::thrown, support::throws_exactly;

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
// The address sanitizer keeps 256 MiB of freed memory from being used again: not with tests that measure memory.
extern "C" char const* __asan_default_options() { return "quarantine_size_mb=4"; }
#endif
#endif

namespace {

constexpr std::uint64_t large = std::uint64_t{256} << 20;
constexpr std::uint64_t bound = std::uint64_t{8} << 20;

std::string length_head(std::uint64_t bytes) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n";
}

/// Sends that many bytes, in MiB of "0123...".
support::Step send_large(std::uint64_t bytes) {
    return [bytes](Connection& connection) {
        std::string block;
        while (block.size() < std::size_t{1} << 20) block += "0123456789abcdef";
        connection.read_head();
        connection.send(length_head(bytes));
        connection.send_repeated(block, bytes);
    };
}

std::string pull_all(openstack::ResponseStream& stream) {
    std::string text;
    for (auto piece = stream.next(); !piece.empty(); piece = stream.next())
        text.append(reinterpret_cast<char const*>(piece.data()), piece.size());
    return text;
}

}  // namespace

TEST_CASE("An answer is pulled piece by piece", "[pull]") {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += std::to_string(i);
    Server server;
    server.script({answer(200, text, {{"One", "1"}}), answer(206, "x"), answer(200, ""), answer(204)});
    CurlTransport transport;
    for (auto const& [status, body] : {std::pair{200, text}, {206, "x"}, {200, ""}, {204, ""}}) {
        auto const stream = transport.open(request(server.url()));
        CHECK(stream->head().status == status);
        CHECK(stream->head().body.empty());
        CHECK(pull_all(*stream) == body);
        CHECK(stream->next().empty());
    }
    CHECK(server.connections() == 1);
    CHECK(server.finish() == "");
}

TEST_CASE("The head is there before the body", "[pull]") {
    Server server;
    server.script({[](Connection& connection) {
        connection.read_head();
        connection.send(length_head(4));
        connection.wait_for_release();
        connection.send("text");
    }});
    CurlTransport transport;
    auto const stream = transport.open(request(server.url()));
    CHECK(stream->head().status == 200);
    server.release();
    CHECK(pull_all(*stream) == "text");
    CHECK(server.finish() == "");
}

TEST_CASE("A refusal to a pulled request has its text", "[pull]") {
    Server server;
    server.script({[](Connection& connection) {
        connection.read_head();
        connection.send("HTTP/1.1 404 Not Found\r\nContent-Length: 13\r\n\r\nno such");
        std::this_thread::sleep_for(20ms);
        connection.send(" image");
    }});
    CurlTransport transport;
    auto const stream = transport.open(request(server.url()));
    CHECK(stream->head().status == 404);
    CHECK(stream->head().body == "no such image");
    CHECK(stream->next().empty());
    CHECK(server.finish() == "");
}

TEST_CASE("A pulled request that fails throws where it fails", "[pull]") {
    Server server;
    server.script({[](Connection& connection) { connection.read_head(); }, support::close()});
    server.script({answer_with(length_head(100) + "half"), support::close()});
    CurlTransport transport;
    CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(transport.open(request(server.url()))); }));
    auto const stream = transport.open(request(server.url()));
    CHECK(stream->next().size() == 4);  // what has arrived isn't lost with the connection
    CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(pull_all(*stream)); }));
    CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(stream->next()); }));  // never looks like the end
    CHECK(server.finish() == "");
}

TEST_CASE("A pulled body that stalls ends, time of the caller doesn't count", "[pull][row:22][row:134]") {
    Server server;
    server.script({[](Connection& connection) {
                       connection.read_head();
                       connection.send(length_head(8) + "text");
                       connection.wait_for_release();
                       connection.send("more");
                   },
                   answer_with(length_head(8) + "text"), [](Connection& connection) { connection.wait_for_close(); }});
    CurlTransport transport;
    Request impatient = request(server.url());
    impatient.timeouts->stall = 200ms;
    {
        auto const stream = transport.open(impatient);
        CHECK(stream->next().size() == 4);
        std::this_thread::sleep_for(400ms);
        server.release();
        CHECK(stream->next().size() == 4);
        CHECK(stream->next().empty());
    }
    auto stream = transport.open(impatient);
    CHECK(stream->next().size() == 4);
    std::string const message = thrown<TimeoutError>([&] { static_cast<void>(stream->next()); });
    CHECK(message.find("200 ms (receive)") != message.npos);
    stream.reset();
    CHECK(server.finish() == "");
}

TEST_CASE("A slow but steady body isn't stalled", "[pull][row:22]") {
    auto const send_slowly = [](Connection& connection) {
        connection.read_head();
        connection.send(length_head(15));
        for (int i = 0; i < 15; ++i) {
            std::this_thread::sleep_for(40ms);
            connection.send("x");
        }
    };
    Server server;
    server.script({send_slowly, send_slowly});
    CurlTransport transport;
    Request patient = request(server.url());
    patient.timeouts->stall = 400ms;
    CHECK(transport.send(patient).body.size() == 15);
    CHECK(pull_all(*transport.open(patient)).size() == 15);
    CHECK(server.finish() == "");
}

TEST_CASE("A stream dropped halfway closes its connection", "[pull][row:137]") {
    Server server;
    server.script({[](Connection& connection) {
        connection.read_head();
        connection.send(length_head(std::uint64_t{1} << 40));
        connection.send_repeated(std::string(65'536, 'x'));
    }});
    server.script({answer(200, "next")});
    CurlTransport transport;
    {
        auto const stream = transport.open(request(server.url()));
        CHECK_FALSE(stream->next().empty());
    }
    CHECK(transport.send(request(server.url())).body == "next");
    CHECK(server.finish() == "");
}

TEST_CASE("A stream never read closes its connection", "[pull][row:137]") {
    Server server;
    server.script({answer_with(length_head(1'000'000)), [](Connection& connection) { connection.wait_for_close(); }});
    CurlTransport transport;
    static_cast<void>(transport.open(request(server.url())));
    CHECK(server.finish() == "");
}

TEST_CASE("A stream outlives the transport and the request", "[pull][row:115]") {
    Server server;
    server.script({answer(200, "text")});
    std::optional<CurlTransport> transport{std::in_place};
    auto const stream = transport->open(request(server.url()));
    transport.reset();
    CHECK(pull_all(*stream) == "text");
    CHECK(server.finish() == "");
}

TEST_CASE("A large body takes little memory, pushed or pulled", "[size][row:136]") {
    Server server;
    server.script({send_large(large), send_large(large)});
    CurlTransport transport;
    std::uint64_t received = 0;
    Request consumed = request(server.url());
    consumed.consumer = [&](Response const&, std::span<std::byte const> bytes) { received += bytes.size(); };
    CHECK(support::peak_growth([&] { CHECK(transport.send(consumed).status == 200); }) < bound);
    CHECK(received == large);

    std::uint64_t pulled = 0;
    CHECK(support::peak_growth([&] {
              auto const stream = transport.open(request(server.url()));
              for (auto piece = stream->next(); !piece.empty(); piece = stream->next()) pulled += piece.size();
          }) < bound);
    CHECK(pulled == large);
    CHECK(server.finish() == "");
}

TEST_CASE("A slow consumer keeps the server waiting, not the bytes in memory", "[size][row:134]") {
    Server server;
    server.script({send_large(large)});
    CurlTransport transport;
    auto const stream = transport.open(request(server.url()));
    std::uint64_t pulled = 0;
    CHECK(support::peak_growth([&] {
              for (auto piece = stream->next(); !piece.empty(); piece = stream->next()) {
                  if (pulled < std::uint64_t{4} << 20) std::this_thread::sleep_for(5ms);
                  pulled += piece.size();
              }
          }) < bound);
    CHECK(pulled == large);
    CHECK(server.finish() == "");
}

TEST_CASE("A large upload takes little memory", "[size][row:136]") {
    Server server;
    auto const receive = [](Connection& connection) {
        connection.read_head();
        connection.send("HTTP/1.1 100 Continue\r\n\r\n");
        connection.read_body();
        connection.send(answer_text(204));
    };
    server.script({receive});
    server.script({receive});
    CurlTransport transport;
    for (bool tells_size : {true, false}) {
        support::RepeatedSource source{large, tells_size};
        CHECK(support::peak_growth(
                  [&] { CHECK(transport.send(support::upload(server.url(), source)).status == 204); }) < bound);
        CHECK(server.requests().back().body_size == large);
    }
    CHECK(server.finish() == "");
}

TEST_CASE("Lengths beyond 4 GiB go over the wire whole", "[size][row:136]") {
    std::uint64_t const huge = (std::uint64_t{5} << 30) + 1;
    Server server;
    server.script({answer_with(length_head(huge) + "text"), support::close()});
    server.script({[](Connection& connection) {
        connection.read_head();
        connection.send(answer_text(413));
        connection.wait_for_close();
    }});
    CurlTransport transport;
    auto const stream = transport.open(request(server.url()));
    CHECK(stream->head().headers.find("Content-Length") == std::to_string(huge));
    CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(pull_all(*stream)); }));
    support::RepeatedSource source{huge};
    CHECK(transport.send(support::upload(server.url(), source)).status == 413);
    CHECK(server.finish() == "");
    CHECK(server.requests()[1].headers.find("Content-Length") == std::to_string(huge));
}
