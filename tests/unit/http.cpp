// SPDX-License-Identifier: Apache-2.0
// Headers, and the rules that hold for both halves of an exchange, without a network.
#include <openstack/http.hpp>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <openstack/exchange.hpp>
#include <openstack/source.hpp>
#include <span>
#include <string>
#include <vector>

#include "../support/thrown.hpp"

using namespace std::string_literals;
using openstack::Headers, openstack::InvalidRequest, openstack::ProtocolError, openstack::Request,
    openstack::ResponseTooLarge, openstack::SourceError;
using openstack::detail::ReceivedAnswer, openstack::detail::SentBody;
using support::thrown, support::throws_exactly;

namespace {

void take_head(ReceivedAnswer& answer, std::vector<std::string> const& lines) {
    for (std::string const& each : lines) answer.take_line(each + "\r\n");
    answer.take_line("\r\n");
}

bool take_text(ReceivedAnswer& answer, std::string const& text) {
    return answer.take_body(std::as_bytes(std::span{text}));
}

}  // namespace

TEST_CASE("Header names compare without regard to case", "[http]") {
    Headers headers{{"X-Auth-Token", "first"}, {"x-auth-token", "second"}};
    CHECK(headers.find("X-AUTH-TOKEN") == "first");
    CHECK_FALSE(headers.find("X-Auth"));
    headers.set("x-AUTH-token", "third");
    CHECK(headers.lines().size() == 1);
    CHECK(headers.find("X-Auth-Token") == "third");
    CHECK_FALSE(Headers::equal_names("\xc4", "\xe4"));
}

TEST_CASE("A header can't smuggle in another line", "[http][row:108]") {
    Headers headers;
    for (std::string const& name : {""s, "a b"s, "a:"s, "a\r\nb"s, "a\0b"s, "\xc3\xa4"s, "a\x7f"s, "(a)"s})
        CHECK(throws_exactly<InvalidRequest>([&] { headers.add(name, "value"); }));
    for (std::string const& value : {"a\r\nb"s, "a\nb"s, "a\rb"s, "a\0b"s, "a\x1f"s, "a\x7f"s})
        CHECK(throws_exactly<InvalidRequest>([&] { headers.add("Name", value); }));
    CHECK(headers.lines().empty());
    headers.add("Name", "tab\tand \xc3\xa4");
    CHECK(headers.find("name") == "tab\tand \xc3\xa4");
}

TEST_CASE("A refused header value isn't repeated", "[http][row:166]") {
    Headers headers;
    std::string const message = thrown<InvalidRequest>([&] { headers.add("X-Auth-Token", "secret\n"); });
    CHECK(message.find("X-Auth-Token") != message.npos);
    CHECK(message.find("secret") == message.npos);
}

TEST_CASE("An answer's head holds the final status and its headers alone", "[http][row:17]") {
    Request const request;
    ReceivedAnswer answer{request};
    take_head(answer, {"HTTP/1.1 103 Early Hints", "Link: </a>"});
    CHECK_FALSE(answer.has_head());
    take_head(answer, {"HTTP/1.1 200 OK", "One:1", "Two: \t 2 \t", "Empty:", "One: again"});
    REQUIRE(answer.has_head());
    CHECK(take_text(answer, "text"));
    answer.take_line("Trailer: late\r\n");
    answer.take_line("HTTP/1.1 500 Late\r\n");
    openstack::Response const response = answer.take_response();
    CHECK(response.status == 200);
    CHECK(response.body == "text");
    CHECK(response.headers.lines().size() == 4);
    CHECK(response.headers.find("One") == "1");
    CHECK(response.headers.find("Two") == "2");
    CHECK(response.headers.find("Empty") == "");
}

TEST_CASE("The answer to the repeated request counts after a refused Expect", "[http][row:25]") {
    Request const request;
    ReceivedAnswer answer{request};
    take_head(answer, {"HTTP/1.1 417 Expectation Failed", "One: 1"});
    take_head(answer, {"HTTP/1.1 204 No Content", "Two: 2"});
    CHECK(answer.response().status == 204);
    CHECK(answer.response().headers.lines().size() == 1);
}

TEST_CASE("A message has the front of a URL of any length", "[http][row:97]") {
    Request asked;
    asked.url = "/v2/images?marker=" + std::string(100'000, 'x');
    CHECK(openstack::detail::name_of(asked) == "GET " + asked.url.substr(0, 2000));
}

TEST_CASE("A head that isn't HTTP is a protocol error", "[http][row:15][row:74]") {
    Request const request;
    auto const refuses = [&](std::vector<std::string> const& lines) {
        ReceivedAnswer answer{request};
        return throws_exactly<ProtocolError>([&] { take_head(answer, lines); });
    };
    for (std::string const& line : {"HTTP/1.1"s, "HTTP/1.1 "s, "HTTP/1.1 2x0 OK"s, "HTTP/1.1 20"s, "HTTP/1.1 000 No"s,
                                    "HTTP/1.1 999 No"s, "HTTP/1.1 -20 No"s})
        CHECK(refuses({line}));
    for (std::string const& line :
         {"no colon"s, " folded: line"s, "\tfolded"s, "a b: c"s, ": c"s, "a: \x01"s, "a: \0"s})
        CHECK(refuses({"HTTP/1.1 200 OK", line}));
    CHECK_FALSE(refuses({"HTTP/1.1 200"}));
}

TEST_CASE("A length must be one number", "[http][row:14]") {
    Request const request;
    auto const refuses = [&](std::vector<std::string> const& lines) {
        ReceivedAnswer answer{request};
        std::vector<std::string> head{"HTTP/1.1 200 OK"};
        head.insert(head.end(), lines.begin(), lines.end());
        return throws_exactly<ProtocolError>([&] { take_head(answer, head); });
    };
    CHECK(refuses({"Content-Length: 1", "Content-Length: 2"}));
    CHECK(refuses({"Content-Length: -1"}));
    CHECK(refuses({"Content-Length: 1, 1"}));
    CHECK(refuses({"Content-Length: 0x1"}));
    CHECK(refuses({"Content-Length:"}));
    CHECK(refuses({"Content-Length: 99999999999999999999999"}));
    CHECK_FALSE(refuses({"Content-Length: 1", "content-length: 1"}));
    CHECK_FALSE(refuses({"Content-Length: 5368709120"}));
}

TEST_CASE("Headers are bounded in number and size", "[http][row:15]") {
    Request const request;
    auto const head = [](std::size_t lines, std::size_t length) {
        std::vector<std::string> all{"HTTP/1.1 200 OK"};
        all.insert(all.end(), lines, "a:" + std::string(length, 'x'));
        return all;
    };
    ReceivedAnswer full{request};
    take_head(full, head(256, 10));
    CHECK(full.response().headers.lines().size() == 256);
    ReceivedAnswer many{request};
    CHECK(throws_exactly<ResponseTooLarge>([&] { take_head(many, head(257, 10)); }));
    ReceivedAnswer large{request};
    CHECK(throws_exactly<ResponseTooLarge>([&] { take_head(large, head(2, 40'000)); }));
}

TEST_CASE("A collected body is bounded", "[http][row:97]") {
    Request request;
    request.max_body = 10;
    ReceivedAnswer answer{request};
    take_head(answer, {"HTTP/1.1 200 OK"});
    CHECK(take_text(answer, "01234"));
    CHECK(take_text(answer, "56789"));
    CHECK(throws_exactly<ResponseTooLarge>([&] { take_text(answer, "x"); }));
}

TEST_CASE("A consumer takes the body of a success only", "[http]") {
    std::string taken;
    Request request;
    request.max_body = 1;
    request.consumer = [&](openstack::Response const& head, std::span<std::byte const> bytes) {
        taken += std::to_string(head.status) + ' ' + std::to_string(bytes.size());
    };
    ReceivedAnswer success{request};
    take_head(success, {"HTTP/1.1 206 Partial Content"});
    CHECK(take_text(success, "12345"));
    CHECK(taken == "206 5");
    CHECK(success.response().body.empty());
    CHECK_FALSE(success.stands_without_body());

    ReceivedAnswer refusal{request};
    take_head(refusal, {"HTTP/1.1 404 Not Found"});
    CHECK(take_text(refusal, "no such image"));
    CHECK(taken == "206 5");
    CHECK(refusal.response().body == "no such image");
    CHECK(refusal.stands_without_body());
}

TEST_CASE("The text of a refusal is kept to 64 KiB and read to 1 MiB", "[http][row:97]") {
    Request const request;
    ReceivedAnswer answer{request};
    take_head(answer, {"HTTP/1.1 500 Oh"});
    std::string const piece(std::size_t{16} << 10, 'x');
    for (int i = 0; i < 64; ++i) CHECK(take_text(answer, piece));
    CHECK_FALSE(take_text(answer, piece));
    CHECK(answer.response().body == std::string(std::size_t{64} << 10, 'x'));
}

namespace {

/// Reads a body in pieces of that size.
std::string read_all(SentBody& body, std::size_t piece) {
    std::string text;
    std::string buffer(piece, '\0');
    while (std::size_t const bytes = body.read(std::as_writable_bytes(std::span{buffer})))
        text.append(buffer, 0, bytes);
    return text;
}

}  // namespace

TEST_CASE("A source gives exactly as many bytes as it has said", "[http][row:138][row:140]") {
    std::string const text = "0123456789";
    std::size_t given = 0;
    auto const source = [&](std::uint64_t size) {
        given = 0;
        return openstack::from_callback(
            [&](std::span<std::byte> buffer) {
                std::size_t const bytes = (std::min)({buffer.size(), std::size_t{3}, text.size() - given});
                std::copy_n(std::as_bytes(std::span{text}).begin() + static_cast<std::ptrdiff_t>(given), bytes,
                            buffer.begin());
                given += bytes;
                return bytes;
            },
            size);
    };
    auto const read = [&](std::uint64_t size, std::size_t piece) {
        auto const from = source(size);
        Request request;
        request.source = from.get();
        SentBody body{request};
        return read_all(body, piece);
    };
    for (std::size_t piece : {1u, 2u, 10u, 100u}) CHECK(read(10, piece) == text);
    CHECK(thrown<SourceError>([&] { static_cast<void>(read(11, 4)); }) ==
          "GET : the source ended after 10 of 11 bytes");
    CHECK(thrown<SourceError>([&] { static_cast<void>(read(9, 4)); }) == "GET : the source has more than 9 bytes");
    CHECK(throws_exactly<SourceError>([&] { static_cast<void>(read(0, 4)); }));
}

TEST_CASE("A source that ends too late never hands over its last promised byte", "[http][row:139]") {
    auto const endless = openstack::from_callback(
        [](std::span<std::byte> buffer) {
            std::ranges::fill(buffer, std::byte{'x'});
            return buffer.size();
        },
        8);
    Request request;
    request.source = endless.get();
    SentBody body{request};
    std::array<std::byte, 4> buffer{};
    CHECK(body.read(buffer) == 4);
    CHECK(throws_exactly<SourceError>([&] { static_cast<void>(body.read(buffer)); }));
}

TEST_CASE("A source that claims more than there was room for is refused", "[http][row:140]") {
    auto const liar = openstack::from_callback([](std::span<std::byte> buffer) { return buffer.size() + 1; });
    Request request;
    request.source = liar.get();
    SentBody body{request};
    std::array<std::byte, 4> buffer{};
    CHECK(throws_exactly<SourceError>([&] { static_cast<void>(body.read(buffer)); }));
}

TEST_CASE("A rewound body starts again", "[http][row:142]") {
    auto const source = openstack::from_memory("0123456789");
    Request request;
    request.source = source.get();
    SentBody body{request};
    std::array<std::byte, 4> buffer{};
    CHECK(body.read(buffer) == 4);
    CHECK(body.rewind());
    CHECK(read_all(body, 4) == "0123456789");
    CHECK(body.is_read());
    CHECK(body.rewind());
    CHECK_FALSE(body.is_read());
}
