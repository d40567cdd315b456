// SPDX-License-Identifier: Apache-2.0
// Those who sign images in tests, with a key of each kind.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "certificates.hpp"

namespace support {

/// The kind of a key, and the image property img_signature_key_type for it.
inline constexpr std::pair<char const*, char const*> signing_kinds[]{
    {"RSA:2048", "RSA-PSS"},        {"RSA:3072", "RSA-PSS"},        {"sect409k1", "ECC_SECT409K1"},
    {"sect409r1", "ECC_SECT409R1"}, {"sect571k1", "ECC_SECT571K1"}, {"sect571r1", "ECC_SECT571R1"},
    {"secp384r1", "ECC_SECP384R1"}, {"secp521r1", "ECC_SECP521R1"}};

/// The one with a key of that kind, made once for all tests.
[[nodiscard]] inline Certificate const& signer(std::string const& kind) {
    static std::map<std::string, Certificate> made;
    auto const at = made.find(kind);
    return at != made.end() ? at->second : made.emplace(kind, self_signed(kind)).first->second;
}

}  // namespace support
