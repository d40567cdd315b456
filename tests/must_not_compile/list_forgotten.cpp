// SPDX-License-Identifier: Apache-2.0
// A resource does not list its members.
// error: openstack: a struct with a `resource` needs BOOST_DESCRIBE_CLASS
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
    static constexpr ResourceInfo resource{
        .service = "block-storage", .path = "/v3/volumes", .plural = "volumes", .update = Update::merge};

    Field<std::string, ReadOnly> id{};
    Field<std::string> name{};
#ifndef WRONG
    BOOST_DESCRIBE_CLASS(Volume, (), (id, name), (), ())
#endif
};
static_assert(Resource<Volume>);
Volume use(Proxy<Volume> const& volumes) {
    Volume const made = volumes.create({.name = "x"});
    for (Volume const& each : volumes.list()) volumes.remove(each);
    (void)volumes.find("x");
    (void)volumes.update(made, {.name = "y"});
    (void)volumes.update("1", [](Volume& volume) { volume.name = "y"; });
    return volumes.get("1");
}
