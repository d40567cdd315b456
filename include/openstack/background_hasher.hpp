// SPDX-License-Identifier: Apache-2.0
// BackgroundHasher: hashes what passes beside the thread that moves it, so that neither waits for the other.
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/algorithm.hpp>
#include <openstack/hash.hpp>
#include <openstack/http.hpp>
#include <openstack/thread.hpp>

namespace openstack::detail {

/// Hashes of the same bytes by several algorithms. Used by one thread at a time; the thread that it has for itself
/// starts when there is enough to do for one. What fails there is thrown where the hash is asked for.
template<class Hash = Hasher>
class BackgroundHasher {
  public:
    /// Throws Error for an algorithm that isn't available.
    explicit BackgroundHasher(std::vector<std::string> const& algorithms) {
        for (std::string const& name : algorithms) hashes_.push_back({name, Hash{name}});
    }
    BackgroundHasher(BackgroundHasher const&) = delete;
    BackgroundHasher& operator=(BackgroundHasher const&) = delete;
    ~BackgroundHasher() {
        is_ended_ = true;
        pass_on();
    }

    /// Takes the next bytes: a copy of them, for which it waits if the hashing is far behind.
    void update(std::span<std::byte const> bytes) {
        if (hashes_.empty()) return;
        while (!bytes.empty()) {
            std::string& piece = pieces_[passed_on_ % piece_count];
            std::size_t const count = (std::min)(piece_size - piece.size(), bytes.size());
            piece.append(reinterpret_cast<char const*>(bytes.data()), count);
            bytes = {bytes.data() + count, bytes.size() - count};
            if (piece.size() < piece_size) continue;
            if (!worker_) worker_ = std::make_unique<Thread<Work>>(Work{this});
            if (!worker_->is_running()) {
                hash(piece);
                continue;
            }
            pass_on();
            wait_until_left(piece_count - 1);
        }
    }

    /// The hash by that algorithm of the bytes so far; nothing if it isn't one of those. Throws Error if OpenSSL fails.
    [[nodiscard]] std::optional<std::string> hex_digest(std::string_view algorithm) {
        wait_until_left(0);
        hash(pieces_[passed_on_ % piece_count]);
        if (failure_) std::rethrow_exception(failure_);
        for (Named const& each : hashes_)
            if (each.name == algorithm) return each.hash.hex_digest();
        return std::nullopt;
    }

  private:
    struct Named {
        std::string name;
        Hash hash;
    };
    struct Work {
        BackgroundHasher* owner;
        void operator()() const noexcept { owner->work(); }
    };

    static constexpr unsigned piece_count = 4;
    static constexpr std::size_t piece_size = std::size_t{256} << 10;

    /// The worker's whole life.
    void work() noexcept {
        for (unsigned next = 0;; ++next) {
            passed_on_.wait(next);
            if (is_ended_) return;
            hash(pieces_[next % piece_count]);
            ++hashed_;
            hashed_.notify_one();
        }
    }

    void hash(std::string& piece) noexcept {
        try {
            for (Named& each : hashes_)
                if (!failure_) each.hash.update(bytes_of(piece));
        } catch (...) {
            failure_ = std::current_exception();
        }
        piece.clear();
    }

    void pass_on() {
        ++passed_on_;
        passed_on_.notify_one();
    }

    void wait_until_left(unsigned count) const {
        if (!worker_ || !worker_->is_running()) return;
        for (unsigned done = hashed_; passed_on_ - done > count; done = hashed_) hashed_.wait(done);
    }

    std::vector<Named> hashes_;
    std::string pieces_[piece_count];  ///< one is being filled, the others wait or are being hashed
    std::atomic<unsigned> passed_on_ = 0;
    std::atomic<unsigned> hashed_ = 0;
    std::atomic<bool> is_ended_ = false;
    std::exception_ptr failure_;  ///< of the thread that hashes
    std::unique_ptr<Thread<Work>> worker_;
};

}  // namespace openstack::detail
