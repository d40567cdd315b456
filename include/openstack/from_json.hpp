// SPDX-License-Identifier: Apache-2.0
// from_json<T>: a JSON document as a T.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <openstack/json_decoder.hpp>

namespace openstack {

/// The longest text that from_json reads, in bytes.
inline constexpr std::size_t max_json_size = detail::JsonLimits::bytes;

namespace detail {

template<class Limits = JsonLimits>
void decode(JsonTarget target, std::string text, std::string_view what) {
    if (text.size() > Limits::bytes)
        throw DecodeError(what, {{"", "longer than " + std::to_string(Limits::bytes >> 20) + " MiB"}});
    JsonDecoder<Limits> decoder(target, text.size());
    if (auto problems = decoder.decode(text); !problems.empty()) throw DecodeError(what, std::move(problems));
}

/// Throws InvalidRequest, whose message opens with `what`, if the text isn't one JSON value.
template<class Limits = JsonLimits>
void check_json(std::string_view text, std::string_view what) {
    try {
        decode<Limits>({}, std::string{text}, what);
    } catch (DecodeError const& error) {
        throw InvalidRequest(error.what());
    }
}

}  // namespace detail

/// Reads a JSON document (RFC 8259, UTF-8) into a described struct, or any other type a field may hold. Keys without a
/// field go to the catch-all, or are skipped where there is none. Throws DecodeError with every problem of the
/// document, also for duplicate keys, NUL bytes, more than 64 levels, and texts of more than 16 MiB; `what` opens its
/// message.
template<Codable T>
[[nodiscard]] T from_json(std::string text, std::string_view what = "the JSON document") {
    T result{};
    detail::decode(detail::target(result), std::move(text), what);
    return result;
}

}  // namespace openstack
