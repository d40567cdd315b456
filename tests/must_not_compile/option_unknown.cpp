// SPDX-License-Identifier: Apache-2.0
// Something that is no option stands among a field's options.
// error: openstack: a field's options are
// names: Timestamp
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<std::string, Timestamp> attached_at{};
#else
    Field<Timestamp> attached_at{};
#endif
};
Volume volume;
