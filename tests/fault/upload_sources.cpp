// SPDX-License-Identifier: Apache-2.0
// Uploads from sources of every form and size, from files that change meanwhile, and from functions that throw.
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <openstack/image/v2/image_data.hpp>
#include <openstack/source.hpp>
#include <optional>
#include <random>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <typeinfo>
#include <utility>
#include <vector>

#include "../support/image_answers.hpp"
#include "../support/interruptions.hpp"
#include "../support/loopback_cloud.hpp"
#include "../support/server.hpp"
#include "../support/temporary_directory.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using image::v2::ContainerFormat, image::v2::DiskFormat, image::v2::Image, image::v2::ImageData,
    image::v2::UploadOptions;
using support::answer_text, support::Interruptions, support::LoopbackCloud, support::random_text, support::record_text,
    support::Step, support::TemporaryDirectory, support::thrown, support::throws_exactly, support::write_file;

namespace {

/// Reads a request of that method, whole, answers with that, and closes: one connection for each request.
Step give(std::string const& method, int status, std::string const& body = {}) {
    return [=](support::Connection& connection) {
        auto const head = connection.read_head();
        if (head.method != method) throw std::runtime_error("got " + head.method + " instead of " + method);
        if (head.headers.find("Expect")) connection.send("HTTP/1.1 100 Continue\r\n\r\n");
        connection.read_body();
        connection.send(answer_text(status, body, {{"Connection", "close"}}));
        connection.close();
    };
}
/// Reads so many bytes of an upload, does something, and reads on until the client closes.
template<class Action>
Step watch(std::uint64_t bytes, Action action) {
    return [=](support::Connection& connection) {
        connection.read_head();
        connection.send("HTTP/1.1 100 Continue\r\n\r\n");
        connection.read_body(bytes);
        action();
        connection.read_body();  // throws when the client closes before all has come
        connection.send(answer_text(204, "", {{"Connection", "close"}}));
        connection.close();
    };
}
/// Reads so many bytes of an upload, then breaks the connection.
Step cut(std::uint64_t bytes) {
    return [=](support::Connection& connection) {
        connection.read_head();
        connection.send("HTTP/1.1 100 Continue\r\n\r\n");
        connection.read_body(bytes);
        connection.reset();
    };
}

struct Fixture {
    LoopbackCloud cloud;
    TemporaryDirectory folder;

    void script(std::vector<Step> const& steps) {
        for (Step const& each : steps) cloud.server.script({each});
    }
    [[nodiscard]] ImageData<> images() const { return ImageData<>{Proxy<Image>{cloud.session()}}; }
    Image upload(Source& source, UploadOptions const& options = {}) const {
        return images().upload(support::image_to_fill(), source, "", options);
    }
    /// The methods of the requests.
    [[nodiscard]] std::string methods() const {
        std::string all;
        for (auto const& each : cloud.server.requests()) all += each.method + ' ';
        return all;
    }
};

/// A source of each form that has `data`, and what it depends on.
class Sources {
  public:
    static constexpr int forms = 6;
    static bool tells_size(int form) { return form < 4; }
    static bool can_rewind(int form) { return form != 3 && form != 5; }

    Sources(std::string const& data, TemporaryDirectory const& folder) : data_(data), path_(folder / "source") {
        write_file(path_, data);
    }
    auto reader() {
        return [this, at = std::size_t{0}](std::span<std::byte> buffer) mutable {
            std::size_t const count = (std::min)({buffer.size(), data_.size() - at, std::size_t{5000}});
            std::ranges::copy(std::as_bytes(std::span{data_}).subspan(at, count), buffer.begin());
            at += count;
            return count;
        };
    }

    std::unique_ptr<Source> make(int form) {
        stream_.clear();
        stream_.str(data_);
        std::optional const size{std::uint64_t{data_.size()}};
        switch (form) {
            case 0:
                return from_memory(data_);
            case 1:
                return from_file(path_);
            case 2:
                return from_stream(stream_, size);
            case 3:
                return from_callback(reader(), size);
            case 4:
                return from_stream(stream_);
            default:
                return from_callback(reader());
        }
    }

  private:
    std::string data_;
    std::filesystem::path path_;
    std::istringstream stream_;
};

/// What a function of the caller's may throw.
struct Mine {
    int number;
    std::string text;
};

}  // namespace

TEST_CASE("Each form of source sends what it has, whatever its size", "[upload_sources][row:135][row:146][row:147]") {
    constexpr std::size_t k = 1024;
    for (std::size_t const size : {0 * k, 0 * k + 1, 16 * k - 1, 16 * k, 16 * k + 1, 128 * k - 1, 128 * k, 128 * k + 1,
                                   256 * k - 1, 256 * k, 256 * k + 1}) {
        std::string const data = random_text(size);
        for (int form = 0; form < Sources::forms; ++form) {
            INFO(size << " bytes, form " << form);
            Fixture f;
            Sources sources{data, f.folder};
            f.script({give("PUT", 204), give("GET", 200, record_text(data))});
            CHECK(f.upload(*sources.make(form), {.allow_empty = true}).size == size);
            CHECK(f.cloud.server.finish() == "");
            auto const put = f.cloud.server.requests().at(0);
            CHECK((put.body == data));
            CHECK(put.body_size == size);
            bool const tells = Sources::tells_size(form);
            CHECK(put.headers.find("X-OpenStack-Image-Size").value_or("none") ==
                  (tells ? std::to_string(size) : "none"));
            CHECK(put.headers.find("Content-Length").value_or("none") == (tells ? std::to_string(size) : "none"));
            CHECK(put.headers.find("Transfer-Encoding").value_or("none") == (tells ? "none" : "chunked"));
            CHECK(put.headers.find("Expect").has_value() == (!tells || size != 0));
        }
    }
}

TEST_CASE("What was sent without its size must have been stored whole, too", "[upload_sources][row:146]") {
    Fixture f;
    std::string const data = random_text(1000);
    Sources sources{data, f.folder};
    f.script({give("PUT", 204), give("GET", 200, record_text(data.substr(1)))});
    CHECK(thrown<IntegrityError>([&] { f.upload(*sources.make(5)); }) ==
          "the data sent to image i: it has 1000 bytes, but its record says 999");
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Whatever the breaks, what is stored is what the source has", "[upload_sources][row:142]") {
    constexpr unsigned seed = 13;
    std::mt19937 random(seed);
    constexpr std::size_t retries = 3;
    for (int round = 0; round < 50; ++round) {
        Fixture f;
        std::string const data = random_text(1 + random() % 300'000);
        Sources sources{data, f.folder};
        int form = round % Sources::forms;
        if (!Sources::can_rewind(form)) --form;
        std::vector<std::uint64_t> breaks(random() % 6);
        for (auto& each : breaks) each = random() % (data.size() + 1);
        INFO("seed " << seed << ", round " << round << ", form " << form << ": " << data.size() << " bytes, broken at "
                     << Catch::Detail::stringify(breaks));
        bool const is_stored = breaks.size() <= retries;
        breaks.resize((std::min)(breaks.size(), retries + 1));
        for (std::uint64_t const each : breaks) f.script({cut(each), give("GET", 200, record_text(data, "queued"))});
        if (is_stored) f.script({give("PUT", 204), give("GET", 200, record_text(data))});
        auto const source = sources.make(form);
        if (is_stored) {
            CHECK(f.upload(*source).size == data.size());
        } else {
            CHECK(throws_exactly<ConnectionLost>([&] { f.upload(*source); }));
        }
        CHECK(f.cloud.server.finish() == "");
        auto const requests = f.cloud.server.requests();
        CHECK(requests.size() == 2 * (breaks.size() + (is_stored ? 1 : 0)));
        for (std::size_t i = 0; i < requests.size(); i += 2) {
            CHECK(requests[i].method == "PUT");
            CHECK((data.starts_with(requests[i].body)));
        }
        if (is_stored) CHECK((requests[requests.size() - 2].body == data));
    }
}

TEST_CASE("A file that changes while it's sent is never taken for whole", "[upload_sources][row:138][row:139]") {
    constexpr std::uint64_t size = 32'000'000;
    enum Change { shrinks, grows, is_written_over };
    for (Change const change : {shrinks, grows, is_written_over}) {
        for (bool const is_made_here : {true, false}) {
            INFO(change << ' ' << is_made_here);
            Fixture f;
            std::filesystem::path const path = f.folder / "image";
            write_file(path, "x");
            std::filesystem::resize_file(path, size);
            std::filesystem::last_write_time(path, std::filesystem::file_time_type{});
            bool is_cut = false;
            Step const put = [&](support::Connection& connection) {
                try {
                    watch(100'000, [&] {
                        if (change == shrinks) std::filesystem::resize_file(path, 50'000);
                        if (change == grows) std::filesystem::resize_file(path, size + 1);
                        if (change == is_written_over) std::fstream{path, std::ios::in | std::ios::out} << "y";
                    })(connection);
                } catch (std::exception const&) {
                    is_cut = true;
                }
            };
            if (is_made_here) f.script({give("POST", 201, record_text("", "queued"))});
            f.script({put});
            if (is_made_here) f.script({give("DELETE", 204)});
            auto const source = from_file(path);
            CHECK(throws_exactly<SourceError>([&] {
                if (!is_made_here) return static_cast<void>(f.upload(*source));
                f.images().create({.disk_format = DiskFormat::raw, .container_format = ContainerFormat::bare}, *source,
                                  {});
            }));
            CHECK(f.cloud.server.finish() == "");
            CHECK(is_cut);
            CHECK(f.methods() == (is_made_here ? "POST PUT DELETE " : "PUT "));
            CHECK(f.cloud.server.requests().at(is_made_here ? 1 : 0).body_size < size);
        }
    }
}

TEST_CASE("A pipe that gives a little at a time, and calls that are interrupted, lose no byte",
          "[upload_sources][row:127]") {
    Fixture f;
    std::string const data = random_text(60'000);  // for which a pipe has room
    f.script({give("PUT", 204), give("GET", 200, record_text(data))});
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    std::thread writer{[&] {  // writes only once the reader, whose pipe is empty, was interrupted again
        for (std::size_t at = 0; at < data.size(); at += 10'000) {
            for (int const before = Interruptions::count(); Interruptions::count() < before + 2;)
                std::this_thread::yield();
            if (::write(ends[1], data.data() + at, 10'000) != 10'000) break;
        }
        ::close(ends[1]);
    }};
    {
        Interruptions const often;
        auto const source = from_file_descriptor(ends[0]);
        CHECK(f.upload(*source).size == data.size());
        writer.join();
    }
    ::close(ends[0]);
    CHECK(f.cloud.server.finish() == "");
    CHECK((f.cloud.server.requests().at(0).body == data));
}

TEST_CASE("A device that breaks while it's read is an error, and nothing is sent", "[upload_sources][row:127]") {
    Fixture f;
    int const terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
    REQUIRE(terminal != -1);
    REQUIRE(::unlockpt(terminal) == 0);
    ::close(::open(::ptsname(terminal), O_RDWR | O_NOCTTY));  // nobody is at its other end any more
    auto const source = from_file_descriptor(terminal);
    ::close(terminal);
    CHECK(support::caught<IoError>([&] { f.upload(*source); }).code() == std::errc::io_error);
    CHECK(f.methods() == "");
}

namespace {

/// Uploads while `thrower` is called by the source or, at its first or last call, by the progress function. Says where
/// it isn't so that the very exception comes out, and the service hears no more of this upload, but takes the next.
template<class Exception, class Thrower, class Compare>
std::string after_throwing(Thrower thrower, Compare is_same) {
    std::string const data = random_text(1'000'000);
    std::string wrong;
    for (std::string const where : {"source", "progress", "last progress"}) {
        Fixture f;
        f.script({where == "last progress" ? give("PUT", 204) : Step{[](support::Connection& connection) {
            connection.read_head();
            connection.send("HTTP/1.1 100 Continue\r\n\r\n");
            connection.wait_for_close();
        }}});
        auto const source = from_callback(
            [&, at = std::size_t{0}](std::span<std::byte> buffer) mutable {
                if (where == "source" && at > 400'000) thrower();
                std::size_t const count = (std::min)(buffer.size(), data.size() - at);
                std::ranges::copy(std::as_bytes(std::span{data}).subspan(at, count), buffer.begin());
                at += count;
                return count;
            },
            data.size());
        UploadOptions options;
        if (where == "progress") options.progress = [&](Progress const&) { thrower(); };
        if (where == "last progress")
            options.progress = [&](Progress const& now) {
                if (now.bytes == data.size()) thrower();
            };
        ImageData<> const images = f.images();
        try {
            images.upload(support::image_to_fill(), *source, "", options);
            wrong += where + ": nothing came out\n";
        } catch (Exception const& mine) {
            if (!is_same(mine)) wrong += where + ": another object came out\n";
        } catch (std::exception const& other) {
            wrong += where + ": " + other.what() + '\n';
        }
        if (f.methods() != "PUT ") wrong += where + ": " + f.methods() + '\n';
        f.script({give("PUT", 204), give("GET", 200, record_text(data))});
        if (images.upload(support::image_to_fill(), *from_memory(data), "", {}).size != data.size())
            wrong += where + ": not used again\n";
        wrong += f.cloud.server.finish();
    }
    return wrong;
}
template<class Exception>
std::string after_throwing(Exception const& exception) {
    std::string const text = exception.what();
    return after_throwing<Exception>(
        [&] { throw Exception(exception); },
        [&](Exception const& mine) { return typeid(mine) == typeid(Exception) && mine.what() == text; });
}

}  // namespace

TEST_CASE("What a source or a progress function throws ends the upload, unchanged",
          "[upload_sources][row:133][row:140]") {
    CHECK(after_throwing<Mine>(
              [] {
                  throw Mine{7, "mine"};
              },
              [](Mine const& mine) { return mine.number == 7 && mine.text == "mine"; }) == "");
    CHECK(after_throwing(std::runtime_error("mine")) == "");
    CHECK(after_throwing(ConnectionLost("mine")) == "");
    CHECK(after_throwing(TimeoutError("mine")) == "");
    CHECK(after_throwing(ConnectError("mine")) == "");
    CHECK(after_throwing(ServerError({.status = 503, .method = "GET", .url = "mine"})) == "");
    CHECK(after_throwing(IntegrityError("mine")) == "");
    CHECK(after_throwing(Cancelled("mine")) == "");
    CHECK(after_throwing(IoError("mine", 5)) == "");
}
