// SPDX-License-Identifier: Apache-2.0
// FixedToken: the same token always, and nothing asked of anybody.
#include <openstack/auth/fixed_token.hpp>

#include <catch2/catch.hpp>

#include "../support/scripted_transport.hpp"

using openstack::Authorization, openstack::FixedToken;

TEST_CASE("A fixed token is given as it is, without a request", "[fixed_token][row:51]") {
    support::ScriptedTransport transport;
    FixedToken fixed{"secret"};
    for (int i = 0; i < 2; ++i) {
        Authorization const made = fixed.authorize(transport);
        CHECK(made.token == "secret");
        CHECK(made.project_id == "");
        CHECK(made.user_id == "");
        CHECK(made.catalog.empty());
    }
    CHECK_FALSE(fixed.is_renewable());
    CHECK(transport.finish() == "");
}

TEST_CASE("No token is a fixed token, too", "[fixed_token]") {
    support::ScriptedTransport transport;
    CHECK(FixedToken{}.authorize(transport).token == "");
    CHECK_FALSE(FixedToken{}.is_renewable());
}
