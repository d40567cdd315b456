// SPDX-License-Identifier: Apache-2.0
// Proxy: collections and resources that aren't `path` and `path/{id}`, in the forms that OpenStack's services have.
#include <catch2/catch.hpp>
#include <openstack/proxy.hpp>
#include <string>
#include <vector>

#include "../support/scripted_cloud.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using support::ScriptedCloud, support::thrown, support::throws_exactly;

namespace {

/// There is one of it, in an envelope.
struct Limits {
    static constexpr ResourceInfo resource{
        .service = "test", .path = "/v2/{project}/limits", .key = "limits", .single = true};
    Field<int> cores{};
    Field<std::string> name{};

    BOOST_DESCRIBE_CLASS(Limits, (), (cores, name), (), ())
};
/// Listed with a part of its fields, or with all.
struct Server {
    static constexpr ResourceInfo resource{
        .service = "test", .path = "/v2.1/servers", .plural = "servers", .page_size = 2, .details = true};
    Field<std::string, ReadOnly> id{};
    Field<std::string, Filterable<Eq>> name{};
    Field<std::string, ReadOnly> status{};

    BOOST_DESCRIBE_CLASS(Server, (), (id, name, status), (), ())
};

}  // namespace

TEST_CASE("A resource of which there is one is got without an id", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Limits> const limits{cloud.session(), "p"};
    cloud.expect("GET", "/v2/p/limits", 200, R"({"limits": {"cores": 4}})");
    CHECK(limits.get().cores == 4);
    cloud.expect("GET", "/v2/p/limits", 200, R"({"limits": {}})");
    CHECK(limits.get().cores.is_unset());
    cloud.expect("GET", "/v2/p/limits", 200, R"({"usage": {}})");
    CHECK(thrown<DecodeError>([&] { static_cast<void>(limits.get()); }) ==
          "the answer to GET /v2/p/limits: /limits: is missing");
    cloud.expect("GET", "/v2/p/limits", 404);
    CHECK(throws_exactly<ResourceNotFound>([&] { static_cast<void>(limits.get()); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("A collection is listed with details at another path, page by page", "[proxy]") {
    ScriptedCloud cloud;
    Proxy<Server> const servers{cloud.session()};
    cloud.expect("GET", "/v2.1/servers/detail?name=n&limit=2", 200,
                 R"({"servers": [{"id": "1", "status": "on"}, {"id": "2"}],
                     "servers_links": [{"rel": "next", "href": "http://cloud/v2.1/servers/detail?marker=2"}]})");
    cloud.expect("GET", "/v2.1/servers/detail?name=n&limit=2&marker=2", 200, R"({"servers": [{"id": "3"}]})");
    std::vector<Server> const all = servers.list(details, where<&Server::name> == "n").all();
    REQUIRE(all.size() == 3);
    CHECK(all[0].status == "on");
    CHECK(all[2].id == "3");
    cloud.expect("GET", "/v2.1/servers?limit=2", 200, R"({"servers": []})");
    CHECK(servers.list().all().empty());
    CHECK(cloud.finish() == "");
}
