// SPDX-License-Identifier: Apache-2.0
// A source on its way to the service: counted and hashed in the one pass in which it is sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/algorithm.hpp>
#include <openstack/background_hasher.hpp>
#include <openstack/error.hpp>
#include <openstack/hash.hpp>
#include <openstack/http.hpp>
#include <openstack/progress.hpp>
#include <openstack/watched_source.hpp>

namespace openstack::detail {

/// Passes another source on, which has to outlive it. A template so that a program compiles it only where it uploads.
template<class Hash = Hasher>
class MeasuredSource final : public Source {
  public:
    /// The algorithms are those of the hashes computed on the way. Throws Error for one that isn't available.
    MeasuredSource(Source& source, ProgressFunction progress, std::vector<std::string> algorithms = {"sha512", "md5"})
        : source_(source), meter_(std::move(progress), source.size()), algorithms_(std::move(algorithms)) {
        hasher_.emplace(algorithms_);
    }

    /// The first bytes, at most so many: fewer only if there aren't more. `read` gives them again. Asked before it.
    [[nodiscard]] std::string_view front(std::size_t size) {
        while (ahead_.size() < size) {
            std::size_t const before = ahead_.size();
            ahead_.resize(size);
            std::span<std::byte> const room = writable_bytes_of(ahead_);
            std::size_t const count = read_source({room.data() + before, size - before});
            ahead_.resize(before + count);
            if (count == 0) break;
        }
        return ahead_;
    }

    [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override {
        std::size_t count = (std::min)(ahead_.size(), buffer.size());
        if (count != 0) {
            std::memcpy(buffer.data(), ahead_.data(), count);
            ahead_.erase(0, count);
        } else {
            count = read_source(buffer);
        }
        has_ended_ = count == 0;
        hasher_->update({buffer.data(), count});
        callbacks_.call([&] { meter_.add(count); });
        return count;
    }

    [[nodiscard]] std::optional<std::uint64_t> size() const override { return source_.size(); }
    [[nodiscard]] std::string name() const override { return source_.name(); }

    [[nodiscard]] bool rewind() override {
        if (meter_.bytes() == 0) return true;
        if (!callbacks_.call([&] { return source_.rewind(); })) return false;
        ahead_.clear();
        has_ended_ = false;
        meter_.restart();
        hasher_.emplace(algorithms_);
        return true;
    }

    /// Reads the whole without sending it, from the first byte; false if the source can't go back.
    [[nodiscard]] bool measure() {
        if (!rewind()) return false;
        std::string buffer(buffer_size, '\0');
        while (read(writable_bytes_of(buffer)) != 0) continue;
        return true;
    }
    /// Whether the source itself or the progress function has thrown.
    [[nodiscard]] bool has_failed() const noexcept { return callbacks_.have_thrown(); }
    /// Reports the end of the sending.
    void finish() {
        callbacks_.call([&] { meter_.finish(); });
    }
    /// How many were read for sending.
    [[nodiscard]] std::uint64_t bytes() const noexcept { return meter_.bytes(); }
    /// Whether that is all that the source has.
    [[nodiscard]] bool is_whole() const {
        std::optional<std::uint64_t> const total = size();
        return total ? bytes() == *total : has_ended_;
    }
    /// The hash of what was read. One that wasn't computed on the way takes another reading; nothing if the source
    /// can't go back, or OpenSSL doesn't have the algorithm. Throws SourceError if other bytes come the second time, as
    /// far as their number or the source itself tells.
    [[nodiscard]] std::optional<std::string> digest(std::string_view algorithm) {
        if (auto known = hasher_->hex_digest(algorithm)) return known;
        if (!Hash::supports(algorithm) || !source_.rewind()) return std::nullopt;
        Hash hasher{algorithm};
        std::string buffer(buffer_size, '\0');
        std::uint64_t again = 0;
        for (std::size_t count = 1; count != 0 && again <= bytes(); again += count) {
            count = read_source(writable_bytes_of(buffer));
            hasher.update(bytes_of({buffer.data(), count}));
        }
        if (again != bytes())
            throw SourceError(source_.name() + " hadn't the same number of bytes when it was read again");
        return hasher.hex_digest();
    }

  private:
    static constexpr std::size_t buffer_size = std::size_t{128} << 10;

    std::size_t read_source(std::span<std::byte> buffer) {
        std::size_t const count = callbacks_.call([&] { return source_.read(buffer); });
        if (count > buffer.size()) throw SourceError("the source claims to have read more than there was room for");
        return count;
    }

    Source& source_;
    ProgressMeter meter_;
    WatchedCallbacks<> callbacks_;
    std::vector<std::string> algorithms_;
    std::optional<BackgroundHasher<Hash>> hasher_;
    std::string ahead_;
    bool has_ended_ = false;
};

}  // namespace openstack::detail
