// SPDX-License-Identifier: Apache-2.0
// Every key of a cloud's configuration: what it does, from a file or a variable, and how a wrong one is refused.
#include <openstack/cloud_settings.hpp>

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <openstack/config.hpp>
#include <openstack/session.hpp>
#include <string>
#include <utility>
#include <vector>

#include "../support/cloud_files.hpp"
#include "../support/fake_clock.hpp"
#include "../support/scripted_transport.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using support::CloudFiles, support::thrown, support::told;
using Variables = support::Environment::Variables;

namespace {

std::string const user = R"("auth": {"auth_url": "http://k", "user_id": "u", "password": "canary", "project_id": "p"})";

/// What a cloud of these JSON members makes.
CloudConfig config(std::string const& members) {
    CloudFiles files(Variables{{"OS_CLOUD", "c"}});
    files.write("clouds.json", R"({"clouds": {"c": {)" + members + "}}}");
    return config_from_environment();
}
CloudConfig with_user(std::string const& members) { return config(user + ", " + members); }

/// How it is refused, after the name of the file.
std::string error(std::string const& members) {
    std::string const said = thrown<ConfigError>([&] { static_cast<void>(config(members)); });
    CHECK(said.find("canary") == said.npos);
    std::size_t const at = said.find("clouds.c");
    return at == said.npos ? said : said.substr(at);
}
std::string user_error(std::string const& members) { return error(user + ", " + members); }

std::string body(std::string const& auth, std::string const& outside = {}) {
    std::string const sent = told(config(R"("auth": {"auth_url": "http://k", )" + auth + "}" + outside));
    std::string const start = R"(http://k/v3/auth/tokens {"auth":)";
    REQUIRE(sent.starts_with(start));
    return sent.substr(start.size(), sent.size() - start.size() - 1);
}

std::string const password_of_u =
    R"({"identity":{"methods":["password"],"password":{"user":{"id":"u","password":"canary"}}})";

}  // namespace

TEST_CASE("Every key that counts does what it says", "[cloud_settings]") {
    struct Row {
        std::string members;
        std::function<bool(CloudConfig const&)> holds;
    };
    using Texts = std::vector<std::string>;
    using std::chrono::milliseconds;
    auto const image = [](CloudConfig const& c) { return c.session.services.at("image"); };
    std::vector<Row> const rows{
        {R"("region_name": "One")", [](auto& c) { return c.session.region == "One"; }},
        {R"("Region-Name": "One")", [](auto& c) { return c.session.region == "One"; }},
        {R"("regions": ["One", "Two"])", [](auto& c) { return c.session.region == "One"; }},
        {R"("region_name": null)", [](auto& c) { return c.session.region.empty(); }},
        {R"("message": "")", [](auto& c) { return c.session.interfaces.empty(); }},
        {R"("interface": "internal")", [](auto& c) { return c.session.interfaces == Texts{"internal"}; }},
        {R"("interface": "of-its-own")", [](auto& c) { return c.session.interfaces == Texts{"of-its-own"}; }},
        {R"("interface": "internalURL")", [](auto& c) { return c.session.interfaces == Texts{"internal"}; }},
        {R"("interface": ["admin", "public"])",
         [](auto& c) {
             return c.session.interfaces == Texts{"admin", "public"};
         }},
        {R"("interface": "admin,public")",
         [](auto& c) {
             return c.session.interfaces == Texts{"admin", "public"};
         }},
        {R"("endpoint_type": "adminURL")", [](auto& c) { return c.session.interfaces == Texts{"admin"}; }},
        {R"("endpoint_type": "admin", "interface": "public")",
         [](auto& c) { return c.session.interfaces == Texts{"admin"}; }},
        {R"("api_timeout": 2.5)",
         [](auto& c) {
             return c.session.timeouts.response == milliseconds{2500} &&
                    c.session.timeouts.stall == milliseconds{2500} &&
                    c.session.timeouts.connect == Timeouts{}.connect && c.session.timeouts.total == Timeouts{}.total;
         }},
        {R"("timeout": "3")", [](auto& c) { return c.session.timeouts.response == milliseconds{3000}; }},
        {R"("api_timeout": 4, "timeout": 3)",
         [](auto& c) { return c.session.timeouts.response == milliseconds{4000}; }},
        {R"("glance_timeout": 5, "api_timeout": 4)",
         [](auto& c) { return c.session.timeouts.response == milliseconds{5000}; }},
        {R"("verify": true)", [](auto& c) { return !c.transport.insecure; }},
        {R"("verify": false)", [](auto& c) { return c.transport.insecure; }},
        {R"("verify": "False")", [](auto& c) { return c.transport.insecure; }},
        {R"("verify": "/x/ca.pem")",
         [](auto& c) { return !c.transport.insecure && c.transport.ca_file == "/x/ca.pem"; }},
        {R"("insecure": true)", [](auto& c) { return c.transport.insecure; }},
        {R"("insecure": false)", [](auto& c) { return !c.transport.insecure; }},
        {R"("insecure": true, "verify": true)", [](auto& c) { return c.transport.insecure; }},
        {R"("insecure": false, "verify": false)", [](auto& c) { return c.transport.insecure; }},
        {R"("cacert": "/x/ca.pem")",
         [](auto& c) { return c.transport.ca_file == "/x/ca.pem" && c.transport.ca_directory.empty(); }},
        {R"("cacert": "/tmp")",
         [](auto& c) { return c.transport.ca_file.empty() && c.transport.ca_directory == "/tmp"; }},
        {R"("cacert": null)", [](auto& c) { return c.transport.ca_file.empty() && c.transport.ca_directory.empty(); }},
        {R"("cert": "/x/cert.pem", "key": "/x/key.pem")",
         [](auto& c) {
             return c.transport.client_certificate == "/x/cert.pem" && c.transport.client_key == "/x/key.pem";
         }},
        {R"("cert": "/x/both.pem")", [](auto& c) { return c.transport.client_key.empty(); }},
        {R"("force_ipv4": true)", [](auto& c) { return c.transport.force_ipv4; }},
        {R"("prefer_ipv6": false)", [](auto& c) { return c.transport.force_ipv4; }},
        {R"("prefer_ipv6": true)", [](auto& c) { return !c.transport.force_ipv4; }},
        {R"("connect_retries": 7)",
         [](auto& c) { return c.session.retries.connect_retries == 7 && c.session.services.empty(); }},
        {R"("connect_retry_delay": 0.5)",
         [](auto& c) { return c.session.retries.connect_retry_delay == milliseconds{500}; }},
        {R"("status_code_retries": "0")", [](auto& c) { return c.session.retries.status_code_retries == 0; }},
        {R"("status_code_retry_delay": 2)",
         [](auto& c) { return c.session.retries.status_code_retry_delay == milliseconds{2000}; }},
        {R"("retriable_status_codes": [503, "504"])",
         [](auto& c) {
             return c.session.retries.retriable_status_codes == std::vector<int>{503, 504};
         }},
        {R"("retriable_status_codes": "409,503")",
         [](auto& c) {
             return c.session.retries.retriable_status_codes == std::vector<int>{409, 503};
         }},
        {R"("rate_limit": 1.5)", [](auto& c) { return c.session.rate_limit == 1.5 && c.session.services.empty(); }},
        {R"("rate_limit": {"image": 2, "block-storage": 3})",
         [](auto& c) {
             return c.session.rate_limit == 0 && c.session.services.at("image").rate_limit == 2 &&
                    c.session.services.at("block-storage").rate_limit == 3;
         }},
        {R"("rate_limit": {"image": 2}, "image_rate_limit": 4)", [&](auto& c) { return image(c).rate_limit == 4; }},
        {R"("concurrency": 5)", [](auto& c) { return c.session.concurrency == 5; }},
        {R"("concurrency": {"image": 6})",
         [&](auto& c) { return c.session.concurrency == 0 && image(c).concurrency == 6; }},
        {R"("identity_api_version": 3)", [](auto& c) { return c.session.services.empty(); }},
        {R"("identity_api_version": "v3.14")", [](auto& c) { return c.session.services.empty(); }},
        {R"("image_api_version": "2")", [](auto& c) { return c.session.services.empty(); }},
        {R"("image_api_version": 2.16)", [](auto& c) { return c.session.services.empty(); }},
        {R"("volume_api_version": 3, "compute_api_version": "2.latest", "network_api_version": "2.0")",
         [](auto& c) { return c.session.services.empty(); }},
        {R"("compute_api_version": 2.79)",
         [](auto& c) { return c.session.services.at("compute").microversion == "2.79"; }},
        {R"("compute_api_version": 2.79, "compute_default_microversion": "2.79")",
         [](auto& c) { return c.session.services.at("compute").microversion == "2.79"; }},
        {R"("has_image": true, "image_disabled_reason": "none")", [](auto& c) { return c.session.services.empty(); }},
        {R"("image_api_use_tasks": false)", [](auto& c) { return c.session.services.empty(); }},
        {R"("image_endpoint_override": "http://g/%(project_id)s")",
         [&](auto& c) { return image(c).endpoint == "http://g/%(project_id)s" && c.session.endpoint.empty(); }},
        {R"("image_endpoint": "http://g")", [&](auto& c) { return image(c).endpoint == "http://g"; }},
        {R"("image_endpoint_override": "http://o", "image_endpoint": "http://g")",
         [&](auto& c) { return image(c).endpoint == "http://o"; }},
        {R"("image-interface": ["internal", "public"])",
         [&](auto& c) {
             return image(c).interfaces == Texts{"internal", "public"};
         }},
        {R"("image_endpoint_type": "internalURL", "image_interface": "public")",
         [&](auto& c) { return image(c).interfaces == Texts{"internal"}; }},
        {R"("image_region_name": "Two", "region_name": "One")",
         [&](auto& c) { return image(c).region == "Two" && c.session.region == "One"; }},
        {R"("database_service_type": "rax:database")",
         [](auto& c) { return c.session.services.at("database").type == "rax:database"; }},
        {R"("object_store_service_name": "swift")",
         [](auto& c) { return c.session.services.at("object-store").name == "swift"; }},
        {R"("image_default_microversion": "2.5")", [&](auto& c) { return image(c).microversion == "2.5"; }},
        {R"("image_rate_limit": "0.5")", [&](auto& c) { return image(c).rate_limit == 0.5; }},
        {R"("image_concurrency": 3)", [&](auto& c) { return image(c).concurrency == 3U; }},
        {R"("image_connect_retries": 1)", [&](auto& c) { return image(c).retries->connect_retries == 1; }},
        {R"("image_status_code_retries": 2, "connect_retries": 9)",
         [&](auto& c) { return image(c).retries->status_code_retries == 2 && image(c).retries->connect_retries == 9; }},
        {R"("image_connect_retry_delay": 1)",
         [&](auto& c) { return image(c).retries->connect_retry_delay == milliseconds{1000}; }},
        {R"("image_status_code_retry_delay": 1)",
         [&](auto& c) { return image(c).retries->status_code_retry_delay == milliseconds{1000}; }},
        {R"("image_retriable_status_codes": [500])",
         [&](auto& c) { return image(c).retries->retriable_status_codes == std::vector<int>{500}; }},
        {R"("region_name": "One", "image_endpoint_override": "https://{region_name}.x/{Image-Api-Version}",
            "image_api_version": 2)",
         [&](auto& c) { return image(c).endpoint == "https://One.x/2"; }},
    };
    for (Row const& row : rows) {
        INFO(row.members);
        CHECK(row.holds(with_user(row.members)));
    }
}

TEST_CASE("A home directory may stand in paths", "[cloud_settings]") {
    CloudFiles files(Variables{{"OS_CLOUD", "c"}});
    files.write("clouds.json", R"({"clouds": {"c": {)" + user + R"(, "cacert": "~/a", "cert": "~/b", "key": "~/c"}}})");
    TransportOptions const transport = config_from_environment().transport;
    CHECK(transport.ca_file == files.home() + "/a");
    CHECK(transport.client_certificate == files.home() + "/b");
    CHECK(transport.client_key == files.home() + "/c");
}

TEST_CASE("Every key without effect is accepted whatever it says", "[cloud_settings]") {
    CloudConfig const plain = with_user(R"("message": "")");
    for (detail::CloudKey const& key : detail::cloud_keys) {
        if (key.use != detail::KeyUse::idle) continue;
        INFO(key.name);
        CHECK_FALSE(key.note.empty());
        for (std::string const value : {R"("x {y}")", "[1]", R"({"a": 1})", "true"}) {
            CloudConfig const made = with_user('"' + std::string{key.name} + "\": " + value);
            CHECK(made.session.services.empty());
            CHECK(told(made) == told(plain));
        }
    }
}

TEST_CASE("Every key that can't be honoured is refused", "[cloud_settings]") {
    for (detail::CloudKey const& key : detail::cloud_keys) {
        if (key.use != detail::KeyUse::refused) continue;
        CHECK(user_error('"' + std::string{key.name} + R"(": "canary")") ==
              "clouds.c." + std::string{key.name} + ' ' + std::string{key.note});
        CHECK(user_error('"' + std::string{key.name} + R"(": null)") == "nothing thrown");
    }
}

TEST_CASE("A wrong value is refused with its place", "[cloud_settings]") {
    std::vector<std::pair<std::string, std::string>> const rows{
        {R"("interface": [])", "interface isn't a list of interfaces"},
        {R"("interface": ["public", {}])", "interface[1] isn't a text"},
        {R"("api_timeout": "soon")", "api_timeout is 'soon', which isn't a number of seconds"},
        {R"("api_timeout": 0)", "api_timeout is '0', which isn't a number of seconds above 0"},
        {R"("x_timeout": [])", "x_timeout isn't a number of seconds"},
        {R"("verify": "maybe")", "verify is 'maybe', which isn't true or false"},
        {R"("insecure": "maybe")", "insecure is 'maybe', which isn't true or false"},
        {R"("cacert": ["x"])", "cacert isn't a text"},
        {R"("key": "x")", "key is of no use without the certificate, cert"},
        {R"("force_ipv4": 2)", "force_ipv4 is '2', which isn't true or false"},
        {R"("connect_retries": -1)", "connect_retries is '-1', which isn't a count, as 3"},
        {R"("image_status_code_retry_delay": "x")",
         "image_status_code_retry_delay is 'x', which isn't a number of seconds"},
        {R"("retriable_status_codes": [200])",
         "retriable_status_codes[0] is '200', which isn't an HTTP status from 400 to 599"},
        {R"("retriable_status_codes": "503,x")", "retriable_status_codes is 'x', which isn't an HTTP status"},
        {R"("rate_limit": "x")",
         "rate_limit is 'x', which isn't a number of requests, or a map of such numbers by service"},
        {R"("rate_limit": {"image": -1})",
         "rate_limit.image is '-1', which isn't a number of requests, or a map of such numbers by service"},
        {R"("image_rate_limit": {})", "image_rate_limit isn't a number of requests a second"},
        {R"("image_concurrency": 1.5)", "image_concurrency is '1.5', which isn't a count, as 3"},
        {R"("identity_api_version": 2.0)",
         "identity_api_version is '2.0', which isn't 3: only version 3 of Keystone's API is supported"},
        {R"("image_api_version": 1)",
         "image_api_version is '1', which isn't 2: only version 2 of Glance's API is supported"},
        {R"("compute_api_version": 2.5, "compute_default_microversion": "2.6")",
         "compute_default_microversion and compute_api_version name different microversions"},
        {R"("compute_default_microversion": "2.6", "compute_api_version": 2.5)",
         "compute_api_version and compute_default_microversion name different microversions"},
        {R"("has_image": false)", "has_image can't be false: no service can be switched off here"},
        {R"("image_api_use_tasks": true)",
         "image_api_use_tasks can't be true: images are uploaded by PUT, not by a task"},
        {R"("image_endpoint_override": "glance:9292")",
         "image_endpoint_override doesn't begin with http:// or https://"},
        {R"("image_endpoint_override": "http://u:canary@glance")", "image_endpoint_override holds user information"},
        {R"("image_endpoint_override": "http://{password}.x", "password": "canary")",
         "image_endpoint_override has a name in braces that is no setting of the cloud"},
        {R"("image_endpoint_override": "http://{nothing}.x")",
         "image_endpoint_override has a name in braces that is no setting of the cloud"},
        {R"("region": "One")", "region is no setting that this library knows; it knows region_name"},
        {R"("cacert_file": "x")", "cacert_file is no setting that this library knows; it knows cacert"},
        {R"("xyz": "canary")", "xyz is no setting that this library knows"},
        {R"("_interface": "public")", "_interface is no setting that this library knows"},
        {R"("auth_type": "v3kerberos")",
         "auth_type: v3kerberos isn't supported; password, token, v3applicationcredential, "
         "v3totp, v3multifactor, admin_token and none are"},
        {R"("auth_plugin": "v2password")",
         "auth_plugin: v2password isn't supported; password, token, "
         "v3applicationcredential, v3totp, v3multifactor, admin_token and none are"},
    };
    for (auto const& [members, sentence] : rows) CHECK(user_error(members) == "clouds.c." + sentence);
}

TEST_CASE("Each type of authentication has its document", "[cloud_settings]") {
    std::string const names =
        R"("username": "n", "user_domain_name": "D", "project_name": "q", "project_domain_id": "e")";
    std::string const project = R"(,"scope":{"project":{"name":"q","domain":{"id":"e"}}}})";
    for (std::string const type : {"password", "v3password", "V3Password"})
        CHECK(body(names + R"(, "password": "canary")", R"(, "auth_type": ")" + type + '"') ==
              R"({"identity":{"methods":["password"],"password":{"user":{"name":"n","domain":{"name":"D"},)"
              R"("password":"canary"}}})" +
                  project);
    for (std::string const type : {R"(, "auth_type": "token")", R"(, "auth_type": "v3token")", ""})
        CHECK(body(R"("token": "canary", "project_id": "p")", type) ==
              R"({"identity":{"methods":["token"],"token":{"id":"canary"}},"scope":{"project":{"id":"p"}}})");
    for (std::string const type : {R"(, "auth_type": "v3applicationcredential")", ""}) {
        CHECK(
            body(R"("application_credential_id": "i", "application_credential_secret": "canary")", type) ==
            R"({"identity":{"methods":["application_credential"],"application_credential":{"id":"i","secret":"canary"}}})");
        CHECK(body(R"("application_credential_name": "a", "application_credential_secret": "canary", "user_id": "u")",
                   type) == R"({"identity":{"methods":["application_credential"],"application_credential":{"name":"a",)"
                            R"("secret":"canary","user":{"id":"u"}}}})");
    }
    CHECK(body(names + R"(, "passcode": "canary")", R"(, "auth_type": "v3totp")") ==
          R"({"identity":{"methods":["totp"],"totp":{"user":{"name":"n","domain":{"name":"D"},"passcode":"canary"}}})" +
              project);
    for (std::string const methods : {R"(["v3password", "v3totp"])", R"("password,totp")"})
        CHECK(body(R"("user_id": "u", "password": "canary", "passcode": "wrong")",
                   R"(, "auth_type": "v3multifactor", "passcode": "canary", "auth_methods": )" + methods) ==
              R"({"identity":{"methods":["password","totp"],"password":{"user":{"id":"u","password":"canary"}},)"
              R"("totp":{"user":{"id":"u","passcode":"canary"}}}})");
}

TEST_CASE("Without Keystone an endpoint is enough", "[cloud_settings]") {
    for (std::string const type : {R"("none")", R"("noauth")", R"("None")", "null", R"("")"}) {
        CloudConfig const made = config(R"("auth": {"endpoint": "http://x"}, "auth_type": )" + type);
        CHECK(told(made) == "token ");
        CHECK(made.session.endpoint == "http://x");
    }
    for (std::string const type : {R"("auth_type": "admin_token", )", R"("auth_type": "token_endpoint", )", ""})
        for (std::string const key : {"endpoint", "url"})
            CHECK(told(config(type + R"("auth": {"token": "t", ")" + key + R"(": "http://x"})")) == "token t");
    CHECK(config(R"("auth_type": "none", "image_endpoint_override": "http://g")").session.endpoint.empty());
    CHECK(error(R"("auth_type": "none")") == "clouds.c.auth: endpoint isn't set: auth_type=none needs it");
    CHECK(error(R"("auth_type": "none", "auth": {"endpoint": "x://canary"})") ==
          "clouds.c.auth.endpoint doesn't begin with http:// or https://");
    CHECK(error(R"("auth_type": "admin_token", "auth": {"endpoint": "http://x"})") ==
          "clouds.c.auth: token isn't set: auth_type=admin_token needs it");
}

TEST_CASE("Other names of who one is are understood", "[cloud_settings]") {
    std::string const base = R"("user_id": "u", "password": "canary", )";
    std::string const by_id = password_of_u + R"(,"scope":{"project":{"id":"p"}}})";
    CHECK(body(base + R"("tenant_id": "p")") == by_id);
    CHECK(body(base + R"("tenant-id": "wrong", "project-id": "p")") == by_id);
    CHECK(body(base + R"("tenant_id": "wrong")", R"(, "project_id": "p")") == by_id);
    CHECK(body(base + R"("project_id": "p")", R"(, "project_id": "wrong", "user_id": "wrong")") == by_id);
    CHECK(body(R"("project_id": "p")", R"(, "password": "canary", "userid": "u")") == by_id);
    CHECK(
        body(
            R"("user_name": "n", "user_domain_id": "d", "password": "canary", "tenant_name": "q", "project_domain_id": "d")") ==
        body(
            R"("username": "n", "user_domain_id": "d", "password": "canary", "project_name": "q", "project_domain_id": "d")"));
    CHECK(body(R"("auth_token": "canary")", R"(, "auth_type": "token")") ==
          R"({"identity":{"methods":["token"],"token":{"id":"canary"}}})");
    CHECK(told(config(R"("auth_url": "http://k/v3/", "token": "canary", "auth_type": "token")"))
              .starts_with("http://k/v3/auth/tokens "));
    CHECK(told(config(R"("region_name": "One", "auth": {"auth_url": "http://{region_name}/v3", "token": "t"})"))
              .starts_with("http://One/v3/auth/tokens "));
    CHECK(told(config(R"("auth": {"auth_url": "http://k", "password": "{x}", "user_id": "u"})")).find("{x}") !=
          std::string::npos);
}

TEST_CASE("A domain that isn't given is that of both, or the default one", "[cloud_settings]") {
    auto const document = [](std::string const& domains) {
        return body(R"("username": "n", "password": "canary", "project_name": "q", )" + domains);
    };
    auto const expected = [](std::string const& of_user, std::string const& of_project) {
        return R"({"identity":{"methods":["password"],"password":{"user":{"name":"n","domain":)" + of_user +
               R"(,"password":"canary"}}},"scope":{"project":{"name":"q","domain":)" + of_project + "}}}";
    };
    CHECK(document(R"("domain_id": "d")") == expected(R"({"id":"d"})", R"({"id":"d"})"));
    CHECK(document(R"("domain_name": "D")") == expected(R"({"name":"D"})", R"({"name":"D"})"));
    CHECK(document(R"("domain_id": "d", "user_domain_name": "U")") == expected(R"({"name":"U"})", R"({"id":"d"})"));
    CHECK(document(R"("domain_id": "d", "project_domain_id": "e")") == expected(R"({"id":"d"})", R"({"id":"e"})"));
    CHECK(document(R"("default_domain": "d")") == expected(R"({"id":"d"})", R"({"id":"d"})"));
    CHECK(document(R"("default_domain_id": "d", "project_domain_name": "E")") ==
          expected(R"({"id":"d"})", R"({"name":"E"})"));
    CHECK(document(R"("default_domain_name": "D", "domain_id": "d")") == expected(R"({"id":"d"})", R"({"id":"d"})"));
}

TEST_CASE("A token may be for a domain, the system, a trust or nothing", "[cloud_settings]") {
    std::string const base = R"("user_id": "u", "password": "canary")";
    CHECK(body(base) == password_of_u + "}");
    CHECK(body(base + R"(, "domain_id": "d")") == password_of_u + R"(,"scope":{"domain":{"id":"d"}}})");
    CHECK(body(base, R"(, "domain_name": "D")") == password_of_u + R"(,"scope":{"domain":{"name":"D"}}})");
    CHECK(body(base + R"(, "system_scope": "all")") == password_of_u + R"(,"scope":{"system":{"all":true}}})");
    CHECK(body(base + R"(, "trust_id": "t")") == password_of_u + R"(,"scope":{"OS-TRUST:trust":{"id":"t"}}})");
    auto const refused = [&](std::string const& more) {
        return error(R"("auth": {"auth_url": "http://k", )" + base + more + '}');
    };
    CHECK(refused(R"(, "system_scope": "canary")") ==
          "clouds.c.auth.system_scope isn't 'all', the only scope there is");
    CHECK(error(R"("auth": {"auth_url": "http://k", "username": "n", "password": "canary", "domain_id": "d"})") ==
          "clouds.c.auth: username needs user_domain_name or user_domain_id");
    CHECK(refused(R"(, "trust_id": "canary", "project_id": "p")").starts_with("clouds.c.auth: a scope is one of "));
    CHECK(
        refused(R"(, "domain_id": "canary", "system_scope": "all")").starts_with("clouds.c.auth: a scope is one of "));
}

TEST_CASE("What an authentication lacks is named", "[cloud_settings]") {
    auto const refused = [](std::string const& auth, std::string const& type = "password") {
        return error(R"("auth_type": ")" + type + R"(", "auth": {)" + auth + "}");
    };
    std::string const url = R"("auth_url": "http://k")";
    std::string const start = "clouds.c.auth: ";
    CHECK(error("") == start + "auth_url isn't set: it is where Keystone answers; OS_CLOUD takes a cloud of a file");
    CHECK(refused(url) == start + "password isn't set: the password authentication needs it");
    CHECK(refused(url + R"(, "password": "canary")") == start + "neither username nor user_id is set");
    CHECK(refused(url + R"(, "password": "canary", "username": "n")") ==
          start + "username needs user_domain_name or user_domain_id");
    CHECK(refused(url + R"(, "password": "canary", "user_id": "u", "project_name": "q")") ==
          start + "project_name needs project_domain_name or project_domain_id");
    CHECK(refused(url, "v3token") == start + "token isn't set: the authentication by a token needs it");
    CHECK(refused(url, "v3totp") == start + "passcode isn't set: the authentication by a one-time passcode needs it");
    std::string const type = "v3applicationcredential";
    CHECK(refused(url, type) == start + "application_credential_secret isn't set: the application credential needs it");
    CHECK(refused(url + R"(, "application_credential_secret": "canary")", type) ==
          start + "neither application_credential_id nor application_credential_name is set");
    CHECK(refused(url + R"(, "application_credential_secret": "canary", "application_credential_name": "a")", type) ==
          start + "neither username nor user_id is set");
    CHECK(
        refused(
            url + R"(, "application_credential_secret": "canary", "application_credential_id": "a", "project_id": "p")",
            type) == start +
                         "an application credential has a project of its own: leave out project_id, "
                         "project_name, trust_id, system_scope");
    CHECK(refused(url, "v3multifactor") ==
          start + "auth_methods isn't set: the authentication by several methods needs their names");
    CHECK(refused(url + R"(, "auth_methods": ["canary"])", "v3multifactor") ==
          "clouds.c.auth.auth_methods names a method that isn't supported; v3password, v3token, v3totp and "
          "v3applicationcredential are");
    CHECK(refused(url + R"(, "token": "canary", "auth_methods": ["v3token", "v3token"])", "v3multifactor") ==
          start + "the method token is given twice");
    CHECK(refused(R"("auth_url": "https://u:canary@k")") == "clouds.c.auth.auth_url holds user information");
    CHECK(refused(R"("auth_url": "http://k", "key": "canary")") ==
          "clouds.c.auth.key is no setting of an authentication that this library knows");
    CHECK(refused(R"("auth_url": ["canary"])") == "clouds.c.auth.auth_url isn't a text");
    CHECK(refused(R"("auth_url": "{canary}")") ==
          "clouds.c.auth.auth_url has a name in braces that is no setting of the cloud");
}

TEST_CASE("Variables are the same keys in capitals", "[cloud_settings]") {
    auto const made = [](Variables variables) {
        CloudFiles files(std::move(variables));
        return config_from_environment();
    };
    Variables const of_user{{"OS_AUTH_URL", "http://k"}, {"OS_USERID", "u"}, {"OS_PASSWORD", "canary"}};
    auto const with = [&](Variables const& more) {
        Variables all = of_user;
        all.insert(more.begin(), more.end());
        return all;
    };
    CHECK(told(made(with({{"OS_TENANT_ID", "p"}}))) ==
          "http://k/v3/auth/tokens {\"auth\":" + password_of_u + R"(,"scope":{"project":{"id":"p"}}}})");
    CHECK(
        told(
            made({{"OS_AUTH_URL", "http://k"}, {"OS_USERNAME", "n"}, {"OS_PASSWORD", "x"}, {"OS_DEFAULT_DOMAIN", "d"}}))
            .find(R"("domain":{"id":"d"})") != std::string::npos);
    CHECK(told(made({{"OS_AUTH_URL", "http://k"}, {"OS_TOKEN", "canary"}})).find(R"("methods":["token"])") !=
          std::string::npos);
    CHECK(told(made({{"OS_AUTH_URL", "http://k"},
                     {"OS_AUTH_TYPE", "v3applicationcredential"},
                     {"OS_APPLICATION_CREDENTIAL_ID", "i"},
                     {"OS_APPLICATION_CREDENTIAL_SECRET", "canary"}}))
              .find(R"({"id":"i","secret":"canary"})") != std::string::npos);
    CHECK(told(made(with({{"OS_SYSTEM_SCOPE", "all"}}))).find(R"("scope":{"system")") != std::string::npos);
    CHECK(told(made(with({{"OS_TRUST_ID", "t"}}))).find(R"("OS-TRUST:trust":{"id":"t"})") != std::string::npos);
    CHECK(
        told(made(with(
                 {{"OS_AUTH_TYPE", "v3multifactor"}, {"OS_AUTH_METHODS", "v3password,v3totp"}, {"OS_PASSCODE", "1"}})))
            .find(R"("methods":["password","totp"])") != std::string::npos);
    CHECK(told(made({{"OS_TOKEN", "t"}, {"OS_URL", "http://x"}})) == "token t");
    CloudConfig const full = made(with({{"OS_REGION_NAME", "One"},
                                        {"OS_ENDPOINT_TYPE", "internalURL"},
                                        {"OS_CACERT", "/ca"},
                                        {"OS_CERT", "/cert"},
                                        {"OS_KEY", "/key"},
                                        {"OS_INSECURE", "true"},
                                        {"OS_FORCE_IPV4", "1"},
                                        {"OS_IDENTITY_API_VERSION", "3"},
                                        {"OS_IMAGE_API_VERSION", "2"},
                                        {"OS_IMAGE_ENDPOINT_OVERRIDE", "http://{REGION_NAME}.x"},
                                        {"OS_BLOCK_STORAGE_INTERFACE", "admin"},
                                        {"OS_API_TIMEOUT", "7"},
                                        {"OS_NAME", "another program's"}}));
    CHECK(full.session.region == "One");
    CHECK(full.session.interfaces == std::vector<std::string>{"internal"});
    CHECK(full.session.services.at("image").endpoint == "http://One.x");
    CHECK(full.session.services.at("block-storage").interfaces == std::vector<std::string>{"admin"});
    CHECK(full.session.timeouts.stall.count() == 7000);
    CHECK(full.transport.ca_file == "/ca");
    CHECK(full.transport.client_certificate == "/cert");
    CHECK(full.transport.client_key == "/key");
    CHECK(full.transport.insecure);
    CHECK(full.transport.force_ipv4);
    auto const refused = [&](Variables const& more) {
        return thrown<ConfigError>([&] { static_cast<void>(made(with(more))); });
    };
    CHECK(refused({{"OS_IDENTITY_API_VERSION", "2.0"}}) ==
          "OS_IDENTITY_API_VERSION is '2.0', which isn't 3: only version 3 of Keystone's API is supported");
    CHECK(refused({{"OS_API_TIMEOUT", "x"}}) == "OS_API_TIMEOUT is 'x', which isn't a number of seconds");
    CHECK(refused({{"OS_SERVICE_TYPE", "x"}}).starts_with("OS_SERVICE_TYPE belongs to one service"));
    CHECK(refused({{"OS_AUTH_TYPE", "v3totp"}}) ==
          "OS_PASSCODE isn't set: the authentication by a one-time passcode needs it");
    CHECK(refused({{"OS_AUTH_TYPE", "v3multifactor"}, {"OS_AUTH_METHODS", "canary"}})
              .starts_with("OS_AUTH_METHODS names a method"));
}

TEST_CASE("Variables of other programs change nothing", "[cloud_settings]") {
    Variables variables{{"OS_AUTH_URL", "http://k"}, {"OS_USERID", "u"}, {"OS_PASSWORD", "canary"}};
    std::string const plain = [&] {
        CloudFiles files(variables);
        return told(config_from_environment());
    }();
    variables.insert({{"OS_PROMPT", "{user}"},
                      {"OS_HAS_COLOR", "no"},
                      {"OS_X_TIMEOUT", "soon"},
                      {"OS_IDLE_TIMEOUT", "9"},
                      {"OS_X_INTERFACE", "{"},
                      {"OS_X_ENDPOINT", "nowhere"},
                      {"OS_X_API_VERSION", "1.5"},
                      {"OS_DEBUG", "{}"},
                      {"OS_LOG_LEVEL", "{x}"}});
    {
        CloudFiles files(variables);
        CloudConfig const made = config_from_environment();
        CHECK(told(made) == plain);
        CHECK(made.session.services.empty());
        CHECK(made.session.timeouts.response == Timeouts{}.response);
    }
    {
        CloudFiles files(Variables{{"OS_PROMPT", "{user}"}, {"OS_DEBUG", "1"}, {"OS_X_INTERFACE", "x"}});
        files.write("clouds.json", R"({"clouds": {"c": {)" + user + "}}}");
        CHECK(told(config_from_environment()).starts_with("http://k/"));
    }
    for (std::string const service : {"KEY_MANAGER", "IMAGE", "GLANCE", "VOLUMEV3", "BARE_METAL", "IDENTITY"}) {
        variables["OS_" + service + "_INTERFACE"] = "internal";
        CloudFiles files(variables);
        CHECK(config_from_environment().session.services.size() == 1);
        variables.erase("OS_" + service + "_INTERFACE");
    }
    variables["OS_HAS_IMAGE"] = "no";
    CloudFiles files(variables);
    CHECK(thrown<ConfigError>([] { static_cast<void>(config_from_environment()); }) ==
          "OS_HAS_IMAGE can't be false: no service can be switched off here");
}

TEST_CASE("A service's own 0 counts more than a limit for all", "[cloud_settings]") {
    CloudConfig made = config(R"("auth_type": "none", "rate_limit": 1, "image_rate_limit": 0,
        "image_endpoint_override": "http://g", "compute_endpoint_override": "http://g")");
    auto const clock = std::make_shared<support::FakeClock>();
    auto const transport = std::make_shared<support::ScriptedTransport>();
    made.session.clock = clock;
    Session const session{transport, made.authentication, made.session};
    for (std::string const service : {"image", "compute"}) {
        for (int i = 0; i < 3; ++i) {
            transport->expect("GET", "http://g/v2/x", {200});
            session.send(service, {.url = "/v2/x"});
        }
        CHECK(clock->slept().empty() == (service == "image"));
    }
    CHECK(with_user(R"("concurrency": 1, "image_concurrency": 0)").session.services.at("image").concurrency >
          1'000'000);
}

TEST_CASE("No message repeats what may be a secret, wherever it was put", "[cloud_settings]") {
    for (detail::CloudKey const& key : detail::cloud_keys) {
        if (key.use != detail::KeyUse::identity) continue;
        std::string const member = '"' + std::string{key.name} + "\": ";
        for (std::string const value : {R"("canary canary://canary")", R"(["canary"])", R"({"canary": "canary"})"})
            for (std::string const type : {"password", "token", "v3totp", "v3multifactor", "admin_token", "none"}) {
                INFO(member + value + ' ' + type);
                std::string const head = R"("auth_type": ")" + type + "\", ";
                CHECK(error(head + R"("auth": {)" + member + value + "}").starts_with("clouds.c.auth"));
                CHECK(error(head + member + value).starts_with("clouds.c."));
            }
    }
}
