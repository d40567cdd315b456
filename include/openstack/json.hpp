// SPDX-License-Identifier: Apache-2.0
// JSON text to events and back: the only header that knows RapidJSON.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <openstack/error.hpp>
#include <openstack/utf8.hpp>

namespace openstack::detail {
class InsituStream;
}
/// RapidJSON parses strings and numbers on a copy of the stream, which the optimiser keeps in registers. Its numbers as
/// texts rely on that copy, too.
template<>
struct rapidjson::StreamTraits<openstack::detail::InsituStream> {
    enum { copyOptimization = 1 };
};

namespace openstack::detail {

/// RapidJSON's handler interface over ours: null(), boolean(bool), number(text), string(text), key(text),
/// begin_object(), end_object(), begin_array(), end_array(), each false to stop. The texts live as long as the parsed
/// text.
template<class Handler>
struct JsonEvents {
    Handler& handler;

    using Length = rapidjson::SizeType;
    bool Null() { return handler.null(); }
    bool Bool(bool value) { return handler.boolean(value); }
    bool RawNumber(char const* text, Length length, bool) { return handler.number({text, length}); }
    bool String(char const* text, Length length, bool) { return handler.string({text, length}); }
    bool Key(char const* text, Length length, bool) { return handler.key({text, length}); }
    bool StartObject() { return handler.begin_object(); }
    bool EndObject(Length) { return handler.end_object(); }
    bool StartArray() { return handler.begin_array(); }
    bool EndArray(Length) { return handler.end_array(); }

    // RapidJSON names these for parsers that convert numbers; numbers reach us as text.
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }
};

/// RapidJSON's stream over a text that is parsed in place. PutBegin() is called where a string begins: the characters
/// up to its end or first escape are passed there sixteen at a time, where RapidJSON's own stream takes them one by
/// one. It's called for numbers, too, from which the next quote may be megabytes away.
class InsituStream {
  public:
    using Ch = char;

    /// The text, and where the string that is being parsed ends so far.
    struct Text {
        char* begin;
        char* end;
        char* target;
    };

    explicit InsituStream(Text& text) : source_(text.begin), text_(&text) {}
    // Written out: a copy by one vector instruction waits until the source's last change has reached the cache.
    InsituStream(InsituStream const& other) : source_(other.source_), text_(other.text_) {}
    InsituStream& operator=(InsituStream const& other) {
        source_ = other.source_;
        return *this;
    }

    [[nodiscard]] char Peek() const { return *source_; }
    char Take() { return *source_++; }
    [[nodiscard]] std::size_t Tell() const { return static_cast<std::size_t>(source_ - text_->begin); }
    void Put(char c) { *text_->target++ = c; }
    char* PutBegin() {
        char* const begin = source_;
        bool const is_string = begin != text_->begin && begin[-1] == '"';
        if (is_string) source_ += plain_characters(source_, static_cast<std::size_t>(text_->end - source_));
        text_->target = source_;
        return begin;
    }
    std::size_t PutEnd(char* begin) { return static_cast<std::size_t>(text_->target - begin); }
    void Flush() {}
    char* Push(std::size_t count) { return std::exchange(text_->target, text_->target + count); }
    void Pop(std::size_t count) { text_->target -= count; }

  private:
    /// How many of the first characters surely are no quote, backslash or control character: all up to the first such
    /// one, but for the text's last 15.
    static std::size_t plain_characters(char const* text, std::size_t size) {
        using Bytes [[gnu::vector_size(16)]] = unsigned char;
        std::size_t count = 0;
        for (; size - count >= sizeof(Bytes); count += sizeof(Bytes)) {
            Bytes bytes;
            std::memcpy(&bytes, text + count, sizeof bytes);
            auto const is_special = (bytes == '"') | (bytes == '\\') | (bytes < ' ');
            std::uint64_t halves[2];
            std::memcpy(&halves, &is_special, sizeof halves);
            if (halves[0] != 0) return count + first_byte(halves[0]);
            if (halves[1] != 0) return count + 8 + first_byte(halves[1]);
        }
        return count;
    }

    /// Which byte of it, as memory has them, is the first that isn't 0.
    static std::size_t first_byte(std::uint64_t bytes) {
        bool const is_little = std::endian::native == std::endian::little;
        return static_cast<std::size_t>(is_little ? std::countr_zero(bytes) : std::countl_zero(bytes)) / 8;
    }

    char* source_;
    Text* text_;
};

/// Where a text stops being JSON, and why.
struct JsonSyntaxError {
    std::size_t offset = 0;
    std::string_view reason{};  ///< empty: there is no error
};

/// The offset of a `\u` escape of half a surrogate pair, of which RapidJSON 1.1.0 makes invalid UTF-8; `npos` if none.
[[nodiscard]] inline std::size_t find_lone_surrogate(std::string_view text) {
    enum Half { none, first, second };
    auto const half_at = [&](std::size_t at) {
        auto const lower = [&](std::size_t i) { return static_cast<char>(text[i] | 0x20); };
        if (text.size() < at + 6 || text[at] != '\\' || text[at + 1] != 'u' || lower(at + 2) != 'd') return none;
        if (std::string_view{"89ab"}.find(lower(at + 3)) != std::string_view::npos) return first;
        return std::string_view{"cdef"}.find(lower(at + 3)) != std::string_view::npos ? second : none;
    };
    for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at)) {
        Half const half = half_at(at);
        if (half == second || (half == first && half_at(at + 6) != second)) return at;
        at += half == first ? 12 : 2;
    }
    return std::string_view::npos;
}

/// Parses `text`, which is overwritten on the way, as exactly one JSON value (RFC 8259) in UTF-8 without NUL bytes.
template<class Handler>
[[nodiscard]] JsonSyntaxError parse_json(std::string& text, Handler& handler) {
    // The scan comes first: RapidJSON's own check is slow, and reads beyond the end of a text that is cut in a
    // sequence.
    if (std::size_t const at = text.find('\0'); at != std::string::npos) return {at, "a NUL byte"};
    if (std::size_t const at = find_invalid_utf8(text); at != std::string_view::npos) return {at, "not UTF-8 text"};
    if (std::size_t const at = find_lone_surrogate(text); at != std::string_view::npos)
        return {at, "half a surrogate pair"};
    InsituStream::Text source{text.data(), text.data() + text.size(), nullptr};
    InsituStream stream(source);
    JsonEvents<Handler> events{handler};
    rapidjson::Reader reader;
    rapidjson::ParseResult const result =
        reader.Parse<rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag>(stream, events);
    if (!result.IsError()) return {};
    return {result.Offset(), rapidjson::GetParseError_En(result.Code())};
}

/// Writes one JSON value. Throws InvalidRequest for a text that isn't UTF-8.
template<class Buffer>
class BasicJsonWriter {
  public:
    void null() { writer_.Null(); }
    void boolean(bool value) { writer_.Bool(value); }
    void number(std::int64_t value) { writer_.Int64(value); }
    void number(std::uint64_t value) { writer_.Uint64(value); }
    /// Throws InvalidRequest for infinities and NaN, which JSON doesn't have.
    void number(double value) {
        if (!writer_.Double(value)) throw InvalidRequest("JSON has no number for infinity or NaN");
    }
    void string(std::string_view text) {
        check(text);
        writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    }
    void key(std::string_view text) {
        check(text);
        writer_.Key(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    }
    /// A value that is JSON already.
    void raw(std::string_view json) { writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType); }
    void begin_object() { writer_.StartObject(); }
    void end_object() { writer_.EndObject(); }
    void begin_array() { writer_.StartArray(); }
    void end_array() { writer_.EndArray(); }

    [[nodiscard]] std::string text() const { return {buffer_.GetString(), buffer_.GetSize()}; }

  private:
    static void check(std::string_view text) {
        if (find_invalid_utf8(text) != std::string_view::npos)
            throw InvalidRequest("a text that isn't UTF-8 can't be sent as JSON");
    }

    Buffer buffer_;
    rapidjson::Writer<Buffer> writer_{buffer_};
};
using JsonWriter = BasicJsonWriter<rapidjson::StringBuffer>;

}  // namespace openstack::detail
