// SPDX-License-Identifier: Apache-2.0
// A field is compared with a value of another type.
// error: openstack: the value of a filter must have the type of its field
// names: Image::min_ram
#include <openstack/openstack.hpp>

using openstack::image::v2::Image;
#ifdef WRONG
openstack::Query<Image> const query{openstack::where<&Image::min_ram> >= "512"};
#else
openstack::Query<Image> const query{openstack::where<&Image::min_ram> >= 512};
#endif
