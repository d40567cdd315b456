// SPDX-License-Identifier: Apache-2.0
// Downloads over connections that break, and from services that give other parts than they were asked for.
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <openstack/image/v2/image_data.hpp>
#include <random>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../support/image_answers.hpp"
#include "../support/loopback_cloud.hpp"
#include "../support/memory.hpp"
#include "../support/server.hpp"
#include "../support/stopping.hpp"
#include "../support/temporary_directory.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using image::v2::DownloadOptions, image::v2::Image, image::v2::ImageData;
using support::answer_text, support::LoopbackCloud, support::Step, support::TemporaryDirectory, support::thrown,
    support::throws_exactly;
using support::data_head, support::parts_of, support::random_text, support::record_of, support::sha512_of;

namespace {

std::string const target = "/v2/images/i/file";

constexpr std::size_t mebibyte = 1 << 20;

/// Text of which no part is like another, made once: it takes its time.
std::string large(std::size_t bytes) {
    static std::string const all = random_text(24 * mebibyte);
    return all.substr(0, bytes);
}

/// Answers with so many bytes of what was asked for, then closes.
Step part(std::string const& data, std::size_t first, std::size_t bytes) {
    return [=](support::Connection& connection) {
        auto const head = connection.read_head();
        auto const range = head.headers.find("Range");
        if (range.value_or("none") != (first == 0 ? "none" : "bytes=" + std::to_string(first) + '-'))
            throw std::runtime_error("asked for " + std::string{range.value_or("all")});
        connection.send(data_head(data, first) + data.substr(first, bytes));
        connection.close();
    };
}
/// Answers with that, whatever was asked for, then closes.
Step text(std::string const& answer) {
    return [=](support::Connection& connection) {
        connection.read_head();
        connection.send(answer);
        connection.close();
    };
}

/// A cloud, and a folder in which a file is replaced.
struct Fixture {
    LoopbackCloud cloud;
    TemporaryDirectory folder;
    std::filesystem::path path = folder / "image";

    Fixture() { support::write_file(path, "old"); }

    Download fetch(std::string const& data, DownloadOptions const& options = {}) const {
        auto const sink = to_file(path);
        return ImageData<>{Proxy<Image>{cloud.session()}}.download(record_of(data), *sink, options);
    }
    /// What the download throws. Beside the old file only good bytes stay, and only if there are some.
    template<class Exception>
    std::string failure(std::string const& data, std::string const& kept = {}) const {
        std::string const said = thrown<Exception>([&] { static_cast<void>(fetch(data)); });
        CHECK(support::read_file(path) == "old");
        std::vector<std::string> names{"image"};
        if (!kept.empty()) names.insert(names.begin(), part_of(data));
        CHECK(folder.names() == names);
        if (!kept.empty()) CHECK(support::read_file(folder / part_of(data)) == kept);
        return said;
    }
    /// Without holes.
    [[nodiscard]] std::uint64_t bytes_on_disk() const {
        std::uint64_t bytes = 0;
        for (std::string const& name : folder.names()) {
            struct stat found {};
            if (::stat((folder / name).c_str(), &found) == 0)
                bytes += static_cast<std::uint64_t>(found.st_blocks) * 512;
        }
        return bytes;
    }
    static std::string part_of(std::string const& data) { return ".image." + sha512_of(data).substr(0, 8) + ".part"; }
};

}  // namespace

TEST_CASE("A broken download goes on from the last byte that was written", "[downloads][row:116][row:120]") {
    Fixture f;
    std::string const data = random_text(100'000);
    f.cloud.server.script({part(data, 0, 1)});
    f.cloud.server.script({part(data, 1, 59'999)});
    f.cloud.server.script({part(data, 60'000, 40'000)});
    Download const done = f.fetch(data);
    CHECK(done.bytes == data.size());
    CHECK(done.verified_by == "sha512");
    CHECK(support::read_file(f.path) == data);
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Whatever the breaks, what arrives is what was there", "[downloads][row:116]") {
    constexpr unsigned seed = 7;
    std::mt19937 random(seed);
    for (int round = 0; round < 50; ++round) {
        Fixture f;
        std::string const data = random_text(1 + random() % 300'000);
        std::vector<std::size_t> breaks;
        for (auto i = random() % 6; i > 0; --i) breaks.push_back(1 + random() % data.size());
        std::sort(breaks.begin(), breaks.end());
        breaks.erase(std::unique(breaks.begin(), breaks.end()), breaks.end());
        std::erase(breaks, data.size());
        breaks.push_back(data.size());
        std::size_t first = 0;
        for (std::size_t const each : breaks) {
            f.cloud.server.script({part(data, first, each - first)});
            first = each;
        }
        INFO("seed " << seed << ", round " << round << ": " << data.size() << " bytes, broken at "
                     << Catch::Detail::stringify(breaks));
        Download const done = f.fetch(data);
        CHECK(done.bytes == data.size());
        CHECK(done.verified_by == "sha512");
        CHECK(f.cloud.server.requests().size() == breaks.size());
        CHECK(support::read_file(f.path) == data);
        CHECK(f.cloud.server.finish() == "");
    }
}

TEST_CASE("A download that doesn't get on any more ends", "[downloads][row:117]") {
    Fixture f;
    std::string const data = random_text(1000);
    f.cloud.server.script({part(data, 0, 10)});
    f.cloud.server.script({part(data, 10, 10)});
    for (int i = 0; i < 3; ++i) f.cloud.server.script({part(data, 20, 0)});
    CHECK(f.failure<ConnectionLost>(data, data.substr(0, 20)).ends_with("(5 attempts; no retry is left)"));
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("A service that ignores a range has the whole taken from its start", "[downloads][row:118]") {
    Fixture f;
    std::string const data = random_text(1000);
    f.cloud.server.script({part(data, 0, 600)});
    f.cloud.server.script({text(data_head(data, 0) + data.substr(0, 700))});
    f.cloud.server.script({part(data, 700, 300)});
    CHECK(f.fetch(data).bytes == 1000);
    CHECK(support::read_file(f.path) == data);
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Who can't go back passes over what comes again, once", "[downloads][row:118]") {
    Fixture f;
    std::string const data = random_text(1000);
    f.cloud.server.script({part(data, 0, 600)});
    std::string got;
    auto const sink = to_callback([&](std::span<std::byte const> bytes) {
        got.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
    });
    ImageData<> const images{Proxy<Image>{f.cloud.session()}};
    SECTION("whole") {
        f.cloud.server.script({text(data_head(data, 0) + data)});
        CHECK(images.download(record_of(data), *sink, {}).verified_by == "sha512");
        CHECK(got == data);
    }
    SECTION("broken again before anything is new, then in parts") {
        f.cloud.server.script({text(data_head(data, 0) + data.substr(0, 500))});
        f.cloud.server.script({part(data, 600, 400)});
        CHECK(images.download(record_of(data), *sink, {}).verified_by == "sha512");
        CHECK(got == data);
    }
    SECTION("broken again, and whole again") {
        f.cloud.server.script({text(data_head(data, 0) + data.substr(0, 700))});
        f.cloud.server.script({text(data_head(data, 0) + data)});
        CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(images.download(record_of(data), *sink, {})); }));
        CHECK(got == data.substr(0, 700));
    }
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Another part than was asked for is never taken", "[downloads][row:119]") {
    std::string const data = random_text(1000);
    std::string const length = "HTTP/1.1 206 Partial Content\r\nContent-Length: 400\r\n";
    for (std::string const range :
         {"", "Content-Range: bytes 599-999/1000\r\n", "Content-Range: bytes 601-999/1000\r\n",
          "Content-Range: bytes 600-998/1000\r\n", "Content-Range: bytes 600-999/1001\r\n",
          "Content-Range: bytes 600-999/*\r\n", "Content-Range: bytes */1000\r\n", "Content-Range: 600-999/1000\r\n",
          "Content-Range: bytes 600-999/1000\r\nContent-Range: bytes 600-999/1000\r\n",
          "Content-Range: bytes 999-600/1000\r\n", "Content-Range: bytes 600-999/1000 \tx\r\n",
          "Content-Range: bytes 18446744073709552216-999/1000\r\n"}) {
        INFO(range);
        Fixture f;
        f.cloud.server.script({part(data, 0, 600)});
        f.cloud.server.script({text(length + range + "\r\n" + data.substr(600))});
        CHECK(f.failure<ProtocolError>(data) ==
              "the data of image i: the service gave another part of it than the one "
              "from byte 600 to the end");
        CHECK(f.cloud.server.finish() == "");
    }
}

TEST_CASE("A part that nobody asked for isn't taken, either", "[downloads][row:119]") {
    Fixture f;
    std::string const data = random_text(1000);
    f.cloud.server.script(
        {text("HTTP/1.1 206 Partial Content\r\nContent-Length: 400\r\n"
              "Content-Range: bytes 600-999/1000\r\n\r\n" +
              data.substr(600))});
    CHECK(throws_exactly<ProtocolError>([&] { static_cast<void>(f.fetch(data)); }));
}

TEST_CASE("A store that refuses ranges is asked for the whole, once", "[downloads][row:119]") {
    std::string const data = random_text(1000);
    for (int const status : {400, 416}) {
        Fixture f;
        f.cloud.server.script({part(data, 0, 600)});
        f.cloud.server.script({text(answer_text(status))});
        f.cloud.server.script({part(data, 0, 1000)});
        CHECK(f.fetch(data).bytes == 1000);
        CHECK(support::read_file(f.path) == data);
        CHECK(f.cloud.server.finish() == "");
    }
    Fixture f;
    f.cloud.server.script({part(data, 0, 600)});
    f.cloud.server.script({text(answer_text(416))});
    f.cloud.server.script({part(data, 0, 600)});
    f.cloud.server.script({text(answer_text(416))});
    CHECK(f.failure<ConnectionLost>(data) == "the data of image i: only 600 of 1000 bytes came");
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Wrong data is fetched once more, then refused", "[downloads][row:121]") {
    std::string const data = random_text(1000);
    std::string wrong = data;
    wrong[500] ^= 1;
    {
        Fixture f;
        f.cloud.server.script({part(wrong, 0, 1000)});
        f.cloud.server.script({part(data, 0, 1000)});
        CHECK(f.fetch(data).verified_by == "sha512");
        CHECK(support::read_file(f.path) == data);
        CHECK(f.cloud.server.finish() == "");
    }
    Fixture f;
    f.cloud.server.script({part(wrong, 0, 1000)});
    f.cloud.server.script({part(wrong, 0, 1000)});
    CHECK(f.failure<IntegrityError>(data).find("its sha512 is ") != std::string::npos);
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("What is shorter than its record goes on, and what is longer is refused", "[downloads][row:122]") {
    std::string const data = random_text(1000);
    {
        Fixture f;
        f.cloud.server.script({part(data.substr(0, 400), 0, 400)});
        f.cloud.server.script({part(data, 400, 600)});
        CHECK(f.fetch(data).bytes == 1000);
        CHECK(support::read_file(f.path) == data);
        CHECK(f.cloud.server.finish() == "");
    }
    {
        Fixture f;
        f.cloud.server.script({part(data.substr(0, 400), 0, 400)});
        f.cloud.server.script(
            {text("HTTP/1.1 206 Partial Content\r\nContent-Length: 0\r\n"
                  "Content-Range: bytes 400-999/1000\r\n\r\n")});
        CHECK(f.failure<ConnectionLost>(data, data.substr(0, 400)) ==
              "the data of image i: only 400 of 1000 bytes came");
        CHECK(f.cloud.server.finish() == "");
    }
    Fixture f;
    f.cloud.server.script({part(data + "x", 0, 1001)});
    f.cloud.server.script({part(data + "x", 0, 1001)});
    CHECK(f.failure<IntegrityError>(data) == "the data of image i: more than the 1000 bytes that its record says");
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Data without an end is refused with its first byte too many", "[downloads][row:122]") {
    Fixture f;
    std::string const data = random_text(300'000);
    std::atomic<std::size_t> sent = 0;
    Step const endless = [&](support::Connection& connection) {
        connection.read_head();
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        try {
            for (;; sent += 1000) connection.send("3e8\r\n" + std::string(1000, 'x') + "\r\n");
        } catch (std::exception const&) {  // the client has closed
            connection.close();
        }
    };
    f.cloud.server.script({endless});
    f.cloud.server.script({endless});
    CHECK(f.failure<IntegrityError>(data) == "the data of image i: more than the 300000 bytes that its record says");
    CHECK(f.cloud.server.finish() == "");
    CHECK(sent < 30'000'000);  // with what waits in sockets
}

TEST_CASE("All data is all data, although the answer's end is missing", "[downloads][row:116]") {
    Fixture f;
    std::string const data = random_text(1000);
    f.cloud.server.script(
        {text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + data + "\r\n")});  // no last chunk
    CHECK(f.fetch(data).bytes == 1000);
    CHECK(support::read_file(f.path) == data);
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("A renewed token, a busy service and a break, all in one download", "[downloads][row:52][row:116]") {
    Fixture f;
    std::string const data = random_text(1000);
    f.cloud.server.script({part(data, 0, 600)});
    f.cloud.server.script({text(answer_text(503, "", {{"Retry-After", "1"}, {"Connection", "close"}}))});
    f.cloud.server.script({part(data, 600, 100)});
    f.cloud.server.script({part(data, 700, 300)});
    std::vector<std::uint64_t> moments;
    CHECK(f.fetch(data, {.progress = [&](Progress const& now) { moments.push_back(now.bytes); }}).bytes == 1000);
    CHECK(moments.back() == 1000);
    CHECK(std::is_sorted(moments.begin(), moments.end()));
    CHECK(support::read_file(f.path) == data);
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Nothing of wrong data is left before the right", "[downloads][row:121]") {
    Fixture f;
    std::string const data = random_text(600);
    f.cloud.server.script({text(answer_text(200, R"({"id": "i", "size": null, "os_hash_algo": "sha512", )"
                                                 R"("os_hash_value": ")" +
                                                     sha512_of(data) + "\"}"))});
    f.cloud.server.script({part(random_text(1000), 0, 1000)});
    f.cloud.server.script({text(answer_text(404, "", {{"Connection", "close"}}))});  // asked whether it has changed
    f.cloud.server.script({part(data, 0, 600)});
    std::uint64_t last = 0;
    auto const sink = to_file(f.path);
    ImageData<> const images{Proxy<Image>{f.cloud.session()}};
    CHECK(images.download("i", *sink, {.progress = [&](Progress const& now) { last = now.bytes; }}).bytes == 600);
    CHECK(last == 600);
    CHECK(support::read_file(f.path) == data);
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("What an earlier download has left is gone on with", "[downloads][row:132]") {
    Fixture f;
    std::string const data = random_text(1000);
    for (int i = 0; i < 4; ++i) f.cloud.server.script({part(data, i == 0 ? 0 : 400, i == 0 ? 400 : 0)});
    f.failure<ConnectionLost>(data, data.substr(0, 400));
    f.cloud.server.script({part(data, 400, 600)});
    Download const done = f.fetch(data);
    CHECK(done.bytes == 1000);
    CHECK(done.verified_by == "sha512");
    CHECK(support::read_file(f.path) == data);
    CHECK(f.folder.names() == std::vector<std::string>{"image"});
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("What is there is hashed with progress, and can be stopped", "[downloads][row:132][row:159]") {
    std::string const data = large(4 * mebibyte);
    Fixture f;
    support::write_file(f.folder / Fixture::part_of(data), data);
    std::stop_source stop;
    bool const is_stopped = GENERATE(false, true);
    std::vector<std::uint64_t> reports;
    auto const progress = [&](Progress const& now) {
        reports.push_back(now.bytes);
        if (is_stopped) stop.request_stop();
    };
    auto const sink = to_file(f.path);
    ImageData<> const images{Proxy<Image>{f.cloud.session().with({.stop = stop.get_token()})}};
    auto const download = [&] { return images.download(record_of(data), *sink, {.progress = progress}); };
    if (is_stopped) {
        CHECK(thrown<Cancelled>([&] { static_cast<void>(download()); }) == "image i: its stop token ended it");
        CHECK(support::read_file(f.path) == "old");
    } else {
        CHECK(download().bytes == data.size());
        CHECK(reports.back() == data.size());
    }
    CHECK(reports.front() < data.size());
    CHECK(f.cloud.server.requests().empty());
}

TEST_CASE("What is whole already isn't fetched again, but compared", "[downloads][row:132]") {
    Fixture f;
    std::string const data = random_text(1000);
    support::write_file(f.folder / f.part_of(data), data);
    CHECK(f.fetch(data).verified_by == "sha512");
    CHECK(support::read_file(f.path) == data);
    CHECK(f.cloud.server.connections() == 0);
}

TEST_CASE("A wrong beginning is noticed in the end, and all fetched again", "[downloads][row:132]") {
    std::string const data = random_text(1000);
    for (std::string const& left : {std::string(300, 'x'), std::string(1000, 'x')}) {
        Fixture f;
        support::write_file(f.folder / f.part_of(data), left);
        if (left.size() < 1000) f.cloud.server.script({part(data, 300, 700)});
        f.cloud.server.script({part(data, 0, 1000)});
        CHECK(f.fetch(data).bytes == 1000);
        CHECK(support::read_file(f.path) == data);
        CHECK(f.folder.names() == std::vector<std::string>{"image"});
        CHECK(f.cloud.server.finish() == "");
    }
}

TEST_CASE("What is longer than the image, or another image's, isn't gone on with", "[downloads][row:132]") {
    Fixture f;
    std::string const data = random_text(1000);
    support::write_file(f.folder / f.part_of(data), std::string(1001, 'x'));
    support::write_file(f.folder / ".image.01234567.part", "other");
    f.cloud.server.script({part(data, 0, 1000)});
    CHECK(f.fetch(data).bytes == 1000);
    CHECK(support::read_file(f.path) == data);
    CHECK(f.folder.names() == std::vector<std::string>{"image"});
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("What can't be verified isn't gone on with, and not kept", "[downloads][row:132]") {
    Fixture f;
    std::string const data = random_text(1000);
    DownloadOptions const unverified{.verification = Verification::off};
    support::write_file(f.folder / Fixture::part_of(data), std::string(400, 'x'));
    f.cloud.server.script({part(data, 0, 1000)});
    CHECK(f.fetch(data, unverified).bytes == 1000);
    CHECK(support::read_file(f.path) == data);
    std::filesystem::remove(f.folder / Fixture::part_of(data));
    for (int i = 0; i < 4; ++i) f.cloud.server.script({part(data, i == 0 ? 0 : 400, i == 0 ? 400 : 0)});
    CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(f.fetch(data, unverified)); }));
    CHECK(f.folder.names() == std::vector<std::string>{"image"});
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Nothing is kept where that isn't wanted", "[downloads][row:117]") {
    Fixture f;
    std::string const data = random_text(1000);
    for (int i = 0; i < 4; ++i) f.cloud.server.script({part(data, i == 0 ? 0 : 400, i == 0 ? 400 : 0)});
    ImageData<> const images{Proxy<Image>{f.cloud.session()}};
    CHECK(throws_exactly<ConnectionLost>([&] {
        auto const sink = to_file(f.path, {.is_kept = false});
        static_cast<void>(images.download(record_of(data), *sink, {}));
    }));
    CHECK(f.folder.names() == std::vector<std::string>{"image"});
}

TEST_CASE("What a progress function throws ends a download that is whole, too", "[downloads][row:133]") {
    Fixture f;
    std::string const data = random_text(100);
    f.cloud.server.script({part(data, 0, 100)});
    ProgressFunction const once = [calls = 0](Progress const&) mutable {
        if (++calls == 1) throw ConnectionLost("mine");
    };
    CHECK(thrown<ConnectionLost>([&] { static_cast<void>(f.fetch(data, {.progress = once})); }) == "mine");
    CHECK(support::read_file(f.path) == "old");
}

namespace {

/// The ranges that were asked for, sorted.
std::vector<std::string> ranges_of(LoopbackCloud const& cloud) {
    std::vector<std::string> ranges;
    for (auto const& each : cloud.server.requests())
        if (each.target == target) ranges.push_back(std::string{each.headers.find("Range").value_or("all")});
    std::sort(ranges.begin(), ranges.end());
    return ranges;
}

}  // namespace

TEST_CASE("Several connections share a download to a file", "[downloads][parts]") {
    Fixture f;
    std::string const data = large(20 * mebibyte + 5);
    f.cloud.server.serve(parts_of(data));
    std::uint64_t last = 0;
    Download const done = f.fetch(data, {.progress = [&](Progress const& now) { last = now.bytes; }, .connections = 3});
    CHECK(done.bytes == data.size());
    CHECK(done.verified_by == "sha512");
    CHECK(last == data.size());
    CHECK((support::read_file(f.path) == data));
    CHECK(f.folder.names() == std::vector<std::string>{"image"});
    CHECK(f.cloud.server.connections() == 3);
    CHECK(ranges_of(f.cloud) ==
          std::vector<std::string>{"bytes=0-8388607", "bytes=16777216-20971524", "bytes=8388608-16777215"});
}

TEST_CASE("Little data, and data that doesn't go to a file, comes by one connection", "[downloads][parts]") {
    Fixture f;
    std::string const data = large(16 * mebibyte);
    std::string const little = large(16 * mebibyte - 1);
    SECTION("little") {
        f.cloud.server.script({part(little, 0, little.size())});
        CHECK(f.fetch(little, {.connections = 4}).verified_by == "sha512");
    }
    SECTION("to a function") {
        f.cloud.server.script({part(data, 0, data.size())});
        std::size_t bytes = 0;
        auto const sink = to_callback([&](std::span<std::byte const> piece) { bytes += piece.size(); });
        ImageData<> const images{Proxy<Image>{f.cloud.session()}};
        CHECK(images.download(record_of(data), *sink, {.connections = 4}).verified_by == "sha512");
        CHECK(bytes == data.size());
    }
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Parts whose connections break are gone on with", "[downloads][parts][row:116]") {
    Fixture f;
    std::string const data = large(24 * mebibyte);
    std::mt19937 random(7);
    std::mutex mutex;
    f.cloud.server.serve(parts_of(data, [&](std::size_t, std::size_t) {
        std::lock_guard const lock{mutex};
        return 1 + random() % (3 * mebibyte);
    }));
    CHECK(f.fetch(data, {.connections = 3}).verified_by == "sha512");
    CHECK((support::read_file(f.path) == data));
    std::uint64_t bytes = 0;
    for (std::string const& range : ranges_of(f.cloud)) CHECK(range.find('-') + 1 < range.size());
    for (auto const& each : f.cloud.server.requests()) bytes += each.body_size;
    CHECK(bytes == 0);
}

TEST_CASE("Parts that fail leave what is there without a gap, for the next download", "[downloads][parts][row:117]") {
    Fixture f;
    std::string const data = large(24 * mebibyte);
    f.cloud.server.serve(parts_of(data, [&](std::size_t first, std::size_t) -> std::size_t {
        if (first < 8 * mebibyte) return data.size();
        while (f.bytes_on_disk() < 4 * mebibyte) std::this_thread::sleep_for(std::chrono::milliseconds{1});
        return 0;
    }));
    CHECK(thrown<ConnectionLost>([&] { static_cast<void>(f.fetch(data, {.connections = 3})); }) != "");
    CHECK(support::read_file(f.path) == "old");
    CHECK(f.folder.names() == std::vector<std::string>{Fixture::part_of(data), "image"});
    std::string const kept = support::read_file(f.folder / Fixture::part_of(data));
    CHECK(kept.size() >= mebibyte);  // and not all that is on the disk: the last piece may not be counted yet
    CHECK((data.starts_with(kept)));
    LoopbackCloud other;
    other.server.serve(parts_of(data));
    auto const sink = to_file(f.path);
    ImageData<> const images{Proxy<Image>{other.session()}};
    CHECK(images.download(record_of(data), *sink, {.connections = 2}).bytes == data.size());
    CHECK((support::read_file(f.path) == data));
    auto const again = [&](std::string const& range) { return std::stoul(range.substr(6)) < kept.size(); };
    CHECK(std::ranges::none_of(ranges_of(other), again));
}

TEST_CASE("A wrong byte in a part is noticed in the whole, which is fetched once more", "[downloads][parts][row:121]") {
    std::string const data = large(16 * mebibyte);
    std::string wrong = data;
    wrong[12 * mebibyte] ^= 1;
    bool const stays = GENERATE(false, true);
    Fixture f;
    std::atomic<int> parts = 0;
    f.cloud.server.serve([&](support::ReceivedRequest const& request) {
        if (request.target != target) return answer_text(404);
        return parts_of(stays || ++parts <= 2 ? wrong : data)(request);
    });
    if (stays) {
        CHECK(f.failure<IntegrityError>(data) != "");
        CHECK(thrown<IntegrityError>([&] { static_cast<void>(f.fetch(data, {.connections = 2})); }) != "");
        CHECK(support::read_file(f.path) == "old");
        CHECK(f.folder.names() == std::vector<std::string>{"image"});
    } else {
        CHECK(f.fetch(data, {.connections = 2}).verified_by == "sha512");
        CHECK((support::read_file(f.path) == data));
        CHECK(ranges_of(f.cloud) == std::vector<std::string>{"all", "bytes=0-8388607", "bytes=8388608-16777215"});
    }
}

TEST_CASE("A service that gives no parts is asked for the whole by one connection", "[downloads][parts][row:118]") {
    std::string const data = large(16 * mebibyte);
    int const status = GENERATE(200, 400, 416);
    INFO(status);
    Fixture f;
    f.cloud.server.serve([&](support::ReceivedRequest const& request) {
        bool const is_refused = status != 200 && request.headers.find("Range");
        return is_refused ? answer_text(status) : data_head(data, 0) + data;
    });
    CHECK(f.fetch(data, {.connections = 2}).verified_by == "sha512");
    CHECK((support::read_file(f.path) == data));
}

TEST_CASE("Another part than was asked for is never written", "[downloads][parts][row:119]") {
    std::string const data = large(16 * mebibyte);
    Fixture f;
    enum Wrong { place, total, size };
    Wrong const wrong = GENERATE(place, total, size);
    f.cloud.server.serve([&](support::ReceivedRequest const& request) {
        std::string text = parts_of(data)(request);
        std::string const range{*request.headers.find("Range")};
        if (range.starts_with("bytes=0-")) return text;
        if (wrong == place) text.replace(text.find("bytes 8388608-"), 14, "bytes 8388609-");
        if (wrong == total) text.replace(text.find("/16777216"), 9, "/16777217");
        if (wrong == size) text.replace(text.find("Content-Length: 8388608"), 23, "Content-Length: 8388609") += 'x';
        return text;
    });
    INFO(wrong);
    CHECK(thrown<ProtocolError>([&] {
              static_cast<void>(f.fetch(data, {.connections = 2}));
          }).starts_with("the data of image i: the service gave "));
    CHECK(support::read_file(f.path) == "old");
    CHECK(f.folder.names() == std::vector<std::string>{"image"});
}

TEST_CASE("A part that begins elsewhere after a break is never written", "[downloads][parts][row:119]") {
    std::string const data = large(16 * mebibyte);
    Fixture f;
    f.cloud.server.serve([&](support::ReceivedRequest const& request) {
        std::string const range{request.headers.find("Range").value_or("")};
        if (range == "bytes=8388608-16777215")
            return parts_of(data, [](std::size_t, std::size_t) { return 1000; })(request);
        std::string text = parts_of(data)(request);
        if (range == "bytes=8389608-16777215") text.replace(text.find("bytes 8389608-"), 14, "bytes 8389609-");
        return text;
    });
    CHECK(throws_exactly<ProtocolError>([&] { static_cast<void>(f.fetch(data, {.connections = 2})); }));
    CHECK(f.folder.names() == std::vector<std::string>{"image"});
}

TEST_CASE("A part without a byte is a broken connection", "[downloads][parts][row:117]") {
    std::string const data = large(16 * mebibyte);
    Fixture f;
    f.cloud.server.serve([&](support::ReceivedRequest const& request) {
        std::string text = parts_of(data)(request);
        text.resize(text.find("\r\n\r\n") + 4);
        return text.replace(text.find("Content-Length: 8388608"), 23, "Content-Length: 0");
    });
    CHECK(thrown<ConnectionLost>([&] { static_cast<void>(f.fetch(data, {.connections = 2})); }) ==
          "the data of image i: a part of it is empty");
}

TEST_CASE("The failure of one connection ends the others", "[downloads][parts][row:117]") {
    std::string const data = large(16 * mebibyte);
    Fixture f;
    std::atomic<bool> hangs = false;
    f.cloud.server.serve([&](support::ReceivedRequest const& request) {
        if (request.headers.find("Range")->starts_with("bytes=0-")) {
            hangs = true;
            return parts_of(data)(request).substr(0, 1000);  // the rest never comes
        }
        while (!hangs) std::this_thread::sleep_for(std::chrono::milliseconds{1});
        return answer_text(404);
    });
    auto const start = std::chrono::steady_clock::now();
    CHECK(throws_exactly<ResourceNotFound>([&] { static_cast<void>(f.fetch(data, {.connections = 2})); }));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{20});  // and not the stall's minute
}

namespace {

/// Takes bytes in any order into memory; what `fail` does it does once, beyond the first part.
struct MemorySink final : Sink, ScatteredSink {
    std::string all{};
    std::function<void()> fail{};
    std::atomic<int> failures = 0;
    int rewound = 0;

    void write(std::span<std::byte const> bytes) override {
        all.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
    }
    void finish() override {}
    [[nodiscard]] bool rewind() override {
        ++rewound;
        all.clear();
        return true;
    }
    [[nodiscard]] ScatteredSink* scatter(std::uint64_t size) override {
        all.resize(size);
        return this;
    }
    void write_at(std::uint64_t at, std::span<std::byte const> bytes) override {
        if (fail && at >= 8 * mebibyte && failures++ == 0) fail();
        std::ranges::transform(bytes, all.begin() + static_cast<std::ptrdiff_t>(at),
                               [](std::byte byte) { return static_cast<char>(byte); });
    }
    [[nodiscard]] std::size_t read_at(std::uint64_t at, std::span<std::byte> buffer) override {
        std::size_t const size = std::min(buffer.size(), all.size() - at);
        std::ranges::copy(std::as_bytes(std::span{all}).subspan(at, size), buffer.begin());
        return size;
    }
    void gather(std::uint64_t size) override { all.resize(size); }
};

}  // namespace

TEST_CASE("A sink of the caller's own takes bytes in any order", "[downloads][parts]") {
    std::string const data = large(17 * mebibyte);
    Fixture f;
    f.cloud.server.serve(parts_of(data));
    MemorySink sink;
    ImageData<> const images{Proxy<Image>{f.cloud.session()}};
    CHECK(images.download(record_of(data), sink, {.connections = 3}).verified_by == "sha512");
    CHECK((sink.all == data));
}

TEST_CASE("What a sink throws out of order ends the download, unchanged", "[downloads][parts][row:133]") {
    std::string const data = large(17 * mebibyte);
    Fixture f;
    f.cloud.server.serve(parts_of(data));
    ImageData<> const images{Proxy<Image>{f.cloud.session()}};
    auto const said = [&]<class Exception>(Exception const& exception) {
        MemorySink sink;
        sink.fail = [&] { throw exception; };
        std::string text =
            thrown<Exception>([&] { static_cast<void>(images.download(record_of(data), sink, {.connections = 2})); });
        CHECK(sink.rewound == 0);
        return text;
    };
    CHECK(said(IntegrityError("mine")) == "mine");
    CHECK(said(ConnectionLost("mine")) == "mine");
    CHECK(said(ProtocolError("mine")) == "mine");
    CHECK(said(Cancelled("mine")) == "mine");
    CHECK(said(std::runtime_error("mine")) == "mine");
    CHECK(said(BadRequest({.status = 400, .method = "PUT", .url = "http://mine/", .text = "no"})) ==
          "PUT http://mine/: 400: no");
    CHECK(said(RangeNotSatisfiable({.status = 416, .method = "PUT", .url = "http://mine/", .text = "no"})) ==
          "PUT http://mine/: 416: no");
}

TEST_CASE("Whatever size a record claims, the parts take little memory", "[downloads][parts][row:97]") {
    Fixture f;
    f.cloud.server.serve([](support::ReceivedRequest const&) { return answer_text(404); });
    struct Claims final : Sink, ScatteredSink {
        void write(std::span<std::byte const>) override {}
        void finish() override {}
        [[nodiscard]] ScatteredSink* scatter(std::uint64_t) override { return this; }
        void write_at(std::uint64_t, std::span<std::byte const>) override {}
        [[nodiscard]] std::size_t read_at(std::uint64_t, std::span<std::byte>) override { return 0; }
        void gather(std::uint64_t) override {}
    };
    ImageData<> const images{Proxy<Image>{f.cloud.session()}};
    for (std::string const size : {"4611686018427387904", "18446744073709551615"}) {
        Claims sink;
        Image const record =
            from_json<Image>(R"({"id": "i", "size": )" + size + R"(, "os_hash_algo": "md5", "os_hash_value": ")" +
                             std::string(32, '0') + "\"}");
        std::uint64_t const growth = support::peak_growth([&] {
            CHECK(throws_exactly<ResourceNotFound>(
                [&] { static_cast<void>(images.download(record, sink, {.connections = 2})); }));
        });
        CHECK(growth < 4 * mebibyte);
    }
}

TEST_CASE("What a progress function throws ends all connections", "[downloads][parts][row:133]") {
    Fixture f;
    std::string const data = large(16 * mebibyte);
    f.cloud.server.serve(parts_of(data));
    CHECK(thrown<std::runtime_error>([&] {
              static_cast<void>(f.fetch(
                  data, {.progress = [](Progress const&) { throw std::runtime_error("enough"); }, .connections = 2}));
          }) == "enough");
    CHECK(support::read_file(f.path) == "old");
}

TEST_CASE("A stop token ends all connections", "[downloads][parts][row:159]") {
    Fixture f;
    std::string const data = large(16 * mebibyte);
    f.cloud.server.serve([&](support::ReceivedRequest const& request) {  // the rest never comes
        return parts_of(data)(request).substr(0, 1000);
    });
    auto const sink = to_file(f.path);
    auto const has_begun = [&] { return f.cloud.server.requests().size() == 2; };
    auto const time = support::time_to_stop(has_begun, [&](std::stop_token const& token) {
        ImageData<> const images{Proxy<Image>{f.cloud.session().with({.stop = token})}};
        static_cast<void>(images.download(record_of(data), *sink, {.connections = 2}));
    });
    CHECK(time < std::chrono::seconds{5});
}

TEST_CASE("A stop token ends a download whose bytes are there but not read yet", "[downloads][parts][row:159]") {
    Fixture f;
    std::string const data = large(16 * mebibyte);
    f.cloud.server.serve(parts_of(data));
    std::stop_source stop;
    auto const sink = to_file(f.path);
    ImageData<> const images{Proxy<Image>{f.cloud.session().with({.stop = stop.get_token()})}};
    DownloadOptions const options{.progress = [&](Progress const&) { stop.request_stop(); }, .connections = 2};
    CHECK(throws_exactly<Cancelled>([&] { static_cast<void>(images.download(record_of(data), *sink, options)); }));
}

TEST_CASE("A part of the data is had by its range", "[downloads][range]") {
    Fixture f;
    std::string const data = random_text(1000);
    ImageData<> const images{Proxy<Image>{f.cloud.session()}};
    auto const fetch = [&](ByteRange range, Verification policy = Verification::if_possible) {
        std::string got;
        auto const sink = to_callback([&](std::span<std::byte const> bytes) {
            got.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
        });
        Download const done = images.download(record_of(data), *sink, {.verification = policy, .range = range});
        CHECK(done.bytes == got.size());
        CHECK(done.verified_by == "");
        return got;
    };
    SECTION("whole answers") {
        f.cloud.server.serve(parts_of(data));
        CHECK(fetch({.first = 100, .size = 50}) == data.substr(100, 50));
        CHECK(fetch({.first = 0, .size = 1}) == data.substr(0, 1));
        CHECK(fetch({.first = 999}) == data.substr(999));
        CHECK(fetch({.first = 500}, Verification::off) == data.substr(500));
        CHECK(fetch({.first = 0, .size = 1000}) == data);
        CHECK(ranges_of(f.cloud) ==
              std::vector<std::string>{"bytes=0-0", "bytes=0-999", "bytes=100-149", "bytes=500-", "bytes=999-"});
        CHECK(throws_exactly<InvalidRequest>([&] { fetch({.first = 1, .size = 1}, Verification::required); }));
        for (ByteRange const range : {ByteRange{1000, {}}, ByteRange{1001, {}}, ByteRange{0, 1001}, ByteRange{5, 0},
                                      ByteRange{1, UINT64_MAX}, ByteRange{UINT64_MAX, 1}})
            CHECK(throws_exactly<InvalidRequest>([&] { fetch(range); }));
        CHECK(ranges_of(f.cloud).size() == 5);
    }
    SECTION("broken answers") {
        f.cloud.server.serve(parts_of(data, [](std::size_t, std::size_t) { return std::size_t{300}; }));
        CHECK(fetch({.first = 100, .size = 700}) == data.substr(100, 700));
        CHECK(ranges_of(f.cloud) == std::vector<std::string>{"bytes=100-799", "bytes=400-799", "bytes=700-799"});
    }
    SECTION("no parts") {
        f.cloud.server.serve([&](support::ReceivedRequest const&) { return data_head(data, 0) + data; });
        CHECK(throws_exactly<ProtocolError>([&] { fetch({.first = 100, .size = 50}); }));
    }
    SECTION("to a file, without going on with a kept beginning of the whole") {
        support::write_file(f.folder / Fixture::part_of(data), data.substr(0, 600));
        f.cloud.server.serve(parts_of(data));
        CHECK(f.fetch(data, {.verification = Verification::off, .range = {.first = 10, .size = 5}}).bytes == 5);
        CHECK(support::read_file(f.path) == data.substr(10, 5));
        CHECK(f.folder.names() == std::vector<std::string>{"image"});
    }
    SECTION("pulled") {
        f.cloud.server.serve(parts_of(data, [](std::size_t, std::size_t) { return std::size_t{30}; }));
        std::string got;
        for (auto const piece :
             images.open(record_of(data), {.verification = Verification::off, .range = {.first = 100, .size = 50}}))
            got.append(reinterpret_cast<char const*>(piece.data()), piece.size());
        CHECK(got == data.substr(100, 50));
    }
}

TEST_CASE("A part of data of unknown size is asked for as it's wanted", "[downloads][range]") {
    Fixture f;
    f.cloud.server.serve([](support::ReceivedRequest const& request) {
        return request.target == target ? answer_text(416) : answer_text(200, R"({"id": "i"})");
    });
    ImageData<> const images{Proxy<Image>{f.cloud.session()}};
    auto const sink = to_callback([](std::span<std::byte const>) {});
    auto const ask = [&](ByteRange range) {
        static_cast<void>(images.download("i", *sink, {.verification = Verification::if_possible, .range = range}));
    };
    CHECK(throws_exactly<RangeNotSatisfiable>([&] { ask({.first = 7, .size = 3}); }));
    CHECK(throws_exactly<RangeNotSatisfiable>([&] { ask({.first = 7}); }));
    CHECK(throws_exactly<InvalidRequest>([&] { ask({.first = UINT64_MAX - 5, .size = 100}); }));
    CHECK(throws_exactly<InvalidRequest>([&] { ask({.first = 7, .size = UINT64_MAX}); }));
    CHECK(ranges_of(f.cloud) == std::vector<std::string>{"bytes=7-", "bytes=7-9"});
}

TEST_CASE("The record is looked at again beside no other request, and can be stopped", "[downloads][row:124]") {
    Fixture f;
    std::string const data = random_text(10);
    std::atomic<int> looks = 0;
    std::stop_source stop;
    bool const is_stopped = GENERATE(false, true);
    f.cloud.server.serve([&](support::ReceivedRequest const& request) {
        if (request.target == target) return data_head(data, 0) + data;
        bool const is_first = looks++ == 0;
        if (!is_first && is_stopped) {
            stop.request_stop();
            throw std::runtime_error("closes the connection");
        }
        return answer_text(200, R"({"id": "i", "size": )" + std::string{is_first ? "5" : "10"} +
                                    R"(, "os_hash_algo": "sha512", "os_hash_value": ")" + sha512_of(data) + "\"}");
    });
    auto const sink = is_stopped ? to_callback([](std::span<std::byte const>) {}) : to_file(f.path);
    Session const session = f.cloud.session({.concurrency = 1}).with({.stop = stop.get_token()});
    ImageData<> const images{Proxy<Image>{session}};
    if (is_stopped) {
        CHECK(throws_exactly<Cancelled>([&] { static_cast<void>(images.download("i", *sink, {})); }));
    } else {
        CHECK(images.download("i", *sink, {}).verified_by == "sha512");
        CHECK(support::read_file(f.path) == data);
    }
}

TEST_CASE("An object that doesn't say what its hash is isn't taken for a demand", "[downloads][row:123]") {
    Fixture f;
    std::string const data = random_text(10);
    f.cloud.server.serve([&](support::ReceivedRequest const& request) {
        return request.target == target ? data_head(data, 0) + data : answer_text(200, to_json(record_of(data)));
    });
    Image record = from_json<Image>(R"({"id": "i", "size": 10, "os_hash_value": ")" + sha512_of(data) + "\"}");
    auto const sink = to_callback([](std::span<std::byte const>) {});
    ImageData<> const images{Proxy<Image>{f.cloud.session()}};
    CHECK(images.download(record, *sink, {}).verified_by == "sha512");
}

namespace {

std::string pulled(Fixture const& f, std::string const& data) {
    std::string got;
    ImageData<> const images{Proxy<Image>{f.cloud.session()}};
    for (auto const piece : images.open(record_of(data), {}))
        got.append(reinterpret_cast<char const*>(piece.data()), piece.size());
    return got;
}

}  // namespace

TEST_CASE("A pulled download goes on where its connection broke", "[downloads][pull][row:116]") {
    std::string const data = random_text(2000);
    for (unsigned seed = 1; seed <= 20; ++seed) {
        INFO(seed);
        Fixture f;
        std::mt19937 random(seed);
        std::size_t requests = 0;
        for (std::size_t first = 0; first < data.size(); ++requests) {
            std::size_t const bytes = std::min<std::size_t>(random() % 900, data.size() - first);
            f.cloud.server.script({part(data, first, bytes)});
            first += bytes;
        }
        CHECK((pulled(f, data) == data));
        CHECK(f.cloud.server.finish() == "");
        CHECK(f.cloud.server.requests().size() == requests);
    }
}

TEST_CASE("A pulled download that doesn't get on any more ends", "[downloads][pull][row:117]") {
    Fixture f;
    std::string const data = random_text(1000);
    f.cloud.server.script({part(data, 0, 600)});
    for (int i = 0; i < 3; ++i) f.cloud.server.script({part(data, 600, 0)});
    CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(pulled(f, data)); }));
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("A pulled download passes over what comes again, once", "[downloads][pull][row:118]") {
    Fixture f;
    std::string const data = random_text(1000);
    f.cloud.server.script({part(data, 0, 600)});
    SECTION("a service that ignores ranges") {
        f.cloud.server.script({text(data_head(data, 0) + data)});
        CHECK(pulled(f, data) == data);
    }
    SECTION("a store without ranges") {
        f.cloud.server.script({text(answer_text(400, "", {{"Connection", "close"}}))});
        f.cloud.server.script({text(data_head(data, 0) + data)});
        CHECK(pulled(f, data) == data);
    }
    SECTION("broken before anything is new, then in parts") {
        f.cloud.server.script({text(data_head(data, 0) + data.substr(0, 500))});
        f.cloud.server.script({part(data, 600, 400)});
        CHECK(pulled(f, data) == data);
    }
    SECTION("again") {
        for (int i = 0; i < 2; ++i) f.cloud.server.script({text(data_head(data, 0) + data.substr(0, 700))});
        CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(pulled(f, data)); }));
    }
    SECTION("data that ends there") {
        f.cloud.server.script(
            {text("HTTP/1.1 206 Partial Content\r\nContent-Length: 0\r\n"
                  "Content-Range: bytes 600-999/1000\r\n\r\n")});
        CHECK(thrown<ConnectionLost>([&] { static_cast<void>(pulled(f, data)); }) ==
              "the data of image i: only 600 of 1000 bytes came");
    }
    SECTION("data that has ended") {
        f.cloud.server.script({text(answer_text(416, "", {{"Connection", "close"}}))});
        CHECK(thrown<ConnectionLost>([&] { static_cast<void>(pulled(f, data)); }) ==
              "the data of image i: only 600 of 1000 bytes came");
    }
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("All pulled data is all data, although the answer's end is missing", "[downloads][pull][row:116]") {
    Fixture f;
    std::string const data = random_text(1000);
    f.cloud.server.script({text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + data + "\r\n")});
    CHECK(pulled(f, data) == data);
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Another part than was asked for is never pulled", "[downloads][pull][row:119]") {
    Fixture f;
    std::string const data = random_text(1000);
    f.cloud.server.script({part(data, 0, 600)});
    f.cloud.server.script({text(data_head(data, 599) + data.substr(599))});
    ImageData<> const images{Proxy<Image>{f.cloud.session()}};
    DownloadStream pieces = images.open(record_of(data), {});
    std::string got;
    CHECK(throws_exactly<ProtocolError>([&] {
        for (auto const piece : pieces) got.append(reinterpret_cast<char const*>(piece.data()), piece.size());
    }));
    CHECK(got == data.substr(0, 600));
    CHECK(f.cloud.server.finish() == "");
    CHECK_THROWS_AS(pieces.begin(), TransportError);
}
