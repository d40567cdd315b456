// SPDX-License-Identifier: Apache-2.0
// Member: another project's share of an image (Image API v2, section "Sharing").
#pragma once

#include <string>

#include <openstack/resource.hpp>

namespace openstack::image::v2 {

/// What the other project thinks of the offer. Only that project may change it.
enum class MemberStatus { pending, accepted, rejected };
BOOST_DESCRIBE_ENUM(MemberStatus, pending, accepted, rejected)

/// One project that an image is shared with.
struct Member {
    /// Where the service has the members of an image.
    static constexpr ResourceInfo resource{.service = "image",
                                           .path = "/v2/images/{image_id}/members",
                                           .plural = "members",
                                           .update = Update::put_changes};

    Field<std::string, CreateOnly, Wire<"member_id">, WriteAs<"member">> member_id{};  ///< the project's id
    Field<Open<MemberStatus>> status{};       ///< `pending` at first; an accepted image is listed for the project
    Field<std::string, ReadOnly> image_id{};  ///< the image that is shared
    Field<Timestamp, ReadOnly> created_at{};  ///< when it was offered
    Field<Timestamp, ReadOnly> updated_at{};  ///< when the status last changed
    Field<std::string, ReadOnly> schema{};    ///< the path of the JSON schema

    bool operator==(Member const&) const = default;
    BOOST_DESCRIBE_CLASS(Member, (), (member_id, status, image_id, created_at, updated_at, schema), (), ())
};

}  // namespace openstack::image::v2
