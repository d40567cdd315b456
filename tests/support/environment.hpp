// SPDX-License-Identifier: Apache-2.0
// The variables of one test that a configuration depends on.
#pragma once

#include <stdlib.h>

#include <map>
#include <string>
#include <string_view>

extern char** environ;

namespace support {

/// Only these OS_* variables are set while it lives, and of those that say where a user's and a system's files are,
/// HOME and XDG_CONFIG_*, only these; those from before come back with its end.
class Environment {
  public:
    using Variables = std::map<std::string, std::string>;

    explicit Environment(Variables const& variables) : before_(take()) { set(variables); }
    Environment(Environment const&) = delete;
    Environment& operator=(Environment const&) = delete;
    ~Environment() {
        static_cast<void>(take());
        set(before_);
    }

  private:
    static void set(Variables const& variables) {
        for (auto const& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
    }
    static bool is_ours(std::string_view name) {
        return name.starts_with("OS_") || name.starts_with("XDG_CONFIG_") || name == "HOME" || name == "SNAP_REAL_HOME";
    }
    static Variables take() {
        Variables found;
        for (char** each = environ; *each != nullptr; ++each)
            if (std::string_view const line = *each; is_ours(line.substr(0, line.find('='))))
                found.emplace(line.substr(0, line.find('=')), line.substr(line.find('=') + 1));
        for (auto const& [name, value] : found) ::unsetenv(name.c_str());
        return found;
    }

    Variables before_;
};

}  // namespace support
