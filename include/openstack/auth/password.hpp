// SPDX-License-Identifier: Apache-2.0
// Password: a user's name and password, by Keystone's Identity API v3.
#pragma once

#include <string>
#include <utility>

#include <openstack/auth/keystone.hpp>

namespace openstack {

/// Who the user is and for which project the token shall be. Names need a domain, ids don't.
struct PasswordCredentials {
    std::string auth_url{};             ///< Keystone's endpoint, with or without /v3
    std::string username{};             ///< within the user's domain
    std::string user_id{};              ///< instead of `username`
    std::string user_domain_name{};     ///< of the domain that `username` is in
    std::string user_domain_id{};       ///< instead of `user_domain_name`
    std::string password{};             ///< UTF-8; it appears in no message
    std::string project_name{};         ///< within the project's domain; without a project the token has no scope
    std::string project_id{};           ///< instead of `project_name`
    std::string project_domain_name{};  ///< of the domain that `project_name` is in
    std::string project_domain_id{};    ///< instead of `project_domain_name`
};

/// Authorizes by POST /v3/auth/tokens. Password is the one to use; it is a template so that a program compiles it only
/// where it is made.
template<class Credentials>
class BasicPassword final : public Authentication {
  public:
    /// Throws ConfigError if `auth_url` can't be an endpoint.
    explicit BasicPassword(Credentials credentials) : credentials_(std::move(credentials)) {
        check_endpoint("auth_url", credentials_.auth_url);
    }

    [[nodiscard]] Authorization authorize(Transport& transport) override {
        return keystone::request_token(transport, credentials_.auth_url, document());
    }

  private:
    [[nodiscard]] std::string document() const {
        Credentials const& c = credentials_;
        detail::JsonWriter writer;
        auto const open = [&](char const* key) {
            writer.key(key);
            writer.begin_object();
        };
        writer.begin_object();
        open("auth");
        open("identity");
        writer.key("methods");
        writer.begin_array();
        writer.string("password");
        writer.end_array();
        open("password");
        open("user");
        keystone::write_name(writer, {c.user_id, c.username, c.user_domain_id, c.user_domain_name});
        keystone::write_text(writer, "password", c.password);
        writer.end_object();
        writer.end_object();
        writer.end_object();
        if (!c.project_id.empty() || !c.project_name.empty()) {
            open("scope");
            open("project");
            keystone::write_name(writer, {c.project_id, c.project_name, c.project_domain_id, c.project_domain_name});
            writer.end_object();
            writer.end_object();
        }
        writer.end_object();
        writer.end_object();
        return writer.text();
    }

    Credentials credentials_;
};
/// A user's name and password. `authorize` throws Unauthorized if they are refused, HttpError for another refusal,
/// TransportError, DecodeError, and InvalidRequest for a text that isn't UTF-8.
using Password = BasicPassword<PasswordCredentials>;

}  // namespace openstack
