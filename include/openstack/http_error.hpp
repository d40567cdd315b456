// SPDX-License-Identifier: Apache-2.0
// What a service's refusal becomes: HttpError and a subclass for each status that programs tell apart.
#pragma once

#include <string>
#include <utility>

#include <openstack/attempts.hpp>
#include <openstack/error.hpp>
#include <openstack/one_line.hpp>

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
