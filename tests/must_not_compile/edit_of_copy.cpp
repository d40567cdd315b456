// SPDX-License-Identifier: Apache-2.0
// An edit takes its image by value: it would change a copy, and nothing would be sent.
// error: openstack: an edit takes the resource by reference
// names: Image
#include <openstack/openstack.hpp>

using openstack::image::v2::Image;
void use(openstack::image::v2::Proxy const& glance) {
#ifdef WRONG
    (void)glance.update_image("1", [](Image image) { image.name = "x"; });
#else
    (void)glance.update_image("1", [](Image& image) { image.name = "x"; });
#endif
}
