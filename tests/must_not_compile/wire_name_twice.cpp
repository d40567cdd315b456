// SPDX-License-Identifier: Apache-2.0
// Two fields have one name on the wire.
// error: openstack: two fields of this struct have one wire name
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage", .path = "/v3/volumes", .plural = "volumes"};

    Field<std::string, ReadOnly> id{};
#ifdef WRONG
    Field<std::string, Wire<"id">> uuid{};
#else
    Field<std::string, Wire<"uuid">> uuid{};
#endif
    BOOST_DESCRIBE_CLASS(Volume, (), (id, uuid), (), ())
};
Volume first(Proxy<Volume> const& volumes) { return volumes.get("1"); }
