// SPDX-License-Identifier: Apache-2.0
// Requests for tests of a transport, and a source of any size.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <openstack/http.hpp>
#include <openstack/source.hpp>
#include <span>
#include <string>
#include <utility>

namespace support {

/// A request that doesn't hang for long if the test goes wrong.
[[nodiscard]] inline openstack::Request request(std::string url, std::string method = "GET") {
    using namespace std::chrono_literals;
    openstack::Request made;
    made.method = std::move(method);
    made.url = std::move(url);
    made.is_repeatable = true;
    made.timeouts = {.connect = 5s, .stall = 5s, .response = 5s, .total = 60s};
    return made;
}

/// A PUT of what a source has.
[[nodiscard]] inline openstack::Request upload(std::string url, openstack::Source& source) {
    openstack::Request made = request(std::move(url), "PUT");
    made.source = &source;
    made.is_repeatable = false;
    return made;
}

/// A source of `bytes` times 'x'. Says its size or keeps it to itself.
class RepeatedSource final : public openstack::Source {
  public:
    explicit RepeatedSource(std::uint64_t bytes, bool tells_size = true) : bytes_(bytes), tells_size_(tells_size) {}

    [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override {
        auto const some = static_cast<std::size_t>((std::min<std::uint64_t>)(buffer.size(), bytes_ - read_));
        std::ranges::fill(buffer.first(some), std::byte{'x'});
        read_ += some;
        return some;
    }
    [[nodiscard]] std::optional<std::uint64_t> size() const override {
        return tells_size_ ? std::optional{bytes_} : std::nullopt;
    }
    [[nodiscard]] bool rewind() override {
        read_ = 0;
        return true;
    }

  private:
    std::uint64_t bytes_;
    bool tells_size_;
    std::uint64_t read_ = 0;
};

}  // namespace support
