// SPDX-License-Identifier: Apache-2.0
// A list is compared as a whole, where the service can only look for one of its values.
// error: openstack: this field can't be filtered by this operator
// names: Image::tags
#include <openstack/openstack.hpp>

using openstack::image::v2::Image;
#ifdef WRONG
openstack::Query<Image> const query{openstack::where<&Image::tags> == "gold"};
#else
openstack::Query<Image> const query{openstack::where<&Image::tags>.contains("gold")};
#endif
