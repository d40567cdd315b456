// SPDX-License-Identifier: Apache-2.0
// One request and its answer in flight on a libcurl handle, each phase within its time-out.
#pragma once

#include <climits>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include <openstack/algorithm.hpp>
#include <openstack/callback.hpp>
#include <openstack/clock.hpp>
#include <openstack/curl_pool.hpp>
#include <openstack/exchange.hpp>
#include <openstack/http.hpp>
#include <openstack/phase_clock.hpp>

namespace openstack::detail {

/// Carries one request. `request` and what it points to outlive the exchange.
///
/// libcurl calls back into the user's functions, whose exceptions mustn't cross its C frames: `check` throws them.
template<class Options>
class CurlExchange {
  public:
    /// `is_full`, if given, says when no more of the body is wanted before the next step.
    CurlExchange(std::shared_ptr<CurlPool<Options>> pool, Request const& request, Callback<bool()> is_full = {})
        : request_(request),
          body_(request),
          answer_(request),
          clock_(request),
          is_full_(std::move(is_full)),
          pool_(std::move(pool)),
          taken_(pool_->take()),
          handle_(*taken_) {
        set_target();
        set_headers();
        set_body();
        set_callbacks();
        set_times();
        handle_.start();
    }
    CurlExchange(CurlExchange const&) = delete;
    CurlExchange& operator=(CurlExchange const&) = delete;
    ~CurlExchange() {
        if (is_sound_) pool_->give_back(std::move(taken_));
    }

    /// Moves what can be moved, or else waits for the network; false once the exchange has ended, well or not.
    bool step() {
        if (!failure_ && !is_complete_) advance();
        return !failure_ && !is_complete_;
    }

    /// Steps to the end. Throws what has ended the exchange, if that was a failure.
    void run() {
        while (step()) continue;
        check();
    }

    /// Throws what has ended the exchange, if that was a failure.
    void check() const {
        if (failure_) std::rethrow_exception(failure_);
    }

    /// Tells the clock that the caller, not the network, took the time since the last step.
    void resume() { clock_.note_received(); }

    [[nodiscard]] ReceivedAnswer const& answer() const noexcept { return answer_; }
    [[nodiscard]] Response take_response() noexcept { return answer_.take_response(); }

  private:
    void set_target() {
        std::string const& method = request_.method;
        if (method.empty() || method.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos)
            throw InvalidRequest("an HTTP method may hold only capital letters");
        check_url(request_.url);
        handle_.set<CURLOPT_URL>(request_.url.c_str());
        // libcurl repeats any request whose connection turns out dead: harmless, unless it mustn't arrive twice.
        if (!request_.may_be_repeated() || request_.source != nullptr) handle_.set<CURLOPT_FRESH_CONNECT>(1L);
        // That connection would be one more with each. But after an upload's Expect was refused, it's used again.
        if (!request_.may_be_repeated() && request_.source == nullptr) handle_.set<CURLOPT_FORBID_REUSE>(1L);
    }

    void set_headers() {
        for (Headers::Line const& each : request_.headers.lines()) {
            for (char const* name : {"Connection", "Content-Length", "Expect", "Host", "Transfer-Encoding"})
                if (Headers::equal_names(each.name, name))
                    throw InvalidRequest("header " + each.name + " is for the transport to set");
            bool const is_blank = each.value.find_first_not_of(" \t") == std::string::npos;
            lines_.add(is_blank ? each.name + ';' : each.name + ": " + each.value);
        }
        // A name without a value keeps libcurl from adding a line of its own.
        for (char const* name : {"Accept", "Content-Type"})
            if (!request_.headers.find(name)) lines_.add(std::string{name} + ':');
        if (request_.source == nullptr) lines_.add("Expect:");
        handle_.set<CURLOPT_HTTPHEADER>(lines_.get());
    }

    void set_body() {
        std::string const& method = request_.method;
        if (request_.source != nullptr) {
            handle_.set<CURLOPT_UPLOAD>(1L);
            handle_.set<CURLOPT_INFILESIZE_LARGE>(static_cast<curl_off_t>(body_.size().value_or(std::uint64_t(-1))));
        } else if (!request_.body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
            handle_.set<CURLOPT_POST>(1L);
            handle_.set<CURLOPT_POSTFIELDS>(request_.body.data());
            handle_.set<CURLOPT_POSTFIELDSIZE_LARGE>(static_cast<curl_off_t>(request_.body.size()));
        } else {
            handle_.set<CURLOPT_HTTPGET>(1L);
            if (method == "HEAD") handle_.set<CURLOPT_NOBODY>(1L);
        }
        handle_.set<CURLOPT_CUSTOMREQUEST>(method.c_str());
    }

    void set_callbacks() {
        handle_.set<CURLOPT_PREREQDATA>(static_cast<void*>(this));
        handle_.set<CURLOPT_PREREQFUNCTION>(+[](void* self, char*, char*, int, int) noexcept {
            return guarded(self, CURL_PREREQFUNC_ABORT, [](CurlExchange& exchange) {
                exchange.is_connected_ = exchange.has_sent_ = true;
                return exchange.answer_.note_departure(), CURL_PREREQFUNC_OK;
            });
        });
        handle_.set<CURLOPT_READDATA>(static_cast<void*>(this));
        handle_.set<CURLOPT_READFUNCTION>(+[](char* data, std::size_t size, std::size_t count, void* self) noexcept {
            return guarded(self, std::size_t{CURL_READFUNC_ABORT}, [&](CurlExchange& exchange) {
                exchange.has_sent_ = true;
                return exchange.body_.read({reinterpret_cast<std::byte*>(data), size * count});
            });
        });
        handle_.set<CURLOPT_SEEKDATA>(static_cast<void*>(this));
        handle_.set<CURLOPT_SEEKFUNCTION>(+[](void* self, curl_off_t offset, int origin) noexcept {
            return guarded(self, CURL_SEEKFUNC_FAIL, [&](CurlExchange& exchange) {
                bool const is_start = origin == SEEK_SET && offset == 0;
                return is_start && exchange.body_.rewind() ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
            });
        });
        handle_.set<CURLOPT_HEADERDATA>(static_cast<void*>(this));
        handle_.set<CURLOPT_HEADERFUNCTION>(+[](char* data, std::size_t size, std::size_t count, void* self) noexcept {
            return guarded(self, std::size_t{CURL_WRITEFUNC_ERROR}, [&](CurlExchange& exchange) {
                exchange.has_received_ = true;
                exchange.answer_.take_line({data, size * count});
                return size * count;
            });
        });
        handle_.set<CURLOPT_WRITEDATA>(static_cast<void*>(this));
        handle_.set<CURLOPT_WRITEFUNCTION>(+[](char* data, std::size_t size, std::size_t count, void* self) noexcept {
            return guarded(self, std::size_t{CURL_WRITEFUNC_ERROR}, [&](CurlExchange& exchange) {
                exchange.has_received_ = true;
                if (exchange.is_full_ && exchange.is_full_()) {
                    exchange.is_paused_ = true;
                    return std::size_t{CURL_WRITEFUNC_PAUSE};
                }
                bool const goes_on = exchange.answer_.take_body({reinterpret_cast<std::byte*>(data), size * count});
                return goes_on ? size * count : std::size_t{CURL_WRITEFUNC_ERROR};
            });
        });
    }

    template<class Result, class Action>
    static Result guarded(void* self, Result failed, Action action) noexcept {
        CurlExchange& exchange = *static_cast<CurlExchange*>(self);
        try {
            return action(exchange);
        } catch (...) {
            exchange.failure_ = std::current_exception();
            return failed;
        }
    }

    void set_times() {
        Timeouts const& limits = clock_.limits();
        // libcurl shares this time out among the addresses of a host; its own "no limit" means five minutes.
        auto const connect = limits.connect == Milliseconds::zero() ? INT_MAX : limits.connect.count();
        handle_.set<CURLOPT_CONNECTTIMEOUT_MS>(static_cast<long>((std::min<std::int64_t>)(connect, INT_MAX)));
        // A service that doesn't know Expect gets the body anyway, before the wait for its word looks like a stall.
        auto const expect = limits.stall == Milliseconds::zero() ? Milliseconds{1000} : limits.stall / 2;
        handle_.set<CURLOPT_EXPECT_100_TIMEOUT_MS>(
            static_cast<long>((std::max)(Milliseconds{1}, (std::min)(expect, Milliseconds{1000})).count()));
    }

    void advance() {
        try {
            if (std::exchange(is_paused_, false)) handle_.unpause();
            if (!handle_.perform()) return finish();
            bool const has_moved = note_movement();
            Milliseconds const left = clock_.left(phase());
            if (!has_moved) handle_.wait(left);
        } catch (...) {
            end(std::current_exception());
        }
    }

    void finish() {
        CURLcode const code = handle_.result();
        if (failure_) return;
        if (code != CURLE_OK || !answer_.has_head())
            throw_curl_error(code, handle_.text(code), is_connected_, name_of(request_));
        is_complete_ = is_sound_ = true;
    }

    void end(std::exception_ptr failure) {
        if (failure_) return;  // of a callback: it comes first
        is_complete_ = answer_.stands_without_body();
        if (!is_complete_) failure_ = std::move(failure);
    }

    bool note_movement() {
        std::uint64_t const sent = handle_.sent();
        has_sent_ |= sent != sent_;
        sent_ = sent;
        if (has_sent_) clock_.note_sent();
        if (has_received_) clock_.note_received();
        bool const has_moved = has_sent_ || has_received_;
        has_sent_ = has_received_ = false;
        return has_moved;
    }

    [[nodiscard]] Phase phase() const {
        if (!is_connected_) return Phase::connect;
        if (answer_.has_head()) return Phase::receive;
        bool const is_sent = body_.size() ? sent_ >= *body_.size() : body_.is_read();
        return is_sent ? Phase::response : Phase::send;
    }

    Request const& request_;
    SentBody body_;
    ReceivedAnswer answer_;
    PhaseClock clock_;
    Callback<bool()> is_full_;
    std::shared_ptr<CurlPool<Options>> pool_;
    CurlLines lines_;  // libcurl reads them until the handle is stopped
    typename CurlPool<Options>::Pointer taken_;
    CurlHandle& handle_;

    std::exception_ptr failure_;
    bool is_complete_ = false;
    bool is_sound_ = false;
    bool is_paused_ = false;
    bool is_connected_ = false;
    bool has_sent_ = false;
    bool has_received_ = false;
    std::uint64_t sent_ = 0;
};

}  // namespace openstack::detail
