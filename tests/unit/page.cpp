// SPDX-License-Identifier: Apache-2.0
// One page of a listing: its resources, and the link to the next one as each service writes it.
#include <openstack/page.hpp>

#include <catch2/catch.hpp>
#include <openstack/from_json.hpp>
#include <string>
#include <utility>

using namespace openstack;

namespace {

struct Thing {
    static constexpr ResourceInfo resource{.service = "test", .path = "/v2/things", .plural = "things"};
    Field<std::string> id{};
    BOOST_DESCRIBE_CLASS(Thing, (), (id), (), ())
};

detail::Page<Thing> read(std::string text) {
    detail::Page<Thing> page;
    detail::decode(detail::target(page), std::move(text), "the page");
    return page;
}
std::string link(std::string const& members) { return read('{' + members + '}').next_link(); }

}  // namespace

TEST_CASE("The resources stand under the plural's name", "[page]") {
    detail::Page<Thing> const page = read(R"({"schema": "/x", "things": [{"id": "a"}, {"id": "b"}], "first": "/y"})");
    REQUIRE(page.items);
    REQUIRE(page.items->size() == 2);
    CHECK((*page.items)[1].id == "b");
    CHECK(page.next_link() == "");
    CHECK(read("{}").items.is_unset());
    CHECK_THROWS_AS(read(R"({"things": {}})"), DecodeError);
}

TEST_CASE("The next page's link is found in each of its forms", "[page][row:84]") {
    CHECK(link(R"("next": "/a")") == "/a");
    CHECK(link(R"("links": {"self": "/s", "next": "/a", "previous": null})") == "/a");
    CHECK(link(R"("things_links": [{"rel": "previous", "href": "/p"}, {"rel": "next", "href": "/a"}])") == "/a");
    CHECK(link(R"("next": null, "links": {"next": "/a"})") == "/a");
}

TEST_CASE("No link, none with an address, and another's links are the end", "[page][row:84]") {
    for (std::string const members :
         {"", R"("next": null)", R"("next": "")", R"("links": null)", R"("links": {"next": null})", R"("links": {})",
          R"("things_links": null)", R"("things_links": [{"rel": "next"}])",
          R"("things_links": [{"rel": "previous", "href": "/p"}])",
          R"("other_links": [{"rel": "next", "href": "/a"}])"})
        CHECK(link(members) == "");
}

TEST_CASE("A link of another type is an error", "[page][row:84]") {
    for (std::string const members : {R"("next": 4)", R"("next": {})", R"("links": "/a")", R"("things_links": {})"})
        CHECK_THROWS_AS(link(members), DecodeError);
}
