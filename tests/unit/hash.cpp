// SPDX-License-Identifier: Apache-2.0
// Hasher: the published values of known texts.
#include <catch2/catch.hpp>
#include <cstddef>
#include <openstack/hash.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "../support/thrown.hpp"

using openstack::Hasher;

namespace {

std::string hash(std::string_view algorithm, std::string_view text) {
    Hasher hasher{algorithm};
    hasher.update(std::as_bytes(std::span{text}));
    return hasher.hex_digest();
}

}  // namespace

TEST_CASE("The hashes of the service are known", "[hash]") {
    CHECK(hash("md5", "") == "d41d8cd98f00b204e9800998ecf8427e");
    CHECK(hash("md5", "abc") == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(hash("sha1", "abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(hash("sha256", "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hash("sha384", "abc") ==
          "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
          "8086072ba1e7cc2358baeca134c825a7");
    CHECK(hash("sha512", "abc") ==
          "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
          "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST_CASE("Names are those of Python's hashlib", "[hash]") {
    CHECK(hash("sha3_256", "") == "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
    CHECK(hash("blake2b", "abc") ==
          "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
          "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
    CHECK(hash("blake2s", "abc") == "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982");
}

TEST_CASE("What isn't there is said", "[hash][row:123]") {
    for (char const* name : {"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_512", "blake2b"})
        CHECK(Hasher::supports(name));
    for (char const* name : {"", "sha", "crc32", "sha512 ", "no such"}) {
        CHECK_FALSE(Hasher::supports(name));
        CHECK(support::thrown<openstack::Error>([&] { Hasher const hasher{name}; }).find(name) != std::string::npos);
    }
}

TEST_CASE("A hash grows piece by piece", "[hash]") {
    Hasher hasher{"sha256"};
    hasher.update(std::as_bytes(std::span{"a", 1}));
    CHECK(hasher.hex_digest() == hash("sha256", "a"));
    CHECK(hasher.hex_digest() == hash("sha256", "a"));
    hasher.update({});
    Hasher moved = std::move(hasher);
    moved.update(std::as_bytes(std::span{"bc", 2}));
    CHECK(moved.hex_digest() == hash("sha256", "abc"));
}
