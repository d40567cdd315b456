// SPDX-License-Identifier: Apache-2.0
// Disks by their first bytes: which format they have, and which other file they refer to.
#include <openstack/image/v2/disk_inspection.hpp>

#include <catch2/catch.hpp>
#include <cstdint>
#include <memory>
#include <openstack/image/v2/image_data.hpp>
#include <openstack/source.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "../support/scripted_cloud.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using image::v2::ContainerFormat, image::v2::DiskFormat, image::v2::DiskInspection, image::v2::DiskInspector,
    image::v2::Image, image::v2::ImageData, image::v2::UploadOptions;
using support::ScriptedCloud, support::thrown;

namespace {

/// Zeros, with that text at an offset.
std::string with(std::string front, std::size_t at, std::string_view text) {
    if (front.size() < at + text.size()) front.resize(at + text.size());
    return front.replace(at, text.size(), text);
}
std::string big_endian(std::uint64_t number, int size) {
    std::string text;
    for (int i = size; i > 0; --i) text += static_cast<char>(number >> (8 * (i - 1)));
    return text;
}
std::string little_endian(std::uint64_t number) {
    std::string const text = big_endian(number, 8);
    return {text.rbegin(), text.rend()};
}

std::string qcow2(std::string_view backing = {}, std::uint64_t features = 0) {
    std::string front = "QFI\xfb" + big_endian(3, 4);
    if (!backing.empty()) {
        front = with(front, 8, big_endian(512, 8) + big_endian(backing.size(), 4));
        front = with(front, 512, backing);
    }
    return with(with(with(front, 72, big_endian(features, 8)), 100, big_endian(104, 4)), 1023, std::string(1, '\0'));
}
std::string sparse_vmdk(std::string_view text) {
    return with(with(with("KDMV", 28, little_endian(1)), 36, little_endian(20)), 512, std::string{text} + '\0');
}
std::string const extent = "# Disk DescriptorFile\ncreateType=\"monolithicSparse\"\nRW 2048 SPARSE \"disk.vmdk\"\n";

DiskInspection inspected(std::string const& front) { return DiskInspector<>{front}.inspect(); }

/// What an upload of that says, or that it was sent.
std::string upload(std::string const& front, std::optional<DiskFormat> format, UploadOptions const& options = {},
                   ContainerFormat container = ContainerFormat::bare) {
    ScriptedCloud cloud;
    cloud.expect("POST", "/v2/images", 403);
    Image image;
    image.disk_format = *format;
    image.container_format = container;
    auto const source = from_memory(front);
    try {
        ImageData<>{Proxy<Image>{cloud.session()}}.create(image, *source, options);
    } catch (Forbidden const&) {
        return "sent";
    } catch (SourceError const& error) {
        CHECK(cloud.sent().empty());
        return error.what();
    }
    return "uploaded";
}

}  // namespace

TEST_CASE("A disk's format shows in its first bytes", "[disk_inspection]") {
    CHECK(inspected(qcow2()).format == DiskFormat::qcow2);
    CHECK(inspected(sparse_vmdk(extent)).format == DiskFormat::vmdk);
    CHECK(inspected("# Disk DescriptorFile\n").format == DiskFormat::vmdk);
    CHECK(inspected(with({}, 0x40, "\x7f\x10\xda\xbe")).format == DiskFormat::vdi);
    CHECK(inspected("vhdxfile").format == DiskFormat::vhdx);
    CHECK(inspected("conectix").format == DiskFormat::vhd);
    CHECK(inspected(with({}, 0x8001, "CD001")).format == DiskFormat::iso);
    for (std::string const raw : {"", "QFI", "abc", "EFI PART"}) CHECK_FALSE(inspected(raw).format);
}

TEST_CASE("What a qcow2 refers to is named", "[disk_inspection]") {
    CHECK(inspected(qcow2()).reference.empty());
    CHECK(inspected(qcow2("/etc/passwd")).reference == "/etc/passwd");
    CHECK(inspected(with(qcow2(), 8, big_endian(1 << 20, 8))).reference == "a name further inside");
    CHECK(inspected(with(qcow2(), 8, big_endian(UINT64_MAX, 8))).reference == "a name further inside");
    std::string const other = big_endian(0xe2792aca, 4) + big_endian(5, 4) + "qcow2" + std::string(3, '\0');
    std::string const data = big_endian(0x44415441, 4) + big_endian(8, 4) + "data.raw";
    CHECK(inspected(with(qcow2({}, 4), 104, other + data)).reference == "data.raw");
    CHECK(inspected(with(qcow2({}, 4), 104, other)).reference == "a name further inside");
    CHECK(inspected(with(qcow2({}, 4), 104, big_endian(1, 4) + big_endian(UINT32_MAX, 4))).reference ==
          "a name further inside");
    CHECK(inspected(with(qcow2({}, 4), 104, std::string(8, '\0') + data)).reference == "a name further inside");
    CHECK(inspected(with(qcow2({}, 3), 104, other + data)).reference.empty());  // other features
}

TEST_CASE("What a VMDK refers to is named", "[disk_inspection]") {
    CHECK(inspected(sparse_vmdk(extent)).reference.empty());
    CHECK(inspected(sparse_vmdk(extent + "parentFileNameHint=\"/base.vmdk\"\n")).reference == "/base.vmdk");
    CHECK(inspected(sparse_vmdk("RW 2048 FLAT \"/dev/sda\" 0\n")).reference == "/dev/sda");
    CHECK(inspected(extent).reference == "disk.vmdk");  // a text alone has its data elsewhere
    CHECK(inspected("# Disk DescriptorFile\nRDONLY 1 FLAT \"\"").reference == "a name further inside");
    CHECK(inspected(with("KDMV", 28, little_endian(UINT64_MAX))).reference.empty());
    CHECK(inspected("KDMV").reference.empty());
}

TEST_CASE("A disk that isn't what its record says is refused before anything is sent", "[disk_inspection]") {
    CHECK(upload(qcow2(), DiskFormat::qcow2) == "sent");
    CHECK(upload("abc", DiskFormat::raw) == "sent");
    CHECK(upload(qcow2(), DiskFormat::raw) ==
          "the source of the upload is a disk of format qcow2, but disk_format says raw; .check_format = false uploads "
          "it all the same");
    CHECK(upload("abc", DiskFormat::vmdk) ==
          "the source of the upload is no disk of that format, but disk_format says vmdk; .check_format = false "
          "uploads it all the same");
    CHECK(upload(qcow2(), DiskFormat::iso).starts_with("the source of the upload is a disk of format qcow2"));
    CHECK(upload(qcow2(), DiskFormat::raw, {.check_format = false}) == "sent");
    CHECK(upload(qcow2(), DiskFormat::raw, {}, ContainerFormat::compressed) == "sent");
    std::string const iso = with({}, 0x8001, "CD001");
    CHECK(upload(iso, DiskFormat::iso) == "sent");
    CHECK(upload(iso, DiskFormat::raw) == "sent");
    CHECK(upload(iso, DiskFormat::qcow2).starts_with("the source of the upload is a disk of format iso"));
    CHECK(upload("fixed", DiskFormat::vhd) == "sent");  // its mark is at its end
}

TEST_CASE("A disk that refers to another file is refused before anything is sent", "[disk_inspection]") {
    CHECK(upload(qcow2("/etc/passwd"), DiskFormat::qcow2) ==
          "the disk to be uploaded refers to another file, /etc/passwd; .allow_references = true uploads it all the "
          "same");
    CHECK(upload(qcow2("/etc/passwd"), DiskFormat::qcow2, {.allow_references = true}) == "sent");
    CHECK(upload(extent, DiskFormat::vmdk).find("disk.vmdk") != std::string::npos);
}
