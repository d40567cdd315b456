// SPDX-License-Identifier: Apache-2.0
// A field that the service alone sets is to travel as a header of requests.
// error: openstack: a ReadOnly field is never sent
// names: ReadOnly Header
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<std::string, ReadOnly, Header<"X-Volume-Pool">> pool{};
#else
    Field<std::string, Header<"X-Volume-Pool">> pool{};
#endif
};
Volume volume;
