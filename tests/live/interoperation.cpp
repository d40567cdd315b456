// SPDX-License-Identifier: Apache-2.0
// One image, by the openstack command and by this library: what one of them makes the other one reads, property by
// property.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "../support/openstack_command.hpp"
#include "../support/temporary_directory.hpp"
#include "cloud.hpp"

using live::alt, live::demo, live::ids, live::TemporaryImage, live::unique;
using live::image::ContainerFormat, live::image::DiskFormat, live::image::Image, live::image::ImageStatus,
    live::image::Member, live::image::MemberStatus, live::image::Visibility;
using openstack::Field, openstack::Properties, openstack::RawJson, openstack::Wire;
using support::openstack_prints, support::shell_word;

namespace {

live::image::Proxy const& glance() { return demo().glance(); }

/// A text that is hard to hand on: for a shell, for JSON, and for whoever takes bytes for letters.
std::string const odd =
    "Gr\xc3\xb6\xc3\x9f"
    "e \xe2\x98\x95: 'a' \"b\" \\c, <d>&e=%41";

std::string odd_data() {
    std::string data = unique("data");
    for (int i = 0; i < 70'000; ++i) data += static_cast<char>(i * i % 251);
    return data;
}

/// The record as the command shows it: it puts what it doesn't know into `properties`.
struct Shown {
    Field<RawJson, Wire<"properties">> others{};
    Properties properties{};

    bool operator==(Shown const&) const = default;
    BOOST_DESCRIBE_CLASS(Shown, (), (others, properties), (), ())
};
Image from_shown(std::string const& json) {
    Shown shown = openstack::from_json<Shown>(json);
    std::string record = shown.others.value().text;
    shown.others.reset();
    record.back() = ',';
    return openstack::from_json<Image>(record + openstack::to_json(shown).substr(1));
}

/// A member as the command lists it.
struct ListedMember {
    Field<std::string, Wire<"Image ID">> image_id{};
    Field<std::string, Wire<"Member ID">> member_id{};
    Field<std::string, Wire<"Status">> status{};

    bool operator==(ListedMember const&) const = default;
    BOOST_DESCRIBE_CLASS(ListedMember, (), (image_id, member_id, status), (), ())
};

}  // namespace

TEST_CASE("The openstack command reads what this library has made", "[interoperation]") {
    std::string const data = odd_data();
    TemporaryImage const image{data, Image{.name = unique(odd),
                                           .disk_format = DiskFormat::raw,
                                           .container_format = ContainerFormat::bare,
                                           .visibility = Visibility::shared,
                                           .min_disk = 2147483647,
                                           .min_ram = 512,
                                           .is_protected = true,
                                           .is_hidden = true,
                                           .owner_id = demo().project_id(),
                                           .tags = {"plain", odd},
                                           .store = "slow",
                                           .properties = {{"os_distro", "debian"},
                                                          {"hw_qemu_guest_agent", "yes"},
                                                          {"a/b~c", odd},
                                                          {"caf\xc3\xa9 \xe2\x98\x95", ""}}}};
    Image const ours = image.now();
    Image const theirs = from_shown(openstack_prints("image show -f json " + image.id()));
    openstack::for_each_field<Image>([&]<auto Member, class Descriptor>(
        openstack::FieldInfo<Member, Descriptor> field) {
        INFO(field.wire_name);
        if (field.wire_name != "self")  // which the command doesn't show
            CHECK((theirs.*Member == ours.*Member));
    });
    CHECK(theirs.properties == ours.properties);
    CHECK(theirs.name == image.record().name);
    CHECK(theirs.is_hidden == true);
    CHECK(theirs.stores == "slow");
    CHECK(theirs.properties.at("a/b~c") == odd);

    Member const offered = glance().add_member(image.record(), {.member_id = alt().project_id()});
    alt().glance().update_member(offered, image.id(), {.status = MemberStatus::accepted});
    auto const members =
        openstack::from_json<std::vector<ListedMember>>(openstack_prints("image member list -f json " + image.id()));
    REQUIRE(members.size() == 1);
    CHECK(members[0].image_id == image.id());
    CHECK(members[0].member_id == alt().project_id());
    CHECK(members[0].status == "accepted");

    support::TemporaryDirectory const directory;
    std::string const copy = (directory / "copy").string();
    openstack_prints("image save --file " + shell_word(copy) + ' ' + image.id());
    CHECK((support::read_file(copy) == data));
}

TEST_CASE("This library reads what the openstack command has made", "[interoperation]") {
    std::string const name = unique(odd);
    std::string const data = odd_data();
    support::TemporaryDirectory const directory;
    std::string const file = (directory / "image").string();
    support::write_file(file, data);
    openstack_prints(
        "image create -f json --disk-format raw --container-format bare --min-disk 3 --min-ram 512 --shared"
        " --property os_distro=debian --property " +
        shell_word("a/b~c=" + odd) + " --tag plain --tag " + shell_word(odd) + " --file " + shell_word(file) + ' ' +
        shell_word(name));
    auto const image = TemporaryImage::adopt(glance().find_image(name, openstack::must_exist));
    Image const& made = image.record();
    CHECK(made.name == name);
    CHECK(made.disk_format == DiskFormat::raw);
    CHECK(made.container_format == ContainerFormat::bare);
    CHECK(made.visibility == Visibility::shared);
    CHECK(made.min_disk == 3);
    CHECK(made.min_ram == 512);
    CHECK(made.is_protected == false);
    CHECK(made.is_hidden == false);
    CHECK(made.owner_id == demo().project_id());
    CHECK_THAT(*made.tags, Catch::UnorderedEquals(std::vector<std::string>{"plain", odd}));
    CHECK(made.status == ImageStatus::active);
    CHECK(made.size == data.size());
    CHECK(made.properties.at("os_distro") == "debian");
    CHECK(made.properties.at("a/b~c") == odd);
    for (auto const& [key, value] : made.properties) {  // the command adds some of its own
        INFO(key << " = " << value);
        CHECK((key == "os_distro" || key == "a/b~c" || key.starts_with("owner_specified.openstack.")));
    }
    CHECK((glance().download_image(made) == data));

    std::string const renamed = unique("renamed " + odd);
    openstack_prints("image set --name " + shell_word(renamed) +
                     " --protected --hidden --min-ram 1024 --os-distro fedora --property caf\xc3\xa9=" +
                     shell_word(odd) + " --tag more " + image.id());
    Image const changed = image.now();
    CHECK(changed.name == renamed);
    CHECK(changed.is_protected == true);
    CHECK(changed.is_hidden == true);
    CHECK(changed.min_ram == 1024);
    CHECK(changed.min_disk == 3);
    CHECK_THAT(*changed.tags, Catch::UnorderedEquals(std::vector<std::string>{"plain", odd, "more"}));
    CHECK(changed.properties.at("os_distro") == "fedora");
    CHECK(changed.properties.at("caf\xc3\xa9") == odd);
    CHECK(changed.properties.at("a/b~c") == odd);
    CHECK(changed.properties.size() == made.properties.size() + 1);
    CHECK(changed.hash_value == made.hash_value);
    CHECK(glance().find_image(renamed, openstack::must_exist) == changed);

    openstack_prints("image add project " + image.id() + ' ' + alt().project_id());
    CHECK(ids(glance().members(changed)) == std::vector{alt().project_id()});
    Member const member = glance().get_member(alt().project_id(), changed);
    CHECK(member.status == MemberStatus::pending);
    CHECK(member.image_id == image.id());
    CHECK((alt().glance().download_image(image.id()) == data));
}
