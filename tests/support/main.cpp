// SPDX-License-Identifier: Apache-2.0
// The main function of each suite: Catch2's own.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
