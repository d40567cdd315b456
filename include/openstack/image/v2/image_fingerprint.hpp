// SPDX-License-Identifier: Apache-2.0
// What an image's record says of its data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <openstack/verification.hpp>

namespace openstack::image::v2 {

/// Under which a session remembers the algorithm (os_hash_algo) of the record that it saw last.
inline constexpr char hash_algorithm_key[] = "image.os_hash_algo";

/// The hashes that the service is likely to compute of a new image, as far as they can be compared: the one of its
/// choice, SHA-512 unless another one was seen, and the older MD5.
template<class Hash, class Session>
[[nodiscard]] std::vector<std::string> likely_algorithms(Session const& session) {
    std::vector<std::string> likely{session.recall(hash_algorithm_key)};
    if (likely[0].empty()) likely[0] = "sha512";
    if (likely[0] != "md5") likely.push_back("md5");
    std::vector<std::string> supported;
    for (std::string const& each : likely)
        if (Hash::supports(each)) supported.push_back(each);
    return supported;
}

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
