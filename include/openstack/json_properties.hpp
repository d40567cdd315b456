// SPDX-License-Identifier: Apache-2.0
// What the catch-all takes from JSON: every key that is no field's.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <openstack/json_types.hpp>
#include <openstack/properties.hpp>

namespace openstack::detail {

/// A key of the catch-all whose value comes next.
template<class Container>
struct PendingProperty {
    Container* properties = nullptr;
    std::string_view key{};  ///< lives in the parsed text
};
template<class Container>
struct JsonTypeOf<PendingProperty<Container>, false> {
    static constexpr JsonType make() {
        JsonType type{};
        type.string = [](void* object, std::string_view text) {
            auto& pending = *static_cast<PendingProperty<Container>*>(object);
            PropertiesAccess::append(*pending.properties, pending.key, text);
            return true;
        };
        type.raw = [](void* object, std::string json) {
            auto& pending = *static_cast<PendingProperty<Container>*>(object);
            PropertiesAccess::append_raw(*pending.properties, pending.key, std::move(json));
        };
        return type;
    }
};

template<class Text>
struct JsonTypeOf<BasicProperties<Text>, false> {
    static constexpr JsonType make() {
        JsonType type{};
        type.expected = "object";
        type.is_struct = true;
        type.catch_all = [](void* object) { return static_cast<BasicProperties<Text>*>(object); };
        type.property = &json_type<PendingProperty<BasicProperties<Text>>>;
        return type;
    }
};

}  // namespace openstack::detail
