// SPDX-License-Identifier: Apache-2.0
// A member of a resource is no Field, so nobody could see whether it is set.
// error: openstack: every member of a resource is a Field
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage", .path = "/v3/volumes", .plural = "volumes"};

    Field<std::string, ReadOnly> id{};
#ifdef WRONG
    int size = 0;
#else
    Field<int> size{};
#endif
    BOOST_DESCRIBE_CLASS(Volume, (), (id, size), (), ())
};
Volume first(Proxy<Volume> const& volumes) { return volumes.get("1"); }
