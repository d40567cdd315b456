// SPDX-License-Identifier: Apache-2.0
// The keys of image properties against the definitions that the service itself has of them; and properties set by keys.
#include <algorithm>
#include <catch2/catch.hpp>
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "../support/image_property_keys.hpp"
#include "cloud.hpp"

using live::demo, live::ids, live::image::Image, live::TemporaryImage, live::unique;
using openstack::Field, openstack::from_json, openstack::OneOf, openstack::Properties, openstack::property,
    openstack::PropertyKey, openstack::unlisted, openstack::where;
namespace hw = live::image::hw;
namespace os = live::image::os;

namespace {

/// What the service says of one property. `type` is a text or a list of texts; an enumeration is in `enum`.
struct Definition {
    Field<bool> is_base{};
    Properties others{};
    BOOST_DESCRIBE_CLASS(Definition, (), (is_base, others), (), ())

    [[nodiscard]] std::string type() const {
        if (others.contains("type")) return others.at("type");
        auto const types = from_json<std::vector<std::string>>(others.raw().at("type"));
        return types == std::vector<std::string>{"null", "string"} ? "string" : others.raw().at("type");
    }
    /// Sorted.
    [[nodiscard]] std::vector<std::string> values() const {
        std::vector<std::string> list;
        if (others.raw().contains("enum")) list = from_json<std::vector<std::string>>(others.raw().at("enum"));
        std::ranges::sort(list);
        return list;
    }
};
using Definitions = std::map<std::string, Definition>;

struct Object {
    Field<Definitions> properties{};
    BOOST_DESCRIBE_CLASS(Object, (), (properties), (), ())
};
struct Namespace {
    Field<std::string, openstack::Wire<"namespace">> name{};
    Field<Definitions> properties{};
    Field<std::vector<Object>> objects{};
    BOOST_DESCRIBE_CLASS(Namespace, (), (name, properties, objects), (), ())
};
struct Namespaces {
    Field<std::vector<Namespace>> namespaces{};
    Field<std::string> next{};
    BOOST_DESCRIBE_CLASS(Namespaces, (), (namespaces, next), (), ())
};

template<class T>
T get(std::string const& path) {
    return from_json<T>(demo().session().send("image", {.url = path}).body);
}

/// A key as the service would describe it.
struct Declared {
    std::string type{};
    std::vector<std::string> values{};  ///< of a list
};

template<class T>
inline constexpr bool has_list = false;
template<auto const& Texts>
inline constexpr bool has_list<OneOf<Texts>> = true;
template<auto const& Texts>
std::vector<std::string> texts_of(PropertyKey<OneOf<Texts>> const&) {
    return {std::begin(Texts), std::end(Texts)};
}

std::map<std::string, Declared> declared_keys() {
    std::map<std::string, Declared> keys;
    support::for_each_image_property_key([&]<class T>(PropertyKey<T> const& key, std::string_view) {
        Declared declared{.type = std::same_as<T, bool>          ? "boolean"
                                  : std::integral<T>             ? "integer"
                                  : std::same_as<T, std::string> ? "any text"
                                  : has_list<T>                  ? "listed text"
                                                                 : "number"};
        if constexpr (has_list<T>) declared.values = texts_of(key);
        keys.emplace(key.name, std::move(declared));
    });
    return keys;
}

/// The types that a key may have for what the service says.
std::vector<std::string> types_for(Definition const& told) {
    std::vector<std::string> const values = told.values();
    if (told.type() == "boolean" || values == std::vector<std::string>{"false", "true"} ||
        values == std::vector<std::string>{"no", "yes"})
        return {"boolean"};
    if (told.type() == "integer") return {"integer"};
    if (told.type() == "array" || values.empty()) return {"any text"};
    return {values.size() <= 20 ? "listed text" : "any text"};
}

void compare(Definitions const& told) {
    auto const declared = declared_keys();
    for (auto const& [name, definition] : told) {
        if (definition.is_base.value_or(false)) continue;
        INFO(name << " is a " << definition.type());
        REQUIRE(declared.contains(name));
        CHECK_THAT(types_for(definition), Catch::VectorContains(declared.at(name).type));
        if (declared.at(name).type != "listed text") continue;
        for (std::string const& value : definition.values())
            CHECK_THAT(declared.at(name).values, Catch::VectorContains(value));
    }
}

}  // namespace

TEST_CASE("Every property that the service defines for images has a key of its type", "[well_known_properties]") {
    auto const namespaces = get<Namespaces>("/v2/metadefs/namespaces?resource_types=OS::Glance::Image&limit=1000");
    REQUIRE(namespaces.next.is_unset());
    CHECK(namespaces.namespaces->size() >= 20);
    for (Namespace const& each : *namespaces.namespaces) {
        INFO(*each.name);
        auto const full = get<Namespace>("/v2/metadefs/namespaces/" + openstack::percent_encode(*each.name) +
                                         "?resource_type=OS::Glance::Image");
        CHECK((full.properties.has_value() || full.objects.has_value()));
        if (full.properties) compare(*full.properties);
        if (full.objects)
            for (Object const& object : *full.objects) compare(*object.properties);
    }
}

TEST_CASE("Every property of the service's schema of images has a key of its type", "[well_known_properties]") {
    auto const schema = get<Object>("/v2/schemas/image");
    CHECK(schema.properties->contains("kernel_id"));
    Definitions custom = *schema.properties;
    std::erase_if(custom, [](auto const& each) { return each.second.is_base.value_or(true); });
    CHECK(custom.size() >= 9);
    compare(custom);
}

TEST_CASE("Properties are created, read, filtered by, changed and removed by keys", "[well_known_properties]") {
    std::string const tag = unique("tag");
    TemporaryImage const image{
        {.tags = {tag},
         .properties = {hw::cpu_cores(4), hw::disk_bus("virtio"), os::require_quiesce(true), {"acme_plain", "x"}}}};
    TemporaryImage const other{{.tags = {tag}, .properties = {hw::cpu_cores(2), hw::disk_bus(unlisted("nvme"))}}};
    CHECK(image.now().properties ==
          Properties{
              {"hw_cpu_cores", "4"}, {"hw_disk_bus", "virtio"}, {"os_require_quiesce", "true"}, {"acme_plain", "x"}});
    CHECK(image.now().properties.get(hw::cpu_cores) == 4);
    CHECK(other.now().properties.get(hw::disk_bus) == "nvme");

    auto const find = [&](openstack::PropertyFilter const& filter) {
        return ids(demo().glance().images(where<&Image::tags>.contains(tag), filter));
    };
    CHECK(find(property(hw::cpu_cores) == 4) == std::vector{image.id()});
    CHECK(find(property(hw::disk_bus) == unlisted("nvme")) == std::vector{other.id()});
    CHECK(find(property(os::require_quiesce) == true) == std::vector{image.id()});
    CHECK(find(property(os::require_quiesce) == false).empty());

    static_cast<void>(demo().glance().update_image(image.id(), [](Image& edited) {
        edited.properties[hw::cpu_cores] = 8;
        edited.properties[hw::disk_bus].reset();
        edited.properties.erase(os::require_quiesce);
    }));
    CHECK(image.now().properties == Properties{{"hw_cpu_cores", "8"}, {"acme_plain", "x"}});
}
