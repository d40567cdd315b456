// SPDX-License-Identifier: Apache-2.0
// The files that clouds are described in: where they are looked for, and how one is read.
#pragma once

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <openstack/error.hpp>
#include <openstack/file.hpp>
#include <openstack/settings.hpp>

namespace openstack::detail {

/// The variable, or else the empty text: an empty variable counts as none, as other OpenStack tools take it.
inline std::string environment(char const* name) {
    char const* const value = std::getenv(name);
    return value == nullptr ? std::string{} : std::string{value};
}

/// The path with the home directory for a `~/` at its front.
template<class Text = std::string>
[[nodiscard]] Text expand_home(Text path) {
    return path.starts_with("~/") ? environment("HOME") + path.substr(1) : path;
}

/// Reads files that are JSON. YamlFiles of clouds_yaml.hpp reads the others, too.
struct JsonFiles {
    static constexpr bool is_yaml_read = false;  ///< a file of YAML that counts is an error
};

/// The files of one kind: those named `name`.yaml, .yml or .json, and before them the one that the variable names.
///
/// Formats is JsonFiles or YamlFiles.
template<class Setting, class Formats>
class CloudsFiles {
  public:
    CloudsFiles(std::string_view name, char const* variable) {
        if (std::string path = environment(variable); !path.empty()) paths_.push_back(std::move(path));
        for (std::string const& directory : directories())
            for (std::string_view const suffix : {".yaml", ".yml", ".json"})
                paths_.push_back(directory + '/' + std::string{name} + std::string{suffix});
    }

    /// What the first of them says that is there and may be read; nothing if there is none. Throws ConfigError.
    [[nodiscard]] Setting read() {
        for (std::string const& path : paths_) {
            std::string text;
            if (!load(path, text)) continue;
            bool const is_json = path.ends_with("json");
            if (!is_json && !Formats::is_yaml_read) {
                if (passed_over_.empty()) passed_over_ = path;
                continue;
            }
            Setting found = parse(is_json, std::move(text), path);
            if (!found.is_map() && !found.is_null()) throw ConfigError(path + ": isn't a map of settings");
            // What else is in there is other tools'.
            std::erase_if(found.items, [](Setting const& each) {
                std::string const key = normal_key(each.key);
                return each.is_null() || (key != "clouds" && key != "public_clouds" && key != "client");
            });
            for (Setting const& each : found.items)
                if (!each.is_map()) throw ConfigError(each.place() + " isn't a map of settings");
            found.normalize(1);
            if (Setting* const client = found.find("client")) client->normalize();
            found.kind = SettingKind::map;
            return found;
        }
        return Setting::map();
    }

    /// Throws ConfigError if a file that comes before the one that was read is YAML, which wasn't.
    void check_all_read() const {
        if (passed_over_.empty()) return;
        throw ConfigError(passed_over_ + " is YAML: to read it, include <openstack/clouds_yaml.hpp>, link with " +
                          "-lyaml-cpp and use openstack::connect(openstack::clouds_yaml(name))");
    }

  private:
    /// In the order of their rank: the user's directories, then the system's.
    static std::vector<std::string> directories() {
        std::vector<std::string> found{"."};
        std::string const home = environment("HOME");
        std::string const real_home = environment("SNAP_REAL_HOME");  // a snap's HOME is another one
        std::string const user = environment("XDG_CONFIG_HOME");
        if (!user.empty()) found.push_back(user + "/openstack");
        for (std::string const& each : {home, real_home})
            if (!each.empty()) found.push_back(each + "/.config/openstack");
        std::string const site = environment("XDG_CONFIG_DIRS");
        for (std::string const& each : split(site.empty() ? "/etc/xdg" : site, ':'))
            found.push_back(each + "/openstack");
        found.push_back("/etc/openstack");
        return found;
    }

    static Setting parse(bool is_json, std::string text, std::string const& path) {
        if constexpr (Formats::is_yaml_read)
            if (!is_json) return Formats::template parse<Setting>(std::move(text), path);
        return settings_from_json<Setting>(std::move(text), path);
    }

    /// Whether the file is there and may be read; then `text` is what is in it.
    static bool load(std::string const& path, std::string& text) {
        FileDescriptor file;
        try {
            file = open_file(path, O_RDONLY);
        } catch (IoError const& error) {
            int const code = error.code().value();
            if (code == ENOENT || code == ENOTDIR || code == EACCES) return false;
            throw ConfigError(error.what());
        }
        text.resize(SettingLimits::bytes + 1);
        std::size_t size = 0;
        while (size < text.size()) {
            ssize_t const some = ::read(file.get(), text.data() + size, text.size() - size);
            if (some == -1 && errno == EINTR) continue;
            if (some == -1) throw ConfigError(IoError(path, errno).what());
            if (some == 0) break;
            size += static_cast<std::size_t>(some);
        }
        if (size > SettingLimits::bytes) throw ConfigError(path + " is longer than 1 MiB");
        text.resize(size);
        return true;
    }

    std::vector<std::string> paths_;
    std::string passed_over_{};
};

}  // namespace openstack::detail
