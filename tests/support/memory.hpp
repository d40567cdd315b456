// SPDX-License-Identifier: Apache-2.0
// How much memory a piece of code takes at its peak.
#pragma once

#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>

namespace support {

/// A value of /proc/self/status in bytes.
[[nodiscard]] inline std::uint64_t process_memory(std::string const& name) {
    std::ifstream status{"/proc/self/status"};
    for (std::string word; status >> word;)
        if (std::uint64_t kilobytes = 0; word == name + ':' && status >> kilobytes) return kilobytes * 1024;
    throw std::runtime_error("/proc/self/status has no " + name);
}

/// By how much the resident memory grows at most while `action` runs, in bytes.
template<class Action>
[[nodiscard]] std::uint64_t peak_growth(Action action) {
    std::ofstream{"/proc/self/clear_refs"} << "5";  // the peak starts again at what is resident now
    std::uint64_t const before = process_memory("VmRSS");
    action();
    std::uint64_t const peak = process_memory("VmHWM");
    return peak > before ? peak - before : 0;
}

}  // namespace support
