// SPDX-License-Identifier: Apache-2.0
// One resource is asked for that its service only lists.
// error: openstack: the declaration of this resource allows no get
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage",
                                           .path = "/v3/volumes",
                                           .plural = "volumes",
#ifdef WRONG
                                           .get = false
#else
                                           .get = true
#endif
    };

    Field<std::string, ReadOnly> id{};
    Field<std::string> name{};
    BOOST_DESCRIBE_CLASS(Volume, (), (id, name), (), ())
};
void use(Proxy<Volume> const& volumes) { (void)volumes.get("1"); }
