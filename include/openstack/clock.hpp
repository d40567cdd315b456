// SPDX-License-Identifier: Apache-2.0
// std::chrono's durations and clocks, without what <chrono> has beside them.
#pragma once

// <chrono> brings calendars, streams and, in newer standard libraries, formatting: together they cost the compiler more
// than a twentieth of what this whole library does. GCC's standard library has the rest in <mutex>, for its time-outs.
#include <mutex>

namespace openstack::detail {

using Milliseconds = std::chrono::milliseconds;
/// The clock of time-outs: no change of the system's time disturbs it.
using SteadyClock = std::chrono::steady_clock;

}  // namespace openstack::detail
