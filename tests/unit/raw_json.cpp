// SPDX-License-Identifier: Apache-2.0
// RawJson: values of any kind are kept as their texts, and what isn't one is never written.
#include <openstack/raw_json.hpp>

#include <catch2/catch.hpp>
#include <map>
#include <openstack/changes.hpp>
#include <openstack/from_json.hpp>
#include <openstack/patch.hpp>
#include <openstack/to_json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "../support/thrown.hpp"

using namespace openstack;
using support::thrown, support::throws_exactly;

namespace {

struct Task {
    static constexpr ResourceInfo resource{.service = "test", .path = "/v2/tasks", .update = Update::merge};
    Field<std::string, ReadOnly> id{};
    Field<RawJson> input{};
    Field<std::vector<RawJson>> choices{};
    Field<std::map<std::string, RawJson>> values{};
    Field<RawJson, ReadOnly> result{};

    bool operator==(Task const&) const = default;
    BOOST_DESCRIBE_CLASS(Task, (), (id, input, choices, values, result), (), ())
};

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

/// What becomes of an input that is read and written back.
std::string there_and_back(std::string const& json) {
    return *from_json<Task>(R"({"input": )" + json + "}").input == RawJson{json}
               ? to_json(from_json<Task>(R"({"input": )" + json + "}"))
               : "another text";
}

}  // namespace

TEST_CASE("Any JSON value is kept as its text and written as it stands", "[raw_json]") {
    std::vector<std::string> const values{R"({"a":{"b":[1,null]},"a2":""})",
                                          "[]",
                                          "[1,[2,{}],\"x\"]",
                                          R"("a text with \" and \\ and \n")",
                                          "\"\xc3\xa4\"",
                                          "\"\"",
                                          "0",
                                          "-1.50",
                                          "1e300",
                                          "18446744073709551616",
                                          "true",
                                          "false"};
    for (std::string const& each : values) {
        CHECK(there_and_back(each) == R"({"input":)" + each + "}");
        CHECK(from_json<RawJson>(each) == RawJson{each});
    }
    CHECK(from_json<Task>(R"({"input": { "a" : [ 1 , 2 ] } })").input == RawJson{R"({"a":[1,2]})"});
    CHECK(from_json<Task>(R"({"input": "\u00e4\ud83d\ude00\/"})").input == RawJson{"\"\xc3\xa4\xf0\x9f\x98\x80/\""});
}

TEST_CASE("Null is the field's, and in a list or map it is a value", "[raw_json]") {
    Task const task =
        from_json<Task>(R"({"input": null, "choices": ["a", null, 1, {}], "values": {"n": null, "t": 2}})");
    CHECK(task.input.is_null());
    CHECK(task.result.is_unset());
    CHECK(task.choices == std::vector{RawJson{"\"a\""}, RawJson{"null"}, RawJson{"1"}, RawJson{"{}"}});
    CHECK(task.values == std::map<std::string, RawJson>{{"n", {"null"}}, {"t", {"2"}}});
    CHECK(to_json(task) == R"({"input":null,"choices":["a",null,1,{}],"values":{"n":null,"t":2}})");
    CHECK(from_json<Task>(to_json(task)) == task);
}

TEST_CASE("What is raw can be read on, and made of what isn't", "[raw_json]") {
    Task const inner{.choices = {RawJson{"1"}}};
    Task const outer{.input = RawJson{to_json(inner)}};
    CHECK(to_create_body(outer) == R"({"input":{"choices":[1]}})");
    CHECK(from_json<Task>(from_json<Task>(to_json(outer)).input->text) == inner);
}

TEST_CASE("A text that isn't one JSON value is refused where it is written", "[raw_json]") {
    for (std::string const& text :
         {std::string{}, std::string{" "}, std::string{"{"}, std::string{"1 2"}, std::string{"{},\"admin\":true"},
          std::string{"'a'"}, std::string{"nul"}, std::string{"\"\xff\""}, std::string{"1\0", 2}, nested(65)}) {
        CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(to_json(RawJson{text})); }));
        CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(to_create_body(Task{.input = RawJson{text}})); }));
        CHECK(throws_exactly<InvalidRequest>([&] {
            static_cast<void>(to_json(std::map<std::string, RawJson>{{"a", {text}}}));
        }));
        CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(diff(Task{}, Task{.input = RawJson{text}})); }));
    }
    CHECK(thrown<InvalidRequest>([] { static_cast<void>(to_json(RawJson{"nul"})); }) ==
          "the text of a RawJson: not JSON at byte 3: Invalid value.");
    CHECK_NOTHROW(to_json(RawJson{nested(64)}));
    CHECK(to_json(RawJson{" [1, 2]\n"}) == " [1, 2]\n");
}

TEST_CASE("Raw values are within the limits of the document they stand in", "[raw_json]") {
    CHECK_NOTHROW(from_json<Task>(R"({"input": )" + nested(63) + "}"));
    CHECK(thrown<DecodeError>([] { static_cast<void>(from_json<Task>(R"({"input": )" + nested(64) + "}")); }) ==
          "the JSON document: /input: nested deeper than 64 levels");
    CHECK(throws_exactly<DecodeError>([] { static_cast<void>(from_json<Task>(R"({"input": [1, })")); }));
    CHECK(thrown<DecodeError>([] { static_cast<void>(from_json<Task>(R"({"input": 1, "input": 2})")); }) ==
          "the JSON document: /input: the key is there twice");
    CHECK(thrown<DecodeError>([] { static_cast<void>(from_json<Task>(R"({"choices": {}, "values": []})")); }) ==
          "the JSON document: /choices: expected array, found object; /values: expected object, found array");
}

TEST_CASE("A raw value that changed is sent as a whole", "[raw_json]") {
    Task const before = from_json<Task>(R"({"id": "i", "input": {"a": 1, "b": 2}, "values": {"x": 1, "y": 2}})");
    Task after = before;
    CHECK(diff(before, after).empty());
    after.input = RawJson{R"({"a":1})"};
    (*after.values)["x"].text = "[3]";
    after.values->erase("y");
    CHECK(diff(before, after).to_json() == R"([{"op":"replace","path":"/input","value":{"a":1}},)"
                                           R"({"op":"replace","path":"/values","value":{"x":[3]}}])");
    CHECK(detail::to_changes_body(before, after) == R"({"input":{"a":1},"values":{"y":null,"x":[3]}})");
}
