// SPDX-License-Identifier: Apache-2.0
// Runs another program.
#pragma once

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace support {

/// By its name and arguments. Throws if it fails.
inline void run_program(std::vector<std::string> command) {
    std::vector<char*> pointers;
    for (std::string& each : command) pointers.push_back(each.data());
    pointers.push_back(nullptr);
    pid_t process = 0;
    int status = -1;
    if (::posix_spawnp(&process, pointers[0], nullptr, nullptr, pointers.data(), environ) != 0 ||
        ::waitpid(process, &status, 0) != process || status != 0)
        throw std::runtime_error(command.at(0) + ' ' + command.at(1) + " failed");
}

}  // namespace support
