// SPDX-License-Identifier: Apache-2.0
// Runs qemu-img, of Debian's qemu-utils.
#pragma once

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace support {

/// With these arguments. Throws if it fails.
inline void qemu_img(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "qemu-img");
    std::vector<char*> pointers;
    for (std::string& each : arguments) pointers.push_back(each.data());
    pointers.push_back(nullptr);
    pid_t process = 0;
    int status = -1;
    if (::posix_spawnp(&process, pointers[0], nullptr, nullptr, pointers.data(), environ) != 0 ||
        ::waitpid(process, &status, 0) != process || status != 0)
        throw std::runtime_error("qemu-img " + arguments.at(1) + " failed");
}

}  // namespace support
