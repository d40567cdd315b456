// SPDX-License-Identifier: Apache-2.0
// A text is given to a bool, where it would always be true.
// error: openstack: a bool field takes only a bool
// names: bool
#include <openstack/openstack.hpp>

void show(openstack::image::v2::Image& image) {
#ifdef WRONG
    image.is_hidden = "false";
#else
    image.is_hidden = false;
#endif
}
