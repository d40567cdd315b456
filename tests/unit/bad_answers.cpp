// SPDX-License-Identifier: Apache-2.0
// What a broken or hostile Image service may answer: each comes out as data or as one clear error, bounded.
#include <openstack/image/v2/proxy.hpp>

#include <catch2/catch.hpp>
#include <openstack/from_json.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "../support/memory.hpp"
#include "../support/scripted_cloud.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using namespace std::string_literals;
using image::v2::Image, image::v2::ImageStatus;
using support::ScriptedCloud, support::thrown;

namespace {

std::string const record = R"({"id": "i", "name": "caf\u00e9", "status": "active", "size": 12, "protected": false,
    "tags": ["a", "b"], "locations": [{"url": "file:///a", "metadata": {"store": "fast"}}], "os_distro": "debian",
    "created_at": "2026-11-22T00:07:08Z", "cores": 4})";

/// What asking for the image says; there is one request, so nothing was tried again.
std::string answered(std::string const& body, Headers headers = {}) {
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/images/i", {200, std::move(headers), body});
    std::string said =
        thrown<DecodeError>([&] { static_cast<void>(image::v2::Proxy{cloud.session()}.get_image("i")); });
    return said + cloud.finish();
}
std::string const what = "the answer to GET /v2/images/i: ";

/// What reading a document as an image says.
std::string refusal(std::string const& text) {
    return thrown<DecodeError>([&] { static_cast<void>(from_json<Image>(text)); });
}

/// An image with this member, in JSON.
std::string with(std::string const& name, std::string const& value) {
    return "{\"id\":\"i\",\"" + name + "\":" + value + '}';
}

/// Which of string, number, boolean and array a field takes of itself; '-' for one that not every text is good for.
template<class Value>
char kind_of() {
    if (std::is_same_v<Value, bool>) return 'b';
    if (std::is_integral_v<Value>) return 'n';
    if (std::is_same_v<Value, Timestamp>) return '-';
    return std::is_same_v<Value, std::vector<std::string>> || std::is_same_v<Value, std::vector<image::v2::Location>>
               ? 'a'
               : 's';
}

}  // namespace

TEST_CASE("An answer that is no object is refused by its kind", "[bad_answers][row:87]") {
    for (std::string const& body : {""s, " "s, "\r\n\t "s})
        CHECK(answered(body).starts_with(what + "not JSON at byte "));
    CHECK(answered("null") == what + "expected object, found null");
    CHECK(answered("[]") == what + "expected object, found array");
    CHECK(answered("[{\"id\":\"i\"}]") == what + "expected object, found array");
    CHECK(answered("\"x\"") == what + "expected object, found string");
    CHECK(answered("4") == what + "expected object, found number 4");
    CHECK(answered("true") == what + "expected object, found boolean");
    CHECK(answered("{}") == what + "the resource has no id");
}

TEST_CASE("A record cut off after any byte is refused where it ends", "[bad_answers][row:88]") {
    REQUIRE(from_json<Image>(record).id == "i");
    for (std::size_t size = 0; size < record.size(); ++size) {
        std::string const said = refusal(record.substr(0, size));
        CAPTURE(size, said);
        std::size_t const at = said.find("not JSON at byte ");
        REQUIRE(at != said.npos);
        CHECK(std::stoul(said.substr(at + 17)) <= size);
    }
    CHECK(answered(record.substr(0, 100)).starts_with(what));
}

TEST_CASE("A page of a proxy that isn't the service's is refused", "[bad_answers][row:89]") {
    std::string const html = "<!DOCTYPE html><html><body>Please log in</body></html>";
    CHECK(answered(html, {{"Content-Type", "text/html"}}).starts_with(what + "not JSON at byte 0: "));
    CHECK(answered(html, {{"Content-Type", "application/json"}}).starts_with(what + "not JSON at byte 0: "));
}

TEST_CASE("A body in a coding that nobody asked for is refused as it came", "[bad_answers][row:98]") {
    for (auto const& [coding, body] : std::vector<std::pair<std::string, std::string>>{
             {"gzip", "\x1f\x8b\x08\0\0\0\0\0"s}, {"deflate", "\x78\x9c\xab\x56"}, {"br", "\x0b\x02\x80{}\x03"}})
        CHECK(answered(body, {{"Content-Encoding", coding}}).starts_with(what + "not JSON at byte "));
}

TEST_CASE("Every attribute of an image refuses every other kind of value", "[bad_answers][row:90]") {
    std::vector<std::pair<char, std::string>> const values{{'s', "\"x\""}, {'n', "5"},  {'f', "1.5"},
                                                           {'b', "true"},  {'a', "[]"}, {'o', "{}"}};
    int fields = 0;
    for_each_field<Image>([&](auto field) {
        if constexpr (field.is_in_json && !field.is_catch_all) {
            char const taken = kind_of<typename decltype(field)::value_type>();
            for (auto const& [kind, value] : values) {
                std::string const name{field.wire_name};
                CAPTURE(name, value);
                std::string const said = refusal("{\"" + name + "\":" + value + '}');
                CHECK((kind == taken ? said == "nothing thrown"
                                     : said.starts_with("the JSON document: /" + name + ": expected ")));
            }
            ++fields;
        }
    });
    CHECK(fields == 25);
    CHECK(thrown<DecodeError>([&] {
              ScriptedCloud cloud;
              cloud.expect("GET", "/v2/images?limit=200", 200,
                           R"({"images": [{"id": "a"}, {"id": "b"}, {"id": "c"}, {"id": "d", "size": "12"}]})");
              static_cast<void>(image::v2::Proxy{cloud.session()}.images().all());
          }) ==
          "the answer to GET /v2/images?limit=200: /images/3/size: expected integer (unsigned, 64 bits), found string");
}

TEST_CASE("An id can't be null or be missing, a status can", "[bad_answers][row:92][row:93]") {
    CHECK(answered(R"({"id": null, "status": "active"})") == what + "the resource has no id");
    CHECK(answered(R"({"status": "active"})") == what + "the resource has no id");
    CHECK(from_json<Image>(with("status", "null")).status.is_null());
    CHECK(from_json<Image>(R"({"id": "i"})").status.is_unset());
}

TEST_CASE("An unknown status or visibility is kept", "[bad_answers][row:94]") {
    for (std::string const name : {"status", "visibility", "disk_format", "container_format"}) {
        std::string const json = to_json(from_json<Image>(with(name, "\"no such\"")));
        CHECK(json == with(name, "\"no such\""));
    }
    CHECK_FALSE(from_json<Image>(with("status", "\"no such\"")).status->known());
    CHECK_FALSE(from_json<Image>(with("status", "\"\"")).status->known());
    CHECK_FALSE(from_json<Image>(with("status", "\"Active\"")).status->known());
}

TEST_CASE("An image's numbers are exact or refused", "[bad_answers][row:95]") {
    CHECK(from_json<Image>(with("size", "9223372036854775808")).size == 9223372036854775808U);
    CHECK(from_json<Image>(with("min_disk", "-1")).min_disk == -1);
    for (std::string const& value : {"18446744073709551616"s, "-1"s, "1e2"s, "1.0"s, "1e400"s, std::string(500, '9')})
        for (std::string const name : {"size", "virtual_size"}) CHECK(answered(with(name, value)).starts_with(what));
    for (std::string const& value :
         {"2147483648"s, "-2147483649"s, "9223372036854775808"s, "1e2"s, "1.0"s, "1e400"s, std::string(500, '9')})
        for (std::string const name : {"min_disk", "min_ram"}) CHECK(answered(with(name, value)).starts_with(what));
}

TEST_CASE("Two ids of one record are refused", "[bad_answers][row:99]") {
    CHECK(answered(R"({"id": "i", "id": "j"})") == what + "/id: the key is there twice");
    CHECK(answered(R"({"id": "i", "\u0069d": "i"})") == what + "/id: the key is there twice");
    CHECK(answered(R"({"id": "i", "os_distro": "a", "os_distro": "b"})") ==
          what + "/os_distro: the key is there twice");
}

TEST_CASE("A text that isn't UTF-8 is refused, an escaped NUL is a character that no path takes",
          "[bad_answers][row:100]") {
    for (std::string const& text :
         {"\xff"s, "\xc0\xaf"s, "\xed\xa0\xbd\xed\xb8\x80"s, "\\ud800"s, "\\udc00"s, "\xe2\x82"s})
        for (std::string const name : {"name", "os_distro", "status"})
            CHECK(answered(with(name, '"' + text + '"')).starts_with(what + "not JSON at byte "));
    CHECK(answered("\xef\xbb\xbf" + record).starts_with(what + "not JSON at byte 0: "));
    CHECK(answered("\xef\xbb" + record).starts_with(what + "not JSON at byte 0: "));
    CHECK(answered("{\0}\0"s).starts_with(what + "not JSON at byte 1: a NUL byte"));

    Image const image = from_json<Image>(R"({"id": "i\u0000", "name": "a\u0000b", "status": "active\u0000"})");
    CHECK(image.name == "a\0b"s);
    CHECK_FALSE(image.status->known());
    ScriptedCloud cloud;
    image::v2::Proxy const glance{cloud.session()};
    CHECK_THROWS_AS(glance.get_image(image), InvalidRequest);
    CHECK_THROWS_AS(glance.delete_image(image), InvalidRequest);
    CHECK(cloud.sent().empty());
}

TEST_CASE("What follows the record, or isn't JSON in it, is refused", "[bad_answers][row:101]") {
    for (std::string const& body :
         {R"({"id":"i"})"s + '\0' + "junk", R"({"id":"i"} {"id":"i"})"s, R"({"id":"i",})"s, R"({"id":"i","size":NaN})"s,
          R"({"id":"i","x":NaN})"s, R"({"id":"i"} // x)"s, R"({/* x */"id":"i"})"s, R"({"id":"i"}])"s})
        CHECK(answered(body).starts_with(what + (body.find("\"size\"") == body.npos ? "" : "/size: ")));
}

TEST_CASE("A million images in a page are refused within the page's bound", "[bad_answers][row:102]") {
    std::string page = R"({"images":[{"id":""})";
    for (int i = 1; i < 1'000'000; ++i) page += R"(,{"id":""})";
    page += "]}";
    REQUIRE(page.size() < max_json_size);
    ScriptedCloud cloud;
    cloud.expect("GET", "/v2/images?limit=200", 200, page);
    auto listing = image::v2::Proxy{cloud.session()}.images();
    std::string said;
    std::uint64_t const grown =
        support::peak_growth([&] { said = thrown<DecodeError>([&] { static_cast<void>(listing.all()); }); });
    CHECK(said.ends_with(": more elements than a document of this size may have"));
    CHECK(grown < 24 * page.size());  // of it 16 are the images, the others copies of the text
}

TEST_CASE("Very many properties are read", "[bad_answers][row:102]") {
    std::string image = R"({"id":"i")";
    for (int i = 0; i < 200'000; ++i) image += ",\"" + std::to_string(i) + "\":\"\"";
    Image const read = from_json<Image>(image + '}');
    CHECK(read.properties.size() == 200'000);
    CHECK(read.properties.at("199999").empty());
}

TEST_CASE("A key of a mebibyte is a key, and no message repeats it", "[bad_answers][row:102]") {
    std::string const key(std::size_t{1} << 20, 'k');
    CHECK(from_json<Image>(with(key, "\"v\"")).properties.at(key) == "v");
    CHECK(from_json<Image>(with(key, "5")).properties.raw().at(key) == "5");
    std::string const said = answered(R"({"id":"i",")" + key + R"(":"v",")" + key + R"(":"v"})");
    CHECK(said == what + '/' + std::string(199, 'k') + ": the key is there twice");
}

TEST_CASE("What a service calls an image stays data", "[bad_answers][row:104]") {
    Image const image = from_json<Image>(R"({"id": "a?..%2f..#b", "name": "x\r\nX-Injected: y", "file": "/v2/../../etc",
        "k\r\ney": "\u001b[2J"})");
    CHECK(image.id == "a?..%2f..#b");
    CHECK(image.name == "x\r\nX-Injected: y");
    CHECK(image.properties.at("k\r\ney") == "\x1b[2J");
    ScriptedCloud cloud;
    image::v2::Proxy const glance{cloud.session()};
    cloud.expect("DELETE", "/v2/images/a%3F..%252f..%23b", 403, "{\"message\": \"no\\r\\n\\u001b[2Jyes\"}");
    std::string const said = thrown<Forbidden>([&] { glance.delete_image(image); });
    CHECK(said == "DELETE http://cloud/v2/images/a%3F..%252f..%23b: 403: no [2Jyes");
    cloud.expect("GET", "/v2/images/a%3F..%252f..%23b", 200, to_json(image));
    cloud.expect("PATCH", "/v2/images/a%3F..%252f..%23b", 200, R"({"id": "a?..%2f..#b"})");
    glance.update_image(image, [](Image& current) { current.name = "x"; });
    CHECK(support::throws_exactly<InvalidRequest>([&] { glance.delete_image(from_json<Image>(R"({"id": "i/file"})")); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("A key that acts on terminals does so in no message", "[bad_answers][row:104]") {
    CHECK(answered("{\"id\":\"i\",\"tags\":[],\"a\\r\\n\\u001b[2J\":\"\",\"a\\r\\n\\u001b[2J\":\"\"}") ==
          what + "/a   [2J: the key is there twice");
    CHECK(answered(with("size", "\"\\r\\n\\u001b[2J\"")) ==
          what + "/size: expected integer (unsigned, 64 bits), found string");
}

TEST_CASE("A time that doesn't exist is refused, the forms of services are read", "[bad_answers][row:105]") {
    for (std::string const text :
         {"2015-13-40T00:00:00Z", "2015-02-29T00:00:00Z", "2015-01-01", "", "soon", "10000-01-01T00:00:00Z",
          "2015-01-01T00:00:00.Z", "2015-01-01T25:00:00Z", "2016-12-31T23:59:60Z"})
        CHECK(answered(with("created_at", '"' + text + '"')) ==
              what + "/created_at: expected timestamp such as 2026-11-21T10:11:12Z, found string");
    auto const read = [](std::string const& text) {
        return to_string(*from_json<Image>(with("created_at", '"' + text + '"')).created_at);
    };
    CHECK(read("2015-01-01T02:00:00+02:00") == "2015-01-01T00:00:00Z");
    CHECK(read("2015-01-01T00:00:00.000001") == "2015-01-01T00:00:00.000001Z");
    CHECK(read("2015-01-01T00:00:00") == "2015-01-01T00:00:00Z");
    CHECK(read("9999-12-31T23:59:59Z") == "9999-12-31T23:59:59Z");
}
