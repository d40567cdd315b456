// SPDX-License-Identifier: Apache-2.0
// A bool is assigned to a property of an integer.
// error: openstack: the value of a property must have the type of its key
// names: int bool
#include <openstack/openstack.hpp>

using namespace openstack::image::v2;
void set(Image& image) {
#ifdef WRONG
    image.properties[hw::cpu_cores] = true;
#else
    image.properties[hw::cpu_cores] = 4;
#endif
}
