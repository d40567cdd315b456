// SPDX-License-Identifier: Apache-2.0
// A resource is hidden by two values of one field.
// error: openstack: a field has each option once
// names: HiddenWhen
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<int, Filterable<Eq>, HiddenWhen<1>, HiddenWhen<2>> level{};
#else
    Field<int, Filterable<Eq>, HiddenWhen<2>> level{};
#endif
};
Volume volume;
