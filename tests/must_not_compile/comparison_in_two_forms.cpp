// SPDX-License-Identifier: Apache-2.0
// A comparison is to be said in two forms.
// error: openstack: a field's operators are written by OperatorPrefix or by MinMax
// names: OperatorPrefix MinMax
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<int, Filterable<Gte>, OperatorPrefix, MinMax> size{};
#else
    Field<int, Filterable<Gte>, MinMax> size{};
#endif
};
Volume volume;
