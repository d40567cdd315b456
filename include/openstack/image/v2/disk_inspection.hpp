// SPDX-License-Identifier: Apache-2.0
// What the first bytes of a disk say of its format, and of other files that reading it would pull in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <openstack/algorithm.hpp>
#include <openstack/image/v2/image.hpp>

namespace openstack::image::v2 {

/// Of a disk's front, what can be told. A `reference` in a disk that a service opens may show it that service's own
/// files.
struct DiskInspection {
    std::optional<DiskFormat> format{};  ///< nothing: none that has a mark, so maybe a raw disk
    std::string reference{};             ///< another file that it needs; empty: it stands alone, as far as can be told
};

/// Inspects the front of a disk: qcow2 (QEMU's docs/interop/qcow2.txt), VMDK (VMware's Virtual Disk Format 5.0), VDI,
/// VHDX, dynamic VHD, ISO 9660 and UDF.
template<class Text = std::string_view>
class DiskInspector {
  public:
    /// How much of the front shows it all, in bytes.
    static constexpr std::size_t front_size = std::size_t{64} << 10;

    explicit DiskInspector(Text front) : front_(front) {}

    /// What there is to tell.
    [[nodiscard]] DiskInspection inspect() const {
        if (has(0, "QFI\xfb")) return {DiskFormat::qcow2, reference_of_qcow2()};
        if (has(0, "KDMV") || has(0, "COWD")) return {DiskFormat::vmdk, reference_of_vmdk(embedded(), false)};
        if (has(0, "# Disk DescriptorFile")) return {DiskFormat::vmdk, reference_of_vmdk(front_, true)};
        if (has(0x40, "\x7f\x10\xda\xbe")) return {DiskFormat::vdi, {}};
        if (has(0, "vhdxfile")) return {DiskFormat::vhdx, {}};
        if (has(0, "conectix")) return {DiskFormat::vhd, {}};
        if (has(0x8001, "CD001") || has(0x8001, "BEA01")) return {DiskFormat::iso, {}};
        return {};
    }

  private:
    [[nodiscard]] bool has(std::size_t at, std::string_view mark) const { return part(at, mark.size()) == mark; }

    /// What there is of that part.
    [[nodiscard]] Text part(std::uint64_t at, std::uint64_t size) const {
        return at < front_.size() ? front_.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(size))
                                  : Text{};
    }

    /// An unsigned number of at most 8 bytes, the highest first; 0 where there are none.
    [[nodiscard]] std::uint64_t big_endian(std::uint64_t at, std::size_t size) const {
        std::uint64_t number = 0;
        for (char const c : part(at, size)) number = number << 8 | static_cast<unsigned char>(c);
        return number;
    }
    [[nodiscard]] std::uint64_t little_endian(std::uint64_t at, std::size_t size) const {
        std::uint64_t number = 0;
        Text const bytes = part(at, size);
        for (std::size_t i = bytes.size(); i > 0; --i) number = number << 8 | static_cast<unsigned char>(bytes[i - 1]);
        return number;
    }

    static std::string name_or_more(Text name) { return name.empty() ? "a name further inside" : std::string{name}; }

    [[nodiscard]] std::string reference_of_qcow2() const {
        if (std::uint64_t const at = big_endian(8, 8); at != 0) return name_or_more(part(at, big_endian(16, 4)));
        constexpr std::uint64_t has_external_data = 4;  // of the incompatible features
        if (big_endian(4, 4) < 3 || (big_endian(72, 8) & has_external_data) == 0) return {};
        constexpr std::uint64_t name_of_data = 0x44415441;
        for (std::uint64_t at = big_endian(100, 4); at + 8 <= front_.size();) {
            std::uint64_t const type = big_endian(at, 4);
            std::uint64_t const size = big_endian(at + 4, 4);
            if (type == name_of_data) return name_or_more(part(at + 8, size));
            if (type == 0) break;
            at += 8 + (size + 7) / 8 * 8;
        }
        return name_or_more({});
    }

    /// The text within a sparse VMDK.
    [[nodiscard]] Text embedded() const {
        constexpr std::uint64_t sector = 512;
        std::uint64_t const first = little_endian(28, 8);
        std::uint64_t const count = little_endian(36, 8);
        if (first >= front_.size()) return {};
        Text const text = part(first * sector, count * sector);
        return text.substr(0, text.find('\0'));
    }

    /// The parent, or an extent in a file that isn't this one.
    static std::string reference_of_vmdk(Text text, bool is_text_alone) {
        while (!text.empty()) {
            std::size_t const end = (std::min)(text.find('\n'), text.size());
            Text const line = text.substr(0, end);
            text.remove_prefix((std::min)(end + 1, text.size()));
            bool const is_parent = line.starts_with("parentFileNameHint");
            bool const is_extent = line.starts_with("RW ") || line.starts_with("RDONLY ");
            bool const is_elsewhere = is_text_alone || line.find(" SPARSE ") == line.npos;
            std::size_t const quote = line.find('"');
            if (quote == line.npos || !(is_parent || (is_extent && is_elsewhere))) continue;
            return name_or_more(line.substr(quote + 1, line.find('"', quote + 1) - quote - 1));
        }
        return {};
    }

    Text front_;
};

}  // namespace openstack::image::v2
