// SPDX-License-Identifier: Apache-2.0
// An operator's form is given for a field that can't be filtered.
// error: openstack: OperatorPrefix, MinMax and QueryName .* Filterable
// names: OperatorPrefix
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<std::string, OperatorPrefix> host{};
#else
    Field<std::string, Filterable<Eq>, OperatorPrefix> host{};
#endif
};
Volume volume;
