// SPDX-License-Identifier: Apache-2.0
// A resource does not say whose it is.
// error: openstack: a resource names its service
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    static constexpr ResourceInfo resource{.path = "/v3/volumes", .plural = "volumes"};
#else
    static constexpr ResourceInfo resource{.service = "block-storage", .path = "/v3/volumes", .plural = "volumes"};
#endif
    Field<std::string, ReadOnly> id{};
    BOOST_DESCRIBE_CLASS(Volume, (), (id), (), ())
};
static_assert(Resource<Volume>);
