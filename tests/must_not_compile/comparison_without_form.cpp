// SPDX-License-Identifier: Apache-2.0
// An order is to be compared without a form in the query to say it.
// error: openstack: Lte and Gte need
// names: Gte
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<int, Filterable<Eq, Gte>> size{};
#else
    Field<int, Filterable<Eq, Gte>, MinMax> size{};
#endif
};
Volume volume;
