// SPDX-License-Identifier: Apache-2.0
// A fraction is given to an integer.
// error: openstack: an integer field takes only an integer
// names: int
#include <openstack/openstack.hpp>

#ifdef WRONG
openstack::image::v2::Image const image{.min_disk = 2.5};
#else
openstack::image::v2::Image const image{.min_disk = 3};
#endif
