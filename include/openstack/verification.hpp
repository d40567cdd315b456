// SPDX-License-Identifier: Apache-2.0
// Whether the bytes that arrive are those that the record promises.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <openstack/error.hpp>
#include <openstack/hash.hpp>

namespace openstack {

/// What to do about data whose record has no hash.
enum class Verification {
    required,     ///< refuse it
    if_possible,  ///< take it
    off           ///< don't hash at all
};

/// The size and hash that data should have.
struct Fingerprint {
    std::optional<std::uint64_t> size{};
    std::string algorithm{};  ///< empty: there is no hash to compare with
    std::string digest{};     ///< hexadecimal, in either case
};

/// What a download did.
struct Download {
    std::uint64_t bytes = 0;
    std::string verified_by{};  ///< the algorithm whose hash was right; empty: nothing was there to compare with
};

namespace detail {

/// Compares what passes with a fingerprint.
class Verifier {
  public:
    /// `what` names the data in messages.
    Verifier(std::string what, Fingerprint expected, Verification policy)
        : what_(std::move(what)), expected_(std::move(expected)), policy_(policy) {
        if (policy_ != Verification::off && !expected_.algorithm.empty()) hasher_.emplace(expected_.algorithm);
        for (char& c : expected_.digest)
            if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    }

    /// Throws IntegrityError as soon as there is more data than there should be, or none can be verified but must be.
    void update(std::span<std::byte const> bytes) {
        check_policy();
        bytes_ += bytes.size();
        if (expected_.size && bytes_ > *expected_.size)
            throw IntegrityError(what_ + ": more than the " + std::to_string(*expected_.size) +
                                 " bytes that its record says");
        if (hasher_) hasher_->update(bytes);
    }

    /// All has come. Throws ConnectionLost if that is too little, IntegrityError if it isn't the right data.
    [[nodiscard]] Download finish() {
        check_policy();
        if (expected_.size && bytes_ < *expected_.size)
            throw ConnectionLost(what_ + ": only " + std::to_string(bytes_) + " of " + std::to_string(*expected_.size) +
                                 " bytes came");
        if (!hasher_) return {bytes_, {}};
        if (std::string const digest = hasher_->hex_digest(); digest != expected_.digest)
            throw IntegrityError(what_ + ": its " + expected_.algorithm + " is " + digest + ", but its record says " +
                                 expected_.digest);
        return {bytes_, expected_.algorithm};
    }

  private:
    void check_policy() const {
        if (policy_ == Verification::required && !hasher_)
            throw IntegrityError(what_ +
                                 ": its record has no hash that could be compared; Verification::if_possible takes it");
    }

    std::string what_;
    Fingerprint expected_;
    Verification policy_;
    std::optional<Hasher> hasher_;
    std::uint64_t bytes_ = 0;
};

}  // namespace detail

}  // namespace openstack
