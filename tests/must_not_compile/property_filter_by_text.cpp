// SPDX-License-Identifier: Apache-2.0
// A property of an integer is compared with a text.
// error: openstack: the value of a property must have the type of its key
// names: int
#include <openstack/openstack.hpp>

using namespace openstack::image::v2;
#ifdef WRONG
openstack::Query<Image> const query{openstack::property(hw::cpu_cores) == "4"};
#else
openstack::Query<Image> const query{openstack::property(hw::cpu_cores) == 4};
#endif
