// SPDX-License-Identifier: Apache-2.0
// A struct in a field has no ==, by which an update finds what has changed.
// error: openstack: the type of a field needs ==
// names: attachment
#include <openstack/openstack.hpp>

using namespace openstack;
struct Attachment {
    Field<std::string> device{};
#ifndef WRONG
    bool operator==(Attachment const&) const = default;
#endif
    BOOST_DESCRIBE_CLASS(Attachment, (), (device), (), ())
};
struct Volume {
    static constexpr ResourceInfo resource{
        .service = "block-storage", .path = "/v3/volumes", .plural = "volumes", .update = Update::merge};

    Field<std::string, ReadOnly> id{};
    Field<std::string> name{};
    Field<Attachment> attachment{};
    BOOST_DESCRIBE_CLASS(Volume, (), (id, name, attachment), (), ())
};
Volume use(Proxy<Volume> const& volumes) {
    Volume const made = volumes.create({.name = "x"});
    for (Volume const& each : volumes.list()) volumes.remove(each);
    (void)volumes.find("x");
    (void)volumes.update(made, {.name = "y"});
    (void)volumes.update("1", [](Volume& volume) { volume.name = "y"; });
    return volumes.get("1");
}
