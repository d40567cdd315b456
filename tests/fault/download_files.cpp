// SPDX-License-Identifier: Apache-2.0
// Downloads to files on disks that are full, read-only, somebody else's or broken, and by processes that are killed.
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <openstack/image/v2/image_data.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "../support/child.hpp"
#include "../support/image_answers.hpp"
#include "../support/interruptions.hpp"
#include "../support/loopback_cloud.hpp"
#include "../support/server.hpp"
#include "../support/skip.hpp"
#include "../support/temporary_directory.hpp"
#include "../support/thrown.hpp"

namespace {

thread_local int sync_error = 0;   // of this thread's next fsync, instead of its effect
thread_local int close_error = 0;  // of this thread's next closing of a regular file, beside its effect

}  // namespace

extern "C" int fsync(int file) {
    errno = std::exchange(sync_error, 0);
    return errno != 0 ? -1 : static_cast<int>(::syscall(SYS_fsync, file));
}
extern "C" int close(int file) {
    struct stat found {};
    bool const fails = close_error != 0 && ::fstat(file, &found) == 0 && S_ISREG(found.st_mode);
    int const result = static_cast<int>(::syscall(SYS_close, file));
    if (!fails) return result;
    errno = std::exchange(close_error, 0);
    return -1;
}

using namespace openstack;
using image::v2::DownloadOptions, image::v2::Image, image::v2::ImageData;
using support::data_head, support::Interruptions, support::LoopbackCloud, support::random_text, support::read_file,
    support::record_of, support::said_in_child, support::Step, support::TemporaryDirectory, support::write_file;

namespace {

/// Answers with all of `data`, or with as much as the client takes.
Step give(std::string const& data) {
    return [=](support::Connection& connection) {
        connection.read_head();
        connection.send(data_head(data));
        connection.send_repeated(data, data.size());
    };
}

/// The first byte that a request asks for.
std::size_t first_of(support::ReceivedRequest const& received) {
    auto const range = received.headers.find("Range").value_or("bytes=0-");
    return std::stoul(std::string{range.substr(range.find('=') + 1)});
}

std::string part_of(std::string const& data) { return ".image." + support::sha512_of(data).substr(0, 8) + ".part"; }

/// A cloud, and a folder for the file `image` that the downloads replace.
struct Fixture {
    LoopbackCloud cloud;
    TemporaryDirectory folder;
    std::filesystem::path path = folder / "image";

    Fixture() { write_file(path, "old"); }

    Download fetch(std::string const& data, Sink& sink, DownloadOptions const& options = {}) const {
        return ImageData<>{Proxy<Image>{cloud.session()}}.download(record_of(data), sink, options);
    }
    /// What the download to `path` ends with: "done", or the error of the system.
    [[nodiscard]] std::string outcome(std::string const& data, DownloadOptions const& options = {},
                                      std::function<void()> const& before = {}) const {
        try {
            auto const sink = to_file(path);
            if (before) before();
            fetch(data, *sink, options);
        } catch (IoError const& error) {
            return ::strerrorname_np(error.code().value());
        }
        return "done";
    }
    /// The same, and after that what is in the folder.
    [[nodiscard]] std::string outcome_and_left(std::string const& data,
                                               std::function<void()> const& before = {}) const {
        std::string const ended = outcome(data, {}, before);
        return ended + ": " + left();
    }
    /// The names in the folder, then the file's text.
    [[nodiscard]] std::string left() const {
        std::string text;
        for (std::string const& each : folder.names()) text += each + ' ';
        return text + "= " + read_file(path);
    }
    /// How often the service was asked, if all went as scripted.
    [[nodiscard]] std::string requests() {
        std::string const problems = cloud.server.finish();
        return problems.empty() ? std::to_string(cloud.server.requests().size()) : problems;
    }
};

/// False where the system lets no test mount anything: then this one is skipped.
bool can_mount() {
    std::string const why = support::why_no_mount();
    if (!why.empty()) support::skip("no file system can be mounted: " + why);
    return why.empty();
}

void stop_being_root() {
    if (::geteuid() == 0 && ::seteuid(65534) != 0) throw std::runtime_error("seteuid");
}

}  // namespace

TEST_CASE("A disk that becomes full ends a download at once", "[files][row:125]") {
    if (!can_mount()) return;
    Fixture f;
    std::string const data = random_text(3'000'000);
    f.cloud.server.script({give(data)});
    CHECK(said_in_child([&] {
              support::mount_memory(f.folder.path(), "size=1m");
              write_file(f.path, "old");
              return f.outcome_and_left(data);
          }) == "ENOSPC: image = old");
    CHECK(f.requests() == "1");
}

TEST_CASE("A disk without room for a file is noticed before anything is requested", "[files][row:125]") {
    if (!can_mount()) return;
    Fixture f;
    CHECK(said_in_child([&] {
              support::mount_memory(f.folder.path(), "nr_inodes=2");  // one of them is the folder's
              write_file(f.path, "old");
              return f.outcome_and_left("data");
          }) == "ENOSPC: image = old");
    CHECK(said_in_child([&] {
              support::mount_memory(f.folder.path(), "nr_inodes=3");
              write_file(f.path, "old");
              return f.outcome_and_left("data", [&] { write_file(f.folder / "other", ""); });
          }) == "ENOSPC: image other = old");
    CHECK(f.requests() == "0");
}

TEST_CASE("A file that mustn't grow ends a download at once", "[files][row:125]") {
    Fixture f;
    std::string const data = random_text(3'000'000);
    f.cloud.server.script({give(data)});
    CHECK(said_in_child([&] {
              ::signal(SIGXFSZ, SIG_IGN);
              rlimit const small{1'000'000, 1'000'000};
              return f.outcome_and_left(data, [&] { ::setrlimit(RLIMIT_FSIZE, &small); });
          }) == "EFBIG: image = old");
    CHECK(f.requests() == "1");
}

TEST_CASE("A disk that can't keep what it has taken fails the download", "[files][row:125]") {
    for (int* const error : {&sync_error, &close_error}) {
        for (int const code : {ENOSPC, EIO}) {
            Fixture f;
            std::string const data = random_text(1000);
            f.cloud.server.script({give(data)});
            auto const fail = [&](Progress const& now) { *error = now.bytes == data.size() ? code : 0; };
            CHECK(f.outcome(data, {.progress = fail}) == (code == EIO ? "EIO" : "ENOSPC"));
            CHECK(*error == 0);
            CHECK(f.left() == "image = old");
            CHECK(f.requests() == "1");
        }
    }
}

TEST_CASE("A signal while the disk is waited for loses nothing", "[files][row:127]") {
    for (int* const error : {&sync_error, &close_error}) {
        Fixture f;
        std::string const data = random_text(1000);
        f.cloud.server.script({give(data)});
        auto const interrupt = [&](Progress const& now) { *error = now.bytes == data.size() ? EINTR : 0; };
        CHECK(f.outcome(data, {.progress = interrupt}) == "done");
        CHECK(*error == 0);
        CHECK(read_file(f.path) == data);
    }
}

TEST_CASE("A device that is full ends a download at once", "[files][row:125]") {
    Fixture f;
    f.path = "/dev/full";
    std::string const data = random_text(1000);
    f.cloud.server.script({give(data)});
    CHECK(f.outcome(data) == "ENOSPC");
    CHECK(f.requests() == "1");
}

TEST_CASE("What may not be written is noticed before anything is requested", "[files][row:126]") {
    Fixture f;
    REQUIRE(::chmod(f.folder.path().c_str(), 0555) == 0);
    CHECK(said_in_child([&] {
              stop_being_root();
              return f.outcome("data");
          }) == "EACCES");
    REQUIRE(::chmod(f.folder.path().c_str(), 0777) == 0);
    CHECK(said_in_child([&] {
              stop_being_root();
              return f.outcome("data", {}, [&] {
                  static_cast<void>(::seteuid(0));  // works for who was root
                  ::chmod(f.folder.path().c_str(), 0555);
                  stop_being_root();
              });
          }) == "EACCES");
    REQUIRE(::chmod(f.folder.path().c_str(), 0700) == 0);
    CHECK(f.left() == "image = old");
    CHECK(f.requests() == "0");
}

TEST_CASE("Somebody else's part isn't gone on with", "[files][row:126][row:130]") {
    if (::geteuid() != 0) return support::skip("only the administrator can be several users");
    Fixture f;
    std::string const data = random_text(1000);
    REQUIRE(::chmod(f.folder.path().c_str(), 0777) == 0);
    write_file(f.folder / part_of(data), "theirs");
    REQUIRE(::chmod((f.folder / part_of(data)).c_str(), 0666) == 0);
    f.cloud.server.script({give(data)});
    CHECK(said_in_child([&] {
              stop_being_root();
              return f.outcome(data);
          }) == "done");
    CHECK(f.left() == part_of(data) + " image = " + data);
    CHECK(read_file(f.folder / part_of(data)) == "theirs");
    CHECK(f.requests() == "1");
}

TEST_CASE("A disk that is read-only is noticed before anything is requested", "[files][row:126]") {
    if (!can_mount()) return;
    Fixture f;
    auto const set_read_only = [&] { ::mount("", f.folder.path().c_str(), "", MS_REMOUNT | MS_RDONLY, nullptr); };
    for (bool const is_later : {false, true})
        CHECK(said_in_child([&] {
                  support::mount_memory(f.folder.path(), "size=1m");
                  write_file(f.path, "old");
                  if (!is_later) set_read_only();
                  return f.outcome_and_left("data", [&] {
                      if (is_later) set_read_only();
                  });
              }) == "EROFS: image = old");
    CHECK(f.requests() == "0");
}

TEST_CASE("A path that leads to no file is noticed before anything is requested", "[files][row:126]") {
    Fixture f;
    for (auto const& [path, error] :
         {std::pair<std::filesystem::path, std::string>{f.folder / "image/below", "ENOTDIR"},
          {f.folder.path(), "EISDIR"},
          {f.folder / "none/image", "ENOENT"},
          {f.folder / std::string(256, 'x'), "ENAMETOOLONG"},
          {f.folder / std::string(5000, 'x'), "ENAMETOOLONG"},
          {"", "EINVAL"},
          {f.folder / std::string_view{"a\0b", 3}, "EINVAL"}}) {
        INFO(path);
        f.path = path;
        CHECK(f.outcome("data") == error);
    }
    f.path = f.folder / "folder/image";
    std::filesystem::create_directory(f.folder / "folder");
    CHECK(f.outcome("data", {}, [&] { std::filesystem::remove(f.folder / "folder"); }) == "ENOENT");
    CHECK(f.requests() == "0");
}

TEST_CASE("A symbolic link may lead to another disk", "[files][row:128][row:130]") {
    if (!can_mount()) return;
    Fixture f;
    std::filesystem::create_directory(f.folder / "disk");
    std::filesystem::remove(f.path);
    std::filesystem::create_symlink("disk/file", f.path);
    f.cloud.server.script({give("data")});
    CHECK(said_in_child([&] {
              support::mount_memory(f.folder / "disk", "size=1m");
              write_file(f.folder / "disk/file", "old");
              return f.outcome_and_left("data");
          }) == "done: disk image = data");
    CHECK(f.requests() == "1");
}

TEST_CASE("A pipe that takes a little at a time, and calls that are interrupted, lose no byte", "[files][row:127]") {
    Fixture f;
    std::string const data = random_text(500'000);
    f.cloud.server.script({give(data)});
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    std::atomic<bool> is_over = false;
    std::string received;
    std::thread reader{[&] {  // reads only once the writer, whose pipe is full, was interrupted again
        std::array<char, 50'000> buffer{};
        for (ssize_t count = 1; count > 0;) {
            for (int const before = Interruptions::count(); Interruptions::count() < before + 2;)
                std::this_thread::yield();
            count = ::read(ends[0], buffer.data(), buffer.size());
            if (count > 0) received.append(buffer.data(), static_cast<std::size_t>(count));
        }
        is_over = true;
    }};
    auto sink = to_file_descriptor(ends[1]);
    REQUIRE(::close(ends[1]) == 0);
    {
        Interruptions const often;
        CHECK(f.fetch(data, *sink).verified_by == "sha512");
        sink.reset();
        while (!is_over) std::this_thread::yield();
    }
    reader.join();
    ::close(ends[0]);
    CHECK((received == data));
    CHECK(f.requests() == "1");
}

TEST_CASE("A device that breaks is an error, and nothing is asked for again", "[files][row:127]") {
    Fixture f;
    std::string const data = random_text(1000);
    f.cloud.server.script({give(data)});
    int const terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
    REQUIRE(terminal != -1);
    REQUIRE(::unlockpt(terminal) == 0);
    f.path = ::ptsname(terminal);
    CHECK(f.outcome(data, {}, [&] { ::close(terminal); }) == "EIO");  // nobody is at its other end
    CHECK(f.requests() == "1");
}

TEST_CASE("Data whose file can't get its name isn't fetched again", "[files][row:128]") {
    Fixture f;
    std::string const data = random_text(1000);
    f.cloud.server.script({give(data)});
    auto const block = [&] {
        std::filesystem::remove(f.path);
        std::filesystem::create_directories(f.path / "full");
    };
    CHECK(support::thrown<IoError>([&] {
              auto const sink = to_file(f.path);
              block();
              f.fetch(data, *sink);
          }) == f.path.string() + " can't be replaced; the complete data is beside it in " + part_of(data) +
                    ": Is a directory");
    CHECK(f.folder.names() == std::vector<std::string>{part_of(data), "image"});
    std::filesystem::remove_all(f.path);
    CHECK(f.outcome(data) == "done");
    CHECK(f.left() == "image = " + data);
    CHECK(f.requests() == "1");
}

TEST_CASE("Processes that fetch the same at the same time don't disturb each other", "[files][row:131]") {
    constexpr int processes = 4;
    Fixture f;
    std::string const data = random_text(300'000);
    std::atomic<int> begun = 0;
    for (int i = 0; i < processes; ++i)
        f.cloud.server.script({[&](support::Connection& connection) {
            connection.read_head();
            connection.send(data_head(data) + data.substr(0, 100'000));
            ++begun;
            connection.wait_for_release();
            connection.send(data.substr(100'000));
        }});
    std::vector<pid_t> started;
    for (int i = 0; i < processes; ++i) {
        started.push_back(support::start_child([&] {
            auto const sink = to_file(f.path);
            f.fetch(data, *sink);
        }));
        while (begun <= i) std::this_thread::yield();
    }
    for (int i = 0; i < processes; ++i) f.cloud.server.release();
    for (pid_t const each : started) CHECK(support::status_of_child(each) == 0);
    CHECK((read_file(f.path) == data));
    CHECK(f.folder.names() == std::vector<std::string>{"image"});
    CHECK(f.requests() == std::to_string(processes));
}

TEST_CASE("Downloads that are killed leave the old file or the new one, and are gone on with", "[files][row:129]") {
    constexpr std::size_t piece = 20'000;
    Fixture f;
    std::string const data = random_text(1'000'000);
    std::string const old = random_text(300'000);
    std::atomic<int> begun = 0;
    std::atomic<int> ended = 0;
    std::atomic<int> resumed = 0;
    auto const serve = [&](support::Connection& connection) {
        ++begun;
        try {
            std::size_t at = first_of(connection.read_head());
            if (at > 0) ++resumed;
            for (connection.send(data_head(data, at)); at < data.size(); at += piece) {
                connection.send(std::string_view{data}.substr(at, piece));
                std::this_thread::sleep_for(std::chrono::microseconds{100});
            }
        } catch (std::exception const&) {  // the client was killed
        }
        connection.close();
        ++ended;
    };
    f.cloud.server.serve([&](support::ReceivedRequest const& received) {  // who comes when nothing is scripted
        std::size_t const at = first_of(received);
        return data_head(data, at) + data.substr(at);
    });
    using Time = std::chrono::steady_clock;
    std::mt19937 random(11);
    std::chrono::microseconds longest{};  // that a child is let live
    int scripts = 0;
    int killed = 0;
    for (int run = 0; run < 60; ++run) {
        write_file(f.path, old);
        for (; scripts <= begun; ++scripts) f.cloud.server.script({serve});  // who is killed early needs none
        auto const start = Time::now();
        pid_t const process = support::start_child([&] {
            auto const sink = to_file(f.path, {.is_synced = false});
            f.fetch(data, *sink);
        });
        if (run > 0) {
            ::usleep(static_cast<useconds_t>(random() % static_cast<unsigned>(longest.count())));
            ::kill(process, SIGKILL);
        }
        int const status = support::status_of_child(process);
        if (run == 0) longest = std::chrono::ceil<std::chrono::microseconds>(Time::now() - start) * 2 / 3;
        if (run == 0) REQUIRE(status == 0);
        if (status != 0) ++killed;
        std::string const found = read_file(f.path);
        CHECK((found == old || found == data));
        while (ended < begun) std::this_thread::yield();  // nothing of this process is busy when it forks
    }
    for (; scripts <= begun; ++scripts) f.cloud.server.script({serve});
    auto const sink = to_file(f.path);
    CHECK(f.fetch(data, *sink).verified_by == "sha512");
    CHECK((read_file(f.path) == data));
    for (std::string const& each : f.folder.names()) CHECK((each == "image" || each.ends_with(".part")));
    CHECK_FALSE(std::filesystem::exists(f.folder / part_of(data)));
    CHECK(killed > 10);
    CHECK(resumed > 5);
}
