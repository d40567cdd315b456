// SPDX-License-Identifier: Apache-2.0
// Paths and queries: whatever an id, a name or a value holds means itself.
#include <openstack/endpoint.hpp>
#include <openstack/uri.hpp>

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "../support/thrown.hpp"

using namespace std::string_literals;
using openstack::check_endpoint, openstack::ConfigError, openstack::count_placeholders, openstack::endpoint_problem,
    openstack::fill_placeholders, openstack::InvalidRequest, openstack::join_url, openstack::origin_of,
    openstack::resolve_link, openstack::path_segment, openstack::percent_decode, openstack::percent_encode,
    openstack::query_parameters, openstack::QueryParameter, openstack::to_query_string;
using support::thrown, support::throws_exactly;

TEST_CASE("Only unreserved characters stay as they are", "[uri]") {
    std::string_view const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    CHECK(percent_encode(unreserved) == unreserved);
    std::string all;
    int changed = 0;
    for (int byte = 0; byte < 256; ++byte) {
        std::string const text(1, static_cast<char>(byte));
        all += text;
        if (percent_encode(text) != text) ++changed;
    }
    CHECK(changed == 256 - 66);
    CHECK(percent_decode(percent_encode(all)) == all);
    CHECK(percent_encode("a/b?c#d%e f+g\xc3\xa4\x00\x7f"s) == "a%2Fb%3Fc%23d%25e%20f%2Bg%C3%A4%00%7F");
}

TEST_CASE("A percent sign that encodes nothing stays", "[uri]") {
    CHECK(percent_decode("%41%4a%4A%2F") == "AJJ/");
    CHECK(percent_decode("%2541") == "%41");
    for (std::string const text : {"%", "%4", "a%", "%zz", "%4g", "%g4", "%%", "% 41"})
        CHECK(percent_decode(text) == text);
    CHECK(percent_decode("%%41") == "%A");
}

TEST_CASE("An id or a name is one segment of a path", "[uri][row:106]") {
    CHECK(path_segment("%2e%2e") == "%252e%252e");
    CHECK(path_segment("?x") == "%3Fx");
    CHECK(path_segment("#f") == "%23f");
    CHECK(path_segment(" ") == "%20");
    CHECK(path_segment("..x") == "..x");
    CHECK(path_segment("...") == "...");
    CHECK(path_segment(".a") == ".a");
    CHECK(path_segment("\xc3\xa9\xe4\xb8\xad") == "%C3%A9%E4%B8%AD");
    CHECK(path_segment("b5841aef-06c6-4d6b-8d4a-0d2c0b4f9f6e") == "b5841aef-06c6-4d6b-8d4a-0d2c0b4f9f6e");
}

TEST_CASE("What can't be a segment is refused", "[uri][row:106]") {
    for (std::string const& text :
         {""s, "."s, ".."s, "a/b"s, "/"s, "../x"s, "a\r\nb"s, "a\nb"s, "\0"s, "a\0b"s, "\t"s, "\x1f"s, "\x7f"s})
        CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(path_segment(text)); }));
    CHECK(thrown<InvalidRequest>([] { static_cast<void>(path_segment("..")); }) ==
          "'..' can't be an id or a name in a path");
}

TEST_CASE("Placeholders are filled in their order", "[uri]") {
    STATIC_REQUIRE(count_placeholders("/v2/images") == 0);
    STATIC_REQUIRE(count_placeholders("/v2/images/{image_id}/members") == 1);
    STATIC_REQUIRE(count_placeholders("/v2/{a}/x/{b}") == 2);
    CHECK(fill_placeholders("/v2/images", {}) == "/v2/images");
    CHECK(fill_placeholders("/v2/{a}/x/{b}/y", {"1", "2"}) == "/v2/1/x/2/y");
    CHECK(fill_placeholders("/v2/{a}/x/{b}", {"{b}", "a b"}) == "/v2/%7Bb%7D/x/a%20b");
    CHECK(throws_exactly<InvalidRequest>([] { static_cast<void>(fill_placeholders("/v2/{a}", {".."})); }));
    CHECK(throws_exactly<InvalidRequest>([] { static_cast<void>(fill_placeholders("/v2/{a}", {"1", "2"})); }));
}

TEST_CASE("A query is its encoded parameters in their order", "[uri][row:110]") {
    CHECK(to_query_string({}) == "");
    CHECK(to_query_string({{"b", "1"}, {"a", "2"}, {"b", "3"}}) == "b=1&a=2&b=3");
    CHECK(to_query_string({{"k&=", "&=+%# \xc3\xa4"}}) == "k%26%3D=%26%3D%2B%25%23%20%C3%A4");
}

TEST_CASE("The parameters of a link are found, however it is written", "[uri][row:84]") {
    std::vector<QueryParameter> const ab{{"a", "1"}, {"b", "2"}};
    CHECK(query_parameters("/v2/images?a=1&b=2") == ab);
    CHECK(query_parameters("https://other:1/x?a=1&b=2#c=3&d") == ab);
    CHECK(query_parameters("?&a=1&&b=2&") == ab);
    CHECK(query_parameters("/v2/images").empty());
    CHECK(query_parameters("/v2/images?").empty());
    CHECK(query_parameters("/v2/images#?a=1").empty());
    CHECK(query_parameters("").empty());
    CHECK(query_parameters("?a+b=c+d%2B") == std::vector<QueryParameter>{{"a b", "c d+"}});
    CHECK(query_parameters("?a=b=c") == std::vector<QueryParameter>{{"a", "b=c"}});
    CHECK(query_parameters("?a&b=") == std::vector<QueryParameter>{{"a", ""}, {"b", ""}});
    CHECK(query_parameters("?sort=a%3Aasc%2Cb") == std::vector<QueryParameter>{{"sort", "a:asc,b"}});
}

TEST_CASE("Any parameters come back from their query", "[uri][row:110]") {
    std::mt19937 random{110};
    auto const text = [&](std::size_t least) {
        std::string made(least + random() % 8, ' ');
        for (char& c : made) c = static_cast<char>(random());
        return made;
    };
    for (int i = 0; i < 300; ++i) {
        std::vector<QueryParameter> parameters(random() % 5);
        for (QueryParameter& each : parameters) each = {text(1), text(0)};
        REQUIRE(query_parameters('?' + to_query_string(parameters)) == parameters);
    }
}

TEST_CASE("What can be an endpoint is taken", "[uri][row:85]") {
    for (std::string const url :
         {"http://cloud", "https://cloud/", "http://cloud:9292/v2", "https://cloud/image/v2.1/", "HTTPS://Cloud",
          "http://[::1]:9292", "http://cloud/a@b", "http://cloud//x", "http://caf\xc3\xa9.example"}) {
        CHECK(endpoint_problem(url) == "");
        CHECK_NOTHROW(check_endpoint("OS_AUTH_URL", url));
    }
}

TEST_CASE("What can't be an endpoint is refused without repeating it", "[uri][row:85][row:114]") {
    for (std::string const url :
         {"", "cloud", "cloud:5000/v3", "127.0.0.1:80", "//cloud", "ftp://cloud", "http:/cloud", "http:", "http",
          "httpx://cloud", " http://cloud", "file:///etc/passwd", "https:cloud"})
        CHECK(endpoint_problem(url) == "doesn't begin with http:// or https://");
    for (std::string const url : {"http://cloud/ v2", "http://cloud\r\n", "http://cloud\x7f", "http://cloud\\@evil"})
        CHECK(endpoint_problem(url) == "holds a space, a backslash or a control character");
    for (std::string const url : {"http://cloud?a=b", "http://cloud/#", "https://cloud/v2?"})
        CHECK(endpoint_problem(url) == "holds a query or a fragment");
    for (std::string const url : {"http://user:canary@cloud", "https://user@cloud/v2", "http://@cloud"})
        CHECK(endpoint_problem(url) == "holds user information");
    for (std::string const url : {"http://", "https:///v2", "http://:80"})
        CHECK(endpoint_problem(url) == "names no host");
    CHECK(thrown<ConfigError>([] { check_endpoint("OS_AUTH_URL", "http://u:canary@cloud"); }) ==
          "OS_AUTH_URL holds user information");
}

TEST_CASE("An endpoint and a path have the version once", "[uri][row:85]") {
    CHECK(join_url("http://cloud:9292", "/v2/images") == "http://cloud:9292/v2/images");
    CHECK(join_url("http://cloud:9292/", "/v2/images") == "http://cloud:9292/v2/images");
    CHECK(join_url("http://cloud:9292/v2", "/v2/images") == "http://cloud:9292/v2/images");
    CHECK(join_url("http://cloud:9292/v2//", "/v2/images") == "http://cloud:9292/v2/images");
    CHECK(join_url("https://cloud/image", "/v2/images") == "https://cloud/image/v2/images");
    CHECK(join_url("https://cloud/image/v2/", "/v2/images?a=1") == "https://cloud/image/v2/images?a=1");
    CHECK(join_url("https://cloud/compute/v2.1", "/v2.1/flavors") == "https://cloud/compute/v2.1/flavors");
    CHECK(join_url("https://cloud/v2", "/v2") == "https://cloud/v2");
    CHECK(join_url("https://image-v2", "/v2/images") == "https://image-v2/v2/images");
}

TEST_CASE("Another version at an endpoint's end gives way to the path's", "[uri]") {
    CHECK(join_url("https://cloud/identity/v2.0", "/v3/auth/tokens") == "https://cloud/identity/v3/auth/tokens");
    CHECK(join_url("https://cloud:5000/v2.0/", "/v3/auth/tokens") == "https://cloud:5000/v3/auth/tokens");
    CHECK(join_url("https://cloud/v3.14", "/v3") == "https://cloud/v3");
    CHECK(join_url("https://cloud/v3", "/v2.1/servers?limit=1") == "https://cloud/v2.1/servers?limit=1");
    CHECK(join_url("https://cloud/v3", "/images") == "https://cloud/v3/images");
}

TEST_CASE("What follows the version in an endpoint stays", "[uri]") {
    CHECK(join_url("http://cloud/v3/0a1b", "/v3/volumes") == "http://cloud/v3/0a1b/volumes");
    CHECK(join_url("http://cloud/volume/v3/0a1b/", "/v3/volumes?a=b") == "http://cloud/volume/v3/0a1b/volumes?a=b");
    CHECK(join_url("http://cloud/v1/AUTH_x", "/v1/box") == "http://cloud/v1/AUTH_x/box");
    // Another version, or one that is further ahead, is part of a prefix.
    CHECK(join_url("https://gate/v1/identity", "/v3/auth/tokens") == "https://gate/v1/identity/v3/auth/tokens");
    CHECK(join_url("https://gate/v3/a/b", "/v3/volumes") == "https://gate/v3/a/b/v3/volumes");
    CHECK(join_url("https://v3/identity", "/v3/auth/tokens") == "https://v3/identity/v3/auth/tokens");
    CHECK(join_url("https://cloud/xv3/a", "/v3/volumes") == "https://cloud/xv3/a/v3/volumes");
}

TEST_CASE("The origin of a URL ends before its path", "[uri]") {
    CHECK(origin_of("https://cloud:5000/v3") == "https://cloud:5000");
    CHECK(origin_of("http://[::1]:80//x") == "http://[::1]");
    CHECK(origin_of("HTTPS://Cloud:443?x=/y") == "https://cloud");
    CHECK(origin_of("https://cloud:80") == "https://cloud:80");
    CHECK(origin_of("http://user@cloud/") == "");
    CHECK(origin_of("http://cloud\\@evil/") == "");
    CHECK(origin_of("ftp://cloud/") == "");
    CHECK(origin_of("http://cloud") == "http://cloud");
}

TEST_CASE("A link means what it means in its document", "[uri][row:81]") {
    std::string const base = "http://cloud/image/v2/images?limit=1";
    CHECK(resolve_link(base, "https://other/x?y#z") == "https://other/x?y");
    CHECK(resolve_link(base, "//other/x") == "http://other/x");
    CHECK(resolve_link(base, "/v2/x") == "http://cloud/v2/x");
    CHECK(resolve_link(base, "x/y") == "http://cloud/image/v2/x/y");
    CHECK(resolve_link(base, "?marker=a:b") == "http://cloud/image/v2/images?marker=a:b");
    CHECK(resolve_link("http://cloud", "x") == "http://cloud/x");
    CHECK(resolve_link("http://cloud", "/x?a=/../b") == "http://cloud/x?a=/../b");
    for (char const* dots : {"../x", "./x", "/a/../b", "/a/./b", "/a/..", "..", "/a/.", "", "#z"})
        CHECK(resolve_link(base, dots) == "");
    CHECK(resolve_link(base, "file:/etc/passwd") == "file:/etc/passwd");
}

TEST_CASE("What only looks like a version is no version", "[uri]") {
    CHECK(join_url("http://cloud/v2x", "/v2/images") == "http://cloud/v2x/v2/images");
    CHECK(join_url("http://cloud/v2x", "/v2x/images") == "http://cloud/v2x/v2x/images");
    CHECK(join_url("http://v2", "/v2/images") == "http://v2/v2/images");
    CHECK(join_url("http://cloud/volumes", "/volumes") == "http://cloud/volumes/volumes");
    CHECK(join_url("http://cloud/flavors", "/flavors") == "http://cloud/flavors/flavors");
    CHECK(join_url("http://cloud/v", "/v") == "http://cloud/v/v");
}
