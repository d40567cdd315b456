// SPDX-License-Identifier: Apache-2.0
// Resources: what makes a struct one, and which field identifies it.
#include <catch2/catch.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/resource.hpp>
#include <string>
#include <string_view>
#include <vector>

using namespace openstack;

namespace {

struct Volume {
    static constexpr ResourceInfo resource{.service = "volume", .path = "/v3/volumes", .key = "volume"};
    Field<std::string> name{};
    Field<std::string, ReadOnly> identity{};
    Field<std::string, ReadOnly, Wire<"id">> uuid{};
    BOOST_DESCRIBE_CLASS(Volume, (), (name, identity, uuid), (), ())
};
struct Tag {
    static constexpr ResourceInfo resource{.service = "network", .path = "/v2.0/tags"};
    Field<std::string> name{};
    Field<std::string> text{};
    BOOST_DESCRIBE_CLASS(Tag, (), (name, text), (), ())
};
struct Part {
    Field<std::string> name{};
    BOOST_DESCRIBE_CLASS(Part, (), (name), (), ())
};
struct TwoNames {
    Field<std::string> name{};
    Field<std::string, Wire<"name">> other{};
    BOOST_DESCRIBE_CLASS(TwoNames, (), (name, other), (), ())
};
struct NamedLikeAHeader {
    Field<std::string> store{};
    Field<std::string, Wire<"store">, Header<"X-Store">> header{};
    BOOST_DESCRIBE_CLASS(NamedLikeAHeader, (), (store, header), (), ())
};
struct TwoCatchAlls {
    Properties one{};
    Properties two{};
    BOOST_DESCRIBE_CLASS(TwoCatchAlls, (), (one, two), (), ())
};

/// Its parts have no ==, which only an update needs.
struct Report {
    static constexpr ResourceInfo resource{.service = "compute", .path = "/v2.1/reports"};
    Field<std::string> id{};
    Field<std::vector<Part>> parts{};
    BOOST_DESCRIBE_CLASS(Report, (), (id, parts), (), ())
};

}  // namespace

TEST_CASE("A described struct with a `resource` is a resource", "[resource]") {
    STATIC_REQUIRE(Resource<Volume>);
    STATIC_REQUIRE(Resource<image::v2::Image>);
    STATIC_REQUIRE(Resource<Report>);
    STATIC_REQUIRE_FALSE(Resource<Part>);
    STATIC_REQUIRE_FALSE(Resource<int>);
}

TEST_CASE("A resource is identified by `id`, or else by its first field", "[resource]") {
    Volume volume{.name = "v"};
    CHECK(identity(volume).empty());
    FieldAccess::storage(volume.identity) = {"1", detail::FieldState::has_value};
    FieldAccess::storage(volume.uuid) = {"2", detail::FieldState::has_value};
    CHECK(identity(volume) == "2");
    CHECK(identity(Tag{.name = "n", .text = "t"}) == "n");
    CHECK(identity(Tag{.name = null}).empty());
    CHECK(identity(image::v2::Image{.id = "1", .name = "n"}) == "1");
    CHECK(identity(image::v2::Member{.member_id = "m"}) == "m");
}

TEST_CASE("Two members of one name, and two catch-alls, are noticed", "[resource]") {
    STATIC_REQUIRE(detail::has_unique_wire_names<Volume>());
    STATIC_REQUIRE_FALSE(detail::has_unique_wire_names<TwoNames>());
    STATIC_REQUIRE(detail::has_unique_wire_names<NamedLikeAHeader>());
    STATIC_REQUIRE(detail::count_catch_alls<Volume>() == 0);
    STATIC_REQUIRE(detail::count_catch_alls<image::v2::Image>() == 1);
    STATIC_REQUIRE(detail::count_catch_alls<TwoCatchAlls>() == 2);
}

TEST_CASE("What a declaration doesn't say has a sensible default", "[resource]") {
    constexpr ResourceInfo info = Tag::resource;
    CHECK(info.create == Create::post);
    CHECK(info.update == Update::none);
    CHECK(info.get);
    CHECK(info.list);
    CHECK(info.remove);
    CHECK(info.key.empty());
    CHECK(info.patch_type == "application/json-patch+json");
}
