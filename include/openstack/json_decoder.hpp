// SPDX-License-Identifier: Apache-2.0
// The decoder: JSON events straight into the fields, all problems collected, everything a server controls bounded.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/algorithm.hpp>
#include <openstack/error.hpp>
#include <openstack/json.hpp>
#include <openstack/json_frames.hpp>
#include <openstack/json_properties.hpp>
#include <openstack/json_shape.hpp>
#include <openstack/json_types.hpp>

namespace openstack::detail {

/// Takes the events of one document and stores them in a target. Types come as JsonType tables: it compiles once, and,
/// being a template over its limits, only where something is decoded.
template<class Limits>
class JsonDecoder {
    static_assert(Limits::depth <= JsonLimits::depth);

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
        if (target.state != nullptr) return *target.state = FieldState::is_null, true;
        return store_raw(target, "null", "null");
    }
    bool boolean(bool value) {
        if (capture_) return capture_->boolean(value), end_captured();
        JsonTarget const& target = take();
        if (target.type != nullptr && target.type->boolean != nullptr && target.type->boolean(target.object, value))
            return accept(target);
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
        position_ = text.data() + text.size();
        if (target.type == nullptr) return true;
        if (target.type->string != nullptr && target.type->string(target.object, text)) return accept(target);
        if (target.type->raw == nullptr) return mismatch(target, "string");
        JsonWriter writer;
        writer.string(text);
        return store_raw(target, writer.text(), "string");
    }

    bool begin_object() { return begin(false); }
    bool begin_array() { return begin(true); }
    bool end_object() { return end(false); }
    bool end_array() { return end(true); }

    bool key(std::string_view name) {
        if (capture_) return capture_->key(name), true;
        JsonFrame& frame = frames_.top();
        frame.key = name;
        position_ = name.data() + name.size();
        using Found = JsonShape::Cursor::Found;
        if (!frame.cursor) {
            next_ = entry(frame);
        } else if (Found const found = frame.cursor.find(name, next_); found != Found::member) {
            next_ = found == Found::nothing ? property(frame) : duplicate();
        }
        return !has_stopped_;
    }

  private:
    /// A short document can't become a large structure: an empty object takes three bytes to send.
    static constexpr std::size_t memory_for(std::size_t text_size) { return (std::size_t{1} << 20) + 16 * text_size; }

    /// The target of the value that begins now.
    JsonTarget const& take() {
        if (frames_.top().is_array) next_ = new_element();
        return next_;
    }

    JsonTarget new_element() {
        JsonFrame& frame = frames_.top();
        ++frame.index;
        if (frame.type == nullptr || !has_memory(frame, frame.type->element_size)) return {};
        if (frame.index == 2 && !has_reserved_) reserve(frame);
        return frame.type->new_element(frame.object);
    }

    /// Whether one element, entry or property more may be there. If not, the rest of them is skipped.
    bool has_memory(JsonFrame& frame, std::size_t size) {
        if (size <= memory_left_) return memory_left_ -= size, true;
        add_problem("more elements than a document of this size may have");
        frame.type = nullptr;
        return false;
    }

    /// Makes room for as many elements as the document will have if they are like the first one, and an eighth more: in
    /// the first array that has two, mostly the page of a collection. One that is a little too small moves them all.
    void reserve(JsonFrame const& frame) {
        auto const first_size = static_cast<std::size_t>(position_ - frame.begin);
        if (first_size == 0 || frames_.is_in_array()) return;
        std::size_t const estimate = 2 + static_cast<std::size_t>(end_ - position_) / first_size;
        std::size_t const most = frame.index + memory_left_ / frame.type->element_size;
        frame.type->reserve(frame.object, (std::min)(estimate + estimate / 8, most));
        has_reserved_ = true;
    }

    JsonTarget property(JsonFrame& frame) {
        if (frame.type == nullptr || frame.type->catch_all == nullptr) return {};
        Properties& properties = *frame.type->catch_all(frame.object);
        if (properties.contains(frame.key) || properties.raw().contains(frame.key)) return duplicate();
        if (!has_memory(frame, frame.type->property->element_size)) return {};
        property_ = {&properties, frame.key};
        return {frame.type->property, &property_, nullptr};
    }

    JsonTarget entry(JsonFrame& frame) {
        if (frame.type == nullptr || !has_memory(frame, frame.type->element_size)) return {};
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
        JsonTarget const target = take();
        JsonType const* const type = target.type;
        if (type != nullptr && type->raw != nullptr) {
            capture_.emplace();
            captured_ = target;
            return begin_captured(is_array);
        }
        bool const fits = type != nullptr &&
                          (is_array ? type->new_element != nullptr : type->is_struct || type->new_entry != nullptr);
        if (fits) {
            accept(target);
        } else if (type != nullptr && !mismatch(target, is_array ? "array" : "object")) {
            return false;
        }
        if (!is_within_depth()) return false;
        frames_.push(
            {.type = fits ? type : nullptr, .object = target.object, .is_array = is_array, .begin = position_});
        if (fits && type->is_struct) frames_.top().cursor = {shape_of(type, target.object), target.object};
        return true;
    }

    bool end(bool is_array) {
        if (capture_) {
            is_array ? capture_->end_array() : capture_->end_object();
            --capture_depth_;
            return end_captured();
        }
        frames_.pop();
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
        if (frames_.depth() + capture_depth_ < Limits::depth) return true;
        add_problem("nested deeper than " + std::to_string(Limits::depth) + " levels");
        return !(has_stopped_ = true);
    }

    JsonShape& shape_of(JsonType const* type, void* object) {
        return shapes_.try_emplace(type, type, object).first->second;
    }

    /// Puts a problem at the place of the current value.
    void add_problem(std::string text) {
        if (has_stopped_) return;
        problems_.push_back({frames_.pointer(), std::move(text)});
        has_stopped_ = problems_.size() >= Limits::problems;
    }

    JsonTarget next_;
    JsonFrames frames_;
    std::map<JsonType const*, JsonShape> shapes_;
    std::vector<DecodeProblem> problems_;
    PendingProperty<Properties> property_;
    std::optional<JsonWriter> capture_;  ///< writes down a value that is kept raw
    JsonTarget captured_;
    std::size_t capture_depth_ = 0;
    std::size_t memory_left_;
    char const* position_ = nullptr;  ///< the end of the last key or string
    char const* end_ = nullptr;
    bool has_reserved_ = false;
    bool has_stopped_ = false;
};

}  // namespace openstack::detail
