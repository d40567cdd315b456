// SPDX-License-Identifier: Apache-2.0
// A hundred small documents: fifty that RFC 8259 calls JSON, with what they say, and fifty that it doesn't.
#include <catch2/catch.hpp>
#include <openstack/from_json.hpp>
#include <openstack/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace openstack;
using namespace std::string_literals;

namespace {

/// A document, what its case is called, and what it says.
template<class Value>
struct Valid {
    std::string name;
    std::string text;
    Value value;
};
struct Malformed {
    std::string name;
    std::string text;
};

std::string nested(std::size_t levels, std::string const& open, std::string const& inner, std::string const& close) {
    std::string text;
    for (std::size_t i = 0; i < levels; ++i) text += open;
    text += inner;
    for (std::size_t i = 0; i < levels; ++i) text += close;
    return text;
}

std::vector<Valid<double>> const numbers{
    {"zero", "0", 0.0},
    {"minus zero", "-0", -0.0},
    {"a negative integer", "-42", -42.0},
    {"a fraction", "2.5", 2.5},
    {"a fraction that ends with zeros", "0.500", 0.5},
    {"a fraction below one, negative", "-0.125", -0.125},
    {"an exponent", "3e2", 300.0},
    {"an exponent with a capital letter", "3E2", 300.0},
    {"a positive exponent", "25e+1", 250.0},
    {"a negative exponent", "25e-2", 0.25},
    {"an exponent with leading zeros", "4e002", 400.0},
    {"an exponent of zero", "0e0", 0.0},
    {"a fraction with an exponent", "-1.5E+3", -1500.0},
    {"the largest double", "1.7976931348623157e308", 1.7976931348623157e308},
    {"more digits than a double has", "0.1000000000000000000000000000000000000000", 0.1},
    {"a number between white space", "\t\r\n 8 \n", 8.0},
};

std::vector<Valid<std::string>> const texts{
    {"an empty text", R"("")", ""},
    {"a plain text", R"("plain")", "plain"},
    {"a text of blanks", R"("   ")", "   "},
    {"an escaped quotation mark", R"("say \"so\"")", "say \"so\""},
    {"an escaped backslash at the end", R"("a\\")", "a\\"},
    {"an escaped slash, and one that isn't", R"("\/ /")", "/ /"},
    {"the short escapes", R"("\b\f\n\r\t")", "\b\f\n\r\t"},
    {"an escaped ASCII letter", R"("\u0041")", "A"},
    {"an escape in small and capital digits", R"("\u00e9\u00E9")", "\u00e9\u00e9"},
    {"an escaped NUL", R"("a\u0000b")", "a\0b"s},
    {"a surrogate pair", R"("\ud83d\ude00")", "\U0001f600"},
    {"the last surrogate pair", R"("\udbff\udfff")", "\U0010ffff"},
    {"backslashes that make no escape of what follows", R"("\\u0041")", "\\u0041"},
    {"two, three and four bytes of UTF-8", "\"\u00e9\u20ac\U0001f600\"", "\u00e9\u20ac\U0001f600"},
    {"a DEL, which is no control character here", "\"\x7f\"", "\x7f"},
    {"separators of lines", "\"\u2028\u2029\"", "\u2028\u2029"},
    {"a byte order mark in a text", "\"\xef\xbb\xbf\"", "\xef\xbb\xbf"},
    {"comment signs and brackets in a text", R"("/* [{ // ")", "/* [{ // "},
};

/// The values are the documents without white space between tokens.
std::vector<Valid<std::string>> const structures{
    {"the literal null", "null", "null"},
    {"the literal true", "true", "true"},
    {"the literal false between white space", "\n false\t", "false"},
    {"an empty array", "[]", "[]"},
    {"an empty array with a blank", "[ ]", "[]"},
    {"an empty object", "{}", "{}"},
    {"an empty object on two lines", "{\r\n}", "{}"},
    {"an array of every kind", R"([null, true, 1.50, "a", [], {}])", R"([null,true,1.50,"a",[],{}])"},
    {"an object of every kind", R"({"n":null,"b":false,"i":-1,"s":"","a":[0],"o":{"x":1}})",
     R"({"n":null,"b":false,"i":-1,"s":"","a":[0],"o":{"x":1}})"},
    {"an empty key", R"({"":0})", R"({"":0})"},
    {"an escaped key", R"({"\u0061\n":0})", R"({"a\n":0})"},
    {"a key that isn't ASCII", "{\"\u00e9\":0}", "{\"\u00e9\":0}"},
    {"white space at every place", "\t{ \"a\"\r:\n[ 1 , 2 ] , \"b\" : 3 } ", R"({"a":[1,2],"b":3})"},
    {"arrays in arrays", "[[1],[[2]],[]]", "[[1],[[2]],[]]"},
    {"sixty-three arrays in an object", nested(63, "[", "1", "]"), nested(63, "[", "1", "]")},
    {"sixty-two objects in an object", nested(62, "{\"a\":", "[]", "}"), nested(62, "{\"a\":", "[]", "}")},
};

std::vector<Malformed> const malformed{
    {"nothing", ""},
    {"white space alone", " \t\r\n"},
    {"a number with a plus sign", "+1"},
    {"a number with a leading zero", "012"},
    {"a negative number with a leading zero", "-01"},
    {"a sign alone", "-"},
    {"a number that begins with its point", ".5"},
    {"a number that ends with its point", "5."},
    {"a point without a digit before the exponent", "1.e2"},
    {"an exponent without digits", "1e"},
    {"an exponent with a sign alone", "1e+"},
    {"a fraction in an exponent", "1e1.5"},
    {"a hexadecimal number", "0x10"},
    {"not a number", "NaN"},
    {"infinity", "-Infinity"},
    {"digits that aren't ASCII", "\xef\xbc\x91"},
    {"a text without its end", "\"abc"},
    {"a text whose end is escaped", R"("abc\")"},
    {"a text in single quotes", "'abc'"},
    {"an unknown escape", R"("\a")"},
    {"an escape by hexadecimal digits of C", R"("\x41")"},
    {"an escape of three digits", R"("\u004")"},
    {"an escape with a letter that is no digit", R"("\u00g1")"},
    {"a line break in a text", "\"a\nb\""},
    {"a tab in a text", "\"a\tb\""},
    {"the first half of a surrogate pair", R"("\ud83d")"},
    {"the second half of a surrogate pair", R"("\ude00")"},
    {"a surrogate pair the wrong way round", R"("\ude00\ud83d")"},
    {"a byte that is in no UTF-8", "\"\xff\""},
    {"an overlong slash", "\"\xc0\xaf\""},
    {"a surrogate in UTF-8", "\"\xed\xa0\xbd\xed\xb8\x80\""},
    {"a character cut off by the end of its text", "\"\xe2\x82\""},
    {"a byte order mark", "\xef\xbb\xbf[]"},
    {"a cut byte order mark", "\xef\xbb[]"},
    {"UTF-16, big-endian", "\0[\0]"s},
    {"UTF-16 with its byte order mark", "\xff\xfe[\0]\0"s},
    {"a NUL behind the document, and more", "[]\0junk"s},
    {"a literal in capital letters", "TRUE"},
    {"a literal cut off", "nul"},
    {"a literal with more behind it", "truest"},
    {"an array without its end", "[1, 2"},
    {"a comma at an array's end", "[1, 2, ]"},
    {"two values without a comma", "[1 2]"},
    {"brackets that don't match", "[1}"},
    {"a comma at an object's end", R"({"a": 1, })"},
    {"a key without quotation marks", "{a: 1}"},
    {"a key without a value", R"({"a"})"},
    {"two documents", "{} {}"},
    {"a comment", "[1] // one"},
    {"a form feed as white space", "\f[]"},
};

/// Takes every event.
struct Anything {
    bool null() { return true; }
    bool boolean(bool) { return true; }
    bool number(std::string_view) { return true; }
    bool string(std::string_view) { return true; }
    bool key(std::string_view) { return true; }
    bool begin_object() { return true; }
    bool end_object() { return true; }
    bool begin_array() { return true; }
    bool end_array() { return true; }
};

bool is_json(std::string text) {
    Anything anything;
    return detail::parse_json(text, anything).reason.empty();
}

std::string as_member(std::string const& text) { return "{\"member\":" + text + '}'; }

template<class T>
bool is_refused(std::string const& text) {
    try {
        static_cast<void>(from_json<T>(text));
    } catch (DecodeError const& error) {
        return !error.problems().empty();
    }
    return false;
}

}  // namespace

TEST_CASE("There are a hundred documents, half of them JSON, each with a name of its own",
          "[json_documents][row:103]") {
    std::set<std::string> names;
    for (auto const& each : numbers) names.insert(each.name);
    for (auto const& each : texts) names.insert(each.name);
    for (auto const& each : structures) names.insert(each.name);
    std::size_t const valid = numbers.size() + texts.size() + structures.size();
    CHECK(names.size() == valid);
    for (auto const& each : malformed) names.insert(each.name);
    CHECK(names.size() == 100);
    CHECK(valid == 50);
}

TEST_CASE("A document that is a number says it", "[json_documents][row:103]") {
    for (auto const& [name, text, value] : numbers) {
        CAPTURE(name);
        CHECK(is_json(text));
        CHECK(from_json<double>(text) == value);
    }
}

TEST_CASE("A document that is a text says it", "[json_documents][row:103]") {
    for (auto const& [name, text, value] : texts) {
        CAPTURE(name);
        CHECK(is_json(text));
        CHECK(from_json<std::string>(text) == value);
        CHECK(from_json<Properties>(as_member(text)).at("member") == value);
    }
}

TEST_CASE("A document of any other kind is kept as it is", "[json_documents][row:103]") {
    for (auto const& [name, text, value] : structures) {
        CAPTURE(name);
        CHECK(is_json(text));
        CHECK(from_json<Properties>(as_member(text)).raw().at("member") == value);
    }
}

TEST_CASE("A malformed document is refused, whatever was to become of it", "[json_documents][row:103]") {
    for (auto const& [name, text] : malformed) {
        CAPTURE(name);
        CHECK_FALSE(is_json(text));
        CHECK(is_refused<double>(text));
        CHECK(is_refused<std::string>(text));
        CHECK(is_refused<std::vector<double>>(text));
        CHECK(is_refused<Properties>(text));
        CHECK(is_refused<Properties>(as_member(text)));
    }
}
