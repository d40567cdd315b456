// SPDX-License-Identifier: Apache-2.0
// A listing is sorted by a field of another resource.
// error: openstack: this sort key is of another resource
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
Query<Volume> const query{asc<&image::v2::Image::name>};
#else
Query<Volume> const query{asc<&Volume::name>};
#endif
