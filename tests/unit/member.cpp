// SPDX-License-Identifier: Apache-2.0
// Member: its declaration, and what is sent and read of it.
#include <openstack/image/v2/member.hpp>

#include <catch2/catch.hpp>
#include <openstack/changes.hpp>
#include <openstack/from_json.hpp>
#include <openstack/to_json.hpp>
#include <string>
#include <string_view>

using namespace openstack;
using image::v2::Member, image::v2::MemberStatus;

static_assert(Resource<Member>);

TEST_CASE("A member lives below its image and is identified by its project", "[member]") {
    constexpr ResourceInfo info = Member::resource;
    CHECK(info.service == "image");
    CHECK(info.path == "/v2/images/{image_id}/members");
    CHECK(info.plural == "members");
    CHECK(info.key == "");
    CHECK(info.create == Create::post);
    CHECK(info.update == Update::put_changes);
    CHECK(info.page_size == 0);
    CHECK(identity(Member{.member_id = "p"}) == "p");
}

TEST_CASE("The service is told another name than it answers with", "[member]") {
    CHECK(to_create_body(Member{.member_id = "p"}) == R"({"member":"p"})");
    Member const before{.member_id = "p", .status = MemberStatus::pending};
    Member const after{.member_id = "p", .status = MemberStatus::accepted};
    CHECK(detail::to_changes_body(before, after) == R"({"status":"accepted"})");
}

TEST_CASE("A member is read whole, and written back the same", "[member]") {
    std::string const text = R"({"created_at": "2026-11-22T00:07:12Z", "image_id": "i", "member_id": "p",
        "schema": "/v2/schemas/member", "status": "pending", "updated_at": "2026-11-22T00:07:13Z"})";
    Member const member = from_json<Member>(text);
    CHECK(member.member_id == "p");
    CHECK(member.image_id == "i");
    CHECK(member.status == MemberStatus::pending);
    CHECK(to_string(*member.created_at) == "2026-11-22T00:07:12Z");
    CHECK(to_string(*member.updated_at) == "2026-11-22T00:07:13Z");
    CHECK(member.schema == "/v2/schemas/member");
    CHECK(from_json<Member>(to_json(member)) == member);
}

TEST_CASE("A member's status may be one that nobody knows yet", "[member][row:94]") {
    CHECK(from_json<Member>(R"({"status": "rejected"})").status == MemberStatus::rejected);
    Member const member = from_json<Member>(R"({"status": "undecided"})");
    CHECK_FALSE(member.status->is_known());
    CHECK(to_string(*member.status) == "undecided");
}
