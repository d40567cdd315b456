// SPDX-License-Identifier: Apache-2.0
// Verification: data is whole and right, or an error says what is wrong.
#include <openstack/verification.hpp>

#include <catch2/catch.hpp>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "../support/thrown.hpp"

using namespace openstack;
using detail::Verifier;
using support::thrown;

namespace {

std::string const md5 = "900150983cd24fb0d6963f7d28e17f72";  // of "abc"
std::string const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

Download take(std::string_view text, Fingerprint expected, Verification policy = Verification::required) {
    Verifier verifier{"the data", std::move(expected), policy};
    for (std::size_t i = 0; i < text.size(); i += 2) verifier.update(std::as_bytes(std::span{text.substr(i, 2)}));
    return verifier.finish();
}

template<class Exception>
std::string error(std::string_view text, Fingerprint const& expected, Verification policy = Verification::required) {
    return thrown<Exception>([&] { static_cast<void>(take(text, expected, policy)); });
}

}  // namespace

TEST_CASE("The right data is told by what it was verified", "[verification]") {
    Download const done = take("abc", {.size = 3, .algorithm = "sha256", .digest = sha256});
    CHECK(done.bytes == 3);
    CHECK(done.verified_by == "sha256");
    CHECK(take("abc", {.algorithm = "md5", .digest = md5}).verified_by == "md5");
    CHECK(take("", {.size = 0, .algorithm = "md5", .digest = "d41d8cd98f00b204e9800998ecf8427e"}).bytes == 0);
}

TEST_CASE("A hash is the same in capitals", "[verification][row:123]") {
    CHECK(take("abc", {.algorithm = "md5", .digest = "900150983CD24FB0D6963F7D28E17F72"}).verified_by == "md5");
    CHECK(error<IntegrityError>("abc", {.algorithm = "md5", .digest = "900150983CD24FB0D6963F7D28E17F7G"})
              .ends_with(" says 900150983CD24FB0D6963F7D28E17F7G, which is no md5"));
}

TEST_CASE("A record's hash of any length makes a short message", "[verification][row:97]") {
    std::string const said =
        error<IntegrityError>("abc", {.algorithm = "md5", .digest = "\n" + std::string(9999, 'f')});
    CHECK(said == "the data: its record says  " + std::string(199, 'f') + ", which is no md5");
}

TEST_CASE("The wrong data is an error that has both hashes", "[verification][row:121]") {
    CHECK(error<IntegrityError>("abd", {.size = 3, .algorithm = "md5", .digest = md5}) ==
          "the data: its md5 is 4911e516e5aa21d327512e0c8b197616, but its record says " + md5);
    CHECK(error<IntegrityError>("abd", {.algorithm = "md5", .digest = md5}, Verification::if_possible)
              .starts_with("the data: its md5 is "));
}

TEST_CASE("What can't be a hash is refused before any data comes", "[verification][row:123]") {
    for (std::string const& digest : {std::string{}, md5.substr(1), md5 + "0", sha256, ' ' + md5.substr(1)}) {
        Fingerprint const expected{.algorithm = "md5", .digest = digest};
        CHECK(thrown<IntegrityError>([&] {
                  Verifier{"the data", expected, Verification::if_possible};
              }) == "the data: its record says " + digest + ", which is no md5");
        CHECK(take("abc", expected, Verification::off).bytes == 3);
    }
}

TEST_CASE("Too much data is noticed as soon as it comes", "[verification][row:122]") {
    Verifier verifier{"the data", {.size = 3, .algorithm = "md5", .digest = md5}, Verification::required};
    std::string_view const text = "abcd";
    verifier.update(std::as_bytes(std::span{text.substr(0, 3)}));
    CHECK(thrown<IntegrityError>([&] { verifier.update(std::as_bytes(std::span{text.substr(3)})); }) ==
          "the data: more than the 3 bytes that its record says");
}

TEST_CASE("Too little data is a broken connection", "[verification][row:122]") {
    CHECK(error<ConnectionLost>("ab", {.size = 3, .algorithm = "md5", .digest = md5}) ==
          "the data: only 2 of 3 bytes came");
    CHECK(error<ConnectionLost>("", {.size = 1}, Verification::off) == "the data: only 0 of 1 bytes came");
}

TEST_CASE("Sizes are compared under each policy", "[verification][row:122]") {
    for (Verification const policy : {Verification::required, Verification::if_possible, Verification::off}) {
        Fingerprint const expected{.size = 3, .algorithm = "md5", .digest = md5};
        CHECK(error<IntegrityError>("abcd", expected, policy).starts_with("the data: more than the 3 bytes"));
        CHECK(error<ConnectionLost>("ab", expected, policy) == "the data: only 2 of 3 bytes came");
        CHECK(take("abc", expected, policy).bytes == 3);
    }
}

TEST_CASE("Without a hash data is refused only where one is required", "[verification][row:123]") {
    std::string const refusal =
        "the data: its record has no hash that could be compared; Verification::if_possible takes it";
    CHECK(error<IntegrityError>("abc", {.size = 3}) == refusal);
    CHECK(error<IntegrityError>("", {}) == refusal);
    CHECK(take("abc", {.size = 3}, Verification::if_possible).verified_by == "");
    CHECK(take("abc", {}, Verification::off).bytes == 3);
}

TEST_CASE("Without a hash not a byte is taken where one is required", "[verification][row:123]") {
    Verifier verifier{"the data", {}, Verification::required};
    std::string_view const text = "a";
    CHECK_THROWS_AS(verifier.update(std::as_bytes(std::span{text})), IntegrityError);
}

TEST_CASE("A hash isn't computed if it isn't wanted", "[verification]") {
    Download const done = take("abd", {.algorithm = "md5", .digest = md5}, Verification::off);
    CHECK(done.bytes == 3);
    CHECK(done.verified_by == "");
    CHECK(take("abc", {.algorithm = "no-such-hash", .digest = md5}, Verification::off).verified_by == "");
}
