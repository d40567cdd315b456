// SPDX-License-Identifier: Apache-2.0
// Generated from include/ by single_include/amalgamate.py: changes belong there.
// How an image's properties write a signature and its hash.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <openstack/openstack.hpp>
#include <openstack/image/v2/signing_key.hpp>

namespace openstack::image::v2 {

namespace detail {

/// OpenSSL's name of a hash that img_signature_hash_method names; empty if a signature can't have it.
[[nodiscard]] inline std::string algorithm_of(std::string_view method) {
    for (std::string_view const each : img::signature_hash_methods)
        if (each == method) return "sha" + std::string{method.substr(4)};
    return {};
}

/// The hash of the data, as bytes.
[[nodiscard]] inline std::string digest_by(openstack::detail::BackgroundHasher<>& hasher,
                                           std::string const& algorithm) {
    std::string const digits = hasher.hex_digest(algorithm).value_or("");
    auto const value = [](char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; };
    std::string digest;
    for (std::size_t i = 0; i < digits.size(); i += 2)
        digest += static_cast<char>(value(digits[i]) << 4 | value(digits[i + 1]));
    return digest;
}

/// RFC 4648 section 4.
[[nodiscard]] inline std::string to_base64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<unsigned char const*>(bytes.data()),
                    static_cast<int>(bytes.size()));
    text.pop_back();
    return text;
}

/// The bytes; nothing if it's another text. White space, such as the ends of lines of the `base64` command, is skipped.
[[nodiscard]] inline std::optional<std::string> from_base64(std::string_view text) {
    std::string digits;
    for (char const c : text)
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') digits += c;
    std::size_t const padding = digits.ends_with("==") ? 2 : digits.ends_with('=') ? 1 : 0;
    constexpr std::size_t longest = std::size_t{1} << 16;  // no signature comes near it
    if (digits.find('=') < digits.size() - padding || digits.size() > longest) return std::nullopt;
    std::string bytes(digits.size() / 4 * 3, '\0');
    if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<unsigned char const*>(digits.data()),
                        static_cast<int>(digits.size())) != static_cast<int>(bytes.size()) ||
        digits.size() % 4 != 0 || digits.empty())
        return std::nullopt;
    bytes.resize(bytes.size() - padding);
    return bytes;
}

}  // namespace detail

}  // namespace openstack::image::v2
