// SPDX-License-Identifier: Apache-2.0
// Disks by their first bytes: which format they have, and which other file they refer to.
#include <openstack/image/v2/disk_inspection.hpp>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <openstack/image/v2/image_data.hpp>
#include <openstack/source.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../support/scripted_cloud.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using image::v2::ContainerFormat, image::v2::DiskFormat, image::v2::DiskInspection, image::v2::DiskInspector,
    image::v2::Image, image::v2::ImageData, image::v2::UploadOptions;
using support::ScriptedCloud, support::thrown, support::throws_exactly;

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
/// The front of a sparse VMDK whose text is in those sectors.
std::string vmdk_front(std::uint64_t first, std::uint64_t count, std::uint64_t capacity = 2048) {
    return "KDMV" + std::string(8, '\0') + little_endian(capacity) + std::string(8, '\0') + little_endian(first) +
           little_endian(count);
}
std::string sparse_vmdk(std::string_view text, std::uint64_t capacity = 2048) {
    return with(vmdk_front(1, 20, capacity), 512, std::string{text} + '\0');
}
std::string const extent = "# Disk DescriptorFile\ncreateType=\"monolithicSparse\"\nRW 2048 SPARSE \"disk.vmdk\"\n";

std::string const further_inside = "a name further inside";
std::size_t const furthest = std::size_t{1} << 20;

DiskInspection inspected(std::string_view front) {
    return DiskInspector{[=](std::size_t size) { return front.substr(0, size); }}.inspect();
}

ImageData<> data(ScriptedCloud const& cloud) { return ImageData<>{Proxy<Image>{cloud.session()}}; }

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
        data(cloud).create(image, *source, options);
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
    CHECK(inspected(with(qcow2("json:{\"driver\":\"nbd\"}"), 4, big_endian(1, 4))).reference ==
          "json:{\"driver\":\"nbd\"}");  // of version 1
    CHECK(inspected(with(qcow2("a"), 16, big_endian(0, 4))).reference == further_inside);
    CHECK(inspected(with(qcow2(std::string(5000, 'n')), 8, big_endian(2000, 8))).reference == std::string(1023, 'n'));
    std::string const other = big_endian(0xe2792aca, 4) + big_endian(5, 4) + "qcow2" + std::string(3, '\0');
    std::string const data = big_endian(0x44415441, 4) + big_endian(8, 4) + "data.raw";
    CHECK(inspected(with(qcow2({}, 4), 104, other + data)).reference == "data.raw");
    CHECK(inspected(with(qcow2({}, 5), 104, data)).reference == "data.raw");
    CHECK(inspected(with(qcow2({}, 4), 104, other)).reference == further_inside);
    CHECK(inspected(with(qcow2({}, 4), 104, std::string(8, '\0') + data)).reference == further_inside);
    CHECK(inspected(with(qcow2({}, 3), 104, other + data)).reference.empty());                     // other features
    CHECK(inspected(with(with(qcow2({}, 4), 4, big_endian(2, 4)), 104, data)).reference.empty());  // version 2 has none
}

TEST_CASE("A qcow2's reference is looked for as far as its header says, within bounds", "[disk_inspection]") {
    auto const backed = [](std::uint64_t at) { return with(qcow2(), 8, big_endian(at, 8) + big_endian(4, 4)); };
    CHECK(inspected(with(backed(furthest - 4), furthest - 4, "base-and-more")).reference == "base");
    CHECK(inspected(with(backed(furthest - 3), furthest - 3, "base-and-more")).reference == "bas");
    for (std::size_t const at : {furthest, furthest + 1, 2 * furthest})
        CHECK(inspected(with(backed(at), at, "base")).reference == further_inside);
    CHECK(inspected(backed(furthest - 4)).reference == further_inside);  // it ends before
    CHECK(inspected(backed(UINT64_MAX)).reference == further_inside);
    std::string const long_one = big_endian(1, 4) + big_endian(700'001, 4);  // padded to a multiple of eight
    std::string const data = big_endian(0x44415441, 4) + big_endian(8, 4) + "data.raw";
    std::string const extended = with(qcow2({}, 4), 104, long_one);
    CHECK(inspected(with(extended, 104 + 8 + 700'008, data)).reference == "data.raw");
    CHECK(inspected(with(with(qcow2({}, 4), 100, big_endian(800'000, 4)), 800'000, data)).reference == "data.raw");
    for (std::uint64_t const size : {std::uint64_t{1} << 20, std::uint64_t{UINT32_MAX}})
        CHECK(inspected(with(extended, 104, big_endian(1, 4) + big_endian(size, 4))).reference == further_inside);
    CHECK(inspected(with(extended, 100, big_endian(UINT32_MAX, 4))).reference == further_inside);
    std::string endless;  // as many extensions as there is room for
    while (endless.size() < furthest) endless += big_endian(1, 4) + big_endian(0, 4);
    CHECK(inspected(with(qcow2({}, 4), 104, endless)).reference == further_inside);
}

TEST_CASE("What a VMDK refers to is named", "[disk_inspection]") {
    CHECK(inspected(sparse_vmdk(extent)).reference.empty());
    CHECK(inspected(sparse_vmdk("rw\t9  Sparse\t\"disk.vmdk\"\r\nddb.adapterType = \"ide\"\r\n# \"\n"))
              .reference.empty());
    CHECK(inspected(sparse_vmdk(extent + "RW 9 ZERO\n")).reference.empty());
    for (std::string const parent :
         {"parentFileNameHint=\"/base\"\n", "  PARENTfilenamehint\t= \"/base\"\r\n", "# parentFileNameHint=\"/base\"",
          "parentFileNameHint=/base", "x=\"\" parentFileNameHint=\"/base"})
        CHECK(inspected(sparse_vmdk(extent + parent)).reference.ends_with("/base"));
    CHECK(inspected(sparse_vmdk("parentFileNameHint")).reference == further_inside);
    for (std::string const other :
         {"RW 2048 FLAT \"/dev/sda\" 0\n", "\r\n rw\t1\tflat\t\"/dev/sda\"\n", "RDONLY 1 VMFS \"/dev/sda\"",
          "NOACCESS 1 SESPARSE \"/dev/sda\"", "RW 1 FLAT\n\"/dev/sda\" 0", "RW 1 NEW \"/dev/sda", "\"/dev/sda\"",
          "# old lines\rRW 1 FLAT \"/dev/sda\" 0\r"}) {
        CHECK(inspected(sparse_vmdk(other)).reference == "/dev/sda");
        CHECK(inspected(sparse_vmdk(extent + other)).reference == "/dev/sda");
        CHECK(inspected("# Disk DescriptorFile\n" + other).reference == "/dev/sda");
        CHECK(inspected("# disk descriptorfile\r\n" + other).reference == "/dev/sda");
        CHECK(inspected(sparse_vmdk('\0' + other)).reference.empty());  // the text has ended
    }
    CHECK(inspected(sparse_vmdk(extent + "RW 2048 SPARSE \"disk-2.vmdk\"\n")).reference == "disk-2.vmdk");
    CHECK(inspected(extent).reference == "disk.vmdk");  // a text alone has its data elsewhere
    CHECK(inspected("# Disk DescriptorFile\nRDONLY 1 FLAT \"\"").reference == further_inside);
    CHECK(inspected(sparse_vmdk(extent, 0)).reference == "disk.vmdk");  // and so has a disk without a capacity
    CHECK(inspected("KDMV\n\"name\"").reference.empty());               // it says that it has no text
    CHECK(inspected(with("COWD", 512, "parentFileNameHint=\"/base\"")).reference == "/base");
    CHECK(inspected(with("COWD", 512, "RW 1 FLAT \"data\"")).reference.empty());
}

TEST_CASE("A VMDK's text is looked for where its header says, within bounds", "[disk_inspection]") {
    std::string const text = "RW 1 FLAT \"/dev/sda\" 0\n";
    CHECK(inspected(with(vmdk_front(1500, 20), 1500 * 512, text)).reference == "/dev/sda");
    CHECK(inspected(with(vmdk_front(1500, 20), 1500 * 512, "parentFileNameHint=\"/base\"")).reference == "/base");
    CHECK(inspected(with(vmdk_front(2047, 1), furthest - 512, text + '\0')).reference == "/dev/sda");
    CHECK(inspected(with(vmdk_front(2047, UINT64_MAX), furthest - 512, extent + '\0')).reference.empty());
    CHECK(inspected(with(vmdk_front(1, 1), 1024, text)).reference.empty());  // behind its text
    CHECK(inspected(with(vmdk_front(1, 0, 0), 512, text)).reference == "/dev/sda");
    for (std::uint64_t const first : {std::uint64_t{2048}, std::uint64_t{1} << 55, UINT64_MAX})
        CHECK(inspected(vmdk_front(first, 20)).reference == further_inside);
    // A text that hasn't ended there may go on with anything.
    CHECK(inspected(with(vmdk_front(1, UINT64_MAX), 512, std::string(furthest, '\n'))).reference == further_inside);
    CHECK(inspected("# Disk DescriptorFile" + std::string(furthest, '\n')).reference == further_inside);
    CHECK(inspected(with(vmdk_front(1, UINT64_MAX), 512, std::string(600'000, '\n') + text)).reference == "/dev/sda");
    // QEMU doesn't look at the header for this.
    std::string const hidden = with(vmdk_front(100, 20), 512, "parentFileNameHint=\"/base\"");
    CHECK(inspected(with(hidden, 51'200, extent)).reference == "/base");
}

TEST_CASE("A VDI or a VHD that is the difference from a parent is told", "[disk_inspection]") {
    std::string const vdi = with({}, 0x40, "\x7f\x10\xda\xbe");
    std::string const vhd = "conectix";
    CHECK(inspected(with(vdi, 0x4c, std::string{"\4\0\0\0", 4})).reference == "its parent");
    CHECK(inspected(with(vhd, 60, big_endian(4, 4))).reference == "its parent");
    for (char const type : {'\1', '\2', '\3'}) {
        CHECK(inspected(with(vdi, 0x4c, std::string{type} + std::string(3, '\0'))).reference.empty());
        CHECK(inspected(with(vhd, 60, std::string(3, '\0') + type)).reference.empty());
    }
}

TEST_CASE("No more of a disk is read ahead than its header asks for", "[disk_inspection]") {
    auto const asked = [](std::string const& front) {
        std::vector<std::size_t> sizes;
        static_cast<void>(DiskInspector{[&](std::size_t size) {
                              sizes.push_back(size);
                              return std::string_view{front}.substr(0, size);
                          }}.inspect());
        return sizes;
    };
    std::string const large(2 * furthest, '\0');
    std::size_t const step = 65536;
    CHECK(asked(large) == std::vector{step});
    CHECK(asked(with(large, 0, qcow2())) == std::vector{step});
    CHECK(asked(with(large, 0, qcow2("base"))) == std::vector{step});
    CHECK(asked(with(large, 0, sparse_vmdk(extent))) == std::vector{step});
    CHECK(asked("# Disk DescriptorFile") == std::vector{step});
    CHECK(asked(with(large, 0, vmdk_front(200, 20))) == std::vector{step, 2 * step});
    CHECK(asked(with(large, 0, vmdk_front(200, UINT64_MAX))) == std::vector{step, furthest});
    CHECK(asked(with(large, 0, with(qcow2(), 8, big_endian(UINT64_MAX, 8)))) == std::vector{step});
}

TEST_CASE("What was read ahead is sent", "[disk_inspection]") {
    std::string const disk = with(with(vmdk_front(700, 20), 700 * 512, extent), 499'999, "x");
    auto const source = from_callback([rest = std::string_view{disk}](std::span<std::byte> buffer) mutable {
        std::size_t const count = (std::min)({rest.size(), buffer.size(), std::size_t{10'000}});
        std::copy_n(std::as_bytes(std::span{rest}).begin(), count, buffer.begin());
        rest.remove_prefix(count);
        return count;
    });
    ScriptedCloud cloud;
    cloud.expect("PUT", "/v2/images/i/file", 403);
    Image const image{.id = "i", .disk_format = DiskFormat::vmdk, .container_format = ContainerFormat::bare};
    REQUIRE(throws_exactly<Forbidden>([&] { data(cloud).upload(image, *source, {}, {}); }));
    CHECK(cloud.last_body() == disk);
}

TEST_CASE("A disk that isn't what its record says is refused before anything is sent", "[disk_inspection]") {
    CHECK(upload(qcow2(), DiskFormat::qcow2) == "sent");
    CHECK(upload("abc", DiskFormat::raw) == "sent");
    CHECK(upload(qcow2(), DiskFormat::raw) ==
          "the source is a disk of format qcow2, but disk_format says raw; .check_format = false uploads "
          "it all the same");
    CHECK(upload("abc", DiskFormat::vmdk) ==
          "the source is no disk with a mark of a format, but disk_format says vmdk; .check_format = false "
          "uploads it all the same");
    CHECK(upload(qcow2(), DiskFormat::iso).starts_with("the source is a disk of format qcow2"));
    CHECK(upload(qcow2(), DiskFormat::raw, {.check_format = false}) == "sent");
    CHECK(upload(qcow2(), DiskFormat::raw, {}, ContainerFormat::compressed) == "sent");
    std::string const iso = with({}, 0x8001, "CD001");
    CHECK(upload(iso, DiskFormat::iso) == "sent");
    CHECK(upload(iso, DiskFormat::raw) == "sent");
    CHECK(upload("abc", DiskFormat::iso).starts_with("the source is no disk with a mark of a format"));
    CHECK(upload(iso, DiskFormat::qcow2).starts_with("the source is a disk of format iso"));
    CHECK(upload("fixed", DiskFormat::vhd) == "sent");  // its mark is at its end
}

TEST_CASE("A disk that refers to another file is refused before anything is sent", "[disk_inspection]") {
    CHECK(upload(qcow2("/etc/passwd"), DiskFormat::qcow2) ==
          "the source is a disk that refers to another file, /etc/passwd; .allow_references = true uploads it all the "
          "same");
    CHECK(upload(qcow2("/etc/passwd"), DiskFormat::qcow2, {.allow_references = true}) == "sent");
    CHECK(upload(extent, DiskFormat::vmdk).find("disk.vmdk") != std::string::npos);
}

TEST_CASE("The record says of an id, or of an object that doesn't know, what is expected", "[disk_inspection]") {
    ScriptedCloud cloud;
    auto const source = from_memory("abc");
    auto const refused = [&](ResourceRef<Image> const& image) {
        return thrown<SourceError>([&] { data(cloud).upload(image, *source, {}, {}); });
    };
    std::string const sentence =
        "the source is no disk with a mark of a format, but disk_format says qcow2; .check_format = false uploads "
        "it all the same";
    std::string const record = R"({"id": "i", "disk_format": "qcow2", "container_format": "bare"})";
    Image const unknowing{.id = "i"};
    Image const half{.id = "i", .disk_format = DiskFormat::raw};
    Image const other_half{.id = "i", .container_format = ContainerFormat::bare};
    for (ResourceRef<Image> const& image : {ResourceRef<Image>{"i"}, ResourceRef<Image>{unknowing},
                                            ResourceRef<Image>{half}, ResourceRef<Image>{other_half}}) {
        cloud.expect("GET", "/v2/images/i", 200, record);
        CHECK(refused(image) == sentence);
        CHECK(cloud.finish() == "");
    }
    std::size_t const asked = cloud.sent().size();
    Image const knowing{.id = "i", .disk_format = DiskFormat::qcow2, .container_format = ContainerFormat::bare};
    CHECK(refused(knowing) == sentence);
    CHECK(cloud.sent().size() == asked);

    cloud.expect("GET", "/v2/images/i", 404);
    CHECK(throws_exactly<ResourceNotFound>([&] { data(cloud).upload("i", *source, {}, {}); }));
    for (Image const& image : {unknowing, knowing}) {
        cloud.expect("PUT", "/v2/images/i/file", 403);
        CHECK(throws_exactly<Forbidden>([&] { data(cloud).upload(image, *source, {}, {.check_format = false}); }));
    }
    for (std::string const right : {R"({"id": "i", "disk_format": "raw", "container_format": "bare"})",
                                    R"({"id": "i", "disk_format": "qcow2", "container_format": "compressed"})",
                                    R"({"id": "i", "disk_format": null, "container_format": "bare"})"}) {
        cloud.expect("GET", "/v2/images/i", 200, right);
        cloud.expect("PUT", "/v2/images/i/file", 403);
        CHECK(throws_exactly<Forbidden>([&] { data(cloud).upload("i", *source, {}, {}); }));
    }
    CHECK(cloud.finish() == "");
}
