// SPDX-License-Identifier: Apache-2.0
// The decoder: JSON events straight into the fields, all problems collected, everything a server controls bounded.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/error.hpp>
#include <openstack/json.hpp>
#include <openstack/json_pointer.hpp>
#include <openstack/json_types.hpp>

namespace openstack::detail {

/// Takes the events of one document and stores them in a target. Not a template: types come as JsonType tables.
class JsonDecoder {
  public:
    JsonDecoder(JsonTarget root, std::size_t text_size) : next_(root), memory_left_(memory_for(text_size)) {}

    /// Parses the whole document; gives what is wrong with it.
    [[nodiscard]] std::vector<DecodeProblem> decode(std::string& text) {
        position_ = text.data();
        end_ = text.data() + text.size();
        JsonSyntaxError const error = parse_json(text, *this);
        if (!error.reason.empty() && !has_stopped_)
            add_problem("not JSON at byte " + std::to_string(error.offset) + ": " + std::string{error.reason});
        return std::move(problems_);
    }

    bool null() {
        if (capture_) return capture_->null(), end_captured();
        JsonTarget const& target = take();
        if (target.state != nullptr) {
            *target.state = FieldState::is_null;
            return true;
        }
        return store_raw(target, "null", "null");
    }
    bool boolean(bool value) {
        if (capture_) return capture_->boolean(value), end_captured();
        JsonTarget const& target = take();
        if (target.type != nullptr && target.type->boolean != nullptr) {
            target.type->boolean(target.object, value);
            return accept(target);
        }
        return store_raw(target, value ? "true" : "false", "boolean");
    }
    bool number(std::string_view text) {
        if (capture_) return capture_->raw(text), end_captured();
        JsonTarget const& target = take();
        if (target.type != nullptr && target.type->number != nullptr && target.type->number(target.object, text))
            return accept(target);
        return store_raw(target, text, "number " + std::string{text.substr(0, 40)});
    }
    bool string(std::string_view text) {
        if (capture_) return capture_->string(text), end_captured();
        JsonTarget const& target = take();
        if (target.type == nullptr) return true;
        if (target.type == &json_type<std::string>) {
            *static_cast<std::string*>(target.object) = std::string{text};
            return accept(target);
        }
        if (target.type->string != nullptr && target.type->string(target.object, text)) return accept(target);
        return mismatch(target, "string");
    }

    bool begin_object() { return begin(false); }
    bool begin_array() { return begin(true); }
    bool end_object() { return end(false); }
    bool end_array() { return end(true); }

    bool key(std::string_view name) {
        if (capture_) return capture_->key(name), true;
        Frame& frame = *top_;
        frame.key = name;
        position_ = name.data();
        if (frame.shape != nullptr) {
            member(frame);
        } else {
            next_ = frame.type == nullptr ? JsonTarget{} : entry(frame);
        }
        return !has_stopped_;
    }

  private:
    static constexpr std::size_t max_depth = 64;
    static constexpr std::size_t max_problems = 64;

    /// Where a struct's member is, in bytes from the struct's begin.
    struct Place {
        std::string_view name{};  ///< empty: not a member of the JSON object
        JsonType const* type = nullptr;
        std::ptrdiff_t object = 0;
        std::ptrdiff_t state = 0;
        bool has_state = false;
        std::uint8_t follower = 0;  ///< the member that came next in the last object: mostly it will again
    };

    /// What is known of a struct's type since its first object in the document.
    struct Shape {
        JsonType const* type;
        std::uint8_t first = 0;
        std::vector<Place> places{};
    };

    /// An object or array that has begun and not ended.
    struct Frame {
        JsonType const* type = nullptr;  ///< null: it is skipped
        void* object = nullptr;
        std::string_view key{};
        std::size_t index = 0;   ///< of the element after the current one
        Shape* shape = nullptr;  ///< of a struct
        std::uint8_t* guess = nullptr;  ///< the next member of a struct
        std::uint64_t seen = 0;  ///< the members that have come, as bits
        bool is_array = false;
        char const* begin = nullptr;
    };

    /// A short document can't become a large structure: an empty object takes three bytes to send.
    static constexpr std::size_t memory_for(std::size_t text_size) { return (std::size_t{1} << 20) + 16 * text_size; }

    /// The target of the value that begins now.
    JsonTarget const& take() {
        if (top_->is_array) next_ = new_element();
        return next_;
    }

    [[gnu::noinline]] JsonTarget new_element() {
        Frame& frame = *top_;
        ++frame.index;
        if (frame.type == nullptr) return {};
        if (frame.type->element_size > memory_left_) {
            add_problem("more elements than a document of this size may have");
            frame.type = nullptr;
            return {};
        }
        memory_left_ -= frame.type->element_size;
        if (frame.index == 2 && !has_reserved_) reserve(frame);
        return frame.type->new_element(frame.object);
    }

    /// Makes room for as many elements as the document will have if they are like the first one: in the first array
    /// that has two, mostly the page of a collection.
    void reserve(Frame const& frame) {
        auto const first_size = static_cast<std::size_t>(position_ - frame.begin);
        if (first_size == 0) return;
        std::size_t const estimate = 2 + static_cast<std::size_t>(end_ - position_) / first_size;
        frame.type->reserve(frame.object, (std::min)(estimate, memory_left_ / frame.type->element_size));
        has_reserved_ = true;
    }

    void member(Frame& frame) {
        std::vector<Place>& places = frame.shape->places;
        std::size_t at = *frame.guess;
        if (!is_same(places[at].name, frame.key)) {
            at = find_member(places, frame.key);
            if (at == places.size()) {
                next_ = property(frame);
                return;
            }
            *frame.guess = static_cast<std::uint8_t>(at);
        }
        Place& place = places[at];
        frame.guess = &place.follower;
        std::uint64_t const bit = std::uint64_t{1} << at;
        if ((frame.seen & bit) != 0) {
            next_ = duplicate();
            return;
        }
        frame.seen |= bit;
        char* const begin = static_cast<char*>(frame.object);
        next_.type = place.type;
        next_.object = begin + place.object;
        next_.state = place.has_state ? reinterpret_cast<FieldState*>(begin + place.state) : nullptr;
    }

    /// `==` without a call: keys are short.
    static bool is_same(std::string_view a, std::string_view b) {
        if (a.size() != b.size()) return false;
        for (std::size_t i = 0; i < a.size(); ++i)
            if (a[i] != b[i]) return false;
        return true;
    }

    [[gnu::noinline]] static std::size_t find_member(std::vector<Place> const& places, std::string_view name) {
        std::size_t at = 0;
        while (at < places.size() && places[at].name != name) ++at;
        return at;
    }

    [[gnu::noinline]] JsonTarget property(Frame& frame) {
        if (frame.type->catch_all == nullptr) return {};
        Properties& properties = *frame.type->catch_all(frame.object);
        if (properties.contains(frame.key) || properties.raw().contains(frame.key)) return duplicate();
        property_ = {&properties, std::string{frame.key}};
        return {&json_type<PendingProperty>, &property_, nullptr};
    }

    [[gnu::noinline]] JsonTarget entry(Frame& frame) {
        JsonTarget const target = frame.type->new_entry(frame.object, frame.key);
        return target.object == nullptr ? duplicate() : target;
    }

    [[gnu::noinline]] JsonTarget duplicate() {
        add_problem("the key is there twice");
        return {};
    }

    static bool accept(JsonTarget const& target) {
        if (target.state != nullptr) *target.state = FieldState::has_value;
        return true;
    }

    [[gnu::noinline]] bool store_raw(JsonTarget const& target, std::string_view json, std::string_view found) {
        if (target.type == nullptr) return true;
        if (target.type->raw == nullptr) return mismatch(target, found);
        target.type->raw(target.object, std::string{json});
        return accept(target);
    }

    [[gnu::noinline]] bool mismatch(JsonTarget const& target, std::string_view found) {
        add_problem("expected " + std::string{target.type->expected} + ", found " + std::string{found});
        return !has_stopped_;
    }

    [[gnu::noinline]] bool begin(bool is_array) {
        if (capture_) return begin_captured(is_array);
        JsonTarget const target = take();
        JsonType const* const type = target.type;
        if (type != nullptr && type->raw != nullptr) {
            capture_.emplace();
            captured_ = target;
            return begin_captured(is_array);
        }
        bool const fits = type != nullptr && (is_array ? type->new_element != nullptr
                                                       : type->members != nullptr || type->new_entry != nullptr);
        if (fits) {
            accept(target);
        } else if (type != nullptr && !mismatch(target, is_array ? "array" : "object")) {
            return false;
        }
        if (!is_within_depth()) return false;
        *++top_ = {.type = fits ? type : nullptr, .object = target.object, .is_array = is_array, .begin = position_};
        if (fits && type->members != nullptr) {
            top_->shape = &shape_of(type, target.object);
            top_->guess = &top_->shape->first;
        }
        return true;
    }

    [[gnu::noinline]] bool end(bool is_array) {
        if (capture_) {
            is_array ? capture_->end_array() : capture_->end_object();
            --capture_depth_;
            return end_captured();
        }
        --top_;
        return true;
    }

    bool begin_captured(bool is_array) {
        if (!is_within_depth()) return false;
        is_array ? capture_->begin_array() : capture_->begin_object();
        ++capture_depth_;
        return true;
    }

    bool end_captured() {
        if (capture_depth_ > 0) return true;
        captured_.type->raw(captured_.object, capture_->text());
        capture_.reset();
        return accept(captured_);
    }

    bool is_within_depth() {
        if (depth() + capture_depth_ < max_depth) return true;
        add_problem("nested deeper than " + std::to_string(max_depth) + " levels");
        return !(has_stopped_ = true);
    }

    [[nodiscard]] std::size_t depth() const { return static_cast<std::size_t>(top_ - frames_.data()); }

    Shape& shape_of(JsonType const* type, void* object) {
        auto const at = std::ranges::find(shapes_, type, &Shape::type);
        if (at != shapes_.end()) return *at;
        Shape& shape = shapes_.emplace_back(Shape{type});
        auto const offset = [&](void* place) { return static_cast<char*>(place) - static_cast<char*>(object); };
        for (std::size_t i = 0; i < type->member_count; ++i) {
            if (type->members[i].locate == nullptr) continue;
            JsonTarget const target = type->members[i].locate(object);
            shape.places.push_back({type->members[i].name, target.type, offset(target.object), target.state ? offset(target.state) : 0, target.state != nullptr});
        }
        return shape;
    }

    /// Puts a problem at the place of the current value.
    void add_problem(std::string text) {
        std::string pointer;
        for (std::size_t i = 1; i <= depth(); ++i)
            pointer += '/' + (frames_[i].is_array ? std::to_string((std::max)(frames_[i].index, std::size_t{1}) - 1)
                                                  : escape_pointer_token(frames_[i].key));
        problems_.push_back({std::move(pointer), std::move(text)});
        has_stopped_ = problems_.size() >= max_problems;
    }

    JsonTarget next_;
    std::array<Frame, max_depth + 1> frames_{};  ///< the first stands for the place of the whole document
    Frame* top_ = frames_.data();
    std::list<Shape> shapes_;
    std::vector<DecodeProblem> problems_;
    PendingProperty property_;
    std::optional<JsonWriter> capture_;  ///< writes down a value that is kept raw
    JsonTarget captured_;
    std::size_t capture_depth_ = 0;
    std::size_t memory_left_;
    char const* position_ = nullptr;  ///< of the last key in the text
    char const* end_ = nullptr;
    bool has_reserved_ = false;
    bool has_stopped_ = false;
};

}  // namespace openstack::detail
