// SPDX-License-Identifier: Apache-2.0
// An edit takes its image by const reference, so that it can change nothing.
// error: openstack: an edit takes the resource by reference
// names: Image
#include <openstack/openstack.hpp>

using openstack::image::v2::Image;
void use(openstack::image::v2::Proxy const& glance) {
#ifdef WRONG
    (void)glance.update_image("1", [](Image const& image) { (void)image.name; });
#else
    (void)glance.update_image("1", [](Image& image) { image.name = "x"; });
#endif
}
