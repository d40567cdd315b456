// SPDX-License-Identifier: Apache-2.0
// A condition has no operator.
// error: openstack: a listing takes where<...> with an operator
// names: Image::is_hidden
#include <openstack/openstack.hpp>

using openstack::image::v2::Image;
#ifdef WRONG
openstack::Query<Image> const query{openstack::where<&Image::is_hidden>};
#else
openstack::Query<Image> const query{openstack::where<&Image::is_hidden> == true};
#endif
