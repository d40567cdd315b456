// SPDX-License-Identifier: Apache-2.0
// What the catch-all takes from JSON: every key that is no field's.
#pragma once

#include <cstddef>
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
        constexpr std::size_t node = 4 * sizeof(void*);  // what a map keeps beside each
        JsonType type{};
        type.element_size = sizeof(typename Container::value_type) + node;
        type.string = [](void* object, std::string_view text) {
            auto& pending = *static_cast<PendingProperty<Container>*>(object);
            return PropertiesAccess::texts(*pending.properties).emplace(pending.key, text).second;
        };
        type.raw = [](void* object, std::string json) {
            auto& pending = *static_cast<PendingProperty<Container>*>(object);
            PropertiesAccess::raw(*pending.properties).emplace(pending.key, std::move(json));
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
