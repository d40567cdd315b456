// SPDX-License-Identifier: Apache-2.0
// A text stands for a bool that is not there: it would always be true.
// error: openstack: a bool field takes only a bool
// names: bool
#include <openstack/openstack.hpp>

bool is_protected(openstack::image::v2::Image const& image) {
#ifdef WRONG
    return image.is_protected.value_or("false");
#else
    return image.is_protected.value_or(false);
#endif
}
