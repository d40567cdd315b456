// SPDX-License-Identifier: Apache-2.0
// Downloader: fetches data into a sink, goes on where a connection broke, and begins again where it must.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include <openstack/content_range.hpp>
#include <openstack/error.hpp>
#include <openstack/http.hpp>
#include <openstack/http_error.hpp>
#include <openstack/progress.hpp>
#include <openstack/sink.hpp>
#include <openstack/verification.hpp>

namespace openstack::detail {

/// One download. `send(request)` does so as Session::send does, and outlives the download, like the sink.
template<class Send>
class Downloader {
  public:
    /// `what` names the data in messages, `expected` and `policy` are what it must be.
    Downloader(Send& send, Request request, Sink& sink, std::string what, Fingerprint expected, Verification policy,
               ProgressFunction progress)
        : send_(send),
          request_(std::move(request)),
          sink_(sink),
          what_(std::move(what)),
          expected_(std::move(expected)),
          verifier_(what_, expected_, policy),
          meter_(std::move(progress), expected_.size) {}

    /// Fetches all, compares, and finishes the sink. Data that is wrong is fetched once more if the sink can go back.
    Download run() {
        open();
        for (;;) {
            try {
                fetch();
                Download result = verifier_.finish();
                meter_.finish();  // may throw: a file that has its name already would be there in spite of it
                sink_.finish();
                return result;
            } catch (IntegrityError const&) {
                bool const is_comparable = !expected_.algorithm.empty();
                if (is_comparable && restart()) continue;
                forget();
                throw;
            } catch (ConnectionLost const&) {
                if (has_ended_) forget();
                throw;
            } catch (ProtocolError const&) {  // whose part of the data nobody knows
                forget();
                throw;
            }
        }
    }

  private:
    /// Goes on with what the sink has of an earlier download.
    void open() {
        bytes_ =
            sink_.begin(expected_.digest, [this](std::span<std::byte const> bytes) { verifier_.take_known(bytes); });
        if (expected_.size && bytes_ > *expected_.size && !restart())
            throw IntegrityError(what_ + ": the sink has more than the " + std::to_string(*expected_.size) + " bytes");
        meter_.skip(bytes_);
    }

    /// Leaves nothing that another download would go on with.
    void forget() noexcept {
        try {
            static_cast<void>(sink_.rewind());
        } catch (...) {  // what has gone wrong with the data comes first
        }
    }

    /// Until all is there, or no more comes.
    void fetch() {
        if (is_whole() && bytes_ != 0) return;
        for (std::uint64_t before = bytes_;; before = bytes_) {
            Request request = request_;
            request.consumer = [this](Response const& head, std::span<std::byte const> bytes) { take(head, bytes); };
            request.resume = [this](Headers& headers) { return resume(headers); };
            begin(request.headers);
            try {
                send_(std::move(request));
            } catch (TransportError const&) {
                if (!is_whole() || bytes_ == 0) throw;  // whole it may be although the answer's end is missing
            } catch (RangeNotSatisfiable const&) {      // the data ends before
                if (first_ == 0) throw;
                has_ended_ = !restart();
                if (has_ended_) return;
                continue;
            } catch (BadRequest const&) {  // a store without ranges
                if (first_ == 0 || !restart()) throw;
                continue;
            }
            if (!expected_.size || is_whole() || bytes_ == before) return;
        }
    }

    [[nodiscard]] bool is_whole() const { return expected_.size == bytes_; }

    /// Asks for what is missing.
    void begin(Headers& headers) {
        first_ = bytes_;
        has_begun_ = false;
        if (first_ != 0) headers.set("Range", "bytes=" + std::to_string(first_) + '-');
    }

    bool resume(Headers& headers) {
        if (is_whole()) return false;
        begin(headers);
        return true;
    }

    void take(Response const& head, std::span<std::byte const> bytes) {
        if (!std::exchange(has_begun_, true)) check_begin(head);
        verifier_.update(bytes);
        sink_.write(bytes);
        meter_.add(bytes.size());  // before the bytes count: what it throws must end a download that is whole, too
        bytes_ += bytes.size();
    }

    /// Whether the body begins where it was asked to. A whole answer to a request for the rest is one from the start.
    void check_begin(Response const& head) {
        if (first_ == 0 && head.status != 206) return;
        if (head.status == 200) {
            if (!restart()) throw ConnectionLost(what_ + ": the connection broke, and the service gives no part of it");
            return;
        }
        auto const range = content_range_of(head);
        bool const is_rest = range && range->first == first_ && range->last + 1 == range->total &&
                             (!expected_.size || range->total == *expected_.size);
        if (head.status != 206 || !is_rest)
            throw ProtocolError(what_ + ": the service gave another part of it than the one from byte " +
                                std::to_string(first_) + " to the end");
    }

    /// Back to the first byte, once; false if that has been done, or the sink can't.
    bool restart() {
        if (std::exchange(has_restarted_, true) || !sink_.rewind()) return false;
        verifier_.restart();
        meter_.restart();
        bytes_ = first_ = 0;
        return true;
    }

    Send& send_;
    Request request_;
    Sink& sink_;
    std::string what_;
    Fingerprint expected_;
    Verifier<> verifier_;
    ProgressMeter meter_;
    std::uint64_t bytes_ = 0;  ///< in the sink
    std::uint64_t first_ = 0;  ///< that the answer was asked to begin with
    bool has_begun_ = false;
    bool has_restarted_ = false;
    bool has_ended_ = false;  ///< before all was there, as the service says
};

}  // namespace openstack::detail
