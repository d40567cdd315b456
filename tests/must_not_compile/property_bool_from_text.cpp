// SPDX-License-Identifier: Apache-2.0
// A text is assigned to a property of a bool, where it would always be true.
// error: openstack: the value of a property must have the type of its key
// names: bool
#include <openstack/openstack.hpp>

using namespace openstack::image::v2;
void set(Image& image) {
#ifdef WRONG
    image.properties[os::require_quiesce] = "no";
#else
    image.properties[os::require_quiesce] = false;
#endif
}
