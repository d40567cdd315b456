// SPDX-License-Identifier: Apache-2.0
// CurlTransport and TLS: whom it trusts, what it refuses, and that nothing is sent where it refuses.
// Peers' tests of this: glanceclient's test_ssl.py.
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <openstack/connection.hpp>
#include <openstack/file.hpp>
#include <span>
#include <string>
#include <utility>

#include "../support/certificates.hpp"
#include "../support/fake_clock.hpp"
#include "../support/requests.hpp"
#include "../support/server.hpp"
#include "../support/temporary_directory.hpp"
#include "../support/thrown.hpp"

using namespace std::chrono_literals;
using openstack::ConnectionLost, openstack::CurlTransport, openstack::HttpError, openstack::PayloadTooLarge,
    openstack::ProtocolError, openstack::Request, openstack::Session, openstack::TlsError;
using support::answer, support::answer_with, support::Authority, support::Certificate, support::Connection,
    support::refused_tls, support::refusing_tls, support::request, support::Server, support::TemporaryDirectory,
    support::thrown, support::throws_exactly, support::tls, support::TlsVersion, support::write_file;

namespace {

bool contains(std::string const& text, std::string const& part) { return text.find(part) != text.npos; }

std::string const md5 = "900150983cd24fb0d6963f7d28e17f72";  // of "abc"

/// An authority, and a transport that trusts it alone.
struct Fixture {
    TemporaryDirectory directory{};
    Authority authority{};
    std::string ca_file = (directory / "ca.pem").string();
    CurlTransport transport{{.ca_file = written()}};

    /// A GET with a secret.
    [[nodiscard]] static Request get(Server const& server) {
        Request made = request(server.url("/v2/images", "https"));
        made.headers.add("X-Auth-Token", "canary");
        return made;
    }

    /// What comes of a server with that certificate, whose handshake mustn't succeed.
    [[nodiscard]] std::string refusal(Certificate const& certificate, TlsVersion version = TlsVersion::v1_3) {
        return refusal_by(transport, certificate, version);
    }
    [[nodiscard]] static std::string refusal_by(CurlTransport& transport, Certificate const& certificate,
                                                TlsVersion version = TlsVersion::v1_3) {
        Server server;
        server.script({refused_tls(certificate, version)});
        std::string const said = thrown<TlsError>([&] { static_cast<void>(transport.send(get(server))); });
        CHECK(server.finish() == "");
        CHECK(server.requests().empty());
        return said;
    }

  private:
    [[nodiscard]] std::string written() const {
        write_file(ca_file, authority.certificate());
        return ca_file;
    }
};

}  // namespace

TEST_CASE("A cloud whose authority is trusted is used as any other", "[tls][row:35]") {
    Fixture fixture;
    Server server;
    std::string const url = server.url("", "https");
    std::string const record = R"({"id": "i", "size": 3, "checksum": ")" + md5 + "\"}";
    Certificate const certificate = fixture.authority.issue();
    server.script({tls(certificate),
                   answer(201,
                          R"({"token": {"catalog": [{"type": "image", "endpoints": [{"interface": "public", "url": ")" +
                              url + R"("}]}]}})",
                          {{"X-Subject-Token", "t"}}),
                   answer(200, record), answer(200, "abc"), answer(200, record), answer(200, "abc"),
                   answer(200, record)});
    server.script({tls(certificate, TlsVersion::v1_2), [](Connection& connection) {
                       connection.read_head();
                       connection.send("HTTP/1.1 100 Continue\r\n\r\n");
                       connection.read_body();
                       connection.send(support::answer_text(204));
                   }});
    {
        openstack::CloudConfig config;
        config.authentication =
            std::make_shared<openstack::Keystone>(url, openstack::Password{.user_id = "u", .password = "p"});
        config.transport.ca_file = fixture.ca_file;
        openstack::image::v2::Proxy const glance = openstack::connect(std::move(config)).image();
        CHECK(glance.download_image("i") == "abc");
        std::string pulled;
        for (auto const piece : glance.download_image("i", openstack::stream))
            pulled.append(reinterpret_cast<char const*>(piece.data()), piece.size());
        CHECK(pulled == "abc");
        CHECK(glance.upload("i", openstack::from_memory("abc"), {.check_format = false}).size == 3);
    }
    CHECK(server.finish() == "");
    CHECK(server.connections() == 2);
    CHECK(server.requests().at(1).headers.find("X-Auth-Token") == "t");
    CHECK(server.requests().at(5).body == "abc");
}

TEST_CASE("An authority that isn't trusted is refused", "[tls][row:35]") {
    Fixture fixture;
    Authority const other{"another authority"};
    CHECK(contains(fixture.refusal(other.issue()), "unable to get local issuer certificate"));
    CHECK(contains(fixture.refusal(other.itself()), "self-signed certificate"));
    Authority const impostor;  // has the name that the trusted one has
    CHECK(fixture.refusal(impostor.issue()).starts_with("GET https://"));
    CurlTransport trusts_the_systems;
    Server server;
    server.script({refused_tls(fixture.authority.issue())});
    CHECK(throws_exactly<TlsError>([&] { static_cast<void>(trusts_the_systems.send(fixture.get(server))); }));
    CHECK(server.finish() == "");
}

TEST_CASE("Who names an authority trusts that one alone", "[tls][row:35]") {
    Fixture fixture;
    // Had the system's authority of that name been looked at, the signature would have been what is wrong.
    CHECK(contains(fixture.refusal(Authority::namesake_of_the_systems().issue()),
                   "unable to get local issuer certificate"));
}

TEST_CASE("A certificate of another host is refused", "[tls][row:37]") {
    Fixture fixture;
    for (std::string const host : {"DNS:other.example", "IP:127.0.0.2", "DNS:127.0.0.1"}) {
        Server server;
        server.script({tls(fixture.authority.issue(host)),
                       [](Connection& connection) { CHECK(connection.wait_for_close() == 0); }});
        std::string const said =
            thrown<TlsError>([&] { static_cast<void>(fixture.transport.send(fixture.get(server))); });
        CHECK(contains(said, "name matches target host name '127.0.0.1'"));
        CHECK(server.finish() == "");
    }
}

TEST_CASE("A certificate out of its time is refused", "[tls][row:36]") {
    Fixture fixture;
    CHECK(contains(fixture.refusal(fixture.authority.issue("IP:127.0.0.1", {-48h, -1h})), "certificate has expired"));
    CHECK(
        contains(fixture.refusal(fixture.authority.issue("IP:127.0.0.1", {1h, 48h})), "certificate is not yet valid"));
}

TEST_CASE("A version of TLS that is out of use is refused, others are not", "[tls][row:38]") {
    Fixture fixture;
    CHECK(contains(fixture.refusal(fixture.authority.issue(), TlsVersion::v1_1), "version"));
    for (TlsVersion const version : {TlsVersion::v1_2, TlsVersion::v1_3}) {
        Server server;
        server.script({tls(fixture.authority.issue(), version), answer(200, "text")});
        CHECK(CurlTransport{{.ca_file = fixture.ca_file}}.send(fixture.get(server)).body == "text");
        CHECK(server.finish() == "");
    }
}

TEST_CASE("A handshake that breaks is a TLS error", "[tls][row:43]") {
    Fixture fixture;
    for (support::Step const& end : {support::reset(), support::close()}) {
        Server server;
        server.script({[](Connection& connection) { CHECK(connection.wait_for_close(1) > 0); }, end});
        CHECK(throws_exactly<TlsError>([&] { static_cast<void>(fixture.transport.send(fixture.get(server))); }));
        CHECK(server.finish() == "");
    }
}

TEST_CASE("Who speaks plain HTTP where TLS is expected is refused", "[tls][row:39]") {
    Fixture fixture;
    Server server;
    server.script({[](Connection& connection) {
        connection.send("HTTP/1.1 400 Plain\r\nContent-Length: 0\r\n\r\n");
        connection.wait_for_close();
    }});
    CHECK(throws_exactly<TlsError>([&] { static_cast<void>(fixture.transport.send(fixture.get(server))); }));
    CHECK(server.finish() == "");
    CHECK(server.requests().empty());
}

TEST_CASE("TLS where plain HTTP is expected is no answer", "[tls][row:39]") {
    Fixture fixture;
    Server server;
    server.script({refused_tls(fixture.authority.issue())});
    server.script({answer_with("\x15\x03\x01"), support::close()});
    std::string const url = server.url("/v2/images");
    CHECK(contains(thrown<ConnectionLost>([&] { static_cast<void>(fixture.transport.send(request(url))); }), url));
    CHECK(contains(thrown<ProtocolError>([&] { static_cast<void>(fixture.transport.send(request(url))); }), url));
    CHECK(server.finish() == "");
}

TEST_CASE("A body that is cut in TLS is lost, never half taken", "[tls][row:10][row:42]") {
    Fixture fixture;
    Certificate const certificate = fixture.authority.issue();
    std::string const half(50, 'x');
    std::string const head = "HTTP/1.1 200 OK\r\n";
    for (std::string const& text :
         {head + "Content-Length: 100\r\n\r\n" + half, head + "Transfer-Encoding: chunked\r\n\r\n64\r\n" + half,
          head + "Content-Length: 100\r\n"}) {
        Server server;
        server.script({tls(certificate), answer_with(text), support::close()});
        server.script({tls(certificate), answer_with(text), support::close()});
        CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(fixture.transport.send(fixture.get(server))); }));
        CHECK(throws_exactly<ConnectionLost>([&] {
            auto const pulled = fixture.transport.open(fixture.get(server));
            while (!pulled->next().empty()) continue;
        }));
        CHECK(server.finish() == "");
    }
}

TEST_CASE("An image that TLS lets end early is gone on with", "[tls][row:13][row:42]") {
    Fixture fixture;
    Certificate const certificate = fixture.authority.issue();
    std::string const unbounded = "HTTP/1.1 200 OK\r\n\r\n";  // only the end of the connection ends it
    auto const download = [&](std::string const& data, bool says_goodbye) {
        Server server;
        server.script({tls(certificate), answer(200, R"({"id": "i", "size": 3, "checksum": ")" + md5 + "\"}"),
                       answer_with(unbounded + data), [=](Connection& connection) {
                           if (says_goodbye) connection.end_tls();
                           connection.close();
                       }});
        if (data.size() < 3)
            server.script({tls(certificate),
                           answer_with("HTTP/1.1 206 Partial Content\r\nContent-Length: 1\r\n"
                                       "Content-Range: bytes 2-2/3\r\n\r\nc"),
                           support::close()});
        openstack::image::v2::Proxy const glance{
            Session{std::make_shared<CurlTransport>(openstack::TransportOptions{.ca_file = fixture.ca_file}),
                    std::make_shared<openstack::FixedToken>(),
                    {.endpoint = server.url("", "https"), .clock = std::make_shared<support::FakeClock>()}}};
        std::string const got = glance.download_image("i");
        return got + server.finish();
    };
    CHECK(download("abc", true) == "abc");
    for (bool const says_goodbye : {true, false}) CHECK(download("ab", says_goodbye) == "abc");
}

TEST_CASE("An upload over TLS that is refused early is told why", "[tls][row:26]") {
    Fixture fixture;
    for (TlsVersion const version : {TlsVersion::v1_2, TlsVersion::v1_3}) {
        Server server;
        server.script({tls(fixture.authority.issue(), version),
                       [](Connection& connection) {
                           connection.read_head();
                           connection.send(support::answer_text(413, "quota"));
                       },
                       support::close()});
        support::RepeatedSource source{100'000'000};
        CHECK(fixture.transport.send(support::upload(server.url("/file", "https"), source)).status == 413);
        CHECK(server.finish() == "");
        CHECK(server.requests().at(0).headers.find("Expect") == "100-continue");
    }
}

TEST_CASE("A file of authorities that can't be used is named", "[tls][row:40]") {
    Fixture fixture;
    TemporaryDirectory const directory;
    write_file(directory / "empty.pem", "");
    write_file(directory / "junk.pem", "-----BEGIN CERTIFICATE-----\nnot one\n-----END CERTIFICATE-----\n");
    write_file(directory / "key.pem", fixture.authority.issue().key);
    std::filesystem::create_directory(directory / "directory.pem");
    for (std::string const name : {"empty.pem", "junk.pem", "key.pem", "directory.pem"}) {
        Server server;
        server.script({[](Connection& connection) { connection.wait_for_close(); }});
        std::string const path = directory / name;
        CurlTransport transport{{.ca_file = path}};
        CHECK(contains(thrown<TlsError>([&] { static_cast<void>(transport.send(fixture.get(server))); }), path));
        CHECK(server.finish() == "");
        CHECK(server.requests().empty());
    }
}

TEST_CASE("A file or directory for TLS that can't be read is named before anything is sent", "[tls][row:40][row:44]") {
    Fixture fixture;
    std::string const nowhere = fixture.directory / "no@where";
    std::string const directory = fixture.directory.path();
    std::string const long_name = fixture.directory / std::string(250, 'x');
    for (openstack::TransportOptions const& options :
         {openstack::TransportOptions{.ca_file = nowhere},
          {.ca_directory = nowhere},
          {.ca_file = long_name},
          {.ca_file = fixture.ca_file, .client_certificate = nowhere},
          {.ca_file = fixture.ca_file, .client_certificate = fixture.ca_file, .client_key = nowhere}}) {
        Server server;
        CurlTransport transport{options};
        std::string const said = thrown<TlsError>([&] { static_cast<void>(transport.send(fixture.get(server))); });
        CHECK(said.starts_with(options.ca_file == long_name ? long_name : nowhere));
        CHECK(contains(said, ": No such file or directory"));
        CHECK(server.connections() == 0);
        CHECK(server.finish() == "");
    }
    Server server;
    CurlTransport takes_file_for_directory{{.ca_directory = fixture.ca_file}};
    CHECK(thrown<TlsError>([&] { static_cast<void>(takes_file_for_directory.send(fixture.get(server))); }) ==
          fixture.ca_file + "/.: Not a directory");
    CurlTransport key_without_certificate{{.ca_file = fixture.ca_file, .client_key = fixture.ca_file}};
    CHECK(thrown<TlsError>([&] { static_cast<void>(key_without_certificate.send(fixture.get(server))); }) ==
          "client_key is of no use without a client_certificate");
    CHECK(server.connections() == 0);
}

TEST_CASE("A directory of authorities is trusted, alone or beside a file", "[tls][row:35]") {
    Fixture fixture;
    Authority const filed{"an authority in a directory"};
    std::string const directory = fixture.directory.path();
    write_file(fixture.directory / filed.hashed_name(), filed.certificate());
    auto const is_trusted = [&](Authority const& authority, openstack::TransportOptions const& options) {
        Server server;
        Certificate const certificate = authority.issue();
        server.script({[&](Connection& connection) {
            if (connection.start_tls(certificate, TlsVersion::v1_3))
                answer(200)(connection);
            else
                connection.close();
        }});
        CurlTransport transport{options};
        bool const is_refused =
            throws_exactly<TlsError>([&] { static_cast<void>(transport.send(fixture.get(server))); });
        CHECK(server.finish() == "");
        CHECK(server.requests().size() == (is_refused ? 0U : 1U));
        return !is_refused;
    };
    CHECK(is_trusted(filed, {.ca_directory = directory}));
    CHECK_FALSE(is_trusted(fixture.authority, {.ca_directory = directory}));
    CHECK(is_trusted(filed, {.ca_file = fixture.ca_file, .ca_directory = directory}));
    CHECK(is_trusted(fixture.authority, {.ca_file = fixture.ca_file, .ca_directory = directory}));
    CHECK_FALSE(is_trusted(filed, {.ca_file = fixture.ca_file}));
}

TEST_CASE("Who names a directory of authorities trusts those alone", "[tls][row:35]") {
    Fixture fixture;
    CurlTransport transport{{.ca_directory = fixture.directory.path()}};
    // Had the system's authority of that name been looked at, the signature would have been what is wrong.
    CHECK(contains(fixture.refusal_by(transport, Authority::namesake_of_the_systems().issue()),
                   "unable to get local issuer certificate"));
}

TEST_CASE("Only who asks for it believes whoever answers", "[tls][row:41]") {
    Fixture fixture;
    Authority const other{"another authority"};
    CurlTransport trusts_all{{.insecure = true}};
    CurlTransport trusts_all_despite_a_file{{.ca_file = fixture.ca_file, .insecure = true}};
    for (Certificate const& each :
         {other.issue(), other.itself(), fixture.authority.issue("DNS:other.example"),
          fixture.authority.issue("IP:127.0.0.1", {-48h, -1h}), fixture.authority.issue("IP:127.0.0.1", {1h, 48h})}) {
        for (CurlTransport* const transport : {&trusts_all, &trusts_all_despite_a_file}) {
            Server server;
            server.script({tls(each), answer(200, "text")});
            CHECK(transport->send(fixture.get(server)).body == "text");
            CHECK(server.finish() == "");
        }
    }
    CHECK(contains(fixture.refusal(other.issue()), "unable to get local issuer certificate"));
    CHECK(contains(fixture.refusal_by(trusts_all, other.issue(), TlsVersion::v1_1), "version"));
}

TEST_CASE("A service knows a client by its certificate", "[tls][row:44]") {
    Fixture fixture;
    Certificate const client = fixture.authority.issue("DNS:client.example");
    std::string const certificate = fixture.directory / "client.pem";
    std::string const key = fixture.directory / "client.key";
    std::string const both = fixture.directory / "both.pem";
    write_file(certificate, client.certificate);
    write_file(key, client.key);
    write_file(both, client.key + client.certificate);
    for (TlsVersion const version : {TlsVersion::v1_2, TlsVersion::v1_3}) {
        for (openstack::TransportOptions const& options :
             {openstack::TransportOptions{
                  .ca_file = fixture.ca_file, .client_certificate = certificate, .client_key = key},
              {.ca_file = fixture.ca_file, .client_certificate = both}}) {
            Server server;
            server.script({tls(fixture.authority.issue(), version, fixture.authority.certificate()), answer(200, "one"),
                           answer(200, "two")});
            {
                CurlTransport transport{options};
                CHECK(transport.send(fixture.get(server)).body == "one");
                CHECK(transport.send(fixture.get(server)).body == "two");
            }
            CHECK(server.finish() == "");
        }
    }
}

TEST_CASE("A client without the certificate that the service wants is told so", "[tls][row:44]") {
    Fixture fixture;
    Certificate const unknown = Authority{"another authority"}.issue("DNS:client.example");
    std::string const other = fixture.directory / "other.pem";
    write_file(other, unknown.certificate + unknown.key);
    auto const refusal = [&](TlsVersion version, std::string const& certificate, bool is_upload = false) {
        Server server;
        server.script({refusing_tls(fixture.authority.issue(), version, fixture.authority.certificate())});
        CurlTransport transport{{.ca_file = fixture.ca_file, .client_certificate = certificate}};
        support::RepeatedSource source{1000};
        Request request = fixture.get(server);
        if (is_upload) request = support::upload(server.url("/file", "https"), source);
        std::string said = thrown<TlsError>([&] { static_cast<void>(transport.send(request)); });
        CHECK(server.finish() == "");
        CHECK(said.starts_with(request.method + " https://"));
        CHECK_FALSE(contains(said, "canary"));
        return said;
    };
    CHECK(contains(refusal(TlsVersion::v1_2, ""), "alert handshake failure"));
    CHECK(contains(refusal(TlsVersion::v1_3, ""), "(the service wants a client certificate)"));
    CHECK(contains(refusal(TlsVersion::v1_3, "", true), "(the service wants a client certificate)"));
    for (TlsVersion const version : {TlsVersion::v1_2, TlsVersion::v1_3})
        CHECK(contains(refusal(version, other), "alert unknown ca"));
}

TEST_CASE("A client's certificate or key that can't be used is named", "[tls][row:44]") {
    Fixture fixture;
    Certificate const client = fixture.authority.issue("DNS:client.example");
    auto const written = [&](std::string const& name, std::string const& text) {
        std::string const path = fixture.directory / name;
        write_file(path, text);
        return path;
    };
    std::string const certificate = written("client.pem", client.certificate);
    std::string const key = written("client.key", client.key);
    std::string const empty = written("empty", "");
    std::string const encrypted = written("encrypted.key", support::encrypted_key(client, "canary"));
    std::string const of_another = written("another.key", fixture.authority.issue().key);
    struct Case {
        std::string certificate;
        std::string key;
        std::string named;
    };
    for (Case const& each : {Case{certificate, "", certificate}, Case{certificate, of_another, of_another},
                             Case{certificate, empty, empty}, Case{certificate, encrypted, encrypted},
                             Case{empty, key, empty}, Case{key, key, key}}) {
        Server server;
        server.script({[](Connection& connection) { connection.wait_for_close(); }});
        {
            CurlTransport transport{
                {.ca_file = fixture.ca_file, .client_certificate = each.certificate, .client_key = each.key}};
            std::string const said = thrown<TlsError>([&] { static_cast<void>(transport.send(fixture.get(server))); });
            CHECK(said.starts_with("GET https://"));
            CHECK(contains(said, each.named));
        }
        CHECK(server.finish() == "");
        CHECK(server.requests().empty());
    }
}

TEST_CASE("Nobody is asked for the password of a key", "[tls][row:44]") {
    Fixture fixture;
    Certificate const client = fixture.authority.issue("DNS:client.example");
    std::string const path = fixture.directory / "client.pem";
    write_file(path, client.certificate + support::encrypted_key(client, "canary"));
    Server server;
    server.script({[](Connection& connection) { connection.wait_for_close(); }});
    int terminal = -1;
    pid_t const process = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    REQUIRE(process != -1);
    if (process == 0) {  // has a terminal, which OpenSSL would ask
        bool const is_refused = throws_exactly<TlsError>([&] {
            CurlTransport transport{{.ca_file = fixture.ca_file, .client_certificate = path}};
            static_cast<void>(transport.send(fixture.get(server)));
        });
        ::_exit(is_refused ? 0 : 1);
    }
    openstack::detail::FileDescriptor const shown{terminal};
    char first = 0;
    bool const is_asked = ::read(shown.get(), &first, 1) > 0;
    if (is_asked) ::kill(process, SIGKILL);
    int status = -1;
    REQUIRE(::waitpid(process, &status, 0) == process);
    CHECK_FALSE(is_asked);
    CHECK(status == 0);
    CHECK(server.finish() == "");
}

TEST_CASE("HTTP/2 is neither offered nor spoken", "[tls][row:34]") {
    Fixture fixture;
    Server server;
    std::string offered;
    server.script({tls(fixture.authority.issue()),
                   [&](Connection& connection) { offered = connection.offered_protocols(); }, answer(200)});
    CHECK(fixture.transport.send(fixture.get(server)).status == 200);
    CHECK(server.finish() == "");
    CHECK(offered == "http/1.1");
    CHECK(server.requests().at(0).head.starts_with("GET /v2/images HTTP/1.1\r\n"));
    CHECK_FALSE(server.requests().at(0).headers.find("Upgrade"));
}

TEST_CASE("A redirect from TLS to plain HTTP isn't followed, and the token stays", "[tls][row:77]") {
    Fixture fixture;
    Server server;
    Server other;
    server.script({tls(fixture.authority.issue()), answer(302, "", {{"Location", other.url("/v2/images")}})});
    {
        Session const session{std::make_shared<CurlTransport>(openstack::TransportOptions{.ca_file = fixture.ca_file}),
                              std::make_shared<openstack::FixedToken>("canary"),
                              {.endpoint = server.url("", "https")}};
        std::string const said = thrown<HttpError>([&] { session.send("image", {.url = "/v2/images"}); });
        CHECK(contains(said, "302"));
        CHECK(contains(said, other.url("/v2/images")));
        CHECK_FALSE(contains(said, "canary"));
    }
    CHECK(server.finish() == "");
    CHECK(server.requests().at(0).headers.find("X-Auth-Token") == "canary");
    CHECK(other.connections() == 0);
    CHECK(other.finish() == "");
}
