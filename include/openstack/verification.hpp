// SPDX-License-Identifier: Apache-2.0
// Whether the bytes that arrive are those that the record promises.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/ascii.hpp>
#include <openstack/background_hasher.hpp>
#include <openstack/error.hpp>
#include <openstack/hash.hpp>
#include <openstack/one_line.hpp>

namespace openstack {

/// What to do about data, downloaded or just uploaded, whose record has no hash. Sizes are compared under each of them.
enum class Verification {
    required,     ///< refuse it
    if_possible,  ///< take it
    off           ///< don't hash at all
};

/// The size and hash that data should have.
struct Fingerprint {
    std::optional<std::uint64_t> size{};  ///< in bytes, if the record says so
    std::string algorithm{};              ///< empty: there is no hash to compare with
    std::string digest{};                 ///< hexadecimal, in either case
};

/// What a download did.
struct Download {
    std::uint64_t bytes = 0;    ///< how many came
    std::string verified_by{};  ///< the algorithm whose hash was right; empty: nothing was there to compare with
};

/// What an upload did.
struct Upload {
    std::uint64_t bytes = 0;    ///< how many were stored
    std::string verified_by{};  ///< as that of Download
};

namespace detail {

/// Throws IntegrityError unless `found` is the digest that the record, of which `what` tells, says. Services write the
/// hexadecimal digits in either case.
inline void check_digest(std::string_view what, Fingerprint const& expected, std::string_view found) {
    if (equal_ignoring_case(found, expected.digest)) return;
    throw IntegrityError(std::string{what} + ": its " + one_line(expected.algorithm) + " is " + std::string{found} +
                         ", but its record says " + one_line(expected.digest));
}

/// Throws IntegrityError if there is nothing to compare with where that is required.
inline void check_policy(std::string_view what, Fingerprint const& expected, Verification policy) {
    if (policy == Verification::required && expected.algorithm.empty())
        throw IntegrityError(std::string{what} +
                             ": its record has no hash that could be compared; Verification::if_possible takes it");
}

/// Throws IntegrityError if the digest of which the record tells can't be one by that algorithm: no data would fit.
template<class Hash>
void check_form(std::string_view what, Fingerprint const& expected) {
    bool const is_hexadecimal = expected.digest.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
    if (is_hexadecimal && expected.digest.size() == Hash{expected.algorithm}.hex_digest().size()) return;
    throw IntegrityError(std::string{what} + ": its record says " + one_line(expected.digest) + ", which is no " +
                         one_line(expected.algorithm));
}

/// Compares what passes with a fingerprint. A template so that a program compiles it only where it downloads.
template<class Hash = Hasher, class Expected = Fingerprint>
class Verifier {
  public:
    /// `what` names the data in messages. Throws Error for a hash that isn't available but must be compared,
    /// IntegrityError for one that can't be.
    Verifier(std::string what, Expected expected, Verification policy)
        : what_(std::move(what)), expected_(std::move(expected)), policy_(policy) {
        restart();
    }

    /// What the data should be.
    [[nodiscard]] Expected const& expected() const noexcept { return expected_; }
    /// The data should be that instead: false if that's what it should be anyway, or no hash can be compared with the
    /// new one before `restart`.
    [[nodiscard]] bool expect(Expected expected) {
        bool const is_other = expected.digest != expected_.digest || expected.size != expected_.size;
        bool const is_comparable = expected.algorithm == expected_.algorithm;
        expected_ = std::move(expected);
        return is_other && is_comparable;
    }

    /// Throws IntegrityError, and takes nothing, if there is more data than there should be, or none can be verified
    /// but must be.
    void update(std::span<std::byte const> bytes) {
        check_policy(what_, expected_, policy_);
        check_size(bytes_ + bytes.size());
        take_known(bytes);
    }

    /// Takes bytes that came with an earlier download: as many as there may be, for they're judged in the end.
    void take_known(std::span<std::byte const> bytes) {
        bytes_ += bytes.size();
        if (hasher_) hasher_->update(bytes);
    }
    /// Begins with the first byte again.
    void restart() {
        bytes_ = 0;
        hasher_.reset();
        if (policy_ == Verification::off || expected_.algorithm.empty()) return;
        check_form<Hash>(what_, expected_);
        hasher_ = std::make_unique<BackgroundHasher<Hash>>(std::vector{expected_.algorithm});
    }

    /// All has come. Throws ConnectionLost if that is too little, IntegrityError if it isn't the right data.
    [[nodiscard]] Download finish() {
        check_policy(what_, expected_, policy_);
        check_size(bytes_);
        if (expected_.size && bytes_ < *expected_.size)
            throw ConnectionLost(what_ + ": only " + std::to_string(bytes_) + " of " + std::to_string(*expected_.size) +
                                 " bytes came");
        if (!hasher_) return {bytes_, {}};
        check_digest(what_, expected_, hasher_->hex_digest(expected_.algorithm).value_or("of another kind"));
        return {bytes_, expected_.algorithm};
    }

  private:
    void check_size(std::uint64_t bytes) const {
        if (expected_.size && bytes > *expected_.size)
            throw IntegrityError(what_ + ": more than the " + std::to_string(*expected_.size) +
                                 " bytes that its record says");
    }

    std::string what_;
    Expected expected_;
    Verification policy_;
    std::unique_ptr<BackgroundHasher<Hash>> hasher_;
    std::uint64_t bytes_ = 0;
};

}  // namespace detail

}  // namespace openstack
