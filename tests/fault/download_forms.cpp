// SPDX-License-Identifier: Apache-2.0
// Downloads in every form: of any size, in little memory, at the pace of who takes the data, and ended by an exception.
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <openstack/image/v2/proxy.hpp>
#include <optional>
#include <span>
#include <sstream>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

#include "../support/image_answers.hpp"
#include "../support/loopback_cloud.hpp"
#include "../support/memory.hpp"
#include "../support/requests.hpp"
#include "../support/server.hpp"
#include "../support/temporary_directory.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using namespace std::chrono_literals;
using image::v2::DownloadOptions, image::v2::Image, image::v2::UploadOptions;
using support::answer_text, support::data_head, support::LoopbackCloud, support::random_text, support::record_of,
    support::Step, support::TemporaryDirectory, support::thrown, support::throws_exactly;

namespace {

/// Answers with so many bytes of `data` from `first` on, or with as much as the client takes; then closes.
Step give(std::string const& data, std::size_t first = 0, std::size_t bytes = std::string::npos) {
    return [=](support::Connection& connection) {
        connection.read_head();
        connection.send(data_head(data, first));
        std::string const part = data.substr(first, bytes);
        connection.send_repeated(part, part.size());
        connection.close();
    };
}

/// The record of an image of that size, whose hash is another than that of its data.
Image record_of_size(std::uint64_t bytes) {
    return from_json<Image>(R"({"id": "i", "size": )" + std::to_string(bytes) +
                            R"(, "os_hash_algo": "sha512", "os_hash_value": ")" + std::string(128, '0') + "\"}");
}

struct Fixture {
    LoopbackCloud cloud;
    TemporaryDirectory folder;

    [[nodiscard]] image::v2::Proxy glance(SessionOptions options = {}) const {
        return image::v2::Proxy{cloud.session(std::move(options))};
    }
};

void append(std::string& text, std::span<std::byte const> bytes) {
    text.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
}

constexpr int forms = 6;

/// Downloads in one of the forms, and gives what came; but not what went to a device.
std::string fetch(image::v2::Proxy const& glance, Image const& record, std::filesystem::path const& folder, int form,
                  DownloadOptions const& options = {}) {
    std::string text;
    std::ostringstream output;
    switch (form) {
        case 0:
            return glance.download_image(record, options);
        case 1:
            glance.download_image(record, to_file(folder / "image", {.is_synced = false}), options);
            return support::read_file(folder / "image");
        case 2:
            glance.download_image(record, to_stream(output), options);
            return output.str();
        case 3:
            glance.download_image(record, to_callback([&](auto bytes) { append(text, bytes); }), options);
            return text;
        case 4:
            for (auto const piece : glance.download_image(record, openstack::stream, options)) append(text, piece);
            return text;
        default:
            glance.download_image(record, to_file("/dev/null"), options);
            return {};
    }
}

}  // namespace

TEST_CASE("Each form of download gives what there is, whatever its size", "[download_forms][row:135]") {
    constexpr std::size_t k = 1024;
    for (std::size_t const size : {0 * k, 0 * k + 1, 16 * k - 1, 16 * k, 16 * k + 1, 128 * k - 1, 128 * k, 128 * k + 1,
                                   256 * k - 1, 256 * k, 256 * k + 1}) {
        std::string const data = random_text(size);
        Fixture f;
        f.cloud.server.serve([&](support::ReceivedRequest const&) { return answer_text(200, data); });
        for (int form = 0; form < forms; ++form) {
            INFO(size << " bytes, form " << form);
            std::uint64_t last = 1;
            auto const progress = [&](Progress const& now) { last = now.bytes; };
            std::string const got = fetch(f.glance(), record_of(data), f.folder.path(), form, {.progress = progress});
            CHECK((got == (form < 5 ? data : "")));
            CHECK(last == size);
        }
        CHECK(f.folder.names() == std::vector<std::string>{"image"});
        CHECK(f.cloud.server.requests().size() == forms);
        CHECK(f.cloud.server.finish() == "");
    }
}

namespace {

constexpr std::uint64_t large = std::uint64_t{256} << 20;
constexpr std::uint64_t bound = std::uint64_t{8} << 20;

/// A stream's buffer that takes everything, and gives so many bytes.
class Endless final : public std::streambuf {
  public:
    explicit Endless(std::uint64_t bytes = 0) : left_(bytes) {}

  private:
    std::streamsize xsputn(char const*, std::streamsize count) override { return count; }
    int_type overflow(int_type c) override { return traits_type::not_eof(c); }
    int_type underflow() override {
        if (left_ == 0) return traits_type::eof();
        auto const count = (std::min<std::uint64_t>)(left_, sizeof block_);
        left_ -= count;
        setg(block_, block_, block_ + count);
        return 0;
    }

    std::uint64_t left_;
    char block_[65'536]{};
};

}  // namespace

TEST_CASE("Each form of download takes little memory, however large the image", "[download_forms][size][row:136]") {
    Fixture f;
    Image const record = record_of_size(large);
    auto const growth = [&](auto download) {
        f.cloud.server.script({[](support::Connection& connection) {
            connection.read_head();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(large) + "\r\n\r\n");
            connection.send_repeated(std::string(std::size_t{1} << 20, 'x'), large);
            connection.close();
        }});
        return support::peak_growth(download);
    };
    auto const glance = f.glance();
    DownloadOptions const unverified{.verification = Verification::off};
    Endless nowhere;
    std::ostream output{&nowhere};
    std::uint64_t taken = 0;
    auto const count = [&](std::span<std::byte const> bytes) { taken += bytes.size(); };
    CHECK(growth([&] { glance.download_image(record, to_file("/dev/null"), unverified); }) < bound);
    CHECK(growth([&] {
              glance.download_image(record, to_file(f.folder / "image", {.is_synced = false}), unverified);
          }) < bound);
    CHECK(std::filesystem::file_size(f.folder / "image") == large);
    CHECK(growth([&] { glance.download_image(record, to_stream(output), unverified); }) < bound);
    CHECK(growth([&] { glance.download_image(record, to_callback(count), unverified); }) < bound);
    CHECK(taken == large);
    CHECK(growth([&] {
              CHECK(thrown<IntegrityError>([&] {
                        for (auto const piece : glance.download_image(record, openstack::stream)) count(piece);
                    }).starts_with("the data of image i: its sha512 is "));
          }) < bound);
    CHECK(taken == 2 * large);
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Each form of upload takes little memory, however large the image", "[download_forms][size][row:136]") {
    Fixture f;
    std::filesystem::path const path = f.folder / "image";
    support::write_file(path, "");
    std::filesystem::resize_file(path, large);
    auto const glance = f.glance();
    std::string const record = R"({"id": "i", "status": "active", "size": )" + std::to_string(large) + '}';
    auto const growth = [&](auto make, Verification verification = Verification::off) {
        f.cloud.server.script({[](support::Connection& connection) {
            connection.read_head();
            connection.send("HTTP/1.1 100 Continue\r\n\r\n");
            connection.read_body();
            connection.send(answer_text(204, "", {{"Connection", "close"}}));
            connection.close();
        }});
        f.cloud.server.script({[&](support::Connection& connection) {
            connection.read_head();
            connection.send(answer_text(200, record, {{"Connection", "close"}}));
            connection.close();
        }});
        return support::peak_growth([&] {
            CHECK(glance.upload(support::image_to_fill(), make(), {.verification = verification}).size == large);
        });
    };
    auto const zeros = [](std::span<std::byte> buffer, std::uint64_t& left) {
        auto const count = (std::min<std::uint64_t>)(left, buffer.size());
        left -= count;
        return static_cast<std::size_t>(count);
    };
    for (auto const size : {std::optional{large}, std::optional<std::uint64_t>{}}) {
        Endless zeros_of_stream{large};
        std::istream input{&zeros_of_stream};
        CHECK(growth([&] { return from_stream(input, size); }) < bound);
        std::uint64_t left = large;
        CHECK(growth([&] { return from_callback([&](auto buffer) { return zeros(buffer, left); }, size); }) < bound);
    }
    CHECK(growth([&] { return from_file(path); }, Verification::if_possible) < bound);
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Who takes the data late keeps the service waiting, and isn't taken for a stall",
          "[download_forms][row:134]") {
    constexpr std::uint64_t whole = std::uint64_t{64} << 20;
    std::string const block(std::size_t{1} << 20, 'x');
    Image const record = record_of_size(whole);
    for (bool const is_pulled : {false, true}) {
        Fixture f;
        std::atomic<std::uint64_t> sent = 0;
        f.cloud.server.script({[&](support::Connection& connection) {
            connection.read_head();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(whole) + "\r\n\r\n");
            for (; sent < whole; sent += block.size()) connection.send(block);
        }});
        Timeouts timeouts;
        timeouts.stall = 200ms;
        auto const glance = f.glance({.timeouts = timeouts});
        std::uint64_t taken = 0;
        std::uint64_t sent_meanwhile = 0;
        auto const take = [&](std::span<std::byte const> bytes) {
            if (taken == 0) {
                auto const until = std::chrono::steady_clock::now() + 600ms;
                while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
                sent_meanwhile = sent;
            }
            taken += bytes.size();
        };
        DownloadOptions const unverified{.verification = Verification::off};
        if (is_pulled)
            for (auto const piece : glance.download_image(record, openstack::stream, unverified)) take(piece);
        else
            glance.download_image(record, to_callback(take), unverified);
        CHECK(taken == whole);
        CHECK(sent_meanwhile < whole / 2);
        CHECK(f.cloud.server.finish() == "");
        CHECK(f.cloud.server.requests().size() == 1);
    }
}

TEST_CASE("Pulled data that nobody takes to its end closes its connection", "[download_forms][row:137]") {
    auto const open_files = [] {
        return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"},
                             std::filesystem::directory_iterator{});
    };
    auto const before = open_files();
    {
        Fixture f;
        std::atomic<int> closed = 0;
        for (int i = 0; i < 3; ++i)
            f.cloud.server.script({[&](support::Connection& connection) {
                connection.read_head();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n");
                connection.send_repeated(std::string(65'536, 'x'));  // until the client closes
                ++closed;
            }});
        Image const record = record_of_size(std::uint64_t{1} << 40);
        DownloadOptions const unverified{.verification = Verification::off};
        auto const glance = f.glance();
        auto const open = [&] { return glance.download_image(record, openstack::stream, unverified); };
        auto const wait_for = [&](int count) {
            while (closed < count) std::this_thread::yield();
            return closed == count;
        };
        { DownloadStream const unread = open(); }
        CHECK(wait_for(1));
        {
            DownloadStream half = open();
            CHECK((*half.begin()).front() == std::byte{'x'});
        }
        CHECK(wait_for(2));
        {
            std::optional<DownloadStream> first = open();
            CHECK(!(*first->begin()).empty());
            DownloadStream second = std::move(*first);
            first.reset();
            auto piece = second.begin();
            CHECK((*++piece).front() == std::byte{'x'});
            CHECK(closed == 2);
        }
        CHECK(wait_for(3));
        f.cloud.server.script({give("next")});
        CHECK(glance.download_image(record_of("next")) == "next");
        CHECK(f.cloud.server.finish() == "");
    }
    CHECK(open_files() == before);
}

namespace {

/// What a function of the caller's may throw.
struct Mine {
    int number;
    std::string text;
};

/// A sink that throws in one of its functions, and can do everything.
class Throwing final : public Sink {
  public:
    Throwing(std::string where, std::function<void()> thrower)
        : where_(std::move(where)), thrower_(std::move(thrower)) {}

    [[nodiscard]] std::uint64_t begin(std::string_view, Callback<void(std::span<std::byte const>)>) override {
        if (where_ == "begin") thrower_();
        return 0;
    }
    void write(std::span<std::byte const> bytes) override {
        bytes_ += bytes.size();
        if (where_ == "first write" || (where_ == "last write" && bytes_ == 300'000) ||
            (where_ == "write after a break" && bytes_ > 100'000))
            thrower_();
    }
    void finish() override {
        if (where_ == "finish") thrower_();
    }
    [[nodiscard]] bool rewind() override {
        bytes_ = 0;
        return true;
    }

  private:
    std::string where_;
    std::function<void()> thrower_;
    std::size_t bytes_ = 0;
};

/// Downloads while `thrower` is called by the sink or the progress function. Says where it isn't so that the very
/// exception comes out, and the service is asked once, but then as before.
template<class Exception, class Thrower, class Compare>
std::string after_throwing(Thrower thrower, Compare is_same) {
    std::string const data = random_text(300'000);
    std::string wrong;
    for (std::string const where : {"begin", "first write", "last write", "write after a break", "finish", "progress",
                                    "last progress", "progress of memory", "progress of pieces"}) {
        Fixture f;
        bool const is_broken = where == "write after a break";
        if (is_broken) f.cloud.server.script({give(data, 0, 100'000)});
        if (where != "begin") f.cloud.server.script({give(data, is_broken ? 100'000 : 0)});
        auto const glance = f.glance();
        DownloadOptions options;
        if (where.starts_with("progress")) options.progress = [&](Progress const&) { thrower(); };
        if (where == "last progress")
            options.progress = [&](Progress const& now) {
                if (now.bytes == data.size()) thrower();
            };
        try {
            if (where == "progress of memory")
                static_cast<void>(glance.download_image(record_of(data), options));
            else if (where == "progress of pieces")
                for (auto const piece : glance.download_image(record_of(data), openstack::stream, options))
                    static_cast<void>(piece);
            else
                glance.download_image(record_of(data), std::make_unique<Throwing>(where, thrower), options);
            wrong += where + ": nothing came out\n";
        } catch (Exception const& mine) {
            if (!is_same(mine)) wrong += where + ": another object came out\n";
        } catch (std::exception const& other) {
            wrong += where + ": " + other.what() + '\n';
        }
        auto const requests = f.cloud.server.requests().size();
        if (requests != (where == "begin" ? 0u : is_broken ? 2u : 1u))
            wrong += where + ": " + std::to_string(requests) + " requests\n";
        f.cloud.server.serve([&](support::ReceivedRequest const&) { return answer_text(200, data); });
        if (glance.download_image(record_of(data)) != data) wrong += where + ": not used again\n";
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

TEST_CASE("What a sink or a progress function throws ends the download, unchanged", "[download_forms][row:133]") {
    CHECK(after_throwing<Mine>(
              [] {
                  throw Mine{7, "mine"};
              },
              [](Mine const& mine) { return mine.number == 7 && mine.text == "mine"; }) == "");
    CHECK(after_throwing(std::runtime_error("mine")) == "");
    CHECK(after_throwing(ConnectionLost("mine")) == "");
    CHECK(after_throwing(ConnectError("mine")) == "");
    CHECK(after_throwing(ProtocolError("mine")) == "");
    CHECK(after_throwing(IntegrityError("mine")) == "");
    CHECK(after_throwing(RangeNotSatisfiable({.status = 416, .method = "GET", .url = "mine"})) == "");
    CHECK(after_throwing(BadRequest({.status = 400, .method = "GET", .url = "mine"})) == "");
    CHECK(after_throwing(IoError("mine", 28)) == "");
    CHECK(after_throwing(Cancelled("mine")) == "");
}
