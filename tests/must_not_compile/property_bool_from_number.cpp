// SPDX-License-Identifier: Apache-2.0
// A number is assigned to a property of a bool.
// error: openstack: the value of a property must have the type of its key
// names: int bool
#include <openstack/openstack.hpp>

using namespace openstack::image::v2;
void set(Image& image) {
#ifdef WRONG
    image.properties[os::require_quiesce] = 1;
#else
    image.properties[os::require_quiesce] = true;
#endif
}
