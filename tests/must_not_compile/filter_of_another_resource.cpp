// SPDX-License-Identifier: Apache-2.0
// A listing is filtered by a field of another resource.
// error: openstack: this filter is of another resource
// names: Image Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage", .path = "/v3/volumes", .plural = "volumes"};

    Field<std::string, ReadOnly> id{};
    Field<std::string, Filterable<Eq>, Sortable> name{};
    BOOST_DESCRIBE_CLASS(Volume, (), (id, name), (), ())
};
#ifdef WRONG
Query<Volume> const query{where<&image::v2::Image::name> == "x"};
#else
Query<Volume> const query{where<&Volume::name> == "x"};
#endif
