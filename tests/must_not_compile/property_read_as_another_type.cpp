// SPDX-License-Identifier: Apache-2.0
// A property is compared with a value of another type.
// error: openstack: the value of a property must have the type of its key
// names: bool
#include <openstack/openstack.hpp>

using namespace openstack::image::v2;
bool boots_with_menu(Image const& image) {
#ifdef WRONG
    return image.properties[hw::boot_menu] == "true";
#else
    return image.properties[hw::boot_menu] == true;
#endif
}
