// SPDX-License-Identifier: Apache-2.0
// A file that appears under its name only when it's whole, and until then can be continued.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <openstack/algorithm.hpp>
#include <openstack/error.hpp>
#include <openstack/file.hpp>
#include <openstack/part_names.hpp>

namespace openstack::detail {

/// A hidden file beside the one that it's going to be. All functions throw IoError, which names the path.
///
/// One that is opened for data with a digest is named by that, locked while it is in use, and stays for the next try
/// unless it is published, empty or couldn't be written. Another one is removed by the destructor.
///
/// All names are looked up in one open directory, so that neither a change of the working directory nor a renamed
/// directory parts the two files.
template<class Names>
class PartFile {
  public:
    /// Finds out whether a file can be made; `path` is neither opened nor changed.
    explicit PartFile(std::string path)
        : path_(std::move(path)),
          name_(path_.substr(path_.rfind('/') + 1)),
          names_(name_),
          directory_(open_directory(path_)) {
        struct stat found {};
        if (name_.empty()) throw IoError("'" + path_ + "' names no file", EINVAL);
        if (::fstatat(directory_.get(), name_.c_str(), &found, 0) != 0 && errno != ENOENT) throw IoError(path_, errno);
        new_file_mode_ = find_new_file_mode();
    }
    PartFile(PartFile const&) = delete;
    PartFile& operator=(PartFile const&) = delete;
    ~PartFile() {
        if (process_ != ::getpid()) return;  // it's the parent's
        if (!is_continuable_ || is_broken_ || size_ == 0) {
            remove();
        } else if (!part_.empty()) {
            static_cast<void>(::ftruncate(file_.get(), static_cast<off_t>(size_)));  // it may end with unwritten zeros
        }
    }

    /// Opens the hidden file for data with that digest, if it isn't open: the one that an earlier process left, or a
    /// new one. An empty digest, and one that another process is fetching to here, has a new one for itself.
    void open(std::string_view digest) {
        if (file_.get() != -1) return;
        names_.remove_abandoned(directory_, false);
        std::string const named = names_.of(digest);
        is_continuable_ = !named.empty() && open_named(named);
        if (!is_continuable_) create(S_IRUSR | S_IWUSR);
    }

    /// Fills the front of `buffer` with the bytes from `at` on, and says how many; 0 is the end.
    [[nodiscard]] std::size_t read_at(std::uint64_t at, std::span<std::byte> buffer) const {
        return detail::read_at(file_, at, buffer, path_);
    }

    /// Appends to the hidden file.
    void write(std::span<std::byte const> bytes) {
        write_at(size_, bytes);
        size_ += bytes.size();
    }

    /// Writes bytes where there are none yet. Safe to call from several threads at once.
    void write_at(std::uint64_t at, std::span<std::byte const> bytes) {
        try {
            write_sparsely(file_, at, bytes, path_);
        } catch (...) {
            is_broken_ = true;
            throw;
        }
    }

    /// Makes ready for bytes in any order, `size` in all. Until `gather` they aren't what a later process could go on
    /// with: the hidden file gets a name by chance.
    void scatter(std::uint64_t size) {
        if (is_continuable_) {
            std::string by_chance = names_.by_chance();
            if (!rename(part_, by_chance)) throw IoError(path_, errno);
            named_ = std::exchange(part_, std::move(by_chance));
            is_continuable_ = false;
        }
        try {
            resize(file_, size, path_);
        } catch (...) {
            gather(size_);
            throw;
        }
    }

    /// Ends that: the first `size` bytes are those that have come.
    void gather(std::uint64_t size) {
        resize(file_, size, path_);
        size_ = size;
        if (named_.empty()) return;
        std::string named = std::exchange(named_, {});
        is_continuable_ = rename(part_, named);  // unless another process has begun anew under that name
        if (is_continuable_) part_ = std::move(named);
    }

    /// Forgets what was written.
    void clear() {
        resize(file_, 0, path_);
        size_ = 0;
    }

    /// Gives the file its name, in one step, and the mode of the file that had the name or else that of any new file.
    /// If `is_synced`, the data is on the disk before the name is. If the name can't be given, the hidden file stays.
    void publish(bool is_synced) {
        struct stat found {};
        bool const replaces = ::fstatat(directory_.get(), name_.c_str(), &found, 0) == 0 && S_ISREG(found.st_mode);
        if (::fchmod(file_.get(), replaces ? found.st_mode & 0777 : new_file_mode_) != 0) throw IoError(path_, errno);
        resize(file_, size_, path_);  // it may end with zeros that weren't written
        is_broken_ = true;
        if (is_synced) sync(file_, path_);
        // The errors of closing show, and the lock stays: a second process must not continue what gets its name now.
        FileDescriptor copy{::fcntl(file_.get(), F_DUPFD_CLOEXEC, 0)};
        if (!copy.close()) throw IoError(path_, errno);
        std::string const part = std::exchange(part_, {});
        if (::renameat(directory_.get(), part.c_str(), directory_.get(), name_.c_str()) != 0) {
            IoError const failure(path_ + " can't be replaced; the complete data is beside it in " + part, errno);
            static_cast<void>(::fchmod(file_.get(), S_IRUSR | S_IWUSR));
            throw failure;
        }
        if (is_synced) sync(directory_, path_);
        names_.remove_abandoned(directory_, true);
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
        file_ = FileDescriptor{};
        if (result != 0) throw IoError(path_, error);
        return found.st_mode & 0777;
    }

    /// False if a file of that name is somebody else's: locked, or not made by this function.
    bool open_named(std::string const& part) {
        for (int tries = 0; tries < 100; ++tries) {
            int const flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
            FileDescriptor file{
                uninterrupted([&] { return ::openat(directory_.get(), part.c_str(), flags, S_IRUSR | S_IWUSR); })};
            struct stat opened {};
            if (file.get() == -1 || ::fstat(file.get(), &opened) != 0 || !S_ISREG(opened.st_mode) ||
                opened.st_uid != ::geteuid() || opened.st_nlink > 1 || !lock(file))
                return false;
            // Between opening and locking, another process may have published or removed it.
            auto const size = size_if_named(part, file);
            if (!size) continue;
            size_ = *size;
            file_ = std::move(file);
            part_ = part;
            return true;
        }
        return false;
    }

    void create(mode_t mode) {
        for (;;) {
            part_ = names_.by_chance();
            int const flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
            file_ = FileDescriptor{::openat(directory_.get(), part_.c_str(), flags, mode)};
            if (file_.get() == -1 && (errno == EEXIST || errno == EINTR)) continue;
            if (file_.get() == -1) {
                part_.clear();
                throw IoError(path_, errno);
            }
            // Before it's locked, another process may take it for abandoned, and remove it. Not all can lock.
            bool const is_taken = !lock(file_) && (errno == EAGAIN || errno == EACCES);
            if (!is_taken && size_if_named(part_, file_)) return;
        }
    }

    /// The size of the open file if it has that name.
    [[nodiscard]] std::optional<std::uint64_t> size_if_named(std::string const& part,
                                                             FileDescriptor const& file) const {
        struct stat opened {};
        struct stat named {};
        bool const is_named = ::fstat(file.get(), &opened) == 0 &&
                              ::fstatat(directory_.get(), part.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
                              named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
        return is_named ? std::optional{static_cast<std::uint64_t>(opened.st_size)} : std::nullopt;
    }

    void remove() noexcept {
        if (!part_.empty()) static_cast<void>(::unlinkat(directory_.get(), part_.c_str(), 0));
        part_.clear();
    }

    /// False if the new name is taken.
    [[nodiscard]] bool rename(std::string const& from, std::string const& to) const {
        int const directory = directory_.get();
        if (::renameat2(directory, from.c_str(), directory, to.c_str(), RENAME_NOREPLACE) == 0) return true;
        if (errno != EINVAL && errno != ENOSYS) return false;  // or else the file system can't do that in one step
        return ::faccessat(directory, to.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
               ::renameat(directory, from.c_str(), directory, to.c_str()) == 0;
    }

    pid_t process_ = ::getpid();
    std::string path_;
    std::string name_;
    Names names_;
    FileDescriptor directory_;
    FileDescriptor file_;
    std::string part_;
    std::string named_;       ///< the name that it had before `scatter`
    std::uint64_t size_ = 0;  ///< of what was written, with the zeros at its end
    mode_t new_file_mode_ = 0;
    bool is_continuable_ = false;
    std::atomic<bool> is_broken_ = false;  ///< its bytes may not be those that were written
};

}  // namespace openstack::detail
