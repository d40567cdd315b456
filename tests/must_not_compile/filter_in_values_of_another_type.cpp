// SPDX-License-Identifier: Apache-2.0
// A field is looked for in a list of another type.
// error: openstack: the value of a filter must have the type of its field
// names: Image::name
#include <openstack/openstack.hpp>

using openstack::image::v2::Image;
#ifdef WRONG
openstack::Query<Image> const query{openstack::where<&Image::name>.in(std::vector<int>{1, 2})};
#else
openstack::Query<Image> const query{openstack::where<&Image::name>.in(std::vector<std::string>{"1", "2"})};
#endif
