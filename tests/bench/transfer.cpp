// SPDX-License-Identifier: Apache-2.0
// Moves one image and prints what that took: wall seconds, CPU seconds, growth of the resident memory in MiB.
// usage: transfer upload FILE NAME | download ID FILE required|off      (the cloud comes from the OS_* variables)
#include <sys/resource.h>

#include <chrono>
#include <iostream>
#include <string>

#include <openstack/openstack.hpp>

#include "../support/memory.hpp"

namespace image = openstack::image::v2;

namespace {

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    auto const seconds = [](timeval t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

template<class Action>
void measure(Action action) {
    auto const start = std::chrono::steady_clock::now();
    double const cpu = cpu_seconds();
    std::uint64_t const growth = support::peak_growth(action);
    std::cout << std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() << ' '
              << cpu_seconds() - cpu << ' ' << static_cast<double>(growth) / (1 << 20) << '\n';
}

}  // namespace

int main(int argc, char** argv) try {
    std::string const verb = argc > 1 ? argv[1] : "";
    image::Proxy glance = openstack::connect().image();
    if (verb == "upload" && argc == 4) {
        image::Image const record{
            .name = argv[3], .disk_format = image::DiskFormat::raw, .container_format = image::ContainerFormat::bare};
        measure([&] { glance.upload_image(record, openstack::from_file(std::string{argv[2]})); });
    } else if (verb == "download" && argc == 5) {
        image::Image const record = glance.get_image(argv[2]);
        auto const policy =
            argv[4] == std::string{"off"} ? openstack::Verification::off : openstack::Verification::required;
        auto sink = openstack::to_file(std::string{argv[3]}, {.is_synced = false});
        measure([&] { glance.download_image(record, std::move(sink), {.verification = policy}); });
    } else {
        std::cerr << "usage: transfer upload FILE NAME | download ID FILE required|off\n";
        return 2;
    }
    return 0;
} catch (openstack::Error const& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
