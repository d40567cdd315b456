// SPDX-License-Identifier: Apache-2.0
// A field that is only a filter is to be sent.
// error: openstack: a QueryOnly field
// names: QueryOnly
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<bool, QueryOnly, Filterable<Eq>> all_projects{};
#else
    Field<bool, QueryOnly, ReadOnly, Filterable<Eq>> all_projects{};
#endif
};
Volume volume;
