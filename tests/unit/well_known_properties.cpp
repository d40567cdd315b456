// SPDX-License-Identifier: Apache-2.0
// The keys of image properties: their names, each once, and what their types are on the wire.
#include <catch2/catch.hpp>
#include <openstack/image/v2/image.hpp>
#include <set>
#include <string>
#include <string_view>

#include "../support/image_property_keys.hpp"

using namespace openstack;
using namespace openstack::image::v2;

TEST_CASE("Each key of image properties has its name, which no other has", "[well_known_properties]") {
    std::set<std::string_view> names;
    support::for_each_image_property_key([&](auto const& key, std::string_view name) {
        CHECK(key.name == name);
        CHECK(names.insert(key.name).second);
    });
    CHECK(names.size() > 100);
}

TEST_CASE("An image is initialised by keys beside plain texts", "[well_known_properties]") {
    Image const image{.properties = {hw::cpu_cores(4),
                                     hw::disk_bus("virtio"),
                                     hw::video_ram(16),
                                     os::secure_boot("required"),
                                     os::require_quiesce(true),
                                     os::distro("debian"),
                                     common::instance_type_rxtx_factor(1.5),
                                     sw::webserver_nginx_http_port(8080),
                                     {"acme_slots", "3"}}};
    CHECK(image.properties == Properties{{"hw_cpu_cores", "4"},
                                         {"hw_disk_bus", "virtio"},
                                         {"hw_video_ram", "16"},
                                         {"os_secure_boot", "required"},
                                         {"os_require_quiesce", "true"},
                                         {"os_distro", "debian"},
                                         {"instance_type_rxtx_factor", "1.5"},
                                         {"sw_webserver_nginx_http_port", "8080"},
                                         {"acme_slots", "3"}});
}

TEST_CASE("Texts of Nova's own are in the lists beside those of the metadata definitions", "[well_known_properties]") {
    Properties properties;
    properties[hw::tpm_model] = "tpm-crb";
    properties[hw::tpm_version] = "2.0";
    properties[hw::cpu_policy] = "mixed";
    CHECK(properties == Properties{{"hw_tpm_model", "tpm-crb"}, {"hw_tpm_version", "2.0"}, {"hw_cpu_policy", "mixed"}});
}
