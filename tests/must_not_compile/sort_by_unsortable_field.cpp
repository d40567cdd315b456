// SPDX-License-Identifier: Apache-2.0
// A listing is sorted by a field that the service can not sort by.
// error: openstack: the service can't sort by this field
// names: Image::owner_id
#include <openstack/openstack.hpp>

using openstack::image::v2::Image;
#ifdef WRONG
openstack::Query<Image> const query{openstack::desc<&Image::owner_id>};
#else
openstack::Query<Image> const query{openstack::desc<&Image::updated_at>};
#endif
