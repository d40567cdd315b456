// SPDX-License-Identifier: Apache-2.0
// CurlTransport: carries requests by libcurl.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <openstack/curl_exchange.hpp>
#include <openstack/curl_pool.hpp>
#include <openstack/http.hpp>

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
