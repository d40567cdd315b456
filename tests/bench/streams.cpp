// SPDX-License-Identifier: Apache-2.0
// Streams against a server in the same process, whose data is one block over and over.
// usage: streams memory GIB     by how much each form of streaming makes the process grow, in MiB
//        streams rate MIB       how much faster four connections are than one where each gets 20 MB/s
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <istream>
#include <ostream>
#include <span>
#include <streambuf>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <openstack/openstack.hpp>

#include "../support/memory.hpp"
#include "../support/server.hpp"
#include "../support/temporary_directory.hpp"

using namespace openstack;
using Time = std::chrono::steady_clock;

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;
constexpr std::uint64_t limit = 8 * mebibyte;

/// Data of that size: 4 KiB that aren't zero at the beginning of each MiB, so that a file of it is small on a disk.
struct Data {
    std::uint64_t size;
    std::string block = std::string(4096, 'x') + std::string(mebibyte - 4096, '\0');

    /// What follows that byte, as far as one block has it.
    [[nodiscard]] std::string_view from(std::uint64_t at) const {
        std::string_view const rest = std::string_view{block}.substr(at % block.size());
        return rest.substr(0, std::min<std::uint64_t>(rest.size(), size - at));
    }

    [[nodiscard]] std::string hash(std::string const& algorithm) const {
        Hasher hasher{algorithm};
        for (std::uint64_t at = 0; at < size; at += block.size()) hasher.update(std::as_bytes(std::span{from(at)}));
        return hasher.hex_digest();
    }
};

/// Reads or takes that data without holding it.
class DataBuffer final : public std::streambuf {
  public:
    explicit DataBuffer(Data const& data) : data_(data) {}
    [[nodiscard]] std::uint64_t taken() const { return taken_; }

  protected:
    int_type underflow() override {
        std::string_view const next = data_.from(at_);
        if (next.empty()) return traits_type::eof();
        at_ += next.size();
        char* const first = const_cast<char*>(next.data());
        setg(first, first, first + next.size());
        return traits_type::to_int_type(*first);
    }
    std::streamsize xsputn(char const*, std::streamsize count) override {
        taken_ += static_cast<std::uint64_t>(count);
        return count;
    }

  private:
    Data const& data_;
    std::uint64_t at_ = 0;
    std::uint64_t taken_ = 0;
};

/// The Image service, with one image. At that rate, if it isn't 0, in bytes a second on each connection.
class Cloud {
  public:
    Cloud(Data const& data, double rate)
        : data_(data),
          rate_(rate),
          record_(R"({"id": "i", "status": "active", "disk_format": "raw", "container_format": "bare", "size": )" +
                  std::to_string(data.size) + R"(, "os_hash_algo": "sha512", "os_hash_value": ")" +
                  data.hash("sha512") + R"(", "checksum": ")" + data.hash("md5") + "\"}") {
        for (int i = 0; i < 64; ++i) server_.script({[this](support::Connection& connection) { serve(connection); }});
    }

    [[nodiscard]] image::v2::Proxy glance() const {
        return image::v2::Proxy{Session{
            std::make_shared<CurlTransport>(), std::make_shared<FixedToken>("token"), {.endpoint = server_.url("")}}};
    }
    [[nodiscard]] image::v2::Image image() const { return from_json<image::v2::Image>(record_); }

  private:
    void serve(support::Connection& connection) const {
        for (;;) {
            auto const head = connection.read_head();
            if (head.method == "PUT") {
                if (head.headers.find("Expect")) connection.send("HTTP/1.1 100 Continue\r\n\r\n");
                connection.read_body();
                connection.send(support::answer_text(204));
            } else if (head.target.ends_with("/file")) {
                send(connection, std::string{head.headers.find("Range").value_or("")});
            } else {
                connection.send(support::answer_text(200, record_));
            }
        }
    }

    void send(support::Connection& connection, std::string const& range) const {
        std::uint64_t at = 0;
        std::uint64_t end = data_.size;
        std::string head = "HTTP/1.1 200 OK\r\n";
        if (!range.empty()) {
            at = std::stoull(range.substr(range.find('=') + 1));
            if (std::string const last = range.substr(range.find('-') + 1); !last.empty()) end = std::stoull(last) + 1;
            head = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + std::to_string(at) + '-' +
                   std::to_string(end - 1) + '/' + std::to_string(data_.size) + "\r\n";
        }
        connection.send(head + "Content-Length: " + std::to_string(end - at) + "\r\n\r\n");
        auto const start = Time::now();
        for (std::uint64_t sent = 0; at < end;) {
            std::string_view const piece = data_.from(at).substr(0, std::min<std::uint64_t>(128 << 10, end - at));
            connection.send(piece);
            at += piece.size();
            sent += piece.size();
            if (rate_ > 0)
                std::this_thread::sleep_until(start +
                                              std::chrono::duration_cast<Time::duration>(
                                                  std::chrono::duration<double>(static_cast<double>(sent) / rate_)));
        }
    }

    Data const& data_;
    double rate_;
    std::string record_;
    support::Server server_;
};

bool is_small = true;

template<class Action>
void measure(char const* form, Action action) {
    std::uint64_t const growth = support::peak_growth(action);
    is_small &= growth < limit;
    std::cout << form << ": +" << static_cast<double>(growth) / static_cast<double>(mebibyte) << " MiB" << std::endl;
}

int memory(std::uint64_t gibibytes) {
    Data const data{gibibytes << 30};
    Cloud const cloud{data, 0};
    auto const glance = cloud.glance();
    auto const image = cloud.image();
    support::TemporaryDirectory const folder;
    std::string const path = folder / "image";

    glance.download_image(image, to_file(path));  // what is allocated once for all isn't growth
    measure("download to a file", [&] { glance.download_image(image, to_file(path)); });
    measure("to a file by four connections", [&] { glance.download_image(image, to_file(path), {.connections = 4}); });
    measure("to a file descriptor", [&] {
        int const file = ::open("/dev/null", O_WRONLY);
        auto sink = to_file_descriptor(file);
        ::close(file);
        glance.download_image(image, std::move(sink));
    });
    measure("to a stream", [&] {
        DataBuffer buffer{data};
        std::ostream out{&buffer};
        glance.download_image(image, to_stream(out));
    });
    std::uint64_t bytes = 0;
    auto const count = [&](std::span<std::byte const> piece) { bytes += piece.size(); };
    measure("to a function", [&] { glance.download_image(image, to_callback(count)); });
    measure("pulled", [&] {
        for (auto const piece : glance.download_image(image, stream)) count(piece);
    });
    measure("pulled by a streambuf", [&] {
        DownloadStreambuf<> buffer{glance.download_image(image, stream)};
        std::istream in{&buffer};
        in.exceptions(std::ios::badbit);
        std::string room(64 << 10, '\0');
        do {
            in.read(room.data(), static_cast<std::streamsize>(room.size()));
            bytes += static_cast<std::uint64_t>(in.gcount());
        } while (in);
    });
    if (bytes != 3 * data.size) throw Error("not all came");

    measure("upload of a file", [&] { glance.upload(image, from_file(path)); });
    measure("of a file descriptor", [&] {
        int const file = ::open(path.c_str(), O_RDONLY);
        auto source = from_file_descriptor(file);
        ::close(file);
        glance.upload(image, std::move(source));
    });
    measure("of a stream", [&] {
        DataBuffer buffer{data};
        std::istream in{&buffer};
        glance.upload(image, from_stream(in, data.size));
    });
    measure("of a function, in chunks", [&] {
        std::uint64_t at = 0;
        glance.upload(image, from_callback([&](std::span<std::byte> room) {
                          std::string_view const next = data.from(at).substr(0, room.size());
                          std::copy(next.begin(), next.end(), reinterpret_cast<char*>(room.data()));
                          at += next.size();
                          return next.size();
                      }));
    });
    return is_small ? 0 : 1;
}

int rate(std::uint64_t mebibytes) {
    Data const data{mebibytes * mebibyte};
    Cloud const cloud{data, 20e6};
    auto const glance = cloud.glance();
    support::TemporaryDirectory const folder;
    double seconds[2]{};
    for (unsigned const connections : {1U, 4U}) {
        auto const start = Time::now();
        glance.download_image(cloud.image(), to_file(folder / "image"), {.connections = connections});
        seconds[connections / 4] = std::chrono::duration<double>(Time::now() - start).count();
    }
    std::cout << "four connections of 20 MB/s each: " << seconds[0] / seconds[1] << " times the throughput of one\n";
    return seconds[0] / seconds[1] >= 3.5 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) try {
    std::string const verb = argc == 3 ? argv[1] : "";
    if (verb == "memory") return memory(std::stoull(argv[2]));
    if (verb == "rate") return rate(std::stoull(argv[2]));
    std::cerr << "usage: streams memory GIB | rate MIB\n";
    return 2;
} catch (std::exception const& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
