// SPDX-License-Identifier: Apache-2.0
// A file that appears under its name only when it's whole.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <utility>

#include <openstack/algorithm.hpp>
#include <openstack/error.hpp>
#include <openstack/file.hpp>

namespace openstack::detail {

/// A hidden file beside the one that it's going to be; removed by the destructor unless published. All functions throw
/// IoError, which names the path.
///
/// All names are looked up in one open directory, so that neither a change of the working directory nor a renamed
/// directory parts the two files.
class PartFile {
  public:
    /// Makes the hidden file; `path` is neither opened nor changed.
    explicit PartFile(std::string path)
        : path_(std::move(path)), name_(path_.substr(path_.rfind('/') + 1)), directory_(open_directory(path_)) {
        struct stat found {};
        if (name_.empty()) throw IoError(path_ + " names no file", EINVAL);
        if (::fstatat(directory_.get(), name_.c_str(), &found, 0) != 0 && errno != ENOENT) throw IoError(path_, errno);
        new_file_mode_ = find_new_file_mode();
        create(S_IRUSR | S_IWUSR);
    }
    PartFile(PartFile const&) = delete;
    PartFile& operator=(PartFile const&) = delete;
    ~PartFile() { remove(); }

    /// Appends to the hidden file.
    void write(std::span<std::byte const> bytes) { write_all(file_, bytes, path_); }

    /// Gives the file its name, in one step, and the mode of the file that had the name or else that of any new file.
    /// If `is_synced`, the data is on the disk before the name is. If the name can't be given, the hidden file stays.
    void publish(bool is_synced) {
        struct stat found {};
        bool const replaces = ::fstatat(directory_.get(), name_.c_str(), &found, 0) == 0 && S_ISREG(found.st_mode);
        if (::fchmod(file_.get(), replaces ? found.st_mode & 0777 : new_file_mode_) != 0) throw IoError(path_, errno);
        if (is_synced) sync(file_);
        if (!file_.close()) throw IoError(path_, errno);
        std::string const part = std::exchange(part_, {});
        if (::renameat(directory_.get(), part.c_str(), directory_.get(), name_.c_str()) != 0)
            throw IoError(path_ + " can't be replaced; the complete data is beside it in " + part, errno);
        if (is_synced) sync(directory_);
    }

  private:
    static FileDescriptor open_directory(std::string const& path) {
        std::size_t const slash = path.rfind('/');
        std::string const directory =
            slash == std::string::npos ? "." : path.substr(0, (std::max)(slash, std::size_t{1}));
        return open_file(directory, O_RDONLY | O_DIRECTORY);
    }

    // The mode that the system gives to a new file here. Reading the umask would mean to change it for a moment, for
    // all threads; so an empty file is made, and asked.
    mode_t find_new_file_mode() {
        create(S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH);
        struct stat found {};
        int const result = ::fstat(file_.get(), &found);
        int const error = errno;
        remove();
        if (result != 0) throw IoError(path_, error);
        return found.st_mode & 0777;
    }

    void create(mode_t mode) {
        do {
            unsigned random = 0;
            if (::getentropy(&random, sizeof random) != 0) throw IoError("the system gives no random number", errno);
            std::array<char, 9> digits{};
            std::snprintf(digits.data(), digits.size(), "%08x", random);
            part_ = '.' + name_.substr(0, longest_name) + '.' + digits.data() + ".part";
            int const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
            file_ = FileDescriptor{::openat(directory_.get(), part_.c_str(), flags, mode)};
        } while (file_.get() == -1 && (errno == EEXIST || errno == EINTR));
        if (file_.get() == -1) {
            part_.clear();
            throw IoError(path_, errno);
        }
    }

    void remove() noexcept {
        if (!part_.empty()) static_cast<void>(::unlinkat(directory_.get(), part_.c_str(), 0));
        part_.clear();
    }

    void sync(FileDescriptor const& file) const {
        // Some file systems have nothing to wait for, and say so.
        if (::fsync(file.get()) != 0 && errno != EINVAL && errno != ENOTSUP) throw IoError(path_, errno);
    }

    static constexpr std::size_t longest_name = 200;  // of 255, with room for what is put around it

    std::string path_;
    std::string name_;
    FileDescriptor directory_;
    FileDescriptor file_;
    std::string part_;
    mode_t new_file_mode_ = 0;
};

}  // namespace openstack::detail
