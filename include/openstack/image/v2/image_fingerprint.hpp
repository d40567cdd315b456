// SPDX-License-Identifier: Apache-2.0
// What an image's record says of its data.
#pragma once

#include <cstdint>
#include <optional>

#include <openstack/verification.hpp>

namespace openstack::image::v2 {

/// Under which a session remembers the algorithm (os_hash_algo) of the record that it saw last.
inline constexpr char hash_algorithm_key[] = "image.os_hash_algo";

/// The record's size, if it has one.
template<class ImageType>
[[nodiscard]] std::optional<std::uint64_t> size_of(ImageType const& record) {
    return record.size ? std::optional{*record.size} : std::nullopt;
}

/// The record's size, and the best of its hashes of which `is_at_hand(algorithm)` says that it can be compared.
template<class ImageType, class Predicate>
[[nodiscard]] Fingerprint fingerprint_of(ImageType const& record, Predicate is_at_hand) {
    Fingerprint expected{.size = size_of(record)};
    if (record.hash_algo && record.hash_value && is_at_hand(*record.hash_algo)) {
        expected.algorithm = *record.hash_algo;
        expected.digest = *record.hash_value;
    } else if (record.checksum && is_at_hand("md5")) {
        expected.algorithm = "md5";
        expected.digest = *record.checksum;
    }
    return expected;
}

}  // namespace openstack::image::v2
