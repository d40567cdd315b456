// SPDX-License-Identifier: Apache-2.0
// CurlTransport and what host names stand for: look-ups that fail, addresses that are dead.
#include <catch2/catch.hpp>
#include <chrono>
#include <openstack/curl_transport.hpp>
#include <optional>
#include <string>

#include "../support/host_name.hpp"
#include "../support/ports.hpp"
#include "../support/requests.hpp"
#include "../support/server.hpp"
#include "../support/thrown.hpp"

using namespace std::chrono_literals;
using openstack::ConnectError, openstack::CurlTransport, openstack::Request, openstack::TimeoutError;
using support::answer, support::HostName, support::request, support::Server, support::SilentPort, support::thrown,
    support::throws_exactly;

namespace {

bool contains(std::string const& text, std::string const& part) { return text.find(part) != text.npos; }

std::string url_of(std::string const& host, Server const& server) {
    return "http://" + host + ':' + std::to_string(server.port()) + "/v2/images";
}

}  // namespace

TEST_CASE("A host name is looked up again after it couldn't be", "[hosts][row:2][row:3]") {
    HostName name{"image.test", {"127.0.0.1"}};
    Server server;
    server.script({answer(200, "text")});
    std::string const url = url_of("image.test", server);
    CurlTransport transport;
    name.fail(2);
    for (int i = 0; i < 2; ++i) {
        std::string const said = thrown<ConnectError>([&] { static_cast<void>(transport.send(request(url))); });
        CHECK(said == "GET " + url + ": Could not resolve host: image.test");
    }
    CHECK(transport.send(request(url)).body == "text");
    CHECK(name.asked() == 3);
    CHECK(server.finish() == "");
}

TEST_CASE("A host is reached by those of its addresses that work", "[hosts][row:6]") {
    CurlTransport transport;
    SECTION("IPv6 where IPv4 is refused") {
        HostName const name{"image.test", {"127.0.0.1", "::1"}};
        Server server{"::1"};
        server.script({answer(200, "six")});
        CHECK(transport.send(request(url_of("image.test", server))).body == "six");
        CHECK(server.finish() == "");
        CHECK(server.requests().at(0).headers.find("Host") == "image.test:" + std::to_string(server.port()));
    }
    SECTION("IPv6 where IPv4 doesn't answer") {
        HostName const name{"image.test", {"127.0.0.1", "::1"}};
        std::optional<Server> server;
        std::optional<SilentPort> silent;
        for (int attempt = 0; !silent && attempt < 20; ++attempt) {
            try {
                server.emplace("::1");
                silent.emplace(server->port());
            } catch (std::system_error const&) {
                continue;  // something else has that port
            }
        }
        REQUIRE(silent);
        server->script({answer(200, "six")});
        CHECK(transport.send(request(url_of("image.test", *server))).body == "six");
        CHECK(server->finish() == "");
    }
    SECTION("IPv4 where IPv6 is refused") {
        HostName const name{"image.test", {"::1", "127.0.0.1"}};
        Server server;
        server.script({answer(200, "four")});
        CHECK(transport.send(request(url_of("image.test", server))).body == "four");
        CHECK(server.finish() == "");
    }
    SECTION("none") {
        HostName const name{"image.test", {"127.0.0.1", "::1"}};
        std::string url;
        {
            Server const gone;
            url = url_of("image.test", gone);
        }
        std::string const said = thrown<ConnectError>([&] { static_cast<void>(transport.send(request(url))); });
        CHECK(said.starts_with("GET " + url + ": "));
    }
}

TEST_CASE("Who wants IPv4 alone gets no other address", "[hosts]") {
    CurlTransport any;
    CurlTransport only_v4{{.force_ipv4 = true}};
    {
        HostName const name{"image.test", {"::1"}};
        Server server{"::1"};
        server.script({answer(200, "six")});
        std::string const url = url_of("image.test", server);
        CHECK(throws_exactly<ConnectError>([&] { static_cast<void>(only_v4.send(request(url))); }));
        CHECK(server.connections() == 0);
        CHECK(any.send(request(url)).body == "six");
        CHECK(server.finish() == "");
    }
    HostName const name{"image.test", {"::1", "127.0.0.1"}};
    Server server;
    server.script({answer(200, "four")});
    CHECK(only_v4.send(request(url_of("image.test", server))).body == "four");
    CHECK(server.finish() == "");
}

TEST_CASE("A connection that isn't accepted ends in the connect phase", "[hosts][row:4]") {
    SilentPort const silent;
    CurlTransport transport;
    Request impatient = request(silent.url("/"));
    impatient.timeouts->connect = 100ms;
    std::string const message = thrown<TimeoutError>([&] { static_cast<void>(transport.send(impatient)); });
    CHECK(contains(message, "(connect)"));
}
