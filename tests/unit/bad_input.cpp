// SPDX-License-Identifier: Apache-2.0
// What a caller may hand over by mistake or malice: it is sent as it is, or refused before anything is sent.
#include <openstack/image/v2/proxy.hpp>

#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <memory>
#include <openstack/auth/keystone.hpp>
#include <openstack/auth/methods.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../support/scripted_cloud.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using namespace std::string_literals;
using image::v2::DiskFormat, image::v2::Image, image::v2::Location, image::v2::Member, image::v2::MemberStatus;
using support::ScriptedCloud, support::thrown, support::throws_exactly;

namespace {

struct Fixture {
    ScriptedCloud cloud{};
    image::v2::Proxy glance{cloud.session()};
};

/// Whether it is refused and nothing is sent.
template<class Action>
bool is_refused(Action action) {
    Fixture f;
    bool const refused = throws_exactly<InvalidRequest>([&] { action(f.glance); });
    return refused && f.cloud.sent().empty() && f.cloud.finish() == "";
}

std::string const not_utf8 = "a text that isn't UTF-8 can't be sent as JSON";
std::string const too_large = "a number doesn't fit the type of its field";

}  // namespace

TEST_CASE("No operation takes what can't be an image's id", "[bad_input][row:106]") {
    for (std::string const& id : {""s, "."s, ".."s, "i/file"s, "a\r\nX: y"s, "a\0b"s, "\x7f"s}) {
        CHECK(is_refused([&](auto& glance) { static_cast<void>(glance.get_image(id)); }));
        CHECK(is_refused([&](auto& glance) { glance.delete_image(id); }));
        CHECK(is_refused([&](auto& glance) { glance.delete_image(id, must_exist); }));
        CHECK(is_refused([&](auto& glance) { glance.update_image(id, {.name = "x"}); }));
        CHECK(is_refused([&](auto& glance) { glance.update_image(id, [](Image&) {}); }));
        CHECK(is_refused([&](auto& glance) { glance.patch_image(id, {PatchOperation::remove("/x")}); }));
        CHECK(is_refused([&](auto& glance) { glance.upload(id, from_memory("abc")); }));
        CHECK(is_refused([&](auto& glance) { static_cast<void>(glance.download_image(id)); }));
        CHECK(is_refused([&](auto& glance) { static_cast<void>(glance.download_image(id, stream)); }));
        CHECK(is_refused([&](auto& glance) { glance.deactivate_image(id); }));
        CHECK(is_refused([&](auto& glance) { glance.reactivate_image(id); }));
        CHECK(is_refused([&](auto& glance) { glance.add_tag(id, "t"); }));
        CHECK(is_refused([&](auto& glance) { glance.add_tag(id, "a/b"); }));
        CHECK(is_refused([&](auto& glance) { glance.remove_tag(id, "t"); }));
        CHECK(is_refused([&](auto& glance) { glance.add_member(id, {.member_id = "p"}); }));
        CHECK(is_refused([&](auto& glance) { glance.remove_member("p", id); }));
        CHECK(is_refused([&](auto& glance) { glance.remove_member(id, "i"); }));
        CHECK(is_refused([&](auto& glance) { static_cast<void>(glance.get_member(id, "i")); }));
        CHECK(is_refused([&](auto& glance) { glance.update_member(id, "i", {.status = MemberStatus::accepted}); }));
        CHECK(is_refused([&](auto& glance) { static_cast<void>(glance.members(id).all()); }));
    }
}

TEST_CASE("An id of any other bytes is one segment of each path", "[bad_input][row:106]") {
    for (auto const& [id, segment] :
         std::vector<std::pair<std::string, std::string>>{{"\xff", "%FF"},
                                                          {"%2e%2e", "%252e%252e"},
                                                          {"?x#f", "%3Fx%23f"},
                                                          {"not a UUID", "not%20a%20UUID"},
                                                          {std::string(10'240, 'x'), std::string(10'240, 'x')}}) {
        Fixture f;
        std::string const path = "/v2/images/" + segment;
        f.cloud.expect("DELETE", path, 204);
        f.glance.delete_image(id);
        f.cloud.expect("PUT", path + "/tags/t", 204);
        f.glance.add_tag(id, "t");
        f.cloud.expect("POST", path + "/actions/deactivate", 204);
        f.glance.deactivate_image(id);
        f.cloud.expect("DELETE", path + "/members/" + segment, 204);
        f.glance.remove_member(id, id);
        CHECK(f.cloud.finish() == "");
    }
}

TEST_CASE("How long a tag may be is for the service to say", "[bad_input][row:107]") {
    for (std::size_t const size : {255U, 256U}) {
        Fixture f;
        std::string const tag(size, 't');
        f.cloud.expect("PUT", "/v2/images/i/tags/" + tag, size > 255 ? 400 : 204, "too long");
        std::string const said = thrown<BadRequest>([&] { f.glance.add_tag("i", tag); });
        CHECK((size > 255 ? said.ends_with(": 400: too long") : said == "nothing thrown"));
        std::string many;
        for (std::size_t i = 0; i < size; ++i) many += "\xc3\xa9";
        f.cloud.expect("GET", "/v2/images/i", 200, R"({"id": "i", "tags": []})");
        f.cloud.expect("PATCH", "/v2/images/i", 200, R"({"id": "i"})");
        f.glance.add_tag("i", many);
        CHECK(f.cloud.last_body() == R"([{"op":"replace","path":"/tags","value":[")" + many + "\"]}]");
        CHECK(f.cloud.finish() == "");
    }
}

TEST_CASE("A store's name can't smuggle in a header", "[bad_input][row:108]") {
    for (std::string const& store : {"a\r\nX-Other: y"s, "a\nb"s, "a\rb"s, "a\0b"s, "a\x1f"s, "a\x7f"s}) {
        CHECK(is_refused([&](auto& glance) { glance.upload("i", from_memory("abc"), {}, store); }));
        Image const image{
            .disk_format = DiskFormat::raw, .container_format = image::v2::ContainerFormat::bare, .store = store};
        CHECK(is_refused([&](auto& glance) { glance.upload_image(image, from_memory("abc")); }));
    }
}

TEST_CASE("A request has each of the session's headers once, whatever it brings", "[bad_input][row:108][row:109]") {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/images", 200);
    cloud.session().send("image",
                         {.url = "/v2/images", .headers = {{"x-auth-token", "other"}, {"USER-AGENT", "other"}}});
    std::vector<std::string> names;
    Headers const sent = cloud.sent().at(0).headers;
    for (Headers::Line const& each : sent.lines()) names.push_back(each.name);
    CHECK(names == std::vector<std::string>{"User-Agent", "Accept", "X-Auth-Token"});
    CHECK(sent.find("X-Auth-Token") == "the-token");
}

TEST_CASE("A session's own name can't smuggle in a header", "[bad_input][row:108]") {
    for (std::string const& name : {"a\r\nX-Other: y"s, "a\0b"s, "\x7f"s}) {
        auto const transport = std::make_shared<support::ScriptedTransport>();
        Session const session{
            transport, std::make_shared<FixedToken>("t"), {.endpoint = "http://cloud", .user_agent = name}};
        CHECK(throws_exactly<InvalidRequest>([&] { session.send("image", {.url = "/v2/images"}); }));
        CHECK(transport->finish() == "");
    }
}

TEST_CASE("What a filter compares with comes whole to the service", "[bad_input][row:110]") {
    for (std::string const& value : {"a&b=c"s, "a+b c"s, "100%"s, "%41"s, "#f"s, "\xc3\xa9\xe4\xb8\xad"s, "gt:1"s,
                                     "in:\"a,b\""s, "\"a\""s, "a\r\nb"s, "a\0b"s, "\xff"s, ""s}) {
        std::string const query = Query<Image>{where<&Image::name> == value, where<&Image::owner_id> == value,
                                               where<&Image::tags>.contains(value), property("p") == value}
                                      .to_string();
        CHECK(query_parameters('?' + query) ==
              std::vector<QueryParameter>{{"name", "eq:" + value}, {"owner", value}, {"tag", value}, {"p", value}});
        CHECK(query.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%=&") ==
              query.npos);
    }
}

TEST_CASE("A property without a name has a path, too", "[bad_input][row:111]") {
    Image image{};
    image.properties[""] = "x";
    CHECK(diff(Image{}, image).to_json() == R"([{"op":"add","path":"/","value":"x"}])");
    CHECK(apply(diff(Image{}, image), Image{}) == image);
    CHECK(diff(image, Image{}).to_json() == R"([{"op":"remove","path":"/"}])");
    image.properties = {{"~", "1"}, {"/", "2"}, {"~1", "3"}, {"\xc3\xa9", "4"}};
    CHECK(
        diff(Image{}, image).to_json() ==
        "[{\"op\":\"add\",\"path\":\"/~1\",\"value\":\"2\"},{\"op\":\"add\",\"path\":\"/~0\",\"value\":\"1\"},"
        "{\"op\":\"add\",\"path\":\"/~01\",\"value\":\"3\"},{\"op\":\"add\",\"path\":\"/\xc3\xa9\",\"value\":\"4\"}]");
    CHECK(apply(diff(Image{}, image), Image{}) == image);
}

TEST_CASE("What is too long or too much is sent, and the service's refusal told", "[bad_input][row:112]") {
    Fixture f;
    std::string const name(256, 'n');
    f.cloud.expect("POST", "/v2/images", 400, "name is too long");
    CHECK(thrown<BadRequest>([&] { f.glance.create_image({.id = "i", .name = name}); }) ==
          "POST http://cloud/v2/images: 400: name is too long");
    CHECK(f.cloud.last_body() == R"({"id":"i","name":")" + name + "\"}");

    Image many{};
    for (int i = 0; i < 129; ++i) many.properties["p" + std::to_string(i)] = "";
    f.cloud.expect("PATCH", "/v2/images/i", 413, "129 properties, at most 128");
    CHECK(thrown<PayloadTooLarge>([&] { f.glance.update_image("i", many); }) ==
          "PATCH http://cloud/v2/images/i: 413: 129 properties, at most 128");
    CHECK(from_json<std::vector<Properties>>(f.cloud.last_body()).size() == 129);

    f.cloud.expect("POST", "/v2/images", 400, "-1 is less than the minimum of 0");
    CHECK(throws_exactly<BadRequest>(
        [&] { f.glance.create_image({.id = "i", .min_disk = -1, .min_ram = -2147483648LL}); }));
    CHECK(f.cloud.last_body() == R"({"id":"i","min_disk":-1,"min_ram":-2147483648})");
    CHECK(f.cloud.finish() == "");
}

TEST_CASE("A number that a field can't hold is refused, not wrapped", "[bad_input][row:112]") {
    Image image{};
    CHECK(thrown<InvalidRequest>([&] { image.min_disk = 2'147'483'648LL; }) == too_large);
    CHECK(thrown<InvalidRequest>([&] { image.min_ram = -2'147'483'649LL; }) == too_large);
    CHECK(thrown<InvalidRequest>([&] { image.min_ram = (std::numeric_limits<std::uint64_t>::max)(); }) == too_large);
    CHECK(thrown<InvalidRequest>([&] { static_cast<void>(image.min_ram.value_or(1LL << 32)); }) == too_large);
    CHECK(image == Image{});
    CHECK(thrown<InvalidRequest>([] { static_cast<void>(where<&Image::min_disk> >= 4'294'967'297LL); }) == too_large);
    CHECK(thrown<InvalidRequest>([] { static_cast<void>(where<&Image::size> <= -1); }) == too_large);
    CHECK_FALSE(Field<std::int32_t>{-1} == 4'294'967'295U);
    CHECK(is_refused([](auto& glance) { glance.create_image({.id = "i", .min_disk = 1LL << 40}); }));
    CHECK(is_refused([](auto& glance) { glance.update_image("i", {.min_disk = 1LL << 31}); }));
}

TEST_CASE("No number of resources is too large to ask for", "[bad_input][row:112]") {
    std::size_t const most = (std::numeric_limits<std::size_t>::max)();
    CHECK(Query<Image>{page_size(most)}.to_string() == "limit=18446744073709551615");
    Fixture f;
    f.cloud.expect("GET", "/v2/images?limit=200", 200, R"({"images": [{"id": "a"}]})");
    CHECK(f.glance.images(max_items(most)).all().size() == 1);
    f.cloud.expect("GET", "/v2/images?limit=18446744073709551615", 400, "limit is too large");
    CHECK(throws_exactly<BadRequest>(
        [&] { static_cast<void>(f.glance.images(page_size(most), max_items(most)).all()); }));
    CHECK(f.cloud.finish() == "");
}

TEMPLATE_TEST_CASE("Every type of integer is written at its ends as it is", "[bad_input][row:112]", signed char,
                   unsigned char, short, unsigned short, int, unsigned, long, unsigned long, long long,
                   unsigned long long) {
    for (TestType const value : {(std::numeric_limits<TestType>::min)(), (std::numeric_limits<TestType>::max)()}) {
        CHECK(to_json(value) == std::to_string(value));
        CHECK(to_text(value) == std::to_string(value));
        CHECK(PatchOperation::add("/x", value).value == std::to_string(value));
    }
}

TEST_CASE("A text that isn't UTF-8 is sent in no body", "[bad_input][row:113]") {
    std::string const bad = GENERATE("\xff", "a\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80");
    for (Image const& image :
         {Image{.id = bad}, Image{.name = bad}, Image{.disk_format = Open<DiskFormat>::from_text(bad)},
          Image{.owner_id = bad}, Image{.tags = {"good", bad}}, Image{.locations = {Location{.url = bad}}},
          Image{.locations = {Location{.metadata = {{bad, "x"}}}}}, Image{.properties = {{bad, "x"}}},
          Image{.properties = {{"x", bad}}}}) {
        CHECK(is_refused([&](auto& glance) { glance.create_image(image); }));
        CHECK(thrown<InvalidRequest>([&] { static_cast<void>(to_json(image)); }) == not_utf8);
        if (image.id) continue;  // no update changes it
        CHECK(is_refused([&](auto& glance) { glance.update_image("i", image); }));
    }
    CHECK(is_refused([&](auto& glance) { glance.add_member("i", {.member_id = bad}); }));
    CHECK(is_refused(
        [&](auto& glance) { glance.update_member("p", "i", {.status = Open<MemberStatus>::from_text(bad)}); }));
    CHECK(is_refused([&](auto& glance) { glance.add_tag("i", bad); }));
    CHECK(is_refused([&](auto& glance) { glance.remove_tag("i", bad); }));
    CHECK(is_refused([&](auto& glance) { glance.patch_image("i", {PatchOperation::add("/name", bad)}); }));
    CHECK(is_refused([&](auto& glance) { glance.patch_image("i", {PatchOperation::add('/' + bad, 1)}); }));
    CHECK(is_refused([&](auto& glance) { glance.patch_image("i", {PatchOperation::remove('/' + bad)}); }));
    CHECK(is_refused(
        [&](auto& glance) { glance.patch_image("i", {{.op = "add", .path = "/x", .value = '"' + bad + '"'}}); }));
    CHECK(is_refused([&](auto& glance) { glance.patch_image("i", {{.op = bad, .path = "/x", .value = "1"}}); }));
}

TEST_CASE("What an edit writes and JSON can't say is refused after the question, before the change",
          "[bad_input][row:113]") {
    Fixture f;
    f.cloud.expect("GET", "/v2/images/i", 200, R"({"id": "i"})");
    CHECK(
        throws_exactly<InvalidRequest>([&] { f.glance.update_image("i", [](Image& image) { image.name = "\xff"; }); }));
    CHECK(f.cloud.finish() == "");
}

TEST_CASE("An upload of a record that JSON can't say sends no data", "[bad_input][row:113]") {
    Image const image{
        .name = "\xff", .disk_format = DiskFormat::raw, .container_format = image::v2::ContainerFormat::bare};
    CHECK(is_refused([&](auto& glance) { glance.upload_image(image, from_memory("abc")); }));
}

TEST_CASE("Paths, queries and headers carry any bytes", "[bad_input][row:113]") {
    Fixture f;
    f.cloud.expect("DELETE", "/v2/images/%FF/members/%C3", 204);
    f.glance.remove_member("\xc3", "\xff");
    f.cloud.expect("GET", "/v2/images?name=eq%3A%FF&tag=%C3&%FE=%FF&limit=200", 200, R"({"images": []})");
    CHECK(
        f.glance.images(where<&Image::name> == "\xff", where<&Image::tags>.contains("\xc3"), property("\xfe") == "\xff")
            .all()
            .empty());
    f.cloud.expect("PUT", "/v2/images/i/file", 403);
    CHECK(
        throws_exactly<Forbidden>([&] { f.glance.upload("i", from_memory("abc"), {.check_format = false}, "\xff"); }));
    CHECK(f.cloud.sent().back().headers.find("X-Image-Meta-Store") == "\xff");
    CHECK(f.cloud.finish() == "");
}

TEST_CASE("Credentials that JSON can't say are refused without repeating them", "[bad_input][row:113]") {
    std::string const bad = "canary\xff";
    auto const refusal = [](Password user, Scope scope) {
        support::ScriptedTransport transport;
        std::string const said = thrown<InvalidRequest>([&] {
            static_cast<void>(Keystone{"http://cloud", std::move(user), std::move(scope)}.authorize(transport));
        });
        return said + transport.finish();
    };
    Password const user{.username = "u", .user_domain_name = "d", .password = "p"};
    Scope const scope{.project_name = "q", .project_domain_name = "e"};
    for (auto const member : {&Password::username, &Password::user_domain_name, &Password::password}) {
        Password odd = user;
        odd.*member = bad;
        CHECK(refusal(odd, scope) == not_utf8);
    }
    for (auto const member : {&Scope::project_name, &Scope::project_domain_name}) {
        Scope odd = scope;
        odd.*member = bad;
        CHECK(refusal(user, odd) == not_utf8);
    }
}

TEST_CASE("A message that quotes bad input is one line of UTF-8", "[bad_input][row:113]") {
    CHECK(thrown<InvalidRequest>([] { static_cast<void>(where<&Image::name>.in({"\xff\r\n\""})); }) ==
          "in() can't say '?  \"' to the service: filter by == instead");
    CHECK(thrown<InvalidRequest>([] { static_cast<void>(JsonPatch{{.op = "\xff\n", .path = "/x", .value = "1"}}); }) ==
          "a patch operation is add, replace or remove, not '? '");
}

TEST_CASE("What was moved from sends nothing to another place", "[bad_input][row:115]") {
    Fixture f;
    image::v2::Proxy const glance = std::move(f.glance);
    f.cloud.expect("DELETE", "/v2/images/i", 204);
    f.cloud.expect("DELETE", "/v2/images/i", 204);
    glance.delete_image("i");
    f.glance.delete_image("i");

    openstack::Proxy<Image> images{f.cloud.session()};
    openstack::Proxy<Image> moved = std::move(images);
    images = std::move(moved);
    CHECK(moved.path_of("i") == "/v2/images/i");
    CHECK(images.path_of("i") == "/v2/images/i");

    auto listing = glance.images();
    auto const other = std::move(listing);
    CHECK(thrown<InvalidRequest>([&] { static_cast<void>(listing.all()); }) == "this listing was moved elsewhere");
    CHECK(f.cloud.finish() == "");
}

TEST_CASE("A listing outlives the proxy and the session that it came from", "[bad_input][row:115]") {
    ScriptedCloud cloud;
    std::optional<image::v2::Proxy> glance{cloud.session()};
    auto listing = glance->images(page_size(1));
    cloud.expect("GET", "/v2/images?limit=1", 200, R"({"images": [{"id": "a"}], "next": "/v2/images?marker=a"})");
    auto at = listing.begin();
    glance.reset();
    CHECK(at->id == "a");
    cloud.expect("GET", "/v2/images?limit=1&marker=a", 200, R"({"images": [{"id": "b"}]})");
    ++at;
    CHECK(at->id == "b");
    CHECK(cloud.finish() == "");
}
