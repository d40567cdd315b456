// SPDX-License-Identifier: Apache-2.0
// from_json: every kind of field, every kind of problem, and bounds on all that a server controls.
// Peers' tests of this: gophercloud's TestCreateImageNulls; openstacksdk's test_make_it of each resource, and types of
// test_fields.py.
#include <pthread.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <openstack/from_json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace openstack;
using namespace std::string_literals;

namespace {

enum class Color { red, green };
BOOST_DESCRIBE_ENUM(Color, red, green)

struct Even {
    int value = 0;
    bool operator==(Even const&) const = default;
};
struct Always {
    bool value = false;
    bool operator==(Always const&) const = default;
};
struct Faulty {
    bool operator==(Faulty const&) const = default;
};

struct Inner {
    Field<std::string> name{};
    Field<std::vector<Inner>> parts{};
    bool operator==(Inner const&) const = default;
    BOOST_DESCRIBE_CLASS(Inner, (), (name, parts), (), ())
};

struct Everything {
    Field<std::string, Wire<"the name">> name{};
    Field<bool> flag{};
    Field<std::int64_t> number{};
    Field<std::uint64_t> size{};
    Field<std::int8_t> small{};
    Field<double> ratio{};
    Field<Timestamp, ReadOnly> at{};
    Field<Open<Color>> color{};
    Field<int, AsText> text{};
    Field<bool, AsText> flag_text{};
    Field<Even> even{};
    Field<Always> always{};
    Field<Faulty> faulty{};
    Field<std::vector<std::string>> tags{};
    Field<std::vector<std::vector<int>>> matrix{};
    Field<std::map<std::string, int>> counts{};
    Field<std::map<std::string, Inner>> inners{};
    Field<Inner> inner{};
    Field<std::string, Header<"X-Store">> store{};
    Field<std::string, ReadOnly, QueryOnly, Filterable<Eq>> wanted{};
    int plain = 7;
    bool operator==(Everything const&) const = default;
    BOOST_DESCRIBE_CLASS(Everything, (),
                         (name, flag, number, size, small, ratio, at, color, text, flag_text, even, always, faulty,
                          tags, matrix, counts, inners, inner, store, wanted, plain),
                         (), ())
};

struct WithRest {
    Field<std::string> id{};
    Field<std::string, Header<"X-Store">> store{};
    Properties rest{};
    bool operator==(WithRest const&) const = default;
    BOOST_DESCRIBE_CLASS(WithRest, (), (id, store, rest), (), ())
};

struct Nothing {
    BOOST_DESCRIBE_CLASS(Nothing, (), (), (), ())
};
struct OnlyRest {
    Properties rest{};
    BOOST_DESCRIBE_CLASS(OnlyRest, (), (rest), (), ())
};

struct Three {
    Field<int> a{};
    Field<int> b{};
    Field<int> abc{};
    bool operator==(Three const&) const = default;
    BOOST_DESCRIBE_CLASS(Three, (), (a, b, abc), (), ())
};
struct Large {
    std::vector<std::int64_t> plain{};
    Field<std::string> a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{}, i{}, j{}, k{}, l{}, m{}, n{}, o{}, p{};
    BOOST_DESCRIBE_CLASS(Large, (), (plain, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p), (), ())
};

using Problems = std::vector<std::pair<std::string, std::string>>;

/// The problems of a document, as pointers and texts.
template<class T>
Problems problems(std::string text) {
    Problems found;
    try {
        (void)from_json<T>(std::move(text));
    } catch (DecodeError const& error) {
        for (DecodeProblem const& each : error.problems()) found.emplace_back(each.pointer, each.text);
    }
    return found;
}

}  // namespace

template<>
struct openstack::codec<Even> {
    static constexpr std::string_view expected = "even number";
    static int encode(Even const& even) { return even.value; }
    static std::optional<Even> decode(int value) { return value % 2 == 0 ? std::optional{Even{value}} : std::nullopt; }
};
template<>
struct openstack::codec<Always> {
    static constexpr std::string_view expected = "true";
    static bool encode(Always const& always) { return always.value; }
    static std::optional<Always> decode(bool value) { return value ? std::optional{Always{true}} : std::nullopt; }
};
template<>
struct openstack::codec<Faulty> {
    static constexpr std::string_view expected = "nothing";
    static std::string encode(Faulty const&) { return {}; }
    static std::optional<Faulty> decode(std::string_view) { throw std::logic_error("this codec is faulty"); }
};

TEST_CASE("Every kind of field is read", "[from_json]") {
    auto const all = from_json<Everything>(R"({
        "the name": "n", "flag": true, "number": -9223372036854775808, "size": 18446744073709551615, "small": -128,
        "ratio": 0.25, "at": "2026-11-21T10:11:12Z", "color": "green", "text": "-4", "flag_text": "false", "even": 4,
        "always": true, "tags": ["a", "b"], "matrix": [[1, 2], [], [3]], "counts": {"x": 1, "y": -1},
        "inners": {"i": {"name": "one"}}, "inner": {"name": "two", "parts": [{}, {"name": "three"}]}, "plain": 8})");
    CHECK(all.name == "n");
    CHECK(all.flag == true);
    CHECK(all.number == std::numeric_limits<std::int64_t>::min());
    CHECK(all.size == std::numeric_limits<std::uint64_t>::max());
    CHECK(all.small == -128);
    CHECK(all.ratio == 0.25);
    CHECK(all.at == Timestamp::parse("2026-11-21T10:11:12Z").value());
    CHECK(all.color == Color::green);
    CHECK(all.text == -4);
    CHECK(all.flag_text == false);
    CHECK(all.even == Even{4});
    CHECK(all.always == Always{true});
    CHECK(all.tags == std::vector<std::string>{"a", "b"});
    CHECK(all.matrix == std::vector<std::vector<int>>{{1, 2}, {}, {3}});
    CHECK(all.counts == std::map<std::string, int>{{"x", 1}, {"y", -1}});
    CHECK(all.inners->at("i").name == "one");
    CHECK(all.inner->name == "two");
    CHECK(all.inner->parts->at(0) == Inner{});
    CHECK(all.inner->parts->at(1).name == "three");
    CHECK(all.plain == 8);
}

TEST_CASE("A field that isn't there is unset, null is null", "[from_json]") {
    auto const some = from_json<Everything>(R"({"number": null, "tags": null, "inner": null, "text": null})");
    CHECK(some.number.is_null());
    CHECK(some.tags.is_null());
    CHECK(some.inner.is_null());
    CHECK(some.text.is_null());
    CHECK(some.name.is_unset());
    CHECK(some.inners.is_unset());
    CHECK(some.plain == 7);
    CHECK(from_json<Everything>("{}") == Everything{});
}

TEST_CASE("A plain member, an element and an entry have no null", "[from_json][row:92]") {
    CHECK(problems<Everything>(R"({"plain": null, "tags": ["a", null], "counts": {"x": null}, "matrix": [null]})") ==
          Problems{{"/plain", "expected integer (32 bits), found null"},
                   {"/tags/1", "expected string, found null"},
                   {"/counts/x", "expected integer (32 bits), found null"},
                   {"/matrix/0", "expected array, found null"}});
}

TEST_CASE("Any codable type can be the whole document", "[from_json]") {
    CHECK(from_json<int>(" 5 ") == 5);
    CHECK(from_json<std::string>("\"x\"") == "x");
    CHECK(from_json<std::vector<int>>("[1,2]") == std::vector<int>{1, 2});
    CHECK(from_json<std::map<std::string, bool>>(R"({"a":true})").at("a"));
    CHECK(problems<int>("null") == Problems{{"", "expected integer (32 bits), found null"}});
    CHECK(problems<Inner>("[]") == Problems{{"", "expected object, found array"}});
    CHECK(problems<std::vector<int>>("{}") == Problems{{"", "expected array, found object"}});
    (void)from_json<Nothing>(R"({"a":1})");
    CHECK(from_json<OnlyRest>(R"({"a":"1"})").rest.at("a") == "1");
}

TEST_CASE("Integers are taken exactly or not at all", "[from_json][row:95]") {
    CHECK(from_json<std::int64_t>("9007199254740993") == 9007199254740993);
    CHECK(from_json<std::uint64_t>("9223372036854775808") == 9223372036854775808U);
    auto const refused = GENERATE("1.0", "1e2", "1.5", "-1", "18446744073709551616", "1e-1");
    CHECK(problems<std::uint64_t>(refused) ==
          Problems{{"", "expected integer (unsigned, 64 bits), found number "s + refused}});
    CHECK(problems<std::int64_t>("9223372036854775808").size() == 1);
    CHECK(problems<std::int64_t>("-9223372036854775809").size() == 1);
    CHECK(problems<std::int8_t>("128") == Problems{{"", "expected integer (16 bits or fewer), found number 128"}});
    CHECK(problems<std::uint64_t>(std::string(300, '9')) ==
          Problems{{"", "expected integer (unsigned, 64 bits), found number " + std::string(40, '9')}});
    CHECK(problems<double>("1e400").size() == 1);
    CHECK(problems<std::uint64_t>(std::string(500, '9')).size() == 1);
    CHECK(from_json<double>("1e2") == 100.0);
    CHECK(from_json<double>("-0") == 0.0);
}

namespace {

/// A whole number's digits, one further from zero.
std::string next_to(std::string digits) {
    std::size_t at = digits.size();
    while (digits[--at] == '9') digits[at] = '0';
    ++digits[at];
    return digits;
}

}  // namespace

TEMPLATE_TEST_CASE("Every type of integer takes what it holds and not one more", "[from_json][row:95]", signed char,
                   unsigned char, short, unsigned short, int, unsigned, long, unsigned long, long long,
                   unsigned long long) {
    using Limits = std::numeric_limits<TestType>;
    std::string const largest = std::to_string((Limits::max)());
    std::string const smallest = std::to_string((Limits::min)());
    CHECK(from_json<TestType>(largest) == (Limits::max)());
    CHECK(from_json<TestType>(smallest) == (Limits::min)());
    CHECK(from_text<TestType>(largest) == (Limits::max)());
    CHECK(from_text<TestType>(smallest) == (Limits::min)());
    std::vector<std::string> refused{next_to(largest),
                                     Limits::is_signed ? next_to(smallest) : "-1",
                                     "18446744073709551616",
                                     "-9223372036854775809",
                                     "1e2",
                                     "1E2",
                                     "1e0",
                                     "1.0",
                                     "0.0",
                                     "100e-2",
                                     "1e400",
                                     std::string(500, '9'),
                                     '-' + std::string(500, '9'),
                                     "1" + std::string(500, '0')};
    if (sizeof(TestType) < 8)
        refused.insert(refused.end(), {"9223372036854775808", "-9223372036854775808", "4294967297"});
    for (std::string const& text : refused) {
        CAPTURE(text);
        CHECK(problems<TestType>(text).size() == 1);
        CHECK(problems<std::vector<TestType>>("[1," + text + "]").size() == 1);
        CHECK_FALSE(from_text<TestType>(text));
    }
    CHECK(problems<TestType>("1e400").at(0).second.ends_with("Number too big to be stored in double."));
}

TEST_CASE("Each kind of field refuses each other kind of value", "[from_json][row:90]") {
    auto const [field, expected, taken] = GENERATE(table<std::string, std::string, std::string>({
        {"the name", "string", "s"},
        {"flag", "boolean", "b"},
        {"number", "integer (64 bits)", "n"},
        {"ratio", "number", "n"},
        {"at", "timestamp such as 2026-11-21T10:11:12Z", ""},
        {"color", "string", "s"},
        {"text", "string with a number", "n"},
        {"flag_text", "string \"true\" or \"false\"", "b"},
        {"even", "even number", ""},
        {"always", "true", "b"},
        {"tags", "array", "a"},
        {"counts", "object", "o"},
        {"inner", "object", "o"},
    }));
    auto const [kind, value, found] = GENERATE(table<std::string, std::string, std::string>({
        {"s", "\"x\"", "string"},
        {"b", "true", "boolean"},
        {"n", "5", "number 5"},
        {"a", "[]", "array"},
        {"o", "{}", "object"},
    }));
    CAPTURE(field, value);
    Problems const expectation =
        taken == kind ? Problems{} : Problems{{'/' + field, "expected " + expected + ", found " + found}};
    CHECK(problems<Everything>("{\"" + field + "\":" + value + "}") == expectation);
}

TEST_CASE("What a codec doesn't take is a problem, for each wire type", "[from_json][row:105]") {
    CHECK(problems<Everything>(R"({"even": 3, "always": false, "at": "soon", "text": "x"})") ==
          Problems{{"/even", "expected even number, found number 3"},
                   {"/always", "expected true, found boolean"},
                   {"/at", "expected timestamp such as 2026-11-21T10:11:12Z, found string"},
                   {"/text", "expected string with a number, found string"}});
}

TEST_CASE("What a user's codec throws comes through", "[from_json]") {
    CHECK_THROWS_AS(from_json<Everything>(R"({"inner": {"parts": []}, "faulty": "x"})"), std::logic_error);
}

TEST_CASE("All problems of a document are listed, each at its place", "[from_json]") {
    CHECK(problems<Everything>(R"({"flag": 1, "inner": {"parts": [{"name": "ok"}, {"name": 2, "parts": [true]}]},
                                   "counts": {"a/b~c": "x", "ok": 1}, "matrix": [[1], [2, "3"]], "number": 5})") ==
          Problems{{"/flag", "expected boolean, found number 1"},
                   {"/inner/parts/1/name", "expected string, found number 2"},
                   {"/inner/parts/1/parts/0", "expected object, found boolean"},
                   {"/counts/a~1b~0c", "expected integer (32 bits), found string"},
                   {"/matrix/1/1", "expected integer (32 bits), found string"}});
}

TEST_CASE("The message names what was read, and every problem", "[from_json]") {
    CHECK_THROWS_WITH(from_json<Inner>(R"({"name":1,"parts":{}})", "the answer"),
                      "the answer: /name: expected string, found number 1; /parts: expected array, found object");
    CHECK_THROWS_WITH(from_json<Inner>("x"), Catch::StartsWith("the JSON document: not JSON at byte 0: "));
}

TEST_CASE("Problems before the end of the JSON text are kept", "[from_json]") {
    Problems const found = problems<Inner>(R"({"name": 1, "parts": [{}, {"name":)");
    REQUIRE(found.size() == 2);
    CHECK(found[0] == std::pair{"/name"s, "expected string, found number 1"s});
    CHECK(found[1].first == "/parts/1/name");
    CHECK(found[1].second.starts_with("not JSON at byte 34: "));
}

TEST_CASE("After 64 problems nobody reads on", "[from_json]") {
    std::string text = "[";
    for (int i = 0; i < 1000; ++i) text += "\"x\",";
    CHECK(problems<std::vector<int>>(text + "0]").size() == 64);
    std::string keys = "{";
    for (int i = 0; i < 1000; ++i) keys += R"("a":1,)";
    CHECK(problems<std::map<std::string, int>>(keys + R"("a":1})").size() == 64);
    std::string objects = "[";
    for (int i = 0; i < 1000; ++i) objects += "[],";
    CHECK(problems<std::vector<Inner>>(objects + "[]]").size() == 64);
    std::string full = "[[";
    for (int i = 0; i < 63; ++i) full += "0,";
    for (int i = 0; i < 100'000; ++i) full += "{},";
    CHECK(problems<std::vector<std::vector<Large>>>(full + "{}],[{}],0]").size() == 64);
}

TEST_CASE("A key that is there twice is a problem", "[from_json][row:99]") {
    Problems const twice{{"/name", "the key is there twice"}};
    CHECK(problems<Inner>(R"({"name":"a","name":"a"})") == twice);
    CHECK(problems<Inner>(R"({"name":null,"name":"a"})") == twice);
    CHECK(problems<Inner>(R"({"name":"a","parts":[],"name":"b"})") == twice);
    CHECK(problems<std::map<std::string, int>>(R"({"a":1,"b":2,"a":1})") == Problems{{"/a", "the key is there twice"}});
    CHECK(problems<Inner>("{\"name\":\"a\",\"n\\u0061me\":\"a\"}") == twice);
    Problems const property{{"/p", "the key is there twice"}};
    CHECK(problems<WithRest>(R"({"p":"a","id":"i","p":"b"})") == property);
    CHECK(problems<WithRest>(R"({"p":1,"p":2})") == property);
    CHECK(problems<WithRest>(R"({"p":1,"p":"a"})") == property);
    CHECK(problems<WithRest>(R"({"p":"a","p":{}})") == property);
    CHECK(problems<WithRest>(R"({"q":"a","q":"b","p":1,"p":"a"})") ==
          Problems{{"/q", "the key is there twice"}, {"/p", "the key is there twice"}});
    CHECK(problems<std::vector<Inner>>(R"([{"name":"a"},{"name":"a"}])").empty());
}

TEST_CASE("Members come in any order, and another one in each object", "[from_json]") {
    Three const expected{.a = 1, .b = 2, .abc = 3};
    CHECK(from_json<std::vector<Three>>(R"([{"a":1,"b":2,"abc":3}, {"abc":3,"b":2,"a":1}, {"b":2,"x":0,"a":1,"abc":3},
                                            {"b":2,"a":1,"abc":3}, {"ab":0,"abcd":0,"a":1,"abc":3,"b":2}])") ==
          std::vector<Three>(5, expected));
    CHECK(from_json<std::vector<Three>>(R"([{"a":1,"b":2},{"a":1},{"b":2},{}])") ==
          std::vector<Three>{{.a = 1, .b = 2}, {.a = 1}, {.b = 2}, {}});
}

TEST_CASE("What has no field is skipped, whatever it is", "[from_json][row:93]") {
    auto const inner = from_json<Inner>(
        R"({"x":[1,{"name":"no"},[[]]],"y":{"name":[{}],"y":{}},"name":"yes","z":null,"w":1.5,"v":"s","u":false})");
    CHECK(inner == Inner{.name = "yes"});
}

TEST_CASE("Headers and filters are never read from JSON", "[from_json]") {
    CHECK(from_json<Everything>(R"({"store":"s","wanted":"w"})") == Everything{});
    auto const open = from_json<WithRest>(R"({"id":"i","store":"s"})");
    CHECK(open.store.is_unset());
    CHECK(open.rest == Properties{{"store", "s"}});
}

TEST_CASE("The catch-all keeps every text, and the rest as JSON", "[from_json][row:93]") {
    auto const open = from_json<WithRest>(R"({"b":"text","id":"i","a":"","n":null,"i":1.50,"t":true,"f":false,
        "o":{"x":[1,null,{"y":"\"\u00e9\n"}],"x":{}},"l":[ ],"d":-0})");
    CHECK(open.id == "i");
    CHECK(open.rest.size() == 2);
    CHECK(open.rest.at("b") == "text");
    CHECK(open.rest.at("a").empty());
    CHECK(open.rest.raw() == Properties::Map{{"n", "null"},
                                             {"i", "1.50"},
                                             {"t", "true"},
                                             {"f", "false"},
                                             {"o", "{\"x\":[1,null,{\"y\":\"\\\"\u00e9\\n\"}],\"x\":{}}"},
                                             {"l", "[]"},
                                             {"d", "-0"}});
}

TEST_CASE("An unknown value of an open enumeration is kept", "[from_json][row:94]") {
    auto const color = from_json<Open<Color>>("\"violet\"");
    CHECK_FALSE(color.is_known());
    CHECK(to_string(color) == "violet");
}

TEST_CASE("A text keeps its NULs and its characters", "[from_json][row:100]") {
    CHECK(from_json<std::string>(R"("a\u0000b")") == "a\0b"s);
    CHECK(from_json<std::string>("\"\xf0\x9f\x98\x80\\ud83d\\ude00\"") == "\U0001f600\U0001f600");
    CHECK(from_json<Inner>(R"({"n\u0061me":"x"})").name == "x");
    CHECK(from_json<Inner>(R"({"name\u0000":"x"})").name.is_unset());
}

TEST_CASE("The place of what isn't JSON, UTF-8 or one document is told", "[from_json][row:88][row:100][row:101]") {
    CHECK(problems<Inner>("{}\0"s) == Problems{{"", "not JSON at byte 2: a NUL byte"}});
    CHECK(problems<Inner>("{\"a\":\"\xff\"}") == Problems{{"", "not JSON at byte 6: not UTF-8 text"}});
    CHECK(problems<Inner>(R"({"a":"\udc00"})") == Problems{{"", "not JSON at byte 6: half a surrogate pair"}});
    CHECK(problems<Inner>("{} x").at(0).second.starts_with("not JSON at byte 3: "));
    CHECK(problems<Inner>("").at(0).second.starts_with("not JSON at byte 0: "));
    CHECK(problems<Inner>("\xef\xbb\xbf{}").size() == 1);
}

namespace {

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

/// Runs it in a thread with a stack of 256 KiB.
template<class Action>
void with_a_small_stack(Action action) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    REQUIRE(pthread_attr_setstacksize(&attributes, 256 * 1024) == 0);
    pthread_t thread;
    auto const run = [](void* argument) -> void* {
        (*static_cast<Action*>(argument))();
        return nullptr;
    };
    REQUIRE(pthread_create(&thread, &attributes, run, &action) == 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
}

}  // namespace

TEST_CASE("64 levels are read, 65 are refused, known or unknown", "[from_json][row:96]") {
    std::string const problem = "nested deeper than 64 levels";
    (void)from_json<Inner>("{\"x\":" + nested(63) + "}");
    CHECK(problems<Inner>("{\"x\":" + nested(64) + "}").at(0).second == problem);
    CHECK(from_json<WithRest>("{\"x\":" + nested(63) + "}").rest.raw().at("x") == nested(63));
    CHECK(problems<WithRest>("{\"x\":" + nested(64) + "}").at(0).second == problem);
    std::string parts = "{}";
    for (int i = 0; i < 31; ++i) parts.insert(0, "{\"parts\":[").append("]}");
    (void)from_json<Inner>(parts);
    CHECK(problems<Inner>("{\"parts\":[" + parts + "]}") == Problems{{[] {
                                                                          std::string pointer;
                                                                          for (int i = 0; i < 32; ++i)
                                                                              pointer += "/parts/0";
                                                                          return pointer;
                                                                      }(),
                                                                      problem}});
}

TEST_CASE("A million levels need no deep stack", "[from_json][row:96]") {
    std::vector<Problems> found;
    with_a_small_stack([&found] {
        std::string const open(1'000'000, '[');
        std::string const closed = nested(1'000'000);
        std::string objects, parts;
        for (int i = 0; i < 1'000'000; ++i) objects += "{\"x\":";
        for (int i = 0; i < 500'000; ++i) parts += "{\"parts\":[";
        for (std::string const& text : {open, closed, objects, parts}) {
            found.push_back(problems<Inner>(text));
            found.push_back(problems<Inner>("{\"x\":" + text));
            found.push_back(problems<Inner>("{\"parts\":[{\"x\":[1," + text));
            found.push_back(problems<WithRest>("{\"x\":" + text));
            found.push_back(problems<WithRest>("{\"x\":[{\"x\":" + text));
            found.push_back(problems<std::vector<Properties>>("[{\"x\":" + text));
        }
    });
    CHECK(found.size() == 24);
    for (Problems const& each : found) {
        REQUIRE_FALSE(each.empty());
        CHECK(each.back().second == "nested deeper than 64 levels");
    }
}

TEST_CASE("A document of 64 levels needs no deep stack", "[from_json][row:96]") {
    bool is_read = false;
    with_a_small_stack([&is_read] { is_read = problems<WithRest>("{\"x\":" + nested(63) + "}").empty(); });
    CHECK(is_read);
}

TEST_CASE("A short document can't become a large structure", "[from_json][row:102]") {
    std::size_t const count = 20'000;
    std::string const problem = "more elements than a document of this size may have";
    std::string array = "[{}";
    for (std::size_t i = 1; i < count; ++i) array += ",{}";
    Problems const in_array = problems<std::vector<Large>>(array + "]");
    REQUIRE(in_array.size() == 1);
    CHECK(in_array[0].second == problem);

    std::string map = "{\"0\":{}";
    for (std::size_t i = 1; i < count; ++i) map += ",\"" + std::to_string(i) + "\":{}";
    Problems const in_map = problems<std::map<std::string, Large>>(map + "}");
    REQUIRE(in_map.size() == 1);
    CHECK(in_map[0].second == problem);

    CHECK(from_json<std::vector<int>>("[1" +
                                      [] {
                                          std::string more;
                                          for (std::size_t i = 1; i < count; ++i) more += ",1";
                                          return more;
                                      }() +
                                      "]")
              .size() == count);
}

TEST_CASE("A list that fills its bound isn't moved when it is nearly full", "[from_json][row:102]") {
    std::string array = "[{\"a\":\"\"}";
    for (int i = 1; i < 20'000; ++i) array += ",{\"a\":\"\"}";
    std::vector<Large> list;
    CHECK_THROWS_AS(detail::decode(detail::target(list), array + "]", "the list"), DecodeError);
    CHECK(list.size() > 1000);
    CHECK(list.capacity() == list.size());
}

TEST_CASE("Room is made for a page, not for what a first element promises", "[from_json]") {
    std::string page = "[{\"name\":\"x\"}";
    for (int i = 1; i < 1000; ++i) page += ",{\"name\":\"x\"}";
    auto const inners = from_json<std::vector<Inner>>(page + "]");
    CHECK(inners.size() == 1000);
    CHECK(inners.capacity() < 1500);

    std::string shrinking = "[{\"name\":\"longer than the others\"}";
    for (int i = 1; i < 1000; ++i) shrinking += ",{\"name\":\"longer than the other\"}";
    CHECK(from_json<std::vector<Inner>>(shrinking + "]").capacity() < 1500);  // it would have doubled

    std::string const padding(1'000'000, ' ');
    auto const two = from_json<std::vector<Inner>>("[{\"name\":\"x\"},{\"name\":\"y\"}" + padding + "]");
    CHECK(two.size() == 2);
    CHECK(two.capacity() * sizeof(Inner) < 20'000'000);

    auto const nested = from_json<Inner>(R"({"parts":[{"parts":[{"name":"a"},{"name":"b"}]}]})" + padding);
    CHECK(nested.parts->at(0).parts->capacity() == 2);
}

TEST_CASE("16 MiB are read, one byte more is refused", "[from_json][row:97]") {
    std::string text(max_json_size, ' ');
    text.replace(0, 2, "{}");
    CHECK(problems<Inner>(text).empty());
    CHECK(problems<Inner>(text + ' ') == Problems{{"", "longer than 16 MiB"}});
}

TEST_CASE("An empty key is a key like any other", "[from_json]") {
    auto const properties = openstack::from_json<openstack::Properties>(R"({"":"x","a":"b"})");
    CHECK(properties.at("") == "x");
    CHECK(properties.at("a") == "b");
    CHECK(from_json<WithRest>(R"({"":"x","id":"i"})").rest == Properties{{"", "x"}});
}

TEST_CASE("Properties are as bounded as elements are", "[from_json][row:102]") {
    std::string list = "[{\"\":\"\"}";
    for (int i = 1; i < 1'000'000; ++i) list += ",{\"\":\"\"}";
    Problems const found = problems<std::vector<Properties>>(list + "]");
    REQUIRE(found.size() >= 1);
    CHECK(found.back().second == "more elements than a document of this size may have");
    CHECK(from_json<Properties>(R"({"a":"1","b":"2"})").size() == 2);
}
