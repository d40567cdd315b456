// SPDX-License-Identifier: Apache-2.0
// The Image service's operations: the request of each one.
// Peers' tests of this: openstacksdk's test_proxy.py of images, tags, actions and TestMember; glanceclient's
// test_members.py and test_tags.py; gophercloud's of members.
#include <openstack/image/v2/proxy.hpp>

#include <catch2/catch.hpp>
#include <cstddef>
#include <openstack/from_json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "../support/scripted_cloud.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using image::v2::Image, image::v2::Member, image::v2::MemberStatus;
using support::ScriptedCloud, support::thrown, support::throws_exactly;

namespace {

std::string const headers =
    "User-Agent: " + SessionOptions{}.user_agent + "\nAccept: application/json\nX-Auth-Token: the-token\n";
std::string const json = "Content-Type: application/json\n";
std::string const json_patch = "Content-Type: application/openstack-images-v2.1-json-patch\n";
std::string const md5 = "900150983cd24fb0d6963f7d28e17f72";  // of "abc"
std::string const active = R"({"id": "i", "name": "n", "size": 3, "checksum": ")" + md5 + "\"}";
std::string const member = R"({"member_id": "p", "image_id": "i", "status": "pending"})";

Image const known =
    from_json<Image>(R"({"id": "i", "name": "n", "protected": false, "tags": ["a"], "os_distro": "debian"})");

/// A service that expects one request, and the text of what it got.
struct Fixture {
    ScriptedCloud cloud{};
    image::v2::Proxy glance{cloud.session()};

    [[nodiscard]] std::string last() const { return cloud.sent().back().text() + cloud.finish(); }
    [[nodiscard]] std::string last_line() const {
        return cloud.sent().back().method + ' ' + cloud.sent().back().url + cloud.finish();
    }
};

}  // namespace

TEST_CASE("An image is asked for, found and listed", "[image_proxy]") {
    Fixture f;
    f.cloud.expect("GET", "/v2/images/i", 200, active);
    CHECK(f.glance.get_image("i").name == "n");
    CHECK(f.last() == "GET http://cloud/v2/images/i\n" + headers + '\n');

    f.cloud.expect("GET", "/v2/images/n%3A1", 404);
    f.cloud.expect("GET", "/v2/images?name=eq%3An%3A1&limit=200", 200, R"({"images": []})");
    f.cloud.expect("GET", "/v2/images?name=eq%3An%3A1&os_hidden=true&limit=200", 200,
                   R"({"images": [{"id": "h", "name": "n:1", "os_hidden": true}]})");
    CHECK(f.glance.find_image("n:1")->id == "h");
    f.cloud.expect("GET", "/v2/images/i", 200, active);
    CHECK(f.glance.find_image("i", must_exist).id == "i");

    f.cloud.expect("GET", "/v2/images?visibility=public&sort=name%3Aasc&limit=1", 200, R"({"images": [{"id": "a"}]})");
    CHECK(f.glance.images(where<&Image::visibility> == image::v2::Visibility::public_, asc<&Image::name>, max_items(1))
              .all()
              .size() == 1);
    CHECK(f.last_line() == "GET http://cloud/v2/images?visibility=public&sort=name%3Aasc&limit=1");
}

TEST_CASE("An image is changed by a patch", "[image_proxy]") {
    Fixture f;
    std::string const line = "PATCH http://cloud/v2/images/i\n" + json_patch + headers + '\n';
    f.cloud.expect("PATCH", "/v2/images/i", 200, active);
    f.glance.update_image(known, {.name = "m", .is_protected = true, .properties = {{"os_distro", "x"}}});
    CHECK(f.last() == line + R"([{"op":"replace","path":"/name","value":"m"},)"
                             R"({"op":"replace","path":"/protected","value":true},)"
                             R"({"op":"replace","path":"/os_distro","value":"x"}])");
    f.cloud.expect("GET", "/v2/images/i", 200, active);
    f.cloud.expect("PATCH", "/v2/images/i", 200, active);
    f.glance.update_image("i", [](Image& image) { image.min_ram = 1; });
    CHECK(f.last() == line + R"([{"op":"add","path":"/min_ram","value":1}])");
    f.cloud.expect("PATCH", "/v2/images/i", 200, active);
    f.glance.patch_image(known, {PatchOperation::remove("/os_distro")});
    CHECK(f.last() == line + R"([{"op":"remove","path":"/os_distro"}])");
}

TEST_CASE("What was changed in an object isn't seen when it stands on both sides", "[image_proxy]") {
    Fixture f;
    Image image = known;
    image.name = "m";
    CHECK_THROWS_AS(f.glance.update_image(image, image), InvalidRequest);
    Member const self{.member_id = "p", .status = MemberStatus::accepted};
    CHECK_THROWS_AS(f.glance.update_member(self, image, self), InvalidRequest);
    CHECK(f.cloud.sent().empty());
}

TEST_CASE("An image is deleted", "[image_proxy]") {
    Fixture f;
    f.cloud.expect("DELETE", "/v2/images/i", 204);
    f.glance.delete_image(known);
    CHECK(f.last() == "DELETE http://cloud/v2/images/i\n" + headers + '\n');
    f.cloud.expect("DELETE", "/v2/images/i", 404);
    CHECK_NOTHROW(f.glance.delete_image("i"));
    f.cloud.expect("DELETE", "/v2/images/i", 404);
    CHECK(throws_exactly<ResourceNotFound>([&] { f.glance.delete_image("i", must_exist); }));
    f.cloud.expect("DELETE", "/v2/images/i", 403);
    CHECK(throws_exactly<Forbidden>([&] { f.glance.delete_image("i"); }));
    CHECK(f.cloud.finish() == "");
}

TEST_CASE("Data goes up and comes down", "[image_proxy]") {
    Fixture f;
    f.cloud.expect("POST", "/v2/images", 201, R"({"id": "i"})");
    f.cloud.expect("PUT", "/v2/images/i/file", 204);
    f.cloud.expect("GET", "/v2/images/i", 200, active);
    CHECK(f.glance
              .upload_image({.id = "i",
                             .name = "n",
                             .disk_format = image::v2::DiskFormat::raw,
                             .container_format = image::v2::ContainerFormat::bare},
                            from_memory("abc"))
              .size == 3);
    CHECK(f.cloud.sent().at(0).text() == "POST http://cloud/v2/images\n" + json + headers +
                                             R"(
{"id":"i","name":"n","disk_format":"raw","container_format":"bare"})");

    f.cloud.expect("GET", "/v2/images/i", 200, R"({"id": "i", "disk_format": "raw", "container_format": "bare"})");
    f.cloud.expect("PUT", "/v2/images/i/file", 204);
    f.cloud.expect("GET", "/v2/images/i", 200, active);
    f.glance.upload("i", from_memory("abc"), {}, "fast");
    CHECK(f.cloud.sent().at(4).headers.find("X-Image-Meta-Store") == "fast");

    for (int i = 0; i < 3; ++i) {
        f.cloud.expect("GET", "/v2/images/i", 200, active);
        f.cloud.expect("GET", "/v2/images/i/file", 200, "abc");
    }
    CHECK(f.glance.download_image("i") == "abc");
    std::ostringstream text;
    CHECK(f.glance.download_image("i", to_stream(text)).verified_by == "md5");
    CHECK(text.str() == "abc");
    std::size_t bytes = 0;
    for (auto const piece : f.glance.download_image("i", openstack::stream)) bytes += piece.size();
    CHECK(bytes == 3);
    CHECK(f.cloud.finish() == "");
}

TEST_CASE("Actions and tags have no body", "[image_proxy]") {
    Fixture f;
    auto const nothing = [&](std::string const& line) { return line + '\n' + headers + '\n'; };
    f.cloud.expect("POST", "/v2/images/i/actions/deactivate", 204);
    f.glance.deactivate_image(known);
    CHECK(f.last() == nothing("POST http://cloud/v2/images/i/actions/deactivate"));
    f.cloud.expect("POST", "/v2/images/i/actions/reactivate", 204);
    f.glance.reactivate_image("i");
    CHECK(f.last() == nothing("POST http://cloud/v2/images/i/actions/reactivate"));
    f.cloud.expect("PUT", "/v2/images/i/tags/gold", 204);
    f.glance.add_tag("i", "gold");
    CHECK(f.cloud.sent().back().is_repeatable);
    CHECK(f.last() == nothing("PUT http://cloud/v2/images/i/tags/gold"));
    f.cloud.expect("DELETE", "/v2/images/i/tags/gold", 204);
    f.glance.remove_tag(known, "gold");
    CHECK(f.last() == nothing("DELETE http://cloud/v2/images/i/tags/gold"));
    f.cloud.expect("POST", "/v2/images/a%20b/actions/deactivate", 403);
    CHECK(throws_exactly<Forbidden>([&] { f.glance.deactivate_image("a b"); }));
    f.cloud.expect("DELETE", "/v2/images/i/tags/gold", 404);
    CHECK(throws_exactly<ResourceNotFound>([&] { f.glance.remove_tag("i", "gold"); }));
    CHECK(f.cloud.finish() == "");
}

TEST_CASE("A tag that a path can hold is encoded there", "[image_proxy][row:107]") {
    for (auto const& [tag, segment] : std::vector<std::pair<std::string, std::string>>{{"a b", "a%20b"},
                                                                                       {"50%", "50%25"},
                                                                                       {"a?b#c", "a%3Fb%23c"},
                                                                                       {"...", "..."},
                                                                                       {"a,b;c", "a%2Cb%3Bc"},
                                                                                       {"~", "~"}}) {
        Fixture f;
        f.cloud.expect("PUT", "/v2/images/i/tags/" + segment, 204);
        f.cloud.expect("DELETE", "/v2/images/i/tags/" + segment, 204);
        f.glance.add_tag("i", tag);
        f.glance.remove_tag("i", tag);
        CHECK(f.cloud.finish() == "");
    }
    Fixture f;
    CHECK(throws_exactly<InvalidRequest>([&] { f.glance.add_tag("i", ""); }));
    CHECK(throws_exactly<InvalidRequest>([&] { f.glance.remove_tag("i", ""); }));
    CHECK(f.cloud.sent().empty());
}

TEST_CASE("A tag that servers mangle in a path is patched", "[image_proxy][row:107]") {
    for (std::string const tag : {"a/b", "\xc3\xa9", ".", "..", "a\tb"}) {
        std::string const written = tag == "a\tb" ? "a\\tb" : tag;
        Fixture f;
        f.cloud.expect("GET", "/v2/images/i", 200, R"({"id": "i", "tags": ["x"]})");
        f.cloud.expect("PATCH", "/v2/images/i", 200, R"({"id": "i"})");
        f.glance.add_tag(known, tag);
        CHECK(f.cloud.last_body() == R"([{"op":"replace","path":"/tags","value":["x",")" + written + "\"]}]");
        f.cloud.expect("GET", "/v2/images/i", 200, R"({"id": "i", "tags": [")" + written + R"(", "x"]})");
        f.cloud.expect("PATCH", "/v2/images/i", 200, R"({"id": "i"})");
        f.glance.remove_tag("i", tag);
        CHECK(f.cloud.last_body() == R"([{"op":"replace","path":"/tags","value":["x"]}])");
        CHECK(f.cloud.finish() == "");
    }
}

TEST_CASE("A tag that is there isn't added, one that isn't can't be removed", "[image_proxy]") {
    Fixture f;
    f.cloud.expect("GET", "/v2/images/i", 200, R"({"id": "i", "tags": ["a/b"]})");
    f.glance.add_tag("i", "a/b");
    f.cloud.expect("GET", "/v2/images/i", 200, R"({"id": "i", "tags": []})");
    CHECK(thrown<ResourceNotFound>([&] { f.glance.remove_tag("i", "a/b"); }) == "PATCH /v2/images/i: 404: no such tag");
    f.cloud.expect("GET", "/v2/images/i", 200, R"({"id": "i"})");
    f.cloud.expect("PATCH", "/v2/images/i", 200, R"({"id": "i"})");
    f.glance.add_tag("i", "a/b");
    CHECK(f.cloud.last_body() == R"([{"op":"add","path":"/tags","value":["a/b"]}])");
    CHECK(f.cloud.finish() == "");
}

TEST_CASE("Members are below their image", "[image_proxy]") {
    Fixture f;
    std::string const base = "http://cloud/v2/images/i/members";
    f.cloud.expect("POST", "/v2/images/i/members", 200, member);
    Member const made = f.glance.add_member(known, {.member_id = "p"});
    CHECK(made.status == MemberStatus::pending);
    CHECK(f.last() == "POST " + base + '\n' + json + headers + "\n{\"member\":\"p\"}");

    f.cloud.expect("GET", "/v2/images/i/members/p", 200, member);
    CHECK(f.glance.get_member(made, known).image_id == "i");
    CHECK(f.last() == "GET " + base + "/p\n" + headers + '\n');

    f.cloud.expect("PUT", "/v2/images/i/members/p", 200, member);
    f.glance.update_member("p", "i", {.status = MemberStatus::accepted});
    CHECK(f.last() == "PUT " + base + "/p\n" + json + headers + "\n{\"status\":\"accepted\"}");
    CHECK(f.glance.update_member(made, "i", {.status = MemberStatus::pending}) == made);

    f.cloud.expect("GET", "/v2/images/i/members", 200, R"({"members": [)" + member + "]}");
    CHECK(f.glance.members("i").one().member_id == "p");
    CHECK(f.last() == "GET " + base + '\n' + headers + '\n');

    f.cloud.expect("DELETE", "/v2/images/i/members/p", 204);
    f.glance.remove_member(made, known);
    CHECK(f.last() == "DELETE " + base + "/p\n" + headers + '\n');
}

TEST_CASE("A member that isn't there", "[image_proxy]") {
    Fixture f;
    f.cloud.expect("DELETE", "/v2/images/i/members/p", 404);
    CHECK_NOTHROW(f.glance.remove_member("p", "i"));
    f.cloud.expect("DELETE", "/v2/images/i/members/p", 404);
    CHECK(throws_exactly<ResourceNotFound>([&] { f.glance.remove_member("p", "i", must_exist); }));
    f.cloud.expect("GET", "/v2/images/i/members/p", 404);
    CHECK_FALSE(f.glance.find_member("p", "i"));
    f.cloud.expect("GET", "/v2/images/i/members/p", 404);
    CHECK(throws_exactly<ResourceNotFound>([&] { static_cast<void>(f.glance.find_member("p", "i", must_exist)); }));
    f.cloud.expect("GET", "/v2/images/i/members/p", 200, member);
    CHECK(f.glance.find_member("p", "i")->member_id == "p");
    CHECK(f.cloud.finish() == "");
}

namespace {

/// A cloud's own idea of an image.
struct OwnImage : Image {
    static constexpr ResourceInfo resource{
        .service = "image", .path = "/v2/images", .plural = "images", .update = Update::json_patch};
    Field<std::string, Filterable<Eq>> os_distro{};
    BOOST_DESCRIBE_CLASS(OwnImage, (Image), (os_distro), (), ())
};

}  // namespace

TEST_CASE("An image with more fields has all operations", "[image_proxy]") {
    ScriptedCloud cloud;
    image::v2::BasicProxy<OwnImage> const glance{cloud.session()};
    cloud.expect("GET", "/v2/images?os_distro=debian", 200, R"({"images": [{"id": "i", "os_distro": "debian"}]})");
    OwnImage const own = glance.images(where<&OwnImage::os_distro> == "debian").one();
    CHECK(own.os_distro == "debian");
    CHECK(own.properties.empty());
    cloud.expect("PATCH", "/v2/images/i", 200, R"({"id": "i"})");
    OwnImage changes;
    changes.os_distro = "fedora";
    glance.update_image(own, changes);
    CHECK(cloud.last_body() == R"([{"op":"replace","path":"/os_distro","value":"fedora"}])");
    CHECK(cloud.finish() == "");
}

TEST_CASE("A record can be made without data", "[image_proxy]") {
    Fixture f;
    f.cloud.expect("POST", "/v2/images", 201, R"({"id": "i", "status": "queued"})");
    CHECK(f.glance.create_image({.id = "i", .name = "n"}).id == "i");
    CHECK(f.last() == "POST http://cloud/v2/images\n" + json + headers + "\n{\"id\":\"i\",\"name\":\"n\"}");
}

TEST_CASE("A source or sink that isn't there is refused before anything is sent", "[image_proxy]") {
    Fixture f;
    Image const record{.disk_format = image::v2::DiskFormat::raw, .container_format = image::v2::ContainerFormat::bare};
    CHECK_THROWS_AS(f.glance.upload_image(record, nullptr), InvalidRequest);
    CHECK_THROWS_AS(f.glance.upload("i", nullptr), InvalidRequest);
    CHECK_THROWS_AS(f.glance.download_image("i", std::unique_ptr<Sink>{}), InvalidRequest);
    CHECK(f.cloud.sent().empty());
}

TEST_CASE("A field's id is an id", "[image_proxy]") {
    Fixture f;
    f.cloud.expect("DELETE", "/v2/images/i", 204);
    f.glance.delete_image(known.id);
    CHECK(f.last_line() == "DELETE http://cloud/v2/images/i");
    CHECK_THROWS_AS(f.glance.delete_image(Image{}.id), InvalidRequest);
    CHECK_THROWS_AS(f.glance.delete_image(static_cast<char const*>(nullptr)), InvalidRequest);
}
