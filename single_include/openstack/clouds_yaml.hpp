// SPDX-License-Identifier: Apache-2.0
// Generated from include/ by single_include/amalgamate.py: changes belong there.
// clouds_yaml: a cloud of clouds.yaml. The only header that knows yaml-cpp, included by none: link with -lyaml-cpp.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <yaml-cpp/yaml.h>

#include <openstack/openstack.hpp>

namespace openstack {
namespace detail {

/// Tells a SettingBuilder what a YAML text says, with `<<` merged and each alias in its place.
template<class Builder, class Limits = SettingLimits>
class YamlReader {
  public:
    /// The builder must outlive this.
    explicit YamlReader(Builder& builder) : builder_(builder) {}

    /// Whether that was all; if not, `problem` says why.
    bool read(YAML::Node const& node) {
        if (!node.IsDefined() || node.IsNull()) return builder_.null();
        if (node.IsScalar())
            return is_plain(node, {"", "~", "null", "Null", "NULL"}) ? builder_.null() : builder_.string(node.Scalar());
        if (node.IsSequence()) {
            if (!builder_.begin_array()) return false;
            for (YAML::Node const& each : node)
                if (!read(each)) return false;
            return builder_.end_array();
        }
        std::vector<std::string> keys;
        return builder_.begin_object() && read_members(node, keys, 0) && builder_.end_object();
    }

    /// What is wrong, YAML or builder; empty if nothing is.
    [[nodiscard]] std::string_view problem() const { return problem_.empty() ? builder_.problem() : problem_; }

  private:
    /// Whether it is one of the texts, and not in quotes.
    static bool is_plain(YAML::Node const& node, std::initializer_list<std::string_view> texts) {
        if (!node.IsScalar() || node.Tag() != "?") return false;
        for (std::string_view const each : texts)
            if (node.Scalar() == each) return true;
        return false;
    }
    static bool is_merge(YAML::Node const& key) { return is_plain(key, {"<<"}); }

    bool stop(std::string_view problem) {
        problem_ = problem;
        return false;
    }

    /// A map's own members come first, for they count more than merged ones, of which the first counts.
    bool read_members(YAML::Node const& map, std::vector<std::string>& keys, std::size_t depth) {
        if (depth > Limits::depth || ++maps_ > Limits::settings) return stop("it merges too many maps");
        std::size_t const count = keys.size();
        for (auto const& member : map) {
            YAML::Node const& key = member.first;
            YAML::Node const& value = member.second;
            if (is_merge(key)) continue;
            if (!key.IsScalar()) return stop("it has a key that isn't a text");
            bool is_taken = false;
            for (std::size_t i = 0; i < count; ++i) is_taken = is_taken || keys[i] == key.Scalar();
            if (is_taken) continue;
            keys.push_back(key.Scalar());
            if (!builder_.key(key.Scalar()) || !read(value)) return false;
        }
        for (auto const& member : map) {
            YAML::Node const& key = member.first;
            YAML::Node const& value = member.second;
            if (!is_merge(key)) continue;
            if (!value.IsMap() && !value.IsSequence()) return stop("it merges (<<) what isn't a map");
            if (value.IsMap() && !read_members(value, keys, depth + 1)) return false;
            if (value.IsMap()) continue;
            for (YAML::Node const& each : value) {
                if (!each.IsMap()) return stop("it merges (<<) what isn't a map");
                if (!read_members(each, keys, depth + 1)) return false;
            }
        }
        return true;
    }

    Builder& builder_;
    std::size_t maps_ = 0;
    std::string_view problem_{};
};

/// Reads files, `.json` as JSON, others as YAML.
struct YamlFiles {
    static constexpr bool is_yaml_read = true;  ///< whatever isn't named .json is read as YAML

    /// Throws ConfigError, which names the file and, for a mistake in the YAML, the line.
    template<class Setting>
    static Setting parse(std::string text, std::string const& file) {
        SettingBuilder<Setting> builder(file);
        YamlReader<SettingBuilder<Setting>> reader(builder);
        try {
            if (reader.read(YAML::Load(text))) return builder.take();
        } catch (YAML::Exception const& error) {
            // What follows the colon is from the text, and may be a part of a secret.
            throw ConfigError(file + ": line " + std::to_string(error.mark.line + 1) + ": " +
                              error.msg.substr(0, error.msg.find(':')));
        }
        throw ConfigError(file + ": " + std::string{reader.problem()});
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
