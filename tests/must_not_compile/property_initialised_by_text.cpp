// SPDX-License-Identifier: Apache-2.0
// An initialiser gives a text to a property of an integer.
// error: openstack: the value of a property must have the type of its key
// names: int
#include <openstack/openstack.hpp>

using namespace openstack::image::v2;
#ifdef WRONG
Image const image{.properties = {hw::cpu_cores("4"), hw::disk_bus("virtio")}};
#else
Image const image{.properties = {hw::cpu_cores(4), hw::disk_bus("virtio")}};
#endif
