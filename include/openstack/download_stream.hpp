// SPDX-License-Identifier: Apache-2.0
// DownloadStream: data pulled piece by piece, verified when the last piece has been taken.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <span>
#include <utility>

#include <openstack/http.hpp>
#include <openstack/progress.hpp>
#include <openstack/verification.hpp>

namespace openstack {

/// A download as a move-only, single-pass input range of pieces, each valid until the next one is asked for. The step
/// from the last piece to the end throws IntegrityError if the data was not what its record promises: whoever uses
/// pieces earlier must be able to undo that. Destroying it early closes the connection.
class DownloadStream {
  public:
    /// Reads on in its DownloadStream.
    class Iterator {
      public:
        using value_type = std::span<std::byte const>;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;

        explicit Iterator(DownloadStream& pieces) : stream_(&pieces) {}
        /// The current piece.
        [[nodiscard]] value_type operator*() const { return stream_->piece_; }
        /// Pulls the next piece. Throws TransportError; IntegrityError and ConnectionLost if there is too much, too
        /// little, or at the end the wrong data; what the progress function throws.
        Iterator& operator++() {
            stream_->advance();
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return stream_->is_finished_; }

      private:
        DownloadStream* stream_;
    };

    /// The body of that answer, which isn't null, held to what the verifier expects. What a service's proxy gives.
    DownloadStream(std::unique_ptr<ResponseStream> response, detail::Verifier<> verifier, detail::ProgressMeter meter)
        : response_(std::move(response)), verifier_(std::move(verifier)), meter_(std::move(meter)) {}

    /// The piece that hasn't been passed yet; pulls the first one if that hasn't been done, and throws as `++` does.
    [[nodiscard]] Iterator begin() {
        if (piece_.empty() && !is_finished_) advance();
        return Iterator{*this};
    }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

    /// What was downloaded and how it was verified; complete after the last piece.
    [[nodiscard]] Download const& result() const noexcept { return result_; }

  private:
    void advance() {
        piece_ = {};  // of what fails nothing is left to be given
        if (!response_) throw InvalidRequest("this download was moved elsewhere");
        std::span<std::byte const> const next = response_->next();
        if (next.empty()) {
            result_ = verifier_.finish();
            is_finished_ = true;
            meter_.finish();
            return;
        }
        verifier_.update(next);
        piece_ = next;
        meter_.add(next.size());
    }

    std::unique_ptr<ResponseStream> response_;
    detail::Verifier<> verifier_;
    detail::ProgressMeter meter_;
    std::span<std::byte const> piece_;
    Download result_;
    bool is_finished_ = false;
};

}  // namespace openstack
