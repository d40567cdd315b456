// SPDX-License-Identifier: Apache-2.0
// CloudIdentity: who one is to a cloud, as its configuration says it, as an Authentication.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/auth/keystone.hpp>
#include <openstack/cloud_keys.hpp>
#include <openstack/endpoint.hpp>
#include <openstack/error.hpp>
#include <openstack/setting_values.hpp>
#include <openstack/settings.hpp>

namespace openstack::detail {

/// Reads the keys of KeyUse::identity: what is in `auth` counts more than what is beside it, a key's own name more than
/// another one of it. No message repeats a value.
template<class Setting, class Method = AuthMethod, class Made = Keystone>
class CloudIdentity {
  public:
    /// `cloud` is a map, that of the environment if it has no file; it must outlive this.
    explicit CloudIdentity(Setting const& cloud) : cloud_(cloud), auth_(cloud.find("auth")) {
        if (auth_ == nullptr || auth_->is_null()) return;
        if (!auth_->is_map()) throw ConfigError(auth_->place() + " isn't a map of settings");
        for (Setting const& each : auth_->items) {
            CloudKey const* const known = find_key(each.key);
            if (known == nullptr || known->use != KeyUse::identity)
                auth_->refuse(each, " is no setting of an authentication that this library knows");
        }
    }

    /// The setting, or else null.
    [[nodiscard]] Setting const* find(std::string_view name) const {
        bool const is_first_outside = name == "passcode";  // it's another one each time, so it comes by a variable
        for (bool const is_outside : {is_first_outside, !is_first_outside})
            if (Setting const* const found = find(name, is_outside)) return found;
        for (CloudKey const& other : cloud_keys)
            if (other.use == KeyUse::identity && other.note == name)
                if (Setting const* const found = find(other.name)) return found;
        return nullptr;
    }
    /// Its text; empty if there is none.
    [[nodiscard]] std::string get(std::string_view name) const {
        Setting const* const found = find(name);
        return found == nullptr ? std::string{} : found->text;
    }
    /// Whether it is given, and isn't an empty text.
    [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }

    /// What a setting that isn't there would be called.
    [[nodiscard]] std::string name(std::string_view key) const {
        if (!cloud_.file.empty()) return std::string{key};
        std::string variable = "OS_";
        for (char const c : key) variable += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        return variable;
    }
    /// How a message about such ones begins.
    [[nodiscard]] std::string start() const { return cloud_.file.empty() ? "" : cloud_.place() + ".auth: "; }

    /// Throws ConfigError, which says `why` it's needed, if it isn't there.
    [[nodiscard]] std::string required(std::string_view key, std::string_view why) const {
        if (!has(key)) throw ConfigError(start() + name(key) + " isn't set: " + std::string{why});
        return get(key);
    }
    /// The same, for a URL that a path can be put to. Throws ConfigError also for what can't be one.
    [[nodiscard]] std::string required_endpoint(std::string_view key, std::string_view why) const {
        std::string url = required(key, why);
        check_endpoint(find(key)->place(), url);
        return url;
    }

    /// Keystone by the method `type`, as v3password; by those of `auth_methods` if it is v3multifactor. Throws
    /// ConfigError for one that isn't there, and for what is missing.
    [[nodiscard]] std::shared_ptr<Made> keystone(std::string_view type, std::string auth_url) const {
        std::vector<Method> methods;
        if (type == "v3multifactor") {
            (void)required("auth_methods", "the authentication by several methods needs their names");
            for (Setting const& each : list_of(*find("auth_methods"))) methods.push_back(method(text_of(each)));
        } else {
            methods.push_back(method(type));
        }
        bool const is_application_credential = methods.size() == 1 && methods[0].name() == "application_credential";
        if (is_application_credential && (is_of_project() || has("trust_id") || has("system_scope")))
            throw ConfigError(
                start() + "an application credential has a project of its own: leave out " +
                comma_list({name("project_id"), name("project_name"), name("trust_id"), name("system_scope")}));
        Scope wanted = is_application_credential ? Scope{} : scope();
        try {
            return std::make_shared<Made>(std::move(auth_url), std::move(methods), std::move(wanted));
        } catch (ConfigError const& error) {
            throw ConfigError(start() + error.what());
        }
    }

    /// Whether there is a way to authenticate by a method of that name.
    [[nodiscard]] static bool is_method(std::string_view type) {
        if (type.starts_with("v3")) type.remove_prefix(2);
        for (std::string_view const each : {"password", "token", "applicationcredential", "totp", "multifactor"})
            if (type == each) return type != "multifactor";
        return false;
    }

  private:
    struct Domain {
        std::string id;
        std::string name;
    };

    Setting const* find(std::string_view key, bool is_outside) const {
        if (!is_outside && auth_ == nullptr) return nullptr;
        Setting const* const found = (is_outside ? cloud_ : *auth_).find(key);
        if (found == nullptr || found->is_null()) return nullptr;
        if (found->is_list() && key == "auth_methods") return found;
        if (!found->is_scalar()) throw ConfigError(found->place() + " isn't a text");
        return found->text.empty() ? nullptr : found;
    }

    bool is_of_project() const { return has("project_id") || has("project_name"); }

    /// The one of `user` or `project`, or else the one for both.
    Domain domain(std::string const& of) const {
        for (std::string const& prefix : {of + '_', std::string{}, std::string{"default_"}}) {
            if (prefix.empty() && !is_of_project()) continue;  // it's what the token is for
            Domain found{get(prefix + "domain_id"), get(prefix + "domain_name")};
            if (!found.id.empty() || !found.name.empty()) return found;
        }
        return {};
    }

    /// Fills in the user of a method. Throws ConfigError unless the user is given.
    template<class With>
    With with_user(With method) const {
        method.username = get("username");
        method.user_id = get("user_id");
        auto [id, domain_name] = domain("user");
        if (method.username.empty() && method.user_id.empty())
            throw ConfigError(start() + "neither " + name("username") + " nor " + name("user_id") + " is set");
        if (method.user_id.empty() && id.empty() && domain_name.empty()) throw_needs_domain("username", "user");
        method.user_domain_id = std::move(id);
        method.user_domain_name = std::move(domain_name);
        return method;
    }

    [[noreturn]] void throw_needs_domain(std::string_view key, std::string const& of) const {
        throw ConfigError(start() + name(key) + " needs " + name(of + "_domain_name") + " or " +
                          name(of + "_domain_id"));
    }

    Method method(std::string_view type) const {
        if (type.starts_with("v3")) type.remove_prefix(2);
        if (type == "password") {
            Password made{.password = required("password", "the password authentication needs it")};
            return with_user(std::move(made));
        }
        if (type == "token") return Token{required("token", "the authentication by a token needs it")};
        if (type == "totp") {
            Totp made{.passcode = required("passcode", "the authentication by a one-time passcode needs it")};
            return with_user(std::move(made));
        }
        if (type != "applicationcredential")
            throw ConfigError(find("auth_methods")->place() +
                              " names a method that isn't supported; v3password, "
                              "v3token, v3totp and v3applicationcredential are");
        ApplicationCredential made{.id = get("application_credential_id"), .name = get("application_credential_name")};
        made.secret = required("application_credential_secret", "the application credential needs it");
        if (made.id.empty() && made.name.empty())
            throw ConfigError(start() + "neither " + name("application_credential_id") + " nor " +
                              name("application_credential_name") + " is set");
        return made.id.empty() ? with_user(std::move(made)) : made;
    }

    Scope scope() const {
        Scope made{.project_id = get("project_id"), .project_name = get("project_name")};
        if (is_of_project()) {
            auto [id, domain_name] = domain("project");
            if (made.project_id.empty() && id.empty() && domain_name.empty())
                throw_needs_domain("project_name", "project");
            made.project_domain_id = std::move(id);
            made.project_domain_name = std::move(domain_name);
        } else {
            made.domain_id = get("domain_id");
            made.domain_name = get("domain_name");
        }
        made.trust_id = get("trust_id");
        if (Setting const* const system = find("system_scope")) {
            if (system->text != "all") throw ConfigError(system->place() + " isn't 'all', the only scope there is");
            made.is_system = true;
        }
        return made;
    }

    Setting const& cloud_;
    Setting const* auth_;
};

}  // namespace openstack::detail
