// SPDX-License-Identifier: Apache-2.0
// Runs qemu-img, of Debian's qemu-utils.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "run_program.hpp"

namespace support {

/// With these arguments. Throws if it fails.
inline void qemu_img(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "qemu-img");
    run_program(std::move(arguments));
}

}  // namespace support
