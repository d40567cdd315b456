// SPDX-License-Identifier: Apache-2.0
// A number is assigned to a property of a text.
// error: openstack: the value of a property must have the type of its key
// names: int
#include <openstack/openstack.hpp>

using namespace openstack::image::v2;
void set(Image& image) {
#ifdef WRONG
    image.properties[os::version] = 13;
#else
    image.properties[os::version] = "13";
#endif
}
