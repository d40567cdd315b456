// SPDX-License-Identifier: Apache-2.0
// A field is compared by an operator that the service has not.
// error: openstack: this field can't be filtered by this operator
// names: Image::status
#include <openstack/openstack.hpp>

using openstack::image::v2::Image;
#ifdef WRONG
openstack::Query<Image> const query{openstack::where<&Image::status> != openstack::image::v2::ImageStatus::queued};
#else
openstack::Query<Image> const query{openstack::where<&Image::status> == openstack::image::v2::ImageStatus::queued};
#endif
