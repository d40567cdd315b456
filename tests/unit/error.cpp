// SPDX-License-Identifier: Apache-2.0
// Errors: one root, messages that say what and where, and what can be asked of them.
#include <openstack/error.hpp>

#include <catch2/catch.hpp>
#include <cerrno>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

using namespace openstack;

namespace {

template<class Derived, class... Bases>
constexpr bool derives_from = (std::is_base_of_v<Bases, Derived> && ...);

}  // namespace

TEST_CASE("All errors are Errors, and standard exceptions", "[error]") {
    STATIC_REQUIRE(derives_from<Error, std::runtime_error>);
    STATIC_REQUIRE(derives_from<InvalidRequest, Error>);
    STATIC_REQUIRE(derives_from<ConfigError, Error>);
    STATIC_REQUIRE(derives_from<EndpointNotFound, Error>);
    STATIC_REQUIRE(derives_from<DecodeError, Error>);
    STATIC_REQUIRE(derives_from<DuplicateResource, Error>);
    STATIC_REQUIRE(derives_from<IntegrityError, Error>);
    STATIC_REQUIRE(derives_from<NoData, Error>);
    STATIC_REQUIRE(derives_from<SourceError, Error>);
    STATIC_REQUIRE(derives_from<IoError, Error>);
}

TEST_CASE("What fails between us and the service is a TransportError, and nothing else is", "[error]") {
    STATIC_REQUIRE(derives_from<TransportError, Error>);
    STATIC_REQUIRE(derives_from<ConnectError, TransportError>);
    STATIC_REQUIRE(derives_from<TlsError, TransportError>);
    STATIC_REQUIRE(derives_from<TimeoutError, TransportError>);
    STATIC_REQUIRE(derives_from<ConnectionLost, TransportError>);
    STATIC_REQUIRE(derives_from<ProtocolError, TransportError>);
    STATIC_REQUIRE(derives_from<ResponseTooLarge, TransportError>);
    STATIC_REQUIRE_FALSE(derives_from<DecodeError, TransportError>);
    STATIC_REQUIRE_FALSE(derives_from<IntegrityError, TransportError>);
    STATIC_REQUIRE_FALSE(derives_from<InvalidRequest, TransportError>);
}

TEST_CASE("A DecodeError lists all problems with their places", "[error]") {
    DecodeError const error{"the answer",
                            {{"/size", "expected integer"}, {"", "not JSON"}, {"/tags/0", "expected string"}}};
    CHECK(error.what() == std::string{"the answer: /size: expected integer; not JSON; /tags/0: expected string"});
    REQUIRE(error.problems().size() == 3);
    CHECK(error.problems()[2].pointer == "/tags/0");
    CHECK(error.problems()[0].text == "expected integer");
    CHECK(DecodeError{"it", {}}.what() == std::string{"it"});
}

TEST_CASE("A DuplicateResource has the ids", "[error]") {
    DuplicateResource const error{"two of them", {"a", "b"}};
    CHECK(error.what() == std::string{"two of them"});
    CHECK(error.ids() == std::vector<std::string>{"a", "b"});
}

TEST_CASE("An IoError has the system's number and words", "[error]") {
    IoError const error{"/tmp/x", ENOENT};
    CHECK(error.what() == "/tmp/x: " + std::generic_category().message(ENOENT));
    CHECK(error.code() == std::errc::no_such_file_or_directory);
    CHECK(error.code() != std::errc::permission_denied);
}

TEST_CASE("Errors can be copied, as what is thrown must", "[error]") {
    STATIC_REQUIRE(std::is_copy_constructible_v<DecodeError>);
    STATIC_REQUIRE(std::is_copy_constructible_v<DuplicateResource>);
    STATIC_REQUIRE(std::is_nothrow_copy_constructible_v<Error>);
    STATIC_REQUIRE(std::is_nothrow_copy_constructible_v<IoError>);
}
