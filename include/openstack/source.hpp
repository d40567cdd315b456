// SPDX-License-Identifier: Apache-2.0
// Where the bytes of an upload come from: a file, memory, a stream or a function.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <openstack/algorithm.hpp>
#include <openstack/callback.hpp>
#include <openstack/error.hpp>
#include <openstack/file.hpp>
#include <openstack/http.hpp>

namespace openstack {
namespace detail {

/// A file, or what else has a path and can be read (a pipe, a device).
class FileSource final : public Source {
  public:
    explicit FileSource(std::string path) : FileSource(path, open_file(path, O_RDONLY)) { is_alone_ = is_regular(); }
    /// What is left of an open file, from where it stands; `name` is for messages.
    FileSource(std::string name, FileDescriptor file)
        : path_(std::move(name)), file_(std::move(file)), at_start_(status()) {
        if (S_ISDIR(at_start_.st_mode)) throw IoError(path_, EISDIR);
        if (is_regular()) start_ = ::lseek(file_.get(), 0, SEEK_CUR);
        if (start_ == -1) throw IoError(path_, errno);
        offset_ = start_;
    }

    [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override {
        if (is_alone_ && offset_ < at_start_.st_size) {
            if (offset_ >= extent_end_) find_extent();
            buffer = {buffer.data(),
                      static_cast<std::size_t>(
                          (std::min<std::uint64_t>)(buffer.size(), static_cast<std::uint64_t>(extent_end_ - offset_)))};
            if (is_hole_) {
                std::memset(buffer.data(), 0, buffer.size());
                offset_ += static_cast<off_t>(buffer.size());
                return buffer.size();
            }
        }
        ssize_t bytes = -1;
        do {
            bytes = is_regular() ? ::pread(file_.get(), buffer.data(), buffer.size(), offset_)
                                 : ::read(file_.get(), buffer.data(), buffer.size());
        } while (bytes == -1 && waits_for(file_, POLLIN));
        if (bytes == -1) throw IoError(path_, errno);
        if (bytes == 0 && is_regular()) check_unchanged();
        offset_ += bytes;
        return static_cast<std::size_t>(bytes);
    }

    [[nodiscard]] std::string name() const override { return path_; }
    [[nodiscard]] std::optional<std::uint64_t> size() const override {
        if (!is_regular()) return std::nullopt;
        return static_cast<std::uint64_t>((std::max)(at_start_.st_size - start_, off_t{0}));
    }

    [[nodiscard]] bool rewind() override {
        offset_ = start_;
        extent_end_ = 0;
        return is_regular();
    }

  private:
    /// Finds out whether there is data or a hole, and where that ends. A hole is known to be zeros: nothing is read.
    void find_extent() {
        off_t const end = at_start_.st_size;
        off_t const data = ::lseek(file_.get(), offset_, SEEK_DATA);
        is_hole_ = data > offset_ || (data == -1 && errno == ENXIO);  // nothing but a hole is left
        extent_end_ = is_hole_ ? (data == -1 ? end : data) : ::lseek(file_.get(), offset_, SEEK_HOLE);
        if (extent_end_ <= offset_ || extent_end_ > end) extent_end_ = end;  // also where the system can't tell
    }

    [[nodiscard]] bool is_regular() const noexcept { return S_ISREG(at_start_.st_mode); }

    struct stat status() const {
        struct stat found {};
        if (::fstat(file_.get(), &found) != 0) throw IoError(path_, errno);
        return found;
    }

    // Bytes written over in place change neither the size nor the end: only the time tells.
    void check_unchanged() const {
        struct stat const now = status();
        if (now.st_size != at_start_.st_size || now.st_mtim.tv_sec != at_start_.st_mtim.tv_sec ||
            now.st_mtim.tv_nsec != at_start_.st_mtim.tv_nsec)
            throw SourceError(path_ + " was changed while it was being read");
    }

    std::string path_;
    FileDescriptor file_;
    struct stat at_start_;
    off_t start_ = 0;
    off_t offset_ = 0;
    off_t extent_end_ = 0;   ///< of the data or the hole at `offset_`
    bool is_hole_ = false;   ///< and not data
    bool is_alone_ = false;  ///< nobody else has a position in the open file, which is moved to find holes
};

/// Bytes in memory that belong to someone else.
class MemorySource final : public Source {
  public:
    explicit MemorySource(std::span<std::byte const> bytes) : bytes_(bytes), left_(bytes) {}

    [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override {
        std::size_t const bytes = (std::min)(buffer.size(), left_.size());
        if (bytes != 0) std::memcpy(buffer.data(), left_.data(), bytes);
        left_ = {left_.data() + bytes, left_.size() - bytes};
        return bytes;
    }

    [[nodiscard]] std::optional<std::uint64_t> size() const override { return bytes_.size(); }

    [[nodiscard]] bool rewind() override {
        left_ = bytes_;
        return true;
    }

  private:
    std::span<std::byte const> bytes_;
    std::span<std::byte const> left_;
};

/// A standard stream, from where it stands. A template only so that who has no stream needs no <istream>.
template<class Stream>
class StreamSource final : public Source {
  public:
    StreamSource(Stream& input, std::optional<std::uint64_t> size) : stream_(input), size_(size) {
        if (!stream_) throw SourceError("the input stream can't be read: it has failed before");
        start_ = stream_.tellg();
    }

    [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override {
        stream_.read(reinterpret_cast<char*>(buffer.data()), static_cast<std::ptrdiff_t>(buffer.size()));
        if (stream_.bad()) throw IoError("the input stream can't be read", EIO);
        return static_cast<std::size_t>(stream_.gcount());
    }

    [[nodiscard]] std::optional<std::uint64_t> size() const override { return size_; }

    [[nodiscard]] bool rewind() override {
        if (start_ == typename Stream::pos_type(-1)) return false;
        stream_.clear();
        return static_cast<bool>(stream_.seekg(start_));
    }

  private:
    Stream& stream_;
    std::optional<std::uint64_t> size_;
    typename Stream::pos_type start_{-1};
};

/// A function.
template<class Function>
class CallbackSource final : public Source {
  public:
    CallbackSource(Function read, std::optional<std::uint64_t> size) : read_(std::move(read)), size_(size) {}

    [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override { return read_(buffer); }
    [[nodiscard]] std::optional<std::uint64_t> size() const override { return size_; }

  private:
    Function read_;
    std::optional<std::uint64_t> size_;
};

}  // namespace detail

/// The bytes of a file, whose size is told to the service. A pipe or a device is read to its end.
/// Throws IoError if it can't be opened or read, SourceError if it changes while it is being read.
template<detail::FilePath Path>
[[nodiscard]] std::unique_ptr<Source> from_file(Path const& path) {
    return std::unique_ptr<Source>(new detail::FileSource(detail::path_text(path)));
}

/// What is left of an open file, from where it stands: of a regular one, which is read without moving its position, or
/// of a pipe, a socket, a device. The descriptor may be closed at once, since the source has one of its own.
/// Throws IoError, also if it isn't open, and SourceError as from_file does.
[[nodiscard]] inline std::unique_ptr<Source> from_file_descriptor(int descriptor) {
    std::string name = "file descriptor " + std::to_string(descriptor);
    return std::unique_ptr<Source>(new detail::FileSource(std::move(name), detail::duplicate(descriptor)));
}

/// Bytes in memory. Nothing is copied: they have to stay until the upload has ended.
[[nodiscard]] inline std::unique_ptr<Source> from_memory(std::span<std::byte const> bytes) {
    return std::unique_ptr<Source>(new detail::MemorySource(bytes));
}

/// Text in memory. Nothing is copied: it has to stay until the upload has ended.
[[nodiscard]] inline std::unique_ptr<Source> from_memory(std::string_view text) {
    return from_memory(detail::bytes_of(text));
}

/// What a stream still has, from where it stands. The stream has to stay until the upload has ended; without a `size`
/// the data is sent in chunks. Throws SourceError if the stream has failed already, IoError if it fails later.
template<std::derived_from<std::istream> Stream>
[[nodiscard]] std::unique_ptr<Source> from_stream(Stream& input, std::optional<std::uint64_t> size = std::nullopt) {
    return std::make_unique<detail::StreamSource<std::istream>>(input, size);
}

/// What a function gives: it fills the front of a buffer and says how many bytes; 0 is the end. Can't be read twice, so
/// an upload that fails after its first byte isn't repeated. What the function throws leaves the upload unchanged.
/// Throws InvalidRequest for one that is null.
template<std::invocable<std::span<std::byte>> Function>
[[nodiscard]] std::unique_ptr<Source> from_callback(Function read, std::optional<std::uint64_t> size = std::nullopt) {
    if (detail::has_nothing(read)) throw InvalidRequest("the function that gives the data is null");
    return std::unique_ptr<Source>(new detail::CallbackSource<Function>(std::move(read), size));
}

}  // namespace openstack
