// SPDX-License-Identifier: Apache-2.0
// What the first bytes of a disk say of its format, and of other files that reading it would pull in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <openstack/algorithm.hpp>
#include <openstack/ascii.hpp>
#include <openstack/image/v2/image.hpp>

namespace openstack::image::v2 {

/// Of a disk's front, what can be told. A `reference` in a disk that a service opens may show it that service's own
/// files.
struct DiskInspection {
    std::optional<DiskFormat> format{};  ///< nothing: none that has a mark, so maybe a raw disk
    std::string reference{};             ///< another file that it needs; empty: it stands alone, as far as can be told
};

/// Inspects the front of a disk: qcow2 (QEMU's docs/interop/qcow2.txt), VMDK (VMware's Virtual Disk Format 5.0), VDI,
/// VHDX, dynamic VHD, ISO 9660 and UDF. `Front` is called with a size, and gives so many of the first bytes, or all
/// that there are, until it's called again; mostly once, for 64 KiB.
///
/// Of a qcow2 and of a VMDK it tells the name of what they refer to; of a differencing VDI or VHD that there is a
/// parent; of a VHDX nothing, which says so beyond what is looked at.
template<class Front>
class DiskInspector {
    using Text = std::string_view;

  public:
    /// How much of the front is looked at, in bytes: a reference that lies further inside has no name.
    static constexpr std::size_t furthest = std::size_t{1} << 20;

    explicit DiskInspector(Front front) : front_(std::move(front)), seen_(front_(step)) {}

    /// What there is to tell.
    [[nodiscard]] DiskInspection inspect() {
        if (has(0, "QFI\xfb")) return {DiskFormat::qcow2, reference_of_qcow2()};
        if (has(0, "KDMV")) return {DiskFormat::vmdk, reference_of_sparse_vmdk()};
        if (has(0, "COWD")) return {DiskFormat::vmdk, parent_in(text(sector, parent_size))};
        constexpr Text title = "# Disk DescriptorFile";
        if (openstack::detail::equal_ignoring_case(part(0, title.size()), title))
            return {DiskFormat::vmdk, reference_in_text(0, furthest, false)};
        if (has(0x40, "\x7f\x10\xda\xbe")) return {DiskFormat::vdi, parent_if(little_endian(0x4c, 4) == 4)};
        if (has(0, "vhdxfile")) return {DiskFormat::vhdx, {}};
        if (has(0, "conectix")) return {DiskFormat::vhd, parent_if(big_endian(60, 4) == 4)};
        if (has(0x8001, "CD001") || has(0x8001, "BEA01")) return {DiskFormat::iso, {}};
        return {};
    }

  private:
    static constexpr std::size_t step = std::size_t{64} << 10;
    static constexpr std::size_t sector = 512;
    static constexpr std::size_t parent_size = 20 * sector;

    /// What there is of that part, as far as is looked; good until another is asked for.
    [[nodiscard]] Text part(std::uint64_t at, std::uint64_t size) {
        if (at >= furthest) return {};
        std::size_t const first = static_cast<std::size_t>(at);
        std::size_t const count = static_cast<std::size_t>((std::min)(size, std::uint64_t{furthest - first}));
        if (first + count > asked_ && seen_.size() == asked_) {  // and there may be more
            asked_ = (first + count + step - 1) / step * step;
            seen_ = front_(asked_);
        }
        return first < seen_.size() ? seen_.substr(first, count) : Text{};
    }

    [[nodiscard]] bool has(std::uint64_t at, Text mark) { return part(at, mark.size()) == mark; }

    /// An unsigned number of at most 8 bytes, the highest first; 0 where there are none.
    [[nodiscard]] std::uint64_t big_endian(std::uint64_t at, std::size_t size) {
        std::uint64_t number = 0;
        for (char const c : part(at, size)) number = number << 8 | static_cast<unsigned char>(c);
        return number;
    }
    [[nodiscard]] std::uint64_t little_endian(std::uint64_t at, std::size_t size) {
        std::uint64_t number = 0;
        Text const bytes = part(at, size);
        for (std::size_t i = bytes.size(); i > 0; --i) number = number << 8 | static_cast<unsigned char>(bytes[i - 1]);
        return number;
    }

    static std::string name_or_more(Text name) { return name.empty() ? "a name further inside" : std::string{name}; }
    static std::string parent_if(bool is_differencing) { return is_differencing ? "its parent" : ""; }

    [[nodiscard]] std::string reference_of_qcow2() {
        constexpr std::uint64_t longest_name = 1023;
        if (std::uint64_t const at = big_endian(8, 8); at != 0)
            return name_or_more(part(at, (std::min)(big_endian(16, 4), longest_name)));
        constexpr std::uint64_t has_external_data = 4;  // of the incompatible features
        if (big_endian(4, 4) < 3 || (big_endian(72, 8) & has_external_data) == 0) return {};
        constexpr std::uint64_t name_of_data = 0x44415441;
        for (std::uint64_t at = big_endian(100, 4); at < furthest;) {
            std::uint64_t const type = big_endian(at, 4);
            std::uint64_t const size = big_endian(at + 4, 4);
            if (type == name_of_data) return name_or_more(part(at + 8, (std::min)(size, longest_name)));
            if (type == 0) break;
            at += 8 + (size + 7) / 8 * 8;
        }
        return name_or_more({});
    }

    [[nodiscard]] std::string reference_of_sparse_vmdk() {
        // QEMU takes a parent's name from here, wherever the header says that the text is.
        if (std::string parent = parent_in(text(sector, parent_size)); !parent.empty()) return parent;
        std::uint64_t const first = little_endian(28, 8);
        std::uint64_t const count = little_endian(36, 8);
        if (first == 0) return {};  // part of a disk whose text is another file
        if (first >= furthest / sector) return name_or_more({});
        // To QEMU a disk without a capacity is nothing but its text, of whatever size.
        bool const is_disk = little_endian(12, 8) != 0;
        std::uint64_t const size = (std::min)(is_disk ? count : furthest, std::uint64_t{furthest / sector}) * sector;
        return reference_in_text(first * sector, size, is_disk);
    }

    /// Ends before a null character.
    [[nodiscard]] Text text(std::uint64_t at, std::uint64_t size) {
        Text const all = part(at, size);
        return all.substr(0, all.find('\0'));
    }

    /// The parent, or an extent in a file that isn't this one: in each line's first quotes, unless they are a value. A
    /// disk itself is the sparse extent that its text names first.
    [[nodiscard]] std::string reference_in_text(std::uint64_t at, std::uint64_t size, bool is_disk) {
        Text rest = text(at, size);
        bool const is_cut = at + rest.size() == furthest;
        if (std::string parent = parent_in(rest); !parent.empty()) return parent;
        while (!rest.empty()) {
            Text const line = rest.substr(0, rest.find_first_of("\r\n"));
            rest.remove_prefix((std::min)(line.size() + 1, rest.size()));
            std::size_t const quote = line.find('"');
            if (quote == line.npos) continue;
            Text before = line.substr(0, quote);
            before = before.substr(0, before.find_last_not_of(" \t") + 1);  // npos + 1 is 0, too
            if (before.ends_with('=') || before.starts_with('#')) continue;
            bool const is_sparse =
                openstack::detail::equal_ignoring_case(before.substr(before.find_last_of(" \t") + 1), "SPARSE");
            if (!std::exchange(is_disk, false) || !is_sparse) return name_or_more(quoted(line));
        }
        return is_cut ? name_or_more({}) : "";
    }

    /// Up to the second quotes, from behind the first if there are any.
    static Text quoted(Text line) {
        line.remove_prefix(line.find('"') + 1);
        return line.substr(0, line.find('"'));
    }

    /// Anywhere, even in a comment: QEMU looks no closer.
    static std::string parent_in(Text text) {
        constexpr Text key = "parentFileNameHint";
        for (; text.size() >= key.size(); text.remove_prefix(1))
            if (openstack::detail::equal_ignoring_case(text.substr(0, key.size()), key)) {
                text.remove_prefix(key.size());
                return name_or_more(quoted(text.substr(0, text.find_first_of("\r\n"))));
            }
        return {};
    }

    Front front_;
    std::size_t asked_ = step;
    std::string_view seen_;
};

}  // namespace openstack::image::v2
