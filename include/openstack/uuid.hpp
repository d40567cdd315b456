// SPDX-License-Identifier: Apache-2.0
// Random UUIDs: ids that nobody else has chosen (RFC 9562 section 5.4).
#pragma once

#include <cerrno>
#include <cstddef>
#include <string>

#include <unistd.h>

#include <openstack/error.hpp>

namespace openstack::detail {

/// A new one, such as `3f0c1f5e-8a59-4c3b-9b6d-0d2f7f1b2a4c`. Throws IoError if the system gives no random bytes.
template<class Text = std::string>
[[nodiscard]] Text random_uuid() {
    unsigned char bytes[16];
    if (::getentropy(bytes, sizeof bytes) != 0) throw IoError("no random bytes", errno);
    bytes[6] = static_cast<unsigned char>(0x40 | (bytes[6] & 0x0f));  // the version
    bytes[8] = static_cast<unsigned char>(0x80 | (bytes[8] & 0x3f));  // the variant
    Text text;
    for (unsigned char const byte : bytes) {
        std::size_t const length = text.size();
        if (length == 8 || length == 13 || length == 18 || length == 23) text += '-';
        for (int const digit : {byte >> 4, byte & 15}) text += "0123456789abcdef"[digit];
    }
    return text;
}

}  // namespace openstack::detail
