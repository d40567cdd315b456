// SPDX-License-Identifier: Apache-2.0
// What each C++ type takes from JSON, as tables of functions: the decoder itself depends on no such type and compiles
// once.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <openstack/codec.hpp>
#include <openstack/describe.hpp>
#include <openstack/resource.hpp>

namespace openstack::detail {

struct JsonType;

/// Where the next JSON value goes. Without a type it is skipped.
struct JsonTarget {
    JsonType const* type = nullptr;
    void* object = nullptr;
    FieldState* state = nullptr;  ///< of the Field around the object; null where there is none, and null isn't taken
};

/// A member of a JSON object that has a place in the struct at `object`.
struct JsonMember {
    std::string_view name;
    JsonTarget (*locate)(void* object);
};

/// What an object in C++ takes. A function that is null, or returns false, means "not this kind of value".
struct JsonType {
    std::string_view expected;  ///< ends "expected ..."
    bool (*boolean)(void*, bool) = nullptr;
    bool (*number)(void*, std::string_view) = nullptr;
    bool (*string)(void*, std::string_view) = nullptr;
    void (*raw)(void*, std::string json) = nullptr;  ///< any other value, as a JSON text
    JsonTarget (*new_element)(void*) = nullptr;      ///< of an array
    void (*reserve)(void*, std::size_t count) = nullptr;
    std::size_t element_size = 0;                                    ///< what an element or entry costs in memory
    JsonTarget (*new_entry)(void*, std::string_view key) = nullptr;  ///< of a map; no object: the key is there already
    bool is_struct = false;
    JsonMember const* members = nullptr;  ///< of a struct
    std::size_t member_count = 0;
    Properties* (*catch_all)(void*) = nullptr;
    JsonType const* property = nullptr;  ///< of what the catch-all takes
};

template<class T, bool AsText = false>
struct JsonTypeOf;
template<class Container>
struct PendingProperty;

/// The type's table.
template<class T, bool AsText = false>
inline constexpr JsonType json_type = JsonTypeOf<T, AsText>::make();

/// A plain object of T as a target.
template<class T>
JsonTarget target(T& object) {
    return {&json_type<T>, &object, nullptr};
}
/// A Field as a target.
template<class T, class... Options>
JsonTarget target(Field<T, Options...>& field) {
    FieldStorage<T>& storage = FieldAccess::storage(field);
    return {&json_type<T, OptionList<Options...>::template has<AsText>>, &storage.value, &storage.state};
}

template<class T>
constexpr std::string_view expected_number() {
    if constexpr (std::floating_point<T>) return "number";
    if constexpr (std::is_unsigned_v<T>) return sizeof(T) == 8 ? "integer (unsigned, 64 bits)" : "integer (unsigned)";
    return sizeof(T) == 8 ? "integer (64 bits)" : sizeof(T) == 4 ? "integer (32 bits)" : "integer (16 bits or fewer)";
}

template<class T>
bool store_text(void* object, std::string_view text) {
    if constexpr (std::same_as<T, std::string>) {
        static_cast<T*>(object)->assign(text);
        return true;
    } else if constexpr (requires(T & value) { codec<T>::assign(value, text); }) {
        codec<T>::assign(*static_cast<T*>(object), text);
        return true;
    } else {
        std::optional<T> value = from_text<T>(text);
        if (value) *static_cast<T*>(object) = std::move(*value);
        return value.has_value();
    }
}

template<class T>
bool store_decoded(void* object, std::optional<T> value) {
    if (value) *static_cast<T*>(object) = std::move(*value);
    return value.has_value();
}

inline bool store_boolean(void* object, bool value) { return *static_cast<bool*>(object) = value, true; }

/// Scalars, by their wire form.
template<class T, bool AsText>
struct JsonTypeOf {
    static constexpr JsonType make() {
        JsonType type{};
        if constexpr (AsText) {
            type.expected = "string";
            if constexpr (WireNumber<T>) type.expected = "string with a number";
            if constexpr (std::same_as<T, bool>) type.expected = "string \"true\" or \"false\"";
            if constexpr (HasCodec<T>) type.expected = codec<T>::expected;
            type.string = store_text<T>;
            if constexpr (std::same_as<T, bool>) type.boolean = store_boolean;  // newer services mend what they write
            if constexpr (WireNumber<T>) type.number = store_text<T>;
        } else if constexpr (std::same_as<T, bool>) {
            type.expected = "boolean";
            type.boolean = store_boolean;
        } else if constexpr (std::same_as<T, std::string>) {
            type.expected = "string";
            type.string = store_text<T>;
        } else if constexpr (WireNumber<T>) {
            type.expected = expected_number<T>();
            type.number = store_text<T>;
        } else if constexpr (HasCodec<T>) {
            using WireType = decltype(codec<T>::encode(std::declval<T const&>()));
            type.expected = codec<T>::expected;
            if constexpr (std::same_as<WireType, bool>) {
                type.boolean = [](void* object, bool value) {
                    return store_decoded<T>(object, codec<T>::decode(value));
                };
            } else if constexpr (WireNumber<WireType>) {
                type.number = store_text<T>;
            } else {
                type.string = store_text<T>;
            }
        } else if constexpr (Described<T>) {
            static_assert(is_checked_struct<T>);
            type.expected = "object";
            type.is_struct = true;
            type.members = members<T>.data();
            type.member_count = members<T>.size();
            if constexpr (count_catch_alls<T>() > 0) {
                using Container = std::remove_pointer_t<decltype(catch_all<T>(nullptr))>;
                type.catch_all = catch_all<T>;
                type.property = &json_type<PendingProperty<Container>>;
            }
        }
        return type;
    }

  private:
    template<class Struct>
    static constexpr std::size_t member_count() {
        std::size_t count = 0;
        for_each_field<Struct>([&](auto field) { count += field.is_in_json ? 1 : 0; });
        return count;
    }
    template<class Struct>
    static constexpr auto make_members() {
        std::array<JsonMember, member_count<Struct>()> members{};
        [[maybe_unused]] std::size_t count = 0;
        for_each_field<Struct>([&](auto field) {
            if constexpr (field.is_in_json)
                members[count++] = {field.wire_name, [](void* object) {
                                        return target(static_cast<Struct*>(object)->*decltype(field)::pointer);
                                    }};
        });
        return members;
    }
    template<class Struct>
    static constexpr auto members = make_members<Struct>();

    template<class Struct>
    static Properties* catch_all(void* object) {
        Properties* found = nullptr;
        for_each_field<Struct>([&](auto field) {
            if constexpr (field.is_catch_all) found = &(static_cast<Struct*>(object)->*decltype(field)::pointer);
        });
        return found;
    }
};

template<class Text>
struct JsonTypeOf<BasicRawJson<Text>, false> {
    static constexpr JsonType make() {
        JsonType type{};
        type.expected = "any value";
        type.raw = [](void* object, std::string json) {
            static_cast<BasicRawJson<Text>*>(object)->text = std::move(json);
        };
        return type;
    }
};

template<class T>
struct JsonTypeOf<std::vector<T>, false> {
    static constexpr JsonType make() {
        JsonType type{};
        type.expected = "array";
        type.element_size = sizeof(T);
        type.reserve = [](void* object, std::size_t count) { static_cast<std::vector<T>*>(object)->reserve(count); };
        type.new_element = [](void* object) { return target(static_cast<std::vector<T>*>(object)->emplace_back()); };
        return type;
    }
};

template<class T, class Less>
struct JsonTypeOf<std::map<std::string, T, Less>, false> {
    static constexpr JsonType make() {
        JsonType type{};
        type.expected = "object";
        type.element_size = sizeof(typename std::map<std::string, T, Less>::value_type);
        type.new_entry = [](void* object, std::string_view key) {
            auto const [at, is_new] =
                static_cast<std::map<std::string, T, Less>*>(object)->try_emplace(std::string{key});
            return is_new ? target(at->second) : JsonTarget{};
        };
        return type;
    }
};

}  // namespace openstack::detail
