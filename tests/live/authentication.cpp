// SPDX-License-Identifier: Apache-2.0
// Authentication by a real Keystone: each method, each scope, and what the cloud then allows.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <ctime>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cloud.hpp"

using live::admin, live::alt, live::caught, live::Cloud, live::demo, live::password, live::TemporaryImage, live::unique,
    live::variable;
using openstack::ApplicationCredential, openstack::Authorization, openstack::AuthMethod, openstack::Field,
    openstack::FixedToken, openstack::from_json, openstack::Keystone, openstack::Password, openstack::Request,
    openstack::Scope, openstack::Token, openstack::Totp, openstack::Unauthorized, openstack::Wire;
using namespace std::chrono_literals;

namespace {

struct Named {
    Field<std::string> id{};
    Field<std::string> name{};
    BOOST_DESCRIBE_CLASS(Named, (), (id, name), (), ())
};
struct System {
    Field<bool> all{};
    BOOST_DESCRIBE_CLASS(System, (), (all), (), ())
};
/// A token as Keystone describes it.
struct Description {
    Field<std::vector<std::string>> methods{};
    Field<Named> user{};
    Field<Named> project{};
    Field<Named> domain{};
    Field<System> system{};
    Field<Named, Wire<"OS-TRUST:trust">> trust{};
    BOOST_DESCRIBE_CLASS(Description, (), (methods, user, project, domain, system, trust), (), ())
};
/// Keystone's answers, of which each has one of these.
struct Answer {
    Field<Description> token{};
    Field<Named> user{};
    Field<Named> trust{};
    Field<Named> credential{};
    Field<std::vector<Named>> roles{};
    BOOST_DESCRIBE_CLASS(Answer, (), (token, user, trust, credential, roles), (), ())
};

/// What Keystone says about the token in its own words.
Description description(Authorization const& made) {
    openstack::CurlTransport transport;
    Request request{.url = variable("OS_AUTH_URL") + "/auth/tokens"};
    request.headers = {{"X-Auth-Token", made.token}, {"X-Subject-Token", made.token}};
    openstack::Response const response = transport.send(request);
    REQUIRE(response.status == 200);
    return *from_json<Answer>(response.body).token;
}

std::shared_ptr<Keystone> keystone(std::vector<AuthMethod> methods, Scope scope = {}) {
    return std::make_shared<Keystone>(variable("OS_AUTH_URL"), std::move(methods), std::move(scope));
}
Authorization authorize(std::vector<AuthMethod> methods, Scope scope = {}) {
    openstack::CurlTransport transport;
    return keystone(std::move(methods), std::move(scope))->authorize(transport);
}

Answer ask(Cloud const& cloud, std::string const& method, std::string const& url, std::string const& body = {}) {
    Request request{.method = method, .url = url, .body = body};
    request.headers = {{"Content-Type", "application/json"}};
    std::string text = cloud.session().send("identity", request).body;
    return text.empty() ? Answer{} : from_json<Answer>(std::move(text));
}

/// Something of Keystone's that goes with its test.
class Temporary {
  public:
    /// Made by POST of `body` to `url`.
    Temporary(Cloud const& owner, std::string url, std::string const& body)
        : owner_(owner), url_(std::move(url)), answer_(ask(owner_, "POST", url_, body)) {}
    Temporary(Temporary const&) = delete;
    Temporary& operator=(Temporary const&) = delete;
    ~Temporary() {
        try {
            ask(owner_, "DELETE", url_ + '/' + id());
        } catch (std::exception const& error) {
            std::cerr << url_ << ' ' << id() << " stays: " << error.what() << '\n';
        }
    }

    [[nodiscard]] std::string id() const {
        for (auto const* each : {&answer_.user, &answer_.trust, &answer_.credential})
            if (*each) return (*each)->id.value();
        throw std::logic_error("Keystone made nothing");
    }

  private:
    Cloud const& owner_;
    std::string url_;
    Answer answer_;
};

std::string role(std::string const& name) {
    return ask(admin(), "GET", "/v3/roles?name=" + name).roles->at(0).id.value();
}

/// A member and reader of demo's project, which is the default one, with a device that shows passcodes.
class User {
  public:
    /// `options` is what Keystone shall know of the user beside, as JSON.
    explicit User(std::string const& options = "{}")
        : user_(admin(), "/v3/users",
                R"({"user": {"name": ")" + name_ + R"(", "password": ")" + secret_ + R"(", "options": )" + options +
                    R"(, "domain_id": "default", "default_project_id": ")" + variable("DEMO_PROJECT_ID") + R"("}})"),
          device_(admin(), "/v3/credentials",
                  R"({"credential": {"type": "totp", "blob": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "user_id": ")" + id() +
                      R"("}})") {
        for (std::string const& each : {role("member"), role("reader")})
            ask(admin(), "PUT", "/v3/projects/" + variable("DEMO_PROJECT_ID") + "/users/" + id() + "/roles/" + each);
    }

    [[nodiscard]] std::string id() const { return user_.id(); }
    [[nodiscard]] Password password() const {
        return {.username = name_, .user_domain_id = "default", .password = secret_};
    }
    [[nodiscard]] Totp totp() const {
        return {.user_id = id(), .passcode = [] { return passcode(std::time(nullptr)); }};
    }
    /// What the device shows then (RFC 6238): its secret is that of the RFC's examples.
    [[nodiscard]] static std::string passcode(std::time_t time) {
        std::string const key = "12345678901234567890";
        unsigned char message[8]{};
        for (int i = 0; i < 8; ++i) message[7 - i] = static_cast<unsigned char>(time / 30 >> (8 * i));
        unsigned char mac[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), message, sizeof message, mac, &size);
        unsigned const at = mac[size - 1] & 15U;
        unsigned const number = (mac[at] & 127U) << 24 | mac[at + 1] * 65536U | mac[at + 2] * 256U | mac[at + 3];
        return std::to_string(1'000'000 + number % 1'000'000).substr(1);
    }

  private:
    std::string name_ = unique("user");
    std::string secret_ = unique("canary");
    Temporary user_;
    Temporary device_;
};

/// Whether the Image service lets these work in demo's project.
void check_works_in_demo(std::vector<AuthMethod> methods, Scope scope = {}) {
    Cloud const cloud{keystone(std::move(methods), std::move(scope))};
    CHECK(cloud.project_id() == variable("DEMO_PROJECT_ID"));
    TemporaryImage const image{"data", {}, cloud};
    CHECK(image.record().owner_id == variable("DEMO_PROJECT_ID"));
    CHECK(cloud.glance().download_image(image.id()) == "data");
}

/// Why Keystone refuses: without a word of the secret.
Unauthorized refusal(std::string const& secret, std::vector<AuthMethod> methods, Scope scope = {}) {
    auto const error = caught<Unauthorized>([&] { (void)authorize(methods, scope); });
    INFO(error.what());
    CHECK(std::string_view{error.what()}.find(secret) == std::string_view::npos);
    live::check_is_told(error);
    return error;
}

Scope demo_project() { return {.project_id = variable("DEMO_PROJECT_ID")}; }

}  // namespace

TEST_CASE("A password works with names and with ids", "[authentication]") {
    Password const by_domain_id{.username = "demo", .user_domain_id = "default", .password = "demo-secret"};
    Password const by_id{.user_id = variable("DEMO_USER_ID"), .password = "demo-secret"};
    for (Password const& each : {password("demo"), by_domain_id, by_id}) {
        check_works_in_demo({each}, demo_project());
        check_works_in_demo({each}, {.project_name = "demo", .project_domain_name = "Default"});
        check_works_in_demo({each}, {.project_name = "demo", .project_domain_id = "default"});
    }
    Authorization const made = authorize({by_id}, demo_project());
    CHECK(made.user_id == variable("DEMO_USER_ID"));
    CHECK(made.project_id == variable("DEMO_PROJECT_ID"));
    CHECK(made.life.value() <= 3600s);
    CHECK(made.life.value() > 3590s);
    REQUIRE(made.catalog.size() == 9);  // for each interface one of Keystone, and one of Glance in either region
    for (openstack::Endpoint const& each : made.catalog)
        CHECK(each.name == (each.service == "image" ? "glance" : "keystone"));
    CHECK(description(made).methods == std::vector<std::string>{"password"});
    refusal("not-the-password", {Password{.user_id = by_id.user_id, .password = "not-the-password"}});
}

TEST_CASE("Keystone is found below each of its addresses", "[authentication]") {
    std::string const root{openstack::origin_of(variable("OS_AUTH_URL"))};
    for (std::string const tail : {"", "/", "/v3", "/v3/", "/v2.0", "/v2.0/", "/v3.14"}) {
        INFO(tail);
        Cloud const cloud{std::make_shared<Keystone>(root + tail, password("demo"), demo_project())};
        CHECK(cloud.project_id() == variable("DEMO_PROJECT_ID"));
    }
    Cloud const lost{std::make_shared<Keystone>(root + "/nowhere", password("demo"), demo_project())};
    CHECK(caught<openstack::HttpError>([&] { lost.session().authorize(); }).url() == root + "/nowhere/v3/auth/tokens");
    CHECK(lost.sent().size() == 2);  // it has been looked for
}

TEST_CASE("A scope is a domain or the system", "[authentication]") {
    for (Scope const& each : {Scope{.domain_id = "default"}, Scope{.domain_name = "Default"}}) {
        Authorization const made = authorize({password("admin")}, each);
        CHECK(made.project_id == "");
        Description const told = description(made);
        CHECK(told.domain->id == "default");
        CHECK(told.project.is_unset());
        Cloud const cloud{keystone({password("admin")}, each)};
        CHECK_NOTHROW(ask(cloud, "GET", "/v3/users/" + variable("DEMO_USER_ID")));
        CHECK(cloud.session().has_service("image"));
    }
    refusal("demo-secret", {password("demo")}, {.domain_id = "default"});

    Description const told = description(authorize({password("admin")}, {.is_system = true}));
    CHECK(told.system->all == true);
    CHECK(told.project.is_unset());
    Cloud const cloud{keystone({password("admin")}, {.is_system = true})};
    CHECK(cloud.project_id() == "");
    CHECK_NOTHROW(ask(cloud, "GET", "/v3/domains/default"));
    refusal("demo-secret", {password("demo")}, {.is_system = true});
}

TEST_CASE("Without a scope a user has the default project, or none", "[authentication]") {
    User const user;
    check_works_in_demo({user.password()});
    Authorization const unscoped = authorize({user.password()}, {.is_unscoped = true});
    Authorization const without_default = authorize({password("demo")});
    for (Authorization const& each : {unscoped, without_default}) {
        CHECK(each.project_id == "");
        CHECK(each.catalog.empty());
        Description const told = description(each);
        CHECK(told.user->id == each.user_id);
        CHECK((told.project.is_unset() && told.domain.is_unset() && told.system.is_unset()));
    }
    Cloud const cloud{keystone({user.password()}, {.is_unscoped = true})};
    CHECK_THROWS_AS(cloud.glance().images().all(), openstack::EndpointNotFound);
}

TEST_CASE("A trust lets a user work in another one's project", "[authentication]") {
    Temporary const trust{demo(), "/v3/OS-TRUST/trusts",
                          R"({"trust": {"impersonation": false, "trustor_user_id": ")" + variable("DEMO_USER_ID") +
                              R"(", "trustee_user_id": ")" + variable("ALT_USER_ID") + R"(", "project_id": ")" +
                              variable("DEMO_PROJECT_ID") +
                              R"(", "roles": [{"name": "member"}, {"name": "reader"}]}})"};
    refusal("alt-secret", {password("alt")}, demo_project());
    check_works_in_demo({password("alt")}, {.trust_id = trust.id()});
    Description const told = description(authorize({password("alt")}, {.trust_id = trust.id()}));
    CHECK(told.trust->id == trust.id());
    CHECK(told.user->id == variable("ALT_USER_ID"));
    CHECK_THROWS_AS(authorize({password("reader")}, {.trust_id = trust.id()}), openstack::Forbidden);
}

TEST_CASE("A token gives another one with another scope", "[authentication]") {
    Authorization const first = authorize({password("demo")});
    Token const token{first.token};
    check_works_in_demo({token}, demo_project());
    Authorization const second = authorize({token}, demo_project());
    CHECK(second.token != first.token);
    CHECK(second.user_id == variable("DEMO_USER_ID"));
    CHECK(second.life.value() <= first.life.value());
    CHECK(description(second).methods == std::vector<std::string>{"token", "password"});
    check_works_in_demo({Token{second.token}}, demo_project());
    auto const error = refusal("gAAAAABbroken", {Token{"gAAAAABbroken"}}, demo_project());
    CHECK(error.server_text() == "Keystone doesn't know the token, application credential or trust");
}

TEST_CASE("An application credential works by id and by name", "[authentication]") {
    std::string const id = variable("DEMO_APPLICATION_CREDENTIAL_ID");
    std::string const secret = variable("DEMO_APPLICATION_CREDENTIAL_SECRET");
    for (ApplicationCredential const& each :
         {ApplicationCredential{.id = id, .secret = secret},
          ApplicationCredential{.name = "demo", .secret = secret, .user_id = variable("DEMO_USER_ID")},
          ApplicationCredential{.name = "demo", .secret = secret, .username = "demo", .user_domain_name = "Default"}}) {
        check_works_in_demo({each});
        CHECK(description(authorize({each})).methods == std::vector<std::string>{"application_credential"});
    }
    refusal("not-the-secret", {ApplicationCredential{.id = id, .secret = "not-the-secret"}});
    refusal(secret, {ApplicationCredential{.id = "0123456789abcdef", .secret = secret}});
}

TEST_CASE("The test's device shows what RFC 6238 has", "[authentication]") {
    CHECK(User::passcode(59) == "287082");
    CHECK(User::passcode(1111111109) == "081804");
    CHECK(User::passcode(20000000000) == "353130");
}

TEST_CASE("A passcode works alone and beside a password", "[authentication]") {
    User const user;
    check_works_in_demo({user.totp()}, demo_project());
    check_works_in_demo({user.password(), user.totp()}, demo_project());
    CHECK(description(authorize({user.totp()})).methods == std::vector<std::string>{"totp"});
    auto const both = description(authorize({user.password(), user.totp()})).methods.value();
    CHECK_THAT(both, Catch::UnorderedEquals(std::vector<std::string>{"totp", "password"}));
    Totp const fixed{.user_id = user.id(), .passcode = User::passcode(std::time(nullptr))};
    CHECK(authorize({fixed}).user_id == user.id());
    refusal("abcdef", {Totp{.user_id = user.id(), .passcode = "abcdef"}});
    refusal(user.password().password, {user.password(), Totp{.user_id = user.id(), .passcode = "abcdef"}});
}

TEST_CASE("A user who needs several methods is told which", "[authentication]") {
    User const user{R"({"multi_factor_auth_enabled": true, "multi_factor_auth_rules": [["password", "totp"]]})"};
    auto const error = caught<Unauthorized>([&] { (void)authorize({user.password()}, demo_project()); });
    std::string const start = "the user needs several authentication methods at a time: ";
    CHECK_THAT(error.server_text(),
               Catch::Equals(start + "password and totp") || Catch::Equals(start + "totp and password"));
    CHECK(std::string_view{error.what()}.find("canary") == std::string_view::npos);
    check_works_in_demo({user.password(), user.totp()}, demo_project());
}

TEST_CASE("A fixed token and an endpoint need no Keystone, nor does nobody", "[authentication]") {
    Authorization const made = authorize({password("demo")}, demo_project());
    Cloud const cloud{std::make_shared<FixedToken>(made.token), {.endpoint = variable("GLANCE_URL")}};
    TemporaryImage const image{"data", {}, cloud};
    CHECK(image.record().owner_id == variable("DEMO_PROJECT_ID"));
    for (live::Sent const& each : cloud.sent()) CHECK(each.target.starts_with("/v2/"));

    Cloud const nobody{std::make_shared<FixedToken>(), {.endpoint = variable("GLANCE_URL")}};
    auto const error = caught<Unauthorized>([&] { (void)nobody.glance().get_image(image.id()); });
    CHECK(error.method() == "GET");
    auto const sent = nobody.sent();
    REQUIRE(sent.size() == 1);
    CHECK_FALSE(sent[0].headers.find("X-Auth-Token"));
}
