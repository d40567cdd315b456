// SPDX-License-Identifier: Apache-2.0
// The scripted server, on Boost.Asio's blocking sockets: one thread for each connection.
#include "server.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace support {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t max_body_kept = std::size_t{1} << 20;
constexpr std::chrono::seconds patience{20};  // long before a test run gives up, long after anything normal

struct Script {
    std::vector<Step> steps{};
    std::size_t done = 0;
};

/// What the server and its connections share.
struct State {
    mutable std::mutex mutex{};
    std::condition_variable changed{};
    std::deque<std::shared_ptr<Script>> scripts{};  // not taken by a connection yet
    std::function<std::string(ReceivedRequest const&)> handler{};
    std::vector<ReceivedRequest> requests{};
    std::size_t released = 0;
    std::size_t running = 0;  // scripts that have begun but not ended
    bool is_stopping = false;
    std::string problems{};
};

std::uint64_t to_number(std::string_view digits, int base) {
    std::uint64_t number = 0;
    auto const end = digits.data() + digits.size();
    if (std::from_chars(digits.data(), end, number, base).ptr != end || digits.empty())
        throw std::runtime_error("not a number: " + std::string{digits});
    return number;
}

class SocketConnection final : public Connection {
  public:
    SocketConnection(State& state, tcp::socket socket, std::size_t number)
        : state_(state), socket_(std::move(socket)), number_(number) {}

    ReceivedRequest read_head() override {
        while (input_.find("\r\n\r\n") == std::string::npos) receive();
        ReceivedRequest request;
        request.connection = number_;
        request.head = take(input_.find("\r\n\r\n") + 4);
        std::string_view rest = request.head;
        std::string_view const first = line_of(rest);
        request.method = first.substr(0, first.find(' '));
        request.target = first.substr(first.find(' ') + 1, first.rfind(' ') - first.find(' ') - 1);
        for (std::string_view line = line_of(rest); !line.empty(); line = line_of(rest)) {
            std::size_t const colon = line.find(':');
            std::string_view const value = line.substr(colon + 1);
            request.headers.add(std::string{line.substr(0, colon)},
                                std::string{value.substr((std::min)(value.find_first_not_of(' '), value.size()))});
        }
        std::lock_guard const lock{state_.mutex};
        state_.requests.push_back(request);
        index_ = state_.requests.size() - 1;
        return request;
    }

    void read_body(std::uint64_t limit) override {
        openstack::Headers const headers = last_request().headers;
        if (headers.find("Transfer-Encoding") == "chunked") {
            for (;;) {
                while (input_.find("\r\n") == std::string::npos) receive();
                std::string const size = take(input_.find("\r\n") + 2);
                std::uint64_t const bytes = to_number(std::string_view{size}.substr(0, size.size() - 2), 16);
                limit = read_bytes(bytes, limit);
                if (limit == 0) return;
                while (input_.size() < 2) receive();
                if (take(2) != "\r\n") throw std::runtime_error("a chunk doesn't end in CRLF");
                if (bytes == 0) return;
            }
        }
        if (auto const length = headers.find("Content-Length")) read_bytes(to_number(*length, 10), limit);
    }

    std::uint64_t wait_for_close(std::uint64_t limit) override {
        std::uint64_t bytes = input_.size();
        input_.clear();
        error_code error;
        while (bytes < limit && !error) bytes += read_some(error);
        return bytes;
    }

    void send(std::string_view text) override {
        error_code error;
        write(text, error);
        if (error) throw boost::system::system_error(error);
    }

    void send_repeated(std::string_view text, std::uint64_t bytes) override {
        error_code error;
        while (bytes > 0 && !error) {
            auto const part = static_cast<std::size_t>((std::min<std::uint64_t>)(text.size(), bytes));
            write(text.substr(0, part), error);
            bytes -= part;
        }
    }

    void drip(std::string_view text, std::chrono::milliseconds pause) override {
        error_code error;
        while (!error) {
            write(text, error);
            std::this_thread::sleep_for(pause);
        }
    }

    void wait_for_release() override {
        std::unique_lock lock{state_.mutex};
        state_.changed.wait(lock, [&] { return state_.released > 0 || state_.is_stopping; });
        if (state_.released == 0) throw std::runtime_error("never released");
        --state_.released;
    }

    bool start_tls(Certificate const& certificate, TlsVersion version,
                   std::string const& authority_of_clients) override {
        int const number = version == TlsVersion::v1_1   ? TLS1_1_VERSION
                           : version == TlsVersion::v1_2 ? TLS1_2_VERSION
                                                         : TLS1_3_VERSION;
        SSL_CTX* const context = context_.emplace(asio::ssl::context::tls_server).native_handle();
        SSL_CTX_set_security_level(context, 0);  // or else OpenSSL wouldn't speak versions that are out of use
        SSL_CTX_set_min_proto_version(context, number);
        SSL_CTX_set_max_proto_version(context, number);
        context_->use_certificate_chain(asio::buffer(certificate.certificate));
        context_->use_private_key(asio::buffer(certificate.key), asio::ssl::context::pem);
        SSL_CTX_set_alpn_select_cb(context, keep_offered_protocols, this);
        if (!authority_of_clients.empty()) {
            context_->add_certificate_authority(asio::buffer(authority_of_clients));
            context_->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
        }
        tls_.emplace(socket_, *context_);
        error_code error;
        tls_->handshake(asio::ssl::stream_base::server, error);
        if (error) tls_.reset();
        return !error;
    }

    std::string offered_protocols() const override { return offered_protocols_; }

    void end_tls() override {
        error_code ignored;  // the client may be gone
        tls_->shutdown(ignored);
    }

    void close() override {
        std::lock_guard const lock{state_.mutex};
        if (socket_.is_open()) socket_.close();
    }

    void reset() override {
        socket_.set_option(asio::socket_base::linger{true, 0});
        close();
    }

    /// Ends what this connection waits for. Called by another thread, under the lock.
    void interrupt() {
        if (socket_.is_open()) ::shutdown(socket_.native_handle(), SHUT_RDWR);
    }

    [[nodiscard]] bool is_open() const { return socket_.is_open(); }

    [[nodiscard]] ReceivedRequest last_request() const {
        std::lock_guard const lock{state_.mutex};
        return state_.requests.at(index_);
    }

  private:
    // Each of the offered ones has a byte with its length before it.
    static int keep_offered_protocols(SSL*, unsigned char const**, unsigned char*, unsigned char const* offered,
                                      unsigned int size, void* self) {
        std::string& kept = static_cast<SocketConnection*>(self)->offered_protocols_;
        for (unsigned int i = 0; i < size; i += 1U + offered[i]) {
            if (!kept.empty()) kept += ',';
            kept.append(reinterpret_cast<char const*>(offered + i + 1), offered[i]);
        }
        return SSL_TLSEXT_ERR_NOACK;
    }

    std::size_t read_some(error_code& error) {
        return tls_ ? tls_->read_some(asio::buffer(buffer_), error) : socket_.read_some(asio::buffer(buffer_), error);
    }

    void write(std::string_view text, error_code& error) {
        if (tls_)
            asio::write(*tls_, asio::buffer(text), error);
        else
            asio::write(socket_, asio::buffer(text), error);
    }

    void receive() {
        error_code error;
        input_.append(buffer_.data(), read_some(error));
        if (error) throw boost::system::system_error(error);
    }

    std::string take(std::size_t bytes) {
        std::string taken = input_.substr(0, bytes);
        input_.erase(0, bytes);
        return taken;
    }

    static std::string_view line_of(std::string_view& text) {
        std::size_t const end = text.find("\r\n");
        std::string_view const line = text.substr(0, end);
        text.remove_prefix(end + 2);
        return line;
    }

    // What is left of `limit` afterwards.
    std::uint64_t read_bytes(std::uint64_t bytes, std::uint64_t limit) {
        for (bytes = (std::min)(bytes, limit); bytes > 0;) {
            if (input_.empty()) receive();
            auto const part = static_cast<std::size_t>((std::min<std::uint64_t>)(bytes, input_.size()));
            bytes -= part;
            limit -= part;
            {
                std::lock_guard const lock{state_.mutex};
                ReceivedRequest& request = state_.requests.at(index_);
                request.body_size += part;
                request.body.append(input_, 0, (std::min)(part, max_body_kept - request.body.size()));
            }
            input_.erase(0, part);
        }
        return limit;
    }

    State& state_;
    tcp::socket socket_;
    std::optional<asio::ssl::context> context_{};
    std::optional<asio::ssl::stream<tcp::socket&>> tls_{};
    std::string offered_protocols_{};
    std::size_t number_;
    std::size_t index_ = 0;  // of the last request, in the ledger
    std::string input_{};    // received, but not asked for yet
    std::vector<char> buffer_ = std::vector<char>(std::size_t{256} << 10);
};

}  // namespace

class Server::Impl {
  public:
    Impl(std::string const& address, unsigned short port)
        : acceptor_(context_, tcp::endpoint{asio::ip::make_address(address), port}),
          endpoint_(acceptor_.local_endpoint()),
          acceptance_([this] { accept(); }) {}
    ~Impl() { static_cast<void>(finish()); }

    std::string finish() {
        std::unique_lock lock{state.mutex};
        bool const has_ended = state.changed.wait_for(lock, patience, [&] {
            return (state.running == 0 && state.scripts.empty()) || state.is_stopping || !state.problems.empty();
        });
        state.is_stopping = true;
        state.changed.notify_all();
        if (!has_ended && state.running != 0) state.problems += "a script hasn't come to its end\n";
        for (std::shared_ptr<Script> const& each : std::exchange(state.scripts, {}))
            state.problems += "no connection came for a script of " + std::to_string(each->steps.size()) + " steps\n";
        for (auto const& each : connections_) each->interrupt();
        lock.unlock();
        ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
        if (acceptance_.joinable()) acceptance_.join();
        for (std::thread& each : std::exchange(threads_, {})) each.join();
        return state.problems;
    }

    void refuse_connections() {
        std::unique_lock lock{state.mutex};
        is_refusing_ = true;
        lock.unlock();
        ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    }

    [[nodiscard]] std::size_t connections() const {
        std::lock_guard const lock{state.mutex};
        return connections_.size();
    }

    [[nodiscard]] tcp::endpoint const& endpoint() const { return endpoint_; }

    State state{};

  private:
    void accept() {
        for (;;) {
            error_code error;
            tcp::socket socket{context_};
            acceptor_.accept(socket, error);
            std::lock_guard const lock{state.mutex};
            if (state.is_stopping || is_refusing_) return;
            if (error) continue;
            socket.set_option(tcp::no_delay{true});
            connections_.push_back(
                std::make_shared<SocketConnection>(state, std::move(socket), connections_.size() + 1));
            std::shared_ptr<Script> script;
            if (!state.scripts.empty()) {
                script = std::move(state.scripts.front());
                state.scripts.pop_front();
                ++state.running;
            } else if (!state.handler) {
                state.problems += "connection " + std::to_string(connections_.size()) + " came without a script\n";
                state.changed.notify_all();
            }
            threads_.emplace_back([this, script, connection = connections_.back(), number = connections_.size()] {
                if (script)
                    run(*script, *connection, number);
                else if (state.handler)
                    serve(*connection);
                connection->close();
            });
        }
    }

    void run(Script& script, SocketConnection& connection, std::size_t number) {
        std::string problem;
        try {
            for (Step const& each : script.steps) {
                each(connection);
                ++script.done;
            }
        } catch (std::exception const& error) {
            problem = "connection " + std::to_string(number) + ", step " + std::to_string(script.done + 1) + " of " +
                      std::to_string(script.steps.size()) + ": " + error.what() + '\n';
        }
        std::unique_lock lock{state.mutex};
        --state.running;
        state.problems += problem;
        state.changed.notify_all();
        lock.unlock();
        if (!problem.empty() || !connection.is_open() || connection.wait_for_close(1) == 0) return;
        lock.lock();
        state.problems += "connection " + std::to_string(number) + " received more than its script has steps for\n";
    }

    void serve(SocketConnection& connection) {
        try {
            for (;;) {
                connection.read_head();
                connection.read_body(UINT64_MAX);
                std::string const text = state.handler(connection.last_request());
                connection.send(text);
                if (text.substr(0, text.find("\r\n\r\n")).find("\r\nConnection: close") != text.npos) return;
            }
        } catch (std::exception const&) {
            return;  // the client has closed
        }
    }

    asio::io_context context_{};
    bool is_refusing_ = false;
    tcp::acceptor acceptor_;
    tcp::endpoint endpoint_;
    std::vector<std::shared_ptr<SocketConnection>> connections_{};
    std::vector<std::thread> threads_{};
    std::thread acceptance_;
};

std::string answer_text(int status, std::string_view body, openstack::Headers const& headers) {
    std::string text = "HTTP/1.1 " + std::to_string(status) + " Whatever\r\n";
    for (openstack::Headers::Line const& each : headers.lines()) text += each.name + ": " + each.value + "\r\n";
    if (status != 204) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return text.append("\r\n").append(body);
}

Step answer(int status, std::string body, openstack::Headers headers) {
    return answer_with(answer_text(status, body, headers));
}

Step answer_with(std::string text) {
    return [text = std::move(text)](Connection& connection) {
        connection.read_head();
        connection.read_body();
        connection.send(text);
    };
}

Step tls(Certificate certificate, TlsVersion version, std::string authority_of_clients) {
    return [=](Connection& connection) {
        if (!connection.start_tls(certificate, version, authority_of_clients))
            throw std::runtime_error("there is no TLS with this client");
    };
}

Step refusing_tls(Certificate certificate, TlsVersion version, std::string authority_of_clients) {
    return [=](Connection& connection) {
        if (connection.start_tls(certificate, version, authority_of_clients))
            throw std::runtime_error("the client was let in");
        connection.wait_for_close();  // closing first might take the alert back, by a reset
    };
}

Step refused_tls(Certificate certificate, TlsVersion version) {
    return [certificate = std::move(certificate), version](Connection& connection) {
        if (connection.start_tls(certificate, version)) throw std::runtime_error("the client took what TLS offered");
        connection.close();
    };
}

Step close() {
    return [](Connection& connection) { connection.close(); };
}

Step reset() {
    return [](Connection& connection) { connection.reset(); };
}

Server::Server(std::string const& address, unsigned short port) : impl_(std::make_unique<Impl>(address, port)) {}
Server::~Server() = default;

std::string Server::url(std::string_view target, std::string_view scheme) const {
    std::string const host = impl_->endpoint().address().to_string();
    bool const is_v6 = impl_->endpoint().address().is_v6();
    std::string const authority = (is_v6 ? '[' + host + ']' : host) + ':' + std::to_string(port());
    return std::string{scheme} + "://" + authority + std::string{target};
}

unsigned short Server::port() const { return impl_->endpoint().port(); }

void Server::script(std::initializer_list<Step> steps) {
    std::lock_guard const lock{impl_->state.mutex};
    impl_->state.scripts.push_back(std::make_shared<Script>(Script{steps, 0}));
}

void Server::refuse_connections() { impl_->refuse_connections(); }

void Server::serve(std::function<std::string(ReceivedRequest const&)> handler) {
    std::lock_guard const lock{impl_->state.mutex};
    impl_->state.handler = std::move(handler);
}

void Server::release() {
    std::lock_guard const lock{impl_->state.mutex};
    ++impl_->state.released;
    impl_->state.changed.notify_all();
}

std::vector<ReceivedRequest> Server::requests() const {
    std::lock_guard const lock{impl_->state.mutex};
    return impl_->state.requests;
}

std::size_t Server::connections() const { return impl_->connections(); }

std::string Server::finish() { return impl_->finish(); }

}  // namespace support
