// SPDX-License-Identifier: Apache-2.0
// A field can be filtered, but by no operator.
// error: openstack: Wire, WriteAs, Header and QueryName need a name, and Filterable needs operators
// names: Filterable
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<std::string, Filterable<>> name{};
#else
    Field<std::string, Filterable<Eq>> name{};
#endif
};
Volume volume;
