// SPDX-License-Identifier: Apache-2.0
// A fraction stands for an integer that is not there: it would lose what is behind the point.
// error: openstack: an integer field takes only an integer
// names: int
#include <openstack/openstack.hpp>

int disk(openstack::image::v2::Image const& image) {
#ifdef WRONG
    return image.min_disk.value_or(0.5);
#else
    return image.min_disk.value_or(0);
#endif
}
