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
        JsonSyntaxError const error = parse_json(text, *this);
        if (!error.reason.empty() && !has_stopped_)
            add_problem("not JSON at byte " + std::to_string(error.offset) + ": " + std::string{error.reason});
        return std::move(problems_);
    }

    bool null() {
        if (capture_) return capture_->null(), end_captured();
        JsonTarget const target = take();
        if (target.state != nullptr) {
            *target.state = FieldState::is_null;
            return true;
        }
        return store_raw(target, "null", "null");
    }
    bool boolean(bool value) {
        if (capture_) return capture_->boolean(value), end_captured();
        JsonTarget const target = take();
        if (target.type != nullptr && target.type->boolean != nullptr) {
            target.type->boolean(target.object, value);
            return accept(target);
        }
        return store_raw(target, value ? "true" : "false", "boolean");
    }
    bool number(std::string_view text) {
        if (capture_) return capture_->raw(text), end_captured();
        JsonTarget const target = take();
        if (target.type != nullptr && target.type->number != nullptr && target.type->number(target.object, text))
            return accept(target);
        return store_raw(target, text, "number " + std::string{text.substr(0, 40)});
    }
    bool string(std::string_view text) {
        if (capture_) return capture_->string(text), end_captured();
        JsonTarget const target = take();
        if (target.type == nullptr) return true;
        if (target.type->string != nullptr && target.type->string(target.object, text)) return accept(target);
        return mismatch(target, "string");
    }

    bool begin_object() { return begin(false); }
    bool begin_array() { return begin(true); }
    bool end_object() { return end(false); }
    bool end_array() { return end(true); }

    bool key(std::string_view name) {
        if (capture_) return capture_->key(name), true;
        Frame& frame = frames_.back();
        frame.key = name;
        next_ = frame.type == nullptr ? JsonTarget{} : frame.type->members != nullptr ? member(frame) : entry(frame);
        return !has_stopped_;
    }

  private:
    static constexpr std::size_t max_depth = 64;
    static constexpr std::size_t max_problems = 64;
    static constexpr std::size_t no_member = 64;

    /// Which member followed which in the objects so far. Services write members in one order, so the next key is
    /// mostly known. The last entry is for an object's first key.
    struct Order {
        JsonType const* type;
        std::array<std::uint8_t, no_member + 1> follower;
    };

    /// An object or array that has begun and not ended.
    struct Frame {
        JsonType const* type = nullptr;  ///< null: it is skipped
        void* object = nullptr;
        std::string_view key{};
        std::size_t index = 0;   ///< of the element after the current one
        Order* order = nullptr;  ///< of a struct's members
        std::size_t last_member = no_member;
        std::uint64_t seen = 0;  ///< the members that have come, as bits
        bool is_array = false;
    };

    /// A short document can't become a large structure: an empty object takes three bytes to send.
    static constexpr std::size_t memory_for(std::size_t text_size) { return (std::size_t{1} << 20) + 16 * text_size; }

    /// The target of the value that begins now.
    JsonTarget take() {
        if (frames_.empty() || !frames_.back().is_array) return std::exchange(next_, JsonTarget{});
        Frame& frame = frames_.back();
        ++frame.index;
        if (frame.type == nullptr) return {};
        if (frame.type->element_size > memory_left_) {
            add_problem("more elements than a document of this size may have");
            frame.type = nullptr;
            return {};
        }
        memory_left_ -= frame.type->element_size;
        return frame.type->new_element(frame.object);
    }

    JsonTarget member(Frame& frame) {
        JsonType const& type = *frame.type;
        std::uint8_t& expected = frame.order->follower[frame.last_member];
        std::size_t at = expected;
        if (at >= type.member_count || type.members[at].name != frame.key) {
            at = 0;
            while (at < type.member_count && type.members[at].name != frame.key) ++at;
        }
        if (at == type.member_count || type.members[at].locate == nullptr) return property(frame);
        expected = static_cast<std::uint8_t>(at);
        frame.last_member = at;
        std::uint64_t const bit = std::uint64_t{1} << at;
        if ((frame.seen & bit) != 0) return duplicate();
        frame.seen |= bit;
        return type.members[at].locate(frame.object);
    }

    JsonTarget property(Frame& frame) {
        if (frame.type->catch_all == nullptr) return {};
        Properties& properties = *frame.type->catch_all(frame.object);
        if (properties.contains(frame.key) || properties.raw().contains(frame.key)) return duplicate();
        property_ = {&properties, std::string{frame.key}};
        return {&json_type<PendingProperty>, &property_, nullptr};
    }

    JsonTarget entry(Frame& frame) {
        JsonTarget const target = frame.type->new_entry(frame.object, frame.key);
        return target.object == nullptr ? duplicate() : target;
    }

    JsonTarget duplicate() {
        add_problem("the key is there twice");
        return {};
    }

    static bool accept(JsonTarget const& target) {
        if (target.state != nullptr) *target.state = FieldState::has_value;
        return true;
    }

    bool store_raw(JsonTarget const& target, std::string_view json, std::string_view found) {
        if (target.type == nullptr) return true;
        if (target.type->raw == nullptr) return mismatch(target, found);
        target.type->raw(target.object, std::string{json});
        return accept(target);
    }

    bool mismatch(JsonTarget const& target, std::string_view found) {
        add_problem("expected " + std::string{target.type->expected} + ", found " + std::string{found});
        return !has_stopped_;
    }

    bool begin(bool is_array) {
        if (capture_) return begin_captured(is_array);
        JsonTarget target = take();
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
        frames_.push_back({.type = fits ? type : nullptr, .object = target.object, .is_array = is_array});
        if (fits && type->members != nullptr) frames_.back().order = order_of(type);
        return is_within_depth();
    }

    bool end(bool is_array) {
        if (capture_) {
            is_array ? capture_->end_array() : capture_->end_object();
            --capture_depth_;
            return end_captured();
        }
        frames_.pop_back();
        return true;
    }

    bool begin_captured(bool is_array) {
        is_array ? capture_->begin_array() : capture_->begin_object();
        ++capture_depth_;
        return is_within_depth();
    }

    bool end_captured() {
        if (capture_depth_ > 0) return true;
        captured_.type->raw(captured_.object, capture_->text());
        capture_.reset();
        return accept(captured_);
    }

    bool is_within_depth() {
        if (frames_.size() + capture_depth_ <= max_depth) return true;
        add_problem("nested deeper than " + std::to_string(max_depth) + " levels");
        return !(has_stopped_ = true);
    }

    Order* order_of(JsonType const* type) {
        auto const at = std::ranges::find(orders_, type, &Order::type);
        return at != orders_.end() ? &*at : &orders_.emplace_back(Order{type, {}});
    }

    /// Puts a problem at the place of the current value.
    void add_problem(std::string text) {
        std::string pointer;
        for (Frame const& frame : frames_)
            pointer += '/' + (frame.is_array ? std::to_string((std::max)(frame.index, std::size_t{1}) - 1)
                                             : escape_pointer_token(frame.key));
        problems_.push_back({std::move(pointer), std::move(text)});
        has_stopped_ = problems_.size() >= max_problems;
    }

    JsonTarget next_;
    std::vector<Frame> frames_;
    std::list<Order> orders_;
    std::vector<DecodeProblem> problems_;
    PendingProperty property_;
    std::optional<JsonWriter> capture_;  ///< writes down a value that is kept raw
    JsonTarget captured_;
    std::size_t capture_depth_ = 0;
    std::size_t memory_left_;
    bool has_stopped_ = false;
};

}  // namespace openstack::detail
