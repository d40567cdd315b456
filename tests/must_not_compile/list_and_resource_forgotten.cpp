// SPDX-License-Identifier: Apache-2.0
// A proxy is for a struct that is no resource in any way.
// error: openstack: a Proxy is for a resource
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifndef WRONG
    static constexpr ResourceInfo resource{.service = "block-storage", .path = "/v3/volumes", .plural = "volumes"};
#endif

    Field<std::string, ReadOnly> id{};
#ifndef WRONG
    BOOST_DESCRIBE_CLASS(Volume, (), (id), (), ())
#endif
};
Volume first(Proxy<Volume> const& volumes) { return volumes.get("1"); }
