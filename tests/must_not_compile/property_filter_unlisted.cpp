// SPDX-License-Identifier: Apache-2.0
// A property is compared with a literal that its list doesn't have.
// error: (this_text_is_not_in_the_list_of_its_key|call to consteval function .*disk_buses)
// names: this_text_is_not_in_the_list_of_its_key
#include <openstack/openstack.hpp>

using namespace openstack::image::v2;
#ifdef WRONG
openstack::PropertyFilter const filter = openstack::property(hw::disk_bus) == "vritio";
#else
openstack::PropertyFilter const filter = openstack::property(hw::disk_bus) == "virtio";
#endif
