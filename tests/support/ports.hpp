// SPDX-License-Identifier: Apache-2.0
// Ports of 127.0.0.1 where nobody answers: they refuse connections, or keep silent.
#pragma once

#include <sys/socket.h>

#include <netinet/in.h>
#include <cerrno>
#include <openstack/file.hpp>
#include <string>
#include <system_error>
#include <vector>

namespace support {

/// A port that refuses connections until somebody listens there: a Server may, with this port.
class ReservedPort {
  public:
    /// The system chooses the port if it's 0. Throws if the port is in use.
    explicit ReservedPort(unsigned short port = 0) {
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address_.sin_port = htons(port);
        int const shared = 1;  // with whoever listens later
        check(::setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &shared, sizeof shared));
        check(::bind(socket_.get(), address(), sizeof address_));
        socklen_t size = sizeof address_;
        check(::getsockname(socket_.get(), address(), &size));
    }

    [[nodiscard]] unsigned short port() const { return ntohs(address_.sin_port); }
    [[nodiscard]] std::string url(std::string const& target = {}) const {
        return "http://127.0.0.1:" + std::to_string(port()) + target;
    }

  protected:
    static void check(int result) {
        if (result != 0) throw std::system_error(errno, std::generic_category(), "a port of 127.0.0.1");
    }

    sockaddr* address() { return reinterpret_cast<sockaddr*>(&address_); }
    [[nodiscard]] int socket() const { return socket_.get(); }

  private:
    openstack::detail::FileDescriptor socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in address_{};
};

/// A port that neither accepts connections nor refuses them: its backlog is full.
class SilentPort : public ReservedPort {
  public:
    /// As a ReservedPort is made.
    explicit SilentPort(unsigned short port = 0) : ReservedPort(port) {
        check(::listen(socket(), 0));
        for (int i = 0; i < 4; ++i) {
            fillers_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            static_cast<void>(::connect(fillers_.back().get(), address(), sizeof(sockaddr_in)));
        }
    }

  private:
    std::vector<openstack::detail::FileDescriptor> fillers_{};
};

}  // namespace support
