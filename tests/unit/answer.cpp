// SPDX-License-Identifier: Apache-2.0
// Answers: one resource, out of its envelope, with its id.
#include <openstack/answer.hpp>

#include <catch2/catch.hpp>
#include <string>

#include "../support/thrown.hpp"

using namespace openstack;
using detail::decode_answer;
using support::thrown;

namespace {

struct Thing {
    static constexpr ResourceInfo resource{.service = "test", .path = "/v2/things"};
    Field<std::string> name{};
    Field<int> id{};
    Properties properties{};
    BOOST_DESCRIBE_CLASS(Thing, (), (name, id, properties), (), ())
};
struct Project {
    static constexpr ResourceInfo resource{.service = "identity", .path = "/v3/projects", .key = "project"};
    Field<std::string> id{};
    BOOST_DESCRIBE_CLASS(Project, (), (id), (), ())
};

template<class T>
std::string error(std::string const& body) {
    return thrown<DecodeError>([&] { static_cast<void>(decode_answer<T>(body, "the answer")); });
}

}  // namespace

TEST_CASE("A resource stands at the top, or under its key", "[answer]") {
    Thing const thing = decode_answer<Thing>(R"({"id": 7, "name": "x", "p": "q"})", "the answer");
    CHECK(thing.id == 7);
    CHECK(thing.name == "x");
    CHECK(thing.properties.at("p") == "q");
    CHECK(decode_answer<Project>(R"({"links": {}, "project": {"id": "a"}})", "the answer").id == "a");
}

TEST_CASE("Without its envelope a resource isn't taken", "[answer][row:87]") {
    CHECK(error<Project>(R"({"id": "a"})") == "the answer: /project: is missing");
    CHECK(error<Project>(R"({"project": null})") == "the answer: /project: is missing");
    CHECK(error<Project>(R"({"project": []})") == "the answer: /project: expected object, found array");
    CHECK(error<Project>("{}") == "the answer: /project: is missing");
}

TEST_CASE("A resource without an id isn't taken", "[answer][row:92][row:93]") {
    CHECK(error<Thing>("{}") == "the answer: the resource has no id");
    CHECK(error<Thing>(R"({"id": null, "name": "x"})") == "the answer: the resource has no id");
    CHECK(error<Project>(R"({"project": {"id": ""}})") == "the answer: the resource has no id");
    CHECK(error<Project>(R"({"project": {}})") == "the answer: the resource has no id");
}

TEST_CASE("What isn't a resource is an error that says what was read", "[answer][row:87][row:88][row:89]") {
    CHECK(error<Thing>("[]") == "the answer: expected object, found array");
    CHECK(error<Thing>("null") == "the answer: expected object, found null");
    CHECK(error<Thing>(R"({"id": "seven", "name": 7})") ==
          "the answer: /id: expected integer (32 bits), found string; /name: expected string, found number 7");
    for (std::string const body : {"", " ", "<html></html>", R"({"id": 7)", R"({"id": 7} x)"})
        CHECK(error<Thing>(body).find(": not JSON at byte ") != std::string::npos);
}
