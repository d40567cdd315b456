// SPDX-License-Identifier: Apache-2.0
// A listing is asked for by something that is no part of a query.
// error: openstack: a listing takes where<...> with an operator
// names: int
#include <openstack/openstack.hpp>

using openstack::image::v2::Image;
#ifdef WRONG
openstack::Query<Image> const query{100};
#else
openstack::Query<Image> const query{openstack::max_items(100)};
#endif
