// SPDX-License-Identifier: Apache-2.0
// A cloud that is a script: a session over a scripted transport, all services at one endpoint, one token for ever.
#pragma once

#include <memory>
#include <openstack/auth/fixed_token.hpp>
#include <openstack/http.hpp>
#include <openstack/session.hpp>
#include <string>
#include <utility>
#include <vector>

#include "fake_clock.hpp"
#include "scripted_transport.hpp"

namespace support {

class ScriptedCloud {
  public:
    /// Tries everything once, or as often as `retries` say.
    explicit ScriptedCloud(openstack::RetryOptions const& retries = openstack::no_retries)
        : session_{transport_,
                   std::make_shared<openstack::FixedToken>("the-token"),
                   {.endpoint = "http://cloud", .retries = retries, .clock = clock_}} {}

    /// The next request must be this one, `path` below the endpoint; it's answered so.
    void expect(std::string method, std::string const& path, openstack::Response response) {
        transport_->expect(std::move(method), "http://cloud" + path, std::move(response));
    }
    /// The same with a status and a body.
    void expect(std::string method, std::string const& path, int status, std::string body = {}) {
        expect(std::move(method), path, {status, {}, std::move(body)});
    }
    /// The next request must be this one; it ends with that exception.
    template<class Exception>
    void fail(std::string method, std::string const& path, Exception exception) {
        transport_->fail(std::move(method), "http://cloud" + path, std::move(exception));
    }

    [[nodiscard]] openstack::Session const& session() const { return session_; }
    /// By which it waits.
    [[nodiscard]] FakeClock& clock() const { return *clock_; }
    [[nodiscard]] std::vector<SentRequest> sent() const { return transport_->sent(); }
    /// The body of the last request.
    [[nodiscard]] std::string last_body() const { return sent().back().body; }
    /// As ScriptedTransport::finish.
    [[nodiscard]] std::string finish() const { return transport_->finish(); }

  private:
    std::shared_ptr<ScriptedTransport> transport_ = std::make_shared<ScriptedTransport>();
    std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
    openstack::Session session_;
};

}  // namespace support
