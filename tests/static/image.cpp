// SPDX-License-Identifier: Apache-2.0
// What the compiler knows of Image: wire names, access, queries, and that it is a plain value.
#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>

#include <openstack/openstack.hpp>

using namespace openstack;
using namespace openstack::image::v2;

namespace {

static_assert(Resource<Image> && !Resource<Location> && !Resource<std::string>);
static_assert(Described<Image> && Described<Location> && describes_all_members<Image>);

// A plain value, which holds no connection, and may be moved while a container grows.
static_assert(std::is_aggregate_v<Image> && std::regular<Image>);
static_assert(std::is_nothrow_move_constructible_v<Image> && std::is_nothrow_move_assignable_v<Image>);
static_assert(std::is_aggregate_v<Location> && std::regular<Location>);

// The service's names, where they aren't the members' own.
static_assert(wire_name<&Image::is_protected> == "protected" && wire_name<&Image::is_hidden> == "os_hidden");
static_assert(wire_name<&Image::hash_algo> == "os_hash_algo" && wire_name<&Image::hash_value> == "os_hash_value");
static_assert(wire_name<&Image::owner_id> == "owner" && wire_name<&Image::min_ram> == "min_ram");
static_assert(field_info<&Image::tags>.query_name == "tag" && wire_name<&Image::tags> == "tags");
static_assert(field_info<&Image::is_hidden>.name == "is_hidden" &&
              field_info<&Image::is_hidden>.pointer == &Image::is_hidden);

// Who sets what: the service alone, create alone, or an update too.
static_assert(is_read_only<&Image::status> && is_read_only<&Image::checksum> && is_read_only<&Image::hash_algo> &&
              is_read_only<&Image::hash_value> && is_read_only<&Image::size> && is_read_only<&Image::virtual_size> &&
              is_read_only<&Image::created_at> && is_read_only<&Image::updated_at> && is_read_only<&Image::file> &&
              is_read_only<&Image::direct_url> && is_read_only<&Image::stores> && is_read_only<&Image::self> &&
              is_read_only<&Image::schema> && is_read_only<&Image::member_status>);
static_assert(!is_read_only<&Image::id> && !is_patchable<&Image::id>);
static_assert(!is_read_only<&Image::store> && !is_patchable<&Image::store>);
static_assert(is_patchable<&Image::name> && is_patchable<&Image::disk_format> &&
              is_patchable<&Image::container_format> && is_patchable<&Image::visibility> &&
              is_patchable<&Image::min_disk> && is_patchable<&Image::min_ram> && is_patchable<&Image::is_protected> &&
              is_patchable<&Image::is_hidden> && is_patchable<&Image::owner_id> && is_patchable<&Image::tags> &&
              is_patchable<&Image::locations>);

/// How many of Image's fields fit.
template<class Condition>
constexpr int count_fields(Condition condition) {
    int count = 0;
    for_each_field<Image>([&](auto field) { count += condition(field) ? 1 : 0; });
    return count;
}
static_assert(count_fields([](auto field) { return field.is_read_only; }) == 14);
static_assert(count_fields([](auto field) { return field.is_patchable && !field.is_catch_all; }) == 11);
static_assert(count_fields([](auto field) { return field.is_catch_all; }) == 1);
static_assert(count_fields([](auto field) { return !field.header.empty(); }) == 1);

// What a listing can be asked for.
static_assert(is_filterable<&Image::id> && is_filterable<&Image::name> && is_filterable<&Image::visibility> &&
              is_filterable<&Image::is_protected> && is_filterable<&Image::size> && is_filterable<&Image::created_at> &&
              is_filterable<&Image::tags> && is_filterable<&Image::member_status> && is_filterable<&Image::owner_id>);
static_assert(!is_filterable<&Image::file> && !is_filterable<&Image::locations> && !is_filterable<&Image::store> &&
              !is_filterable<&Image::direct_url> && !is_filterable<&Image::schema>);
static_assert(is_sortable<&Image::id> && is_sortable<&Image::name> && is_sortable<&Image::status> &&
              is_sortable<&Image::disk_format> && is_sortable<&Image::container_format> && is_sortable<&Image::size> &&
              is_sortable<&Image::created_at> && is_sortable<&Image::updated_at>);
static_assert(count_fields([](auto field) { return field.is_sortable; }) == 8);

template<auto Member, class... Operators>
constexpr bool compares_by_only = [] {
    using options = typename FieldInfo<Member>::options;
    constexpr int all = (options::template has_operator<Eq> + options::template has_operator<Neq> +
                         options::template has_operator<Lt> + options::template has_operator<Lte> +
                         options::template has_operator<Gt> + options::template has_operator<Gte> +
                         options::template has_operator<In> + options::template has_operator<Contains>);
    return (options::template has_operator<Operators> && ...) && all == sizeof...(Operators);
}();
static_assert(compares_by_only<&Image::created_at, Eq, Neq, Lt, Lte, Gt, Gte>);
static_assert(compares_by_only<&Image::status, Eq, In> && compares_by_only<&Image::name, Eq, In>);
static_assert(compares_by_only<&Image::size, Eq, Gte, Lte> && compares_by_only<&Image::min_ram, Eq, Gte, Lte>);
static_assert(compares_by_only<&Image::tags, Contains> && compares_by_only<&Image::visibility, Eq>);
static_assert(compares_by_only<&Image::file>);

// What the fields of an image can be made from, and what they can't.
static_assert(std::constructible_from<decltype(Image::name), char const*> &&
              std::constructible_from<decltype(Image::name), std::string_view> &&
              std::constructible_from<decltype(Image::name), Null>);
static_assert(!std::constructible_from<decltype(Image::name), int> &&
              !std::constructible_from<decltype(Image::tags), std::string> &&
              !std::constructible_from<decltype(Image::visibility), char const*> &&
              !std::constructible_from<decltype(Image::visibility), DiskFormat>);
static_assert(std::copyable<decltype(Image::status)> && !std::assignable_from<decltype(Image::status)&, bool>);

// The service and its resources, for programs.
static_assert(Image::resource.service == "image" && Image::resource.path == "/v2/images" &&
              Image::resource.plural == "images" && Image::resource.key.empty());
static_assert(Image::resource.create == Create::post && Image::resource.update == Update::json_patch);
static_assert(std::constructible_from<image::v2::Proxy, Connection&> && std::copyable<image::v2::Proxy>);
static_assert(std::constructible_from<openstack::Proxy<Image>, Connection&> && std::copyable<Session>);

}  // namespace
