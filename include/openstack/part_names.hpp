// SPDX-License-Identifier: Apache-2.0
// The names of hidden files beside those that they're going to be, and what becomes of those that nobody uses.
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <openstack/error.hpp>
#include <openstack/file.hpp>

namespace openstack::detail {

/// `.NAME.XXXXXXXX.part` for the file NAME: the first hexadecimal digits of its data's hash, with which another
/// download can go on; or eight letters beyond those, by chance, with which nobody can.
template<class Text = std::string>
class PartNames {
  public:
    /// Of hidden files for the file of that name.
    explicit PartNames(std::string const& name) : front_('.' + name.substr(0, longest_name) + '.') {}

    /// For data with that digest; empty if a service calls a digest what is none.
    [[nodiscard]] std::string of(std::string_view digest) const {
        if (digest.size() < digits || digest.find_first_not_of("0123456789abcdefABCDEF") != digest.npos) return {};
        return front_ + std::string{digest.substr(0, digits)} + back;
    }

    /// One that nobody else has. Throws IoError.
    [[nodiscard]] std::string by_chance() const {
        unsigned char random[digits]{};
        if (::getentropy(random, sizeof random) != 0) throw IoError("the system gives no random number", errno);
        std::string name = front_;
        for (unsigned char const each : random) name += static_cast<char>('g' + each % 16);
        return name + back;
    }

    /// Removes from the folder what processes that were killed have left: that by chance, and if `is_all` also that by
    /// a hash. What is in use is locked.
    void remove_abandoned(FileDescriptor const& folder, bool is_all) const noexcept {
        FileDescriptor copy{::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
        DIR* const entries = copy.get() == -1 ? nullptr : ::fdopendir(copy.get());
        if (entries == nullptr) return;
        while (dirent const* const entry = ::readdir(entries)) {
            std::string_view const name = entry->d_name;
            bool const fits = name.starts_with(front_) && name.ends_with(back) &&
                              name.size() == front_.size() + digits + std::string_view{back}.size();
            if (!fits || front_.size() > longest_name) continue;  // of a cut name: it may be another's
            std::string_view const middle = name.substr(front_.size(), digits);
            std::string_view const letters = is_all ? "0123456789abcdefABCDEFghijklmnopqrstuv" : "ghijklmnopqrstuv";
            if (middle.find_first_not_of(letters) == middle.npos) remove_unused(folder, entry->d_name);
        }
        static_cast<void>(copy.release());
        ::closedir(entries);
    }

  private:
    static void remove_unused(FileDescriptor const& folder, char const* name) noexcept {
        FileDescriptor const file{::openat(folder.get(), name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)};
        struct stat found {};
        if (file.get() != -1 && ::fstat(file.get(), &found) == 0 && S_ISREG(found.st_mode) &&
            found.st_uid == ::geteuid() && found.st_nlink == 1 && lock(file))
            ::unlinkat(folder.get(), name, 0);
    }

    static constexpr std::size_t digits = 8;
    static constexpr std::size_t longest_name = 200;  // of 255, with room for what is put around it
    static constexpr char back[] = ".part";

    Text front_;
};

}  // namespace openstack::detail
