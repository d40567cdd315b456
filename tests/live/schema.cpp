// SPDX-License-Identifier: Apache-2.0
// The declarations of Image and Member against the JSON schemas that the service itself gives.
#include <algorithm>
#include <catch2/catch.hpp>
#include <concepts>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "cloud.hpp"

using live::admin, live::demo, live::TemporaryImage;
using live::image::Image, live::image::Member;
using openstack::Field, openstack::FieldInfo, openstack::JsonPatch, openstack::PatchOperation, openstack::Properties,
    openstack::Wire;

namespace {

/// What a schema says of one member. `type` is a text or a list of texts, and `enum` may hold null.
struct MemberSchema {
    Field<bool, Wire<"readOnly">> is_read_only{};
    Field<bool> is_base{};  ///< false: a custom property that the cloud's operator describes
    Properties others{};
    BOOST_DESCRIBE_CLASS(MemberSchema, (), (is_read_only, is_base, others), (), ())

    [[nodiscard]] std::vector<std::string> types() const {
        if (others.contains("type")) return {others.at("type")};
        return openstack::from_json<std::vector<std::string>>(others.raw().at("type"));
    }
    [[nodiscard]] std::vector<std::string> values() const {
        if (!others.raw().contains("enum")) return {};
        std::string list = others.raw().at("enum");
        if (list.starts_with("[null")) list.replace(1, list.starts_with("[null,") ? 5 : 4, "");
        return openstack::from_json<std::vector<std::string>>(list);
    }
};

struct Schema {
    Field<std::map<std::string, MemberSchema>> properties{};
    BOOST_DESCRIBE_CLASS(Schema, (), (properties), (), ())
};

std::map<std::string, MemberSchema> schema(std::string const& name) {
    auto const answer = demo().session().send("image", {.url = "/v2/schemas/" + name});
    return *openstack::from_json<Schema>(answer.body).properties;
}

template<class T>
inline constexpr bool is_open_enum = false;
template<class E>
inline constexpr bool is_open_enum<openstack::Open<E>> = true;
template<class T>
inline constexpr bool is_list = false;
template<class T>
inline constexpr bool is_list<std::vector<T>> = true;

template<class T>
constexpr std::string_view json_type() {
    return std::same_as<T, bool> ? "boolean" : std::integral<T> ? "integer" : is_list<T> ? "array" : "string";
}

/// Compares each field with the schema, and each member of the schema with the fields. `is_ours` names the fields whose
/// ReadOnly or CreateOnly the schema doesn't tell.
template<class T>
void compare(std::map<std::string, MemberSchema> const& schema, std::vector<std::string> const& is_ours) {
    std::vector<std::string> described;
    openstack::for_each_field<T>([&]<auto Field, class Descriptor>(FieldInfo<Field, Descriptor> field) {
        using Value = typename FieldInfo<Field, Descriptor>::value_type;
        if constexpr (field.is_in_json) {
            std::string const name{field.wire_name};
            INFO(name);
            REQUIRE(schema.contains(name));
            described.push_back(name);
            MemberSchema const& told = schema.at(name);
            CHECK_THAT(told.types(), Catch::VectorContains(std::string{json_type<Value>()}));
            bool const is_fixed = !field.is_patchable;
            bool const is_told = std::ranges::find(is_ours, name) == is_ours.end();
            CHECK(is_fixed == (told.is_read_only.value_or(false) || !is_told));
            for (std::string const& value : told.values()) {
                INFO(value);
                if constexpr (is_open_enum<Value>) {
                    CHECK(Value::from_text(value).is_known());
                    CHECK(to_string(Value::from_text(value)) == value);
                } else {
                    FAIL("the values of this field are an enumeration");
                }
            }
            CHECK(is_open_enum<Value> == !told.values().empty());
        }
    });
    for (auto const& [name, told] : schema) {
        INFO(name);
        if (told.is_base.value_or(true)) CHECK_THAT(described, Catch::VectorContains(name));
    }
}

}  // namespace

TEST_CASE("Image is declared as the service describes it", "[schema]") {
    // The schema doesn't mark the id, since create may choose it.
    compare<Image>(schema("image"), {"id"});
    TemporaryImage const image;
    JsonPatch const other_id{PatchOperation::replace("/id", "12345678-1234-1234-1234-123456789012")};
    CHECK_THROWS_AS(demo().glance().patch_image(image.record(), other_id), openstack::Forbidden);
}

TEST_CASE("Member is declared as the service describes it", "[schema]") {
    // The schema marks nothing but `schema`; the service ignores the others in what is sent.
    compare<Member>(schema("member"), {"member_id", "image_id", "created_at", "updated_at"});
    TemporaryImage const image;
    std::string const project = live::variable("ALT_PROJECT_ID");
    Member const made = demo().glance().add_member(image.record(), {.member_id = project});
    openstack::Request request{.method = "PUT",
                               .url = "/v2/images/" + image.id() + "/members/" + project,
                               .body = R"({"status": "accepted", "created_at": "2001-01-01T00:00:00Z", "image_id": "x",
                                           "member_id": "x", "updated_at": "2001-01-01T00:00:00Z"})"};
    request.headers.set("Content-Type", "application/json");
    static_cast<void>(live::alt().session().send("image", request));
    Member const now = live::alt().glance().get_member(project, image.record());
    CHECK(now.status == live::image::MemberStatus::accepted);
    CHECK(now.created_at == made.created_at);
    CHECK(now.updated_at.value() >= made.updated_at.value());
    CHECK(now.image_id == image.id());
    CHECK(now.member_id == project);
}

TEST_CASE("What is declared read-only is refused by the service even from administrators", "[schema]") {
    TemporaryImage const image{"data"};
    openstack::for_each_field<Image>([&]<auto Field, class Descriptor>(FieldInfo<Field, Descriptor> field) {
        // The service makes `stores` anew for each answer, and takes a patch of it for one of a custom property.
        if constexpr (field.is_in_json && field.is_read_only && field.wire_name != "stores") {
            std::string const path = '/' + std::string{field.wire_name};
            INFO(path);
            CHECK_THROWS_AS(admin().glance().patch_image(image.id(), {PatchOperation::replace(path, "1")}),
                            openstack::Forbidden);
            CHECK_THROWS_AS(admin().glance().patch_image(image.id(), {PatchOperation::add(path, "1")}),
                            openstack::Forbidden);
            CHECK_THROWS_AS(admin().glance().patch_image(image.id(), {PatchOperation::remove(path)}),
                            openstack::Forbidden);
        }
    });
    CHECK(image.now() == image.record());
}

TEST_CASE("What is declared as a field of a create is taken by the service", "[schema]") {
    std::string const id = "00000000-0000-4000-8000-" + std::to_string(100'000'000'000 + std::random_device{}());
    TemporaryImage const image{{.id = id,
                                .name = "all of it",
                                .disk_format = live::image::DiskFormat::qcow2,
                                .container_format = live::image::ContainerFormat::ovf,
                                .visibility = live::image::Visibility::community,
                                .min_disk = 2147483647,
                                .min_ram = 2147483647,
                                .is_protected = true,
                                .is_hidden = true,
                                .owner_id = demo().project_id(),
                                .tags = {"one"},
                                .properties = {{"key", "value"}}}};
    Image const& made = image.record();
    CHECK(made.id == id);
    CHECK(made.name == "all of it");
    CHECK(made.disk_format == live::image::DiskFormat::qcow2);
    CHECK(made.container_format == live::image::ContainerFormat::ovf);
    CHECK(made.visibility == live::image::Visibility::community);
    CHECK(made.min_disk == 2147483647);
    CHECK(made.min_ram == 2147483647);
    CHECK(made.is_protected == true);
    CHECK(made.is_hidden == true);
    CHECK(made.owner_id == demo().project_id());
    CHECK(made.tags == std::vector<std::string>{"one"});
    CHECK(made.properties == Properties{{"key", "value"}});
    CHECK(made.status == live::image::ImageStatus::queued);
    CHECK(made.size.is_null());
    CHECK(made.virtual_size.is_null());
    CHECK(made.checksum.is_null());
    CHECK(made.hash_algo.is_null());
    CHECK(made.hash_value.is_null());
    CHECK(made.created_at.has_value());
    CHECK(made.updated_at.has_value());
    CHECK(made.self == "/v2/images/" + id);
    CHECK(made.file == "/v2/images/" + id + "/file");
    CHECK(made.schema == "/v2/schemas/image");
    CHECK(image.now() == made);
    CHECK_THROWS_AS(TemporaryImage({.id = id}), openstack::Conflict);
}

TEST_CASE("Every format that the service has can be asked for, and filtered by", "[schema]") {
    auto const described = schema("image");
    std::string const tag = live::unique("tag");
    auto const check = [&]<auto Format>(openstack::FieldInfo<Format> field) {
        for (std::string const& format : described.at(std::string{field.wire_name}).values()) {
            INFO(format);
            Image fields{.tags = {tag}};
            fields.*Format = decltype(field)::value_type::from_text(format);
            TemporaryImage const image{fields};
            CHECK((image.record().*Format == fields.*Format));
            auto found = demo().glance().images(openstack::where<Format> == *(fields.*Format),
                                                openstack::where<&Image::tags>.contains(tag));
            CHECK(live::ids(found) == std::vector{image.id()});
        }
    };
    check(openstack::field_info<&Image::disk_format>);
    check(openstack::field_info<&Image::container_format>);
}

TEST_CASE("The metadata of a location may be any JSON", "[schema]") {
    // Stores add their own to it, from a file of the cloud's operator too: objects and lists among it.
    TemporaryImage const image{"data"};
    REQUIRE(image.record().locations->size() == 1);
    CHECK(image.record().locations->front().metadata == Properties{{"store", "fast"}});
    std::string json = openstack::to_json(image.record());
    std::string const usual = R"({"store":"fast"})";
    std::string const odd = R"({"store":"fast","limit":5,"share":{"paths":["a",null]}})";
    json.replace(json.find(usual), usual.size(), odd);
    Image const read = openstack::from_json<Image>(json);
    Properties const& metadata = *read.locations->front().metadata;
    CHECK(metadata.at("store") == "fast");
    CHECK(metadata.raw().at("limit") == "5");
    CHECK(metadata.raw().at("share") == R"({"paths":["a",null]})");
    CHECK(openstack::to_json(read) == json);
}
