// SPDX-License-Identifier: Apache-2.0
// A function that is the edit takes its image by value.
// error: openstack: an edit takes the resource by reference
// names: Image
#include <openstack/openstack.hpp>

using openstack::image::v2::Image;
inline void rename_copy(Image image) { image.name = "x"; }
inline void rename_image(Image& image) { image.name = "x"; }
void use(openstack::image::v2::Proxy const& glance) {
#ifdef WRONG
    (void)glance.update_image("1", rename_copy);
#else
    (void)glance.update_image("1", rename_image);
#endif
}
