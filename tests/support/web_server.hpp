// SPDX-License-Identifier: Apache-2.0
// A web server on the loopback that the services fetch an image's data from.
#pragma once

#include <string>
#include <utility>

#include "server.hpp"

namespace support {

/// Has `data` at each path that begins with /data, and nothing else.
class WebServer {
  public:
    explicit WebServer(std::string data) {
        server_.serve([data = std::move(data)](ReceivedRequest const& request) {
            if (!request.target.starts_with("/data")) return answer_text(404, "nothing here");
            std::string answer = answer_text(200, data);
            if (request.method == "HEAD") answer.resize(answer.size() - data.size());
            return answer;
        });
    }
    [[nodiscard]] std::string url(std::string const& path) const { return server_.url(path); }

  private:
    Server server_{};
};

}  // namespace support
