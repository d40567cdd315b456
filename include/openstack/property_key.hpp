// SPDX-License-Identifier: Apache-2.0
// PropertyKey<T>: the name of a property with the type that its text stands for: properties[hw::cpu_cores] = 4.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <openstack/error.hpp>
#include <openstack/json_pointer.hpp>
#include <openstack/properties.hpp>
#include <openstack/property_value.hpp>

namespace openstack {

/// A property's name, and the type of its value: bool, a number, std::string, OneOf, or a type with a codec. One line
/// declares one:
///
///     inline constexpr openstack::PropertyKey<int> slots{"acme_slots"};
template<class T>
struct PropertyKey {
    char const* name;  ///< on the wire; the key keeps no copy of it

    /// The property with that value, for braces: `{hw::cpu_cores(4), hw::disk_bus("virtio")}`.
    [[nodiscard]] Properties::value_type operator()(PropertyValue<T> const& value) const {
        return {name, value.text()};
    }
};

/// The property of one key, as a value of its type that is there or not, as in a std::optional. It refers to the
/// Properties, as a reference to an element does.
template<class T, class Text>
class PropertyView {
  public:
    using value_type = typename PropertyValue<T>::value_type;

    PropertyView(BasicProperties<Text> const& properties, PropertyKey<T> const& key)
        : properties_(&properties), name_(key.name) {}

    /// Whether there is such a property, whatever its text.
    [[nodiscard]] bool has_value() const { return text() != nullptr; }
    [[nodiscard]] explicit operator bool() const { return has_value(); }
    /// The value, or nothing if there is no such property. Throws DecodeError if its text isn't a T.
    [[nodiscard]] std::optional<value_type> get() const {
        std::optional<value_type> value = read();
        if constexpr (!std::same_as<value_type, std::string>) {
            if (!value && has_value())
                throw DecodeError("the properties",
                                  {{'/' + escape_pointer_token(name_),
                                    "expected " + PropertyValue<T>::expected() + ", found '" + *text() + '\''}});
        }
        return value;
    }
    /// The value. Throws std::bad_optional_access if there is none, and DecodeError as get() does.
    [[nodiscard]] value_type value() const { return get().value(); }
    [[nodiscard]] value_type operator*() const { return value(); }
    /// The value; where there is none, `other`. Throws DecodeError as get() does.
    [[nodiscard]] value_type value_or(PropertyValue<T> const& other) const {
        return get().value_or(value_type(other.value()));
    }

    /// Compares values, so that a text "yes" equals true. What isn't there, or isn't a T, equals no value.
    friend bool operator==(PropertyView const& property, PropertyValue<T> const& value) {
        std::optional<value_type> const read = property.read();
        return read && *read == value.value();
    }
    /// Two are equal that have the same value, or the same text, or aren't there.
    friend bool operator==(PropertyView const& a, PropertyView const& b) {
        if (!a.has_value() || !b.has_value()) return a.has_value() == b.has_value();
        return *a.text() == *b.text() || (a.read() && a.read() == b.read());
    }

  private:
    friend class PropertyRef<T, Text>;

    [[nodiscard]] Text const* text() const {
        auto const at = properties_->find(name_);
        return at == properties_->end() ? nullptr : &at->second;
    }
    [[nodiscard]] std::optional<value_type> read() const {
        return has_value() ? PropertyValue<T>::read(*text()) : std::nullopt;
    }

    BasicProperties<Text> const* properties_;
    std::string_view name_;
};

/// The same of Properties that may be changed.
template<class T, class Text>
class PropertyRef : public PropertyView<T, Text> {
  public:
    PropertyRef(BasicProperties<Text>& properties, PropertyKey<T> const& key)
        : PropertyView<T, Text>(properties, key), properties_(&properties) {}
    PropertyRef(PropertyRef const&) = default;

    /// Makes or replaces the property.
    PropertyRef& operator=(PropertyValue<T> const& value) {
        (*properties_)[Text(this->name_)] = value.text();
        return *this;
    }
    /// Becomes what the other property is: its text as it stands, or removed.
    PropertyRef& operator=(PropertyView<T, Text> const& other) {
        if (other.has_value()) {
            (*properties_)[Text(this->name_)] = *other.text();
        } else {
            reset();
        }
        return *this;
    }
    PropertyRef& operator=(PropertyRef const& other) {
        return *this = static_cast<PropertyView<T, Text> const&>(other);
    }
    /// Removes the property, if it is there.
    void reset() { properties_->erase(this->name_); }

  private:
    BasicProperties<Text>* properties_;
};

}  // namespace openstack
