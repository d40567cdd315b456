// SPDX-License-Identifier: Apache-2.0
// The library's version, and what it needs of the compiler.
#pragma once

#if __cplusplus < 202002L
#error "openstack-cpp needs C++20 (-std=c++20)"
#endif
#if !defined(__cpp_exceptions)
#error "openstack-cpp reports failures by exceptions: compile without -fno-exceptions"
#endif

#define OPENSTACK_VERSION_MAJOR 0
#define OPENSTACK_VERSION_MINOR 1
#define OPENSTACK_VERSION_PATCH 0
