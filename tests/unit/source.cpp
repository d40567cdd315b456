// SPDX-License-Identifier: Apache-2.0
// Sources: what they read, what they know of their size, and how they fail.
#include <openstack/source.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <span>
#include <sstream>
#include <streambuf>
#include <string>
#include <thread>
#include <vector>

#include "../support/temporary_directory.hpp"
#include "../support/thrown.hpp"

using openstack::from_callback, openstack::from_file, openstack::from_memory, openstack::from_stream,
    openstack::IoError, openstack::Source, openstack::SourceError;
using support::TemporaryDirectory, support::thrown, support::throws_exactly, support::write_file;

namespace {

std::string read_all(Source& source, std::size_t piece = 7) {
    std::string text;
    std::string buffer(piece, '\0');
    while (std::size_t const bytes = source.read(std::as_writable_bytes(std::span{buffer})))
        text.append(buffer, 0, bytes);
    return text;
}

int error_of(std::filesystem::path const& path) {
    try {
        auto const source = from_file(path);
        static_cast<void>(read_all(*source));
    } catch (IoError const& error) {
        return error.code().value();
    }
    return 0;
}

}  // namespace

TEST_CASE("A file is read, with its size, as often as wanted", "[source]") {
    TemporaryDirectory const directory;
    for (std::string const& text : {std::string{}, std::string{"a\0b", 3}, std::string(100'000, 'x')}) {
        write_file(directory / "image", text);
        auto const source = from_file(directory / "image");
        CHECK(source->size() == text.size());
        CHECK(read_all(*source) == text);
        CHECK(source->rewind());
        CHECK(read_all(*source, 1000) == text);
    }
}

TEST_CASE("A file that can't be read is named", "[source][row:126]") {
    TemporaryDirectory const directory;
    CHECK(error_of(directory / "none") == ENOENT);
    CHECK(error_of(directory.path()) == EISDIR);
    CHECK(error_of("") == ENOENT);
    CHECK(error_of(std::string(5000, 'x')) == ENAMETOOLONG);
    CHECK(error_of(directory / std::string_view{"a\0b", 3}) == EINVAL);
    write_file(directory / "file", "");
    CHECK(error_of(directory / "file/under") == ENOTDIR);
    std::string const path = directory / "none";
    CHECK(thrown<IoError>([&] { static_cast<void>(from_file(path)); }) == path + ": No such file or directory");
    char const* const unset = nullptr;
    CHECK_THROWS_AS(from_file(unset), IoError);
}

TEST_CASE("A file isn't inherited by programs", "[source]") {
    TemporaryDirectory const directory;
    write_file(directory / "image", "text");
    int const next = ::dup(0);
    ::close(next);
    auto const source = from_file(directory / "image");
    CHECK((::fcntl(next, F_GETFD) & FD_CLOEXEC) == FD_CLOEXEC);
}

TEST_CASE("A file that changes while it's read is an error", "[source][row:138][row:139]") {
    TemporaryDirectory const directory;
    std::filesystem::path const path = directory / "image";
    write_file(path, "0123456789");
    std::filesystem::last_write_time(path, std::filesystem::file_time_type{});
    auto const source = from_file(path);
    std::array<std::byte, 4> buffer{};
    REQUIRE(source->read(buffer) == 4);
    enum Change { shrinks, grows, is_written_over };
    Change const change = GENERATE(shrinks, grows, is_written_over);
    if (change == shrinks) std::filesystem::resize_file(path, 5);
    if (change == grows) std::ofstream{path, std::ios::app} << "more";
    if (change == is_written_over) write_file(path, "abcdefghij");
    INFO(change);
    CHECK(throws_exactly<SourceError>([&] { static_cast<void>(read_all(*source)); }));
}

namespace {

/// How many bytes this process has got from the system's read functions.
std::uint64_t bytes_read() {
    std::ifstream in{"/proc/self/io"};
    std::string name;
    std::uint64_t count = 0;
    in >> name >> count;
    REQUIRE(name == "rchar:");
    return count;
}

}  // namespace

TEST_CASE("The holes of a file are zeros that nobody reads", "[source]") {
    TemporaryDirectory const directory;
    std::filesystem::path const path = directory / "image";
    constexpr std::uint64_t size = 40 << 20;
    std::string expected(size, '\0');
    bool const has_first = GENERATE(false, true);
    bool const has_last = GENERATE(false, true);
    INFO(has_first << has_last);
    write_file(path, has_first ? "first" : "");
    std::filesystem::resize_file(path, has_last ? size - 4 : size);
    if (has_last) std::ofstream{path, std::ios::app} << "last";
    if (has_first) expected.replace(0, 5, "first");
    if (has_last) expected.replace(size - 4, 4, "last");
    auto const source = from_file(path);
    CHECK(source->size() == size);
    for (int i = 0; i < 2; ++i) {
        std::uint64_t const before = bytes_read();
        CHECK(read_all(*source, 100'000) == expected);
        CHECK(bytes_read() - before < 1 << 20);
        CHECK(source->rewind());
    }
}

TEST_CASE("A file that shrinks in a hole is an error, too", "[source][row:138]") {
    TemporaryDirectory const directory;
    std::filesystem::path const path = directory / "image";
    write_file(path, "");
    std::filesystem::resize_file(path, 1 << 20);
    auto const source = from_file(path);
    std::array<std::byte, 4> buffer{};
    REQUIRE(source->read(buffer) == 4);
    std::filesystem::resize_file(path, 1 << 16);
    CHECK(throws_exactly<SourceError>([&] { static_cast<void>(read_all(*source)); }));
}

TEST_CASE("A pipe is read to its end, once", "[source][row:141]") {
    TemporaryDirectory const directory;
    std::string const path = directory / "pipe";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    std::thread writer{[&] { write_file(path, "through a pipe"); }};
    auto const source = from_file(path);
    CHECK_FALSE(source->size());
    CHECK(read_all(*source) == "through a pipe");
    writer.join();
    CHECK_FALSE(source->rewind());
}

TEST_CASE("Memory is read without a copy", "[source]") {
    std::string text = "0123456789";
    auto const source = from_memory(text);
    text[0] = 'x';
    CHECK(source->size() == 10);
    CHECK(read_all(*source, 3) == "x123456789");
    CHECK(source->rewind());
    CHECK(read_all(*source, 100) == "x123456789");

    std::vector<std::byte> const bytes(5, std::byte{'b'});
    CHECK(read_all(*from_memory(bytes)) == "bbbbb");
    CHECK(read_all(*from_memory("a literal")) == "a literal");
    CHECK(read_all(*from_memory("")) == "");
}

TEST_CASE("A stream is read from where it stands", "[source]") {
    std::istringstream stream{"0123456789"};
    stream.ignore(2);
    auto const source = from_stream(stream);
    CHECK_FALSE(source->size());
    CHECK(read_all(*source, 3) == "23456789");
    CHECK(source->rewind());
    CHECK(read_all(*source, 4) == "23456789");
    stream.clear();
    stream.seekg(0);
    CHECK(from_stream(stream, 10)->size() == 10);
}

namespace {

/// A stream's buffer that can't go back, and fails or ends after its text.
class OneWay final : public std::streambuf {
  public:
    OneWay(std::string text, bool fails) : text_(std::move(text)), fails_(fails) {}

  private:
    int_type underflow() override {
        if (is_read_) {
            if (fails_) throw std::runtime_error("broken");
            return traits_type::eof();
        }
        is_read_ = true;
        setg(text_.data(), text_.data(), text_.data() + text_.size());
        return traits_type::to_int_type(text_[0]);
    }

    std::string text_;
    bool fails_;
    bool is_read_ = false;
};

}  // namespace

TEST_CASE("A stream that can't go back says so", "[source][row:141]") {
    OneWay buffer{"text", false};
    std::istream stream{&buffer};
    auto const source = from_stream(stream);
    CHECK(read_all(*source) == "text");
    CHECK_FALSE(source->rewind());
}

TEST_CASE("A stream that fails isn't taken for one that ends", "[source][row:138]") {
    OneWay buffer{"text", true};
    std::istream stream{&buffer};
    auto const source = from_stream(stream);
    CHECK(throws_exactly<IoError>([&] { static_cast<void>(read_all(*source)); }));

    std::ifstream missing{"/does/not/exist"};
    CHECK(throws_exactly<SourceError>([&] { static_cast<void>(from_stream(missing)); }));
}

TEST_CASE("A function is asked until it has nothing more", "[source][row:140]") {
    int calls = 0;
    auto const source = from_callback(
        [&](std::span<std::byte> buffer) -> std::size_t {
            buffer[0] = std::byte{'x'};
            return ++calls <= 3 ? 1 : 0;
        },
        3);
    CHECK(source->size() == 3);
    CHECK(read_all(*source) == "xxx");
    CHECK_FALSE(source->rewind());
    CHECK_FALSE(from_callback([](std::span<std::byte>) -> std::size_t { return 0; })->size());
}

TEST_CASE("A function that is null gives no data", "[source]") {
    CHECK(throws_exactly<openstack::InvalidRequest>(
        [] { static_cast<void>(openstack::from_callback(std::function<std::size_t(std::span<std::byte>)>{})); }));
}

TEST_CASE("An open file is read from where it stands, without moving it", "[source]") {
    TemporaryDirectory const directory;
    write_file(directory / "file", "0123456789");
    int const file = ::open((directory / "file").c_str(), O_RDONLY);
    REQUIRE(::lseek(file, 4, SEEK_SET) == 4);
    auto const source = openstack::from_file_descriptor(file);
    CHECK(source->size() == 6u);
    CHECK(read_all(*source, 4) == "456789");
    CHECK(source->rewind());
    CHECK(::lseek(file, 0, SEEK_CUR) == 4);
    REQUIRE(::lseek(file, 20, SEEK_SET) == 20);
    CHECK(openstack::from_file_descriptor(file)->size() == 0u);
    REQUIRE(::close(file) == 0);
    CHECK(read_all(*source) == "456789");
}

TEST_CASE("An open pipe is read to its end, once", "[source][row:141]") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    auto const source = openstack::from_file_descriptor(ends[0]);
    REQUIRE(::write(ends[1], "abc", 3) == 3);
    REQUIRE(::close(ends[1]) == 0);
    REQUIRE(::close(ends[0]) == 0);
    CHECK_FALSE(source->size());
    CHECK(read_all(*source) == "abc");
    CHECK_FALSE(source->rewind());
}

TEST_CASE("A descriptor that is none is told", "[source][row:126]") {
    CHECK(thrown<IoError>([] { static_cast<void>(openstack::from_file_descriptor(-1)); }) ==
          "file descriptor -1: Bad file descriptor");
    TemporaryDirectory const directory;
    int const folder = ::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY);
    CHECK(throws_exactly<IoError>([&] { static_cast<void>(openstack::from_file_descriptor(folder)); }));
    REQUIRE(::close(folder) == 0);
}
