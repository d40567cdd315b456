// SPDX-License-Identifier: Apache-2.0
// JsonShape: where a struct's members are, found by name, with a guess which one comes next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include <openstack/json_types.hpp>

namespace openstack::detail {

/// What a decoder knows of a struct's type since its first object in the document.
class JsonShape {
  public:
    /// The shape of the struct that `type` takes; `object` is any of them.
    JsonShape(JsonType const* type, void* object) : type_(type) {
        auto const offset = [&](void const* place) {
            return static_cast<char const*>(place) - static_cast<char*>(object);
        };
        for (std::size_t i = 0; i < type->member_count; ++i) {
            JsonTarget const target = type->members[i].locate(object);
            Place place{.name = type->members[i].name, .type = target.type, .object = offset(target.object)};
            if (target.state != nullptr) place.state = offset(target.state);
            places_.push_back(place);
        }
        places_.push_back({});
    }

    [[nodiscard]] JsonType const* type() const { return type_; }

    /// A reader of one object: it knows which members have come.
    class Cursor {
      public:
        enum class Found { member, nothing, duplicate };

        Cursor() = default;
        Cursor(JsonShape& shape, void* object)
            : shape_(&shape), guess_(&shape.first_), object_(static_cast<char*>(object)) {}

        explicit operator bool() const { return shape_ != nullptr; }

        /// Puts the member of that name into `target`.
        Found find(std::string_view name, JsonTarget& target) {
            std::size_t at = *guess_;
            if (at == shape_->no_member() || !is_same(shape_->places_[at].name, name)) {
                at = shape_->search(name);
                if (at == shape_->no_member()) return Found::nothing;
                *guess_ = static_cast<std::uint8_t>(at);
            }
            Place& place = shape_->places_[at];
            guess_ = &place.follower;
            std::uint64_t const bit = std::uint64_t{1} << at;
            if ((seen_ & bit) != 0) return Found::duplicate;
            seen_ |= bit;
            target.type = place.type;
            target.object = object_ + place.object;
            target.state = place.state == no_state ? nullptr : reinterpret_cast<FieldState*>(object_ + place.state);
            return Found::member;
        }

      private:
        JsonShape* shape_ = nullptr;
        std::uint8_t* guess_ = nullptr;
        char* object_ = nullptr;
        std::uint64_t seen_ = 0;  ///< as bits
    };

  private:
    static constexpr std::ptrdiff_t no_state = -1;

    /// A member, with its place in bytes from the struct's begin.
    struct Place {
        std::string_view name{};
        JsonType const* type = nullptr;
        std::ptrdiff_t object = 0;
        std::ptrdiff_t state = no_state;
        /// The member that came next in the last object. Services write members in one order: mostly it will again.
        std::uint8_t follower = 0;
    };

    /// `==` without a call or a loop for keys of up to 16 characters.
    static bool is_same(std::string_view a, std::string_view b) {
        if (a.size() != b.size()) return false;
        if (a.size() > 16 || a.size() < 4) return a == b;
        return a.size() < 8 ? has_same_ends<std::uint32_t>(a, b) : has_same_ends<std::uint64_t>(a, b);
    }
    template<class Word>
    static bool has_same_ends(std::string_view a, std::string_view b) {
        auto const differ = [&](std::size_t at) {
            Word x, y;
            std::memcpy(&x, a.data() + at, sizeof x);
            std::memcpy(&y, b.data() + at, sizeof y);
            return x ^ y;
        };
        return (differ(0) | differ(a.size() - sizeof(Word))) == 0;
    }

    [[nodiscard]] std::size_t no_member() const { return places_.size() - 1; }

    [[nodiscard]] std::size_t search(std::string_view name) const {
        std::size_t at = 0;
        while (at < no_member() && places_[at].name != name) ++at;
        return at;
    }

    JsonType const* type_;
    std::vector<Place> places_{};  ///< the last one is none
    std::uint8_t first_ = 0;
};

}  // namespace openstack::detail
