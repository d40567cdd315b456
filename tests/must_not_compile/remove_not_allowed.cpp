// SPDX-License-Identifier: Apache-2.0
// A resource is removed that its service does not let anybody remove.
// error: openstack: the declaration of this resource allows no remove
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage",
                                           .path = "/v3/volumes",
                                           .plural = "volumes",
#ifdef WRONG
                                           .remove = false
#else
                                           .remove = true
#endif
    };

    Field<std::string, ReadOnly> id{};
    Field<std::string> name{};
    BOOST_DESCRIBE_CLASS(Volume, (), (id, name), (), ())
};
void use(Proxy<Volume> const& volumes) { volumes.remove("1"); }
