// SPDX-License-Identifier: Apache-2.0
// A field travels as a header without a name.
// error: openstack: Wire, WriteAs, Header and QueryName need a name, and Filterable needs operators
// names: Header
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<std::string, Header<"">> store{};
#else
    Field<std::string, Header<"X-Store">> store{};
#endif
};
Volume volume;
