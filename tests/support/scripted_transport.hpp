// SPDX-License-Identifier: Apache-2.0
// A transport without a network: it answers expected requests in their order and records what was sent.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/http.hpp>

namespace support {

/// A request that no test expects. Not one of the library's errors, so that nothing takes it for the network's.
class UnexpectedRequest : public std::logic_error {
  public:
    using std::logic_error::logic_error;
};

/// What was sent. A source has been read: its bytes are in the body.
struct SentRequest {
    std::string method{};
    std::string url{};
    openstack::Headers headers{};
    std::string body{};
    bool has_source = false;
    bool is_repeatable = true;
    openstack::Timeouts timeouts{};
    std::size_t max_body = 0;

    /// All of it: method and URL, a line for each header, an empty line, the body.
    [[nodiscard]] std::string text() const {
        std::string all = method + ' ' + url + '\n';
        for (openstack::Headers::Line const& each : headers.lines()) all += each.name + ": " + each.value + '\n';
        return all + '\n' + body;
    }
};

/// Safe to call from several threads at once, as a transport is.
class ScriptedTransport final : public openstack::Transport {
  public:
    /// The next request must be this one; it's answered so.
    void expect(std::string method, std::string url, openstack::Response response) {
        add({std::move(method), std::move(url), std::move(response), nullptr});
    }
    /// The next request must be this one; it ends with that exception: `fail(..., openstack::ConnectionLost{"gone"})`,
    /// after its source was read, but for a ConnectError.
    template<class Exception>
    void fail(std::string method, std::string url, Exception exception) {
        bool const is_sent = !std::is_same_v<Exception, openstack::ConnectError>;
        add({std::move(method), std::move(url), {}, std::make_exception_ptr(std::move(exception)), is_sent});
    }

    [[nodiscard]] std::vector<SentRequest> sent() const {
        std::lock_guard const lock{mutex_};
        return sent_;
    }
    /// What didn't go as expected: requests that came and shouldn't have, and those that should and didn't. Empty if
    /// all is well.
    [[nodiscard]] std::string finish() const {
        std::lock_guard const lock{mutex_};
        std::string problems = problems_;
        for (Expectation const& each : expected_) problems += "missing: " + each.method + ' ' + each.url + '\n';
        return problems;
    }

    [[nodiscard]] openstack::Response send(openstack::Request const& request) override {
        openstack::Response response = answer(request);
        if (!request.consumer || !response.is_success()) return response;
        BodyStream body{response};
        response.body.clear();
        for (auto piece = body.next(); !piece.empty(); piece = body.next()) request.consumer(response, piece);
        return response;
    }

    [[nodiscard]] std::unique_ptr<openstack::ResponseStream> open(openstack::Request const& request) override {
        return std::make_unique<BodyStream>(answer(request));
    }

  private:
    struct Expectation {
        std::string method{};
        std::string url{};
        openstack::Response response{};
        std::exception_ptr exception{};
        bool is_sent = true;
    };

    /// Gives the body in pieces of a few bytes.
    class BodyStream final : public openstack::ResponseStream {
      public:
        explicit BodyStream(openstack::Response response) : head_(std::move(response)) {
            if (head_.is_success()) std::swap(body_, head_.body);
            left_ = std::as_bytes(std::span{body_});
        }

        [[nodiscard]] openstack::Response const& head() const override { return head_; }
        [[nodiscard]] std::span<std::byte const> next() override {
            auto const piece = left_.first((std::min)(left_.size(), std::size_t{5}));
            left_ = left_.subspan(piece.size());
            return piece;
        }

      private:
        openstack::Response head_;
        std::string body_{};
        std::span<std::byte const> left_{};
    };

    void add(Expectation expectation) {
        std::lock_guard const lock{mutex_};
        expected_.push_back(std::move(expectation));
    }

    [[noreturn]] void refuse(std::string const& problem) {
        problems_ += problem + '\n';
        throw UnexpectedRequest(problem);
    }

    bool is_next_sent() const {
        std::lock_guard const lock{mutex_};
        return expected_.empty() || expected_.front().is_sent;
    }

    openstack::Response answer(openstack::Request const& request) {
        SentRequest sent{request.method,
                         request.url,
                         request.headers,
                         request.body,
                         request.source != nullptr,
                         request.may_be_repeated(),
                         request.timeouts.value_or(openstack::Timeouts{}),
                         request.max_body};
        if (request.source != nullptr && is_next_sent()) {
            std::byte buffer[4096];
            while (std::size_t const bytes = request.source->read(buffer))
                sent.body.append(reinterpret_cast<char const*>(buffer), bytes);
        }
        std::lock_guard const lock{mutex_};
        std::string const got = request.method + ' ' + request.url;
        if (expected_.empty()) refuse("nothing more was expected, but: " + got);
        Expectation const& next = expected_.front();
        if (next.method != request.method || next.url != request.url)
            refuse("expected " + next.method + ' ' + next.url + ", but: " + got);
        sent_.push_back(std::move(sent));
        Expectation const met = std::move(expected_.front());
        expected_.pop_front();
        if (met.exception) std::rethrow_exception(met.exception);
        return met.response;
    }

    mutable std::mutex mutex_{};
    std::deque<Expectation> expected_{};
    std::vector<SentRequest> sent_{};
    std::string problems_{};  ///< kept, since the code under test may swallow exceptions
};

}  // namespace support
