// SPDX-License-Identifier: Apache-2.0
// Files of the system, closed by themselves.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <openstack/algorithm.hpp>
#include <openstack/error.hpp>

namespace openstack::detail {

/// What names a file: a std::filesystem::path or a text. It's asked for its text so that <filesystem>, which costs the
/// compiler a tenth of this library, is included only by those who use it.
template<class T>
concept FilePath = std::convertible_to<T const&, std::string_view> || requires(T const& path) {
    { path.native() } -> std::convertible_to<std::string_view>;
};

/// The path's text. Throws IoError if it holds a NUL, or is a null pointer, as of a variable that isn't set.
template<FilePath Path>
[[nodiscard]] std::string path_text(Path const& path) {
    std::string text;
    if constexpr (std::is_pointer_v<Path>)
        if (path == nullptr) throw IoError("a path is null", EINVAL);
    if constexpr (std::convertible_to<Path const&, std::string_view>) {
        text = std::string_view{path};
    } else {
        text = path.native();
    }
    if (text.find('\0') != std::string::npos) throw IoError("a path holds a NUL", EINVAL);
    return text;
}

/// The number in the path of an open file of this process, such as /dev/fd/3; -1 if it's another path.
[[nodiscard]] inline int descriptor_in(std::string_view path) {
    for (std::string_view const folder : {"/dev/fd/", "/proc/self/fd/"}) {
        if (!path.starts_with(folder)) continue;
        path.remove_prefix(folder.size());
        int number = 0;
        for (char const c : path)
            if (c >= '0' && c <= '9' && number < 1'000'000)
                number = number * 10 + (c - '0');
            else
                return -1;
        return path.empty() ? -1 : number;
    }
    return -1;
}

/// Where a path leads if its last name is a symbolic link, and so on, to a name that may be free, or to an open file of
/// this process. Throws IoError.
[[nodiscard]] inline std::string follow_links(std::string path) {
    constexpr int max_links = 40;  // as the system has it
    for (int links = 0; links < max_links; ++links) {
        if (descriptor_in(path) != -1) return path;
        std::string target(4096, '\0');  // no link of the system's is longer
        ssize_t const size = ::readlink(path.c_str(), target.data(), target.size());
        if (size == -1 && (errno == EINVAL || errno == ENOENT)) return path;  // it's no link
        if (size == -1) throw IoError(path, errno);
        target.resize(static_cast<std::size_t>(size));
        if (!target.starts_with('/')) target.insert(0, path, 0, path.rfind('/') + 1);
        path = std::move(target);
    }
    throw IoError(path, ELOOP);
}

/// An open file, or none.
class FileDescriptor {
  public:
    /// Closes that file some day; -1 is none.
    explicit FileDescriptor(int number = -1) noexcept : number_(number) {}
    FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~FileDescriptor() { static_cast<void>(close()); }

    /// The system's number of it; -1 if there is none.
    [[nodiscard]] int get() const noexcept { return number_; }

    /// Gives the number away, which is somebody else's to close now.
    [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }

    /// Whether the file is closed without a loss. An interrupted close has closed it.
    [[nodiscard]] bool close() noexcept {
        int const number = std::exchange(number_, -1);
        return number == -1 || ::close(number) == 0 || errno == EINTR;
    }

  private:
    int number_;
};

/// What `call()`, a function of the system's, gives if no signal interrupts it.
template<class Call>
[[nodiscard]] auto uninterrupted(Call call) -> decltype(call()) {
    for (;;) {
        auto const result = call();
        if (result != -1 || errno != EINTR) return result;
    }
}

/// Waits until a descriptor that doesn't wait by itself (O_NONBLOCK) takes or has something, as `events` says. False if
/// the last error is another one than that it would have to wait.
[[nodiscard]] inline bool waits_for(FileDescriptor const& file, short events) {
    if (errno != EAGAIN && errno != EWOULDBLOCK) return errno == EINTR;
    pollfd waiting{file.get(), events, 0};
    static_cast<void>(::poll(&waiting, 1, -1));
    return true;
}

/// Opens a file that programs started later don't inherit. Throws IoError, which names the path.
[[nodiscard]] inline FileDescriptor open_file(std::string const& path, int flags) {
    int const number = uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC); });
    if (number == -1) throw IoError(path, errno);
    return FileDescriptor{number};
}

/// A second descriptor of the caller's open file, which the caller may close. Throws IoError.
[[nodiscard]] inline FileDescriptor duplicate(int number) {
    FileDescriptor copy{::fcntl(number, F_DUPFD_CLOEXEC, 0)};
    if (copy.get() == -1) throw IoError("file descriptor " + std::to_string(number), errno);
    return copy;
}

/// Writes all bytes. Throws IoError, which names the path.
inline void write_all(FileDescriptor const& file, std::span<std::byte const> bytes, std::string const& path) {
    while (!bytes.empty()) {
        ssize_t const written = ::write(file.get(), bytes.data(), bytes.size());
        if (written == -1 && waits_for(file, POLLOUT)) continue;
        if (written == -1) throw IoError(path, errno);
        bytes = {bytes.data() + written, bytes.size() - static_cast<std::size_t>(written)};
    }
}

/// Fills the front of `buffer` with a file's bytes from `at` on, and says how many; 0 is the end. Throws IoError, which
/// names the path.
[[nodiscard]] inline std::size_t read_at(FileDescriptor const& file, std::uint64_t at, std::span<std::byte> buffer,
                                         std::string const& path) {
    ssize_t const bytes =
        uninterrupted([&] { return ::pread(file.get(), buffer.data(), buffer.size(), static_cast<off_t>(at)); });
    if (bytes == -1) throw IoError(path, errno);
    return static_cast<std::size_t>(bytes);
}

/// Locks a file as long as it's open: false if somebody else has. The lock is the open file's, not the process's.
[[nodiscard]] inline bool lock(FileDescriptor const& file) noexcept {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    return ::fcntl(file.get(), F_OFD_SETLK, &whole) == 0;
}

/// Cuts a file off, or adds zeros to it. Throws IoError, which names the path.
inline void resize(FileDescriptor const& file, std::uint64_t size, std::string const& path) {
    if (uninterrupted([&] { return ::ftruncate(file.get(), static_cast<off_t>(size)); }) != 0)
        throw IoError(path, errno);
}

/// Waits until a file is safe on its disk. Throws IoError, which names the path.
inline void sync(FileDescriptor const& file, std::string const& path) {
    // Some file systems have nothing to wait for, and say so.
    if (uninterrupted([&] { return ::fsync(file.get()); }) != 0 && errno != EINVAL && errno != ENOTSUP)
        throw IoError(path, errno);
}

/// Writes all bytes at that place of a file that has only zeros there: blocks of zeros stay what they are, without
/// taking room on the disk where the file system can have holes. Throws IoError, which names the path.
inline void write_sparsely(FileDescriptor const& file, std::uint64_t at, std::span<std::byte const> bytes,
                           std::string const& path) {
    constexpr std::size_t block = 4096;  // the smallest hole of most file systems
    auto const block_size = [&](std::size_t offset) {
        return (std::min)(block - static_cast<std::size_t>((at + offset) % block), bytes.size() - offset);
    };
    auto const is_zero = [&](std::size_t offset) {
        std::byte const* const first = bytes.data() + offset;
        return *first == std::byte{} && std::memcmp(first, first + 1, block_size(offset) - 1) == 0;
    };
    for (std::size_t offset = 0; offset < bytes.size();) {
        if (is_zero(offset)) {
            offset += block_size(offset);
            continue;
        }
        std::size_t end = offset;
        do end += block_size(end);
        while (end < bytes.size() && !is_zero(end));
        while (offset < end) {
            ssize_t const written =
                ::pwrite(file.get(), bytes.data() + offset, end - offset, static_cast<off_t>(at + offset));
            if (written == -1 && errno == EINTR) continue;
            if (written == -1) throw IoError(path, errno);
            offset += static_cast<std::size_t>(written);
        }
    }
}

}  // namespace openstack::detail
