// SPDX-License-Identifier: Apache-2.0
// A collection is emptied that its service empties one by one.
// error: openstack: the declaration of this resource allows no remove_all
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage",
                                           .path = "/v3/volumes",
#ifdef WRONG
                                           .remove_all = false
#else
                                           .remove_all = true
#endif
    };

    Field<std::string, ReadOnly> id{};
    BOOST_DESCRIBE_CLASS(Volume, (), (id), (), ())
};
void use(Proxy<Volume> const& volumes) { volumes.remove_all(); }
