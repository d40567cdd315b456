// SPDX-License-Identifier: Apache-2.0
// Listings: which requests they make, what they do about bad answers, and that they stop.
// Peers' tests of this: openstacksdk's test_resource.py on pages and limits, and TestImageSuburl of an endpoint below a
// path; glanceclient's paginated, with_limit and with_marker; gophercloud's TestListImage and TestAllPagesImage.
#include <openstack/listing.hpp>

#include <catch2/catch.hpp>
#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "../support/scripted_cloud.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using support::ScriptedCloud, support::thrown, support::throws_exactly;

namespace {

/// As Glance has it.
struct Thing {
    static constexpr ResourceInfo resource{.service = "test", .path = "/v2/things", .plural = "things", .page_size = 3};
    Field<std::string> id{};
    Field<std::string, Sortable> name{};
    Field<std::vector<std::string>, Filterable<Contains>, QueryName<"tag">> tags{};
    BOOST_DESCRIBE_CLASS(Thing, (), (id, name, tags), (), ())
};
/// As Nova and Keystone have it: a service without `limit`.
struct Server {
    static constexpr ResourceInfo resource{.service = "compute", .path = "/v2.1/servers", .plural = "servers"};
    Field<std::string> id{};
    BOOST_DESCRIBE_CLASS(Server, (), (id), (), ())
};

/// A page of things with these ids, and what follows the array.
std::string page(std::vector<std::string> const& ids, std::string const& rest = {}) {
    std::string text = R"({"things": [)";
    for (std::string const& id : ids) text += (text.ends_with('[') ? "{\"id\": \"" : ", {\"id\": \"") + id + "\"}";
    return text + ']' + rest + '}';
}
std::string next(std::string const& link) { return R"(, "next": ")" + link + '"'; }

template<class T = Thing, class... Parts>
Listing<T> list(ScriptedCloud const& cloud, Parts const&... parts) {
    return {cloud.session(), std::string{T::resource.path}, Query<T>{parts...}};
}

template<class L>
std::string ids(L&& listing) {
    std::string all;
    for (auto const& each : listing) all += *each.id;
    return all;
}

}  // namespace

TEST_CASE("A listing is a move-only input range", "[listing]") {
    STATIC_REQUIRE(std::input_iterator<Listing<Thing>::Iterator>);
    STATIC_REQUIRE(std::sentinel_for<std::default_sentinel_t, Listing<Thing>::Iterator>);
    STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<Listing<Thing>>);
    STATIC_REQUIRE(std::is_move_constructible_v<Listing<Thing>>);
}

TEST_CASE("Nothing is asked for before it is needed", "[listing]") {
    ScriptedCloud cloud;
    auto listing = list(cloud);
    CHECK(cloud.sent().empty());
    cloud.expect("GET", "/v2/things?limit=3", 200, page({"a", "b"}));
    auto at = listing.begin();
    CHECK(at->id == "a");
    CHECK((*++at).id == "b");
    CHECK(++at == listing.end());
    CHECK(cloud.finish() == "");
}

TEST_CASE("A page is a GET without a body", "[listing]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/things?limit=3", 200, page({}));
    CHECK(ids(list(cloud)) == "");
    CHECK(cloud.sent().at(0).headers.lines().size() == 3);
    CHECK_FALSE(cloud.sent().at(0).headers.find("Content-Type"));
    CHECK(cloud.last_body() == "");
}

TEST_CASE("The next page is found by the link's marker, with our own query whole", "[listing][row:83]") {
    ScriptedCloud cloud;
    std::string const own = "/v2/things?tag=one&tag=two&sort=name%3Aasc&limit=2";
    cloud.expect("GET", own, 200,
                 page({"a", "b"}, next("/v2/things?tag=two&sort=name%3Aasc&limit=2&marker=b") + R"(, "first": "/x")"));
    cloud.expect("GET", own + "&marker=b", 200, page({"c"}, next("/v2/things?marker=c%2F+d&limit=1000")));
    cloud.expect("GET", own + "&marker=c%2F%20d", 200, page({"e"}, R"(, "next": null)"));
    CHECK(ids(list(cloud, where<&Thing::tags>.contains("one"), where<&Thing::tags>.contains("two"), asc<&Thing::name>,
                   page_size(2))) == "abce");
    CHECK(cloud.finish() == "");
}

TEST_CASE("A short page isn't the last one, and an empty one isn't, either", "[listing]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/things?limit=3", 200, page({}, next("/v2/things?marker=1")));
    cloud.expect("GET", "/v2/things?limit=3&marker=1", 200, page({"a"}, next("/v2/things?marker=2")));
    cloud.expect("GET", "/v2/things?limit=3&marker=2", 200, page({}, next("/v2/things?marker=3")));
    cloud.expect("GET", "/v2/things?limit=3&marker=3", 200, page({}, next("/v2/things?marker=4")));
    cloud.expect("GET", "/v2/things?limit=3&marker=4", 200, page({"b", "c", "d", "e"}, next("/v2/things?marker=5")));
    cloud.expect("GET", "/v2/things?limit=3&marker=5", 200, page({}));
    CHECK(ids(list(cloud)) == "abcde");
    CHECK(cloud.finish() == "");
}

TEST_CASE("A full page without a link is the last one", "[listing][row:84]") {
    for (std::string const rest :
         {"", R"(, "next": null)", R"(, "next": "")", R"(, "links": {"next": null})", R"(, "things_links": [])",
          R"(, "things_links": [{"rel": "prev", "href": "?m=1"}])"}) {
        ScriptedCloud cloud;
        cloud.expect("GET", "/v2/things?limit=3", 200, page({"a", "b", "c"}, rest));
        CHECK(ids(list(cloud)) == "abc");
        CHECK(cloud.finish() == "");
    }
}

TEST_CASE("Keystone's and Nova's links are followed", "[listing]") {
    for (std::string const rest :
         {R"("links": {"self": "x", "next": "http://cloud/v2.1/servers?marker=a", "previous": null})",
          R"("servers_links": [{"rel": "prev", "href": "?marker=z"},
                               {"rel": "next", "href": "http://cloud/v2.1/servers?limit=1&marker=a"}])"}) {
        ScriptedCloud cloud;
        cloud.expect("GET", "/v2.1/servers", 200, R"({"servers": [{"id": "a"}], )" + rest + '}');
        cloud.expect("GET", "/v2.1/servers?marker=a", 200, R"({"servers": [{"id": "b"}]})");
        CHECK(ids(list<Server>(cloud)) == "ab");
        CHECK(cloud.finish() == "");
    }
}

TEST_CASE("A link to another place leads to our own endpoint", "[listing][row:82]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/things?limit=3", 200, page({"a"}, next("https://evil.example/steal/v9?marker=a#frag")));
    cloud.expect("GET", "/v2/things?limit=3&marker=a", 200, page({"b"}, next("//evil.example?marker=b")));
    cloud.expect("GET", "/v2/things?limit=3&marker=b", 200, page({"c"}));
    CHECK(ids(list(cloud)) == "abc");
    CHECK(cloud.finish() == "");
}

TEST_CASE("The prefix of the endpoint stays on all pages", "[listing]") {
    auto const transport = std::make_shared<support::ScriptedTransport>();
    Session const session{transport, std::make_shared<FixedToken>(), {.endpoint = "https://cloud/image/v2/"}};
    transport->expect("GET", "https://cloud/image/v2/things?limit=3",
                      {200, {}, page({"a"}, next("/v2/things?marker=a"))});
    transport->expect("GET", "https://cloud/image/v2/things?limit=3&marker=a", {200, {}, page({"b"})});
    CHECK(ids(Listing<Thing>{session, "/v2/things", {}}) == "ab");
    CHECK(transport->finish() == "");
}

TEST_CASE("Links that lead in a circle end the listing", "[listing][row:83]") {
    std::string const sentence = "the next page is one that was there before (page ";
    {
        ScriptedCloud cloud;
        cloud.expect("GET", "/v2/things?limit=3", 200, page({"a"}, next("?marker=a")));
        cloud.expect("GET", "/v2/things?limit=3&marker=a", 200, page({"b"}, next("?marker=a")));
        CHECK(thrown<ProtocolError>([&] { static_cast<void>(ids(list(cloud))); }) ==
              "GET /v2/things: " + sentence + "2)");
        CHECK(cloud.finish() == "");
    }
    {
        ScriptedCloud cloud;
        cloud.expect("GET", "/v2/things?limit=3", 200, page({"a"}, next("?marker=a")));
        cloud.expect("GET", "/v2/things?limit=3&marker=a", 200, page({"b"}, next("?marker=b")));
        cloud.expect("GET", "/v2/things?limit=3&marker=b", 200, page({"c"}, next("?marker=a")));
        CHECK(thrown<ProtocolError>([&] { static_cast<void>(ids(list(cloud))); }) ==
              "GET /v2/things: " + sentence + "3)");
        CHECK(cloud.finish() == "");
    }
    for (std::string const link : {"/v2/things", "/v2/things?limit=3", "?", "?tag=one&limit=9"}) {
        ScriptedCloud cloud;
        cloud.expect("GET", "/v2/things?tag=one&limit=3", 200, page({"a"}, next(link)));
        CHECK(thrown<ProtocolError>([&] {
                  static_cast<void>(ids(list(cloud, where<&Thing::tags>.contains("one"))));
              }) == "GET /v2/things: " + sentence + "1)");
        CHECK(cloud.finish() == "");
    }
}

TEST_CASE("A hundred empty pages in a row are enough", "[listing][row:83]") {
    ScriptedCloud cloud;
    for (int i = 0; i < 100; ++i)
        cloud.expect("GET", "/v2/things?limit=3" + (i == 0 ? "" : "&marker=" + std::to_string(i)), 200,
                     page({}, next("?marker=" + std::to_string(i + 1))));
    CHECK(thrown<ProtocolError>([&] { static_cast<void>(ids(list(cloud))); }) ==
          "GET /v2/things: too many empty pages in a row (page 100)");
    CHECK(cloud.finish() == "");
}

TEST_CASE("Ten thousand pages are enough", "[listing][row:83]") {
    ScriptedCloud cloud;
    for (int i = 0; i < 10'000; ++i)
        cloud.expect("GET", "/v2.1/servers" + (i == 0 ? "" : "?marker=" + std::to_string(i)), 200,
                     R"({"servers": [{"id": "x"}], "next": "?marker=)" + std::to_string(i + 1) + "\"}");
    int seen = 0;
    CHECK(thrown<ProtocolError>([&] {
              for ([[maybe_unused]] Server const& each : list<Server>(cloud)) ++seen;
          }) == "GET /v2.1/servers: more pages than a listing may have (page 10001)");
    CHECK(seen == 10'000);
    CHECK(cloud.finish() == "");
}

TEST_CASE("What was given before a failure stays good", "[listing][row:83]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/things?limit=3", 200, page({"a", "b"}, next("?marker=b")));
    cloud.fail("GET", "/v2/things?limit=3&marker=b", ConnectionLost{"gone"});
    std::string seen;
    auto listing = list(cloud);
    CHECK(thrown<ConnectionLost>([&] {
              for (Thing const& each : listing) seen += *each.id;
          }) == "gone");
    CHECK(seen == "ab");

    cloud.expect("GET", "/v2/things?limit=3&marker=b", 200, page({"c"}));
    CHECK(ids(listing) == "c");
    CHECK(ids(listing) == "");
    CHECK(cloud.finish() == "");
}

TEST_CASE("A listing whose first page failed isn't an empty one", "[listing]") {
    ScriptedCloud cloud;
    auto listing = list(cloud);
    for (int i = 0; i < 2; ++i) {
        cloud.expect("GET", "/v2/things?limit=3", 503);
        CHECK(throws_exactly<ServerError>([&] { static_cast<void>(listing.all()); }));
    }
    cloud.expect("GET", "/v2/things?limit=3", 200, page({"a"}));
    CHECK(listing.all().size() == 1);
    CHECK(cloud.finish() == "");
}

TEST_CASE("A page that can't be read gives nothing, not even its good half", "[listing][row:90]") {
    for (std::string const& bad : {page({"b", ""}), page({"b", "\", \"name\": 4, \"x\": \""}),
                                   page({"b"}, next("?limit=9")), std::string{"{"}}) {
        ScriptedCloud cloud;
        auto listing = list(cloud);
        cloud.expect("GET", "/v2/things?limit=3", 200, page({"a"}, next("?marker=a")));
        cloud.expect("GET", "/v2/things?limit=3&marker=a", 200, bad);
        CHECK_THROWS_AS(ids(listing), Error);
        cloud.expect("GET", "/v2/things?limit=3&marker=a", 200, page({"b", "c"}));
        CHECK(ids(listing) == "bc");
        CHECK(cloud.finish() == "");
    }
}

TEST_CASE("An answer that isn't a page is an error", "[listing][row:84][row:87][row:93]") {
    auto const error = [](std::string const& body) {
        ScriptedCloud cloud;
        cloud.expect("GET", "/v2/things?limit=3", 200, body);
        return thrown<DecodeError>([&] { static_cast<void>(ids(list(cloud))); });
    };
    std::string const what = "the answer to GET /v2/things?limit=3: ";
    CHECK(error("{}") == what + "/things: is missing");
    CHECK(error(R"({"things": null})") == what + "/things: is missing");
    CHECK(error(R"({"images": []})") == what + "/things: is missing");
    CHECK(error(R"({"things": {}})") == what + "/things: expected array, found object");
    CHECK(error("[]") == what + "expected object, found array");
    CHECK(error(R"({"things": [], "next": 4})") == what + "/next: expected string, found number 4");
    CHECK(error(page({"a", ""})) == what + "the resource has no id");
    CHECK(error(R"({"things": [{"name": "x"}]})") == what + "the resource has no id");
    CHECK(error(R"({"things": [{"id": null}]})") == what + "the resource has no id");
    CHECK(error(R"({"things": [{"id": "a"}, {"id": 4}]})") == what + "/things/1/id: expected string, found number 4");
    CHECK(error("").starts_with(what + "not JSON"));
    CHECK(error("<html>").starts_with(what + "not JSON"));
}

TEST_CASE("No more resources come than wanted, and no more are asked for", "[listing]") {
    auto const few = [](std::size_t count, std::string const& path, std::vector<std::string> const& given,
                        auto... parts) {
        ScriptedCloud cloud;
        cloud.expect("GET", path, 200, page(given, next("?marker=x")));
        std::string const all = ids(list(cloud, max_items(count), parts...));
        return all + cloud.finish();
    };
    CHECK(few(2, "/v2/things?limit=2", {"a", "b"}) == "ab");
    CHECK(few(3, "/v2/things?limit=3", {"a", "b", "c"}) == "abc");
    CHECK(few(2, "/v2/things?limit=2", {"a", "b", "c", "d"}) == "ab");
    CHECK(few(2, "/v2/things?limit=1", {"a", "b"}, page_size(1)) == "ab");
    CHECK(few(2, "/v2/things?limit=2", {"a", "b"}, page_size(50)) == "ab");
}

TEST_CASE("The wanted number may span pages", "[listing]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/things?limit=3", 200, page({"a", "b", "c"}, next("?marker=c")));
    cloud.expect("GET", "/v2/things?limit=3&marker=c", 200, page({"d", "e", "f"}, next("?marker=f")));
    auto listing = list(cloud, max_items(5));
    CHECK(ids(listing) == "abcde");
    CHECK(ids(listing) == "");
    CHECK(cloud.finish() == "");
}

TEST_CASE("Of nothing nothing is asked for", "[listing]") {
    ScriptedCloud cloud;
    auto listing = list(cloud, max_items(0));
    CHECK(ids(listing) == "");
    CHECK(listing.all().empty());
    CHECK_FALSE(listing.first());
    CHECK(cloud.finish() == "");
}

TEST_CASE("A page is as large as wanted, whatever the declaration says", "[listing]") {
    auto const first_request = [](auto... parts) {
        ScriptedCloud cloud;
        cloud.expect("GET", "/v2/things", 200, page({}));
        try {
            static_cast<void>(ids(list(cloud, parts...)));
        } catch (support::UnexpectedRequest const&) {
        }
        std::string const problem = cloud.finish();
        return problem.substr(problem.find('?') + 1, problem.find('\n') - problem.find('?') - 1);
    };
    CHECK(first_request() == "limit=3");
    CHECK(first_request(page_size(1)) == "limit=1");
    CHECK(first_request(page_size(1000)) == "limit=1000");
    CHECK(first_request(page_size(1000), max_items(500)) == "limit=500");
    CHECK(first_request(page_size(10), max_items(500)) == "limit=10");
    CHECK(first_request(max_items(2)) == "limit=2");
    CHECK(first_request(max_items(500)) == "limit=3");
}

TEST_CASE("A service without pages isn't asked for any, unless the caller knows better", "[listing]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2.1/servers", 200, R"({"servers": [{"id": "a"}, {"id": "b"}]})");
    CHECK(ids(list<Server>(cloud, max_items(1))) == "a");
    cloud.expect("GET", "/v2.1/servers?limit=7", 200, R"({"servers": []})");
    CHECK(ids(list<Server>(cloud, page_size(7))) == "");
    CHECK(cloud.finish() == "");
}

TEST_CASE("A loop that is left sends nothing more, and can be taken up again", "[listing]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/things?limit=3", 200, page({"a", "b"}, next("?marker=b")));
    auto listing = list(cloud);
    for (Thing const& each : listing)
        if (each.id == "b") break;
    CHECK(cloud.finish() == "");
    CHECK(listing.begin()->id == "b");
    CHECK(listing.begin()->id == "b");
    cloud.expect("GET", "/v2/things?limit=3&marker=b", 200, page({"c"}));
    CHECK(ids(listing) == "bc");
    CHECK(ids(listing) == "");
    CHECK(cloud.finish() == "");
}

TEST_CASE("A moved listing goes on where it was", "[listing]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/things?limit=3", 200, page({"a", "b"}, next("?marker=b")));
    auto listing = list(cloud);
    auto at = listing.begin();
    ++at;
    Listing<Thing> moved = std::move(listing);
    cloud.expect("GET", "/v2/things?limit=3&marker=b", 200, page({"c"}));
    CHECK(ids(moved) == "bc");
    listing = list(cloud);
    cloud.expect("GET", "/v2/things?limit=3", 200, page({"d"}));
    CHECK(ids(listing) == "d");
    CHECK(cloud.finish() == "");
}

TEST_CASE("All resources, the first one, the only one", "[listing]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/things?limit=3", 200, page({"a", "b"}, next("?marker=b")));
    cloud.expect("GET", "/v2/things?limit=3&marker=b", 200, page({"c"}));
    CHECK(list(cloud).all().size() == 3);

    cloud.expect("GET", "/v2/things?limit=1", 200, page({"a"}, next("?marker=a")));
    auto listing = list(cloud);
    CHECK(listing.first()->id == "a");
    CHECK(listing.first()->id == "a");
    cloud.expect("GET", "/v2/things?limit=1", 200, page({}));
    CHECK_FALSE(list(cloud).first());

    cloud.expect("GET", "/v2/things?limit=2", 200, page({"a"}));
    CHECK(list(cloud).one().id == "a");
    cloud.expect("GET", "/v2/things?limit=1", 200, page({"a"}, next("?marker=a")));
    CHECK(list(cloud, max_items(1)).one().id == "a");
    CHECK(cloud.finish() == "");
}

TEST_CASE("The only one of none or of several is an error", "[listing]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/things?limit=2", 200, page({}));
    CHECK(thrown<ResourceNotFound>([&] { static_cast<void>(list(cloud).one()); }) ==
          "GET /v2/things: 404: nothing fits the query");
    cloud.expect("GET", "/v2/things?limit=2", 200, page({"a", "b"}, next("?marker=b")));
    try {
        static_cast<void>(list(cloud).one());
        FAIL("nothing thrown");
    } catch (DuplicateResource const& error) {
        CHECK(error.ids() == std::vector<std::string>{"a", "b"});
        CHECK(error.what() == std::string{"more than one of things fits the query: a, b"});
    }
    CHECK(cloud.finish() == "");
}

TEST_CASE("The first one is the first that is left", "[listing]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/things?limit=3", 200, page({"a", "b"}));
    auto listing = list(cloud);
    auto at = listing.begin();
    ++at;
    CHECK(listing.first()->id == "b");
    ++at;
    CHECK_FALSE(listing.first());
    CHECK(cloud.finish() == "");
}

TEST_CASE("Where the marker is gone the listing starts again, and gives nothing twice", "[listing]") {
    for (int const status : {400, 404}) {
        ScriptedCloud cloud;
        cloud.expect("GET", "/v2/things?limit=3", 200, page({"a", "b"}, next("?marker=b")));
        cloud.expect("GET", "/v2/things?limit=3&marker=b", status);
        cloud.expect("GET", "/v2/things?limit=3", 200, page({"a", "c", "d"}, next("?marker=d")));
        cloud.expect("GET", "/v2/things?limit=3&marker=d", status);
        cloud.expect("GET", "/v2/things?limit=3", 200, page({"c"}, next("?marker=c")));
        cloud.expect("GET", "/v2/things?limit=3&marker=c", 200, page({"e"}));
        CHECK(ids(list(cloud)) == "abcde");
        CHECK(cloud.finish() == "");
    }
}

TEST_CASE("Starting again ends when it brings nothing, or when it isn't the marker", "[listing]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/things?limit=3", 400, "bad query");
    CHECK(throws_exactly<BadRequest>([&] { static_cast<void>(ids(list(cloud))); }));

    cloud.expect("GET", "/v2/things?limit=3", 200, page({"a"}, next("?marker=a")));
    cloud.expect("GET", "/v2/things?limit=3&marker=a", 400);
    cloud.expect("GET", "/v2/things?limit=3", 200, page({"a"}, next("?marker=a")));
    cloud.expect("GET", "/v2/things?limit=3&marker=a", 400);
    std::string seen;
    CHECK(throws_exactly<BadRequest>([&] {
        for (Thing const& each : list(cloud)) seen += *each.id;
    }));
    CHECK(seen == "a");
    CHECK(cloud.finish() == "");
}

TEST_CASE("A listing goes on after its first one was asked for, and ends where it was moved from", "[listing]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/things?limit=1", 200, page({"a"}, next("?marker=a")));
    cloud.expect("GET", "/v2/things?limit=3&marker=a", 200, page({"b", "c"}));
    auto listing = list(cloud);
    CHECK(listing.first()->id == "a");
    CHECK(ids(listing) == "abc");

    cloud.expect("GET", "/v2/things?limit=3", 200, page({"a", "b"}));
    auto from = list(cloud);
    ++from.begin();
    auto to = std::move(from);
    CHECK(from.begin() == from.end());
    CHECK(ids(to) == "b");
    CHECK(cloud.finish() == "");
}
