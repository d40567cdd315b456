// SPDX-License-Identifier: Apache-2.0
// The operators of a field stand in two lists.
// error: openstack: a field has each option once
// names: Filterable Eq In
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<std::string, Filterable<Eq>, Filterable<In>> status{};
#else
    Field<std::string, Filterable<Eq, In>> status{};
#endif
};
Volume volume;
