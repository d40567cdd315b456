// SPDX-License-Identifier: Apache-2.0
// Properties: texts by name, for what the service or its users add to the declared fields.
#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace openstack {

/// A map from text to text. The one member of a resource that has this type is its catch-all: it stands for what is
/// left at the top level of the resource's JSON object, and what changes in it is sent key by key. A
/// `Field<Properties>` is a JSON object of its own. What the service sends in it that isn't a string is kept as raw
/// JSON: it can be read, is written back by to_json, and no key of it becomes part of a change.
class Properties {
  public:
    using Map = std::map<std::string, std::string, std::less<>>;
    using value_type = Map::value_type;
    using const_iterator = Map::const_iterator;

    Properties() = default;
    Properties(std::initializer_list<value_type> values) : texts_(values) {}

    [[nodiscard]] const_iterator begin() const noexcept { return texts_.begin(); }
    [[nodiscard]] const_iterator end() const noexcept { return texts_.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return texts_.size(); }
    [[nodiscard]] bool empty() const noexcept { return texts_.empty(); }
    [[nodiscard]] const_iterator find(std::string_view key) const { return texts_.find(key); }
    [[nodiscard]] bool contains(std::string_view key) const { return texts_.contains(key); }

    /// The text of that property; throws std::out_of_range if there is none.
    [[nodiscard]] std::string const& at(std::string const& key) const { return texts_.at(key); }
    /// The text of that property, made empty if there is none.
    [[nodiscard]] std::string& operator[](std::string key) { return texts_[std::move(key)]; }
    /// Removes the property; says whether it was there.
    bool erase(std::string_view key) {
        auto const at = texts_.find(key);
        if (at == texts_.end()) return false;
        texts_.erase(at);
        return true;
    }
    void clear() noexcept { texts_.clear(); }

    /// The properties that aren't strings, as JSON texts.
    [[nodiscard]] Map const& raw() const noexcept { return raw_; }

    bool operator==(Properties const&) const = default;

  private:
    friend struct PropertiesAccess;

    Map texts_;
    Map raw_;
};

/// The way into Properties for the decoder, which alone may set what is raw.
struct PropertiesAccess {
    [[nodiscard]] static Properties::Map& texts(Properties& properties) noexcept { return properties.texts_; }
    [[nodiscard]] static Properties::Map& raw(Properties& properties) noexcept { return properties.raw_; }
};

}  // namespace openstack
