// SPDX-License-Identifier: Apache-2.0
// Properties: a map from text to text.
#include <catch2/catch.hpp>
#include <openstack/properties.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using openstack::Properties;

TEST_CASE("Properties are found by name and listed in the order of their names", "[properties]") {
    Properties const properties{{"os_distro", "debian"}, {"a", ""}, {"hw_disk_bus", "virtio"}};
    CHECK(properties.size() == 3);
    CHECK_FALSE(properties.empty());
    CHECK(properties.at("os_distro") == "debian");
    CHECK(properties.contains("a"));
    CHECK_FALSE(properties.contains("b"));
    CHECK(properties.find("hw_disk_bus")->second == "virtio");
    CHECK(properties.find("hw") == properties.end());
    CHECK_THROWS_AS(properties.at("hw"), std::out_of_range);

    std::vector<std::pair<std::string, std::string>> listed;
    for (auto const& [key, value] : properties) listed.emplace_back(key, value);
    CHECK(listed == std::vector<std::pair<std::string, std::string>>{
                        {"a", ""}, {"hw_disk_bus", "virtio"}, {"os_distro", "debian"}});
}

TEST_CASE("Of two values for one name in braces the first counts", "[properties]") {
    Properties const properties{{"a", "1"}, {"a", "2"}};
    CHECK(properties.size() == 1);
    CHECK(properties.at("a") == "1");
}

TEST_CASE("Properties can be added, changed and removed", "[properties]") {
    Properties properties;
    CHECK(properties.empty());
    properties["b"] = "1";
    properties["a"] = "2";
    properties["b"] += "0";
    CHECK(properties == Properties{{"a", "2"}, {"b", "10"}});
    CHECK(properties["c"].empty());
    CHECK(properties.erase("b"));
    CHECK_FALSE(properties.erase("b"));
    CHECK(properties == Properties{{"a", "2"}, {"c", ""}});
    CHECK(properties != Properties{{"a", "2"}, {"c", "3"}});
    properties.clear();
    CHECK(properties == Properties{});
    CHECK(properties.raw().empty());
}

TEST_CASE("A text replaces what isn't one", "[properties]") {
    Properties properties;
    openstack::PropertiesAccess::raw(properties).emplace("n", "5");
    properties["m"] = "6";
    CHECK(properties.raw().contains("n"));
    properties["n"] = "7";
    CHECK(properties == Properties{{"m", "6"}, {"n", "7"}});
}

TEST_CASE("A property can be copied to a new name in one expression", "[properties]") {
    Properties properties{{"z", "a text that is too long to stand in the string itself"}};
    std::string& z = properties["z"];
    for (char name = 'a'; name < 'z'; ++name) properties[std::string{name}] = properties["z"];
    CHECK(properties.at("a") == properties.at("z"));
    CHECK(properties.at("y") == z);
}
