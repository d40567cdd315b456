// SPDX-License-Identifier: Apache-2.0
// std::min, std::max and std::equal, without what <algorithm> has beside them.
#pragma once

// With its sorts and its ranges, <algorithm> costs the compiler a twentieth of what this whole library does. What
// strings and vectors are built on themselves is in GCC's standard library where these are.
#include <string>
#include <vector>
