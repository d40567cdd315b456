// SPDX-License-Identifier: Apache-2.0
// to_json: what is written, under which name, and that from_json reads the same value back.
#include <bit>
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <map>
#include <openstack/from_json.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/to_json.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace openstack;
using namespace std::string_literals;

namespace {

enum class Color { red, green };
BOOST_DESCRIBE_ENUM(Color, red, green)

struct Kelvin {
    double value = 0;
    bool operator==(Kelvin const&) const = default;
};

struct Part {
    Field<std::string> name{};
    Field<std::vector<Part>> parts{};
    bool operator==(Part const&) const = default;
    BOOST_DESCRIBE_CLASS(Part, (), (name, parts), (), ())
};

struct Thing {
    static constexpr ResourceInfo resource{
        .service = "test", .path = "/v1/things", .key = "thing", .update = Update::put};

    Field<std::string, CreateOnly> id{};
    Field<std::string, Wire<"member_id">, WriteAs<"member">> member{};
    Field<bool> flag{};
    Field<std::int64_t> number{};
    Field<std::uint64_t, ReadOnly> size{};
    Field<std::int8_t> small{};
    Field<double> ratio{};
    Field<float> single{};
    Field<Timestamp, ReadOnly> at{};
    Field<Open<Color>> color{};
    Field<int, AsText> text{};
    Field<Kelvin> temperature{};
    Field<std::vector<std::string>> tags{};
    Field<std::map<std::string, std::vector<int>>> lists{};
    Field<Part> part{};
    Field<std::string, Header<"X-Store">> store{};
    Field<std::string, ReadOnly, QueryOnly, Filterable<Eq>> wanted{};
    Properties properties{};

    bool operator==(Thing const&) const = default;
    BOOST_DESCRIBE_CLASS(Thing, (),
                         (id, member, flag, number, size, small, ratio, single, at, color, text, temperature, tags,
                          lists, part, store, wanted, properties),
                         (), ())
};

struct Plain {
    int number = 7;
    std::vector<std::string> list{};
    BOOST_DESCRIBE_CLASS(Plain, (), (number, list), (), ())
};

template<class T, class... Options>
void set(Field<T, Options...>& field, T value) {
    FieldAccess::storage(field) = {std::move(value), detail::FieldState::has_value};
}

}  // namespace

template<>
struct openstack::codec<Kelvin> {
    static constexpr std::string_view expected = "temperature above 0 K";
    static double encode(Kelvin const& kelvin) { return kelvin.value; }
    static std::optional<Kelvin> decode(double value) {
        return value >= 0 ? std::optional{Kelvin{value}} : std::nullopt;
    }
};

TEST_CASE("What is set is written under the name that the service answers with", "[to_json]") {
    Thing thing{.id = "i",
                .member = "m",
                .flag = false,
                .number = -1,
                .small = -128,
                .ratio = 0.5,
                .color = Color::green,
                .text = 4,
                .temperature = Kelvin{273.15},
                .tags = {"a", "b"},
                .lists = {{"x", {1, 2}}, {"y", {}}},
                .part = Part{.name = "p", .parts = {Part{}, Part{.name = null}}},
                .properties = {{"p", "q"}}};
    set(thing.size, std::uint64_t{18446744073709551615U});
    set(thing.at, Timestamp::parse("2026-11-21T10:11:12Z").value());
    CHECK(to_json(thing) ==
          R"({"id":"i","member_id":"m","flag":false,"number":-1,"size":18446744073709551615,"small":-128,"ratio":0.5,)"
          R"("at":"2026-11-21T10:11:12Z","color":"green","text":"4","temperature":273.15,"tags":["a","b"],)"
          R"("lists":{"x":[1,2],"y":[]},"part":{"name":"p","parts":[{},{"name":null}]},"p":"q"})");
    CHECK(from_json<Thing>(to_json(thing)) == thing);
}

TEST_CASE("What is unset isn't written, null is", "[to_json]") {
    CHECK(to_json(Part{}) == "{}");
    CHECK(to_json(Part{.name = null}) == R"({"name":null})");
    CHECK(to_json(Part{.name = "", .parts = std::vector<Part>{}}) == R"({"name":"","parts":[]})");
}

TEST_CASE("Any codable type is written", "[to_json]") {
    CHECK(to_json(5) == "5");
    CHECK(to_json(true) == "true");
    CHECK(to_json("a\"b"s) == R"("a\"b")");
    CHECK(to_json(std::vector<std::vector<int>>{{1}, {}}) == "[[1],[]]");
    CHECK(to_json(std::map<std::string, bool>{{"b", true}, {"a", false}}) == R"({"a":false,"b":true})");
    CHECK(to_json(Open<Color>::from_text("violet")) == R"("violet")");
}

TEST_CASE("A member that is no field is always written", "[to_json]") {
    CHECK(to_json(Plain{}) == R"({"number":7,"list":[]})");
    CHECK(to_json(Plain{.list = {"a"}}) == R"({"number":7,"list":["a"]})");
}

TEST_CASE("Headers and filters are in no document", "[to_json]") {
    Thing thing{.store = "fast"};
    set(thing.wanted, "w"s);
    CHECK(to_json(thing) == R"({})");
    CHECK(to_create_body(thing) == R"({"thing":{}})");
    CHECK(to_update_body(thing) == R"({"thing":{}})");
}

TEST_CASE("A create body has what the caller may choose, the body of a PUT beside it what would get lost",
          "[to_json]") {
    auto const thing = from_json<Thing>(
        R"({"id":"i","member_id":"m","number":null,"size":5,"at":"2026-11-21T10:11:12Z","p":"q","raw":[1]})");
    CHECK(to_create_body(thing) == R"({"thing":{"id":"i","member":"m","number":null,"p":"q"}})");
    CHECK(to_update_body(thing) == R"({"thing":{"id":"i","member":"m","number":null,"p":"q","raw":[1]}})");
    CHECK(to_json(thing) ==
          R"({"id":"i","member_id":"m","number":null,"size":5,"at":"2026-11-21T10:11:12Z","p":"q","raw":[1]})");
    CHECK(to_create_body(image::v2::Image{.name = "n"}) == R"({"name":"n"})");
}

TEST_CASE("Properties that are no text are written back as they came", "[to_json]") {
    auto const json = R"({"t":"x","a":[1.10,{"b":null}],"n":null})"s;
    auto thing = from_json<Thing>(json);
    CHECK(to_json(thing) == json);
    thing.properties["a"] = "now a text";
    CHECK(to_json(thing) == R"({"a":"now a text","t":"x","n":null})");
}

TEST_CASE("A property can't have the name of a field", "[to_json]") {
    auto const name = GENERATE(as<std::string>{}, "id", "member_id", "number");
    Thing const thing{.properties = {{name, "x"}}};
    CHECK_THROWS_AS(to_json(thing), InvalidRequest);
    CHECK_THROWS_AS(to_create_body(thing), InvalidRequest);
    CHECK_THROWS_WITH(to_update_body(thing), Catch::Contains('\'' + name + '\''));
    CHECK(to_json(Thing{.properties = {{"store", "x"}, {"member_", "y"}}}) == R"({"member_":"y","store":"x"})");
}

TEST_CASE("A property can't have the name that a field is sent under", "[to_json]") {
    Thing const thing{.member = "m", .properties = {{"member", "x"}}};
    CHECK_THROWS_AS(to_create_body(thing), InvalidRequest);
    CHECK_THROWS_AS(to_update_body(thing), InvalidRequest);
    CHECK(from_json<Thing>(to_json(thing)) == thing);
}

TEST_CASE("A text that isn't UTF-8 is an invalid request, wherever it stands", "[to_json]") {
    std::string const bad = "a\xff";
    CHECK_THROWS_AS(to_json(bad), InvalidRequest);
    CHECK_THROWS_AS(to_json(Thing{.id = bad}), InvalidRequest);
    CHECK_THROWS_AS(to_json(Thing{.tags = {"a", bad}}), InvalidRequest);
    CHECK_THROWS_AS(to_json(Thing{.lists = {{bad, {}}}}), InvalidRequest);
    CHECK_THROWS_AS(to_json(Thing{.part = Part{.name = bad}}), InvalidRequest);
    CHECK_THROWS_AS(to_json(Thing{.properties = {{bad, ""}}}), InvalidRequest);
    CHECK_THROWS_AS(to_create_body(Thing{.properties = {{"a", bad}}}), InvalidRequest);
    CHECK_THROWS_AS(to_json(Open<Color>::from_text(bad)), InvalidRequest);
}

namespace {

/// Values at random, the same ones in each run.
class Random {
  public:
    std::uint64_t bits() { return generator_(); }
    std::size_t below(std::size_t end) { return static_cast<std::size_t>(bits() % end); }
    bool coin() { return below(2) == 0; }

    std::string text() {
        static constexpr std::string_view pieces[] = {"a",      "Z",      "0",          " ",    "\"",
                                                      "\\",     "/",      "\n",         "\x1f", "\x7f",
                                                      "\u00e9", "\u20ac", "\U0001f600", "~",    "\\u0041"};
        std::string result;
        for (std::size_t count = below(30); count > 0; --count) {
            std::size_t const piece = below(std::size(pieces) + 1);
            result += piece == std::size(pieces) ? "\0"s : std::string{pieces[piece]};
        }
        return result;
    }

    double number() {
        double const value = std::bit_cast<double>(bits());
        return std::isfinite(value) ? value : 0.0;
    }

    Part part(std::size_t depth) {
        Part part{};
        if (coin()) part.name = text();
        if (coin()) part.name = null;
        if (depth > 0 && coin()) {
            part.parts = std::vector<Part>{};
            for (std::size_t count = below(3); count > 0; --count) part.parts->push_back(this->part(depth - 1));
        }
        return part;
    }

    Thing thing() {
        Thing thing{};
        if (coin()) thing.id = text();
        if (coin()) thing.member = null;
        if (coin()) thing.flag = coin();
        if (coin()) thing.number = static_cast<std::int64_t>(bits());
        if (coin()) set(thing.size, bits());
        if (coin()) thing.small = static_cast<std::int8_t>(bits());
        if (coin()) thing.ratio = number();
        if (coin()) thing.single = static_cast<float>(static_cast<std::int32_t>(bits())) / 3;
        if (coin()) set(thing.at, Timestamp{Timestamp::TimePoint{std::chrono::microseconds{bits() >> 13}}});
        if (coin()) thing.color = coin() ? Open<Color>{Color::green} : Open<Color>::from_text(text());
        if (coin()) thing.text = static_cast<int>(bits());
        if (coin()) thing.temperature = Kelvin{std::abs(number())};
        if (coin()) thing.tags = {text(), text()};
        if (coin()) thing.lists = {{text(), {static_cast<int>(bits())}}, {text(), {}}};
        if (coin()) thing.part = part(4);
        for (std::size_t count = below(4); count > 0; --count) thing.properties['_' + text()] = text();
        return thing;
    }

  private:
    std::mt19937_64 generator_{20261121};
};

}  // namespace

TEST_CASE("Whatever is written is read back the same", "[to_json]") {
    Random random;
    for (int i = 0; i < 2000; ++i) {
        Thing const thing = random.thing();
        std::string const json = to_json(thing);
        INFO(json);
        Thing const back = from_json<Thing>(json);
        REQUIRE(back == thing);
        REQUIRE(to_json(back) == json);
    }
}
