// SPDX-License-Identifier: Apache-2.0
// What installers and CI systems do: see to it that an image is there, and move many of them.
// Peers' tests of this: openstacksdk's functional test_create_image_skip_duplicate and
// test_create_image_force_duplicate.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "../support/image_answers.hpp"
#include "cloud.hpp"

using namespace openstack::image::v2;
using live::caught, live::demo, live::TemporaryImage, live::unique;
using openstack::from_memory;

namespace {

openstack::image::v2::Proxy const& glance() { return demo().glance(); }

Image raw(std::string const& name) {
    return {.name = name, .disk_format = DiskFormat::raw, .container_format = ContainerFormat::bare};
}

}  // namespace

TEST_CASE("An image is ensured once, however often that is asked for", "[ensure_image]") {
    std::string const name = unique();
    std::string const data = support::random_text(5'000) + name;
    Image desired = raw(name);
    desired.tags = {"z", "a"};
    desired.properties = {{"os_distro", "debian"}};

    auto const would = glance().ensure_image(desired, from_memory(data), {.dry_run = true});
    CHECK(would.action == EnsureAction::upload);
    CHECK_FALSE(glance().find_image(name));

    auto const first = glance().ensure_image(desired, from_memory(data));
    auto const image = TemporaryImage::adopt(first.image);
    CHECK(first.action == EnsureAction::upload);
    CHECK(glance().download_image(first.image) == data);

    (void)demo().sent();
    auto const second = glance().ensure_image(desired, from_memory(data));
    CHECK(second.action == EnsureAction::none);
    CHECK(second.image == image.now());
    for (auto const& each : demo().sent()) CHECK(each.method == "GET");

    desired.min_ram = 64;
    desired.properties = {{"os_version", "13"}};
    auto const third = glance().ensure_image(desired, from_memory(data));
    CHECK(third.action == EnsureAction::update);
    CHECK(third.changes.size() == 2);
    CHECK(image.now().min_ram == 64);
    CHECK(image.now().properties.at("os_distro") == "debian");
    CHECK(image.now().properties.at("os_version") == "13");

    Image renamed = desired;
    renamed.name = unique();
    auto const fourth = glance().ensure_image(renamed, from_memory(data));
    CHECK(fourth.action == EnsureAction::rename);
    CHECK(fourth.image.id == image.id());
    CHECK(image.now().name == renamed.name);

    // The next version of it has the same name and another content.
    auto const fifth = glance().ensure_image(renamed, from_memory(data + "2"));
    auto const next = TemporaryImage::adopt(fifth.image);
    CHECK(fifth.action == EnsureAction::upload);
    CHECK(fifth.namesakes == std::vector<std::string>{image.id()});
    CHECK(glance().find_newest(*renamed.name)->id.has_value());
}

TEST_CASE("A hidden image is ensured, too", "[ensure_image]") {
    std::string const data = support::random_text(3'000) + unique();
    TemporaryImage const image{data, Image{.name = unique(), .is_hidden = true}};
    Image desired = raw(*image.record().name);
    CHECK(glance().ensure_image(desired, from_memory(data)).action == EnsureAction::none);
    desired.name = unique();
    auto const ensured = glance().ensure_image(desired, from_memory(data));
    CHECK(ensured.action == EnsureAction::rename);
    CHECK(ensured.image.id == image.id());
}

// What another project shows to all is used as it is; a change of it would be refused.
TEST_CASE("A public image of another project is used, and never changed", "[ensure_image]") {
    std::string const data = support::random_text(3'000) + unique();
    TemporaryImage const image{data, Image{.name = unique(), .visibility = Visibility::public_}, live::admin()};
    Image desired = raw(*image.record().name);
    CHECK(glance().ensure_image(desired, from_memory(data)).image.id == image.id());
    desired.min_ram = 64;
    auto const own = glance().ensure_image(desired, from_memory(data));
    auto const copy = TemporaryImage::adopt(own.image);
    CHECK(own.action == EnsureAction::upload);
    CHECK(own.namesakes == std::vector<std::string>{image.id()});
    CHECK(image.now().min_ram == 0);
}

TEST_CASE("An upload refuses a name that there is, where that is wanted", "[uploads]") {
    TemporaryImage const image{Image{.name = unique(), .is_hidden = true}};
    auto const error = caught<openstack::DuplicateResource>([&] {
        (void)glance().upload_image(raw(*image.record().name), from_memory("x"), {.duplicates = Duplicates::refuse});
    });
    CHECK(error.ids() == std::vector<std::string>{image.id()});
}

TEST_CASE("Many images are uploaded, downloaded, changed and deleted at once", "[at_once]") {
    std::vector<std::string> names;
    for (int i = 0; i < 8; ++i) names.push_back(unique());
    auto const uploads = openstack::for_each_at_once(names, {.limit = 4}, [](std::string const& name) {
        return glance().upload_image(raw(name), from_memory("data of " + name));
    });
    std::vector<Image> images;
    for (auto const& each : uploads) images.push_back(each.value());
    images.push_back(Image{});  // it has no id
    auto const downloads = openstack::for_each_at_once(
        images, {.limit = 4}, [](Image const& image) { return glance().download_image(image); });
    for (std::size_t i = 0; i < 8; ++i) CHECK(downloads[i].value() == "data of " + names[i]);
    CHECK_THROWS_AS(downloads[8].value(), openstack::InvalidRequest);
    images.pop_back();
    auto const updates = openstack::for_each_at_once(
        images, {.limit = 4}, [](Image const& image) { return glance().update_image(image, {.min_ram = 64}); });
    for (auto const& each : updates) CHECK(each.value().min_ram == 64);
    auto const deletions = openstack::for_each_at_once(
        images, {.limit = 4}, [](Image const& image) { glance().delete_image(image, openstack::must_exist); });
    for (auto const& each : deletions) CHECK_NOTHROW(each.value());
    for (std::string const& name : names) CHECK_FALSE(glance().find_image(name));
}
