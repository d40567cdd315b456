// SPDX-License-Identifier: Apache-2.0
// HttpError: a type for each status that programs tell apart, and a message that says all.
// Peers' tests of this: glanceclient's test_exc.py; openstacksdk's test_exceptions.py.
#include <openstack/http_error.hpp>

#include <catch2/catch.hpp>
#include <string>
#include <type_traits>

#include "../support/thrown.hpp"

using namespace openstack;
using support::throws_exactly;

namespace {

template<class Exception>
bool throws_for(int status) {
    STATIC_REQUIRE(std::is_base_of_v<HttpError, Exception>);
    return throws_exactly<Exception>([&] { throw_http_error({.status = status}); });
}

}  // namespace

TEST_CASE("The status chooses the type", "[http_error]") {
    CHECK(throws_for<BadRequest>(400));
    CHECK(throws_for<Unauthorized>(401));
    CHECK(throws_for<Forbidden>(403));
    CHECK(throws_for<ResourceNotFound>(404));
    CHECK(throws_for<Conflict>(409));
    CHECK(throws_for<Gone>(410));
    CHECK(throws_for<PayloadTooLarge>(413));
    CHECK(throws_for<RangeNotSatisfiable>(416));
    CHECK(throws_for<RateLimited>(429));
    for (int const status : {500, 501, 502, 503, 504, 505, 599}) CHECK(throws_for<ServerError>(status));
}

TEST_CASE("Other statuses are an HttpError and no more", "[http_error][row:54][row:60]") {
    for (int const status : {300, 301, 302, 304, 307, 402, 405, 406, 408, 411, 412, 415, 417, 422, 428, 451, 499})
        CHECK(throws_for<HttpError>(status));
}

TEST_CASE("An HttpError says what was asked, what came back and the request's id", "[http_error]") {
    HttpError const error{
        {.status = 409, .method = "PUT", .url = "http://cloud/v2/x", .request_id = "req-1", .text = "in use"}};
    CHECK(error.what() == std::string{"PUT http://cloud/v2/x: 409: in use (request req-1)"});
    CHECK(error.status() == 409);
    CHECK(error.method() == "PUT");
    CHECK(error.url() == "http://cloud/v2/x");
    CHECK(error.request_id() == "req-1");
    CHECK(error.server_text() == "in use");
}

TEST_CASE("A URL of any length leaves room for the rest", "[http_error][row:97]") {
    std::string const url = "/v2/images?marker=" + std::string(100'000, 'x');
    HttpError const error{{.status = 400, .method = "GET", .url = url, .text = "bad marker"}};
    CHECK(std::string{error.what()}.ends_with("xxx: 400: bad marker"));
    CHECK(std::string{error.what()}.size() < 2100);
    CHECK(error.url() == url);
}

TEST_CASE("What an answer didn't say isn't in the message", "[http_error]") {
    CHECK(HttpError{{.status = 502, .method = "GET", .url = "/x"}}.what() == std::string{"GET /x: 502"});
    CHECK(HttpError{{.status = 502, .method = "GET", .url = "/x", .text = "no"}}.what() ==
          std::string{"GET /x: 502: no"});
    CHECK(HttpError{{.status = 502, .method = "GET", .url = "/x", .request_id = "r"}}.what() ==
          std::string{"GET /x: 502 (request r)"});
}
