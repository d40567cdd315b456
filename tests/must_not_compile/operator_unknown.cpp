// SPDX-License-Identifier: Apache-2.0
// A filter is to have an operator that is none.
// error: openstack: Wire, WriteAs, Header and QueryName need a name, and Filterable needs operators
// names: Sortable
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<int, Filterable<Eq, Sortable>> size{};
#else
    Field<int, Filterable<Eq>, Sortable> size{};
#endif
};
Volume volume;
