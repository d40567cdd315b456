// SPDX-License-Identifier: Apache-2.0
// Refusals: each status that Glance gives becomes its class, with the request's id and the service's words.
#include <catch2/catch.hpp>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "cloud.hpp"

using live::admin, live::alt, live::caught, live::check_is_told, live::demo, live::TemporaryImage;
using live::image::Image;

namespace {

live::image::Proxy const& glance() { return demo().glance(); }

/// The refusal of a request that no operation makes.
template<class Refusal = openstack::HttpError>
Refusal refusal(std::string method, std::string url, std::string body = {}, std::string type = "application/json",
                openstack::Headers headers = {}) {
    openstack::Request request{.method = std::move(method), .url = std::move(url), .headers = std::move(headers)};
    if (!body.empty()) request.headers.set("Content-Type", std::move(type));
    request.body = std::move(body);
    return caught<Refusal>([&] { static_cast<void>(demo().session().send("image", request)); });
}

}  // namespace

TEST_CASE("Statuses that programs tell apart are classes of their own", "[errors]") {
    TemporaryImage const image{"data"};
    std::string const path = "/v2/images/" + image.id();
    check_is_told(refusal<openstack::BadRequest>("GET", "/v2/images?limit=many"));
    check_is_told(refusal<openstack::BadRequest>("POST", "/v2/images", "{not JSON"));
    check_is_told(refusal<openstack::Forbidden>("POST", "/v2/images", R"({"status": "active"})"));
    check_is_told(refusal<openstack::ResourceNotFound>("GET", "/v2/images/none"));
    check_is_told(refusal<openstack::ResourceNotFound>("GET", "/v2/nonsense"));
    check_is_told(refusal<openstack::Conflict>("PUT", path + "/file", "more", "application/octet-stream"));
    auto const out_of_range =
        refusal<openstack::RangeNotSatisfiable>("GET", path + "/file", {}, {}, {{"Range", "bytes=100-"}});
    check_is_told(out_of_range);  // this one comes as HTML, whatever is asked for
    CHECK(out_of_range.status() == 416);
    CHECK(refusal<openstack::ServerError>("POST", "/v2/images", "[]").status() == 500);

    CHECK(refusal("PUT", "/v2/images", "{}").status() == 405);
    CHECK(refusal("PATCH", path, "[]").status() == 415);
    CHECK(refusal("GET", "/").status() == 300);
}

TEST_CASE("Quotas are told by a class of their own", "[errors]") {
    TemporaryImage const image{Image{.name = "full"}};
    std::vector<std::string> tags;
    openstack::Properties properties;
    for (int i = 0; i < 129; ++i) {
        tags.push_back("tag" + std::to_string(i));
        properties["key" + std::to_string(i)] = "value";
    }
    check_is_told(caught<openstack::PayloadTooLarge>([&] { glance().update_image(image.record(), {.tags = tags}); }));
    check_is_told(caught<openstack::PayloadTooLarge>(
        [&] { glance().update_image(image.record(), Image{.properties = properties}); }));
    CHECK_THROWS_AS(TemporaryImage(Image{.tags = tags}), openstack::PayloadTooLarge);
    CHECK(image.now() == image.record());

    tags.pop_back();
    Image const full = glance().update_image(image.record(), {.tags = tags});
    CHECK(full.tags->size() == 128);
    check_is_told(caught<openstack::PayloadTooLarge>([&] { glance().add_tag(full, "one more"); }));
}

// tempest: ImagesNegativeTest.test_register_with_invalid_container_format,
// ImagesNegativeTest.test_register_with_invalid_disk_format, ImagesNegativeTest.test_create_image_reserved_property,
// BasicOperationsImagesAdminTest.test_create_image_owner_param
TEST_CASE("What can't be created is refused, and not there", "[errors]") {
    std::string const name = live::unique("refused");
    auto const create = [](Image const& fields) { TemporaryImage const image{fields}; };
    check_is_told(caught<openstack::BadRequest>(
        [&] { create({.name = name, .disk_format = openstack::Open<live::image::DiskFormat>::from_text("floppy")}); }));
    check_is_told(caught<openstack::BadRequest>([&] {
        create({.name = name, .container_format = openstack::Open<live::image::ContainerFormat>::from_text("box")});
    }));
    check_is_told(caught<openstack::BadRequest>([&] { create({.id = "no UUID", .name = name}); }));
    check_is_told(caught<openstack::BadRequest>([&] { create({.name = name, .min_ram = -1}); }));
    check_is_told(caught<openstack::BadRequest>([&] { create({.name = name, .min_ram = openstack::null}); }));
    check_is_told(caught<openstack::BadRequest>([&] { create({.name = name, .tags = {std::string(256, 't')}}); }));
    check_is_told(caught<openstack::BadRequest>([&] { create({.name = name + std::string(255, 'n')}); }));
    check_is_told(caught<openstack::Forbidden>([&] { create({.name = name, .owner_id = alt().project_id()}); }));
    check_is_told(
        caught<openstack::Forbidden>([&] { create({.name = name, .visibility = live::image::Visibility::public_}); }));
    for (std::string const key : {"os_glance_x", "deleted", "location"})
        check_is_told(caught<openstack::Forbidden>([&] { create({.name = name, .properties = {{key, "1"}}}); }));
    (void)demo().sent();
    CHECK_THROWS_AS(create({.name = name, .properties = {{"status", "active"}}}), openstack::InvalidRequest);
    CHECK_THROWS_AS(create({.name = "\xff"}), openstack::InvalidRequest);
    CHECK(demo().sent().empty());
    CHECK_FALSE(glance().find_image(name).has_value());

    TemporaryImage const given{Image{.name = name, .owner_id = alt().project_id()}, admin()};
    CHECK(alt().glance().get_image(given.id()).owner_id == alt().project_id());
}

TEST_CASE("A refusal names the request, and its text is for people", "[errors]") {
    TemporaryImage const image{Image{.name = "n"}};
    auto const conflict = caught<openstack::Conflict>(
        [&] { glance().patch_image(image.record(), {openstack::PatchOperation::replace("/no'ne", "1")}); });
    check_is_told(conflict);
    CHECK(conflict.status() == 409);
    CHECK(conflict.method() == "PATCH");
    CHECK_THAT(conflict.url(), Catch::EndsWith("/v2/images/" + image.id()));
    CHECK_THAT(conflict.server_text(), Catch::Contains("Property no'ne does not exist"));
    // One message for whoever catches no more than std::exception.
    CHECK_THAT(conflict.what(), Catch::Contains("PATCH http://") && Catch::Contains(": 409: ") &&
                                    Catch::Contains(conflict.server_text()) && Catch::Contains(conflict.request_id()));
    auto const other_letters = caught<openstack::Conflict>([&] {
        glance().patch_image(image.record(), {openstack::PatchOperation::remove("/caf\xc3\xa9 \xe2\x98\x95")});
    });
    CHECK_THAT(other_letters.server_text(), Catch::Contains("caf\xc3\xa9 \xe2\x98\x95"));
    // Whose token is refused is told by the service's front, which gives no id.
    openstack::Session const session{std::make_shared<openstack::CurlTransport>(),
                                     std::make_shared<openstack::FixedToken>("a-broken-token"),
                                     {.endpoint = live::variable("GLANCE_URL")}};
    auto const unauthorized =
        caught<openstack::Unauthorized>([&] { static_cast<void>(live::image::Proxy{session}.get_image(image.id())); });
    CHECK(unauthorized.status() == 401);
    CHECK(unauthorized.server_text().find('<') == std::string::npos);
    CHECK_THAT(unauthorized.what(), !Catch::Contains("a-broken-token"));
}

// tempest: ImagesNegativeTest.test_get_non_existent_image
TEST_CASE("What exists and what doesn't look the same to whom it isn't shown", "[errors]") {
    TemporaryImage const image{Image{.visibility = live::image::Visibility::private_}};
    auto const hidden = caught<openstack::ResourceNotFound>([&] { (void)alt().glance().get_image(image.id()); });
    auto const missing = caught<openstack::ResourceNotFound>(
        [&] { (void)alt().glance().get_image("12345678-1234-1234-1234-123456789012"); });
    CHECK(hidden.status() == missing.status());
    CHECK(admin().glance().get_image(image.id()).id == image.id());
    CHECK(live::reader().glance().get_image(image.id()).id == image.id());
}

// tempest: ImagesNegativeTest.test_get_image_null_id
TEST_CASE("Odd ids are sent as one segment of the path, or not at all", "[errors]") {
    (void)demo().sent();
    for (auto const& [id, segment] : std::vector<std::pair<std::string, std::string>>{{"?x=y", "%3Fx%3Dy"},
                                                                                      {"#f", "%23f"},
                                                                                      {"%2e%2e", "%252e%252e"},
                                                                                      {"a b", "a%20b"},
                                                                                      {"\xc3\xa9", "%C3%A9"},
                                                                                      {"...", "..."}}) {
        INFO(id);
        CHECK_THROWS_AS(glance().get_image(id), openstack::ResourceNotFound);
        CHECK_NOTHROW(glance().delete_image(id));
        auto const sent = demo().sent();
        REQUIRE(sent.size() == 2);
        CHECK(sent[0].line() == "GET /v2/images/" + segment);
        CHECK(sent[1].line() == "DELETE /v2/images/" + segment);
        CHECK_FALSE(glance().find_image(id).has_value());
        (void)demo().sent();
    }
    for (std::string const& id : {std::string{}, std::string{"."}, std::string{".."}, std::string{"a/b"},
                                  std::string{"../v3"}, std::string{"a\r\nb"}, std::string{"a\0b", 3}})
        CHECK_THROWS_AS(glance().get_image(id), openstack::InvalidRequest);
    CHECK(demo().sent().empty());
}
