// SPDX-License-Identifier: Apache-2.0
// libcurl handles kept for the next request, with the options that are the same for all requests.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <openstack/curl.hpp>
#include <openstack/error.hpp>
#include <openstack/per_process.hpp>

namespace openstack {

/// What a CurlTransport may be told. Who names authorities, by file or directory, trusts no others: not the system's,
/// for the service and for a proxy that speaks TLS.
struct TransportOptions {
    std::string ca_file{};             ///< PEM file of authorities
    std::string ca_directory{};        ///< authorities as a directory, hashed as `openssl rehash` does
    std::string client_certificate{};  ///< PEM file that the service knows this client by
    /// PEM file without a password; empty: the key is in `client_certificate`. Without that one it is a TlsError.
    std::string client_key{};
    bool insecure = false;    ///< true: whoever answers is believed to be the service; for tests only
    bool force_ipv4 = false;  ///< true: IPv6 addresses of hosts aren't used
    /// URL of the proxy for all hosts; "" for none. Not set: those of the environment (http_proxy, https_proxy,
    /// all_proxy, no_proxy; see libcurl-env).
    std::optional<std::string> proxy{};
};

namespace detail {

/// Idle handles, the last one used first. Safe to call from several threads at once.
///
/// Options is TransportOptions. All that carries requests by libcurl is a template over it so that a program compiles
/// it only where it makes a CurlTransport, not wherever it includes this library.
template<class Options, class Handle = CurlHandle>
class CurlPool {
  public:
    /// A handle that nobody else uses.
    using Pointer = std::unique_ptr<Handle>;

    /// The options are those of every handle.
    explicit CurlPool(Options options) : options_(std::move(options)) {}

    /// An idle handle or a new one, ready for the options of a request. Throws TlsError, which names the path, if a
    /// file for TLS can't be read, or for a key without a certificate, and TransportError if libcurl has no memory.
    [[nodiscard]] Pointer take() {
        Pointer handle = take_idle();
        if (!handle) {
            check_paths();
            handle = std::make_unique<Handle>();
        }
        configure(*handle);
        return handle;
    }

    /// Keeps a handle whose transfer went well. One with a failure isn't given back: its state is suspect. One of the
    /// parent process isn't touched.
    void give_back(Pointer handle) noexcept {
        if (!handle->is_of_this_process()) return;
        handle->reset();
        Idle& idle = idle_.get();
        std::lock_guard const lock{idle.mutex};
        if (idle.handles.size() < max_idle) idle.handles.push_back(std::move(handle));
    }

  private:
    static constexpr std::size_t max_idle = 16;

    struct Idle {
        Idle() { handles.reserve(max_idle); }
        std::mutex mutex;
        std::vector<Pointer> handles;
    };

    Pointer take_idle() {
        Idle& idle = idle_.get();
        std::lock_guard const lock{idle.mutex};
        if (idle.handles.empty()) return nullptr;
        Pointer handle = std::move(idle.handles.back());
        idle.handles.pop_back();
        return handle;
    }

    // libcurl doesn't always say which file, and takes a directory that isn't there for one without authorities.
    void check_paths() const {
        if (!options_.client_key.empty() && options_.client_certificate.empty())
            throw TlsError("client_key is of no use without a client_certificate");
        std::string const directory = options_.ca_directory.empty() ? "" : options_.ca_directory + "/.";
        for (std::string const& path : {options_.ca_file, directory, options_.client_certificate, options_.client_key})
            if (!path.empty() && ::access(path.c_str(), R_OK) != 0)
                throw TlsError(path + ": " + std::generic_category().message(errno));
    }

    void configure(CurlHandle& handle) const {
        handle.set<CURLOPT_NOSIGNAL>(1L);    // signals are the program's, and don't go with threads
        handle.set<CURLOPT_QUICK_EXIT>(1L);  // a look-up of a host that goes on is left behind, not waited for
        handle.set<CURLOPT_PROTOCOLS_STR>("http,https");
        // Redirects are never followed here: libcurl would take the token along to another host.
        handle.set<CURLOPT_PATH_AS_IS>(1L);
        handle.set<CURLOPT_DISALLOW_USERNAME_IN_URL>(1L);
        handle.set<CURLOPT_SUPPRESS_CONNECT_HEADERS>(1L);
        handle.set<CURLOPT_HTTP_VERSION>(static_cast<long>(CURL_HTTP_VERSION_1_1));
        configure_tls(handle);
        if (options_.force_ipv4) handle.set<CURLOPT_IPRESOLVE>(static_cast<long>(CURL_IPRESOLVE_V4));
        if (options_.proxy) {
            handle.set<CURLOPT_PROXY>(options_.proxy->c_str());
            handle.set<CURLOPT_NOPROXY>("");  // or else no_proxy would count
        }
        handle.set<CURLOPT_TCP_KEEPALIVE>(1L);
        handle.set<CURLOPT_TCP_KEEPIDLE>(60L);
        handle.set<CURLOPT_TCP_KEEPINTVL>(15L);
        // The longer a connection has been idle, the likelier the service has closed it.
        handle.set<CURLOPT_MAXAGE_CONN>(60L);
        handle.set<CURLOPT_MAXLIFETIME_CONN>(3600L);
        handle.set<CURLOPT_BUFFERSIZE>(256L * 1024);
    }

    void configure_tls(CurlHandle& handle) const {
        handle.set<CURLOPT_SSLVERSION>(static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        handle.set<CURLOPT_PROXY_SSLVERSION>(static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        handle.set<CURLOPT_SSL_VERIFYPEER>(options_.insecure ? 0L : 1L);
        handle.set<CURLOPT_SSL_VERIFYHOST>(options_.insecure ? 0L : 2L);
        if (!options_.ca_file.empty() || !options_.ca_directory.empty()) {
            // The system's file and directory, which libcurl would go on to trust, give way to these or to none.
            char const* const file = text_or_null(options_.ca_file);
            char const* const directory = text_or_null(options_.ca_directory);
            handle.set<CURLOPT_CAINFO>(file);
            handle.set<CURLOPT_CAPATH>(directory);
            handle.set<CURLOPT_PROXY_CAINFO>(file);
            handle.set<CURLOPT_PROXY_CAPATH>(directory);
        }
        if (options_.client_certificate.empty()) return;
        handle.set<CURLOPT_SSLCERT>(options_.client_certificate.c_str());
        handle.set<CURLOPT_SSLKEY>(text_or_null(options_.client_key));
        handle.set<CURLOPT_KEYPASSWD>("");  // or else OpenSSL would ask the terminal for the password of a key
    }

    static char const* text_or_null(std::string const& text) { return text.empty() ? nullptr : text.c_str(); }

    Options options_;
    PerProcess<Idle> idle_;
};

}  // namespace detail
}  // namespace openstack
