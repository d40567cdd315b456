// SPDX-License-Identifier: Apache-2.0
// PulledDownload: fetches data piece by piece as it is asked for, and goes on where a connection broke.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <utility>

#include <openstack/algorithm.hpp>
#include <openstack/error.hpp>
#include <openstack/http.hpp>
#include <openstack/http_error.hpp>
#include <openstack/progress.hpp>
#include <openstack/session_options.hpp>
#include <openstack/verification.hpp>

namespace openstack::detail {

/// One download. `Carrier::open(request)`, `wait(duration)` and `retries()` do as Session's functions do.
template<class Carrier, class Wanted>
class PulledDownload final : public ResponseStream {
  public:
    /// Sends the request. Throws as `open` does.
    PulledDownload(Carrier carrier, Wanted wanted)
        : carrier_(std::move(carrier)),
          wanted_(std::move(wanted)),
          verifier_(wanted_.what, wanted_.expected, wanted_.policy),
          meter_(wanted_.progress, wanted_.expected.size) {
        open();
    }

    [[nodiscard]] Response const& head() const override { return response_->head(); }
    [[nodiscard]] std::span<std::byte const> next() override {
        if (failure_) std::rethrow_exception(failure_);
        if (pending_.empty()) {
            std::span<std::byte const> const piece = pull();
            if (piece.empty()) {
                judge([this] { result_ = verifier_.finish(); });
                meter_.finish();
                return piece;
            }
            judge([&] { verifier_.update(piece); });
            bytes_ += piece.size();
            pending_ = piece;  // what the progress function throws loses no bytes
            meter_.add(piece.size());
        }
        std::span<std::byte const> const piece = pending_;
        pending_ = {};
        return piece;
    }

    /// What was downloaded; complete after the end.
    [[nodiscard]] Download const& result() const noexcept { return result_; }

  private:
    /// Does `action()`, which throws IntegrityError, again if the record says something else by now.
    template<class Action>
    void judge(Action action) {
        try {
            action();
        } catch (IntegrityError const&) {
            if (!wanted_.has_changed(verifier_)) {
                failure_ = std::current_exception();
                throw;
            }
            action();
        }
    }

    /// The next bytes, of whichever connection; none at the end.
    [[nodiscard]] std::span<std::byte const> pull() {
        for (;; open()) {
            if (has_ended_) return {};
            try {
                std::span<std::byte const> const piece = pull_new();
                if (!piece.empty() || !is_cut_off()) return piece;
            } catch (TransportError const& failure) {
                if (bytes_ == verifier_.expected().size)
                    return {};  // all is there although the answer's end is missing
                if (!may_go_on(failure)) throw;
            }
        }
    }

    /// Passes over what the stream has given already.
    [[nodiscard]] std::span<std::byte const> pull_new() {
        for (;;) {
            std::span<std::byte const> const piece = response_->next();
            std::size_t const known = static_cast<std::size_t>((std::min<std::uint64_t>)(again_, piece.size()));
            again_ -= known;
            if (known < piece.size() || piece.empty()) return {piece.data() + known, piece.size() - known};
        }
    }

    /// Whether an answer that has ended may be gone on with.
    [[nodiscard]] bool is_cut_off() const {
        return verifier_.expected().size && bytes_ < *verifier_.expected().size && bytes_ != first_;
    }

    /// After a failure of the connection, waits for the next try. What has brought something is no failure in a row.
    [[nodiscard]] bool may_go_on(TransportError const& failure) {
        RetryOptions const& options = carrier_.retries();
        if (bytes_ != first_) failures_ = 0;
        if (failure.repetition() == Repetition::useless || failures_ == options.connect_retries) return false;
        ++failures_;
        bool const is_fixed = options.connect_retry_delay > Milliseconds::zero();
        carrier_.wait(is_fixed ? options.connect_retry_delay : options.first_delay);
        return true;
    }

    /// Asks for what is missing.
    void open() {
        first_ = bytes_;
        again_ = 0;
        try {
            std::unique_ptr<ResponseStream> response = open_rest();
            if (!wanted_.begins(response->head(), first_)) begin_with_all();
            response_ = std::move(response);
        } catch (RangeNotSatisfiable const&) {
            if (first_ == 0) throw;
            has_ended_ = true;  // before all was there, as the service says
        }
    }

    [[nodiscard]] std::unique_ptr<ResponseStream> open_rest() {
        Request request = wanted_.request;
        wanted_.ask(request.headers, first_);
        try {
            return carrier_.open(std::move(request));
        } catch (BadRequest const&) {
            if (first_ == 0 || !wanted_.is_all()) throw;
            return carrier_.open(wanted_.request);  // from a store without ranges
        }
    }

    /// All comes again, once, although only the rest was wanted.
    void begin_with_all() {
        wanted_.check_all(std::exchange(has_begun_again_, true));
        again_ = first_;
    }

    Carrier carrier_;
    Wanted wanted_;
    typename Wanted::Verifier verifier_;
    ProgressMeter meter_;
    std::unique_ptr<ResponseStream> response_;
    Download result_;
    std::exception_ptr failure_;  ///< the data is wrong, and stays so
    std::span<std::byte const> pending_;
    std::uint64_t bytes_ = 0;  ///< that were given
    std::uint64_t first_ = 0;  ///< that the answer was asked to begin with
    std::uint64_t again_ = 0;  ///< of those that come, were given already
    unsigned failures_ = 0;    ///< in a row
    bool has_begun_again_ = false;
    bool has_ended_ = false;
};

}  // namespace openstack::detail
