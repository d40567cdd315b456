// SPDX-License-Identifier: Apache-2.0
// PropertyValue<T>: what a property with a key of T is set to, and how its text is read.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <openstack/ascii.hpp>
#include <openstack/codec.hpp>
#include <openstack/error.hpp>
#include <openstack/field.hpp>

namespace openstack {

/// The type of a key whose texts are listed, in an array of literals that stands in a namespace:
///
///     inline constexpr char const* disk_buses[]{"scsi", "virtio"};
///     inline constexpr PropertyKey<OneOf<disk_buses>> disk_bus{"hw_disk_bus"};
///
/// A literal that the list doesn't have is refused by the compiler. Other texts are given by `unlisted`; those of a
/// service are read as they are, into a std::string.
template<auto const& Texts>
struct OneOf;

/// A text that the list of a key needn't have, such as one that is known when the program runs.
struct Unlisted {
    std::string_view text;
};
/// `properties[hw::disk_bus] = unlisted(text)`. Keeps no copy of the text.
[[nodiscard]] inline Unlisted unlisted(std::string_view text) { return {text}; }

namespace detail {

/// Not constexpr, so that a constant expression ends here, with this name in the compiler's message.
inline void this_text_is_not_in_the_list_of_its_key() {}

}  // namespace detail

/// What a property with a key of T is set to and compared with. Made from values of T: the compiler refuses others, and
/// an integer that T can't hold throws InvalidRequest.
template<class T>
class PropertyValue {
    static constexpr bool has_text = TextCodable<T>;
    static_assert(has_text,
                  "openstack: the type of a property's key is a bool, a number, std::string, OneOf or has a codec");

  public:
    using value_type = T;  ///< as which the property is read

    template<class U>
    PropertyValue(U const& value) : value_(convert(value)) {}

    [[nodiscard]] T const& value() const noexcept { return value_; }
    /// The property's text. Of a bool, true or false.
    [[nodiscard]] std::string text() const { return to_text(value_); }

    /// The value of such a text, without the white space around it; of a bool in any form that Nova reads: true, t,
    /// yes, y, on and 1, false, f, no, n, off and 0, in any case. Nothing if the text isn't a T.
    [[nodiscard]] static std::optional<T> read(std::string_view text) {
        if constexpr (std::same_as<T, bool> || WireNumber<T>) {
            constexpr std::string_view white_space = " \t\n\v\f\r";
            std::size_t const first = text.find_first_not_of(white_space);
            if (first == text.npos) return std::nullopt;
            text = text.substr(first, text.find_last_not_of(white_space) + 1 - first);
        }
        if constexpr (std::same_as<T, bool>) {
            for (std::string_view const each : {"true", "t", "yes", "y", "on", "1"})
                if (detail::equal_ignoring_case(text, each)) return true;
            for (std::string_view const each : {"false", "f", "no", "n", "off", "0"})
                if (detail::equal_ignoring_case(text, each)) return false;
            return std::nullopt;
        } else {
            return from_text<T>(text);
        }
    }
    /// What such a text is, for messages.
    [[nodiscard]] static std::string expected() {
        if constexpr (std::same_as<T, bool>) {
            return "boolean";
        } else if constexpr (detail::WireInteger<T>) {
            return (std::is_signed_v<T> ? "integer (" : "unsigned integer (") + std::to_string(8 * sizeof(T)) +
                   " bits)";
        } else if constexpr (WireNumber<T>) {
            return "number";
        } else {
            return std::string{codec<T>::expected};
        }
    }

  private:
    template<class U>
    static T convert(U const& value) {
        constexpr bool is_of_kind = std::same_as<T, bool>    ? std::same_as<U, bool>
                                    : detail::WireInteger<T> ? detail::WireInteger<U>
                                                             : !WireNumber<T> || WireNumber<U>;
        constexpr bool is_value = is_of_kind && detail::ValueFor<U const&, T>;
        static_assert(is_value, "openstack: the value of a property must have the type of its key");
        if constexpr (!is_value) {
            return T{};
        } else if constexpr (detail::WireInteger<T>) {
            if (!std::in_range<T>(value)) throw InvalidRequest("a number doesn't fit the type of its property's key");
            return static_cast<T>(value);
        } else {
            return static_cast<T>(value);
        }
    }

    T value_;
};

/// The same for a list: one of its texts as a literal, or any text by `unlisted`.
template<auto const& Texts>
class PropertyValue<OneOf<Texts>> {
  public:
    using value_type = std::string;

    consteval PropertyValue(char const* literal) : text_(literal) {
        for (std::string_view const each : Texts)
            if (each == text_) return;
        detail::this_text_is_not_in_the_list_of_its_key();
    }
    PropertyValue(Unlisted const& unlisted) : text_(unlisted.text) {}
    template<class U>
    requires(!std::convertible_to<U const&, char const*>) PropertyValue(U const&) {
        static_assert(sizeof(U) == 0,
                      "openstack: the value of a property whose key has a list is a literal, or unlisted(text)");
    }

    [[nodiscard]] std::string_view value() const noexcept { return text_; }
    [[nodiscard]] std::string text() const { return std::string{text_}; }
    [[nodiscard]] static std::optional<std::string> read(std::string_view text) { return std::string{text}; }

  private:
    std::string_view text_;
};

}  // namespace openstack
