// SPDX-License-Identifier: Apache-2.0
// A field is said to be set by the service alone and by create.
// error: openstack: a field is ReadOnly .* or CreateOnly
// names: ReadOnly CreateOnly
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<std::string, CreateOnly, ReadOnly> volume_type{};
#else
    Field<std::string, CreateOnly> volume_type{};
#endif
};
Volume volume;
