// SPDX-License-Identifier: Apache-2.0
// Open<Enum>: an enumeration of which the service may know more values than this library.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace openstack {

/// An enumerator and its text on the wire.
template<class E>
struct EnumEntry {
    E value;
    std::string_view text;
};

/// All enumerators of E with their texts: `EnumEntries<E>::list`. describe.hpp defines it for every enumeration that is
/// described by BOOST_DESCRIBE_ENUM; an enumerator that C++ makes us write with a trailing `_` (`public_`) loses it.
template<class E>
struct EnumEntries;

/// A value of E, or a text that is none of E's: whatever the service says survives being read and written back.
template<class E>
class Open {
  public:
    constexpr Open() = default;
    constexpr Open(E value) : value_(value) {}

    /// The enumerator of that text; otherwise the text itself is kept.
    [[nodiscard]] static Open from_text(std::string_view text) {
        Open result;
        result.assign(text);
        return result;
    }

    /// Becomes `from_text(text)`.
    void assign(std::string_view text) {
        for (EnumEntry<E> const& each : EnumEntries<E>::list) {
            if (each.text != text) continue;
            unknown_.clear();
            value_ = each.value;
            is_known_ = true;
            return;
        }
        unknown_ = text;
        value_ = E{};
        is_known_ = false;
    }

    /// Whether it is an enumerator of E.
    [[nodiscard]] constexpr bool is_known() const noexcept { return is_known_; }

    /// The enumerator, for a switch; nothing if the text is none of E's.
    [[nodiscard]] constexpr std::optional<E> known() const {
        return is_known_ ? std::optional<E>{value_} : std::nullopt;
    }

    /// The text on the wire.
    friend std::string to_string(Open const& open) {
        if (!open.is_known_) return open.unknown_;
        for (EnumEntry<E> const& each : EnumEntries<E>::list)
            if (each.value == open.value_) return std::string{each.text};
        return {};
    }

    friend bool operator==(Open const&, Open const&) = default;
    friend bool operator==(Open const& open, E value) { return open.is_known_ && open.value_ == value; }

  private:
    std::string unknown_{};
    E value_{};
    bool is_known_ = true;
};

}  // namespace openstack
