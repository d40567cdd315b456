// SPDX-License-Identifier: Apache-2.0
// Sinks: a file appears whole or not at all, with the right mode, and each failure is said.
#include <openstack/sink.hpp>
#include <openstack/source.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "../support/temporary_directory.hpp"
#include "../support/thrown.hpp"

using openstack::IoError, openstack::Sink, openstack::to_callback, openstack::to_file, openstack::to_stream;
using support::read_file, support::TemporaryDirectory, support::thrown, support::throws_exactly, support::write_file;
using Names = std::vector<std::string>;

namespace {

void write(Sink& sink, std::string_view text) { sink.write(std::as_bytes(std::span{text})); }

mode_t mode_of(std::filesystem::path const& path) {
    struct stat found {};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    return found.st_mode & 07777;
}

/// Sets the umask for one test.
class Umask {
  public:
    explicit Umask(mode_t mask) : before_(::umask(mask)) {}
    Umask(Umask const&) = delete;
    Umask& operator=(Umask const&) = delete;
    ~Umask() { ::umask(before_); }

  private:
    mode_t before_;
};

template<class Action>
int error_of(Action action) {
    try {
        action();
    } catch (IoError const& error) {
        return error.code().value();
    }
    return 0;
}

}  // namespace

TEST_CASE("A file appears when it's finished", "[sink]") {
    TemporaryDirectory const directory;
    auto sink = to_file(directory / "image");
    CHECK_FALSE(std::filesystem::exists(directory / "image"));
    write(*sink, "one ");
    write(*sink, "");
    write(*sink, std::string_view{"t\0o", 3});
    REQUIRE(directory.names().size() == 1);
    std::string const part = directory.names()[0];
    CHECK(part.starts_with(".image."));
    CHECK(part.ends_with(".part"));
    CHECK(part.size() == std::string_view{".image.01234567.part"}.size());
    CHECK(mode_of(directory / part) == 0600);
    sink->finish();
    CHECK(directory.names() == Names{"image"});
    sink.reset();
    CHECK(read_file(directory / "image") == std::string_view{"one t\0o", 7});
}

TEST_CASE("An abandoned file leaves nothing, and the old one as it was", "[sink][row:117]") {
    TemporaryDirectory const directory;
    write_file(directory / "image", "old");
    {
        auto const sink = to_file(directory / "image");
        write(*sink, "new");
        CHECK(read_file(directory / "image") == "old");
        CHECK(directory.names().size() == 2);
    }
    CHECK(directory.names() == Names{"image"});
    CHECK(read_file(directory / "image") == "old");
}

TEST_CASE("An empty file is a file", "[sink][row:135]") {
    TemporaryDirectory const directory;
    to_file(directory / "image", {.is_synced = false})->finish();
    CHECK(directory.names() == Names{"image"});
    CHECK(read_file(directory / "image").empty());
}

TEST_CASE("A new file has the mode of any new file", "[sink]") {
    TemporaryDirectory const directory;
    for (mode_t mask : {mode_t{022}, mode_t{027}, mode_t{0}, mode_t{077}}) {
        Umask const umask{mask};
        std::string const path = directory / std::to_string(mask);
        auto const sink = to_file(path);
        sink->finish();
        CHECK(mode_of(path) == (0666 & ~mask));
    }
}

TEST_CASE("A replaced file hands on its mode", "[sink][row:130]") {
    TemporaryDirectory const directory;
    write_file(directory / "image", "old");
    for (mode_t mode : {mode_t{0640}, mode_t{0400}, mode_t{0666}}) {
        REQUIRE(::chmod((directory / "image").c_str(), mode) == 0);
        auto const sink = to_file(directory / "image");
        sink->finish();
        CHECK(mode_of(directory / "image") == mode);
    }
}

TEST_CASE("Other names of a replaced file keep the old bytes", "[sink][row:130]") {
    TemporaryDirectory const directory;
    write_file(directory / "image", "old");
    std::filesystem::create_hard_link(directory / "image", directory / "other");
    auto const sink = to_file(directory / "image");
    write(*sink, "new");
    sink->finish();
    CHECK(read_file(directory / "image") == "new");
    CHECK(read_file(directory / "other") == "old");
}

TEST_CASE("A symbolic link stays, what it names is replaced", "[sink][row:130]") {
    TemporaryDirectory const directory;
    std::filesystem::create_directory(directory / "elsewhere");
    write_file(directory / "elsewhere/image", "old");
    std::filesystem::create_symlink("elsewhere/image", directory / "link");
    auto const sink = to_file(directory / "link");
    write(*sink, "new");
    sink->finish();
    CHECK(std::filesystem::is_symlink(directory / "link"));
    CHECK(read_file(directory / "elsewhere/image") == "new");
    CHECK(directory.names() == Names{"elsewhere", "link"});
}

TEST_CASE("A symbolic link to nothing stays, what it names is made", "[sink][row:130]") {
    TemporaryDirectory const directory;
    std::filesystem::create_directory(directory / "elsewhere");
    std::filesystem::create_symlink("elsewhere/second", directory / "first");
    std::filesystem::create_symlink("image", directory / "elsewhere/second");
    std::filesystem::create_symlink((directory / "elsewhere/other").string(), directory / "absolute");
    for (std::string const link : {"first", "absolute"}) {
        {
            auto const abandoned = to_file(directory / link);
            write(*abandoned, "part");
        }
        auto const sink = to_file(directory / link);
        write(*sink, "new");
        sink->finish();
        CHECK(read_file(directory / link) == "new");
    }
    CHECK(directory.names() == Names{"absolute", "elsewhere", "first"});
    for (std::string const link : {"first", "absolute", "elsewhere/second"})
        CHECK(std::filesystem::is_symlink(directory / link));
    CHECK(std::filesystem::is_regular_file(std::filesystem::symlink_status(directory / "elsewhere/image")));
    CHECK(std::filesystem::is_regular_file(std::filesystem::symlink_status(directory / "elsewhere/other")));
}

TEST_CASE("A symbolic link that leads nowhere is refused at once", "[sink][row:126][row:130]") {
    TemporaryDirectory const directory;
    write_file(directory / "file", "");
    std::filesystem::create_symlink("none/image", directory / "far");
    std::filesystem::create_symlink("loop", directory / "loop");
    std::filesystem::create_symlink("file/image", directory / "below");
    auto const refusal = [&](std::string const& name) {
        return error_of([&] { static_cast<void>(to_file(directory / name)); });
    };
    CHECK(refusal("far") == ENOENT);
    CHECK(refusal("far/") == ENOENT);
    CHECK(refusal("loop") == ELOOP);
    CHECK(refusal("below") == ENOTDIR);
    CHECK(directory.names() == Names{"below", "far", "file", "loop"});
}

TEST_CASE("A relative path means what it meant at first", "[sink]") {
    TemporaryDirectory const directory;
    std::filesystem::path const before = std::filesystem::current_path();
    std::filesystem::current_path(directory.path());
    auto const sink = to_file("image");
    std::filesystem::current_path(before);
    write(*sink, "text");
    sink->finish();
    CHECK(read_file(directory / "image") == "text");
}

TEST_CASE("A long name has room for the hidden one", "[sink][row:126]") {
    TemporaryDirectory const directory;
    std::string const name(255, 'x');
    auto const sink = to_file(directory / name);
    sink->finish();
    CHECK(directory.names() == Names{name});
    CHECK(error_of([&] { static_cast<void>(to_file(directory / (name + 'x'))); }) == ENAMETOOLONG);
}

TEST_CASE("A file that can't be written is refused at once", "[sink][row:126]") {
    TemporaryDirectory const directory;
    write_file(directory / "file", "");
    auto const refusal = [](std::filesystem::path const& path) {
        return error_of([&] { static_cast<void>(to_file(path)); });
    };
    CHECK(refusal(directory / "none/image") == ENOENT);
    CHECK(refusal(directory / "file/image") == ENOTDIR);
    CHECK(refusal(directory.path()) == EISDIR);
    CHECK(refusal(directory.path().string() + '/') == EISDIR);
    CHECK(refusal(directory / "none/") == ENOENT);
    CHECK(refusal("") == EINVAL);
    CHECK(refusal(directory / std::string_view{"a\0b", 3}) == EINVAL);
    CHECK(directory.names() == Names{"file"});
    std::string const path = directory / "none";
    CHECK(thrown<IoError>([&] { static_cast<void>(to_file(path + "/image")); }) ==
          path + ": No such file or directory");
}

TEST_CASE("A full disk is an error, and the old file stays", "[sink][row:125]") {
    TemporaryDirectory const directory;
    write_file(directory / "image", "old");
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    auto const handler = ::signal(SIGXFSZ, SIG_IGN);
    {
        auto const sink = to_file(directory / "image");
        rlimit const small{1000, before.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
        int const error = error_of([&] { write(*sink, std::string(2000, 'x')); });
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
        CHECK(error == EFBIG);
        CHECK(std::filesystem::file_size(directory / directory.names()[0]) == 1000);  // a short write was continued
    }
    ::signal(SIGXFSZ, handler);
    CHECK(directory.names() == Names{"image"});
    CHECK(read_file(directory / "image") == "old");
    auto const full = to_file("/dev/full");
    CHECK(error_of([&] { write(*full, "x"); }) == ENOSPC);
}

TEST_CASE("What can't get its name stays beside it, and is named", "[sink][row:128]") {
    TemporaryDirectory const directory;
    auto sink = to_file(directory / "image");
    write(*sink, "all of it");
    std::filesystem::create_directories(directory / "image/full");
    std::string const message = thrown<IoError>([&] { sink->finish(); });
    sink.reset();
    REQUIRE(directory.names().size() == 2);
    std::string const part = directory.names()[0];
    CHECK(message.find(part) != message.npos);
    CHECK(read_file(directory / part) == "all of it");
}

TEST_CASE("Two downloads to one path don't mix", "[sink][row:131]") {
    TemporaryDirectory const directory;
    auto const one = to_file(directory / "image");
    auto const two = to_file(directory / "image");
    write(*one, "11");
    write(*two, "2");
    one->finish();
    CHECK(read_file(directory / "image") == "11");
    two->finish();
    CHECK(read_file(directory / "image") == "2");
    CHECK(directory.names() == Names{"image"});
}

TEST_CASE("A pipe is written through", "[sink]") {
    TemporaryDirectory const directory;
    std::string const path = directory / "pipe";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    std::string received;
    std::thread reader{[&] { received = read_file(path); }};
    std::string const text(1'000'000, 'x');
    {
        auto const sink = to_file(path);
        write(*sink, text);
        sink->finish();
    }
    reader.join();
    CHECK(received == text);
    CHECK(directory.names() == Names{"pipe"});
}

TEST_CASE("A process that's killed leaves the old file or the new one", "[sink][row:129]") {
    TemporaryDirectory const directory;
    std::string const old(50'000, 'o');
    std::string const fresh(70'000, 'n');
    for (int run = 0; run < 50; ++run) {
        write_file(directory / "image", old);
        std::array<int, 2> begun{};
        REQUIRE(::pipe(begun.data()) == 0);
        pid_t const process = ::fork();
        REQUIRE(process != -1);
        if (process == 0) {
            for (;;) {
                auto const sink = to_file(directory / "image", {.is_synced = false});
                static_cast<void>(!::write(begun[1], "x", 1));
                for (std::size_t i = 0; i < fresh.size(); i += 1000)
                    write(*sink, std::string_view{fresh}.substr(i, 1000));
                sink->finish();
            }
        }
        char one = 0;
        REQUIRE(::read(begun[0], &one, 1) == 1);
        ::usleep(static_cast<useconds_t>(run * 20));
        ::kill(process, SIGKILL);
        REQUIRE(::waitpid(process, nullptr, 0) == process);
        ::close(begun[0]);
        ::close(begun[1]);
        std::string const found = read_file(directory / "image");
        CHECK((found == old || found == fresh));
    }
}

TEST_CASE("A stream takes the bytes, and its failure is an error", "[sink]") {
    std::ostringstream stream;
    auto const sink = to_stream(stream);
    write(*sink, "one ");
    write(*sink, "two");
    sink->finish();
    CHECK(stream.str() == "one two");
    stream.setstate(std::ios::badbit);
    CHECK(throws_exactly<IoError>([&] { write(*sink, "three"); }));
    CHECK(throws_exactly<IoError>([&] { sink->finish(); }));
    CHECK(throws_exactly<IoError>([&] { static_cast<void>(to_stream(stream)); }));
}

TEST_CASE("A function takes the bytes, and what it throws comes out", "[sink][row:133]") {
    std::string taken;
    auto const sink = to_callback([&](std::span<std::byte const> bytes) {
        if (bytes.empty()) throw std::out_of_range("mine");
        taken.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
    });
    write(*sink, "one ");
    write(*sink, "two");
    CHECK(taken == "one two");
    CHECK(thrown<std::out_of_range>([&] { write(*sink, ""); }) == "mine");
    sink->finish();
}

TEST_CASE("A function that is null takes no data", "[sink]") {
    CHECK(throws_exactly<openstack::InvalidRequest>(
        [] { static_cast<void>(openstack::to_callback(std::function<void(std::span<std::byte const>)>{})); }));
}

namespace {

/// What a sink has of an earlier download of data with that digest.
std::string found(Sink& sink, std::string_view digest) {
    std::string text;
    std::uint64_t const bytes = sink.begin(digest, [&](std::span<std::byte const> piece) {
        text.append(reinterpret_cast<char const*>(piece.data()), piece.size());
    });
    CHECK(bytes == text.size());
    return text;
}

}  // namespace

TEST_CASE("What is left under a digest is found again", "[sink][row:117][row:132]") {
    TemporaryDirectory const directory;
    std::string const large(300'000, 'x');
    {
        auto const sink = to_file(directory / "image");
        CHECK(found(*sink, "0123456789abcdef") == "");
        write(*sink, large);
    }
    CHECK(directory.names() == Names{".image.01234567.part"});
    CHECK(mode_of(directory / ".image.01234567.part") == 0600);
    {
        auto const other = to_file(directory / "image");
        CHECK(found(*other, "fedcba98") == "");
    }
    CHECK(directory.names() == Names{".image.01234567.part"});  // the other one was empty
    auto const sink = to_file(directory / "image");
    CHECK(found(*sink, "01234567") == large);
    write(*sink, "y");
    sink->finish();
    CHECK(directory.names() == Names{"image"});
    CHECK(read_file(directory / "image") == large + "y");
}

TEST_CASE("Who comes second has a file of its own, which nobody goes on with", "[sink][row:131]") {
    TemporaryDirectory const directory;
    auto one = to_file(directory / "image");
    CHECK(found(*one, "01234567") == "");
    write(*one, "one");
    {
        auto const two = to_file(directory / "image");
        CHECK(found(*two, "01234567") == "");
        write(*two, "two");
        CHECK(directory.names().size() == 2);
    }
    CHECK(directory.names() == Names{".image.01234567.part"});
    CHECK(read_file(directory / ".image.01234567.part") == "one");
    one.reset();
    auto const three = to_file(directory / "image");
    CHECK(found(*three, "01234567") == "one");
}

TEST_CASE("What others have put in a hidden file's place isn't used", "[sink][row:130]") {
    TemporaryDirectory const directory;
    write_file(directory / "mine", "mine");
    std::filesystem::path const part = directory / ".image.01234567.part";
    auto const fetch = [&] {
        auto const sink = to_file(directory / "image");
        CHECK(found(*sink, "01234567") == "");
        write(*sink, "new");
        sink->finish();
        CHECK(read_file(directory / "mine") == "mine");
        CHECK(read_file(directory / "image") == "new");
        CHECK(directory.names() == Names{".image.01234567.part", "image", "mine"});
    };
    std::filesystem::create_symlink("mine", part);
    fetch();
    std::filesystem::remove(part);
    std::filesystem::create_hard_link(directory / "mine", part);
    fetch();
    std::filesystem::remove(part);
    REQUIRE(::mkfifo(part.c_str(), 0600) == 0);
    fetch();
    std::filesystem::remove(part);
    std::filesystem::create_directory(part);
    fetch();
}

TEST_CASE("A digest that is none is no part of a name", "[sink][row:132]") {
    TemporaryDirectory const directory;
    std::filesystem::create_directory(directory / ".image.");
    for (std::string_view const digest : {"", "0123456", "/../../x", "0123456/",
                                          "\xff"
                                          "1234567"}) {
        auto const sink = to_file(directory / "image");
        CHECK(found(*sink, digest) == "");
        write(*sink, "new");
    }
    CHECK(directory.names() == Names{".image."});
}

TEST_CASE("A file that couldn't be written isn't gone on with", "[sink][row:125]") {
    TemporaryDirectory const directory;
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    auto const handler = ::signal(SIGXFSZ, SIG_IGN);
    {
        auto const sink = to_file(directory / "image");
        CHECK(found(*sink, "01234567") == "");
        rlimit const small{1000, before.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
        CHECK(error_of([&] { write(*sink, std::string(2000, 'x')); }) == EFBIG);
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    }
    ::signal(SIGXFSZ, handler);
    CHECK(directory.names().empty());
}

TEST_CASE("An open file is written to from where it stands", "[sink]") {
    TemporaryDirectory const directory;
    write_file(directory / "file", "old old old");
    int const file = ::open((directory / "file").c_str(), O_WRONLY);
    REQUIRE(::lseek(file, 4, SEEK_SET) == 4);
    auto const sink = openstack::to_file_descriptor(file);
    REQUIRE(::close(file) == 0);
    write(*sink, "new");
    sink->finish();
    CHECK(read_file(directory / "file") == "old new old");
    CHECK(error_of([&] { static_cast<void>(openstack::to_file_descriptor(-1)); }) == EBADF);
    int const reading = ::open((directory / "file").c_str(), O_RDONLY);
    auto const unwritable = openstack::to_file_descriptor(reading);
    REQUIRE(::close(reading) == 0);
    CHECK(error_of([&] { write(*unwritable, "x"); }) == EBADF);
}

TEST_CASE("Blocks of zeros stay holes, wherever they come", "[sink]") {
    TemporaryDirectory const directory;
    constexpr std::size_t block = 4096;
    std::string text(512 * block, '\0');
    text[3 * block + 17] = 'a';   // the only one of its block
    text[200 * block] = 'b';      // the first one
    text[201 * block - 1] = 'c';  // the last one
    text.replace(300 * block + 1, 3 * block, std::string(3 * block, 'd'));
    std::size_t const piece = GENERATE(std::size_t{512 * block}, std::size_t{5000}, std::size_t{100'000});
    INFO(piece);
    text.back() = GENERATE('e', '\0');  // data or a hole at the end
    auto const sink = to_file(directory / "image");
    for (std::size_t at = 0; at < text.size(); at += piece) write(*sink, std::string_view{text}.substr(at, piece));
    sink->finish();
    CHECK((read_file(directory / "image") == text));
    struct stat found {};
    REQUIRE(::stat((directory / "image").c_str(), &found) == 0);
    CHECK(static_cast<std::size_t>(found.st_blocks) * 512 <= 16 * block);
}

TEST_CASE("A file that was kept is as long as what was written, zeros or not", "[sink][row:132]") {
    TemporaryDirectory const directory;
    std::string const text = "data" + std::string(20'000, '\0');
    {
        auto const sink = to_file(directory / "image");
        CHECK(found(*sink, "01234567") == "");
        write(*sink, text);
    }
    auto const sink = to_file(directory / "image");
    CHECK(found(*sink, "01234567") == text);
    write(*sink, "end");
    sink->finish();
    CHECK(read_file(directory / "image") == text + "end");
}

namespace {

/// Bytes in any order.
void write_at(openstack::ScatteredSink& sink, std::uint64_t at, std::string_view text) {
    sink.write_at(at, std::as_bytes(std::span{text}));
}
std::string read_at(openstack::ScatteredSink& sink, std::uint64_t at, std::size_t size) {
    std::string text(size, '?');
    text.resize(sink.read_at(at, std::as_writable_bytes(std::span{text})));
    return text;
}

}  // namespace

TEST_CASE("A file takes bytes in any order, after those that it has", "[sink]") {
    TemporaryDirectory const directory;
    auto const sink = to_file(directory / "image");
    CHECK(found(*sink, "01234567") == "");
    write(*sink, "0123");
    openstack::ScatteredSink* const scattered = sink->scatter(10);
    REQUIRE(scattered != nullptr);
    write_at(*scattered, 8, "89");
    CHECK(read_at(*scattered, 6, 100) == std::string("\0\0"
                                                     "89",
                                                     4));
    write_at(*scattered, 4, "4567");
    CHECK(read_at(*scattered, 0, 10) == "0123456789");
    scattered->gather(10);
    write(*sink, "ab");
    sink->finish();
    CHECK(directory.names() == Names{"image"});
    CHECK(read_file(directory / "image") == "0123456789ab");
}

TEST_CASE("Bytes that came in any order are gone on with only where none is missing", "[sink][row:129][row:132]") {
    TemporaryDirectory const directory;
    SECTION("gathered") {
        {
            auto const sink = to_file(directory / "image");
            CHECK(found(*sink, "01234567") == "");
            openstack::ScatteredSink* const scattered = sink->scatter(10);
            write_at(*scattered, 0, "012");
            write_at(*scattered, 8, "89");
            CHECK(directory.names() != Names{".image.01234567.part"});
            scattered->gather(3);
        }
        CHECK(directory.names() == Names{".image.01234567.part"});
        CHECK(found(*to_file(directory / "image"), "01234567") == "012");
    }
    SECTION("not gathered") {
        auto sink = to_file(directory / "image");
        CHECK(found(*sink, "01234567") == "");
        write_at(*sink->scatter(10), 8, "89");
        sink.reset();
        CHECK(directory.names().empty());
    }
    SECTION("while another process began anew") {
        auto one = to_file(directory / "image");
        CHECK(found(*one, "01234567") == "");
        openstack::ScatteredSink* const scattered = one->scatter(3);
        write_at(*scattered, 0, "one");
        auto two = to_file(directory / "image");
        CHECK(found(*two, "01234567") == "");
        write(*two, "two!");
        scattered->gather(3);
        one.reset();
        CHECK(directory.names() == Names{".image.01234567.part"});
        two->finish();
        CHECK(read_file(directory / "image") == "two!");
    }
    SECTION("begun again") {
        auto const sink = to_file(directory / "image");
        CHECK(found(*sink, "01234567") == "");
        write_at(*sink->scatter(10), 0, "0123456789");
        CHECK(sink->rewind());
        openstack::ScatteredSink* const scattered = sink->scatter(5);
        CHECK(read_at(*scattered, 0, 10) == std::string(5, '\0'));
        write_at(*scattered, 0, "abcde");
        scattered->gather(5);
        sink->finish();
        CHECK(read_file(directory / "image") == "abcde");
    }
}

TEST_CASE("Only a file takes bytes in any order", "[sink]") {
    std::ostringstream out;
    CHECK(to_stream(out)->scatter(10) == nullptr);
    CHECK(to_callback([](std::span<std::byte const>) {})->scatter(10) == nullptr);
    CHECK(to_file("/dev/null")->scatter(10) == nullptr);
}

namespace {

/// Whether the action ends well in a child process.
template<class Action>
bool is_well_in_child(Action action) {
    pid_t const child = ::fork();
    if (child == 0) {
        action();
        ::_exit(0);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return status == 0;
}

}  // namespace

TEST_CASE("A child process that destroys a sink leaves its parent's file alone", "[sink]") {
    TemporaryDirectory const directory;
    std::string const digest = GENERATE("", "01234567");
    auto sink = to_file(directory / "image");
    CHECK(found(*sink, digest) == "");
    write(*sink, "first ");
    auto const child = ::fork();
    if (child == 0) {
        write(*sink, "x");
        sink.reset();
        ::_exit(0);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    write(*sink, "second");
    sink->finish();
    CHECK(read_file(directory / "image") == "first second");
}

TEST_CASE("A kept file survives that there's no room for the whole", "[sink][row:125]") {
    TemporaryDirectory const directory;
    {
        auto const sink = to_file(directory / "image");
        CHECK(found(*sink, "01234567") == "");
        write(*sink, "good bytes");
    }
    CHECK(is_well_in_child([&] {
        ::signal(SIGXFSZ, SIG_IGN);
        rlimit const limit{1 << 20, 1 << 20};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        auto sink = to_file(directory / "image");
        static_cast<void>(sink->begin("01234567", [](std::span<std::byte const>) {}));
        if (error_of([&] { static_cast<void>(sink->scatter(64 << 20)); }) != EFBIG) ::_exit(1);
        sink.reset();
    }));
    CHECK(directory.names() == Names{".image.01234567.part"});
    CHECK(read_file(directory / ".image.01234567.part") == "good bytes");
}

TEST_CASE("What killed processes have left is removed when nobody can go on with it", "[sink][row:129]") {
    TemporaryDirectory const directory;
    std::string const by_chance = ".image.ghijklmn.part";
    std::string const by_hash = ".image.89abcdef.part";
    Names const others{".image.0123456.part",   ".image.89abcdeff.part", ".image.89abcdef.par",
                       ".image2.ghijklmn.part", ".image.wxyzwxyz.part",  "image.ghijklmn.part"};
    for (std::string const& name : others) write_file(directory / name, "somebody else's");
    write_file(directory / by_chance, "lost");
    write_file(directory / by_hash, "another image's");
    auto living = to_file(directory / "image");
    write(*living, "by chance, but in use");
    Names const with_living = directory.names();
    {
        auto const sink = to_file(directory / "image");
        CHECK(found(*sink, "01234567") == "");
        CHECK_FALSE(std::filesystem::exists(directory / by_chance));
        CHECK(std::filesystem::exists(directory / by_hash));
        write(*sink, "new");
        sink->finish();
        CHECK_FALSE(std::filesystem::exists(directory / by_hash));
    }
    CHECK(read_file(directory / "image") == "new");
    living->finish();
    CHECK(read_file(directory / "image") == "by chance, but in use");
    for (std::string const& name : others) CHECK(std::filesystem::exists(directory / name));
    CHECK(directory.names().size() == others.size() + 1);
}

TEST_CASE("An open file named by its number is written to from where it stands", "[sink]") {
    TemporaryDirectory const directory;
    int const file = ::open((directory / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    REQUIRE(::write(file, "before ", 7) == 7);
    for (std::string const folder : {"/dev/fd/", "/proc/self/fd/"}) {
        auto const sink = to_file(folder + std::to_string(file));
        write(*sink, "x ");
        sink->finish();
    }
    std::filesystem::create_symlink("/dev/fd/" + std::to_string(file), directory / "link");
    auto const sink = to_file(directory / "link");
    write(*sink, "y ");
    sink->finish();
    REQUIRE(::write(file, "after", 5) == 5);
    ::close(file);
    CHECK(read_file(directory / "log") == "before x x y after");
    CHECK(directory.names() == Names{"link", "log"});
    CHECK(error_of([] { static_cast<void>(to_file("/dev/fd/999999")); }) == EBADF);
}

TEST_CASE("A pipe that doesn't wait is waited for", "[sink]") {
    int ends[2]{};
    REQUIRE(::pipe2(ends, O_NONBLOCK) == 0);
    std::string const text(500'000, 'x');
    std::string got;
    std::thread reader{[&] {
        auto const source = openstack::from_file_descriptor(ends[0]);
        std::string buffer(10'000, '\0');
        while (std::size_t const count = source->read(std::as_writable_bytes(std::span{buffer})))
            got.append(buffer, 0, count);
    }};
    {
        auto const sink = openstack::to_file_descriptor(ends[1]);
        ::close(ends[1]);
        write(*sink, text);
        sink->finish();
    }
    reader.join();
    ::close(ends[0]);
    CHECK((got == text));
}
