// SPDX-License-Identifier: Apache-2.0
// Where the bytes of a download go: a file, a stream or a function; or nowhere, where they are pulled.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <openstack/callback.hpp>
#include <openstack/error.hpp>
#include <openstack/file.hpp>
#include <openstack/http.hpp>
#include <openstack/part_file.hpp>

namespace openstack {

/// Takes bytes in any order. Each of them comes once; what hasn't come is zero.
class ScatteredSink {
  public:
    ScatteredSink() = default;
    ScatteredSink(ScatteredSink const&) = delete;
    ScatteredSink& operator=(ScatteredSink const&) = delete;
    virtual ~ScatteredSink() = default;

    /// Takes the bytes from byte `at` on. Called by several threads at once.
    virtual void write_at(std::uint64_t at, std::span<std::byte const> bytes) = 0;
    /// Gives the bytes from byte `at` on, and says how many; 0 is the end. Called while others write elsewhere.
    [[nodiscard]] virtual std::size_t read_at(std::uint64_t at, std::span<std::byte> buffer) = 0;
    /// Ends that: forgets all but the first `size` bytes, which the next ones follow.
    virtual void gather(std::uint64_t size) = 0;
};

/// Takes the bytes of a download. Used by one thread at a time; what it throws ends the download unchanged.
class Sink {
  public:
    Sink() = default;
    Sink(Sink const&) = delete;
    Sink& operator=(Sink const&) = delete;
    /// Without `finish` before it, the download is abandoned.
    virtual ~Sink() = default;

    /// Called before the first byte of data with that digest, in hexadecimal digits; empty if it isn't known. Gives how
    /// many of the first bytes the sink has already, from an earlier download, after `show` was called with all of
    /// them. These needn't come again, unless they turn out wrong.
    [[nodiscard]] virtual std::uint64_t begin(std::string_view digest,
                                              Callback<void(std::span<std::byte const>)> show) {
        static_cast<void>(digest);
        static_cast<void>(show);
        return 0;
    }
    /// Takes the next bytes, which are valid during the call only.
    virtual void write(std::span<std::byte const> bytes) = 0;
    /// Called once, when all bytes were received and verified.
    virtual void finish() = 0;
    /// Forgets all bytes, since they come again; false if that is impossible.
    [[nodiscard]] virtual bool rewind() { return false; }
    /// Begins to take bytes in any order, until there are `size` of them or `gather` is called; null if that is
    /// impossible. Those that have come stay.
    [[nodiscard]] virtual ScatteredSink* scatter(std::uint64_t size) {
        static_cast<void>(size);
        return nullptr;
    }
};

/// How `to_file` writes.
struct FileSinkOptions {
    bool is_synced = true;  ///< whether the data is safe on the disk, even from a power failure, before it has its name
    bool is_kept =
        true;  ///< whether what was written before a failure stays for the next verified download to go on with
};

/// Says that a download is to be pulled piece by piece: `download_image(image, openstack::stream)`.
struct Stream {};
/// The one value of that type.
inline constexpr Stream stream{};

namespace detail {

/// A file that is replaced when all is there. A template so that a program compiles it only where it downloads to
/// files.
template<class Names>
class FileSink final : public Sink, public ScatteredSink {
  public:
    FileSink(std::string path, FileSinkOptions options) : part_(std::move(path)), options_(options) {}

    [[nodiscard]] std::uint64_t begin(std::string_view digest,
                                      Callback<void(std::span<std::byte const>)> show) override {
        part_.open(options_.is_kept ? digest : std::string_view{});
        std::string buffer(buffer_size, '\0');
        std::uint64_t shown = 0;
        while (std::size_t const count = part_.read_at(shown, writable_bytes_of(buffer))) {
            show(bytes_of({buffer.data(), count}));
            shown += count;
        }
        return shown;
    }
    void write(std::span<std::byte const> bytes) override {
        part_.open({});
        part_.write(bytes);
    }
    void finish() override {
        part_.open({});
        part_.publish(options_.is_synced);
    }
    [[nodiscard]] bool rewind() override {
        part_.clear();
        return true;
    }
    [[nodiscard]] ScatteredSink* scatter(std::uint64_t size) override {
        part_.open({});
        part_.scatter(size);
        return this;
    }
    void write_at(std::uint64_t at, std::span<std::byte const> bytes) override { part_.write_at(at, bytes); }
    [[nodiscard]] std::size_t read_at(std::uint64_t at, std::span<std::byte> buffer) override {
        return part_.read_at(at, buffer);
    }
    void gather(std::uint64_t size) override { part_.gather(size); }

  private:
    static constexpr std::size_t buffer_size = std::size_t{128} << 10;

    PartFile<Names> part_;
    FileSinkOptions options_;
};

/// A pipe or a device, which can't be replaced, or what else is open.
class DeviceSink final : public Sink {
  public:
    explicit DeviceSink(std::string path) : DeviceSink(path, open_file(path, O_WRONLY)) {}
    /// `name` is for messages.
    DeviceSink(std::string name, FileDescriptor file) : path_(std::move(name)), file_(std::move(file)) {}

    void write(std::span<std::byte const> bytes) override { write_all(file_, bytes, path_); }
    void finish() override {
        if (!file_.close()) throw IoError(path_, errno);
    }

  private:
    std::string path_;
    FileDescriptor file_;
};

/// A standard stream. A template only so that who has no stream needs no <ostream>.
template<class Stream>
class StreamSink final : public Sink {
  public:
    explicit StreamSink(Stream& output) : stream_(output) { check(); }

    void write(std::span<std::byte const> bytes) override {
        stream_.write(reinterpret_cast<char const*>(bytes.data()), static_cast<std::ptrdiff_t>(bytes.size()));
        check();
    }
    void finish() override {
        stream_.flush();
        check();
    }

  private:
    void check() const {
        if (!stream_) throw IoError("the output stream can't be written", EIO);
    }

    Stream& stream_;
};

/// A function.
template<class Function>
class CallbackSink final : public Sink {
  public:
    explicit CallbackSink(Function write) : write_(std::move(write)) {}

    void write(std::span<std::byte const> bytes) override { write_(bytes); }
    void finish() override {}

  private:
    Function write_;
};

}  // namespace detail

/// An open file, pipe, socket or device, written to from where it stands. The descriptor may be closed at once, since
/// the sink has one of its own. What was written before a failure stays. Throws IoError, also if it isn't open.
[[nodiscard]] inline std::unique_ptr<Sink> to_file_descriptor(int descriptor) {
    std::string name = "file descriptor " + std::to_string(descriptor);
    return std::unique_ptr<Sink>(new detail::DeviceSink(std::move(name), detail::duplicate(descriptor)));
}

/// A file that appears at `path` when it's whole and verified, in one step, with the mode of the file that it replaces
/// or else that of any new file. Until then the bytes are in a hidden file beside it, `.NAME.XXXXXXXX.part`, which only
/// its owner can read; what was at `path` stays untouched. Its digits are the first of the data's hash, and if the
/// download fails, but not for a full disk, or its process dies, the next verified one to the same path goes on with it
/// (FileSinkOptions::is_kept); a second process that fetches the same at the same time has one of its own. A finished
/// download removes the hidden files for `path` that nobody uses. A symbolic link stays, what it names is replaced or
/// made. A pipe, a device, and an open file of this process (/dev/stdout, /dev/fd/3) are written to directly, from
/// where they stand.
///
/// Throws IoError, which names the path: by itself if nothing can be written there, so before anything is requested.
template<detail::FilePath Path, class Names = detail::PartNames<>>
[[nodiscard]] std::unique_ptr<Sink> to_file(Path const& path, FileSinkOptions options = {}) {
    std::string name = detail::path_text(path);
    std::string target = detail::follow_links(name);
    if (int const descriptor = detail::descriptor_in(target); descriptor != -1) return to_file_descriptor(descriptor);
    struct stat found {};
    bool const is_there = ::stat(name.c_str(), &found) == 0;
    if (is_there && !S_ISREG(found.st_mode)) return std::unique_ptr<Sink>(new detail::DeviceSink(std::move(name)));
    return std::unique_ptr<Sink>(new detail::FileSink<Names>(std::move(target), options));
}

/// A stream, which has to stay until the download has ended. What was written before a failure stays in it.
/// Throws IoError if the stream fails.
template<std::derived_from<std::ostream> Stream>
[[nodiscard]] std::unique_ptr<Sink> to_stream(Stream& output) {
    return std::make_unique<detail::StreamSink<std::ostream>>(output);
}

/// A function, called with each piece as it arrives: before the whole is verified. What it throws leaves the download
/// unchanged. Throws InvalidRequest for one that is null.
template<std::invocable<std::span<std::byte const>> Function>
[[nodiscard]] std::unique_ptr<Sink> to_callback(Function write) {
    if (detail::has_nothing(write)) throw InvalidRequest("the function that takes the data is null");
    return std::unique_ptr<Sink>(new detail::CallbackSink<Function>(std::move(write)));
}

}  // namespace openstack
