// SPDX-License-Identifier: Apache-2.0
// A field that only the service sets is reset.
// error: openstack: this field is read-only
// names: ImageStatus ReadOnly
#include <openstack/openstack.hpp>

void forget_status(openstack::image::v2::Image& image) {
#ifdef WRONG
    image.status.reset();
#else
    image.visibility.reset();
#endif
}
