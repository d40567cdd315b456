// SPDX-License-Identifier: Apache-2.0
// Which files describe a cloud, which cloud is meant, and what lies over what: without YAML.
#include <openstack/clouds_files.hpp>

#include <catch2/catch.hpp>
#include <filesystem>
#include <openstack/config.hpp>
#include <string>
#include <vector>

#include "../support/cloud_files.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using support::CloudFiles, support::thrown, support::told;
using Variables = support::Environment::Variables;

namespace {

/// A cloud that needs no Keystone; its region tells which one was taken.
std::string cloud(std::string const& region, std::string const& more = {}) {
    return R"({"auth_type": "none", "auth": {"endpoint": "http://x"}, "region_name": ")" + region + '"' + more + '}';
}
std::string clouds(std::string const& region) { return R"({"clouds": {"c": )" + cloud(region) + "}}"; }
std::string file(std::string const& text) { return R"({"clouds": )" + text + '}'; }

std::string region() { return config_from_environment().session.region; }
std::string error() {
    std::string const said = thrown<ConfigError>([] { static_cast<void>(config_from_environment()); });
    CHECK(said.find("canary") == said.npos);
    return said;
}

/// The current directory is another one while it lives.
class CurrentDirectory {
  public:
    explicit CurrentDirectory(std::filesystem::path const& path) { std::filesystem::current_path(path); }
    CurrentDirectory(CurrentDirectory const&) = delete;
    CurrentDirectory& operator=(CurrentDirectory const&) = delete;
    ~CurrentDirectory() { std::filesystem::current_path(before_); }

  private:
    std::filesystem::path before_ = std::filesystem::current_path();
};

}  // namespace

TEST_CASE("The first file that is there counts, and no other", "[clouds]") {
    CloudFiles files;
    support::TemporaryDirectory const here;
    CurrentDirectory const current(here.path());
    files.write(files.site() + "clouds.json", clouds("site"));
    CHECK(region() == "site");
    files.write("clouds.json", clouds("user"));
    CHECK(region() == "user");
    files.write((here / "clouds.json").string(), clouds("here"));
    CHECK(region() == "here");
    std::filesystem::remove(here / "clouds.json");
    CHECK(region() == "user");
}

TEST_CASE("The variables of the directories are heeded", "[clouds]") {
    CloudFiles outer;
    {
        CloudFiles files(Variables{{"XDG_CONFIG_HOME", outer.home() + "/xdg"}});
        files.write("clouds.json", clouds("user"));
        CHECK(region() == "user");
        files.write(outer.home() + "/xdg/openstack/clouds.json", clouds("xdg"));
        CHECK(region() == "xdg");
    }
    {
        CloudFiles files(Variables{{"SNAP_REAL_HOME", outer.home()}});
        outer.write("clouds.json", clouds("real home"));
        CHECK(region() == "real home");
    }
    CloudFiles files(Variables{{"XDG_CONFIG_DIRS", outer.home() + "/none:" + outer.home() + "/two"}});
    files.write(outer.home() + "/two/openstack/clouds.json", clouds("second"));
    CHECK(region() == "second");
}

TEST_CASE("A directory that is none has no files", "[clouds]") {
    CloudFiles files(Variables{{"XDG_CONFIG_HOME", "/dev/null"}, {"XDG_CONFIG_DIRS", ":/dev/null:"}});
    files.write("clouds.json", clouds("user"));
    CHECK(region() == "user");
}

TEST_CASE("A file that a variable names comes first", "[clouds]") {
    support::TemporaryDirectory const other;
    CloudFiles files(Variables{{"OS_CLIENT_CONFIG_FILE", (other / "my.json").string()},
                               {"OS_CLIENT_SECURE_FILE", (other / "my-secure.json").string()}});
    files.write("clouds.json", clouds("user"));
    CHECK(region() == "user");
    files.write((other / "my.json").string(), clouds("named"));
    CHECK(region() == "named");
    files.write((other / "my-secure.json").string(), R"({"clouds": {"c": {"region_name": "secure"}}})");
    CHECK(region() == "secure");
}

TEST_CASE("The secure file lies over the other one", "[clouds]") {
    CloudFiles files(Variables{{"OS_CLOUD", "c"}});
    files.write("clouds.json",
                file(R"({"c": {"auth": {"auth_url": "http://k", "user_id": "u", "password": "wrong"}}})"));
    files.write("secure.json", file(R"({"c": {"auth": {"password": "canary"}}})"));
    CHECK(told(config_from_environment()).find(R"("user":{"id":"u","password":"canary"})") != std::string::npos);
    files.write("secure.json", file(R"({"c": null, "d": {"auth_type": "v9"}})"));
    CHECK(told(config_from_environment()).find(R"("password":"wrong")") != std::string::npos);
    files.write("secure.json", file(R"({"c": {"auth": {"password": {"canary": 1}}}})"));
    CHECK(error() == files.user() + "secure.json: clouds.c.auth.password isn't a text");
}

TEST_CASE("A secure file may be the only one", "[clouds]") {
    CloudFiles files;
    files.write("secure.json", clouds("secure"));
    CHECK(region() == "secure");
    files.write("secure.json", file(R"({"c": {"auth": {"auth_url": "http://k"}}})"));
    CHECK(error() ==
          files.user() + "secure.json: clouds.c.auth: password isn't set: the password authentication needs it");
}

TEST_CASE("OS_CLOUD chooses, and the only cloud needs no choice", "[clouds]") {
    std::string const two = file("{\"a\": " + cloud("A") + ", \"b\": " + cloud("B") + "}");
    {
        CloudFiles files;
        files.write("clouds.json", two);
        CHECK(error() == "OS_CLOUD isn't set: it chooses one of the clouds of " + files.user() + "clouds.json, a, b");
        files.write("clouds.json", clouds("only"));
        CHECK(region() == "only");
    }
    {
        CloudFiles files(Variables{{"OS_CLOUD", "b"}});
        CHECK(error() ==
              "there is no cloud 'b': no file clouds.yaml, clouds.yml or clouds.json was found, nor one that "
              "OS_CLIENT_CONFIG_FILE names");
        files.write("clouds.json", two);
        CHECK(region() == "B");
        files.write("clouds.json", clouds("only"));
        CHECK(error() == "there is no cloud 'b': " + files.user() + "clouds.json has c");
        files.write("clouds.json", "{}");
        CHECK(error() == "there is no cloud 'b': " + files.user() + "clouds.json has none");
    }
}

TEST_CASE("Without files and variables, what is missing is a variable", "[clouds]") {
    CloudFiles files;
    CHECK(error() == "OS_AUTH_URL isn't set: it is where Keystone answers; OS_CLOUD takes a cloud of a file");
    files.write("clouds.json", R"({"clouds": {}})");
    CHECK(error() == "OS_AUTH_URL isn't set: it is where Keystone answers; OS_CLOUD takes a cloud of a file");
}

TEST_CASE("Variables describe a cloud of their own, which OS_CLOUD passes over", "[clouds]") {
    Variables const variables{{"OS_AUTH_TYPE", "none"}, {"OS_ENDPOINT", "http://env"}, {"OS_REGION_NAME", "file"}};
    {
        CloudFiles files(variables);
        files.write("clouds.json", "even this is not read");
        CHECK(config_from_environment().session.endpoint == "http://env");
        CHECK(region() == "file");
    }
    auto with = variables;
    with["OS_CLOUD"] = "c";
    {
        CloudFiles files(with);
        files.write("clouds.json", clouds("file"));
        CHECK(config_from_environment().session.endpoint == "http://x");
    }
    for (auto const& [name, renamed] :
         std::vector<std::pair<std::string, std::string>>{{"envvars", ""}, {"me", "me"}}) {
        with["OS_CLOUD"] = name;
        with["OS_CLOUD_NAME"] = renamed;
        CloudFiles files(with);
        files.write("clouds.json", clouds("file"));
        CHECK(config_from_environment().session.endpoint == "http://env");
    }
}

TEST_CASE("Variables that only choose describe no cloud", "[clouds]") {
    CloudFiles files(Variables{{"OS_REGION_NAME", "file"},
                               {"OS_CLOUD_NAME", "me"},
                               {"OS_TEST_PATH", "x"},
                               {"OS_STDOUT_CAPTURE", "1"},
                               {"OS_LOG_CAPTURE", "1"},
                               {"OS_PASSWORD", ""},
                               {"OS_CLIENT_CONFIG_FILE", "/none.json"},
                               {"OS_CLIENT_SECURE_FILE", "/none.json"},
                               {"OS_CLIENT_VENDOR_FILE", "/none.json"}});
    files.write("clouds.json", clouds("file"));
    CHECK(region() == "file");
    CloudFiles other(Variables{{"OS_USERNAME", "u"}});
    other.write("clouds.json", clouds("file"));
    CHECK(error() == "OS_AUTH_URL isn't set: it is where Keystone answers; OS_CLOUD takes a cloud of a file");
}

TEST_CASE("A region is chosen among those that are known", "[clouds]") {
    std::string const regions =
        file(R"({"c": {"auth_type": "none", "auth": {"endpoint": "http://x"}, "interface": "admin",
        "regions": ["One", {"name": "Two", "values": {"interface": "internal", "auth": {"endpoint": "http://two"}}}]}})");
    {
        CloudFiles files;
        files.write("clouds.json", regions);
        CloudConfig const first = config_from_environment();
        CHECK(first.session.region == "One");
        CHECK(first.session.interfaces == std::vector<std::string>{"admin"});
    }
    {
        CloudFiles files(Variables{{"OS_REGION_NAME", "Two"}});
        files.write("clouds.json", regions);
        CloudConfig const second = config_from_environment();
        CHECK(second.session.region == "Two");
        CHECK(second.session.interfaces == std::vector<std::string>{"internal"});
        CHECK(second.session.endpoint == "http://two");
        for (std::string const list : {R"("One, Two")", R"(["One", "Two"])"}) {
            files.write(
                "clouds.json",
                file(R"({"c": {"auth_type": "none", "auth": {"endpoint": "http://x"}, "region_name": )" + list + "}}"));
            CHECK(region() == "Two");
        }
        files.write("clouds.json", file(R"({"c": {"auth_type": "none", "auth": {"endpoint": "http://x"}}})"));
        CHECK(region() == "Two");
    }
    CloudFiles files(Variables{{"OS_REGION_NAME", "two"}});
    files.write("clouds.json", regions);
    CHECK(error() == files.user() + "clouds.json: clouds.c has no region 'two'; it has One, Two");
    auto const wrong = [&](std::string const& list) {
        files.write("clouds.json", file(R"({"c": {"regions": )" + list + "}}"));
        return error().substr(files.user().size());
    };
    CHECK(wrong(R"([{"values": {}}])") == "clouds.json: clouds.c.regions[0] is a region without a name");
    CHECK(wrong(R"([{"name": "x", "value": {}}])") ==
          "clouds.json: clouds.c.regions[0].value is neither the region's name nor the map of its values");
    CHECK(wrong(R"([{"name": "x", "values": 1}])") ==
          "clouds.json: clouds.c.regions[0].values is neither the region's name nor the map of its values");
    CHECK(wrong(R"([["x"]])") == "clouds.json: clouds.c.regions[0] isn't a text");
    CHECK(wrong("{}") == "clouds.json: clouds.c.regions isn't a list of texts");
}

TEST_CASE("A profile lies below the cloud that names it", "[clouds]") {
    CloudFiles files(Variables{{"OS_CLOUD", "c"}});
    files.write(files.site() + "clouds-public.json", R"({"public-clouds": {"v": {"auth-type": "none",
        "auth": {"endpoint": "http://v"}, "interface": "admin", "image_interface": "internal", "status": "active",
        "regions": ["One", {"name": "Two", "values": {"interface": "internal"}}]}}})");
    for (std::string const key : {"profile", "cloud"}) {
        files.write("clouds.json", file(R"({"c": {")" + key + R"(": "v", "interface": "public"}})"));
        CloudConfig const config = config_from_environment();
        CHECK(config.session.endpoint == "http://v");
        CHECK(config.session.interfaces == std::vector<std::string>{"public"});
        CHECK(config.session.services.at("image").interfaces == std::vector<std::string>{"internal"});
        CHECK(config.session.region == "One");
    }
    files.write("clouds.json",
                file(R"({"c": {"profile": "v", "region_name": "Other", "auth": {"endpoint": "http://c"}}})"));
    CHECK(region() == "Other");
    CHECK(config_from_environment().session.endpoint == "http://c");
    files.write("clouds.json", file(R"({"c": {"profile": "envvars"}})"));  // the variables' name is no profile's
    CHECK(error() == files.user() +
                         "clouds.json: clouds.c.auth: auth_url isn't set: it is where Keystone answers; OS_CLOUD takes "
                         "a cloud of a file");
    files.write("clouds.json", file(R"({"c": {"profile": "ovh"}})"));
    CHECK(error() == files.user() +
                         "clouds.json: clouds.c.profile names 'ovh', a profile that isn't among the "
                         "public-clouds of a clouds-public file; those that come with openstacksdk aren't "
                         "carried here");
}

TEST_CASE("A file of profiles is named by a variable, a profile by another one", "[clouds]") {
    support::TemporaryDirectory const other;
    CloudFiles files(Variables{{"OS_CLIENT_VENDOR_FILE", (other / "v.json").string()}, {"OS_PROFILE", "canary"}});
    CHECK(error().starts_with("OS_PROFILE names a profile that isn't among the public-clouds"));
    files.write((other / "v.json").string(),
                R"({"public-clouds": {"canary": {"auth_type": "none", "auth": {"endpoint": "http://v"}}}})");
    CHECK(config_from_environment().session.endpoint == "http://v");
}

TEST_CASE("IPv6 can be switched off for all clouds", "[clouds]") {
    auto const is_forced = [](Variables const& variables, std::string const& client, std::string const& cloud_has) {
        CloudFiles files(variables);
        files.write("clouds.json", R"({"client": )" + client + R"(, "clouds": {"c": )" + cloud("x", cloud_has) + "}}");
        return config_from_environment().transport.force_ipv4;
    };
    Variables const chosen{{"OS_CLOUD", "c"}};
    CHECK_FALSE(is_forced(chosen, "{}", ""));
    CHECK(is_forced(chosen, R"({"force_ipv4": true})", ""));
    CHECK(is_forced(chosen, R"({"broken-ipv6": true})", ""));
    CHECK(is_forced(chosen, R"({"prefer-ipv6": false})", ""));
    CHECK_FALSE(is_forced(chosen, R"({"force_ipv4": true})", R"(, "force_ipv4": false)"));
    CHECK(is_forced(chosen, "{}", R"(, "force_ipv4": true)"));
    CHECK(is_forced(chosen, "{}", R"(, "prefer_ipv6": false)"));
    CHECK(is_forced({{"OS_CLOUD", "c"}, {"OS_FORCE_IPV4", "true"}}, R"({"force_ipv4": false})", ""));
    CHECK(is_forced({{"OS_CLOUD", "c"}, {"OS_PREFER_IPV6", "false"}}, "{}", ""));
    CHECK_FALSE(is_forced({{"OS_CLOUD", "c"}, {"OS_FORCE_IPV4", "true"}}, "{}", R"(, "force_ipv4": false)"));
}

TEST_CASE("Where YAML is needed, the header that reads it is named", "[clouds]") {
    auto const sentence = [](std::string const& path) {
        return path +
               " is YAML: to read it, include <openstack/clouds_yaml.hpp>, link with -lyaml-cpp and use "
               "openstack::connect(openstack::clouds_yaml(name))";
    };
    CloudFiles files(Variables{{"OS_CLOUD", "c"}});
    files.write("clouds.yaml", "clouds: {c: {auth: {password: canary}}}");
    CHECK(error() == sentence(files.user() + "clouds.yaml"));
    files.write(files.site() + "clouds.yaml", "{}");
    CHECK(error() == sentence(files.user() + "clouds.yaml"));
    files.write(files.site() + "clouds.json", clouds("json"));
    CHECK(region() == "json");
    files.write(files.site() + "clouds.json", R"({"clouds": {"d": {}}})");
    CHECK(error() == sentence(files.user() + "clouds.yaml"));
    files.write(files.site() + "clouds.json", clouds("json"));
    files.write("secure.yml", "{}");
    CHECK(error() == sentence(files.user() + "secure.yml"));
    CloudFiles unnamed;
    unnamed.write("clouds.yml", "{}").write("clouds.json", clouds("json"));
    CHECK(error() == sentence(unnamed.user() + "clouds.yml"));
    CloudFiles profile;
    profile.write("clouds.json", file(R"({"c": {"profile": "v"}})")).write("clouds-public.yaml", "{}");
    CHECK(error() == sentence(profile.user() + "clouds-public.yaml"));
}

TEST_CASE("A file that can't be right is named", "[clouds]") {
    CloudFiles files(Variables{{"OS_CLOUD", "c"}});
    std::string const path = files.user() + "clouds.json";
    auto const said = [&](std::string const& text) {
        files.write("clouds.json", text);
        return error();
    };
    CHECK(said("{\"canary\"}") == path + ": line 1: Missing a colon after a name of object member.");
    CHECK(said("[]") == path + ": isn't a map of settings");
    CHECK(said("\"canary\"") == path + ": isn't a map of settings");
    CHECK(said(R"({"clouds": ["canary"]})") == path + ": clouds isn't a map of settings");
    CHECK(said(R"({"clouds": {"c": "canary"}})") == path + ": clouds.c isn't a map of settings");
    CHECK(said(R"({"clouds": {"c": {}, "c": {}}})") == path + ": clouds.c is there twice");
    CHECK(said(R"({"clouds": {}, "Clouds": {}})") == path + ": Clouds is there twice");
    CHECK(said(R"({"clouds": {"c": {"auth": "canary"}}})") == path + ": clouds.c.auth isn't a map of settings");
    CHECK(said("null") == "there is no cloud 'c': " + path + " has none");
    CHECK(said(clouds("x") + std::string((1 << 20) - clouds("x").size(), ' ')) == "nothing thrown");
    CHECK(said(clouds("x") + std::string((1 << 20) + 1 - clouds("x").size(), ' ')) == path + " is longer than 1 MiB");
    std::filesystem::remove(path);
    std::filesystem::create_directory(path);
    CHECK(error() == path + ": Is a directory");
}

TEST_CASE("What else a file holds is other programs'", "[clouds]") {
    CloudFiles files;
    files.write("clouds.json", R"({"ansible": {"a": 1, "a": 2}, "cache": {"auth": true}, "client": null,
                                   "clouds": {"c": )" +
                                   cloud("x") + R"(, "broken": {"unknown": "not asked for"}}})");
    CHECK(error() == "OS_CLOUD isn't set: it chooses one of the clouds of " + files.user() + "clouds.json, c, broken");
    CloudFiles chosen(Variables{{"OS_CLOUD", "c"}});
    std::filesystem::create_directories(chosen.user());
    std::filesystem::copy_file(files.user() + "clouds.json", chosen.user() + "clouds.json");
    CHECK(region() == "x");
}
