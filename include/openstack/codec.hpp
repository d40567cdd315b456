// SPDX-License-Identifier: Apache-2.0
// codec<T>, the one customisation point: what a field's value is on the wire.
#pragma once

#include <charconv>
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <openstack/describe.hpp>
#include <openstack/field.hpp>
#include <openstack/properties.hpp>
#include <openstack/raw_json.hpp>
#include <openstack/timestamp.hpp>

namespace openstack {

/// Specialise it to put a type of your own into a field: it says which bool, number or text stands for a T on the wire.
///
///     template<> struct openstack::codec<Version> {
///         static constexpr std::string_view expected = "version";
///         static std::string encode(Version const&);
///         static std::optional<Version> decode(std::string_view text);
///     };
///
/// `expected` ends the "expected ..." of a DecodeError; `decode` gives nothing for a text that isn't a Version.
/// `encode` may also return a bool, an integer or a double; `decode` then takes that type.
template<class T>
struct codec;

/// A Timestamp is a text, in the form that it describes.
template<>
struct codec<Timestamp> {
    static constexpr std::string_view expected = "timestamp such as 2026-11-21T10:11:12Z";
    static std::string encode(Timestamp const& value) { return to_string(value); }
    static std::optional<Timestamp> decode(std::string_view text) { return Timestamp::parse(text); }
};

/// An Open<Enum> is a text, and any text is one.
template<class E>
struct codec<Open<E>> {
    static_assert(sizeof(EnumEntries<E>) > 0);  // where the field is declared, not where it is first used
    static constexpr std::string_view expected = "string";
    static std::string encode(Open<E> const& value) { return to_string(value); }
    static std::optional<Open<E>> decode(std::string_view text) { return Open<E>::from_text(text); }
    /// The same, where the value stands: a move of one costs more than reading it.
    static void assign(Open<E>& value, std::string_view text) { value.assign(text); }
};

/// Values that JSON has of itself (RFC 8259, section 3): true and false, numbers and strings.
template<class T>
concept WireScalar = std::same_as<T, bool> || WireNumber<T> || std::same_as<T, std::string>;

/// Types with a codec, which has all that it needs.
template<class T>
concept HasCodec = requires(T const& value) {
    {std::string_view{codec<T>::expected}};
    requires WireScalar<decltype(codec<T>::encode(value))>;
    requires std::same_as<decltype(codec<T>::decode(codec<T>::encode(value))), std::optional<T>>;
};

namespace detail {

template<class T>
concept HasCodecName = requires {
    {std::string_view{codec<T>::expected}};
};
template<class T>
concept HasEquality = requires(T const& value) {
    value == value;
};

/// What is wrong with a type as a field's.
enum class TypeFault { none, not_codable, codec_lacks_name, codec_lacks_function, not_comparable, no_text, no_filter };

template<class T>
constexpr TypeFault find_fault() {
    if constexpr (WireScalar<T>) {
        return TypeFault::none;
    } else if constexpr (!HasCodec<T> && requires { sizeof(codec<T>); }) {
        return HasCodecName<T> ? TypeFault::codec_lacks_function : TypeFault::codec_lacks_name;
    } else if constexpr (HasCodec<T> || Described<T>) {
        return HasEquality<T> ? TypeFault::none : TypeFault::not_comparable;
    } else {
        return TypeFault::not_codable;
    }
}

/// Of a list or map, what is wrong with its elements: it has == itself, whatever they have.
template<class T>
inline constexpr TypeFault type_fault = find_fault<T>();
template<class T>
inline constexpr TypeFault type_fault<std::vector<T>> = type_fault<T>;
template<>
inline constexpr TypeFault type_fault<std::vector<bool>> = TypeFault::not_codable;  // its elements aren't bools
template<class T, class Less>
inline constexpr TypeFault type_fault<std::map<std::string, T, Less>> = type_fault<T>;
template<>
inline constexpr TypeFault type_fault<Properties> = TypeFault::none;
template<class Text>
inline constexpr TypeFault type_fault<BasicRawJson<Text>> = TypeFault::none;

template<class T>
inline constexpr bool is_codable = type_fault<T> == TypeFault::none || type_fault<T> == TypeFault::not_comparable;

/// Whether two fields are the same; where that can't be asked, the declaration's sentence says so.
template<class T, class... Options>
[[nodiscard]] bool are_same(Field<T, Options...> const& a, Field<T, Options...> const& b) {
    if constexpr (type_fault<T> == TypeFault::none) {
        return a == b;
    } else {
        return false;
    }
}

}  // namespace detail

/// What a field may hold: bool, integers, floating-point numbers, std::string, types with a codec (Timestamp and
/// Open<Enum> have one), described structs, RawJson, std::vector and std::map<std::string, ...> of all these, and
/// Properties.
template<class T>
concept Codable = detail::is_codable<T>;

/// What a field marked AsText, or a filter, may hold: what has a text of one line.
template<class T>
concept TextCodable = WireScalar<T> || HasCodec<T>;

/// The value as a text: what a filter compares with, and the wire form of an AsText field.
template<TextCodable T>
[[nodiscard]] std::string to_text(T const& value) {
    if constexpr (std::same_as<T, bool>) {
        return value ? "true" : "false";
    } else if constexpr (std::same_as<T, std::string>) {
        return value;
    } else if constexpr (WireNumber<T>) {
        char digits[64];
        return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
    } else {
        return to_text(codec<T>::encode(value));
    }
}

/// The inverse of to_text; nothing if the text, as a whole, isn't a T.
template<TextCodable T>
[[nodiscard]] std::optional<T> from_text(std::string_view text) {
    if constexpr (std::same_as<T, bool>) {
        if (text != "true" && text != "false") return std::nullopt;
        return text == "true";
    } else if constexpr (std::same_as<T, std::string>) {
        return std::string{text};
    } else if constexpr (WireNumber<T>) {
        T value{};
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
        return value;
    } else if constexpr (std::same_as<decltype(codec<T>::encode(std::declval<T const&>())), std::string>) {
        return codec<T>::decode(text);
    } else {
        auto const wire = from_text<decltype(codec<T>::encode(std::declval<T const&>()))>(text);
        return wire ? codec<T>::decode(*wire) : std::nullopt;
    }
}

}  // namespace openstack
