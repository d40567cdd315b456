// SPDX-License-Identifier: Apache-2.0
// Moves one image, and prints by how many bytes the resident memory grew.
// usage: transfer upload FILE NAME | download ID FILE off|required|parts     (the cloud comes from the OS_* variables)
#include <iostream>
#include <string>
#include <utility>

#include <openstack/openstack.hpp>

#include "../support/memory.hpp"

namespace image = openstack::image::v2;

int main(int argc, char** argv) try {
    std::string const verb = argc > 1 ? argv[1] : "";
    image::Proxy const glance = openstack::connect().image();
    if (verb == "upload" && argc == 4) {
        image::Image const record{
            .name = argv[3], .disk_format = image::DiskFormat::raw, .container_format = image::ContainerFormat::bare};
        std::cout << support::peak_growth(
            [&] { glance.upload_image(record, openstack::from_file(std::string{argv[2]})); });
    } else if (verb == "download" && argc == 5) {
        std::string const way = argv[4];
        image::DownloadOptions options;
        if (way == "off") options.verification = openstack::Verification::off;
        if (way == "parts") options.connections = 4;
        auto sink = openstack::to_file(std::string{argv[3]}, {.is_synced = false});
        std::cout << support::peak_growth([&] { glance.download_image(argv[2], std::move(sink), options); });
    } else {
        std::cerr << "usage: transfer upload FILE NAME | download ID FILE off|required|parts\n";
        return 2;
    }
    std::cout << '\n';
    return 0;
} catch (openstack::Error const& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
