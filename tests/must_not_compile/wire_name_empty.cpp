// SPDX-License-Identifier: Apache-2.0
// A field has no name on the wire.
// error: openstack: Wire, WriteAs, Header and QueryName need a name, and Filterable needs operators
// names: Wire
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<std::string, Wire<"">> name{};
#else
    Field<std::string, Wire<"display_name">> name{};
#endif
};
Volume volume;
