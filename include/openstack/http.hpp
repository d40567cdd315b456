// SPDX-License-Identifier: Apache-2.0
// HTTP as this library needs it: headers, requests, responses, and Transport, the interface that carries them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/ascii.hpp>
#include <openstack/attempts.hpp>
#include <openstack/callback.hpp>
#include <openstack/clock.hpp>
#include <openstack/error.hpp>
#include <openstack/stop_token.hpp>

namespace openstack {

/// Header fields in their order. Names compare without regard to ASCII case (RFC 9110 section 5.1).
class Headers {
  public:
    /// One of them, as it's written before and after the colon.
    struct Line {
        std::string name{};
        std::string value{};
    };

    Headers() = default;
    /// Throws as `add` does.
    Headers(std::initializer_list<Line> lines) {
        for (Line const& each : lines) add(each.name, each.value);
    }

    /// Appends a line. Throws InvalidRequest if `name` isn't an RFC 9110 token or `value` holds a control character
    /// (CR and LF would start another header); the value itself is never repeated in the message.
    void add(std::string name, std::string value) {
        if (name.empty() || name.find_first_not_of(token_characters) != std::string::npos)
            throw InvalidRequest("a header name may hold only letters, digits and !#$%&'*+-.^_`|~");
        for (char const c : value)
            if (is_control(c)) throw InvalidRequest("the value of header " + name + " holds a control character");
        lines_.push_back({std::move(name), std::move(value)});
    }

    /// Replaces all lines of that name by one. Throws as `add` does.
    void set(std::string name, std::string value) {
        Headers others;
        for (Line const& each : lines_)
            if (!equal_names(each.name, name)) others.lines_.push_back(each);
        others.add(std::move(name), std::move(value));
        lines_ = std::move(others.lines_);
    }

    /// The first value of that name.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const {
        for (Line const& each : lines_)
            if (equal_names(each.name, name)) return each.value;
        return std::nullopt;
    }

    /// All of them.
    [[nodiscard]] std::vector<Line> const& lines() const noexcept { return lines_; }

    /// Whether two header names are the same one.
    [[nodiscard]] static bool equal_names(std::string_view a, std::string_view b) {
        return detail::equal_ignoring_case(a, b);
    }

  private:
    static bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }
    static constexpr char token_characters[] =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    std::vector<Line> lines_;
};

/// How long each phase of one request may take. Zero means without limit.
struct Timeouts {
    std::chrono::milliseconds connect{10'000};   ///< name resolution, TCP and TLS together
    std::chrono::milliseconds stall{60'000};     ///< without a byte moving, while sending or receiving a body
    std::chrono::milliseconds response{60'000};  ///< from the last byte sent until the answer's head is there
    std::chrono::milliseconds total{0};          ///< the whole request; of no use for image data
};

namespace detail {

/// The bytes of a text. std::as_bytes would do, but deducing its span costs a twentieth of including this library.
[[nodiscard]] inline std::span<std::byte const> bytes_of(std::string_view text) {
    return {reinterpret_cast<std::byte const*>(text.data()), text.size()};
}
/// The same, to be written to.
[[nodiscard]] inline std::span<std::byte> writable_bytes_of(std::string& text) {
    return {reinterpret_cast<std::byte*>(text.data()), text.size()};
}

}  // namespace detail

/// Bytes that a request sends. Read by one thread at a time; may throw, which ends the request with that exception.
class Source {
  public:
    Source() = default;
    Source(Source const&) = delete;
    Source& operator=(Source const&) = delete;
    virtual ~Source() = default;

    /// Fills the front of `buffer` and says how many bytes; 0 is the end.
    [[nodiscard]] virtual std::size_t read(std::span<std::byte> buffer) = 0;
    /// How many bytes there are from the start, if known. A source that then gives fewer or more is a SourceError.
    [[nodiscard]] virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
    /// Goes back to the first byte; false if that is impossible.
    [[nodiscard]] virtual bool rewind() { return false; }
    /// What messages call it.
    [[nodiscard]] virtual std::string name() const { return "the source"; }
};

/// One answer. `body` is empty where a consumer took the bytes.
struct Response {
    int status = 0;      ///< of the final answer, not of an interim one (1xx)
    Headers headers{};   ///< without trailers
    std::string body{};  ///< as it was sent; of a refusal, its first 64 KiB
    /// Those that led to it. A transport says if it sent the request again, since a kept connection turned out dead.
    Attempts attempts{};

    /// Whether the status is 2xx.
    [[nodiscard]] bool is_success() const noexcept { return status >= 200 && status < 300; }
};

/// One request, whole and absolute.
struct Request {
    std::string method{"GET"};  ///< capital letters
    std::string url{};          ///< http or https, percent-encoded, without user information
    Headers headers{};          ///< those of the framing (Host, Content-Length, Expect ...) are the transport's
    std::string body{};         ///< sent if `source` is null
    Source* source = nullptr;   ///< streamed as the body; outlives the call
    /// false: must not reach the service twice, so it's never sent on a connection that may be dead. Unset: false for
    /// POST and PATCH, true for the methods that are idempotent (RFC 9110 section 9.2.2).
    std::optional<bool> is_repeatable{};
    std::optional<Timeouts> timeouts{};  ///< unset: the session's, or those of `Timeouts{}`; negative: InvalidRequest
    StopToken stop{};                    ///< ends the request early, which then throws Cancelled
    std::size_t max_body = std::size_t{16} << 20;  ///< of a collected body, in bytes; ResponseTooLarge beyond it
    /// Takes the body of a successful answer piece by piece from the transport, with the answer's status and headers,
    /// instead of its being collected. What it throws ends the request and leaves `send` unchanged.
    Callback<void(Response const& head, std::span<std::byte const> bytes)> consumer{};
    /// Called when a connection fails after the consumer has taken something: changes the headers so that the next
    /// answer goes on from there (RFC 9110 section 14); false if there is no way. Without it the failure ends the call.
    Callback<bool(Headers& headers)> resume{};

    /// Whether the request may reach the service twice.
    [[nodiscard]] bool may_be_repeated() const { return is_repeatable.value_or(method != "POST" && method != "PATCH"); }
};

/// The body of an answer, pulled. Destroying it early closes the connection.
class ResponseStream {
  public:
    ResponseStream() = default;
    ResponseStream(ResponseStream const&) = delete;
    ResponseStream& operator=(ResponseStream const&) = delete;
    virtual ~ResponseStream() = default;

    /// Status and headers; an answer that isn't a success has its (bounded) body here too.
    [[nodiscard]] virtual Response const& head() const = 0;
    /// The next piece, valid until the next call; empty at the end. Throws TransportError.
    [[nodiscard]] virtual std::span<std::byte const> next() = 0;
};

/// Carries requests. Both functions throw TransportError when no complete answer came back; a status of 400 and above
/// is an answer like any other. Safe to call from several threads at once.
class Transport {
  public:
    Transport() = default;
    Transport(Transport const&) = delete;
    Transport& operator=(Transport const&) = delete;
    virtual ~Transport() = default;

    /// Sends, and gives the whole answer.
    [[nodiscard]] virtual Response send(Request const& request) = 0;
    /// Sends, and returns when the answer's head is there; its body is pulled from the stream.
    [[nodiscard]] virtual std::unique_ptr<ResponseStream> open(Request const& request) = 0;
};

}  // namespace openstack
