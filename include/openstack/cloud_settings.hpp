// SPDX-License-Identifier: Apache-2.0
// CloudSettings: one cloud's configuration, from a file or the environment, as a CloudConfig.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/auth/fixed_token.hpp>
#include <openstack/cloud_config.hpp>
#include <openstack/cloud_identity.hpp>
#include <openstack/cloud_keys.hpp>
#include <openstack/clouds_files.hpp>
#include <openstack/error.hpp>
#include <openstack/service_settings.hpp>
#include <openstack/setting_values.hpp>
#include <openstack/settings.hpp>

namespace openstack::detail {

/// Every key counts, has no effect for a known reason, or is refused. Throws ConfigError, which names file and key, or
/// variable, and repeats no secret.
template<class Setting, class Config = CloudConfig>
class CloudSettings {
  public:
    /// `cloud` is a map with normal keys, that of the environment if it has no file.
    explicit CloudSettings(Setting cloud) : cloud_(std::move(cloud)) {}

    /// All of it, once. Reads no file, but asks whether `cacert` is a directory.
    [[nodiscard]] Config read() {
        check_keys();
        expand();
        read_transport();
        ServiceSettings<Setting, Config>{cloud_, config_.session}.read();
        authenticate();
        return std::move(config_);
    }

  private:
    void check_keys() const {
        for (Setting const& each : cloud_.items) {
            if (CloudKey const* const known = find_key(each.key)) {
                if (known->use == KeyUse::refused && !each.is_null())
                    throw ConfigError(each.place() + ' ' + std::string{known->note});
            } else if (each.key.starts_with("has_")) {
                if (!each.is_null() && !truth_of(each))
                    throw ConfigError(each.place() + " can't be false: no service can be switched off here");
            } else if (service_key(each.key).empty()) {
                cloud_.refuse(each, " is no setting that this library knows" + nearest(each.key));
            }
        }
        if (Setting const* const tasks = cloud_.given("image_api_use_tasks"); tasks != nullptr && truth_of(*tasks))
            throw ConfigError(tasks->place() + " can't be true: images are uploaded by PUT, not by a task");
    }
    static std::string nearest(std::string_view key) {
        for (CloudKey const& each : cloud_keys)
            if (each.name.starts_with(key) || key.starts_with(each.name)) return "; it knows " + std::string{each.name};
        return {};
    }

    /// Puts settings of the cloud for their names in braces: https://{region_name}.example.
    void expand() {
        std::vector<std::pair<Setting*, std::string>> expanded;
        auto const look_at = [&](Setting* setting) {
            if (setting != nullptr && setting->is_scalar() && setting->text.find('{') != std::string::npos)
                expanded.emplace_back(setting, expanded_text(*setting));
        };
        for (Setting& each : cloud_.items) {
            CloudKey const* const known = find_key(each.key);
            if (known == nullptr || known->use == KeyUse::read || each.key == "auth_url") look_at(&each);
        }
        if (Setting* const auth = cloud_.find("auth")) look_at(auth->find("auth_url"));
        for (auto& [setting, text] : expanded) setting->text = std::move(text);
    }
    std::string expanded_text(Setting const& setting) const {
        std::string_view rest = setting.text;
        std::string text;
        for (std::size_t open; (open = rest.find('{')) != rest.npos;) {
            std::size_t const close = rest.find('}', open);
            if (close == rest.npos) break;
            Setting const* const value = cloud_.find(normal_key(rest.substr(open + 1, close - open - 1)));
            CloudKey const* const known = value == nullptr ? nullptr : find_key(value->key);
            if (value == nullptr || !value->is_scalar() || (known != nullptr && known->use == KeyUse::identity))
                throw ConfigError(setting.place() + " has a name in braces that is no setting of the cloud");
            text.append(rest.substr(0, open)).append(value->text);
            rest.remove_prefix(close + 1);
        }
        return text.append(rest);
    }

    void read_transport() {
        auto& transport = config_.transport;
        std::string authorities;
        if (Setting const* const verify = cloud_.given("verify")) {
            // requests, on which openstacksdk stands, takes a path, too.
            if (verify->is_scalar() && verify->text.find('/') != std::string::npos) {
                authorities = verify->text;
            } else {
                transport.insecure = !truth_of(*verify);
            }
        }
        if (Setting const* const insecure = cloud_.given("insecure"); insecure != nullptr && truth_of(*insecure))
            transport.insecure = true;
        if (Setting const* const cacert = cloud_.given("cacert")) authorities = text_of(*cacert);
        authorities = expand_home(std::move(authorities));
        struct stat status {};
        bool const is_directory = ::stat(authorities.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
        (is_directory ? transport.ca_directory : transport.ca_file) = std::move(authorities);
        if (Setting const* const cert = cloud_.given("cert"))
            transport.client_certificate = expand_home(text_of(*cert));
        if (Setting const* const key = cloud_.given("key")) {
            if (transport.client_certificate.empty())
                throw ConfigError(key->place() + " is of no use without the certificate, cert");
            transport.client_key = expand_home(text_of(*key));
        }
        if (Setting const* const force = cloud_.given("force_ipv4")) transport.force_ipv4 = truth_of(*force);
        if (Setting const* const prefer = cloud_.given("prefer_ipv6"); prefer != nullptr && !truth_of(*prefer))
            transport.force_ipv4 = true;
    }

    void authenticate() {
        CloudIdentity<Setting> const identity(cloud_);
        std::string const type = auth_type(identity);
        if (type == "none" || type == "admin_token") {
            std::string const why =
                type == "none" ? identity.name("auth_type") + "=none needs it" : "a given token needs it";
            if (identity.has("endpoint") || !has_endpoint())
                config_.session.endpoint = identity.required_endpoint("endpoint", why);
            std::string token;
            if (type == "admin_token")
                token = identity.required("token", identity.name("auth_type") + "=admin_token needs it");
            config_.authentication = std::make_shared<FixedToken>(std::move(token));
            return;
        }
        if (type != "v3multifactor" && !identity.is_method(type)) {
            Setting const* const given =
                cloud_.given("auth_type") != nullptr ? cloud_.given("auth_type") : cloud_.given("auth_plugin");
            throw ConfigError((cloud_.file.empty() ? given->place() + '=' : given->place() + ": ") + one_line(type) +
                              " isn't supported; password, token, v3applicationcredential, v3totp, v3multifactor, "
                              "admin_token and none are");
        }
        config_.authentication = identity.keystone(
            type,
            identity.required_endpoint("auth_url", "it is where Keystone answers; OS_CLOUD takes a cloud of a file"));
    }
    bool has_endpoint() const {
        for (auto const& [service, special] : config_.session.services)
            if (!special.endpoint.empty()) return true;
        return false;
    }

    /// The type, by one name for each. Where none is given, what else is given tells.
    std::string auth_type(CloudIdentity<Setting> const& identity) const {
        for (std::string_view const key : {"auth_type", "auth_plugin"}) {
            Setting const* const given = cloud_.find(key);
            if (given == nullptr) continue;
            std::string type = given->is_null() ? "none" : normal_key(text_of(*given));
            if (type.empty() || type == "noauth") type = "none";
            return type == "token_endpoint" ? "admin_token" : type;
        }
        if (identity.has("token") && identity.has("endpoint")) return "admin_token";
        if (identity.has("password")) return "password";
        if (identity.has("token")) return "token";
        return identity.has("application_credential_secret") ? "v3applicationcredential" : "password";
    }

    Setting cloud_;
    Config config_{};
};

}  // namespace openstack::detail
