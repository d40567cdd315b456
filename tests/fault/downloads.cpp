// SPDX-License-Identifier: Apache-2.0
// Downloads over connections that break, and from services that give other parts than they were asked for.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <openstack/image/v2/image_data.hpp>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "../support/loopback_cloud.hpp"
#include "../support/server.hpp"
#include "../support/temporary_directory.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using image::v2::DownloadOptions, image::v2::Image, image::v2::ImageData;
using support::answer_text, support::LoopbackCloud, support::Step, support::TemporaryDirectory, support::thrown,
    support::throws_exactly;

namespace {

std::string const target = "/v2/images/i/file";

/// Text of which no part is like another.
std::string data_of(std::size_t bytes) {
    std::mt19937 random(static_cast<unsigned>(bytes));
    std::string text(bytes, '\0');
    for (char& c : text) c = static_cast<char>('a' + random() % 26);
    return text;
}

std::string sha512(std::string const& data) {
    Hasher hasher("sha512");
    hasher.update(std::as_bytes(std::span{data}));
    return hasher.hex_digest();
}

Image record_of(std::string const& data) {
    return from_json<Image>(R"({"id": "i", "size": )" + std::to_string(data.size()) +
                            R"(, "os_hash_algo": "sha512", "os_hash_value": ")" + sha512(data) + "\"}");
}

/// The head of an answer with `data` from byte `first` on: 206, or 200 for all of it.
std::string head_of(std::string const& data, std::size_t first) {
    std::string const length = "Content-Length: " + std::to_string(data.size() - first) + "\r\n";
    if (first == 0) return "HTTP/1.1 200 OK\r\n" + length + "\r\n";
    return "HTTP/1.1 206 Partial Content\r\n" + length + "Content-MD5: of-the-whole\r\nContent-Range: bytes " +
           std::to_string(first) + '-' + std::to_string(data.size() - 1) + '/' + std::to_string(data.size()) +
           "\r\n\r\n";
}

/// Answers with so many bytes of what was asked for, then closes.
Step part(std::string const& data, std::size_t first, std::size_t bytes) {
    return [=](support::Connection& connection) {
        auto const head = connection.read_head();
        auto const range = head.headers.find("Range");
        if (range.value_or("none") != (first == 0 ? "none" : "bytes=" + std::to_string(first) + '-'))
            throw std::runtime_error("asked for " + std::string{range.value_or("all")});
        connection.send(head_of(data, first) + data.substr(first, bytes));
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

/// Gives that image's record: it's asked for once more before data is called wrong.
Step record_step(std::string const& data) {
    return text(answer_text(200,
                            R"({"id": "i", "size": )" + std::to_string(data.size()) +
                                R"(, "os_hash_algo": "sha512", "os_hash_value": ")" + sha512(data) + "\"}",
                            {{"Connection", "close"}}));
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
    static std::string part_of(std::string const& data) { return ".image." + sha512(data).substr(0, 8) + ".part"; }
};

}  // namespace

TEST_CASE("A broken download goes on from the last byte that was written", "[downloads][row:116][row:120]") {
    Fixture f;
    std::string const data = data_of(100'000);
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
    std::mt19937 random(7);
    for (int round = 0; round < 30; ++round) {
        Fixture f;
        std::string const data = data_of(1 + random() % 300'000);
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
        INFO(data.size() << " bytes, " << breaks.size() << " requests");
        CHECK(f.fetch(data).bytes == data.size());
        CHECK(support::read_file(f.path) == data);
        CHECK(f.cloud.server.finish() == "");
    }
}

TEST_CASE("A download that doesn't get on any more ends", "[downloads][row:117]") {
    Fixture f;
    std::string const data = data_of(1000);
    f.cloud.server.script({part(data, 0, 10)});
    f.cloud.server.script({part(data, 10, 10)});
    for (int i = 0; i < 3; ++i) f.cloud.server.script({part(data, 20, 0)});
    CHECK(f.failure<ConnectionLost>(data, data.substr(0, 20)).ends_with("(5 attempts; no retry is left)"));
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("A service that ignores a range has the whole taken from its start", "[downloads][row:118]") {
    Fixture f;
    std::string const data = data_of(1000);
    f.cloud.server.script({part(data, 0, 600)});
    f.cloud.server.script({text(head_of(data, 0) + data.substr(0, 700))});
    f.cloud.server.script({part(data, 700, 300)});
    CHECK(f.fetch(data).bytes == 1000);
    CHECK(support::read_file(f.path) == data);
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Who can't go back passes over what comes again, once", "[downloads][row:118]") {
    Fixture f;
    std::string const data = data_of(1000);
    f.cloud.server.script({part(data, 0, 600)});
    std::string got;
    auto const sink = to_callback([&](std::span<std::byte const> bytes) {
        got.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
    });
    ImageData<> const images{Proxy<Image>{f.cloud.session()}};
    SECTION("whole") {
        f.cloud.server.script({text(head_of(data, 0) + data)});
        CHECK(images.download(record_of(data), *sink, {}).verified_by == "sha512");
        CHECK(got == data);
    }
    SECTION("broken again before anything is new, then in parts") {
        f.cloud.server.script({text(head_of(data, 0) + data.substr(0, 500))});
        f.cloud.server.script({part(data, 600, 400)});
        CHECK(images.download(record_of(data), *sink, {}).verified_by == "sha512");
        CHECK(got == data);
    }
    SECTION("broken again, and whole again") {
        f.cloud.server.script({text(head_of(data, 0) + data.substr(0, 700))});
        f.cloud.server.script({text(head_of(data, 0) + data)});
        CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(images.download(record_of(data), *sink, {})); }));
        CHECK(got == data.substr(0, 700));
    }
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Another part than was asked for is never taken", "[downloads][row:119]") {
    std::string const data = data_of(1000);
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
    std::string const data = data_of(1000);
    f.cloud.server.script(
        {text("HTTP/1.1 206 Partial Content\r\nContent-Length: 400\r\n"
              "Content-Range: bytes 600-999/1000\r\n\r\n" +
              data.substr(600))});
    CHECK(throws_exactly<ProtocolError>([&] { static_cast<void>(f.fetch(data)); }));
}

TEST_CASE("A store that refuses ranges is asked for the whole, once", "[downloads][row:119]") {
    std::string const data = data_of(1000);
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
    std::string const data = data_of(1000);
    std::string wrong = data;
    wrong[500] ^= 1;
    {
        Fixture f;
        f.cloud.server.script({part(wrong, 0, 1000)});
        f.cloud.server.script({record_step(data)});
        f.cloud.server.script({part(data, 0, 1000)});
        CHECK(f.fetch(data).verified_by == "sha512");
        CHECK(support::read_file(f.path) == data);
        CHECK(f.cloud.server.finish() == "");
    }
    Fixture f;
    f.cloud.server.script({part(wrong, 0, 1000)});
    f.cloud.server.script({record_step(data)});
    f.cloud.server.script({part(wrong, 0, 1000)});
    CHECK(f.failure<IntegrityError>(data).find("its sha512 is ") != std::string::npos);
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("What is shorter than its record goes on, and what is longer is refused", "[downloads][row:122]") {
    std::string const data = data_of(1000);
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
    f.cloud.server.script({record_step(data)});
    f.cloud.server.script({part(data + "x", 0, 1001)});
    CHECK(f.failure<IntegrityError>(data) == "the data of image i: more than the 1000 bytes that its record says");
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("All data is all data, although the answer's end is missing", "[downloads][row:116]") {
    Fixture f;
    std::string const data = data_of(1000);
    f.cloud.server.script(
        {text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + data + "\r\n")});  // no last chunk
    CHECK(f.fetch(data).bytes == 1000);
    CHECK(support::read_file(f.path) == data);
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("A renewed token, a busy service and a break, all in one download", "[downloads][row:52][row:116]") {
    Fixture f;
    std::string const data = data_of(1000);
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
    std::string const data = data_of(600);
    f.cloud.server.script({text(answer_text(200, R"({"id": "i", "size": null, "os_hash_algo": "sha512", )"
                                                 R"("os_hash_value": ")" +
                                                     sha512(data) + "\"}"))});
    f.cloud.server.script({part(data_of(1000), 0, 1000)});
    f.cloud.server.script({record_step(data_of(1001))});
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
    std::string const data = data_of(1000);
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

TEST_CASE("What is whole already isn't fetched again, but compared", "[downloads][row:132]") {
    Fixture f;
    std::string const data = data_of(1000);
    support::write_file(f.folder / f.part_of(data), data);
    CHECK(f.fetch(data).verified_by == "sha512");
    CHECK(support::read_file(f.path) == data);
    CHECK(f.cloud.server.connections() == 0);
}

TEST_CASE("A wrong beginning is noticed in the end, and all fetched again", "[downloads][row:132]") {
    std::string const data = data_of(1000);
    for (std::string const& left : {std::string(300, 'x'), std::string(1000, 'x')}) {
        Fixture f;
        support::write_file(f.folder / f.part_of(data), left);
        if (left.size() < 1000) f.cloud.server.script({part(data, 300, 700)});
        f.cloud.server.script({record_step(data)});
        f.cloud.server.script({part(data, 0, 1000)});
        CHECK(f.fetch(data).bytes == 1000);
        CHECK(support::read_file(f.path) == data);
        CHECK(f.folder.names() == std::vector<std::string>{"image"});
        CHECK(f.cloud.server.finish() == "");
    }
}

TEST_CASE("What is longer than the image, or another image's, isn't gone on with", "[downloads][row:132]") {
    Fixture f;
    std::string const data = data_of(1000);
    support::write_file(f.folder / f.part_of(data), std::string(1001, 'x'));
    support::write_file(f.folder / ".image.01234567.part", "other");
    f.cloud.server.script({part(data, 0, 1000)});
    CHECK(f.fetch(data).bytes == 1000);
    CHECK(support::read_file(f.path) == data);
    CHECK(f.folder.names() == std::vector<std::string>{".image.01234567.part", "image"});
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Nothing is kept where that isn't wanted", "[downloads][row:117]") {
    Fixture f;
    std::string const data = data_of(1000);
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
    std::string const data = data_of(100);
    f.cloud.server.script({part(data, 0, 100)});
    ProgressFunction const once = [calls = 0](Progress const&) mutable {
        if (++calls == 1) throw ConnectionLost("mine");
    };
    CHECK(thrown<ConnectionLost>([&] { static_cast<void>(f.fetch(data, {.progress = once})); }) == "mine");
    CHECK(support::read_file(f.path) == "old");
}
