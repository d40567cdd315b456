// SPDX-License-Identifier: Apache-2.0
// Everything the library throws. All derive from Error; each says what was asked, what came back and where.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <openstack/attempts.hpp>
#include <openstack/one_line.hpp>

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
