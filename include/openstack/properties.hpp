// SPDX-License-Identifier: Apache-2.0
// Properties: texts by name, for what the service or its users add to the declared fields.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openstack {

/// A map from text to text. The one member of a resource that has this type is its catch-all: it stands for what is
/// left at the top level of the resource's JSON object, and what changes in it is sent key by key. A
/// `Field<Properties>` is a JSON object of its own. What the service sends in it that isn't a string is kept as raw
/// JSON: it can be read, is written back by to_json, and no key of it becomes part of a change.
///
/// Properties is the one to use; it is a template so that a program compiles only those functions that it calls.
template<class Text>
class BasicProperties {
  public:
    using value_type = std::pair<Text, Text>;
    using const_iterator = typename std::vector<value_type>::const_iterator;
    using Raw = std::map<Text, Text, std::less<>>;

    BasicProperties() = default;
    /// Of two values for one name the first counts.
    BasicProperties(std::initializer_list<value_type> values) {
        for (value_type const& each : values)
            if (auto const at = place_of(each.first); at == texts_.end() || at->first != each.first)
                texts_.insert(at, each);
    }

    /// In the order of the names.
    [[nodiscard]] const_iterator begin() const noexcept { return texts_.begin(); }
    [[nodiscard]] const_iterator end() const noexcept { return texts_.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return texts_.size(); }
    [[nodiscard]] bool empty() const noexcept { return texts_.empty(); }
    [[nodiscard]] const_iterator find(std::string_view name) const {
        const_iterator const at = place_of(name);
        return at == end() || at->first == name ? at : end();
    }
    [[nodiscard]] bool contains(std::string_view name) const { return find(name) != end(); }

    /// The text of that property. Throws std::out_of_range if there is none.
    [[nodiscard]] Text const& at(std::string_view name) const {
        const_iterator const at = find(name);
        if (at == end()) throw std::out_of_range("there is no property '" + Text{name} + '\'');
        return at->second;
    }
    /// The text of that property, made empty if there is none. Other properties' places change when one is made.
    [[nodiscard]] Text& operator[](std::string_view name) {
        auto at = texts_.begin() + (place_of(name) - begin());
        if (at == texts_.end() || at->first != name) at = texts_.insert(at, {Text{name}, {}});
        return at->second;
    }
    /// Removes the property; says whether it was there.
    bool erase(std::string_view name) {
        const_iterator const at = find(name);
        if (at == end()) return false;
        texts_.erase(at);
        return true;
    }
    void clear() noexcept { texts_.clear(); }

    /// The properties that aren't strings, as JSON texts.
    [[nodiscard]] Raw const& raw() const noexcept { return raw_; }

    bool operator==(BasicProperties const&) const = default;

  private:
    friend struct PropertiesAccess;

    /// Where the property is, or would be.
    [[nodiscard]] const_iterator place_of(std::string_view name) const {
        return std::partition_point(begin(), end(), [&](value_type const& each) { return each.first < name; });
    }

    std::vector<value_type> texts_;  // few, mostly: faster than a map
    Raw raw_;
};
/// Texts by name.
using Properties = BasicProperties<std::string>;

/// The way into Properties for the decoder, which alone may set what is raw.
struct PropertiesAccess {
    /// Adds a property without a look at the others; `find_duplicate` comes afterwards.
    template<class Text>
    static void append(BasicProperties<Text>& properties, std::string_view name, std::string_view text) {
        constexpr std::size_t usual_count = 4;
        if (properties.texts_.empty()) properties.texts_.reserve(usual_count);
        properties.texts_.emplace_back(name, text);
    }
    template<class Text>
    static void append_raw(BasicProperties<Text>& properties, std::string_view name, Text json) {
        properties.raw_.emplace(name, std::move(json));
    }
    /// Puts the properties in their order; gives the name of one that is there twice, or null.
    template<class Text>
    [[nodiscard]] static Text const* find_duplicate(BasicProperties<Text>& properties) {
        auto& texts = properties.texts_;
        std::sort(texts.begin(), texts.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
        for (std::size_t i = 1; i < texts.size(); ++i)
            if (texts[i].first == texts[i - 1].first) return &texts[i].first;
        for (auto const& [name, json] : properties.raw_)
            if (properties.contains(name)) return &name;
        return nullptr;
    }
};

}  // namespace openstack
