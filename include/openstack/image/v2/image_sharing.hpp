// SPDX-License-Identifier: Apache-2.0
// Whom an image is shared with.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include <openstack/image/v2/member.hpp>
#include <openstack/proxy.hpp>

namespace openstack::image::v2 {

/// The part of the Image service's Proxy that shares images (Image API v2, section "Sharing").
template<class ImageType, class MemberType>
class ImageSharing {
    using ImageRef = ResourceRef<ImageType>;
    using MemberRef = ResourceRef<MemberType>;

  public:
    /// Acts by that session.
    explicit ImageSharing(Session session) : session_(std::move(session)) {}

    /// Shares the image with the project `member.member_id`. Throws Conflict if it is already. HTTP: POST
    /// /v2/images/{id}/members.
    MemberType add_member(ImageRef const& image, MemberType const& member) const {
        return members_of(image).create(member);
    }
    /// Ends the sharing. A member that isn't there is no error. HTTP: DELETE /v2/images/{id}/members/{member}.
    void remove_member(MemberRef const& member, ImageRef const& image) const { members_of(image).remove(member); }
    /// The same, but throws ResourceNotFound for a member that isn't there.
    void remove_member(MemberRef const& member, ImageRef const& image, MustExist) const {
        members_of(image).remove(member, must_exist);
    }
    /// Accepts or rejects an offered image; only the member itself may. HTTP: PUT /v2/images/{id}/members/{member}.
    MemberType update_member(MemberRef const& member, ImageRef const& image, MemberType const& changes) const {
        return members_of(image).update(member, changes);
    }
    /// The share of that project. Throws ResourceNotFound. HTTP: GET /v2/images/{id}/members/{member}.
    [[nodiscard]] MemberType get_member(MemberRef const& member, ImageRef const& image) const {
        return members_of(image).get(member);
    }
    /// The share of that project; nothing if there is none. HTTP: GET /v2/images/{id}/members/{member}.
    [[nodiscard]] std::optional<MemberType> find_member(std::string_view project_id, ImageRef const& image) const {
        return members_of(image).find(project_id);
    }
    /// The same, but throws ResourceNotFound if there is none.
    [[nodiscard]] MemberType find_member(std::string_view project_id, ImageRef const& image, MustExist) const {
        return members_of(image).find(project_id, must_exist);
    }
    /// All members; the service doesn't filter them. HTTP: GET /v2/images/{id}/members.
    [[nodiscard]] Listing<MemberType> members(ImageRef const& image) const { return members_of(image).list(); }

  private:
    [[nodiscard]] openstack::Proxy<MemberType> members_of(ImageRef const& image) const {
        return openstack::Proxy<MemberType>{session_, image.id()};
    }

    Session session_;
};

}  // namespace openstack::image::v2
