// SPDX-License-Identifier: Apache-2.0
// What the compiler knows of Member: wire names, access, and that it is a plain value.
#include <concepts>
#include <type_traits>

#include <openstack/openstack.hpp>

using namespace openstack;
using image::v2::Image, image::v2::Member, image::v2::MemberStatus;

namespace {

static_assert(Resource<Member> && describes_all_members<Member> && field_count<Member> == 6);
static_assert(std::is_aggregate_v<Member> && std::regular<Member> && std::is_nothrow_move_constructible_v<Member>);

// The service answers with `member_id` and wants `member`.
static_assert(wire_name<&Member::member_id> == "member_id" && field_info<&Member::member_id>.write_name == "member");
static_assert(wire_name<&Member::status> == "status" && field_info<&Member::status>.write_name == "status");

static_assert(!is_read_only<&Member::member_id> && !is_patchable<&Member::member_id>);
static_assert(!is_read_only<&Member::status> && is_patchable<&Member::status>);
static_assert(is_read_only<&Member::image_id> && is_read_only<&Member::created_at> &&
              is_read_only<&Member::updated_at> && is_read_only<&Member::schema>);

// The service neither filters nor sorts members.
static_assert(!is_filterable<&Member::member_id> && !is_filterable<&Member::status>);
static_assert(!is_sortable<&Member::member_id> && !is_sortable<&Member::created_at>);

static_assert(std::constructible_from<decltype(Member::status), MemberStatus> &&
              !std::constructible_from<decltype(Member::status), image::v2::ImageStatus> &&
              !std::constructible_from<decltype(Member::status), bool>);

static_assert(Member::resource.service == "image" && Member::resource.path == "/v2/images/{image_id}/members" &&
              Member::resource.plural == "members" && Member::resource.update == Update::put_changes);

}  // namespace
