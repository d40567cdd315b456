// SPDX-License-Identifier: Apache-2.0
// A text is assigned to a property of an integer.
// error: openstack: the value of a property must have the type of its key
// names: int
#include <openstack/openstack.hpp>

using namespace openstack::image::v2;
void set(Image& image) {
#ifdef WRONG
    image.properties[hw::cpu_cores] = "4";
#else
    image.properties[hw::cpu_cores] = 4;
#endif
}
