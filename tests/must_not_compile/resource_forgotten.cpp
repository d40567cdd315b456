// SPDX-License-Identifier: Apache-2.0
// A struct that a proxy is for does not say where its service keeps it.
// error: openstack: a resource says where its service keeps it
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifndef WRONG
    static constexpr ResourceInfo resource{
        .service = "block-storage", .path = "/v3/volumes", .plural = "volumes", .update = Update::merge};
#endif

    Field<std::string, ReadOnly> id{};
    Field<std::string> name{};
    BOOST_DESCRIBE_CLASS(Volume, (), (id, name), (), ())
};
Volume use(Connection const& cloud) {
    Proxy<Volume> const volumes{cloud};
    Volume const made = volumes.create({.name = "x"});
    for (Volume const& each : volumes.list()) volumes.remove(each);
    (void)volumes.find("x");
    (void)volumes.update(made, {.name = "y"});
    (void)volumes.update("1", [](Volume& volume) { volume.name = "y"; });
    return volumes.get("1");
}
