// SPDX-License-Identifier: Apache-2.0
// CurlTransport and proxies: which one it uses, what that one gets to see, and how it fails.
#include <stdlib.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <openstack/curl_transport.hpp>
#include <optional>
#include <string>
#include <utility>

#include "../support/certificates.hpp"
#include "../support/host_name.hpp"
#include "../support/requests.hpp"
#include "../support/server.hpp"
#include "../support/temporary_directory.hpp"
#include "../support/thrown.hpp"

using namespace std::chrono_literals;
using openstack::ConnectError, openstack::CurlTransport, openstack::Request, openstack::TimeoutError,
    openstack::TlsError;
using support::answer, support::answer_text, support::Authority, support::Connection, support::HostName,
    support::request, support::Server, support::Step, support::TemporaryDirectory, support::thrown,
    support::throws_exactly, support::tls, support::write_file;

namespace {

bool contains(std::string const& text, std::string const& part) { return text.find(part) != text.npos; }

/// Only these variables about proxies are set while it lives; those from before come back with its end.
class ProxyVariables {
  public:
    using Values = std::map<std::string, std::string>;

    explicit ProxyVariables(Values const& values) : before_(take()) { set(values); }
    ProxyVariables(ProxyVariables const&) = delete;
    ProxyVariables& operator=(ProxyVariables const&) = delete;
    ~ProxyVariables() {
        static_cast<void>(take());
        set(before_);
    }

  private:
    static void set(Values const& values) {
        for (auto const& [name, value] : values) ::setenv(name.c_str(), value.c_str(), 1);
    }
    static Values take() {
        Values found;
        for (char const* name : {"http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY",
                                 "ALL_PROXY", "NO_PROXY"}) {
            if (char const* const value = ::getenv(name)) found.emplace(name, value);
            ::unsetenv(name);
        }
        return found;
    }

    Values before_;
};

/// A request with a secret.
Request secret_request(std::string url) {
    Request made = request(std::move(url));
    made.headers.add("X-Auth-Token", "canary");
    return made;
}

/// Reads what should be a CONNECT, and says that.
Step answer_to_connect(std::string text) {
    return [text = std::move(text)](Connection& connection) {
        CHECK(connection.read_head().method == "CONNECT");
        connection.send(text);
    };
}

/// The URL of a proxy with credentials.
std::string with_password(Server const& proxy) {
    return "http://user:canary@127.0.0.1:" + std::to_string(proxy.port());
}

}  // namespace

TEST_CASE("Proxies of the environment are used", "[proxies][row:29]") {
    std::string const url = "http://image.test/v2";
    for (char const* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) {
        Server proxy;
        proxy.script({answer(200, "by proxy")});
        ProxyVariables const variables{{{name, proxy.url()}}};
        CHECK(CurlTransport{}.send(request(url)).body == "by proxy");
        CHECK(proxy.finish() == "");
        CHECK(proxy.requests().at(0).target == url);
    }
    for (char const* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
        Server proxy;
        proxy.script({answer_to_connect(answer_text(503)), support::close()});
        ProxyVariables const variables{{{name, proxy.url()}}};
        CHECK(throws_exactly<ConnectError>(
            [&] { static_cast<void>(CurlTransport{}.send(request("https://image.test/v2"))); }));
        CHECK(proxy.finish() == "");
        CHECK(proxy.requests().at(0).target == "image.test:443");
    }
}

TEST_CASE("Proxies of the environment aren't used for other hosts or schemes", "[proxies][row:29]") {
    Server proxy;
    Server server;
    server.script({answer(200, "direct")});
    std::string const url = proxy.url();
    auto const variables = GENERATE_COPY(
        ProxyVariables::Values{{"http_proxy", url}, {"no_proxy", "127.0.0.1"}},
        ProxyVariables::Values{{"http_proxy", url}, {"NO_PROXY", "127.0.0.1"}},
        ProxyVariables::Values{{"http_proxy", url}, {"no_proxy", "image.test, 127.0.0.1"}},
        ProxyVariables::Values{{"all_proxy", url}, {"no_proxy", "*"}}, ProxyVariables::Values{{"https_proxy", url}},
        // A web server that runs programs calls a header `Proxy` of whoever asks so.
        ProxyVariables::Values{{"HTTP_PROXY", url}});
    ProxyVariables const set{variables};
    CHECK(CurlTransport{}.send(request(server.url())).body == "direct");
    CHECK(server.finish() == "");
    CHECK(proxy.connections() == 0);
}

TEST_CASE("A subdomain is excepted from proxies with its domain", "[proxies][row:29]") {
    HostName const name{"image.cloud.test", {"127.0.0.1"}};
    Server server;
    server.script({answer(200, "direct")});
    ProxyVariables const set{{{"http_proxy", "http://127.0.0.1:1"}, {"no_proxy", "cloud.test"}}};
    std::string const url = "http://image.cloud.test:" + std::to_string(server.port());
    CHECK(CurlTransport{}.send(request(url)).body == "direct");
    CHECK(server.finish() == "");
}

TEST_CASE("A proxy that is named, or none, comes before the environment", "[proxies][row:29]") {
    Server other;
    SECTION("none") {
        Server server;
        server.script({answer(200, "direct")});
        ProxyVariables const set{{{"http_proxy", other.url()}, {"all_proxy", other.url()}}};
        CHECK(CurlTransport{{.proxy = ""}}.send(request(server.url())).body == "direct");
        CHECK(server.finish() == "");
    }
    SECTION("one for all hosts") {
        Server proxy;
        proxy.script({answer(200, "by proxy")});
        ProxyVariables const set{{{"http_proxy", other.url()}, {"no_proxy", "127.0.0.1"}}};
        CHECK(CurlTransport{{.proxy = proxy.url()}}.send(request(other.url("/v2"))).body == "by proxy");
        CHECK(proxy.finish() == "");
        CHECK(proxy.requests().at(0).target == other.url("/v2"));
    }
    CHECK(other.connections() == 0);
}

TEST_CASE("A proxy sees neither the token nor the answer of a service that speaks TLS", "[proxies][row:28]") {
    Authority const authority;
    TemporaryDirectory const directory;
    std::string const ca_file = directory / "ca.pem";
    write_file(ca_file, authority.certificate());
    Server proxy;
    proxy.script({answer_to_connect("HTTP/1.1 200 Connected\r\nX-Of-The-Proxy: yes\r\n\r\n"),
                  tls(authority.issue("DNS:image.test")), answer(200, "text")});
    {
        CurlTransport transport{{.ca_file = ca_file, .proxy = with_password(proxy)}};
        openstack::Response const response = transport.send(secret_request("https://image.test/v2"));
        CHECK(response.body == "text");
        CHECK_FALSE(response.headers.find("X-Of-The-Proxy"));
    }
    CHECK(proxy.finish() == "");
    REQUIRE(proxy.requests().size() == 2);
    support::ReceivedRequest const connect = proxy.requests().at(0);
    CHECK(connect.target == "image.test:443");
    CHECK_FALSE(contains(connect.head, "canary"));
    CHECK(connect.headers.find("Proxy-Authorization") == "Basic dXNlcjpjYW5hcnk=");
    support::ReceivedRequest const inner = proxy.requests()[1];
    CHECK(inner.target == "/v2");
    CHECK(inner.headers.find("X-Auth-Token") == "canary");
    CHECK_FALSE(inner.headers.find("Proxy-Authorization"));
}

TEST_CASE("A proxy can't pass itself off as the service", "[proxies][row:28]") {
    Authority const authority;
    TemporaryDirectory const directory;
    std::string const ca_file = directory / "ca.pem";
    write_file(ca_file, authority.certificate());
    Server proxy;
    proxy.script({answer_to_connect("HTTP/1.1 200 Connected\r\n\r\n"),
                  support::refused_tls(Authority{}.issue("DNS:image.test"))});
    CurlTransport transport{{.ca_file = ca_file, .proxy = proxy.url()}};
    CHECK(
        throws_exactly<TlsError>([&] { static_cast<void>(transport.send(secret_request("https://image.test/v2"))); }));
    CHECK(proxy.finish() == "");
}

TEST_CASE("A proxy that speaks TLS is held to the same authorities", "[proxies]") {
    Authority const authority;
    TemporaryDirectory const directory;
    std::string const ca_file = directory / "ca.pem";
    write_file(ca_file, authority.certificate());
    write_file(directory / authority.hashed_name(), authority.certificate());
    auto const send = [&](Authority const& issuer, openstack::TransportOptions options) {
        Server proxy;
        proxy.script({[&](Connection& connection) {
            if (connection.start_tls(issuer.issue(), support::TlsVersion::v1_3))
                answer(200, "by proxy")(connection);
            else
                connection.close();
        }});
        options.proxy = proxy.url("", "https");
        std::string body;
        try {
            body = CurlTransport{options}.send(secret_request("http://image.test/v2")).body;
        } catch (TlsError const&) {
            body = "refused";
        }
        CHECK(proxy.finish() == "");
        return body;
    };
    CHECK(send(authority, {.ca_file = ca_file}) == "by proxy");
    CHECK(send(authority, {.ca_directory = directory.path()}) == "by proxy");
    CHECK(send(authority, {}) == "refused");
    CHECK(send(authority, {.insecure = true}) == "refused");
    CHECK(send(Authority{"another authority"}, {.ca_file = ca_file}) == "refused");
}

TEST_CASE("A proxy that fails is a failure to connect, without its password in the message",
          "[proxies][row:28][row:166]") {
    std::string const url = GENERATE("http://image.test/v2", "https://image.test/v2");
    auto const failure_by = [&](std::string const& proxy) {
        std::string said;
        for (bool const is_named : {true, false}) {
            ProxyVariables const set{is_named ? ProxyVariables::Values{}
                                              : ProxyVariables::Values{{"all_proxy", proxy}}};
            openstack::TransportOptions options;
            if (is_named) options.proxy = proxy;
            CurlTransport transport{options};
            said = thrown<ConnectError>([&] { static_cast<void>(transport.send(secret_request(url))); });
            CHECK(said.starts_with("GET " + url + ": "));
            CHECK_FALSE(contains(said, "canary"));
            CHECK_FALSE(contains(said, "user"));
        }
        return said;
    };
    std::string gone;
    {
        Server const server;
        gone = "127.0.0.1:" + std::to_string(server.port());
    }
    CHECK(contains(failure_by("http://user:canary@" + gone), "127.0.0.1 port " + gone.substr(gone.find(':') + 1)));
    HostName name{"proxy.test", {}};
    CHECK(contains(failure_by("http://user:canary@proxy.test:3128"), "Could not resolve proxy: proxy.test"));
    CHECK(name.asked() == 2);
    // URLs that aren't any, which libcurl quotes; the longest are cut before the '@'.
    for (std::string const bad :
         {"http://user:canary@:no:port", "nothing://user:canary@127.0.0.1", "http://user:canary@[::1"})
        static_cast<void>(failure_by(bad));
    static_cast<void>(
        failure_by("http://user:" + std::string(100, 'x') + "canary" + std::string(200, 'x') + "@:no:port"));
    static_cast<void>(failure_by("nothing://user:" + std::string(100, 'x') + "canary" + std::string(200, 'x') + "@h"));
}

TEST_CASE("A proxy that doesn't open a tunnel is a failure to connect", "[proxies][row:28]") {
    struct Case {
        std::string answer;
        Step end;
        std::string said;
    };
    for (Case const& each :
         {Case{answer_text(407, "who are you?", {{"Proxy-Authenticate", "Basic realm=\"x\""}}), support::close(),
               "407"},
          Case{answer_text(403, "not there"), support::close(), "403"}, Case{answer_text(502), support::close(), "502"},
          Case{"", support::close(), "Proxy CONNECT aborted"},
          Case{"HTTP/1.1 200 Connec", support::close(), "Proxy CONNECT aborted"}, Case{"", support::reset(), ""}}) {
        Server proxy;
        proxy.script({answer_to_connect(each.answer), each.end});
        CurlTransport transport{{.proxy = with_password(proxy)}};
        std::string const said =
            thrown<ConnectError>([&] { static_cast<void>(transport.send(secret_request("https://image.test/v2"))); });
        CHECK(said.starts_with("GET https://image.test/v2: "));
        CHECK(contains(said, each.said));
        CHECK_FALSE(contains(said, "canary"));
        CHECK(proxy.finish() == "");
        REQUIRE(proxy.requests().size() == 1);
        CHECK_FALSE(contains(proxy.requests().at(0).head, "canary"));
    }
}

TEST_CASE("A tunnel that breaks in the handshake is a TLS error", "[proxies][row:28][row:43]") {
    for (Step const& end : {support::close(), support::reset()}) {
        Server proxy;
        proxy.script({answer_to_connect("HTTP/1.1 200 Connected\r\n\r\n"),
                      [](Connection& connection) { CHECK(connection.wait_for_close(1) > 0); }, end});
        CurlTransport transport{{.proxy = proxy.url()}};
        CHECK(throws_exactly<TlsError>(
            [&] { static_cast<void>(transport.send(secret_request("https://image.test/v2"))); }));
        CHECK(proxy.finish() == "");
    }
}

TEST_CASE("A proxy that never answers ends in the connect phase", "[proxies][row:28]") {
    Server proxy;
    proxy.script({[](Connection& connection) {
        connection.read_head();
        connection.wait_for_close();
    }});
    CurlTransport transport{{.proxy = proxy.url()}};
    Request impatient = secret_request("https://image.test/v2");
    impatient.timeouts->connect = 100ms;
    CHECK(contains(thrown<TimeoutError>([&] { static_cast<void>(transport.send(impatient)); }), "(connect)"));
    CHECK(proxy.finish() == "");
}

TEST_CASE("Without TLS a proxy's refusal is an answer", "[proxies][row:28]") {
    Server proxy;
    proxy.script({answer(407, "who are you?")});
    CurlTransport transport{{.proxy = proxy.url()}};
    CHECK(transport.send(request("http://image.test/v2")).status == 407);
    CHECK(proxy.finish() == "");
}
