// SPDX-License-Identifier: Apache-2.0
// The only header that touches libcurl: a handle with checked options, and libcurl's failures as this library's errors.
#pragma once

#include <curl/curl.h>
#include <unistd.h>

#include <cerrno>
#include <concepts>
#include <cstdint>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>

#include <openstack/algorithm.hpp>
#include <openstack/clock.hpp>
#include <openstack/error.hpp>

namespace openstack::detail {

static_assert(LIBCURL_VERSION_NUM >= 0x075700, "openstack-cpp needs libcurl 7.87 or newer");

/// Starts libcurl once for the process. It is never stopped: other code of the process may use it until the very end.
inline void start_curl() {
    static CURLcode const code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK) throw TransportError(std::string{"libcurl can't start: "} + curl_easy_strerror(code));
}

/// Header lines as libcurl takes them.
class CurlLines {
  public:
    CurlLines() = default;
    CurlLines(CurlLines const&) = delete;
    CurlLines& operator=(CurlLines const&) = delete;
    ~CurlLines() { curl_slist_free_all(lines_); }

    /// Appends `name: value`, `name;` for an empty value, or `name:` to have none of libcurl's own.
    void add(std::string const& line) {
        curl_slist* const longer = curl_slist_append(lines_, line.c_str());
        if (longer == nullptr) throw std::bad_alloc{};
        lines_ = longer;
    }

    /// The list, which stays ours; null if it's empty.
    [[nodiscard]] curl_slist* get() const noexcept { return lines_; }

  private:
    curl_slist* lines_ = nullptr;
};

/// One transfer at a time, with the connections that it leaves open for the next. Used by one thread at a time.
///
/// A child process that inherits a handle by fork() shares its sockets with the parent: it may neither use the handle
/// nor close it properly (TLS would say goodbye on the parent's connection), so there the destructor leaks it.
class CurlHandle {
  public:
    /// Throws TransportError if libcurl has no memory.
    CurlHandle() {
        start_curl();
        multi_ = curl_multi_init();
        easy_ = curl_easy_init();
        if (multi_ != nullptr && easy_ != nullptr) return;
        clean_up();
        throw TransportError("libcurl can't make a handle");
    }
    CurlHandle(CurlHandle const&) = delete;
    CurlHandle& operator=(CurlHandle const&) = delete;
    ~CurlHandle() {
        if (!is_of_this_process()) return;
        stop();
        clean_up();
    }

    /// False in a child process that has inherited the handle.
    [[nodiscard]] bool is_of_this_process() const noexcept { return process_ == getpid(); }

    /// Sets an option; libcurl reads it from variable arguments, so its exact type matters.
    template<CURLoption Option, class T>
    void set(T value) {
        constexpr int kind = static_cast<int>(Option) / 10'000 * 10'000;
        static_assert(kind != CURLOPTTYPE_LONG || std::same_as<T, long>);
        static_assert(kind != CURLOPTTYPE_OFF_T || std::same_as<T, curl_off_t>);
        static_assert(kind != CURLOPTTYPE_OBJECTPOINT || (std::is_pointer_v<T> && !std::is_function_v<T>));
        static_assert(kind != CURLOPTTYPE_FUNCTIONPOINT || std::is_function_v<std::remove_pointer_t<T>>);
        check(curl_easy_setopt(easy_, Option, value));
    }

    /// Forgets all options but keeps the open connections.
    void reset() {
        stop();
        curl_easy_reset(easy_);
    }

    /// Begins a transfer by the options that are set; `perform` moves it.
    void start() {
        error_[0] = '\0';
        set<CURLOPT_ERRORBUFFER>(static_cast<char*>(error_));
        check(curl_multi_add_handle(multi_, easy_));
    }

    /// Ends the transfer; one that isn't complete takes its connection with it.
    void stop() noexcept { static_cast<void>(curl_multi_remove_handle(multi_, easy_)); }

    /// Moves what can be moved without waiting, and says whether the transfer is still running.
    [[nodiscard]] bool perform() {
        int running = 0;
        check(curl_multi_perform(multi_, &running));
        return running > 0;
    }

    /// Goes on with a transfer that a callback has paused. May call that callback again.
    void unpause() { check(curl_easy_pause(easy_, CURLPAUSE_CONT)); }

    /// Waits until the network, or a clock of libcurl, has something to do.
    void wait(Milliseconds limit) {
        auto const bounded = static_cast<int>((std::min)(limit, Milliseconds{60'000}).count());
        CURLMcode const code = curl_multi_poll(multi_, nullptr, 0, bounded, nullptr);
        // Some versions up to 8.1.0 take a wait that a signal interrupted for a broken one.
        if (code == CURLM_UNRECOVERABLE_POLL && errno == EINTR) return;
        check(code);
    }

    /// How the transfer ended; asked once, after `perform` has said that it did.
    [[nodiscard]] CURLcode result() {
        int left = 0;
        while (CURLMsg const* message = curl_multi_info_read(multi_, &left))
            if (message->msg == CURLMSG_DONE) return message->data.result;
        return CURLE_FAILED_INIT;
    }

    /// Bytes of the request's body that the system took.
    [[nodiscard]] std::uint64_t sent() const {
        curl_off_t bytes = 0;
        curl_easy_getinfo(easy_, CURLINFO_SIZE_UPLOAD_T, &bytes);
        return static_cast<std::uint64_t>(bytes);
    }

    /// What libcurl says of a failure. It may quote a proxy's URL, which may hold a password before an '@', maybe
    /// beyond the end of the text: then its general words.
    [[nodiscard]] std::string_view text(CURLcode code) const {
        std::string_view const own{error_};
        bool const may_be_cut = own.size() + 2 >= sizeof error_;
        bool const is_usable = !own.empty() && !may_be_cut && own.find('@') == own.npos;
        return is_usable ? own : std::string_view{curl_easy_strerror(code)};
    }

  private:
    void clean_up() noexcept {
        curl_easy_cleanup(easy_);
        static_cast<void>(curl_multi_cleanup(multi_));
    }

    static void check(CURLcode code) {
        if (code != CURLE_OK) throw TransportError(std::string{"libcurl: "} + curl_easy_strerror(code));
    }
    static void check(CURLMcode code) {
        if (code != CURLM_OK) throw TransportError(std::string{"libcurl: "} + curl_multi_strerror(code));
    }

    pid_t process_ = getpid();
    char error_[CURL_ERROR_SIZE] = "";
    CURLM* multi_ = nullptr;
    CURL* easy_ = nullptr;
};

/// Whether libcurl says of a failed handshake that it ended without a word of the other side's.
[[nodiscard]] inline bool is_broken(std::string_view text) {
    return text.find("SSL_ERROR_SYSCALL") != text.npos || text.find("reset") != text.npos;
}

/// Seconds since 1970 of a date as HTTP has it, in any of the three forms of RFC 9110 section 5.6.7; -1 for any other.
[[nodiscard]] inline long long http_date(std::string const& text) { return curl_getdate(text.c_str(), nullptr); }

/// Throws what a code of libcurl means. `was_sent` tells whether a connection had been there to send the request on: it
/// may be read by then, even if libcurl says at last that there is no way to make another connection. `request` names
/// the request. A URL that can't be used isn't repeated: it may hold a password.
[[noreturn]] inline void throw_curl_error(CURLcode code, std::string_view text, bool was_sent,
                                          std::string const& request) {
    std::string const message = request + ": " + std::string{text};
    Repetition const unsent = was_sent ? Repetition::doubtful : Repetition::harmless;
    switch (code) {
        case CURLE_UNSUPPORTED_PROTOCOL:  // of the URL; or the answer is none of HTTP/1
            if (was_sent) throw ProtocolError(message);
            throw InvalidRequest("the URL can't be used: " + std::string{text});
        case CURLE_URL_MALFORMAT:
            throw InvalidRequest("the URL can't be used: " + std::string{text});
        case CURLE_LOGIN_DENIED:
            throw InvalidRequest("the URL can't be used: it holds user information");
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT:
        case CURLE_PROXY:
            if (was_sent) throw ConnectionLost(message);
            throw ConnectError(message);
        case CURLE_OPERATION_TIMEDOUT:  // libcurl's only clock that is set
            throw TimeoutError(message + " (connect)", unsent);
        case CURLE_SSL_CONNECT_ERROR:  // which may also be a connection that broke while it was made
            throw TlsError(message, is_broken(text) ? unsent : Repetition::useless);
        case CURLE_SSL_ENGINE_NOTFOUND:
        case CURLE_SSL_ENGINE_SETFAILED:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_ENGINE_INITFAILED:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CRL_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        case CURLE_SSL_INVALIDCERTSTATUS:
        case CURLE_SSL_CLIENTCERT:
            throw TlsError(message);
        case CURLE_PARTIAL_FILE:
        case CURLE_GOT_NOTHING:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_FAIL_REWIND:
            // In TLS 1.3 a client may send before the service has looked at its certificate.
            if (text.find("certificate required") != text.npos)
                throw TlsError(message + " (the service wants a client certificate)");
            if (text.find(" alert ") != text.npos) throw TlsError(message);
            if (was_sent) throw ConnectionLost(message);
            throw ConnectError(message);
        case CURLE_OK:  // but the answer's head has no end
            throw ConnectionLost(request + ": the connection ended within the answer's head");
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
        case CURLE_BAD_CONTENT_ENCODING:
            throw ProtocolError(message);
        case CURLE_OUT_OF_MEMORY:  // said of a header line beyond 100 KB, before there was a code for that
            throw ResponseTooLarge(request + ": a header line is too long");
        default:
            break;
    }
    if (static_cast<int>(code) == 100)  // CURLE_TOO_LARGE, which the oldest libcurl doesn't name
        throw ResponseTooLarge(message);
    throw TransportError(message);
}

}  // namespace openstack::detail
