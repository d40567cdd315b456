// SPDX-License-Identifier: Apache-2.0
// A field is missing in the list of its struct.
// error: openstack: BOOST_DESCRIBE_CLASS must list every member
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage", .path = "/v3/volumes", .plural = "volumes"};

    Field<std::string, ReadOnly> id{};
    Field<bool, Wire<"bootable">> is_bootable{};
    Field<std::string> name{};
#ifdef WRONG
    BOOST_DESCRIBE_CLASS(Volume, (), (id, is_bootable), (), ())
#else
    BOOST_DESCRIBE_CLASS(Volume, (), (id, is_bootable, name), (), ())
#endif
};
Volume first(Proxy<Volume> const& volumes) { return volumes.get("1"); }
