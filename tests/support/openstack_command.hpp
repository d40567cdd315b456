// SPDX-License-Identifier: Apache-2.0
// The openstack command, of Debian's python3-openstackclient.
#pragma once

#include <stdio.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace support {

/// The text as one word of a shell.
[[nodiscard]] inline std::string shell_word(std::string_view text) {
    std::string word = "'";
    for (char const c : text) word += c == '\'' ? std::string{"'\\''"} : std::string{c};
    return word + '\'';
}

/// What the command prints for these arguments, which a shell reads. Throws if it fails.
inline std::string openstack_prints(std::string const& arguments) {
    // Another Python may come first in PATH, and the locale be one of few letters.
    std::string const command = "PYTHONUTF8=1 /usr/bin/python3 /usr/bin/openstack " + arguments;
    std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), nullptr);
    if (!pipe) throw std::runtime_error(command);
    std::string text;
    char buffer[4096];
    while (std::size_t const size = std::fread(buffer, 1, sizeof buffer, pipe.get())) text.append(buffer, size);
    if (::pclose(pipe.release()) != 0) throw std::runtime_error(command + ": " + text);
    return text;
}

}  // namespace support
