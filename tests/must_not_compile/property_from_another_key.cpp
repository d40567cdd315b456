// SPDX-License-Identifier: Apache-2.0
// A property is assigned from one of another type.
// error: openstack: the value of a property must have the type of its key
// names: int PropertyRef
#include <openstack/openstack.hpp>

using namespace openstack::image::v2;
void set(Image& image) {
#ifdef WRONG
    image.properties[hw::cpu_cores] = image.properties[os::version];
#else
    image.properties[hw::cpu_cores] = image.properties[hw::cpu_sockets];
#endif
}
