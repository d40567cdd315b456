// SPDX-License-Identifier: Apache-2.0
// A field that is in no JSON document is to be filtered.
// error: openstack: a Header field
// names: Header
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<std::string, Header<"X-Volume-Pool">, Filterable<Eq>> pool{};
#else
    Field<std::string, Filterable<Eq>> pool{};
#endif
};
Volume volume;
