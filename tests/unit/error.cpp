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
    CHECK(error.what() == std::string{"two of them: a, b"});
    CHECK(error.ids() == std::vector<std::string>{"a", "b"});
    DuplicateResource const many{"they", std::vector<std::string>(5000, std::string(5000, 'x'))};
    CHECK(std::string_view{many.what()}.size() < 1500);
    CHECK(std::string_view{many.what()}.ends_with(" more"));
    CHECK(many.ids().size() == 5000);
    CHECK(many.ids()[4999].size() == 5000);
}

TEST_CASE("No message breaks a log's line, whatever it is made of", "[error][row:45]") {
    std::string const hostile{"a\r\nb\x1b[2J\0\xff", 10};
    std::string const shown = "a  b [2J ?";
    CHECK(Error{hostile}.what() == shown);
    CHECK(IntegrityError{hostile}.what() == shown);
    CHECK(std::string_view{IoError{hostile, ENOENT}.what()}.starts_with(shown + ": "));
    CHECK(DuplicateResource(hostile, {hostile, hostile}).what() == shown + ": " + shown + ", " + shown);
    DecodeError const decode{hostile, {{'/' + hostile, hostile}}};
    CHECK(decode.what() == shown + ": /" + shown + ": " + shown);
    CHECK(decode.problems()[0].pointer == '/' + hostile);
    CHECK(decode.problems()[0].text == hostile);
    CHECK(std::string_view{Error{std::string(1'000'000, 'x')}.what()}.size() == 65'536);
}

TEST_CASE("Long keys and texts don't crowd the other problems out", "[error][row:97]") {
    std::string const huge(100'000, 'x');
    DecodeError const error{huge, {{'/' + huge, huge}, {"/last", "is missing"}}};
    std::string_view const said = error.what();
    CHECK(said.size() < 2500);
    CHECK(said.ends_with("; /last: is missing"));
    CHECK(error.problems()[0].pointer.size() == 100'001);
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
