// SPDX-License-Identifier: Apache-2.0
// What a session makes of each status over the wire: how often it sends, how long it waits, and what it throws.
#include <openstack/session.hpp>

#include <catch2/catch.hpp>
#include <chrono>
#include <openstack/connection.hpp>
#include <string>
#include <typeinfo>
#include <vector>

#include "../support/loopback_cloud.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using namespace std::chrono_literals;
using support::answer, support::answer_text, support::caught, support::LoopbackCloud, support::thrown;

namespace {

using Waits = std::vector<long>;

Request const get{.url = "/v2/images"};
Request const post{.method = "POST", .url = "/v2/images", .body = "{}", .is_repeatable = false};

/// What comes of a request that is always answered so.
struct Ending {
    std::string message{};
    std::string_view type{};
    Attempts attempts{};
    std::size_t sent = 0;
    Waits waits{};
};

Ending outcome(Request const& request, int status, Headers const& headers = {}, SessionOptions options = {}) {
    LoopbackCloud cloud;
    cloud.server.serve(
        [&](support::ReceivedRequest const&) { return answer_text(status, R"({"message": "no"})", headers); });
    options.endpoint = cloud.server.url("");
    Ending result;
    try {
        static_cast<void>(cloud.session(std::move(options)).send("image", request));
    } catch (HttpError const& error) {
        std::string const url = cloud.server.url("");
        result.message = error.what();
        if (auto const at = result.message.find(url); at != result.message.npos) result.message.erase(at, url.size());
        result.type = typeid(error).name();
        result.attempts = error.attempts();
        CHECK(error.status() == status);
    }
    CHECK(cloud.server.finish() == "");
    result.sent = cloud.server.requests().size();
    result.waits = cloud.clock->slept();
    return result;
}

template<class Exception>
bool is(Ending const& outcome) {
    return outcome.type == typeid(Exception).name();
}

std::string head(int status) { return "GET /v2/images: " + std::to_string(status) + ": no"; }

/// The waits of a GET that first gets that answer and then a good one.
Waits waits_after(int status, Headers const& headers) {
    LoopbackCloud cloud;
    cloud.server.script({answer(status, "", headers), answer(200)});
    static_cast<void>(cloud.session().send("image", get));
    CHECK(cloud.server.finish() == "");
    return cloud.clock->slept();
}

}  // namespace

TEST_CASE("A refusal that won't change is told at once",
          "[statuses][row:45][row:52][row:54][row:60][row:61][row:68][row:72]") {
    for (int const status : {300, 304, 305, 400, 402, 403, 404, 405, 406, 407, 409, 410, 411, 412, 413, 414, 415,
                             416, 417, 418, 422, 423, 424, 425, 426, 428, 431, 451, 499, 501, 505, 507, 511, 599}) {
        INFO(status);
        for (Request const& request : {get, post}) {
            Ending const o = outcome(request, status);
            CHECK(o.sent == 1);
            CHECK(o.attempts.count == 1);
            CHECK_FALSE(o.attempts.is_in_doubt);
            CHECK(o.attempts.ended_by.empty());
        }
        // 304 has no body (RFC 9110 section 15.4.5).
        CHECK(outcome(get, status).message == (status == 304 ? "GET /v2/images: 304" : head(status)));
    }
    CHECK(is<BadRequest>(outcome(get, 400)));
    CHECK(is<Forbidden>(outcome(get, 403)));
    CHECK(is<ResourceNotFound>(outcome(get, 404)));
    CHECK(is<HttpError>(outcome(get, 405)));
    CHECK(is<Conflict>(outcome(get, 409)));
    CHECK(is<Gone>(outcome(get, 410)));
    CHECK(is<HttpError>(outcome(get, 412)));
    CHECK(is<PayloadTooLarge>(outcome(get, 413)));
    CHECK(is<RangeNotSatisfiable>(outcome(get, 416)));
    CHECK(is<HttpError>(outcome(get, 428)));
    CHECK(is<ServerError>(outcome(get, 501)));
    CHECK(is<ServerError>(outcome(get, 505)));
}

TEST_CASE("413 isn't asked again even if it names a time", "[statuses][row:61]") {
    CHECK(outcome(get, 413, {{"Retry-After", "1"}}).sent == 1);
}

TEST_CASE("A GET is sent again after what may pass", "[statuses][row:55][row:67][row:69]") {
    for (int const status : {408, 429, 500, 502, 503, 504}) {
        INFO(status);
        Ending const o = outcome(get, status);
        CHECK(o.sent == 4);
        CHECK(o.attempts.count == 4);
        CHECK(o.message == head(status) + " (4 attempts; no retry is left)");
        CHECK(o.waits == Waits{500, 1000, 2000});
        CHECK(is<RateLimited>(o) == (status == 429));
        CHECK(is<ServerError>(o) == (status >= 500));
    }
}

TEST_CASE("The request's id stands before the attempts", "[statuses]") {
    CHECK(outcome(get, 503, {{"X-Openstack-Request-Id", "req-7"}}).message ==
          head(503) + " (request req-7) (4 attempts; no retry is left)");
}

TEST_CASE("What mustn't arrive twice is sent again only where the service put it off",
          "[statuses][row:55][row:66][row:67][row:69]") {
    for (int const status : {408, 429}) {
        INFO(status);
        CHECK(outcome(post, status).sent == 4);
        CHECK_FALSE(outcome(post, status).attempts.is_in_doubt);
    }
    CHECK(outcome(post, 503, {{"Retry-After", "1"}}).sent == 4);
    for (int const status : {500, 502, 503, 504}) {
        INFO(status);
        Ending const o = outcome(post, status);
        CHECK(o.sent == 1);
        CHECK(o.attempts.is_in_doubt);
        CHECK(o.message ==
              "POST /v2/images: " + std::to_string(status) + ": no (not repeated: the service may have acted on it)");
    }
}

TEST_CASE("Who is asked to wait does", "[statuses][row:64][row:65]") {
    CHECK(waits_after(429, {{"Retry-After", "1"}}) == Waits{1000});
    CHECK(waits_after(503, {{"Retry-After", "0"}}) == Waits{500});
    CHECK(waits_after(429, {{"Retry-After", "7"}, {"Retry-After", "50"}}) == Waits{7000});
    CHECK(waits_after(429, {{"Date", "Tue, 15 Nov 1994 08:12:31 GMT"},
                            {"Retry-After", "Tue, 15 Nov 1994 08:12:40 GMT"}}) == Waits{9000});
    for (char const* nonsense : {"", "-5", "3.5", "soon", "0x10", "1 2", "Tue, 15 Nov 1994 08:12:40 GMT",
                                 "Tue, 99 Nov 1994 08:12:40 GMT", "FOO"}) {
        INFO(nonsense);
        CHECK(waits_after(429, {{"Retry-After", nonsense}}) == Waits{500});
    }
}

TEST_CASE("Who is asked to wait for too long doesn't, and says so", "[statuses][row:65]") {
    for (char const* long_time : {"61", "99999999999999999999", "9223372036854775807", "18446744073709551616",
                                  "Fri, 31 Dec 9999 23:59:59 GMT"}) {
        INFO(long_time);
        Ending const o = outcome(post, 429, {{"Retry-After", long_time}});
        CHECK(o.sent == 1);
        CHECK(o.waits.empty());
        CHECK(is<RateLimited>(o));
        CHECK(o.message == "POST /v2/images: 429: no (the service asks for a longer wait than is allowed)");
    }
}

TEST_CASE("A deadline ends the attempts before a wait that goes beyond it", "[statuses][row:71]") {
    Ending const o = outcome(get, 503, {}, {.deadline = 2s});
    CHECK(o.waits == Waits{500, 1000});
    CHECK(o.sent == 3);
    CHECK(o.message == head(503) + " (3 attempts; the deadline leaves no time for a retry)");
    CHECK(outcome(get, 503, {{"Retry-After", "5"}}, {.deadline = 2s}).sent == 1);

    auto const start = std::chrono::steady_clock::now();
    Ending const real = outcome(get, 503, {},
                                {.deadline = 100ms,
                                 .retries = {.status_code_retries = 1000, .first_delay = 10ms},
                                 .clock = std::make_shared<Clock>()});
    auto const elapsed = std::chrono::steady_clock::now() - start;
    CHECK(elapsed < 1s);
    CHECK(real.attempts.count > 2);
    CHECK(real.attempts.ended_by == "the deadline leaves no time for a retry");
}

TEST_CASE("A session without retries says nothing of attempts", "[statuses]") {
    Ending const o = outcome(get, 503, {}, {.retries = no_retries});
    CHECK(o.sent == 1);
    CHECK(o.message == head(503));
}

TEST_CASE("A redirect that leads nowhere is a refusal", "[statuses][row:72]") {
    for (int const status : {301, 302, 303, 307, 308}) CHECK(outcome(get, status).message == head(status));
}

TEST_CASE("A removal that may have been heard, and then finds nothing, has succeeded", "[statuses][row:53]") {
    LoopbackCloud cloud;
    image::v2::Proxy const images = Connection{cloud.session()}.image();
    SECTION("after a failure of the connection") {
        cloud.server.script({[](support::Connection& connection) { connection.read_head(); }, support::reset()});
        cloud.server.script({answer(404)});
        CHECK_NOTHROW(images.delete_image("it", must_exist));
    }
    SECTION("after a failure of the service") {
        cloud.server.script({answer(504), answer(404)});
        CHECK_NOTHROW(images.delete_image("it", must_exist));
    }
    SECTION("but not where the first answer was 404") {
        cloud.server.script({answer(404)});
        CHECK(support::throws_exactly<ResourceNotFound>([&] { images.delete_image("it", must_exist); }));
    }
    SECTION("nor where it was put off before") {
        cloud.server.script({answer(429), answer(404)});
        CHECK(support::throws_exactly<ResourceNotFound>([&] { images.delete_image("it", must_exist); }));
    }
    CHECK(cloud.server.finish() == "");
}

TEST_CASE("An image whose creation was not heard of is found by its id", "[statuses][row:56]") {
    LoopbackCloud cloud;
    std::string const id = "f1b9e4d2-0000-4000-8000-000000000001";
    auto const unheard = [](support::Connection& connection) {
        connection.read_head();
        connection.read_body();
    };
    image::v2::Proxy const images = Connection{cloud.session()}.image();
    SECTION("it is ours") {
        cloud.server.script({unheard, support::close()});
        cloud.server.script(
            {answer(409, "exists"), answer(200, R"({"id": ")" + id + R"(", "name": "n", "size": null})")});
        CHECK(images.create_image({.id = id, .name = "n"}).id == id);
    }
    SECTION("it is another one") {
        cloud.server.script({unheard, support::close()});
        cloud.server.script({answer(409, "exists"), answer(200, R"({"id": ")" + id + R"(", "name": "other"})")});
        CHECK(thrown<Conflict>([&] { static_cast<void>(images.create_image({.id = id, .name = "n"})); }) ==
              "POST " + cloud.server.url("/v2/images") + ": 409: exists (2 attempts)");
    }
    SECTION("it can't be seen") {
        cloud.server.script({unheard, support::close()});
        cloud.server.script({answer(409, "exists"), answer(404)});
        CHECK(support::throws_exactly<Conflict>(
            [&] { static_cast<void>(images.create_image({.id = id, .name = "n"})); }));
    }
    SECTION("the first answer was 409") {
        cloud.server.script({answer(409, "exists")});
        CHECK(support::throws_exactly<Conflict>(
            [&] { static_cast<void>(images.create_image({.id = id, .name = "n"})); }));
    }
    CHECK(cloud.server.finish() == "");
    auto const all = cloud.server.requests();
    for (auto const& each : all)
        if (each.method == "POST") CHECK(each.body == all[0].body);
}

TEST_CASE("A change that conflicts with another's leaves the caller's object alone", "[statuses][row:57]") {
    LoopbackCloud cloud;
    cloud.server.script({answer(200, R"({"id": "a", "name": "n", "x": "1"})")});
    cloud.server.script({answer(409, R"({"message": "Property x does not exist."})")});
    image::v2::Proxy const images = Connection{cloud.session()}.image();
    image::v2::Image image{.id = "a", .name = "n"};
    image.properties["x"] = std::string{"1"};
    image::v2::Image const before = image;
    CHECK(thrown<Conflict>([&] {
              static_cast<void>(images.update_image(image, [](image::v2::Image& i) { i.properties.erase("x"); }));
          }) == "PATCH " + cloud.server.url("/v2/images/a") + ": 409: Property x does not exist.");
    CHECK(image == before);
    CHECK(cloud.server.finish() == "");
}

TEST_CASE("Any success will do whose body fits", "[statuses][row:74][row:75]") {
    LoopbackCloud cloud;
    image::v2::Proxy const images = Connection{cloud.session()}.image();
    std::string const image = R"({"id": "a"})";
    cloud.server.script({answer(200, image), answer(202, image), answer(207, image), answer(200), answer(226),
                         answer(207, "<multistatus/>"), answer(204), answer(202)});
    for (int i = 0; i < 3; ++i) CHECK(images.create_image({.name = "n"}).id == "a");
    images.delete_image("a", must_exist);
    images.delete_image("a", must_exist);
    for (int i = 0; i < 3; ++i)
        CHECK(support::throws_exactly<DecodeError>([&] { static_cast<void>(images.get_image("a")); }));
    CHECK(cloud.server.finish() == "");
    CHECK(cloud.server.requests().size() == 8);
}
