// SPDX-License-Identifier: Apache-2.0
// The two halves of an exchange, whatever carries it: a body held to its length, and an answer held to its limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <openstack/algorithm.hpp>
#include <openstack/endpoint.hpp>
#include <openstack/error.hpp>
#include <openstack/http.hpp>
#include <openstack/one_line.hpp>

namespace openstack::detail {

/// How messages name a request.
[[nodiscard]] inline std::string name_of(Request const& request) {
    return request.method + ' ' + one_line(request.url, max_url_shown);
}

/// Throws InvalidRequest for a URL whose rest, or scheme, libcurl would make up for itself. Doesn't repeat it.
inline void check_url(std::string_view url) {
    if (url.find('\0') != url.npos) throw InvalidRequest("the URL holds a NUL");
    if (without_http_scheme(url).empty()) throw InvalidRequest("the URL doesn't begin with http:// or https://");
}

/// The body of a request. Where its source has told its size, exactly that many bytes leave: a shorter or longer one
/// ends the request before its last byte was sent, so that the service never takes for whole what isn't.
class SentBody {
  public:
    /// Throws SourceError if the source says that it's empty but isn't.
    explicit SentBody(Request const& request) : request_(request) {
        if (request.source == nullptr) {
            size_ = request.body.size();
        } else {
            size_ = request.source->size();
            if (size_ == 0u) expect_end();
        }
    }

    /// In bytes, if it's known.
    [[nodiscard]] std::optional<std::uint64_t> size() const noexcept { return size_; }
    /// Whether the source has given its last byte.
    [[nodiscard]] bool is_read() const noexcept { return is_read_; }

    /// Fills the front of `buffer` from the source; 0 is the end. Throws SourceError, and what the source throws.
    std::size_t read(std::span<std::byte> buffer) {
        if (size_)
            buffer = {buffer.data(),
                      static_cast<std::size_t>((std::min<std::uint64_t>)(buffer.size(), *size_ - read_))};
        if (buffer.empty()) return 0;
        std::size_t const bytes = read_some(buffer);
        if (bytes == 0) {
            if (size_) fail("ended after " + std::to_string(read_) + " of " + std::to_string(*size_) + " bytes");
            is_read_ = true;
        }
        read_ += bytes;
        if (read_ == size_) expect_end();
        return bytes;
    }

    /// Goes back to the first byte; false if the source can't.
    bool rewind() {
        if (!request_.source->rewind()) return false;
        read_ = 0;
        is_read_ = false;
        return true;
    }

  private:
    std::size_t read_some(std::span<std::byte> buffer) {
        std::size_t const bytes = request_.source->read(buffer);
        if (bytes > buffer.size()) fail("claims to have read more than there was room for");
        return bytes;
    }

    void expect_end() {
        std::byte one{};
        if (read_some({&one, 1}) != 0) fail("has more than " + std::to_string(*size_) + " bytes");
        is_read_ = true;
    }

    [[noreturn]] void fail(std::string const& what) const {
        throw SourceError(name_of(request_) + ": " + request_.source->name() + ' ' + what);
    }

    Request const& request_;
    std::optional<std::uint64_t> size_;
    std::uint64_t read_ = 0;
    bool is_read_ = false;
};

/// An answer as it arrives, line by line and piece by piece. Interim answers (1xx) and trailers leave no trace in it.
class ReceivedAnswer {
  public:
    /// `request` outlives the answer.
    explicit ReceivedAnswer(Request const& request) : request_(request) {}

    /// Notes that the request leaves; a second time if a connection was dead.
    void note_departure() noexcept { ++departures_; }
    /// What has come so far.
    [[nodiscard]] Response const& response() const noexcept { return response_; }
    /// The same, moved out.
    [[nodiscard]] Response take_response() noexcept { return std::move(response_); }
    /// Whether status and headers are there.
    [[nodiscard]] bool has_head() const noexcept { return has_head_; }
    /// Whether this is a refusal or a redirect. Its head says it all: it stands even if its text doesn't arrive whole.
    [[nodiscard]] bool stands_without_body() const noexcept { return has_head_ && !response_.is_success(); }

    /// Takes the status line, a header line, the empty line after them or a trailer. Throws ProtocolError and
    /// ResponseTooLarge.
    void take_line(std::string_view line) {
        // After a refused Expect (417) the request is repeated without it, and another answer follows.
        if (has_head_ && response_.status != 417) return;
        if (line.ends_with('\n')) line.remove_suffix(1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.starts_with("HTTP/")) return start(line);
        if (line.empty()) return end_head();
        head_bytes_ += line.size();
        if (head_bytes_ > max_head_bytes || response_.headers.lines().size() == max_head_lines)
            throw ResponseTooLarge(name_of(request_) + ": the answer's headers are too large");
        add_header(line);
    }

    /// Takes the next piece of the body; false if no more of it is wanted. Throws ResponseTooLarge, and what the
    /// request's consumer throws.
    bool take_body(std::span<std::byte const> bytes) {
        std::string_view const text{reinterpret_cast<char const*>(bytes.data()), bytes.size()};
        std::string& body = response_.body;
        if (!response_.is_success()) {
            body.append(text.substr(0, max_refusal_kept - body.size()));
            refusal_bytes_ += bytes.size();
            return refusal_bytes_ <= max_refusal_read;
        }
        if (request_.consumer) {
            request_.consumer(response_, bytes);
        } else {
            if (bytes.size() > request_.max_body - body.size())
                throw ResponseTooLarge(name_of(request_) + ": the answer is larger than " +
                                       std::to_string(request_.max_body) + " bytes");
            body.append(text);
        }
        return true;
    }

  private:
    static constexpr std::size_t max_head_lines = 256;
    static constexpr std::size_t max_head_bytes = std::size_t{64} << 10;
    static constexpr std::size_t max_refusal_kept = std::size_t{64} << 10;
    static constexpr std::size_t max_refusal_read = std::size_t{1} << 20;

    static constexpr char digits[] = "0123456789";

    void start(std::string_view line) {
        response_ = {};
        has_head_ = false;
        head_bytes_ = 0;
        std::string_view const code = line.substr((std::min)(line.find(' '), line.size() - 1) + 1).substr(0, 3);
        if (code.size() != 3 || code.find_first_not_of(digits) != code.npos || code < "100" || code > "599")
            fail("has no valid status");
        response_.status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
    }

    void add_header(std::string_view line) {
        constexpr std::string_view blank = " \t";
        std::size_t const colon = line.find(':');
        if (colon == line.npos) fail("has a header line without a colon");
        std::string_view value = line.substr(colon + 1);
        value.remove_prefix((std::min)(value.find_first_not_of(blank), value.size()));
        value = value.substr(0, value.find_last_not_of(blank) + 1);
        try {
            response_.headers.add(std::string{line.substr(0, colon)}, std::string{value});
        } catch (InvalidRequest const&) {
            fail("has a malformed header line");
        }
    }

    void end_head() {
        if (response_.status < 200) return;
        check_length();
        if (departures_ > 1) response_.attempts = {.count = departures_, .is_in_doubt = true};
        has_head_ = true;
    }

    // A length that is no number, and two that differ, leave open where the answer ends (RFC 9112 section 6.3).
    void check_length() const {
        std::optional<std::string_view> const length = response_.headers.find("Content-Length");
        for (Headers::Line const& each : response_.headers.lines()) {
            if (!Headers::equal_names(each.name, "Content-Length")) continue;
            if (each.value.empty() || each.value.size() > 18 ||
                each.value.find_first_not_of(digits) != std::string::npos || each.value != length)
                fail("has no valid length");
        }
    }

    [[noreturn]] void fail(char const* what) const { throw ProtocolError(name_of(request_) + ": the answer " + what); }

    Request const& request_;
    Response response_;
    bool has_head_ = false;
    std::size_t head_bytes_ = 0;
    std::size_t refusal_bytes_ = 0;
    unsigned departures_ = 0;
};

}  // namespace openstack::detail
