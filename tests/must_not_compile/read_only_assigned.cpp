// SPDX-License-Identifier: Apache-2.0
// A field that only the service sets is assigned.
// error: openstack: this field is read-only
// names: Timestamp ReadOnly
#include <openstack/openstack.hpp>

void backdate(openstack::image::v2::Image& image) {
#ifdef WRONG
    image.created_at = openstack::Timestamp{};
#else
    image.name = "of yesterday";
#endif
}
