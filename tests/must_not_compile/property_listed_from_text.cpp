// SPDX-License-Identifier: Apache-2.0
// A text of the running program is assigned to a property that has a list of texts.
// error: openstack: the value of a property whose key has a list
// names: disk_buses
#include <openstack/openstack.hpp>

using namespace openstack::image::v2;
void set(Image& image) {
#ifdef WRONG
    image.properties[hw::disk_bus] = *image.name;
#else
    image.properties[hw::disk_bus] = openstack::unlisted(*image.name);
#endif
}
