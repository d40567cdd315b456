// SPDX-License-Identifier: Apache-2.0
// A field that only the service sets stands in an initialiser.
// error: openstack: this field is read-only
// names: long ReadOnly
#include <openstack/openstack.hpp>

#ifdef WRONG
openstack::image::v2::Image const image{.size = 4096};
#else
openstack::image::v2::Image const image{.min_disk = 4096};
#endif
