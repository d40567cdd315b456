// SPDX-License-Identifier: Apache-2.0
// Host names for tests, which no DNS knows.
#pragma once

#include <string>
#include <vector>

namespace support {

/// What a host name stands for, in this process, while this lives. Other names are looked up as always.
class HostName {
  public:
    /// The addresses are tried in that order.
    HostName(std::string name, std::vector<std::string> addresses);
    HostName(HostName const&) = delete;
    HostName& operator=(HostName const&) = delete;
    ~HostName();

    /// So many of the next look-ups fail, as if no server for names could be reached.
    void fail(unsigned times);
    /// Look-ups wait until this ends, or for some seconds, and fail.
    void hold();
    /// How often the name has been looked up.
    [[nodiscard]] unsigned asked() const;

  private:
    std::string name_;
};

}  // namespace support
