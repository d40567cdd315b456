// SPDX-License-Identifier: Apache-2.0
// The texts of an enumeration are not known.
// error: openstack: the enumeration of an Open<...> needs BOOST_DESCRIBE_ENUM
// names: Status
#include <openstack/openstack.hpp>

using namespace openstack;
enum class Status { available, in_use };
#ifndef WRONG
BOOST_DESCRIBE_ENUM(Status, available, in_use)
#endif
struct Volume {
    static constexpr ResourceInfo resource{
        .service = "block-storage", .path = "/v3/volumes", .plural = "volumes", .update = Update::merge};

    Field<std::string, ReadOnly> id{};
    Field<std::string> name{};
    Field<std::vector<Open<Status>>> history{};
    BOOST_DESCRIBE_CLASS(Volume, (), (id, name, history), (), ())
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
