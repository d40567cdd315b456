// SPDX-License-Identifier: Apache-2.0
// The answer to a request for one resource: out of its envelope, and with the id that all later requests need.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <openstack/from_json.hpp>
#include <openstack/resource.hpp>

namespace openstack::detail {

/// {"project": {...}}: a resource under its key.
template<Resource T>
struct Envelope {
    Field<T> value{};
};

template<Resource T>
struct JsonTypeOf<Envelope<T>, false> {
    static constexpr JsonType make() {
        JsonType type{};
        type.expected = "object";
        type.is_struct = true;
        type.members = members.data();
        type.member_count = members.size();
        return type;
    }

  private:
    static constexpr std::array<JsonMember, 1> members{
        {{T::resource.key, [](void* object) { return target(static_cast<Envelope<T>*>(object)->value); }}}};
};

/// Throws DecodeError if the service left out what identifies the resource, of which there are others.
template<Resource T>
void require_identity(T const& resource, std::string_view what) {
    if constexpr (!T::resource.single)
        if (identity(resource).empty()) throw DecodeError(what, {{"", "the resource has no id"}});
}

/// Reads one resource. Throws DecodeError, whose message opens with `what`.
template<Resource T>
[[nodiscard]] T decode_answer(std::string body, std::string_view what) {
    T result{};
    if constexpr (T::resource.key.empty()) {
        decode(target(result), std::move(body), what);
    } else {
        Envelope<T> envelope;
        decode(target(envelope), std::move(body), what);
        if (!envelope.value) throw DecodeError(what, {{'/' + std::string{T::resource.key}, "is missing"}});
        result = std::move(*envelope.value);
    }
    require_identity(result, what);
    return result;
}

}  // namespace openstack::detail
