// SPDX-License-Identifier: Apache-2.0
// Properties by keys: texts that stand for values of the keys' types.
#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <openstack/property_key.hpp>

#include "../support/thrown.hpp"

using namespace openstack;
using support::thrown;

namespace {

enum class Colour { red, dark_blue };
BOOST_DESCRIBE_ENUM(Colour, red, dark_blue)

inline constexpr char const* buses[]{"scsi", "virtio"};

inline constexpr PropertyKey<int> cores{"hw_cpu_cores"};
inline constexpr PropertyKey<std::int8_t> level{"level"};
inline constexpr PropertyKey<std::uint64_t> bytes{"bytes"};
inline constexpr PropertyKey<double> factor{"a/b~factor"};
inline constexpr PropertyKey<bool> menu{"hw_boot_menu"};
inline constexpr PropertyKey<std::string> distro{"os_distro"};
inline constexpr PropertyKey<OneOf<buses>> bus{"hw_disk_bus"};
inline constexpr PropertyKey<Open<Colour>> colour{"colour"};
inline constexpr PropertyKey<Timestamp> made_at{"made_at"};

/// The message of the DecodeError that reading throws.
template<class T>
std::string unreadable(PropertyKey<T> const& key, std::string const& text) {
    Properties const properties{{key.name, text}};
    return thrown<DecodeError>([&] { static_cast<void>(properties.get(key)); });
}

}  // namespace

TEST_CASE("A value of a key's type is assigned as its text", "[property_key]") {
    Properties properties;
    properties[cores] = 4;
    properties[bytes] = (std::numeric_limits<std::uint64_t>::max)();
    properties[factor] = 1.5;
    properties[menu] = true;
    properties[distro] = "debian";
    properties[bus] = "virtio";
    properties[colour] = Colour::dark_blue;
    properties[made_at] = *Timestamp::parse("2026-11-21T10:11:12Z");
    CHECK(properties == Properties{{"hw_cpu_cores", "4"},
                                   {"bytes", "18446744073709551615"},
                                   {"a/b~factor", "1.5"},
                                   {"hw_boot_menu", "true"},
                                   {"os_distro", "debian"},
                                   {"hw_disk_bus", "virtio"},
                                   {"colour", "dark_blue"},
                                   {"made_at", "2026-11-21T10:11:12Z"}});
    properties[menu] = false;
    properties[cores] = std::int64_t{-5};
    properties[factor] = 2;
    properties[distro] = std::string_view{"x y"};
    CHECK(properties.at("hw_boot_menu") == "false");
    CHECK(properties.at("hw_cpu_cores") == "-5");
    CHECK(properties.at("a/b~factor") == "2");
    CHECK(properties.at("os_distro") == "x y");
}

TEST_CASE("A property is read as a value of its key's type", "[property_key]") {
    Properties const properties{{"hw_cpu_cores", "4"},  {"hw_boot_menu", "True"}, {"os_distro", " debian "},
                                {"hw_disk_bus", "new"}, {"colour", "mauve"},      {"a/b~factor", "0.25"}};
    std::optional<int> const read = properties.get(cores);
    CHECK(read == 4);
    CHECK(properties.get(menu) == true);
    CHECK(properties.get(distro) == " debian ");
    CHECK(properties.get(bus) == "new");
    CHECK(properties.get(colour) == Open<Colour>::from_text("mauve"));
    CHECK(properties.get(factor) == 0.25);
    CHECK(properties.get(level) == std::nullopt);
    CHECK(properties.contains(cores));
    CHECK_FALSE(properties.contains(level));
    CHECK(properties[cores].get() == 4);
    CHECK(properties[cores].value() == 4);
    CHECK(*properties[cores] == 4);
    CHECK(properties[cores].has_value());
    CHECK(properties[cores]);
    CHECK(properties[cores].value_or(2) == 4);
    CHECK_FALSE(properties[level].has_value());
    CHECK_FALSE(properties[level]);
    CHECK(properties[level].get() == std::nullopt);
    CHECK(properties[level].value_or(2) == 2);
    CHECK_THROWS_AS(properties[level].value(), std::bad_optional_access);
    CHECK_THROWS_AS(*properties[level], std::bad_optional_access);
    std::string const fallback = Properties{}[bus].value_or("scsi");
    CHECK(fallback == "scsi");
}

TEST_CASE("Every form in which Nova reads a bool is read", "[property_key]") {
    for (std::string const text : {"true", "t", "yes", "y", "on", "1", "TRUE", "Yes", "oN", " true\n"}) {
        INFO(text);
        CHECK(Properties{{"hw_boot_menu", text}}.get(menu) == true);
    }
    for (std::string const text : {"false", "f", "no", "n", "off", "0", "FALSE", "No", "oFf", "\t0 "}) {
        INFO(text);
        CHECK(Properties{{"hw_boot_menu", text}}.get(menu) == false);
    }
    for (std::string const text : {"", " ", "tru", "truee", "2", "none", "o n"}) {
        INFO(text);
        CHECK_THROWS_AS((Properties{{"hw_boot_menu", text}}.get(menu)), DecodeError);
    }
}

TEST_CASE("White space around a number is no part of it", "[property_key]") {
    CHECK(Properties{{"hw_cpu_cores", " 4\r\n"}}.get(cores) == 4);
    CHECK(Properties{{"a/b~factor", "\v1e3\f"}}.get(factor) == 1000);
}

TEST_CASE("A text that isn't of the key's type is told with its name", "[property_key]") {
    CHECK(unreadable(cores, "four") == "the properties: /hw_cpu_cores: expected integer (32 bits), found 'four'");
    CHECK(unreadable(cores, "") == "the properties: /hw_cpu_cores: expected integer (32 bits), found ''");
    CHECK(unreadable(cores, "4.0") == "the properties: /hw_cpu_cores: expected integer (32 bits), found '4.0'");
    CHECK(unreadable(cores, "4 5") == "the properties: /hw_cpu_cores: expected integer (32 bits), found '4 5'");
    CHECK(unreadable(cores, "2147483648") ==
          "the properties: /hw_cpu_cores: expected integer (32 bits), found '2147483648'");
    CHECK(unreadable(bytes, "-1") == "the properties: /bytes: expected unsigned integer (64 bits), found '-1'");
    CHECK(unreadable(factor, "much") == "the properties: /a~1b~0factor: expected number, found 'much'");
    CHECK(unreadable(menu, "maybe") == "the properties: /hw_boot_menu: expected boolean, found 'maybe'");
    CHECK(unreadable(made_at, "now") ==
          "the properties: /made_at: expected timestamp such as 2026-11-21T10:11:12Z, found 'now'");
    Properties const properties{{"hw_cpu_cores", "four"}};
    CHECK(properties[cores].has_value());
    CHECK_THROWS_AS(properties[cores].value(), DecodeError);
    CHECK_THROWS_AS(properties[cores].value_or(1), DecodeError);
}

TEST_CASE("A number that the key's type can't hold is refused, and changes nothing", "[property_key]") {
    Properties properties{{"level", "1"}};
    std::string const sentence = "a number doesn't fit the type of its property's key";
    CHECK(thrown<InvalidRequest>([&] { properties[level] = 128; }) == sentence);
    CHECK(thrown<InvalidRequest>([&] { properties[level] = -129; }) == sentence);
    CHECK(thrown<InvalidRequest>([&] { properties[bytes] = -1; }) == sentence);
    CHECK(thrown<InvalidRequest>([&] { static_cast<void>(level(1'000)); }) == sentence);
    CHECK(thrown<InvalidRequest>([&] { static_cast<void>(properties[level] == 128); }) == sentence);
    CHECK(properties == Properties{{"level", "1"}});
    properties[level] = 127;
    CHECK(properties == Properties{{"level", "127"}});
}

TEST_CASE("A property is compared with a value, whatever the form of its text", "[property_key]") {
    Properties properties{{"hw_cpu_cores", "04"}, {"hw_boot_menu", "yes"}, {"hw_disk_bus", "scsi"}, {"level", "x"}};
    Properties const& constant = properties;
    CHECK(properties[cores] == 4);
    CHECK(constant[cores] == 4);
    CHECK(4 == constant[cores]);
    CHECK(constant[cores] != 5);
    CHECK(constant[menu] == true);
    CHECK(constant[menu] != false);
    CHECK((constant[bus] == "scsi"));
    CHECK((constant[bus] != "virtio"));
    CHECK(constant[bus] == unlisted("scsi"));
    CHECK(*constant[bus] == "scsi");
    CHECK(constant[level] != 1);
    CHECK(constant[bytes] != 0u);
    CHECK(properties[distro] != "");
    CHECK_FALSE(properties.contains("os_distro"));
}

TEST_CASE("Properties of two images are compared by value", "[property_key]") {
    Properties const a{{"hw_cpu_cores", "4"}, {"level", "x"}};
    Properties b{{"hw_cpu_cores", "04"}, {"level", "y"}};
    CHECK(a[cores] == b[cores]);
    CHECK(a[level] != b[level]);
    CHECK(a[level] == a[level]);
    CHECK(a[menu] == b[menu]);
    b[menu] = true;
    CHECK(a[menu] != b[menu]);
    b[cores] = 5;
    CHECK(a[cores] != b[cores]);
    b["level"] = "1";
    CHECK(a[level] != b[level]);
    CHECK(b[level] != a[level]);
}

TEST_CASE("A property is removed by its key", "[property_key]") {
    Properties properties{{"hw_cpu_cores", "4"}, {"hw_boot_menu", "x"}, {"a", "b"}};
    properties[cores].reset();
    properties[cores].reset();
    CHECK(properties == Properties{{"hw_boot_menu", "x"}, {"a", "b"}});
    CHECK(properties.erase(menu));
    CHECK_FALSE(properties.erase(menu));
    CHECK(properties == Properties{{"a", "b"}});
}

TEST_CASE("A property is copied as it stands, or removed with its source", "[property_key]") {
    Properties const source{{"hw_cpu_cores", "four"}};
    Properties target{{"hw_cpu_cores", "2"}, {"hw_boot_menu", "true"}};
    target[cores] = source[cores];
    target[menu] = source[menu];
    CHECK(target == Properties{{"hw_cpu_cores", "four"}});

    Properties other{{"hw_cpu_cores", "8"}, {"level", "1"}};
    target[cores] = other[cores];
    target[level] = other[level];
    target[level] = target[level];
    other[menu] = true;
    target[menu] = other[menu];
    CHECK(target == other);
    target[distro] = target[distro];
    CHECK(target == other);
}

TEST_CASE("Only an assignment makes a property, and it takes the place of what isn't a string", "[property_key]") {
    Properties properties;
    openstack::PropertiesAccess::raw(properties).emplace("hw_cpu_cores", "null");
    auto const kept = properties[cores];
    CHECK_FALSE(kept.has_value());
    CHECK(properties.get(cores) == std::nullopt);
    CHECK(properties.empty());
    CHECK(properties.raw().contains("hw_cpu_cores"));
    properties[cores] = 4;
    for (char name = 'a'; name < 'z'; ++name) properties[std::string{name}] = "x";
    CHECK(kept == 4);
    CHECK(properties.raw().empty());
}

TEST_CASE("A text that the list doesn't have is given explicitly", "[property_key]") {
    Properties properties;
    std::string const text = "nvme";
    properties[bus] = unlisted(text);
    CHECK(properties == Properties{{"hw_disk_bus", "nvme"}});
    CHECK(Properties{bus(unlisted(text + "2"))} == Properties{{"hw_disk_bus", "nvme2"}});
}

TEST_CASE("Braces take keys and plain texts", "[property_key]") {
    Properties const properties{cores(4), bus("virtio"), menu(false), {"a", "b"}};
    CHECK(properties ==
          Properties{{"hw_cpu_cores", "4"}, {"hw_disk_bus", "virtio"}, {"hw_boot_menu", "false"}, {"a", "b"}});
    static_assert(std::is_same_v<decltype(cores(4)), Properties::value_type>);
}

TEST_CASE("A key may be made when the program runs", "[property_key]") {
    Properties properties;
    for (int node = 0; node < 2; ++node)
        properties[PropertyKey<int>{("hw_numa_mem." + std::to_string(node)).c_str()}] = 512;
    CHECK(properties == Properties{{"hw_numa_mem.0", "512"}, {"hw_numa_mem.1", "512"}});
}
