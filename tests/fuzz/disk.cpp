// SPDX-License-Identifier: Apache-2.0
// Disks' first bytes: each mark is seen, and so is a reference wherever a reader of such disks would look for it.
#include <openstack/image/v2/disk_inspection.hpp>

#include <string>

#include "fuzz.hpp"

using namespace openstack;
using fuzz::demand;
using image::v2::DiskFormat, image::v2::DiskInspection, image::v2::DiskInspector;

namespace {

std::uint64_t number_at(std::string_view text, std::size_t at, bool is_little) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8 && at + i < text.size(); ++i) {
        std::uint64_t const byte = static_cast<unsigned char>(text[at + i]);
        number |= byte << (is_little ? i : 7 - i) * 8;
    }
    return number;
}

/// A parent's name as VMDK has it, in the text that begins with that sector.
bool has_parent(std::string_view disk, std::uint64_t sector) {
    if (sector >= disk.size() / 512 + 1) return false;
    disk.remove_prefix(std::min(static_cast<std::size_t>(sector) * 512, disk.size()));
    return disk.substr(0, disk.find('\0')).find("parentFileNameHint=\"") != disk.npos;
}

void check(std::string_view front, DiskInspection const& found) {
    demand(found.reference.size() <= std::max(front.size(), sizeof "a name further inside" - 1));
    demand(found.format || found.reference.empty());
    if (front.starts_with("QFI\xfb")) {
        demand(found.format == DiskFormat::qcow2);
        bool const has_backing = number_at(front, 8, false) != 0;
        bool const has_data = number_at(front, 4, false) >> 32 >= 3 && (number_at(front, 72, false) & 4) != 0;
        if (front.size() >= 104) demand(found.reference.empty() == !(has_backing || has_data));
    } else if (front.starts_with("KDMV")) {
        demand(found.format == DiskFormat::vmdk);
        if (has_parent(front, number_at(front, 28, true)) || has_parent(front, 1)) demand(!found.reference.empty());
    } else if (front.starts_with("# Disk DescriptorFile")) {
        demand(found.format == DiskFormat::vmdk);
        if (has_parent(front, 0)) demand(!found.reference.empty());
    } else if (front.size() < 0x44) {
        demand((found.format == DiskFormat::vhd) == front.starts_with("conectix"));
        demand((found.format == DiskFormat::vhdx) == front.starts_with("vhdxfile"));
    }
}

DiskInspection inspect(std::string_view disk) {
    return DiskInspector{[&](std::size_t size) { return disk.substr(0, size); }}.inspect();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const front = fuzz::text_of(data, size);
    check(front, inspect(front));

    // Where the descriptor of a disk begins that has one, so that it needn't be found by chance.
    std::string disk = "KDMV";
    disk.resize(512);
    disk.replace(4, std::min(front.size(), std::size_t{64}), front.substr(0, 64));
    disk.replace(28, 8, std::string_view{"\1\0\0\0\0\0\0\0", 8});
    disk += front;
    check(disk, inspect(disk));
    return 0;
}
