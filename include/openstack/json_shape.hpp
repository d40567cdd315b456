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
    /// A member, with its place in bytes from the struct's begin.
    struct Place {
        std::string_view name{};
        JsonType const* type = nullptr;
        std::ptrdiff_t object = 0;
        std::ptrdiff_t state = no_state;
        std::uint64_t bit = 0;  ///< its own among all members
        /// The member that came next in the last object. Services write members in one order: mostly it will again.
        Place* follower = nullptr;
    };

  public:
    /// The shape of the struct that `type` takes; `object` is any of them.
    JsonShape(JsonType const* type, void* object) : type_(type), places_(type->member_count + 1) {
        auto const offset = [&](void const* place) {
            return static_cast<char const*>(place) - static_cast<char*>(object);
        };
        for (std::size_t i = 0; i < type->member_count; ++i) {
            JsonTarget const target = type->members[i].locate(object);
            places_[i] = {.name = type->members[i].name, .type = target.type, .object = offset(target.object)};
            if (target.state != nullptr) places_[i].state = offset(target.state);
            places_[i].bit = std::uint64_t{1} << i;
        }
        places_.back().name = "\xff";  // no key, since all of them are UTF-8
        for (Place& each : places_) each.follower = &places_.back();
        first_ = &places_.back();
    }
    JsonShape(JsonShape const&) = delete;
    JsonShape& operator=(JsonShape const&) = delete;

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
            Place* place = *guess_;
            if (!is_same(place->name, name)) {
                place = shape_->search(name);
                if (place == nullptr) return Found::nothing;
                *guess_ = place;
            }
            guess_ = &place->follower;
            if ((seen_ & place->bit) != 0) return Found::duplicate;
            seen_ |= place->bit;
            target.type = place->type;
            target.object = object_ + place->object;
            target.state = place->state == no_state ? nullptr : reinterpret_cast<FieldState*>(object_ + place->state);
            return Found::member;
        }

      private:
        JsonShape* shape_ = nullptr;
        Place** guess_ = nullptr;
        char* object_ = nullptr;
        std::uint64_t seen_ = 0;  ///< as bits
    };

  private:
    static constexpr std::ptrdiff_t no_state = -1;

    /// `==` without a call or a loop for keys of up to 16 characters.
    static bool is_same(std::string_view a, std::string_view b) {
        if (a.size() != b.size()) return false;
        if (a.size() > 16 || a.size() < 4) return a == b;
        return a.size() < 8 ? has_same_ends<std::uint32_t>(a, b) : has_same_ends<std::uint64_t>(a, b);
    }
    template<class Word>
    static bool has_same_ends(std::string_view a, std::string_view b) {
        auto const differ = [&](std::size_t at) {
            Word of_a, of_b;
            std::memcpy(&of_a, a.data() + at, sizeof of_a);
            std::memcpy(&of_b, b.data() + at, sizeof of_b);
            return of_a ^ of_b;
        };
        return (differ(0) | differ(a.size() - sizeof(Word))) == 0;
    }

    [[nodiscard]] Place* search(std::string_view name) {
        for (std::size_t i = 0; i < type_->member_count; ++i)
            if (is_same(places_[i].name, name)) return &places_[i];
        return nullptr;
    }

    JsonType const* type_;
    std::vector<Place> places_;  ///< the last one stands for none of them
    Place* first_ = nullptr;
};

}  // namespace openstack::detail
