// SPDX-License-Identifier: Apache-2.0
// Where each of the 24 attributes of openstacksdk's Image class lives here. Four of them aren't an image's: as members
// of one the service would store them as custom properties.
#include <concepts>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <openstack/image/v2/image.hpp>
#include <openstack/patch.hpp>

using namespace openstack;
using namespace openstack::image::v2;

namespace {

/// Whether the member holds a T, under that name on the wire.
template<auto Member, class T>
constexpr bool holds(std::string_view wire) {
    return std::same_as<typename FieldInfo<Member>::value_type, T> && wire_name<Member> == wire;
}

/// Whether Image has no member of that name.
constexpr bool is_elsewhere(std::string_view name) {
    bool is_member = false;
    for_each_field<Image>([&](auto field) { is_member = is_member || field.name == name || field.wire_name == name; });
    return !is_member;
}

static_assert(holds<&Image::checksum, std::string>("checksum"));
static_assert(holds<&Image::container_format, Open<ContainerFormat>>("container_format"));
static_assert(holds<&Image::created_at, Timestamp>("created_at"));
static_assert(holds<&Image::disk_format, Open<DiskFormat>>("disk_format"));
static_assert(holds<&Image::is_protected, bool>("protected"));
static_assert(holds<&Image::min_disk, std::int32_t>("min_disk"));
static_assert(holds<&Image::min_ram, std::int32_t>("min_ram"));
static_assert(holds<&Image::name, std::string>("name"));
static_assert(holds<&Image::owner_id, std::string>("owner"));
static_assert(std::same_as<decltype(Image::properties), Properties>);
static_assert(holds<&Image::size, std::uint64_t>("size"));
static_assert(field_info<&Image::store>.header == "X-Image-Meta-Store" && !field_info<&Image::store>.is_in_json);
static_assert(holds<&Image::status, Open<ImageStatus>>("status"));
static_assert(holds<&Image::tags, std::vector<std::string>>("tags"));
static_assert(holds<&Image::updated_at, Timestamp>("updated_at"));
static_assert(holds<&Image::virtual_size, std::uint64_t>("virtual_size"));
static_assert(holds<&Image::visibility, Open<Visibility>>("visibility"));
static_assert(holds<&Image::file, std::string>("file"));
static_assert(holds<&Image::locations, std::vector<Location>>("locations"));
static_assert(holds<&Image::direct_url, std::string>("direct_url"));
static_assert(std::same_as<decltype(PatchOperation::path), std::string> && is_elsewhere("path"));
static_assert(std::same_as<decltype(PatchOperation::value), std::string> && is_elsewhere("value"));
static_assert(holds<&Location::url, std::string>("url") && is_elsewhere("url"));
static_assert(wire_name<&Location::metadata> == "metadata" && is_elsewhere("metadata"));

}  // namespace
