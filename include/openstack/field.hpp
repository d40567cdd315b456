// SPDX-License-Identifier: Apache-2.0
// Field<T, Options...>: one member of a resource: unset, null or a value, with the rules of its declaration.
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <openstack/error.hpp>
#include <openstack/options.hpp>

namespace openstack {

/// The type of `null`. It has no default constructor, so that `{}` never means null.
struct Null {
    explicit constexpr Null(int) {}
};
/// JSON's null: `image.name = null` clears the name, where `reset()` leaves it unmentioned.
inline constexpr Null null{0};

template<class T, class... Options>
class Field;  // below, with its sentence

/// What is a number in JSON: integers and floating-point numbers, but neither bool nor characters.
template<class T>
concept WireNumber = std::floating_point<T> ||
    (std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> && !std::same_as<T, wchar_t> &&
     !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>);

namespace detail {

template<class T>
concept WireInteger = std::integral<T> && WireNumber<T>;

enum class FieldState : unsigned char { is_unset, is_null, has_value };

/// What a Field holds. `value` is T{} unless `state` is has_value.
template<class T>
struct FieldStorage {
    T value{};
    FieldState state = FieldState::is_unset;

    bool operator==(FieldStorage const&) const = default;
};

/// Stands for a value of any type where only the number of members is asked.
struct AnyValue {
    template<class U>
    operator U() const;
};

template<class T>
inline constexpr bool is_field = false;
template<class T, class... Options>
inline constexpr bool is_field<Field<T, Options...>> = true;

/// Values that a field of T can be made from and compared with.
template<class U, class T>
concept ValueFor = !is_field<std::remove_cvref_t<U>> && !std::is_null_pointer_v<std::remove_cvref_t<U>> &&
                   !std::same_as<std::remove_cvref_t<U>, AnyValue> && !std::same_as<std::remove_cvref_t<U>, Null> &&
                   (std::convertible_to<U, T> ||
                    (std::same_as<T, std::string> && std::same_as<std::remove_cvref_t<U>, std::string_view>));

/// The element type of a list or map, for braces; void for texts and single values.
template<class T>
struct ListElement {
    using type = void;
};
template<class T>
requires requires { typename T::value_type; } &&(!std::convertible_to<T, std::string>)struct ListElement<T> {
    using type = typename T::value_type;
};

template<class T>
concept List = !std::is_void_v<typename ListElement<T>::type>;

}  // namespace detail

/// One member of a resource. It is in one of three states: unset (not mentioned), null, or a value of T; its vocabulary
/// is std::optional's. `*`, `->` and `value()` throw std::bad_optional_access where there is no value. A ReadOnly field
/// can be read, copied and compared; only the decoder sets it. `.tags = {}` in an initialiser leaves the field unset
/// (it is the field's own default); the assignment `image.tags = {}` gives an empty list.
template<class T, class... Options>
class Field {
  public:
    using value_type = T;
    using options = OptionList<Options...>;  ///< what the declaration says beside the type
    static_assert(options::is_consistent);

    /// An unset field. A T that throws where it is made empty ends the program.
    constexpr Field() noexcept = default;  // said, not found out: g++ 12 breaks down over that in a class template

    /// A field that is null.
    constexpr Field(Null) {
        check_writable();
        storage_.state = detail::FieldState::is_null;
    }

    /// A field with a value. Throws InvalidRequest for an integer that T can't hold; the compiler refuses to make a
    /// bool of anything but a bool, and an integer of anything but an integer.
    template<class U>
    requires detail::ValueFor<U, T>
    constexpr Field(U&& value) { assign(std::forward<U>(value)); }

    /// A list or map with these elements.
    constexpr Field(std::initializer_list<typename detail::ListElement<T>::type> values) requires detail::List<T> {
        assign(T(values));
    }

    /// What the constructors take can be assigned, and `{}` to a list: an empty list.
    constexpr Field& operator=(Null) { return *this = Field(null); }

    template<class U>
    requires detail::ValueFor<U, T>
    constexpr Field& operator=(U&& value) {
        assign(std::forward<U>(value));
        return *this;
    }

    constexpr Field& operator=(
        std::initializer_list<typename detail::ListElement<T>::type> values) requires detail::List<T> {
        assign(T(values));
        return *this;
    }

    /// The three states: exactly one of these is true.
    [[nodiscard]] constexpr bool has_value() const noexcept { return storage_.state == detail::FieldState::has_value; }
    [[nodiscard]] constexpr bool is_null() const noexcept { return storage_.state == detail::FieldState::is_null; }
    [[nodiscard]] constexpr bool is_unset() const noexcept { return storage_.state == detail::FieldState::is_unset; }
    /// Whether there is a value, as an optional says it; the value of a Field<bool> is `*field`.
    constexpr explicit operator bool() const noexcept { return has_value(); }

    /// The value, which can be changed in place unless the field is ReadOnly. Throws std::bad_optional_access where
    /// there is none.
    [[nodiscard]] constexpr T const& value() const {
        if (!has_value()) throw std::bad_optional_access();
        return storage_.value;
    }
    [[nodiscard]] constexpr T& value() requires(!options::template has<ReadOnly>) {
        if (!has_value()) throw std::bad_optional_access();
        return storage_.value;
    }
    [[nodiscard]] constexpr T const& operator*() const { return value(); }
    [[nodiscard]] constexpr T& operator*() requires(!options::template has<ReadOnly>) { return value(); }
    [[nodiscard]] constexpr T const* operator->() const { return &value(); }
    [[nodiscard]] constexpr T* operator->() requires(!options::template has<ReadOnly>) { return &value(); }

    /// The value; where there is none, `other`, which is taken as an assignment would take it.
    template<class U>
    requires detail::ValueFor<U, T>
    [[nodiscard]] constexpr T value_or(U&& other) const {
        return has_value() ? storage_.value : convert(std::forward<U>(other));
    }

    /// Makes the field unset: not mentioned in what is sent.
    constexpr void reset() {
        check_writable();
        storage_ = {};
    }

    /// Two fields are equal in the same state with equal values. A field without a value equals no value; integers of
    /// two types compare by value, so that -1 equals no unsigned one.
    friend bool operator==(Field const&, Field const&) = default;
    friend constexpr bool operator==(Field const& field, Null) { return field.is_null(); }
    template<class U>
    requires detail::ValueFor<U const&, T>
    friend constexpr bool operator==(Field const& field, U const& other) {
        if (!field.has_value()) return false;
        if constexpr (detail::WireInteger<U> && detail::WireInteger<T>) {
            return std::cmp_equal(field.storage_.value, other);
        } else {
            return field.storage_.value == other;
        }
    }

  private:
    friend struct FieldAccess;

    static constexpr bool check_writable() {
        constexpr bool is_writable = !options::template has<ReadOnly>;
        static_assert(is_writable,
                      "openstack: this field is read-only: only the service sets it (its type says which field)");
        return is_writable;
    }

    /// What C++ would turn into a T without a word, such as a text into `true`, isn't one. Throws InvalidRequest for an
    /// integer that T can't hold.
    template<class U>
    static constexpr T convert(U&& value) {
        using Plain = std::remove_cvref_t<U>;
        constexpr bool is_bool = !std::same_as<T, bool> || std::same_as<Plain, bool>;
        constexpr bool is_integer =
            !detail::WireInteger<T> || !std::is_arithmetic_v<Plain> || detail::WireInteger<Plain>;
        static_assert(is_bool, "openstack: a bool field takes only a bool, not a text, a pointer or a number");
        static_assert(is_integer,
                      "openstack: an integer field takes only an integer, not a fraction, a character or a bool");
        if constexpr (!is_bool || !is_integer) {
            return T{};
        } else if constexpr (detail::WireInteger<T> && detail::WireInteger<Plain>) {
            if (!std::in_range<T>(value)) throw InvalidRequest("a number doesn't fit the type of its field");
            return static_cast<T>(value);
        } else {
            return static_cast<T>(std::forward<U>(value));
        }
    }

    template<class U>
    constexpr void assign(U&& value) {
        if constexpr (check_writable()) {
            storage_.value = convert(std::forward<U>(value));
            storage_.state = detail::FieldState::has_value;
        }
    }

    detail::FieldStorage<T> storage_{};
};

/// The way into a Field for the decoder, which alone may set what is ReadOnly.
struct FieldAccess {
    template<class T, class... Options>
    [[nodiscard]] static constexpr detail::FieldStorage<T>& storage(Field<T, Options...>& field) noexcept {
        return field.storage_;
    }
};

}  // namespace openstack
