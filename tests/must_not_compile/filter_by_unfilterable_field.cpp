// SPDX-License-Identifier: Apache-2.0
// A field is filtered that the service can not filter.
// error: openstack: the service can't filter by this field
// names: Image::direct_url
#include <openstack/openstack.hpp>

using openstack::image::v2::Image;
#ifdef WRONG
openstack::Query<Image> const query{openstack::where<&Image::direct_url> == "file:///x"};
#else
openstack::Query<Image> const query{openstack::where<&Image::checksum> == "x"};
#endif
