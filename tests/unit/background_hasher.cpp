// SPDX-License-Identifier: Apache-2.0
// BackgroundHasher: what it computes beside the mover is what a Hasher computes, and its failures come out.
#include <openstack/background_hasher.hpp>

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstddef>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "../support/thrown.hpp"

using openstack::Hasher, openstack::detail::BackgroundHasher, openstack::detail::Thread;
using support::thrown, support::throws_exactly;

namespace {

constexpr std::size_t piece_size = 256 << 10;

std::string text_of(std::size_t size) {
    std::mt19937_64 random(size);
    std::string text(size + 8, '\0');
    for (std::size_t at = 0; at < size; at += 8) {
        auto const number = random();
        text.replace(at, 8, reinterpret_cast<char const*>(&number), 8);
    }
    text.resize(size);
    return text;
}

std::string hash(std::string_view algorithm, std::string_view text) {
    Hasher hasher{algorithm};
    hasher.update(std::as_bytes(std::span{text}));
    return hasher.hex_digest();
}

template<class Hash>
void update(BackgroundHasher<Hash>& hasher, std::string_view text) {
    hasher.update(std::as_bytes(std::span{text}));
}

/// Counts bytes in a thread that it remembers; fails at the given count.
struct FakeHash {
    static inline std::atomic<std::size_t> fails_at = SIZE_MAX;
    static inline std::atomic<std::size_t> bytes = 0;
    static inline std::thread::id thread{};

    explicit FakeHash(std::string_view) { bytes = 0; }
    static bool supports(std::string_view) { return true; }
    void update(std::span<std::byte const> piece) {
        if (!piece.empty()) thread = std::this_thread::get_id();
        bytes += piece.size();
        if (bytes >= fails_at) throw std::runtime_error("no more");
    }
    [[nodiscard]] std::string hex_digest() const { return std::to_string(bytes); }
};

}  // namespace

TEST_CASE("Hashes are those of all bytes, however they come", "[background_hasher]") {
    for (std::size_t const size : {std::size_t{0}, std::size_t{1}, piece_size - 1, piece_size, piece_size + 1,
                                   4 * piece_size, 9 * piece_size + 3}) {
        std::string const text = text_of(size);
        for (std::size_t const step : {std::size_t{10'007}, piece_size, 3 * piece_size + 1}) {
            INFO(size << ' ' << step);
            BackgroundHasher<> hasher{{"sha512", "md5"}};
            for (std::size_t at = 0; at < size; at += step) update(hasher, std::string_view{text}.substr(at, step));
            CHECK(hasher.hex_digest("md5") == hash("md5", text));
            CHECK(hasher.hex_digest("sha512") == hash("sha512", text));
        }
    }
}

TEST_CASE("More may come after a hash was asked for", "[background_hasher]") {
    std::string const text = text_of(5 * piece_size);
    BackgroundHasher<> hasher{{"md5"}};
    for (std::size_t at = 0; at < text.size(); at += 1'000'000) {
        CHECK(hasher.hex_digest("md5") == hash("md5", text.substr(0, at)));
        update(hasher, std::string_view{text}.substr(at, 1'000'000));
    }
    CHECK(hasher.hex_digest("md5") == hash("md5", text));
}

TEST_CASE("A hash that wasn't asked for isn't there, and one that is unknown is an error", "[background_hasher]") {
    BackgroundHasher<> hasher{{"md5"}};
    update(hasher, text_of(3 * piece_size));
    CHECK_FALSE(hasher.hex_digest("sha512"));
    BackgroundHasher<> none{{}};
    update(none, text_of(3 * piece_size));
    CHECK_FALSE(none.hex_digest("md5"));
    CHECK(throws_exactly<openstack::Error>([] { BackgroundHasher<> const unknown{{"no-such-hash"}}; }));
}

TEST_CASE("Little is hashed by the mover, much by another thread", "[background_hasher]") {
    BackgroundHasher<FakeHash> little{{"fake"}};
    update(little, text_of(piece_size - 1));
    CHECK(little.hex_digest("fake") == std::to_string(piece_size - 1));
    CHECK(FakeHash::thread == std::this_thread::get_id());
    BackgroundHasher<FakeHash> much{{"fake"}};
    update(much, text_of(2 * piece_size));
    CHECK(much.hex_digest("fake") == std::to_string(2 * piece_size));
    CHECK(FakeHash::thread != std::this_thread::get_id());
}

TEST_CASE("What fails in the other thread comes out, and holds nothing up", "[background_hasher]") {
    FakeHash::fails_at = piece_size + 1;
    BackgroundHasher<FakeHash> hasher{{"fake"}};
    for (int i = 0; i < 20; ++i) update(hasher, text_of(piece_size));
    for (int i = 0; i < 2; ++i)
        CHECK(thrown<std::runtime_error>([&] { static_cast<void>(hasher.hex_digest("fake")); }) == "no more");
    FakeHash::fails_at = SIZE_MAX;
}

TEST_CASE("Without a thread to be had the mover hashes all", "[background_hasher]") {
    std::string const text = text_of(6 * piece_size);
    std::string const expected = hash("md5", text);
    pid_t const child = ::fork();
    if (child == 0) {  // the limit of threads doesn't hold for root
        rlimit const none{0, 0};
        if (::setuid(65534) != 0 || ::setrlimit(RLIMIT_NPROC, &none) != 0) ::_exit(2);
        bool const has_none = !Thread{[] {}}.is_running();
        BackgroundHasher<> hasher{{"md5"}};
        update(hasher, text);
        ::_exit(has_none && hasher.hex_digest("md5") == expected ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
}

TEST_CASE("Signals don't come to a thread of the library's", "[background_hasher]") {
    sigset_t seen{};
    ::sigemptyset(&seen);
    {
        Thread const thread{[&] { ::pthread_sigmask(SIG_SETMASK, nullptr, &seen); }};
    }
    CHECK(::sigismember(&seen, SIGTERM) == 1);
    CHECK(::sigismember(&seen, SIGCHLD) == 1);
    sigset_t here{};
    ::pthread_sigmask(SIG_SETMASK, nullptr, &here);
    CHECK(::sigismember(&here, SIGTERM) == 0);
}
