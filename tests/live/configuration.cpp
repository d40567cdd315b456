// SPDX-License-Identifier: Apache-2.0
// One clouds.yaml, read by the openstack command and by this library: both see the same cloud.
#include <algorithm>
#include <catch2/catch.hpp>
#include <openstack/clouds_yaml.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "../support/cloud_files.hpp"
#include "../support/openstack_command.hpp"
#include "cloud.hpp"

using live::TemporaryImage, live::unique, live::variable;
using openstack::clouds_yaml, openstack::connect, openstack::Connection;
using support::CloudFiles, support::openstack_prints;

namespace {

std::vector<std::string> words(std::string const& text) {
    std::istringstream stream(text);
    std::vector<std::string> found;
    for (std::string word; stream >> word;) found.push_back(word);
    std::ranges::sort(found);
    return found;
}

std::vector<std::string> image_ids(Connection const& cloud) {
    std::vector<std::string> found = live::ids(cloud.image().images());
    std::ranges::sort(found);
    return found;
}

/// The files of clouds that reach the services in several ways.
void write_clouds(CloudFiles& files, std::string const& keystone, std::string const& credential,
                  std::string const& secret) {
    files.write("clouds-public.yaml",
                "public-clouds:\n"
                "  ours:\n"
                "    auth:\n"
                "      auth_url: " +
                    keystone +
                    "\n"
                    "      user_domain_name: Default\n"
                    "      project_domain_name: Default\n"
                    "    interface: admin\n"
                    "    identity_api_version: 3\n");
    files.write("clouds.yaml",
                "x-common: &common\n"
                "  image_api_version: 2\n"
                "  image_format: raw\n"
                "  api_timeout: 30\n"
                "clouds:\n"
                "  by-password:\n"
                "    <<: *common\n"
                "    profile: ours\n"
                "    auth: {username: demo, project_name: demo}\n"
                "    regions:\n"
                "    - name: RegionOne\n"
                "      values: {interface: internal}\n"
                "    - name: RegionTwo\n"
                "      values: {interface: public}\n"
                "  by-tenant:\n"
                "    <<: *common\n"
                "    auth-type: v3password\n"
                "    auth: {auth_url: '" +
                    keystone +
                    "', username: alt, tenant_name: alt, domain_id: default}\n"
                    "    region_name: RegionOne\n"
                    "  by-credential:\n"
                    "    auth_type: v3applicationcredential\n"
                    "    auth: {auth_url: '" +
                    keystone + "', application_credential_id: " + credential + "}\n");
    files.write("secure.yaml",
                "clouds:\n"
                "  by-password: {auth: {password: demo-secret}}\n"
                "  by-tenant: {auth: {password: alt-secret}}\n"
                "  by-credential: {auth: {application_credential_secret: '" +
                    secret + "'}}\n");
}

}  // namespace

TEST_CASE("The openstack command and this library read one clouds.yaml alike", "[configuration]") {
    std::string const keystone = variable("OS_AUTH_URL");
    std::string const credential = variable("DEMO_APPLICATION_CREDENTIAL_ID");
    std::string const secret = variable("DEMO_APPLICATION_CREDENTIAL_SECRET");
    TemporaryImage const of_demo({.name = unique()});
    TemporaryImage const of_alt({.name = unique()}, live::alt());
    CloudFiles files;
    write_clouds(files, keystone, credential, secret);

    std::vector<std::string> seen;
    for (std::string const name : {"by-password", "by-tenant", "by-credential"}) {
        INFO(name);
        std::vector<std::string> const ids = image_ids(connect(clouds_yaml(name)));
        CHECK(ids == words(openstack_prints("--os-cloud " + name + " image list -f value -c ID")));
        seen.insert(seen.end(), ids.begin(), ids.end());
    }
    CHECK(std::ranges::count(seen, of_demo.id()) == 2);
    CHECK(std::ranges::count(seen, of_alt.id()) == 1);
}

TEST_CASE("The openstack command and this library choose one region and interface", "[configuration]") {
    std::string const keystone = variable("OS_AUTH_URL");
    CloudFiles files;
    write_clouds(files, keystone, "unused", "unused");
    for (std::string const region : {"RegionOne", "RegionTwo"}) {
        INFO(region);
        openstack::CloudConfig const config = clouds_yaml("by-password", region);
        std::string const theirs = openstack_prints("--os-cloud by-password --os-region-name " + region +
                                                    " configuration show -f shell -c region_name -c interface");
        CHECK_THAT(theirs, Catch::Contains("region_name=\"" + config.session.region + '"'));
        CHECK_THAT(theirs, Catch::Contains("interface=\"" + config.session.interfaces.at(0) + '"'));
    }
    CHECK_THROWS_AS(clouds_yaml("by-password", "RegionThree"), openstack::ConfigError);
    CHECK_THROWS_AS(openstack_prints("--os-cloud by-password --os-region-name RegionThree configuration show 2>&1"),
                    std::runtime_error);
}
