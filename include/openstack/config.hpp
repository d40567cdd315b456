// SPDX-License-Identifier: Apache-2.0
// Which cloud is meant: the OS_* variables' own one, or one of those that files describe, in one of its regions.
#pragma once

#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/cloud_config.hpp>
#include <openstack/cloud_keys.hpp>
#include <openstack/cloud_settings.hpp>
#include <openstack/clouds_files.hpp>
#include <openstack/error.hpp>
#include <openstack/one_line.hpp>
#include <openstack/service_types.hpp>
#include <openstack/setting_values.hpp>
#include <openstack/settings.hpp>

namespace openstack {
namespace detail {

/// Whether a variable, by its name as a key, is one that counts here. Others are other programs', whatever they say:
/// OS_NAME is Linux somewhere, and OS_PROMPT may be "{user}".
template<class Key = std::string_view>
[[nodiscard]] bool is_variable(Key key) {
    if (CloudKey const* const known = find_key(key)) return known->use != KeyUse::idle;
    if (key.starts_with("has_")) return is_service(key.substr(4));
    Key const of_service = service_key(key);
    return !of_service.empty() && is_service(key.substr(0, key.size() - of_service.size() - 1));
}

/// The OS_* variables that count as a cloud's map, without empty ones: OS_AUTH_URL is its auth_url.
template<class Setting>
[[nodiscard]] Setting settings_of_environment() {
    Setting cloud = Setting::map();
    for (char** each = ::environ; *each != nullptr; ++each) {
        std::string_view const variable = *each;
        std::string_view const name = variable.substr(0, variable.find('='));
        if (!name.starts_with("OS_") || variable.size() <= name.size() + 1) continue;
        std::string key = normal_key(name.substr(3));
        if (is_variable(std::string_view{key}))
            cloud.set(Setting::scalar(std::move(key), variable.substr(name.size() + 1), name));
    }
    return cloud;
}

/// Finds a cloud as openstacksdk does. Formats is what reads the files: JsonFiles or YamlFiles.
template<class Formats, class Setting, class Config>
class CloudChoice {
  public:
    /// Empty texts: as OS_CLOUD and OS_REGION_NAME say, or else what is the only or first one.
    CloudChoice(std::string name, std::string region) : name_(std::move(name)), region_(std::move(region)) {}

    /// Throws ConfigError.
    [[nodiscard]] Config read() {
        if (name_.empty()) name_ = environment("OS_CLOUD");
        bool const is_environment = name_.empty() || name_ == name_of_environment();
        if (is_environment && is_cloud(environment_)) return config_of(environment_, Setting::map());
        if (region_.empty()) region_ = environment("OS_REGION_NAME");
        Files files("clouds", "OS_CLIENT_CONFIG_FILE");
        Setting document = files.read();
        Setting const secure = read_all("secure", "OS_CLIENT_SECURE_FILE");
        if (document.file.empty()) document.file = secure.file;
        document.merge(secure);
        Setting const* const clouds = document.find("clouds");
        // A cloud that JSON has is taken from there, although openstacksdk would prefer a file of YAML.
        if (name_.empty() || clouds == nullptr || clouds->find(name_) == nullptr) files.check_all_read();
        if (name_.empty() && (clouds == nullptr || clouds->items.empty()))
            return config_of(environment_, Setting::map());
        return config_of(chosen(clouds, document.file), general(document.find("client")));
    }

  private:
    using Files = CloudsFiles<Setting, Formats>;

    /// What counts is nothing less than the first file.
    static Setting read_all(std::string_view name, char const* variable) {
        Files files(name, variable);
        Setting read = files.read();
        files.check_all_read();
        return read;
    }

    static std::string name_of_environment() {
        std::string name = environment("OS_CLOUD_NAME");
        return name.empty() ? "envvars" : name;
    }

    /// Whether some variable does more than choose.
    static bool is_cloud(Setting const& variables) {
        for (Setting const& each : variables.items)
            if (each.key != "cloud" && each.key != "region_name") return true;
        return false;
    }

    static std::vector<std::string> names(std::vector<Setting> const& settings) {
        std::vector<std::string> found;
        for (Setting const& each : settings) found.push_back(each.key);
        return found;
    }

    /// The cloud of that name, or else the only one.
    Setting chosen(Setting const* clouds, std::string const& file) const {
        std::string const start = "there is no cloud '" + one_line(name_) + "': ";
        if (clouds == nullptr || clouds->items.empty())
            throw ConfigError(start + (file.empty() ? "no file clouds.yaml, clouds.yml or clouds.json was found, nor "
                                                      "one that OS_CLIENT_CONFIG_FILE names"
                                                    : file + " has none"));
        Setting const* const found = name_.empty() ? clouds->items.data() : clouds->find(name_);
        if (found == nullptr) throw ConfigError(start + file + " has " + comma_list(names(clouds->items)));
        if (name_.empty() && clouds->items.size() > 1)
            throw ConfigError("OS_CLOUD isn't set: it chooses one of the clouds of " + file + ", " +
                              comma_list(names(clouds->items)));
        if (!found->is_map() && !found->is_null()) throw ConfigError(found->place() + " isn't a map of settings");
        Setting cloud = *found;
        cloud.kind = SettingKind::map;
        return cloud;
    }

    /// Reads the cloud with what is below it, for all clouds and in its profile, and what its region lays over it.
    Config config_of(Setting const& cloud, Setting whole) const {
        Setting const below = profile(cloud);
        Setting const region = region_of(cloud, below);
        whole.merge(below);
        whole.merge(cloud);
        if (Setting const* const values = region.find("values")) whole.merge(*values);
        if (Setting const* const name = region.find("name")) {
            Setting element = *name;
            element.key = "region_name";
            whole.set(std::move(element));
        }
        whole.file = cloud.file;
        whole.path = cloud.path;
        return CloudSettings<Setting, Config>{std::move(whole)}.read();
    }

    /// What a clouds-public file has for the cloud; an empty map if the cloud names no profile.
    static Setting profile(Setting const& cloud) {
        Setting const* name = cloud.given("profile");
        if (name == nullptr && !cloud.file.empty())
            name = cloud.given("cloud");  // its name of old; OS_CLOUD is no such
        if (name == nullptr || text_of(*name) == name_of_environment()) return Setting::map();
        Setting const document = read_all("clouds-public", "OS_CLIENT_VENDOR_FILE");
        Setting const* const profiles = document.find("public_clouds");
        Setting const* const found = profiles == nullptr ? nullptr : profiles->find(name->text);
        if (found == nullptr)
            // A variable isn't repeated: OS_PROFILE is the key of a profiler in the openstack command.
            throw ConfigError(name->place() +
                              (name->file.empty() ? " names" : " names '" + one_line(name->text) + "',") +
                              " a profile that isn't among the public-clouds of a clouds-public file; those that come "
                              "with openstacksdk aren't carried here");
        if (!found->is_map()) throw ConfigError(found->place() + " isn't a map of settings");
        return *found;
    }

    /// A map of the region's `name` and its own `values`; empty if no region is known or asked for. The cloud's regions
    /// go before the profile's.
    Setting region_of(Setting const& cloud, Setting const& profile) const {
        std::vector<Setting> known = regions(cloud);
        if (known.empty()) known = regions(profile);
        if (known.empty())
            return region_.empty() ? Setting::map() : map_of_name(Setting::scalar({}, region_, "OS_REGION_NAME"));
        if (region_.empty()) return known.front();
        std::vector<std::string> others;
        for (Setting const& each : known) {
            others.push_back(each.find("name")->text);
            if (others.back() == region_) return each;
        }
        throw ConfigError((cloud.file.empty() ? "the cloud of the OS_* variables" : cloud.place()) +
                          " has no region '" + one_line(region_) + "'; it has " + comma_list(others));
    }
    static std::vector<Setting> regions(Setting const& cloud) {
        Setting const* list = cloud.given("regions");
        if (list == nullptr) list = cloud.given("region_name");
        if (list == nullptr) return {};
        std::vector<Setting> found;
        for (Setting const& each : list_of(*list)) {
            if (!each.is_map()) {
                (void)text_of(each);
                found.push_back(map_of_name(each));
                continue;
            }
            for (Setting const& element : each.items)
                if (element.key != "name" && !(element.key == "values" && (element.is_map() || element.is_null())))
                    each.refuse(element, " is neither the region's name nor the map of its values");
            Setting const* const name = each.given("name");
            if (name == nullptr) throw ConfigError(each.place() + " is a region without a name");
            (void)text_of(*name);
            found.push_back(each);
        }
        return found;
    }
    static Setting map_of_name(Setting name) {
        Setting map = name;
        map.kind = SettingKind::map;
        name.key = "name";
        map.items = {std::move(name)};
        return map;
    }

    /// What counts for every cloud that doesn't say it itself: which addresses are used, as variables, or else the
    /// file's part `client`, say.
    Setting general(Setting const* client) const {
        auto const first = [&](std::string_view key, std::string_view other) -> Setting const* {
            if (Setting const* const found = environment_.find(key)) return found;
            if (client == nullptr) return nullptr;
            Setting const* const found = client->given(key);
            return found != nullptr ? found : client->given(other);
        };
        Setting const* const force = first("force_ipv4", "broken_ipv6");
        Setting const* const prefer = first("prefer_ipv6", {});
        Setting found = Setting::map();
        if ((force != nullptr && truth_of(*force)) || (prefer != nullptr && !truth_of(*prefer)))
            found.set(Setting::scalar("force_ipv4", "true", {}));
        return found;
    }

    std::string name_;
    std::string region_;
    Setting environment_ = settings_of_environment<Setting>();
};

}  // namespace detail

/// Reads the OS_* variables, and where these don't describe a cloud, or OS_CLOUD names another one, the file
/// clouds.json and those beside it, as openstacksdk finds them. Throws ConfigError, which names the variable, or the
/// file and the key, that is missing, unknown or wrong, and never repeats a secret; also where a file that counts is
/// YAML, which `clouds_yaml` of <openstack/clouds_yaml.hpp> reads.
template<class Config = CloudConfig>
[[nodiscard]] Config config_from_environment() {
    return detail::CloudChoice<detail::JsonFiles, detail::BasicSetting<std::string>, Config>{{}, {}}.read();
}

}  // namespace openstack
