// SPDX-License-Identifier: Apache-2.0
// Several resources are created by one request, which their service doesn't take.
// error: openstack: the declaration of this resource allows no create_all
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage",
                                           .path = "/v3/volumes",
                                           .plural = "volumes",
#ifdef WRONG
                                           .create_all = false
#else
                                           .create_all = true
#endif
    };

    Field<std::string, ReadOnly> id{};
    BOOST_DESCRIBE_CLASS(Volume, (), (id), (), ())
};
void use(Proxy<Volume> const& volumes) { volumes.create_all({}); }
