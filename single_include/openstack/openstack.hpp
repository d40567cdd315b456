// SPDX-License-Identifier: Apache-2.0
// Generated from include/ by single_include/amalgamate.py: changes belong there.
// The whole library. Read on in the order of its floors: words, fields, description, what is generated from it, wire,
// operations, services, and the front door.
#ifndef OPENSTACK_OPENSTACK_HPP  // one guard for this and for the single header, whichever comes first
#define OPENSTACK_OPENSTACK_HPP

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <charconv>
#include <climits>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <iosfwd>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/describe/bases.hpp>
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <curl/curl.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

// 0 words: the compiler's version is looked at before all

// <openstack/version.hpp>
// The library's version, and what it needs of the compiler.

#if __cplusplus < 202002L
#error "openstack-cpp needs C++20 (-std=c++20)"
#endif
#if !defined(__cpp_exceptions)
#error "openstack-cpp reports failures by exceptions: compile without -fno-exceptions"
#endif

#define OPENSTACK_VERSION_MAJOR 0
#define OPENSTACK_VERSION_MINOR 1
#define OPENSTACK_VERSION_PATCH 0

// <openstack/algorithm.hpp>
// std::min, std::max and std::equal, without what <algorithm> has beside them.

// With its sorts and its ranges, <algorithm> costs the compiler a twentieth of what this whole library does. What
// strings and vectors are built on themselves is in GCC's standard library where these are.

// <openstack/ascii.hpp>
// Texts of protocols, in which the case of a letter means nothing: header names, schemes, hexadecimal digits.

namespace openstack::detail {

/// The letter in lower case; any other character, also beyond ASCII and in whatever locale, as it is.
[[nodiscard]] constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Whether the texts differ in the case of letters at most.
[[nodiscard]] constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (to_lower(a[i]) != to_lower(b[i])) return false;
    return true;
}

}  // namespace openstack::detail

// <openstack/attempts.hpp>
// Attempts: how often a request was sent, for the errors that end it.

namespace openstack {

/// The attempts of one call.
struct Attempts {
    /// Requests sent: the first, its repetitions, the redirects followed, the one after a token was renewed.
    unsigned count = 1;
    /// Whether an earlier one may have reached the service, which then did what it was asked for unheard.
    bool is_in_doubt = false;
    std::string_view ended_by{};  ///< why there was no further one, a literal; empty if none could have helped
};

namespace detail {

/// ` (4 attempts; no retry is left)`, or nothing where there is nothing to say.
[[nodiscard]] inline std::string to_suffix(Attempts const& attempts) {
    std::string text = attempts.count > 1 ? std::to_string(attempts.count) + " attempts" : "";
    if (!attempts.ended_by.empty()) text.append(text.empty() ? "" : "; ").append(attempts.ended_by);
    return text.empty() ? text : " (" + text + ')';
}

}  // namespace detail
}  // namespace openstack

// <openstack/callback.hpp>
// Callback: a function of the caller's that is kept for later.

namespace openstack {

namespace detail {

/// Whether a function pointer or a function wrapper, such as std::function, has nothing to call.
template<class Function>
[[nodiscard]] bool has_nothing([[maybe_unused]] Function& function) {
    if constexpr (std::is_constructible_v<Function, std::nullptr_t> && std::is_constructible_v<bool, Function&>) {
        return !function;
    } else {
        return false;
    }
}

}  // namespace detail

template<class Signature>
class Callback;

/// A function, a lambda or an object that can be called, or nothing. Copies share one object, with its state: who uses
/// them in several threads gives it a function that may be called there. It stands where std::function could, whose
/// header costs the compiler a twentieth of what this whole library does.
template<class Result, class... Arguments>
class Callback<Result(Arguments...)> {
  public:
    /// Nothing.
    Callback() = default;
    Callback(std::nullptr_t) {}
    /// Keeps a copy of `function`; nothing if that is a null pointer, or a std::function that has nothing.
    template<class Function>
    requires(!std::same_as<std::remove_cvref_t<Function>, Callback> && !std::is_member_pointer_v<Function> &&
             std::is_invocable_r_v<Result, Function&, Arguments...>) Callback(Function function) {
        if (detail::has_nothing(function)) return;
        target_ = std::make_shared<Holder<Function>>(std::move(function));
    }

    /// Whether there is something to call.
    explicit operator bool() const noexcept { return target_ != nullptr; }
    /// Calls the function, which must be there.
    Result operator()(Arguments... arguments) const { return target_->call(std::forward<Arguments>(arguments)...); }

  private:
    struct Target {
        Target() = default;
        Target(Target const&) = delete;
        Target& operator=(Target const&) = delete;
        virtual ~Target() = default;
        virtual Result call(Arguments...) = 0;
    };
    template<class Function>
    struct Holder final : Target {
        explicit Holder(Function f) : function(std::move(f)) {}
        Result call(Arguments... arguments) override {
            if constexpr (std::is_void_v<Result>) {
                static_cast<void>(function(std::forward<Arguments>(arguments)...));
            } else {
                return function(std::forward<Arguments>(arguments)...);
            }
        }
        Function function;
    };

    std::shared_ptr<Target> target_;
};

}  // namespace openstack

// <openstack/clock.hpp>
// Clock: the time and the chance by which a session waits; and std::chrono without what <chrono> has beside them.

// <chrono> brings calendars, streams and, in newer standard libraries, formatting: together they cost the compiler more
// than a twentieth of what this whole library does. GCC's standard library has the rest in <mutex>, for its time-outs.

namespace openstack {
namespace detail {

using Milliseconds = std::chrono::milliseconds;
/// The clock of time-outs: no change of the system's time disturbs it.
using SteadyClock = std::chrono::steady_clock;

}  // namespace detail

/// What retries, limits and the lives of tokens go by. Tests derive from it. Called by several threads at once.
class Clock {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;

    Clock() = default;
    Clock(Clock const&) = delete;
    Clock& operator=(Clock const&) = delete;
    virtual ~Clock() = default;

    /// A time that only goes forward.
    [[nodiscard]] virtual TimePoint now() { return std::chrono::steady_clock::now(); }
    /// Seconds since 1970 as the system counts them: for dates that a service names.
    [[nodiscard]] virtual long long unix_time() { return ::time(nullptr); }
    /// Comes back after that time; or earlier, if a signal arrives.
    virtual void sleep(std::chrono::milliseconds duration) {
        timespec const time{static_cast<time_t>(duration.count() / 1000), duration.count() % 1000 * 1'000'000};
        static_cast<void>(::nanosleep(&time, nullptr));
    }
    /// Chance, evenly spread from 0 to, but without, 1.
    [[nodiscard]] virtual double random() {
        unsigned bits = 0;
        return ::getentropy(&bits, sizeof bits) == 0 ? bits / 4294967296.0 : 0.5;
    }
};

}  // namespace openstack

// <openstack/endpoint.hpp>
// Where services are: URLs at whose ends paths are put, their origins, and links between them.

// <openstack/error.hpp>
// Everything the library throws. All derive from Error; each says what was asked, what came back and where.

// <openstack/one_line.hpp>
// Texts of others as messages and logs may hold them: one line, valid UTF-8, and no longer than is of use.

// <openstack/utf8.hpp>
// Whether bytes are UTF-8 text, asked of all that comes in as JSON and all that goes out as JSON.

namespace openstack::detail {

/// The length of the UTF-8 sequence at the front of `text`, 0 if there is none: RFC 3629 section 4.
[[nodiscard]] inline std::size_t utf8_sequence(std::string_view text) {
    auto const byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    auto const is_between = [&](std::size_t i, unsigned low, unsigned high) {
        return byte(i) >= low && byte(i) <= high;
    };
    unsigned const first = byte(0);
    if (first < 0x80) return text.empty() ? 0 : 1;
    if (first < 0xc2 || first > 0xf4) return 0;
    if (first < 0xe0) return is_between(1, 0x80, 0xbf) ? 2 : 0;
    unsigned const low = first == 0xe0 ? 0xa0U : first == 0xf0 ? 0x90U : 0x80U;  // no overlong forms
    unsigned const high = first == 0xed   ? 0x9fU
                          : first == 0xf4 ? 0x8fU
                                          : 0xbfU;  // no surrogates, nothing above U+10FFFF
    if (!is_between(1, low, high) || !is_between(2, 0x80, 0xbf)) return 0;
    if (first < 0xf0) return 3;
    return is_between(3, 0x80, 0xbf) ? 4 : 0;
}

/// The offset of the first byte that isn't UTF-8; `npos` if there is none.
[[nodiscard]] inline std::size_t find_invalid_utf8(std::string_view text) {
    constexpr std::uint64_t not_ascii = 0x8080808080808080;
    for (std::size_t at = 0; at < text.size();) {
        if (std::array<std::uint64_t, 8> words; at + sizeof words <= text.size()) {
            std::memcpy(&words, text.data() + at, sizeof words);
            std::uint64_t all = 0;
            for (std::uint64_t const each : words) all |= each;
            if ((all & not_ascii) == 0) {
                at += sizeof words;
                continue;
            }
        }
        std::size_t const length = utf8_sequence(text.substr(at));
        if (length == 0) return at;
        at += length;
    }
    return std::string_view::npos;
}

}  // namespace openstack::detail

namespace openstack::detail {

/// How much of a URL a message has: it may hold a marker that the service chose.
inline constexpr std::size_t max_url_shown = 2000;

/// Whether a character, given as its UTF-8, acts on a terminal or on the text around it instead of being seen: those of
/// Unicode's class Cc, its separators of lines, and what turns the direction of writing (U+2028 to 202E, 2066 to 2069).
[[nodiscard]] inline bool is_control(std::string_view character) {
    if (character.size() == 1) return character[0] == '\x7f' || (character[0] >= '\0' && character[0] < ' ');
    if (character.size() == 2) return character[0] == '\xc2' && character[1] < '\xa0';
    std::string_view const front = character.substr(0, 2);
    return character.size() == 3 && ((front == "\xe2\x80" && character[2] >= '\xa8' && character[2] <= '\xae') ||
                                     (front == "\xe2\x81" && character[2] >= '\xa6' && character[2] <= '\xa9'));
}

/// At most `limit` bytes of `text`. A control character becomes a space, a byte that isn't UTF-8 a question mark.
[[nodiscard]] inline std::string one_line(std::string_view text, std::size_t limit = 200) {
    std::string line;
    while (!text.empty()) {
        std::size_t const length = utf8_sequence(text);
        std::string_view character = length == 0 ? "?" : text.substr(0, length);
        if (is_control(character)) character = " ";
        if (line.size() + character.size() > limit) break;
        line += character;
        text.remove_prefix((std::max)(length, std::size_t{1}));
    }
    return line;
}

/// The texts, each on one line, separated by commas: as many as there is room for, and how many more there are.
[[nodiscard]] inline std::string comma_list(std::vector<std::string> const& texts) {
    constexpr std::size_t enough = 1000;
    std::string line;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (line.size() >= enough) return line + " and " + std::to_string(texts.size() - i) + " more";
        line += (i == 0 ? "" : ", ") + one_line(texts[i]);
    }
    return line;
}

}  // namespace openstack::detail

namespace openstack {

/// The root of all exceptions of this library. No message ever holds a token, a password or another secret, and each is
/// one line of UTF-8 without control characters, whatever a service or a path that it quotes is made of.
class Error : public std::runtime_error {
  public:
    explicit Error(std::string_view message) : std::runtime_error(detail::one_line(message, max_message)) {}

  private:
    static constexpr std::size_t max_message = std::size_t{64} << 10;
};

/// The caller's argument can't be sent: the request that it is for wasn't.
class InvalidRequest : public Error {
  public:
    using Error::Error;
};

/// The OS_* variables or the configuration don't describe a cloud.
class ConfigError : public Error {
  public:
    using Error::Error;
};

/// The cloud's catalog has no endpoint for the service that was asked for, and the message lists those it has; or what
/// it has is no http or https URL to which a path can be put.
class EndpointNotFound : public Error {
  public:
    using Error::Error;
};

/// One thing wrong in a JSON document: where (an RFC 6901 JSON pointer) and what.
struct DecodeProblem {
    std::string pointer{};
    std::string text{};
};

/// A JSON document isn't what its type demands. Lists all problems of the document, not only the first. Of a long key,
/// a pointer has only the front.
class DecodeError : public Error {
  public:
    /// `what` names what was read; it opens the message.
    DecodeError(std::string_view what, std::vector<DecodeProblem> problems)
        : Error(message(what, problems)), problems_(std::move(problems)) {}

    /// All that is wrong, in the order of the document; of very many, the first 64.
    [[nodiscard]] std::vector<DecodeProblem> const& problems() const noexcept { return problems_; }

  private:
    static std::string message(std::string_view what, std::vector<DecodeProblem> const& problems) {
        std::string text = detail::one_line(what, detail::max_url_shown);
        char const* separator = ": ";
        for (DecodeProblem const& each : problems) {
            text.append(separator).append(detail::one_line(each.pointer)).append(each.pointer.empty() ? "" : ": ");
            text.append(detail::one_line(each.text));
            separator = "; ";
        }
        return text;
    }

    std::vector<DecodeProblem> problems_;
};

/// What it would be to send a request again that got no complete answer.
enum class Repetition {
    useless,   ///< it would fail as before
    harmless,  ///< the request never left, so the service can't have acted on it
    doubtful   ///< the service may have acted on it already
};

/// No complete answer came back: the connection, not the service, failed.
class TransportError : public Error {
  public:
    explicit TransportError(std::string_view message, Repetition repetition = Repetition::useless)
        : Error(message), repetition_(repetition), text_(Error::what()) {}

    /// The message, with what is known of the attempts.
    [[nodiscard]] char const* what() const noexcept override { return text_.what(); }
    /// What another attempt would be.
    [[nodiscard]] Repetition repetition() const noexcept { return repetition_; }
    /// How often it was tried, where a session did.
    [[nodiscard]] Attempts const& attempts() const noexcept { return attempts_; }
    /// Puts them into the message, in place of those before.
    void set_attempts(Attempts const& attempts) {
        attempts_ = attempts;
        text_ = std::runtime_error(Error::what() + detail::to_suffix(attempts));
    }

  private:
    Repetition repetition_;
    Attempts attempts_{};
    std::runtime_error text_;  // its copies don't throw
};

/// The host name can't be resolved, nobody listens there, or the proxy fails. The request was never sent.
class ConnectError : public TransportError {
  public:
    explicit ConnectError(std::string_view message) : TransportError(message, Repetition::harmless) {}
};

/// TLS failed: an untrusted, expired or wrongly named certificate, or no common version.
class TlsError : public TransportError {
  public:
    using TransportError::TransportError;
};

/// A phase took longer than its time-out; the message names the phase (connect, send, response, receive, total).
class TimeoutError : public TransportError {
  public:
    explicit TimeoutError(std::string_view message, Repetition repetition = Repetition::doubtful)
        : TransportError(message, repetition) {}
};

/// The connection broke before the answer was complete. Whether the service acted on the request is unknown.
class ConnectionLost : public TransportError {
  public:
    explicit ConnectionLost(std::string_view message) : TransportError(message, Repetition::doubtful) {}
};

/// What came back isn't HTTP as RFC 9110 and RFC 9112 have it, or is not an answer to what was asked.
class ProtocolError : public TransportError {
  public:
    using TransportError::TransportError;
};

/// The answer is larger than the limit for its kind.
class ResponseTooLarge : public TransportError {
  public:
    using TransportError::TransportError;
};

/// The call's stop token ended it. Whether the service acted on the last request is unknown.
class Cancelled : public Error {
  public:
    using Error::Error;
};

/// More than one resource answers to the name. `ids()` has them all, the message those for which there is room.
class DuplicateResource : public Error {
  public:
    /// `what` says what they have in common; it opens the message.
    DuplicateResource(std::string const& what, std::vector<std::string> ids)
        : Error(what + ": " + detail::comma_list(ids)), ids_(std::move(ids)) {}

    /// The ids of all that answer.
    [[nodiscard]] std::vector<std::string> const& ids() const noexcept { return ids_; }

  private:
    std::vector<std::string> ids_;
};

/// The service doesn't have what was asked for; the message says what that needs.
class NotSupported : public Error {
  public:
    using Error::Error;
};

/// A resource has got into a state from which it doesn't come to the one that is waited for.
class ResourceFailure : public Error {
  public:
    using Error::Error;
};

/// A resource hasn't come to the state that is waited for within the wait's deadline.
class ResourceTimeout : public Error {
  public:
    using Error::Error;
};

/// The bytes aren't those that the record promises (or the service stored others than were sent).
class IntegrityError : public Error {
  public:
    using Error::Error;
};

/// The image has no data yet (the service answered 204): different from data of size 0.
class NoData : public Error {
  public:
    using Error::Error;
};

/// The source of an upload ended early, grew, or may not be empty.
class SourceError : public Error {
  public:
    using Error::Error;
};

/// A local file can't be read or written. `code()` has the system's error number.
class IoError : public Error {
  public:
    IoError(std::string const& what, int error_number)
        : Error(what + ": " + std::generic_category().message(error_number)),
          code_(error_number, std::generic_category()) {}

    /// The system's error, such as std::errc::no_space_on_device.
    [[nodiscard]] std::error_code code() const noexcept { return code_; }

  private:
    std::error_code code_;
};

}  // namespace openstack

namespace openstack {

/// The URL without its scheme, from the `//` on; empty if it's neither http nor https.
[[nodiscard]] inline std::string_view without_http_scheme(std::string_view url) {
    for (std::string_view const scheme : {"http:", "https:"}) {
        std::string_view const rest = url.substr((std::min)(scheme.size(), url.size()));
        if (rest.starts_with("//") && detail::equal_ignoring_case(url.substr(0, scheme.size()), scheme)) return rest;
    }
    return {};
}

/// What keeps a URL from being an endpoint, at whose end paths are put; empty if nothing does. Doesn't repeat the URL:
/// what is wrong may be a password in it.
[[nodiscard]] inline std::string_view endpoint_problem(std::string_view url) {
    std::string_view const rest = without_http_scheme(url);
    if (rest.empty()) return "doesn't begin with http:// or https://";
    for (char const c : rest)
        if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '\\')
            return "holds a space, a backslash or a control character";
    if (rest.find_first_of("?#") != rest.npos) return "holds a query or a fragment";
    std::string_view const authority = rest.substr(2, rest.find('/', 2) - 2);
    if (authority.find('@') != authority.npos) return "holds user information";
    if (authority.empty() || authority.front() == ':') return "names no host";
    return {};
}

/// Throws ConfigError unless `url` can be an endpoint. `name` is that of the setting.
inline void check_endpoint(std::string_view name, std::string_view url) {
    if (std::string_view const problem = endpoint_problem(url); !problem.empty())
        throw ConfigError(std::string{name} + ' ' + std::string{problem});
}

namespace detail {

/// Where a URL's path begins, behind scheme, host and port.
[[nodiscard]] constexpr std::size_t path_begin(std::string_view url) {
    return (std::min)(url.find('/', url.find("//") + 2), url.size());
}

}  // namespace detail

/// The scheme, host and port of a URL, in lower case and without a port that is the scheme's own (RFC 6454 section 4);
/// empty for one that can't be an endpoint's, query aside.
[[nodiscard]] inline std::string origin_of(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    if (!endpoint_problem(url).empty()) return {};
    std::string origin{url.substr(0, detail::path_begin(url))};
    for (char& c : origin) c = detail::to_lower(c);
    std::string_view const port = origin.starts_with("https:") ? ":443" : ":80";
    if (origin.ends_with(port)) origin.resize(origin.size() - port.size());
    return origin;
}

/// The URL that a link in the document at `base` means (RFC 3986 section 5.2), without its fragment. Empty for a link
/// that is empty, or needs its dots removed.
[[nodiscard]] inline std::string resolve_link(std::string_view base, std::string_view link) {
    link = link.substr(0, link.find('#'));
    base = base.substr(0, base.find_first_of("?#"));
    std::size_t const path = detail::path_begin(base);
    bool const is_absolute = link.find(':') < link.find_first_of("/?");
    std::string front;  // what of the base stays before the link
    if (link.starts_with("//")) {
        front = base.substr(0, base.find("//"));
    } else if (link.starts_with('/')) {
        front = base.substr(0, path);
    } else if (link.starts_with('?')) {
        front = base;
    } else if (!is_absolute) {
        front = path == base.size() ? std::string{base} + '/' : std::string{base.substr(0, base.rfind('/') + 1)};
    }
    std::string_view const segments = link.substr(0, link.find('?'));
    bool const has_dots = segments.starts_with("./") || segments.starts_with("../") ||
                          segments.find("/./") != segments.npos || segments.find("/../") != segments.npos ||
                          segments.ends_with("/.") || segments.ends_with("/..") || segments == "." || segments == "..";
    return link.empty() || has_dots ? std::string{} : front.append(link);
}

namespace detail {

/// Whether a path's segment, with the slash before it, is the version of an API: `/v3`, `/v2.0`.
[[nodiscard]] constexpr bool is_version(std::string_view segment) {
    return segment.size() > 2 && segment.starts_with("/v") && segment[2] >= '0' && segment[2] <= '9' &&
           segment.find_first_not_of("0123456789.", 2) == std::string_view::npos;
}

}  // namespace detail

/// An endpoint and a path that starts with the API version. The version at the endpoint's end, if it has one, gives way
/// to the path's; if it is the last but one segment, as in `https://cloud/v3/PROJECT_ID`, and the same as the path's,
/// the path goes without. A prefix of the endpoint (`https://cloud/image`) stays.
[[nodiscard]] inline std::string join_url(std::string_view endpoint, std::string_view path) {
    while (endpoint.ends_with('/')) endpoint.remove_suffix(1);
    std::string_view const version = path.substr(0, path.find_first_of("/?", 1));
    std::string_view const base = endpoint.substr(detail::path_begin(endpoint));
    std::size_t const last = base.rfind('/');
    if (last != base.npos && detail::is_version(version)) {
        if (detail::is_version(base.substr(last))) {
            endpoint.remove_suffix(base.size() - last);
        } else if (base.substr(0, last).ends_with(version)) {
            path.remove_prefix(version.size());
        }
    }
    return std::string{endpoint}.append(path);
}

/// The endpoint up to the version of its API, if it has one: `https://cloud/volume` of
/// `https://cloud/volume/v3/PROJECT`.
[[nodiscard]] inline std::string version_root(std::string_view endpoint) {
    while (endpoint.ends_with('/')) endpoint.remove_suffix(1);
    for (std::size_t at = detail::path_begin(endpoint); at < endpoint.size();) {
        std::size_t const end = (std::min)(endpoint.find('/', at + 1), endpoint.size());
        if (detail::is_version(endpoint.substr(at, end - at))) return std::string{endpoint.substr(0, at)};
        at = end;
    }
    return std::string{endpoint};
}

}  // namespace openstack

// <openstack/fixed_string.hpp>
// Text as a template argument: Wire<"os_hidden">.

namespace openstack {

/// A string literal as a template argument. Implicit from a literal; `view()` gives the text without its terminating
/// NUL.
template<std::size_t N>
struct FixedString {
    char text[N]{};  ///< with the terminating NUL

    constexpr FixedString(char const (&literal)[N]) {
        for (std::size_t i = 0; i < N; ++i) text[i] = literal[i];
    }

    [[nodiscard]] constexpr std::string_view view() const { return {text, N - 1}; }
};

}  // namespace openstack

// <openstack/http_error.hpp>
// What a service's refusal becomes: HttpError and a subclass for each status that programs tell apart.

namespace openstack {

/// A refusal of the service, as HttpError tells it.
struct HttpFailure {
    int status = 0;
    std::string method{};
    std::string url{};
    std::string request_id{};  ///< the answer's X-Openstack-Request-Id; empty if there is none
    std::string text{};        ///< the service's own words, without HTML
    Attempts attempts{};       ///< those that led to this answer
};

/// The service answered with a status that isn't success. Subclasses name the statuses that programs tell apart.
class HttpError : public Error {
  public:
    explicit HttpError(HttpFailure failure) : Error(message(failure)), failure_(std::move(failure)) {}

    /// The answer's status, mostly 400 to 599.
    [[nodiscard]] int status() const noexcept { return failure_.status; }
    /// That of the request that was refused.
    [[nodiscard]] std::string const& method() const noexcept { return failure_.method; }
    /// The request's URL, whole.
    [[nodiscard]] std::string const& url() const noexcept { return failure_.url; }
    /// The id to quote to the cloud's operators; empty if the answer had none.
    [[nodiscard]] std::string const& request_id() const noexcept { return failure_.request_id; }
    /// The service's own words, without HTML.
    [[nodiscard]] std::string const& server_text() const noexcept { return failure_.text; }
    /// How often the request was sent.
    [[nodiscard]] Attempts const& attempts() const noexcept { return failure_.attempts; }

  private:
    static std::string message(HttpFailure const& f) {
        std::string text =
            f.method + ' ' + detail::one_line(f.url, detail::max_url_shown) + ": " + std::to_string(f.status);
        if (!f.text.empty()) text += ": " + f.text;
        if (!f.request_id.empty()) text += " (request " + f.request_id + ')';
        return text + detail::to_suffix(f.attempts);
    }

    HttpFailure failure_;
};

/// 400: the service doesn't understand a value.
class BadRequest : public HttpError {
  public:
    using HttpError::HttpError;
};

/// 401, and 404 of a Keystone that doesn't know the token, application credential or trust: the credentials or the
/// token were refused.
class Unauthorized : public HttpError {
  public:
    using HttpError::HttpError;
};

/// 403: the policy, or the state of the resource, forbids it.
class Forbidden : public HttpError {
  public:
    using HttpError::HttpError;
};

/// 404, or nothing of that name: the resource doesn't exist or may not be seen.
class ResourceNotFound : public HttpError {
  public:
    using HttpError::HttpError;
};

/// 409: the resource's state, or another client's change, is in the way.
class Conflict : public HttpError {
  public:
    using HttpError::HttpError;
};

/// 410: the resource was deleted meanwhile.
class Gone : public HttpError {
  public:
    using HttpError::HttpError;
};

/// 413: a quota or size limit.
class PayloadTooLarge : public HttpError {
  public:
    using HttpError::HttpError;
};

/// 416: the range asked for lies outside the data.
class RangeNotSatisfiable : public HttpError {
  public:
    using HttpError::HttpError;
};

/// 429: too many requests.
class RateLimited : public HttpError {
  public:
    using HttpError::HttpError;
};

/// 5xx: the service failed.
class ServerError : public HttpError {
  public:
    using HttpError::HttpError;
};

/// Throws the subclass of HttpError that stands for `failure.status`.
[[noreturn]] inline void throw_http_error(HttpFailure failure) {
    switch (failure.status) {
        case 400:
            throw BadRequest(std::move(failure));
        case 401:
            throw Unauthorized(std::move(failure));
        case 403:
            throw Forbidden(std::move(failure));
        case 404:
            throw ResourceNotFound(std::move(failure));
        case 409:
            throw Conflict(std::move(failure));
        case 410:
            throw Gone(std::move(failure));
        case 413:
            throw PayloadTooLarge(std::move(failure));
        case 416:
            throw RangeNotSatisfiable(std::move(failure));
        case 429:
            throw RateLimited(std::move(failure));
        default:
            break;
    }
    if (failure.status >= 500) throw ServerError(std::move(failure));
    throw HttpError(std::move(failure));
}

}  // namespace openstack

// <openstack/json_pointer.hpp>
// RFC 6901 JSON pointers: /properties/a~1b.

namespace openstack {

/// A key as a token of a pointer: `~` becomes ~0, `/` becomes ~1 (RFC 6901 section 3).
[[nodiscard]] inline std::string escape_pointer_token(std::string_view key) {
    std::string token;
    for (char const c : key) {
        if (c == '~') {
            token += "~0";
        } else if (c == '/') {
            token += "~1";
        } else {
            token += c;
        }
    }
    return token;
}

/// The inverse of escape_pointer_token; nothing if a `~` isn't followed by 0 or 1.
[[nodiscard]] inline std::optional<std::string> unescape_pointer_token(std::string_view token) {
    std::string key;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] != '~') {
            key += token[i];
            continue;
        }
        if (++i == token.size() || (token[i] != '0' && token[i] != '1')) return std::nullopt;
        key += token[i] == '0' ? '~' : '/';
    }
    return key;
}

}  // namespace openstack

// <openstack/open_enum.hpp>
// Open<Enum>: an enumeration of which the service may know more values than this library.

namespace openstack {

/// An enumerator and its text on the wire.
template<class E>
struct EnumEntry {
    E value;
    std::string_view text;
};

/// All enumerators of E with their texts: `EnumEntries<E>::list`. describe.hpp defines it for every enumeration that is
/// described by BOOST_DESCRIBE_ENUM; an enumerator that C++ makes us write with a trailing `_` (`public_`) loses it.
template<class E>
struct EnumEntries;

/// A value of E, or a text that is none of E's: whatever the service says survives being read and written back.
template<class E>
class Open {
  public:
    constexpr Open() = default;
    constexpr Open(E value) : value_(value) {}

    /// The enumerator of that text; otherwise the text itself is kept.
    [[nodiscard]] static Open from_text(std::string_view text) {
        Open result;
        result.assign(text);
        return result;
    }

    /// Becomes `from_text(text)`.
    void assign(std::string_view text) {
        for (EnumEntry<E> const& each : EnumEntries<E>::list) {
            if (each.text != text) continue;
            unknown_.clear();
            value_ = each.value;
            is_known_ = true;
            return;
        }
        unknown_ = text;
        value_ = E{};
        is_known_ = false;
    }

    /// Whether it is an enumerator of E.
    [[nodiscard]] constexpr bool is_known() const noexcept { return is_known_; }

    /// The enumerator, for a switch; nothing if the text is none of E's.
    [[nodiscard]] constexpr std::optional<E> known() const {
        return is_known_ ? std::optional<E>{value_} : std::nullopt;
    }

    /// The text on the wire.
    friend std::string to_string(Open const& open) {
        if (!open.is_known_) return open.unknown_;
        for (EnumEntry<E> const& each : EnumEntries<E>::list)
            if (each.value == open.value_) return std::string{each.text};
        return {};
    }

    friend bool operator==(Open const&, Open const&) = default;
    friend bool operator==(Open const& open, E value) { return open.is_known_ && open.value_ == value; }

  private:
    std::string unknown_{};
    E value_{};
    bool is_known_ = true;
};

}  // namespace openstack

// <openstack/stop_token.hpp>
// StopToken: by which a program ends its calls early.

namespace openstack {

/// Says whether a call shall end now. It is made of a std::stop_token, or of anything that has its `stop_requested()`,
/// which is asked from the thread of the call every `interval`. (To know std::stop_token itself would cost
/// every include of this library more than all of its retries do.)
class StopToken {
  public:
    /// How often.
    static constexpr std::chrono::milliseconds interval{20};

    /// Never.
    StopToken() = default;
    /// When `token` says so. That one may be asked by several threads at once.
    template<class Token>
    requires(!std::same_as<Token, StopToken> &&
             requires(Token const& token) {
                 { token.stop_requested() } -> std::same_as<bool>;
             }) StopToken(Token token)
        : is_requested_([token = std::move(token)] { return token.stop_requested(); }) {}

    /// Whether the call shall end.
    [[nodiscard]] bool stop_requested() const { return is_requested_ && is_requested_(); }
    /// Whether it may ever have to.
    [[nodiscard]] bool stop_possible() const noexcept { return static_cast<bool>(is_requested_); }

  private:
    Callback<bool()> is_requested_{};
};

}  // namespace openstack

// <openstack/timestamp.hpp>
// A point in time as OpenStack writes it: 2026-11-21T10:11:12Z, with or without a fraction.

namespace openstack {

/// A UTC time with microseconds. Text form: RFC 3339 with upper-case `T` and `Z`.
class Timestamp {
  public:
    using TimePoint = std::chrono::sys_time<std::chrono::microseconds>;

    constexpr Timestamp() = default;
    constexpr Timestamp(TimePoint point) : point_(point) {}

    /// Reads `YYYY-MM-DDTHH:MM:SS`, an optional fraction (digits after the sixth are cut off) and an optional zone, `Z`
    /// or `+HH:MM`; without a zone it is UTC, as OpenStack's services mean it. Nothing for any other text, for dates
    /// and times that don't exist (a leap second, `:60`, counts as one), and for those that aren't in the years 0000 to
    /// 9999 of UTC.
    [[nodiscard]] static std::optional<Timestamp> parse(std::string_view text) {
        if (text.size() < length) return std::nullopt;
        Reader reader{text};
        int const year = reader.number(0, 4, '-');
        int const month = reader.number(5, 2, '-');
        int const day = reader.number(8, 2, 'T');
        int const h = reader.number(11, 2, ':');
        int const mi = reader.number(14, 2, ':');
        int const s = reader.number(17, 2);
        text.remove_prefix(length);
        std::optional<int> const fraction = take_fraction(text);
        std::optional<int> const offset = take_offset(text);
        if (!reader.is_good || !fraction || !offset || !text.empty()) return std::nullopt;
        if (month < 1 || month > 12 || day < 1 ||
            day > days_until_month(year, month + 1) - days_until_month(year, month))
            return std::nullopt;
        if (h > 23 || mi > 59 || s > 59) return std::nullopt;
        long long const date = days_until_year(year) + days_until_month(year, month) + day - 1;
        long long const seconds = ((date * 24 + h) * 60 + mi - *offset) * 60 + s;
        bool const has_year = seconds >= days_until_year(0) * 86'400 && seconds < days_until_year(10'000) * 86'400;
        if (!has_year) return std::nullopt;  // of four digits, in UTC
        return Timestamp{TimePoint{std::chrono::microseconds{seconds * 1'000'000 + *fraction}}};
    }

    /// The point on the system clock.
    [[nodiscard]] constexpr TimePoint point() const noexcept { return point_; }

    friend constexpr auto operator<=>(Timestamp const&, Timestamp const&) = default;

    /// `2026-11-21T10:11:12Z`; six digits of a fraction if there is one.
    friend std::string to_string(Timestamp const& t) {
        constexpr long long second = 1'000'000;
        constexpr long long day = 86'400 * second;
        long long const since_1970 = t.point_.time_since_epoch().count();
        bool const is_before = since_1970 % day < 0;
        long long const date = since_1970 / day - (is_before ? 1 : 0);
        long long const microseconds_of_day = since_1970 % day + (is_before ? day : 0);
        long long const second_of_day = microseconds_of_day / second;
        std::string text = to_date(date);
        put(text += 'T', second_of_day / 3600, 2);
        put(text += ':', second_of_day / 60 % 60, 2);
        put(text += ':', second_of_day % 60, 2);
        if (long long const fraction = microseconds_of_day % second) put(text += '.', fraction, 6);
        return text += 'Z';
    }

  private:
    static constexpr std::size_t length = std::string_view{"0000-00-00T00:00:00"}.size();  // without what may follow

    /// From 1970-01-01 to the year's first day, in the calendar of today (which RFC 3339 uses for all times).
    static constexpr long long days_until_year(long long year) {
        long long const past = year + 399;  // so that no year of four digits is negative here
        return 365 * year + past / 4 - past / 100 + past / 400 - 719'624;
    }

    /// From the year's first day to the month's; month 13 is the end of the year.
    static constexpr int days_until_month(long long year, int month) {
        constexpr int days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
        bool const is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        return days[month - 1] + (is_leap && month > 2 ? 1 : 0);
    }

    /// `2026-11-21`, of a day counted from 1970-01-01.
    static std::string to_date(long long days) {
        constexpr long long cycle = 146'097;  // the days of 400 years, after which the calendar repeats
        long long const cycles = days / cycle - (days % cycle < 0 ? 1 : 0);
        days -= cycles * cycle;
        long long year = 1970 + days / 366;
        while (days_until_year(year + 1) <= days) ++year;
        int const day_of_year = static_cast<int>(days - days_until_year(year));
        int month = 1;
        while (days_until_month(year, month + 1) <= day_of_year) ++month;
        std::string text;
        put(text, year + 400 * cycles, 4);
        put(text += '-', month, 2);
        put(text += '-', day_of_year - days_until_month(year, month) + 1, 2);
        return text;
    }

    static constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

    /// Reads numbers at known places, and notes whether they were numbers: without branches, since nearly all are.
    struct Reader {
        std::string_view text;
        bool is_good = true;

        constexpr int number(std::size_t at, std::size_t digits) {
            int value = 0;
            for (std::size_t end = at + digits; at < end; ++at) {
                is_good &= is_digit(text[at]);
                value = value * 10 + (text[at] - '0');
            }
            return value;
        }
        /// With the character that must follow.
        constexpr int number(std::size_t at, std::size_t digits, char follower) {
            is_good &= text[at + digits] == follower;
            return number(at, digits);
        }
    };

    /// The microseconds at the front of `text`; 0 if there is no fraction, nothing if there is a point without digits.
    static constexpr std::optional<int> take_fraction(std::string_view& text) {
        if (!text.starts_with('.')) return 0;
        int value = 0;
        std::size_t at = 1;
        for (int weight = 100'000; at < text.size() && is_digit(text[at]); weight /= 10)
            value += (text[at++] - '0') * weight;
        text.remove_prefix(at);
        return at > 1 ? std::optional{value} : std::nullopt;
    }

    /// The minutes of the zone at the front of `text`; 0 if there is none.
    static constexpr std::optional<int> take_offset(std::string_view& text) {
        if (text.empty() || text == "Z") return text = {}, 0;
        int const sign = text.front() == '-' ? -1 : 1;
        if ((sign > 0 && text.front() != '+') || text.size() != std::string_view{"+00:00"}.size()) return std::nullopt;
        Reader reader{text};
        int const h = reader.number(1, 2, ':');
        int const mi = reader.number(4, 2);
        text = {};
        return !reader.is_good || h > 23 || mi > 59 ? std::nullopt : std::optional{sign * (h * 60 + mi)};
    }

    static void put(std::string& text, long long value, std::size_t width) {
        std::string const digits = std::to_string(value);
        text.append(width > digits.size() ? width - digits.size() : 0, '0') += digits;
    }

    TimePoint point_{};
};

}  // namespace openstack

// <openstack/uri.hpp>
// Paths and queries in which any text means itself: percent-encoding after RFC 3986.

namespace openstack {

/// One parameter of a query, neither side encoded.
struct QueryParameter {
    std::string key{};
    std::string value{};  ///< any bytes

    bool operator==(QueryParameter const&) const = default;
};

namespace detail {

template<class Parameters>
void append(Parameters& parameters, Parameters const& more) {
    for (auto const& each : more) parameters.push_back(each);
}

}  // namespace detail

/// Every byte but the unreserved ones (RFC 3986, section 2.3: letters, digits, `-._~`) becomes %XX.
[[nodiscard]] inline std::string percent_encode(std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (char const c : text) {
        bool const is_unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                   c == '-' || c == '.' || c == '_' || c == '~';
        if (is_unreserved) {
            encoded += c;
        } else {
            auto const byte = static_cast<unsigned char>(c);
            encoded.append({'%', hex[byte >> 4], hex[byte & 15]});
        }
    }
    return encoded;
}

/// The inverse of percent_encode (RFC 3986, section 2.1); a `%` without two hexadecimal digits stays as it is.
[[nodiscard]] inline std::string percent_decode(std::string_view text) {
    auto const digit = [](char c) {
        return c >= '0' && c <= '9'   ? c - '0'
               : c >= 'a' && c <= 'f' ? c - 'a' + 10
               : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                      : -1;
    };
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
            decoded += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
            i += 2;
        } else {
            decoded += text[i];
        }
    }
    return decoded;
}

/// An id or name as one segment of a path. Throws InvalidRequest for a text that can't be one: empty, `.` and `..`
/// (servers and proxies fold them: RFC 3986 section 5.2.4), one with a slash (servers decode %2F before they route, so
/// it would be another resource's path), and control characters.
[[nodiscard]] inline std::string path_segment(std::string_view text) {
    if (text.empty() || text == "." || text == ".." || text.find('/') != std::string_view::npos)
        throw InvalidRequest("'" + std::string{text} + "' can't be an id or a name in a path");
    for (char const c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            throw InvalidRequest("an id or a name in a path may not hold control characters");
    return percent_encode(text);
}

/// How many `{placeholders}` a path has.
[[nodiscard]] constexpr std::size_t count_placeholders(std::string_view path) {
    std::size_t count = 0;
    for (char const c : path) count += c == '{' ? 1 : 0;
    return count;
}

/// The path with its `{placeholders}` replaced, in order, by `values` as segments. Throws InvalidRequest as
/// path_segment.
[[nodiscard]] inline std::string fill_placeholders(std::string_view path,
                                                   std::initializer_list<std::string_view> values) {
    std::string filled;
    for (std::string_view const value : values) {
        std::size_t const open = path.find('{');
        std::size_t const close = path.find('}', open);
        if (close == std::string_view::npos) throw InvalidRequest("more values than placeholders in a path");
        filled.append(path.substr(0, open)).append(path_segment(value));
        path.remove_prefix(close + 1);
    }
    return filled.append(path);
}

/// `key=value&key=value`, encoded; empty for no parameters.
[[nodiscard]] inline std::string to_query_string(std::vector<QueryParameter> const& parameters) {
    std::string text;
    for (QueryParameter const& each : parameters) {
        if (!text.empty()) text += '&';
        text.append(percent_encode(each.key)).append(1, '=').append(percent_encode(each.value));
    }
    return text;
}

/// The decoded parameters of a link: what follows its `?`, without a fragment. `+` is a space, as servers that encode
/// forms write it.
[[nodiscard]] inline std::vector<QueryParameter> query_parameters(std::string_view link) {
    auto const decode = [](std::string_view part) {
        std::string text{part};
        for (char& c : text)
            if (c == '+') c = ' ';
        return percent_decode(text);
    };
    std::vector<QueryParameter> parameters;
    link = link.substr(0, link.find('#'));
    std::size_t const mark = link.find('?');
    if (mark == std::string_view::npos) return parameters;
    for (std::string_view rest = link.substr(mark + 1); !rest.empty();) {
        std::string_view const part = rest.substr(0, rest.find('&'));
        rest.remove_prefix((std::min)(part.size() + 1, rest.size()));
        if (part.empty()) continue;
        std::size_t const equals = (std::min)(part.find('='), part.size());
        parameters.push_back(
            {decode(part.substr(0, equals)), decode(part.substr((std::min)(equals + 1, part.size())))});
    }
    return parameters;
}

}  // namespace openstack

// <openstack/uuid.hpp>
// Random UUIDs: ids that nobody else has chosen (RFC 9562 section 5.4).

namespace openstack::detail {

/// A new one, such as `3f0c1f5e-8a59-4c3b-9b6d-0d2f7f1b2a4c`. Throws IoError if the system gives no random bytes.
template<class Text = std::string>
[[nodiscard]] Text random_uuid() {
    unsigned char bytes[16];
    if (::getentropy(bytes, sizeof bytes) != 0) throw IoError("no random bytes", errno);
    bytes[6] = static_cast<unsigned char>(0x40 | (bytes[6] & 0x0f));  // the version
    bytes[8] = static_cast<unsigned char>(0x80 | (bytes[8] & 0x3f));  // the variant
    Text text;
    for (unsigned char const byte : bytes) {
        std::size_t const length = text.size();
        if (length == 8 || length == 13 || length == 18 || length == 23) text += '-';
        for (int const digit : {byte >> 4, byte & 15}) text += "0123456789abcdef"[digit];
    }
    return text;
}

}  // namespace openstack::detail

// 1 fields

// <openstack/field.hpp>
// Field<T, Options...>: one member of a resource: unset, null or a value, with the rules of its declaration.

// <openstack/options.hpp>
// What a field's declaration may say beside its type: Field<std::string, ReadOnly, Wire<"owner">>.

namespace openstack {

/// Only the service sets it: it can't be assigned, and is never sent.
struct ReadOnly {};
/// Sent by create and never changed afterwards.
struct CreateOnly {};
/// Where it is unset, create fills in a random UUID: an id that the client chooses lets it repeat a create whose answer
/// got lost, and still there is one resource. Goes with CreateOnly, on a text.
struct UuidOnCreate {};
/// The name on the wire, where it isn't the member's own.
template<FixedString Name>
struct Wire {};
/// Another name on the wire in what is sent, for services that answer with one name and want another.
template<FixedString Name>
struct WriteAs {};
/// Travels as this header of the request that sends the resource's data; it is never in a JSON document.
template<FixedString Name>
struct Header {};
/// A typed value whose wire form is a string: `Field<int, AsText>` is `"4"` in JSON. A plain 4 is read, too.
struct AsText {};
/// May be a key of `asc<>` and `desc<>`.
struct Sortable {};

/// Operators of a filter, each with the form in which it is sent.
struct Eq {};   ///< `==`, sent as the value, or as `eq:` and the value with OperatorPrefix
struct Neq {};  ///< `!=`, sent as `neq:`; needs OperatorPrefix
struct Lt {};   ///< `<`, sent as `lt:`; needs OperatorPrefix
struct Lte {};  ///< `<=`, sent as `lte:` or as `key_max`; needs OperatorPrefix or MinMax
struct Gt {};   ///< `>`, sent as `gt:`; needs OperatorPrefix
struct Gte {};  ///< `>=`, sent as `gte:` or as `key_min`; needs OperatorPrefix or MinMax
struct In {};   ///< `.in({...})`: `in:a,b` with OperatorPrefix, `a,b` with CommaSeparated, else a parameter for each
struct Contains {};  ///< `.contains(value)` of a list; several of them must all hold

/// May be filtered by the service, with these operators: `key=value`, or as OperatorPrefix and MinMax say.
template<class... Operators>
struct Filterable {};
/// The operator stands before the value, `key=gt:value` (API-SIG, filtering guideline). `==` is then sent as `eq:`
/// always, so that a value with a colon means itself, and `.in()` as `in:` with quotes where a value needs them.
struct OperatorPrefix {};
/// `>=` is sent as `key_min=value` and `<=` as `key_max=value`.
struct MinMax {};
/// `.in()` is sent as one parameter, its values between commas, as Nova's and Neutron's `tags-any=a,b`.
struct CommaSeparated {};
/// The filter's key, where it isn't the wire name.
template<FixedString Name>
struct QueryName {};
/// Only a filter: the service takes it in a query, and has no such member in its documents. Goes with ReadOnly.
struct QueryOnly {};
/// Only a condition on what get() tells, by which the service lists nothing. Goes with QueryOnly.
struct OfGet {};
/// The service lists resources with this value of the field only when asked for them: find() asks a second time.
template<auto Value>
struct HiddenWhen {};

namespace detail {

/// One bit for each kind of option, and is_empty_option where it lacks what it is there for; 0: it is no option.
template<class Option>
inline constexpr unsigned option_bits = 0;
inline constexpr unsigned is_empty_option = 1U << 31;
constexpr unsigned named_bits(unsigned kind, std::string_view name) {
    return kind | (name.empty() ? is_empty_option : 0);
}

template<>
inline constexpr unsigned option_bits<ReadOnly> = 1U << 0;
template<>
inline constexpr unsigned option_bits<CreateOnly> = 1U << 1;
template<>
inline constexpr unsigned option_bits<AsText> = 1U << 2;
template<>
inline constexpr unsigned option_bits<Sortable> = 1U << 3;
template<>
inline constexpr unsigned option_bits<OperatorPrefix> = 1U << 4;
template<>
inline constexpr unsigned option_bits<MinMax> = 1U << 5;
template<>
inline constexpr unsigned option_bits<QueryOnly> = 1U << 6;
template<>
inline constexpr unsigned option_bits<UuidOnCreate> = 1U << 13;
template<>
inline constexpr unsigned option_bits<CommaSeparated> = 1U << 14;
template<>
inline constexpr unsigned option_bits<OfGet> = 1U << 15;
template<auto Value>
inline constexpr unsigned option_bits<HiddenWhen<Value>> = 1U << 7;
template<FixedString Name>
inline constexpr unsigned option_bits<Wire<Name>> = named_bits(1U << 8, Name.view());
template<FixedString Name>
inline constexpr unsigned option_bits<WriteAs<Name>> = named_bits(1U << 9, Name.view());
template<FixedString Name>
inline constexpr unsigned option_bits<Header<Name>> = named_bits(1U << 10, Name.view());
template<FixedString Name>
inline constexpr unsigned option_bits<QueryName<Name>> = named_bits(1U << 11, Name.view());
template<class Operator>
inline constexpr bool is_operator = (std::is_same_v<Operator, Eq> || std::is_same_v<Operator, Neq> ||
                                     std::is_same_v<Operator, Lt> || std::is_same_v<Operator, Lte> ||
                                     std::is_same_v<Operator, Gt> || std::is_same_v<Operator, Gte> ||
                                     std::is_same_v<Operator, In> || std::is_same_v<Operator, Contains>);
template<class... Operators>
inline constexpr unsigned option_bits<Filterable<Operators...>> =
    1U << 12 | ((is_operator<Operators> && ...) ? 0 : is_empty_option);
template<>
inline constexpr unsigned option_bits<Filterable<>> = 1U << 12 | is_empty_option;

/// The text of an option made from a template such as Wire; empty for any other option.
template<template<FixedString> class Template, class Option>
inline constexpr std::string_view option_text = {};
template<template<FixedString> class Template, FixedString Name>
inline constexpr std::string_view option_text<Template, Template<Name>> = Name.view();

template<class Option>
struct FilterOperators {
    static constexpr bool is_filter = false;
    template<class Operator>
    static constexpr bool has = false;
};
template<class... Operators>
struct FilterOperators<Filterable<Operators...>> {
    static constexpr bool is_filter = true;
    template<class Operator>
    static constexpr bool has = (std::is_same_v<Operator, Operators> || ...);
};

template<class Option>
struct Hidden {
    static constexpr bool exists = false;
};
template<auto Value>
struct Hidden<HiddenWhen<Value>> {
    static constexpr bool exists = true;
    static constexpr auto value = Value;
};

}  // namespace detail

/// The options of one field, asked one by one.
template<class... Options>
struct OptionList {
    /// Whether this option, such as ReadOnly, is one of them. What takes arguments is asked by text() and has_operator.
    template<class Option>
    static constexpr bool has = (std::is_same_v<Option, Options> || ...);
    /// Whether a Filterable lists the operator.
    template<class Operator>
    static constexpr bool has_operator = (detail::FilterOperators<Options>::template has<Operator> || ...);
    /// Whether there is a Filterable.
    static constexpr bool is_filterable = (detail::FilterOperators<Options>::is_filter || ...);

    /// The text of `Wire<"...">` and its kind; empty if the option isn't there.
    template<template<FixedString> class Template>
    static constexpr std::string_view text() {
        std::string_view found;
        ((found = detail::option_text<Template, Options>.empty() ? found : detail::option_text<Template, Options>),
         ...);
        return found;
    }
    /// Whether the field travels as a header of a request, and in no JSON document.
    static constexpr bool is_header = !text<Header>().empty();

    /// Calls `visit` with the value of HiddenWhen, if that option is there.
    template<class Visit>
    static constexpr void visit_hidden([[maybe_unused]] Visit&& visit) {
        (visit_one<Options>(visit), ...);
    }

    static_assert(
        ((detail::option_bits<Options> != 0) && ...),
        "openstack: a field's options are ReadOnly, CreateOnly, UuidOnCreate, Wire, WriteAs, Header, AsText, "
        "Sortable, Filterable, OperatorPrefix, MinMax, CommaSeparated, QueryName, QueryOnly, OfGet and HiddenWhen");
    static_assert(
        ((detail::option_bits<Options> < detail::is_empty_option) && ...),
        "openstack: Wire, WriteAs, Header and QueryName need a name, and Filterable needs operators: Eq, Neq, "
        "Lt, Lte, Gt, Gte, In and Contains");
    static_assert((0U + ... + detail::option_bits<Options>) == (0U | ... | detail::option_bits<Options>),
                  "openstack: a field has each option once; Filterable<Eq, In> takes several operators");
    static_assert(
        !(has<ReadOnly> && has<CreateOnly>),
        "openstack: a field is ReadOnly (only the service sets it) or CreateOnly (only create sends it), not both");
    static_assert(!has<UuidOnCreate> || has<CreateOnly>, "openstack: a UuidOnCreate field is CreateOnly");
    static_assert(!(has<ReadOnly> && (is_header || !text<WriteAs>().empty())),
                  "openstack: a ReadOnly field is never sent, so Header and WriteAs contradict it");
    static_assert(
        !(is_header && (is_filterable || has<Sortable> || has<AsText>)),
        "openstack: a Header field isn't in any JSON document, so Filterable, Sortable and AsText contradict it");
    static_assert(is_filterable || !(has<OperatorPrefix> || has<MinMax> || !text<QueryName>().empty()),
                  "openstack: OperatorPrefix, MinMax and QueryName say how a Filterable field is filtered");
    static_assert(!(detail::Hidden<Options>::exists || ...) || has_operator<Eq>,
                  "openstack: HiddenWhen needs Filterable<Eq>, by which the service is asked for what it hides");
    static_assert(!has<QueryOnly> || (is_filterable && has<ReadOnly>),
                  "openstack: a QueryOnly field is Filterable and ReadOnly, and nothing else");
    static_assert(!has<OfGet> || has<QueryOnly>, "openstack: an OfGet field is QueryOnly, too");
    static_assert(!has<CommaSeparated> || (has_operator<In> && !has<OperatorPrefix>),
                  "openstack: CommaSeparated says how a field that is Filterable<In>, without OperatorPrefix, is sent");
    static_assert(!(has<OperatorPrefix> && has<MinMax>),
                  "openstack: a field's operators are written by OperatorPrefix or by MinMax, not both");
    static_assert(has<OperatorPrefix> || !(has_operator<Neq> || has_operator<Lt> || has_operator<Gt>),
                  "openstack: Neq, Lt and Gt need OperatorPrefix: without it they would be sent as ==");
    static_assert(has<OperatorPrefix> || has<MinMax> || !(has_operator<Lte> || has_operator<Gte>),
                  "openstack: Lte and Gte need OperatorPrefix or MinMax: without it they would be sent as ==");

    /// Asking for it makes the checks above.
    static constexpr bool is_consistent = true;

  private:
    template<class Option, class Visit>
    static constexpr void visit_one(Visit& visit) {
        if constexpr (detail::Hidden<Option>::exists) visit(detail::Hidden<Option>::value);
    }
};

}  // namespace openstack

namespace openstack {

/// The type of `null`. It has no default constructor, so that `{}` never means null.
struct Null {
    explicit constexpr Null(int) {}
};
/// JSON's null: `image.name = null` clears the name, where `reset()` leaves it unmentioned.
inline constexpr Null null{0};

template<class T, class... Options>
class Field;  // below, with its sentence

/// What is a number in JSON: integers and floating-point numbers, but neither bool nor characters.
template<class T>
concept WireNumber = std::floating_point<T> ||
    (std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> && !std::same_as<T, wchar_t> &&
     !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>);

namespace detail {

template<class T>
concept WireInteger = std::integral<T> && WireNumber<T>;

enum class FieldState : unsigned char { is_unset, is_null, has_value };

/// What a Field holds. `value` is T{} unless `state` is has_value.
template<class T>
struct FieldStorage {
    T value{};
    FieldState state = FieldState::is_unset;

    bool operator==(FieldStorage const&) const = default;
};

/// Stands for a value of any type where only the number of members is asked.
struct AnyValue {
    template<class U>
    operator U() const;
};

template<class T>
inline constexpr bool is_field = false;
template<class T, class... Options>
inline constexpr bool is_field<Field<T, Options...>> = true;

/// Values that a field of T can be made from and compared with.
template<class U, class T>
concept ValueFor = !is_field<std::remove_cvref_t<U>> && !std::is_null_pointer_v<std::remove_cvref_t<U>> &&
                   !std::same_as<std::remove_cvref_t<U>, AnyValue> && !std::same_as<std::remove_cvref_t<U>, Null> &&
                   (std::convertible_to<U, T> ||
                    (std::same_as<T, std::string> && std::same_as<std::remove_cvref_t<U>, std::string_view>));

/// The element type of a list or map, for braces; void for texts and single values.
template<class T>
struct ListElement {
    using type = void;
};
template<class T>
requires requires { typename T::value_type; } &&(!std::convertible_to<T, std::string>)struct ListElement<T> {
    using type = typename T::value_type;
};

template<class T>
concept List = !std::is_void_v<typename ListElement<T>::type>;

}  // namespace detail

/// One member of a resource. It is in one of three states: unset (not mentioned), null, or a value of T; its vocabulary
/// is std::optional's. `*`, `->` and `value()` throw std::bad_optional_access where there is no value. A ReadOnly field
/// can be read, copied and compared; only the decoder sets it. `.tags = {}` in an initialiser leaves the field unset
/// (it is the field's own default); the assignment `image.tags = {}` gives an empty list.
template<class T, class... Options>
class Field {
  public:
    using value_type = T;
    using options = OptionList<Options...>;  ///< what the declaration says beside the type
    static_assert(options::is_consistent);

    /// An unset field. A T that throws where it is made empty ends the program.
    constexpr Field() noexcept = default;  // said, not found out: g++ 12 breaks down over that in a class template

    /// A field that is null.
    constexpr Field(Null) {
        check_writable();
        storage_.state = detail::FieldState::is_null;
    }

    /// A field with a value. Throws InvalidRequest for an integer that T can't hold; the compiler refuses to make a
    /// bool of anything but a bool, and an integer of anything but an integer.
    template<class U>
    requires detail::ValueFor<U, T>
    constexpr Field(U&& value) { assign(std::forward<U>(value)); }

    /// A list or map with these elements.
    constexpr Field(std::initializer_list<typename detail::ListElement<T>::type> values) requires detail::List<T> {
        assign(T(values));
    }

    /// What the constructors take can be assigned, and `{}` to a list: an empty list.
    constexpr Field& operator=(Null) { return *this = Field(null); }

    template<class U>
    requires detail::ValueFor<U, T>
    constexpr Field& operator=(U&& value) {
        assign(std::forward<U>(value));
        return *this;
    }

    constexpr Field& operator=(
        std::initializer_list<typename detail::ListElement<T>::type> values) requires detail::List<T> {
        assign(T(values));
        return *this;
    }

    /// The three states: exactly one of these is true.
    [[nodiscard]] constexpr bool has_value() const noexcept { return storage_.state == detail::FieldState::has_value; }
    [[nodiscard]] constexpr bool is_null() const noexcept { return storage_.state == detail::FieldState::is_null; }
    [[nodiscard]] constexpr bool is_unset() const noexcept { return storage_.state == detail::FieldState::is_unset; }
    /// Whether there is a value, as an optional says it; the value of a Field<bool> is `*field`.
    constexpr explicit operator bool() const noexcept { return has_value(); }

    /// The value, which can be changed in place unless the field is ReadOnly. Throws std::bad_optional_access where
    /// there is none.
    [[nodiscard]] constexpr T const& value() const {
        if (!has_value()) throw std::bad_optional_access();
        return storage_.value;
    }
    [[nodiscard]] constexpr T& value() requires(!options::template has<ReadOnly>) {
        if (!has_value()) throw std::bad_optional_access();
        return storage_.value;
    }
    [[nodiscard]] constexpr T const& operator*() const { return value(); }
    [[nodiscard]] constexpr T& operator*() requires(!options::template has<ReadOnly>) { return value(); }
    [[nodiscard]] constexpr T const* operator->() const { return &value(); }
    [[nodiscard]] constexpr T* operator->() requires(!options::template has<ReadOnly>) { return &value(); }

    /// The value; where there is none, `other`, which is taken as an assignment would take it.
    template<class U>
    requires detail::ValueFor<U, T>
    [[nodiscard]] constexpr T value_or(U&& other) const {
        return has_value() ? storage_.value : convert(std::forward<U>(other));
    }

    /// Makes the field unset: not mentioned in what is sent.
    constexpr void reset() {
        check_writable();
        storage_ = {};
    }

    /// Two fields are equal in the same state with equal values. A field without a value equals no value; integers of
    /// two types compare by value, so that -1 equals no unsigned one.
    friend bool operator==(Field const&, Field const&) = default;
    friend constexpr bool operator==(Field const& field, Null) { return field.is_null(); }
    template<class U>
    requires detail::ValueFor<U const&, T>
    friend constexpr bool operator==(Field const& field, U const& other) {
        if (!field.has_value()) return false;
        if constexpr (detail::WireInteger<U> && detail::WireInteger<T>) {
            return std::cmp_equal(field.storage_.value, other);
        } else {
            return field.storage_.value == other;
        }
    }

  private:
    friend struct FieldAccess;

    static constexpr bool check_writable() {
        constexpr bool is_writable = !options::template has<ReadOnly>;
        static_assert(is_writable,
                      "openstack: this field is read-only: only the service sets it (its type says which field)");
        return is_writable;
    }

    /// What C++ would turn into a T without a word, such as a text into `true`, isn't one. Throws InvalidRequest for an
    /// integer that T can't hold.
    template<class U>
    static constexpr T convert(U&& value) {
        using Plain = std::remove_cvref_t<U>;
        constexpr bool is_bool = !std::same_as<T, bool> || std::same_as<Plain, bool>;
        constexpr bool is_integer =
            !detail::WireInteger<T> || !std::is_arithmetic_v<Plain> || detail::WireInteger<Plain>;
        static_assert(is_bool, "openstack: a bool field takes only a bool, not a text, a pointer or a number");
        static_assert(is_integer,
                      "openstack: an integer field takes only an integer, not a fraction, a character or a bool");
        if constexpr (!is_bool || !is_integer) {
            return T{};
        } else if constexpr (detail::WireInteger<T> && detail::WireInteger<Plain>) {
            if (!std::in_range<T>(value)) throw InvalidRequest("a number doesn't fit the type of its field");
            return static_cast<T>(value);
        } else {
            return static_cast<T>(std::forward<U>(value));
        }
    }

    template<class U>
    constexpr void assign(U&& value) {
        if constexpr (check_writable()) {
            storage_.value = convert(std::forward<U>(value));
            storage_.state = detail::FieldState::has_value;
        }
    }

    detail::FieldStorage<T> storage_{};
};

/// The way into a Field for the decoder, which alone may set what is ReadOnly.
struct FieldAccess {
    template<class T, class... Options>
    [[nodiscard]] static constexpr detail::FieldStorage<T>& storage(Field<T, Options...>& field) noexcept {
        return field.storage_;
    }
};

}  // namespace openstack

// <openstack/properties.hpp>
// Properties: texts by name, for what the service or its users add to the declared fields.

namespace openstack {

template<class T>
struct PropertyKey;  // property_key.hpp has these, and what is done by a key
template<class T, class Text>
class PropertyView;
template<class T, class Text>
class PropertyRef;

/// The text of a property: a std::string to which nothing but a text is assigned, where a std::string would take the
/// number 4 for a character.
template<class Text>
class PropertyText : public Text {
  public:
    PropertyText() = default;
    template<std::convertible_to<Text> T>
    PropertyText(T&& text) : Text(std::forward<T>(text)) {}
    explicit PropertyText(std::string_view text) : Text(text) {}
    PropertyText(std::nullptr_t) = delete;

    template<class T>
    PropertyText& operator=(T&& text) {
        if constexpr (is_text<T>()) Text::operator=(std::forward<T>(text));
        return *this;
    }
    template<class T>
    PropertyText& operator+=(T&& text) {
        if constexpr (is_text<T>()) Text::operator+=(std::forward<T>(text));
        return *this;
    }

  private:
    template<class T>
    static constexpr bool is_text() {
        constexpr bool is = std::convertible_to<T, std::string_view> && !std::same_as<std::decay_t<T>, std::nullptr_t>;
        static_assert(is,
                      "openstack: a property is a text; one that has a type has a key, too: "
                      "`properties[hw::cpu_cores] = 4`");
        return is;
    }
};

/// A map from text to text. The one member of a resource that has this type is its catch-all: it stands for what is
/// left at the top level of the resource's JSON object, and what changes in it is sent key by key. A
/// `Field<Properties>` is a JSON object of its own. What the service sends in it that isn't a string is kept as raw
/// JSON: it can be read, is written back by to_json, and no key of it becomes part of a change.
///
/// A PropertyKey in place of a name gives the text a type: `properties[hw::cpu_cores] = 4`.
///
/// Properties is the one to use; it is a template so that a program compiles only those functions that it calls.
template<class Text>
class BasicProperties {
  public:
    using Map = std::map<Text, PropertyText<Text>, std::less<>>;
    using value_type = typename Map::value_type;
    using const_iterator = typename Map::const_iterator;

    BasicProperties() = default;
    /// Of two values for one name the first counts.
    BasicProperties(std::initializer_list<value_type> values) : texts_(values) {}

    /// In the order of the names.
    [[nodiscard]] const_iterator begin() const noexcept { return texts_.begin(); }
    [[nodiscard]] const_iterator end() const noexcept { return texts_.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return texts_.size(); }
    [[nodiscard]] bool empty() const noexcept { return texts_.empty(); }
    [[nodiscard]] const_iterator find(std::string_view name) const { return texts_.find(name); }
    [[nodiscard]] bool contains(std::string_view name) const { return texts_.contains(name); }
    template<class T>
    [[nodiscard]] bool contains(PropertyKey<T> const& key) const {
        return contains(key.name);
    }

    /// The text of that property. Throws std::out_of_range if there is none.
    [[nodiscard]] Text const& at(Text const& name) const { return texts_.at(name); }
    /// The text of that property, made empty if there is none, also in place of what isn't a string. Others that are
    /// made or removed don't move it.
    [[nodiscard]] PropertyText<Text>& operator[](Text name) {
        raw_.erase(name);
        return texts_[std::move(name)];
    }
    /// The property of that key, to be read and assigned as a value of the key's type. Makes none until it is assigned.
    template<class T>
    [[nodiscard]] PropertyRef<T, Text> operator[](PropertyKey<T> const& key) {
        return {*this, key};
    }
    template<class T>
    [[nodiscard]] PropertyView<T, Text> operator[](PropertyKey<T> const& key) const {
        return {*this, key};
    }
    /// Its value, or nothing if it isn't there. Throws DecodeError if its text isn't one of the key's type.
    template<class T>
    [[nodiscard]] auto get(PropertyKey<T> const& key) const {
        return (*this)[key].get();
    }

    /// Removes the property; says whether it was there.
    bool erase(std::string_view name) {
        auto const at = texts_.find(name);
        if (at == texts_.end()) return false;
        texts_.erase(at);
        return true;
    }
    template<class T>
    bool erase(PropertyKey<T> const& key) {
        return erase(key.name);
    }
    void clear() noexcept { texts_.clear(); }

    /// The properties that aren't strings, as JSON texts.
    [[nodiscard]] Map const& raw() const noexcept { return raw_; }

    bool operator==(BasicProperties const&) const = default;

  private:
    friend struct PropertiesAccess;

    Map texts_;
    Map raw_;
};
/// Texts by name.
using Properties = BasicProperties<std::string>;

/// The way into Properties for the decoder, which alone may set what is raw.
struct PropertiesAccess {
    template<class Text>
    [[nodiscard]] static typename BasicProperties<Text>::Map& texts(BasicProperties<Text>& properties) noexcept {
        return properties.texts_;
    }
    template<class Text>
    [[nodiscard]] static typename BasicProperties<Text>::Map& raw(BasicProperties<Text>& properties) noexcept {
        return properties.raw_;
    }
};

}  // namespace openstack

// <openstack/raw_json.hpp>
// RawJson: a value of any kind, kept as its JSON text.

namespace openstack {

/// What has no type of its own, since it may be anything: `Field<RawJson>`, and vectors and maps of it. It is read from
/// any JSON value, and its text is that value without the space around and in it; from_json reads on from there. It is
/// written as it stands; a text that isn't one JSON value, within from_json's limits, throws InvalidRequest then.
/// JSON's null is the field's, and in a list or map the text `null`.
///
///     task.input = RawJson{R"({"image_id": "1"})"};
///     task.input = RawJson{to_json(input)};
///
/// RawJson is the one to use; it is a template so that a program compiles it only where it has one.
template<class Text>
struct BasicRawJson {
    Text text{};  ///< one JSON value (RFC 8259)

    /// Texts are compared, not what they mean: `1` isn't `1.0`.
    bool operator==(BasicRawJson const&) const = default;
};
/// Any JSON value.
using RawJson = BasicRawJson<std::string>;

}  // namespace openstack

// 2 description

// <openstack/codec.hpp>
// codec<T>, the one customisation point: what a field's value is on the wire.

// <openstack/describe.hpp>
// What a struct's members and an enumeration's values are: the only header that knows Boost.Describe.

namespace openstack {

struct ResourceInfo;  // resource_info.hpp

namespace detail {

template<class T>
concept Listed = boost::describe::has_describe_members<T>::value;

/// A struct that says where its service keeps it.
template<class T>
concept HasResource = std::is_same_v<std::remove_cvref_t<decltype(T::resource)>, ResourceInfo>;

/// One that doesn't say what it has.
template<class T>
struct ForgottenList {
    static_assert(Listed<T>,
                  "openstack: a struct with a `resource` needs BOOST_DESCRIBE_CLASS(Name, (), (id, name), (), ()), "
                  "which lists its members");
    static constexpr bool is_told = true;
};

}  // namespace detail

/// A struct whose members are listed by BOOST_DESCRIBE_CLASS or BOOST_DESCRIBE_STRUCT. Asking it of a resource without
/// such a list stops with a sentence.
template<class T>
concept Described = std::is_class_v<T> &&
    (detail::Listed<T> || (detail::HasResource<T> && detail::ForgottenList<T>::is_told));

namespace detail {

template<class... Types>
struct TypeList {};

template<template<class...> class List, class... Descriptors>
constexpr TypeList<Descriptors...> to_type_list(List<Descriptors...>) {
    return {};
}

template<class... Descriptors>
constexpr std::size_t count(TypeList<Descriptors...>) {
    return sizeof...(Descriptors);
}

template<class T>
inline constexpr bool has_base = false;
template<Listed T>
inline constexpr bool has_base<T> =
    count(to_type_list(boost::describe::describe_bases<T, boost::describe::mod_any_access>{})) > 0;

/// The descriptors of T's members; none where the list was forgotten, so that the sentence about it stands alone.
template<class T>
struct MembersOf {
    using type = TypeList<>;
};
template<Listed T>
struct MembersOf<T> {
    static constexpr auto which = boost::describe::mod_public | (has_base<T> ? boost::describe::mod_inherited : 0);
    using type = decltype(to_type_list(boost::describe::describe_members<T, which>{}));
};
template<class T>
using DescribedMembers = typename MembersOf<T>::type;

template<class E, class... Descriptors>
constexpr std::array<EnumEntry<E>, sizeof...(Descriptors)> enum_entries(TypeList<Descriptors...>) {
    [[maybe_unused]] auto const text = [](std::string_view name) {
        return name.ends_with('_') ? name.substr(0, name.size() - 1) : name;
    };
    return {EnumEntry<E>{Descriptors::value, text(Descriptors::name)}...};
}

}  // namespace detail

/// The enumerators of an enumeration described by BOOST_DESCRIBE_ENUM, in its order: `EnumEntries<E>::list`.
template<class E>
requires boost::describe::has_describe_enumerators<E>::value struct EnumEntries<E> {
    using Descriptors = decltype(detail::to_type_list(boost::describe::describe_enumerators<E>{}));
    static constexpr std::array<EnumEntry<E>, detail::count(Descriptors{})> list =
        detail::enum_entries<E>(Descriptors{});
};
template<class E>
requires(!boost::describe::has_describe_enumerators<E>::value) struct EnumEntries<E> {
    static constexpr std::array<EnumEntry<E>, 0> list{};  // first: clang forgets what follows a failed assertion
    static_assert(
        std::is_void_v<E>,
        "openstack: the enumeration of an Open<...> needs BOOST_DESCRIBE_ENUM(Name, first, second) behind it, "
        "in its namespace");
};

}  // namespace openstack

namespace openstack {

/// Specialise it to put a type of your own into a field: it says which bool, number or text stands for a T on the wire.
///
///     template<> struct openstack::codec<Version> {
///         static constexpr std::string_view expected = "version";
///         static std::string encode(Version const&);
///         static std::optional<Version> decode(std::string_view text);
///     };
///
/// `expected` ends the "expected ..." of a DecodeError; `decode` gives nothing for a text that isn't a Version.
/// `encode` may also return a bool, an integer or a double; `decode` then takes that type.
template<class T>
struct codec;

/// A Timestamp is a text, in the form that it describes.
template<>
struct codec<Timestamp> {
    static constexpr std::string_view expected = "timestamp such as 2026-11-21T10:11:12Z";
    static std::string encode(Timestamp const& value) { return to_string(value); }
    static std::optional<Timestamp> decode(std::string_view text) { return Timestamp::parse(text); }
};

/// An Open<Enum> is a text, and any text is one.
template<class E>
struct codec<Open<E>> {
    static_assert(sizeof(EnumEntries<E>) > 0);  // where the field is declared, not where it is first used
    static constexpr std::string_view expected = "string";
    static std::string encode(Open<E> const& value) { return to_string(value); }
    static std::optional<Open<E>> decode(std::string_view text) { return Open<E>::from_text(text); }
    /// The same, where the value stands: a move of one costs more than reading it.
    static void assign(Open<E>& value, std::string_view text) { value.assign(text); }
};

/// Values that JSON has of itself (RFC 8259, section 3): true and false, numbers and strings.
template<class T>
concept WireScalar = std::same_as<T, bool> || WireNumber<T> || std::same_as<T, std::string>;

/// Types with a codec, which has all that it needs.
template<class T>
concept HasCodec = requires(T const& value) {
    {std::string_view{codec<T>::expected}};
    requires WireScalar<decltype(codec<T>::encode(value))>;
    requires std::same_as<decltype(codec<T>::decode(codec<T>::encode(value))), std::optional<T>>;
};

namespace detail {

template<class T>
concept HasCodecName = requires {
    {std::string_view{codec<T>::expected}};
};
template<class T>
concept HasEquality = requires(T const& value) {
    value == value;
};

/// What is wrong with a type as a field's.
enum class TypeFault { none, not_codable, codec_lacks_name, codec_lacks_function, not_comparable, no_text, no_filter };

template<class T>
constexpr TypeFault find_fault() {
    if constexpr (WireScalar<T>) {
        return TypeFault::none;
    } else if constexpr (!HasCodec<T> && requires { sizeof(codec<T>); }) {
        return HasCodecName<T> ? TypeFault::codec_lacks_function : TypeFault::codec_lacks_name;
    } else if constexpr (HasCodec<T> || Described<T>) {
        return HasEquality<T> ? TypeFault::none : TypeFault::not_comparable;
    } else {
        return TypeFault::not_codable;
    }
}

/// Of a list or map, what is wrong with its elements: it has == itself, whatever they have.
template<class T>
inline constexpr TypeFault type_fault = find_fault<T>();
template<class T>
inline constexpr TypeFault type_fault<std::vector<T>> = type_fault<T>;
template<>
inline constexpr TypeFault type_fault<std::vector<bool>> = TypeFault::not_codable;  // its elements aren't bools
template<class T, class Less>
inline constexpr TypeFault type_fault<std::map<std::string, T, Less>> = type_fault<T>;
template<>
inline constexpr TypeFault type_fault<Properties> = TypeFault::none;
template<class Text>
inline constexpr TypeFault type_fault<BasicRawJson<Text>> = TypeFault::none;

template<class T>
inline constexpr bool is_codable = type_fault<T> == TypeFault::none || type_fault<T> == TypeFault::not_comparable;

/// Whether two fields are the same; where that can't be asked, the declaration's sentence says so.
template<class T, class... Options>
[[nodiscard]] bool are_same(Field<T, Options...> const& a, Field<T, Options...> const& b) {
    if constexpr (type_fault<T> == TypeFault::none) {
        return a == b;
    } else {
        return false;
    }
}

}  // namespace detail

/// What a field may hold: bool, integers, floating-point numbers, std::string, types with a codec (Timestamp and
/// Open<Enum> have one), described structs, RawJson, std::vector and std::map<std::string, ...> of all these, and
/// Properties.
template<class T>
concept Codable = detail::is_codable<T>;

/// What a field marked AsText, or a filter, may hold: what has a text of one line.
template<class T>
concept TextCodable = WireScalar<T> || HasCodec<T>;

/// The value as a text: what a filter compares with, and the wire form of an AsText field.
template<TextCodable T>
[[nodiscard]] std::string to_text(T const& value) {
    if constexpr (std::same_as<T, bool>) {
        return value ? "true" : "false";
    } else if constexpr (std::same_as<T, std::string>) {
        return value;
    } else if constexpr (WireNumber<T>) {
        char digits[64];
        return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
    } else {
        return to_text(codec<T>::encode(value));
    }
}

/// The inverse of to_text; nothing if the text, as a whole, isn't a T.
template<TextCodable T>
[[nodiscard]] std::optional<T> from_text(std::string_view text) {
    if constexpr (std::same_as<T, bool>) {
        if (text != "true" && text != "false") return std::nullopt;
        return text == "true";
    } else if constexpr (std::same_as<T, std::string>) {
        return std::string{text};
    } else if constexpr (WireNumber<T>) {
        T value{};
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
        return value;
    } else if constexpr (std::same_as<decltype(codec<T>::encode(std::declval<T const&>())), std::string>) {
        return codec<T>::decode(text);
    } else {
        auto const wire = from_text<decltype(codec<T>::encode(std::declval<T const&>()))>(text);
        return wire ? codec<T>::decode(*wire) : std::nullopt;
    }
}

}  // namespace openstack

// <openstack/field_info.hpp>
// FieldInfo: what a declaration says of each member. Everything generated reads for_each_field.

namespace openstack {

namespace detail {

template<class Pointer>
struct MemberPointer;
template<class Class, class Type>
struct MemberPointer<Type Class::*> {
    using owner = Class;
    using type = Type;
};

template<auto Member>
struct MemberKey {};

template<class Key, class... Descriptors>
constexpr auto find_descriptor(TypeList<Descriptors...>) {
    return (
        TypeList<>{} + ... +
        std::conditional_t<std::is_same_v<Key, MemberKey<Descriptors::pointer>>, TypeList<Descriptors>, TypeList<>>{});
}
template<class... A, class... B>
constexpr TypeList<A..., B...> operator+(TypeList<A...>, TypeList<B...>) {
    return {};
}

/// A member that isn't in its struct's list.
struct NotDescribed {
    static constexpr char const* name = "";
};

template<class Descriptor>
constexpr Descriptor first(TypeList<Descriptor>) {
    return {};
}
constexpr NotDescribed first(TypeList<>) { return {}; }

/// Its descriptor in its struct's list. A struct of its own keeps the search out of the compiler's messages.
template<auto Member>
struct DescriptorOf {
    using Owner = typename MemberPointer<decltype(Member)>::owner;
    using type = decltype(first(find_descriptor<MemberKey<Member>>(DescribedMembers<Owner>{})));
};

/// The value type and the options of a member: a Field, or a plain member without options.
template<class T>
struct FieldParts {
    using value_type = T;
    using options = OptionList<>;
};
template<class T, class... Options>
struct FieldParts<Field<T, Options...>> {
    using value_type = T;
    using options = OptionList<Options...>;
};

constexpr std::string_view first_text(std::string_view a, std::string_view b) { return a.empty() ? b : a; }

}  // namespace detail

/// What the declaration says of one member: `FieldInfo<&Volume::name>`. A member that is no Field has no options.
template<auto Member, class Descriptor = typename detail::DescriptorOf<Member>::type>
struct FieldInfo {
    /// The struct that declares it.
    using owner = typename detail::MemberPointer<decltype(Member)>::owner;
    /// A Field, Properties, or the type of a plain member.
    using member_type = typename detail::MemberPointer<decltype(Member)>::type;
    /// What the Field holds.
    using value_type = typename detail::FieldParts<member_type>::value_type;
    /// The Field's OptionList.
    using options = typename detail::FieldParts<member_type>::options;

    static constexpr auto pointer = Member;
    static constexpr std::string_view name = Descriptor::name;  ///< in C++
    /// In JSON that the service sends, and in to_json's.
    static constexpr std::string_view wire_name = detail::first_text(options::template text<Wire>(), name);
    /// In JSON that the service is sent.
    static constexpr std::string_view write_name = detail::first_text(options::template text<WriteAs>(), wire_name);
    /// Of its filter, and as a sort key.
    static constexpr std::string_view query_name = detail::first_text(options::template text<QueryName>(), wire_name);
    static constexpr std::string_view header = options::template text<Header>();  ///< empty: it isn't one

    /// Whether it holds what has no field of its own: the one member of type Properties.
    static constexpr bool is_catch_all = std::is_same_v<member_type, Properties>;
    /// Whether it is a member of the resource's JSON object.
    static constexpr bool is_in_json = !is_catch_all && !options::is_header && !options::template has<QueryOnly>;
    /// The rules, as is_read_only<...> and the others below have them.
    static constexpr bool is_read_only = options::template has<ReadOnly>;
    static constexpr bool is_patchable = !is_read_only && header.empty() && !options::template has<CreateOnly>;
    static constexpr bool is_filterable = options::is_filterable;
    static constexpr bool is_sortable = options::template has<Sortable>;
    /// Whether the value is a string in JSON, whatever its type.
    static constexpr bool is_text = options::template has<AsText>;
};

/// What the declaration says of `&T::member`, as a value.
template<auto Member>
inline constexpr FieldInfo<Member> field_info{};

/// The member's name in JSON.
template<auto Member>
inline constexpr std::string_view wire_name = FieldInfo<Member>::wire_name;
/// Whether only the service sets it.
template<auto Member>
inline constexpr bool is_read_only = FieldInfo<Member>::is_read_only;
/// Whether an update may change it.
template<auto Member>
inline constexpr bool is_patchable = FieldInfo<Member>::is_patchable;
/// Whether `where<>` takes it.
template<auto Member>
inline constexpr bool is_filterable = FieldInfo<Member>::is_filterable;
/// Whether `asc<>` and `desc<>` take it.
template<auto Member>
inline constexpr bool is_sortable = FieldInfo<Member>::is_sortable;

namespace detail {

template<class... Descriptors, class Visit>
constexpr void visit_fields(TypeList<Descriptors...>, Visit& visit) {
    (visit(FieldInfo<Descriptors::pointer, Descriptors>{}), ...);
}

/// What is asked of any field alike, as a value.
struct FieldFacts {
    std::string_view wire_name;
    std::size_t name_size;  ///< of wire_name
    std::string_view write_name;
    bool is_sent;
    bool is_in_json;
    bool is_catch_all;
    bool is_field;
};

template<class Info>
inline constexpr FieldFacts facts_of{Info::wire_name,
                                     Info::wire_name.size(),
                                     Info::write_name,
                                     !Info::is_read_only,
                                     Info::is_in_json,
                                     Info::is_catch_all,
                                     is_field<typename Info::member_type>};

template<class... Descriptors>
constexpr std::array<FieldFacts, sizeof...(Descriptors)> make_facts(TypeList<Descriptors...>) {
    return {facts_of<FieldInfo<Descriptors::pointer, Descriptors>>...};
}

}  // namespace detail

/// Calls `visit(FieldInfo<...>{})` for each described member of T, in the order of the list.
template<Described T, class Visit>
constexpr void for_each_field(Visit&& visit) {
    detail::visit_fields(detail::DescribedMembers<T>{}, visit);
}

/// How many members T's list has.
template<Described T>
inline constexpr std::size_t field_count = detail::count(detail::DescribedMembers<T>{});

namespace detail {

/// The facts of T's fields, in the order of the list.
template<Described T>
inline constexpr auto field_facts = make_facts(DescribedMembers<T>{});

template<std::size_t>
using AnyValueAt = AnyValue;

template<class T, std::size_t... Index>
constexpr bool takes_values(std::index_sequence<Index...>) {
    return requires { T{AnyValueAt<Index>{}...}; };
}

}  // namespace detail

/// Whether T's list has all of T's own members. Not asked of structs with a base, whose members can't be counted.
template<Described T>
inline constexpr bool describes_all_members =
    !detail::Listed<T> || detail::has_base<T> ||
    (detail::takes_values<T>(std::make_index_sequence<field_count<T>>{}) &&
     !detail::takes_values<T>(std::make_index_sequence<field_count<T> + 1>{}));

}  // namespace openstack

// <openstack/property_key.hpp>
// PropertyKey<T>: the name of a property with the type that its text stands for: properties[hw::cpu_cores] = 4.

// <openstack/property_value.hpp>
// PropertyValue<T>: what a property with a key of T is set to, and how its text is read.

namespace openstack {

/// The type of a key whose texts are listed, in an array of literals that stands in a namespace:
///
///     inline constexpr char const* disk_buses[]{"scsi", "virtio"};
///     inline constexpr PropertyKey<OneOf<disk_buses>> disk_bus{"hw_disk_bus"};
///
/// A literal that the list doesn't have is refused by the compiler. Other texts are given by `unlisted`; those of a
/// service are read as they are, into a std::string.
template<auto const& Texts>
struct OneOf;

/// A text that the list of a key needn't have, such as one that is known when the program runs.
struct Unlisted {
    std::string_view text;
};
/// `properties[hw::disk_bus] = unlisted(text)`. Keeps no copy of the text.
[[nodiscard]] inline Unlisted unlisted(std::string_view text) { return {text}; }

namespace detail {

/// Not constexpr, so that a constant expression ends here, with this name in the compiler's message.
inline void this_text_is_not_in_the_list_of_its_key() {}

}  // namespace detail

/// What a property with a key of T is set to and compared with. Made from values of T: the compiler refuses others, and
/// an integer that T can't hold throws InvalidRequest.
template<class T>
class PropertyValue {
    static constexpr bool has_text = TextCodable<T>;
    static_assert(has_text,
                  "openstack: the type of a property's key is a bool, a number, std::string, OneOf or has a codec");

  public:
    using value_type = T;  ///< as which the property is read

    template<class U>
    PropertyValue(U const& value) : value_(convert(value)) {}

    [[nodiscard]] T const& value() const noexcept { return value_; }
    /// The property's text. Of a bool, true or false.
    [[nodiscard]] std::string text() const { return to_text(value_); }

    /// The value of such a text, without the white space around it; of a bool in any form that Nova reads: true, t,
    /// yes, y, on and 1, false, f, no, n, off and 0, in any case. Nothing if the text isn't a T.
    [[nodiscard]] static std::optional<T> read(std::string_view text) {
        if constexpr (std::same_as<T, bool> || WireNumber<T>) {
            constexpr std::string_view white_space = " \t\n\v\f\r";
            std::size_t const first = text.find_first_not_of(white_space);
            if (first == text.npos) return std::nullopt;
            text = text.substr(first, text.find_last_not_of(white_space) + 1 - first);
        }
        if constexpr (std::same_as<T, bool>) {
            for (std::string_view const each : {"true", "t", "yes", "y", "on", "1"})
                if (detail::equal_ignoring_case(text, each)) return true;
            for (std::string_view const each : {"false", "f", "no", "n", "off", "0"})
                if (detail::equal_ignoring_case(text, each)) return false;
            return std::nullopt;
        } else {
            return from_text<T>(text);
        }
    }
    /// What such a text is, for messages.
    [[nodiscard]] static std::string expected() {
        if constexpr (std::same_as<T, bool>) {
            return "boolean";
        } else if constexpr (detail::WireInteger<T>) {
            return (std::is_signed_v<T> ? "integer (" : "unsigned integer (") + std::to_string(8 * sizeof(T)) +
                   " bits)";
        } else if constexpr (WireNumber<T>) {
            return "number";
        } else {
            return std::string{codec<T>::expected};
        }
    }

  private:
    template<class U>
    static T convert(U const& value) {
        constexpr bool is_of_kind = std::same_as<T, bool>    ? std::same_as<U, bool>
                                    : detail::WireInteger<T> ? detail::WireInteger<U>
                                                             : !WireNumber<T> || WireNumber<U>;
        constexpr bool is_value = is_of_kind && detail::ValueFor<U const&, T>;
        static_assert(is_value, "openstack: the value of a property must have the type of its key");
        if constexpr (!is_value) {
            return T{};
        } else if constexpr (detail::WireInteger<T>) {
            if (!std::in_range<T>(value)) throw InvalidRequest("a number doesn't fit the type of its property's key");
            return static_cast<T>(value);
        } else {
            return static_cast<T>(value);
        }
    }

    T value_;
};

/// The same for a list: one of its texts as a literal, or any text by `unlisted`.
template<auto const& Texts>
class PropertyValue<OneOf<Texts>> {
  public:
    using value_type = std::string;

    consteval PropertyValue(char const* literal) : text_(literal) {
        for (std::string_view const each : Texts)
            if (each == text_) return;
        detail::this_text_is_not_in_the_list_of_its_key();
    }
    PropertyValue(Unlisted const& unlisted) : text_(unlisted.text) {}
    template<class U>
    requires(!std::convertible_to<U const&, char const*>) PropertyValue(U const&) {
        static_assert(sizeof(U) == 0,
                      "openstack: the value of a property whose key has a list is a literal, or unlisted(text)");
    }

    [[nodiscard]] std::string_view value() const noexcept { return text_; }
    [[nodiscard]] std::string text() const { return std::string{text_}; }
    [[nodiscard]] static std::optional<std::string> read(std::string_view text) { return std::string{text}; }

  private:
    std::string_view text_;
};

}  // namespace openstack

namespace openstack {

/// A property's name, and the type of its value: bool, a number, std::string, OneOf, or a type with a codec. One line
/// declares one:
///
///     inline constexpr openstack::PropertyKey<int> slots{"acme_slots"};
template<class T>
struct PropertyKey {
    char const* name;  ///< on the wire; the key keeps no copy of it

    /// The property with that value, for braces: `{hw::cpu_cores(4), hw::disk_bus("virtio")}`.
    [[nodiscard]] Properties::value_type operator()(PropertyValue<T> const& value) const {
        return {name, value.text()};
    }
};

/// The property of one key, as a value of its type that is there or not, as in a std::optional. It refers to the
/// Properties, as a reference to an element does.
template<class T, class Text>
class PropertyView {
  public:
    using value_type = typename PropertyValue<T>::value_type;

    PropertyView(BasicProperties<Text> const& properties, PropertyKey<T> const& key)
        : properties_(&properties), name_(key.name) {}

    /// Whether there is such a property, whatever its text.
    [[nodiscard]] bool has_value() const { return text() != nullptr; }
    [[nodiscard]] explicit operator bool() const { return has_value(); }
    /// The value, or nothing if there is no such property. Throws DecodeError if its text isn't a T.
    [[nodiscard]] std::optional<value_type> get() const {
        std::optional<value_type> value = read();
        if constexpr (!std::same_as<value_type, std::string>) {
            if (!value && has_value())
                throw DecodeError("the properties",
                                  {{'/' + escape_pointer_token(name_),
                                    "expected " + PropertyValue<T>::expected() + ", found '" + *text() + '\''}});
        }
        return value;
    }
    /// The value. Throws std::bad_optional_access if there is none, and DecodeError as get() does.
    [[nodiscard]] value_type value() const { return get().value(); }
    [[nodiscard]] value_type operator*() const { return value(); }
    /// The value; where there is none, `other`. Throws DecodeError as get() does.
    [[nodiscard]] value_type value_or(PropertyValue<T> const& other) const {
        return get().value_or(value_type(other.value()));
    }

    /// Compares values, so that a text "yes" equals true. What isn't there, or isn't a T, equals no value.
    friend bool operator==(PropertyView const& property, PropertyValue<T> const& value) {
        std::optional<value_type> const read = property.read();
        return read && *read == value.value();
    }
    /// Two are equal that have the same value, or the same text, or aren't there.
    friend bool operator==(PropertyView const& a, PropertyView const& b) {
        if (!a.has_value() || !b.has_value()) return a.has_value() == b.has_value();
        return *a.text() == *b.text() || (a.read() && a.read() == b.read());
    }

  private:
    friend class PropertyRef<T, Text>;

    [[nodiscard]] Text const* text() const {
        auto const at = properties_->find(name_);
        return at == properties_->end() ? nullptr : &at->second;
    }
    [[nodiscard]] std::optional<value_type> read() const {
        return has_value() ? PropertyValue<T>::read(*text()) : std::nullopt;
    }

    BasicProperties<Text> const* properties_;
    std::string_view name_;
};

/// The same of Properties that may be changed.
template<class T, class Text>
class PropertyRef : public PropertyView<T, Text> {
  public:
    PropertyRef(BasicProperties<Text>& properties, PropertyKey<T> const& key)
        : PropertyView<T, Text>(properties, key), properties_(&properties) {}
    PropertyRef(PropertyRef const&) = default;

    /// Makes or replaces the property.
    PropertyRef& operator=(PropertyValue<T> const& value) {
        (*properties_)[Text(this->name_)] = value.text();
        return *this;
    }
    /// Becomes what the other property is: its text as it stands, or removed.
    PropertyRef& operator=(PropertyView<T, Text> const& other) {
        if (other.has_value()) {
            (*properties_)[Text(this->name_)] = *other.text();
        } else {
            reset();
        }
        return *this;
    }
    PropertyRef& operator=(PropertyRef const& other) {
        return *this = static_cast<PropertyView<T, Text> const&>(other);
    }
    /// Removes the property, if it is there.
    void reset() { properties_->erase(this->name_); }

  private:
    BasicProperties<Text>* properties_;
};

}  // namespace openstack

// <openstack/resource.hpp>
// Resource: a described struct that says where its service keeps it, and the checks that a declaration must pass.

// <openstack/resource_info.hpp>
// ResourceInfo: where a resource lives, and what its service does with it in which form.

namespace openstack {

/// How the service creates a resource.
enum class Create {
    none,    ///< it can't be created
    post,    ///< POST to the collection
    put,     ///< PUT to the path of its id, which the caller chooses
    post_id  ///< POST without a body to the path of its id, which is all that the caller chooses
};

/// How the service changes a resource.
enum class Update {
    none,         ///< it can't be changed
    put,          ///< PUT with all fields but those that are ReadOnly: the new state as a whole (RFC 9110, 9.3.4)
    put_changes,  ///< PUT with the changed fields, as Nova, Neutron and Cinder take it
    merge,        ///< PATCH with the changed fields, and null for what is gone (RFC 7396)
    json_patch    ///< PATCH with an RFC 6902 document
};

/// How the service is told in which order to list.
enum class Sort {
    list,     ///< `sort=a:asc,b:desc` (API-SIG, sorting guideline)
    pairs,    ///< `sort_key=a&sort_dir=asc` for each key, as Nova, Neutron and Cinder have taken it for longer
    one_pair  ///< the same, but of several keys it heeds one: a second one is refused here
};

/// In which form the service lists a collection.
enum class Collection {
    array,    ///< `{"volumes": [{...}]}`
    by_name,  ///< `{"volumes": {"NAME": {...}}}`: the name is what identifies the resource
    bare      ///< `[{...}]`, an array at the top
};

/// Where a resource lives and what the service does with it: `static constexpr ResourceInfo resource{...}` in its
/// struct. The service's collection is `path`; one resource is `path/{id}`.
struct ResourceInfo {
    std::string_view service{};    ///< the type in Keystone's catalog, such as "image"
    std::string_view path{};       ///< starts with the API version; `{placeholders}` are bound by the Proxy
    std::string_view key{};        ///< one resource stands under this key, `{"project": {...}}`; empty: at the top
    std::string_view plural{};     ///< the key of the collection where it is listed
    Create create = Create::post;  ///< what create() does
    Update update = Update::none;  ///< what update() does
    std::size_t page_size = 0;  ///< resources that a page is asked for by `limit`; 0: the service has no such parameter
    bool get = true;            ///< whether one resource can be asked for
    bool list = true;           ///< whether the collection can be listed
    Collection collection = Collection::array;  ///< what list() reads
    bool links = true;        ///< whether a page links to the next one; else pages are asked for until one is empty
    Sort sort = Sort::list;   ///< how asc<> and desc<> are sent
    bool details = false;     ///< whether the collection is listed with more fields at `path/detail`
    bool remove = true;       ///< whether a resource can be deleted
    bool create_all = false;  ///< whether several can be created by one request
    bool remove_all = false;  ///< whether the collection can be emptied by one request
    bool single = false;      ///< there is one, at the path itself, without an id: get() is all that it has
    std::string_view patch_type = "application/json-patch+json";  ///< the media type of Update::json_patch
};

}  // namespace openstack

namespace openstack {

namespace detail {

template<class T>
inline constexpr bool is_text_codable_list = TextCodable<T>;
template<class T>
inline constexpr bool is_text_codable_list<std::vector<T>> = TextCodable<T>;

/// Compares every pair: the sizes first, by pointers and without a call, which is what this costs the compiler.
template<Described T>
constexpr bool has_unique_wire_names() {
    FieldFacts const* const begin = field_facts<T>.data();
    for (FieldFacts const* one = begin; one != begin + field_count<T>; ++one)
        for (FieldFacts const* other = begin; other != one; ++other)
            if (one->name_size == other->name_size && one->is_in_json && other->is_in_json &&
                one->wire_name == other->wire_name)
                return false;
    return true;
}

/// Of those that have a name of their own in what is sent: whether that is no other field's there.
template<Described T>
constexpr bool has_unique_write_names() {
    for (FieldFacts const& one : field_facts<T>) {
        if (one.write_name == one.wire_name) continue;
        for (FieldFacts const& other : field_facts<T>)
            if (&one != &other && other.is_sent && other.is_in_json && one.write_name == other.write_name) return false;
    }
    return true;
}

template<Described T>
constexpr std::size_t count_catch_alls() {
    std::size_t count = 0;
    for (FieldFacts const& each : field_facts<T>) count += each.is_catch_all ? 1 : 0;
    return count;
}

template<class Value, bool NeedsText, bool IsFiltered, bool IsCompared>
constexpr TypeFault find_field_fault() {
    constexpr TypeFault fault = type_fault<Value>;
    if (fault != TypeFault::none && (fault != TypeFault::not_comparable || IsCompared)) return fault;
    if (NeedsText && !TextCodable<Value>) return TypeFault::no_text;
    return IsFiltered && !is_text_codable_list<Value> ? TypeFault::no_filter : TypeFault::none;
}
/// What is wrong with a field's type. Fields that ask the same of one type share the answer.
template<class Value, bool NeedsText, bool IsFiltered, bool IsCompared>
inline constexpr TypeFault field_fault = find_field_fault<Value, NeedsText, IsFiltered, IsCompared>();

/// The sentence about a field. The compiler reads these only where it needs one.
template<auto Member, TypeFault fault>
struct FieldComplaint {
    static_assert(
        fault != TypeFault::not_codable,
        "openstack: a field can't have this type: use bool, a number, std::string, Timestamp, Open<Enum>, RawJson, a "
        "described struct, a std::vector or std::map<std::string, ...> of these, or specialise openstack::codec for "
        "it");
    static_assert(fault != TypeFault::codec_lacks_name,
                  "openstack: the codec of a field's type lacks `static constexpr std::string_view expected`, the name "
                  "of what it decodes");
    static_assert(fault != TypeFault::codec_lacks_function,
                  "openstack: the codec of a field's type T needs `static W encode(T const&)` and `static "
                  "std::optional<T> decode(W)`, where W is bool, a number or std::string");
    static_assert(fault != TypeFault::not_comparable,
                  "openstack: the type of a field needs ==, by which updates find what has changed: `bool "
                  "operator==(Name const&) const = default;`");
    static_assert(
        fault != TypeFault::no_text,
        "openstack: the type of an AsText or Header field must have a text: a bool, a number, std::string or a "
        "type with a codec");
    static_assert(
        fault != TypeFault::no_filter,
        "openstack: the type of a Filterable field must have a text: a bool, a number, std::string, a type with "
        "a codec, or a std::vector of these");
    using type = void;
};
struct NoComplaint {
    using type = void;
};
template<auto Member, class Info, bool IsCompared,
         TypeFault fault = field_fault<typename Info::value_type, Info::is_text || !Info::header.empty(),
                                       Info::is_filterable, IsCompared>>
using CheckField = std::conditional_t<fault == TypeFault::none, NoComplaint, FieldComplaint<Member, fault>>;

/// The checks of all fields. Whoever names `type` makes them; it doesn't depend on them, so one mistake is one error.
template<class Descriptors, bool AreCompared>
struct CheckFields;
template<class... Descriptors, bool AreCompared>
struct CheckFields<TypeList<Descriptors...>, AreCompared> {
    using type = std::void_t<
        typename CheckField<Descriptors::pointer, FieldInfo<Descriptors::pointer, Descriptors>, AreCompared>::type...>;
};

template<class T>
inline constexpr bool can_be_updated = false;
template<HasResource T>
inline constexpr bool can_be_updated<T> = T::resource.update != Update::none;

/// The checks of a declaration, each with its sentence.
template<class T>
struct CheckDeclaration {
    static_assert(std::is_aggregate_v<T> && std::is_default_constructible_v<T> && std::is_copy_constructible_v<T>,
                  "openstack: a resource is a plain struct: an aggregate that can be made empty and copied");
    static_assert(
        describes_all_members<T>,
        "openstack: BOOST_DESCRIBE_CLASS must list every member of the struct: one is missing, or isn't its own");
    static_assert(has_unique_wire_names<T>(), "openstack: two fields of this struct have one wire name");
    static_assert(has_unique_write_names<T>(), "openstack: two fields of this struct are sent by one name (WriteAs)");
    static_assert(count_catch_alls<T>() <= 1,
                  "openstack: a struct has at most one catch-all, a member of type Properties");
    static_assert(field_count<T> <= 64, "openstack: a struct has at most 64 fields");
    using type = typename CheckFields<DescribedMembers<T>, can_be_updated<T>>::type;
};

template<class T>
constexpr bool has_only_fields() {
    for (FieldFacts const& each : field_facts<T>)
        if (!each.is_catch_all && !each.is_field) return false;
    return true;
}

template<class T>
struct CheckResource {
    static_assert(T::resource.path.starts_with('/') && !T::resource.path.ends_with('/'),
                  "openstack: the path of a resource starts with / and doesn't end with one");
    static_assert(!T::resource.service.empty(), "openstack: a resource names its service, such as \"image\"");
    static_assert(has_only_fields<T>(), "openstack: every member of a resource is a Field<...>, or the one Properties");
    static_assert(!Listed<T> || field_count<T> > 0, "openstack: a resource needs a field that identifies it");
    using type = typename CheckDeclaration<T>::type;
};

template<class T, class = typename CheckDeclaration<T>::type>
inline constexpr bool is_checked_struct = true;
template<class T, class = typename CheckResource<T>::type>
inline constexpr bool is_checked_resource = true;
template<class T, class = typename CheckFields<DescribedMembers<T>, true>::type>
inline constexpr bool has_comparable_fields = true;

}  // namespace detail

/// A described struct with a `resource`. Asking it of a struct whose declaration has a mistake stops with a sentence.
template<class T>
concept Resource = Described<T> && detail::HasResource<T> && detail::is_checked_resource<T>;

namespace detail {

template<Described T>
constexpr std::size_t identity_index() {
    std::size_t identity = 0;
    for (std::size_t i = 0; i < field_facts<T>.size(); ++i)
        if (field_facts<T>[i].wire_name == "id") identity = i;
    return identity;
}

template<Described T>
[[nodiscard]] constexpr bool is_identity(std::string_view wire_name) {
    return field_facts<T>[identity_index<T>()].wire_name == wire_name;
}

}  // namespace detail

/// What identifies the resource in paths: the field whose wire name is `id`, or else the first one; empty if it has no
/// value.
template<Resource T>
[[nodiscard]] std::string identity(T const& resource) {
    std::string text;
    std::size_t index = 0;
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
        using Info = FieldInfo<Member, Descriptor>;
        if constexpr (detail::is_field<typename Info::member_type> && field.is_in_json &&
                      TextCodable<typename Info::value_type>) {
            if (index == detail::identity_index<T>() && resource.*Member) text = to_text(*(resource.*Member));
        }
        ++index;
    });
    return text;
}

}  // namespace openstack

// 3 generated

// <openstack/changes.hpp>
// What an update means: from the caller's changes to the state that is wanted, and to what is sent of it.

// <openstack/to_json.hpp>
// to_json: a value as JSON, whole, or only what create and update send.

// <openstack/from_json.hpp>
// from_json<T>: a JSON document as a T.

// <openstack/json_decoder.hpp>
// The decoder: JSON events straight into the fields, all problems collected, everything a server controls bounded.

// <openstack/json.hpp>
// JSON text to events and back: the only header that knows RapidJSON.

namespace openstack::detail {
class InsituStream;
}
/// RapidJSON parses strings and numbers on a copy of the stream, which the optimiser keeps in registers. Its numbers as
/// texts rely on that copy, too.
template<>
struct rapidjson::StreamTraits<openstack::detail::InsituStream> {
    enum { copyOptimization = 1 };
};

namespace openstack::detail {

/// RapidJSON's handler interface over ours: null(), boolean(bool), number(text), string(text), key(text),
/// begin_object(), end_object(), begin_array(), end_array(), each false to stop. The texts live as long as the parsed
/// text.
template<class Handler>
struct JsonEvents {
    Handler& handler;

    using Length = rapidjson::SizeType;
    bool Null() { return handler.null(); }
    bool Bool(bool value) { return handler.boolean(value); }
    bool RawNumber(char const* text, Length length, bool) { return handler.number({text, length}); }
    bool String(char const* text, Length length, bool) { return handler.string({text, length}); }
    bool Key(char const* text, Length length, bool) { return handler.key({text, length}); }
    bool StartObject() { return handler.begin_object(); }
    bool EndObject(Length) { return handler.end_object(); }
    bool StartArray() { return handler.begin_array(); }
    bool EndArray(Length) { return handler.end_array(); }

    // RapidJSON names these for parsers that convert numbers; numbers reach us as text.
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }
};

/// RapidJSON's stream over a text that is parsed in place. PutBegin() is called where a string begins: the characters
/// up to its end or first escape are passed there sixteen at a time, where RapidJSON's own stream takes them one by
/// one. It's called for numbers, too, from which the next quote may be megabytes away.
class InsituStream {
  public:
    using Ch = char;

    /// The text, and where the string that is being parsed ends so far.
    struct Text {
        char* begin;
        char* end;
        char* target;
    };

    explicit InsituStream(Text& text) : source_(text.begin), text_(&text) {}
    // Written out: a copy by one vector instruction waits until the source's last change has reached the cache.
    InsituStream(InsituStream const& other) : source_(other.source_), text_(other.text_) {}
    InsituStream& operator=(InsituStream const& other) {
        source_ = other.source_;
        return *this;
    }

    [[nodiscard]] char Peek() const { return *source_; }
    char Take() { return *source_++; }
    [[nodiscard]] std::size_t Tell() const { return static_cast<std::size_t>(source_ - text_->begin); }
    void Put(char c) { *text_->target++ = c; }
    char* PutBegin() {
        char* const begin = source_;
        bool const is_string = begin != text_->begin && begin[-1] == '"';
        if (is_string) source_ += plain_characters(source_, static_cast<std::size_t>(text_->end - source_));
        text_->target = source_;
        return begin;
    }
    std::size_t PutEnd(char* begin) { return static_cast<std::size_t>(text_->target - begin); }
    void Flush() {}
    char* Push(std::size_t count) { return std::exchange(text_->target, text_->target + count); }
    void Pop(std::size_t count) { text_->target -= count; }

  private:
    /// How many of the first characters surely are no quote, backslash or control character: all up to the first such
    /// one, but for the text's last 15.
    static std::size_t plain_characters(char const* text, std::size_t size) {
        using Bytes [[gnu::vector_size(16)]] = unsigned char;
        std::size_t count = 0;
        for (; size - count >= sizeof(Bytes); count += sizeof(Bytes)) {
            Bytes bytes;
            std::memcpy(&bytes, text + count, sizeof bytes);
            auto const is_special = (bytes == '"') | (bytes == '\\') | (bytes < ' ');
            std::uint64_t halves[2];
            std::memcpy(&halves, &is_special, sizeof halves);
            if (halves[0] != 0) return count + first_byte(halves[0]);
            if (halves[1] != 0) return count + 8 + first_byte(halves[1]);
        }
        return count;
    }

    /// Which byte of it, as memory has them, is the first that isn't 0.
    static std::size_t first_byte(std::uint64_t bytes) {
        bool const is_little = std::endian::native == std::endian::little;
        return static_cast<std::size_t>(is_little ? std::countr_zero(bytes) : std::countl_zero(bytes)) / 8;
    }

    char* source_;
    Text* text_;
};

/// Where a text stops being JSON, and why.
struct JsonSyntaxError {
    std::size_t offset = 0;
    std::string_view reason{};  ///< empty: there is no error
};

/// The offset of a `\u` escape of half a surrogate pair, of which RapidJSON 1.1.0 makes invalid UTF-8; `npos` if none.
[[nodiscard]] inline std::size_t find_lone_surrogate(std::string_view text) {
    enum Half { none, first, second };
    auto const half_at = [&](std::size_t at) {
        auto const lower = [&](std::size_t i) { return static_cast<char>(text[i] | 0x20); };
        if (text.size() < at + 6 || text[at] != '\\' || text[at + 1] != 'u' || lower(at + 2) != 'd') return none;
        if (std::string_view{"89ab"}.find(lower(at + 3)) != std::string_view::npos) return first;
        return std::string_view{"cdef"}.find(lower(at + 3)) != std::string_view::npos ? second : none;
    };
    for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at)) {
        Half const half = half_at(at);
        if (half == second || (half == first && half_at(at + 6) != second)) return at;
        at += half == first ? 12 : 2;
    }
    return std::string_view::npos;
}

/// Parses `text`, which is overwritten on the way, as exactly one JSON value (RFC 8259) in UTF-8 without NUL bytes.
template<class Handler>
[[nodiscard]] JsonSyntaxError parse_json(std::string& text, Handler& handler) {
    // The scan comes first: RapidJSON's own check is slow, and reads beyond the end of a text that is cut in a
    // sequence.
    if (std::size_t const at = text.find('\0'); at != std::string::npos) return {at, "a NUL byte"};
    if (std::size_t const at = find_invalid_utf8(text); at != std::string_view::npos) return {at, "not UTF-8 text"};
    if (std::size_t const at = find_lone_surrogate(text); at != std::string_view::npos)
        return {at, "half a surrogate pair"};
    InsituStream::Text source{text.data(), text.data() + text.size(), nullptr};
    InsituStream stream(source);
    JsonEvents<Handler> events{handler};
    rapidjson::Reader reader;
    rapidjson::ParseResult const result =
        reader.Parse<rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag>(stream, events);
    if (!result.IsError()) return {};
    return {result.Offset(), rapidjson::GetParseError_En(result.Code())};
}

/// Writes one JSON value. Throws InvalidRequest for a text that isn't UTF-8.
template<class Buffer>
class BasicJsonWriter {
  public:
    void null() { writer_.Null(); }
    void boolean(bool value) { writer_.Bool(value); }
    void number(std::int64_t value) { writer_.Int64(value); }
    void number(std::uint64_t value) { writer_.Uint64(value); }
    /// Throws InvalidRequest for infinities and NaN, which JSON doesn't have.
    void number(double value) {
        if (!writer_.Double(value)) throw InvalidRequest("JSON has no number for infinity or NaN");
    }
    void string(std::string_view text) {
        check(text);
        writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    }
    void key(std::string_view text) {
        check(text);
        writer_.Key(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    }
    /// A value that is JSON already.
    void raw(std::string_view json) { writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType); }
    void begin_object() { writer_.StartObject(); }
    void end_object() { writer_.EndObject(); }
    void begin_array() { writer_.StartArray(); }
    void end_array() { writer_.EndArray(); }

    [[nodiscard]] std::string text() const { return {buffer_.GetString(), buffer_.GetSize()}; }

  private:
    static void check(std::string_view text) {
        if (find_invalid_utf8(text) != std::string_view::npos)
            throw InvalidRequest("a text that isn't UTF-8 can't be sent as JSON");
    }

    Buffer buffer_;
    rapidjson::Writer<Buffer> writer_{buffer_};
};
using JsonWriter = BasicJsonWriter<rapidjson::StringBuffer>;

}  // namespace openstack::detail

// <openstack/json_frames.hpp>
// JsonFrames: the objects and arrays of a document that have begun and not ended.

// <openstack/json_shape.hpp>
// JsonShape: where a struct's members are, found by name, with a guess which one comes next.

// <openstack/json_types.hpp>
// What each C++ type takes from JSON, as tables of functions: the decoder itself depends on no such type and compiles
// once.

namespace openstack::detail {

struct JsonType;

/// Where the next JSON value goes. Without a type it is skipped.
struct JsonTarget {
    JsonType const* type = nullptr;
    void* object = nullptr;
    FieldState* state = nullptr;  ///< of the Field around the object; null where there is none, and null isn't taken
};

/// A member of a JSON object that has a place in the struct at `object`.
struct JsonMember {
    std::string_view name;
    JsonTarget (*locate)(void* object);
};

/// What an object in C++ takes. A function that is null, or returns false, means "not this kind of value".
struct JsonType {
    std::string_view expected;  ///< ends "expected ..."
    bool (*boolean)(void*, bool) = nullptr;
    bool (*number)(void*, std::string_view) = nullptr;
    bool (*string)(void*, std::string_view) = nullptr;
    void (*raw)(void*, std::string json) = nullptr;  ///< any other value, as a JSON text
    JsonTarget (*new_element)(void*) = nullptr;      ///< of an array
    void (*reserve)(void*, std::size_t count) = nullptr;
    std::size_t element_size = 0;                                    ///< what an element or entry costs in memory
    JsonTarget (*new_entry)(void*, std::string_view key) = nullptr;  ///< of a map; no object: the key is there already
    bool is_struct = false;
    JsonMember const* members = nullptr;  ///< of a struct
    std::size_t member_count = 0;
    Properties* (*catch_all)(void*) = nullptr;
    JsonType const* property = nullptr;  ///< of what the catch-all takes
};

template<class T, bool AsText = false>
struct JsonTypeOf;
template<class Container>
struct PendingProperty;

/// The type's table.
template<class T, bool AsText = false>
inline constexpr JsonType json_type = JsonTypeOf<T, AsText>::make();

/// A plain object of T as a target.
template<class T>
JsonTarget target(T& object) {
    return {&json_type<T>, &object, nullptr};
}
/// A Field as a target.
template<class T, class... Options>
JsonTarget target(Field<T, Options...>& field) {
    FieldStorage<T>& storage = FieldAccess::storage(field);
    return {&json_type<T, OptionList<Options...>::template has<AsText>>, &storage.value, &storage.state};
}

template<class T>
constexpr std::string_view expected_number() {
    if constexpr (std::floating_point<T>) return "number";
    if constexpr (std::is_unsigned_v<T>) return sizeof(T) == 8 ? "integer (unsigned, 64 bits)" : "integer (unsigned)";
    return sizeof(T) == 8 ? "integer (64 bits)" : sizeof(T) == 4 ? "integer (32 bits)" : "integer (16 bits or fewer)";
}

template<class T>
bool store_text(void* object, std::string_view text) {
    if constexpr (std::same_as<T, std::string>) {
        static_cast<T*>(object)->assign(text);
        return true;
    } else if constexpr (requires(T & value) { codec<T>::assign(value, text); }) {
        codec<T>::assign(*static_cast<T*>(object), text);
        return true;
    } else {
        std::optional<T> value = from_text<T>(text);
        if (value) *static_cast<T*>(object) = std::move(*value);
        return value.has_value();
    }
}

template<class T>
bool store_decoded(void* object, std::optional<T> value) {
    if (value) *static_cast<T*>(object) = std::move(*value);
    return value.has_value();
}

inline bool store_boolean(void* object, bool value) { return *static_cast<bool*>(object) = value, true; }

/// Scalars, by their wire form.
template<class T, bool AsText>
struct JsonTypeOf {
    static constexpr JsonType make() {
        JsonType type{};
        if constexpr (AsText) {
            type.expected = "string";
            if constexpr (WireNumber<T>) type.expected = "string with a number";
            if constexpr (std::same_as<T, bool>) type.expected = "string \"true\" or \"false\"";
            if constexpr (HasCodec<T>) type.expected = codec<T>::expected;
            type.string = store_text<T>;
            if constexpr (std::same_as<T, bool>) type.boolean = store_boolean;  // newer services mend what they write
            if constexpr (WireNumber<T>) type.number = store_text<T>;
        } else if constexpr (std::same_as<T, bool>) {
            type.expected = "boolean";
            type.boolean = store_boolean;
        } else if constexpr (std::same_as<T, std::string>) {
            type.expected = "string";
            type.string = store_text<T>;
        } else if constexpr (WireNumber<T>) {
            type.expected = expected_number<T>();
            type.number = store_text<T>;
        } else if constexpr (HasCodec<T>) {
            using WireType = decltype(codec<T>::encode(std::declval<T const&>()));
            type.expected = codec<T>::expected;
            if constexpr (std::same_as<WireType, bool>) {
                type.boolean = [](void* object, bool value) {
                    return store_decoded<T>(object, codec<T>::decode(value));
                };
            } else if constexpr (WireNumber<WireType>) {
                type.number = store_text<T>;
            } else {
                type.string = store_text<T>;
            }
        } else if constexpr (Described<T>) {
            static_assert(is_checked_struct<T>);
            type.expected = "object";
            type.is_struct = true;
            type.members = members<T>.data();
            type.member_count = members<T>.size();
            if constexpr (count_catch_alls<T>() > 0) {
                using Container = std::remove_pointer_t<decltype(catch_all<T>(nullptr))>;
                type.catch_all = catch_all<T>;
                type.property = &json_type<PendingProperty<Container>>;
            }
        }
        return type;
    }

  private:
    template<class Struct>
    static constexpr std::size_t member_count() {
        std::size_t count = 0;
        for_each_field<Struct>([&](auto field) { count += field.is_in_json ? 1 : 0; });
        return count;
    }
    template<class Struct>
    static constexpr auto make_members() {
        std::array<JsonMember, member_count<Struct>()> members{};
        [[maybe_unused]] std::size_t count = 0;
        for_each_field<Struct>([&](auto field) {
            if constexpr (field.is_in_json)
                members[count++] = {field.wire_name, [](void* object) {
                                        return target(static_cast<Struct*>(object)->*decltype(field)::pointer);
                                    }};
        });
        return members;
    }
    template<class Struct>
    static constexpr auto members = make_members<Struct>();

    template<class Struct>
    static Properties* catch_all(void* object) {
        Properties* found = nullptr;
        for_each_field<Struct>([&](auto field) {
            if constexpr (field.is_catch_all) found = &(static_cast<Struct*>(object)->*decltype(field)::pointer);
        });
        return found;
    }
};

template<class Text>
struct JsonTypeOf<BasicRawJson<Text>, false> {
    static constexpr JsonType make() {
        JsonType type{};
        type.expected = "any value";
        type.raw = [](void* object, std::string json) {
            static_cast<BasicRawJson<Text>*>(object)->text = std::move(json);
        };
        return type;
    }
};

template<class T>
struct JsonTypeOf<std::vector<T>, false> {
    static constexpr JsonType make() {
        JsonType type{};
        type.expected = "array";
        type.element_size = sizeof(T);
        type.reserve = [](void* object, std::size_t count) { static_cast<std::vector<T>*>(object)->reserve(count); };
        type.new_element = [](void* object) { return target(static_cast<std::vector<T>*>(object)->emplace_back()); };
        return type;
    }
};

template<class T, class Less>
struct JsonTypeOf<std::map<std::string, T, Less>, false> {
    static constexpr JsonType make() {
        JsonType type{};
        type.expected = "object";
        type.element_size = sizeof(typename std::map<std::string, T, Less>::value_type);
        type.new_entry = [](void* object, std::string_view key) {
            auto const [at, is_new] =
                static_cast<std::map<std::string, T, Less>*>(object)->try_emplace(std::string{key});
            return is_new ? target(at->second) : JsonTarget{};
        };
        return type;
    }
};

}  // namespace openstack::detail

namespace openstack::detail {

/// What a decoder knows of a struct's type since its first object in the document.
class JsonShape {
    /// A member, with its place in bytes from the struct's begin.
    struct Place {
        std::string_view name{};
        JsonType const* type = nullptr;
        std::ptrdiff_t object = 0;
        std::ptrdiff_t state = no_state;
        std::uint64_t bit = 0;  ///< its own among all members
        /// The member that came next in the last object. Services write members in one order: mostly it will again.
        Place* follower = nullptr;
    };

  public:
    /// The shape of the struct that `type` takes; `object` is any of them.
    JsonShape(JsonType const* type, void* object) : type_(type), places_(type->member_count + 1) {
        auto const offset = [&](void const* place) {
            return static_cast<char const*>(place) - static_cast<char*>(object);
        };
        for (std::size_t i = 0; i < type->member_count; ++i) {
            JsonTarget const target = type->members[i].locate(object);
            places_[i] = {.name = type->members[i].name, .type = target.type, .object = offset(target.object)};
            if (target.state != nullptr) places_[i].state = offset(target.state);
            places_[i].bit = std::uint64_t{1} << i;
        }
        places_.back().name = "\xff";  // no key, since all of them are UTF-8
        for (Place& each : places_) each.follower = &places_.back();
        first_ = &places_.back();
    }
    JsonShape(JsonShape const&) = delete;
    JsonShape& operator=(JsonShape const&) = delete;

    /// A reader of one object: it knows which members have come.
    class Cursor {
      public:
        enum class Found { member, nothing, duplicate };

        Cursor() = default;
        Cursor(JsonShape& shape, void* object)
            : shape_(&shape), guess_(&shape.first_), object_(static_cast<char*>(object)) {}

        explicit operator bool() const { return shape_ != nullptr; }

        /// Puts the member of that name into `target`.
        Found find(std::string_view name, JsonTarget& target) {
            Place* place = *guess_;
            if (!is_same(place->name, name)) {
                place = shape_->search(name);
                if (place == nullptr) return Found::nothing;
                *guess_ = place;
            }
            guess_ = &place->follower;
            if ((seen_ & place->bit) != 0) return Found::duplicate;
            seen_ |= place->bit;
            target.type = place->type;
            target.object = object_ + place->object;
            target.state = place->state == no_state ? nullptr : reinterpret_cast<FieldState*>(object_ + place->state);
            return Found::member;
        }

      private:
        JsonShape* shape_ = nullptr;
        Place** guess_ = nullptr;
        char* object_ = nullptr;
        std::uint64_t seen_ = 0;  ///< as bits
    };

  private:
    static constexpr std::ptrdiff_t no_state = -1;

    /// `==` without a call or a loop for keys of up to 16 characters.
    static bool is_same(std::string_view a, std::string_view b) {
        if (a.size() != b.size()) return false;
        if (a.size() > 16 || a.size() < 4) return a == b;
        return a.size() < 8 ? has_same_ends<std::uint32_t>(a, b) : has_same_ends<std::uint64_t>(a, b);
    }
    template<class Word>
    static bool has_same_ends(std::string_view a, std::string_view b) {
        auto const differ = [&](std::size_t at) {
            Word of_a, of_b;
            std::memcpy(&of_a, a.data() + at, sizeof of_a);
            std::memcpy(&of_b, b.data() + at, sizeof of_b);
            return of_a ^ of_b;
        };
        return (differ(0) | differ(a.size() - sizeof(Word))) == 0;
    }

    [[nodiscard]] Place* search(std::string_view name) {
        for (std::size_t i = 0; i < type_->member_count; ++i)
            if (is_same(places_[i].name, name)) return &places_[i];
        return nullptr;
    }

    JsonType const* type_;
    std::vector<Place> places_;  ///< the last one stands for none of them
    Place* first_ = nullptr;
};

}  // namespace openstack::detail

namespace openstack::detail {

/// An object or array that has begun and not ended.
struct JsonFrame {
    JsonType const* type = nullptr;  ///< null: it is skipped
    void* object = nullptr;
    bool is_array = false;
    char const* begin = nullptr;  ///< where in the text, or shortly before
    std::string_view key{};       ///< of an object's current member
    JsonShape::Cursor cursor{};   ///< of a struct
    std::size_t index = 0;        ///< of an array's element after the current one
};

/// What a document may have at most.
struct JsonLimits {
    static constexpr std::size_t bytes = std::size_t{16} << 20;
    static constexpr std::size_t depth = 64;
    static constexpr std::size_t problems = 64;    ///< that are reported
    static constexpr std::size_t key_shown = 200;  ///< bytes of a key in the pointer to a problem
};

/// The stack of them.
class JsonFrames {
  public:
    /// The innermost one; at depth 0 it stands for the place of the whole document.
    [[nodiscard]] JsonFrame& top() { return *top_; }
    [[nodiscard]] std::size_t depth() const { return static_cast<std::size_t>(top_ - frames_.data()); }

    void push(JsonFrame const& frame) { *++top_ = frame; }
    void pop() { --top_; }

    /// Whether an array holds the innermost one.
    [[nodiscard]] bool is_in_array() const {
        for (std::size_t i = 0; i < depth(); ++i)
            if (frames_[i].is_array) return true;
        return false;
    }

    /// The JSON pointer (RFC 6901) to the current value. Of a long key it has the front: there may be many problems.
    [[nodiscard]] std::string pointer() const {
        std::string text;
        for (std::size_t i = 1; i <= depth(); ++i) {
            JsonFrame const& frame = frames_[i];
            text += '/' + (frame.is_array ? std::to_string((std::max)(frame.index, std::size_t{1}) - 1)
                                          : escape_pointer_token(one_line(frame.key, JsonLimits::key_shown)));
        }
        return text;
    }

  private:
    std::array<JsonFrame, JsonLimits::depth + 1> frames_{};
    JsonFrame* top_ = frames_.data();
};

}  // namespace openstack::detail

// <openstack/json_properties.hpp>
// What the catch-all takes from JSON: every key that is no field's.

namespace openstack::detail {

/// A key of the catch-all whose value comes next.
template<class Container>
struct PendingProperty {
    Container* properties = nullptr;
    std::string_view key{};  ///< lives in the parsed text
};
template<class Container>
struct JsonTypeOf<PendingProperty<Container>, false> {
    static constexpr JsonType make() {
        constexpr std::size_t node = 4 * sizeof(void*);  // what a map keeps beside each
        JsonType type{};
        type.element_size = sizeof(typename Container::value_type) + node;
        type.string = [](void* object, std::string_view text) {
            auto& pending = *static_cast<PendingProperty<Container>*>(object);
            return PropertiesAccess::texts(*pending.properties).emplace(pending.key, text).second;
        };
        type.raw = [](void* object, std::string json) {
            auto& pending = *static_cast<PendingProperty<Container>*>(object);
            PropertiesAccess::raw(*pending.properties).emplace(pending.key, std::move(json));
        };
        return type;
    }
};

template<class Text>
struct JsonTypeOf<BasicProperties<Text>, false> {
    static constexpr JsonType make() {
        JsonType type{};
        type.expected = "object";
        type.is_struct = true;
        type.catch_all = [](void* object) { return static_cast<BasicProperties<Text>*>(object); };
        type.property = &json_type<PendingProperty<BasicProperties<Text>>>;
        return type;
    }
};

}  // namespace openstack::detail

namespace openstack::detail {

/// Takes the events of one document and stores them in a target. Types come as JsonType tables: it compiles once, and,
/// being a template over its limits, only where something is decoded.
template<class Limits>
class JsonDecoder {
    static_assert(Limits::depth <= JsonLimits::depth);

  public:
    JsonDecoder(JsonTarget root, std::size_t text_size) : next_(root), memory_left_(memory_for(text_size)) {}

    /// Parses the whole document; gives what is wrong with it.
    [[nodiscard]] std::vector<DecodeProblem> decode(std::string& text) {
        position_ = text.data();
        end_ = text.data() + text.size();
        JsonSyntaxError const error = parse_json(text, *this);
        if (!error.reason.empty() && !has_stopped_)
            add_problem("not JSON at byte " + std::to_string(error.offset) + ": " + std::string{error.reason});
        return std::move(problems_);
    }

    bool null() {
        if (capture_) return capture_->null(), end_captured();
        JsonTarget const& target = take();
        if (target.state != nullptr) return *target.state = FieldState::is_null, true;
        return store_raw(target, "null", "null");
    }
    bool boolean(bool value) {
        if (capture_) return capture_->boolean(value), end_captured();
        JsonTarget const& target = take();
        if (target.type != nullptr && target.type->boolean != nullptr && target.type->boolean(target.object, value))
            return accept(target);
        return store_raw(target, value ? "true" : "false", "boolean");
    }
    bool number(std::string_view text) {
        if (capture_) return capture_->raw(text), end_captured();
        JsonTarget const& target = take();
        if (target.type != nullptr && target.type->number != nullptr && target.type->number(target.object, text))
            return accept(target);
        return store_raw(target, text, "number " + std::string{text.substr(0, 40)});
    }
    bool string(std::string_view text) {
        if (capture_) return capture_->string(text), end_captured();
        JsonTarget const& target = take();
        position_ = text.data() + text.size();
        if (target.type == nullptr) return true;
        if (target.type->string != nullptr && target.type->string(target.object, text)) return accept(target);
        if (target.type->raw == nullptr) return mismatch(target, "string");
        JsonWriter writer;
        writer.string(text);
        return store_raw(target, writer.text(), "string");
    }

    bool begin_object() { return begin(false); }
    bool begin_array() { return begin(true); }
    bool end_object() { return end(false); }
    bool end_array() { return end(true); }

    bool key(std::string_view name) {
        if (capture_) return capture_->key(name), true;
        JsonFrame& frame = frames_.top();
        frame.key = name;
        position_ = name.data() + name.size();
        using Found = JsonShape::Cursor::Found;
        if (!frame.cursor) {
            next_ = entry(frame);
        } else if (Found const found = frame.cursor.find(name, next_); found != Found::member) {
            next_ = found == Found::nothing ? property(frame) : duplicate();
        }
        return !has_stopped_;
    }

  private:
    /// A short document can't become a large structure: an empty object takes three bytes to send.
    static constexpr std::size_t memory_for(std::size_t text_size) { return (std::size_t{1} << 20) + 16 * text_size; }

    /// The target of the value that begins now.
    JsonTarget const& take() {
        if (frames_.top().is_array) next_ = new_element();
        return next_;
    }

    JsonTarget new_element() {
        JsonFrame& frame = frames_.top();
        ++frame.index;
        if (frame.type == nullptr || !has_memory(frame, frame.type->element_size)) return {};
        if (frame.index == 2 && !has_reserved_) reserve(frame);
        return frame.type->new_element(frame.object);
    }

    /// Whether one element, entry or property more may be there. If not, the rest of them is skipped.
    bool has_memory(JsonFrame& frame, std::size_t size) {
        if (size <= memory_left_) return memory_left_ -= size, true;
        add_problem("more elements than a document of this size may have");
        frame.type = nullptr;
        return false;
    }

    /// Makes room for as many elements as the document will have if they are like the first one, and an eighth more: in
    /// the first array that has two, mostly the page of a collection. One that is a little too small moves them all.
    void reserve(JsonFrame const& frame) {
        auto const first_size = static_cast<std::size_t>(position_ - frame.begin);
        if (first_size == 0 || frames_.is_in_array()) return;
        std::size_t const estimate = 2 + static_cast<std::size_t>(end_ - position_) / first_size;
        std::size_t const most = frame.index + memory_left_ / frame.type->element_size;
        frame.type->reserve(frame.object, (std::min)(estimate + estimate / 8, most));
        has_reserved_ = true;
    }

    JsonTarget property(JsonFrame& frame) {
        if (frame.type == nullptr || frame.type->catch_all == nullptr) return {};
        Properties& properties = *frame.type->catch_all(frame.object);
        if (properties.contains(frame.key) || properties.raw().contains(frame.key)) return duplicate();
        if (!has_memory(frame, frame.type->property->element_size)) return {};
        property_ = {&properties, frame.key};
        return {frame.type->property, &property_, nullptr};
    }

    JsonTarget entry(JsonFrame& frame) {
        if (frame.type == nullptr || !has_memory(frame, frame.type->element_size)) return {};
        JsonTarget const target = frame.type->new_entry(frame.object, frame.key);
        return target.object == nullptr ? duplicate() : target;
    }

    JsonTarget duplicate() {
        add_problem("the key is there twice");
        return {};
    }

    static bool accept(JsonTarget const& target) {
        if (target.state != nullptr) *target.state = FieldState::has_value;
        return true;
    }

    bool store_raw(JsonTarget const& target, std::string_view json, std::string_view found) {
        if (target.type == nullptr) return true;
        if (target.type->raw == nullptr) return mismatch(target, found);
        target.type->raw(target.object, std::string{json});
        return accept(target);
    }

    bool mismatch(JsonTarget const& target, std::string_view found) {
        add_problem("expected " + std::string{target.type->expected} + ", found " + std::string{found});
        return !has_stopped_;
    }

    bool begin(bool is_array) {
        if (capture_) return begin_captured(is_array);
        JsonTarget const target = take();
        JsonType const* const type = target.type;
        if (type != nullptr && type->raw != nullptr) {
            capture_.emplace();
            captured_ = target;
            return begin_captured(is_array);
        }
        bool const fits = type != nullptr &&
                          (is_array ? type->new_element != nullptr : type->is_struct || type->new_entry != nullptr);
        if (fits) {
            accept(target);
        } else if (type != nullptr && !mismatch(target, is_array ? "array" : "object")) {
            return false;
        }
        if (!is_within_depth()) return false;
        frames_.push(
            {.type = fits ? type : nullptr, .object = target.object, .is_array = is_array, .begin = position_});
        if (fits && type->is_struct) frames_.top().cursor = {shape_of(type, target.object), target.object};
        return true;
    }

    bool end(bool is_array) {
        if (capture_) {
            is_array ? capture_->end_array() : capture_->end_object();
            --capture_depth_;
            return end_captured();
        }
        frames_.pop();
        return true;
    }

    bool begin_captured(bool is_array) {
        if (!is_within_depth()) return false;
        is_array ? capture_->begin_array() : capture_->begin_object();
        ++capture_depth_;
        return true;
    }

    bool end_captured() {
        if (capture_depth_ > 0) return true;
        captured_.type->raw(captured_.object, capture_->text());
        capture_.reset();
        return accept(captured_);
    }

    bool is_within_depth() {
        if (frames_.depth() + capture_depth_ < Limits::depth) return true;
        add_problem("nested deeper than " + std::to_string(Limits::depth) + " levels");
        return !(has_stopped_ = true);
    }

    JsonShape& shape_of(JsonType const* type, void* object) {
        return shapes_.try_emplace(type, type, object).first->second;
    }

    /// Puts a problem at the place of the current value.
    void add_problem(std::string text) {
        if (has_stopped_) return;
        problems_.push_back({frames_.pointer(), std::move(text)});
        has_stopped_ = problems_.size() >= Limits::problems;
    }

    JsonTarget next_;
    JsonFrames frames_;
    std::map<JsonType const*, JsonShape> shapes_;
    std::vector<DecodeProblem> problems_;
    PendingProperty<Properties> property_;
    std::optional<JsonWriter> capture_;  ///< writes down a value that is kept raw
    JsonTarget captured_;
    std::size_t capture_depth_ = 0;
    std::size_t memory_left_;
    char const* position_ = nullptr;  ///< the end of the last key or string
    char const* end_ = nullptr;
    bool has_reserved_ = false;
    bool has_stopped_ = false;
};

}  // namespace openstack::detail

namespace openstack {

/// The longest text that from_json reads, in bytes.
inline constexpr std::size_t max_json_size = detail::JsonLimits::bytes;

namespace detail {

template<class Limits = JsonLimits>
void decode(JsonTarget target, std::string text, std::string_view what) {
    if (text.size() > Limits::bytes)
        throw DecodeError(what, {{"", "longer than " + std::to_string(Limits::bytes >> 20) + " MiB"}});
    JsonDecoder<Limits> decoder(target, text.size());
    if (auto problems = decoder.decode(text); !problems.empty()) throw DecodeError(what, std::move(problems));
}

/// Throws InvalidRequest, whose message opens with `what`, if the text isn't one JSON value.
template<class Limits = JsonLimits>
void check_json(std::string_view text, std::string_view what) {
    try {
        decode<Limits>({}, std::string{text}, what);
    } catch (DecodeError const& error) {
        throw InvalidRequest(error.what());
    }
}

}  // namespace detail

/// Reads a JSON document (RFC 8259, UTF-8) into a described struct, or any other type a field may hold. Keys without a
/// field go to the catch-all, or are skipped where there is none. Throws DecodeError with every problem of the
/// document, also for duplicate keys, NUL bytes, more than 64 levels, and texts of more than 16 MiB; `what` opens its
/// message.
template<Codable T>
[[nodiscard]] T from_json(std::string text, std::string_view what = "the JSON document") {
    T result{};
    detail::decode(detail::target(result), std::move(text), what);
    return result;
}

}  // namespace openstack

namespace openstack {

namespace detail {

/// Which fields of a struct are written, and under which name.
enum class Selection {
    all,     ///< all that are set: what from_json reads back
    create,  ///< what the caller may choose
    update   ///< what an update by PUT replaces: that, and the properties that aren't texts
};

template<Described T>
void write_members(JsonWriter& writer, T const& object, Selection selection);

template<bool AsText = false, class T>
void write_value(JsonWriter& writer, T const& value) {
    if constexpr (AsText) {
        writer.string(to_text(value));
    } else if constexpr (std::same_as<T, bool>) {
        writer.boolean(value);
    } else if constexpr (std::same_as<T, std::string>) {
        writer.string(value);
    } else if constexpr (std::floating_point<T>) {
        writer.number(static_cast<double>(value));
    } else if constexpr (WireNumber<T>) {
        writer.number(static_cast<std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>(value));
    } else if constexpr (HasCodec<T>) {
        write_value(writer, codec<T>::encode(value));
    } else if constexpr (Described<T>) {
        static_assert(is_checked_struct<T>);
        writer.begin_object();
        write_members(writer, value, Selection::all);
        writer.end_object();
    }
}

template<bool AsText = false, class Text>
void write_value(JsonWriter& writer, BasicRawJson<Text> const& json) {
    check_json(json.text, "the text of a RawJson");
    writer.raw(json.text);
}

template<bool AsText = false, class T>
void write_value(JsonWriter& writer, std::vector<T> const& values) {
    writer.begin_array();
    for (T const& each : values) write_value(writer, each);
    writer.end_array();
}

template<bool AsText = false, class T, class Less>
void write_value(JsonWriter& writer, std::map<std::string, T, Less> const& values) {
    writer.begin_object();
    for (auto const& [key, value] : values) {
        writer.key(key);
        write_value(writer, value);
    }
    writer.end_object();
}

/// The properties that aren't texts.
template<class Writer>
void write_raw(Writer& writer, Properties const& properties) {
    for (auto const& [key, json] : properties.raw()) {
        writer.key(key);
        writer.raw(json);
    }
}

template<bool AsText = false>
void write_value(JsonWriter& writer, Properties const& properties) {
    writer.begin_object();
    for (auto const& [key, value] : properties) {
        writer.key(key);
        writer.string(value);
    }
    write_raw(writer, properties);
    writer.end_object();
}

/// A property of a field's name would be a second member of that name.
template<Described T>
void check_property_name(std::string_view name, Selection selection = Selection::update) {
    bool is_field_name = false;
    for_each_field<T>([&](auto field) {
        bool const is_written_so = selection != Selection::all && field.write_name == name;
        is_field_name = is_field_name || (field.is_in_json && (field.wire_name == name || is_written_so));
    });
    if (is_field_name)
        throw InvalidRequest("the property '" + std::string{name} + "' has the name of a field: set the field");
}

template<Described T>
void write_properties(JsonWriter& writer, Properties const& properties, Selection selection) {
    for (auto const& [key, value] : properties) {
        check_property_name<T>(key, selection);
        writer.key(key);
        writer.string(value);
    }
    if (selection != Selection::create) write_raw(writer, properties);  // a PUT without them would remove them
}

/// A Field that isn't unset.
template<class Info, class Member>
void write_field(JsonWriter& writer, Member const& member) {
    if (member.is_null()) {
        writer.null();
    } else {
        write_value<Info::is_text>(writer, *member);
    }
}

template<class Info>
constexpr bool is_selected(Selection selection) {
    return selection == Selection::all || !Info::is_read_only;
}

template<Described T>
void write_members(JsonWriter& writer, T const& object, Selection selection) {
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
        using Info = FieldInfo<Member, Descriptor>;
        auto const& member = object.*Member;
        if constexpr (field.is_catch_all) {
            write_properties<T>(writer, member, selection);
        } else if constexpr (!field.is_in_json) {
            return;
        } else if constexpr (!is_field<typename Info::member_type>) {
            writer.key(field.wire_name);
            write_value(writer, member);
        } else {
            if (member.is_unset() || !is_selected<Info>(selection)) return;
            writer.key(selection == Selection::all ? field.wire_name : field.write_name);
            write_field<Info>(writer, member);
        }
    });
}

/// One resource, whose members `write` gives to the writer, under its key if it has one.
template<Resource T, class Write>
[[nodiscard]] std::string to_body(Write write) {
    JsonWriter writer;
    if (!T::resource.key.empty()) {
        writer.begin_object();
        writer.key(T::resource.key);
    }
    writer.begin_object();
    write(writer);
    writer.end_object();
    if (!T::resource.key.empty()) writer.end_object();
    return writer.text();
}

}  // namespace detail

/// The value as a JSON text: all fields that are set, under the names that the service answers with, also what is
/// read-only, so that from_json reads the same value back. Throws InvalidRequest for texts that aren't UTF-8.
template<Codable T>
[[nodiscard]] std::string to_json(T const& value) {
    detail::JsonWriter writer;
    detail::write_value(writer, value);
    return writer.text();
}

/// The body of a create request: the set fields that aren't ReadOnly, under the names that the service wants.
template<Resource T>
[[nodiscard]] std::string to_create_body(T const& object) {
    return detail::to_body<T>([&](auto& writer) { detail::write_members(writer, object, detail::Selection::create); });
}

/// The body of a request that creates several resources: the same of each, in an array under the plural's name.
template<Resource T>
[[nodiscard]] std::string to_create_body(std::vector<T> const& objects) {
    detail::JsonWriter writer;
    writer.begin_object();
    writer.key(T::resource.plural);
    writer.begin_array();
    for (T const& each : objects) {
        writer.begin_object();
        detail::write_members(writer, each, detail::Selection::create);
        writer.end_object();
    }
    writer.end_array();
    writer.end_object();
    return writer.text();
}

/// The body of an update by PUT, which replaces the resource as a whole (RFC 9110, 9.3.4): the set fields that aren't
/// ReadOnly, also those that no update can change, and all properties.
template<Resource T>
[[nodiscard]] std::string to_update_body(T const& object) {
    return detail::to_body<T>([&](auto& writer) { detail::write_members(writer, object, detail::Selection::update); });
}

}  // namespace openstack

namespace openstack::detail {

/// Whether an edit takes its resource as a copy, or const, so that it changes nothing: only then it takes a temporary.
/// Asked of what has one signature; a template's body may ask anything of its argument, so it can't be tried out.
template<class T, class Edit>
constexpr bool edits_nothing() {
    using Function = std::remove_pointer_t<std::remove_cvref_t<Edit>>;
    if constexpr (std::is_function_v<Function> || requires { &Function::operator(); }) {
        return std::invocable<Edit, T>;
    } else {
        return false;
    }
}

/// `base` with every field that is set in `changes` taken over, and its properties added or replaced. What is ReadOnly
/// is passed over, so that a copied and edited object can be `changes`.
template<Described T>
[[nodiscard]] T with_changes(T base, T const& changes) {
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
        if constexpr (field.is_catch_all) {
            for (auto const& [key, value] : changes.*Member) (base.*Member)[key] = value;
        } else if constexpr (!field.is_read_only) {
            if (!(changes.*Member).is_unset()) base.*Member = changes.*Member;
        }
    });
    return base;
}

/// Throws InvalidRequest if a field differs that the caller may set, but no update can change. That `after` has the id
/// by which the update is asked for is no change.
template<Described T>
void check_changes(T const& before, T const& after, std::string_view id = {}) {
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
        if constexpr (!field.is_catch_all && !field.is_patchable && !field.is_read_only) {
            using Info = FieldInfo<Member, Descriptor>;
            if constexpr (TextCodable<typename Info::value_type>)
                if (is_identity<T>(Info::wire_name) && after.*Member && to_text(*(after.*Member)) == id) return;
            if (!are_same(before.*Member, after.*Member))
                throw InvalidRequest("an update can't change '" + std::string{field.name} + "'");
        }
    });
}

template<Described T>
void write_difference(JsonWriter& writer, Properties const& before, Properties const& after) {
    for (auto const& [key, value] : before) {
        if (after.contains(key)) continue;
        writer.key(key);
        writer.null();
    }
    for (auto const& [key, value] : after) {
        if (auto const old = before.find(key); old != before.end() && old->second == value) continue;
        check_property_name<T>(key);
        writer.key(key);
        writer.string(value);
    }
}

/// Null for each property that is gone, whether it was a text or not.
template<class Writer>
void write_removals(Writer& writer, Properties const& before, Properties const& after) {
    auto const write = [&](std::string const& key) {
        if (after.contains(key) || after.raw().contains(key)) return;
        writer.key(key);
        writer.null();
    };
    for (auto const& [key, value] : before) write(key);
    for (auto const& [key, value] : before.raw()) write(key);
}

/// A Field that isn't unset.
template<class Info, class Member>
void write_merged_field(JsonWriter& writer, Member const& before, Member const& after) {
    if constexpr (!Info::is_text)
        if (before.has_value() && after.has_value()) return write_merged(writer, *before, *after);
    write_field<Info>(writer, after);
}

/// A member of a T that stands in a field.
template<Described T, class Info, class Member>
void write_merged_member(JsonWriter& writer, Member const& before, Member const& after) {
    if constexpr (Info::is_catch_all) {
        write_removals(writer, before, after);
        write_properties<T>(writer, after, Selection::all);
    } else if constexpr (!Info::is_in_json) {
        return;
    } else if constexpr (!is_field<Member>) {
        writer.key(Info::wire_name);
        write_merged(writer, before, after);
    } else if (!after.is_unset()) {
        writer.key(Info::wire_name);
        write_merged_field<Info>(writer, before, after);
    } else if (!Info::is_read_only && !before.is_unset()) {
        writer.key(Info::wire_name);
        writer.null();
    }
}

/// `after` for a service that merges it into `before` (RFC 7396): in an object null stands for what is gone, however
/// deep it lies. What stays is written, too: a service that replaces the object instead loses nothing.
template<class T>
void write_merged(JsonWriter& writer, T const& before, T const& after) {
    if constexpr (Described<T> && !HasCodec<T>) {
        writer.begin_object();
        for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
            write_merged_member<T, FieldInfo<Member, Descriptor>>(writer, before.*Member, after.*Member);
        });
        writer.end_object();
    } else {
        write_value(writer, after);
    }
}

template<class T, class Less>
void write_merged(JsonWriter& writer, std::map<std::string, T, Less> const& before,
                  std::map<std::string, T, Less> const& after) {
    writer.begin_object();
    for (auto const& [key, value] : before) {
        if (after.contains(key)) continue;
        writer.key(key);
        writer.null();
    }
    for (auto const& [key, value] : after) {
        writer.key(key);
        if (auto const old = before.find(key); old != before.end()) {
            write_merged(writer, old->second, value);
        } else {
            write_value(writer, value);
        }
    }
    writer.end_object();
}

template<class Text>
void write_merged(JsonWriter& writer, BasicProperties<Text> const& before, BasicProperties<Text> const& after) {
    writer.begin_object();
    write_removals(writer, before, after);
    for (auto const& [key, value] : after) {
        writer.key(key);
        writer.string(value);
    }
    write_raw(writer, after);
    writer.end_object();
}

/// The body of an update that sends what has changed: the fields and properties of `after` that differ from `before`
/// and that an update may change; null for those that are gone. A merge goes on in the objects that fields hold.
template<Resource T>
[[nodiscard]] std::string to_changes_body(T const& before, T const& after) {
    return to_body<T>([&](JsonWriter& writer) {
        for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
            using Info = FieldInfo<Member, Descriptor>;
            if constexpr (field.is_catch_all) {
                write_difference<T>(writer, before.*Member, after.*Member);
            } else if constexpr (field.is_patchable) {
                if (are_same(before.*Member, after.*Member)) return;
                writer.key(field.write_name);
                if ((after.*Member).is_unset()) return writer.null();
                if constexpr (T::resource.update == Update::merge) {
                    write_merged_field<Info>(writer, before.*Member, after.*Member);
                } else {
                    write_field<Info>(writer, after.*Member);
                }
            }
        });
    });
}

}  // namespace openstack::detail

// <openstack/patch.hpp>
// RFC 6902 JSON patches: what has changed between two states of a resource, and no more.

namespace openstack {

/// One step of a patch. `value` is JSON notation: a string stands in quotation marks there; the functions write it so.
struct PatchOperation {
    std::string op{};     ///< "add", "replace" or "remove"
    std::string path{};   ///< an RFC 6901 pointer such as /name or /a~1b
    std::string value{};  ///< the new value as JSON; empty for "remove"

    /// Adds a member that isn't there, or replaces one that is; in an array, inserts (RFC 6902 section 4.1).
    template<class T>
    requires Codable<T> || std::convertible_to<T const&, std::string_view>
    [[nodiscard]] static PatchOperation add(std::string path, T const& value) {
        return {"add", std::move(path), value_of(value)};
    }
    /// Replaces a member that is there (RFC 6902 section 4.3).
    template<class T>
    requires Codable<T> || std::convertible_to<T const&, std::string_view>
    [[nodiscard]] static PatchOperation replace(std::string path, T const& value) {
        return {"replace", std::move(path), value_of(value)};
    }
    /// Removes a member that is there (RFC 6902 section 4.2).
    [[nodiscard]] static PatchOperation remove(std::string path) { return {"remove", std::move(path), {}}; }

    bool operator==(PatchOperation const&) const = default;

  private:
    template<class T>
    static std::string value_of(T const& value) {
        if constexpr (Codable<T>)
            return openstack::to_json(value);
        else
            return openstack::to_json(std::string{std::string_view{value}});
    }
};

/// A list of steps that the service takes all or none.
///
/// JsonPatch is the one to use; it is a template so that a program compiles only those functions that it calls.
template<class Operation>
class BasicJsonPatch {
  public:
    BasicJsonPatch() = default;
    /// Throws as push_back does.
    BasicJsonPatch(std::initializer_list<Operation> operations) {
        for (Operation const& each : operations) push_back(each);
    }

    /// Appends a step. Throws InvalidRequest if it isn't one: an unknown `op`, a path that doesn't start with `/`, or a
    /// value that isn't JSON.
    void push_back(Operation operation) {
        bool const is_removal = operation.op == "remove";
        if (!is_removal && operation.op != "add" && operation.op != "replace")
            throw InvalidRequest("a patch operation is add, replace or remove, not '" + operation.op + "'");
        if (!operation.path.starts_with('/')) throw InvalidRequest("the path of a patch operation starts with /");
        if (!is_removal) detail::check_json(operation.value, "the value of a patch operation");
        operations_.push_back(std::move(operation));
    }

    /// The steps, as a range of PatchOperation.
    [[nodiscard]] bool empty() const noexcept { return operations_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return operations_.size(); }
    [[nodiscard]] auto begin() const noexcept { return operations_.begin(); }
    [[nodiscard]] auto end() const noexcept { return operations_.end(); }

    /// Whether it does the same when the service gets it twice: no step removes anything or inserts into an array.
    [[nodiscard]] bool is_repeatable() const {
        for (Operation const& each : operations_)
            if (each.op == "remove" || each.path.find('/', 1) != std::string::npos) return false;
        return true;
    }

    /// The document as it is sent.
    [[nodiscard]] std::string to_json() const {
        detail::JsonWriter writer;
        writer.begin_array();
        for (Operation const& each : operations_) {
            writer.begin_object();
            writer.key("op");
            writer.string(each.op);
            writer.key("path");
            writer.string(each.path);
            if (each.op != "remove") {
                writer.key("value");
                writer.raw(each.value);
            }
            writer.end_object();
        }
        writer.end_array();
        return writer.text();
    }

    bool operator==(BasicJsonPatch const&) const = default;

  private:
    std::vector<Operation> operations_;
};
/// An RFC 6902 document.
using JsonPatch = BasicJsonPatch<PatchOperation>;

namespace detail {

template<class Info, class Member>
void diff_field(JsonPatch& patch, Member const& before, Member const& after) {
    if (are_same(before, after)) return;
    std::string path = '/' + escape_pointer_token(Info::wire_name);
    if (after.is_unset()) {
        patch.push_back(PatchOperation::remove(std::move(path)));
        return;
    }
    JsonWriter writer;
    write_field<Info>(writer, after);
    patch.push_back({before.is_unset() ? "add" : "replace", std::move(path), writer.text()});
}

template<Described T>
void diff_properties(JsonPatch& patch, Properties const& before, Properties const& after) {
    for (auto const& [key, value] : before)
        if (!after.contains(key)) patch.push_back(PatchOperation::remove('/' + escape_pointer_token(key)));
    for (auto const& [key, value] : after) {
        auto const old = before.find(key);
        if (old != before.end() && old->second == value) continue;
        check_property_name<T>(key);
        std::string path = '/' + escape_pointer_token(key);
        patch.push_back(old == before.end() ? PatchOperation::add(std::move(path), value)
                                            : PatchOperation::replace(std::move(path), value));
    }
}

}  // namespace detail

/// The patch that makes `after` of `before`: only the fields that differ and that an update may change. An array
/// changes as a whole; a field that became unset is removed, one that became null is replaced by null.
template<Described T>
[[nodiscard]] JsonPatch diff(T const& before, T const& after) {
    static_assert(detail::has_comparable_fields<T>);
    JsonPatch patch;
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
        if constexpr (field.is_catch_all) {
            detail::diff_properties<T>(patch, before.*Member, after.*Member);
        } else if constexpr (field.is_patchable) {
            detail::diff_field<FieldInfo<Member, Descriptor>>(patch, before.*Member, after.*Member);
        }
    });
    return patch;
}

/// What the service would make of `resource` by `patch`: for tests and previews. Throws InvalidRequest where the
/// service would refuse: a path of more than one token, a field that an update may not change, a property to remove or
/// replace that isn't there; DecodeError for a value of the wrong type.
template<Described T>
[[nodiscard]] T apply(JsonPatch const& patch, T resource) {
    for (PatchOperation const& each : patch) {
        std::optional<std::string> const key = unescape_pointer_token(std::string_view{each.path}.substr(1));
        if (!key || each.path.find('/', 1) != std::string::npos)
            throw InvalidRequest("'" + each.path + "' isn't the path of a field or a property");
        bool is_done = false;
        Properties* properties = nullptr;
        for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
            if constexpr (field.is_catch_all) {
                properties = &(resource.*Member);
            } else if constexpr (field.is_in_json) {
                if (field.wire_name != *key) return;
                is_done = true;
                if constexpr (field.is_patchable) {
                    auto& member = resource.*Member;
                    member.reset();
                    if (each.op != "remove") detail::decode(detail::target(member), each.value, each.path);
                } else {
                    throw InvalidRequest("an update can't change '" + *key + "'");
                }
            }
        });
        if (is_done) continue;
        if (properties == nullptr) throw InvalidRequest("there is no field '" + *key + "'");
        if (each.op != "add" && !properties->contains(*key))
            throw InvalidRequest("there is no property '" + *key + "'");
        if (each.op == "remove") {
            properties->erase(*key);
        } else {
            (*properties)[*key] = from_json<std::string>(each.value, each.path);
        }
    }
    return resource;
}

}  // namespace openstack

// <openstack/query.hpp>
// Query: what a listing is asked for: conditions, order, and how much.

// <openstack/where.hpp>
// where<&Image::size> >= 1: conditions, checked by the compiler against the field's declaration.

namespace openstack {

/// A condition on resources of type R, made by `where<&R::member>`.
template<class R>
struct Filter {
    std::vector<QueryParameter> parameters{};  ///< which say it in a query, not encoded
};

/// A condition on what get() tells of a resource of type R, made by `where<&R::member>` of an OfGet field.
template<class R>
struct GetCondition {
    std::vector<QueryParameter> parameters{};  ///< which say it in a query, not encoded
};

/// A condition on a custom property, made by `property("name")`.
struct PropertyFilter {
    QueryParameter parameter{};  ///< the property's name and the text that it must have
};

namespace detail {

/// The type that a filter compares with: of a list, its elements'.
template<class T>
struct FilterValue {
    using type = T;
};
template<class T>
struct FilterValue<std::vector<T>> {
    using type = T;
};

template<class Operator>
inline constexpr std::string_view operator_prefix = {};
template<>
inline constexpr std::string_view operator_prefix<Eq> = "eq:";
template<>
inline constexpr std::string_view operator_prefix<Neq> = "neq:";
template<>
inline constexpr std::string_view operator_prefix<Lt> = "lt:";
template<>
inline constexpr std::string_view operator_prefix<Lte> = "lte:";
template<>
inline constexpr std::string_view operator_prefix<Gt> = "gt:";
template<>
inline constexpr std::string_view operator_prefix<Gte> = "gte:";

/// One value of an `in:` list. The API-SIG's grammar quotes a value that holds a comma, and has no way to say a quote
/// or a quoted value that ends with a backslash.
inline std::string in_list_value(std::string text) {
    bool const needs_quotes = text.empty() || text.find(',') != std::string::npos;
    if (text.find('"') != std::string::npos || (needs_quotes && text.ends_with('\\')))
        throw InvalidRequest("in() can't say '" + text + "' to the service: filter by == instead");
    return needs_quotes ? '"' + text + '"' : text;
}

/// One value of a list between commas, which has no way to say one that holds a comma itself.
inline std::string comma_separated_value(std::string text) {
    if (text.empty() || text.find(',') != std::string::npos)
        throw InvalidRequest("a filter by a list between commas can't say '" + text + "'");
    return text;
}

}  // namespace detail

/// Conditions on one field: `where<&Image::size> >= 1`. Which operators it has, its declaration says. Write a space
/// before the operator: `>==` and `>>=` would be other tokens. The compiler refuses an operator that the field's
/// Filterable doesn't list, and a value of another type than the field's (of a list: than its elements'); an integer
/// that the field can't hold throws InvalidRequest.
template<auto Member>
class Where {
    using Info = FieldInfo<Member>;
    using Owner = typename detail::MemberPointer<decltype(Member)>::owner;
    using Value = typename detail::FilterValue<typename Info::value_type>::type;
    using Condition = std::conditional_t<Info::options::template has<OfGet>, GetCondition<Owner>, Filter<Owner>>;

  public:
    /// The field has the value, or compares so with it.
    template<class V>
    [[nodiscard]] Condition operator==(V const& value) const {
        return compare<Eq>(value);
    }
    template<class V>
    [[nodiscard]] Condition operator!=(V const& value) const {
        return compare<Neq>(value);
    }
    template<class V>
    [[nodiscard]] Condition operator<(V const& value) const {
        return compare<Lt>(value);
    }
    template<class V>
    [[nodiscard]] Condition operator<=(V const& value) const {
        return compare<Lte>(value);
    }
    template<class V>
    [[nodiscard]] Condition operator>(V const& value) const {
        return compare<Gt>(value);
    }
    template<class V>
    [[nodiscard]] Condition operator>=(V const& value) const {
        return compare<Gte>(value);
    }
    /// The list holds the value. Several such conditions must all hold.
    template<class V>
    [[nodiscard]] Condition contains(V const& value) const {
        return compare<Contains>(value);
    }
    /// The field has one of these values; at least one. Throws InvalidRequest for a text that the service's grammar
    /// can't say in a list (one with a double quote; where the list is CommaSeparated, one with a comma).
    [[nodiscard]] Condition in(std::initializer_list<Value> values) const {
        return in<std::initializer_list<Value>>(values);
    }
    template<class Range>
    requires requires(Range const& range) {
        std::begin(range);
        std::end(range);
    }
    [[nodiscard]] Condition in(Range const& values) const {
        using Element = std::iter_value_t<decltype(std::begin(values))>;
        constexpr bool is_good = check<In, Element>();
        Condition filter;
        if constexpr (is_good) {
            std::string list;
            for (auto const& each : values) {
                std::string text = to_text(*Field<Value>(static_cast<Element const&>(each)));
                if constexpr (Info::options::template has<OperatorPrefix>) {
                    list.append(list.empty() ? "in:" : ",").append(detail::in_list_value(std::move(text)));
                } else if constexpr (Info::options::template has<CommaSeparated>) {
                    list.append(list.empty() ? "" : ",").append(detail::comma_separated_value(std::move(text)));
                } else {
                    filter.parameters.push_back({std::string{Info::query_name}, std::move(text)});
                }
            }
            if (!list.empty()) filter.parameters.push_back({std::string{Info::query_name}, std::move(list)});
            if (filter.parameters.empty()) throw InvalidRequest("in() needs at least one value");
        }
        return filter;
    }

  private:
    template<class Operator, class V>
    static constexpr bool check() {
        constexpr bool has_operator = Info::options::template has_operator<Operator>;
        constexpr bool has_value =
            detail::ValueFor<V const&, Value> && (!std::same_as<Value, bool> || std::same_as<V, bool>);
        static_assert(Info::is_filterable, "openstack: the service can't filter by this field: it isn't Filterable");
        static_assert(!Info::is_filterable || has_operator,
                      "openstack: this field can't be filtered by this operator: its Filterable<...> doesn't list it");
        static_assert(!has_operator || has_value, "openstack: the value of a filter must have the type of its field");
        return has_operator && has_value;
    }

    template<class Operator, class V>
    static Condition compare([[maybe_unused]] V const& value) {
        if constexpr (check<Operator, std::decay_t<V>>()) {
            std::string key{Info::query_name};
            if constexpr (Info::options::template has<MinMax> && std::same_as<Operator, Gte>) key += "_min";
            if constexpr (Info::options::template has<MinMax> && std::same_as<Operator, Lte>) key += "_max";
            std::string text;
            if constexpr (Info::options::template has<OperatorPrefix>) text = detail::operator_prefix<Operator>;
            text += to_text(*Field<Value>(value));
            if constexpr (Info::options::template has<CommaSeparated>) text = detail::comma_separated_value(text);
            return {{{std::move(key), std::move(text)}}};
        } else {
            return {};
        }
    }
};

/// The start of a condition on a field.
template<auto Member>
inline constexpr Where<Member> where{};

/// Conditions on one custom property, made by `property("name")`. A service compares custom properties with `==` alone.
class WhereProperty {
  public:
    explicit WhereProperty(std::string name) : name_(std::move(name)) {}
    /// The property has exactly this text.
    [[nodiscard]] PropertyFilter operator==(std::string_view value) const { return {{name_, std::string{value}}}; }

  private:
    std::string name_;
};

/// The start of a condition on a custom property: `property("os_distro") == "debian"`.
[[nodiscard]] inline WhereProperty property(std::string name) { return WhereProperty{std::move(name)}; }

/// Conditions on the property of a key, made by `property(key)`.
template<class T>
class WherePropertyKey {
  public:
    explicit WherePropertyKey(PropertyKey<T> const& key) : name_(key.name) {}
    /// The property has exactly the text that assigning the value gives it: images whose "yes" stands for true aren't
    /// found by `== true`.
    [[nodiscard]] PropertyFilter operator==(PropertyValue<T> const& value) const { return {{name_, value.text()}}; }

  private:
    std::string name_;
};

/// The start of a condition on the property of a key: `property(hw::cpu_cores) == 4`.
template<class T>
[[nodiscard]] WherePropertyKey<T> property(PropertyKey<T> const& key) {
    return WherePropertyKey<T>{key};
}

}  // namespace openstack

namespace openstack {

/// A sort key, made by `asc<&R::member>` or `desc<&R::member>`.
template<class R>
struct SortKey {
    std::string_view key{};
    std::string_view direction{};  ///< "asc" or "desc"
};

/// How many resources one page of the listing has: a matter of speed, not of what is listed.
struct PageSize {
    std::size_t value = 0;  ///< at least 1; services have a limit of their own, and give fewer then
};
/// How many resources the whole listing gives at most.
struct MaxItems {
    std::size_t value = 0;  ///< 0: none, and nothing is asked for
};
/// Asks for pages of that many resources. A Query throws InvalidRequest for 0.
[[nodiscard]] constexpr PageSize page_size(std::size_t value) { return {value}; }
/// Ends the listing after that many resources.
[[nodiscard]] constexpr MaxItems max_items(std::size_t value) { return {value}; }

namespace detail {

template<auto Member>
constexpr auto sort_key(std::string_view direction) {
    static_assert(is_sortable<Member>, "openstack: the service can't sort by this field: it isn't Sortable");
    return SortKey<typename FieldInfo<Member>::owner>{FieldInfo<Member>::query_name, direction};
}

}  // namespace detail

namespace detail {

/// How R's sort keys are sent.
template<class R>
inline constexpr Sort sort_form = Sort::list;
template<HasResource R>
inline constexpr Sort sort_form<R> = R::resource.sort;

}  // namespace detail

/// Sorts by the field, smallest first. The first key given is the most important.
template<auto Member>
inline constexpr auto asc = detail::sort_key<Member>("asc");
/// Sorts by the field, largest first.
template<auto Member>
inline constexpr auto desc = detail::sort_key<Member>("desc");

/// What a listing of R is asked for: filters, sort keys, page_size and max_items in any order. All filters must hold;
/// the first sort key is the most important one; of page_size and max_items the last one counts.
template<class R>
class Query {
  public:
    /// Everything, in the service's order.
    Query() = default;

    /// What the parts say together; another Query of R may be one of them. Throws InvalidRequest for page_size(0), for
    /// a second sort key where the service heeds one, and for a property() that R can't have: its name is a field's or
    /// a parameter's, or R has no custom properties.
    template<class... Parts>
    requires(sizeof...(Parts) != 1 || !(std::same_as<std::remove_cvref_t<Parts>, Query> && ...))
        Query(Parts const&... parts) {
        (add(parts), ...);
    }

    /// Filters and order, not encoded: all that says which resources are listed.
    [[nodiscard]] std::vector<QueryParameter> conditions() const {
        std::vector<QueryParameter> all = filters_;
        if constexpr (detail::sort_form<R> == Sort::list) {
            std::string keys;
            for (QueryParameter const& each : sort_)
                keys.append(keys.empty() ? "" : ",").append(each.key).append(":").append(each.value);
            if (!keys.empty()) all.push_back({"sort", keys});
        } else {
            for (QueryParameter const& each : sort_) {
                all.push_back({"sort_key", each.key});
                all.push_back({"sort_dir", each.value});
            }
        }
        return all;
    }
    /// The conditions and `limit`, the size of a page.
    [[nodiscard]] std::vector<QueryParameter> parameters() const {
        std::vector<QueryParameter> all = conditions();
        if (page_size_) all.push_back({"limit", std::to_string(*page_size_)});
        return all;
    }
    /// The parameters as they stand in a URL.
    [[nodiscard]] std::string to_string() const { return to_query_string(parameters()); }

    /// What page_size and max_items said; nothing if they weren't given.
    [[nodiscard]] std::optional<std::size_t> page_size() const noexcept { return page_size_; }
    [[nodiscard]] std::optional<std::size_t> max_items() const noexcept { return max_items_; }

  private:
    template<class Other>
    void add(Filter<Other> const& filter) {
        static_assert(std::derived_from<R, Other>,
                      "openstack: this filter is of another resource than the one that is listed");
        detail::append(filters_, filter.parameters);
    }
    template<class Other>
    void add(SortKey<Other> const& key) {
        static_assert(std::derived_from<R, Other>,
                      "openstack: this sort key is of another resource than the one that is listed");
        add_sort_keys({{std::string{key.key}, std::string{key.direction}}});
    }
    void add(PropertyFilter const& filter) {
        bool has_catch_all = false;
        bool is_reserved = false;
        for (std::string_view const each : {"limit", "marker", "sort", "sort_key", "sort_dir"})
            is_reserved = is_reserved || filter.parameter.key == each;
        for_each_field<R>([&](auto field) {
            has_catch_all = has_catch_all || field.is_catch_all;
            std::string_view key = filter.parameter.key;
            if (decltype(field)::options::template has<MinMax> && (key.ends_with("_min") || key.ends_with("_max")))
                key.remove_suffix(4);
            bool const is_parameter = field.header.empty() && (key == field.wire_name || key == field.query_name);
            is_reserved = is_reserved || is_parameter;
        });
        if (!has_catch_all || is_reserved || filter.parameter.key.empty())
            throw InvalidRequest("'" + filter.parameter.key +
                                 "' isn't a custom property: use where<>, asc<>, desc<> or page_size");
        filters_.push_back(filter.parameter);
    }
    void add(PageSize size) {
        if (size.value == 0) throw InvalidRequest("a page has at least one resource");
        page_size_ = size.value;
    }
    void add(MaxItems items) { max_items_ = items.value; }
    template<class Other>
    void add(GetCondition<Other> const&) {
        static_assert(std::is_void_v<Other>,
                      "openstack: the service lists nothing by this field: it is a condition of get()");
    }
    template<class Other>
    void add(Other const&) {
        static_assert(std::is_void_v<Other>,
                      "openstack: a listing takes where<...> with an operator, property(...) == ..., "
                      "asc<...>, desc<...>, page_size(...) and max_items(...)");
    }
    void add(Query const& other) {
        detail::append(filters_, other.filters_);
        add_sort_keys(other.sort_);
        if (other.page_size_) page_size_ = other.page_size_;
        if (other.max_items_) max_items_ = other.max_items_;
    }
    void add_sort_keys(std::vector<QueryParameter> const& keys) {
        detail::append(sort_, keys);
        if (detail::sort_form<R> == Sort::one_pair && sort_.size() > 1)
            throw InvalidRequest("this service sorts by one field");
    }

    std::vector<QueryParameter> filters_;
    std::vector<QueryParameter> sort_;  ///< each key with its direction
    std::optional<std::size_t> page_size_;
    std::optional<std::size_t> max_items_;
};

}  // namespace openstack

// 4 wire

// <openstack/authentication.hpp>
// Authentication: who we are to a cloud, and what the cloud then offers.

// <openstack/http.hpp>
// HTTP as this library needs it: headers, requests, responses, and Transport, the interface that carries them.

namespace openstack {

/// Header fields in their order. Names compare without regard to ASCII case (RFC 9110 section 5.1).
class Headers {
  public:
    /// One of them, as it's written before and after the colon.
    struct Line {
        std::string name{};
        std::string value{};
    };

    Headers() = default;
    /// Throws as `add` does.
    Headers(std::initializer_list<Line> lines) {
        for (Line const& each : lines) add(each.name, each.value);
    }

    /// Appends a line. Throws InvalidRequest if `name` isn't an RFC 9110 token or `value` holds a control character
    /// (CR and LF would start another header); the value itself is never repeated in the message.
    void add(std::string name, std::string value) {
        if (name.empty() || name.find_first_not_of(token_characters) != std::string::npos)
            throw InvalidRequest("a header name may hold only letters, digits and !#$%&'*+-.^_`|~");
        for (char const c : value)
            if (is_control(c)) throw InvalidRequest("the value of header " + name + " holds a control character");
        lines_.push_back({std::move(name), std::move(value)});
    }

    /// Replaces all lines of that name by one. Throws as `add` does.
    void set(std::string name, std::string value) {
        Headers others;
        for (Line const& each : lines_)
            if (!equal_names(each.name, name)) others.lines_.push_back(each);
        others.add(std::move(name), std::move(value));
        lines_ = std::move(others.lines_);
    }

    /// The first value of that name.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const {
        for (Line const& each : lines_)
            if (equal_names(each.name, name)) return each.value;
        return std::nullopt;
    }

    /// All of them.
    [[nodiscard]] std::vector<Line> const& lines() const noexcept { return lines_; }

    /// Whether two header names are the same one.
    [[nodiscard]] static bool equal_names(std::string_view a, std::string_view b) {
        return detail::equal_ignoring_case(a, b);
    }

  private:
    static bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }
    static constexpr char token_characters[] =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    std::vector<Line> lines_;
};

/// How long each phase of one request may take. Zero means without limit.
struct Timeouts {
    std::chrono::milliseconds connect{10'000};   ///< name resolution, TCP and TLS together
    std::chrono::milliseconds stall{60'000};     ///< without a byte moving, while sending or receiving a body
    std::chrono::milliseconds response{60'000};  ///< from the last byte sent until the answer's head is there
    std::chrono::milliseconds total{0};          ///< the whole request; of no use for image data
};

namespace detail {

/// The bytes of a text. std::as_bytes would do, but deducing its span costs a twentieth of including this library.
[[nodiscard]] inline std::span<std::byte const> bytes_of(std::string_view text) {
    return {reinterpret_cast<std::byte const*>(text.data()), text.size()};
}
/// The same, to be written to.
[[nodiscard]] inline std::span<std::byte> writable_bytes_of(std::string& text) {
    return {reinterpret_cast<std::byte*>(text.data()), text.size()};
}

}  // namespace detail

/// Bytes that a request sends. Read by one thread at a time; may throw, which ends the request with that exception.
class Source {
  public:
    Source() = default;
    Source(Source const&) = delete;
    Source& operator=(Source const&) = delete;
    virtual ~Source() = default;

    /// Fills the front of `buffer` and says how many bytes; 0 is the end.
    [[nodiscard]] virtual std::size_t read(std::span<std::byte> buffer) = 0;
    /// How many bytes there are from the start, if known. A source that then gives fewer or more is a SourceError.
    [[nodiscard]] virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
    /// Goes back to the first byte; false if that is impossible.
    [[nodiscard]] virtual bool rewind() { return false; }
    /// What messages call it.
    [[nodiscard]] virtual std::string name() const { return "the source"; }
};

/// One answer. `body` is empty where a consumer took the bytes.
struct Response {
    int status = 0;      ///< of the final answer, not of an interim one (1xx)
    Headers headers{};   ///< without trailers
    std::string body{};  ///< as it was sent; of a refusal, its first 64 KiB
    /// Those that led to it. A transport says if it sent the request again, since a kept connection turned out dead.
    Attempts attempts{};

    /// Whether the status is 2xx.
    [[nodiscard]] bool is_success() const noexcept { return status >= 200 && status < 300; }
};

/// One request, whole and absolute.
struct Request {
    std::string method{"GET"};  ///< capital letters
    std::string url{};          ///< http or https, percent-encoded, without user information
    Headers headers{};          ///< those of the framing (Host, Content-Length, Expect ...) are the transport's
    std::string body{};         ///< sent if `source` is null
    Source* source = nullptr;   ///< streamed as the body; outlives the call
    /// false: must not reach the service twice, so it's never sent on a connection that may be dead. Unset: false for
    /// POST and PATCH, true for the methods that are idempotent (RFC 9110 section 9.2.2).
    std::optional<bool> is_repeatable{};
    std::optional<Timeouts> timeouts{};  ///< unset: the session's, or those of `Timeouts{}`; negative: InvalidRequest
    StopToken stop{};                    ///< ends the request early, which then throws Cancelled
    std::size_t max_body = std::size_t{16} << 20;  ///< of a collected body, in bytes; ResponseTooLarge beyond it
    /// Takes the body of a successful answer piece by piece from the transport, with the answer's status and headers,
    /// instead of its being collected. What it throws ends the request and leaves `send` unchanged.
    Callback<void(Response const& head, std::span<std::byte const> bytes)> consumer{};
    /// Called when a connection fails after the consumer has taken something: changes the headers so that the next
    /// answer goes on from there (RFC 9110 section 14); false if there is no way. Without it the failure ends the call.
    Callback<bool(Headers& headers)> resume{};

    /// Whether the request may reach the service twice.
    [[nodiscard]] bool may_be_repeated() const { return is_repeatable.value_or(method != "POST" && method != "PATCH"); }
};

/// The body of an answer, pulled. Destroying it early closes the connection.
class ResponseStream {
  public:
    ResponseStream() = default;
    ResponseStream(ResponseStream const&) = delete;
    ResponseStream& operator=(ResponseStream const&) = delete;
    virtual ~ResponseStream() = default;

    /// Status and headers; an answer that isn't a success has its (bounded) body here too.
    [[nodiscard]] virtual Response const& head() const = 0;
    /// The next piece, valid until the next call; empty at the end. Throws TransportError.
    [[nodiscard]] virtual std::span<std::byte const> next() = 0;
};

/// Carries requests. Both functions throw TransportError when no complete answer came back; a status of 400 and above
/// is an answer like any other. Safe to call from several threads at once.
class Transport {
  public:
    Transport() = default;
    Transport(Transport const&) = delete;
    Transport& operator=(Transport const&) = delete;
    virtual ~Transport() = default;

    /// Sends, and gives the whole answer.
    [[nodiscard]] virtual Response send(Request const& request) = 0;
    /// Sends, and returns when the answer's head is there; its body is pulled from the stream.
    [[nodiscard]] virtual std::unique_ptr<ResponseStream> open(Request const& request) = 0;
};

}  // namespace openstack

namespace openstack {

/// One entry of a catalog: where a service is.
struct Endpoint {
    std::string service{};     ///< the service's type, such as "image"
    std::string interface_{};  ///< "public", "internal" or "admin"
    std::string region{};      ///< the name of the part of the cloud
    std::string url{};         ///< with or without the API's version at its end; as the catalog has it, so unchecked
    std::string name{};        ///< the service's name, such as "glance"
};

/// What an authentication gives.
struct Authorization {
    std::string token{};              ///< a secret; empty: requests carry none
    std::string project_id{};         ///< that the token is for; empty if it has no scope, or isn't Keystone's
    std::string user_id{};            ///< whose token it is; empty if it isn't Keystone's
    std::vector<Endpoint> catalog{};  ///< where the services are; empty without a scope or Keystone
    /// How long the token is good for, from its issue on; nothing: it isn't known, or without end.
    std::optional<std::chrono::milliseconds> life{};
};

/// A way to be authorized. Derive from it for a method of your own. A session and its copies call `authorize` from one
/// thread at a time; but one that several sessions share is called by each of them, at the same time too, so that it
/// must guard what it changes, as Keystone and FixedToken do.
class Authentication {
  public:
    Authentication() = default;
    Authentication(Authentication const&) = delete;
    Authentication& operator=(Authentication const&) = delete;
    virtual ~Authentication() = default;

    /// Authorizes anew. `transport` sends as the session does, with its retries; what may not be sent twice must say so
    /// (`is_repeatable = false`), a POST too. It mustn't ask the session itself, which waits for the authorization.
    /// Throws Unauthorized if the credentials are refused, TransportError if nobody answers.
    [[nodiscard]] virtual Authorization authorize(Transport& transport) = 0;
    /// Whether authorizing again can give another token after the service has refused the first one.
    [[nodiscard]] virtual bool is_renewable() const { return true; }
};

}  // namespace openstack

// <openstack/curl_transport.hpp>
// CurlTransport: carries requests by libcurl.

// <openstack/curl_exchange.hpp>
// One request and its answer in flight on a libcurl handle, each phase within its time-out.

// <openstack/curl_pool.hpp>
// libcurl handles kept for the next request, with the options that are the same for all requests.

// <openstack/curl.hpp>
// The only header that touches libcurl: a handle with checked options, and libcurl's failures as this library's errors.

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

// <openstack/per_process.hpp>
// PerProcess: state that a child process doesn't inherit.

namespace openstack::detail {

/// A T of this process. In a child process, which fork() made while other threads were anywhere, a lock of the parent's
/// T may stay locked for ever and a connection of its is still the parent's: so the child begins with a new one, and
/// leaves the other alone, also at the end.
template<class T>
class PerProcess {
  public:
    PerProcess() : entry_(new Entry{}) {}
    PerProcess(PerProcess const&) = delete;
    PerProcess& operator=(PerProcess const&) = delete;
    ~PerProcess() {
        if (entry_->process == getpid()) delete entry_;
    }

    /// Safe to call from several threads at once.
    [[nodiscard]] T& get() {
        // The compilers' own atomics: the header of std::atomic is dear to whoever includes this library.
        Entry* entry = __atomic_load_n(&entry_, __ATOMIC_ACQUIRE);
        if (entry->process == getpid()) return entry->value;
        Entry* const fresh = new Entry{};
        if (__atomic_compare_exchange_n(&entry_, &entry, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            return fresh->value;
        delete fresh;  // another thread of the child was faster
        return entry->value;
    }

  private:
    struct Entry {
        pid_t process = getpid();
        T value{};
    };

    Entry* entry_;
};

}  // namespace openstack::detail

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

// <openstack/exchange.hpp>
// The two halves of an exchange, whatever carries it: a body held to its length, and an answer held to its limits.

namespace openstack::detail {

/// How messages name a request.
[[nodiscard]] inline std::string name_of(Request const& request) {
    return request.method + ' ' + one_line(request.url, max_url_shown);
}

/// Throws InvalidRequest for a URL whose rest, or scheme, libcurl would make up for itself. Doesn't repeat it.
inline void check_url(std::string_view url) {
    if (url.find('\0') != url.npos) throw InvalidRequest("the URL holds a NUL");
    if (without_http_scheme(url).empty()) throw InvalidRequest("the URL doesn't begin with http:// or https://");
}

/// The body of a request. Where its source has told its size, exactly that many bytes leave: a shorter or longer one
/// ends the request before its last byte was sent, so that the service never takes for whole what isn't.
class SentBody {
  public:
    /// Throws SourceError if the source says that it's empty but isn't.
    explicit SentBody(Request const& request) : request_(request) {
        if (request.source == nullptr) {
            size_ = request.body.size();
        } else {
            size_ = request.source->size();
            if (size_ == 0u) expect_end();
        }
    }

    /// In bytes, if it's known.
    [[nodiscard]] std::optional<std::uint64_t> size() const noexcept { return size_; }
    /// Whether the source has given its last byte.
    [[nodiscard]] bool is_read() const noexcept { return is_read_; }

    /// Fills the front of `buffer` from the source; 0 is the end. Throws SourceError, and what the source throws.
    std::size_t read(std::span<std::byte> buffer) {
        if (size_)
            buffer = {buffer.data(),
                      static_cast<std::size_t>((std::min<std::uint64_t>)(buffer.size(), *size_ - read_))};
        if (buffer.empty()) return 0;
        std::size_t const bytes = read_some(buffer);
        if (bytes == 0) {
            if (size_) fail("ended after " + std::to_string(read_) + " of " + std::to_string(*size_) + " bytes");
            is_read_ = true;
        }
        read_ += bytes;
        if (read_ == size_) expect_end();
        return bytes;
    }

    /// Goes back to the first byte; false if the source can't.
    bool rewind() {
        if (!request_.source->rewind()) return false;
        read_ = 0;
        is_read_ = false;
        return true;
    }

  private:
    std::size_t read_some(std::span<std::byte> buffer) {
        std::size_t const bytes = request_.source->read(buffer);
        if (bytes > buffer.size()) fail("claims to have read more than there was room for");
        return bytes;
    }

    void expect_end() {
        std::byte one{};
        if (read_some({&one, 1}) != 0) fail("has more than " + std::to_string(*size_) + " bytes");
        is_read_ = true;
    }

    [[noreturn]] void fail(std::string const& what) const {
        throw SourceError(name_of(request_) + ": " + request_.source->name() + ' ' + what);
    }

    Request const& request_;
    std::optional<std::uint64_t> size_;
    std::uint64_t read_ = 0;
    bool is_read_ = false;
};

/// An answer as it arrives, line by line and piece by piece. Interim answers (1xx) and trailers leave no trace in it.
class ReceivedAnswer {
  public:
    /// `request` outlives the answer.
    explicit ReceivedAnswer(Request const& request) : request_(request) {}

    /// Notes that the request leaves; a second time if a connection was dead.
    void note_departure() noexcept { ++departures_; }
    /// What has come so far.
    [[nodiscard]] Response const& response() const noexcept { return response_; }
    /// The same, moved out.
    [[nodiscard]] Response take_response() noexcept { return std::move(response_); }
    /// Whether status and headers are there.
    [[nodiscard]] bool has_head() const noexcept { return has_head_; }
    /// Whether this is a refusal or a redirect. Its head says it all: it stands even if its text doesn't arrive whole.
    [[nodiscard]] bool stands_without_body() const noexcept { return has_head_ && !response_.is_success(); }

    /// Takes the status line, a header line, the empty line after them or a trailer. Throws ProtocolError and
    /// ResponseTooLarge.
    void take_line(std::string_view line) {
        // After a refused Expect (417) the request is repeated without it, and another answer follows.
        if (has_head_ && response_.status != 417) return;
        if (line.ends_with('\n')) line.remove_suffix(1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.starts_with("HTTP/")) return start(line);
        if (line.empty()) return end_head();
        head_bytes_ += line.size();
        if (head_bytes_ > max_head_bytes || response_.headers.lines().size() == max_head_lines)
            throw ResponseTooLarge(name_of(request_) + ": the answer's headers are too large");
        add_header(line);
    }

    /// Takes the next piece of the body; false if no more of it is wanted. Throws ResponseTooLarge, and what the
    /// request's consumer throws.
    bool take_body(std::span<std::byte const> bytes) {
        std::string_view const text{reinterpret_cast<char const*>(bytes.data()), bytes.size()};
        std::string& body = response_.body;
        if (!response_.is_success()) {
            body.append(text.substr(0, max_refusal_kept - body.size()));
            refusal_bytes_ += bytes.size();
            return refusal_bytes_ <= max_refusal_read;
        }
        if (request_.consumer) {
            request_.consumer(response_, bytes);
        } else {
            if (bytes.size() > request_.max_body - body.size())
                throw ResponseTooLarge(name_of(request_) + ": the answer is larger than " +
                                       std::to_string(request_.max_body) + " bytes");
            body.append(text);
        }
        return true;
    }

  private:
    static constexpr std::size_t max_head_lines = 256;
    static constexpr std::size_t max_head_bytes = std::size_t{64} << 10;
    static constexpr std::size_t max_refusal_kept = std::size_t{64} << 10;
    static constexpr std::size_t max_refusal_read = std::size_t{1} << 20;

    static constexpr char digits[] = "0123456789";

    void start(std::string_view line) {
        response_ = {};
        has_head_ = false;
        head_bytes_ = 0;
        std::string_view const code = line.substr((std::min)(line.find(' '), line.size() - 1) + 1).substr(0, 3);
        if (code.size() != 3 || code.find_first_not_of(digits) != code.npos || code < "100" || code > "599")
            fail("has no valid status");
        response_.status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
    }

    void add_header(std::string_view line) {
        constexpr std::string_view blank = " \t";
        std::size_t const colon = line.find(':');
        if (colon == line.npos) fail("has a header line without a colon");
        std::string_view value = line.substr(colon + 1);
        value.remove_prefix((std::min)(value.find_first_not_of(blank), value.size()));
        value = value.substr(0, value.find_last_not_of(blank) + 1);
        try {
            response_.headers.add(std::string{line.substr(0, colon)}, std::string{value});
        } catch (InvalidRequest const&) {
            fail("has a malformed header line");
        }
    }

    void end_head() {
        if (response_.status < 200) return;
        check_length();
        if (departures_ > 1) response_.attempts = {.count = departures_, .is_in_doubt = true};
        has_head_ = true;
    }

    // A length that is no number, and two that differ, leave open where the answer ends (RFC 9112 section 6.3).
    void check_length() const {
        std::optional<std::string_view> const length = response_.headers.find("Content-Length");
        for (Headers::Line const& each : response_.headers.lines()) {
            if (!Headers::equal_names(each.name, "Content-Length")) continue;
            if (each.value.empty() || each.value.size() > 18 ||
                each.value.find_first_not_of(digits) != std::string::npos || each.value != length)
                fail("has no valid length");
        }
    }

    [[noreturn]] void fail(char const* what) const { throw ProtocolError(name_of(request_) + ": the answer " + what); }

    Request const& request_;
    Response response_;
    bool has_head_ = false;
    std::size_t head_bytes_ = 0;
    std::size_t refusal_bytes_ = 0;
    unsigned departures_ = 0;
};

}  // namespace openstack::detail

// <openstack/phase_clock.hpp>
// How long each phase of an exchange may take.

namespace openstack::detail {

/// What an exchange is waiting for.
enum class Phase {
    connect,   ///< the connection; whoever makes it has a clock of its own
    send,      ///< the network, to take more of the request
    response,  ///< the service, to answer what it has received whole
    receive    ///< the network, to bring more of the answer
};

/// Holds a request to its time-outs. Runs on the steady clock, which no change of the system's time disturbs.
class PhaseClock {
  public:
    /// Throws InvalidRequest if a time-out is negative.
    explicit PhaseClock(Request const& request) : request_(request), limits_(request.timeouts.value_or(Timeouts{})) {
        for (Milliseconds each : {limits_.connect, limits_.stall, limits_.response, limits_.total})
            if (each < Milliseconds::zero()) throw InvalidRequest("a time-out is negative");
    }

    /// Bytes of the request have left.
    void note_sent() { sent_ = moved_ = SteadyClock::now(); }
    /// Bytes of the answer have come; or the caller, not the network, took the time until now.
    void note_received() { moved_ = SteadyClock::now(); }

    /// The limits that it goes by.
    [[nodiscard]] Timeouts const& limits() const noexcept { return limits_; }
    /// The time until the nearest limit. Throws TimeoutError if one has passed, Cancelled if the request shall end.
    [[nodiscard]] Milliseconds left(Phase phase) const {
        if (request_.stop.stop_requested()) throw Cancelled(name_of(request_) + ": its stop token ended it");
        Milliseconds const nearest = (std::min)(left("total", limits_.total, started_), left_of(phase));
        return request_.stop.stop_possible() ? (std::min)(nearest, StopToken::interval) : nearest;
    }

  private:
    [[nodiscard]] Milliseconds left_of(Phase phase) const {
        switch (phase) {
            case Phase::send:
                return left("send", limits_.stall, sent_);
            case Phase::response:
                return left("response", limits_.response, sent_);
            case Phase::receive:
                return left("receive", limits_.stall, moved_);
            case Phase::connect:
                break;
        }
        return (Milliseconds::max)();
    }

    [[nodiscard]] Milliseconds left(char const* name, Milliseconds limit, SteadyClock::time_point since) const {
        if (limit == Milliseconds::zero()) return (Milliseconds::max)();
        auto const used = std::chrono::duration_cast<Milliseconds>(SteadyClock::now() - since);
        if (used >= limit)
            throw TimeoutError(name_of(request_) + ": no end within " + std::to_string(limit.count()) + " ms (" + name +
                               ')');
        return limit - used;
    }

    Request const& request_;
    Timeouts limits_;
    SteadyClock::time_point started_ = SteadyClock::now();
    SteadyClock::time_point sent_ = started_;
    SteadyClock::time_point moved_ = started_;  ///< bytes, in either direction
};

}  // namespace openstack::detail

namespace openstack::detail {

/// Carries one request. `request` and what it points to outlive the exchange.
///
/// libcurl calls back into the user's functions, whose exceptions mustn't cross its C frames: `check` throws them.
template<class Options>
class CurlExchange {
  public:
    /// `is_full`, if given, says when no more of the body is wanted before the next step.
    CurlExchange(std::shared_ptr<CurlPool<Options>> pool, Request const& request, Callback<bool()> is_full = {})
        : request_(request),
          body_(request),
          answer_(request),
          clock_(request),
          is_full_(std::move(is_full)),
          pool_(std::move(pool)),
          taken_(pool_->take()),
          handle_(*taken_) {
        set_target();
        set_headers();
        set_body();
        set_callbacks();
        set_times();
        handle_.start();
    }
    CurlExchange(CurlExchange const&) = delete;
    CurlExchange& operator=(CurlExchange const&) = delete;
    ~CurlExchange() {
        if (is_sound_) pool_->give_back(std::move(taken_));
    }

    /// Moves what can be moved, or else waits for the network; false once the exchange has ended, well or not.
    bool step() {
        if (!failure_ && !is_complete_) advance();
        return !failure_ && !is_complete_;
    }

    /// Steps to the end. Throws what has ended the exchange, if that was a failure.
    void run() {
        while (step()) continue;
        check();
    }

    /// Throws what has ended the exchange, if that was a failure.
    void check() const {
        if (failure_) std::rethrow_exception(failure_);
    }

    /// Tells the clock that the caller, not the network, took the time since the last step.
    void resume() { clock_.note_received(); }

    [[nodiscard]] ReceivedAnswer const& answer() const noexcept { return answer_; }
    [[nodiscard]] Response take_response() noexcept { return answer_.take_response(); }

  private:
    void set_target() {
        std::string const& method = request_.method;
        if (method.empty() || method.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos)
            throw InvalidRequest("an HTTP method may hold only capital letters");
        check_url(request_.url);
        handle_.set<CURLOPT_URL>(request_.url.c_str());
        // libcurl repeats any request whose connection turns out dead: harmless, unless it mustn't arrive twice.
        if (!request_.may_be_repeated() || request_.source != nullptr) handle_.set<CURLOPT_FRESH_CONNECT>(1L);
        // That connection would be one more with each. But after an upload's Expect was refused, it's used again.
        if (!request_.may_be_repeated() && request_.source == nullptr) handle_.set<CURLOPT_FORBID_REUSE>(1L);
    }

    void set_headers() {
        for (Headers::Line const& each : request_.headers.lines()) {
            for (char const* name : {"Connection", "Content-Length", "Expect", "Host", "Transfer-Encoding"})
                if (Headers::equal_names(each.name, name))
                    throw InvalidRequest("header " + each.name + " is for the transport to set");
            bool const is_blank = each.value.find_first_not_of(" \t") == std::string::npos;
            lines_.add(is_blank ? each.name + ';' : each.name + ": " + each.value);
        }
        // A name without a value keeps libcurl from adding a line of its own.
        for (char const* name : {"Accept", "Content-Type"})
            if (!request_.headers.find(name)) lines_.add(std::string{name} + ':');
        if (request_.source == nullptr) lines_.add("Expect:");
        handle_.set<CURLOPT_HTTPHEADER>(lines_.get());
    }

    void set_body() {
        std::string const& method = request_.method;
        if (request_.source != nullptr) {
            handle_.set<CURLOPT_UPLOAD>(1L);
            handle_.set<CURLOPT_INFILESIZE_LARGE>(static_cast<curl_off_t>(body_.size().value_or(std::uint64_t(-1))));
        } else if (!request_.body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
            handle_.set<CURLOPT_POST>(1L);
            handle_.set<CURLOPT_POSTFIELDS>(request_.body.data());
            handle_.set<CURLOPT_POSTFIELDSIZE_LARGE>(static_cast<curl_off_t>(request_.body.size()));
        } else {
            handle_.set<CURLOPT_HTTPGET>(1L);
            if (method == "HEAD") handle_.set<CURLOPT_NOBODY>(1L);
        }
        handle_.set<CURLOPT_CUSTOMREQUEST>(method.c_str());
    }

    void set_callbacks() {
        handle_.set<CURLOPT_PREREQDATA>(static_cast<void*>(this));
        handle_.set<CURLOPT_PREREQFUNCTION>(+[](void* self, char*, char*, int, int) noexcept {
            return guarded(self, CURL_PREREQFUNC_ABORT, [](CurlExchange& exchange) {
                exchange.is_connected_ = exchange.has_sent_ = true;
                return exchange.answer_.note_departure(), CURL_PREREQFUNC_OK;
            });
        });
        handle_.set<CURLOPT_READDATA>(static_cast<void*>(this));
        handle_.set<CURLOPT_READFUNCTION>(+[](char* data, std::size_t size, std::size_t count, void* self) noexcept {
            return guarded(self, std::size_t{CURL_READFUNC_ABORT}, [&](CurlExchange& exchange) {
                exchange.has_sent_ = true;
                return exchange.body_.read({reinterpret_cast<std::byte*>(data), size * count});
            });
        });
        handle_.set<CURLOPT_SEEKDATA>(static_cast<void*>(this));
        handle_.set<CURLOPT_SEEKFUNCTION>(+[](void* self, curl_off_t offset, int origin) noexcept {
            return guarded(self, CURL_SEEKFUNC_FAIL, [&](CurlExchange& exchange) {
                bool const is_start = origin == SEEK_SET && offset == 0;
                return is_start && exchange.body_.rewind() ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
            });
        });
        handle_.set<CURLOPT_HEADERDATA>(static_cast<void*>(this));
        handle_.set<CURLOPT_HEADERFUNCTION>(+[](char* data, std::size_t size, std::size_t count, void* self) noexcept {
            return guarded(self, std::size_t{CURL_WRITEFUNC_ERROR}, [&](CurlExchange& exchange) {
                exchange.has_received_ = true;
                exchange.answer_.take_line({data, size * count});
                return size * count;
            });
        });
        handle_.set<CURLOPT_WRITEDATA>(static_cast<void*>(this));
        handle_.set<CURLOPT_WRITEFUNCTION>(+[](char* data, std::size_t size, std::size_t count, void* self) noexcept {
            return guarded(self, std::size_t{CURL_WRITEFUNC_ERROR}, [&](CurlExchange& exchange) {
                exchange.has_received_ = true;
                if (exchange.is_full_ && exchange.is_full_()) {
                    exchange.is_paused_ = true;
                    return std::size_t{CURL_WRITEFUNC_PAUSE};
                }
                bool const goes_on = exchange.answer_.take_body({reinterpret_cast<std::byte*>(data), size * count});
                return goes_on ? size * count : std::size_t{CURL_WRITEFUNC_ERROR};
            });
        });
    }

    template<class Result, class Action>
    static Result guarded(void* self, Result failed, Action action) noexcept {
        CurlExchange& exchange = *static_cast<CurlExchange*>(self);
        try {
            return action(exchange);
        } catch (...) {
            exchange.failure_ = std::current_exception();
            return failed;
        }
    }

    void set_times() {
        Timeouts const& limits = clock_.limits();
        // libcurl shares this time out among the addresses of a host; its own "no limit" means five minutes.
        auto const connect = limits.connect == Milliseconds::zero() ? INT_MAX : limits.connect.count();
        handle_.set<CURLOPT_CONNECTTIMEOUT_MS>(static_cast<long>((std::min<std::int64_t>)(connect, INT_MAX)));
        // A service that doesn't know Expect gets the body anyway, before the wait for its word looks like a stall.
        auto const expect = limits.stall == Milliseconds::zero() ? Milliseconds{1000} : limits.stall / 2;
        handle_.set<CURLOPT_EXPECT_100_TIMEOUT_MS>(
            static_cast<long>((std::max)(Milliseconds{1}, (std::min)(expect, Milliseconds{1000})).count()));
    }

    void advance() {
        try {
            if (std::exchange(is_paused_, false)) handle_.unpause();
            if (!handle_.perform()) return finish();
            bool const has_moved = note_movement();
            Milliseconds const left = clock_.left(phase());
            if (!has_moved) handle_.wait(left);
        } catch (...) {
            end(std::current_exception());
        }
    }

    void finish() {
        CURLcode const code = handle_.result();
        if (failure_) return;
        if (code != CURLE_OK || !answer_.has_head())
            throw_curl_error(code, handle_.text(code), is_connected_, name_of(request_));
        is_complete_ = is_sound_ = true;
    }

    void end(std::exception_ptr failure) {
        if (failure_) return;  // of a callback: it comes first
        is_complete_ = answer_.stands_without_body();
        if (!is_complete_) failure_ = std::move(failure);
    }

    bool note_movement() {
        std::uint64_t const sent = handle_.sent();
        has_sent_ |= sent != sent_;
        sent_ = sent;
        if (has_sent_) clock_.note_sent();
        if (has_received_) clock_.note_received();
        bool const has_moved = has_sent_ || has_received_;
        has_sent_ = has_received_ = false;
        return has_moved;
    }

    [[nodiscard]] Phase phase() const {
        if (!is_connected_) return Phase::connect;
        if (answer_.has_head()) return Phase::receive;
        bool const is_sent = body_.size() ? sent_ >= *body_.size() : body_.is_read();
        return is_sent ? Phase::response : Phase::send;
    }

    Request const& request_;
    SentBody body_;
    ReceivedAnswer answer_;
    PhaseClock clock_;
    Callback<bool()> is_full_;
    std::shared_ptr<CurlPool<Options>> pool_;
    CurlLines lines_;  // libcurl reads them until the handle is stopped
    typename CurlPool<Options>::Pointer taken_;
    CurlHandle& handle_;

    std::exception_ptr failure_;
    bool is_complete_ = false;
    bool is_sound_ = false;
    bool is_paused_ = false;
    bool is_connected_ = false;
    bool has_sent_ = false;
    bool has_received_ = false;
    std::uint64_t sent_ = 0;
};

}  // namespace openstack::detail

namespace openstack {
namespace detail {

/// An answer pulled from libcurl, which reads from the network only within calls of `next`.
template<class Options>
class CurlStream final : public ResponseStream {
  public:
    /// Sends, and returns when the answer's head is there; a refusal's text, too. Throws TransportError.
    CurlStream(std::shared_ptr<CurlPool<Options>> pool, Request request) : request_(std::move(request)) {
        request_.consumer = [this](Response const&, std::span<std::byte const> bytes) {
            arrived_.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
        };
        exchange_.emplace(std::move(pool), request_, [this] { return arrived_.size() >= piece_size; });
        while (!exchange_->answer().has_head() && exchange_->step()) continue;
        while (exchange_->answer().stands_without_body() && exchange_->step()) continue;
        if (!exchange_->answer().has_head()) exchange_->check();
    }

    [[nodiscard]] Response const& head() const override { return exchange_->answer().response(); }

    [[nodiscard]] std::span<std::byte const> next() override {
        given_.clear();
        exchange_->resume();
        while (arrived_.empty() && exchange_->step()) continue;
        if (arrived_.empty()) exchange_->check();
        std::swap(arrived_, given_);
        return bytes_of(given_);
    }

  private:
    static constexpr std::size_t piece_size = std::size_t{128} << 10;  // of what arrives faster than it's taken

    Request request_;
    std::string arrived_;
    std::string given_;
    std::optional<CurlExchange<Options>> exchange_;
};

}  // namespace detail

/// CurlTransport is the one to use: HTTP/1.1 by libcurl, with connections kept open between requests. Redirects are
/// answers, not followed. Safe to call from several threads at once; a child process after fork() opens connections of
/// its own. Streams may outlive the transport.
template<class Options>
class BasicCurlTransport final : public Transport {
  public:
    /// Opens nothing yet: what is wrong with the options shows with the first request. Throws TransportError if libcurl
    /// can't start.
    explicit BasicCurlTransport(Options options = {})
        : pool_(std::make_shared<detail::CurlPool<Options>>(std::move(options))) {
        // Now, so that a transport in a static object is destroyed before libcurl's TLS library ends itself.
        detail::start_curl();
    }

    [[nodiscard]] Response send(Request const& request) override {
        detail::CurlExchange<Options> exchange{pool_, request};
        exchange.run();
        return exchange.take_response();
    }

    [[nodiscard]] std::unique_ptr<ResponseStream> open(Request const& request) override {
        return std::make_unique<detail::CurlStream<Options>>(pool_, request);
    }

  private:
    std::shared_ptr<detail::CurlPool<Options>> pool_;
};
/// Carries requests by libcurl. Both functions throw TransportError's subclasses, InvalidRequest for what can't be
/// sent, and unchanged what the request's source or consumer throws.
using CurlTransport = BasicCurlTransport<TransportOptions>;

}  // namespace openstack

// <openstack/failure.hpp>
// From a service's refusal to an HttpFailure: its words out of JSON, HTML or plain text.

namespace openstack {

namespace detail {

/// Glance: {"message": ...}; Keystone: {"error": {"message": ...}}; Nova: {"badRequest": {"message": ...}}.
struct ErrorBody {
    Field<std::string> message{};
    Properties others{};
    BOOST_DESCRIBE_CLASS(ErrorBody, (), (message, others), (), ())
};

/// The message in a refusal's JSON, however deep it stands; nothing if there is none, or it isn't JSON.
template<Described Body>
std::optional<std::string> message_in_json(std::string const& body) {
    try {
        auto const error = from_json<Body>(body);
        if (error.message) return *error.message;
        for (auto const& [key, json] : error.others.raw())
            if (auto inner = json.starts_with('{') ? message_in_json<Body>(json) : std::nullopt) return inner;
    } catch (DecodeError const&) {
    }
    return std::nullopt;
}

/// Whether a tag begins here: in a plain text `<` is a character like others.
inline bool is_tag(std::string_view html) {
    if (html.size() < 2 || html[0] != '<') return false;
    char const next = html[1];
    bool const is_name = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
    return (is_name || next == '/' || next == '!') && html.find('>') != std::string_view::npos;
}

/// The text without tags, and without the contents of those that show none; entities become characters.
inline std::string without_html(std::string_view html) {
    struct Entity {
        std::string_view text;
        char character;
    };
    constexpr Entity entities[] = {{"&lt;", '<'},   {"&gt;", '>'},   {"&quot;", '"'}, {"&#x27;", '\''},
                                   {"&#39;", '\''}, {"&nbsp;", ' '}, {"&amp;", '&'}};
    std::string text;
    while (!html.empty()) {
        if (is_tag(html)) {
            std::string_view hidden;
            for (std::string_view const each : {"<title", "<style", "<script"})
                if (html.starts_with(each)) hidden = each;
            std::size_t end = html.find('>');
            if (!hidden.empty()) end = html.find('>', html.find("</" + std::string{hidden.substr(1)}));
            html.remove_prefix(end == std::string_view::npos ? html.size() : end + 1);
            text += ' ';
            continue;
        }
        Entity found{html.substr(0, 1), html.front()};
        for (Entity const& each : entities)
            if (html.starts_with(each.text)) found = each;
        text += found.character;
        html.remove_prefix(found.text.size());
    }
    return text;
}

/// The words of a text, in one line of at most 1,000 bytes: how they were set apart is of no use in a message.
inline std::string words_of(std::string_view text) {
    constexpr std::size_t enough = 1000;
    std::string words;
    for (char const c : text) {
        bool const is_blank = c == ' ' || is_control({&c, 1});
        if (!is_blank)
            words += c;
        else if (!words.ends_with(' ') && !words.empty())
            words += ' ';
    }
    if (words.ends_with(' ')) words.pop_back();
    return one_line(words, enough);
}

/// `text` with each occurrence of the secret hidden: services quote what they don't understand.
template<class Text = std::string>
[[nodiscard]] Text hide(Text text, std::string_view secret) {
    constexpr std::string_view mark = "(hidden)";
    if (secret.empty()) return text;
    for (std::size_t at = text.find(secret); at != text.npos; at = text.find(secret, at + mark.size()))
        text.replace(at, secret.size(), mark);
    return text;
}

}  // namespace detail

/// What `response` says about `request`, of which `hide` takes a text and gives it without secrets. It's called last:
/// what a service quotes, it may have written with the escapes of JSON and HTML. Body is what is read of the JSON.
template<Described Body = detail::ErrorBody, class Hide>
[[nodiscard]] HttpFailure failure_of(Request const& request, Response const& response, Hide hide) {
    HttpFailure failure{
        .status = response.status, .method = request.method, .url = request.url, .attempts = response.attempts};
    std::string const id{response.headers.find("X-Openstack-Request-Id").value_or("")};
    failure.request_id = detail::words_of(hide(id));
    std::string const text = detail::message_in_json<Body>(response.body).value_or(response.body);
    failure.text = detail::words_of(hide(detail::without_html(text)));
    if (auto const location = response.headers.find("Location");
        location && response.status >= 300 && response.status < 400)
        failure.text = "this redirect isn't followed: it leads to " +
                       detail::words_of(hide(std::string{location->substr(0, location->find_first_of("?#"))}));
    return failure;
}

/// The same, without the request's token.
template<Described Body = detail::ErrorBody>
[[nodiscard]] HttpFailure failure_of(Request const& request, Response const& response) {
    std::string_view const token = request.headers.find("X-Auth-Token").value_or("");
    return failure_of<Body>(request, response, [&](std::string text) { return detail::hide(std::move(text), token); });
}

}  // namespace openstack

// <openstack/hash.hpp>
// Hashes by name. The only header of openstack.hpp that touches OpenSSL.

// What is used of OpenSSL's libcrypto, declared as <openssl/evp.h> has it since 1.1.0 (a test compares them). That
// header has all that OpenSSL can, and costs the compiler a twenty-fifth of what this whole library does.
extern "C" {
typedef struct evp_md_ctx_st EVP_MD_CTX;
typedef struct evp_md_st EVP_MD;
typedef struct engine_st ENGINE;
EVP_MD_CTX* EVP_MD_CTX_new(void);
void EVP_MD_CTX_free(EVP_MD_CTX*);
int EVP_MD_CTX_copy_ex(EVP_MD_CTX*, EVP_MD_CTX const*);
EVP_MD const* EVP_get_digestbyname(char const*);
int EVP_DigestInit_ex(EVP_MD_CTX*, EVP_MD const*, ENGINE*);
int EVP_DigestUpdate(EVP_MD_CTX*, void const*, std::size_t);
int EVP_DigestFinal_ex(EVP_MD_CTX*, unsigned char*, unsigned int*);
}

namespace openstack {

/// The hash of all bytes it was given. Used by one thread at a time.
class Hasher {
  public:
    /// `algorithm` as the service names it: md5, sha1, sha256, sha384, sha512, sha3_256, blake2b ... Throws Error if
    /// OpenSSL doesn't have it, or isn't allowed to use it (md5 under FIPS).
    explicit Hasher(std::string_view algorithm) : Hasher() {
        if (!start(algorithm)) throw Error("the hash algorithm " + std::string{algorithm} + " isn't available");
    }

    Hasher(Hasher&& other) noexcept : context_(std::exchange(other.context_, nullptr)) {}
    Hasher& operator=(Hasher&& other) noexcept {
        std::swap(context_, other.context_);
        return *this;
    }
    ~Hasher() { EVP_MD_CTX_free(context_); }

    /// Whether a Hasher of that name can be made.
    [[nodiscard]] static bool supports(std::string_view algorithm) { return Hasher{}.start(algorithm); }

    /// Takes the next bytes. Throws Error if OpenSSL fails.
    void update(std::span<std::byte const> bytes) { check(EVP_DigestUpdate(context_, bytes.data(), bytes.size())); }

    /// The hash of the bytes so far in lower-case hexadecimal digits. More may follow.
    [[nodiscard]] std::string hex_digest() const {
        Hasher ended;
        check(EVP_MD_CTX_copy_ex(ended.context_, context_));
        unsigned char digest[64]{};  // EVP_MAX_MD_SIZE
        unsigned int size = 0;
        check(EVP_DigestFinal_ex(ended.context_, digest, &size));
        std::string text;
        for (unsigned int i = 0; i < size; ++i) {
            text += "0123456789abcdef"[digest[i] >> 4];
            text += "0123456789abcdef"[digest[i] & 15];
        }
        return text;
    }

  private:
    Hasher() : context_(EVP_MD_CTX_new()) {
        if (context_ == nullptr) throw std::bad_alloc{};
    }

    bool start(std::string_view algorithm) {
        // The service has its names from Python's hashlib; OpenSSL spells some of them differently.
        std::string name{algorithm};
        for (char& c : name)
            if (c == '_') c = '-';
        if (name == "blake2b") name = "blake2b512";
        if (name == "blake2s") name = "blake2s256";
        EVP_MD const* const known = EVP_get_digestbyname(name.c_str());
        return known != nullptr && EVP_DigestInit_ex(context_, known, nullptr) == 1;
    }

    static void check(int result) {
        if (result != 1) throw Error("OpenSSL can't compute a hash");
    }

    EVP_MD_CTX* context_;
};

}  // namespace openstack

// <openstack/log.hpp>
// An observer that writes what `curl -v` would.

// <openstack/observer.hpp>
// Observer: a function that is told what happens to requests, without secrets.

namespace openstack {

/// What has happened.
enum class EventKind {
    request,  ///< an attempt begins: `headers` are those of the request
    answer,   ///< it ended with an answer: `status`, `request_id`, `elapsed` and `headers`, those of the answer
    failure,  ///< it ended without one: `elapsed`, and why in `text`
    wait,     ///< the next attempt begins later: how much, and why, in `text`
    warning   ///< something about the session that its user should know, in `text`
};

/// One step of a call. What isn't named at its kind is empty.
struct Event {
    EventKind kind{};
    std::string method{};
    std::string url{};
    unsigned attempt = 0;  ///< 1 is the first
    int status = 0;
    std::chrono::milliseconds elapsed{};  ///< since the attempt began, the consumption of a body included
    std::string request_id{};             ///< by which the service's operators find the request
    Headers headers{};                    ///< of those that could hold a secret, the value is `(hidden)`
    std::string text{};                   ///< one line
};

/// Called from the threads that make the calls, by several at once. What it throws is ignored. It mustn't send by the
/// session that it observes: within the renewal of a token that would wait for itself.
using Observer = Callback<void(Event const& event)>;

namespace detail {

/// The headers with the values of those that are known to be harmless.
template<class Lines = Headers>
[[nodiscard]] Lines without_secrets(Lines const& headers) {
    constexpr std::string_view harmless[] = {"Accept",
                                             "Cache-Control",
                                             "Connection",
                                             "Content-Length",
                                             "Content-MD5",
                                             "Content-Range",
                                             "Content-Type",
                                             "Date",
                                             "Expect",
                                             "Host",
                                             "OpenStack-API-Version",
                                             "OpenStack-Image-Import-Methods",
                                             "OpenStack-Image-Store-Ids",
                                             "Range",
                                             "Retry-After",
                                             "Server",
                                             "Transfer-Encoding",
                                             "User-Agent",
                                             "Vary",
                                             "WWW-Authenticate",
                                             "X-Image-Meta-Store",
                                             "X-Openstack-Image-Size",
                                             "X-Openstack-Request-Id"};
    Lines shown;
    for (auto const& each : headers.lines()) {
        bool is_harmless = false;
        for (std::string_view const name : harmless) is_harmless |= Lines::equal_names(each.name, name);
        shown.add(each.name, is_harmless ? each.value : "(hidden)");
    }
    return shown;
}

/// Tells the observer, if there is one.
template<class Watcher = Observer>
void tell(Watcher const& observer, Event const& event) noexcept {
    try {
        if (observer) observer(event);
    } catch (...) {  // who watches mustn't change what happens
    }
}

/// One attempt under the eyes of an observer. Costs nothing without one.
template<class Watcher = Observer>
class Watch {
  public:
    /// All of them outlive it.
    Watch(Watcher const& observer, Clock& clock, Request const& request, unsigned attempt)
        : observer_(observer), clock_(clock), request_(request), attempt_(attempt) {}

    /// Reports that the attempt begins. Of one that hasn't begun nothing is reported.
    void begin() {
        if (!observer_) return;
        has_begun_ = true;
        event_ = {.kind = EventKind::request, .method = request_.method, .url = request_.url, .attempt = attempt_};
        started_ = clock_.now();
        Event event = event_;
        event.headers = without_secrets(request_.headers);
        tell(observer_, event);
    }

    /// Reports that it ended with that answer.
    void report(Response const& answer) const {
        if (!has_begun_) return;
        Event event = ended(EventKind::answer);
        event.status = answer.status;
        event.request_id = answer.headers.find("X-Openstack-Request-Id").value_or("");
        event.headers = without_secrets(answer.headers);
        tell(observer_, event);
    }
    /// Reports that it ended by the exception that is being handled.
    void report_failure() const {
        if (!has_begun_) return;
        Event event = ended(EventKind::failure);
        try {
            throw;
        } catch (std::exception const& failure) {
            event.text = one_line(failure.what());
        } catch (...) {
            event.text = "an exception of the program's own";
        }
        tell(observer_, event);
    }
    /// Reports that another one follows after that time.
    void report_wait(Milliseconds delay, std::string const& why, std::string const& name) const {
        if (!has_begun_) return;
        Event event = event_;
        event.kind = EventKind::wait;
        event.text = "waiting " + std::to_string(delay.count()) + " ms " + why + ", then again " + name;
        tell(observer_, event);
    }

  private:
    [[nodiscard]] Event ended(EventKind kind) const {
        Event event = event_;
        event.kind = kind;
        event.elapsed = std::chrono::duration_cast<Milliseconds>(clock_.now() - started_);
        return event;
    }

    Watcher const& observer_;
    Clock& clock_;
    Request const& request_;
    unsigned attempt_;
    bool has_begun_ = false;
    Event event_{};
    Clock::TimePoint started_{};
};

}  // namespace detail
}  // namespace openstack

namespace openstack {

/// An observer that writes each event to a std::ostream: requests after `>`, answers after `<`, all else after `*`.
/// Bodies aren't written, nor are headers that could hold a secret. The stream outlives the session; each event is one
/// call of its `write`, which is safe for std::cerr and std::clog, from several threads, too.
///
/// `config.session.observer = openstack::log_to(std::clog);`
template<class Stream>
[[nodiscard]] Observer log_to(Stream& output) {
    return [&output](Event const& event) {
        std::string text;
        char const* const mark = event.kind == EventKind::request  ? "> "
                                 : event.kind == EventKind::answer ? "< "
                                                                   : "* ";
        auto const line = [&](std::string const& words) {
            text.append(mark).append(detail::one_line(words, std::size_t{4} << 10)) += '\n';
        };
        std::string const attempt = event.attempt > 1 ? " (attempt " + std::to_string(event.attempt) + ')' : "";
        std::string const request = event.method + ' ' + event.url + attempt;
        std::string const elapsed = " after " + std::to_string(event.elapsed.count()) + " ms";
        switch (event.kind) {
            case EventKind::request:
                line(request);
                break;
            case EventKind::answer:
                line(std::to_string(event.status) + elapsed + ": " + request);
                break;
            case EventKind::failure:
                line("failed" + elapsed + ": " + event.text + attempt);
                break;
            case EventKind::wait:
            case EventKind::warning:
                line(event.text);
                break;
        }
        for (auto const& each : event.headers.lines()) line(each.name + ": " + each.value);
        output.write(text.data(), static_cast<std::streamsize>(text.size()));
    };
}

}  // namespace openstack

// <openstack/session.hpp>
// Session: requests to a cloud's services, with endpoint and token found for them, refusals thrown as HttpError.

// <openstack/catalog.hpp>
// Finding a service in a cloud's catalog.

// <openstack/service_types.hpp>
// The names under which catalogs have one and the same service (OpenStack's Service Types Authority).

namespace openstack::detail {

/// One service.
struct ServiceType {
    char const* names[5];  ///< its type today, then those that catalogs had or have beside it, the best first
};
/// All services that the Authority knows, and what catalogs call some of them beside that.
inline constexpr ServiceType service_types[] = {
    {{"image", "glance"}},
    {{"accelerator"}},
    {{"admin-logic"}},
    {{"alarm", "alarming"}},
    {{"application-catalog"}},
    {{"application-container", "container"}},
    {{"application-deployment", "application_deployment"}},
    {{"backup"}},
    {{"bare-metal", "baremetal"}},
    {{"bare-metal-introspection", "baremetal-introspection"}},
    {{"block-storage", "volumev3", "volumev2", "volume", "block-store"}},
    {{"clustering", "resource-cluster", "cluster"}},
    {{"compute"}},
    {{"container-infrastructure-management", "container-infra", "container-infrastructure"}},
    {{"data-processing"}},
    {{"data-protection-orchestration"}},
    {{"database"}},
    {{"dns"}},
    {{"ec2-api"}},
    {{"event", "events"}},
    {{"function-engine", "function_engine"}},
    {{"identity"}},
    {{"instance-ha", "ha"}},
    {{"key-manager"}},
    {{"load-balancer"}},
    {{"message", "messaging"}},
    {{"meter", "metering", "telemetry"}},
    {{"monitoring"}},
    {{"monitoring-events"}},
    {{"monitoring-logging", "monitoring-log-api"}},
    {{"multi-region-network-automation", "tricircle"}},
    {{"network"}},
    {{"nfv-orchestration"}},
    {{"object-store", "object-storage"}},
    {{"operator-policy", "policy"}},
    {{"orchestration"}},
    {{"placement"}},
    {{"rating"}},
    {{"reservation"}},
    {{"resource-optimization", "infra-optim"}},
    {{"root-cause-analysis", "rca"}},
    {{"search"}},
    {{"shared-file-system", "sharev2", "share"}},
    {{"workflow", "workflowv2"}},
};

/// The types under which to look for a service: the one that was asked for, then its others.
template<class Name = std::string_view>
[[nodiscard]] std::vector<Name> names_of_service(Name type) {
    std::vector<Name> names{type};
    for (ServiceType const& each : service_types) {
        bool is_it = false;
        for (char const* const name : each.names) is_it |= name != nullptr && name == type;
        if (!is_it) continue;
        for (char const* const name : each.names)
            if (name != nullptr && name != type) names.push_back(name);
    }
    return names;
}

/// Whether some service has that type or other name, written as in the keys of configurations: with `_` for `-`.
template<class Name = std::string_view>
[[nodiscard]] bool is_service(Name key) {
    for (ServiceType const& each : service_types)
        for (char const* const each_name : each.names) {
            Name const name = each_name == nullptr ? Name{} : Name{each_name};
            bool is_it = !name.empty() && name.size() == key.size();
            for (std::size_t i = 0; is_it && i < key.size(); ++i)
                is_it = name[i] == key[i] || (name[i] == '-' && key[i] == '_');
            if (is_it) return true;
        }
    return false;
}

}  // namespace openstack::detail

namespace openstack::detail {

/// Which endpoint of a catalog is wanted.
struct Wanted {
    std::string_view service{};                  ///< its type, or another name of it
    std::string_view name{};                     ///< empty: whatever the service's name
    std::string_view region{};                   ///< empty: any
    std::vector<std::string> const& interfaces;  ///< the best first
};

/// Whether a catalog's interface is that one: it may be written as the attribute of a URL, such as "publicURL".
[[nodiscard]] inline bool is_interface(std::string_view name, std::string_view wanted) {
    if (wanted.ends_with("URL")) wanted.remove_suffix(3);
    if (name.ends_with("URL")) name.remove_suffix(3);
    return name == wanted;
}

/// The URL of the endpoint: that of the best interface, and among these of the best name of the service. Throws
/// EndpointNotFound, with what there is.
template<class Catalog = std::vector<Endpoint>>
[[nodiscard]] std::string find_endpoint(Catalog const& catalog, Wanted const& wanted) {
    std::vector<std::string_view> const names = names_of_service(wanted.service);
    for (std::string const& interface_ : wanted.interfaces)
        for (std::string_view const name : names)
            for (Endpoint const& each : catalog) {
                bool const is_it = each.service == name && is_interface(each.interface_, interface_) &&
                                   (wanted.region.empty() || each.region == wanted.region) &&
                                   (wanted.name.empty() || each.name == wanted.name);
                if (!is_it) continue;
                std::string_view const problem = endpoint_problem(each.url);
                if (problem.empty()) return each.url;
                throw EndpointNotFound("the catalog's " + each.interface_ + " endpoint for the service '" +
                                       each.service + "' can't be used: it " + std::string{problem});
            }
    std::vector<std::string> others;
    for (Endpoint const& each : catalog)
        others.push_back(each.service + " (" + each.interface_ + ", " + each.region + ')');
    std::string text = "the catalog has no " + comma_list(wanted.interfaces) + " endpoint for the service '" +
                       std::string{wanted.service} + "'";
    if (!wanted.name.empty()) text += " with the name '" + std::string{wanted.name} + "'";
    if (!wanted.region.empty()) text += " in region " + std::string{wanted.region};
    throw EndpointNotFound(
        text + "; it has " +
        (others.empty() ? "none at all: the token has no scope, or isn't Keystone's" : comma_list(others)));
}

}  // namespace openstack::detail

// <openstack/courier.hpp>
// Courier: brings a request to a service and an answer back: within the limits, again where that may help, and watched.

// <openstack/gate.hpp>
// Gate: how many requests go to one service at a time, and how many in a second.

// <openstack/limits.hpp>
// What ends a call early: its deadline and its stop token; and waiting that heeds both.

namespace openstack::detail {

/// Until when a call may go on. CallLimits is the one to use; it is a template so that a program compiles it only where
/// it calls.
template<class Time>
struct BasicCallLimits {
    /// Of a call that begins now. A `longest` of 0, or of centuries, is no deadline.
    BasicCallLimits(Time& time, StopToken token, Milliseconds longest)
        : clock(time), stop(std::move(token)), deadline((Time::TimePoint::max)()) {
        if (longest > Milliseconds::zero() && longest < century) deadline = clock.now() + longest;
    }

    Time& clock;
    StopToken stop;
    typename Time::TimePoint deadline;

    /// What is left, rounded up; the longest time there is if there is no deadline.
    [[nodiscard]] Milliseconds left() const {
        if (deadline == (Time::TimePoint::max)()) return (Milliseconds::max)();
        return std::chrono::ceil<Milliseconds>((std::max)(deadline - clock.now(), Time::TimePoint::duration::zero()));
    }

    /// Throws Cancelled if the call shall end, and TimeoutError if its time is over. `what` names the call.
    void check(std::string_view what) const {
        if (stop.stop_requested()) throw Cancelled(std::string{what} + ": its stop token ended it");
        if (left() == Milliseconds::zero())
            throw TimeoutError(std::string{what} + ": its deadline has passed (total)", Repetition::useless);
    }

    /// Sleeps for that time. Throws as `check` does as soon as that is so.
    void wait(Milliseconds duration, std::string_view what) const {
        for (auto const end = clock.now() + (std::min)(duration, Milliseconds{century});;) {
            check(what);
            auto const rest = std::chrono::ceil<Milliseconds>(end - clock.now());
            if (rest <= Milliseconds::zero()) return;
            Milliseconds const step = (std::min)(rest, left());
            clock.sleep(stop.stop_possible() ? (std::min)(step, StopToken::interval) : step);
        }
    }

  private:
    static constexpr std::chrono::hours century{24 * 365 * 100};  // more than that overflows somewhere
};
using CallLimits = BasicCallLimits<Clock>;

}  // namespace openstack::detail

namespace openstack::detail {

/// Lets requests through. Safe to use from several threads at once.
template<class Limits = CallLimits>
class Gate {
  public:
    /// At most `rate` a second, evenly spread, and `concurrency` at a time; 0 is without limit.
    Gate(double rate, unsigned concurrency) : rate_(rate), concurrency_(concurrency) {}

    /// The way through, open as long as it lives.
    class Pass {
      public:
        /// Through a gate that was entered, when its turn has come.
        Pass(Gate& gate, Limits const& limits, std::string_view what) : Pass(gate) {
            gate.wait_for_turn(limits, what);  // if that throws, the destructor still leaves
        }
        Pass(Pass const&) = delete;
        Pass& operator=(Pass const&) = delete;
        ~Pass() { gate_->leave(); }

      private:
        explicit Pass(Gate& gate) : gate_(&gate) {}

        Gate* gate_;
    };

    /// Waits for the way through. Throws as CallLimits::check does.
    [[nodiscard]] Pass enter(Limits const& limits, std::string_view what) {
        // Whoever waits looks again: the header of a condition variable costs too much for what is seldom needed.
        for (Milliseconds pause{1}; !try_enter(); pause = (std::min)(pause * 2, longest_pause))
            limits.wait(pause, what);
        return Pass(*this, limits, what);
    }

  private:
    static constexpr Milliseconds longest_pause{10};

    struct Traffic {
        std::mutex mutex;
        unsigned inside = 0;
        Clock::TimePoint next{};  ///< when the next may start
    };

    bool try_enter() {
        if (concurrency_ == 0) return true;
        Traffic& traffic = traffic_.get();
        std::lock_guard const lock{traffic.mutex};
        if (traffic.inside >= concurrency_) return false;
        ++traffic.inside;
        return true;
    }

    void leave() {
        if (concurrency_ == 0) return;
        Traffic& traffic = traffic_.get();
        std::lock_guard const lock{traffic.mutex};
        if (traffic.inside > 0) --traffic.inside;  // 0 in a child process that has left what its parent entered
    }

    /// A turn is taken only by who has the time to wait for it, and the last one is given back by who gives up.
    void wait_for_turn(Limits const& limits, std::string_view what) {
        if (!(rate_ > 0)) return;
        constexpr double day = 86'400e9;
        std::chrono::nanoseconds const apart{static_cast<long long>((std::min)(1e9 / rate_, day))};
        Traffic& traffic = traffic_.get();
        auto const now = limits.clock.now();
        auto turn = now;
        {
            std::lock_guard const lock{traffic.mutex};
            turn = (std::max)(now, traffic.next);
            if (turn >= limits.deadline)
                throw TimeoutError(std::string{what} + ": its turn comes after its deadline (total)",
                                   Repetition::useless);
            traffic.next = turn + apart;
        }
        try {
            limits.wait(std::chrono::ceil<Milliseconds>(turn - now), what);
        } catch (...) {
            std::lock_guard const lock{traffic.mutex};
            if (traffic.next == turn + apart) traffic.next = turn;
            throw;
        }
    }

    double rate_;
    unsigned concurrency_;
    PerProcess<Traffic> traffic_;
};

}  // namespace openstack::detail

// <openstack/redirect.hpp>
// Redirects, followed only where they can do no harm: within the origin that the token is for.

namespace openstack::detail {

/// Where the answer leads and the request may follow (RFC 9110 section 15.4): a GET or HEAD, to the same scheme, host
/// and port, since its headers hold a token. Empty otherwise.
template<class Answer = Response>
[[nodiscard]] std::string redirect_target(Request const& request, Answer const& answer) {
    bool const is_redirect = answer.status == 301 || answer.status == 302 || answer.status == 303 ||
                             answer.status == 307 || answer.status == 308;
    bool const is_safe = request.method == "GET" || request.method == "HEAD";
    if (!is_redirect || !is_safe) return {};
    std::string target = resolve_link(request.url, answer.headers.find("Location").value_or(""));
    std::string const origin = origin_of(request.url);
    return !origin.empty() && origin_of(target) == origin ? target : std::string{};  // two that are none aren't one
}

}  // namespace openstack::detail

// <openstack/retry.hpp>
// Whether to send a request again, and after which wait.

// <openstack/retry_after.hpp>
// How long a service asks to be left alone: the header Retry-After (RFC 9110 section 10.2.3).

namespace openstack::detail {

/// The wait that the answer asks for: seconds, or the time from now until a date, where now is what the service's own
/// header Date says, or else `unix_time`. Zero if it asks for none, for a time that has passed, or in no form that
/// there is. Very long ones are cut to a year.
template<class Answer = Response>
[[nodiscard]] Milliseconds retry_after(Answer const& answer, long long unix_time) {
    constexpr long long longest = 365 * 86'400LL;
    std::string const text{answer.headers.find("Retry-After").value_or("")};
    long long seconds = 0;
    if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos) {
        for (char const c : text) seconds = (std::min)(seconds * 10 + (c - '0'), longest);
    } else if (text.find_first_of("JFMASOND") != std::string::npos) {  // a month
        long long const now = http_date(std::string{answer.headers.find("Date").value_or("")});
        seconds = http_date(text) - (now < 0 ? unix_time : now);
    }
    return std::chrono::seconds{(std::max)(0LL, (std::min)(seconds, longest))};
}

}  // namespace openstack::detail

// <openstack/session_options.hpp>
// What a session is told beside its credentials: where the services are, how often to try, how much at once.

namespace openstack {

/// When a request that failed is sent again. One that isn't safe to repeat is sent again only if it surely had no
/// effect: if it never left, or the service refused it for the moment.
struct RetryOptions {
    unsigned connect_retries = 3;      ///< after failures of the connection
    unsigned status_code_retries = 3;  ///< after answers with one of these:
    std::vector<int> retriable_status_codes{408, 429, 500, 502, 503, 504};
    /// The wait before the first retry, doubled with each further one; of each a random half at most is left out.
    std::chrono::milliseconds first_delay{500};
    std::chrono::milliseconds max_delay{30'000};          ///< the longest of these waits
    std::chrono::milliseconds max_retry_after{60'000};    ///< a service that asks for a longer wait isn't waited for
    std::chrono::milliseconds connect_retry_delay{};      ///< a fixed wait after failures; 0: as above
    std::chrono::milliseconds status_code_retry_delay{};  ///< a fixed wait after answers; 0: as above
};

/// For sessions that shall try everything once.
inline RetryOptions const no_retries{.connect_retries = 0, .status_code_retries = 0};

/// What is special about one service. Empty means: as the session's options say.
struct ServiceOptions {
    std::string endpoint{};                 ///< instead of the catalog's; `%(project_id)s` in it is replaced
    std::string type{};                     ///< what this cloud's catalog calls the service
    std::string name{};                     ///< of several services of that type, the one with this name
    std::string region{};                   ///< of the catalog's endpoints
    std::vector<std::string> interfaces{};  ///< of the catalog's endpoints, the best first
    std::string microversion{};             ///< sent as OpenStack-API-Version with each request
    std::optional<RetryOptions> retries{};
    double rate_limit = 0;     ///< requests a second at most, each attempt being one; 0: as the session's options say
    unsigned concurrency = 0;  ///< requests at a time at most; 0: as the session's options say
};

/// What a session is told beside its credentials.
struct SessionOptions {
    std::string region{};                   ///< of the catalog's endpoints; empty: the first that fits
    std::vector<std::string> interfaces{};  ///< of the catalog's endpoints, the best first; empty: "public"
    std::string endpoint{};                 ///< of every service, without a look into the catalog
    /// By the service's type, such as "image", or another name of it.
    std::map<std::string, ServiceOptions, std::less<>> services{};
    Timeouts timeouts{};  ///< of each attempt
    /// Of a whole call: all attempts, the waits between them and a renewal of the token. Image data has none.
    std::chrono::milliseconds deadline{300'000};
    RetryOptions retries{};
    double rate_limit = 0;  ///< requests a second to each service, each attempt being one; 0: without limit
    /// Requests at a time to each service; 0: without limit. A request whose consumer or source sends another one stays
    /// among them, so with 1 that one would wait for it until the deadline. A pulled answer counts until its head.
    unsigned concurrency = 0;
    /// What every request says it comes from.
    std::string user_agent = "openstack-cpp/" + std::to_string(OPENSTACK_VERSION_MAJOR) + '.' +
                             std::to_string(OPENSTACK_VERSION_MINOR) + '.' + std::to_string(OPENSTACK_VERSION_PATCH);
    /// Sent as X-Openstack-Request-Id with every request, so that the logs of all services show what belongs together:
    /// `req-` and a UUID.
    std::string global_request_id{};
    Observer observer{};             ///< is told of each attempt: `log_to(std::clog)`, or a function of your own
    std::shared_ptr<Clock> clock{};  ///< null: the real one
};

/// What is special about some of a session's calls. It holds for each request, also the deadline: a listing's pages are
/// one each, and so are the steps of an upload.
struct CallOptions {
    std::optional<Timeouts> timeouts{};    ///< instead of the session's
    std::chrono::milliseconds deadline{};  ///< instead of the session's, also of image data; 0: the session's
    StopToken stop{};                      ///< ends the calls early, which then throw Cancelled
    std::string global_request_id{};       ///< instead of the session's
};

}  // namespace openstack

namespace openstack::detail {

/// The retries of one call.
///
/// A request that may be repeated is sent again after any failure that may pass. Another one only after those in which
/// it surely had no effect: it never left, or the service refused it for the moment (408, 429, 503 with Retry-After).
template<class Options = RetryOptions>
class Retry {
  public:
    /// All of them outlive it. `attempts` is kept up to date.
    Retry(Options const& options, CallLimits const& limits, Request const& request, Attempts& attempts)
        : options_(options), limits_(limits), request_(request), attempts_(attempts) {}

    /// Whether another attempt follows that answer. If it does, `delay()` is the wait before it.
    [[nodiscard]] bool is_due(Response const& answer) {
        attempts_.ended_by = {};
        bool may_pass = false;
        for (int const code : options_.retriable_status_codes) may_pass |= code == answer.status;
        if (!may_pass) return false;
        Milliseconds const asked = retry_after(answer, limits_.clock.unix_time());
        bool const is_put_off = answer.status == 408 || answer.status == 429 ||
                                (answer.status == 503 && answer.headers.find("Retry-After"));
        attempts_.is_in_doubt |= answer.status >= 500 && !is_put_off;  // a 4xx says that it did nothing
        if (!is_put_off && !request_.may_be_repeated())
            return give_up("not repeated: the service may have acted on it");
        if (asked > options_.max_retry_after) return give_up("the service asks for a longer wait than is allowed");
        return is_due(statuses_, options_.status_code_retries, options_.status_code_retry_delay, asked);
    }

    /// The same after a failure.
    [[nodiscard]] bool is_due(TransportError const& failure) {
        attempts_.ended_by = {};
        if (failure.repetition() == Repetition::useless) return false;
        bool const is_doubtful = failure.repetition() == Repetition::doubtful;
        attempts_.is_in_doubt |= is_doubtful;
        if (is_doubtful && !request_.may_be_repeated())
            return give_up("not repeated: the service may have acted on it");
        return is_due(failures_, options_.connect_retries, options_.connect_retry_delay, Milliseconds::zero());
    }

    /// All retries are left again.
    void restart() noexcept { failures_ = statuses_ = 0; }

    /// What to wait before the next attempt.
    [[nodiscard]] Milliseconds delay() const noexcept { return delay_; }

  private:
    [[nodiscard]] bool is_due(unsigned& done, unsigned allowed, Milliseconds fixed, Milliseconds asked) {
        if (done >= allowed) return give_up(allowed == 0 ? "" : "no retry is left");
        delay_ = (std::max)(asked, fixed > Milliseconds::zero() ? fixed : backoff(failures_ + statuses_));
        if (delay_ >= limits_.left()) return give_up("the deadline leaves no time for a retry");
        if (request_.source != nullptr && !request_.source->rewind())
            return give_up("not repeated: its source can't be read again");
        ++done;
        ++attempts_.count;
        return true;
    }

    /// Doubled with each retry. Chance takes a half of it at most, so that clients that failed together come back
    /// apart.
    [[nodiscard]] Milliseconds backoff(unsigned done) const {
        Milliseconds whole = (std::min)(options_.first_delay, options_.max_delay);
        for (; done > 0 && whole < options_.max_delay; --done)
            whole = whole > options_.max_delay / 2 ? options_.max_delay : whole * 2;
        double const left_out = static_cast<double>(whole.count() / 2) * limits_.clock.random();
        return whole - Milliseconds{static_cast<long long>(left_out)};
    }

    [[nodiscard]] bool give_up(std::string_view why) {
        attempts_.ended_by = why;
        return false;
    }

    Options const& options_;
    CallLimits const& limits_;
    Request const& request_;
    Attempts& attempts_;
    unsigned failures_ = 0;
    unsigned statuses_ = 0;
    Milliseconds delay_{};
};

}  // namespace openstack::detail

// <openstack/watched_source.hpp>
// WatchedSource: a request's source, of which is known whether it was read and whether it has thrown.

namespace openstack::detail {

/// Calls functions of the user's, whose exceptions may be of the types that tell of a failed connection.
/// A template, like WatchedSource, so that a program compiles it only where it sends.
template<class Result = bool>
class WatchedCallbacks {
  public:
    /// What `call()` gives.
    template<class Call>
    decltype(auto) call(Call call) {
        try {
            return call();
        } catch (...) {
            have_thrown_ = true;
            throw;
        }
    }

    /// Whether one of them has thrown.
    [[nodiscard]] Result have_thrown() const noexcept { return have_thrown_; }

  private:
    Result have_thrown_{};
};

/// Passes on another source, or none. Both that and the callbacks outlive it.
template<class Callbacks = WatchedCallbacks<>>
class WatchedSource final : public Source {
  public:
    WatchedSource(Source* source, Callbacks& callbacks) : source_(source), callbacks_(callbacks) {}

    [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override {
        is_read_ = true;
        return callbacks_.call([&] { return source_->read(buffer); });
    }
    [[nodiscard]] std::optional<std::uint64_t> size() const override {
        return callbacks_.call([&] { return source_->size(); });
    }
    [[nodiscard]] std::string name() const override { return source_->name(); }
    /// True also if there is nothing to go back from.
    [[nodiscard]] bool rewind() override {
        if (is_read_ && !callbacks_.call([&] { return source_->rewind(); })) return false;
        is_read_ = false;
        return true;
    }

  private:
    Source* source_;
    Callbacks& callbacks_;
    bool is_read_ = false;
};

}  // namespace openstack::detail

namespace openstack::detail {

/// Status and headers of an answer, however its body comes.
inline Response const& head_of(Response const& response) { return response; }
inline Response const& head_of(std::unique_ptr<ResponseStream> const& stream) { return stream->head(); }

/// Sends one request, as often as it takes. All that it is made of outlives it.
template<class Options = RetryOptions>
class Courier {
  public:
    /// From now on the request has a source and a consumer that the courier watches.
    Courier(Request& request, Options const& retries, CallLimits const& limits, Gate<>& gate, Observer const& observer)
        : request_(request),
          name_(name_of(request)),
          timeouts_(request.timeouts.value_or(Timeouts{})),
          limits_(limits),
          gate_(gate),
          observer_(observer),
          source_(request.source, callbacks_),
          retry_(retries, limits, request, attempts_) {
        if (request.source != nullptr) request.source = &source_;
        if (request.consumer)
            request.consumer = [this, consumer = request.consumer](Response const& head, auto bytes) {
                has_arrived_ = true;
                callbacks_.call([&] { consumer(head, bytes); });
            };
    }
    Courier(Courier const&) = delete;
    Courier& operator=(Courier const&) = delete;

    /// What `send()`, which sends the request, gives in the end: a success, or a refusal that stays. Throws
    /// TransportError, Cancelled, and unchanged what the request's source and consumer throw.
    template<class Send>
    auto carry(Send send) -> decltype(send()) {
        for (;;) {
            limits_.check(name_);
            Watch watch(observer_, limits_.clock, request_, attempts_.count);
            try {
                auto answer = send_once(watch, send);
                Response const& head = head_of(answer);
                watch.report(head);
                attempts_.count += head.attempts.count - 1;
                attempts_.is_in_doubt |= head.attempts.is_in_doubt;
                if (is_redirected_by(head)) continue;
                if (head.is_success() || !retry_.is_due(head)) return answer;
                watch.report_wait(retry_.delay(), "after status " + std::to_string(head.status), name_);
            } catch (TransportError& failure) {
                watch.report_failure();
                if (callbacks_.have_thrown()) throw;
                bool const is_due = can_go_on() && retry_.is_due(failure);
                failure.set_attempts(attempts_);
                if (!is_due) throw;
                watch.report_wait(retry_.delay(), "after this failure", name_);
            } catch (...) {
                watch.report_failure();
                throw;
            }
            limits_.wait(retry_.delay(), name_);
        }
    }

    /// Makes ready to carry the request again after a refusal that had no effect. False if its source can't be read
    /// once more.
    [[nodiscard]] bool begin_again() {
        attempts_.ended_by = source_.rewind() ? "" : "not repeated: its source can't be read again";
        if (!attempts_.ended_by.empty()) return false;
        ++attempts_.count;
        return true;
    }

    /// Those there have been.
    [[nodiscard]] Attempts const& attempts() const noexcept { return attempts_; }

  private:
    static constexpr unsigned max_redirects = 3;

    template<class Send>
    auto send_once(Watch<>& watch, Send& send) -> decltype(send()) {
        auto const pass = gate_.enter(limits_, name_);
        watch.begin();
        Timeouts limited = timeouts_;
        Milliseconds const left = limits_.left();
        bool const is_nearer = limited.total == Milliseconds::zero() || left < limited.total;
        if (is_nearer && left < (Milliseconds::max)()) limited.total = (std::max)(left, Milliseconds{1});
        request_.timeouts = limited;
        request_.stop = limits_.stop;
        return send();
    }

    /// Whether the consumer would get nothing twice. What has brought something is no failure in a row.
    bool can_go_on() {
        if (!has_arrived_) return true;
        if (!request_.resume || !callbacks_.call([&] { return request_.resume(request_.headers); })) return false;
        has_arrived_ = false;
        retry_.restart();
        return true;
    }

    bool is_redirected_by(Response const& head) {
        std::string target = redirect_target(request_, head);
        if (target.empty() || redirects_ == max_redirects) return false;
        ++redirects_;
        ++attempts_.count;
        request_.url = std::move(target);
        return true;
    }

    Request& request_;
    std::string const name_;
    Timeouts const timeouts_;
    CallLimits const& limits_;
    Gate<>& gate_;
    Observer const& observer_;
    WatchedCallbacks<> callbacks_;
    WatchedSource<> source_;
    Attempts attempts_;
    Retry<Options> retry_;
    unsigned redirects_ = 0;
    bool has_arrived_ = false;  ///< something of the last attempt's body, at the consumer
};

}  // namespace openstack::detail

// <openstack/session_state.hpp>
// What the copies of a Session share.

// <openstack/token_keeper.hpp>
// TokenKeeper: the token of a session, renewed before it ends and when it is refused, once for all threads.

namespace openstack::detail {

/// Keeps an authorization. Safe to use from several threads at once: one of them renews, the others wait for it and get
/// what it got, be it an error.
template<class Way = Authentication>
class TokenKeeper {
  public:
    /// Shared, since a call may go on with one that another call has replaced.
    using Pointer = std::shared_ptr<Authorization const>;

    /// Asks for nothing yet.
    explicit TokenKeeper(std::shared_ptr<Way> authentication) : authentication_(std::move(authentication)) {}

    /// The current authorization; or a new one, if there is none, its time is up, or it is `refused`, which a service
    /// no longer takes. Throws as Authentication and CallLimits::check do.
    [[nodiscard]] Pointer get(Transport& transport, CallLimits const& limits, Authorization const* refused = nullptr) {
        Kept& kept = kept_.get();
        if (Pointer current = current_or_turn(kept, limits, refused)) return current;
        try {
            auto fresh = std::make_shared<Authorization const>(authentication_->authorize(transport));
            std::lock_guard const lock{kept.mutex};
            kept.is_renewing = false;
            kept.current = std::move(fresh);
            set_times(kept, limits.clock.now());
            return kept.current;
        } catch (...) {
            std::lock_guard const lock{kept.mutex};
            kept.is_renewing = false;  // before the program's clock and stop token are asked, for these may throw
            bool const is_ended = limits.stop.stop_requested() || limits.left() == Milliseconds::zero();
            auto const now = limits.clock.now();
            if (is_ended) throw;  // which says nothing to the others: the next of them tries itself
            if (kept.current && kept.current.get() != refused && now < kept.end) {
                kept.renew_at = now + pause_after_failure;  // the token is good for a while: Keystone may come back
                return kept.current;
            }
            kept.failure = std::current_exception();
            ++kept.failures;
            throw;
        }
    }

    /// Whether another token can be had after one was refused.
    [[nodiscard]] bool is_renewable() const { return authentication_->is_renewable(); }

  private:
    static constexpr std::chrono::seconds margin{120};  // before its end that a token is renewed
    static constexpr std::chrono::seconds pause_after_failure{10};

    struct Kept {
        std::mutex mutex;
        Pointer current;
        Clock::TimePoint renew_at{};
        Clock::TimePoint end{};
        bool is_renewing = false;
        std::exception_ptr failure;
        unsigned failures = 0;  ///< how many there have been, by which those who wait know a new one
    };

    /// The current authorization, maybe after another thread has renewed it; null if it's up to this one to do so.
    Pointer current_or_turn(Kept& kept, CallLimits const& limits, Authorization const* refused) {
        std::optional<unsigned> failures_before;
        // Whoever waits looks again, as at a Gate.
        for (Milliseconds pause{1};; pause = (std::min)(pause * 2, Milliseconds{10})) {
            auto const now = limits.clock.now();
            {
                std::lock_guard const lock{kept.mutex};
                if (failures_before && failures_before != kept.failures) std::rethrow_exception(kept.failure);
                if (kept.current && kept.current.get() != refused && now < kept.renew_at) return kept.current;
                if (!kept.is_renewing) {
                    kept.is_renewing = true;
                    return nullptr;
                }
                failures_before = kept.failures;
            }
            limits.wait(pause, "waiting for a token");
        }
    }

    /// A token that lives less than twice the margin is used until it is refused, as one is whose life makes no sense.
    /// Its life counts from its arrival: the clocks of services may be wrong.
    static void set_times(Kept& kept, Clock::TimePoint now) {
        constexpr auto never = (Clock::TimePoint::max)();
        auto const life = kept.current->life.value_or((Milliseconds::max)());
        bool const is_known = life >= Milliseconds::zero() && life < std::chrono::hours{24 * 365};
        kept.end = is_known ? now + life : never;
        kept.renew_at = is_known && life >= 2 * margin ? kept.end - margin : never;
    }

    std::shared_ptr<Way> authentication_;
    PerProcess<Kept> kept_;
};

}  // namespace openstack::detail

namespace openstack::detail {

/// How a session's requests go to one service.
struct WayToService {
    WayToService(RetryOptions const& r, std::string version, double rate, unsigned concurrency)
        : retries(r), microversion(std::move(version)), gate(rate, concurrency) {}

    RetryOptions const& retries;
    std::string microversion;  ///< the header's value, empty for none
    Gate<> gate;
};

/// Texts by keys. Safe to use from several threads at once.
template<class Text = std::string>
class Notes {
  public:
    /// Replaces what is there.
    void set(std::string_view key, Text text) {
        std::lock_guard const lock{mutex_};
        texts_.insert_or_assign(Text{key}, std::move(text));
    }
    /// Empty if nothing is there.
    [[nodiscard]] Text get(std::string_view key) const {
        std::lock_guard const lock{mutex_};
        auto const at = texts_.find(key);
        return at == texts_.end() ? Text{} : at->second;
    }

  private:
    mutable std::mutex mutex_;
    std::map<Text, Text, std::less<>> texts_;
};

/// A transport, the token, the options, and the ways to the services. Safe to use from several threads at once.
template<class Options = SessionOptions>
class SessionState {
  public:
    /// Throws as Session's constructor does.
    SessionState(std::shared_ptr<Transport> t, std::shared_ptr<Authentication> authentication, Options o)
        : transport(std::move(t)),
          options(std::move(o)),
          clock(options.clock ? options.clock : std::make_shared<Clock>()),
          keeper_(authentication) {
        if (!transport || !authentication)
            throw InvalidRequest("a session needs a transport and an authentication; FixedToken{} is one without any");
        if (options.deadline < Milliseconds::zero()) throw InvalidRequest("a deadline is negative");
        check_rate(options.rate_limit);
        if (options.interfaces.empty()) options.interfaces = {"public"};
        if (!options.endpoint.empty()) check_endpoint("the option endpoint", options.endpoint);
        for (auto const& [service, special] : options.services) {
            check_rate(special.rate_limit);
            if (!special.endpoint.empty()) check_endpoint("the endpoint option of " + service, special.endpoint);
        }
    }

    /// As TokenKeeper::get.
    [[nodiscard]] std::shared_ptr<Authorization const> authorization(CallLimits const& limits,
                                                                     Authorization const* refused = nullptr) {
        AuthenticationTransport carrier(*this, limits);
        return keeper_.get(carrier, limits, refused);
    }
    /// Whether another token can be had after one was refused.
    [[nodiscard]] bool is_renewable() const { return keeper_.is_renewable(); }

    /// As Session::endpoint.
    [[nodiscard]] std::string endpoint(std::string_view service, CallLimits const& limits) {
        ServiceOptions const& special = options_of(service);
        std::string const& given = special.endpoint.empty() ? options.endpoint : special.endpoint;
        bool const is_whole = given.find("_id)s") == std::string::npos;
        if (!given.empty() && is_whole) return given;
        auto const current = authorization(limits);
        if (!given.empty()) return with_project(given, current->project_id, service);
        return find_endpoint(current->catalog, {special.type.empty() ? service : std::string_view{special.type},
                                                special.name, special.region.empty() ? options.region : special.region,
                                                special.interfaces.empty() ? options.interfaces : special.interfaces});
    }

    /// How requests go to that service.
    [[nodiscard]] WayToService& way_to(std::string_view service) {
        Ways& ways = ways_.get();
        std::lock_guard const lock{ways.mutex};
        if (auto const at = ways.by_service.find(service); at != ways.by_service.end()) return at->second;
        ServiceOptions const& special = options_of(service);
        std::string const type{service};
        return ways.by_service
            .try_emplace(type, special.retries ? *special.retries : options.retries,
                         special.microversion.empty() ? "" : type + ' ' + special.microversion,
                         special.rate_limit > 0 ? special.rate_limit : options.rate_limit,
                         special.concurrency > 0 ? special.concurrency : options.concurrency)
            .first->second;
    }

    /// As Transport::open. Throws InvalidRequest for a request that has what would have to outlive the stream.
    [[nodiscard]] std::unique_ptr<ResponseStream> open(Request const& request) {
        if (request.source != nullptr || request.consumer)
            throw InvalidRequest("a request whose answer is pulled has neither a source nor a consumer");
        std::unique_ptr<ResponseStream> opened = transport->open(request);
        if (!opened) throw TransportError("the transport opens no streams");
        return opened;
    }

    std::shared_ptr<Transport> transport;
    Options options;
    std::shared_ptr<Clock> clock;
    PerProcess<Notes<decltype(Options::user_agent)>> notes{};

  private:
    struct Ways {
        std::mutex mutex;
        std::map<std::string, WayToService, std::less<>> by_service;
    };

    /// Carries what an Authentication sends as the requests to services are carried.
    class AuthenticationTransport final : public Transport {
      public:
        AuthenticationTransport(SessionState& state, CallLimits const& limits) : state_(state), limits_(limits) {}

        [[nodiscard]] Response send(Request const& request) override {
            Request ready = prepared(request);
            Courier<> courier = courier_of(ready);
            Response answer = courier.carry([&] { return state_.transport->send(ready); });
            answer.attempts = courier.attempts();
            return answer;
        }
        [[nodiscard]] std::unique_ptr<ResponseStream> open(Request const& request) override {
            Request ready = prepared(request);
            return courier_of(ready).carry([&] { return state_.open(ready); });
        }

      private:
        [[nodiscard]] Request prepared(Request request) const {
            if (!request.timeouts) request.timeouts = state_.options.timeouts;
            if (!request.is_repeatable) request.is_repeatable = true;  // a token too many does no harm
            request.headers.set("User-Agent", state_.options.user_agent);
            if (std::string const& id = state_.options.global_request_id; !id.empty())
                request.headers.set("X-Openstack-Request-Id", id);
            return request;
        }
        [[nodiscard]] Courier<> courier_of(Request& request) const {
            WayToService& way = state_.way_to("identity");
            return {request, way.retries, limits_, way.gate, state_.options.observer};
        }

        SessionState& state_;
        CallLimits const& limits_;
    };

    static void check_rate(double rate) {
        if (!(rate >= 0)) throw InvalidRequest("a rate limit is negative or no number");
    }

    /// Those under its type, or else under another of its names.
    [[nodiscard]] ServiceOptions const& options_of(std::string_view service) const {
        for (std::string_view const name : names_of_service(service))
            if (auto const at = options.services.find(name); at != options.services.end()) return at->second;
        return nothing_special_;
    }

    /// The project's id in the places that clouds' administrators leave for it.
    static std::string with_project(std::string url, std::string_view project_id, std::string_view service) {
        for (std::string_view const place : {"%(project_id)s", "%(tenant_id)s", "$(project_id)s", "$(tenant_id)s"})
            for (std::size_t at = 0; (at = url.find(place, at)) != url.npos; at += project_id.size()) {
                if (project_id.empty())
                    throw EndpointNotFound("the endpoint given for the service '" + std::string{service} + "' needs " +
                                           "the project's id, but the token is for no project");
                url.replace(at, place.size(), project_id);
            }
        return url;
    }

    ServiceOptions const nothing_special_{};  // no static object: a session in one may outlive that
    TokenKeeper<> keeper_;
    PerProcess<Ways> ways_;
};

}  // namespace openstack::detail

namespace openstack {

/// A cheap handle to shared state: copies belong together, and keep transport and token alive. Safe to use from several
/// threads at once. A token is asked for once, when it is first needed, and once more for all threads when its end is
/// near or a service refuses it. After fork() the child has connections and a token of its own.
///
/// Session is the one to use; it is a template so that a program compiles what reads a refusal only where it sends.
template<class Options>
class BasicSession {
  public:
    /// Throws InvalidRequest if there is no transport or no authentication, ConfigError for an endpoint among the
    /// options that isn't an http or https URL, or holds user information, a query or a fragment.
    BasicSession(std::shared_ptr<Transport> transport, std::shared_ptr<Authentication> authentication,
                 Options options = {})
        : state_(std::make_shared<State>(std::move(transport), std::move(authentication), std::move(options))) {}

    // Copied also where it could be moved: so nobody is left with a session without its state.
    BasicSession(BasicSession const&) = default;
    BasicSession& operator=(BasicSession const&) = default;

    /// The same session for calls with those options; what isn't set in them stays as an earlier `with` has said.
    /// Throws InvalidRequest for a negative deadline.
    [[nodiscard]] BasicSession with(CallOptions options) const {
        if (options.deadline < std::chrono::milliseconds::zero()) throw InvalidRequest("a deadline is negative");
        BasicSession other = *this;
        if (options.timeouts) other.call_.timeouts = options.timeouts;
        if (options.deadline > std::chrono::milliseconds::zero()) other.call_.deadline = options.deadline;
        if (options.stop.stop_possible()) other.call_.stop = std::move(options.stop);
        if (!options.global_request_id.empty()) other.call_.global_request_id = std::move(options.global_request_id);
        return other;
    }

    /// Gets the first token now, where it would be asked for with the first request. Throws as Authentication does:
    /// Unauthorized, HttpError, TransportError, DecodeError.
    void authorize() const { (void)state_->authorization(limits(true)); }

    /// Sends `request`, whose `url` is a path that starts with the API version, to the service of that type; a whole
    /// URL that a service gave must be one of that service's scheme, host and port, or else InvalidRequest. Returns
    /// only answers of success. Throws HttpError's subclasses, TransportError, EndpointNotFound, InvalidRequest,
    /// Cancelled, and unchanged what the request's source or consumer throws.
    ///
    /// What may pass is tried again as RetryOptions says, within the deadline. A redirect is followed if the request is
    /// a GET or HEAD and the target has the same scheme, host and port: three times at most.
    Response send(std::string_view service, Request request) const {
        bool const is_data = request.source != nullptr || request.consumer;
        return exchange(service, request, is_data, [&] { return state_->transport->send(request); });
    }

    /// The same, with the body left to be pulled. It is retried until its head is there. Throws InvalidRequest also for
    /// a request with a source, which would have to outlive the stream, or with a consumer.
    [[nodiscard]] std::unique_ptr<ResponseStream> open(std::string_view service, Request request) const {
        return exchange(service, request, true, [&] { return state_->open(request); });
    }

    /// The document in which the service lists the versions of its API. HTTP: GET of its endpoint without a version,
    /// with the answer 200 or 300.
    [[nodiscard]] Response versions(std::string_view service) const {
        Request request{.url = version_root(endpoint(service)) + '/'};
        return exchange(service, request, false, [&] {
            Response answer = state_->transport->send(request);
            if (answer.status == 300) answer.status = 200;  // Multiple Choices: they are what was asked for
            return answer;
        });
    }

    /// Where the service is, by its type or another name that catalogs have it under. Throws EndpointNotFound, with the
    /// services that there are. Authorizes if the options don't tell, and that hasn't been done.
    [[nodiscard]] std::string endpoint(std::string_view service) const {
        return state_->endpoint(service, limits(true));
    }

    /// Whether `endpoint` would find the service.
    [[nodiscard]] bool has_service(std::string_view service) const {
        try {
            (void)endpoint(service);
            return true;
        } catch (EndpointNotFound const&) {
            return false;
        }
    }

    /// The id of the project that the session acts for; empty without Keystone.
    [[nodiscard]] std::string project_id() const { return state_->authorization(limits(true))->project_id; }

    /// Waits so long by the session's clock. Throws Cancelled, whose message begins with `what`, as soon as the stop
    /// token of the calls' options says so.
    void wait(std::chrono::milliseconds duration, std::string_view what = "waiting") const {
        detail::CallLimits{*state_->clock, call_.stop, detail::Milliseconds::zero()}.wait(duration, what);
    }

    /// What the session's waits go by. Lives as long as the session.
    [[nodiscard]] auto& clock() const noexcept { return *state_->clock; }

    /// Keeps a fact about the cloud for all copies of the session, in place of what was kept under that key.
    void remember(std::string_view key, std::string value) const { state_->notes.get().set(key, std::move(value)); }
    /// What was remembered last under that key; empty if nothing was.
    [[nodiscard]] std::string recall(std::string_view key) const { return state_->notes.get().get(key); }

    /// How often requests to the service are tried. Lives as long as the session.
    [[nodiscard]] RetryOptions const& retries(std::string_view service) const {
        return state_->way_to(service).retries;
    }

    /// The time-outs of each attempt.
    [[nodiscard]] Timeouts timeouts() const { return call_.timeouts.value_or(state_->options.timeouts); }

  private:
    using State = detail::SessionState<Options>;

    /// Of a call that begins now, ended by that token, or else the options'; image data takes the time that it takes,
    /// if the call's options don't say otherwise.
    [[nodiscard]] detail::CallLimits limits(bool has_deadline, StopToken const& stop = {}) const {
        auto const longest = call_.deadline > detail::Milliseconds::zero() ? call_.deadline
                             : has_deadline                                ? state_->options.deadline
                                                                           : detail::Milliseconds::zero();
        return {*state_->clock, stop.stop_possible() ? stop : call_.stop, longest};
    }

    /// The answer to `send()`, which sends `request`. If the service refuses the token (401), that of a second try with
    /// another one.
    template<class Send>
    auto exchange(std::string_view service, Request& request, bool is_data, Send send) const -> decltype(send()) {
        detail::CallLimits const limits = this->limits(!is_data, request.stop);
        if (!request.timeouts) request.timeouts = timeouts();
        auto authorization = state_->authorization(limits);
        request.url = whole_url(state_->endpoint(service, limits), request.url);
        auto& way = state_->way_to(service);
        set_headers(request, way);
        set_token(request, *authorization);
        detail::Courier<> courier(request, way.retries, limits, way.gate, state_->options.observer);
        auto answer = courier.carry(send);
        bool const is_refused = detail::head_of(answer).status == 401 && !authorization->token.empty();
        if (is_refused && state_->is_renewable() && courier.begin_again()) {
            authorization = state_->authorization(limits, authorization.get());
            set_token(request, *authorization);
            answer = courier.carry(send);
        }
        if (detail::head_of(answer).is_success()) return answer;
        Response refusal = detail::head_of(answer);
        refusal.attempts = courier.attempts();
        throw_http_error(failure_of(request, refusal));
    }

    /// The token goes to nobody but the service.
    static std::string whole_url(std::string const& endpoint, std::string const& url) {
        if (url.starts_with('/')) return join_url(endpoint, url);  // anything else would change the endpoint's host
        if (!origin_of(url).empty() && origin_of(url) == origin_of(endpoint)) return url;
        throw InvalidRequest(
            "a service is asked for a path that begins with a slash, or for a URL of its own scheme, host and port");
    }

    template<class Way>
    void set_headers(Request& request, Way const& way) const {
        Options const& options = state_->options;
        request.headers.set("User-Agent", options.user_agent);
        if (!request.headers.find("Accept")) request.headers.set("Accept", "application/json");
        if (!way.microversion.empty()) request.headers.set("OpenStack-API-Version", way.microversion);
        std::string const& id = call_.global_request_id.empty() ? options.global_request_id : call_.global_request_id;
        if (!id.empty()) request.headers.set("X-Openstack-Request-Id", id);
    }

    static void set_token(Request& request, Authorization const& current) {
        if (!current.token.empty()) request.headers.set("X-Auth-Token", current.token);
    }

    std::shared_ptr<State> state_;
    CallOptions call_{};
};

/// The session with a cloud.
using Session = BasicSession<SessionOptions>;

}  // namespace openstack

// <openstack/sink.hpp>
// Where the bytes of a download go: a file, a stream or a function; or nowhere, where they are pulled.

// <openstack/file.hpp>
// Files of the system, closed by themselves.

namespace openstack::detail {

/// What names a file: a std::filesystem::path or a text. It's asked for its text so that <filesystem>, which costs the
/// compiler a tenth of this library, is included only by those who use it.
template<class T>
concept FilePath = std::convertible_to<T const&, std::string_view> || requires(T const& path) {
    { path.native() } -> std::convertible_to<std::string_view>;
};

/// The path's text. Throws IoError if it holds a NUL, or is a null pointer, as of a variable that isn't set.
template<FilePath Path>
[[nodiscard]] std::string path_text(Path const& path) {
    std::string text;
    if constexpr (std::is_pointer_v<Path>)
        if (path == nullptr) throw IoError("a path is null", EINVAL);
    if constexpr (std::convertible_to<Path const&, std::string_view>) {
        text = std::string_view{path};
    } else {
        text = path.native();
    }
    if (text.find('\0') != std::string::npos) throw IoError("a path holds a NUL", EINVAL);
    return text;
}

/// The number in the path of an open file of this process, such as /dev/fd/3; -1 if it's another path.
[[nodiscard]] inline int descriptor_in(std::string_view path) {
    for (std::string_view const folder : {"/dev/fd/", "/proc/self/fd/"}) {
        if (!path.starts_with(folder)) continue;
        path.remove_prefix(folder.size());
        int number = 0;
        for (char const c : path)
            if (c >= '0' && c <= '9' && number < 1'000'000)
                number = number * 10 + (c - '0');
            else
                return -1;
        return path.empty() ? -1 : number;
    }
    return -1;
}

/// Where a path leads if its last name is a symbolic link, and so on, to a name that may be free, or to an open file of
/// this process. Throws IoError.
[[nodiscard]] inline std::string follow_links(std::string path) {
    constexpr int max_links = 40;  // as the system has it
    for (int links = 0; links < max_links; ++links) {
        if (descriptor_in(path) != -1) return path;
        std::string target(4096, '\0');  // no link of the system's is longer
        ssize_t const size = ::readlink(path.c_str(), target.data(), target.size());
        if (size == -1 && (errno == EINVAL || errno == ENOENT)) return path;  // it's no link
        if (size == -1) throw IoError(path, errno);
        target.resize(static_cast<std::size_t>(size));
        if (!target.starts_with('/')) target.insert(0, path, 0, path.rfind('/') + 1);
        path = std::move(target);
    }
    throw IoError(path, ELOOP);
}

/// An open file, or none.
class FileDescriptor {
  public:
    /// Closes that file some day; -1 is none.
    explicit FileDescriptor(int number = -1) noexcept : number_(number) {}
    FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~FileDescriptor() { static_cast<void>(close()); }

    /// The system's number of it; -1 if there is none.
    [[nodiscard]] int get() const noexcept { return number_; }

    /// Gives the number away, which is somebody else's to close now.
    [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }

    /// Whether the file is closed without a loss. An interrupted close has closed it.
    [[nodiscard]] bool close() noexcept {
        int const number = std::exchange(number_, -1);
        return number == -1 || ::close(number) == 0 || errno == EINTR;
    }

  private:
    int number_;
};

/// What `call()`, a function of the system's, gives if no signal interrupts it.
template<class Call>
[[nodiscard]] auto uninterrupted(Call call) -> decltype(call()) {
    for (;;) {
        auto const result = call();
        if (result != -1 || errno != EINTR) return result;
    }
}

/// Waits until a descriptor that doesn't wait by itself (O_NONBLOCK) takes or has something, as `events` says. False if
/// the last error is another one than that it would have to wait.
[[nodiscard]] inline bool waits_for(FileDescriptor const& file, short events) {
    if (errno != EAGAIN && errno != EWOULDBLOCK) return errno == EINTR;
    pollfd waiting{file.get(), events, 0};
    static_cast<void>(::poll(&waiting, 1, -1));
    return true;
}

/// Opens a file that programs started later don't inherit. Throws IoError, which names the path.
[[nodiscard]] inline FileDescriptor open_file(std::string const& path, int flags) {
    int const number = uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC); });
    if (number == -1) throw IoError(path, errno);
    return FileDescriptor{number};
}

/// A second descriptor of the caller's open file, which the caller may close. Throws IoError.
[[nodiscard]] inline FileDescriptor duplicate(int number) {
    FileDescriptor copy{::fcntl(number, F_DUPFD_CLOEXEC, 0)};
    if (copy.get() == -1) throw IoError("file descriptor " + std::to_string(number), errno);
    return copy;
}

/// Writes all bytes. Throws IoError, which names the path.
inline void write_all(FileDescriptor const& file, std::span<std::byte const> bytes, std::string const& path) {
    while (!bytes.empty()) {
        ssize_t const written = ::write(file.get(), bytes.data(), bytes.size());
        if (written == -1 && waits_for(file, POLLOUT)) continue;
        if (written == -1) throw IoError(path, errno);
        bytes = {bytes.data() + written, bytes.size() - static_cast<std::size_t>(written)};
    }
}

/// Fills the front of `buffer` with a file's bytes from `at` on, and says how many; 0 is the end. Throws IoError, which
/// names the path.
[[nodiscard]] inline std::size_t read_at(FileDescriptor const& file, std::uint64_t at, std::span<std::byte> buffer,
                                         std::string const& path) {
    ssize_t const bytes =
        uninterrupted([&] { return ::pread(file.get(), buffer.data(), buffer.size(), static_cast<off_t>(at)); });
    if (bytes == -1) throw IoError(path, errno);
    return static_cast<std::size_t>(bytes);
}

/// Locks a file as long as it's open: false if somebody else has. The lock is the open file's, not the process's.
[[nodiscard]] inline bool lock(FileDescriptor const& file) noexcept {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    return ::fcntl(file.get(), F_OFD_SETLK, &whole) == 0;
}

/// Cuts a file off, or adds zeros to it. Throws IoError, which names the path.
inline void resize(FileDescriptor const& file, std::uint64_t size, std::string const& path) {
    if (uninterrupted([&] { return ::ftruncate(file.get(), static_cast<off_t>(size)); }) != 0)
        throw IoError(path, errno);
}

/// Waits until a file is safe on its disk. Throws IoError, which names the path.
inline void sync(FileDescriptor const& file, std::string const& path) {
    // Some file systems have nothing to wait for, and say so.
    if (uninterrupted([&] { return ::fsync(file.get()); }) != 0 && errno != EINVAL && errno != ENOTSUP)
        throw IoError(path, errno);
}

/// Writes all bytes at that place of a file that has only zeros there: blocks of zeros stay what they are, without
/// taking room on the disk where the file system can have holes. Throws IoError, which names the path.
inline void write_sparsely(FileDescriptor const& file, std::uint64_t at, std::span<std::byte const> bytes,
                           std::string const& path) {
    constexpr std::size_t block = 4096;  // the smallest hole of most file systems
    auto const block_size = [&](std::size_t offset) {
        return (std::min)(block - static_cast<std::size_t>((at + offset) % block), bytes.size() - offset);
    };
    auto const is_zero = [&](std::size_t offset) {
        std::byte const* const first = bytes.data() + offset;
        return *first == std::byte{} && std::memcmp(first, first + 1, block_size(offset) - 1) == 0;
    };
    for (std::size_t offset = 0; offset < bytes.size();) {
        if (is_zero(offset)) {
            offset += block_size(offset);
            continue;
        }
        std::size_t end = offset;
        do end += block_size(end);
        while (end < bytes.size() && !is_zero(end));
        while (offset < end) {
            ssize_t const written =
                ::pwrite(file.get(), bytes.data() + offset, end - offset, static_cast<off_t>(at + offset));
            if (written == -1 && errno == EINTR) continue;
            if (written == -1) throw IoError(path, errno);
            offset += static_cast<std::size_t>(written);
        }
    }
}

}  // namespace openstack::detail

// <openstack/part_file.hpp>
// A file that appears under its name only when it's whole, and until then can be continued.

// <openstack/part_names.hpp>
// The names of hidden files beside those that they're going to be, and what becomes of those that nobody uses.

namespace openstack::detail {

/// `.NAME.XXXXXXXX.part` for the file NAME: the first hexadecimal digits of its data's hash, with which another
/// download can go on; or eight letters beyond those, by chance, with which nobody can.
template<class Text = std::string>
class PartNames {
  public:
    /// Of hidden files for the file of that name.
    explicit PartNames(std::string const& name) : front_('.' + name.substr(0, longest_name) + '.') {}

    /// For data with that digest; empty if a service calls a digest what is none.
    [[nodiscard]] std::string of(std::string_view digest) const {
        if (digest.size() < digits || digest.find_first_not_of("0123456789abcdefABCDEF") != digest.npos) return {};
        return front_ + std::string{digest.substr(0, digits)} + back;
    }

    /// One that nobody else has. Throws IoError.
    [[nodiscard]] std::string by_chance() const {
        unsigned char random[digits]{};
        if (::getentropy(random, sizeof random) != 0) throw IoError("the system gives no random number", errno);
        std::string name = front_;
        for (unsigned char const each : random) name += static_cast<char>('g' + each % 16);
        return name + back;
    }

    /// Removes from the folder what processes that were killed have left: that by chance, and if `is_all` also that by
    /// a hash. What is in use is locked.
    void remove_abandoned(FileDescriptor const& folder, bool is_all) const noexcept {
        FileDescriptor copy{::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
        DIR* const entries = copy.get() == -1 ? nullptr : ::fdopendir(copy.get());
        if (entries == nullptr) return;
        while (dirent const* const entry = ::readdir(entries)) {
            std::string_view const name = entry->d_name;
            bool const fits = name.starts_with(front_) && name.ends_with(back) &&
                              name.size() == front_.size() + digits + std::string_view{back}.size();
            if (!fits || front_.size() > longest_name) continue;  // of a cut name: it may be another's
            std::string_view const middle = name.substr(front_.size(), digits);
            std::string_view const letters = is_all ? "0123456789abcdefABCDEFghijklmnopqrstuv" : "ghijklmnopqrstuv";
            if (middle.find_first_not_of(letters) == middle.npos) remove_unused(folder, entry->d_name);
        }
        static_cast<void>(copy.release());
        ::closedir(entries);
    }

  private:
    static void remove_unused(FileDescriptor const& folder, char const* name) noexcept {
        FileDescriptor const file{::openat(folder.get(), name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)};
        struct stat found {};
        if (file.get() != -1 && ::fstat(file.get(), &found) == 0 && S_ISREG(found.st_mode) &&
            found.st_uid == ::geteuid() && found.st_nlink == 1 && lock(file))
            ::unlinkat(folder.get(), name, 0);
    }

    static constexpr std::size_t digits = 8;
    static constexpr std::size_t longest_name = 200;  // of 255, with room for what is put around it
    static constexpr char back[] = ".part";

    Text front_;
};

}  // namespace openstack::detail

namespace openstack::detail {

/// A hidden file beside the one that it's going to be. All functions throw IoError, which names the path.
///
/// One that is opened for data with a digest is named by that, locked while it is in use, and stays for the next try
/// unless it is published, empty or couldn't be written. Another one is removed by the destructor.
///
/// All names are looked up in one open directory, so that neither a change of the working directory nor a renamed
/// directory parts the two files.
template<class Names>
class PartFile {
  public:
    /// Finds out whether a file can be made; `path` is neither opened nor changed.
    explicit PartFile(std::string path)
        : path_(std::move(path)),
          name_(path_.substr(path_.rfind('/') + 1)),
          names_(name_),
          directory_(open_directory(path_)) {
        struct stat found {};
        if (name_.empty()) throw IoError("'" + path_ + "' names no file", EINVAL);
        if (::fstatat(directory_.get(), name_.c_str(), &found, 0) != 0 && errno != ENOENT) throw IoError(path_, errno);
        new_file_mode_ = find_new_file_mode();
    }
    PartFile(PartFile const&) = delete;
    PartFile& operator=(PartFile const&) = delete;
    ~PartFile() {
        if (process_ != ::getpid()) return;  // it's the parent's
        if (!is_continuable_ || is_broken_ || size_ == 0) {
            remove();
        } else if (!part_.empty()) {
            static_cast<void>(::ftruncate(file_.get(), static_cast<off_t>(size_)));  // it may end with unwritten zeros
        }
    }

    /// Opens the hidden file for data with that digest, if it isn't open: the one that an earlier process left, or a
    /// new one. An empty digest, and one that another process is fetching to here, has a new one for itself.
    void open(std::string_view digest) {
        if (file_.get() != -1) return;
        names_.remove_abandoned(directory_, false);
        std::string const named = names_.of(digest);
        is_continuable_ = !named.empty() && open_named(named);
        if (!is_continuable_) create(S_IRUSR | S_IWUSR);
    }

    /// Fills the front of `buffer` with the bytes from `at` on, and says how many; 0 is the end.
    [[nodiscard]] std::size_t read_at(std::uint64_t at, std::span<std::byte> buffer) const {
        return detail::read_at(file_, at, buffer, path_);
    }

    /// Appends to the hidden file.
    void write(std::span<std::byte const> bytes) {
        write_at(size_, bytes);
        size_ += bytes.size();
    }

    /// Writes bytes where there are none yet. Safe to call from several threads at once.
    void write_at(std::uint64_t at, std::span<std::byte const> bytes) {
        try {
            write_sparsely(file_, at, bytes, path_);
        } catch (...) {
            is_broken_ = true;
            throw;
        }
    }

    /// Makes ready for bytes in any order, `size` in all. Until `gather` they aren't what a later process could go on
    /// with: the hidden file gets a name by chance.
    void scatter(std::uint64_t size) {
        if (is_continuable_) {
            std::string by_chance = names_.by_chance();
            if (!rename(part_, by_chance)) throw IoError(path_, errno);
            named_ = std::exchange(part_, std::move(by_chance));
            is_continuable_ = false;
        }
        try {
            resize(file_, size, path_);
        } catch (...) {
            gather(size_);
            throw;
        }
    }

    /// Ends that: the first `size` bytes are those that have come.
    void gather(std::uint64_t size) {
        resize(file_, size, path_);
        size_ = size;
        if (named_.empty()) return;
        std::string named = std::exchange(named_, {});
        is_continuable_ = rename(part_, named);  // unless another process has begun anew under that name
        if (is_continuable_) part_ = std::move(named);
    }

    /// Forgets what was written.
    void clear() {
        resize(file_, 0, path_);
        size_ = 0;
    }

    /// Gives the file its name, in one step, and the mode of the file that had the name or else that of any new file.
    /// If `is_synced`, the data is on the disk before the name is. If the name can't be given, the hidden file stays.
    void publish(bool is_synced) {
        struct stat found {};
        bool const replaces = ::fstatat(directory_.get(), name_.c_str(), &found, 0) == 0 && S_ISREG(found.st_mode);
        if (::fchmod(file_.get(), replaces ? found.st_mode & 0777 : new_file_mode_) != 0) throw IoError(path_, errno);
        resize(file_, size_, path_);  // it may end with zeros that weren't written
        is_broken_ = true;
        if (is_synced) sync(file_, path_);
        // The errors of closing show, and the lock stays: a second process must not continue what gets its name now.
        FileDescriptor copy{::fcntl(file_.get(), F_DUPFD_CLOEXEC, 0)};
        if (!copy.close()) throw IoError(path_, errno);
        std::string const part = std::exchange(part_, {});
        if (::renameat(directory_.get(), part.c_str(), directory_.get(), name_.c_str()) != 0) {
            IoError const failure(path_ + " can't be replaced; the complete data is beside it in " + part, errno);
            static_cast<void>(::fchmod(file_.get(), S_IRUSR | S_IWUSR));
            throw failure;
        }
        if (is_synced) sync(directory_, path_);
        names_.remove_abandoned(directory_, true);
    }

  private:
    static FileDescriptor open_directory(std::string const& path) {
        std::size_t const slash = path.rfind('/');
        std::string const directory =
            slash == std::string::npos ? "." : path.substr(0, (std::max)(slash, std::size_t{1}));
        return open_file(directory, O_RDONLY | O_DIRECTORY);
    }

    // The mode that the system gives to a new file here. Reading the umask would mean to change it for a moment, for
    // all threads; so an empty file is made, and asked.
    mode_t find_new_file_mode() {
        create(S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH);
        struct stat found {};
        int const result = ::fstat(file_.get(), &found);
        int const error = errno;
        remove();
        file_ = FileDescriptor{};
        if (result != 0) throw IoError(path_, error);
        return found.st_mode & 0777;
    }

    /// False if a file of that name is somebody else's: locked, or not made by this function.
    bool open_named(std::string const& part) {
        for (int tries = 0; tries < 100; ++tries) {
            int const flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
            FileDescriptor file{
                uninterrupted([&] { return ::openat(directory_.get(), part.c_str(), flags, S_IRUSR | S_IWUSR); })};
            struct stat opened {};
            if (file.get() == -1 || ::fstat(file.get(), &opened) != 0 || !S_ISREG(opened.st_mode) ||
                opened.st_uid != ::geteuid() || opened.st_nlink > 1 || !lock(file))
                return false;
            // Between opening and locking, another process may have published or removed it.
            auto const size = size_if_named(part, file);
            if (!size) continue;
            size_ = *size;
            file_ = std::move(file);
            part_ = part;
            return true;
        }
        return false;
    }

    void create(mode_t mode) {
        for (;;) {
            part_ = names_.by_chance();
            int const flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
            file_ = FileDescriptor{::openat(directory_.get(), part_.c_str(), flags, mode)};
            if (file_.get() == -1 && (errno == EEXIST || errno == EINTR)) continue;
            if (file_.get() == -1) {
                part_.clear();
                throw IoError(path_, errno);
            }
            // Before it's locked, another process may take it for abandoned, and remove it. Not all can lock.
            bool const is_taken = !lock(file_) && (errno == EAGAIN || errno == EACCES);
            if (!is_taken && size_if_named(part_, file_)) return;
        }
    }

    /// The size of the open file if it has that name.
    [[nodiscard]] std::optional<std::uint64_t> size_if_named(std::string const& part,
                                                             FileDescriptor const& file) const {
        struct stat opened {};
        struct stat named {};
        bool const is_named = ::fstat(file.get(), &opened) == 0 &&
                              ::fstatat(directory_.get(), part.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
                              named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
        return is_named ? std::optional{static_cast<std::uint64_t>(opened.st_size)} : std::nullopt;
    }

    void remove() noexcept {
        if (!part_.empty()) static_cast<void>(::unlinkat(directory_.get(), part_.c_str(), 0));
        part_.clear();
    }

    /// False if the new name is taken.
    [[nodiscard]] bool rename(std::string const& from, std::string const& to) const {
        int const directory = directory_.get();
        if (::renameat2(directory, from.c_str(), directory, to.c_str(), RENAME_NOREPLACE) == 0) return true;
        if (errno != EINVAL && errno != ENOSYS) return false;  // or else the file system can't do that in one step
        return ::faccessat(directory, to.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
               ::renameat(directory, from.c_str(), directory, to.c_str()) == 0;
    }

    pid_t process_ = ::getpid();
    std::string path_;
    std::string name_;
    Names names_;
    FileDescriptor directory_;
    FileDescriptor file_;
    std::string part_;
    std::string named_;       ///< the name that it had before `scatter`
    std::uint64_t size_ = 0;  ///< of what was written, with the zeros at its end
    mode_t new_file_mode_ = 0;
    bool is_continuable_ = false;
    std::atomic<bool> is_broken_ = false;  ///< its bytes may not be those that were written
};

}  // namespace openstack::detail

namespace openstack {

/// Takes bytes in any order. Each of them comes once; what hasn't come is zero.
class ScatteredSink {
  public:
    ScatteredSink() = default;
    ScatteredSink(ScatteredSink const&) = delete;
    ScatteredSink& operator=(ScatteredSink const&) = delete;
    virtual ~ScatteredSink() = default;

    /// Takes the bytes from byte `at` on. Called by several threads at once.
    virtual void write_at(std::uint64_t at, std::span<std::byte const> bytes) = 0;
    /// Gives the bytes from byte `at` on, and says how many; 0 is the end. Called while others write elsewhere.
    [[nodiscard]] virtual std::size_t read_at(std::uint64_t at, std::span<std::byte> buffer) = 0;
    /// Ends that: forgets all but the first `size` bytes, which the next ones follow.
    virtual void gather(std::uint64_t size) = 0;
};

/// Takes the bytes of a download. Used by one thread at a time; what it throws ends the download unchanged.
class Sink {
  public:
    Sink() = default;
    Sink(Sink const&) = delete;
    Sink& operator=(Sink const&) = delete;
    /// Without `finish` before it, the download is abandoned.
    virtual ~Sink() = default;

    /// Called before the first byte of data with that digest, in hexadecimal digits; empty if it isn't known. Gives how
    /// many of the first bytes the sink has already, from an earlier download, after `show` was called with all of
    /// them. These needn't come again, unless they turn out wrong.
    [[nodiscard]] virtual std::uint64_t begin(std::string_view digest,
                                              Callback<void(std::span<std::byte const>)> show) {
        static_cast<void>(digest);
        static_cast<void>(show);
        return 0;
    }
    /// Takes the next bytes, which are valid during the call only.
    virtual void write(std::span<std::byte const> bytes) = 0;
    /// Called once, when all bytes were received and verified.
    virtual void finish() = 0;
    /// Forgets all bytes, since they come again; false if that is impossible.
    [[nodiscard]] virtual bool rewind() { return false; }
    /// Begins to take bytes in any order, until there are `size` of them or `gather` is called; null if that is
    /// impossible. Those that have come stay.
    [[nodiscard]] virtual ScatteredSink* scatter(std::uint64_t size) {
        static_cast<void>(size);
        return nullptr;
    }
};

/// How `to_file` writes.
struct FileSinkOptions {
    bool is_synced = true;  ///< whether the data is safe on the disk, even from a power failure, before it has its name
    bool is_kept =
        true;  ///< whether what was written before a failure stays for the next verified download to go on with
};

/// Says that a download is to be pulled piece by piece: `download_image(image, openstack::stream)`.
struct Stream {};
/// The one value of that type.
inline constexpr Stream stream{};

namespace detail {

/// A file that is replaced when all is there. A template so that a program compiles it only where it downloads to
/// files.
template<class Names>
class FileSink final : public Sink, public ScatteredSink {
  public:
    FileSink(std::string path, FileSinkOptions options) : part_(std::move(path)), options_(options) {}

    [[nodiscard]] std::uint64_t begin(std::string_view digest,
                                      Callback<void(std::span<std::byte const>)> show) override {
        part_.open(options_.is_kept ? digest : std::string_view{});
        std::string buffer(buffer_size, '\0');
        std::uint64_t shown = 0;
        while (std::size_t const count = part_.read_at(shown, writable_bytes_of(buffer))) {
            show(bytes_of({buffer.data(), count}));
            shown += count;
        }
        return shown;
    }
    void write(std::span<std::byte const> bytes) override {
        part_.open({});
        part_.write(bytes);
    }
    void finish() override {
        part_.open({});
        part_.publish(options_.is_synced);
    }
    [[nodiscard]] bool rewind() override {
        part_.clear();
        return true;
    }
    [[nodiscard]] ScatteredSink* scatter(std::uint64_t size) override {
        part_.open({});
        part_.scatter(size);
        return this;
    }
    void write_at(std::uint64_t at, std::span<std::byte const> bytes) override { part_.write_at(at, bytes); }
    [[nodiscard]] std::size_t read_at(std::uint64_t at, std::span<std::byte> buffer) override {
        return part_.read_at(at, buffer);
    }
    void gather(std::uint64_t size) override { part_.gather(size); }

  private:
    static constexpr std::size_t buffer_size = std::size_t{128} << 10;

    PartFile<Names> part_;
    FileSinkOptions options_;
};

/// A pipe or a device, which can't be replaced, or what else is open.
class DeviceSink final : public Sink {
  public:
    explicit DeviceSink(std::string path) : DeviceSink(path, open_file(path, O_WRONLY)) {}
    /// `name` is for messages.
    DeviceSink(std::string name, FileDescriptor file) : path_(std::move(name)), file_(std::move(file)) {}

    void write(std::span<std::byte const> bytes) override { write_all(file_, bytes, path_); }
    void finish() override {
        if (!file_.close()) throw IoError(path_, errno);
    }

  private:
    std::string path_;
    FileDescriptor file_;
};

/// A standard stream. A template only so that who has no stream needs no <ostream>.
template<class Stream>
class StreamSink final : public Sink {
  public:
    explicit StreamSink(Stream& output) : stream_(output) { check(); }

    void write(std::span<std::byte const> bytes) override {
        stream_.write(reinterpret_cast<char const*>(bytes.data()), static_cast<std::ptrdiff_t>(bytes.size()));
        check();
    }
    void finish() override {
        stream_.flush();
        check();
    }

  private:
    void check() const {
        if (!stream_) throw IoError("the output stream can't be written", EIO);
    }

    Stream& stream_;
};

/// A function.
template<class Function>
class CallbackSink final : public Sink {
  public:
    explicit CallbackSink(Function write) : write_(std::move(write)) {}

    void write(std::span<std::byte const> bytes) override { write_(bytes); }
    void finish() override {}

  private:
    Function write_;
};

}  // namespace detail

/// An open file, pipe, socket or device, written to from where it stands. The descriptor may be closed at once, since
/// the sink has one of its own. What was written before a failure stays. Throws IoError, also if it isn't open.
[[nodiscard]] inline std::unique_ptr<Sink> to_file_descriptor(int descriptor) {
    std::string name = "file descriptor " + std::to_string(descriptor);
    return std::unique_ptr<Sink>(new detail::DeviceSink(std::move(name), detail::duplicate(descriptor)));
}

/// A file that appears at `path` when it's whole and verified, in one step, with the mode of the file that it replaces
/// or else that of any new file. Until then the bytes are in a hidden file beside it, `.NAME.XXXXXXXX.part`, which only
/// its owner can read; what was at `path` stays untouched. Its digits are the first of the data's hash, and if the
/// download fails, but not for a full disk, or its process dies, the next verified one to the same path goes on with it
/// (FileSinkOptions::is_kept); a second process that fetches the same at the same time has one of its own. A finished
/// download removes the hidden files for `path` that nobody uses. A symbolic link stays, what it names is replaced or
/// made. A pipe, a device, and an open file of this process (/dev/stdout, /dev/fd/3) are written to directly, from
/// where they stand.
///
/// Throws IoError, which names the path: by itself if nothing can be written there, so before anything is requested.
template<detail::FilePath Path, class Names = detail::PartNames<>>
[[nodiscard]] std::unique_ptr<Sink> to_file(Path const& path, FileSinkOptions options = {}) {
    std::string name = detail::path_text(path);
    std::string target = detail::follow_links(name);
    if (int const descriptor = detail::descriptor_in(target); descriptor != -1) return to_file_descriptor(descriptor);
    struct stat found {};
    bool const is_there = ::stat(name.c_str(), &found) == 0;
    if (is_there && !S_ISREG(found.st_mode)) return std::unique_ptr<Sink>(new detail::DeviceSink(std::move(name)));
    return std::unique_ptr<Sink>(new detail::FileSink<Names>(std::move(target), options));
}

/// A stream, which has to stay until the download has ended. What was written before a failure stays in it.
/// Throws IoError if the stream fails.
template<std::derived_from<std::ostream> Stream>
[[nodiscard]] std::unique_ptr<Sink> to_stream(Stream& output) {
    return std::make_unique<detail::StreamSink<std::ostream>>(output);
}

/// A function, called with each piece as it arrives: before the whole is verified. What it throws leaves the download
/// unchanged. Throws InvalidRequest for one that is null.
template<std::invocable<std::span<std::byte const>> Function>
[[nodiscard]] std::unique_ptr<Sink> to_callback(Function write) {
    if (detail::has_nothing(write)) throw InvalidRequest("the function that takes the data is null");
    return std::unique_ptr<Sink>(new detail::CallbackSink<Function>(std::move(write)));
}

}  // namespace openstack

// <openstack/source.hpp>
// Where the bytes of an upload come from: a file, memory, a stream or a function.

namespace openstack {
namespace detail {

/// A file, or what else has a path and can be read (a pipe, a device).
class FileSource final : public Source {
  public:
    explicit FileSource(std::string path) : FileSource(path, open_file(path, O_RDONLY)) { is_alone_ = is_regular(); }
    /// What is left of an open file, from where it stands; `name` is for messages.
    FileSource(std::string name, FileDescriptor file)
        : path_(std::move(name)), file_(std::move(file)), at_start_(status()) {
        if (S_ISDIR(at_start_.st_mode)) throw IoError(path_, EISDIR);
        if (is_regular()) start_ = ::lseek(file_.get(), 0, SEEK_CUR);
        if (start_ == -1) throw IoError(path_, errno);
        offset_ = start_;
    }

    [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override {
        if (is_alone_ && offset_ < at_start_.st_size) {
            if (offset_ >= extent_end_) find_extent();
            buffer = {buffer.data(),
                      static_cast<std::size_t>(
                          (std::min<std::uint64_t>)(buffer.size(), static_cast<std::uint64_t>(extent_end_ - offset_)))};
            if (is_hole_) {
                std::memset(buffer.data(), 0, buffer.size());
                offset_ += static_cast<off_t>(buffer.size());
                return buffer.size();
            }
        }
        ssize_t bytes = -1;
        do {
            bytes = is_regular() ? ::pread(file_.get(), buffer.data(), buffer.size(), offset_)
                                 : ::read(file_.get(), buffer.data(), buffer.size());
        } while (bytes == -1 && waits_for(file_, POLLIN));
        if (bytes == -1) throw IoError(path_, errno);
        if (bytes == 0 && is_regular()) check_unchanged();
        offset_ += bytes;
        return static_cast<std::size_t>(bytes);
    }

    [[nodiscard]] std::string name() const override { return path_; }
    [[nodiscard]] std::optional<std::uint64_t> size() const override {
        if (!is_regular()) return std::nullopt;
        return static_cast<std::uint64_t>((std::max)(at_start_.st_size - start_, off_t{0}));
    }

    [[nodiscard]] bool rewind() override {
        offset_ = start_;
        extent_end_ = 0;
        return is_regular();
    }

  private:
    /// Finds out whether there is data or a hole, and where that ends. A hole is known to be zeros: nothing is read.
    void find_extent() {
        off_t const end = at_start_.st_size;
        off_t const data = ::lseek(file_.get(), offset_, SEEK_DATA);
        is_hole_ = data > offset_ || (data == -1 && errno == ENXIO);  // nothing but a hole is left
        extent_end_ = is_hole_ ? (data == -1 ? end : data) : ::lseek(file_.get(), offset_, SEEK_HOLE);
        if (extent_end_ <= offset_ || extent_end_ > end) extent_end_ = end;  // also where the system can't tell
    }

    [[nodiscard]] bool is_regular() const noexcept { return S_ISREG(at_start_.st_mode); }

    struct stat status() const {
        struct stat found {};
        if (::fstat(file_.get(), &found) != 0) throw IoError(path_, errno);
        return found;
    }

    // Bytes written over in place change neither the size nor the end: only the time tells.
    void check_unchanged() const {
        struct stat const now = status();
        if (now.st_size != at_start_.st_size || now.st_mtim.tv_sec != at_start_.st_mtim.tv_sec ||
            now.st_mtim.tv_nsec != at_start_.st_mtim.tv_nsec)
            throw SourceError(path_ + " was changed while it was being read");
    }

    std::string path_;
    FileDescriptor file_;
    struct stat at_start_;
    off_t start_ = 0;
    off_t offset_ = 0;
    off_t extent_end_ = 0;   ///< of the data or the hole at `offset_`
    bool is_hole_ = false;   ///< and not data
    bool is_alone_ = false;  ///< nobody else has a position in the open file, which is moved to find holes
};

/// Bytes in memory that belong to someone else.
class MemorySource final : public Source {
  public:
    explicit MemorySource(std::span<std::byte const> bytes) : bytes_(bytes), left_(bytes) {}

    [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override {
        std::size_t const bytes = (std::min)(buffer.size(), left_.size());
        if (bytes != 0) std::memcpy(buffer.data(), left_.data(), bytes);
        left_ = {left_.data() + bytes, left_.size() - bytes};
        return bytes;
    }

    [[nodiscard]] std::optional<std::uint64_t> size() const override { return bytes_.size(); }

    [[nodiscard]] bool rewind() override {
        left_ = bytes_;
        return true;
    }

  private:
    std::span<std::byte const> bytes_;
    std::span<std::byte const> left_;
};

/// A standard stream, from where it stands. A template only so that who has no stream needs no <istream>.
template<class Stream>
class StreamSource final : public Source {
  public:
    StreamSource(Stream& input, std::optional<std::uint64_t> size) : stream_(input), size_(size) {
        if (!stream_) throw SourceError("the input stream can't be read: it has failed before");
        start_ = stream_.tellg();
    }

    [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override {
        stream_.read(reinterpret_cast<char*>(buffer.data()), static_cast<std::ptrdiff_t>(buffer.size()));
        if (stream_.bad()) throw IoError("the input stream can't be read", EIO);
        return static_cast<std::size_t>(stream_.gcount());
    }

    [[nodiscard]] std::optional<std::uint64_t> size() const override { return size_; }

    [[nodiscard]] bool rewind() override {
        if (start_ == typename Stream::pos_type(-1)) return false;
        stream_.clear();
        return static_cast<bool>(stream_.seekg(start_));
    }

  private:
    Stream& stream_;
    std::optional<std::uint64_t> size_;
    typename Stream::pos_type start_{-1};
};

/// A function.
template<class Function>
class CallbackSource final : public Source {
  public:
    CallbackSource(Function read, std::optional<std::uint64_t> size) : read_(std::move(read)), size_(size) {}

    [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override { return read_(buffer); }
    [[nodiscard]] std::optional<std::uint64_t> size() const override { return size_; }

  private:
    Function read_;
    std::optional<std::uint64_t> size_;
};

}  // namespace detail

/// The bytes of a file, whose size is told to the service. A pipe or a device is read to its end.
/// Throws IoError if it can't be opened or read, SourceError if it changes while it is being read.
template<detail::FilePath Path>
[[nodiscard]] std::unique_ptr<Source> from_file(Path const& path) {
    return std::unique_ptr<Source>(new detail::FileSource(detail::path_text(path)));
}

/// What is left of an open file, from where it stands: of a regular one, which is read without moving its position, or
/// of a pipe, a socket, a device. The descriptor may be closed at once, since the source has one of its own.
/// Throws IoError, also if it isn't open, and SourceError as from_file does.
[[nodiscard]] inline std::unique_ptr<Source> from_file_descriptor(int descriptor) {
    std::string name = "file descriptor " + std::to_string(descriptor);
    return std::unique_ptr<Source>(new detail::FileSource(std::move(name), detail::duplicate(descriptor)));
}

/// Bytes in memory. Nothing is copied: they have to stay until the upload has ended.
[[nodiscard]] inline std::unique_ptr<Source> from_memory(std::span<std::byte const> bytes) {
    return std::unique_ptr<Source>(new detail::MemorySource(bytes));
}

/// Text in memory. Nothing is copied: it has to stay until the upload has ended.
[[nodiscard]] inline std::unique_ptr<Source> from_memory(std::string_view text) {
    return from_memory(detail::bytes_of(text));
}

/// What a stream still has, from where it stands. The stream has to stay until the upload has ended; without a `size`
/// the data is sent in chunks. Throws SourceError if the stream has failed already, IoError if it fails later.
template<std::derived_from<std::istream> Stream>
[[nodiscard]] std::unique_ptr<Source> from_stream(Stream& input, std::optional<std::uint64_t> size = std::nullopt) {
    return std::make_unique<detail::StreamSource<std::istream>>(input, size);
}

/// What a function gives: it fills the front of a buffer and says how many bytes; 0 is the end. Can't be read twice, so
/// an upload that fails after its first byte isn't repeated. What the function throws leaves the upload unchanged.
/// Throws InvalidRequest for one that is null.
template<std::invocable<std::span<std::byte>> Function>
[[nodiscard]] std::unique_ptr<Source> from_callback(Function read, std::optional<std::uint64_t> size = std::nullopt) {
    if (detail::has_nothing(read)) throw InvalidRequest("the function that gives the data is null");
    return std::unique_ptr<Source>(new detail::CallbackSource<Function>(std::move(read), size));
}

}  // namespace openstack

// 5 operations

// <openstack/answer.hpp>
// The answer to a request for one resource: out of its envelope, and with the id that all later requests need.

namespace openstack::detail {

/// {"project": {...}}: a resource under its key.
template<Resource T>
struct Envelope {
    Field<T> value{};
};

template<Resource T>
struct JsonTypeOf<Envelope<T>, false> {
    static constexpr JsonType make() {
        JsonType type{};
        type.expected = "object";
        type.is_struct = true;
        type.members = members.data();
        type.member_count = members.size();
        return type;
    }

  private:
    static constexpr std::array<JsonMember, 1> members{
        {{T::resource.key, [](void* object) { return target(static_cast<Envelope<T>*>(object)->value); }}}};
};

/// Throws DecodeError if the service left out what identifies the resource, of which there are others.
template<Resource T>
void require_identity(T const& resource, std::string_view what) {
    if constexpr (!T::resource.single)
        if (identity(resource).empty()) throw DecodeError(what, {{"", "the resource has no id"}});
}

/// Reads one resource. Throws DecodeError, whose message opens with `what`.
template<Resource T>
[[nodiscard]] T decode_answer(std::string body, std::string_view what) {
    T result{};
    if constexpr (T::resource.key.empty()) {
        decode(target(result), std::move(body), what);
    } else {
        Envelope<T> envelope;
        decode(target(envelope), std::move(body), what);
        if (!envelope.value) throw DecodeError(what, {{'/' + std::string{T::resource.key}, "is missing"}});
        result = std::move(*envelope.value);
    }
    require_identity(result, what);
    return result;
}

}  // namespace openstack::detail

// <openstack/at_once.hpp>
// Many at once: one action on each of many things, a bounded number of them at a time, each with its own outcome.

// <openstack/thread.hpp>
// Thread: a function that runs beside its maker.

namespace openstack::detail {

/// Runs a function, which throws nothing, in a thread of its own, and is destroyed when that has ended. Signals are the
/// program's: they don't come to this thread. (std::jthread, whose header costs the compiler a fiftieth of what this
/// whole library does, leaves no way to see to that.)
template<class Function>
class Thread {
  public:
    explicit Thread(Function run) : run_(std::move(run)) {
        sigset_t all{};
        sigset_t before{};
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before);
        is_running_ = ::pthread_create(&id_, nullptr, &start, this) == 0;
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
    Thread(Thread const&) = delete;
    Thread& operator=(Thread const&) = delete;
    ~Thread() {
        if (is_running_) ::pthread_join(id_, nullptr);
    }

    /// False if the system had no thread to give: then nothing runs.
    [[nodiscard]] bool is_running() const noexcept { return is_running_; }

  private:
    static void* start(void* self) noexcept {
        static_cast<Thread*>(self)->run_();
        return nullptr;
    }

    Function run_;
    pthread_t id_{};
    bool is_running_ = false;
};

}  // namespace openstack::detail

namespace openstack {

/// What became of one of many: what its action gave, or what it threw.
template<class Result>
class Outcome {
    struct Nothing {};
    using Kept = std::conditional_t<std::is_void_v<Result>, Nothing, Result>;

  public:
    /// Runs the action and keeps what becomes of it.
    template<class Action>
    static Outcome of(Action action) noexcept {
        Outcome outcome;
        try {
            if constexpr (std::is_void_v<Result>) {
                action();
                outcome.result_.emplace();
            } else {
                outcome.result_.emplace(action());
            }
        } catch (...) {
            outcome.error_ = std::current_exception();
        }
        return outcome;
    }

    /// Whether the action came to its end.
    [[nodiscard]] bool has_value() const noexcept { return result_.has_value(); }
    [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }
    /// What the action gave. Throws what it threw.
    decltype(auto) value() const {
        if (error_) std::rethrow_exception(error_);
        if constexpr (!std::is_void_v<Result>) return *result_;
    }
    /// What the action threw; null if it threw nothing.
    [[nodiscard]] std::exception_ptr error() const noexcept { return error_; }

  private:
    std::optional<Kept> result_;
    std::exception_ptr error_;
};

/// How many are done at a time, and until when.
struct AtOnce {
    unsigned limit = 4;  ///< so many at a time, each in a thread
    StopToken stop{};    ///< then no further one is begun; each of those that are left has Cancelled as its outcome
};

namespace detail {

/// Shares the items among threads. A template so that a program compiles it only where it's used.
template<class Item, class Action>
class ManyAtOnce {
  public:
    using Result = std::decay_t<std::invoke_result_t<Action&, Item const&>>;

    ManyAtOnce(std::vector<Item> const& items, AtOnce const& options, Action& action)
        : items_(items), options_(options), action_(action), outcomes_(items.size()) {}

    /// The caller's thread is one of them, so it goes on where the system has no other to give.
    [[nodiscard]] std::vector<Outcome<Result>> run() {
        std::size_t const count = (std::min)(std::size_t{options_.limit}, items_.size());
        std::vector<std::unique_ptr<Thread<Work>>> threads;
        while (threads.size() + 1 < count) threads.push_back(std::make_unique<Thread<Work>>(Work{this}));
        work();
        threads.clear();
        return std::move(outcomes_);
    }

  private:
    struct Work {
        ManyAtOnce* owner;
        void operator()() const noexcept { owner->work(); }
    };

    void work() noexcept {
        for (std::size_t i = next_++; i < items_.size(); i = next_++)
            outcomes_[i] = Outcome<Result>::of([&]() -> Result {
                if (options_.stop.stop_requested()) throw Cancelled("its stop token ended it before it began");
                return action_(items_[i]);
            });
    }

    std::vector<Item> const& items_;
    AtOnce const& options_;
    Action& action_;
    std::vector<Outcome<Result>> outcomes_;
    std::atomic<std::size_t> next_{0};
};

}  // namespace detail

/// Does `action(item)` for each item, so many at a time, and gives the outcomes in the order of the items. The action
/// is called from several threads at once: a Connection and its proxies may be. Throws InvalidRequest for a limit of 0,
/// and nothing that an action throws.
///
///     auto const outcomes = for_each_at_once(glance.images().all(), {.limit = 8}, [&](Image const& image) {
///         return glance.download_image(image, to_file(*image.id + ".raw"));
///     });
template<class Item, class Action>
[[nodiscard]] auto for_each_at_once(std::vector<Item> const& items, AtOnce const& options, Action action) {
    if (options.limit == 0) throw InvalidRequest("at least one is done at a time");
    return detail::ManyAtOnce<Item, Action>{items, options, action}.run();
}

}  // namespace openstack

// <openstack/by_name.hpp>
// Looking a resource up by its name: which listings to ask for, and which of their resources really have the name.

namespace openstack::detail {

/// Whether a field is the one that other resources and people call a resource by.
template<class Info>
inline constexpr bool is_name =
    Info::is_in_json&& Info::wire_name == "name" && std::same_as<typename Info::value_type, std::string>;

/// Whether the resource has exactly that name; false for resources without names.
template<Resource T>
[[nodiscard]] bool has_name(T const& resource, std::string_view name) {
    bool is_same = false;
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        if constexpr (is_name<FieldInfo<Member, Descriptor>>) is_same = resource.*Member == name;
    });
    return is_same;
}

/// The listings that together hold every resource of that name: filtered where the service can, and repeated for those
/// that it hides. None for resources without a name.
template<Resource T>
[[nodiscard]] std::vector<Query<T>> queries_by_name(std::string_view name) {
    std::vector<Query<T>> queries;
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        using Info = FieldInfo<Member, Descriptor>;
        if constexpr (is_name<Info>) {
            queries.emplace_back();
            if constexpr (Info::options::template has_operator<Eq>) queries.back() = Query<T>{where<Member> == name};
        }
    });
    if (queries.empty()) return queries;
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        FieldInfo<Member, Descriptor>::options::visit_hidden([&](auto value) {
            queries.push_back(Query<T>{queries.front(), where<Member> == value});
        });
    });
    return queries;
}

/// The resources of that name in these listings, each of them once; `list` makes a listing of a query.
template<Resource T, class List>
[[nodiscard]] std::vector<T> find_named(std::string_view name, List list) {
    std::vector<T> found;
    for (Query<T> const& query : queries_by_name<T>(name)) {
        for (T& each : list(query)) {
            bool is_new = has_name(each, name);
            for (T const& known : found) is_new = is_new && identity(known) != identity(each);
            if (is_new) found.push_back(std::move(each));
        }
    }
    return found;
}

/// Throws ResourceNotFound for a search below that path.
[[noreturn]] inline void throw_not_found(std::string_view name_or_id, std::string const& path) {
    throw ResourceNotFound({.status = 404,
                            .method = "GET",
                            .url = path,
                            .text = "none has the id or the name '" + std::string{name_or_id} + "'"});
}

/// Throws DuplicateResource with the ids of all that have the name; one is enough where there shall be none.
template<Resource T>
[[noreturn]] void throw_duplicate(std::string_view name, std::vector<T> const& found) {
    std::vector<std::string> ids;
    for (T const& each : found) ids.push_back(identity(each));
    throw DuplicateResource('\'' + std::string{name} + "' is the name of " +
                                (found.size() > 1 ? "more than one" : "one") + " of " + std::string{T::resource.plural},
                            std::move(ids));
}

}  // namespace openstack::detail

// <openstack/download_stream.hpp>
// DownloadStream: data pulled piece by piece, verified when the last piece has been taken.

// <openstack/verification.hpp>
// Whether the bytes that arrive are those that the record promises.

// <openstack/background_hasher.hpp>
// BackgroundHasher: hashes what passes beside the thread that moves it, so that neither waits for the other.

namespace openstack::detail {

/// Hashes of the same bytes by several algorithms. Used by one thread at a time; the thread that it has for itself
/// starts when there is enough to do for one. What fails there is thrown where the hash is asked for.
template<class Hash = Hasher>
class BackgroundHasher {
  public:
    /// Throws Error for an algorithm that isn't available.
    explicit BackgroundHasher(std::vector<std::string> const& algorithms) {
        for (std::string const& name : algorithms) hashes_.push_back({name, Hash{name}});
    }
    BackgroundHasher(BackgroundHasher const&) = delete;
    BackgroundHasher& operator=(BackgroundHasher const&) = delete;
    ~BackgroundHasher() {
        is_ended_ = true;
        pass_on();
    }

    /// Takes the next bytes: a copy of them, for which it waits if the hashing is far behind.
    void update(std::span<std::byte const> bytes) {
        if (hashes_.empty()) return;
        while (!bytes.empty()) {
            std::string& piece = pieces_[passed_on_ % piece_count];
            std::size_t const count = (std::min)(piece_size - piece.size(), bytes.size());
            piece.append(reinterpret_cast<char const*>(bytes.data()), count);
            bytes = {bytes.data() + count, bytes.size() - count};
            if (piece.size() < piece_size) continue;
            if (!worker_) worker_ = std::make_unique<Thread<Work>>(Work{this});
            if (!worker_->is_running()) {
                hash(piece);
                continue;
            }
            pass_on();
            wait_until_left(piece_count - 1);
        }
    }

    /// The hash by that algorithm of the bytes so far; nothing if it isn't one of those. Throws Error if OpenSSL fails.
    [[nodiscard]] std::optional<std::string> hex_digest(std::string_view algorithm) {
        wait_until_left(0);
        hash(pieces_[passed_on_ % piece_count]);
        if (failure_) std::rethrow_exception(failure_);
        for (Named const& each : hashes_)
            if (each.name == algorithm) return each.hash.hex_digest();
        return std::nullopt;
    }

  private:
    struct Named {
        std::string name;
        Hash hash;
    };
    struct Work {
        BackgroundHasher* owner;
        void operator()() const noexcept { owner->work(); }
    };

    static constexpr unsigned piece_count = 4;
    static constexpr std::size_t piece_size = std::size_t{256} << 10;

    /// The worker's whole life.
    void work() noexcept {
        for (unsigned next = 0;; ++next) {
            passed_on_.wait(next);
            if (is_ended_) return;
            hash(pieces_[next % piece_count]);
            ++hashed_;
            hashed_.notify_one();
        }
    }

    void hash(std::string& piece) noexcept {
        try {
            for (Named& each : hashes_)
                if (!failure_) each.hash.update(bytes_of(piece));
        } catch (...) {
            failure_ = std::current_exception();
        }
        piece.clear();
    }

    void pass_on() {
        ++passed_on_;
        passed_on_.notify_one();
    }

    void wait_until_left(unsigned count) const {
        if (!worker_ || !worker_->is_running()) return;
        for (unsigned done = hashed_; passed_on_ - done > count; done = hashed_) hashed_.wait(done);
    }

    std::vector<Named> hashes_;
    std::string pieces_[piece_count];  ///< one is being filled, the others wait or are being hashed
    std::atomic<unsigned> passed_on_ = 0;
    std::atomic<unsigned> hashed_ = 0;
    std::atomic<bool> is_ended_ = false;
    std::exception_ptr failure_;  ///< of the thread that hashes
    std::unique_ptr<Thread<Work>> worker_;
};

}  // namespace openstack::detail

namespace openstack {

/// What to do about data, downloaded or just uploaded, whose record has no hash. Sizes are compared under each of them.
enum class Verification {
    required,     ///< refuse it
    if_possible,  ///< take it
    off           ///< don't hash at all
};

/// The size and hash that data should have.
struct Fingerprint {
    std::optional<std::uint64_t> size{};  ///< in bytes, if the record says so
    std::string algorithm{};              ///< empty: there is no hash to compare with
    std::string digest{};                 ///< hexadecimal, in either case
};

/// What a download did.
struct Download {
    std::uint64_t bytes = 0;    ///< how many came
    std::string verified_by{};  ///< the algorithm whose hash was right; empty: nothing was there to compare with
};

/// What an upload did.
struct Upload {
    std::uint64_t bytes = 0;    ///< how many were stored
    std::string verified_by{};  ///< as that of Download
};

namespace detail {

/// Throws IntegrityError unless `found` is the digest that the record, of which `what` tells, says. Services write the
/// hexadecimal digits in either case.
inline void check_digest(std::string_view what, Fingerprint const& expected, std::string_view found) {
    if (equal_ignoring_case(found, expected.digest)) return;
    throw IntegrityError(std::string{what} + ": its " + one_line(expected.algorithm) + " is " + std::string{found} +
                         ", but its record says " + one_line(expected.digest));
}

/// Throws IntegrityError if there is nothing to compare with where that is required.
inline void check_policy(std::string_view what, Fingerprint const& expected, Verification policy) {
    if (policy == Verification::required && expected.algorithm.empty())
        throw IntegrityError(std::string{what} +
                             ": its record has no hash that could be compared; Verification::if_possible takes it");
}

/// Throws IntegrityError if the digest of which the record tells can't be one by that algorithm: no data would fit.
template<class Hash>
void check_form(std::string_view what, Fingerprint const& expected) {
    bool const is_hexadecimal = expected.digest.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
    if (is_hexadecimal && expected.digest.size() == Hash{expected.algorithm}.hex_digest().size()) return;
    throw IntegrityError(std::string{what} + ": its record says " + one_line(expected.digest) + ", which is no " +
                         one_line(expected.algorithm));
}

/// Compares what passes with a fingerprint. A template so that a program compiles it only where it downloads.
template<class Hash = Hasher, class Expected = Fingerprint>
class Verifier {
  public:
    /// `what` names the data in messages. Throws Error for a hash that isn't available but must be compared,
    /// IntegrityError for one that can't be.
    Verifier(std::string what, Expected expected, Verification policy)
        : what_(std::move(what)), expected_(std::move(expected)), policy_(policy) {
        restart();
    }

    /// What the data should be.
    [[nodiscard]] Expected const& expected() const noexcept { return expected_; }
    /// The data should be that instead: false if that's what it should be anyway, or no hash can be compared with the
    /// new one before `restart`.
    [[nodiscard]] bool expect(Expected expected) {
        bool const is_other = expected.digest != expected_.digest || expected.size != expected_.size;
        bool const is_comparable = expected.algorithm == expected_.algorithm;
        expected_ = std::move(expected);
        return is_other && is_comparable;
    }

    /// Throws IntegrityError, and takes nothing, if there is more data than there should be, or none can be verified
    /// but must be.
    void update(std::span<std::byte const> bytes) {
        check_policy(what_, expected_, policy_);
        check_size(bytes_ + bytes.size());
        take_known(bytes);
    }

    /// Takes bytes that came with an earlier download: as many as there may be, for they're judged in the end.
    void take_known(std::span<std::byte const> bytes) {
        bytes_ += bytes.size();
        if (hasher_) hasher_->update(bytes);
    }
    /// Begins with the first byte again.
    void restart() {
        bytes_ = 0;
        hasher_.reset();
        if (policy_ == Verification::off || expected_.algorithm.empty()) return;
        check_form<Hash>(what_, expected_);
        hasher_ = std::make_unique<BackgroundHasher<Hash>>(std::vector{expected_.algorithm});
    }

    /// All has come. Throws ConnectionLost if that is too little, IntegrityError if it isn't the right data.
    [[nodiscard]] Download finish() {
        check_policy(what_, expected_, policy_);
        check_size(bytes_);
        if (expected_.size && bytes_ < *expected_.size)
            throw ConnectionLost(what_ + ": only " + std::to_string(bytes_) + " of " + std::to_string(*expected_.size) +
                                 " bytes came");
        if (!hasher_) return {bytes_, {}};
        check_digest(what_, expected_, hasher_->hex_digest(expected_.algorithm).value_or("of another kind"));
        return {bytes_, expected_.algorithm};
    }

  private:
    void check_size(std::uint64_t bytes) const {
        if (expected_.size && bytes > *expected_.size)
            throw IntegrityError(what_ + ": more than the " + std::to_string(*expected_.size) +
                                 " bytes that its record says");
    }

    std::string what_;
    Expected expected_;
    Verification policy_;
    std::unique_ptr<BackgroundHasher<Hash>> hasher_;
    std::uint64_t bytes_ = 0;
};

}  // namespace detail

}  // namespace openstack

namespace openstack {

/// A download as a move-only, single-pass input range of pieces, each valid until the next one is asked for. A broken
/// connection is gone on with where it broke. The step from the last piece to the end throws IntegrityError if the data
/// was not what its record promises: whoever uses pieces earlier must be able to undo that. Destroying it early closes
/// the connection.
class DownloadStream {
  public:
    /// Reads on in its DownloadStream.
    class Iterator {
      public:
        using value_type = std::span<std::byte const>;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;

        explicit Iterator(DownloadStream& pieces) : stream_(&pieces) {}
        /// The current piece.
        [[nodiscard]] value_type operator*() const { return stream_->piece_; }
        /// Pulls the next piece. Throws TransportError; IntegrityError and ConnectionLost if there is too much, too
        /// little, or at the end the wrong data; what the progress function throws.
        Iterator& operator++() {
            stream_->advance();
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return stream_->is_finished_; }

      private:
        DownloadStream* stream_;
    };

    /// What a service's proxy gives: `pieces`, not null, throws as Iterator does, and leaves at its end in `result`,
    /// which lives as long, what was downloaded.
    DownloadStream(std::unique_ptr<ResponseStream> pieces, Download const& result)
        : pieces_(std::move(pieces)), result_(&result) {}

    /// The piece that hasn't been passed yet; pulls the first one if that hasn't been done, and throws as `++` does.
    [[nodiscard]] Iterator begin() {
        check();
        if (piece_.empty() && !is_finished_) advance();
        return Iterator{*this};
    }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

    /// What was downloaded and how it was verified; complete after the last piece. Throws InvalidRequest if the
    /// download was moved elsewhere.
    [[nodiscard]] Download const& result() const {
        check();
        return *result_;
    }

  private:
    void check() const {
        if (!pieces_) throw InvalidRequest("this download was moved elsewhere");
    }

    void advance() {
        piece_ = {};  // of what fails nothing is left to be given
        check();
        piece_ = pieces_->next();
        is_finished_ = piece_.empty();
    }

    std::unique_ptr<ResponseStream> pieces_;
    Download const* result_;
    std::span<std::byte const> piece_;
    bool is_finished_ = false;
};

/// A DownloadStream as a std::streambuf, to be read through a std::istream:
///
///     openstack::DownloadStreambuf buffer{glance.download_image(image, openstack::stream)};
///     std::istream in{&buffer};
///     in.exceptions(std::ios::badbit);
///
/// A std::istream keeps what is thrown here to itself, and only says `bad()`, unless its `exceptions` have badbit: then
/// IntegrityError and the others arrive. A template only so that who has no stream needs no <streambuf>.
template<class Base = std::streambuf, class Pulled = DownloadStream>
class DownloadStreambuf final : public Base {
  public:
    explicit DownloadStreambuf(Pulled download) : download_(std::move(download)) {}

    /// As DownloadStream::result.
    [[nodiscard]] Download const& result() const { return download_.result(); }

  protected:
    typename Base::int_type underflow() override {
        bool const is_read = std::exchange(has_piece_, false);  // and false if the next one can't be had
        auto piece = download_.begin();
        if (is_read && piece != download_.end()) ++piece;
        has_piece_ = true;
        if (piece == download_.end()) {
            this->setg(nullptr, nullptr, nullptr);
            return Base::traits_type::eof();
        }
        // What is read isn't written to: a streambuf has no other type for it.
        char* const first = const_cast<char*>(reinterpret_cast<char const*>((*piece).data()));
        this->setg(first, first, first + (*piece).size());
        return Base::traits_type::to_int_type(*first);
    }

  private:
    Pulled download_;
    bool has_piece_ = false;
};

}  // namespace openstack

// <openstack/listing.hpp>
// Listing<T>: all resources of a collection, page by page as they are asked for.

// <openstack/page.hpp>
// Page<T>: one answer to a list request, and the link to the next one in the forms that OpenStack's services write it.

namespace openstack::detail {

/// {"rel": "next", "href": "..."}, as Nova and Neutron write the link to the next page.
struct Link {
    Field<std::string> rel{};
    Field<std::string> href{};
    BOOST_DESCRIBE_CLASS(Link, (), (rel, href), (), ())
};
/// {"next": "..."}, as Keystone writes it.
struct Links {
    Field<std::string> next{};
    BOOST_DESCRIBE_CLASS(Links, (), (next), (), ())
};

/// Makes `text` what identifies the resource. A text that is no id of T's changes nothing.
template<Resource T>
void set_identity(T& resource, std::string_view text) {
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        using Info = FieldInfo<Member, Descriptor>;
        if constexpr (Info::is_in_json && TextCodable<typename Info::value_type>)
            if (is_identity<T>(Info::wire_name)) {
                auto& storage = FieldAccess::storage(resource.*Member);
                if (store_text<typename Info::value_type>(&storage.value, text)) storage.state = FieldState::has_value;
            }
    });
}

/// One answer to a list request. Glance writes the next page's link as `next` beside the array.
template<Resource T>
struct Page {
    static constexpr Collection form = T::resource.collection;
    using Items = std::conditional_t<form == Collection::by_name, std::map<std::string, T>, std::vector<T>>;

    Field<Items> items{};
    Field<std::string> next{};
    Field<Links> links{};
    Field<std::vector<Link>> plural_links{};

    /// Where the answer goes.
    [[nodiscard]] JsonTarget place() {
        if constexpr (form == Collection::bare) {
            return target(items);
        } else {
            return target(*this);
        }
    }

    /// The resources, which are moved out; there must be `items`.
    [[nodiscard]] std::vector<T> take_items() {
        if constexpr (form == Collection::by_name) {
            std::vector<T> all;
            for (auto& [name, each] : *items) set_identity(all.emplace_back(std::move(each)), name);
            return all;
        } else {
            return std::move(*items);
        }
    }

    /// The link to the next page; empty: this is the last one.
    [[nodiscard]] std::string next_link() const {
        if (next) return *next;
        if (links && links->next) return *links->next;
        if (plural_links)
            for (Link const& each : *plural_links)
                if (each.rel == "next") return each.href.value_or("");
        return {};
    }
};

/// Reads a page, and gives its resources. Throws DecodeError, whose message opens with `what`.
template<Resource T>
[[nodiscard]] std::vector<T> decode_page(Page<T>& page, std::string body, std::string_view what) {
    decode(page.place(), std::move(body), what);
    if (!page.items) throw DecodeError(what, {{'/' + std::string{T::resource.plural}, "is missing"}});
    std::vector<T> items = page.take_items();
    for (T const& each : items) require_identity(each, what);
    return items;
}

template<Resource T>
struct JsonTypeOf<Page<T>, false> {
    static constexpr JsonType make() {
        JsonType type{};
        type.expected = "object";
        type.is_struct = true;
        type.members = members.data();
        type.member_count = members.size();
        return type;
    }

  private:
    static constexpr std::string_view suffix = "_links";
    static constexpr auto plural_links = [] {
        std::array<char, T::resource.plural.size() + suffix.size()> name{};
        std::size_t length = 0;
        for (std::string_view const part : {T::resource.plural, suffix})
            for (char const c : part) name[length++] = c;
        return name;
    }();
    template<auto Member>
    static JsonTarget locate(void* object) {
        return target(static_cast<Page<T>*>(object)->*Member);
    }
    static constexpr std::array<JsonMember, 4> members{
        {{T::resource.plural, locate<&Page<T>::items>},
         {"next", locate<&Page<T>::next>},
         {"links", locate<&Page<T>::links>},
         {{plural_links.data(), plural_links.size()}, locate<&Page<T>::plural_links>}}};
};

}  // namespace openstack::detail

namespace openstack {

/// A listing as a move-only, single-pass input range. It asks for a page when the page's first resource is needed: a
/// loop that is left early sends nothing more. Advancing throws what Session::send throws, and DecodeError.
///
/// HTTP: GET of the collection. The next page is found by the marker in the answer's link alone; the query is repeated
/// as it was given, since services drop repeated parameters from that link. The listing ends where the link is missing,
/// not where a page is short; of a service without links, where a page is empty. Where the service has lost the marker,
/// since that resource was deleted meanwhile (by the loop over the listing itself, mostly), it's asked from the start
/// again for what the listing hasn't given yet.
template<Resource T>
class Listing {
  public:
    /// Reads on in its Listing.
    class Iterator {
      public:
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;

        explicit Iterator(Listing& listing) : listing_(&listing) {}
        [[nodiscard]] T& operator*() const { return listing_->page_[listing_->index_]; }
        [[nodiscard]] T* operator->() const { return &**this; }
        Iterator& operator++() {
            listing_->advance();
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return listing_->is_at_end(); }

      private:
        Listing* listing_;
    };

    /// Lists `path` of T's service.
    Listing(Session session, std::string path, Query<T> query)
        : session_(std::move(session)), path_(std::move(path)), query_(std::move(query)) {}

    /// What was moved from asks for no page any more: that throws InvalidRequest.
    Listing(Listing&&) = default;
    Listing& operator=(Listing&&) = default;

    /// The first resource that hasn't been passed yet. Asks for its page if that hasn't been done, or has failed.
    [[nodiscard]] Iterator begin() {
        if (is_at_end() && has_next_) load();
        return Iterator{*this};
    }
    /// Where the service has no more, or max_items are given.
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

    /// All resources that are left. Those that it had when a request failed are gone: list them anew.
    [[nodiscard]] std::vector<T> all() {
        std::vector<T> everything;
        for (T& each : *this) everything.push_back(std::move(each));
        return everything;
    }

    /// The first resource that is left, if there is one. Asks the service for a page of no more than that.
    [[nodiscard]] std::optional<T> first() {
        first_page_size_ = 1;
        Iterator const at = begin();
        return at == end() ? std::nullopt : std::optional<T>{*at};
    }

    /// The only resource. Throws ResourceNotFound if there is none; if there are more, DuplicateResource with the ids
    /// of the first two.
    [[nodiscard]] T one() {
        first_page_size_ = 2;
        std::vector<T> found;
        for (T const& each : *this) {
            found.push_back(each);
            if (found.size() == 2) break;
        }
        if (found.empty()) throw ResourceNotFound({404, "GET", path_, {}, "nothing fits the query"});
        if (found.size() > 1) {
            std::vector<std::string> ids;
            for (T const& each : found) ids.push_back(identity(each));
            throw DuplicateResource("more than one of " + std::string{T::resource.plural} + " fits the query", ids);
        }
        return std::move(found.front());
    }

  private:
    static constexpr std::size_t max_pages = 10'000;
    static constexpr std::size_t max_empty_pages = 100;

    /// A Listing that was moved from has an index, but no page.
    [[nodiscard]] bool is_at_end() const { return index_ >= page_.size(); }

    void advance() {
        ++index_;
        ++passed_;
        if (passed_ == query_.max_items()) {
            page_.clear();
            index_ = 0;
            has_next_ = false;
        }
        if (is_at_end() && has_next_) load();
    }

    void load() {
        has_next_ = query_.max_items() != std::size_t{0};
        if (!has_next_) return;
        do {
            try {
                load_page();
            } catch (BadRequest const&) {
                start_again();
            } catch (ResourceNotFound const&) {
                start_again();
            }
        } while (page_.empty() && has_next_);
    }

    /// Called where a request failed. Throws its error on if it can't have been the marker's, or if starting again
    /// brought nothing.
    void start_again() {
        if (continuation_.empty() || given_.size() == given_before_) throw;
        given_before_ = given_.size();
        continuation_.clear();
        visited_.clear();
        load_page();
    }

    /// Changes nothing if it throws, so that the page can be asked for again.
    void load_page() {
        if (path_.empty()) throw InvalidRequest("this listing was moved elsewhere");
        if (pages_ == max_pages) give_up("more pages than a listing may have");
        std::vector<QueryParameter> parameters = query_.conditions();
        if (std::size_t const size = limit(); size != 0) parameters.push_back({"limit", std::to_string(size)});
        detail::append(parameters, continuation_);
        std::string const query = to_query_string(parameters);
        std::string const url = query.empty() ? path_ : path_ + '?' + query;
        Response response = session_.send(T::resource.service, {.url = url});
        std::string const what = "the answer to GET " + url;
        detail::Page<T> page;
        std::vector<T> items = detail::decode_page(page, std::move(response.body), what);
        std::string const link = page.next_link();
        bool const is_empty = items.empty();
        bool const has_next = T::resource.links ? !link.empty() : !is_empty;
        if (!link.empty() && is_empty && empty_pages_ + 1 == max_empty_pages) give_up("too many empty pages in a row");
        if (has_next) continuation_ = continuation(link, items);

        has_next_ = has_next;
        empty_pages_ = is_empty ? empty_pages_ + 1 : 0;
        ++pages_;
        page_ = std::move(items);
        index_ = 0;
        if (given_before_ != 0) std::erase_if(page_, [&](T const& each) { return given_.contains(identity(each)); });
        if (has_next_)
            for (T const& each : page_) given_.emplace(identity(each), pages_);
    }

    /// How many resources a page is asked for; 0: that is the service's choice.
    [[nodiscard]] std::size_t limit() const {
        std::size_t const size = query_.page_size().value_or(T::resource.page_size);
        if (T::resource.page_size == 0) return size;
        std::size_t const wanted = pages_ == 0 ? (std::min)(size, first_page_size_) : size;
        return (std::min)(wanted, query_.max_items().value_or(wanted));
    }

    /// What the link has and our own query doesn't: the marker. Where there are no links, the last id is one.
    [[nodiscard]] std::vector<QueryParameter> continuation(std::string const& link, std::vector<T> const& items) {
        std::vector<QueryParameter> own = query_.conditions();
        own.push_back({"limit", {}});
        std::vector<QueryParameter> added;
        std::vector<QueryParameter> next;
        if constexpr (T::resource.links) {
            next = query_parameters(link);
        } else {
            next.push_back({"marker", identity(items.back())});
        }
        for (QueryParameter const& each : next) {
            bool is_own = false;
            for (QueryParameter const& ours : own) is_own = is_own || ours.key == each.key;
            if (!is_own) added.push_back(each);
        }
        if (added.empty() || !visited_.emplace(to_query_string(added), pages_).second)
            give_up("the next page is one that was there before");
        return added;
    }

    [[noreturn]] void give_up(std::string const& reason) const {
        throw ProtocolError("GET " + path_ + ": " + reason + " (page " + std::to_string(pages_ + 1) + ')');
    }

    Session session_;
    std::string path_;
    Query<T> query_;
    std::vector<T> page_;
    std::size_t index_ = 0;
    bool has_next_ = true;                        ///< whether there may be a page that hasn't been asked for
    std::vector<QueryParameter> continuation_;    ///< what the last page's link adds to our query
    std::map<std::string, std::size_t> visited_;  ///< what was asked for, after how many pages
    std::map<std::string, std::size_t> given_;    ///< the ids on all pages but the last, each with its page
    std::size_t given_before_ = 0;                ///< how many there were when the listing last started again
    std::size_t empty_pages_ = 0;                 ///< in a row
    std::size_t pages_ = 0;
    std::size_t passed_ = 0;
    std::size_t first_page_size_ = static_cast<std::size_t>(-1);  ///< at most, where no more is needed at first
};

}  // namespace openstack

// <openstack/progress.hpp>
// How far a transfer has come.

namespace openstack {

/// A moment of a transfer.
struct Progress {
    std::uint64_t bytes = 0;               ///< that have been moved; fewer than before where an upload starts again
    std::optional<std::uint64_t> total{};  ///< how many there will be, if that is known
    double bytes_per_second = 0;           ///< on average since the start
};

/// Called while data moves, in the thread that moves it, at most ten times a second and once at the end. What it throws
/// ends the transfer and reaches the caller unchanged.
using ProgressFunction = Callback<void(Progress const&)>;

namespace detail {

/// Counts bytes and reports them.
class ProgressMeter {
  public:
    /// An empty `report` is never called.
    ProgressMeter(ProgressFunction report, std::optional<std::uint64_t> total)
        : report_(std::move(report)), progress_{.total = total} {}

    /// So many bytes more have been moved. Throws what the function throws.
    void add(std::uint64_t bytes) {
        progress_.bytes += bytes;
        if (report_ && Clock::now() >= next_report_) report();
    }
    /// So many bytes more were there already: they don't count for the speed. Throws what the function throws.
    void skip(std::uint64_t bytes) {
        skipped_ += bytes;
        add(bytes);
    }
    /// All have been moved: reports that in any case.
    void finish() {
        if (report_) report();
    }
    /// Counts from 0 again.
    void restart() { *this = ProgressMeter(std::move(report_), progress_.total); }

    /// How many have been moved.
    [[nodiscard]] std::uint64_t bytes() const noexcept { return progress_.bytes; }

  private:
    using Clock = SteadyClock;

    void report() {
        Clock::time_point const now = Clock::now();
        next_report_ = now + Milliseconds{100};
        double const seconds = std::chrono::duration<double>(now - start_).count();
        progress_.bytes_per_second = seconds > 0 ? static_cast<double>(progress_.bytes - skipped_) / seconds : 0;
        report_(progress_);
    }

    ProgressFunction report_;
    Progress progress_;
    std::uint64_t skipped_ = 0;
    Clock::time_point start_ = Clock::now();
    Clock::time_point next_report_ = start_;
};

}  // namespace detail

}  // namespace openstack

// <openstack/proxy.hpp>
// Proxy<T>: create, get, find, list, update and remove, for any resource.

// <openstack/chosen_identity.hpp>
// The ids of new resources, where it is the client that chooses them.

namespace openstack::detail {

/// The resource, with its UuidOnCreate field filled in if it is unset.
template<Resource T>
[[nodiscard]] T with_identity(T fields) {
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        if constexpr (FieldInfo<Member, Descriptor>::options::template has<UuidOnCreate>)
            if ((fields.*Member).is_unset()) fields.*Member = random_uuid();
    });
    return fields;
}

/// Whether a create sends what will identify the resource.
template<Resource T>
[[nodiscard]] bool writes_identity(T const& fields) {
    bool is_written = false;
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        using Info = FieldInfo<Member, Descriptor>;
        if constexpr (Info::is_in_json && !Info::is_read_only && is_identity<T>(Info::wire_name))
            is_written = !identity(fields).empty();
    });
    return is_written;
}

/// Whether the lists have the same elements, maybe in another order: services keep tags as sets.
template<std::equality_comparable Element>
[[nodiscard]] bool are_permuted(std::vector<Element> const& a, std::vector<Element> const& b) {
    auto const count = [](std::vector<Element> const& list, Element const& wanted) {
        std::size_t found = 0;
        for (Element const& each : list) found += each == wanted;
        return found;
    };
    bool are = a.size() == b.size();
    for (Element const& each : a) are = are && count(a, each) == count(b, each);
    return are;
}

/// Whether `found` has all that `fields` would have made, as far as the service tells.
template<Resource T>
[[nodiscard]] bool is_made_of(T const& found, T const& fields) {
    T expected = with_changes(found, fields);
    bool is_same = true;  // what no difference has, since no update could change it
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        using Info = FieldInfo<Member, Descriptor>;
        if constexpr (Info::options::template has<CreateOnly> && TextCodable<typename Info::value_type>)
            is_same = is_same && ((found.*Member).is_unset() || found.*Member == expected.*Member);
        if constexpr (requires { are_permuted(*(found.*Member), *(expected.*Member)); })
            if ((found.*Member).has_value() && (expected.*Member).has_value() &&
                are_permuted(*(found.*Member), *(expected.*Member)))
                expected.*Member = found.*Member;
    });
    return is_same && diff(found, expected).empty();
}

/// What `proxy` finds under the id of `chosen`, in its listing where one can't be asked for, if it is what an earlier
/// attempt to create that made. `fields` are what `chosen` was made of: under an id that was made here nobody else has
/// created anything.
template<class Proxy, Resource T>
[[nodiscard]] std::optional<T> find_created(Proxy const& proxy, T const& fields, T const& chosen) {
    std::string const id = identity(chosen);
    if (id.empty()) return std::nullopt;
    auto const is_it = [&](T const& found) { return identity(fields).empty() || is_made_of(found, chosen); };
    try {
        if constexpr (T::resource.get) {
            T found = proxy.get(id);
            if (is_it(found)) return found;
        } else if constexpr (T::resource.list) {
            for (T& each : proxy.list())
                if (identity(each) == id && is_it(each)) return std::move(each);
        }
    } catch (HttpError const&) {  // of the two refusals, that of the create says more
    }
    return std::nullopt;
}

}  // namespace openstack::detail

// <openstack/proxy_of_no_resource.hpp>
// Proxy<T> where T is no resource: one sentence says what is missing, and whatever is called says nothing more.

namespace openstack {

/// Stands where T is no resource, and says why. What is wrong with a resource's declaration, Resource<T> has said.
template<class T>
class Proxy {
    static_assert(Described<T>,
                  "openstack: a Proxy is for a resource: a struct with BOOST_DESCRIBE_CLASS(...) and `static constexpr "
                  "ResourceInfo resource{...}`");
    static_assert(!Described<T> || detail::HasResource<T>,
                  "openstack: a resource says where its service keeps it: `static constexpr ResourceInfo "
                  "resource{...}` is missing");

    struct Anything {
        template<class U>
        Anything(U const&) {}
    };

  public:
    template<class... Parents>
    explicit Proxy(Parents const&...) {}

    T create(T const&) const;
    template<class... Parts>
    std::vector<T> create_all(std::vector<T> const&, Parts const&...) const;
    T get() const;
    template<class... Parts>
    T get(Anything, Parts const&...) const;
    std::optional<T> find(std::string_view) const;
    T find(std::string_view, Anything) const;
    template<class... Parts>
    std::vector<T> list(Parts const&...) const;
    T update(Anything, T const&) const;
    template<std::invocable<T&> Edit>
    T update(Anything, Edit const&) const;
    T patch(Anything, Anything) const;
    void remove(Anything) const;
    void remove(Anything, Anything) const;
    void remove_all() const;
};

}  // namespace openstack

// <openstack/proxy_reads.hpp>
// ProxyReads<T>: where a Proxy's requests go, and what it reads: get, find and list.

// <openstack/resource_ref.hpp>
// ResourceRef<T>: an id or an object, where either will do.

namespace openstack {

/// A resource as an argument: its id, or the object itself. Outlives neither.
template<Resource T>
class ResourceRef {
  public:
    /// An id; an empty one, or one that can't stand in a path, is refused (InvalidRequest) where it is used.
    ResourceRef(std::string_view id) : id_(id) {}
    ResourceRef(std::string const& id) : id_(id) {}
    ResourceRef(char const* id) : id_(id == nullptr ? "" : id) {}
    /// A field with an id, such as `image.id`.
    template<class... Options>
    ResourceRef(Field<std::string, Options...> const& id) : id_(id.value_or("")) {}
    /// Throws InvalidRequest if the object has no id yet.
    ResourceRef(T const& object) : id_(identity(object)), object_(&object) {
        if (id_.empty()) throw InvalidRequest("an object of " + std::string{T::resource.path} + " has no id");
    }

    /// The id, not encoded.
    [[nodiscard]] std::string const& id() const noexcept { return id_; }
    /// The object; null if only the id was given.
    [[nodiscard]] T const* object() const noexcept { return object_; }

  private:
    std::string id_;
    T const* object_ = nullptr;
};

}  // namespace openstack

namespace openstack {

/// The type of `must_exist`.
struct MustExist {};
/// As the last argument of find and remove: what isn't there is a ResourceNotFound.
inline constexpr MustExist must_exist{};

/// The type of `details`.
struct Details {};
/// As the first argument of list: with the fields that the service leaves out otherwise.
inline constexpr Details details{};

namespace detail {

template<class T, class Part>
inline constexpr bool is_get_condition = false;
template<class T, class R>
inline constexpr bool is_get_condition<T, GetCondition<R>> = std::derived_from<T, R>;

}  // namespace detail

/// The part of Proxy<T> that reads. The other parts stand on it.
template<Resource T>
class ProxyReads {
  public:
    /// Binds the path's `{placeholders}` in their order, each to an id or to an object that has one.
    template<class... Parents>
    explicit ProxyReads(Session session, Parents const&... parents) : session_(std::move(session)) {
        static_assert(sizeof...(Parents) == count_placeholders(T::resource.path),
                      "openstack: a Proxy takes as many ids as the resource's path has placeholders");
        path_ = fill_placeholders(T::resource.path, {parent_id(parents)...});
    }

    // Copied also where it could be moved: what is left then would send its requests to the service's root.
    ProxyReads(ProxyReads const&) = default;
    ProxyReads& operator=(ProxyReads const&) = default;

    /// GET of one resource. Throws ResourceNotFound.
    [[nodiscard]] T get(ResourceRef<T> const& resource) const {
        static_assert(T::resource.get, "openstack: the declaration of this resource allows no get");
        return exchange({.url = path_of(resource)});
    }

    /// The same with conditions on what is told of it: `where<>` with an operator, of OfGet fields.
    template<class... Parts>
    requires(sizeof...(Parts) > 0) [[nodiscard]] T get(ResourceRef<T> const& resource, Parts const&... parts) const {
        static_assert(T::resource.get, "openstack: the declaration of this resource allows no get");
        constexpr bool are_conditions = (detail::is_get_condition<T, Parts> && ...);
        static_assert(are_conditions, "openstack: get() takes conditions on OfGet fields of its resource alone");
        std::vector<QueryParameter> parameters;
        if constexpr (are_conditions) (detail::append(parameters, parts.parameters), ...);
        return exchange({.url = path_of(resource) + '?' + to_query_string(parameters)});
    }

    /// GET of the path itself, where the declaration says that there is but one.
    [[nodiscard]] T get() const {
        static_assert(T::resource.single, "openstack: there are several of this resource: get() takes an id");
        return exchange({.url = path_});
    }

    /// The resource of that id, or else the only one of that name; nothing if there is none. Throws DuplicateResource,
    /// with all ids, if several have the name. Names are compared here, too: services skip filters unknown to them.
    ///
    /// HTTP: GET of the id; if that fails by 400, 403 or 404, GET of the collection filtered by name, and once more for
    /// the hidden ones where the declaration says HiddenWhen.
    [[nodiscard]] std::optional<T> find(std::string_view name_or_id) const {
        if (name_or_id.empty()) throw InvalidRequest("an empty text is no id and no name");
        std::exception_ptr forbidden;
        if constexpr (T::resource.get) {
            try {
                return get(name_or_id);
            } catch (ResourceNotFound const&) {
            } catch (BadRequest const&) {      // not the form of this service's ids
            } catch (InvalidRequest const&) {  // a name that can't stand in a path
            } catch (Forbidden const&) {
                forbidden = std::current_exception();
            }
        }
        std::vector<T> found;
        if constexpr (T::resource.list)
            found = detail::find_named<T>(name_or_id, [&](Query<T> const& query) { return list(query); });
        if (found.empty() && forbidden) std::rethrow_exception(forbidden);
        if (found.empty()) return std::nullopt;
        if (found.size() > 1) detail::throw_duplicate(name_or_id, found);
        return std::move(found.front());
    }
    /// The same, but throws ResourceNotFound if there is none.
    [[nodiscard]] T find(std::string_view name_or_id, MustExist) const {
        std::optional<T> found = find(name_or_id);
        if (!found) detail::throw_not_found(name_or_id, path_);
        return std::move(*found);
    }

    /// The resources that fit the filters, in the order of the sort keys; nothing is sent before the first is asked
    /// for.
    template<class... Parts>
    [[nodiscard]] Listing<T> list(Parts const&... parts) const {
        static_assert(T::resource.list && (!T::resource.plural.empty() || T::resource.collection == Collection::bare),
                      "openstack: the declaration of this resource allows no list, or doesn't say its plural");
        return Listing<T>{session_, path_, Query<T>{parts...}};
    }
    /// The same from `path/detail`, as Nova's servers have it.
    template<class... Parts>
    [[nodiscard]] Listing<T> list(Details, Parts const&... parts) const {
        static_assert(T::resource.details, "openstack: the declaration of this resource has no listing with details");
        return Listing<T>{session_, path_ + "/detail", Query<T>{parts...}};
    }

    /// The path of one resource, below which services put what else it has.
    [[nodiscard]] std::string path_of(ResourceRef<T> const& resource) const {
        static_assert(!T::resource.single,
                      "openstack: there is one of this resource, without an id: get() is all it has");
        return path_ + '/' + path_segment(resource.id());
    }
    /// The session that it acts by.
    [[nodiscard]] Session const& session() const noexcept { return session_; }

  protected:
    /// What messages call it.
    static std::string answer_to(Request const& request) {
        return "the answer to " + request.method + ' ' + request.url;
    }

    /// Sends the request, and reads its answer.
    T exchange(Request request, std::string_view content_type = {}) const {
        if (!content_type.empty()) request.headers.set("Content-Type", std::string{content_type});
        std::string const what = answer_to(request);
        Response response = session_.send(T::resource.service, std::move(request));
        return detail::decode_answer<T>(std::move(response.body), what);
    }

    Session session_;
    std::string path_;  ///< of the collection

  private:
    template<class Parent>
    static std::string parent_id(Parent const& parent) {
        if constexpr (Resource<Parent>) {
            return ResourceRef<Parent>(parent).id();
        } else {
            return std::string{parent};
        }
    }
};

}  // namespace openstack

// <openstack/proxy_updates.hpp>
// ProxyUpdates<T>: what a Proxy changes: fields, edits, and patches made by hand.

namespace openstack {

/// The part of Proxy<T> that updates.
template<Resource T>
class ProxyUpdates : public ProxyReads<T> {
  public:
    using ProxyReads<T>::ProxyReads;

    /// Changes the fields that are set in `changes`. Given an object: those that differ from it, without asking for its
    /// current state, and if none differs nothing is sent. Given an id: all of them; where that needs the current state
    /// (Update::put) it is asked for (of a resource without a get, they are the whole that is put), and where the
    /// service merges (Update::merge) what their objects lack stays. Properties are added or replaced, none is removed;
    /// lists are replaced; null replaces by null. Throws InvalidRequest for a field that can't be changed, and where
    /// both are one object: what was changed in it can't be told any more.
    T update(ResourceRef<T> const& resource, T const& changes) const {
        if constexpr (check_update()) {
            if (resource.object() == &changes)
                throw InvalidRequest("an object doesn't differ from itself: pass an edit, or its id and the changes");
            constexpr bool is_whole = T::resource.update == Update::put && T::resource.get;
            T before{};
            if (resource.object() != nullptr)
                before = *resource.object();
            else if constexpr (is_whole)
                before = this->get(resource);
            T const after = detail::with_changes(before, changes);
            return send_update(resource, before, after, resource.object() != nullptr || is_whole);
        } else {
            return changes;
        }
    }

    /// Gets the current state, lets `edit` change it, and sends the difference: what it set, cleared, added or removed.
    /// Throws InvalidRequest if it changed a field that an update can't.
    template<std::invocable<T&> Edit>
    T update(ResourceRef<T> const& resource, Edit&& edit) const {
        constexpr bool is_edit = !detail::edits_nothing<T, Edit>();
        static_assert(is_edit,
                      "openstack: an edit takes the resource by reference, [](auto& resource) { ... }: "
                      "by value or by const reference it changes nothing");
        if constexpr (check_update() && is_edit) {
            T const before = this->get(resource);
            T after = before;
            std::forward<Edit>(edit)(after);
            return send_update(resource, before, after, true);
        } else {
            return T{};
        }
    }

    /// Sends a patch made by hand (RFC 6902), as it is: what it may change is for the service to say.
    T patch(ResourceRef<T> const& resource, JsonPatch const& patch) const {
        static_assert(T::resource.update == Update::json_patch,
                      "openstack: the declaration of this resource allows no update by JSON patch");
        Request request{.method = "PATCH", .url = this->path_of(resource), .body = patch.to_json()};
        request.is_repeatable = patch.is_repeatable();
        return this->exchange(std::move(request), T::resource.patch_type);
    }

  private:
    static constexpr bool check_update() {
        constexpr bool is_allowed = T::resource.update != Update::none;
        static_assert(is_allowed, "openstack: the declaration of this resource allows no update");
        return is_allowed;
    }

    T send_update(ResourceRef<T> const& resource, T const& before, T const& after, bool is_known) const {
        detail::check_changes(before, after, resource.id());
        JsonPatch const difference = diff(before, after);
        if constexpr (T::resource.get)
            if (difference.empty() && !is_known) return this->get(resource);
        if (difference.empty()) return after;
        if constexpr (T::resource.update == Update::json_patch) {
            return patch(resource, difference);
        } else {
            Request request{.method = T::resource.update == Update::merge ? "PATCH" : "PUT",
                            .url = this->path_of(resource)};
            if constexpr (T::resource.update == Update::put)
                request.body = to_update_body(after);
            else
                request.body = detail::to_changes_body(before, after);
            // After a rename the old name is gone, which would look like a failure.
            request.is_repeatable = identity(after).empty() || identity(after) == resource.id();
            return this->exchange(std::move(request), "application/json");
        }
    }
};

}  // namespace openstack

namespace openstack {

/// The operations on resources of type T. Cheap to make and to copy; safe to use from several threads at once.
/// Everything throws InvalidRequest before anything is sent, HttpError's subclasses for refusals, TransportError, and
/// DecodeError for an answer that isn't a T.
template<Resource T>
class Proxy<T> : public ProxyUpdates<T> {
  public:
    using ProxyUpdates<T>::ProxyUpdates;

    /// POST to the collection (or PUT or POST to the id, as declared). Gives what the service made of it, or, if its
    /// answer is empty, what was sent. Where the client chooses the id, a POST whose answer got lost is repeated; a 409
    /// is then asked about by a GET.
    T create(T const& fields) const {
        static_assert(T::resource.create != Create::none && !T::resource.single,
                      "openstack: the declaration of this resource allows no create");
        T const chosen = detail::with_identity(fields);
        Request request{.method = T::resource.create == Create::put ? "PUT" : "POST", .url = this->path_};
        if constexpr (T::resource.create != Create::post) request.url = this->path_of(chosen);
        if constexpr (T::resource.create != Create::post_id) {
            request.body = to_create_body(chosen);
            request.headers.set("Content-Type", "application/json");
        }
        request.is_repeatable = T::resource.create != Create::post || detail::writes_identity(chosen);
        try {
            return create_by(std::move(request), chosen);
        } catch (Conflict const& conflict) {
            if (conflict.attempts().is_in_doubt)
                if (std::optional<T> made = detail::find_created(*this, fields, chosen)) return std::move(*made);
            throw;
        }
    }

    /// POST of several to the collection, with `headers` beside those that all requests have. Gives what the service
    /// made of them, or, if its answer is empty, what was sent. It isn't repeated: whether it makes all of them or
    /// none, and what becomes of those that are there, is for the service to say.
    std::vector<T> create_all(std::vector<T> const& resources, Headers headers = {}) const {
        constexpr bool is_allowed = T::resource.create_all && !T::resource.plural.empty();
        static_assert(is_allowed,
                      "openstack: the declaration of this resource allows no create_all, or doesn't say its plural");
        std::vector<T> made;
        if constexpr (is_allowed) {
            for (T const& each : resources) made.push_back(detail::with_identity(each));
            headers.set("Content-Type", "application/json");
            Request request{.method = "POST", .url = this->path_, .headers = std::move(headers)};
            request.body = to_create_body(made);
            std::string const what = this->answer_to(request);
            Response response = this->session_.send(T::resource.service, std::move(request));
            detail::Page<T> page;
            if (!response.body.empty()) return detail::decode_page(page, std::move(response.body), what);
            for (T& each : made) each = detail::with_changes(T{}, each);
        }
        return made;
    }

    /// DELETE. A resource that isn't there is no error.
    void remove(ResourceRef<T> const& resource) const {
        try {
            send_remove(resource);
        } catch (ResourceNotFound const&) {
        }
    }
    /// DELETE. Throws ResourceNotFound if the resource isn't there; but not where an earlier attempt, whose answer got
    /// lost, may have removed it.
    void remove(ResourceRef<T> const& resource, MustExist) const {
        try {
            send_remove(resource);
        } catch (ResourceNotFound const& gone) {
            if (!gone.attempts().is_in_doubt) throw;
        }
    }

    /// DELETE of the collection: removes all that is in it, and keeps what it belongs to.
    void remove_all() const {
        static_assert(T::resource.remove_all, "openstack: the declaration of this resource allows no remove_all");
        this->session_.send(T::resource.service, {.method = "DELETE", .url = this->path_});
    }

    /// As Session::with: `images.with({.stop = token}).get(id)`.
    [[nodiscard]] Proxy with(CallOptions options) const {
        Proxy other = *this;
        other.session_ = this->session_.with(std::move(options));
        return other;
    }

  private:
    T create_by(Request request, T const& chosen) const {
        std::string const what = this->answer_to(request);
        Response response = this->session_.send(T::resource.service, std::move(request));
        if (response.body.empty()) return detail::with_changes(T{}, chosen);
        return detail::decode_answer<T>(std::move(response.body), what);
    }

    void send_remove(ResourceRef<T> const& resource) const {
        static_assert(T::resource.remove, "openstack: the declaration of this resource allows no remove");
        this->session_.send(T::resource.service, {.method = "DELETE", .url = this->path_of(resource)});
    }
};

}  // namespace openstack

// <openstack/upload.hpp>
// A source on its way to the service: counted and hashed in the one pass in which it is sent.

namespace openstack::detail {

/// Passes another source on, which has to outlive it. A template so that a program compiles it only where it uploads.
template<class Hash = Hasher>
class MeasuredSource final : public Source {
  public:
    /// The algorithms are those of the hashes computed on the way. Throws Error for one that isn't available.
    MeasuredSource(Source& source, ProgressFunction progress, std::vector<std::string> algorithms = {"sha512", "md5"})
        : source_(source), meter_(std::move(progress), source.size()), algorithms_(std::move(algorithms)) {
        hasher_.emplace(algorithms_);
    }

    /// The first bytes, at most so many: fewer only if there aren't more. `read` gives them again. Asked before it.
    [[nodiscard]] std::string_view front(std::size_t size) {
        while (ahead_.size() < size) {
            std::size_t const before = ahead_.size();
            ahead_.resize(size);
            std::span<std::byte> const room = writable_bytes_of(ahead_);
            std::size_t const count = read_source({room.data() + before, size - before});
            ahead_.resize(before + count);
            if (count == 0) break;
        }
        return ahead_;
    }

    [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override {
        std::size_t count = (std::min)(ahead_.size(), buffer.size());
        if (count != 0) {
            std::memcpy(buffer.data(), ahead_.data(), count);
            ahead_.erase(0, count);
        } else {
            count = read_source(buffer);
        }
        has_ended_ = count == 0;
        hasher_->update({buffer.data(), count});
        callbacks_.call([&] { meter_.add(count); });
        return count;
    }

    [[nodiscard]] std::optional<std::uint64_t> size() const override { return source_.size(); }
    [[nodiscard]] std::string name() const override { return source_.name(); }

    [[nodiscard]] bool rewind() override {
        if (meter_.bytes() == 0) return true;
        if (!callbacks_.call([&] { return source_.rewind(); })) return false;
        ahead_.clear();
        has_ended_ = false;
        meter_.restart();
        hasher_.emplace(algorithms_);
        return true;
    }

    /// Reads the whole without sending it, from the first byte; false if the source can't go back.
    [[nodiscard]] bool measure() {
        if (!rewind()) return false;
        std::string buffer(buffer_size, '\0');
        while (read(writable_bytes_of(buffer)) != 0) continue;
        return true;
    }
    /// Whether the source itself or the progress function has thrown.
    [[nodiscard]] bool has_failed() const noexcept { return callbacks_.have_thrown(); }
    /// Reports the end of the sending.
    void finish() {
        callbacks_.call([&] { meter_.finish(); });
    }
    /// How many were read for sending.
    [[nodiscard]] std::uint64_t bytes() const noexcept { return meter_.bytes(); }
    /// Whether that is all that the source has.
    [[nodiscard]] bool is_whole() const {
        std::optional<std::uint64_t> const total = size();
        return total ? bytes() == *total : has_ended_;
    }
    /// The hash of what was read. One that wasn't computed on the way takes another reading; nothing if the source
    /// can't go back, or OpenSSL doesn't have the algorithm. Throws SourceError if other bytes come the second time, as
    /// far as their number or the source itself tells.
    [[nodiscard]] std::optional<std::string> digest(std::string_view algorithm) {
        if (auto known = hasher_->hex_digest(algorithm)) return known;
        if (!Hash::supports(algorithm) || !source_.rewind()) return std::nullopt;
        Hash hasher{algorithm};
        std::string buffer(buffer_size, '\0');
        std::uint64_t again = 0;
        for (std::size_t count = 1; count != 0 && again <= bytes(); again += count) {
            count = read_source(writable_bytes_of(buffer));
            hasher.update(bytes_of({buffer.data(), count}));
        }
        if (again != bytes())
            throw SourceError(source_.name() + " hadn't the same number of bytes when it was read again");
        return hasher.hex_digest();
    }

  private:
    static constexpr std::size_t buffer_size = std::size_t{128} << 10;

    std::size_t read_source(std::span<std::byte> buffer) {
        std::size_t const count = callbacks_.call([&] { return source_.read(buffer); });
        if (count > buffer.size()) throw SourceError("the source claims to have read more than there was room for");
        return count;
    }

    Source& source_;
    ProgressMeter meter_;
    WatchedCallbacks<> callbacks_;
    std::vector<std::string> algorithms_;
    std::optional<BackgroundHasher<Hash>> hasher_;
    std::string ahead_;
    bool has_ended_ = false;
};

}  // namespace openstack::detail

// <openstack/versions.hpp>
// The versions of a service's API, as the service lists them.

namespace openstack {

/// One version of an API. What a service offers depends on its configuration too, so these explain a refusal rather
/// than foretell one.
struct ApiVersion {
    std::string id{};           ///< such as "v2.16"
    std::string status{};       ///< "CURRENT", "SUPPORTED", "DEPRECATED" or "EXPERIMENTAL", in capitals or not
    std::string version{};      ///< the newest microversion, where the API has them
    std::string min_version{};  ///< the oldest one
    /// Where it is: always on the host and below the prefix of the catalog's endpoint. Services behind a proxy list
    /// addresses of their own, which only the cloud knows.
    std::string url{};
};

namespace detail {

/// What is read of one version. This and the following are templates so that a program compiles them only where it asks
/// for versions.
template<class Text = std::string>
struct VersionEntry {
    /// One of its addresses.
    struct Link {
        Field<Text> rel{};  ///< "self" for the address of the version itself
        Field<Text> href{};
        BOOST_DESCRIBE_CLASS(Link, (), (rel, href), (), ())
    };

    Field<Text> id{};
    Field<Text> status{};
    Field<Text> version{};
    Field<Text> min_version{};
    Field<std::vector<Link>> links{};
    BOOST_DESCRIBE_CLASS(VersionEntry, (), (id, status, version, min_version, links), (), ())
};
/// The versions as most services list them.
template<class Text = std::string>
struct VersionList {
    Field<std::vector<VersionEntry<Text>>> versions{};
    BOOST_DESCRIBE_CLASS(VersionList, (), (versions), (), ())
};
/// The versions as Keystone does: all, or the one that answers.
template<class Text = std::string>
struct KeystoneVersions {
    /// Several of them.
    struct Values {
        Field<std::vector<VersionEntry<Text>>> values{};
        BOOST_DESCRIBE_CLASS(Values, (), (values), (), ())
    };

    Field<VersionEntry<Text>> version{};
    Field<Values> versions{};
    BOOST_DESCRIBE_CLASS(KeystoneVersions, (), (version, versions), (), ())
};

/// The versions in a document of either kind. Throws DecodeError, whose message opens with `what`.
template<class Text = std::string>
[[nodiscard]] std::vector<VersionEntry<Text>> read_versions(Text const& body, std::string const& what) {
    try {
        if (auto const list = from_json<VersionList<Text>>(body, what); list.versions) return *list.versions;
    } catch (DecodeError const&) {  // then it is of the other kind
    }
    std::vector<VersionEntry<Text>> found;
    auto const other = from_json<KeystoneVersions<Text>>(body, what);
    if (other.versions) found = other.versions->values.value_or(found);
    if (other.version) found.push_back(*other.version);
    return found;
}

}  // namespace detail

/// The versions that the service lists, in its order. Throws DecodeError for another document, and what Session::send
/// throws. HTTP: GET of the endpoint without a version.
template<class Handle = Session, class Version = ApiVersion>
[[nodiscard]] std::vector<Version> versions(Handle const& session, std::string_view service) {
    std::string const root = version_root(session.endpoint(service));
    auto const body = session.versions(service).body;
    std::vector<Version> found;
    for (auto const& each : detail::read_versions(body, "the answer to GET " + root)) {
        std::string const id = each.id.value_or("");
        found.push_back({id, each.status.value_or(""), each.version.value_or(""), each.min_version.value_or(""),
                         root + '/' + path_segment(id.substr(0, id.find('.')))});
    }
    return found;
}

}  // namespace openstack

// <openstack/waiting.hpp>
// Waiting for a resource: it is asked for again and again, with ever longer pauses, until it is as it shall be.

namespace openstack {

/// How long is waited, and how often asked. A negative time, and an interval of 0, are refused (InvalidRequest).
struct WaitOptions {
    std::chrono::milliseconds deadline = std::chrono::hours(1);  ///< of the whole wait; 0: none
    std::chrono::milliseconds interval{2'000};  ///< between two questions in the end; it begins with an eighth of it
};

namespace detail {

/// Asks `look()` until `missing(what it gave)` is empty, a text that says what isn't yet as it shall be; gives the last
/// look. Once there was a first one, a service that fails, puts off or can't be reached is asked on until the deadline:
/// a wait of an hour mustn't end because of a minute. `name` names the resource in messages. A template, like what
/// calls it, so that a program compiles it only where it waits.
template<class Handle, class Look, class Missing>
[[nodiscard]] auto look_until(Handle const& session, std::string const& name, WaitOptions const& options, Look look,
                              Missing missing) {
    if (options.deadline < Milliseconds::zero() || options.interval <= Milliseconds::zero())
        throw InvalidRequest("a wait's deadline is negative, or there is no time between its questions");
    CallLimits const limits{session.clock(), StopToken{}, options.deadline};
    Milliseconds pause = (std::max)(options.interval / 8, Milliseconds{1});
    std::string lacks;
    std::string trouble;
    for (bool is_first = true;; is_first = false) {
        try {
            auto state = look();
            trouble.clear();
            lacks = missing(std::as_const(state));
            if (lacks.empty()) return state;
        } catch (TransportError const& failure) {
            if (is_first) throw;
            trouble = std::string{"; it couldn't be asked any more: "} + failure.what();
        } catch (HttpError const& failure) {
            bool const may_pass = failure.status() >= 500 || failure.status() == 429;
            if (is_first || !may_pass) throw;
            trouble = std::string{"; it couldn't be asked any more: "} + failure.what();
        }
        Milliseconds const rest = limits.left();
        if (rest == Milliseconds::zero())
            throw ResourceTimeout(name + ": waited for " + std::to_string(options.deadline.count()) + " ms; " + lacks +
                                  trouble);
        session.wait((std::min)(pause, rest), "waiting for " + name);
        pause = (std::min)(pause * 2, options.interval);
    }
}

template<Resource T>
[[nodiscard]] std::string name_of(ResourceRef<T> const& resource) {
    return std::string{T::resource.path} + '/' + one_line(resource.id());
}

}  // namespace detail

/// Waits until `is_as_wanted(resource)`, and gives the resource as it is then. Throws ResourceTimeout, Cancelled as
/// soon as the session's stop token says so, and unchanged what the predicate throws. HTTP: GET of the resource,
/// repeatedly.
template<Resource T, std::predicate<T const&> Predicate>
T wait_for(Proxy<T> const& proxy, ResourceRef<std::type_identity_t<T>> const& resource, Predicate is_as_wanted,
           WaitOptions const& options = {}) {
    return detail::look_until(
        proxy.session(), detail::name_of<T>(resource), options, [&] { return proxy.get(resource.id()); },
        [&](T const& state) { return is_as_wanted(state) ? "" : "it isn't as it shall be"; });
}

/// Waits until the resource is gone. Throws ResourceTimeout and Cancelled. HTTP: GET of the resource, until a 404.
template<Resource T>
void wait_for_delete(Proxy<T> const& proxy, ResourceRef<std::type_identity_t<T>> const& resource,
                     WaitOptions const& options = {}) {
    (void)detail::look_until(
        proxy.session(), detail::name_of<T>(resource), options,
        [&] {
            try {
                (void)proxy.get(resource.id());
                return true;
            } catch (ResourceNotFound const&) {
                return false;
            }
        },
        [](bool is_there) { return is_there ? "it is still there" : ""; });
}

}  // namespace openstack

// 6 services

// <openstack/auth/auth_method.hpp>
// AuthMethod: one way to show Keystone who one is, whatever its type.

namespace openstack {

/// A way to show Keystone who one is: `method` is the name that Keystone has for it, `to_json()` its JSON object. It
/// may have `void check() const`, which throws ConfigError for what can't be right: called before anything is sent.
template<class T>
concept KeystoneMethod = requires(T const& value) {
    { T::method } -> std::convertible_to<std::string_view>;
    { value.to_json() } -> std::convertible_to<std::string>;
};

/// Holds a method of any type, such as a Password. Copies share it.
class AuthMethod {
  public:
    /// Takes a KeystoneMethod. Throws what its `check` throws.
    template<class T>
    requires(!std::same_as<std::remove_cvref_t<T>, AuthMethod>) AuthMethod(T method) {
        static_assert(
            KeystoneMethod<T>,
            "openstack: an authentication method is a struct with `static constexpr std::string_view method`, "
            "Keystone's name of it, and `std::string to_json() const`, such as Password or Token");
        if constexpr (KeystoneMethod<T>) {
            if constexpr (requires { method.check(); }) method.check();
            name_ = T::method;
            to_json_ = [method = std::move(method)] { return std::string{method.to_json()}; };
        }
    }

    /// Keystone's name of the method.
    [[nodiscard]] std::string_view name() const noexcept { return name_; }
    /// What Keystone is told, as a JSON object: a secret. Throws InvalidRequest for a text that isn't UTF-8.
    [[nodiscard]] std::string to_json() const { return to_json_(); }

  private:
    std::string_view name_;
    Callback<std::string()> to_json_;
};

}  // namespace openstack

// <openstack/auth/fixed_token.hpp>
// FixedToken: a token from elsewhere, or none at all, for clouds (or single services) that are reached without
// Keystone.

namespace openstack {

/// Sends always the same token; an empty one isn't sent. It brings no catalog: the session needs `endpoint`.
class FixedToken final : public Authentication {
  public:
    /// Asks nobody: whether the token is good shows with the first request.
    explicit FixedToken(std::string token = {}) : token_(std::move(token)) {}

    /// The token alone. Sends nothing.
    [[nodiscard]] Authorization authorize(Transport&) override { return {.token = token_}; }
    /// Never: there is no other one.
    [[nodiscard]] bool is_renewable() const override { return false; }

  private:
    std::string token_;
};

}  // namespace openstack

// <openstack/auth/keystone.hpp>
// Keystone: authentication by OpenStack's Identity service (API v3, section "Authentication").

// <openstack/auth/keystone_answers.hpp>
// What Keystone answers: tokens, what is missing for one, and its versions (Identity API v3).

namespace openstack::keystone {

/// What is read of a token's user and project: the id.
template<class Text = std::string>
struct Reference {
    Field<Text> id{};
    BOOST_DESCRIBE_CLASS(Reference, (), (id), (), ())
};
/// One address of a service.
template<class Text = std::string>
struct CatalogEndpoint {
    Field<Text, Wire<"interface">> interface_{};  ///< "public", "internal" or "admin"
    Field<Text> region{};
    Field<Text> url{};
    BOOST_DESCRIBE_CLASS(CatalogEndpoint, (), (interface_, region, url), (), ())
};
/// A service and its addresses.
template<class Text = std::string>
struct CatalogService {
    Field<Text> type{};  ///< such as "image"
    Field<Text> name{};  ///< such as "glance"
    Field<std::vector<CatalogEndpoint<Text>>> endpoints{};
    BOOST_DESCRIBE_CLASS(CatalogService, (), (type, name, endpoints), (), ())
};
/// What is read of a token's description. The token itself is in a header.
template<class Text = std::string>
struct TokenDescription {
    Field<std::vector<CatalogService<Text>>> catalog{};  ///< missing from a token without a scope
    Field<Reference<Text>> project{};                    ///< missing from a token for anything else
    Field<Reference<Text>> user{};
    Field<Timestamp> issued_at{};
    Field<Timestamp> expires_at{};
    BOOST_DESCRIBE_CLASS(TokenDescription, (), (catalog, project, user, issued_at, expires_at), (), ())
};
/// The answer to POST /v3/auth/tokens.
template<class Text = std::string>
struct TokenAnswer {
    Field<TokenDescription<Text>> token{};
    BOOST_DESCRIBE_CLASS(TokenAnswer, (), (token), (), ())
};
/// The refusal of a user who must use several methods: lists of them, each of which would do.
template<class Text = std::string>
struct ReceiptAnswer {
    Field<std::vector<std::vector<Text>>> required_auth_methods{};
    BOOST_DESCRIBE_CLASS(ReceiptAnswer, (), (required_auth_methods), (), ())
};
/// What Keystone's own refusals have, and no other server's.
template<class Number = int>
struct Problem {
    Field<Number> code{};  ///< the status
    BOOST_DESCRIBE_CLASS(Problem, (), (code), (), ())
};
/// Such a refusal.
template<class Number = int>
struct ProblemAnswer {
    Field<Problem<Number>> error{};
    BOOST_DESCRIBE_CLASS(ProblemAnswer, (), (error), (), ())
};
/// What an answer with a token gives; `what` names it in messages. Throws DecodeError for one without a token, or with
/// times that are none.
template<class Answer = TokenAnswer<>>
[[nodiscard]] Authorization to_authorization(Response response, std::string const& what) {
    auto const answer = from_json<Answer>(std::move(response.body), what);
    auto const token = response.headers.find("X-Subject-Token");
    if (!token || token->empty() || !answer.token)
        throw DecodeError(what, {{"/token", "is missing, or the header X-Subject-Token is"}});
    Authorization result{.token = std::string{*token}};
    if (answer.token->project) result.project_id = answer.token->project->id.value_or("");
    if (answer.token->user) result.user_id = answer.token->user->id.value_or("");
    if (answer.token->issued_at && answer.token->expires_at)
        result.life = std::chrono::duration_cast<std::chrono::milliseconds>(answer.token->expires_at->point() -
                                                                            answer.token->issued_at->point());
    if (!answer.token->catalog) return result;
    for (auto const& service : *answer.token->catalog)
        if (service.endpoints)
            for (auto const& each : *service.endpoints)
                result.catalog.push_back({.service = service.type.value_or(""),
                                          .interface_ = each.interface_.value_or(""),
                                          .region = each.region.value_or(""),
                                          .url = each.url.value_or(""),
                                          .name = service.name.value_or("")});
    return result;
}

/// `text` without the values of the request: Keystone quotes those whose form it doesn't like, secrets too. What is
/// shorter than four characters stays, and so do words that the request has as keys.
template<class Text = std::string>
[[nodiscard]] Text hide_values(Text text, std::string_view request) {
    constexpr std::string_view ends = "\"\\:,{}[] ";
    for (std::size_t end = 0; end < request.size(); ++end) {
        std::size_t const begin = end;
        end = (std::min)(request.find_first_of(ends, begin), request.size());
        std::string const value{request.substr(begin, end - begin)};
        bool const is_key = request.find('"' + value + "\":") != request.npos;
        if (value.size() >= 4 && !is_key) text = detail::hide(std::move(text), value);
    }
    return text;
}

/// What Keystone's refusal says: if it was right so far but not enough, which methods are wanted.
template<class Answer = ReceiptAnswer<>>
[[nodiscard]] HttpFailure refusal(Request const& request, Response response) {
    auto const hide = [&](std::string text) { return hide_values(std::move(text), request.body); };
    HttpFailure failure = failure_of(request, response, hide);
    if (response.status != 401 || !response.headers.find("Openstack-Auth-Receipt")) return failure;
    std::string text = "the user needs several authentication methods at a time";
    try {
        auto const answer = from_json<Answer>(response.body);
        std::string separator = ": ";
        if (answer.required_auth_methods)
            for (auto const& methods : *answer.required_auth_methods)
                for (auto const& each : methods) {
                    text.append(std::exchange(separator, " and ")).append(hide(each));
                    if (&each == &methods.back()) separator = ", or ";
                }
    } catch (DecodeError const&) {
    }
    failure.text = detail::words_of(text);
    return failure;
}

/// Whether Keystone itself answered 404: it does for a token, an application credential or a trust that it doesn't
/// know, and for a path that it doesn't have.
template<class Answer = ProblemAnswer<>>
[[nodiscard]] bool is_not_found(Response const& response) {
    if (response.status != 404) return false;
    try {
        auto const answer = from_json<Answer>(response.body);
        return answer.error && answer.error->code == 404;
    } catch (DecodeError const&) {
        return false;
    }
}

/// Where version 3 says that it is, without a slash at the end, on the host that was asked: the link's own host may be
/// one that only the cloud knows, and gets no secret. Empty if there is no version 3, or its link is of no use.
template<class Text = std::string>
[[nodiscard]] Text version_3_url(Text const& body, std::string_view auth_url) {
    for (auto const& version : detail::read_versions(body, "Keystone's versions")) {
        if (!version.id.value_or("").starts_with("v3") || !version.links) continue;
        for (auto const& link : *version.links) {
            if (link.rel != "self") continue;
            std::string_view path = link.href ? std::string_view{*link.href} : std::string_view{};
            if (!without_http_scheme(path).empty()) path.remove_prefix(detail::path_begin(path));
            while (path.ends_with('/')) path.remove_suffix(1);
            std::string url = origin_of(auth_url).append(path);
            if (path.starts_with('/') && endpoint_problem(url).empty()) return url;
        }
    }
    return {};
}

}  // namespace openstack::keystone

// <openstack/auth/methods.hpp>
// The ways to show Keystone who one is: a password, a token, an application credential, a one-time passcode.

// <openstack/auth/scope.hpp>
// Scope: what a token of Keystone's is good for: a project, a domain, the whole system, or nothing in particular.

namespace openstack {

/// What a token shall be good for: one project, domain or trust, or the system. Without any, Keystone takes the user's
/// default project; if there is none, the token is good for no service but Keystone. Names need a domain, ids don't.
struct Scope {
    std::string project_id{};           ///< a project
    std::string project_name{};         ///< the same, within its domain; doesn't count where there is an id
    std::string project_domain_id{};    ///< of the domain that `project_name` is in
    std::string project_domain_name{};  ///< instead of `project_domain_id`
    std::string domain_id{};            ///< a domain, to manage what it has
    std::string domain_name{};          ///< instead of `domain_id`
    std::string trust_id{};             ///< what another user has entrusted to this one (Keystone's OS-TRUST)
    bool is_system = false;             ///< the whole cloud, to manage it
    bool is_unscoped = false;           ///< nothing, even where the user has a default project
};

namespace keystone {

/// What the scope is for, as Keystone calls it; empty if it is for nothing. Throws ConfigError for more than one of
/// them, and for the name of a project without its domain.
template<class Scoped>
[[nodiscard]] std::string_view kind_of(Scoped const& scope) {
    std::string_view kind;
    auto const take = [&](bool is_given, std::string_view name) {
        if (!is_given) return;
        if (!kind.empty())
            throw ConfigError("a scope is one of project, domain, trust, system and unscoped, but this one is " +
                              std::string{kind} + " and " + std::string{name});
        kind = name;
    };
    take(!scope.project_id.empty() || !scope.project_name.empty(), "project");
    take(!scope.domain_id.empty() || !scope.domain_name.empty(), "domain");
    take(!scope.trust_id.empty(), "trust");
    take(scope.is_system, "system");
    take(scope.is_unscoped, "unscoped");
    bool const needs_domain = kind == "project" && scope.project_id.empty();
    if (needs_domain && scope.project_domain_id.empty() && scope.project_domain_name.empty())
        throw ConfigError("the scope's project_name needs a project_domain_name or project_domain_id");
    return kind;
}

/// Writes `"key": "text"`.
template<class Writer>
void write_text(Writer& writer, std::string_view key, std::string_view text) {
    writer.key(key);
    writer.string(text);
}

/// Writes `"id": ...`, or, if that is empty, `"name": ...`.
template<class Writer>
void write_id_or_name(Writer& writer, std::string_view id, std::string_view name) {
    write_text(writer, id.empty() ? "name" : "id", id.empty() ? name : id);
}

/// Writes `"key": {...}`, whose members `write` writes.
template<class Writer, class Write>
void write_object(Writer& writer, std::string_view key, Write write) {
    writer.key(key);
    writer.begin_object();
    write();
    writer.end_object();
}

/// Writes what names a user or a project: the id, or the name and its domain.
template<class Writer>
void write_name(Writer& writer, std::string_view id, std::string_view name, std::string_view domain_id,
                std::string_view domain_name) {
    write_id_or_name(writer, id, name);
    if (id.empty()) write_object(writer, "domain", [&] { write_id_or_name(writer, domain_id, domain_name); });
}

/// Writes `"scope": ...`, or nothing if there is none.
template<class Writer, class Scoped>
void write_scope(Writer& writer, Scoped const& scope) {
    std::string_view const kind = kind_of(scope);
    if (kind.empty()) return;
    if (kind == "unscoped") return write_text(writer, "scope", kind);
    write_object(writer, "scope", [&] {
        write_object(writer, kind == "trust" ? "OS-TRUST:trust" : kind, [&] {
            if (kind == "project")
                write_name(writer, scope.project_id, scope.project_name, scope.project_domain_id,
                           scope.project_domain_name);
            if (kind == "domain") write_id_or_name(writer, scope.domain_id, scope.domain_name);
            if (kind == "trust") write_text(writer, "id", scope.trust_id);
            if (kind == "system") {
                writer.key("all");
                writer.boolean(true);
            }
        });
    });
}

}  // namespace keystone

}  // namespace openstack

namespace openstack {

namespace keystone {

/// Throws ConfigError unless the method says who the user is.
template<class Method>
void check_user(Method const& m) {
    std::string const start = "the method " + std::string{m.method};
    if (!m.user_id.empty()) return;
    if (m.username.empty()) throw ConfigError(start + " needs a user: a user_id or a username");
    if (m.user_domain_id.empty() && m.user_domain_name.empty())
        throw ConfigError(start + "'s username needs a user_domain_name or user_domain_id");
}

/// A JSON object, whose members `write` gives to the writer that it gets.
template<class Writer, class Write>
[[nodiscard]] std::string object(Write write) {
    Writer writer;
    writer.begin_object();
    write(writer);
    writer.end_object();
    return writer.text();
}

/// Writes `"user": {...}`, with a secret of the user's under `key` unless that is empty.
template<class Writer, class Method>
void write_user(Writer& writer, Method const& m, std::string_view key = {}, std::string_view secret = {}) {
    write_object(writer, "user", [&] {
        write_name(writer, m.user_id, m.username, m.user_domain_id, m.user_domain_name);
        if (!key.empty()) write_text(writer, key, secret);
    });
}

}  // namespace keystone

/// A user's name and password. The name is one within a domain, the id is one of its own.
struct Password {
    static constexpr std::string_view method = "password";  ///< Keystone's name of it

    std::string username{};          ///< within the user's domain
    std::string user_id{};           ///< instead of `username`
    std::string user_domain_name{};  ///< of the domain that `username` is in
    std::string user_domain_id{};    ///< instead of `user_domain_name`
    std::string password{};          ///< UTF-8; it appears in no message

    /// Throws ConfigError if the user is missing, or the domain of a name.
    template<class Method = Password>
    void check() const {
        keystone::check_user<Method>(*this);
    }
    /// What Keystone is told. Throws InvalidRequest for a text that isn't UTF-8.
    template<class Writer = detail::JsonWriter>
    [[nodiscard]] std::string to_json() const {
        return keystone::object<Writer>(
            [&](Writer& writer) { keystone::write_user(writer, *this, "password", password); });
    }
};

/// A token of Keystone's, for another one with another scope. The new one ends when the given one does.
struct Token {
    static constexpr std::string_view method = "token";  ///< Keystone's name of it

    std::string token{};  ///< it appears in no message

    /// Throws ConfigError if there is none.
    template<class Problem = ConfigError>
    void check() const {
        if (token.empty()) throw Problem("the method token needs a token");
    }
    /// What Keystone is told. Throws InvalidRequest for a text that isn't UTF-8.
    template<class Writer = detail::JsonWriter>
    [[nodiscard]] std::string to_json() const {
        return keystone::object<Writer>([&](Writer& writer) { keystone::write_text(writer, "id", token); });
    }
};

/// What a user has made for a program, in the user's place: by its id, or by its name and the user. It brings its own
/// scope, so Keystone takes no other one with it.
struct ApplicationCredential {
    static constexpr std::string_view method = "application_credential";  ///< Keystone's name of it

    std::string id{};                ///< if it isn't empty, name and user don't count
    std::string name{};              ///< unique among those of its user
    std::string secret{};            ///< it appears in no message
    std::string username{};          ///< within the user's domain
    std::string user_id{};           ///< instead of `username`
    std::string user_domain_name{};  ///< of the domain that `username` is in
    std::string user_domain_id{};    ///< instead of `user_domain_name`

    /// Throws ConfigError if the credential, its secret, or the user of a name is missing.
    template<class Method = ApplicationCredential>
    void check() const {
        if (id.empty() && name.empty()) throw ConfigError("the method application_credential needs an id or a name");
        if (secret.empty()) throw ConfigError("the method application_credential needs a secret");
        if (id.empty()) keystone::check_user<Method>(*this);
    }
    /// What Keystone is told. Throws InvalidRequest for a text that isn't UTF-8.
    template<class Writer = detail::JsonWriter>
    [[nodiscard]] std::string to_json() const {
        return keystone::object<Writer>([&](Writer& writer) {
            keystone::write_id_or_name(writer, id, name);
            keystone::write_text(writer, "secret", secret);
            if (id.empty()) keystone::write_user(writer, *this);
        });
    }
};

/// A one-time passcode: a text, or a function that gives the current one whenever a token is asked for.
class Passcode {
  public:
    /// None.
    Passcode() = default;
    /// One for a single use: the next token isn't given for it.
    template<std::convertible_to<std::string> Text>
    Passcode(Text text) : current_([text = std::string(std::move(text))] { return text; }) {}
    /// A function without arguments that gives a text.
    template<class Function>
    requires std::is_invocable_r_v<std::string, Function&> Passcode(Function function)
        : current_(std::move(function)) {}

    /// Whether there is one.
    explicit operator bool() const noexcept { return static_cast<bool>(current_); }
    /// The current one, which must be there.
    [[nodiscard]] std::string current() const { return current_(); }

  private:
    Callback<std::string()> current_;
};

/// A one-time passcode by time (RFC 6238), as a device shows it.
struct Totp {
    static constexpr std::string_view method = "totp";  ///< Keystone's name of it

    std::string username{};          ///< within the user's domain
    std::string user_id{};           ///< instead of `username`
    std::string user_domain_name{};  ///< of the domain that `username` is in
    std::string user_domain_id{};    ///< instead of `user_domain_name`
    Passcode passcode{};             ///< it appears in no message; what a function throws leaves `authorize` unchanged

    /// Throws ConfigError if the user, the domain of a name or the passcode is missing.
    template<class Method = Totp>
    void check() const {
        keystone::check_user<Method>(*this);
        if (!passcode) throw ConfigError("the method totp needs a passcode");
    }
    /// What Keystone is told. Asks for the passcode. Throws InvalidRequest for a text that isn't UTF-8.
    template<class Writer = detail::JsonWriter>
    [[nodiscard]] std::string to_json() const {
        return keystone::object<Writer>(
            [&](Writer& writer) { keystone::write_user(writer, *this, "passcode", passcode.current()); });
    }
};

}  // namespace openstack

namespace openstack {

/// Keystone is the one to use; it is a template so that a program compiles it only where it is made.
template<class Scoped>
class BasicKeystone final : public Authentication {
  public:
    /// One method, such as a Password. Throws ConfigError if `auth_url` can't be an endpoint, if the method lacks
    /// something, and for a scope that is contradictory, or stands beside an application credential.
    template<class Method>
    BasicKeystone(std::string auth_url, Method method, Scoped scope = {})
        : BasicKeystone(std::move(auth_url), std::vector<AuthMethod>{std::move(method)}, std::move(scope)) {}
    /// Several methods at once, for users who need them (multi-factor authentication). Throws ConfigError also if there
    /// is none, or one of them twice.
    BasicKeystone(std::string auth_url, std::vector<AuthMethod> methods, Scoped scope = {})
        : auth_url_(std::move(auth_url)), methods_(std::move(methods)), scope_(std::move(scope)) {
        check_endpoint("auth_url", auth_url_);
        check();
    }

    /// HTTP: POST /v3/auth/tokens. If nothing is there, GET of `auth_url` tells where version 3 is on that host. Safe
    /// to call from several threads at once if what the methods call is, such as the function of a Passcode.
    [[nodiscard]] Authorization authorize(Transport& transport) override {
        Request request = token_request();
        Response response = transport.send(request);
        if ((response.status == 404 && !is_unknown(response)) || response.status == 300) {
            std::string url = discovered_url(transport);
            if (!url.empty() && url != request.url) {
                request.url = std::move(url);
                response = transport.send(request);
            }
        }
        if (is_unknown(response)) {
            HttpFailure failure = failure_of(request, response);
            failure.text =
                "Keystone doesn't know the token, application credential or trust";  // its words may have the token
            throw Unauthorized(std::move(failure));
        }
        // No ResourceNotFound: whoever renews a token to remove a resource would take that for the resource's.
        if (response.status == 404) throw HttpError(keystone::refusal(request, std::move(response)));
        if (!response.is_success()) throw_http_error(keystone::refusal(request, std::move(response)));
        remember(request.url);
        return keystone::to_authorization(std::move(response), "the answer to POST " + request.url);
    }

  private:
    /// Where the last token came from.
    struct Found {
        std::mutex mutex;
        std::string url;
    };

    [[nodiscard]] std::string tokens_url() {
        Found& found = found_.get();
        std::lock_guard const lock{found.mutex};
        return found.url.empty() ? join_url(auth_url_, "/v3/auth/tokens") : found.url;
    }
    void remember(std::string const& url) {
        Found& found = found_.get();
        std::lock_guard const lock{found.mutex};
        found.url = url;
    }

    void check() const {
        if (methods_.empty()) throw ConfigError("Keystone needs an authentication method");
        bool const has_scope = !keystone::kind_of(scope_).empty();
        for (AuthMethod const& each : methods_) {
            if (has_scope && each.name() == ApplicationCredential::method)
                throw ConfigError("an application credential has its own scope: Keystone takes no other one with it");
            for (AuthMethod const& other : methods_)
                if (&each != &other && each.name() == other.name())
                    throw ConfigError("the method " + std::string{each.name()} + " is given twice");
        }
    }

    /// Whether Keystone knows a part of the request not. Users, and the projects and domains of scopes, that it doesn't
    /// know it refuses by 401: so 404 of it means another thing where these are all that is asked about.
    [[nodiscard]] bool is_unknown(Response const& response) const {
        bool may_be_unknown = !scope_.trust_id.empty();
        for (AuthMethod const& each : methods_)
            may_be_unknown |= each.name() != Password::method && each.name() != Totp::method;
        return may_be_unknown && keystone::is_not_found(response);
    }

    [[nodiscard]] Request token_request() {
        Request request{.method = "POST", .url = tokens_url()};
        request.headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}};
        request.body = keystone::object<detail::JsonWriter>([&](auto& writer) {
            keystone::write_object(writer, "auth", [&] {
                keystone::write_object(writer, "identity", [&] {
                    writer.key("methods");
                    writer.begin_array();
                    for (AuthMethod const& each : methods_) writer.string(each.name());
                    writer.end_array();
                    for (AuthMethod const& each : methods_) {
                        writer.key(each.name());
                        writer.raw(each.to_json());
                    }
                });
                keystone::write_scope(writer, scope_);
            });
        });
        return request;
    }

    /// Where tokens are, as Keystone's versions tell; empty if they don't.
    [[nodiscard]] std::string discovered_url(Transport& transport) const {
        try {
            Request request{.url = auth_url_};
            request.headers = {{"Accept", "application/json"}};
            Response response = transport.send(request);
            if (!response.is_success() && response.status != 300) return {};
            std::string const url = keystone::version_3_url(std::move(response.body), auth_url_);
            return url.empty() ? url : url + "/auth/tokens";
        } catch (TransportError const&) {
        } catch (DecodeError const&) {
        }
        return {};
    }

    std::string auth_url_;
    std::vector<AuthMethod> methods_;
    Scoped scope_;
    detail::PerProcess<Found> found_;
};
/// Gets tokens from Keystone. `auth_url` is its endpoint, with or without a version. `authorize` throws Unauthorized if
/// the methods are refused, or if Keystone wants further ones (then the message says which), HttpError for another
/// refusal, TransportError, DecodeError, and InvalidRequest for a text that isn't UTF-8; no message repeats a secret.
using Keystone = BasicKeystone<Scope>;

}  // namespace openstack

// <openstack/image/v2/disk_inspection.hpp>
// What the first bytes of a disk say of its format, and of other files that reading it would pull in.

// <openstack/image/v2/image.hpp>
// Image: the record of an image in the Image service (Image API v2, section "Images").

// <openstack/image/v2/member.hpp>
// Member: another project's share of an image (Image API v2, section "Sharing").

namespace openstack::image::v2 {

/// What the other project thinks of the offer. Only that project may change it.
enum class MemberStatus { pending, accepted, rejected };
BOOST_DESCRIBE_ENUM(MemberStatus, pending, accepted, rejected)

/// One project that an image is shared with.
struct Member {
    /// Where the service has the members of an image.
    static constexpr ResourceInfo resource{.service = "image",
                                           .path = "/v2/images/{image_id}/members",
                                           .plural = "members",
                                           .update = Update::put_changes};

    Field<std::string, CreateOnly, Wire<"member_id">, WriteAs<"member">> member_id{};  ///< the project's id
    Field<Open<MemberStatus>> status{};       ///< `pending` at first; an accepted image is listed for the project
    Field<std::string, ReadOnly> image_id{};  ///< the image that is shared
    Field<Timestamp, ReadOnly> created_at{};  ///< when it was offered
    Field<Timestamp, ReadOnly> updated_at{};  ///< when the status last changed
    Field<std::string, ReadOnly> schema{};    ///< the path of the JSON schema

    bool operator==(Member const&) const = default;
    BOOST_DESCRIBE_CLASS(Member, (), (member_id, status, image_id, created_at, updated_at, schema), (), ())
};

}  // namespace openstack::image::v2

namespace openstack::image::v2 {

/// The format of the disk that the data is.
enum class DiskFormat { ami, ari, aki, vhd, vhdx, vmdk, raw, qcow2, vdi, iso, ploop, gpt };
BOOST_DESCRIBE_ENUM(DiskFormat, ami, ari, aki, vhd, vhdx, vmdk, raw, qcow2, vdi, iso, ploop, gpt)

/// What the disk is wrapped in; `bare` is nothing.
enum class ContainerFormat { ami, ari, aki, bare, ovf, ova, docker, compressed };
BOOST_DESCRIBE_ENUM(ContainerFormat, ami, ari, aki, bare, ovf, ova, docker, compressed)

/// Who sees the image. `shared`: its owner and its members; `community`: everybody who knows its id.
enum class Visibility { public_, private_, shared, community };
BOOST_DESCRIBE_ENUM(Visibility, public_, private_, shared, community)

/// Where the image is in its life: `queued` has no data yet, `active` can be used.
enum class ImageStatus { queued, saving, uploading, importing, active, deactivated, killed, deleted, pending_delete };
BOOST_DESCRIBE_ENUM(ImageStatus, queued, saving, uploading, importing, active, deactivated, killed, deleted,
                    pending_delete)

/// One place where the data lies. The service shows it if it is configured to.
struct Location {
    Field<std::string> url{};      ///< in the store's own scheme, such as rbd://; it may hold a store's secrets
    Field<Properties> metadata{};  ///< such as the store's name; stores add what they like

    bool operator==(Location const&) const = default;
    BOOST_DESCRIBE_CLASS(Location, (), (url, metadata), (), ())
};

/// An image's record. A plain value: it can be copied and compared, and holds no connection.
struct Image {
    /// Where the service has images, and how it's told of changes.
    static constexpr ResourceInfo resource{.service = "image",
                                           .path = "/v2/images",
                                           .plural = "images",
                                           .update = Update::json_patch,
                                           .page_size = 200,
                                           .patch_type = "application/openstack-images-v2.1-json-patch"};

    /// A UUID. The service chooses it unless create names one.
    Field<std::string, CreateOnly, UuidOnCreate, Filterable<Eq, In>, OperatorPrefix, Sortable> id{};
    Field<std::string, Filterable<Eq, In>, OperatorPrefix, Sortable> name{};  ///< at most 255 characters; not unique
    /// Needed before data is sent.
    Field<Open<DiskFormat>, Filterable<Eq, In>, OperatorPrefix, Sortable> disk_format{};
    /// Needed before data is sent.
    Field<Open<ContainerFormat>, Filterable<Eq, In>, OperatorPrefix, Sortable> container_format{};
    Field<Open<Visibility>, Filterable<Eq>> visibility{};  ///< the service's default is `shared`, with nobody yet
    Field<std::int32_t, Filterable<Eq, Gte, Lte>, MinMax> min_disk{};              ///< GB that a disk needs to boot it
    Field<std::int32_t, Filterable<Eq, Gte, Lte>, MinMax> min_ram{};               ///< MB of memory to boot it
    Field<bool, Wire<"protected">, Filterable<Eq>> is_protected{};                 ///< it can't be deleted
    Field<bool, Wire<"os_hidden">, Filterable<Eq>, HiddenWhen<true>> is_hidden{};  ///< not listed unless asked for
    Field<std::string, Wire<"owner">, Filterable<Eq>> owner_id{};  ///< a project; for administrators to set
    Field<std::vector<std::string>, Filterable<Contains>, QueryName<"tag">> tags{};  ///< the service keeps no order
    Field<std::string, Header<"X-Image-Meta-Store">> store{};  ///< where an upload puts the data; never read back
    Field<std::vector<Location>> locations{};                  ///< for clouds that show and let change where data lies

    /// Uploads, deactivate_image and deletion change it.
    Field<Open<ImageStatus>, ReadOnly, Filterable<Eq, In>, OperatorPrefix, Sortable> status{};
    Field<std::uint64_t, ReadOnly, Filterable<Eq, Gte, Lte>, MinMax, Sortable> size{};  ///< bytes of data; null before
    Field<std::uint64_t, ReadOnly, Filterable<Eq, Gte, Lte>, MinMax> virtual_size{};    ///< bytes of the disk it holds
    Field<std::string, ReadOnly, Filterable<Eq>> checksum{};  ///< MD5 of the data; null on clouds without MD5
    Field<std::string, ReadOnly, Wire<"os_hash_algo">, Filterable<Eq>> hash_algo{};    ///< such as "sha512"
    Field<std::string, ReadOnly, Wire<"os_hash_value">, Filterable<Eq>> hash_value{};  ///< of the data, hexadecimal
    /// To the second, by the service's clock.
    Field<Timestamp, ReadOnly, Filterable<Eq, Neq, Gt, Gte, Lt, Lte>, OperatorPrefix, Sortable> created_at{};
    /// When the record or the status last changed.
    Field<Timestamp, ReadOnly, Filterable<Eq, Neq, Gt, Gte, Lt, Lte>, OperatorPrefix, Sortable> updated_at{};
    Field<std::string, ReadOnly> file{};        ///< the path of the data
    Field<std::string, ReadOnly> direct_url{};  ///< where the first store has it, for clouds that show it
    Field<std::string, ReadOnly> stores{};      ///< the stores that have the data, separated by commas
    Field<std::string, ReadOnly> self{};        ///< the path of this record
    Field<std::string, ReadOnly> schema{};      ///< the path of the JSON schema
    /// As a filter, with `visibility == shared`: images offered to this project that it accepted (the default), ...
    Field<Open<MemberStatus>, ReadOnly, QueryOnly, Filterable<Eq>> member_status{};

    Properties properties{};  ///< custom properties: everything else, text to text

    bool operator==(Image const&) const = default;
    BOOST_DESCRIBE_CLASS(Image, (),
                         (id, name, disk_format, container_format, visibility, min_disk, min_ram, is_protected,
                          is_hidden, owner_id, tags, store, locations, status, size, virtual_size, checksum, hash_algo,
                          hash_value, created_at, updated_at, file, direct_url, stores, self, schema, member_status,
                          properties),
                         (), ())
};

}  // namespace openstack::image::v2

namespace openstack::image::v2 {

/// Of a disk's front, what can be told. A `reference` in a disk that a service opens may show it that service's own
/// files.
struct DiskInspection {
    std::optional<DiskFormat> format{};  ///< nothing: none that has a mark, so maybe a raw disk
    std::string reference{};             ///< another file that it needs; empty: it stands alone, as far as can be told
};

/// Inspects the front of a disk: qcow2 (QEMU's docs/interop/qcow2.txt), VMDK (VMware's Virtual Disk Format 5.0), VDI,
/// VHDX, dynamic VHD, ISO 9660 and UDF. `Front` is called with a size, and gives so many of the first bytes, or all
/// that there are, until it's called again; mostly once, for 64 KiB.
///
/// Of a qcow2 and of a VMDK it tells the name of what they refer to; of a differencing VDI or VHD that there is a
/// parent; of a VHDX nothing, which says so beyond what is looked at.
template<class Front>
class DiskInspector {
    using Text = std::string_view;

  public:
    /// How much of the front is looked at, in bytes: a reference that lies further inside has no name.
    static constexpr std::size_t furthest = std::size_t{1} << 20;

    explicit DiskInspector(Front front) : front_(std::move(front)), seen_(front_(step)) {}

    /// What there is to tell.
    [[nodiscard]] DiskInspection inspect() {
        if (has(0, "QFI\xfb")) return {DiskFormat::qcow2, reference_of_qcow2()};
        if (has(0, "KDMV")) return {DiskFormat::vmdk, reference_of_sparse_vmdk()};
        if (has(0, "COWD")) return {DiskFormat::vmdk, parent_in(text(sector, parent_size))};
        constexpr Text title = "# Disk DescriptorFile";
        if (openstack::detail::equal_ignoring_case(part(0, title.size()), title))
            return {DiskFormat::vmdk, reference_in_text(0, furthest, false)};
        if (has(0x40, "\x7f\x10\xda\xbe")) return {DiskFormat::vdi, parent_if(little_endian(0x4c, 4) == 4)};
        if (has(0, "vhdxfile")) return {DiskFormat::vhdx, {}};
        if (has(0, "conectix")) return {DiskFormat::vhd, parent_if(big_endian(60, 4) == 4)};
        if (has(0x8001, "CD001") || has(0x8001, "BEA01")) return {DiskFormat::iso, {}};
        return {};
    }

  private:
    static constexpr std::size_t step = std::size_t{64} << 10;
    static constexpr std::size_t sector = 512;
    static constexpr std::size_t parent_size = 20 * sector;

    /// What there is of that part, as far as is looked; good until another is asked for.
    [[nodiscard]] Text part(std::uint64_t at, std::uint64_t size) {
        if (at >= furthest) return {};
        std::size_t const first = static_cast<std::size_t>(at);
        std::size_t const count = static_cast<std::size_t>((std::min)(size, std::uint64_t{furthest - first}));
        if (first + count > asked_ && seen_.size() == asked_) {  // and there may be more
            asked_ = (first + count + step - 1) / step * step;
            seen_ = front_(asked_);
        }
        return first < seen_.size() ? seen_.substr(first, count) : Text{};
    }

    [[nodiscard]] bool has(std::uint64_t at, Text mark) { return part(at, mark.size()) == mark; }

    /// An unsigned number of at most 8 bytes, the highest first; 0 where there are none.
    [[nodiscard]] std::uint64_t big_endian(std::uint64_t at, std::size_t size) {
        std::uint64_t number = 0;
        for (char const c : part(at, size)) number = number << 8 | static_cast<unsigned char>(c);
        return number;
    }
    [[nodiscard]] std::uint64_t little_endian(std::uint64_t at, std::size_t size) {
        std::uint64_t number = 0;
        Text const bytes = part(at, size);
        for (std::size_t i = bytes.size(); i > 0; --i) number = number << 8 | static_cast<unsigned char>(bytes[i - 1]);
        return number;
    }

    static std::string name_or_more(Text name) { return name.empty() ? "a name further inside" : std::string{name}; }
    static std::string parent_if(bool is_differencing) { return is_differencing ? "its parent" : ""; }

    [[nodiscard]] std::string reference_of_qcow2() {
        constexpr std::uint64_t longest_name = 1023;
        if (std::uint64_t const at = big_endian(8, 8); at != 0)
            return name_or_more(part(at, (std::min)(big_endian(16, 4), longest_name)));
        constexpr std::uint64_t has_external_data = 4;  // of the incompatible features
        if (big_endian(4, 4) < 3 || (big_endian(72, 8) & has_external_data) == 0) return {};
        constexpr std::uint64_t name_of_data = 0x44415441;
        for (std::uint64_t at = big_endian(100, 4); at < furthest;) {
            std::uint64_t const type = big_endian(at, 4);
            std::uint64_t const size = big_endian(at + 4, 4);
            if (type == name_of_data) return name_or_more(part(at + 8, (std::min)(size, longest_name)));
            if (type == 0) break;
            at += 8 + (size + 7) / 8 * 8;
        }
        return name_or_more({});
    }

    [[nodiscard]] std::string reference_of_sparse_vmdk() {
        // QEMU takes a parent's name from here, wherever the header says that the text is.
        if (std::string parent = parent_in(text(sector, parent_size)); !parent.empty()) return parent;
        std::uint64_t const first = little_endian(28, 8);
        std::uint64_t const count = little_endian(36, 8);
        if (first == 0) return {};  // part of a disk whose text is another file
        if (first >= furthest / sector) return name_or_more({});
        // To QEMU a disk without a capacity is nothing but its text, of whatever size.
        bool const is_disk = little_endian(12, 8) != 0;
        std::uint64_t const size = (std::min)(is_disk ? count : furthest, std::uint64_t{furthest / sector}) * sector;
        return reference_in_text(first * sector, size, is_disk);
    }

    /// Ends before a null character.
    [[nodiscard]] Text text(std::uint64_t at, std::uint64_t size) {
        Text const all = part(at, size);
        return all.substr(0, all.find('\0'));
    }

    /// The parent, or an extent in a file that isn't this one: in each line's first quotes, unless they are a value. A
    /// disk itself is the sparse extent that its text names first.
    [[nodiscard]] std::string reference_in_text(std::uint64_t at, std::uint64_t size, bool is_disk) {
        Text rest = text(at, size);
        bool const is_cut = at + rest.size() == furthest;
        if (std::string parent = parent_in(rest); !parent.empty()) return parent;
        while (!rest.empty()) {
            Text const line = rest.substr(0, rest.find_first_of("\r\n"));
            rest.remove_prefix((std::min)(line.size() + 1, rest.size()));
            std::size_t const quote = line.find('"');
            if (quote == line.npos) continue;
            Text before = line.substr(0, quote);
            before = before.substr(0, before.find_last_not_of(" \t") + 1);  // npos + 1 is 0, too
            if (before.ends_with('=') || before.starts_with('#')) continue;
            bool const is_sparse =
                openstack::detail::equal_ignoring_case(before.substr(before.find_last_of(" \t") + 1), "SPARSE");
            if (!std::exchange(is_disk, false) || !is_sparse) return name_or_more(quoted(line));
        }
        return is_cut ? name_or_more({}) : "";
    }

    /// Up to the second quotes, from behind the first if there are any.
    static Text quoted(Text line) {
        line.remove_prefix(line.find('"') + 1);
        return line.substr(0, line.find('"'));
    }

    /// Anywhere, even in a comment: QEMU looks no closer.
    static std::string parent_in(Text text) {
        constexpr Text key = "parentFileNameHint";
        for (; text.size() >= key.size(); text.remove_prefix(1))
            if (openstack::detail::equal_ignoring_case(text.substr(0, key.size()), key)) {
                text.remove_prefix(key.size());
                return name_or_more(quoted(text.substr(0, text.find_first_of("\r\n"))));
            }
        return {};
    }

    Front front_;
    std::size_t asked_ = step;
    std::string_view seen_;
};

}  // namespace openstack::image::v2

// <openstack/image/v2/documents.hpp>
// What the Image service has beside images and their members: tasks, stores, its cache, locations, limits and schemas.

namespace openstack::image::v2 {

/// How far a task is.
enum class TaskStatus { pending, processing, success, failure };
BOOST_DESCRIBE_ENUM(TaskStatus, pending, processing, success, failure)

/// The declarations. It is a template so that a program compiles those that it uses; the aliases below are the ones to
/// use.
template<class Text>
struct Documents {
    /// The same as ever, but made where a document is used, since it depends on Text.
    template<class T, class... Options>
    using Field = openstack::Field<std::conditional_t<true, T, Text>, Options...>;

    /// A task of the service, or, on another path, one of an image's (Image API v2, section "Tasks"). Nobody can change
    /// or delete one; the service forgets it when it has expired.
    template<FixedString Path, Create HowCreated>
    struct Task {
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = Path.view(),
                                               .plural = "tasks",
                                               .create = HowCreated,
                                               .page_size = HowCreated == Create::none ? 0 : 200,
                                               .get = HowCreated != Create::none,
                                               .sort = Sort::one_pair,
                                               .remove = false};

        Field<Text, ReadOnly> id{};
        Field<Text, CreateOnly, Filterable<Eq>, Sortable> type{};  ///< such as "import" or "api_image_import"
        Field<RawJson, CreateOnly> input{};                        ///< what is to be done; not in listings of all tasks
        Field<Open<TaskStatus>, ReadOnly, Filterable<Eq>, Sortable> status{};
        Field<Text, ReadOnly> message{};  ///< of a failure: why; of a task that goes on: how far it is
        Field<RawJson, ReadOnly> result{};
        Field<Text, ReadOnly, Wire<"owner">, Filterable<Eq>, Sortable> owner_id{};  ///< a project
        Field<Text, ReadOnly> user_id{};
        Field<Text, ReadOnly> request_id{};  ///< of the request behind which it runs
        Field<Text, ReadOnly, Filterable<Eq>> image_id{};
        Field<Timestamp, ReadOnly, Sortable> created_at{};
        Field<Timestamp, ReadOnly, Sortable> updated_at{};
        Field<Timestamp, ReadOnly, Sortable> expires_at{};  ///< when the service forgets it; null while it goes on
        Field<Text, ReadOnly> self{};
        Field<Text, ReadOnly> schema{};

        bool operator==(Task const&) const = default;
        BOOST_DESCRIBE_CLASS(Task, (),
                             (id, type, input, status, message, result, owner_id, user_id, request_id, image_id,
                              created_at, updated_at, expires_at, self, schema),
                             (), ())
    };

    /// One of the service's stores (section "Discovery", since version 2.8), with details for administrators.
    struct Store {
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = "/v2/info/stores",
                                               .plural = "stores",
                                               .create = Create::none,
                                               .get = false,
                                               .details = true,
                                               .remove = false};

        Field<Text, ReadOnly> id{};  ///< by which uploads and imports choose it
        Field<Text, ReadOnly> description{};
        Field<bool, ReadOnly, Wire<"default">, AsText> is_default{};      ///< of one store, true
        Field<bool, ReadOnly, Wire<"read-only">, AsText> is_read_only{};  ///< it only serves what is there already
        Field<Text, ReadOnly> type{};                                     ///< in details, such as "rbd"
        Field<std::int32_t, ReadOnly> weight{};                           ///< in details: the heaviest one is read from
        Field<Properties, ReadOnly> properties{};                         ///< in details, as its type has them

        bool operator==(Store const&) const = default;
        BOOST_DESCRIBE_CLASS(Store, (), (id, description, is_default, is_read_only, type, weight, properties), (), ())
    };

    /// The import methods: there is one such document.
    struct ImportInfo {
        static constexpr ResourceInfo resource{
            .service = "image", .path = "/v2/info/import", .create = Create::none, .single = true};

        /// Their names stand in a description of their list.
        struct Methods {
            Field<std::vector<Text>> value{};

            bool operator==(Methods const&) const = default;
            BOOST_DESCRIBE_CLASS(Methods, (), (value), (), ())
        };
        Field<Methods, ReadOnly, Wire<"import-methods">> methods{};

        bool operator==(ImportInfo const&) const = default;
        BOOST_DESCRIBE_CLASS(ImportInfo, (), (methods), (), ())
    };

    /// What of a limit is used up: MiB of data, or images.
    struct Usage {
        Field<std::int64_t> limit{};  ///< -1: there is none
        Field<std::int64_t> usage{};

        bool operator==(Usage const&) const = default;
        BOOST_DESCRIBE_CLASS(Usage, (), (limit, usage), (), ())
    };
    /// The limits of a project, by their names.
    struct Usages {
        static constexpr ResourceInfo resource{
            .service = "image", .path = "/v2/info/usage", .create = Create::none, .single = true};

        Field<std::map<std::string, Usage>, ReadOnly> usage{};

        bool operator==(Usages const&) const = default;
        BOOST_DESCRIBE_CLASS(Usages, (), (usage), (), ())
    };

    /// A JSON schema (draft 4) of the service, whose properties depend on its configuration.
    template<FixedString Path>
    struct Schema {
        static constexpr ResourceInfo resource{
            .service = "image", .path = Path.view(), .create = Create::none, .list = false, .remove = false};

        Field<Text, ReadOnly> name{};                                  ///< such as "image"
        Field<std::map<std::string, RawJson>, ReadOnly> properties{};  ///< the schema of each property
        Field<RawJson, ReadOnly, Wire<"additionalProperties">> additional_properties{};
        Field<RawJson, ReadOnly> required{};
        Field<RawJson, ReadOnly> definitions{};
        Field<RawJson, ReadOnly> links{};

        bool operator==(Schema const&) const = default;
        BOOST_DESCRIBE_CLASS(Schema, (), (name, properties, additional_properties, required, definitions, links), (),
                             ())
    };

    /// What is in the cache of the node that answers, and what shall come into it (section "Cache manage").
    struct ImageCache {
        static constexpr ResourceInfo resource{
            .service = "image", .path = "/v2/cache", .create = Create::none, .single = true};

        /// An image in the cache.
        struct Entry {
            Field<Text> image_id{};
            Field<std::uint64_t> size{};    ///< in bytes
            Field<std::uint64_t> hits{};    ///< how often it came from the cache
            Field<double> last_accessed{};  ///< seconds since 1970
            Field<double> last_modified{};  ///< seconds since 1970

            bool operator==(Entry const&) const = default;
            BOOST_DESCRIBE_CLASS(Entry, (), (image_id, size, hits, last_accessed, last_modified), (), ())
        };
        Field<std::vector<Entry>, ReadOnly> cached_images{};
        Field<std::vector<Text>, ReadOnly> queued_images{};  ///< their ids

        bool operator==(ImageCache const&) const = default;
        BOOST_DESCRIBE_CLASS(ImageCache, (), (cached_images, queued_images), (), ())
    };
    /// What a pruning of the cache removed.
    struct PrunedCache {
        Field<std::uint64_t> total_files_pruned{};
        Field<std::uint64_t> total_bytes_pruned{};

        bool operator==(PrunedCache const&) const = default;
        BOOST_DESCRIBE_CLASS(PrunedCache, (), (total_files_pruned, total_bytes_pruned), (), ())
    };
    /// The addresses of the nodes that have an image in their cache.
    struct CacheNodes {
        Field<std::vector<Text>> cached_nodes{};

        bool operator==(CacheNodes const&) const = default;
        BOOST_DESCRIBE_CLASS(CacheNodes, (), (cached_nodes), (), ())
    };

    /// What the data at a location is: the service takes it as it's said.
    struct ValidationData {
        Field<Text> checksum{};                           ///< MD5
        Field<Text, Wire<"os_hash_algo">> hash_algo{};    ///< such as "sha512"
        Field<Text, Wire<"os_hash_value">> hash_value{};  ///< hexadecimal

        bool operator==(ValidationData const&) const = default;
        BOOST_DESCRIBE_CLASS(ValidationData, (), (checksum, hash_algo, hash_value), (), ())
    };
    /// A location that is added, or one by the calls of version 2.17.
    struct ImageLocation {
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = "/v2/images/{image_id}/locations",
                                               .get = false,
                                               .collection = Collection::bare,
                                               .remove = false};

        Field<Text, CreateOnly> url{};
        Field<Properties, CreateOnly> metadata{};
        Field<ValidationData, CreateOnly> validation_data{};

        bool operator==(ImageLocation const&) const = default;
        BOOST_DESCRIBE_CLASS(ImageLocation, (), (url, metadata, validation_data), (), ())
    };
};

using DocumentsOfText = Documents<std::string>;
/// A task, for administrators to see and to create.
using Task = DocumentsOfText::Task<"/v2/tasks", Create::post>;
/// A task that an image was the object of, for the image's owner to see.
using ImageTask = DocumentsOfText::Task<"/v2/images/{image_id}/tasks", Create::none>;
using Store = DocumentsOfText::Store;
using Usage = DocumentsOfText::Usage;
/// The schema of "image", "images", "member", "members", "task" or "tasks".
using Schema = DocumentsOfText::Schema<"/v2/schemas">;
/// The schema of "namespace", "object", "property", "tag" or "resource_type", or of several of these.
using MetadefSchema = DocumentsOfText::Schema<"/v2/schemas/metadefs">;
using ImageCache = DocumentsOfText::ImageCache;
using PrunedCache = DocumentsOfText::PrunedCache;
using ValidationData = DocumentsOfText::ValidationData;
using ImageLocation = DocumentsOfText::ImageLocation;

}  // namespace openstack::image::v2

// <openstack/image/v2/ensure_image.hpp>
// ensure_image: there is an image with that name, these properties and this content, by whatever that takes.

// <openstack/image/v2/image_fingerprint.hpp>
// What an image's record says of its data.

namespace openstack::image::v2 {

/// Under which a session remembers the algorithm (os_hash_algo) of the record that it saw last.
inline constexpr char hash_algorithm_key[] = "image.os_hash_algo";

/// The hashes that the service is likely to compute of a new image, as far as they can be compared: the one of its
/// choice, SHA-512 unless another one was seen, and the older MD5.
template<class Hash, class Session>
[[nodiscard]] std::vector<std::string> likely_algorithms(Session const& session) {
    std::vector<std::string> likely{session.recall(hash_algorithm_key)};
    if (likely[0].empty()) likely[0] = "sha512";
    if (likely[0] != "md5") likely.push_back("md5");
    std::vector<std::string> supported;
    for (std::string const& each : likely)
        if (Hash::supports(each)) supported.push_back(each);
    return supported;
}

/// The record's size, if it has one.
template<class ImageType>
[[nodiscard]] std::optional<std::uint64_t> size_of(ImageType const& record) {
    return record.size ? std::optional{*record.size} : std::nullopt;
}

/// The record's size, and the best of its hashes of which `is_at_hand(algorithm)` says that it can be compared.
template<class ImageType, class Predicate>
[[nodiscard]] Fingerprint fingerprint_of(ImageType const& record, Predicate is_at_hand) {
    Fingerprint expected{.size = size_of(record)};
    if (record.hash_algo && record.hash_value && is_at_hand(*record.hash_algo)) {
        expected.algorithm = *record.hash_algo;
        expected.digest = *record.hash_value;
    } else if (record.checksum && is_at_hand("md5")) {
        expected.algorithm = "md5";
        expected.digest = *record.checksum;
    }
    return expected;
}

}  // namespace openstack::image::v2

// <openstack/image/v2/image_upload.hpp>
// One upload: what is looked at before it, which way it takes, and what is left behind if it fails.

// <openstack/image/v2/image_import.hpp>
// One import, begun and waited for, and what the service says of the imports that it offers.

// <openstack/image/v2/image_watch.hpp>
// What an image's record says of its way to a status, imports included.

namespace openstack::image::v2 {

/// Looks at the records of one image on its way to a status. Glance says of an import: `os_glance_import_task` is the
/// task while it runs, `os_glance_importing_to_stores` are the stores that don't have the data yet, and
/// `os_glance_failed_import` those that failed, also in an earlier import. An import that failed as a whole leaves the
/// image `queued`, as it was before, or even `importing`, and not always a store among those that failed, so only its
/// task tells; the task's message says why.
template<class ImageType, class TaskType = ImageTask>
class ImageWatch {
  public:
    /// Of the image with that id. The proxy outlives it.
    ImageWatch(openstack::Proxy<ImageType> const& images, std::string id, ImageStatus wanted)
        : images_(images), id_(std::move(id)), wanted_(wanted) {}

    /// What the record still lacks; empty if it's as wanted: in its status, and for `active`, without an import that
    /// goes on. Throws ResourceFailure if it won't get there: it's killed or deleted, or its last import has failed.
    ///
    /// HTTP: GET /v2/images/{id}/tasks, where only they tell.
    [[nodiscard]] std::string missing(ImageType const& record) {
        std::string const status = record.status ? to_string(*record.status) : "unknown";
        if (wanted_ != ImageStatus::active) return record.status == wanted_ ? "" : still(record, status);
        std::string const stores = text(record, "os_glance_importing_to_stores");
        std::string const still_missing =
            still(record, status) + (stores.empty() ? "" : ", the data isn't in " + stores + " yet");
        if (std::string const running = text(record, "os_glance_import_task"); !running.empty()) {
            has_seen_import_ = true;
            bool const is_as_before = last_ == record;
            last_ = record;
            if (!is_as_before) return still_missing;
            // A task may fail without taking its marks away.
            std::optional<TaskType> const task = newest_task();
            if (task && task->status == TaskStatus::failure && task->id == running) fail({}, task);
            return still_missing;
        }
        std::string const failed = without(text(record, "os_glance_failed_import"), record.stores.value_or(""));
        bool const is_there = record.status == ImageStatus::active;
        if (is_there && stores.empty() && failed.empty() && !has_seen_import_) return {};
        if (record.status == ImageStatus::saving) return still_missing;
        std::optional<TaskType> const task = newest_task();
        if (is_there && !has_seen_import_ && are_tasks_told_ && !task) return {};  // what failed was another project's
        bool const has_task_failed = task && task->status == TaskStatus::failure;
        if (has_task_failed || (!is_there && has_seen_import_) ||
            (record.status == ImageStatus::queued && !failed.empty()))
            fail(failed, task);
        bool const is_over = task ? task->status == TaskStatus::success : stores.empty();
        if (!is_there || !is_over) return still_missing;
        if (!failed.empty() && does_matter(failed, task)) fail(failed, task);
        return {};
    }

  private:
    /// What a task was asked for.
    template<class Names = std::vector<std::string>>
    struct Asked {
        /// By the body of the request.
        struct Import {
            Field<bool> all_stores_must_succeed{};
            BOOST_DESCRIBE_CLASS(Import, (), (all_stores_must_succeed), (), ())
        };
        Field<Import> import_req{};
        Field<Names> backend{};
        BOOST_DESCRIBE_CLASS(Asked, (), (import_req, backend), (), ())
    };

    static std::string text(ImageType const& record, std::string_view property) {
        auto const at = record.properties.find(property);
        return at == record.properties.end() ? std::string{} : openstack::detail::one_line(at->second);
    }

    std::string still(ImageType const& record, std::string const& status) const {
        if (record.status == ImageStatus::killed || record.status == ImageStatus::deleted ||
            record.status == ImageStatus::pending_delete)
            throw ResourceFailure(name() + " won't be " + to_string(Open<ImageStatus>{wanted_}) + ": it is " + status);
        return "its status is " + status;
    }

    /// Of an image that is active: whether the stores that have failed at some time had to succeed in the last import.
    static bool does_matter(std::string const& failed, std::optional<TaskType> const& task) {
        if (!task || !task->input) return true;
        try {
            auto const asked = from_json<Asked<>>(task->input->text);
            bool const may_fail = asked.import_req && asked.import_req->all_stores_must_succeed == false;
            bool is_own = !asked.backend;
            for (std::string const& each : asked.backend.value_or(std::vector<std::string>{}))
                is_own = is_own || is_one_of(failed, each);
            return is_own && !may_fail;
        } catch (DecodeError const&) {  // a service without stores has none to name
            return true;
        }
    }

    static bool is_one_of(std::string const& list, std::string_view store) {
        return (',' + list + ',').find(',' + std::string{store} + ',') != std::string::npos;
    }
    /// The stores of the list that aren't in the other one.
    static std::string without(std::string const& list, std::string const& others) {
        std::string left;
        for (std::size_t at = 0; at < list.size();) {
            std::size_t const end = (std::min)(list.find(',', at), list.size());
            std::string const store = list.substr(at, end - at);
            if (!is_one_of(others, store)) left.append(left.empty() ? "" : ",").append(store);
            at = end + 1;
        }
        return left;
    }

    /// The task of the last import; nothing if there is none, or the service doesn't tell.
    [[nodiscard]] std::optional<TaskType> newest_task() {
        std::optional<TaskType> newest;
        are_tasks_told_ = false;
        try {
            for (TaskType& each : openstack::Proxy<TaskType>{images_.session(), id_}.list())
                if (!newest || each.created_at.value_or(Timestamp{}) > newest->created_at.value_or(Timestamp{}))
                    newest = std::move(each);
            are_tasks_told_ = true;
        } catch (ResourceNotFound const&) {  // older than 2.12
        } catch (Forbidden const&) {         // the policy says so
        }
        return newest;
    }

    [[noreturn]] void fail(std::string const& failed, std::optional<TaskType> const& task) const {
        std::string message = name() + ": its import has failed";
        if (!failed.empty()) message += ", for the stores " + failed;
        if (task && task->message) message += ": " + openstack::detail::one_line(*task->message);
        throw ResourceFailure(message);
    }

    [[nodiscard]] std::string name() const { return "image " + openstack::detail::one_line(id_); }

    openstack::Proxy<ImageType> const& images_;
    std::string id_;
    ImageStatus wanted_;
    bool has_seen_import_ = false;
    std::optional<ImageType> last_{};  ///< the record as it was looked at last, while an import runs
    bool are_tasks_told_ = false;      ///< whether the service has said which there are
};

}  // namespace openstack::image::v2

// <openstack/image/v2/import_method.hpp>
// How the service shall get an image's data by itself: the methods of an import, and where it puts the data.

namespace openstack::image::v2 {

/// One of the service's import methods, by its name, and what the method wants to know. A service may offer others than
/// those made by the functions below: `ImportMethod{.name = "acme-fetch", .parameters = {{"bucket", "b"}}}`.
struct ImportMethod {
    std::string name{};
    Properties parameters{};
};

/// The data that `stage_image` has brought. The image must be `uploading`.
template<class Method = ImportMethod>
[[nodiscard]] Method glance_direct() {
    return {"glance-direct", {}};
}
/// The service fetches it from an http or https URL, as far as its operator lets it. The image must be `queued`.
template<class Method = ImportMethod>
[[nodiscard]] Method web_download(std::string uri) {
    return {"web-download", {{"uri", std::move(uri)}}};
}
/// The service fetches it from the Image service of another region of the same Keystone, by the interface of that
/// region's endpoint. The image must be `queued`.
template<class Method = ImportMethod>
[[nodiscard]] Method glance_download(std::string region, std::string image_id,
                                     std::string service_interface = "public") {
    return {"glance-download",
            {{"glance_region", std::move(region)},
             {"glance_image_id", std::move(image_id)},
             {"glance_service_interface", std::move(service_interface)}}};
}
/// The service copies what it has to other stores. The image must be `active`. By default for administrators only.
template<class Method = ImportMethod>
[[nodiscard]] Method copy_image() {
    return {"copy-image", {}};
}

/// Where an import puts the data. Nothing set: into the default store.
struct ImportOptions {
    std::vector<std::string> stores{};  ///< into these; not with all_stores
    bool all_stores = false;            ///< into all that there are; of copy_image, into those that lack it
    /// One store that fails makes the whole import fail; otherwise one that succeeds is enough.
    bool all_stores_must_succeed = true;
};

namespace detail {

/// The body of POST .../import (Image API v2, section "Interoperable image import"), as far as options are set: a
/// service with one store refuses to be told of stores. A template so that a program compiles it only where it imports.
template<class Names = std::vector<std::string>>
struct ImportRequest {
    Field<Properties> method{};
    Field<Names> stores{};
    Field<bool> all_stores{};
    Field<bool> all_stores_must_succeed{};

    bool operator==(ImportRequest const&) const = default;
    BOOST_DESCRIBE_CLASS(ImportRequest, (), (method, stores, all_stores, all_stores_must_succeed), (), ())
};

/// Throws InvalidRequest for stores that contradict `all_stores`, have no name, or come twice: an import into one store
/// twice fails within the service.
template<class Names>
void check_stores(Names const& stores, bool all_stores) {
    if (all_stores && !stores.empty())
        throw InvalidRequest("data goes into the stores that are named, or into all of them");
    for (auto const& each : stores) {
        std::size_t count = 0;
        for (auto const& other : stores) count += std::size_t{each == other};
        if (each.empty() || count != 1) throw InvalidRequest("a store has a name, and gets data once");
    }
}

/// Throws InvalidRequest for a method without a name, and as check_stores does.
template<class Request = ImportRequest<>>
[[nodiscard]] Request import_request(ImportMethod const& method, ImportOptions const& options) {
    if (method.name.empty()) throw InvalidRequest("an import method has a name");
    check_stores(options.stores, options.all_stores);
    Request request{.method = method.parameters};
    (*request.method)["name"] = method.name;
    if (!options.stores.empty()) request.stores = options.stores;
    if (options.all_stores) request.all_stores = true;
    if (!options.all_stores_must_succeed) request.all_stores_must_succeed = false;
    return request;
}

}  // namespace detail
}  // namespace openstack::image::v2

namespace openstack::image::v2::detail {

/// GET /v2/info/import. Empty for a service without imports.
template<class Info = DocumentsOfText::ImportInfo, class Handle>
[[nodiscard]] std::vector<std::string> import_methods(Handle const& session) {
    try {
        auto const info = openstack::Proxy<Info>{session}.get();
        if (info.methods && info.methods->value) return *info.methods->value;
    } catch (ResourceNotFound const&) {  // older than 2.6
    }
    return {};
}

/// POST .../import. A second one is refused as long as the first goes on, and after it has succeeded, so that repeating
/// it after a lost answer imports nothing twice.
template<class ImageType>
void begin_import(openstack::Proxy<ImageType> const& images, std::string const& id, ImportMethod const& method,
                  ImportOptions const& options) {
    Request request{.method = "POST",
                    .url = images.path_of(id) + "/import",
                    .body = to_json(import_request(method, options)),
                    .is_repeatable = true};
    request.headers.set("Content-Type", "application/json");
    try {
        images.session().send(ImageType::resource.service, std::move(request));
    } catch (HttpError const& refusal) {
        // An image that is copied is active before, too; where the copy is there already, a second one is a 400.
        bool const is_copy = method.name == copy_image().name;
        bool const is_there = is_copy && refusal.status() == 400;
        if (!refusal.attempts().is_in_doubt || !(is_there || refusal.status() == 409)) throw;
        ImageType const record = images.get(id);
        bool const is_active = record.status == ImageStatus::active;
        bool const has_begun = record.properties.contains("os_glance_import_task") ||
                               record.status == ImageStatus::importing || (is_active && (is_there || !is_copy));
        if (!has_begun) throw;
    }
}

/// See ImageWatch.
template<class ImageType>
ImageType wait_for_image(openstack::Proxy<ImageType> const& images, std::string const& id, ImageStatus status,
                         WaitOptions const& options) {
    ImageWatch<ImageType> watch{images, id, status};
    return openstack::detail::look_until(
        images.session(), "image " + openstack::detail::one_line(id), options, [&] { return images.get(id); },
        [&](ImageType const& record) { return watch.missing(record); });
}

}  // namespace openstack::image::v2::detail

// <openstack/image/v2/image_sender.hpp>
// An image's data on its way to the service, which has it whole in the end, once, or not at all.

// <openstack/image/v2/upload_options.hpp>
// How an upload goes.

namespace openstack::image::v2 {

/// How data gets into the service.
enum class Via {
    direct,    ///< PUT .../file
    import,    ///< into the staging area, and by the import method glance-direct from there
    automatic  ///< direct; by import where that takes several stores, or the service doesn't allow the direct way
};

/// What upload_image does where there is an image of that name.
enum class Duplicates {
    allow,  ///< it makes another one, as the service does
    refuse  ///< it throws DuplicateResource. Another client can still make one at the same time
};

/// How an upload goes.
struct UploadOptions {
    bool allow_empty = false;       ///< an image of no bytes is mostly a mistake: it is refused before anything is sent
    bool check_format = true;       ///< a source that is another kind of disk than disk_format says is refused
    bool allow_references = false;  ///< a disk that refers to other files isn't refused
    bool keep_on_failure = false;   ///< upload_image leaves the record that it made, instead of deleting it
    Verification verification = Verification::required;  ///< of what was stored: its record's hash is compared
    ProgressFunction progress{};                         ///< called while data is sent
    Upload* result = nullptr;                            ///< if it isn't null, it's told what was stored
    /// From the last byte sent to the answer: the service may still be writing the data to its store. And, where the
    /// answer got lost, from then until the record says what has become of the data.
    std::chrono::milliseconds response_timeout = std::chrono::minutes(15);
    Via via = Via::direct;
    std::vector<std::string> stores{};  ///< the data goes into these; several of them take an import
    bool all_stores = false;            ///< it goes into all that there are, by import
    /// Of several stores, one that fails makes the upload fail; otherwise one that succeeds is enough.
    bool all_stores_must_succeed = true;
    /// An import is waited for, and its data verified. Otherwise the record is given as it is when the import begins.
    bool wait = true;
    /// Of an import, from its beginning to its end; 0: none. If it isn't over then, upload_image deletes the record.
    std::chrono::milliseconds import_timeout = std::chrono::hours(1);
    Duplicates duplicates = Duplicates::allow;
};

}  // namespace openstack::image::v2

namespace openstack::image::v2 {

namespace detail {

/// Whether the service may have done what was asked for, in spite of the exception that is being handled.
template<class Answer = bool>
[[nodiscard]] Answer may_have_acted() noexcept {
    try {
        throw;
    } catch (HttpError const& refusal) {
        return refusal.attempts().is_in_doubt;
    } catch (TransportError const& failure) {
        return failure.repetition() != Repetition::harmless || failure.attempts().is_in_doubt;
    } catch (InvalidRequest const&) {
        return false;
    } catch (...) {
        return true;
    }
}

}  // namespace detail

/// Sends one source, to an image's store or to the staging area.
///
/// Where a failure leaves open whether the service has the data, its record tells: `queued` has it sent again from the
/// first byte, as often as the session's retries allow and the source can go back; what goes on is waited for; what is
/// there is compared with what was sent, like the record after a sending without a failure.
template<class ImageType, class Hash = Hasher>
class ImageSender {
  public:
    /// Proxy, source and options outlive it.
    ImageSender(openstack::Proxy<ImageType> const& images, Source& source, UploadOptions const& options)
        : images_(images),
          options_(options),
          source_(source, options.progress,
                  options.verification == Verification::off ? std::vector<std::string>{}
                                                            : likely_algorithms<Hash>(images.session())),
          resends_left_(images.session().retries(ImageType::resource.service).connect_retries) {}

    /// What is sent.
    [[nodiscard]] auto& source() noexcept { return source_; }

    /// PUT .../file, then GET of the record, whose size and hash must be those of what was sent.
    ImageType send(ResourceRef<ImageType> const& image, std::string const& store) {
        Headers headers = data_headers();
        if (!store.empty()) headers.set(std::string{field_info<&ImageType::store>.header}, store);
        return checked(send(image, "/file", headers));
    }

    /// PUT .../stage, then GET of the record, whose size, as far as it has one, must be that of what was sent.
    ImageType stage(ResourceRef<ImageType> const& image) {
        is_staging_ = true;
        ImageType record = send(image, "/stage", data_headers());
        is_staging_ = false;
        if (record.size) check_size(record);
        if (options_.result != nullptr) *options_.result = {source_.bytes(), {}};
        return record;
    }

    /// The record if it says of the data what was sent. If its hash is of another algorithm than those computed on the
    /// way, the source is read again; its MD5 counts if that is impossible. Throws IntegrityError.
    ImageType checked(ImageType record) {
        std::string const what = what_of(record);
        if (!record.size) throw IntegrityError(what + ": its record has no size, so nothing says that it was stored");
        check_size(record);
        if (record.hash_algo) images_.session().remember(hash_algorithm_key, *record.hash_algo);
        if (options_.result != nullptr) *options_.result = {*record.size, {}};
        if (options_.verification == Verification::off) return record;
        std::optional<std::string> sent;
        Fingerprint const expected = fingerprint_of(record, [&](std::string const& algorithm) {
            sent = source_.digest(algorithm);
            return sent.has_value();
        });
        openstack::detail::check_policy(what, expected, options_.verification);
        if (!sent) return record;
        openstack::detail::check_digest(what, expected, *sent);
        if (options_.result != nullptr) options_.result->verified_by = expected.algorithm;
        return record;
    }

  private:
    [[nodiscard]] Headers data_headers() const {
        Headers headers;
        headers.set("Content-Type", "application/octet-stream");
        if (source_.size()) headers.set("X-OpenStack-Image-Size", std::to_string(*source_.size()));
        return headers;
    }

    ImageType send(ResourceRef<ImageType> const& image, std::string_view path, Headers const& headers) {
        for (;;) {
            try {
                put(image, path, headers);
                source_.finish();
                break;
            } catch (TransportError const&) {
                if (std::optional<ImageType> there = settle(image)) return std::move(*there);
            } catch (HttpError const&) {
                if (std::optional<ImageType> there = settle(image)) return std::move(*there);
            }
        }
        return images_.get(image.id());
    }

    void put(ResourceRef<ImageType> const& image, std::string_view path, Headers const& headers) {
        Request request{.method = "PUT",
                        .url = images_.path_of(image).append(path),
                        .headers = headers,
                        .source = &source_,
                        .is_repeatable = false};
        request.timeouts = images_.session().timeouts();
        request.timeouts->response = options_.response_timeout;
        images_.session().send(ImageType::resource.service, std::move(request));
    }

    /// After the failure that is being handled: the record if the data is there, nothing if it can be sent again.
    /// Otherwise throws the failure, or ResourceNotFound if the image is gone.
    std::optional<ImageType> settle(ResourceRef<ImageType> const& image) {
        if (source_.has_failed() || !(detail::may_have_acted() || has_resent_)) throw;
        std::exception_ptr const failure = std::current_exception();
        using openstack::detail::Milliseconds;
        Milliseconds waited{};
        for (Milliseconds pause{500};; pause = (std::min)(pause * 2, Milliseconds{10'000})) {
            ImageType record = look(image, failure);
            if (is_there(record)) {
                // What came before the failure may be stored as if it were all.
                bool const is_known = record.size == source_.bytes() && source_.is_whole();
                if (!is_known && !source_.measure()) std::rethrow_exception(failure);
                return record;
            }
            if (record.status == ImageStatus::queued) {
                if (resends_left_ == 0 || !source_.rewind()) std::rethrow_exception(failure);
                --resends_left_;
                has_resent_ = true;
                return std::nullopt;
            }
            bool const is_busy = record.status == ImageStatus::saving || record.status == ImageStatus::uploading ||
                                 record.status == ImageStatus::importing;
            if (!is_busy || waited >= options_.response_timeout) std::rethrow_exception(failure);
            images_.session().wait(pause);
            waited += pause;
        }
    }

    /// An image is `uploading` from the first byte staged on; it has a size when all are.
    [[nodiscard]] bool is_there(ImageType const& record) const {
        return is_staging_ ? record.status == ImageStatus::uploading && record.size
                           : record.status == ImageStatus::active;
    }

    ImageType look(ResourceRef<ImageType> const& image, std::exception_ptr const& failure) const {
        try {
            return images_.get(image.id());
        } catch (TransportError const&) {  // says less than the failure before it
            std::rethrow_exception(failure);
        }
    }

    static std::string what_of(ImageType const& record) {
        return "the data sent to image " + openstack::detail::one_line(*record.id);
    }

    void check_size(ImageType const& record) const {
        if (record.size == source_.bytes()) return;
        throw IntegrityError(what_of(record) + ": it has " + std::to_string(source_.bytes()) +
                             " bytes, but its record says " + std::to_string(*record.size));
    }

    openstack::Proxy<ImageType> const& images_;
    UploadOptions const& options_;
    openstack::detail::MeasuredSource<Hash> source_;
    unsigned resends_left_;
    bool has_resent_ = false;
    bool is_staging_ = false;
};

}  // namespace openstack::image::v2

namespace openstack::image::v2 {

/// One upload: see ImageSender for how its data is sent.
template<class ImageType>
class ImageUpload {
  public:
    /// Proxy, source and options outlive it. Throws SourceError if the source is empty and mustn't be, or refers to
    /// another file; InvalidRequest for options that contradict each other.
    ImageUpload(openstack::Proxy<ImageType> const& images, Source& source, UploadOptions const& options)
        : images_(images), options_(options), sender_(images, source, options), name_(source.name()) {
        detail::check_stores(options.stores, options.all_stores);
        bool const takes_import = options.all_stores || options.stores.size() > 1;
        if (takes_import && options.via == Via::direct)
            throw InvalidRequest("one request puts data into one store: .via = Via::automatic takes an import instead");
        is_import_ = takes_import || options.via == Via::import;
        auto& sent = sender_.source();
        disk_ = DiskInspector{[&](std::size_t size) { return sent.front(size); }}.inspect();
        if (!options.allow_empty && sent.front(0).empty() && sent.size().value_or(0) == 0)
            throw SourceError(name_ + " is empty; .allow_empty = true uploads it all the same");
        if (!options.allow_references && !disk_.reference.empty())
            throw SourceError(name_ + " is a disk that refers to another file, " +
                              openstack::detail::one_line(disk_.reference) +
                              "; .allow_references = true uploads it all the same");
    }

    /// GET of the record if it takes one to know both formats, then the data's way.
    ImageType send(ResourceRef<ImageType> const& image, std::string const& store) {
        ImageType const* const known = image.object();
        std::vector<std::string> const stores =
            chosen_stores(store.empty() && known != nullptr ? known->store.value_or("") : store);
        if (is_import_) check_import_is_offered();
        check_known_format(image);
        return deliver(image, stores);
    }

    /// The same to the staging area. Throws InvalidRequest for options that name stores.
    ImageType stage(ResourceRef<ImageType> const& image) {
        if (options_.all_stores || !options_.stores.empty())
            throw InvalidRequest("staged data goes into no store yet: the import that takes it says into which");
        check_known_format(image);
        return sender_.stage(image);
    }

    /// All that can be wrong before anything is created; gives the stores that are chosen. HTTP: GETs at most.
    [[nodiscard]] std::vector<std::string> check(ImageType const& image) const {
        if (!image.disk_format || !image.container_format)
            throw InvalidRequest("an image with data needs disk_format and container_format");
        check_format(image);
        std::vector<std::string> stores = chosen_stores(image.store.value_or(""));
        if (is_import_) check_import_is_offered();
        if (options_.duplicates == Duplicates::refuse && image.name) refuse_duplicates(*image.name);
        return stores;
    }

    /// Creates the record (POST), then uploads. If that fails the record is deleted again.
    ImageType create(ImageType const& image) {
        std::vector<std::string> const stores = check(image);
        ImageType record = openstack::detail::with_identity(image);
        bool const is_chosen_here = image.id.is_unset() && record.id;
        bool is_made = false;
        try {
            record = images_.create(record);
            is_made = true;
            return deliver(record, stores);
        } catch (...) {
            // A lost answer may have been that of a success, under an id that only this function knows.
            if (!options_.keep_on_failure && (is_made || (is_chosen_here && detail::may_have_acted())))
                remove_quietly(record);
            throw;
        }
    }

  private:
    ImageType deliver(ResourceRef<ImageType> const& image, std::vector<std::string> const& stores) {
        if (!is_import_) {
            try {
                return sender_.send(image, stores.empty() ? "" : stores.front());
            } catch (HttpError const& refusal) {
                bool const is_forbidden = refusal.status() == 403 || refusal.status() == 405;
                if (options_.via != Via::automatic || !is_forbidden || !is_import_offered()) throw;
                if (!sender_.source().rewind()) throw;
            }
        }
        ImageType const staged = sender_.stage(image);
        detail::begin_import(images_, *staged.id, glance_direct(),
                             {stores, options_.all_stores, options_.all_stores_must_succeed});
        if (!options_.wait) return images_.get(*staged.id);
        return sender_.checked(
            detail::wait_for_image(images_, *staged.id, ImageStatus::active, {.deadline = options_.import_timeout}));
    }

    [[nodiscard]] std::vector<std::string> chosen_stores(std::string const& store) const {
        if (store.empty()) return options_.stores;
        Headers{}.set(std::string{field_info<&ImageType::store>.header}, store);  // may throw: before there is a record
        if (!options_.stores.empty() || options_.all_stores)
            throw InvalidRequest("the image's field `store` and the upload's `.stores` both say where its data goes");
        return {store};
    }

    [[nodiscard]] bool is_import_offered() const {
        for (std::string const& each : detail::import_methods(images_.session()))
            if (each == glance_direct().name) return true;
        return false;
    }
    void check_import_is_offered() const {
        if (!is_import_offered()) throw NotSupported("the Image service offers no import by glance-direct");
    }

    void refuse_duplicates(std::string const& name) const {
        auto const found = openstack::detail::find_named<ImageType>(
            name, [&](Query<ImageType> const& query) { return images_.list(query); });
        if (!found.empty()) openstack::detail::throw_duplicate(name, found);
    }

    void check_known_format(ResourceRef<ImageType> const& image) const {
        ImageType const* const known = image.object();
        if (known != nullptr && known->disk_format && known->container_format)
            check_format(*known);
        else if (options_.check_format)
            check_format(images_.get(image.id()));
    }

    /// Formats without a mark, such as a VHD of fixed size, which has it at its end, can't be told from each other, and
    /// an ISO image may be a raw disk as well.
    void check_format(ImageType const& image) const {
        if (!options_.check_format || !image.disk_format || image.container_format != ContainerFormat::bare) return;
        bool is_expected = false;  // a mark
        for (DiskFormat const each :
             {DiskFormat::qcow2, DiskFormat::vmdk, DiskFormat::vdi, DiskFormat::vhdx, DiskFormat::iso})
            is_expected |= image.disk_format == each;
        bool const is_right =
            disk_.format ? image.disk_format == *disk_.format || (*disk_.format == DiskFormat::iso && !is_expected)
                         : !is_expected;
        if (is_right) return;
        throw SourceError(name_ + " is " +
                          (disk_.format ? "a disk of format " + to_string(Open<DiskFormat>{*disk_.format})
                                        : "no disk with a mark of a format") +
                          ", but disk_format says " + to_string(*image.disk_format) +
                          "; .check_format = false uploads it all the same");
    }

    /// A stop token that doesn't stop.
    struct Never {
        [[nodiscard]] static bool stop_requested() { return false; }
    };

    void remove_quietly(ImageType const& record) const noexcept {
        try {
            ImageType unprotected{};
            unprotected.is_protected = false;
            openstack::Proxy<ImageType> const images = images_.with({.stop = Never{}});  // the call may have been ended
            if (record.is_protected == true) images.update(record, unprotected);
            images.remove(record);
        } catch (...) {  // the failure of the upload is what the caller must hear of
        }
    }

    openstack::Proxy<ImageType> const& images_;
    UploadOptions const& options_;
    ImageSender<ImageType> sender_;
    std::string name_;
    bool is_import_ = false;
    DiskInspection disk_{};
};

}  // namespace openstack::image::v2

namespace openstack::image::v2 {

/// How ensure_image goes about it.
struct EnsureOptions {
    bool dry_run = false;  ///< says what would be done, and does nothing
    /// An image of the project's own that has the content under another name, and isn't protected, is renamed.
    /// With false the content is uploaded again: say that where two names shall have one content, since each would take
    /// the image from the other.
    bool rename = true;
    UploadOptions upload{};  ///< of an upload, if it takes one; `.progress` is called for the first reading, too
};

/// What ensure_image did, or with dry_run would do.
enum class EnsureAction {
    none,    ///< nothing: there was such an image
    update,  ///< it changed the record of an image that has the name and the content
    rename,  ///< the same of an image that has the content under another name, which it lost by that
    upload   ///< it made a new image
};

/// What ensure_image did.
template<class ImageType>
struct Ensured {
    EnsureAction action{};
    ImageType image{};    ///< as it is now; after a dry run, as it would be, without what the service sets
    JsonPatch changes{};  ///< of an update
    /// The other images of that name, whatever their content: it may be time to hide or delete them.
    std::vector<std::string> namesakes{};
};

/// One call of ensure_image.
template<class ImageType, class Hash = Hasher>
class ImageEnsurer {
  public:
    /// Proxy, source and options outlive it.
    ImageEnsurer(openstack::Proxy<ImageType> const& images, Source& source, EnsureOptions const& options)
        : images_(images), source_(source), options_(options) {}

    /// Throws InvalidRequest without both formats or a name, SourceError for a source that can't be read twice.
    Ensured<ImageType> ensure(ImageType const& desired) {
        if (!desired.disk_format || !desired.container_format || !desired.name)
            throw InvalidRequest("ensure_image needs a name, disk_format and container_format");
        std::vector<ImageType> const named =
            listed([&](auto const& list) { return openstack::detail::find_named<ImageType>(*desired.name, list); });
        measure(named);
        std::optional<ImageType> found = choose(named, desired);
        if (!found && options_.rename) found = choose(of_hash(), desired);

        Ensured<ImageType> result;
        for (ImageType const& each : named)
            if (!found || each.id != found->id) result.namesakes.push_back(identity(each));
        if (!found) return upload(desired, std::move(result));
        ImageType const wanted = changes(*found, desired);
        ImageType const after = openstack::detail::with_changes(*found, wanted);
        result.changes = diff(*found, after);
        result.action = result.changes.empty()        ? EnsureAction::none
                        : found->name == desired.name ? EnsureAction::update
                                                      : EnsureAction::rename;
        bool const is_changed = !result.changes.empty() && !options_.dry_run;
        result.image = is_changed ? images_.update(*found, wanted) : after;
        return result;
    }

  private:
    template<class Find>
    [[nodiscard]] std::vector<ImageType> listed(Find find) const {
        return find([&](Query<ImageType> const& query) { return images_.list(query); });
    }

    /// Reads the source once, for every algorithm that a record could have been made with.
    void measure(std::vector<ImageType> const& named) {
        std::vector<std::string> algorithms = likely_algorithms<Hash>(images_.session());
        algorithm_ = algorithms.empty() ? std::string{} : algorithms.front();
        for (ImageType const& each : named)
            if (each.hash_algo && Hash::supports(*each.hash_algo)) add(algorithms, *each.hash_algo);
        measured_.emplace(
            source_,
            [this](Progress const& now) {
                images_.session().wait({}, "reading " + source_.name());  // its stop token may end it
                if (options_.upload.progress) options_.upload.progress(now);
            },
            std::move(algorithms));
        if (!measured_->measure() || !source_.rewind())
            throw SourceError(source_.name() + " can't be read twice, which ensure_image needs");
    }
    static void add(std::vector<std::string>& algorithms, std::string const& algorithm) {
        for (std::string const& each : algorithms)
            if (each == algorithm) return;
        algorithms.push_back(algorithm);
    }

    /// What the service has with the content of the source, hidden images too.
    [[nodiscard]] std::vector<ImageType> of_hash() {
        std::vector<ImageType> found;
        std::optional<std::string> const digest = measured_->digest(algorithm_);
        if (!digest) return found;
        for (bool const is_hidden : {false, true})
            for (ImageType& each :
                 images_.list(where<&ImageType::hash_value> == *digest, where<&ImageType::is_hidden> == is_hidden))
                found.push_back(std::move(each));
        return found;
    }

    /// Whether it has the content, in the same formats.
    [[nodiscard]] bool has_content(ImageType const& image, ImageType const& desired) {
        bool const is_usable = image.status == ImageStatus::active && image.size == measured_->bytes() &&
                               image.disk_format == desired.disk_format &&
                               image.container_format == desired.container_format &&
                               (!desired.id || image.id == desired.id) && image.hash_algo && image.hash_value;
        return is_usable && openstack::detail::equal_ignoring_case(measured_->digest(*image.hash_algo).value_or(""),
                                                                   *image.hash_value);
    }

    /// Of those that have the content: the project's own before another's, which can be used only as it is; what needs
    /// no change before what does. Where nobody knows the project, images that have an owner are another's.
    [[nodiscard]] std::optional<ImageType> choose(std::vector<ImageType> const& images, ImageType const& desired) {
        std::string const project = desired.owner_id ? *desired.owner_id : images_.session().project_id();
        ImageType const* best = nullptr;
        int best_rank = 3;
        for (ImageType const& each : images) {
            bool const has_name = each.name == desired.name;
            if ((each.is_protected == true && !has_name) || !has_content(each, desired)) continue;
            bool const is_own = each.owner_id.value_or("") == project;
            bool const is_right = diff(each, openstack::detail::with_changes(each, changes(each, desired))).empty();
            int const rank = (is_right ? 0 : 2) + (is_own ? 0 : 1);
            if (rank >= best_rank) continue;
            best = &each;
            best_rank = rank;
        }
        return best == nullptr ? std::nullopt : std::optional{*best};
    }

    /// `desired` as changes of `found`: without what only a create or an upload says, and tags, which have no order,
    /// only if they are others.
    [[nodiscard]] static ImageType changes(ImageType const& found, ImageType const& desired) {
        ImageType changes = desired;
        changes.id.reset();
        changes.store.reset();
        if (found.tags && desired.tags && openstack::detail::are_permuted(*found.tags, *desired.tags))
            changes.tags.reset();
        return changes;
    }

    Ensured<ImageType> upload(ImageType const& desired, Ensured<ImageType> result) {
        result.action = EnsureAction::upload;
        if (!source_.rewind()) throw SourceError(source_.name() + " can't be read again");
        ImageUpload<ImageType> upload{images_, source_, options_.upload};
        if (options_.dry_run) static_cast<void>(upload.check(desired));
        result.image = options_.dry_run ? desired : upload.create(desired);
        return result;
    }

    openstack::Proxy<ImageType> const& images_;
    Source& source_;
    EnsureOptions const& options_;
    std::string algorithm_;
    std::optional<openstack::detail::MeasuredSource<Hash>> measured_;
};

}  // namespace openstack::image::v2

// <openstack/image/v2/image_cache.hpp>
// The service's cache of images, and the calls that manage it.

// <openstack/image/v2/lacking_call.hpp>
// Why a service doesn't know a call, as far as its list of versions tells.

namespace openstack::image::v2::detail {

/// The newest version that the service lists; nothing if it lists `version`, or nobody can tell. What it lists depends
/// on its configuration: without a cache, say, those are missing that brought calls about it.
template<class Text = std::string, class Handle>
[[nodiscard]] std::optional<Text> newest_without(Handle const& session, std::string_view version) {
    try {
        Text newest;
        for (auto const& each : versions(session, "image")) {
            if (each.id == version) return std::nullopt;
            if (newest.empty()) newest = each.id;  // they're listed from the newest on
        }
        if (!newest.empty()) return newest;
    } catch (Error const&) {  // the refusal says more than that
    }
    return std::nullopt;
}

/// What a call acts on, where that is always there.
struct AlwaysThere {
    bool operator()() const noexcept { return true; }
};

/// Gives what `call()` gives, which came with that version. A 404 or 405 of it becomes NotSupported if what it acts on
/// `is_there()`, and the service doesn't list the version. The list is asked only then: services know calls of versions
/// that they don't list.
template<class Handle, class Call, class IsThere = AlwaysThere>
decltype(auto) explain_lack(Handle const& session, std::string_view version, Call call, IsThere is_there = {}) {
    try {
        return call();
    } catch (HttpError const& refusal) {
        if ((refusal.status() != 404 && refusal.status() != 405) || !is_there()) throw;
        auto const newest = newest_without(session, version);
        if (!newest) throw;
        throw NotSupported(std::string{refusal.what()} + "; the call came with " + std::string{version} +
                           " of the Image API, which the service doesn't list (its newest is " +
                           openstack::detail::one_line(*newest) + "): it's older, or isn't configured for it");
    }
}

/// Whether there is an image with that id.
template<class Proxy>
[[nodiscard]] bool has_image(Proxy const& images, std::string_view id) {
    try {
        (void)images.get(id);
        return true;
    } catch (HttpError const&) {
        return false;
    }
}

}  // namespace openstack::image::v2::detail

namespace openstack::image::v2 {

/// What clear_cache removes.
enum class CacheTarget { both, cache, queue };

/// The part of the Image service's Proxy that manages its cache (Image API v2, section "Cache manage"), for
/// administrators. All of it throws NotSupported if the service is too old or has no cache, as far as its list of
/// versions tells.
template<class ImageType>
class ImageCaching {
    using ImageRef = ResourceRef<ImageType>;

  public:
    /// Acts by that session.
    explicit ImageCaching(Session session) : session_(std::move(session)) {}

    /// What is cached and queued (since version 2.14). HTTP: GET /v2/cache.
    template<class Cache = ImageCache>
    [[nodiscard]] Cache get_image_cache() const {
        return detail::explain_lack(session_, "v2.14", [&] { return openstack::Proxy<Cache>{session_}.get(); });
    }
    /// Has the image fetched into the cache, later. Throws BadRequest if it isn't active. HTTP: PUT /v2/cache/{id}.
    void queue_image(ImageRef const& image) const { act("PUT", path_of(image), "v2.14"); }
    /// Removes the image from cache and queue. One that is in none is no error; throws ResourceNotFound if there is no
    /// such image. HTTP: DELETE /v2/cache/{id}.
    void cache_delete_image(ImageRef const& image) const { act("DELETE", path_of(image), "v2.14"); }
    /// Empties the cache, or its queue, or both. HTTP: DELETE /v2/cache.
    void clear_cache(CacheTarget target = CacheTarget::both) const {
        Headers headers;
        if (target != CacheTarget::both)
            headers.set("x-image-cache-clear-target", target == CacheTarget::cache ? "cache" : "queue");
        act("DELETE", path(), "v2.14", std::move(headers));
    }
    /// Removes what is broken or stalled (since version 2.18). HTTP: POST /v2/cache/clean.
    void clean_cache() const { act("POST", path() + "/clean", "v2.18"); }
    /// Removes what was used least lately, as far as the cache is larger than it may be (since version 2.18). Where an
    /// answer got lost it is asked for again, and what was removed unheard isn't counted. HTTP: POST /v2/cache/prune.
    template<class Pruned = PrunedCache>
    Pruned prune_cache() const {
        Response answer = act("POST", path() + "/prune", "v2.18");
        return from_json<Pruned>(answer.body, "the answer to POST " + path() + "/prune");
    }
    /// The addresses of the nodes that have the image in their cache (since version 2.18). HTTP: GET
    /// /v2/cache/nodes/{id}.
    template<class Nodes = DocumentsOfText::CacheNodes>
    [[nodiscard]] std::vector<std::string> get_cache_nodes(ImageRef const& image) const {
        std::string const url = path() + "/nodes/" + path_segment(image.id());
        auto const nodes = from_json<Nodes>(act("GET", url, "v2.18").body, "the answer to GET " + url);
        return nodes.cached_nodes.value_or(std::vector<std::string>{});
    }

  private:
    template<class Cache = ImageCache>
    [[nodiscard]] static std::string path() {
        return std::string{Cache::resource.path};
    }
    [[nodiscard]] static std::string path_of(ImageRef const& image) { return path() + '/' + path_segment(image.id()); }

    Response act(std::string method, std::string url, std::string_view version, Headers headers = {}) const {
        return detail::explain_lack(session_, version, [&] {
            return session_.send(ImageType::resource.service,
                                 {.method = method, .url = url, .headers = headers, .is_repeatable = true});
        });
    }

    Session session_;
};

}  // namespace openstack::image::v2

// <openstack/image/v2/image_data.hpp>
// An image's data: sent, fetched and checked against its record (Image API v2, section "Image data").

// <openstack/downloader.hpp>
// Downloader: fetches data into a sink, goes on where a connection broke, and begins again where it must.

// <openstack/parts_downloader.hpp>
// PartsDownloader: fetches parts of data by several connections at once.

namespace openstack::detail {

/// Cuts data into parts. Each of the threads, which have a connection each, takes the first part that nobody has, while
/// the caller's thread reads the bytes back in their order, as far as there is none missing.
template<class Carrier, class Wanted>
class PartsDownloader {
  public:
    /// In bytes. A smaller one costs more round trips than it brings.
    static constexpr std::uint64_t smallest_part = std::uint64_t{8} << 20;

    /// Of data of that size, what follows the first `from` bytes. `carrier` is used by all threads; all that are given
    /// by reference outlive it.
    PartsDownloader(Carrier& carrier, Wanted const& wanted, ScatteredSink& sink, std::uint64_t from, std::uint64_t size,
                    unsigned connections)
        : carrier_(carrier), wanted_(wanted), sink_(sink), position_(from), size_(size), connections_(connections) {
        std::uint64_t const even = (size - from) / (std::uint64_t{connections} * parts_each);
        std::uint64_t const usual = (std::min)((std::max)(even, smallest_part), largest_part);
        std::uint64_t const part = (std::max)(usual, (size - from) / most_parts + 1);
        for (std::uint64_t at = from; at < size; at = parts_.back().end)
            parts_.push_back({at, at + (std::min)(part, size - at)});
    }

    /// Calls `take(bytes)` with all bytes in their order, and leaves those in the sink that it was called with: not all
    /// where the service gives no parts. Throws what `take` and the carrier's functions throw, and, by `callbacks`,
    /// what the sink does.
    template<class Take, class Callbacks>
    void run(Take take, Callbacks& callbacks) {
        bool is_taken = false;
        {
            std::vector<std::unique_ptr<Thread<Work>>> threads;
            is_taken = guarded([&] {
                for (unsigned i = 0; i < connections_ && i < parts_.size(); ++i)
                    threads.push_back(std::make_unique<Thread<Work>>(Work{this}));
                watch(threads, take);
            });
            is_over_ = true;
        }
        // What else there is before the first gap.
        while (is_taken && guarded([&] { is_taken = read_back(take); })) continue;
        guarded([&] { of_sink([&] { sink_.gather(position_); }); });
        if (is_of_sink_) callbacks.call([&] { std::rethrow_exception(failure_); });
        if (failure_) std::rethrow_exception(failure_);
    }

  private:
    /// What is missing of one.
    struct Part {
        std::uint64_t at;
        std::uint64_t end;
    };

    struct Work {
        PartsDownloader* owner;
        void operator()() const noexcept { owner->work(); }
    };

    /// Ends the request of a thread whose part isn't wanted any more.
    struct End {
        PartsDownloader const* owner;
        [[nodiscard]] bool stop_requested() const { return owner->is_over_; }
    };

    static constexpr std::uint64_t largest_part = std::uint64_t{64} << 20;
    static constexpr std::uint64_t most_parts = 4096;  // whatever size a record claims
    static constexpr unsigned parts_each = 8;  // at least, where they aren't too small: so all threads end together

    template<class Action>
    bool guarded(Action action) noexcept {
        try {
            action();
            return true;
        } catch (...) {
            std::lock_guard const lock{mutex_};
            if (!failure_) failure_ = std::current_exception();
            is_over_ = true;
            return false;
        }
    }

    /// What the sink throws is kept as that, so that nobody takes it for a failure of the request.
    template<class Action>
    void of_sink(Action action) {
        try {
            action();
        } catch (...) {
            std::lock_guard const lock{mutex_};
            if (!failure_) is_of_sink_ = true;
            if (!failure_) failure_ = std::current_exception();
            throw;
        }
    }

    // The caller's thread:

    template<class Threads, class Take>
    void watch(Threads const& threads, Take& take) {
        bool is_running = false;
        for (auto const& each : threads) is_running |= each->is_running();
        constexpr Milliseconds longest_pause{10};
        for (Milliseconds pause{}; is_running && !is_over_ && position_ != size_; carrier_.wait(pause))
            pause = read_back(take) ? Milliseconds{} : (std::min)(pause * 2 + Milliseconds{1}, longest_pause);
    }

    /// Takes the next bytes; false if the next one is missing.
    template<class Take>
    bool read_back(Take& take) {
        std::span<std::byte> const room = writable_bytes_of(buffer_);
        std::uint64_t const there = first_missing() - position_;
        if (there == 0) return false;
        std::size_t const wanted = static_cast<std::size_t>((std::min<std::uint64_t>)(room.size(), there));
        std::size_t count = 0;
        of_sink([&] { count = sink_.read_at(position_, {room.data(), wanted}); });
        if (count == 0) throw IoError("the file of a download has become shorter", EIO);
        take(std::span<std::byte const>{room.data(), count});
        position_ += count;
        return true;
    }

    [[nodiscard]] std::uint64_t first_missing() {
        std::lock_guard const lock{mutex_};
        while (first_part_ < parts_.size() && parts_[first_part_].at == parts_[first_part_].end) ++first_part_;
        return first_part_ == parts_.size() ? size_ : parts_[first_part_].at;
    }

    // The threads:

    void work() noexcept {
        guarded([this] {
            while (Part* const part = next()) fetch(*part);
        });
    }

    [[nodiscard]] Part* next() {
        std::lock_guard const lock{mutex_};
        return is_over_ || next_part_ == parts_.size() ? nullptr : &parts_[next_part_++];
    }

    void fetch(Part& part) {
        while (part.at != part.end && !is_over_) {
            std::uint64_t const before = part.at;
            bool has_begun = false;
            Request request = wanted_.request;
            request.stop = End{this};
            request.consumer = [&](Response const& head, std::span<std::byte const> bytes) {
                if (!std::exchange(has_begun, true) && !wanted_.begins(head, part.at, part.end)) is_over_ = true;
                if (!is_over_) take(part, bytes);
            };
            request.resume = [&](Headers& headers) {
                has_begun = false;
                wanted_.ask(headers, part.at, part.end);
                return part.at != part.end;
            };
            wanted_.ask(request.headers, part.at, part.end);
            try {
                carrier_.send(std::move(request));
            } catch (TransportError const&) {
                if (part.at != part.end) throw;
            } catch (Cancelled const&) {
                if (!is_over_) throw;
            } catch (RangeNotSatisfiable const&) {
                is_over_ = true;
            } catch (BadRequest const&) {
                is_over_ = true;
            }
            if (part.at == before && !is_over_) throw ConnectionLost(wanted_.what + ": a part of it is empty");
        }
    }

    void take(Part& part, std::span<std::byte const> bytes) {
        if (bytes.size() > part.end - part.at)
            throw ProtocolError(wanted_.what + ": the service gave more of it than was asked for");
        of_sink([&] { sink_.write_at(part.at, bytes); });
        std::lock_guard const lock{mutex_};
        part.at += bytes.size();
    }

    Carrier& carrier_;
    Wanted const& wanted_;
    ScatteredSink& sink_;
    std::uint64_t position_;  ///< before which all is there and has been taken
    std::uint64_t const size_;
    unsigned const connections_;
    std::string buffer_ = std::string(std::size_t{256} << 10, '\0');
    std::mutex mutex_;  ///< of what follows
    std::vector<Part> parts_;
    std::size_t next_part_ = 0;
    std::size_t first_part_ = 0;  ///< that isn't complete
    std::exception_ptr failure_;  ///< the first one
    bool is_of_sink_ = false;     ///< it is
    std::atomic<bool> is_over_ = false;
};

}  // namespace openstack::detail

namespace openstack::detail {

/// One download. `Carrier::send(request)` and `Carrier::wait(duration)` do as Session's functions do.
template<class Carrier, class Wanted>
class Downloader {
  public:
    /// By so many connections at a time, where the sink takes bytes in any order. Carrier and sink outlive it.
    Downloader(Carrier& carrier, Wanted wanted, Sink& sink, unsigned connections)
        : carrier_(carrier),
          wanted_(std::move(wanted)),
          sink_(sink),
          connections_(connections),
          verifier_(wanted_.what, wanted_.expected, wanted_.policy),
          meter_(wanted_.progress, wanted_.expected.size) {}

    /// Fetches all, compares, and finishes the sink. Data that is wrong is fetched once more if the sink can go back.
    Download run() {
        open();
        for (;;) {
            try {
                fetch();
                Download result = verifier_.finish();
                callbacks_.call([&] {
                    meter_.finish();  // may throw: a file that has its name already would be there in spite of it
                    sink_.finish();
                });
                return result;
            } catch (IntegrityError const&) {
                if (callbacks_.have_thrown()) throw;
                if (wanted_.has_changed(verifier_)) continue;
                bool const is_comparable = !verifier_.expected().algorithm.empty();
                if (is_comparable && restart()) continue;
                forget();
                throw;
            } catch (ConnectionLost const&) {
                if (has_ended_) forget();
                throw;
            } catch (ProtocolError const&) {  // whose part of the data nobody knows
                if (!callbacks_.have_thrown()) forget();
                throw;
            }
        }
    }

  private:
    /// Goes on with what the sink has of an earlier download, if it will be verified: the bytes of a file that an
    /// earlier process left may have got lost in a crash of the system.
    void open() {
        bool const is_verified = wanted_.policy != Verification::off;
        bytes_ = sink_.begin(is_verified ? std::string_view{wanted_.expected.digest} : "",
                             [this](std::span<std::byte const> bytes) {
                                 carrier_.wait(Milliseconds{});  // it may have to end
                                 verifier_.take_known(bytes);
                                 meter_.skip(bytes.size());
                             });
        if (size() && bytes_ > *size() && !restart())
            throw IntegrityError(wanted_.what + ": the sink has more than the " + std::to_string(*size()) + " bytes");
    }

    /// Leaves nothing that another download would go on with.
    void forget() noexcept {
        try {
            static_cast<void>(sink_.rewind());
        } catch (...) {  // what has gone wrong with the data comes first
        }
    }

    /// Until all is there, or no more comes.
    void fetch() {
        if (is_whole() && bytes_ != 0) return;
        fetch_parts();
        for (std::uint64_t before = bytes_; !is_whole() || bytes_ == 0; before = bytes_) {
            Request request = wanted_.request;
            request.consumer = [this](Response const& head, std::span<std::byte const> bytes) { take(head, bytes); };
            request.resume = [this](Headers& headers) { return resume(headers); };
            begin(request.headers);
            try {
                carrier_.send(std::move(request));
            } catch (TransportError const&) {
                if (!is_whole() || bytes_ == 0) throw;  // whole it may be although the answer's end is missing
            } catch (RangeNotSatisfiable const&) {      // the data ends before
                if (first_ == 0 || callbacks_.have_thrown()) throw;
                has_ended_ = !restart();
                if (has_ended_) return;
                continue;
            } catch (BadRequest const&) {  // a store without ranges
                if (first_ == 0 || callbacks_.have_thrown() || !restart()) throw;
                continue;
            }
            if (!size() || bytes_ == before) return;
        }
    }

    /// As much as there is to be had by several connections at once.
    void fetch_parts() {
        using Parts = PartsDownloader<Carrier, Wanted>;
        if (connections_ < 2 || !size() || *size() < bytes_ + 2 * Parts::smallest_part) return;
        ScatteredSink* scattered = nullptr;
        callbacks_.call([&] { scattered = sink_.scatter(*size()); });
        if (scattered == nullptr) return;
        Parts parts{carrier_, wanted_, *scattered, bytes_, *size(), connections_};
        parts.run([this](std::span<std::byte const> bytes) { note(bytes); }, callbacks_);
    }

    /// So far as the record said in the beginning, or says by now.
    [[nodiscard]] std::optional<std::uint64_t> size() const { return verifier_.expected().size; }
    [[nodiscard]] bool is_whole() const { return size() == bytes_; }

    /// Asks for what is missing.
    void begin(Headers& headers) {
        first_ = bytes_;
        again_ = 0;
        has_begun_ = false;
        wanted_.ask(headers, first_);
    }

    bool resume(Headers& headers) {
        if (is_whole()) return false;
        begin(headers);
        return true;
    }

    void take(Response const& head, std::span<std::byte const> bytes) {
        if (!std::exchange(has_begun_, true) && !wanted_.begins(head, first_)) begin_with_all();
        std::size_t const known = static_cast<std::size_t>((std::min<std::uint64_t>)(again_, bytes.size()));
        again_ -= known;
        bytes = {bytes.data() + known, bytes.size() - known};
        if (bytes.empty()) return;
        verifier_.update(bytes);
        callbacks_.call([&] { sink_.write(bytes); });
        count(bytes);
    }
    /// Takes what has been written.
    void note(std::span<std::byte const> bytes) {
        verifier_.update(bytes);
        count(bytes);
    }
    /// What the progress function throws must end a download that is whole, too: so it's asked before the bytes count.
    void count(std::span<std::byte const> bytes) {
        callbacks_.call([&] { meter_.add(bytes.size()); });
        bytes_ += bytes.size();
    }

    /// All comes again, once, although only the rest was wanted: to be written anew, or to be passed over.
    void begin_with_all() {
        wanted_.check_all(has_restarted_);
        std::uint64_t const known = bytes_;
        if (!restart()) again_ = known;
    }

    /// Back to the first byte, once; false if that has been done, or the sink can't.
    bool restart() {
        if (std::exchange(has_restarted_, true) || !sink_.rewind()) return false;
        connections_ = 1;  // whatever mangles parts may leave the whole alone
        verifier_.restart();
        meter_.restart();
        bytes_ = first_ = again_ = 0;
        return true;
    }

    Carrier& carrier_;
    Wanted wanted_;
    Sink& sink_;
    unsigned connections_;
    typename Wanted::Verifier verifier_;
    ProgressMeter meter_;
    WatchedCallbacks<> callbacks_;  ///< the sink and the progress function
    std::uint64_t bytes_ = 0;       ///< in the sink
    std::uint64_t first_ = 0;       ///< that the answer was asked to begin with
    std::uint64_t again_ = 0;       ///< of those that come, are in the sink already
    bool has_begun_ = false;
    bool has_restarted_ = false;
    bool has_ended_ = false;  ///< before all was there, as the service says
};

}  // namespace openstack::detail

// <openstack/pulled_download.hpp>
// PulledDownload: fetches data piece by piece as it is asked for, and goes on where a connection broke.

namespace openstack::detail {

/// One download. `Carrier::open(request)`, `wait(duration)` and `retries()` do as Session's functions do.
template<class Carrier, class Wanted>
class PulledDownload final : public ResponseStream {
  public:
    /// Sends the request. Throws as `open` does.
    PulledDownload(Carrier carrier, Wanted wanted)
        : carrier_(std::move(carrier)),
          wanted_(std::move(wanted)),
          verifier_(wanted_.what, wanted_.expected, wanted_.policy),
          meter_(wanted_.progress, wanted_.expected.size) {
        open();
    }

    [[nodiscard]] Response const& head() const override { return response_->head(); }
    [[nodiscard]] std::span<std::byte const> next() override {
        if (failure_) std::rethrow_exception(failure_);
        if (pending_.empty()) {
            std::span<std::byte const> const piece = pull();
            if (piece.empty()) {
                judge([this] { result_ = verifier_.finish(); });
                meter_.finish();
                return piece;
            }
            judge([&] { verifier_.update(piece); });
            bytes_ += piece.size();
            pending_ = piece;  // what the progress function throws loses no bytes
            meter_.add(piece.size());
        }
        std::span<std::byte const> const piece = pending_;
        pending_ = {};
        return piece;
    }

    /// What was downloaded; complete after the end.
    [[nodiscard]] Download const& result() const noexcept { return result_; }

  private:
    /// Does `action()`, which throws IntegrityError, again if the record says something else by now.
    template<class Action>
    void judge(Action action) {
        try {
            action();
        } catch (IntegrityError const&) {
            if (!wanted_.has_changed(verifier_)) {
                failure_ = std::current_exception();
                throw;
            }
            action();
        }
    }

    /// The next bytes, of whichever connection; none at the end.
    [[nodiscard]] std::span<std::byte const> pull() {
        for (;; open()) {
            if (has_ended_) return {};
            try {
                std::span<std::byte const> const piece = pull_new();
                if (!piece.empty() || !is_cut_off()) return piece;
            } catch (TransportError const& failure) {
                if (bytes_ == verifier_.expected().size)
                    return {};  // all is there although the answer's end is missing
                if (!may_go_on(failure)) throw;
            }
        }
    }

    /// Passes over what the stream has given already.
    [[nodiscard]] std::span<std::byte const> pull_new() {
        for (;;) {
            std::span<std::byte const> const piece = response_->next();
            std::size_t const known = static_cast<std::size_t>((std::min<std::uint64_t>)(again_, piece.size()));
            again_ -= known;
            if (known < piece.size() || piece.empty()) return {piece.data() + known, piece.size() - known};
        }
    }

    /// Whether an answer that has ended may be gone on with.
    [[nodiscard]] bool is_cut_off() const {
        return verifier_.expected().size && bytes_ < *verifier_.expected().size && bytes_ != first_;
    }

    /// After a failure of the connection, waits for the next try. What has brought something is no failure in a row.
    [[nodiscard]] bool may_go_on(TransportError const& failure) {
        RetryOptions const& options = carrier_.retries();
        if (bytes_ != first_) failures_ = 0;
        if (failure.repetition() == Repetition::useless || failures_ == options.connect_retries) return false;
        ++failures_;
        bool const is_fixed = options.connect_retry_delay > Milliseconds::zero();
        carrier_.wait(is_fixed ? options.connect_retry_delay : options.first_delay);
        return true;
    }

    /// Asks for what is missing.
    void open() {
        first_ = bytes_;
        again_ = 0;
        try {
            std::unique_ptr<ResponseStream> response = open_rest();
            if (!wanted_.begins(response->head(), first_)) begin_with_all();
            response_ = std::move(response);
        } catch (RangeNotSatisfiable const&) {
            if (first_ == 0) throw;
            has_ended_ = true;  // before all was there, as the service says
        }
    }

    [[nodiscard]] std::unique_ptr<ResponseStream> open_rest() {
        Request request = wanted_.request;
        wanted_.ask(request.headers, first_);
        try {
            return carrier_.open(std::move(request));
        } catch (BadRequest const&) {
            if (first_ == 0 || !wanted_.is_all()) throw;
            return carrier_.open(wanted_.request);  // from a store without ranges
        }
    }

    /// All comes again, once, although only the rest was wanted.
    void begin_with_all() {
        wanted_.check_all(std::exchange(has_begun_again_, true));
        again_ = first_;
    }

    Carrier carrier_;
    Wanted wanted_;
    typename Wanted::Verifier verifier_;
    ProgressMeter meter_;
    std::unique_ptr<ResponseStream> response_;
    Download result_;
    std::exception_ptr failure_;  ///< the data is wrong, and stays so
    std::span<std::byte const> pending_;
    std::uint64_t bytes_ = 0;  ///< that were given
    std::uint64_t first_ = 0;  ///< that the answer was asked to begin with
    std::uint64_t again_ = 0;  ///< of those that come, were given already
    unsigned failures_ = 0;    ///< in a row
    bool has_begun_again_ = false;
    bool has_ended_ = false;
};

}  // namespace openstack::detail

// <openstack/wanted_data.hpp>
// WantedData: what a download is to bring, and the requests and answers for parts of it (RFC 9110 section 14).

// <openstack/content_range.hpp>
// Which part of a whole an answer has: the header Content-Range (RFC 9110 section 14.4).

namespace openstack::detail {

/// Bytes `first` to `last`, both of them included, of `total`.
struct ContentRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t total = 0;
};

/// The digits before the first of `ends`, taken from `text` with it; nothing if there are none, or too many.
template<class Number = std::uint64_t>
[[nodiscard]] std::optional<Number> take_number(std::string_view& text, char end) {
    std::size_t const size = text.find(end);
    std::string_view const digits = text.substr(0, size);
    if (digits.empty() || digits.size() > 18 || digits.find_first_not_of("0123456789") != digits.npos) return {};
    Number number = 0;
    for (char const c : digits) number = number * 10 + static_cast<Number>(c - '0');
    text.remove_prefix(size == text.npos ? text.size() : size + 1);
    return number;
}

/// Reads `bytes 5-9/10`. Nothing for another form, also one that doesn't tell the total, and for numbers that can't be.
template<class Range = ContentRange>
[[nodiscard]] std::optional<Range> to_content_range(std::string_view text) {
    constexpr std::string_view unit = "bytes ";
    if (!text.starts_with(unit) || text.ends_with('\0') || text.find('-') == text.npos || text.find('/') == text.npos)
        return {};
    text.remove_prefix(unit.size());
    auto const first = take_number(text, '-');
    auto const last = first ? take_number(text, '/') : first;
    auto const total = last ? take_number(text, '\0') : last;
    if (!total || !text.empty() || *first > *last || *last >= *total) return {};
    return Range{*first, *last, *total};
}

/// That of the answer; nothing if it hasn't exactly one that can be.
template<class Answer = Response>
[[nodiscard]] std::optional<ContentRange> content_range_of(Answer const& answer) {
    std::optional<ContentRange> found;
    for (auto const& each : answer.headers.lines()) {
        if (!Headers::equal_names(each.name, "Content-Range")) continue;
        if (found) return {};
        found = to_content_range(each.value);
        if (!found) return {};
    }
    return found;
}

}  // namespace openstack::detail

namespace openstack {

/// A part of some data.
struct ByteRange {
    std::uint64_t first = 0;              ///< byte, counted from 0
    std::optional<std::uint64_t> size{};  ///< in bytes, 1 at least; unset: all that follow
};

namespace detail {

/// The data, or a part of it. Positions count from the part's first byte.
template<class Range = ByteRange, class Expected = Fingerprint>
struct WantedData {
    using Verifier = detail::Verifier<Hasher, Expected>;

    Request request{};                     ///< for all
    std::string what{};                    ///< names the data in messages
    Expected expected{};                   ///< of the part
    Callback<Expected()> look_again{};     ///< what the record says by now, where it may be old
    Verification policy{};                 ///< of the comparison
    ProgressFunction progress{};           ///< called while data arrives
    Range part{};                          ///< that is wanted
    std::optional<std::uint64_t> total{};  ///< the size of all, if it's known

    /// Whether the record says something else by now, as far as can be found out, and `verifier` can go by that. Asked
    /// once, before data is called wrong. Throws Cancelled.
    bool has_changed(Verifier& verifier) {
        if (!look_again) return false;
        try {
            return verifier.expect(std::exchange(look_again, {})());
        } catch (Cancelled const&) {
            throw;
        } catch (Error const&) {  // says less than what is wrong with the data
            return false;
        }
    }

    /// Whether the part is all.
    [[nodiscard]] bool is_all() const { return part.first == 0 && !part.size; }

    /// Asks for the bytes from one position to before another one, or to the end.
    void ask(Headers& headers, std::uint64_t from, std::optional<std::uint64_t> to = {}) const {
        if (!to) to = part.size;
        if (part.first + from == 0 && !to) return;
        std::string const last = to ? std::to_string(part.first + *to - 1) : std::string{};
        headers.set("Range", "bytes=" + std::to_string(part.first + from) + '-' + last);
    }

    /// All data came, although a part was asked for: throws ProtocolError if that is of no use, and ConnectionLost if
    /// it happens for the second time.
    void check_all(bool is_second) const {
        if (!is_all()) throw ProtocolError(what + ": the service gives no part of it");
        if (is_second) throw ConnectionLost(what + ": the connection broke, and the service gives no part of it");
    }

    /// Whether the answer to that has the bytes that were asked for; false if it has all data instead. Throws
    /// ProtocolError if it has others.
    [[nodiscard]] bool begins(Response const& head, std::uint64_t from, std::optional<std::uint64_t> to = {}) const {
        if (!to) to = part.size;
        std::uint64_t const first = part.first + from;
        bool const is_rest = first != 0 || to;
        if (head.status != 206 && !is_rest) return true;
        if (head.status == 200) return false;
        auto const range = content_range_of(head);
        if (head.status == 206 && range && range->first == first && (!total || range->total == *total) &&
            range->last + 1 == (to ? (std::min)(part.first + *to, range->total) : range->total))
            return true;
        throw ProtocolError(what + ": the service gave another part of it than the one from byte " +
                            std::to_string(first) + " to " +
                            (to ? "byte " + std::to_string(part.first + *to - 1) : std::string{"the end"}));
    }
};

}  // namespace detail

}  // namespace openstack

namespace openstack::image::v2 {

/// How a download goes.
struct DownloadOptions {
    Verification verification = Verification::required;  ///< of what arrives: its record's hash is compared
    ProgressFunction progress{};                         ///< called while data arrives
    ByteRange range{};  ///< what is wanted. A part can't be verified: where that is required, it's refused
    /// So many at a time, 1 to 16, each with a thread, share the download of at least 16 MiB to a file, or to another
    /// sink that takes bytes in any order. What else the data goes to takes it by one. If the process is killed
    /// meanwhile, the next download begins anew.
    unsigned connections = 1;
    /// The stores to read from, the best first, for clouds whose policy allows it (since release 2026.1). Throws
    /// BadRequest for one that there isn't.
    std::vector<std::string> prefer{};
};

/// Moves the data of images; ImageType is Image, or a resource of the caller's with Image's fields and more. The
/// image's record is asked for where the caller's object doesn't have the hash yet.
template<class ImageType = Image, class Wanted = openstack::detail::WantedData<>>
class ImageData {
  public:
    /// Acts by that proxy's session.
    explicit ImageData(openstack::Proxy<ImageType> images) : images_(std::move(images)) {}

    /// PUT .../file: see ImageUpload.
    ImageType upload(ResourceRef<ImageType> const& image, Source& source, std::string const& store,
                     UploadOptions const& options) const {
        return ImageUpload<ImageType>{images_, source, options}.send(image, store);
    }

    /// POST of the record, then PUT .../file: see ImageUpload.
    ImageType create(ImageType const& image, Source& source, UploadOptions const& options) const {
        return ImageUpload<ImageType>{images_, source, options}.create(image);
    }

    /// GET .../file into a sink, which is finished once all has come and is right. A broken connection is resumed by a
    /// Range; data that is wrong is fetched once more if the sink can go back. Throws NoData, IntegrityError,
    /// ConnectionLost, InvalidRequest for a part that isn't there or can't be verified or a number of connections, and
    /// unchanged what the sink and the progress function throw.
    Download download(ResourceRef<ImageType> const& image, Sink& sink, DownloadOptions const& options) const {
        if (options.connections == 0 || options.connections > 16)
            throw InvalidRequest("a download takes 1 to 16 connections");
        Carrier const carrier{images_.session(), name_of(image)};
        return openstack::detail::Downloader{carrier, wanted(image, options), sink, options.connections}.run();
    }

    /// GET .../file, to be pulled. Throws NoData and InvalidRequest; the stream throws the rest.
    [[nodiscard]] DownloadStream open(ResourceRef<ImageType> const& image, DownloadOptions const& options) const {
        Carrier carrier{images_.session(), name_of(image)};
        using Pulled = openstack::detail::PulledDownload<Carrier, Wanted>;
        auto pulled = std::make_unique<Pulled>(std::move(carrier), wanted(image, options));
        Download const& result = pulled->result();
        return {std::move(pulled), result};
    }

  private:
    /// Sends requests for the data of an image.
    struct Carrier {
        Session session;
        std::string name;

        void send(Request request) const { check(session.send(ImageType::resource.service, std::move(request))); }
        [[nodiscard]] std::unique_ptr<ResponseStream> open(Request request) const {
            auto response = session.open(ImageType::resource.service, std::move(request));
            check(response->head());
            return response;
        }
        void check(Response const& head) const {
            if (head.status == 204) throw NoData(name + " has no data");
        }
        void wait(std::chrono::milliseconds duration) const { session.wait(duration, name); }
        [[nodiscard]] RetryOptions const& retries() const { return session.retries(ImageType::resource.service); }
    };

    static std::string name_of(ResourceRef<ImageType> const& image) {
        return "image " + openstack::detail::one_line(image.id());
    }

    /// The hash that the caller's object has must be that of the data, whatever the record says by now. (The data of an
    /// image never changes.) One that has none is asked for.
    [[nodiscard]] Wanted wanted(ResourceRef<ImageType> const& image, DownloadOptions const& options) const {
        ImageType const* const object = image.object();
        bool const is_given = object != nullptr && object->hash_algo && object->hash_value && object->size;
        ImageType const record = is_given ? *object : images_.get(image.id());
        if (record.hash_algo) images_.session().remember(hash_algorithm_key, *record.hash_algo);
        Wanted data{.request{.url = images_.path_of(record) + "/file" + preference(options)},
                    .what = "the data of " + name_of(image),
                    .expected = fingerprint_of(record, Hasher::supports),
                    .policy = options.verification,
                    .progress = options.progress,
                    .part = options.range,
                    .total = size_of(record)};
        if (!is_given && data.is_all())
            data.look_again = [images = images_, id = image.id()] {
                return fingerprint_of(images.get(id), Hasher::supports);
            };
        if (!data.is_all()) data.expected = {.size = size_of_part(data)};
        return data;
    }

    static std::string preference(DownloadOptions const& options) {
        std::string list;
        for (std::string const& each : options.prefer) list.append(list.empty() ? "" : ",").append(each);
        return list.empty() ? list : '?' + to_query_string({{"prefer", list}});
    }

    /// Throws InvalidRequest if the record says that there is no such part, or it can't be taken unverified.
    static std::optional<std::uint64_t> size_of_part(Wanted const& data) {
        if (data.policy == Verification::required)
            throw InvalidRequest("a part of the data has no hash that could be compared; " +
                                 std::string{"Verification::if_possible or off takes it"});
        std::uint64_t const end = data.total.value_or(UINT64_MAX);
        bool const is_there = data.part.first < end && data.part.size.value_or(1) != 0 &&
                              data.part.size.value_or(1) <= end - data.part.first;
        if (!is_there)
            throw InvalidRequest(data.what + " has no part of " +
                                 (data.part.size ? std::to_string(*data.part.size) : std::string{"any"}) +
                                 " bytes from byte " + std::to_string(data.part.first) + " on" +
                                 (data.total ? ": it has " + std::to_string(*data.total) : std::string{}));
        if (data.part.size || !data.total) return data.part.size;
        return *data.total - data.part.first;
    }

    openstack::Proxy<ImageType> images_;
};

}  // namespace openstack::image::v2

// <openstack/image/v2/image_imports.hpp>
// Imports: data that the service brings into its stores itself, and waiting for what it does.

namespace openstack::image::v2 {

/// The part of the Image service's Proxy that imports (Image API v2, sections "Interoperable image import" and
/// "Tasks").
template<class ImageType>
class ImageImports {
    using ImageRef = ResourceRef<ImageType>;

  public:
    /// Acts by that proxy's session.
    explicit ImageImports(openstack::Proxy<ImageType> images) : images_(std::move(images)) {}

    /// Sends data to the service's staging area, from where `import_image(image, glance_direct())` takes it. The image
    /// must be `queued`. Broken uploads are sent again as by `upload`, and the size is compared;
    /// no hash is, before the import. Throws InvalidRequest for options that name stores, ResourceNotFound also where
    /// the service offers no glance-direct.
    ///
    /// HTTP: PUT /v2/images/{id}/stage, GET /v2/images/{id}.
    ImageType stage_image(ImageRef const& image, std::unique_ptr<Source> source,
                          UploadOptions const& options = {}) const {
        if (!source) throw InvalidRequest("the source of the data is null");
        return ImageUpload<ImageType>{images_, *source, options}.stage(image);
    }

    /// Begins an import: `wait_for(image)` waits for its end. Throws Conflict if the image isn't in the status that the
    /// method demands, or another import of it goes on. Where the answer to an earlier attempt got lost and the image
    /// says that an import has begun, that is a success.
    ///
    /// HTTP: POST /v2/images/{id}/import.
    void import_image(ImageRef const& image, ImportMethod const& method, ImportOptions const& options = {}) const {
        detail::begin_import(images_, image.id(), method, options);
    }

    /// Waits until the image is `status`; for `active` that includes all stores that an import brings it to. Throws
    /// ResourceFailure, with the task's message, if an import has failed, also of stores that had to succeed, or the
    /// image is killed or deleted; ResourceTimeout; Cancelled.
    ///
    /// HTTP: GET /v2/images/{id}, repeatedly, and GET /v2/images/{id}/tasks where only they tell.
    ImageType wait_for(ImageRef const& image, ImageStatus status = ImageStatus::active,
                       WaitOptions const& options = {}) const {
        return detail::wait_for_image(images_, image.id(), status, options);
    }
    /// Waits until `is_as_wanted(image)`. Throws ResourceTimeout and Cancelled. HTTP: GET /v2/images/{id}, repeatedly.
    template<std::predicate<ImageType const&> Predicate>
    ImageType wait_for(ImageRef const& image, Predicate is_as_wanted, WaitOptions const& options = {}) const {
        return openstack::wait_for(images_, image.id(), std::move(is_as_wanted), options);
    }
    /// Waits until the image is gone. Throws ResourceTimeout and Cancelled. HTTP: GET /v2/images/{id}, repeatedly.
    void wait_for_delete(ImageRef const& image, WaitOptions const& options = {}) const {
        openstack::wait_for_delete(images_, image.id(), options);
    }

    /// The tasks of that image, the imports among them (since version 2.12). HTTP: GET /v2/images/{id}/tasks.
    template<class TaskType = ImageTask>
    [[nodiscard]] Listing<TaskType> image_tasks(ImageRef const& image) const {
        return openstack::Proxy<TaskType>{images_.session(), image.id()}.list();
    }

    /// All tasks that fit, for administrators; without their input and result. HTTP: GET /v2/tasks.
    template<class TaskType = Task, class... Parts>
    [[nodiscard]] Listing<TaskType> tasks(Parts const&... parts) const {
        return all_tasks<TaskType>().list(parts...);
    }
    /// HTTP: GET /v2/tasks/{id}.
    template<class TaskType = Task>
    [[nodiscard]] TaskType get_task(ResourceRef<std::type_identity_t<TaskType>> const& task) const {
        return all_tasks<TaskType>().get(task);
    }
    /// Begins a task, such as `{.type = "import", .input = RawJson{...}}`. HTTP: POST /v2/tasks.
    template<class TaskType = Task>
    TaskType create_task(std::type_identity_t<TaskType> const& task) const {
        return all_tasks<TaskType>().create(task);
    }
    /// Waits until the task has succeeded. Throws ResourceFailure with its message, ResourceTimeout, Cancelled. HTTP:
    /// GET /v2/tasks/{id}, repeatedly.
    template<class TaskType = Task>
    TaskType wait_for_task(ResourceRef<std::type_identity_t<TaskType>> const& task,
                           WaitOptions const& options = {}) const {
        return openstack::wait_for(
            all_tasks<TaskType>(), task.id(),
            [&](TaskType const& now) {
                if (now.status == TaskStatus::failure)
                    throw ResourceFailure("task " + openstack::detail::one_line(task.id()) +
                                          " has failed: " + openstack::detail::one_line(now.message.value_or("")));
                return now.status == TaskStatus::success;
            },
            options);
    }

  private:
    template<class TaskType>
    [[nodiscard]] openstack::Proxy<TaskType> all_tasks() const {
        return openstack::Proxy<TaskType>{images_.session()};
    }

    openstack::Proxy<ImageType> images_;
};

}  // namespace openstack::image::v2

// <openstack/image/v2/image_locations.hpp>
// Where an image's data lies: in which stores, and at which locations, where the cloud lets them be seen and changed.

namespace openstack::image::v2 {

/// The part of the Image service's Proxy that changes where data lies.
template<class ImageType>
class ImageLocations {
    using ImageRef = ResourceRef<ImageType>;

  public:
    /// Acts by that proxy's session.
    explicit ImageLocations(openstack::Proxy<ImageType> images) : images_(std::move(images)) {}

    /// Adds a place where the data lies already; an image without data becomes active by it. Nothing of it is read:
    /// what hash the data has is as `validation` says. Throws Forbidden unless the cloud lets users
    /// change locations (`show_multiple_locations`), BadRequest for a URL that no store takes, Conflict for other
    /// validation data than the image has.
    ///
    /// HTTP: PATCH /v2/images/{id}.
    template<class Validation = ValidationData, class Added = ImageLocation>
    ImageType add_location(ImageRef const& image, Location const& location, Validation const& validation = {}) const {
        Added added{.url = location.url.value_or(""), .metadata = location.metadata.value_or(Properties{})};
        if (validation != Validation{}) added.validation_data = validation;
        return images_.patch(image, JsonPatch{PatchOperation::add("/locations/-", added)});
    }
    /// Removes the place with that URL, by default for administrators; the data there stays, or goes, as its store
    /// does. The service knows places by their position alone: who removes others of the image at the same moment may
    /// have this remove the wrong one. Throws ResourceNotFound if the image has no such location, Forbidden for the
    /// last one. HTTP: GET, then PATCH /v2/images/{id}.
    ImageType remove_location(ImageRef const& image, std::string_view url) const {
        ImageType const current = images_.get(image.id());
        std::vector<Location> const locations = current.locations.value_or(std::vector<Location>{});
        for (std::size_t i = 0; i < locations.size(); ++i)
            if (locations[i].url == url)
                return images_.patch(image, JsonPatch{PatchOperation::remove("/locations/" + std::to_string(i))});
        throw ResourceNotFound(
            {.status = 404, .method = "PATCH", .url = images_.path_of(image), .text = "no such location"});
    }

    /// Removes the data from one of the service's stores (since version 2.10). Throws Forbidden if it's nowhere else,
    /// ResourceNotFound if it isn't there, Conflict for a store that there isn't. HTTP: DELETE /v2/stores/{store}/{id}.
    void delete_from_store(ImageRef const& image, std::string_view store) const {
        Request request{.method = "DELETE",
                        .url = "/v2/stores/" + path_segment(store) + '/' + path_segment(image.id())};
        request.is_repeatable = false;  // a second one is refused if the first has left a single copy
        explained(image, "v2.10", [&] { images_.session().send(ImageType::resource.service, std::move(request)); });
    }

    /// Adds a place by the call that replaces the patch (since version 2.17). The image must be `queued`; it becomes
    /// active behind the answer, after its hash was computed where the cloud does that: `wait_for(image)`.
    ///
    /// HTTP: POST /v2/images/{id}/locations.
    template<class Validation = ValidationData, class Added = ImageLocation>
    void add_image_location(ImageRef const& image, std::string url, Validation const& validation = {}) const {
        Added added{.url = std::move(url)};
        if (validation != Validation{}) added.validation_data = validation;
        explained(image, "v2.17", [&] { (void)locations_of(image).create(added); });
    }
    /// The places where the data lies, for services (since version 2.17). HTTP: GET /v2/images/{id}/locations.
    template<class Found = ImageLocation>
    [[nodiscard]] std::vector<Found> image_locations(ImageRef const& image) const {
        return explained(image, "v2.17", [&] { return locations_of<Found>(image).list().all(); });
    }

  private:
    template<class LocationType = ImageLocation>
    [[nodiscard]] openstack::Proxy<LocationType> locations_of(ImageRef const& image) const {
        return openstack::Proxy<LocationType>{images_.session(), image.id()};
    }

    /// A 404 may also mean that there is no such image.
    template<class Call>
    decltype(auto) explained(ImageRef const& image, std::string_view version, Call call) const {
        return detail::explain_lack(images_.session(), version, std::move(call),
                                    [&] { return detail::has_image(images_, image.id()); });
    }

    openstack::Proxy<ImageType> images_;
};

}  // namespace openstack::image::v2

// <openstack/image/v2/image_records.hpp>
// The records of images: made, found, listed, changed, tagged, taken out of use and deleted.

// <openstack/image/v2/newest_image.hpp>
// The newest of the images that share a name.

namespace openstack::image::v2::detail {

/// Of the active images of that name that fit the other parts of the query, the one created last.
template<class ImageType, class... Parts>
[[nodiscard]] std::optional<ImageType> newest_image(openstack::Proxy<ImageType> const& images, std::string_view name,
                                                    Parts const&... parts) {
    return images
        .list(where<&ImageType::name> == name, where<&ImageType::status> == ImageStatus::active,
              desc<&ImageType::created_at>, parts...)
        .first();
}

}  // namespace openstack::image::v2::detail

namespace openstack::image::v2 {

/// The part of the Image service's Proxy that acts on records (Image API v2, sections "Images" and "Image tags").
template<class ImageType>
class ImageRecords {
    using ImageRef = ResourceRef<ImageType>;

  public:
    /// Acts by that proxy's session.
    explicit ImageRecords(openstack::Proxy<ImageType> images) : images_(std::move(images)) {}

    /// Creates an image's record without data, which `upload` brings. HTTP: POST /v2/images.
    ImageType create_image(ImageType const& image) const { return images_.create(image); }

    /// Changes the fields that are set in `changes`; see openstack::Proxy::update. HTTP: PATCH /v2/images/{id}.
    ImageType update_image(ImageRef const& image, ImageType const& changes) const {
        return images_.update(image, changes);
    }
    /// Gets the image, lets `edit` change it, and sends the difference. HTTP: GET and PATCH /v2/images/{id}.
    template<std::invocable<ImageType&> Edit>
    ImageType update_image(ImageRef const& image, Edit&& edit) const {
        return images_.update(image, std::forward<Edit>(edit));
    }
    /// Sends a patch made by hand. HTTP: PATCH /v2/images/{id}.
    ImageType patch_image(ImageRef const& image, JsonPatch const& patch) const { return images_.patch(image, patch); }

    /// An image that isn't there is no error. Throws Forbidden for a protected one. HTTP: DELETE /v2/images/{id}.
    void delete_image(ImageRef const& image) const { images_.remove(image); }
    /// The same, but throws ResourceNotFound for an image that isn't there, so it's never sent twice.
    void delete_image(ImageRef const& image, MustExist) const { images_.remove(image, must_exist); }

    /// The image of that id. Throws ResourceNotFound. HTTP: GET /v2/images/{id}.
    [[nodiscard]] ImageType get_image(ImageRef const& image) const { return images_.get(image); }

    /// The image of that id, or the only one of that name, hidden ones included; nothing if there is none. Throws
    /// DuplicateResource. HTTP: GET /v2/images/{id}, then GET /v2/images twice, by name.
    [[nodiscard]] std::optional<ImageType> find_image(std::string_view name_or_id) const {
        return images_.find(name_or_id);
    }
    /// The same, but throws ResourceNotFound if there is none.
    [[nodiscard]] ImageType find_image(std::string_view name_or_id, MustExist) const {
        return images_.find(name_or_id, must_exist);
    }

    /// Of the active images of that name, the one created last, as far as it fits the filters; nothing if there is
    /// none. Hidden images don't count, unless a filter asks for them. HTTP: GET /v2/images.
    template<class... Parts>
    [[nodiscard]] std::optional<ImageType> find_newest(std::string_view name, Parts const&... parts) const {
        return detail::newest_image(images_, name, parts...);
    }

    /// All images that fit, over all pages: filters, sort keys, page_size and max_items in any order. Sends nothing
    /// before the first image is asked for. HTTP: GET /v2/images, once for each page.
    template<class... Parts>
    [[nodiscard]] Listing<ImageType> images(Parts const&... parts) const {
        return images_.list(parts...);
    }

    /// Nobody but administrators can download a deactivated image. HTTP: POST /v2/images/{id}/actions/deactivate.
    void deactivate_image(ImageRef const& image) const { act(image, "POST", "/actions/deactivate"); }
    /// Undoes deactivate_image. HTTP: POST /v2/images/{id}/actions/reactivate.
    void reactivate_image(ImageRef const& image) const { act(image, "POST", "/actions/reactivate"); }

    /// Adds a tag, which may be there already. HTTP: PUT /v2/images/{id}/tags/{tag}; for a tag that the service mangles
    /// in a path, a GET and a PATCH of all tags.
    void add_tag(ImageRef const& image, std::string_view tag) const {
        if (is_path_safe(tag)) return act(image, "PUT", "/tags/" + path_segment(tag));
        check_text(tag);
        images_.update(image.id(), [&](ImageType& current) {
            std::vector<std::string> tags = tags_without(current, tag);
            if (current.tags && tags.size() != current.tags->size()) return;  // it's there
            tags.push_back(std::string{tag});
            current.tags = std::move(tags);
        });
    }
    /// Removes a tag. Throws ResourceNotFound if the image hasn't it; but not where an earlier attempt may have removed
    /// it. HTTP: DELETE /v2/images/{id}/tags/{tag}, or GET and PATCH as add_tag.
    void remove_tag(ImageRef const& image, std::string_view tag) const {
        if (is_path_safe(tag)) return remove_tag_by_path(image, tag);
        check_text(tag);
        images_.update(image.id(), [&](ImageType& current) {
            std::vector<std::string> tags = tags_without(current, tag);
            if (!current.tags || tags.size() == current.tags->size())
                throw ResourceNotFound(
                    {.status = 404, .method = "PATCH", .url = images_.path_of(image), .text = "no such tag"});
            current.tags = std::move(tags);
        });
    }

  private:
    [[nodiscard]] static std::vector<std::string> tags_without(ImageType const& image, std::string_view tag) {
        std::vector<std::string> others;
        if (!image.tags) return others;
        for (std::string const& each : *image.tags)
            if (each != tag) others.push_back(each);
        return others;
    }

    /// A request without a body to a path below the image's.
    void act(ImageRef const& image, std::string_view method, std::string const& path) const {
        images_.session().send(
            ImageType::resource.service,
            {.method = std::string{method}, .url = images_.path_of(image) + path, .is_repeatable = true});
    }

    void remove_tag_by_path(ImageRef const& image, std::string_view tag) const {
        try {
            act(image, "DELETE", "/tags/" + path_segment(tag));
        } catch (ResourceNotFound const& gone) {
            if (!gone.attempts().is_in_doubt) throw;
        }
    }

    /// Servers decode %2F before they route, and read other bytes of a path as Latin-1.
    static bool is_path_safe(std::string_view tag) {
        for (char const c : tag)
            if (c <= 0x1f || c >= 0x7f || c == '/') return false;
        return tag != "." && tag != "..";
    }

    /// Throws InvalidRequest for what no patch can hold, before anything is asked for.
    static void check_text(std::string_view tag) {
        if (openstack::detail::find_invalid_utf8(tag) != std::string_view::npos)
            throw InvalidRequest("a tag that isn't UTF-8 can't be sent");
    }

    openstack::Proxy<ImageType> images_;
};

}  // namespace openstack::image::v2

// <openstack/image/v2/image_service_info.hpp>
// What the Image service says of itself: its stores, import methods, limits and schemas.

namespace openstack::image::v2 {

/// The part of the Image service's Proxy that asks about the service (Image API v2, sections "Discovery" and
/// "Schemas").
template<class Handle>
class ImageServiceInfo {
  public:
    /// Acts by that session.
    explicit ImageServiceInfo(Handle session) : session_(std::move(session)) {}

    /// The stores (since version 2.8). `stores(openstack::details)`, for administrators, has their types, too. Throws
    /// NotSupported where the service has only one. HTTP: GET /v2/info/stores, or /v2/info/stores/detail (since 2.15).
    template<class StoreType = Store, class... Parts>
    [[nodiscard]] std::vector<StoreType> stores(Parts const&... parts) const {
        return detail::explain_lack(session_, sizeof...(Parts) == 0 ? "v2.8" : "v2.15",
                                    [&] { return openstack::Proxy<StoreType>{session_}.list(parts...).all(); });
    }
    /// The names of the methods by which the service imports (since version 2.6); empty if it doesn't. HTTP: GET
    /// /v2/info/import.
    [[nodiscard]] std::vector<std::string> import_methods() const { return detail::import_methods(session_); }

    /// Limits and usage of the project, such as `image_size_total` (since version 2.13); empty where the cloud doesn't
    /// limit. HTTP: GET /v2/info/usage.
    template<class UsageType = Usage, class Usages = DocumentsOfText::Usages>
    [[nodiscard]] std::map<std::string, UsageType> usage() const {
        return detail::explain_lack(session_, "v2.13", [&] {
            auto const usages = openstack::Proxy<Usages>{session_}.get();
            return usages.usage ? *usages.usage : std::map<std::string, UsageType>{};
        });
    }

    /// The schema of that name. HTTP: GET /v2/schemas/{name}.
    template<class SchemaType = Schema>
    [[nodiscard]] SchemaType get_schema(std::string_view name) const {
        return openstack::Proxy<SchemaType>{session_}.get(name);
    }
    /// The schema of metadata definitions of that name. HTTP: GET /v2/schemas/metadefs/{name}.
    template<class SchemaType = MetadefSchema>
    [[nodiscard]] SchemaType get_metadef_schema(std::string_view name) const {
        return openstack::Proxy<SchemaType>{session_}.get(name);
    }

  private:
    Handle session_;
};

}  // namespace openstack::image::v2

// <openstack/image/v2/image_sharing.hpp>
// Whom an image is shared with.

namespace openstack::image::v2 {

/// The part of the Image service's Proxy that shares images (Image API v2, section "Sharing").
template<class ImageType, class MemberType>
class ImageSharing {
    using ImageRef = ResourceRef<ImageType>;
    using MemberRef = ResourceRef<MemberType>;

  public:
    /// Acts by that session.
    explicit ImageSharing(Session session) : session_(std::move(session)) {}

    /// Shares the image with the project `member.member_id`. Throws Conflict if it is already. HTTP: POST
    /// /v2/images/{id}/members.
    MemberType add_member(ImageRef const& image, MemberType const& member) const {
        return members_of(image).create(member);
    }
    /// Ends the sharing. A member that isn't there is no error. HTTP: DELETE /v2/images/{id}/members/{member}.
    void remove_member(MemberRef const& member, ImageRef const& image) const { members_of(image).remove(member); }
    /// The same, but throws ResourceNotFound for a member that isn't there.
    void remove_member(MemberRef const& member, ImageRef const& image, MustExist) const {
        members_of(image).remove(member, must_exist);
    }
    /// Accepts or rejects an offered image; only the member itself may. HTTP: PUT /v2/images/{id}/members/{member}.
    MemberType update_member(MemberRef const& member, ImageRef const& image, MemberType const& changes) const {
        return members_of(image).update(member, changes);
    }
    /// The share of that project. Throws ResourceNotFound. HTTP: GET /v2/images/{id}/members/{member}.
    [[nodiscard]] MemberType get_member(MemberRef const& member, ImageRef const& image) const {
        return members_of(image).get(member);
    }
    /// The share of that project; nothing if there is none. HTTP: GET /v2/images/{id}/members/{member}.
    [[nodiscard]] std::optional<MemberType> find_member(std::string_view project_id, ImageRef const& image) const {
        return members_of(image).find(project_id);
    }
    /// The same, but throws ResourceNotFound if there is none.
    [[nodiscard]] MemberType find_member(std::string_view project_id, ImageRef const& image, MustExist) const {
        return members_of(image).find(project_id, must_exist);
    }
    /// All members; the service doesn't filter them. HTTP: GET /v2/images/{id}/members.
    [[nodiscard]] Listing<MemberType> members(ImageRef const& image) const { return members_of(image).list(); }

  private:
    [[nodiscard]] openstack::Proxy<MemberType> members_of(ImageRef const& image) const {
        return openstack::Proxy<MemberType>{session_, image.id()};
    }

    Session session_;
};

}  // namespace openstack::image::v2

// <openstack/image/v2/image_transfers.hpp>
// Image data, to and from the caller's files, streams and functions.

namespace openstack::image::v2 {

/// The part of the Image service's Proxy that moves data (Image API v2, section "Image data").
template<class ImageType>
class ImageTransfers {
    using ImageRef = ResourceRef<ImageType>;

  public:
    /// Acts by that proxy's session.
    explicit ImageTransfers(openstack::Proxy<ImageType> const& images) : images_(images), data_(images) {}

    /// Creates an image's record and sends its data; gives the record of the finished image. Its size and hash are
    /// compared with those of what was sent. If anything fails the record is deleted again. Throws InvalidRequest
    /// without both formats, SourceError for an empty or changing source, IntegrityError.
    ///
    /// HTTP: POST /v2/images, PUT /v2/images/{id}/file, GET /v2/images/{id}.
    ImageType upload_image(ImageType const& image, std::unique_ptr<Source> source,
                           UploadOptions const& options = {}) const {
        return data_.create(image, checked(source), options);
    }

    /// Sends data into an existing image that has none yet, and compares as upload_image does. `store` names where to
    /// put it; empty: as the object says, or else the service's default. Throws Conflict if it has data already,
    /// SourceError, IntegrityError.
    ///
    /// HTTP: PUT /v2/images/{id}/file, GET /v2/images/{id}, and that before it, too, unless an object brings both
    /// formats or `check_format` is off.
    ImageType upload(ImageRef const& image, std::unique_ptr<Source> source, UploadOptions const& options = {},
                     std::string const& store = {}) const {
        return data_.upload(image, checked(source), store, options);
    }

    /// Sees to it that there is an image with desired's name and fields and the source's content, and says what that
    /// took: nothing; a change of the record, where an image has the content, by its `os_hash_value`, but other fields,
    /// or another name; an upload, where there is none. The source is read twice. Of fields, tags and properties only
    /// those in `desired` are looked at. Another project's image is never changed; which project is one's own, the
    /// token says, or where it doesn't, as a FixedToken, `desired.owner_id`. Throws what upload_image and update_image
    /// throw, SourceError for a source that can't go back.
    ///
    /// HTTP: GET /v2/images by name and by hash; then PATCH /v2/images/{id}, or what upload_image sends.
    Ensured<ImageType> ensure_image(ImageType const& desired, std::unique_ptr<Source> source,
                                    EnsureOptions const& options = {}) const {
        return ImageEnsurer<ImageType>{images_, checked(source), options}.ensure(desired);
    }

    /// The data, in memory, verified. Throws NoData for an image without data, IntegrityError for data that isn't what
    /// the record says, ConnectionLost if it ends early.
    ///
    /// HTTP: GET /v2/images/{id}/file, and before it GET /v2/images/{id} unless an object brings size and hash.
    [[nodiscard]] std::string download_image(ImageRef const& image, DownloadOptions const& options = {}) const {
        std::string bytes;
        auto const sink = to_callback([&](std::span<std::byte const> piece) {
            bytes.append(reinterpret_cast<char const*>(piece.data()), piece.size());
        });
        data_.download(image, *sink, options);
        return bytes;
    }
    /// The data into a file, a stream or a function: `to_file(path)`, `to_stream(out)`, `to_callback(f)`. A file
    /// appears under its name when it is whole and verified. Throws what the other throws, and IoError.
    Download download_image(ImageRef const& image, std::unique_ptr<Sink> sink,
                            DownloadOptions const& options = {}) const {
        return data_.download(image, checked(sink), options);
    }
    /// The data piece by piece: `for (auto piece : download_image(image, openstack::stream))`. Throws NoData at once,
    /// the rest where pieces are pulled.
    [[nodiscard]] DownloadStream download_image(ImageRef const& image, Stream,
                                                DownloadOptions const& options = {}) const {
        return data_.open(image, options);
    }

  private:
    template<class End>
    static End& checked(std::unique_ptr<End> const& end) {
        if (!end) throw InvalidRequest("the source or sink of the data is null");
        return *end;
    }

    openstack::Proxy<ImageType> images_;
    ImageData<ImageType> data_;
};

}  // namespace openstack::image::v2

// <openstack/image/v2/metadefs.hpp>
// Metadata definitions: which properties images, volumes, flavors and servers may have, and what these mean.

/// Glance's metadata definitions (Image API v2, section "Metadata Definitions"). All operations are openstack::Proxy's:
/// `openstack::Proxy<metadefs::Namespace>{cloud}`, `openstack::Proxy<metadefs::Object>{cloud, "My::Namespace"}`. What
/// has a name is renamed by an update of it. Names have 80 characters at most.
namespace openstack::image::v2::metadefs {

/// Who sees a namespace: everybody, or its owner's project.
enum class Visibility { public_, private_ };
BOOST_DESCRIBE_ENUM(Visibility, public_, private_)

/// What kind of value a property has (JSON Schema's types).
enum class PropertyType { array, boolean, integer, number, object, string };
BOOST_DESCRIBE_ENUM(PropertyType, array, boolean, integer, number, object, string)

/// The resources. It is a template so that a program compiles those that it uses; the aliases below are the ones to
/// use.
template<class Text>
struct Definitions {
    /// The same as ever, but made where a resource is used, since it depends on Text.
    template<class T, class... Options>
    using Field = openstack::Field<std::conditional_t<true, T, Text>, Options...>;

    /// What the elements of an array are.
    struct Items {
        Field<Open<PropertyType>> type{};
        Field<std::vector<std::string>, Wire<"enum">> values{};  ///< all that are allowed

        bool operator==(Items const&) const = default;
        BOOST_DESCRIBE_CLASS(Items, (), (type, values), (), ())
    };

    /// A property that things may have, with the values that it may have (JSON Schema). `title` and `type` are needed.
    struct Property {
        /// Where the service has the properties of a namespace that belong to no object.
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = "/v2/metadefs/namespaces/{namespace}/properties",
                                               .plural = "properties",
                                               .update = Update::put,
                                               .collection = Collection::by_name,
                                               .remove_all = true};

        Field<std::string> name{};  ///< without a prefix; unset where it is the key of a map
        Field<Open<PropertyType>> type{};
        Field<std::string> title{};                                      ///< for people
        Field<std::string> description{};                                ///< for people
        Field<std::vector<std::string>> operators{};                     ///< such as "<in>", which go before a value
        Field<RawJson, Wire<"default">> default_value{};                 ///< what it is where it isn't set
        Field<bool, Wire<"readonly">> is_read_only{};                    ///< users can't change it
        Field<bool, Wire<"confidential">> is_confidential{};             ///< its values aren't to be shown
        Field<std::int64_t> minimum{};                                   ///< of a number
        Field<std::int64_t> maximum{};                                   ///< of a number
        Field<std::vector<std::string>, Wire<"enum">> values{};          ///< all that are allowed
        Field<std::string> pattern{};                                    ///< of a string, a regular expression
        Field<std::uint64_t, Wire<"minLength">> min_length{};            ///< of a string, characters
        Field<std::uint64_t, Wire<"maxLength">> max_length{};            ///< of a string, characters
        Field<Items> items{};                                            ///< of an array
        Field<bool, Wire<"uniqueItems">> has_unique_items{};             ///< of an array
        Field<std::uint64_t, Wire<"minItems">> min_items{};              ///< of an array
        Field<std::uint64_t, Wire<"maxItems">> max_items{};              ///< of an array
        Field<bool, Wire<"additionalItems">> allows_additional_items{};  ///< of an array
        /// As a condition of get: the name is given with the prefix of the namespace's association with this type.
        Field<std::string, ReadOnly, QueryOnly, OfGet, Filterable<Eq>> resource_type{};

        bool operator==(Property const&) const = default;
        BOOST_DESCRIBE_CLASS(Property, (),
                             (name, type, title, description, operators, default_value, is_read_only, is_confidential,
                              minimum, maximum, values, pattern, min_length, max_length, items, has_unique_items,
                              min_items, max_items, allows_additional_items, resource_type),
                             (), ())
    };

    /// A group of properties that belong together. The service lists all of a namespace at once, in an order of its
    /// own.
    struct Object {
        /// Where the service has the objects of a namespace.
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = "/v2/metadefs/namespaces/{namespace}/objects",
                                               .plural = "objects",
                                               .update = Update::put,
                                               .remove_all = true};

        Field<std::string> name{};
        Field<std::string> description{};                     ///< for people
        Field<std::vector<std::string>> required{};           ///< the names of those properties that must be set
        Field<std::map<std::string, Property>> properties{};  ///< by their names
        Field<Timestamp, ReadOnly> created_at{};              ///< to the second, by the service's clock
        Field<Timestamp, ReadOnly> updated_at{};              ///< when it last changed
        Field<std::string, ReadOnly> self{};                  ///< the path of this record
        Field<std::string, ReadOnly> schema{};                ///< the path of the JSON schema

        bool operator==(Object const&) const = default;
        BOOST_DESCRIBE_CLASS(Object, (),
                             (name, description, required, properties, created_at, updated_at, self, schema), (), ())
    };

    /// A word that things may be tagged with.
    struct Tag {
        /// Where the service has the tags of a namespace. `create_all` replaces those that are there, unless it is
        /// given the header `X-OpenStack-Append: True`.
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = "/v2/metadefs/namespaces/{namespace}/tags",
                                               .plural = "tags",
                                               .create = Create::post_id,
                                               .update = Update::put_changes,
                                               .page_size = 200,
                                               .links = false,
                                               .sort = Sort::one_pair,
                                               .create_all = true,
                                               .remove_all = true};

        Field<std::string, Sortable> name{};
        Field<Timestamp, ReadOnly, Sortable> created_at{};  ///< to the second; not in listings
        Field<Timestamp, ReadOnly, Sortable> updated_at{};  ///< when it last changed; not in listings

        bool operator==(Tag const&) const = default;
        BOOST_DESCRIBE_CLASS(Tag, (), (name, created_at, updated_at), (), ())
    };

    /// A kind of things that properties are for. It comes to be by the first association with it.
    struct ResourceType {
        /// Where the service lists them.
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = "/v2/metadefs/resource_types",
                                               .plural = "resource_types",
                                               .create = Create::none,
                                               .get = false,
                                               .remove = false};

        Field<std::string, ReadOnly> name{};      ///< as Heat names it, such as "OS::Glance::Image"
        Field<Timestamp, ReadOnly> created_at{};  ///< to the second
        Field<Timestamp, ReadOnly> updated_at{};  ///< when it last changed

        bool operator==(ResourceType const&) const = default;
        BOOST_DESCRIBE_CLASS(ResourceType, (), (name, created_at, updated_at), (), ())
    };

    /// That a namespace is for a resource type.
    struct ResourceTypeAssociation {
        /// Where the service has the associations of a namespace.
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = "/v2/metadefs/namespaces/{namespace}/resource_types",
                                               .plural = "resource_type_associations",
                                               .get = false};

        Field<std::string, CreateOnly> name{};    ///< the type's
        Field<std::string, CreateOnly> prefix{};  ///< which a property's name has before it there, such as "hw_"
        /// Where the type has several kinds of properties, the one that is meant: "image" of a volume.
        Field<std::string, CreateOnly> properties_target{};
        Field<Timestamp, ReadOnly> created_at{};  ///< to the second
        Field<Timestamp, ReadOnly> updated_at{};  ///< when it last changed

        bool operator==(ResourceTypeAssociation const&) const = default;
        BOOST_DESCRIBE_CLASS(ResourceTypeAssociation, (), (name, prefix, properties_target, created_at, updated_at), (),
                             ())
    };

    /// Definitions under one name. Administrators write them.
    struct Namespace {
        /// Where the service has namespaces. An update keeps what is in the namespace.
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = "/v2/metadefs/namespaces",
                                               .plural = "namespaces",
                                               .update = Update::put,
                                               .page_size = 200,
                                               .sort = Sort::one_pair};

        Field<std::string, Wire<"namespace">> name{};          ///< such as "OS::Compute::Watchdog"
        Field<std::string> display_name{};                     ///< for people
        Field<std::string> description{};                      ///< for people, at most 500 characters
        Field<Open<Visibility>, Filterable<Eq>> visibility{};  ///< the service's default is `private_`
        Field<bool, Wire<"protected">> is_protected{};         ///< it can't be deleted
        Field<std::string, Wire<"owner">> owner_id{};          ///< a project; the caller's, if unset
        Field<Timestamp, ReadOnly, Sortable> created_at{};     ///< to the second, by the service's clock
        Field<Timestamp, ReadOnly, Sortable> updated_at{};     ///< when it last changed
        Field<std::string, ReadOnly> self{};                   ///< the path of this record
        Field<std::string, ReadOnly> schema{};                 ///< the path of the JSON schema
        /// What is in it: create takes it along, get tells it, and listings tell the associations.
        Field<std::vector<ResourceTypeAssociation>, CreateOnly> resource_type_associations{};
        Field<std::map<std::string, Property>, CreateOnly> properties{};  ///< by their names
        Field<std::vector<Object>, CreateOnly> objects{};
        Field<std::vector<Tag>, CreateOnly> tags{};
        /// As a filter: namespaces that are for this type, or for one of these.
        Field<std::string, ReadOnly, QueryOnly, Filterable<Eq, In>, CommaSeparated> resource_types{};
        /// As a condition of get: properties are told with the prefix that they have for this type.
        Field<std::string, ReadOnly, QueryOnly, OfGet, Filterable<Eq>> resource_type{};

        bool operator==(Namespace const&) const = default;
        BOOST_DESCRIBE_CLASS(Namespace, (),
                             (name, display_name, description, visibility, is_protected, owner_id, created_at,
                              updated_at, self, schema, resource_type_associations, properties, objects, tags,
                              resource_types, resource_type),
                             (), ())
    };
};

/// The definitions by their own names.
using Items = Definitions<std::string>::Items;
using Property = Definitions<std::string>::Property;
using Object = Definitions<std::string>::Object;
using Tag = Definitions<std::string>::Tag;
using ResourceType = Definitions<std::string>::ResourceType;
using ResourceTypeAssociation = Definitions<std::string>::ResourceTypeAssociation;
using Namespace = Definitions<std::string>::Namespace;

}  // namespace openstack::image::v2::metadefs

// <openstack/image/v2/proxy.hpp>
// image::v2::Proxy: all operations of the Image service, by the names that openstacksdk gives them.

namespace openstack::image::v2 {

/// The Image service, which is the sum of its parts. Cheap to make and to copy; safe to use from several threads at
/// once. What each function throws beside what it says: InvalidRequest before anything is sent, HttpError's subclasses,
/// TransportError, DecodeError.
///
/// `Proxy` is the one for Image. It is a template so that a resource of the caller's own, with Image's fields and more,
/// has all operations too, and so that a program compiles only those that it calls.
template<class ImageType, class MemberType = Member>
class BasicProxy : public ImageRecords<ImageType>,              //
                   public ImageTransfers<ImageType>,            //
                   public ImageImports<ImageType>,              //
                   public ImageSharing<ImageType, MemberType>,  //
                   public ImageLocations<ImageType>,            //
                   public ImageCaching<ImageType>,              //
                   public ImageServiceInfo<Session> {
    static_assert(Resource<ImageType> && Resource<MemberType>, "openstack: what this proxy acts on must be a resource");

  public:
    /// Sends nothing. A Connection is a Session, too.
    explicit BasicProxy(Session session) : BasicProxy(openstack::Proxy<ImageType>{std::move(session)}) {}

    /// As Session::with: `glance.with({.stop = token}).download_image(image)`.
    [[nodiscard]] BasicProxy with(CallOptions options) const { return BasicProxy{session_.with(std::move(options))}; }

    /// The session that it acts by.
    [[nodiscard]] Session const& session() const noexcept { return session_; }

  private:
    explicit BasicProxy(openstack::Proxy<ImageType> const& images)
        : ImageRecords<ImageType>(images),
          ImageTransfers<ImageType>(images),
          ImageImports<ImageType>(images),
          ImageSharing<ImageType, MemberType>(images.session()),
          ImageLocations<ImageType>(images),
          ImageCaching<ImageType>(images.session()),
          ImageServiceInfo<Session>(images.session()),
          session_(images.session()) {}

    Session session_;
};

/// The Image service, with Image as its record.
using Proxy = BasicProxy<Image>;

}  // namespace openstack::image::v2

// <openstack/image/v2/software_properties.hpp>
// The custom properties that tell of software in the image: properties[sw::database_mysql_version] = "8.4".

namespace openstack::image::v2 {

/// Databases, runtimes and web servers, as the Image service's metadata definitions have them. Ports are TCP's.
namespace sw {

inline constexpr char const* database_oracle_editions[]{"Enterprise",   "Standard",  "Standard Edition One",
                                                        "Express (XE)", "Workgroup", "Lite"};
inline constexpr char const* database_sqlserver_editions[]{"Datacenter",
                                                           "Enterprise",
                                                           "Standard",
                                                           "Web",
                                                           "Business Intelligence",
                                                           "Workgroup",
                                                           "Express",
                                                           "Compact (SQL CE)",
                                                           "Developer",
                                                           "Embedded (SSEE)",
                                                           "Fast Track",
                                                           "LocalDB",
                                                           "Parallel Data Warehouse (PDW)",
                                                           "Datawarehouse Appliance Edition"};

inline constexpr PropertyKey<std::string> database_cassandra_admin{"sw_database_cassandra_admin"};
inline constexpr PropertyKey<int> database_cassandra_listen_port{"sw_database_cassandra_listen_port"};
inline constexpr PropertyKey<std::string> database_cassandra_version{"sw_database_cassandra_version"};
inline constexpr PropertyKey<std::string> database_couchbaseserver_admin{"sw_database_couchbaseserver_admin"};
inline constexpr PropertyKey<int> database_couchbaseserver_listen_port{"sw_database_couchbaseserver_listen_port"};
inline constexpr PropertyKey<std::string> database_couchbaseserver_version{"sw_database_couchbaseserver_version"};
inline constexpr PropertyKey<std::string> database_couchdb_admin{"sw_database_couchdb_admin"};
inline constexpr PropertyKey<int> database_couchdb_listen_port{"sw_database_couchdb_listen_port"};
inline constexpr PropertyKey<std::string> database_couchdb_version{"sw_database_couchdb_version"};
inline constexpr PropertyKey<std::string> database_db2_admin{"sw_database_db2_admin"};
inline constexpr PropertyKey<int> database_db2_port{"sw_database_db2_port"};
inline constexpr PropertyKey<std::string> database_db2_version{"sw_database_db2_version"};
inline constexpr PropertyKey<int> database_hazlecast_port{"sw_database_hazlecast_port"};
inline constexpr PropertyKey<std::string> database_hazlecast_version{"sw_database_hazlecast_version"};
inline constexpr PropertyKey<std::string> database_hbase_version{"sw_database_hbase_version"};
inline constexpr PropertyKey<std::string> database_mongodb_admin{"sw_database_mongodb_admin"};
inline constexpr PropertyKey<int> database_mongodb_listen_port{"sw_database_mongodb_listen_port"};
inline constexpr PropertyKey<std::string> database_mongodb_version{"sw_database_mongodb_version"};
inline constexpr PropertyKey<std::string> database_mysql_admin{"sw_database_mysql_admin"};
inline constexpr PropertyKey<int> database_mysql_listen_port{"sw_database_mysql_listen_port"};
inline constexpr PropertyKey<std::string> database_mysql_version{"sw_database_mysql_version"};
inline constexpr PropertyKey<OneOf<database_oracle_editions>> database_oracle_edition{"sw_database_oracle_edition"};
inline constexpr PropertyKey<int> database_oracle_listen_port{"sw_database_oracle_listen_port"};
inline constexpr PropertyKey<std::string> database_oracle_version{"sw_database_oracle_version"};
inline constexpr PropertyKey<std::string> database_postgresql_admin{"sw_database_postgresql_admin"};
inline constexpr PropertyKey<int> database_postgresql_listen_port{"sw_database_postgresql_listen_port"};
inline constexpr PropertyKey<std::string> database_postgresql_version{"sw_database_postgresql_version"};
inline constexpr PropertyKey<std::string> database_postsqlserver_admin{"sw_database_postsqlserver_admin"};
inline constexpr PropertyKey<std::string> database_redis_admin{"sw_database_redis_admin"};
inline constexpr PropertyKey<int> database_redis_listen_port{"sw_database_redis_listen_port"};
inline constexpr PropertyKey<std::string> database_redis_version{"sw_database_redis_version"};
inline constexpr PropertyKey<OneOf<database_sqlserver_editions>> database_sqlserver_edition{
    "sw_database_sqlserver_edition"};
inline constexpr PropertyKey<int> database_sqlserver_listen_port{"sw_database_sqlserver_listen_port"};
inline constexpr PropertyKey<std::string> database_sqlserver_version{"sw_database_sqlserver_version"};
inline constexpr PropertyKey<std::string> runtime_java_version{"sw_runtime_java_version"};
inline constexpr PropertyKey<std::string> runtime_perl_version{"sw_runtime_perl_version"};
inline constexpr PropertyKey<std::string> runtime_php_version{"sw_runtime_php_version"};
inline constexpr PropertyKey<std::string> runtime_python_version{"sw_runtime_python_version"};
inline constexpr PropertyKey<std::string> runtime_ruby_version{"sw_runtime_ruby_version"};
inline constexpr PropertyKey<int> webserver_apache_http_port{"sw_webserver_apache_http_port"};
inline constexpr PropertyKey<int> webserver_apache_https_port{"sw_webserver_apache_https_port"};
inline constexpr PropertyKey<std::string> webserver_apache_version{"sw_webserver_apache_version"};
inline constexpr PropertyKey<int> webserver_iis_http_port{"sw_webserver_iis_http_port"};
inline constexpr PropertyKey<int> webserver_iis_https_port{"sw_webserver_iis_https_port"};
inline constexpr PropertyKey<std::string> webserver_iis_version{"sw_webserver_iis_version"};
inline constexpr PropertyKey<int> webserver_nginx_http_port{"sw_webserver_nginx_http_port"};
inline constexpr PropertyKey<int> webserver_nginx_https_port{"sw_webserver_nginx_https_port"};
inline constexpr PropertyKey<std::string> webserver_nginx_version{"sw_webserver_nginx_version"};

}  // namespace sw

}  // namespace openstack::image::v2

// <openstack/image/v2/well_known_properties.hpp>
// The custom properties that OpenStack's services know, each with its type: properties[hw::cpu_cores] = 4.

// The first word of a property's name is the namespace of its key. Here are the properties of the Image service's
// schema, those that its metadata definitions have for images (software in images: software_properties.hpp), those of
// Nova's snapshots and of images of volumes, and a few more that Nova reads. A list has all texts of the definitions;
// where these are very many, such as VMware's names of guests, the key takes any text.

namespace openstack::image::v2 {

/// The hardware of a server that is booted from the image.
namespace hw {

inline constexpr char const* disk_buses[]{"scsi", "virtio", "uml", "xen", "ide", "usb", "fdc", "sata", "lxc"};
inline constexpr char const* cpu_modes[]{"none", "host-model", "host-passthrough", "custom"};
inline constexpr char const* cpu_policies[]{"shared", "dedicated", "mixed"};
inline constexpr char const* cpu_thread_policies[]{"isolate", "prefer", "require"};
inline constexpr char const* firmware_types[]{"bios", "uefi"};
inline constexpr char const* pointer_models[]{"usbtablet"};
inline constexpr char const* rescue_buses[]{"scsi", "virtio", "ide", "usb"};
inline constexpr char const* rescue_devices[]{"cdrom", "disk", "floppy"};
/// Those of Nova, and those of the metadata definitions.
inline constexpr char const* tpm_models[]{"tpm-tis", "tpm-crb", "TIS", "CRB"};
inline constexpr char const* tpm_versions[]{"1.2", "2.0"};
inline constexpr char const* video_models[]{"vga", "cirrus", "vmvga", "xen", "qxl", "virtio", "gop", "none", "bochs"};
/// Those of libvirt, then those of VMware.
inline constexpr char const* vif_models[]{"e1000",
                                          "e1000e",
                                          "ne2k_pci",
                                          "netfront",
                                          "pcnet",
                                          "rtl8139",
                                          "spapr-vlan",
                                          "virtio",
                                          "vmxnet3",
                                          "VirtualE1000",
                                          "VirtualE1000e",
                                          "VirtualPCNet32",
                                          "VirtualSriovEthernetCard",
                                          "VirtualVmxnet",
                                          "VirtualVmxnet3"};
inline constexpr char const* watchdog_actions[]{"disabled", "reset", "poweroff", "pause", "none"};

inline constexpr PropertyKey<bool> boot_menu{"hw_boot_menu"};
inline constexpr PropertyKey<OneOf<disk_buses>> cdrom_bus{"hw_cdrom_bus"};
inline constexpr PropertyKey<int> cpu_cores{"hw_cpu_cores"};  ///< preferred, of each socket
inline constexpr PropertyKey<int> cpu_max_cores{"hw_cpu_max_cores"};
inline constexpr PropertyKey<int> cpu_max_sockets{"hw_cpu_max_sockets"};
inline constexpr PropertyKey<int> cpu_max_threads{"hw_cpu_max_threads"};
inline constexpr PropertyKey<OneOf<cpu_modes>> cpu_mode{"hw_cpu_mode"};
inline constexpr PropertyKey<OneOf<cpu_policies>> cpu_policy{"hw_cpu_policy"};  ///< of the host's CPUs
inline constexpr PropertyKey<int> cpu_sockets{"hw_cpu_sockets"};                ///< preferred
inline constexpr PropertyKey<OneOf<cpu_thread_policies>> cpu_thread_policy{"hw_cpu_thread_policy"};
inline constexpr PropertyKey<int> cpu_threads{"hw_cpu_threads"};  ///< preferred, of each core
inline constexpr PropertyKey<OneOf<disk_buses>> disk_bus{"hw_disk_bus"};
inline constexpr PropertyKey<OneOf<firmware_types>> firmware_type{"hw_firmware_type"};
inline constexpr PropertyKey<std::string> machine_type{"hw_machine_type"};  ///< QEMU's name of it, such as "q35"
inline constexpr PropertyKey<bool> mem_encryption{"hw_mem_encryption"};
inline constexpr PropertyKey<std::string> mem_page_size{"hw_mem_page_size"};  ///< "2MB", kB, "small", "large" or "any"
inline constexpr PropertyKey<int> numa_nodes{"hw_numa_nodes"};
inline constexpr PropertyKey<bool> pmu{"hw_pmu"};  ///< a performance monitoring unit
inline constexpr PropertyKey<OneOf<pointer_models>> pointer_model{"hw_pointer_model"};
inline constexpr PropertyKey<bool> qemu_guest_agent{"hw_qemu_guest_agent"};
inline constexpr PropertyKey<OneOf<rescue_buses>> rescue_bus{
    "hw_rescue_bus"};  ///< where a rescued server has the image
inline constexpr PropertyKey<OneOf<rescue_devices>> rescue_device{"hw_rescue_device"};  ///< and as what
inline constexpr PropertyKey<std::string> rng_model{"hw_rng_model"};                    ///< such as "virtio"
inline constexpr PropertyKey<std::string> scsi_model{"hw_scsi_model"};                  ///< such as "virtio-scsi"
inline constexpr PropertyKey<int> serial_port_count{"hw_serial_port_count"};
inline constexpr PropertyKey<OneOf<tpm_models>> tpm_model{"hw_tpm_model"};
inline constexpr PropertyKey<OneOf<tpm_versions>> tpm_version{"hw_tpm_version"};
inline constexpr PropertyKey<OneOf<video_models>> video_model{"hw_video_model"};
inline constexpr PropertyKey<int> video_ram{"hw_video_ram"};  ///< MB at most
inline constexpr PropertyKey<OneOf<vif_models>> vif_model{"hw_vif_model"};
inline constexpr PropertyKey<bool> vif_multiqueue_enabled{"hw_vif_multiqueue_enabled"};
inline constexpr PropertyKey<OneOf<watchdog_actions>> watchdog_action{"hw_watchdog_action"};

}  // namespace hw

/// The operating system in the image; and `glance_...`, which the service sets while it imports.
namespace os {

inline constexpr char const* types[]{"linux", "windows"};
inline constexpr char const* secure_boots[]{"required", "disabled", "optional"};

inline constexpr PropertyKey<std::string> admin_user{"os_admin_user"};
inline constexpr PropertyKey<std::string> command_line{"os_command_line"};  ///< of the kernel
inline constexpr PropertyKey<std::string> distro{"os_distro"};              ///< in libosinfo's words, such as "debian"
inline constexpr PropertyKey<std::string> glance_failed_import{"os_glance_failed_import"};  ///< stores, by commas
inline constexpr PropertyKey<std::string> glance_import_task{"os_glance_import_task"};      ///< a task's id
inline constexpr PropertyKey<std::string> glance_importing_to_stores{"os_glance_importing_to_stores"};  ///< by commas
inline constexpr PropertyKey<std::string> glance_stage_host{"os_glance_stage_host"};                    ///< a URL
inline constexpr PropertyKey<bool> require_quiesce{"os_require_quiesce"};  ///< no snapshot without frozen file systems
inline constexpr PropertyKey<OneOf<secure_boots>> secure_boot{"os_secure_boot"};
inline constexpr PropertyKey<int> shutdown_timeout{"os_shutdown_timeout"};  ///< seconds until it is switched off
inline constexpr PropertyKey<OneOf<types>> type{"os_type"};
inline constexpr PropertyKey<std::string> version{"os_version"};  ///< as its distributor writes it, such as "13"

}  // namespace os

/// How Nova uses the image; and its signature.
namespace img {

inline constexpr char const* config_drives[]{"optional", "mandatory"};
inline constexpr char const* signature_hash_methods[]{"SHA-224", "SHA-256", "SHA-384", "SHA-512"};
inline constexpr char const* signature_key_types[]{"RSA-PSS",       "DSA",           "ECC_SECT571K1", "ECC_SECT409K1",
                                                   "ECC_SECT571R1", "ECC_SECT409R1", "ECC_SECP521R1", "ECC_SECP384R1"};

inline constexpr PropertyKey<OneOf<config_drives>> config_drive{"img_config_drive"};
inline constexpr PropertyKey<bool> hide_hypervisor_id{"img_hide_hypervisor_id"};
inline constexpr PropertyKey<bool> linked_clone{"img_linked_clone"};
inline constexpr PropertyKey<std::string> signature{"img_signature"};  ///< of the data, Base64
inline constexpr PropertyKey<std::string> signature_certificate_uuid{"img_signature_certificate_uuid"};
inline constexpr PropertyKey<OneOf<signature_hash_methods>> signature_hash_method{"img_signature_hash_method"};
inline constexpr PropertyKey<OneOf<signature_key_types>> signature_key_type{"img_signature_key_type"};

}  // namespace img

/// For the driver of VMware.
namespace vmware {

inline constexpr char const* adaptertypes[]{"lsiLogic", "lsiLogicsas", "paraVirtual", "busLogic", "ide"};
inline constexpr char const* disktypes[]{"streamOptimized", "sparse", "preallocated"};

inline constexpr PropertyKey<OneOf<adaptertypes>> adaptertype{"vmware_adaptertype"};
inline constexpr PropertyKey<OneOf<disktypes>> disktype{"vmware_disktype"};
inline constexpr PropertyKey<std::string> ostype{"vmware_ostype"};  ///< such as "debian10_64Guest"

}  // namespace vmware

/// Volumes that are made of the image, or that it was made of.
namespace cinder {

inline constexpr char const* deletion_policies[]{"on_image_deletion", "do_not_delete"};

inline constexpr PropertyKey<OneOf<deletion_policies>> encryption_key_deletion_policy{
    "cinder_encryption_key_deletion_policy"};
inline constexpr PropertyKey<std::string> encryption_key_id{"cinder_encryption_key_id"};  ///< a UUID in Barbican
inline constexpr PropertyKey<std::string> img_volume_type{"cinder_img_volume_type"};

}  // namespace cinder

/// What a host must have, in the words of the metadata definitions.
namespace traits {

inline constexpr char const* needs[]{"required"};

inline constexpr PropertyKey<OneOf<needs>> compute_security_tpm_1_2{"traits:COMPUTE_SECURITY_TPM_1_2"};
inline constexpr PropertyKey<OneOf<needs>> compute_security_tpm_2_0{"traits:COMPUTE_SECURITY_TPM_2_0"};

}  // namespace traits

/// Properties whose names have no such first word.
namespace common {

inline constexpr char const* hypervisor_types[]{"baremetal", "hyperv", "kvm", "lxc",    "powervm",
                                                "qemu",      "uml",    "vz",  "vmware", "xen"};
inline constexpr char const* vm_modes[]{"hvm", "xen", "uml", "exe"};

inline constexpr PropertyKey<std::string> architecture{"architecture"};  ///< such as "x86_64"
inline constexpr PropertyKey<bool> auto_disk_config{
    "auto_disk_config"};  ///< XenAPI fits the root partition to its disk
inline constexpr PropertyKey<std::string> description{"description"};
inline constexpr PropertyKey<OneOf<hypervisor_types>> hypervisor_type{"hypervisor_type"};
inline constexpr PropertyKey<double> instance_type_rxtx_factor{"instance_type_rxtx_factor"};
inline constexpr PropertyKey<std::string> instance_uuid{"instance_uuid"};  ///< of a snapshot: of which server
inline constexpr PropertyKey<std::string> kernel_id{"kernel_id"};          ///< an image of a kernel
inline constexpr PropertyKey<std::string> ramdisk_id{"ramdisk_id"};        ///< an image of its initial RAM disk
inline constexpr PropertyKey<OneOf<vm_modes>> vm_mode{"vm_mode"};

}  // namespace common

/// What Nova writes into the images that it makes of servers.
namespace nova {

inline constexpr PropertyKey<std::string> base_image_ref{"base_image_ref"};  ///< the image that the server is of
inline constexpr PropertyKey<bool> bdm_v2{"bdm_v2"};                         ///< the form of block_device_mapping
inline constexpr PropertyKey<std::string> block_device_mapping{"block_device_mapping"};  ///< JSON: snapshots of volumes
inline constexpr PropertyKey<std::string> boot_roles{"boot_roles"};                      ///< of its user, by commas
inline constexpr PropertyKey<std::string> image_location{"image_location"};              ///< such as "snapshot"
inline constexpr PropertyKey<std::string> image_state{"image_state"};                    ///< such as "available"
inline constexpr PropertyKey<std::string> image_type{"image_type"};                      ///< "snapshot" or "backup"
inline constexpr PropertyKey<std::string> mappings{"mappings"};                          ///< JSON: names of devices
inline constexpr PropertyKey<std::string> owner_id{"owner_id"};                          ///< a project
inline constexpr PropertyKey<std::string> owner_project_name{"owner_project_name"};
inline constexpr PropertyKey<std::string> owner_user_name{"owner_user_name"};
inline constexpr PropertyKey<std::string> root_device_name{"root_device_name"};  ///< such as "/dev/vda"
inline constexpr PropertyKey<std::string> user_id{"user_id"};

}  // namespace nova

/// The processor in the words of DMTF's Common Information Model.
namespace cim_pasd {

inline constexpr char const* processor_architectures[]{"x86", "IA-64", "AS/400", "Power", "S/390", "PA-RISC",
                                                       "ARM", "MIPS",  "Alpha",  "SPARC", "68k"};

inline constexpr PropertyKey<std::string> instruction_set{"CIM_PASD_InstructionSet"};  ///< such as "x86:64"
inline constexpr PropertyKey<std::string> instruction_set_extension_name{"CIM_PASD_InstructionSetExtensionName"};
inline constexpr PropertyKey<OneOf<processor_architectures>> processor_architecture{"CIM_PASD_ProcessorArchitecture"};

}  // namespace cim_pasd

}  // namespace openstack::image::v2

// 7 front door

// <openstack/cloud_config.hpp>
// CloudConfig: how to reach a cloud, filled in by hand or from a configuration.

namespace openstack {

/// Everything a Connection is made of.
struct CloudConfig {
    std::shared_ptr<Authentication> authentication{};  ///< who we are: Keystone, a FixedToken, or one of your own
    SessionOptions session{};                          ///< which of the cloud's endpoints are used, and how
    TransportOptions transport{};                      ///< whom to trust
};

}  // namespace openstack

// <openstack/config.hpp>
// Which cloud is meant: the OS_* variables' own one, or one of those that files describe, in one of its regions.

// <openstack/cloud_keys.hpp>
// The keys that a cloud's configuration may have, and what becomes of each.

namespace openstack::detail {

/// What becomes of a key.
enum class KeyUse {
    identity,  ///< who one is, in `auth` or beside it; the note of another name is the name
    read,      ///< counts
    idle,      ///< has no effect here, for the reason that the note gives: no request goes elsewhere without it
    refused    ///< for the reason that the note gives
};

/// One key.
struct CloudKey {
    std::string_view name;       ///< a normal one
    KeyUse use;                  ///< what becomes of it
    std::string_view note = {};  ///< why, for idle and refused ones; of another name of an identity's key, that key
};

/// Why a key is refused that is missing its service.
inline constexpr std::string_view of_one_service = "belongs to one service: write image_endpoint_override, for example";
/// Why keys are idle that choose among a server's networks.
inline constexpr std::string_view of_networks = "it is about networks of servers";
/// Why keys are idle that are about caches and statistics.
inline constexpr std::string_view of_measurements = "openstacksdk caches and measures by it";
/// Why keys are idle that are about what a terminal shows.
inline constexpr std::string_view of_command_line = "the command line shows more or less by it";
/// Why keys are refused that lead to a project of another cloud.
inline constexpr std::string_view of_another_keystone = "means a second Keystone, which isn't supported";

/// As openstacksdk, keystoneauth and the openstack command know them; `-` is `_` and capitals don't matter.
inline constexpr CloudKey cloud_keys[] = {
    {"auth_url", KeyUse::identity},
    {"username", KeyUse::identity},
    {"user_name", KeyUse::identity, "username"},
    {"user_id", KeyUse::identity},
    {"userid", KeyUse::identity, "user_id"},
    {"user_domain_id", KeyUse::identity},
    {"user_domain_name", KeyUse::identity},
    {"password", KeyUse::identity},
    {"passcode", KeyUse::identity},
    {"token", KeyUse::identity},
    {"auth_token", KeyUse::identity, "token"},
    {"application_credential_id", KeyUse::identity},
    {"application_credential_name", KeyUse::identity},
    {"application_credential_secret", KeyUse::identity},
    {"auth_methods", KeyUse::identity},
    {"project_id", KeyUse::identity},
    {"tenant_id", KeyUse::identity, "project_id"},
    {"project_name", KeyUse::identity},
    {"tenant_name", KeyUse::identity, "project_name"},
    {"project_domain_id", KeyUse::identity},
    {"project_domain_name", KeyUse::identity},
    {"domain_id", KeyUse::identity},
    {"domain_name", KeyUse::identity},
    {"default_domain_id", KeyUse::identity},
    {"default_domain", KeyUse::identity, "default_domain_id"},
    {"default_domain_name", KeyUse::identity},
    {"trust_id", KeyUse::identity},
    {"system_scope", KeyUse::identity},
    {"endpoint", KeyUse::identity},
    {"url", KeyUse::identity, "endpoint"},

    {"auth", KeyUse::read},
    {"auth_type", KeyUse::read},
    {"auth_plugin", KeyUse::read},
    {"profile", KeyUse::read},
    {"cloud", KeyUse::read},
    {"region_name", KeyUse::read},
    {"regions", KeyUse::read},
    {"interface", KeyUse::read},
    {"endpoint_type", KeyUse::read},
    {"api_timeout", KeyUse::read},
    {"timeout", KeyUse::read},
    {"verify", KeyUse::read},
    {"insecure", KeyUse::read},
    {"cacert", KeyUse::read},
    {"cert", KeyUse::read},
    {"key", KeyUse::read},
    {"force_ipv4", KeyUse::read},
    {"prefer_ipv6", KeyUse::read},
    {"connect_retries", KeyUse::read},
    {"connect_retry_delay", KeyUse::read},
    {"status_code_retries", KeyUse::read},
    {"status_code_retry_delay", KeyUse::read},
    {"retriable_status_codes", KeyUse::read},
    {"rate_limit", KeyUse::read},
    {"concurrency", KeyUse::read},
    {"image_api_use_tasks", KeyUse::read},

    {"image_format", KeyUse::idle, "an image says its format itself"},
    {"disable_vendor_agent", KeyUse::idle, "an image says its properties itself"},
    {"floating_ip_source", KeyUse::idle, of_networks},
    {"secgroup_source", KeyUse::idle, of_networks},
    {"networks", KeyUse::idle, of_networks},
    {"external_network", KeyUse::idle, of_networks},
    {"internal_network", KeyUse::idle, of_networks},
    {"use_external_network", KeyUse::idle, of_networks},
    {"use_internal_network", KeyUse::idle, of_networks},
    {"requires_floating_ip", KeyUse::idle, of_networks},
    {"private", KeyUse::idle, of_networks},
    {"cache", KeyUse::idle, of_measurements},
    {"metrics", KeyUse::idle, of_measurements},
    {"statsd", KeyUse::idle, of_measurements},
    {"influxdb", KeyUse::idle, of_measurements},
    {"additional_metric_tags", KeyUse::idle, of_measurements},
    {"timing", KeyUse::idle, of_measurements},
    {"nodepool", KeyUse::idle, "it is another program's"},
    {"message", KeyUse::idle, "a vendor's word about its profile"},
    {"status", KeyUse::idle, "a vendor's word about its profile"},
    {"verbose_level", KeyUse::idle, of_command_line},
    {"debug", KeyUse::idle, of_command_line},
    {"deferred_help", KeyUse::idle, of_command_line},
    {"log_file", KeyUse::idle, of_command_line},
    {"log_level", KeyUse::idle, of_command_line},

    {"endpoint_override", KeyUse::refused, of_one_service},
    {"api_version", KeyUse::refused, of_one_service},
    {"service_type", KeyUse::refused, of_one_service},
    {"service_name", KeyUse::refused, of_one_service},
    {"default_microversion", KeyUse::refused, of_one_service},
    {"vendor_hook", KeyUse::refused, "names code in Python, which can't be run here"},
    {"service_provider", KeyUse::refused, of_another_keystone},
    {"remote_project_id", KeyUse::refused, of_another_keystone},
    {"remote_project_name", KeyUse::refused, of_another_keystone},
    {"remote_project_domain_id", KeyUse::refused, of_another_keystone},
    {"remote_project_domain_name", KeyUse::refused, of_another_keystone},
};

/// What may stand behind a service's type: image_endpoint_override. All of these count but `disabled_reason`.
inline constexpr std::string_view service_keys[] = {
    "endpoint_override",
    "endpoint",
    "api_version",
    "service_type",
    "service_name",
    "region_name",
    "interface",
    "endpoint_type",
    "connect_retries",
    "connect_retry_delay",
    "status_code_retries",
    "rate_limit",
    "retriable_status_codes",
    "status_code_retry_delay",
    "default_microversion",
    "concurrency",
    "timeout",
    "disabled_reason",
};

/// The key of that name; null if there is none.
[[nodiscard]] constexpr CloudKey const* find_key(std::string_view name) {
    for (CloudKey const& each : cloud_keys)
        if (each.name == name) return &each;
    return nullptr;
}

/// Which of service_keys the key ends in, behind a service's type; empty if none.
[[nodiscard]] constexpr std::string_view service_key(std::string_view key) {
    for (std::string_view const each : service_keys)
        if (key.size() > each.size() + 1 && key.ends_with(each) && key[key.size() - each.size() - 1] == '_')
            return each;
    return {};
}

}  // namespace openstack::detail

// <openstack/cloud_settings.hpp>
// CloudSettings: one cloud's configuration, from a file or the environment, as a CloudConfig.

// <openstack/cloud_identity.hpp>
// CloudIdentity: who one is to a cloud, as its configuration says it, as an Authentication.

// <openstack/setting_values.hpp>
// What the texts of a configuration mean: truth values, counts, seconds, lists.

// <openstack/settings.hpp>
// BasicSetting: what a configuration file says, as a tree of texts, lists and maps that knows where each stands.

namespace openstack::detail {

/// What a setting is; null is also a key of YAML that has nothing behind it.
enum class SettingKind { null, scalar, list, map };

/// A key as all of a configuration's are compared: `Region-Name` is `region_name`.
template<class Text = std::string>
[[nodiscard]] Text normal_key(std::string_view key) {
    Text normal{key};
    for (char& c : normal) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '-') c = '_';
    }
    return normal;
}

/// The parts of the text between the separators, without spaces around them and without empty ones.
template<class Text = std::string>
[[nodiscard]] std::vector<Text> split(std::string_view text, char separator) {
    std::vector<Text> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        std::size_t const found = text.find(separator, begin);
        std::size_t const end = found == text.npos ? text.size() : found;
        std::string_view part = text.substr(begin, end - begin);
        while (part.starts_with(' ')) part.remove_prefix(1);
        while (part.ends_with(' ')) part.remove_suffix(1);
        if (!part.empty()) parts.emplace_back(part);
        begin = end + 1;
    }
    return parts;
}

/// One setting and what is below it. Setting is the one to use; it is a template so that a program compiles it only
/// where it reads a configuration.
template<class Text>
struct BasicSetting {
    SettingKind kind = SettingKind::null;  ///< of the members below, which ones count
    Text key{};                            ///< of a map's element
    Text text{};                           ///< of a scalar, as it is written: 0123 and yes stay what they are
    Text file{};                           ///< empty: it's an environment's
    Text path{};                           ///< in the file, such as `clouds.demo.regions[0]`; or the variable's name
    bool is_secret = false;                ///< it's below `auth`, so that no message may repeat it
    std::vector<BasicSetting> items{};     ///< of a list or a map

    /// A map without elements, of no file.
    [[nodiscard]] static BasicSetting map() { return BasicSetting{SettingKind::map, {}, {}, {}, {}, false, {}}; }
    /// An element of a map, of no file; `path` is what messages call it.
    [[nodiscard]] static BasicSetting scalar(Text key, std::string_view text, std::string_view path) {
        return BasicSetting{SettingKind::scalar, std::move(key), Text{text}, {}, Text{path}, false, {}};
    }

    /// Where it stands, as messages begin.
    [[nodiscard]] Text place() const { return file.empty() ? path : path.empty() ? file : file + ": " + path; }

    [[nodiscard]] bool is_null() const { return kind == SettingKind::null; }
    [[nodiscard]] bool is_scalar() const { return kind == SettingKind::scalar; }
    [[nodiscard]] bool is_list() const { return kind == SettingKind::list; }
    [[nodiscard]] bool is_map() const { return kind == SettingKind::map; }

    /// The map's element; null if there is none, or this is no map.
    [[nodiscard]] BasicSetting const* find(std::string_view name) const {
        if (!is_map()) return nullptr;
        for (BasicSetting const& each : items)
            if (each.key == name) return &each;
        return nullptr;
    }
    [[nodiscard]] BasicSetting* find(std::string_view name) {
        return const_cast<BasicSetting*>(std::as_const(*this).find(name));
    }

    /// Throws ConfigError for an element of this map, of which `problem` is said. A key without a value isn't named: it
    /// may be what stands behind a comma of a secret.
    [[noreturn]] void refuse(BasicSetting const& element, std::string_view problem) const {
        if (element.is_null())
            throw ConfigError((place().empty() ? element.file : place()) +
                              " has a key without a value that isn't known or is there twice; a text with a "
                              "comma or a brace needs quotes");
        throw ConfigError(element.place() + Text{problem});
    }

    /// The map's element, if it says something; null if it's a null or an empty text, too.
    [[nodiscard]] BasicSetting const* given(std::string_view name) const {
        BasicSetting const* const found = find(name);
        bool const is_empty = found == nullptr || found->is_null() || (found->is_scalar() && found->text.empty());
        return is_empty ? nullptr : found;
    }

    /// Puts the element into the map, for one of that key if there is one.
    void set(BasicSetting element) {
        if (BasicSetting* const old = find(element.key)) {
            *old = std::move(element);
        } else {
            items.push_back(std::move(element));
        }
    }

    /// Lays `over` over this: of two maps, element for element; otherwise `over` is what counts, but for a null over
    /// a map. A map stays where it stands.
    void merge(BasicSetting const& over) {
        if (is_map() && over.is_null()) return;
        if (!is_map() || !over.is_map()) {
            *this = over;
            return;
        }
        for (BasicSetting const& each : over.items) {
            if (BasicSetting* const old = find(each.key)) {
                old->merge(each);
            } else {
                items.push_back(each);
            }
        }
    }

    /// Makes the keys of this map and all below it normal, but not those that many levels below it, which are names.
    /// Throws ConfigError for one that is there twice then.
    void normalize(std::size_t level_of_names = Text::npos) {
        for (BasicSetting& each : items) {
            Text key_then = level_of_names == 0 ? each.key : normal_key<Text>(each.key);
            if (is_map() && find_before(each, key_then)) refuse(each, " is there twice");
            each.key = std::move(key_then);
            each.normalize(level_of_names - 1);
        }
    }

  private:
    [[nodiscard]] bool find_before(BasicSetting const& end, std::string_view name) const {
        for (BasicSetting const* each = items.data(); each != &end; ++each)
            if (each->key == name) return true;
        return false;
    }
};
/// The setting that configurations are read as.
using Setting = BasicSetting<std::string>;

/// What one file may have at most.
struct SettingLimits {
    static constexpr std::size_t bytes = std::size_t{1} << 20;  ///< of its text
    static constexpr std::size_t depth = 64;                    ///< of lists and maps in each other
    static constexpr std::size_t settings = 20'000;             ///< scalars, lists and maps together
};

/// Makes a tree of what a parser tells, JSON's or YAML's, and counts.
template<class Setting, class Limits = SettingLimits>
class SettingBuilder {
  public:
    /// `file` is the name that messages have for it.
    explicit SettingBuilder(std::string file) { root_.file = std::move(file); }

    /// What would make the tree too large; empty if nothing does.
    [[nodiscard]] std::string_view problem() const { return problem_; }
    /// The tree, when all was told.
    [[nodiscard]] Setting take() { return std::move(root_); }

    bool null() { return add(SettingKind::null, {}); }
    bool boolean(bool value) { return add(SettingKind::scalar, value ? "true" : "false"); }
    bool number(std::string_view text) { return add(SettingKind::scalar, text); }
    bool string(std::string_view text) { return add(SettingKind::scalar, text); }
    bool key(std::string_view text) {
        key_ = text;
        return true;
    }
    bool begin_object() { return begin(SettingKind::map); }
    bool end_object() { return end(); }
    bool begin_array() { return begin(SettingKind::list); }
    bool end_array() { return end(); }

  private:
    bool add(SettingKind kind, std::string_view text) {
        if (find_invalid_utf8(text) != text.npos) {
            problem_ = "it isn't UTF-8 text";
            return false;
        }
        if (++count_ > Limits::settings) {
            problem_ = "it has more than 20000 settings";
            return false;
        }
        Setting* made = &root_;
        if (!open_.empty()) {
            Setting& parent = *open_.back();
            std::string path = path_below(parent);
            made = &parent.items.emplace_back();
            made->file = root_.file;
            made->path = std::move(path);
            made->key = key_;
            made->is_secret = parent.is_secret || normal_key(parent.key) == "auth";
        }
        made->kind = kind;
        made->text = text;
        last_ = made;
        return true;
    }
    /// What is below a setting of `auth` may be a part of a secret that was written wrongly: it isn't named.
    [[nodiscard]] std::string path_below(Setting const& parent) const {
        if (parent.is_secret) return parent.path;
        if (parent.is_list()) return parent.path + '[' + std::to_string(parent.items.size()) + ']';
        return (parent.path.empty() ? parent.path : parent.path + '.') + one_line(key_, 64);
    }
    bool begin(SettingKind kind) {
        if (open_.size() == Limits::depth) {
            problem_ = "it has more than 64 levels";
            return false;
        }
        if (!add(kind, {})) return false;
        open_.push_back(last_);
        return true;
    }
    bool end() {
        open_.pop_back();
        return true;
    }

    Setting root_{};
    std::vector<Setting*> open_{};  ///< each stays where it is: its parent gets no further element before it ends
    Setting* last_ = nullptr;
    std::string key_{};
    std::size_t count_ = 0;
    std::string_view problem_{};
};

/// Reads the JSON text of a file. Throws ConfigError, which names the file and the line.
template<class Setting>
[[nodiscard]] Setting settings_from_json(std::string text, std::string const& file) {
    SettingBuilder<Setting> builder(file);
    std::string const original = text;  // the parser overwrites the other one
    JsonSyntaxError const error = parse_json(text, builder);
    if (error.reason.empty()) return builder.take();
    std::size_t line = 1;
    for (char const c : original.substr(0, error.offset))
        if (c == '\n') ++line;
    std::string_view const problem = builder.problem().empty() ? error.reason : builder.problem();
    throw ConfigError(file + ": line " + std::to_string(line) + ": " + std::string{problem});
}

}  // namespace openstack::detail

namespace openstack::detail {

/// Throws ConfigError: the setting isn't what it should be. Repeats no secret.
template<class Setting>
[[noreturn]] void throw_no(Setting const& setting, std::string_view wanted) {
    std::string text = setting.place();
    if (setting.is_scalar() && !setting.is_secret) text += " is '" + one_line(setting.text) + "', which";
    throw ConfigError(text + " isn't " + std::string{wanted});
}

/// The text of a scalar. Throws ConfigError for anything else.
template<class Setting>
[[nodiscard]] std::string const& text_of(Setting const& setting) {
    if (!setting.is_scalar()) throw_no(setting, "a text");
    return setting.text;
}

/// As YAML 1.1 has them, and 1 and 0, which variables have.
template<class Setting>
[[nodiscard]] bool truth_of(Setting const& setting) {
    auto const text = normal_key(setting.is_scalar() ? setting.text : "");
    for (std::string_view const yes : {"true", "yes", "on", "1"})
        if (text == yes) return true;
    for (std::string_view const no : {"false", "no", "off", "0"})
        if (text == no) return false;
    throw_no(setting, "true or false");
}

/// A number of type Number, all of the text, not below 0.
template<class Number, class Setting>
[[nodiscard]] Number number_of(Setting const& setting, std::string_view wanted) {
    Number number{};
    std::string_view const text = setting.is_scalar() ? std::string_view{setting.text} : std::string_view{};
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    bool const is_whole = error == std::errc{} && !text.empty() && end == text.data() + text.size();
    if (!is_whole || !(number >= 0)) throw_no(setting, wanted);
    return number;
}

/// A whole number from 0 on. Throws ConfigError for another text.
template<class Setting>
[[nodiscard]] unsigned count_of(Setting const& setting) {
    return number_of<unsigned>(setting, "a count, as 3");
}

/// Of a number of seconds, with or without a fraction, ten years at most.
template<class Setting>
[[nodiscard]] Milliseconds time_of(Setting const& setting) {
    auto const seconds = number_of<double>(setting, "a number of seconds");
    if (!(seconds <= 315'360'000)) throw_no(setting, "a number of seconds");
    return Milliseconds{static_cast<Milliseconds::rep>(seconds * 1000 + 0.5)};
}

/// The elements of a list; those of a text are separated by commas.
template<class Setting>
[[nodiscard]] std::vector<Setting> list_of(Setting const& setting) {
    if (setting.is_list()) return setting.items;
    if (!setting.is_scalar()) throw_no(setting, "a list of texts");
    std::vector<Setting> list;
    for (std::string& part : split(setting.text, ',')) {
        list.push_back(setting);
        list.back().text = std::move(part);
    }
    return list;
}

}  // namespace openstack::detail

namespace openstack::detail {

/// Reads the keys of KeyUse::identity: what is in `auth` counts more than what is beside it, a key's own name more than
/// another one of it. No message repeats a value.
template<class Setting, class Method = AuthMethod, class Made = Keystone>
class CloudIdentity {
  public:
    /// `cloud` is a map, that of the environment if it has no file; it must outlive this.
    explicit CloudIdentity(Setting const& cloud) : cloud_(cloud), auth_(cloud.find("auth")) {
        if (auth_ == nullptr || auth_->is_null()) return;
        if (!auth_->is_map()) throw ConfigError(auth_->place() + " isn't a map of settings");
        for (Setting const& each : auth_->items) {
            CloudKey const* const known = find_key(each.key);
            if (known == nullptr || known->use != KeyUse::identity)
                auth_->refuse(each, " is no setting of an authentication that this library knows");
        }
    }

    /// The setting, or else null.
    [[nodiscard]] Setting const* find(std::string_view name) const {
        bool const is_first_outside = name == "passcode";  // it's another one each time, so it comes by a variable
        for (bool const is_outside : {is_first_outside, !is_first_outside})
            if (Setting const* const found = find(name, is_outside)) return found;
        for (CloudKey const& other : cloud_keys)
            if (other.use == KeyUse::identity && other.note == name)
                if (Setting const* const found = find(other.name)) return found;
        return nullptr;
    }
    /// Its text; empty if there is none.
    [[nodiscard]] std::string get(std::string_view name) const {
        Setting const* const found = find(name);
        return found == nullptr ? std::string{} : found->text;
    }
    /// Whether it is given, and isn't an empty text.
    [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }

    /// What a setting that isn't there would be called.
    [[nodiscard]] std::string name(std::string_view key) const {
        if (!cloud_.file.empty()) return std::string{key};
        std::string variable = "OS_";
        for (char const c : key) variable += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        return variable;
    }
    /// How a message about such ones begins.
    [[nodiscard]] std::string start() const { return cloud_.file.empty() ? "" : cloud_.place() + ".auth: "; }

    /// Throws ConfigError, which says `why` it's needed, if it isn't there.
    [[nodiscard]] std::string required(std::string_view key, std::string_view why) const {
        if (!has(key)) throw ConfigError(start() + name(key) + " isn't set: " + std::string{why});
        return get(key);
    }
    /// The same, for a URL that a path can be put to. Throws ConfigError also for what can't be one.
    [[nodiscard]] std::string required_endpoint(std::string_view key, std::string_view why) const {
        std::string url = required(key, why);
        check_endpoint(find(key)->place(), url);
        return url;
    }

    /// Keystone by the method `type`, as v3password; by those of `auth_methods` if it is v3multifactor. Throws
    /// ConfigError for one that isn't there, and for what is missing.
    [[nodiscard]] std::shared_ptr<Made> keystone(std::string_view type, std::string auth_url) const {
        std::vector<Method> methods;
        if (type == "v3multifactor") {
            (void)required("auth_methods", "the authentication by several methods needs their names");
            for (Setting const& each : list_of(*find("auth_methods"))) methods.push_back(method(text_of(each)));
        } else {
            methods.push_back(method(type));
        }
        bool const is_application_credential = methods.size() == 1 && methods[0].name() == "application_credential";
        if (is_application_credential && (is_of_project() || has("trust_id") || has("system_scope")))
            throw ConfigError(
                start() + "an application credential has a project of its own: leave out " +
                comma_list({name("project_id"), name("project_name"), name("trust_id"), name("system_scope")}));
        Scope wanted = is_application_credential ? Scope{} : scope();
        try {
            return std::make_shared<Made>(std::move(auth_url), std::move(methods), std::move(wanted));
        } catch (ConfigError const& error) {
            throw ConfigError(start() + error.what());
        }
    }

    /// Whether there is a way to authenticate by a method of that name.
    [[nodiscard]] static bool is_method(std::string_view type) {
        if (type.starts_with("v3")) type.remove_prefix(2);
        for (std::string_view const each : {"password", "token", "applicationcredential", "totp", "multifactor"})
            if (type == each) return type != "multifactor";
        return false;
    }

  private:
    struct Domain {
        std::string id;
        std::string name;
    };

    Setting const* find(std::string_view key, bool is_outside) const {
        if (!is_outside && auth_ == nullptr) return nullptr;
        Setting const* const found = (is_outside ? cloud_ : *auth_).find(key);
        if (found == nullptr || found->is_null()) return nullptr;
        if (found->is_list() && key == "auth_methods") return found;
        if (!found->is_scalar()) throw ConfigError(found->place() + " isn't a text");
        return found->text.empty() ? nullptr : found;
    }

    bool is_of_project() const { return has("project_id") || has("project_name"); }

    /// The one of `user` or `project`, or else the one for both.
    Domain domain(std::string const& of) const {
        for (std::string const& prefix : {of + '_', std::string{}, std::string{"default_"}}) {
            if (prefix.empty() && !is_of_project()) continue;  // it's what the token is for
            Domain found{get(prefix + "domain_id"), get(prefix + "domain_name")};
            if (!found.id.empty() || !found.name.empty()) return found;
        }
        return {};
    }

    /// Fills in the user of a method. Throws ConfigError unless the user is given.
    template<class With>
    With with_user(With method) const {
        method.username = get("username");
        method.user_id = get("user_id");
        auto [id, domain_name] = domain("user");
        if (method.username.empty() && method.user_id.empty())
            throw ConfigError(start() + "neither " + name("username") + " nor " + name("user_id") + " is set");
        if (method.user_id.empty() && id.empty() && domain_name.empty()) throw_needs_domain("username", "user");
        method.user_domain_id = std::move(id);
        method.user_domain_name = std::move(domain_name);
        return method;
    }

    [[noreturn]] void throw_needs_domain(std::string_view key, std::string const& of) const {
        throw ConfigError(start() + name(key) + " needs " + name(of + "_domain_name") + " or " +
                          name(of + "_domain_id"));
    }

    Method method(std::string_view type) const {
        if (type.starts_with("v3")) type.remove_prefix(2);
        if (type == "password") {
            Password made{.password = required("password", "the password authentication needs it")};
            return with_user(std::move(made));
        }
        if (type == "token") return Token{required("token", "the authentication by a token needs it")};
        if (type == "totp") {
            Totp made{.passcode = required("passcode", "the authentication by a one-time passcode needs it")};
            return with_user(std::move(made));
        }
        if (type != "applicationcredential")
            throw ConfigError(find("auth_methods")->place() +
                              " names a method that isn't supported; v3password, "
                              "v3token, v3totp and v3applicationcredential are");
        ApplicationCredential made{.id = get("application_credential_id"), .name = get("application_credential_name")};
        made.secret = required("application_credential_secret", "the application credential needs it");
        if (made.id.empty() && made.name.empty())
            throw ConfigError(start() + "neither " + name("application_credential_id") + " nor " +
                              name("application_credential_name") + " is set");
        return made.id.empty() ? with_user(std::move(made)) : made;
    }

    Scope scope() const {
        Scope made{.project_id = get("project_id"), .project_name = get("project_name")};
        if (is_of_project()) {
            auto [id, domain_name] = domain("project");
            if (made.project_id.empty() && id.empty() && domain_name.empty())
                throw_needs_domain("project_name", "project");
            made.project_domain_id = std::move(id);
            made.project_domain_name = std::move(domain_name);
        } else {
            made.domain_id = get("domain_id");
            made.domain_name = get("domain_name");
        }
        made.trust_id = get("trust_id");
        if (Setting const* const system = find("system_scope")) {
            if (system->text != "all") throw ConfigError(system->place() + " isn't 'all', the only scope there is");
            made.is_system = true;
        }
        return made;
    }

    Setting const& cloud_;
    Setting const* auth_;
};

}  // namespace openstack::detail

// <openstack/clouds_files.hpp>
// The files that clouds are described in: where they are looked for, and how one is read.

namespace openstack::detail {

/// The variable, or else the empty text: an empty variable counts as none, as other OpenStack tools take it.
inline std::string environment(char const* name) {
    char const* const value = std::getenv(name);
    return value == nullptr ? std::string{} : std::string{value};
}

/// The path with the home directory for a `~/` at its front.
template<class Text = std::string>
[[nodiscard]] Text expand_home(Text path) {
    return path.starts_with("~/") ? environment("HOME") + path.substr(1) : path;
}

/// Reads files that are JSON. YamlFiles of clouds_yaml.hpp reads the others, too.
struct JsonFiles {
    static constexpr bool is_yaml_read = false;  ///< a file of YAML that counts is an error
};

/// The files of one kind: those named `name`.yaml, .yml or .json, and before them the one that the variable names.
///
/// Formats is JsonFiles or YamlFiles.
template<class Setting, class Formats>
class CloudsFiles {
  public:
    CloudsFiles(std::string_view name, char const* variable) {
        if (std::string path = environment(variable); !path.empty()) paths_.push_back(std::move(path));
        for (std::string const& directory : directories())
            for (std::string_view const suffix : {".yaml", ".yml", ".json"})
                paths_.push_back(directory + '/' + std::string{name} + std::string{suffix});
    }

    /// What the first of them says that is there and may be read; nothing if there is none. Throws ConfigError.
    [[nodiscard]] Setting read() {
        for (std::string const& path : paths_) {
            std::string text;
            if (!load(path, text)) continue;
            bool const is_json = path.ends_with("json");
            if (!is_json && !Formats::is_yaml_read) {
                if (passed_over_.empty()) passed_over_ = path;
                continue;
            }
            Setting found = parse(is_json, std::move(text), path);
            if (!found.is_map() && !found.is_null()) throw ConfigError(path + ": isn't a map of settings");
            // What else is in there is other tools'.
            std::erase_if(found.items, [](Setting const& each) {
                std::string const key = normal_key(each.key);
                return each.is_null() || (key != "clouds" && key != "public_clouds" && key != "client");
            });
            for (Setting const& each : found.items)
                if (!each.is_map()) throw ConfigError(each.place() + " isn't a map of settings");
            found.normalize(1);
            if (Setting* const client = found.find("client")) client->normalize();
            found.kind = SettingKind::map;
            return found;
        }
        return Setting::map();
    }

    /// Throws ConfigError if a file that comes before the one that was read is YAML, which wasn't.
    void check_all_read() const {
        if (passed_over_.empty()) return;
        throw ConfigError(passed_over_ + " is YAML: to read it, include <openstack/clouds_yaml.hpp>, link with " +
                          "-lyaml-cpp and use openstack::connect(openstack::clouds_yaml(name))");
    }

  private:
    /// In the order of their rank: the user's directories, then the system's.
    static std::vector<std::string> directories() {
        std::vector<std::string> found{"."};
        std::string const home = environment("HOME");
        std::string const real_home = environment("SNAP_REAL_HOME");  // a snap's HOME is another one
        std::string const user = environment("XDG_CONFIG_HOME");
        if (!user.empty()) found.push_back(user + "/openstack");
        for (std::string const& each : {home, real_home})
            if (!each.empty()) found.push_back(each + "/.config/openstack");
        std::string const site = environment("XDG_CONFIG_DIRS");
        for (std::string const& each : split(site.empty() ? "/etc/xdg" : site, ':'))
            found.push_back(each + "/openstack");
        found.push_back("/etc/openstack");
        return found;
    }

    static Setting parse(bool is_json, std::string text, std::string const& path) {
        if constexpr (Formats::is_yaml_read)
            if (!is_json) return Formats::template parse<Setting>(std::move(text), path);
        return settings_from_json<Setting>(std::move(text), path);
    }

    /// Whether the file is there and may be read; then `text` is what is in it.
    static bool load(std::string const& path, std::string& text) {
        FileDescriptor file;
        try {
            file = open_file(path, O_RDONLY);
        } catch (IoError const& error) {
            int const code = error.code().value();
            if (code == ENOENT || code == ENOTDIR || code == EACCES) return false;
            throw ConfigError(error.what());
        }
        text.resize(SettingLimits::bytes + 1);
        std::size_t size = 0;
        while (size < text.size()) {
            ssize_t const some = ::read(file.get(), text.data() + size, text.size() - size);
            if (some == -1 && errno == EINTR) continue;
            if (some == -1) throw ConfigError(IoError(path, errno).what());
            if (some == 0) break;
            size += static_cast<std::size_t>(some);
        }
        if (size > SettingLimits::bytes) throw ConfigError(path + " is longer than 1 MiB");
        text.resize(size);
        return true;
    }

    std::vector<std::string> paths_;
    std::string passed_over_{};
};

}  // namespace openstack::detail

// <openstack/service_settings.hpp>
// ServiceSettings: what a cloud's configuration says of its services, of all and of single ones, as SessionOptions.

namespace openstack::detail {

/// Reads a cloud's map. Throws ConfigError.
template<class Setting, class Config>
class ServiceSettings {
  public:
    /// SessionOptions.
    using Options = decltype(Config::session);

    /// Both must outlive this.
    ServiceSettings(Setting const& cloud, Options& options) : cloud_(cloud), options_(options) {}

    /// Fills in the options. What is about all services is read before what is about one, which begins with it.
    void read() {
        for (std::string_view const key : {"region_name", "interface", "endpoint_type", "timeout", "api_timeout"})
            if (Setting const* const found = cloud_.given(key)) read_general(key, *found);
        for (std::string_view const key : {"connect_retries", "connect_retry_delay", "status_code_retries",
                                           "status_code_retry_delay", "retriable_status_codes"})
            if (Setting const* const found = cloud_.given(key)) read_retry(options_.retries, key, *found);
        for (Setting const& each : cloud_.items) {
            std::string_view const key = find_key(each.key) == nullptr ? service_key(each.key) : std::string_view{};
            if (!key.empty() && cloud_.given(each.key) != nullptr)
                read_one(std::string_view{each.key}.substr(0, each.key.size() - key.size() - 1), key, each);
        }
        // After those that count more.
        if (Setting const* const found = cloud_.given("rate_limit"))
            read_limits(*found, options_.rate_limit, &Special::rate_limit);
        if (Setting const* const found = cloud_.given("concurrency"))
            read_limits(*found, options_.concurrency, &Special::concurrency);
    }

  private:
    using Special = typename decltype(Options::services)::mapped_type;

    /// The service by its type: `-` is `_` in keys.
    Special& special(std::string_view service) {
        std::string type{service};
        for (char& c : type)
            if (c == '_') c = '-';
        return options_.services[type];
    }

    void read_general(std::string_view key, Setting const& setting) {
        if (key == "region_name") {
            options_.region = text_of(setting);
        } else if (key.ends_with("timeout")) {
            Milliseconds const time = time_of(setting);
            if (time.count() == 0) throw_no(setting, "a number of seconds above 0");
            options_.timeouts.response = options_.timeouts.stall = time;
        } else {
            options_.interfaces = interfaces(setting);
        }
    }

    void read_one(std::string_view service, std::string_view key, Setting const& setting) {
        std::string const other = std::string{service};
        if (key == "timeout") return read_general(key, setting);
        if (key == "disabled_reason") return;
        if (key == "api_version") return read_version(service, setting);
        Special& options = special(service);
        if (key == "endpoint_override" || key == "endpoint") {
            if (key == "endpoint" && cloud_.given(other + "_endpoint_override") != nullptr) return;
            check_endpoint(setting.place(), text_of(setting));
            options.endpoint = setting.text;
        } else if (key == "interface" || key == "endpoint_type") {
            if (key == "endpoint_type" || cloud_.given(other + "_endpoint_type") == nullptr)
                options.interfaces = interfaces(setting);
        } else if (key == "service_type") {
            options.type = text_of(setting);
        } else if (key == "service_name") {
            options.name = text_of(setting);
        } else if (key == "region_name") {
            options.region = text_of(setting);
        } else if (key == "default_microversion") {
            if (!options.microversion.empty() && options.microversion != text_of(setting))
                throw ConfigError(setting.place() + " and " + other + "_api_version name different microversions");
            options.microversion = text_of(setting);
        } else if (key == "rate_limit") {
            options.rate_limit = own_limit(number_of<double>(setting, "a number of requests a second"));
        } else if (key == "concurrency") {
            options.concurrency = own_limit(count_of(setting));
        } else {
            if (!options.retries) options.retries = options_.retries;
            read_retry(*options.retries, key, setting);
        }
    }

    /// Of the services that are known here, only one version will do. A version with a dot is a microversion elsewhere,
    /// unless it is such as 2.0.
    void read_version(std::string_view service, Setting const& setting) {
        std::string_view version = text_of(setting);
        if (version.starts_with('v')) version.remove_prefix(1);
        std::string_view const major = version.substr(0, version.find('.'));
        if (service == "identity" && major != "3")
            throw_no(setting, "3: only version 3 of Keystone's API is supported");
        if (service == "image" && major != "2") throw_no(setting, "2: only version 2 of Glance's API is supported");
        if (service == "identity" || service == "image" || major.size() == version.size()) return;
        bool const is_number = version.find_first_not_of("0123456789.") == version.npos;
        if (!is_number || version.substr(major.size()) == ".0") return;
        Special& options = special(service);
        if (!options.microversion.empty() && options.microversion != version)
            throw ConfigError(setting.place() + " and " + std::string{service} +
                              "_default_microversion name different microversions");
        options.microversion = version;
    }

    template<class Retries>
    static void read_retry(Retries& retries, std::string_view key, Setting const& setting) {
        if (key == "connect_retries") {
            retries.connect_retries = count_of(setting);
        } else if (key == "status_code_retries") {
            retries.status_code_retries = count_of(setting);
        } else if (key == "connect_retry_delay") {
            retries.connect_retry_delay = time_of(setting);
        } else if (key == "status_code_retry_delay") {
            retries.status_code_retry_delay = time_of(setting);
        } else {
            retries.retriable_status_codes.clear();
            for (Setting const& each : list_of(setting)) {
                int const status = number_of<int>(each, "an HTTP status");
                if (status < 400 || status > 599) throw_no(each, "an HTTP status from 400 to 599");
                retries.retriable_status_codes.push_back(status);
            }
        }
    }

    /// One number for each service, or a map of them by service.
    template<class Number, class Member>
    void read_limits(Setting const& setting, Number& general, Member member) {
        auto const number = [](Setting const& each) {
            return number_of<Number>(each, "a number of requests, or a map of such numbers by service");
        };
        if (!setting.is_map()) {
            general = number(setting);
            return;
        }
        for (Setting const& each : setting.items)
            if (auto& limit = special(each.key).*member; !(limit > Number{})) limit = own_limit(number(each));
    }

    /// A service's own 0 means no limit even where there is one for all: so many requests that none ever waits.
    template<class Number>
    static Number own_limit(Number number) {
        constexpr Number unreached = 0xffff'ffff;
        return number > Number{} ? number : unreached;
    }

    /// In keystoneauth's spelling, `publicURL` is the same as `public`.
    static std::vector<std::string> interfaces(Setting const& setting) {
        std::vector<std::string> found;
        for (Setting const& each : list_of(setting)) {
            std::string name = text_of(each);
            if (name.size() > 3 && normal_key(name).ends_with("url")) name.resize(name.size() - 3);
            found.push_back(std::move(name));
        }
        if (found.empty()) throw_no(setting, "a list of interfaces");
        return found;
    }

    Setting const& cloud_;
    Options& options_;
};

}  // namespace openstack::detail

namespace openstack::detail {

/// Every key counts, has no effect for a known reason, or is refused. Throws ConfigError, which names file and key, or
/// variable, and repeats no secret.
template<class Setting, class Config = CloudConfig>
class CloudSettings {
  public:
    /// `cloud` is a map with normal keys, that of the environment if it has no file.
    explicit CloudSettings(Setting cloud) : cloud_(std::move(cloud)) {}

    /// All of it, once. Reads no file, but asks whether `cacert` is a directory.
    [[nodiscard]] Config read() {
        check_keys();
        expand();
        read_transport();
        ServiceSettings<Setting, Config>{cloud_, config_.session}.read();
        authenticate();
        return std::move(config_);
    }

  private:
    void check_keys() const {
        for (Setting const& each : cloud_.items) {
            if (CloudKey const* const known = find_key(each.key)) {
                if (known->use == KeyUse::refused && !each.is_null())
                    throw ConfigError(each.place() + ' ' + std::string{known->note});
            } else if (each.key.starts_with("has_")) {
                if (!each.is_null() && !truth_of(each))
                    throw ConfigError(each.place() + " can't be false: no service can be switched off here");
            } else if (service_key(each.key).empty()) {
                cloud_.refuse(each, " is no setting that this library knows" + nearest(each.key));
            }
        }
        if (Setting const* const tasks = cloud_.given("image_api_use_tasks"); tasks != nullptr && truth_of(*tasks))
            throw ConfigError(tasks->place() + " can't be true: images are uploaded by PUT, not by a task");
    }
    static std::string nearest(std::string_view key) {
        for (CloudKey const& each : cloud_keys)
            if (each.name.starts_with(key) || key.starts_with(each.name)) return "; it knows " + std::string{each.name};
        return {};
    }

    /// Puts settings of the cloud for their names in braces: https://{region_name}.example.
    void expand() {
        std::vector<std::pair<Setting*, std::string>> expanded;
        auto const look_at = [&](Setting* setting) {
            if (setting != nullptr && setting->is_scalar() && setting->text.find('{') != std::string::npos)
                expanded.emplace_back(setting, expanded_text(*setting));
        };
        for (Setting& each : cloud_.items) {
            CloudKey const* const known = find_key(each.key);
            if (known == nullptr || known->use == KeyUse::read || each.key == "auth_url") look_at(&each);
        }
        if (Setting* const auth = cloud_.find("auth")) look_at(auth->find("auth_url"));
        for (auto& [setting, text] : expanded) setting->text = std::move(text);
    }
    std::string expanded_text(Setting const& setting) const {
        std::string_view rest = setting.text;
        std::string text;
        for (std::size_t open; (open = rest.find('{')) != rest.npos;) {
            std::size_t const close = rest.find('}', open);
            if (close == rest.npos) break;
            Setting const* const value = cloud_.find(normal_key(rest.substr(open + 1, close - open - 1)));
            CloudKey const* const known = value == nullptr ? nullptr : find_key(value->key);
            if (value == nullptr || !value->is_scalar() || (known != nullptr && known->use == KeyUse::identity))
                throw ConfigError(setting.place() + " has a name in braces that is no setting of the cloud");
            text.append(rest.substr(0, open)).append(value->text);
            rest.remove_prefix(close + 1);
        }
        return text.append(rest);
    }

    void read_transport() {
        auto& transport = config_.transport;
        std::string authorities;
        if (Setting const* const verify = cloud_.given("verify")) {
            // requests, on which openstacksdk stands, takes a path, too.
            if (verify->is_scalar() && verify->text.find('/') != std::string::npos) {
                authorities = verify->text;
            } else {
                transport.insecure = !truth_of(*verify);
            }
        }
        if (Setting const* const insecure = cloud_.given("insecure"); insecure != nullptr && truth_of(*insecure))
            transport.insecure = true;
        if (Setting const* const cacert = cloud_.given("cacert")) authorities = text_of(*cacert);
        authorities = expand_home(std::move(authorities));
        struct stat status {};
        bool const is_directory = ::stat(authorities.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
        (is_directory ? transport.ca_directory : transport.ca_file) = std::move(authorities);
        if (Setting const* const cert = cloud_.given("cert"))
            transport.client_certificate = expand_home(text_of(*cert));
        if (Setting const* const key = cloud_.given("key")) {
            if (transport.client_certificate.empty())
                throw ConfigError(key->place() + " is of no use without the certificate, cert");
            transport.client_key = expand_home(text_of(*key));
        }
        if (Setting const* const force = cloud_.given("force_ipv4")) transport.force_ipv4 = truth_of(*force);
        if (Setting const* const prefer = cloud_.given("prefer_ipv6"); prefer != nullptr && !truth_of(*prefer))
            transport.force_ipv4 = true;
    }

    void authenticate() {
        CloudIdentity<Setting> const identity(cloud_);
        std::string const type = auth_type(identity);
        if (type == "none" || type == "admin_token") {
            std::string const why =
                type == "none" ? identity.name("auth_type") + "=none needs it" : "a given token needs it";
            if (identity.has("endpoint") || !has_endpoint())
                config_.session.endpoint = identity.required_endpoint("endpoint", why);
            std::string token;
            if (type == "admin_token")
                token = identity.required("token", identity.name("auth_type") + "=admin_token needs it");
            config_.authentication = std::make_shared<FixedToken>(std::move(token));
            return;
        }
        if (type != "v3multifactor" && !identity.is_method(type)) {
            Setting const* const given =
                cloud_.given("auth_type") != nullptr ? cloud_.given("auth_type") : cloud_.given("auth_plugin");
            throw ConfigError((cloud_.file.empty() ? given->place() + '=' : given->place() + ": ") + one_line(type) +
                              " isn't supported; password, token, v3applicationcredential, v3totp, v3multifactor, "
                              "admin_token and none are");
        }
        config_.authentication = identity.keystone(
            type,
            identity.required_endpoint("auth_url", "it is where Keystone answers; OS_CLOUD takes a cloud of a file"));
    }
    bool has_endpoint() const {
        for (auto const& [service, special] : config_.session.services)
            if (!special.endpoint.empty()) return true;
        return false;
    }

    /// The type, by one name for each. Where none is given, what else is given tells.
    std::string auth_type(CloudIdentity<Setting> const& identity) const {
        for (std::string_view const key : {"auth_type", "auth_plugin"}) {
            Setting const* const given = cloud_.find(key);
            if (given == nullptr) continue;
            std::string type = given->is_null() ? "none" : normal_key(text_of(*given));
            if (type.empty() || type == "noauth") type = "none";
            return type == "token_endpoint" ? "admin_token" : type;
        }
        if (identity.has("token") && identity.has("endpoint")) return "admin_token";
        if (identity.has("password")) return "password";
        if (identity.has("token")) return "token";
        return identity.has("application_credential_secret") ? "v3applicationcredential" : "password";
    }

    Setting cloud_;
    Config config_{};
};

}  // namespace openstack::detail

namespace openstack {
namespace detail {

/// Whether a variable, by its name as a key, is one that counts here. Others are other programs', whatever they say:
/// OS_NAME is Linux somewhere, and OS_PROMPT may be "{user}".
template<class Key = std::string_view>
[[nodiscard]] bool is_variable(Key key) {
    if (CloudKey const* const known = find_key(key)) return known->use != KeyUse::idle;
    if (key.starts_with("has_")) return is_service(key.substr(4));
    Key const of_service = service_key(key);
    return !of_service.empty() && is_service(key.substr(0, key.size() - of_service.size() - 1));
}

/// The OS_* variables that count as a cloud's map, without empty ones: OS_AUTH_URL is its auth_url.
template<class Setting>
[[nodiscard]] Setting settings_of_environment() {
    Setting cloud = Setting::map();
    for (char** each = ::environ; *each != nullptr; ++each) {
        std::string_view const variable = *each;
        std::string_view const name = variable.substr(0, variable.find('='));
        if (!name.starts_with("OS_") || variable.size() <= name.size() + 1) continue;
        std::string key = normal_key(name.substr(3));
        if (is_variable(std::string_view{key}))
            cloud.set(Setting::scalar(std::move(key), variable.substr(name.size() + 1), name));
    }
    return cloud;
}

/// Finds a cloud as openstacksdk does. Formats is what reads the files: JsonFiles or YamlFiles.
template<class Formats, class Setting, class Config>
class CloudChoice {
  public:
    /// Empty texts: as OS_CLOUD and OS_REGION_NAME say, or else what is the only or first one.
    CloudChoice(std::string name, std::string region) : name_(std::move(name)), region_(std::move(region)) {}

    /// Throws ConfigError.
    [[nodiscard]] Config read() {
        if (name_.empty()) name_ = environment("OS_CLOUD");
        bool const is_environment = name_.empty() || name_ == name_of_environment();
        if (is_environment && is_cloud(environment_)) return config_of(environment_, Setting::map());
        if (region_.empty()) region_ = environment("OS_REGION_NAME");
        Files files("clouds", "OS_CLIENT_CONFIG_FILE");
        Setting document = files.read();
        Setting const secure = read_all("secure", "OS_CLIENT_SECURE_FILE");
        if (document.file.empty()) document.file = secure.file;
        document.merge(secure);
        Setting const* const clouds = document.find("clouds");
        // A cloud that JSON has is taken from there, although openstacksdk would prefer a file of YAML.
        if (name_.empty() || clouds == nullptr || clouds->find(name_) == nullptr) files.check_all_read();
        if (name_.empty() && (clouds == nullptr || clouds->items.empty()))
            return config_of(environment_, Setting::map());
        return config_of(chosen(clouds, document.file), general(document.find("client")));
    }

  private:
    using Files = CloudsFiles<Setting, Formats>;

    /// What counts is nothing less than the first file.
    static Setting read_all(std::string_view name, char const* variable) {
        Files files(name, variable);
        Setting read = files.read();
        files.check_all_read();
        return read;
    }

    static std::string name_of_environment() {
        std::string name = environment("OS_CLOUD_NAME");
        return name.empty() ? "envvars" : name;
    }

    /// Whether some variable does more than choose.
    static bool is_cloud(Setting const& variables) {
        for (Setting const& each : variables.items)
            if (each.key != "cloud" && each.key != "region_name") return true;
        return false;
    }

    static std::vector<std::string> names(std::vector<Setting> const& settings) {
        std::vector<std::string> found;
        for (Setting const& each : settings) found.push_back(each.key);
        return found;
    }

    /// The cloud of that name, or else the only one.
    Setting chosen(Setting const* clouds, std::string const& file) const {
        std::string const start = "there is no cloud '" + one_line(name_) + "': ";
        if (clouds == nullptr || clouds->items.empty())
            throw ConfigError(start + (file.empty() ? "no file clouds.yaml, clouds.yml or clouds.json was found, nor "
                                                      "one that OS_CLIENT_CONFIG_FILE names"
                                                    : file + " has none"));
        Setting const* const found = name_.empty() ? clouds->items.data() : clouds->find(name_);
        if (found == nullptr) throw ConfigError(start + file + " has " + comma_list(names(clouds->items)));
        if (name_.empty() && clouds->items.size() > 1)
            throw ConfigError("OS_CLOUD isn't set: it chooses one of the clouds of " + file + ", " +
                              comma_list(names(clouds->items)));
        if (!found->is_map() && !found->is_null()) throw ConfigError(found->place() + " isn't a map of settings");
        Setting cloud = *found;
        cloud.kind = SettingKind::map;
        return cloud;
    }

    /// Reads the cloud with what is below it, for all clouds and in its profile, and what its region lays over it.
    Config config_of(Setting const& cloud, Setting whole) const {
        Setting const below = profile(cloud);
        Setting const region = region_of(cloud, below);
        whole.merge(below);
        whole.merge(cloud);
        if (Setting const* const values = region.find("values")) whole.merge(*values);
        if (Setting const* const name = region.find("name")) {
            Setting element = *name;
            element.key = "region_name";
            whole.set(std::move(element));
        }
        whole.file = cloud.file;
        whole.path = cloud.path;
        return CloudSettings<Setting, Config>{std::move(whole)}.read();
    }

    /// What a clouds-public file has for the cloud; an empty map if the cloud names no profile.
    static Setting profile(Setting const& cloud) {
        Setting const* name = cloud.given("profile");
        if (name == nullptr && !cloud.file.empty())
            name = cloud.given("cloud");  // its name of old; OS_CLOUD is no such
        if (name == nullptr || text_of(*name) == name_of_environment()) return Setting::map();
        Setting const document = read_all("clouds-public", "OS_CLIENT_VENDOR_FILE");
        Setting const* const profiles = document.find("public_clouds");
        Setting const* const found = profiles == nullptr ? nullptr : profiles->find(name->text);
        if (found == nullptr)
            // A variable isn't repeated: OS_PROFILE is the key of a profiler in the openstack command.
            throw ConfigError(name->place() +
                              (name->file.empty() ? " names" : " names '" + one_line(name->text) + "',") +
                              " a profile that isn't among the public-clouds of a clouds-public file; those that come "
                              "with openstacksdk aren't carried here");
        if (!found->is_map()) throw ConfigError(found->place() + " isn't a map of settings");
        return *found;
    }

    /// A map of the region's `name` and its own `values`; empty if no region is known or asked for. The cloud's regions
    /// go before the profile's.
    Setting region_of(Setting const& cloud, Setting const& profile) const {
        std::vector<Setting> known = regions(cloud);
        if (known.empty()) known = regions(profile);
        if (known.empty())
            return region_.empty() ? Setting::map() : map_of_name(Setting::scalar({}, region_, "OS_REGION_NAME"));
        if (region_.empty()) return known.front();
        std::vector<std::string> others;
        for (Setting const& each : known) {
            others.push_back(each.find("name")->text);
            if (others.back() == region_) return each;
        }
        throw ConfigError((cloud.file.empty() ? "the cloud of the OS_* variables" : cloud.place()) +
                          " has no region '" + one_line(region_) + "'; it has " + comma_list(others));
    }
    static std::vector<Setting> regions(Setting const& cloud) {
        Setting const* list = cloud.given("regions");
        if (list == nullptr) list = cloud.given("region_name");
        if (list == nullptr) return {};
        std::vector<Setting> found;
        for (Setting const& each : list_of(*list)) {
            if (!each.is_map()) {
                (void)text_of(each);
                found.push_back(map_of_name(each));
                continue;
            }
            for (Setting const& element : each.items)
                if (element.key != "name" && !(element.key == "values" && (element.is_map() || element.is_null())))
                    each.refuse(element, " is neither the region's name nor the map of its values");
            Setting const* const name = each.given("name");
            if (name == nullptr) throw ConfigError(each.place() + " is a region without a name");
            (void)text_of(*name);
            found.push_back(each);
        }
        return found;
    }
    static Setting map_of_name(Setting name) {
        Setting map = name;
        map.kind = SettingKind::map;
        name.key = "name";
        map.items = {std::move(name)};
        return map;
    }

    /// What counts for every cloud that doesn't say it itself: which addresses are used, as variables, or else the
    /// file's part `client`, say.
    Setting general(Setting const* client) const {
        auto const first = [&](std::string_view key, std::string_view other) -> Setting const* {
            if (Setting const* const found = environment_.find(key)) return found;
            if (client == nullptr) return nullptr;
            Setting const* const found = client->given(key);
            return found != nullptr ? found : client->given(other);
        };
        Setting const* const force = first("force_ipv4", "broken_ipv6");
        Setting const* const prefer = first("prefer_ipv6", {});
        Setting found = Setting::map();
        if ((force != nullptr && truth_of(*force)) || (prefer != nullptr && !truth_of(*prefer)))
            found.set(Setting::scalar("force_ipv4", "true", {}));
        return found;
    }

    std::string name_;
    std::string region_;
    Setting environment_ = settings_of_environment<Setting>();
};

}  // namespace detail

/// Reads the OS_* variables, and where these don't describe a cloud, or OS_CLOUD names another one, the file
/// clouds.json and those beside it, as openstacksdk finds them. Throws ConfigError, which names the variable, or the
/// file and the key, that is missing, unknown or wrong, and never repeats a secret; also where a file that counts is
/// YAML, which `clouds_yaml` of <openstack/clouds_yaml.hpp> reads.
template<class Config = CloudConfig>
[[nodiscard]] Config config_from_environment() {
    return detail::CloudChoice<detail::JsonFiles, detail::BasicSetting<std::string>, Config>{{}, {}}.read();
}

}  // namespace openstack

// <openstack/connection.hpp>
// Connection: a cloud and its services. Start here: `auto cloud = openstack::connect();`

namespace openstack {

/// A connection to one cloud as one user. Copies share everything; proxies made from it outlive it. Safe to use from
/// several threads at once.
///
/// Connection is the one to use; it is a template so that a program compiles only those functions that it calls.
template<class Handle>
class BasicConnection {
  public:
    /// Uses a session that was made by hand, over a Transport of your own, for example.
    explicit BasicConnection(Handle session) : session_(std::move(session)) {}

    /// The Image service. Throws EndpointNotFound if the cloud has none. Sends nothing, unless the session hasn't been
    /// authorized yet.
    template<class ImageProxy = image::v2::Proxy>
    [[nodiscard]] ImageProxy image() const {
        (void)session_.endpoint("image");
        return ImageProxy{session_};
    }

    /// Whether the cloud has a service of that type, such as "image" or "identity". Every cloud has all if an endpoint
    /// for all was given.
    [[nodiscard]] bool has_service(std::string_view service) const { return session_.has_service(service); }

    /// The versions of a service's API, as it lists them. HTTP: GET of its endpoint without a version.
    [[nodiscard]] std::vector<ApiVersion> versions(std::string_view service) const {
        return openstack::versions(session_, service);
    }

    /// As Session::with: `cloud.with({.stop = token}).image()`.
    [[nodiscard]] BasicConnection with(CallOptions options) const {
        return BasicConnection{session_.with(std::move(options))};
    }

    /// For the Proxy of any resource: `Proxy<Project>{cloud}`.
    operator Handle() const { return session_; }

  private:
    Handle session_;
};
/// A connection to one cloud.
using Connection = BasicConnection<Session>;

/// Connects as `config` says. Authorizes at once, so that wrong credentials are found here: throws Unauthorized,
/// TransportError, ConfigError for endpoints that can't be any, InvalidRequest without an authentication. Carrier is
/// the Transport that is made of `config.transport`.
///
/// HTTP: POST /v3/auth/tokens for Keystone, nothing for a FixedToken.
template<class Carrier = CurlTransport>
[[nodiscard]] Connection connect(CloudConfig config) {
    if (config.transport.insecure)
        detail::tell(config.session.observer,
                     {.kind = EventKind::warning, .text = "insecure: whoever answers is believed to be the cloud"});
    Session session(std::make_shared<Carrier>(std::move(config.transport)), std::move(config.authentication),
                    std::move(config.session));
    session.authorize();
    return Connection{std::move(session)};
}

/// Connects as the OS_* variables and clouds.json say; `connect(clouds_yaml("NAME"))` of <openstack/clouds_yaml.hpp> as
/// clouds.yaml does. Throws ConfigError as config_from_environment does, and all that the other one throws.
template<class Carrier = CurlTransport>
[[nodiscard]] Connection connect() {
    return connect<Carrier>(config_from_environment());
}

}  // namespace openstack

#endif
