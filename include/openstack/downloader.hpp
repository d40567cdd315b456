// SPDX-License-Identifier: Apache-2.0
// Downloader: fetches data into a sink, goes on where a connection broke, and begins again where it must.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <openstack/algorithm.hpp>
#include <openstack/clock.hpp>
#include <openstack/error.hpp>
#include <openstack/http.hpp>
#include <openstack/http_error.hpp>
#include <openstack/parts_downloader.hpp>
#include <openstack/progress.hpp>
#include <openstack/sink.hpp>
#include <openstack/verification.hpp>
#include <openstack/watched_source.hpp>

namespace openstack::detail {

/// One download. `Carrier::send(request)` and `Carrier::wait(duration)` do as Session's functions do.
template<class Carrier, class Wanted>
class Downloader {
  public:
    /// By so many connections at a time, where the sink takes bytes in any order. Carrier and sink outlive it.
    Downloader(Carrier& carrier, Wanted wanted, Sink& sink, unsigned connections)
        : carrier_(carrier),
          wanted_(std::move(wanted)),
          sink_(sink),
          connections_(connections),
          verifier_(wanted_.what, wanted_.expected, wanted_.policy),
          meter_(wanted_.progress, wanted_.expected.size) {}

    /// Fetches all, compares, and finishes the sink. Data that is wrong is fetched once more if the sink can go back.
    Download run() {
        open();
        for (;;) {
            try {
                fetch();
                Download result = verifier_.finish();
                callbacks_.call([&] {
                    meter_.finish();  // may throw: a file that has its name already would be there in spite of it
                    sink_.finish();
                });
                return result;
            } catch (IntegrityError const&) {
                if (callbacks_.have_thrown()) throw;
                if (wanted_.has_changed(verifier_)) continue;
                bool const is_comparable = !verifier_.expected().algorithm.empty();
                if (is_comparable && restart()) continue;
                forget();
                throw;
            } catch (ConnectionLost const&) {
                if (has_ended_) forget();
                throw;
            } catch (ProtocolError const&) {  // whose part of the data nobody knows
                if (!callbacks_.have_thrown()) forget();
                throw;
            }
        }
    }

  private:
    /// Goes on with what the sink has of an earlier download, if it will be verified: the bytes of a file that an
    /// earlier process left may have got lost in a crash of the system.
    void open() {
        bool const is_verified = wanted_.policy != Verification::off;
        bytes_ = sink_.begin(is_verified ? std::string_view{wanted_.expected.digest} : "",
                             [this](std::span<std::byte const> bytes) {
                                 carrier_.wait(Milliseconds{});  // it may have to end
                                 verifier_.take_known(bytes);
                                 meter_.skip(bytes.size());
                             });
        if (size() && bytes_ > *size() && !restart())
            throw IntegrityError(wanted_.what + ": the sink has more than the " + std::to_string(*size()) + " bytes");
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
        fetch_parts();
        for (std::uint64_t before = bytes_; !is_whole() || bytes_ == 0; before = bytes_) {
            Request request = wanted_.request;
            request.consumer = [this](Response const& head, std::span<std::byte const> bytes) { take(head, bytes); };
            request.resume = [this](Headers& headers) { return resume(headers); };
            begin(request.headers);
            try {
                carrier_.send(std::move(request));
            } catch (TransportError const&) {
                if (!is_whole() || bytes_ == 0) throw;  // whole it may be although the answer's end is missing
            } catch (RangeNotSatisfiable const&) {      // the data ends before
                if (first_ == 0 || callbacks_.have_thrown()) throw;
                has_ended_ = !restart();
                if (has_ended_) return;
                continue;
            } catch (BadRequest const&) {  // a store without ranges
                if (first_ == 0 || callbacks_.have_thrown() || !restart()) throw;
                continue;
            }
            if (!size() || bytes_ == before) return;
        }
    }

    /// As much as there is to be had by several connections at once.
    void fetch_parts() {
        using Parts = PartsDownloader<Carrier, Wanted>;
        if (connections_ < 2 || !size() || *size() < bytes_ + 2 * Parts::smallest_part) return;
        ScatteredSink* scattered = nullptr;
        callbacks_.call([&] { scattered = sink_.scatter(*size()); });
        if (scattered == nullptr) return;
        Parts parts{carrier_, wanted_, *scattered, bytes_, *size(), connections_};
        parts.run([this](std::span<std::byte const> bytes) { note(bytes); }, callbacks_);
    }

    /// So far as the record said in the beginning, or says by now.
    [[nodiscard]] std::optional<std::uint64_t> size() const { return verifier_.expected().size; }
    [[nodiscard]] bool is_whole() const { return size() == bytes_; }

    /// Asks for what is missing.
    void begin(Headers& headers) {
        first_ = bytes_;
        again_ = 0;
        has_begun_ = false;
        wanted_.ask(headers, first_);
    }

    bool resume(Headers& headers) {
        if (is_whole()) return false;
        begin(headers);
        return true;
    }

    void take(Response const& head, std::span<std::byte const> bytes) {
        if (!std::exchange(has_begun_, true) && !wanted_.begins(head, first_)) begin_with_all();
        std::size_t const known = static_cast<std::size_t>((std::min<std::uint64_t>)(again_, bytes.size()));
        again_ -= known;
        bytes = {bytes.data() + known, bytes.size() - known};
        if (bytes.empty()) return;
        verifier_.update(bytes);
        callbacks_.call([&] { sink_.write(bytes); });
        count(bytes);
    }
    /// Takes what has been written.
    void note(std::span<std::byte const> bytes) {
        verifier_.update(bytes);
        count(bytes);
    }
    /// What the progress function throws must end a download that is whole, too: so it's asked before the bytes count.
    void count(std::span<std::byte const> bytes) {
        callbacks_.call([&] { meter_.add(bytes.size()); });
        bytes_ += bytes.size();
    }

    /// All comes again, once, although only the rest was wanted: to be written anew, or to be passed over.
    void begin_with_all() {
        wanted_.check_all(has_restarted_);
        std::uint64_t const known = bytes_;
        if (!restart()) again_ = known;
    }

    /// Back to the first byte, once; false if that has been done, or the sink can't.
    bool restart() {
        if (std::exchange(has_restarted_, true) || !sink_.rewind()) return false;
        connections_ = 1;  // whatever mangles parts may leave the whole alone
        verifier_.restart();
        meter_.restart();
        bytes_ = first_ = again_ = 0;
        return true;
    }

    Carrier& carrier_;
    Wanted wanted_;
    Sink& sink_;
    unsigned connections_;
    typename Wanted::Verifier verifier_;
    ProgressMeter meter_;
    WatchedCallbacks<> callbacks_;  ///< the sink and the progress function
    std::uint64_t bytes_ = 0;       ///< in the sink
    std::uint64_t first_ = 0;       ///< that the answer was asked to begin with
    std::uint64_t again_ = 0;       ///< of those that come, are in the sink already
    bool has_begun_ = false;
    bool has_restarted_ = false;
    bool has_ended_ = false;  ///< before all was there, as the service says
};

}  // namespace openstack::detail
