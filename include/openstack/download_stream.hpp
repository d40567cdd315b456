// SPDX-License-Identifier: Apache-2.0
// DownloadStream: data pulled piece by piece, verified when the last piece has been taken.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <iterator>
#include <memory>
#include <span>
#include <utility>

#include <openstack/error.hpp>
#include <openstack/http.hpp>
#include <openstack/verification.hpp>

namespace openstack {

/// A download as a move-only, single-pass input range of pieces, each valid until the next one is asked for. A broken
/// connection is gone on with where it broke. The step from the last piece to the end throws IntegrityError if the data
/// was not what its record promises: whoever uses pieces earlier must be able to undo that. Destroying it early closes
/// the connection.
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

    /// What a service's proxy gives: `pieces`, not null, throws as Iterator does, and leaves at its end in `result`,
    /// which lives as long, what was downloaded.
    DownloadStream(std::unique_ptr<ResponseStream> pieces, Download const& result)
        : pieces_(std::move(pieces)), result_(&result) {}

    /// The piece that hasn't been passed yet; pulls the first one if that hasn't been done, and throws as `++` does.
    [[nodiscard]] Iterator begin() {
        check();
        if (piece_.empty() && !is_finished_) advance();
        return Iterator{*this};
    }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

    /// What was downloaded and how it was verified; complete after the last piece. Throws InvalidRequest if the
    /// download was moved elsewhere.
    [[nodiscard]] Download const& result() const {
        check();
        return *result_;
    }

  private:
    void check() const {
        if (!pieces_) throw InvalidRequest("this download was moved elsewhere");
    }

    void advance() {
        piece_ = {};  // of what fails nothing is left to be given
        check();
        piece_ = pieces_->next();
        is_finished_ = piece_.empty();
    }

    std::unique_ptr<ResponseStream> pieces_;
    Download const* result_;
    std::span<std::byte const> piece_;
    bool is_finished_ = false;
};

/// A DownloadStream as a std::streambuf, to be read through a std::istream:
///
///     openstack::DownloadStreambuf buffer{glance.download_image(image, openstack::stream)};
///     std::istream in{&buffer};
///     in.exceptions(std::ios::badbit);
///
/// A std::istream keeps what is thrown here to itself, and only says `bad()`, unless its `exceptions` have badbit: then
/// IntegrityError and the others arrive. A template only so that who has no stream needs no <streambuf>.
template<class Base = std::streambuf, class Pulled = DownloadStream>
class DownloadStreambuf final : public Base {
  public:
    explicit DownloadStreambuf(Pulled download) : download_(std::move(download)) {}

    /// As DownloadStream::result.
    [[nodiscard]] Download const& result() const { return download_.result(); }

  protected:
    typename Base::int_type underflow() override {
        bool const is_read = std::exchange(has_piece_, false);  // and false if the next one can't be had
        auto piece = download_.begin();
        if (is_read && piece != download_.end()) ++piece;
        has_piece_ = true;
        if (piece == download_.end()) {
            this->setg(nullptr, nullptr, nullptr);
            return Base::traits_type::eof();
        }
        // What is read isn't written to: a streambuf has no other type for it.
        char* const first = const_cast<char*>(reinterpret_cast<char const*>((*piece).data()));
        this->setg(first, first, first + (*piece).size());
        return Base::traits_type::to_int_type(*first);
    }

  private:
    Pulled download_;
    bool has_piece_ = false;
};

}  // namespace openstack
