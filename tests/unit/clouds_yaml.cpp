// SPDX-License-Identifier: Apache-2.0
// clouds.yaml: what YAML is read as, how it is refused, and the cloud that is asked for by its name.
#include <openstack/clouds_yaml.hpp>

#include <catch2/catch.hpp>
#include <openstack/connection.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "../support/cloud_files.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using detail::Setting, support::CloudFiles, support::thrown, support::told;
using Variables = support::Environment::Variables;

namespace {

Setting yaml(std::string text) { return detail::YamlFiles::parse<Setting>(std::move(text), "f"); }

/// The tree as a text: texts in quotes, null as ~.
std::string shown(Setting const& setting) {
    if (setting.is_null()) return "~";
    if (setting.is_scalar()) return '\'' + setting.text + '\'';
    std::string text;
    for (Setting const& each : setting.items)
        text += (text.empty() ? "" : ", ") + (setting.is_map() ? each.key + ": " : std::string{}) + shown(each);
    return setting.is_map() ? '{' + text + '}' : '[' + text + ']';
}

std::string error(std::string text) {
    std::string const said = thrown<ConfigError>([&] { static_cast<void>(yaml(std::move(text))); });
    CHECK(said.find("canary") == said.npos);
    return said;
}

}  // namespace

TEST_CASE("YAML becomes a tree that keeps how scalars are written", "[yaml]") {
    CHECK(shown(yaml("a: {b: [1, 2.50, x, true]}\nc: 0123\nd: \"no\"\ne: yes\nf: 1e3\n")) ==
          "{a: {b: ['1', '2.50', 'x', 'true']}, c: '0123', d: 'no', e: 'yes', f: '1e3'}");
    CHECK(shown(yaml("- ~\n- null\n- Null\n-\n- '~'\n- \"null\"\n- ''\n")) == "[~, ~, ~, ~, '~', 'null', '']");
    CHECK(shown(yaml("1: x\ntrue: y\n\"<<\": z\n")) == "{1: 'x', true: 'y', <<: 'z'}");
    CHECK(shown(yaml("a: |\n  two\n  lines\nb: >-\n  one\n  line\n")) == "{a: 'two\nlines\n', b: 'one line'}");
    CHECK(shown(yaml("")) == "~");
    CHECK(shown(yaml("# nothing\n---\n")) == "~");
    CHECK(yaml("a: {b: [1]}").find("a")->find("b")->items[0].place() == "f: a.b[0]");
}

TEST_CASE("Aliases stand for what they name, and merged maps lie below", "[yaml]") {
    CHECK(shown(yaml("a: &x {k: 1}\nb: *x\n")) == "{a: {k: '1'}, b: {k: '1'}}");
    CHECK(shown(yaml("a: &x {k: 1, l: 2}\nb: {<<: *x, l: 3}\n")) == "{a: {k: '1', l: '2'}, b: {l: '3', k: '1'}}");
    CHECK(shown(yaml("a: &x {k: 1}\nb: &y {k: 2, l: 2}\nc: {<<: [*x, *y], m: 3}\n")) ==
          "{a: {k: '1'}, b: {k: '2', l: '2'}, c: {m: '3', k: '1', l: '2'}}");
    CHECK(shown(yaml("a: &x {k: 1}\nb: &y {<<: *x, l: 2}\nc: {<<: *y}\n")) ==
          "{a: {k: '1'}, b: {l: '2', k: '1'}, c: {l: '2', k: '1'}}");
}

TEST_CASE("A mistake in YAML is found by its line, without what stands there", "[yaml]") {
    CHECK(error("a: 1\nb: [canary\n") == "f: line 3: end of sequence flow not found");
    CHECK(error("a: 1\npassword: *canary\n") == "f: line 2: the referenced anchor is not defined");
    CHECK(error("password: \"canary\\k\"\n") == "f: line 1: unknown escape character");
    CHECK(error("password: @canary\n").starts_with("f: line 1: "));
    CHECK(error("\tcanary: 1\n").starts_with("f: line 1: "));
    CHECK(error("a: canary: b\n").starts_with("f: line 1: "));
    CHECK(error("password: canary\xff\n") == "f: it isn't UTF-8 text");
    CHECK(error("? [canary]\n: 1\n") == "f: it has a key that isn't a text");
    CHECK(error("a: {<<: canary}\n") == "f: it merges (<<) what isn't a map");
    CHECK(error("a: {<<: [canary]}\n") == "f: it merges (<<) what isn't a map");
}

TEST_CASE("A part of a secret that YAML takes for a key isn't named", "[yaml]") {
    auto const refused = [](std::string const& cloud) {
        CloudFiles files;
        files.write("clouds.yaml", "clouds: {demo: " + cloud + "}\n");
        std::string const said = thrown<ConfigError>([] { static_cast<void>(clouds_yaml("demo")); });
        CHECK(said.find("canary") == said.npos);
        return said.substr(said.find(": ") + 2);
    };
    std::string const sentence =
        " has a key without a value that isn't known or is there twice; a text with a comma or a brace needs quotes";
    CHECK(refused("{auth: {password: abc,canary}}") == "clouds.demo.auth" + sentence);
    CHECK(refused("{auth: {password: abc,canary:7}}") == "clouds.demo.auth" + sentence);
    CHECK(refused("{auth: {password: abc,canary,canary}}") == "clouds.demo.auth" + sentence);
    CHECK(refused("{password: abc,canary}") == "clouds.demo" + sentence);
    CHECK(refused("{regions: [{name: One, values: {password: abc,canary}}]}") == "clouds.demo" + sentence);
    CHECK(refused("{regions: [{name: abc,canary}]}") == "clouds.demo.regions[0]" + sentence);
    CHECK(refused("{auth: {password: {canary}}}") == "clouds.demo.auth.password isn't a text");
    CHECK(refused("{auth: {usernam: me}}").starts_with("clouds.demo.auth.usernam is no setting"));
}

TEST_CASE("YAML that grows when it is read is refused", "[yaml]") {
    auto const nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    CHECK_NOTHROW(yaml(nested(64)));
    CHECK(error(nested(65)) == "f: it has more than 64 levels");
    CHECK(error(std::string(1 << 20, '[')).starts_with("f: line 1: "));
    CHECK(error(std::string(1 << 20, '{')).starts_with("f: line 1: "));
    std::string laughs = "a0: &a0 [x, x]\n";
    std::string merges = "a0: &a0 {k: 1}\n";
    for (int i = 1; i < 40; ++i) {
        std::string const name = 'a' + std::to_string(i);
        std::string const before = 'a' + std::to_string(i - 1);
        laughs += name + ": &" + name + " [*" + before + ", *" + before + "]\n";
        merges += name + ": &" + name + " {<<: [*" + before + ", *" + before + "]}\n";
    }
    CHECK(error(laughs) == "f: it has more than 20000 settings");
    CHECK(error(merges) == "f: it merges too many maps");
    CHECK(error("a: &a [*a]\n") == "f: it has more than 64 levels");
    CHECK(error("a: &a {<<: *a}\n") == "f: it merges too many maps");
    CHECK(error("a: &a {b: *a}\n") == "f: it has more than 64 levels");
}

TEST_CASE("A cloud is asked for by its name, in YAML or JSON", "[yaml]") {
    CloudFiles files;
    files.write("clouds.yaml",
                "defaults: &defaults\n"
                "  auth: &auth {auth_url: 'http://k', user_domain_name: Default, project_domain_name: Default}\n"
                "clouds:\n"
                "  one:\n"
                "    <<: *defaults\n"
                "    auth: {<<: *auth, username: n, project_name: 0123}\n"
                "    regions: [R1, {name: R2, values: {interface: internal}}]\n"
                "  two: {auth_type: none, auth: {endpoint: 'http://two'}, verify: no}\n");
    files.write("secure.json", R"({"clouds": {"one": {"auth": {"password": "canary"}}}})");
    CloudConfig const one = clouds_yaml("one");
    CHECK(told(one) ==
          R"(http://k/v3/auth/tokens {"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"n",)"
          R"("domain":{"name":"Default"},"password":"canary"}}},"scope":{"project":{"name":"0123",)"
          R"("domain":{"name":"Default"}}}}})");
    CHECK(one.session.region == "R1");
    CHECK(clouds_yaml("one", "R2").session.interfaces == std::vector<std::string>{"internal"});
    CHECK(clouds_yaml("two").session.endpoint == "http://two");
    CHECK(clouds_yaml("two").transport.insecure);
    CHECK(clouds_yaml("two", "any").session.region == "any");
    auto const refused = [](std::string name, std::string region) {
        return thrown<ConfigError>([&] { static_cast<void>(clouds_yaml(std::move(name), std::move(region))); });
    };
    CHECK(refused("three", "") == "there is no cloud 'three': " + files.user() + "clouds.yaml has one, two");
    CHECK(refused("one", "R3") == files.user() + "clouds.yaml: clouds.one has no region 'R3'; it has R1, R2");
    CHECK(refused("", "") ==
          "OS_CLOUD isn't set: it chooses one of the clouds of " + files.user() + "clouds.yaml, one, two");
    files.write("secure.json", "{}");
    CHECK(refused("one", "") == files.user() +
                                    "clouds.yaml: clouds.one.auth: password isn't set: the password authentication "
                                    "needs it");
}

TEST_CASE("Of several files YAML comes before JSON", "[yaml]") {
    CloudFiles files(Variables{{"OS_CLOUD", "c"}});
    auto const cloud = [](std::string_view region) {
        return "{\"clouds\": {\"c\": {\"auth_type\": \"none\", \"auth\": {\"endpoint\": \"http://x\"}, "
               "\"region_name\": \"" +
               std::string{region} + "\"}}}";
    };
    files.write("clouds.json", cloud("json"));
    CHECK(clouds_yaml().session.region == "json");
    files.write("clouds.yml", cloud("yml"));
    CHECK(clouds_yaml().session.region == "yml");
    files.write("clouds.yaml", cloud("yaml"));
    CHECK(clouds_yaml().session.region == "yaml");
    files.write("clouds.yaml", "");
    CHECK(thrown<ConfigError>([] { static_cast<void>(clouds_yaml()); }) ==
          "there is no cloud 'c': " + files.user() + "clouds.yaml has none");
}

TEST_CASE("Without a name the variables' cloud is meant, as without YAML", "[yaml]") {
    CloudFiles files(Variables{{"OS_AUTH_TYPE", "none"}, {"OS_ENDPOINT", "http://env"}});
    files.write("clouds.yaml", "clouds: {c: {auth_type: none, auth: {endpoint: 'http://file'}}}");
    CHECK(clouds_yaml().session.endpoint == "http://env");
    CHECK(clouds_yaml("envvars").session.endpoint == "http://env");
    CHECK(clouds_yaml("", "One").session.region == "One");
    CHECK(clouds_yaml("c").session.endpoint == "http://file");
    CloudFiles alone;
    alone.write("clouds.yaml", "clouds: {c: {auth_type: none, auth: {endpoint: 'http://file'}}}");
    CHECK(clouds_yaml().session.endpoint == "http://file");
}

TEST_CASE("A region that the variables don't have is refused", "[yaml]") {
    CloudFiles files(Variables{{"OS_AUTH_TYPE", "none"}, {"OS_ENDPOINT", "http://env"}, {"OS_REGION_NAME", "One"}});
    CHECK(thrown<ConfigError>([] { static_cast<void>(clouds_yaml("", "Two")); }) ==
          "the cloud of the OS_* variables has no region 'Two'; it has One");
}

TEST_CASE("A profile and a file that a variable names may be YAML", "[yaml]") {
    support::TemporaryDirectory const other;
    CloudFiles files(Variables{{"OS_CLIENT_CONFIG_FILE", (other / "mine").string()}});
    files.write((other / "mine").string(), "clouds: {c: {profile: v}}\n");
    files.write("clouds-public.yaml", "public-clouds: {v: {auth_type: none, auth: {endpoint: 'http://v'}}}\n");
    CHECK(clouds_yaml("c").session.endpoint == "http://v");
}
