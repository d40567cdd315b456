// SPDX-License-Identifier: Apache-2.0
// A bool is compared with a number.
// error: openstack: the value of a filter must have the type of its field
// names: Image::is_hidden
#include <openstack/openstack.hpp>

using openstack::image::v2::Image;
#ifdef WRONG
openstack::Query<Image> const query{openstack::where<&Image::is_hidden> == 1};
#else
openstack::Query<Image> const query{openstack::where<&Image::is_hidden> == true};
#endif
