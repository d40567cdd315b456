// SPDX-License-Identifier: Apache-2.0
// The path of a resource does not begin at the root of its service.
// error: openstack: the path of a resource starts with /
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    static constexpr ResourceInfo resource{.service = "block-storage", .path = "volumes", .plural = "volumes"};
#else
    static constexpr ResourceInfo resource{.service = "block-storage", .path = "/v3/volumes", .plural = "volumes"};
#endif
    Field<std::string, ReadOnly> id{};
    BOOST_DESCRIBE_CLASS(Volume, (), (id), (), ())
};
static_assert(Resource<Volume>);
