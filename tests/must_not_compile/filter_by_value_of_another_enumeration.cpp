// SPDX-License-Identifier: Apache-2.0
// A field is compared with an enumerator of another field.
// error: openstack: the value of a filter must have the type of its field
// names: Image::visibility
#include <openstack/openstack.hpp>

using openstack::image::v2::Image;
#ifdef WRONG
openstack::Query<Image> const query{openstack::where<&Image::visibility> == openstack::image::v2::ImageStatus::active};
#else
openstack::Query<Image> const query{openstack::where<&Image::visibility> == openstack::image::v2::Visibility::shared};
#endif
