// SPDX-License-Identifier: Apache-2.0
// A field is said twice to be set by the service alone.
// error: openstack: a field has each option once
// names: ReadOnly
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<std::string, ReadOnly, Sortable, ReadOnly> status{};
#else
    Field<std::string, ReadOnly, Sortable> status{};
#endif
};
Volume volume;
