// SPDX-License-Identifier: Apache-2.0
// Password: a user's name and password, by Keystone's Identity API v3.
#pragma once

#include <string>
#include <utility>

#include <openstack/auth/keystone.hpp>

namespace openstack {

/// Who the user is and for which project the token shall be. Names need a domain, ids don't.
struct PasswordCredentials {
    std::string auth_url{};  ///< Keystone's endpoint, with or without /v3
    std::string username{};
    std::string user_id{};  ///< instead of `username`
    std::string user_domain_name{};
    std::string user_domain_id{};
    std::string password{};
    std::string project_name{};
    std::string project_id{};  ///< instead of `project_name`
    std::string project_domain_name{};
    std::string project_domain_id{};
};

/// Authorizes by POST /v3/auth/tokens.
class Password final : public Authentication {
  public:
    explicit Password(PasswordCredentials credentials) : credentials_(std::move(credentials)) {}

    [[nodiscard]] Authorization authorize(Transport& transport) override {
        PasswordCredentials const& c = credentials_;
        keystone::User user{.password = c.password};
        if (!c.user_id.empty()) {
            user.id = c.user_id;
        } else {
            user.name = c.username;
            user.domain = domain(c.user_domain_id, c.user_domain_name);
        }
        keystone::Auth auth{.identity =
                                keystone::Identity{.methods = {"password"},
                                                   .password = keystone::PasswordMethod{.user = std::move(user)}}};
        if (!c.project_id.empty()) {
            auth.scope = keystone::Scope{.project = keystone::Project{.id = c.project_id}};
        } else if (!c.project_name.empty()) {
            auth.scope = keystone::Scope{
                .project = keystone::Project{.name = c.project_name,
                                             .domain = domain(c.project_domain_id, c.project_domain_name)}};
        }
        return keystone::request_token(transport, c.auth_url, std::move(auth));
    }

  private:
    static keystone::Domain domain(std::string const& id, std::string const& name) {
        return id.empty() ? keystone::Domain{.name = name} : keystone::Domain{.id = id};
    }

    PasswordCredentials credentials_;
};

}  // namespace openstack
