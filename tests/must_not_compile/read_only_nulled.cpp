// SPDX-License-Identifier: Apache-2.0
// A field that only the service sets is made null.
// error: openstack: this field is read-only
// names: string ReadOnly
#include <openstack/openstack.hpp>

void forget_hash(openstack::image::v2::Image& image) {
#ifdef WRONG
    image.hash_value = openstack::null;
#else
    image.owner_id = openstack::null;
#endif
}
