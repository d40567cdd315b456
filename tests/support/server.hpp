// SPDX-License-Identifier: Apache-2.0
// A server on loopback that does, connection by connection, what a test scripts, and keeps a ledger of what it
// received.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openstack/http.hpp>

#include "certificates.hpp"

namespace support {

/// A version of TLS.
enum class TlsVersion { v1_1, v1_2, v1_3 };

/// One request, as it arrived.
struct ReceivedRequest {
    std::size_t connection = 0;  ///< the first one has number 1
    std::string head{};          ///< as received, with the empty line
    std::string method{};
    std::string target{};
    openstack::Headers headers{};
    std::string body{};           ///< without the framing of chunks; at most its first MiB
    std::uint64_t body_size = 0;  ///< what was received of the body, in bytes
};

/// One connection, in the hands of its script. Each function throws if the client closes when it shouldn't.
class Connection {
  public:
    virtual ~Connection() = default;

    /// Reads a request's head, and gives it.
    virtual ReceivedRequest read_head() = 0;
    /// Reads the body of the last head: all of it, or as soon as there are `limit` bytes of it.
    virtual void read_body(std::uint64_t limit = UINT64_MAX) = 0;
    /// Reads until the client closes, at most `limit` bytes, and says how many came.
    virtual std::uint64_t wait_for_close(std::uint64_t limit = UINT64_MAX) = 0;

    virtual void send(std::string_view text) = 0;
    /// Sends the text over and over: `bytes` in all, or until the client closes.
    virtual void send_repeated(std::string_view text, std::uint64_t bytes = UINT64_MAX) = 0;
    /// Sends the text over and over, with a pause after each, until the client closes.
    virtual void drip(std::string_view text, std::chrono::milliseconds pause) = 0;
    /// Waits until the test calls `Server::release`.
    virtual void wait_for_release() = 0;

    /// Speaks TLS from now on, of that version. False if one of the two refuses that; then there is nothing more to
    /// say. With the certificate of an authority (in PEM) only clients with a certificate of that authority are let in.
    [[nodiscard]] virtual bool start_tls(Certificate const& certificate, TlsVersion version,
                                         std::string const& authority_of_clients = {}) = 0;
    /// What the client has offered to speak in TLS (ALPN), separated by commas.
    [[nodiscard]] virtual std::string offered_protocols() const = 0;
    /// Says goodbye in TLS, which `close` doesn't.
    virtual void end_tls() = 0;

    virtual void close() = 0;
    /// Closes so that the client gets a reset.
    virtual void reset() = 0;
};

using Step = std::function<void(Connection&)>;

/// The text of an answer, with its Content-Length.
[[nodiscard]] std::string answer_text(int status, std::string_view body = {}, openstack::Headers const& headers = {});

/// Reads a request, and answers it.
[[nodiscard]] Step answer(int status, std::string body = {}, openstack::Headers headers = {});
/// Reads a request, and sends that text.
[[nodiscard]] Step answer_with(std::string text);
/// Speaks TLS from now on, with the clients of an authority if that is given. The client must take that.
[[nodiscard]] Step tls(Certificate certificate, TlsVersion version = TlsVersion::v1_3,
                       std::string authority_of_clients = {});
/// Speaks TLS with the clients of an authority. The client must be none of them.
[[nodiscard]] Step refusing_tls(Certificate certificate, TlsVersion version, std::string authority_of_clients);
/// Offers TLS. The client must refuse that.
[[nodiscard]] Step refused_tls(Certificate certificate, TlsVersion version = TlsVersion::v1_3);
/// Closes the connection.
[[nodiscard]] Step close();
/// Closes it so that the client gets a reset.
[[nodiscard]] Step reset();

/// Listens on a port, or, if that is 0, on one that the system chooses. Scripts run on threads of the server's own.
class Server {
  public:
    explicit Server(std::string const& address = "127.0.0.1", unsigned short port = 0);
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;
    ~Server();

    [[nodiscard]] std::string url(std::string_view target = "/", std::string_view scheme = "http") const;
    [[nodiscard]] unsigned short port() const;

    /// What the next connection without a script does. After its last step it stays open until the client closes, but
    /// mustn't receive another request.
    void script(std::initializer_list<Step> steps);
    /// Connections without a script get each request answered with the text that this gives, or are closed if it
    /// throws; also after an answer with `Connection: close`, however much of it the text has. Called by several
    /// threads.
    void serve(std::function<std::string(ReceivedRequest const&)> handler);

    /// From now on nobody can connect; who is connected stays so.
    void refuse_connections();

    /// Lets one `wait_for_release` go on.
    void release();

    [[nodiscard]] std::vector<ReceivedRequest> requests() const;
    [[nodiscard]] std::size_t connections() const;

    /// Waits until the scripts have come to their ends, closes everything, and says what didn't go as scripted: steps
    /// that weren't reached, connections without a script, requests beyond it. Empty if all is well.
    [[nodiscard]] std::string finish();

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace support
