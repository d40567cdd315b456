// SPDX-License-Identifier: Apache-2.0
// CurlTransport and the sinks when memory runs out: each allocation fails once, and nothing but bad_alloc comes of it.
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <new>
#include <openstack/curl_transport.hpp>
#include <openstack/sink.hpp>
#include <openstack/source.hpp>
#include <span>
#include <string>
#include <vector>

#include "../support/requests.hpp"
#include "../support/server.hpp"
#include "../support/temporary_directory.hpp"

namespace {

thread_local int allocations_left = -1;  // of this thread, before one fails; negative: none fails

}  // namespace

void* operator new(std::size_t size) {
    if (allocations_left > 0 && --allocations_left == 0) throw std::bad_alloc{};
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc{};
}
void* operator new(std::size_t size, std::nothrow_t const&) noexcept { return std::malloc(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

using namespace std::chrono_literals;
using openstack::CurlTransport, openstack::Request, openstack::Response;
using support::answer_text, support::request, support::Server;

namespace {

/// Lets the first allocation of `action` fail, then the second and so on until it needs no more. Says how many failed.
template<class Action>
int fail_each_allocation(Action action) {
    for (int nth = 1;; ++nth) {
        allocations_left = nth;
        try {
            action();
            bool const is_enough = allocations_left > 0;
            allocations_left = -1;
            if (is_enough) return nth - 1;
        } catch (std::bad_alloc const&) {
            allocations_left = -1;
        }
    }
}

}  // namespace

TEST_CASE("A request survives any failed allocation", "[memory][row:160]") {
    std::string const text(40'000, 'x');
    Server server;
    server.serve([&](support::ReceivedRequest const&) { return answer_text(200, text, {{"One", "1"}}); });
    CurlTransport transport;
    Request get = request(server.url());
    get.headers.add("X-Auth-Token", std::string(100, 't'));
    Response got;
    CHECK(fail_each_allocation([&] { got = transport.send(get); }) > 5);
    CHECK(got.body == text);

    Request put = request(server.url(), "PUT");
    put.timeouts->stall = 500ms;  // and so is the wait for the service's word before the body
    CHECK(fail_each_allocation([&] {
              auto const source = openstack::from_memory(text);
              put.source = source.get();
              got = transport.send(put);
          }) > 5);
    CHECK(got.status == 200);
    CHECK(server.requests().back().body == text);

    std::size_t bytes = 0;
    CHECK(fail_each_allocation([&] {
              bytes = 0;
              auto const stream = transport.open(get);
              for (auto piece = stream->next(); !piece.empty(); piece = stream->next()) bytes += piece.size();
          }) > 5);
    CHECK(bytes == text.size());
    CHECK(server.finish() == "");
}

TEST_CASE("A file sink survives any failed allocation", "[memory][row:160]") {
    support::TemporaryDirectory const directory;
    std::filesystem::path const path = directory / "image";
    std::array<std::byte, 100> const bytes{};
    CHECK(fail_each_allocation([&] {
              auto const sink = openstack::to_file(path, {.is_synced = false});
              sink->write(bytes);
              sink->finish();
          }) >= 5);
    CHECK(directory.names() == std::vector<std::string>{"image"});
    CHECK(std::filesystem::file_size(path) == bytes.size());
}
