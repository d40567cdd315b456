// SPDX-License-Identifier: Apache-2.0
// Members: who an image is shared with, who sees it, and who may say so.
// Peers' tests of this: openstacksdk's functional test_member.py.
#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cloud.hpp"

using live::admin, live::alt, live::caught, live::check_is_told, live::demo, live::ids, live::reader,
    live::TemporaryImage, live::unique;
using live::image::Image, live::image::Member, live::image::MemberStatus, live::image::Visibility;
using openstack::must_exist, openstack::Open, openstack::where;

namespace {

live::image::Proxy const& glance() { return demo().glance(); }

/// Whether alt's listing of shared images has it.
bool is_listed_for_alt(TemporaryImage const& image, MemberStatus status) {
    return !ids(alt().glance().images(where<&Image::id> == image.id(), where<&Image::visibility> == Visibility::shared,
                                      where<&Image::member_status> == status))
                .empty();
}

}  // namespace

// tempest: ImagesMemberTest.test_image_share_accept, ImagesMemberTest.test_image_share_reject
TEST_CASE("An image is offered, accepted and rejected", "[members]") {
    TemporaryImage const image{"shared data", Image{.name = unique()}};
    std::string const other = alt().project_id();
    CHECK_FALSE(alt().glance().find_image(image.id()).has_value());
    (void)demo().sent();

    Member const offered = glance().add_member(image.record(), {.member_id = other});
    auto const sent = demo().sent();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].line() == "POST /v2/images/" + image.id() + "/members");
    CHECK(sent[0].body == "{\"member\":\"" + other + "\"}");
    CHECK(offered.member_id == other);
    CHECK(offered.image_id == image.id());
    CHECK(offered.status == MemberStatus::pending);
    CHECK(offered.created_at.has_value());
    CHECK(offered.schema == "/v2/schemas/member");
    CHECK(alt().glance().download_image(image.id()) == "shared data");  // whoever knows the id needn't accept
    CHECK(is_listed_for_alt(image, MemberStatus::pending));
    CHECK_FALSE(is_listed_for_alt(image, MemberStatus::accepted));

    for (MemberStatus const status : {MemberStatus::accepted, MemberStatus::rejected, MemberStatus::pending}) {
        Member const now = alt().glance().update_member(other, image.record(), {.status = status});
        CHECK(now.status == status);
        CHECK(now == glance().get_member(now, image.record()));
        CHECK(is_listed_for_alt(image, status));
        CHECK_FALSE(is_listed_for_alt(
            image, status == MemberStatus::accepted ? MemberStatus::rejected : MemberStatus::accepted));
    }
    (void)alt().sent();
    Member const accepted = alt().glance().update_member(other, image.id(), {.status = MemberStatus::accepted});
    auto const update = alt().sent();
    REQUIRE(update.size() == 1);
    CHECK(update[0].line() == "PUT /v2/images/" + image.id() + "/members/" + other);
    CHECK(update[0].body == R"({"status":"accepted"})");
    CHECK(alt().glance().update_member(accepted, image.id(), {.status = MemberStatus::accepted}) == accepted);
    CHECK(alt().sent().empty());
    CHECK_FALSE(ids(alt().glance().images(where<&Image::name> == *image.record().name)).empty());

    glance().remove_member(accepted, image.record());
    CHECK_FALSE(alt().glance().find_image(image.id()).has_value());
    check_is_told(caught<openstack::ResourceNotFound>([&] { (void)alt().glance().download_image(image.id()); }));
}

// tempest: ImagesMemberTest.test_get_image_member, ImagesMemberTest.test_remove_image_member
TEST_CASE("Members are listed, found, got and removed", "[members]") {
    TemporaryImage const image;
    CHECK(glance().members(image.record()).all().empty());
    std::vector<std::string> const projects{alt().project_id(), admin().project_id(), unique("project")};
    for (std::string const& each : projects) glance().add_member(image.id(), {.member_id = each});
    CHECK_THAT(ids(glance().members(image.record())), Catch::UnorderedEquals(projects));
    CHECK_THAT(ids(glance().members(image.id())), Catch::UnorderedEquals(projects));

    for (std::string const& each : projects) {
        Member const member = glance().get_member(each, image.record());
        CHECK(member.member_id == each);
        CHECK(glance().get_member(member, image.id()) == member);
        CHECK(glance().find_member(each, image.record()) == std::optional{member});
        CHECK(glance().find_member(each, image.record(), must_exist) == member);
    }
    // A member sees nobody but itself.
    CHECK(ids(alt().glance().members(image.id())) == std::vector{alt().project_id()});

    std::string const nobody = unique("nobody");
    CHECK_FALSE(glance().find_member(nobody, image.record()).has_value());
    CHECK_THROWS_AS(glance().find_member(nobody, image.record(), must_exist), openstack::ResourceNotFound);
    check_is_told(caught<openstack::ResourceNotFound>([&] { (void)glance().get_member(nobody, image.record()); }));
    check_is_told(
        caught<openstack::ResourceNotFound>([&] { glance().remove_member(nobody, image.record(), must_exist); }));
    CHECK_NOTHROW(glance().remove_member(nobody, image.record()));

    glance().remove_member(projects[2], image.record(), must_exist);
    CHECK(ids(glance().members(image.record())).size() == 2);
    glance().remove_member(glance().get_member(projects[1], image.record()), image.record());
    CHECK(ids(glance().members(image.record())) == std::vector{projects[0]});
}

// tempest: ImagesMemberNegativeTest.test_image_share_invalid_status,
// ImagesMemberNegativeTest.test_image_share_owner_cannot_accept
TEST_CASE("Who may not share or accept is told so", "[members]") {
    TemporaryImage const image;
    std::string const other = alt().project_id();
    check_is_told(
        caught<openstack::ResourceNotFound>([&] { alt().glance().add_member(image.record(), {.member_id = other}); }));
    check_is_told(
        caught<openstack::Forbidden>([&] { reader().glance().add_member(image.id(), {.member_id = other}); }));

    Member const member = glance().add_member(image.record(), {.member_id = other});
    check_is_told(caught<openstack::Forbidden>([&] {  // the owner can't accept for the other
        glance().update_member(member, image.record(), {.status = MemberStatus::accepted});
    }));
    CHECK(glance().get_member(member, image.record()).status == MemberStatus::pending);
    check_is_told(caught<openstack::BadRequest>([&] {
        alt().glance().update_member(member, image.record(), {.status = Open<MemberStatus>::from_text("perhaps")});
    }));
    check_is_told(caught<openstack::Conflict>([&] { glance().add_member(image.record(), {.member_id = other}); }));
    check_is_told(caught<openstack::Forbidden>([&] { alt().glance().remove_member(member, image.record()); }));
    check_is_told(caught<openstack::ResourceNotFound>(
        [&] { glance().update_member(unique("nobody"), image.record(), {.status = MemberStatus::accepted}); }));
    CHECK(glance().get_member(member, image.record()).status == MemberStatus::pending);

    for (Visibility const visibility : {Visibility::private_, Visibility::community}) {
        TemporaryImage const unshared{Image{.visibility = visibility}};
        check_is_told(
            caught<openstack::Forbidden>([&] { glance().add_member(unshared.record(), {.member_id = other}); }));
    }
    CHECK_THROWS_AS(glance().update_member(member, image.record(), {.member_id = "another"}),
                    openstack::InvalidRequest);
    CHECK_THROWS_AS(glance().members(Image{}), openstack::InvalidRequest);
}
