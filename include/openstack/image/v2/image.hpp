// SPDX-License-Identifier: Apache-2.0
// Image: the record of an image in the Image service (Image API v2, section "Images").
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <openstack/image/v2/member.hpp>
#include <openstack/resource.hpp>

namespace openstack::image::v2 {

/// The format of the disk that the data is.
enum class DiskFormat { ami, ari, aki, vhd, vhdx, vmdk, raw, qcow2, vdi, iso, ploop, gpt };
BOOST_DESCRIBE_ENUM(DiskFormat, ami, ari, aki, vhd, vhdx, vmdk, raw, qcow2, vdi, iso, ploop, gpt)

/// What the disk is wrapped in; `bare` is nothing.
enum class ContainerFormat { ami, ari, aki, bare, ovf, ova, docker, compressed };
BOOST_DESCRIBE_ENUM(ContainerFormat, ami, ari, aki, bare, ovf, ova, docker, compressed)

/// Who sees the image. `shared`: its owner and its members; `community`: everybody who knows its id.
enum class Visibility { public_, private_, shared, community };
BOOST_DESCRIBE_ENUM(Visibility, public_, private_, shared, community)

/// Where the image is in its life: `queued` has no data yet, `active` can be used.
enum class ImageStatus { queued, saving, uploading, importing, active, deactivated, killed, deleted, pending_delete };
BOOST_DESCRIBE_ENUM(ImageStatus, queued, saving, uploading, importing, active, deactivated, killed, deleted,
                    pending_delete)

/// One place where the data lies. The service shows it if it is configured to.
struct Location {
    Field<std::string> url{};      ///< in the store's own scheme, such as rbd://; it may hold a store's secrets
    Field<Properties> metadata{};  ///< such as the store's name; stores add what they like

    bool operator==(Location const&) const = default;
    BOOST_DESCRIBE_CLASS(Location, (), (url, metadata), (), ())
};

/// An image's record. A plain value: it can be copied and compared, and holds no connection.
struct Image {
    /// Where the service has images, and how it's told of changes.
    static constexpr ResourceInfo resource{.service = "image",
                                           .path = "/v2/images",
                                           .plural = "images",
                                           .update = Update::json_patch,
                                           .page_size = 200,
                                           .patch_type = "application/openstack-images-v2.1-json-patch"};

    /// A UUID. The service chooses it unless create names one.
    Field<std::string, CreateOnly, UuidOnCreate, Filterable<Eq, In>, OperatorPrefix, Sortable> id{};
    Field<std::string, Filterable<Eq, In>, OperatorPrefix, Sortable> name{};  ///< at most 255 characters; not unique
    /// Needed before data is sent.
    Field<Open<DiskFormat>, Filterable<Eq, In>, OperatorPrefix, Sortable> disk_format{};
    /// Needed before data is sent.
    Field<Open<ContainerFormat>, Filterable<Eq, In>, OperatorPrefix, Sortable> container_format{};
    Field<Open<Visibility>, Filterable<Eq>> visibility{};  ///< the service's default is `shared`, with nobody yet
    Field<std::int32_t, Filterable<Eq, Gte, Lte>, MinMax> min_disk{};              ///< GB that a disk needs to boot it
    Field<std::int32_t, Filterable<Eq, Gte, Lte>, MinMax> min_ram{};               ///< MB of memory to boot it
    Field<bool, Wire<"protected">, Filterable<Eq>> is_protected{};                 ///< it can't be deleted
    Field<bool, Wire<"os_hidden">, Filterable<Eq>, HiddenWhen<true>> is_hidden{};  ///< not listed unless asked for
    Field<std::string, Wire<"owner">, Filterable<Eq>> owner_id{};  ///< a project; for administrators to set
    Field<std::vector<std::string>, Filterable<Contains>, QueryName<"tag">> tags{};  ///< the service keeps no order
    Field<std::string, Header<"X-Image-Meta-Store">> store{};  ///< where an upload puts the data; never read back
    Field<std::vector<Location>> locations{};                  ///< for clouds that show and let change where data lies

    /// Uploads, deactivate_image and deletion change it.
    Field<Open<ImageStatus>, ReadOnly, Filterable<Eq, In>, OperatorPrefix, Sortable> status{};
    Field<std::uint64_t, ReadOnly, Filterable<Eq, Gte, Lte>, MinMax, Sortable> size{};  ///< bytes of data; null before
    Field<std::uint64_t, ReadOnly, Filterable<Eq, Gte, Lte>, MinMax> virtual_size{};    ///< bytes of the disk it holds
    Field<std::string, ReadOnly, Filterable<Eq>> checksum{};  ///< MD5 of the data; null on clouds without MD5
    Field<std::string, ReadOnly, Wire<"os_hash_algo">, Filterable<Eq>> hash_algo{};    ///< such as "sha512"
    Field<std::string, ReadOnly, Wire<"os_hash_value">, Filterable<Eq>> hash_value{};  ///< of the data, hexadecimal
    /// To the second, by the service's clock.
    Field<Timestamp, ReadOnly, Filterable<Eq, Neq, Gt, Gte, Lt, Lte>, OperatorPrefix, Sortable> created_at{};
    /// When the record or the status last changed.
    Field<Timestamp, ReadOnly, Filterable<Eq, Neq, Gt, Gte, Lt, Lte>, OperatorPrefix, Sortable> updated_at{};
    Field<std::string, ReadOnly> file{};        ///< the path of the data
    Field<std::string, ReadOnly> direct_url{};  ///< where the first store has it, for clouds that show it
    Field<std::string, ReadOnly> stores{};      ///< the stores that have the data, separated by commas
    Field<std::string, ReadOnly> self{};        ///< the path of this record
    Field<std::string, ReadOnly> schema{};      ///< the path of the JSON schema
    /// As a filter, with `visibility == shared`: images offered to this project that it accepted (the default), ...
    Field<Open<MemberStatus>, ReadOnly, QueryOnly, Filterable<Eq>> member_status{};

    Properties properties{};  ///< custom properties: everything else, text to text

    bool operator==(Image const&) const = default;
    BOOST_DESCRIBE_CLASS(Image, (),
                         (id, name, disk_format, container_format, visibility, min_disk, min_ram, is_protected,
                          is_hidden, owner_id, tags, store, locations, status, size, virtual_size, checksum, hash_algo,
                          hash_value, created_at, updated_at, file, direct_url, stores, self, schema, member_status,
                          properties),
                         (), ())
};

}  // namespace openstack::image::v2
