// SPDX-License-Identifier: Apache-2.0
// A literal isn't in the list of its property.
// error: (this_text_is_not_in_the_list_of_its_key|call to consteval function .*disk_buses)
// names: this_text_is_not_in_the_list_of_its_key
#include <openstack/openstack.hpp>

using namespace openstack::image::v2;
void set(Image& image) {
#ifdef WRONG
    image.properties[hw::disk_bus] = "vritio";
#else
    image.properties[hw::disk_bus] = "virtio";
#endif
}
