// SPDX-License-Identifier: Apache-2.0
// The tree of settings: how JSON becomes one, how two become one, and what the texts in it mean.
#include <openstack/settings.hpp>

#include <catch2/catch.hpp>
#include <openstack/setting_values.hpp>
#include <string>
#include <utility>
#include <vector>

#include "../support/thrown.hpp"

using namespace openstack;
using detail::Setting, support::thrown;

namespace {

Setting json(std::string text, std::string const& file = "f") {
    return detail::settings_from_json<Setting>(std::move(text), file);
}

/// The tree as a text: texts in quotes, null as ~.
std::string shown(Setting const& setting) {
    if (setting.is_null()) return "~";
    if (setting.is_scalar()) return '\'' + setting.text + '\'';
    std::string text;
    for (Setting const& each : setting.items)
        text += (text.empty() ? "" : ", ") + (setting.is_map() ? each.key + ": " : std::string{}) + shown(each);
    return setting.is_map() ? '{' + text + '}' : '[' + text + ']';
}

std::string error(std::string text) {
    return thrown<ConfigError>([&] { static_cast<void>(json(std::move(text))); });
}

std::string merged(std::string low, std::string high) {
    Setting setting = json(std::move(low));
    setting.merge(json(std::move(high)));
    return shown(setting);
}

Setting scalar(std::string_view text) { return Setting::scalar("k", text, "K"); }

template<class Read>
std::string refused(Read read, Setting const& setting) {
    return thrown<ConfigError>([&] { static_cast<void>(read(setting)); });
}

}  // namespace

TEST_CASE("JSON becomes a tree that keeps how scalars are written", "[settings]") {
    CHECK(shown(json(R"({"a": {"b": [1, 2.50, "x", null, true]}, "c": false, "d": 0.10})")) ==
          "{a: {b: ['1', '2.50', 'x', ~, 'true']}, c: 'false', d: '0.10'}");
    CHECK(shown(json("[]")) == "[]");
    CHECK(shown(json("null")) == "~");
}

TEST_CASE("A setting knows where it stands", "[settings]") {
    Setting const tree = json(R"({"a": {"b": [1, {"c": 2}]}})", "/x.json");
    Setting const& list = *tree.find("a")->find("b");
    CHECK(tree.place() == "/x.json");
    CHECK(list.place() == "/x.json: a.b");
    CHECK(list.items[0].place() == "/x.json: a.b[0]");
    CHECK(list.items[1].find("c")->place() == "/x.json: a.b[1].c");
    CHECK(scalar("x").place() == "K");
    CHECK(tree.find("b") == nullptr);
    CHECK(list.find("b") == nullptr);
}

TEST_CASE("What is below a setting of auth has that setting's place", "[settings]") {
    Setting const tree = json(R"({"c": {"Auth": {"password": {"canary": {"canary": [1]}}, "x": ["canary"]}}})");
    Setting const& password = *tree.find("c")->find("Auth")->find("password");
    CHECK_FALSE(tree.find("c")->find("Auth")->is_secret);
    CHECK(password.is_secret);
    CHECK(password.place() == "f: c.Auth.password");
    CHECK(password.find("canary")->place() == "f: c.Auth.password");
    CHECK(password.find("canary")->find("canary")->items[0].place() == "f: c.Auth.password");
    CHECK(tree.find("c")->find("Auth")->find("x")->items[0].place() == "f: c.Auth.x");
}

TEST_CASE("A mistake in JSON is found by its line", "[settings]") {
    CHECK(error("{\n\"a\\n\": 1,\n\"b\": canary}") == "f: line 3: Invalid value.");
    CHECK(error("{} canary").starts_with("f: line 1: "));
    CHECK(error("").starts_with("f: line 1: "));
    CHECK(error("\"canary\xff\"") == "f: line 1: not UTF-8 text");
    CHECK(error(std::string("{\"a\0\": 1}", 9)) == "f: line 1: a NUL byte");
}

TEST_CASE("A tree has no more than 64 levels and 20000 settings", "[settings]") {
    auto const nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    CHECK_NOTHROW(json(nested(64)));
    CHECK(error(nested(65)) == "f: line 1: it has more than 64 levels");
    CHECK(error(nested(500'000)) == "f: line 1: it has more than 64 levels");
    auto const wide = [](std::size_t count) {
        std::string text = "[1";
        for (std::size_t i = 2; i < count; ++i) text += ",1";
        return text + ']';
    };
    CHECK_NOTHROW(json(wide(20'000)));
    CHECK(error(wide(20'001)) == "f: line 1: it has more than 20000 settings");
}

TEST_CASE("Maps are merged element for element, all else is replaced", "[settings]") {
    CHECK(merged(R"({"a": {"x": 1, "y": 2}, "b": 1})", R"({"a": {"y": 3, "z": 4}, "c": 5})") ==
          "{a: {x: '1', y: '3', z: '4'}, b: '1', c: '5'}");
    CHECK(merged(R"({"a": [1, 2]})", R"({"a": [3]})") == "{a: ['3']}");
    CHECK(merged(R"({"a": {"x": 1}})", R"({"a": 2})") == "{a: '2'}");
    CHECK(merged(R"({"a": 2})", R"({"a": {"x": 1}})") == "{a: {x: '1'}}");
    CHECK(merged(R"({"a": 2})", R"({"a": null})") == "{a: ~}");
    CHECK(merged(R"({"a": {"x": 1}})", R"({"a": null})") == "{a: {x: '1'}}");
    Setting low = json(R"({"a": {"x": 1}})", "low");
    low.merge(json(R"({"a": {"y": 1}})", "high"));
    CHECK(low.find("a")->place() == "low: a");
    CHECK(low.find("a")->find("x")->place() == "low: a.x");
    CHECK(low.find("a")->find("y")->place() == "high: a.y");
}

TEST_CASE("Keys are compared without capitals and dashes, names as they are", "[settings]") {
    Setting tree = json(R"({"A-b": {"C-d": 1}, "list": [{"E-f": 1}]})");
    tree.normalize();
    CHECK(shown(tree) == "{a_b: {c_d: '1'}, list: [{e_f: '1'}]}");
    Setting named = json(R"({"Clouds": {"My-Cloud": {"Region-Name": 1}, "my_cloud": {}}})");
    named.normalize(1);
    CHECK(shown(named) == "{clouds: {My-Cloud: {region_name: '1'}, my_cloud: {}}}");
}

TEST_CASE("A setting that is there twice is refused", "[settings]") {
    for (std::string const text : {R"({"c": {"a-b": 1, "A_b": 2}})", R"({"c": {"A_b": 1, "A_b": 2}})"}) {
        Setting tree = json(text);
        CHECK(thrown<ConfigError>([&] { tree.normalize(); }) == "f: c.A_b is there twice");
    }
}

TEST_CASE("A null and an empty text say nothing", "[settings]") {
    Setting const tree = json(R"({"a": null, "b": "", "c": "x", "d": {}})");
    CHECK(tree.given("a") == nullptr);
    CHECK(tree.given("b") == nullptr);
    CHECK(tree.given("c") != nullptr);
    CHECK(tree.given("d") != nullptr);
    CHECK(tree.given("e") == nullptr);
    CHECK(tree.find("a") != nullptr);
}

TEST_CASE("Truth has several spellings and no others", "[settings]") {
    for (std::string const text : {"true", "True", "TRUE", "yes", "on", "1"}) CHECK(detail::truth_of(scalar(text)));
    for (std::string const text : {"false", "False", "no", "Off", "0"}) CHECK_FALSE(detail::truth_of(scalar(text)));
    auto const read = [](Setting const& each) { return detail::truth_of(each); };
    CHECK(refused(read, scalar("maybe")) == "K is 'maybe', which isn't true or false");
    CHECK(refused(read, scalar("")) == "K is '', which isn't true or false");
    CHECK(refused(read, json("[]")) == "f isn't true or false");
    CHECK(refused(read, json("null")) == "f isn't true or false");
}

TEST_CASE("Counts and times are whole numbers and seconds", "[settings]") {
    CHECK(detail::count_of(scalar("0")) == 0);
    CHECK(detail::count_of(scalar("4294967295")) == 4294967295);
    CHECK(detail::time_of(scalar("1")).count() == 1000);
    CHECK(detail::time_of(scalar("0.25")).count() == 250);
    CHECK(detail::time_of(scalar("1e1")).count() == 10'000);
    auto const count = [](Setting const& each) { return detail::count_of(each); };
    for (std::string const text : {"", " 1", "1 ", "-1", "1.5", "x", "4294967296"})
        CHECK(refused(count, scalar(text)) == "K is '" + text + "', which isn't a count, as 3");
    auto const time = [](Setting const& each) { return detail::time_of(each); };
    for (std::string const text : {"", "-1", "nan", "inf", "1s", "315360001", "1e400"})
        CHECK(refused(time, scalar(text)) == "K is '" + text + "', which isn't a number of seconds");
    CHECK(refused(time, json("{}")) == "f isn't a number of seconds");
}

TEST_CASE("A list is one, or is separated by commas", "[settings]") {
    auto const texts = [](Setting const& setting) {
        std::string all;
        for (Setting const& each : detail::list_of(setting)) all += each.text + ';';
        return all;
    };
    CHECK(texts(json(R"(["a,b", "c"])")) == "a,b;c;");
    CHECK(texts(scalar("a, b ,,c")) == "a;b;c;");
    CHECK(texts(scalar("")) == "");
    CHECK(detail::list_of(scalar("a,b"))[1].place() == "K");
    CHECK(refused([](Setting const& each) { return detail::list_of(each); }, json("{}")) == "f isn't a list of texts");
}

TEST_CASE("A refusal repeats no secret", "[settings]") {
    Setting const tree = json(R"({"auth": {"x": "canary"}})");
    Setting const& secret = *tree.find("auth")->find("x");
    CHECK(refused([](Setting const& each) { return detail::count_of(each); }, secret) ==
          "f: auth.x isn't a count, as 3");
}
