// SPDX-License-Identifier: Apache-2.0
// Two fields are sent by one name.
// error: openstack: two fields of this struct are sent by one name
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage", .path = "/v3/volumes", .plural = "volumes"};

    Field<std::string, ReadOnly> id{};
    Field<std::string> kind{};
#ifdef WRONG
    Field<std::string, WriteAs<"kind">> type{};
#else
    Field<std::string, WriteAs<"volume_type">> type{};
#endif
    BOOST_DESCRIBE_CLASS(Volume, (), (id, kind, type), (), ())
};
Volume first(Proxy<Volume> const& volumes) { return volumes.get("1"); }
