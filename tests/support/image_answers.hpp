// SPDX-License-Identifier: Apache-2.0
// Data of the image `i`, and what a service says of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <openstack/from_json.hpp>
#include <openstack/hash.hpp>
#include <openstack/image/v2/image.hpp>
#include <random>
#include <span>
#include <string>

#include "server.hpp"

namespace support {

/// Text of which no part is like another.
[[nodiscard]] inline std::string random_text(std::size_t bytes) {
    std::mt19937 random(static_cast<unsigned>(bytes));
    std::string text(bytes, '\0');
    for (char& c : text) c = static_cast<char>('a' + random() % 26);
    return text;
}

[[nodiscard]] inline std::string sha512_of(std::string const& data) {
    openstack::Hasher hasher("sha512");
    hasher.update(std::as_bytes(std::span{data}));
    return hasher.hex_digest();
}

/// The record of an image with that data, or, while it has none yet, without size and hash.
[[nodiscard]] inline std::string record_text(std::string const& data, std::string const& status = "active") {
    bool const is_there = status == "active";
    return R"({"id": "i", "status": ")" + status + R"(", "size": )" +
           (is_there ? std::to_string(data.size()) : "null") + R"(, "os_hash_algo": "sha512", "os_hash_value": )" +
           (is_there ? '"' + sha512_of(data) + '"' : "null") + '}';
}
[[nodiscard]] inline openstack::image::v2::Image record_of(std::string const& data) {
    return openstack::from_json<openstack::image::v2::Image>(record_text(data));
}

/// An image to upload to. It has both formats, so the record isn't asked for them.
[[nodiscard]] inline openstack::image::v2::Image image_to_fill() {
    using namespace openstack::image::v2;
    return {.id = "i", .disk_format = DiskFormat::raw, .container_format = ContainerFormat::bare};
}

/// The head of an answer with `data` from byte `first` on: 206, or 200 for all of it.
[[nodiscard]] inline std::string data_head(std::string const& data, std::size_t first = 0) {
    std::string const length = "Content-Length: " + std::to_string(data.size() - first) + "\r\n";
    if (first == 0) return "HTTP/1.1 200 OK\r\n" + length + "\r\n";
    return "HTTP/1.1 206 Partial Content\r\n" + length + "Content-MD5: of-the-whole\r\nContent-Range: bytes " +
           std::to_string(first) + '-' + std::to_string(data.size() - 1) + '/' + std::to_string(data.size()) +
           "\r\n\r\n";
}

/// Answers requests for parts, from first to last byte. Of a part, so many bytes come as `cut(first, last)` says, then
/// the connection closes.
[[nodiscard]] inline std::function<std::string(ReceivedRequest const&)> parts_of(
    std::string const& data, std::function<std::size_t(std::size_t first, std::size_t last)> cut = {}) {
    return [=](ReceivedRequest const& request) {
        std::string const range{request.headers.find("Range").value_or("bytes=0-")};
        std::size_t const first = std::stoul(range.substr(6));
        std::string const end = range.substr(range.find('-') + 1);
        std::size_t const last = end.empty() ? data.size() - 1 : std::stoul(end);
        std::size_t const size = last - first + 1;
        std::size_t const bytes = cut ? (std::min)(cut(first, last), size) : size;
        return "HTTP/1.1 206 Partial Content\r\nContent-Length: " + std::to_string(size) + "\r\nContent-Range: bytes " +
               std::to_string(first) + '-' + std::to_string(last) + '/' + std::to_string(data.size()) +
               (bytes < size ? "\r\nConnection: close" : "") + "\r\n\r\n" + data.substr(first, bytes);
    };
}

}  // namespace support
