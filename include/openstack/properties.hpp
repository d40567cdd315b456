// SPDX-License-Identifier: Apache-2.0
// Properties: texts by name, for what the service or its users add to the declared fields.
#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace openstack {

template<class T>
struct PropertyKey;  // property_key.hpp has these, and what is done by a key
template<class T, class Text>
class PropertyView;
template<class T, class Text>
class PropertyRef;

/// The text of a property: a std::string to which nothing but a text is assigned, where a std::string would take the
/// number 4 for a character.
template<class Text>
class PropertyText : public Text {
  public:
    PropertyText() = default;
    template<std::convertible_to<Text> T>
    PropertyText(T&& text) : Text(std::forward<T>(text)) {}
    explicit PropertyText(std::string_view text) : Text(text) {}
    PropertyText(std::nullptr_t) = delete;

    template<class T>
    PropertyText& operator=(T&& text) {
        if constexpr (is_text<T>()) Text::operator=(std::forward<T>(text));
        return *this;
    }
    template<class T>
    PropertyText& operator+=(T&& text) {
        if constexpr (is_text<T>()) Text::operator+=(std::forward<T>(text));
        return *this;
    }

  private:
    template<class T>
    static constexpr bool is_text() {
        constexpr bool is = std::convertible_to<T, std::string_view> && !std::same_as<std::decay_t<T>, std::nullptr_t>;
        static_assert(is,
                      "openstack: a property is a text; one that has a type has a key, too: "
                      "`properties[hw::cpu_cores] = 4`");
        return is;
    }
};

/// A map from text to text. The one member of a resource that has this type is its catch-all: it stands for what is
/// left at the top level of the resource's JSON object, and what changes in it is sent key by key. A
/// `Field<Properties>` is a JSON object of its own. What the service sends in it that isn't a string is kept as raw
/// JSON: it can be read, is written back by to_json, and no key of it becomes part of a change.
///
/// A PropertyKey in place of a name gives the text a type: `properties[hw::cpu_cores] = 4`.
///
/// Properties is the one to use; it is a template so that a program compiles only those functions that it calls.
template<class Text>
class BasicProperties {
  public:
    using Map = std::map<Text, PropertyText<Text>, std::less<>>;
    using value_type = typename Map::value_type;
    using const_iterator = typename Map::const_iterator;

    BasicProperties() = default;
    /// Of two values for one name the first counts.
    BasicProperties(std::initializer_list<value_type> values) : texts_(values) {}

    /// In the order of the names.
    [[nodiscard]] const_iterator begin() const noexcept { return texts_.begin(); }
    [[nodiscard]] const_iterator end() const noexcept { return texts_.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return texts_.size(); }
    [[nodiscard]] bool empty() const noexcept { return texts_.empty(); }
    [[nodiscard]] const_iterator find(std::string_view name) const { return texts_.find(name); }
    [[nodiscard]] bool contains(std::string_view name) const { return texts_.contains(name); }
    template<class T>
    [[nodiscard]] bool contains(PropertyKey<T> const& key) const {
        return contains(key.name);
    }

    /// The text of that property. Throws std::out_of_range if there is none.
    [[nodiscard]] Text const& at(Text const& name) const { return texts_.at(name); }
    /// The text of that property, made empty if there is none, also in place of what isn't a string. Others that are
    /// made or removed don't move it.
    [[nodiscard]] PropertyText<Text>& operator[](Text name) {
        raw_.erase(name);
        return texts_[std::move(name)];
    }
    /// The property of that key, to be read and assigned as a value of the key's type. Makes none until it is assigned.
    template<class T>
    [[nodiscard]] PropertyRef<T, Text> operator[](PropertyKey<T> const& key) {
        return {*this, key};
    }
    template<class T>
    [[nodiscard]] PropertyView<T, Text> operator[](PropertyKey<T> const& key) const {
        return {*this, key};
    }
    /// Its value, or nothing if it isn't there. Throws DecodeError if its text isn't one of the key's type.
    template<class T>
    [[nodiscard]] auto get(PropertyKey<T> const& key) const {
        return (*this)[key].get();
    }

    /// Removes the property; says whether it was there.
    bool erase(std::string_view name) {
        auto const at = texts_.find(name);
        if (at == texts_.end()) return false;
        texts_.erase(at);
        return true;
    }
    template<class T>
    bool erase(PropertyKey<T> const& key) {
        return erase(key.name);
    }
    void clear() noexcept { texts_.clear(); }

    /// The properties that aren't strings, as JSON texts.
    [[nodiscard]] Map const& raw() const noexcept { return raw_; }

    bool operator==(BasicProperties const&) const = default;

  private:
    friend struct PropertiesAccess;

    Map texts_;
    Map raw_;
};
/// Texts by name.
using Properties = BasicProperties<std::string>;

/// The way into Properties for the decoder, which alone may set what is raw.
struct PropertiesAccess {
    template<class Text>
    [[nodiscard]] static typename BasicProperties<Text>::Map& texts(BasicProperties<Text>& properties) noexcept {
        return properties.texts_;
    }
    template<class Text>
    [[nodiscard]] static typename BasicProperties<Text>::Map& raw(BasicProperties<Text>& properties) noexcept {
        return properties.raw_;
    }
};

}  // namespace openstack
