// SPDX-License-Identifier: Apache-2.0
// The authentication methods: what Keystone is told of each, and what each can't do without.
#include <openstack/auth/auth_method.hpp>
#include <openstack/auth/methods.hpp>

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "../support/thrown.hpp"

using namespace openstack;
using support::thrown;

namespace {

/// The document of a method that has all it needs.
std::string document(AuthMethod const& method) { return method.to_json(); }

template<class Method>
std::string error(Method const& method) {
    return thrown<ConfigError>([&] { static_cast<void>(AuthMethod{method}); });
}

/// A user's own method.
struct Stamp {
    static constexpr std::string_view method = "stamp";
    int number = 0;
    [[nodiscard]] std::string to_json() const { return R"({"number":)" + std::to_string(number) + '}'; }
};
struct CheckedStamp : Stamp {
    void check() const {
        if (number == 0) throw ConfigError("stamps begin with 1");
    }
};

}  // namespace

TEST_CASE("A user is sent by id alone, or by name with the domain", "[auth-methods]") {
    CHECK(document(Password{.username = "demo", .user_domain_name = "Default", .password = "p"}) ==
          R"({"user":{"name":"demo","domain":{"name":"Default"},"password":"p"}})");
    CHECK(
        document(Password{.username = "demo", .user_domain_name = "ignored", .user_domain_id = "d", .password = "p"}) ==
        R"({"user":{"name":"demo","domain":{"id":"d"},"password":"p"}})");
    CHECK(document(Password{.username = "ignored", .user_id = "u", .user_domain_name = "ignored", .password = "p"}) ==
          R"({"user":{"id":"u","password":"p"}})");
}

TEST_CASE("A password may hold anything that is text, and nothing", "[auth-methods]") {
    CHECK(document(Password{.user_id = "u", .password = "\"\\ \n\xc3\xa4"}) ==
          "{\"user\":{\"id\":\"u\",\"password\":\"\\\"\\\\ \\n\xc3\xa4\"}}");
    CHECK(document(Password{.user_id = "u"}) == R"({"user":{"id":"u","password":""}})");
    CHECK(thrown<InvalidRequest>([] { static_cast<void>(document(Password{.user_id = "u", .password = "\xff"})); }) ==
          "a text that isn't UTF-8 can't be sent as JSON");
}

TEST_CASE("A token is sent as its id", "[auth-methods]") {
    CHECK(document(Token{"gAAA\"x"}) == R"({"id":"gAAA\"x"})");
    CHECK(error(Token{}) == "the method token needs a token");
}

TEST_CASE("An application credential is sent by id, or by name with its user", "[auth-methods]") {
    CHECK(document(ApplicationCredential{.id = "i", .secret = "s"}) == R"({"id":"i","secret":"s"})");
    CHECK(document(ApplicationCredential{.id = "i", .name = "ignored", .secret = "s", .username = "ignored"}) ==
          R"({"id":"i","secret":"s"})");
    CHECK(document(ApplicationCredential{.name = "n", .secret = "s", .user_id = "u"}) ==
          R"({"name":"n","secret":"s","user":{"id":"u"}})");
    CHECK(document(
              ApplicationCredential{.name = "n", .secret = "s", .username = "demo", .user_domain_name = "Default"}) ==
          R"({"name":"n","secret":"s","user":{"name":"demo","domain":{"name":"Default"}}})");
}

TEST_CASE("A passcode is a text, or asked for whenever it is needed", "[auth-methods]") {
    CHECK(document(Totp{.user_id = "u", .passcode = "012345"}) == R"({"user":{"id":"u","passcode":"012345"}})");
    std::string const text = "678901";
    CHECK(document(Totp{.username = "demo", .user_domain_id = "d", .passcode = text}) ==
          R"({"user":{"name":"demo","domain":{"id":"d"},"passcode":"678901"}})");
    int asked = 0;
    AuthMethod const method = Totp{.user_id = "u", .passcode = [&] { return std::to_string(++asked); }};
    CHECK(asked == 0);
    CHECK(method.to_json() == R"({"user":{"id":"u","passcode":"1"}})");
    CHECK(method.to_json() == R"({"user":{"id":"u","passcode":"2"}})");
}

TEST_CASE("What a method lacks is said when it is made", "[auth-methods]") {
    CHECK(error(Password{.password = "canary"}) == "the method password needs a user: a user_id or a username");
    CHECK(error(Password{.user_domain_name = "Default"}) ==
          "the method password needs a user: a user_id or a username");
    CHECK(error(Password{.username = "demo", .password = "canary"}) ==
          "the method password's username needs a user_domain_name or user_domain_id");
    CHECK(error(ApplicationCredential{.secret = "canary"}) ==
          "the method application_credential needs an id or a name");
    CHECK(error(ApplicationCredential{.id = "i"}) == "the method application_credential needs a secret");
    CHECK(error(ApplicationCredential{.name = "n", .secret = "canary"}) ==
          "the method application_credential needs a user: a user_id or a username");
    CHECK(error(ApplicationCredential{.name = "n", .secret = "canary", .username = "demo"}) ==
          "the method application_credential's username needs a user_domain_name or user_domain_id");
    CHECK(error(Totp{.passcode = "canary"}) == "the method totp needs a user: a user_id or a username");
    CHECK(error(Totp{.user_id = "u"}) == "the method totp needs a passcode");
    CHECK(error(Totp{.user_id = "u", .passcode = static_cast<std::string (*)()>(nullptr)}) ==
          "the method totp needs a passcode");
}

TEST_CASE("A method of one's own is a small struct", "[auth-methods]") {
    AuthMethod const method = Stamp{7};
    CHECK(method.name() == "stamp");
    CHECK(method.to_json() == R"({"number":7})");
    AuthMethod const copy = method;
    CHECK(copy.to_json() == method.to_json());
    CHECK(error(CheckedStamp{}) == "stamps begin with 1");
    CHECK(document(CheckedStamp{{1}}) == R"({"number":1})");
    STATIC_REQUIRE(KeystoneMethod<Stamp>);
    STATIC_REQUIRE(KeystoneMethod<Totp>);
    STATIC_REQUIRE_FALSE(KeystoneMethod<std::string>);
}
