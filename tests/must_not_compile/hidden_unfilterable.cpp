// SPDX-License-Identifier: Apache-2.0
// What is hidden could not be asked for.
// error: openstack: HiddenWhen needs Filterable<Eq>
// names: HiddenWhen
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<bool, HiddenWhen<true>> is_hidden{};
#else
    Field<bool, Filterable<Eq>, HiddenWhen<true>> is_hidden{};
#endif
};
Volume volume;
