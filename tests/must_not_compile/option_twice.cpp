// SPDX-License-Identifier: Apache-2.0
// A field has two names on the wire.
// error: openstack: a field has each option once
// names: Wire
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<std::string, Wire<"name">, Wire<"display_name">> name{};
#else
    Field<std::string, Wire<"display_name">> name{};
#endif
};
Volume volume;
