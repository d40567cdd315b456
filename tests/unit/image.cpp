// SPDX-License-Identifier: Apache-2.0
// Image: each attribute with its wire name and access, what is sent, and what queries it takes.
#include <openstack/image/v2/image.hpp>

#include <catch2/catch.hpp>
#include <openstack/from_json.hpp>
#include <openstack/patch.hpp>
#include <openstack/query.hpp>
#include <openstack/to_json.hpp>
#include <string>
#include <string_view>

using namespace openstack;
using namespace openstack::image::v2;

namespace {

enum Access { read_only, create_only, patchable, upload_header };

template<auto Member>
bool is(std::string_view name, Access access) {
    constexpr auto field = field_info<Member>;
    Access const found = field.is_read_only      ? read_only
                         : !field.header.empty() ? upload_header
                         : is_patchable<Member>  ? patchable
                                                 : create_only;
    return wire_name<Member> == name && found == access;
}

/// What a member of this name in the JSON document becomes.
Image read(std::string const& name, std::string const& value) {
    return from_json<Image>("{\"" + name + "\": " + value + '}');
}

std::string const real =
    R"({"os_distro": "cirros", "hw_disk_bus": "virtio", "name": "cirros \u00e9", "disk_format": "raw",
    "container_format": "bare", "visibility": "shared", "size": 65540, "virtual_size": 65540, "status": "active",
    "checksum": "98eaa0b730d254e81076766380192c64", "protected": false, "min_ram": 64, "min_disk": 1,
    "owner": "bd5ba28cba344adcbde5fed5c4bba898", "os_hidden": false, "os_hash_algo": "sha512", "os_hash_value": "ee94",
    "id": "676753d3-47fb-402b-a069-5475266e55c1", "created_at": "2026-11-22T00:07:08Z",
    "updated_at": "2026-11-22T00:07:09Z", "locations": [{"url": "file:///a", "metadata": {"store": "fast"}}],
    "direct_url": "file:///a", "stores": "fast", "tags": ["a", "b"],
    "self": "/v2/images/676753d3", "file": "/v2/images/676753d3/file", "schema": "/v2/schemas/image"})";

}  // namespace

static_assert(Resource<Image>);

TEST_CASE("Each attribute has its name on the wire and its access", "[image]") {
    CHECK(is<&Image::id>("id", create_only));
    CHECK(is<&Image::checksum>("checksum", read_only));
    CHECK(is<&Image::container_format>("container_format", patchable));
    CHECK(is<&Image::created_at>("created_at", read_only));
    CHECK(is<&Image::disk_format>("disk_format", patchable));
    CHECK(is<&Image::is_protected>("protected", patchable));
    CHECK(is<&Image::is_hidden>("os_hidden", patchable));
    CHECK(is<&Image::min_disk>("min_disk", patchable));
    CHECK(is<&Image::min_ram>("min_ram", patchable));
    CHECK(is<&Image::name>("name", patchable));
    CHECK(is<&Image::owner_id>("owner", patchable));
    CHECK(is<&Image::size>("size", read_only));
    CHECK(is<&Image::store>("store", upload_header));
    CHECK(is<&Image::status>("status", read_only));
    CHECK(is<&Image::tags>("tags", patchable));
    CHECK(is<&Image::updated_at>("updated_at", read_only));
    CHECK(is<&Image::virtual_size>("virtual_size", read_only));
    CHECK(is<&Image::visibility>("visibility", patchable));
    CHECK(is<&Image::file>("file", read_only));
    CHECK(is<&Image::locations>("locations", patchable));
    CHECK(is<&Image::direct_url>("direct_url", read_only));
    CHECK(is<&Image::hash_algo>("os_hash_algo", read_only));
    CHECK(is<&Image::hash_value>("os_hash_value", read_only));
    CHECK(is<&Image::stores>("stores", read_only));
    CHECK(is<&Image::self>("self", read_only));
    CHECK(is<&Image::schema>("schema", read_only));
    STATIC_REQUIRE(field_info<&Image::properties>.is_catch_all);
    CHECK(field_info<&Image::store>.header == "X-Image-Meta-Store");
}

TEST_CASE("A location's and a patch's attributes are theirs, on an image they are custom properties", "[image]") {
    CHECK(wire_name<&Location::url> == "url");
    CHECK(wire_name<&Location::metadata> == "metadata");
    PatchOperation const operation{.op = "add", .path = "/url", .value = "\"x\""};
    CHECK(operation.path == "/url");
    CHECK(operation.value == "\"x\"");
    for (std::string const name : {"path", "value", "url", "metadata", "store", "member_status"})
        CHECK(read(name, "\"x\"").properties.at(name) == "x");
}

TEST_CASE("What the service writes is read, and written back the same", "[image]") {
    Image const image = from_json<Image>(real);
    CHECK(image.id == "676753d3-47fb-402b-a069-5475266e55c1");
    CHECK(image.name == "cirros \xc3\xa9");
    CHECK(image.disk_format == DiskFormat::raw);
    CHECK(image.container_format == ContainerFormat::bare);
    CHECK(image.visibility == Visibility::shared);
    CHECK(image.min_disk == 1);
    CHECK(image.min_ram == 64);
    CHECK(image.is_protected == false);
    CHECK(image.is_hidden == false);
    CHECK(image.owner_id == "bd5ba28cba344adcbde5fed5c4bba898");
    CHECK(image.tags == std::vector<std::string>{"a", "b"});
    CHECK(image.store.is_unset());
    REQUIRE(image.locations->size() == 1);
    CHECK(image.locations->at(0).url == "file:///a");
    CHECK(image.locations->at(0).metadata->at("store") == "fast");
    CHECK(image.status == ImageStatus::active);
    CHECK(image.size == 65540);
    CHECK(image.virtual_size == 65540);
    CHECK(image.checksum == "98eaa0b730d254e81076766380192c64");
    CHECK(image.hash_algo == "sha512");
    CHECK(image.hash_value == "ee94");
    CHECK(to_string(*image.created_at) == "2026-11-22T00:07:08Z");
    CHECK(to_string(*image.updated_at) == "2026-11-22T00:07:09Z");
    CHECK(image.file == "/v2/images/676753d3/file");
    CHECK(image.direct_url == "file:///a");
    CHECK(image.stores == "fast");
    CHECK(image.self == "/v2/images/676753d3");
    CHECK(image.schema == "/v2/schemas/image");
    CHECK(image.member_status.is_unset());
    CHECK(image.properties == Properties{{"os_distro", "cirros"}, {"hw_disk_bus", "virtio"}});
    CHECK(from_json<Image>(to_json(image)) == image);
}

TEST_CASE("What has no value yet is null", "[image][row:91]") {
    for (std::string const name : {"name", "disk_format", "container_format", "size", "virtual_size", "checksum",
                                   "owner", "os_hash_algo", "os_hash_value"})
        CHECK(read(name, "null") != Image{});
    CHECK(read("size", "null").size.is_null());
    CHECK(read("size", "18446744073709551615").size == 18446744073709551615U);
}

TEST_CASE("Every format, visibility and status has its word", "[image][row:94]") {
    for (std::string const word :
         {"ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop", "gpt"})
        CHECK(read("disk_format", '"' + word + '"').disk_format->is_known());
    for (std::string const word : {"ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed"})
        CHECK(read("container_format", '"' + word + '"').container_format->is_known());
    for (std::string const word : {"public", "private", "shared", "community"})
        CHECK(read("visibility", '"' + word + '"').visibility->is_known());
    for (std::string const word :
         {"queued", "saving", "uploading", "importing", "active", "deactivated", "killed", "deleted", "pending_delete"})
        CHECK(read("status", '"' + word + '"').status->is_known());
    CHECK(read("visibility", "\"public\"").visibility == Visibility::public_);
    CHECK_FALSE(read("visibility", "\"public_\"").visibility->is_known());
    CHECK(to_string(*read("disk_format", "\"future\"").disk_format) == "future");
}

TEST_CASE("Create sends what the caller may choose", "[image]") {
    CHECK(
        to_create_body(from_json<Image>(real)) ==
        "{\"id\":\"676753d3-47fb-402b-a069-5475266e55c1\",\"name\":\"cirros \xc3\xa9\",\"disk_format\":\"raw\","
        R"("container_format":"bare","visibility":"shared","min_disk":1,"min_ram":64,"protected":false,)"
        R"("os_hidden":false,"owner":"bd5ba28cba344adcbde5fed5c4bba898","tags":["a","b"],)"
        R"("locations":[{"url":"file:///a","metadata":{"store":"fast"}}],"hw_disk_bus":"virtio","os_distro":"cirros"})");
    CHECK(to_create_body(Image{.store = "fast"}) == "{}");
}

TEST_CASE("The service's filters are ours", "[image][row:110]") {
    Timestamp const time = *Timestamp::parse("2026-11-22T00:00:00Z");
    CHECK(Query<Image>{where<&Image::id>.in({"a", "b"}),
                       where<&Image::name> == "n:1",
                       where<&Image::disk_format> == DiskFormat::qcow2,
                       where<&Image::container_format>.in({ContainerFormat::bare}),
                       where<&Image::visibility> == Visibility::public_,
                       where<&Image::min_disk> >= 1,
                       where<&Image::min_ram> <= 2,
                       where<&Image::is_protected> == true,
                       where<&Image::is_hidden> == false,
                       where<&Image::owner_id> == "o",
                       where<&Image::tags>.contains("t"),
                       where<&Image::status> == ImageStatus::active,
                       where<&Image::size> >= 3,
                       where<&Image::virtual_size> <= 4,
                       where<&Image::checksum> == "c",
                       where<&Image::hash_algo> == "md5",
                       where<&Image::hash_value> == "h",
                       where<&Image::created_at> > time,
                       where<&Image::updated_at> <= time,
                       where<&Image::member_status> == MemberStatus::pending,
                       property("os_distro") == "d:1"}
              .parameters() == std::vector<QueryParameter>{{"id", "in:a,b"},
                                                           {"name", "eq:n:1"},
                                                           {"disk_format", "eq:qcow2"},
                                                           {"container_format", "in:bare"},
                                                           {"visibility", "public"},
                                                           {"min_disk_min", "1"},
                                                           {"min_ram_max", "2"},
                                                           {"protected", "true"},
                                                           {"os_hidden", "false"},
                                                           {"owner", "o"},
                                                           {"tag", "t"},
                                                           {"status", "eq:active"},
                                                           {"size_min", "3"},
                                                           {"virtual_size_max", "4"},
                                                           {"checksum", "c"},
                                                           {"os_hash_algo", "md5"},
                                                           {"os_hash_value", "h"},
                                                           {"created_at", "gt:2026-11-22T00:00:00Z"},
                                                           {"updated_at", "lte:2026-11-22T00:00:00Z"},
                                                           {"member_status", "pending"},
                                                           {"os_distro", "d:1"}});
}

TEST_CASE("The service's sort keys are ours", "[image]") {
    CHECK(Query<Image>{asc<&Image::name>, desc<&Image::status>, asc<&Image::container_format>,
                       desc<&Image::disk_format>, asc<&Image::size>, desc<&Image::id>, asc<&Image::created_at>,
                       desc<&Image::updated_at>}
              .conditions() ==
          std::vector<QueryParameter>{{"sort",
                                       "name:asc,status:desc,container_format:asc,disk_format:desc,size:asc,"
                                       "id:desc,created_at:asc,updated_at:desc"}});
    STATIC_REQUIRE_FALSE(is_sortable<&Image::checksum>);
    STATIC_REQUIRE_FALSE(is_filterable<&Image::file>);
}

TEST_CASE("The declaration says how the service is used", "[image]") {
    constexpr ResourceInfo info = Image::resource;
    CHECK(info.service == "image");
    CHECK(info.path == "/v2/images");
    CHECK(info.plural == "images");
    CHECK(info.key == "");
    CHECK(info.create == Create::post);
    CHECK(info.update == Update::json_patch);
    CHECK(info.page_size == 200);
    CHECK(info.patch_type == "application/openstack-images-v2.1-json-patch");
}
