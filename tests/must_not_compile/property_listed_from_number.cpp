// SPDX-License-Identifier: Apache-2.0
// A number is assigned to a property that has a list of texts.
// error: openstack: the value of a property whose key has a list
// names: disk_buses int
#include <openstack/openstack.hpp>

using namespace openstack::image::v2;
void set(Image& image) {
#ifdef WRONG
    image.properties[hw::disk_bus] = 1;
#else
    image.properties[hw::disk_bus] = "scsi";
#endif
}
