// SPDX-License-Identifier: Apache-2.0
// A resource is changed that its service does not let anybody change.
// error: openstack: the declaration of this resource allows no update
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage",
                                           .path = "/v3/volumes",
                                           .plural = "volumes",
#ifdef WRONG
                                           .update = Update::none
#else
                                           .update = Update::merge
#endif
    };

    Field<std::string, ReadOnly> id{};
    Field<std::string> name{};
    BOOST_DESCRIBE_CLASS(Volume, (), (id, name), (), ())
};
void use(Proxy<Volume> const& volumes) { (void)volumes.update("1", {.name = "x"}); }
