// SPDX-License-Identifier: Apache-2.0
// A JSON patch is sent to a service that merges.
// error: openstack: the declaration of this resource allows no update by JSON patch
// names: Volume
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage",
                                           .path = "/v3/volumes",
                                           .plural = "volumes",
#ifdef WRONG
                                           .update = Update::merge
#else
                                           .update = Update::json_patch
#endif
    };

    Field<std::string, ReadOnly> id{};
    Field<std::string> name{};
    BOOST_DESCRIBE_CLASS(Volume, (), (id, name), (), ())
};
void use(Proxy<Volume> const& volumes) { (void)volumes.patch("1", {}); }
