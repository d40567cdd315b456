// SPDX-License-Identifier: Apache-2.0
// A field has a type that JSON can not say.
// error: openstack: a field can't have this type
// names: size
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage", .path = "/v3/volumes", .plural = "volumes"};

    Field<std::string, ReadOnly> id{};
#ifdef WRONG
    Field<std::byte*> size{};
#else
    Field<int> size{};
#endif
    BOOST_DESCRIBE_CLASS(Volume, (), (id, size), (), ())
};
Volume first(Proxy<Volume> const& volumes) { return volumes.get("1"); }
