// SPDX-License-Identifier: Apache-2.0
// JsonFrames: the objects and arrays of a document that have begun and not ended.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <openstack/algorithm.hpp>
#include <openstack/json_pointer.hpp>
#include <openstack/json_shape.hpp>
#include <openstack/one_line.hpp>

namespace openstack::detail {

/// An object or array that has begun and not ended.
struct JsonFrame {
    JsonType const* type = nullptr;  ///< null: it is skipped
    void* object = nullptr;
    bool is_array = false;
    char const* begin = nullptr;  ///< where in the text, or shortly before
    std::string_view key{};       ///< of an object's current member
    JsonShape::Cursor cursor{};   ///< of a struct
    std::size_t index = 0;        ///< of an array's element after the current one
};

/// What a document may have at most.
struct JsonLimits {
    static constexpr std::size_t bytes = std::size_t{16} << 20;
    static constexpr std::size_t depth = 64;
    static constexpr std::size_t problems = 64;    ///< that are reported
    static constexpr std::size_t key_shown = 200;  ///< bytes of a key in the pointer to a problem
};

/// The stack of them.
class JsonFrames {
  public:
    /// The innermost one; at depth 0 it stands for the place of the whole document.
    [[nodiscard]] JsonFrame& top() { return *top_; }
    [[nodiscard]] std::size_t depth() const { return static_cast<std::size_t>(top_ - frames_.data()); }

    void push(JsonFrame const& frame) { *++top_ = frame; }
    void pop() { --top_; }

    /// Whether an array holds the innermost one.
    [[nodiscard]] bool is_in_array() const {
        for (std::size_t i = 0; i < depth(); ++i)
            if (frames_[i].is_array) return true;
        return false;
    }

    /// The JSON pointer (RFC 6901) to the current value. Of a long key it has the front: there may be many problems.
    [[nodiscard]] std::string pointer() const {
        std::string text;
        for (std::size_t i = 1; i <= depth(); ++i) {
            JsonFrame const& frame = frames_[i];
            text += '/' + (frame.is_array ? std::to_string((std::max)(frame.index, std::size_t{1}) - 1)
                                          : escape_pointer_token(one_line(frame.key, JsonLimits::key_shown)));
        }
        return text;
    }

  private:
    std::array<JsonFrame, JsonLimits::depth + 1> frames_{};
    JsonFrame* top_ = frames_.data();
};

}  // namespace openstack::detail
