// SPDX-License-Identifier: Apache-2.0
// A resource as an argument: all forms in which it may be given.
#include <openstack/resource_ref.hpp>

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "../support/thrown.hpp"

using namespace openstack;
using support::thrown;

namespace {

struct Thing {
    static constexpr ResourceInfo resource{.service = "test", .path = "/v2/things"};
    Field<std::string> name{};
    Field<std::string, CreateOnly> id{};
    BOOST_DESCRIBE_CLASS(Thing, (), (name, id), (), ())
};

std::string id(ResourceRef<Thing> const& thing) {
    return thing.id() + (thing.object() != nullptr ? " of an object" : "");
}

}  // namespace

TEST_CASE("A resource is given by its id", "[resource_ref]") {
    CHECK(id("i") == "i");
    CHECK(id(std::string{"i"}) == "i");
    CHECK(id(std::string_view{"ij"}.substr(0, 1)) == "i");
    CHECK(id(Thing{.id = "i"}.id) == "i");
}

TEST_CASE("A resource is given by an object that has an id", "[resource_ref]") {
    Thing const thing{.name = "n", .id = "i"};
    CHECK(id(thing) == "i of an object");
    CHECK(ResourceRef<Thing>{thing}.object() == &thing);
    for (Thing const& without : {Thing{.name = "n"}, Thing{.id = null}, Thing{.id = ""}})
        CHECK(thrown<InvalidRequest>([&] { static_cast<void>(id(without)); }) == "an object of /v2/things has no id");
}

TEST_CASE("An id that isn't there is empty, which no request takes", "[resource_ref][row:106]") {
    CHECK(id("") == "");
    CHECK(id(static_cast<char const*>(nullptr)) == "");
    CHECK(id(Thing{}.id) == "");
    CHECK(id(Thing{.id = null}.id) == "");
}
