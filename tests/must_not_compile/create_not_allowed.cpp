// SPDX-License-Identifier: Apache-2.0
// A resource is created that its service does not let anybody create.
// error: openstack: the declaration of this resource allows no create
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage",
                                           .path = "/v3/volumes",
                                           .plural = "volumes",
#ifdef WRONG
                                           .create = Create::none
#else
                                           .create = Create::put
#endif
    };

    Field<std::string, ReadOnly> id{};
    Field<std::string> name{};
    BOOST_DESCRIBE_CLASS(Volume, (), (id, name), (), ())
};
void use(Proxy<Volume> const& volumes) { (void)volumes.create({.name = "x"}); }
