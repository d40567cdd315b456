// SPDX-License-Identifier: Apache-2.0
// Disks made by QEMU: each is inspected as what it is, and sent as nothing else.
#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <openstack/image/v2/image_data.hpp>
#include <openstack/source.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../support/qemu_img.hpp"
#include "../support/scripted_cloud.hpp"
#include "../support/temporary_directory.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using image::v2::ContainerFormat, image::v2::DiskFormat, image::v2::DiskInspection, image::v2::DiskInspector,
    image::v2::Image, image::v2::ImageData, image::v2::UploadOptions;
using support::qemu_img, support::ScriptedCloud, support::TemporaryDirectory, support::thrown, support::throws_exactly;

namespace {

/// A disk of 1 MiB.
std::string made(std::filesystem::path const& path, std::string const& format, std::vector<std::string> options = {}) {
    options.insert(options.begin(), {"create", "-q", "-f", format});
    options.insert(options.end(), {path.string(), "1M"});
    qemu_img(options);
    return path.string();
}

DiskInspection inspected(std::string const& path) {
    std::string const bytes = support::read_file(path);
    return DiskInspector{[&](std::size_t size) { return std::string_view{bytes}.substr(0, size); }}.inspect();
}

void upload(ScriptedCloud const& cloud, std::string const& path, DiskFormat format, UploadOptions const& options) {
    Image const image{.id = "i", .disk_format = format, .container_format = ContainerFormat::bare};
    auto const source = from_file(path);
    ImageData<>{Proxy<Image>{cloud.session()}}.upload(image, *source, {}, options);
}
/// Whether it goes to the service.
bool is_sent(std::string const& path, DiskFormat format, UploadOptions const& options = {}) {
    ScriptedCloud cloud;
    cloud.expect("PUT", "/v2/images/i/file", 403);
    if (throws_exactly<Forbidden>([&] { upload(cloud, path, format, options); }))
        return cloud.last_body() == support::read_file(path);
    CHECK(throws_exactly<SourceError>([&] { upload(cloud, path, format, options); }));
    CHECK(cloud.sent().empty());
    return false;
}
/// The formats that it is sent as.
std::vector<DiskFormat> formats(std::string const& path) {
    std::vector<DiskFormat> accepted;
    for (DiskFormat const each : {DiskFormat::raw, DiskFormat::qcow2, DiskFormat::vmdk, DiskFormat::vdi,
                                  DiskFormat::vhd, DiskFormat::vhdx, DiskFormat::iso})
        if (is_sent(path, each)) accepted.push_back(each);
    return accepted;
}
/// Checks that it is refused for this reference, unless that is allowed.
void check_reference(std::string const& path, DiskFormat format, std::string const& name) {
    CHECK(inspected(path).format == format);
    CHECK(inspected(path).reference == name);
    ScriptedCloud const cloud;
    CHECK(thrown<SourceError>([&] { upload(cloud, path, format, {}); }) ==
          path + " is a disk that refers to another file, " + name +
              "; .allow_references = true uploads it all the same");
    CHECK(cloud.sent().empty());
    CHECK(is_sent(path, format, {.allow_references = true}));
    CHECK_FALSE(is_sent(path, DiskFormat::raw, {.allow_references = true}));
}

}  // namespace

TEST_CASE("A disk that stands alone is sent as what it is, and as nothing else", "[disk_images]") {
    struct Case {
        std::string format;
        std::vector<std::string> options;
        DiskFormat expected;
    };
    TemporaryDirectory const directory;
    for (Case const& each : std::vector<Case>{
             {"qcow2", {"-o", "compat=0.10"}, DiskFormat::qcow2},
             {"qcow2", {"-o", "compat=1.1,extended_l2=on"}, DiskFormat::qcow2},
             {"qcow2", {"-o", "compat=1.1,cluster_size=512"}, DiskFormat::qcow2},
             {"vmdk", {"-o", "subformat=monolithicSparse"}, DiskFormat::vmdk},
             {"vmdk", {"-o", "subformat=streamOptimized"}, DiskFormat::vmdk},
             {"vdi", {}, DiskFormat::vdi},
             {"vdi", {"-o", "static=on"}, DiskFormat::vdi},
             {"vpc", {"-o", "subformat=dynamic"}, DiskFormat::vhd},
             {"vhdx", {"-o", "subformat=dynamic"}, DiskFormat::vhdx},
             {"vhdx", {"-o", "subformat=fixed"}, DiskFormat::vhdx},
         }) {
        CAPTURE(each.format, each.options);
        std::string const path = made(directory / "disk", each.format, each.options);
        CHECK(inspected(path).format == each.expected);
        CHECK(inspected(path).reference.empty());
        CHECK(formats(path) == std::vector{each.expected});
        std::filesystem::remove(path);
    }
}

TEST_CASE("A disk whose front has no mark is any that needs none", "[disk_images]") {
    TemporaryDirectory const directory;
    std::string const raw = made(directory / "raw", "raw");
    std::string const fixed = made(directory / "fixed", "vpc", {"-o", "subformat=fixed"});
    for (std::string const& path : {raw, fixed}) {
        CHECK_FALSE(inspected(path).format);
        CHECK(formats(path) == std::vector{DiskFormat::raw, DiskFormat::vhd});
    }
}

TEST_CASE("An ISO image may be a raw disk, too", "[disk_images]") {
    TemporaryDirectory const directory;
    std::string const volume = std::string{"\1CD001\1", 7} + std::string(2041, '\0');
    std::string const end =
        std::string{
            "\xff"
            "CD001\1",
            7} +
        std::string(2041, '\0');
    support::write_file(directory / "iso", std::string(32768, '\0') + volume + end);
    std::string const path = (directory / "iso").string();
    CHECK(inspected(path).format == DiskFormat::iso);
    CHECK(formats(path) == std::vector{DiskFormat::raw, DiskFormat::vhd, DiskFormat::iso});
}

TEST_CASE("A qcow2 with a backing file is refused, and sent once it has none", "[disk_images]") {
    TemporaryDirectory const directory;
    std::string const base = made(directory / "base with 'blanks'", "raw");
    for (std::string const options : {"compat=0.10", "compat=1.1", "compat=1.1,cluster_size=2M"}) {
        std::string const path = made(directory / "disk", "qcow2", {"-o", options, "-F", "raw", "-b", base});
        check_reference(path, DiskFormat::qcow2, base);
        qemu_img({"rebase", "-u", "-b", "", path});
        CHECK(inspected(path).reference.empty());
        CHECK(is_sent(path, DiskFormat::qcow2));
    }
    std::string const json = R"(json:{"driver":"raw","file":{"driver":"file","filename":")" + base + R"("}})";
    check_reference(made(directory / "disk", "qcow2", {"-F", "raw", "-b", json}), DiskFormat::qcow2, json);
}

TEST_CASE("A qcow2 with its data in another file is refused", "[disk_images]") {
    TemporaryDirectory const directory;
    std::string const data = (directory / "data").string();
    for (std::string const is_raw : {"on", "off"}) {
        std::string const options = "data_file=" + data + ",data_file_raw=" + is_raw;
        check_reference(made(directory / "disk", "qcow2", {"-o", options}), DiskFormat::qcow2, data);
    }
}

TEST_CASE("A VMDK that is the text of a disk in other files is refused", "[disk_images]") {
    TemporaryDirectory const directory;
    for (auto const& [subformat, extent] :
         {std::pair{"monolithicFlat", "disk-flat.vmdk"}, std::pair{"twoGbMaxExtentFlat", "disk-f001.vmdk"},
          std::pair{"twoGbMaxExtentSparse", "disk-s001.vmdk"}})
        check_reference(made(directory / "disk.vmdk", "vmdk", {"-o", std::string{"subformat="} + subformat}),
                        DiskFormat::vmdk, extent);
    CHECK(inspected((directory / "disk-s001.vmdk").string()).format == DiskFormat::vmdk);
    CHECK(inspected((directory / "disk-s001.vmdk").string()).reference.empty());
}

TEST_CASE("A VMDK with a parent is refused", "[disk_images]") {
    TemporaryDirectory const directory;
    std::string const base = made(directory / "base.vmdk", "vmdk");
    check_reference(made(directory / "disk.vmdk", "vmdk", {"-F", "vmdk", "-b", base}), DiskFormat::vmdk, base);
}
