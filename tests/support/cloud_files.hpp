// SPDX-License-Identifier: Apache-2.0
// The configuration of one test: files in a home of its own, and variables.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <openstack/authentication.hpp>
#include <openstack/cloud_config.hpp>
#include <openstack/http.hpp>

#include "environment.hpp"
#include "temporary_directory.hpp"

namespace support {

/// While it lives, HOME is a new directory and the directories of the system's configuration are in it; of the OS_*
/// variables only the given ones are set.
class CloudFiles {
  public:
    explicit CloudFiles(Environment::Variables variables = {})
        : environment_(with_home(std::move(variables), home_.path())) {}

    /// Where users have their files.
    [[nodiscard]] std::string user() const { return (home_ / ".config/openstack/").string(); }
    /// Where the system has its.
    [[nodiscard]] std::string site() const { return (home_ / "site/openstack/").string(); }
    [[nodiscard]] std::string home() const { return home_.path().string(); }

    /// Writes a file of the user's; of the site's, or another one, if the name is that of a path.
    CloudFiles& write(std::string_view name, std::string_view text) {
        std::filesystem::path const path = name.find('/') == name.npos ? user() + std::string{name} : std::string{name};
        std::filesystem::create_directories(path.parent_path());
        write_file(path, text);
        return *this;
    }

  private:
    static Environment::Variables with_home(Environment::Variables variables, std::filesystem::path const& home) {
        variables.emplace("HOME", home.string());
        variables.emplace("XDG_CONFIG_DIRS", (home / "site").string());
        return variables;
    }

    TemporaryDirectory home_{};
    Environment environment_;
};

/// What Keystone gets from a configuration, after the URL; what a configuration without Keystone sends as its token.
[[nodiscard]] inline std::string told(openstack::CloudConfig const& config) {
    class Keystone final : public openstack::Transport {
      public:
        [[nodiscard]] openstack::Response send(openstack::Request const& request) override {
            seen = request.url + ' ' + request.body;
            return {201, {{"X-Subject-Token", "t"}}, R"({"token": {}})"};
        }
        [[nodiscard]] std::unique_ptr<openstack::ResponseStream> open(openstack::Request const&) override {
            return nullptr;
        }
        std::string seen{};
    } keystone;
    openstack::Authorization const authorization = config.authentication->authorize(keystone);
    return keystone.seen.empty() ? "token " + authorization.token : keystone.seen;
}

}  // namespace support
