// SPDX-License-Identifier: Apache-2.0
// Two members take what the other members leave.
// error: openstack: a struct has at most one catch-all
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage", .path = "/v3/volumes", .plural = "volumes"};

    Field<std::string, ReadOnly> id{};
    Properties metadata{};
#ifdef WRONG
    Properties extras{};
#else
    Field<std::string> extras{};
#endif
    BOOST_DESCRIBE_CLASS(Volume, (), (id, metadata, extras), (), ())
};
Volume first(Proxy<Volume> const& volumes) { return volumes.get("1"); }
