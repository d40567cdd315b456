// SPDX-License-Identifier: Apache-2.0
// JSON text to events and back: what RFC 8259 takes and refuses, and the exact texts of the events.
#include <catch2/catch.hpp>
#include <cmath>
#include <ctime>
#include <limits>
#include <openstack/json.hpp>
#include <string>
#include <string_view>

using namespace std::string_literals;
using openstack::InvalidRequest;
using openstack::detail::JsonSyntaxError;
using openstack::detail::JsonWriter;
using openstack::detail::parse_json;

namespace {

/// Writes the events down, one after the other.
struct Events {
    std::string text{};

    bool null() { return add("null"); }
    bool boolean(bool value) { return add(value ? "true" : "false"); }
    bool number(std::string_view digits) { return add("#", digits); }
    bool string(std::string_view value) { return add("'", value); }
    bool key(std::string_view name) { return add("@", name); }
    bool begin_object() { return add("{"); }
    bool end_object() { return add("}"); }
    bool begin_array() { return add("["); }
    bool end_array() { return add("]"); }

  private:
    bool add(std::string_view kind, std::string_view value = {}) {
        text.append(text.empty() ? "" : " ").append(kind).append(value);
        return true;
    }
};

std::string events_of(std::string text) {
    Events events;
    JsonSyntaxError const error = parse_json(text, events);
    return error.reason.empty() ? events.text : "refused";
}

JsonSyntaxError error_of(std::string text) {
    Events events;
    return parse_json(text, events);
}

}  // namespace

TEST_CASE("What RFC 8259 calls JSON is taken", "[json]") {
    auto const text = GENERATE(
        as<std::string>{}, "null", "true", "false", "0", "-0", "-1", "10", "1.5", "-0.0", "1e5", "1E5", "1e+5", "1e-5",
        "0e0", "0.1e1", "1e308", "1e-400", "123456789012345678901234567890", "\"\"", "\"a\"", "\"\\\"\\\\\\/\"",
        "\"\\b\\f\\n\\r\\t\"", "\"\\u0041\"", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "\"\\uD83D\\uDE00\"", "\"\x7f\"",
        "\"\xc3\xa9\"", "\"\xf0\x9f\x98\x80\"", "\"\\\\ud800\"", "[]", "[ ]", "[1]", "[1,2]", "[[],[]]", "{}", "{ }",
        "{\"a\":1}", "{\"a\":1,\"b\":[]}", "{\"\":\"\"}", " 1 ", "\t\r\n[ 1 , 2 ]\n", "{ \"a\" : { } }");
    CAPTURE(text);
    CHECK(error_of(text).reason.empty());
}

TEST_CASE("What RFC 8259 doesn't call JSON is refused", "[json][row:101]") {
    auto const text = GENERATE(
        as<std::string>{}, "", " ", "nul", "nulll", "True", "NULL", "NaN", "Infinity", "-Infinity", "undefined", "+1",
        "01", "-01", "1.", ".5", "-", "-a", "1e", "1e+", "1.e1", "0x1", "1_000", "\"", "\"a", "'a'", "a", "\"\\x\"",
        "\"\\\"", "\"\\u\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\U0041\"", "\"\n\"", "\"\t\"", "\"\x1f\"", "[", "]", "[1",
        "[1,", "[1,]", "[,1]", "[1 2]", "[1,,2]", "[}", "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
        "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{1:1}", "{\"a\" 1}", "{\"a\"::1}", "{\"a\":1 \"b\":2}", "{]", "1 2",
        "{} {}", "[]]", "null,", "// a\n1", "/* a */1", "1 // a", "# 1", "\f1", "\v1",
        "\xc2\xa0"
        "1",
        "@", "[1]a");
    CAPTURE(text);
    CHECK_FALSE(error_of(text).reason.empty());
}

TEST_CASE("What isn't UTF-8, and half a surrogate pair, is refused where it stands", "[json][row:100]") {
    auto const [text, offset] = GENERATE(table<std::string, std::size_t>({
        {"\"\xff\"", 1},
        {"\"ab\xc0\x80\"", 3},
        {"\"\xed\xa0\x80\"", 1},
        {"\"\xf4\x90\x80\x80\"", 1},
        {"\"\xe2\x82", 1},
        {"{\"\x80\":1}", 2},
        {"\"\\ud800\"", 1},
        {"\"\\udc00\"", 1},
        {"\"\\uDFFF\"", 1},
        {"\"\\ud800\\u0041\"", 1},
        {"\"\\ud800\\ud800\"", 1},
        {"\"\\ud800x\\udc00\"", 1},
        {"\"\\ud83d\\ude00\\udc00\"", 13},
        {"\"\\\\\\udc00\"", 3},
        {"\"\\ud800", 1},
        {"[\"a\"]\xff", 5},
    }));
    CAPTURE(text);
    JsonSyntaxError const error = error_of(text);
    CHECK_FALSE(error.reason.empty());
    CHECK(error.offset == offset);
}

TEST_CASE("A NUL byte is refused, an escaped one is a character", "[json][row:100][row:101]") {
    CHECK(error_of("{}\0"s).offset == 2);
    CHECK(error_of("{}\0junk"s).reason == "a NUL byte");
    CHECK(error_of("\"a\0b\""s).offset == 2);
    CHECK(error_of("\0"s).offset == 0);
    CHECK(events_of("\"a\\u0000b\"") == "'a\0b"s);
    CHECK(events_of("{\"\\u0000\":1}") == "{ @\0 #1 }"s);
}

TEST_CASE("A byte order mark is refused, and so are other encodings", "[json][row:100]") {
    CHECK(events_of("\xef\xbb\xbf{}") == "refused");
    CHECK(events_of("\xef\xbb") == "refused");
    CHECK(events_of("\xff\xfe{\0}\0"s) == "refused");
}

TEST_CASE("Events come with the exact text of each value", "[json]") {
    CHECK(events_of(R"({"a":[1,-2.50,1e300,true,false,null,"x"],"b":{}})") ==
          "{ @a [ #1 #-2.50 #1e300 true false null 'x ] @b { } }");
    CHECK(events_of(R"(["\"\\\/\b\f\n\r\t","\u00e9\u20AC\ud83d\ude00"])") ==
          "[ '\"\\/\b\f\n\r\t '\u00e9\u20ac\U0001f600 ]");
    std::string const digits(300, '9');
    CHECK(events_of("[" + digits + "]") == "[ #" + digits + " ]");
}

TEST_CASE("A number that no double can hold is refused", "[json][row:95]") {
    auto const text = GENERATE(as<std::string>{}, "1e400", "-1e309", std::string(500, '9'), "[1e99999999999999999999]");
    CHECK(error_of(text).reason == "Number too big to be stored in double.");
}

TEST_CASE("A text is taken whole, of any length and with an escape at any place", "[json]") {
    for (std::size_t size = 0; size < 40; ++size) {
        std::string const plain(size, 'x');
        REQUIRE(events_of('"' + plain + '"') == '\'' + plain);
        for (std::size_t at = 0; at < size; ++at) {
            std::string escaped = plain;
            escaped.replace(at, 1, "\\n");
            std::string read = plain;
            read[at] = '\n';
            REQUIRE(events_of("[\"" + escaped + "\"]") == "[ '" + read + " ]");
            escaped.replace(at, 2, "\n");
            REQUIRE(events_of('"' + escaped + '"') == "refused");
        }
    }
}

TEST_CASE("A document of numbers alone takes no more than one look at each byte", "[json][row:102]") {
    struct Count : Events {
        std::size_t numbers = 0;
        bool number(std::string_view digits) { return numbers += digits.size(), true; }
    } count;
    std::string text = "[1";
    for (int i = 1; i < 2'000'000; ++i) text += ",1";
    std::clock_t const begin = std::clock();
    CHECK(parse_json(text += ']', count).reason.empty());
    CHECK(count.numbers == 2'000'000);
    CHECK((std::clock() - begin) / CLOCKS_PER_SEC < 10);  // it would be minutes if each looked for a quote
}

TEST_CASE("A handler that has seen enough stops the parser", "[json]") {
    struct Impatient : Events {
        bool number(std::string_view) { return false; }
    } impatient;
    std::string text = "[1,2]";
    JsonSyntaxError const error = parse_json(text, impatient);
    CHECK_FALSE(error.reason.empty());
    CHECK(impatient.text == "[");
}

TEST_CASE("Values are written as JSON", "[json]") {
    JsonWriter writer;
    writer.begin_object();
    writer.key("a\"b");
    writer.begin_array();
    writer.null();
    writer.boolean(true);
    writer.number(std::numeric_limits<std::int64_t>::min());
    writer.number(std::numeric_limits<std::uint64_t>::max());
    writer.number(0.1);
    writer.raw(R"({"raw":1.10})");
    writer.end_array();
    writer.key("text");
    writer.string("\0\x1f\n\"\\/\u00e9"s);
    writer.end_object();
    CHECK(
        writer.text() ==
        R"({"a\"b":[null,true,-9223372036854775808,18446744073709551615,0.1,{"raw":1.10}],"text":"\u0000\u001F\n\"\\/)"
        "\u00e9\"}");
}

TEST_CASE("What JSON can't say is an invalid request", "[json][row:113]") {
    CHECK_THROWS_AS(JsonWriter{}.string("\xff"), InvalidRequest);
    CHECK_THROWS_AS(JsonWriter{}.string("ab\xed\xa0\x80"), InvalidRequest);
    CHECK_THROWS_AS(JsonWriter{}.key("\xc3"), InvalidRequest);
    auto const value =
        GENERATE(std::nan(""), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity());
    CHECK_THROWS_AS(JsonWriter{}.number(value), InvalidRequest);
}
