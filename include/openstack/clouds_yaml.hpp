// SPDX-License-Identifier: Apache-2.0
// clouds_yaml: a cloud of clouds.yaml. The only header that knows yaml-cpp, included by none: link with -lyaml-cpp.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <yaml-cpp/yaml.h>

#include <openstack/config.hpp>
#include <openstack/error.hpp>
#include <openstack/settings.hpp>

namespace openstack {
namespace detail {

/// Tells a SettingBuilder what a YAML text says, with `<<` merged and each alias in its place.
template<class Builder>
class YamlReader {
  public:
    explicit YamlReader(Builder& builder) : builder_(builder) {}

    /// Whether the builder takes it all.
    bool read(YAML::Node const& node) {
        if (!node.IsDefined() || node.IsNull()) return builder_.null();
        // A quoted ~ or null is a text.
        if (node.IsScalar()) {
            bool const is_plain = node.Tag() == "?";
            return is_plain && is_null(node.Scalar()) ? builder_.null() : builder_.string(node.Scalar());
        }
        if (node.IsSequence()) {
            if (!builder_.begin_array()) return false;
            for (YAML::Node const& each : node)
                if (!read(each)) return false;
            return builder_.end_array();
        }
        if (!builder_.begin_object()) return false;
        std::vector<std::string> own;
        return read_members(node, own, 0) && builder_.end_object();
    }

  private:
    static bool is_null(std::string_view text) {
        return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
    }
    static bool is_merge(YAML::Node const& key) { return key.IsScalar() && key.Scalar() == "<<" && key.Tag() == "?"; }

    /// A map's own members first: they count more than merged ones, of which the first counts.
    bool read_members(YAML::Node const& map, std::vector<std::string>& taken, std::size_t depth) {
        if (depth > SettingLimits::depth) return false;
        std::size_t const before = taken.size();
        for (auto const& member : map) {
            if (is_merge(member.first)) continue;
            if (!member.first.IsScalar()) return false;
            std::string const& key = member.first.Scalar();
            bool is_taken = false;
            for (std::size_t i = 0; i < before; ++i) is_taken = is_taken || taken[i] == key;
            if (is_taken) continue;
            taken.push_back(key);
            if (!builder_.key(key) || !read(member.second)) return false;
        }
        for (auto const& member : map) {
            if (!is_merge(member.first)) continue;
            if (member.second.IsMap()) {
                if (!read_members(member.second, taken, depth + 1)) return false;
                continue;
            }
            if (!member.second.IsSequence()) return false;
            for (YAML::Node const& each : member.second)
                if (!each.IsMap() || !read_members(each, taken, depth + 1)) return false;
        }
        return true;
    }

    Builder& builder_;
};

/// Reads files, `.json` as JSON, others as YAML.
struct YamlFiles {
    static constexpr bool is_yaml_read = true;

    /// Throws ConfigError, which names the file and, for a mistake in the YAML, the line.
    template<class Setting>
    static Setting parse(std::string text, std::string const& file) {
        SettingBuilder<Setting> builder(file);
        try {
            YAML::Node const document = YAML::Load(text);
            if (YamlReader<SettingBuilder<Setting>>{builder}.read(document)) return builder.take();
        } catch (YAML::Exception const& error) {
            // What follows the colon is from the text, and may be a part of a secret.
            throw ConfigError(file + ": line " + std::to_string(error.mark.line + 1) + ": " +
                              error.msg.substr(0, error.msg.find(':')));
        }
        std::string_view const problem = builder.problem();
        throw ConfigError(
            file + ": " +
            (problem.empty() ? "has a key that is no text, or merges (<<) what is no map" : std::string{problem}));
    }
};

}  // namespace detail

/// A cloud of clouds.yaml, clouds.yml or clouds.json, with what secure.* and clouds-public.* say of it, as openstacksdk
/// finds it: `connect(clouds_yaml("demo"))`. Without a name it's the one that OS_CLOUD names, or else the one that the
/// other OS_* variables describe, or else the only one there is; without a region OS_REGION_NAME, or else the first.
/// Throws ConfigError as config_from_environment does.
template<class Config = CloudConfig>
[[nodiscard]] Config clouds_yaml(std::string name = {}, std::string region = {}) {
    return detail::CloudChoice<detail::YamlFiles, detail::BasicSetting<std::string>, Config>{std::move(name),
                                                                                             std::move(region)}
        .read();
}

}  // namespace openstack
