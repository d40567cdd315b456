// SPDX-License-Identifier: Apache-2.0
// image::v2::Proxy: all operations of the Image service, by the names that openstacksdk gives them.
#pragma once

#include <utility>

#include <openstack/image/v2/image.hpp>
#include <openstack/image/v2/image_cache.hpp>
#include <openstack/image/v2/image_imports.hpp>
#include <openstack/image/v2/image_locations.hpp>
#include <openstack/image/v2/image_records.hpp>
#include <openstack/image/v2/image_service_info.hpp>
#include <openstack/image/v2/image_sharing.hpp>
#include <openstack/image/v2/image_transfers.hpp>
#include <openstack/image/v2/member.hpp>
#include <openstack/proxy.hpp>

namespace openstack::image::v2 {

/// The Image service, which is the sum of its parts. Cheap to make and to copy; safe to use from several threads at
/// once. What each function throws beside what it says: InvalidRequest before anything is sent, HttpError's subclasses,
/// TransportError, DecodeError.
///
/// `Proxy` is the one for Image. It is a template so that a resource of the caller's own, with Image's fields and more,
/// has all operations too, and so that a program compiles only those that it calls.
template<class ImageType, class MemberType = Member>
class BasicProxy : public ImageRecords<ImageType>,              //
                   public ImageTransfers<ImageType>,            //
                   public ImageImports<ImageType>,              //
                   public ImageSharing<ImageType, MemberType>,  //
                   public ImageLocations<ImageType>,            //
                   public ImageCaching<ImageType>,              //
                   public ImageServiceInfo<Session> {
    static_assert(Resource<ImageType> && Resource<MemberType>, "openstack: what this proxy acts on must be a resource");

  public:
    /// Sends nothing. A Connection is a Session, too.
    explicit BasicProxy(Session session) : BasicProxy(openstack::Proxy<ImageType>{std::move(session)}) {}

    /// As Session::with: `glance.with({.stop = token}).download_image(image)`.
    [[nodiscard]] BasicProxy with(CallOptions options) const { return BasicProxy{session_.with(std::move(options))}; }

    /// The session that it acts by.
    [[nodiscard]] Session const& session() const noexcept { return session_; }

  private:
    explicit BasicProxy(openstack::Proxy<ImageType> const& images)
        : ImageRecords<ImageType>(images),
          ImageTransfers<ImageType>(images),
          ImageImports<ImageType>(images),
          ImageSharing<ImageType, MemberType>(images.session()),
          ImageLocations<ImageType>(images),
          ImageCaching<ImageType>(images.session()),
          ImageServiceInfo<Session>(images.session()),
          session_(images.session()) {}

    Session session_;
};

/// The Image service, with Image as its record.
using Proxy = BasicProxy<Image>;

}  // namespace openstack::image::v2
