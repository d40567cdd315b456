// SPDX-License-Identifier: Apache-2.0
// A number is given to a bool.
// error: openstack: a bool field takes only a bool
// names: bool
#include <openstack/openstack.hpp>

#ifdef WRONG
openstack::image::v2::Image const image{.is_protected = 1};
#else
openstack::image::v2::Image const image{.is_protected = true};
#endif
