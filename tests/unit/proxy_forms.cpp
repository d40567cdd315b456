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
