// SPDX-License-Identifier: Apache-2.0
// PartsDownloader: fetches parts of data by several connections at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <openstack/algorithm.hpp>
#include <openstack/clock.hpp>
#include <openstack/error.hpp>
#include <openstack/http.hpp>
#include <openstack/http_error.hpp>
#include <openstack/sink.hpp>
#include <openstack/thread.hpp>

namespace openstack::detail {

/// Cuts data into parts. Each of the threads, which have a connection each, takes the first part that nobody has, while
/// the caller's thread reads the bytes back in their order, as far as there is none missing.
template<class Carrier, class Wanted>
class PartsDownloader {
  public:
    /// In bytes. A smaller one costs more round trips than it brings.
    static constexpr std::uint64_t smallest_part = std::uint64_t{8} << 20;

    /// Of data of that size, what follows the first `from` bytes. `carrier` is used by all threads; all that are given
    /// by reference outlive it.
    PartsDownloader(Carrier& carrier, Wanted const& wanted, ScatteredSink& sink, std::uint64_t from, std::uint64_t size,
                    unsigned connections)
        : carrier_(carrier), wanted_(wanted), sink_(sink), position_(from), size_(size), connections_(connections) {
        std::uint64_t const even = (size - from) / (std::uint64_t{connections} * parts_each);
        std::uint64_t const usual = (std::min)((std::max)(even, smallest_part), largest_part);
        std::uint64_t const part = (std::max)(usual, (size - from) / most_parts + 1);
        for (std::uint64_t at = from; at < size; at = parts_.back().end)
            parts_.push_back({at, at + (std::min)(part, size - at)});
    }

    /// Calls `take(bytes)` with all bytes in their order, and leaves those in the sink that it was called with: not all
    /// where the service gives no parts. Throws what `take` and the carrier's functions throw, and, by `callbacks`,
    /// what the sink does.
    template<class Take, class Callbacks>
    void run(Take take, Callbacks& callbacks) {
        bool is_taken = false;
        {
            std::vector<std::unique_ptr<Thread<Work>>> threads;
            is_taken = guarded([&] {
                for (unsigned i = 0; i < connections_ && i < parts_.size(); ++i)
                    threads.push_back(std::make_unique<Thread<Work>>(Work{this}));
                watch(threads, take);
            });
            is_over_ = true;
        }
        // What else there is before the first gap.
        while (is_taken && guarded([&] { is_taken = read_back(take); })) continue;
        guarded([&] { of_sink([&] { sink_.gather(position_); }); });
        if (is_of_sink_) callbacks.call([&] { std::rethrow_exception(failure_); });
        if (failure_) std::rethrow_exception(failure_);
    }

  private:
    /// What is missing of one.
    struct Part {
        std::uint64_t at;
        std::uint64_t end;
    };

    struct Work {
        PartsDownloader* owner;
        void operator()() const noexcept { owner->work(); }
    };

    /// Ends the request of a thread whose part isn't wanted any more.
    struct End {
        PartsDownloader const* owner;
        [[nodiscard]] bool stop_requested() const { return owner->is_over_; }
    };

    static constexpr std::uint64_t largest_part = std::uint64_t{64} << 20;
    static constexpr std::uint64_t most_parts = 4096;  // whatever size a record claims
    static constexpr unsigned parts_each = 8;  // at least, where they aren't too small: so all threads end together

    template<class Action>
    bool guarded(Action action) noexcept {
        try {
            action();
            return true;
        } catch (...) {
            std::lock_guard const lock{mutex_};
            if (!failure_) failure_ = std::current_exception();
            is_over_ = true;
            return false;
        }
    }

    /// What the sink throws is kept as that, so that nobody takes it for a failure of the request.
    template<class Action>
    void of_sink(Action action) {
        try {
            action();
        } catch (...) {
            std::lock_guard const lock{mutex_};
            if (!failure_) is_of_sink_ = true;
            if (!failure_) failure_ = std::current_exception();
            throw;
        }
    }

    // The caller's thread:

    template<class Threads, class Take>
    void watch(Threads const& threads, Take& take) {
        bool is_running = false;
        for (auto const& each : threads) is_running |= each->is_running();
        constexpr Milliseconds longest_pause{10};
        for (Milliseconds pause{}; is_running && !is_over_ && position_ != size_; carrier_.wait(pause))
            pause = read_back(take) ? Milliseconds{} : (std::min)(pause * 2 + Milliseconds{1}, longest_pause);
    }

    /// Takes the next bytes; false if the next one is missing.
    template<class Take>
    bool read_back(Take& take) {
        std::span<std::byte> const room = writable_bytes_of(buffer_);
        std::uint64_t const there = first_missing() - position_;
        if (there == 0) return false;
        std::size_t const wanted = static_cast<std::size_t>((std::min<std::uint64_t>)(room.size(), there));
        std::size_t count = 0;
        of_sink([&] { count = sink_.read_at(position_, {room.data(), wanted}); });
        if (count == 0) throw IoError("the file of a download has become shorter", EIO);
        take(std::span<std::byte const>{room.data(), count});
        position_ += count;
        return true;
    }

    [[nodiscard]] std::uint64_t first_missing() {
        std::lock_guard const lock{mutex_};
        while (first_part_ < parts_.size() && parts_[first_part_].at == parts_[first_part_].end) ++first_part_;
        return first_part_ == parts_.size() ? size_ : parts_[first_part_].at;
    }

    // The threads:

    void work() noexcept {
        guarded([this] {
            while (Part* const part = next()) fetch(*part);
        });
    }

    [[nodiscard]] Part* next() {
        std::lock_guard const lock{mutex_};
        return is_over_ || next_part_ == parts_.size() ? nullptr : &parts_[next_part_++];
    }

    void fetch(Part& part) {
        while (part.at != part.end && !is_over_) {
            std::uint64_t const before = part.at;
            bool has_begun = false;
            Request request = wanted_.request;
            request.stop = End{this};
            request.consumer = [&](Response const& head, std::span<std::byte const> bytes) {
                if (!std::exchange(has_begun, true) && !wanted_.begins(head, part.at, part.end)) is_over_ = true;
                if (!is_over_) take(part, bytes);
            };
            request.resume = [&](Headers& headers) {
                has_begun = false;
                wanted_.ask(headers, part.at, part.end);
                return part.at != part.end;
            };
            wanted_.ask(request.headers, part.at, part.end);
            try {
                carrier_.send(std::move(request));
            } catch (TransportError const&) {
                if (part.at != part.end) throw;
            } catch (Cancelled const&) {
                if (!is_over_) throw;
            } catch (RangeNotSatisfiable const&) {
                is_over_ = true;
            } catch (BadRequest const&) {
                is_over_ = true;
            }
            if (part.at == before && !is_over_) throw ConnectionLost(wanted_.what + ": a part of it is empty");
        }
    }

    void take(Part& part, std::span<std::byte const> bytes) {
        if (bytes.size() > part.end - part.at)
            throw ProtocolError(wanted_.what + ": the service gave more of it than was asked for");
        of_sink([&] { sink_.write_at(part.at, bytes); });
        std::lock_guard const lock{mutex_};
        part.at += bytes.size();
    }

    Carrier& carrier_;
    Wanted const& wanted_;
    ScatteredSink& sink_;
    std::uint64_t position_;  ///< before which all is there and has been taken
    std::uint64_t const size_;
    unsigned const connections_;
    std::string buffer_ = std::string(std::size_t{256} << 10, '\0');
    std::mutex mutex_;  ///< of what follows
    std::vector<Part> parts_;
    std::size_t next_part_ = 0;
    std::size_t first_part_ = 0;  ///< that isn't complete
    std::exception_ptr failure_;  ///< the first one
    bool is_of_sink_ = false;     ///< it is
    std::atomic<bool> is_over_ = false;
};

}  // namespace openstack::detail
