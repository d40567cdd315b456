// SPDX-License-Identifier: Apache-2.0
// CurlTransport sending streamed bodies to a server that misbehaves, or from a source that does.
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <openstack/curl_transport.hpp>
#include <openstack/source.hpp>
#include <span>
#include <string>
#include <thread>

#include "../support/requests.hpp"
#include "../support/server.hpp"
#include "../support/temporary_directory.hpp"
#include "../support/thrown.hpp"

using namespace std::chrono_literals;
using openstack::ConnectionLost, openstack::CurlTransport, openstack::Response, openstack::SourceError,
    openstack::TimeoutError;
using support::answer, support::answer_text, support::Connection, support::RepeatedSource, support::Server,
    support::thrown, support::throws_exactly, support::upload;

namespace {

constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

/// Reads an upload after having agreed to it, and answers 204.
void receive(Connection& connection) {
    if (connection.read_head().headers.find("Expect")) connection.send(go_on);
    connection.read_body();
    connection.send(answer_text(204));
}

}  // namespace

TEST_CASE("A source of known size is sent with its length", "[upload][row:147]") {
    Server server;
    CurlTransport transport;
    std::string const text = "0123456789";
    for (std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{65'536}, std::uint64_t{5'000'000}}) {
        server.script({receive});
        RepeatedSource source{bytes};
        CHECK(transport.send(upload(server.url(), source)).status == 204);
        auto const seen = server.requests().back();
        CHECK(seen.headers.find("Content-Length") == std::to_string(bytes));
        CHECK_FALSE(seen.headers.find("Transfer-Encoding"));
        CHECK(seen.headers.find("Expect").has_value() == (bytes != 0));
        CHECK(seen.body_size == bytes);
    }
    CHECK(server.finish() == "");
    CHECK(server.connections() == 4);
}

TEST_CASE("A source of unknown size is sent in chunks", "[upload][row:146]") {
    Server server;
    CurlTransport transport;
    for (std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{65'536}, std::uint64_t{5'000'000}}) {
        server.script({receive});
        RepeatedSource source{bytes, false};
        CHECK(transport.send(upload(server.url(), source)).status == 204);
        auto const seen = server.requests().back();
        CHECK(seen.headers.find("Transfer-Encoding") == "chunked");
        CHECK_FALSE(seen.headers.find("Content-Length"));
        CHECK(seen.body_size == bytes);
    }
    CHECK(server.finish() == "");
}

TEST_CASE("The bytes of a file arrive as they are", "[upload]") {
    support::TemporaryDirectory const directory;
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    support::write_file(directory / "image", all);
    Server server;
    server.script({receive});
    CurlTransport transport;
    auto const source = openstack::from_file(directory / "image");
    CHECK(transport.send(upload(server.url(), *source)).status == 204);
    CHECK(server.requests()[0].body == all);
    CHECK(server.finish() == "");
}

TEST_CASE("A source that ends early is an error at once, not a wait", "[upload][row:138]") {
    Server server;
    server.script({[](Connection& connection) {
        connection.read_head();
        connection.send(go_on);
        connection.wait_for_close();
    }});
    CurlTransport transport;
    bool is_first = true;
    auto const source = openstack::from_callback(
        [&](std::span<std::byte> buffer) {
            return std::exchange(is_first, false) ? (std::min)(buffer.size(), 500ul) : 0;
        },
        1000);
    std::string const message =
        thrown<SourceError>([&] { static_cast<void>(transport.send(upload(server.url("/file"), *source))); });
    CHECK(message == "PUT " + server.url("/file") + ": the source ended after 500 of 1000 bytes");
    CHECK(server.finish() == "");
}

TEST_CASE("A file that shrinks while it's sent is an error", "[upload][row:138]") {
    support::TemporaryDirectory const directory;
    support::write_file(directory / "image", std::string(8'000'000, 'x'));
    Server server;
    server.script({[&](Connection& connection) {
        connection.read_head();
        connection.send(go_on);
        connection.read_body(100'000);
        std::filesystem::resize_file(directory / "image", 100'000);
        connection.wait_for_close();
    }});
    CurlTransport transport;
    auto const source = openstack::from_file(directory / "image");
    CHECK(throws_exactly<SourceError>([&] { static_cast<void>(transport.send(upload(server.url(), *source))); }));
    CHECK(server.finish() == "");
}

TEST_CASE("A source with more than it has said never completes the upload", "[upload][row:139][row:140]") {
    std::uint64_t received = 0;
    Server server;
    server.script({[&](Connection& connection) {
        connection.read_head();
        connection.send(go_on);
        received = connection.wait_for_close();
    }});
    CurlTransport transport;
    auto const source = openstack::from_callback(
        [](std::span<std::byte> buffer) {
            std::ranges::fill(buffer, std::byte{'x'});
            return buffer.size();
        },
        1'000'000);
    CHECK(throws_exactly<SourceError>([&] { static_cast<void>(transport.send(upload(server.url(), *source))); }));
    CHECK(server.finish() == "");
    CHECK(received < 1'000'000);
}

TEST_CASE("An exception of the source comes out unchanged", "[upload][row:140]") {
    struct Mine {
        int number;
    };
    Server server;
    server.script({[](Connection& connection) {
        connection.read_head();
        connection.send(go_on);
        connection.wait_for_close();
    }});
    server.script({answer(200)});
    CurlTransport transport;
    auto const source =
        openstack::from_callback([](std::span<std::byte>) -> std::size_t { throw Mine{7}; }, std::nullopt);
    int caught = 0;
    try {
        static_cast<void>(transport.send(upload(server.url(), *source)));
    } catch (Mine const& mine) {
        caught = mine.number;
    }
    CHECK(caught == 7);
    CHECK(transport.send(support::request(server.url())).status == 200);
    CHECK(server.finish() == "");
}

TEST_CASE("An upload never goes out on a kept connection", "[upload][row:9]") {
    Server server;
    server.script({answer(200)});
    server.script({receive});
    CurlTransport transport;
    CHECK(transport.send(support::request(server.url())).status == 200);
    RepeatedSource source{100};
    openstack::Request repeatable = upload(server.url(), source);
    repeatable.is_repeatable = true;
    CHECK(transport.send(repeatable).status == 204);
    CHECK(server.finish() == "");
    CHECK(server.connections() == 2);
}

TEST_CASE("A refusal before the body costs no byte of it", "[upload][row:26][row:149]") {
    std::uint64_t received = 1;
    Server server;
    server.script({[&](Connection& connection) {
        connection.read_head();
        connection.send(answer_text(409, "not queued"));
        received = connection.wait_for_close();
    }});
    CurlTransport transport;
    RepeatedSource source{100'000'000};
    Response const got = transport.send(upload(server.url(), source));
    CHECK(got.status == 409);
    CHECK(got.body == "not queued");
    CHECK(server.finish() == "");
    CHECK(received == 0);
}

TEST_CASE("A refusal in the middle of the body is the answer", "[upload][row:26]") {
    Server server;
    server.script({[&](Connection& connection) {
        connection.read_head();
        connection.send(go_on);
        connection.read_body(1'000'000);
        connection.send(answer_text(413, "quota"));
        connection.wait_for_close();
    }});
    server.script({answer(200)});
    CurlTransport transport;
    RepeatedSource source{100'000'000};
    Response const got = transport.send(upload(server.url(), source));
    CHECK(got.status == 413);
    CHECK(got.body == "quota");
    CHECK(transport.send(support::request(server.url())).status == 200);
    CHECK(server.finish() == "");
}

TEST_CASE("A reset in the middle of the body is a lost connection, and no signal", "[upload][row:30]") {
    Server server;
    server.script({[&](Connection& connection) {
                       connection.read_head();
                       connection.send(go_on);
                       connection.read_body(1'000'000);
                   },
                   support::reset()});
    CurlTransport transport;
    RepeatedSource source{100'000'000};
    CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(transport.send(upload(server.url(), source))); }));
    CHECK(server.finish() == "");
}

TEST_CASE("A service that doesn't know Expect gets the body after a while", "[upload][row:24]") {
    Server server;
    server.script({answer(204)});
    CurlTransport transport;
    RepeatedSource source{2'000'000};
    openstack::Request request = upload(server.url(), source);
    request.timeouts->stall = 200ms;  // shorter than what libcurl waits for the service's word
    CHECK(transport.send(request).status == 204);
    CHECK(server.finish() == "");
    CHECK(server.requests()[0].headers.find("Expect"));
    CHECK(server.requests()[0].body_size == 2'000'000);
}

TEST_CASE("A service that refuses Expect gets the request without it", "[upload][row:25]") {
    Server server;
    server.script({[](Connection& connection) {
                       connection.read_head();
                       connection.send(answer_text(417, "what?"));
                   },
                   answer(200, "stored", {{"Final", "1"}})});
    CurlTransport transport;
    RepeatedSource source{2'000'000};
    Response const got = transport.send(upload(server.url(), source));
    CHECK(got.status == 200);
    CHECK(got.body == "stored");
    CHECK(got.headers.lines().size() == 2);
    CHECK(server.finish() == "");
    REQUIRE(server.requests().size() == 2);
    CHECK(server.requests()[0].body_size == 0);
    CHECK_FALSE(server.requests()[1].headers.find("Expect"));
    CHECK(server.requests()[1].body_size == 2'000'000);
}

TEST_CASE("A server that never reads ends in the send phase", "[upload][row:23]") {
    Server server;
    server.script({[](Connection& connection) {
        connection.read_head();
        connection.send(go_on);
        connection.wait_for_release();
        connection.wait_for_close();
    }});
    CurlTransport transport;
    RepeatedSource source{100'000'000};
    openstack::Request request = upload(server.url(), source);
    request.timeouts->stall = 100ms;
    std::string const message = thrown<TimeoutError>([&] { static_cast<void>(transport.send(request)); });
    CHECK(message.find("100 ms (send)") != message.npos);
    server.release();
    CHECK(server.finish() == "");
}

TEST_CASE("A slow but steady reader isn't stalled", "[upload][row:23]") {
    constexpr std::uint64_t piece = 4'000'000;
    Server server;
    server.script({[](Connection& connection) {
        connection.read_head();
        for (int i = 0; i < 15; ++i) {
            std::this_thread::sleep_for(40ms);
            connection.read_body(piece);
        }
        connection.send(answer_text(204));
    }});
    CurlTransport transport;
    openstack::Request patient = support::request(server.url(), "POST");
    patient.body.assign(15 * piece, 'x');
    patient.timeouts->stall = 400ms;
    CHECK(transport.send(patient).status == 204);
    CHECK(server.finish() == "");
    CHECK(server.requests()[0].body_size == 15 * piece);
}

TEST_CASE("A service that takes long to store the data isn't stalled", "[upload][row:27]") {
    bool const tells_size = GENERATE(true, false);
    Server server;
    server.script({[](Connection& connection) {
        connection.read_head();
        connection.send(go_on);
        connection.read_body();
        std::this_thread::sleep_for(300ms);
        connection.send(answer_text(204));
    }});
    CurlTransport transport;
    RepeatedSource source{100'000, tells_size};
    openstack::Request request = upload(server.url(), source);
    request.timeouts->stall = 100ms;
    CHECK(transport.send(request).status == 204);
    CHECK(server.finish() == "");
}

TEST_CASE("A service that never answers an upload ends in the response phase", "[upload][row:27]") {
    bool const tells_size = GENERATE(true, false);
    Server server;
    server.script({[](Connection& connection) {
        connection.read_head();
        connection.send(go_on);
        connection.read_body();
        connection.wait_for_close();
    }});
    CurlTransport transport;
    RepeatedSource source{100'000, tells_size};
    openstack::Request request = upload(server.url(), source);
    request.timeouts->response = 50ms;
    std::string const message = thrown<TimeoutError>([&] { static_cast<void>(transport.send(request)); });
    CHECK(message.find("50 ms (response)") != message.npos);
    CHECK(server.finish() == "");
}

TEST_CASE("Time in the source isn't the network's", "[upload][row:134]") {
    Server server;
    server.script({receive});
    CurlTransport transport;
    int reads = 0;
    auto const source = openstack::from_callback([&](std::span<std::byte> buffer) -> std::size_t {
        if (++reads > 2) return 0;
        std::this_thread::sleep_for(400ms);
        buffer[0] = std::byte{'x'};
        return 1;
    });
    openstack::Request request = upload(server.url(), *source);
    request.timeouts->stall = 200ms;
    CHECK(transport.send(request).status == 204);
    CHECK(server.finish() == "");
    CHECK(server.requests()[0].body == "xx");
}
