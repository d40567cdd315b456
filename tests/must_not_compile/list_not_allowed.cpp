// SPDX-License-Identifier: Apache-2.0
// Resources are listed that their service does not list.
// error: openstack: the declaration of this resource allows no list
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage",
                                           .path = "/v3/volumes",
                                           .plural = "volumes",
#ifdef WRONG
                                           .list = false
#else
                                           .list = true
#endif
    };

    Field<std::string, ReadOnly> id{};
    Field<std::string> name{};
    BOOST_DESCRIBE_CLASS(Volume, (), (id, name), (), ())
};
void use(Proxy<Volume> const& volumes) { (void)volumes.list(); }
