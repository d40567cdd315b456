// SPDX-License-Identifier: Apache-2.0
// Resources are listed with details, of which their service has none.
// error: openstack: the declaration of this resource has no listing with details
// names: Server
#include <openstack/openstack.hpp>

using namespace openstack;
struct Server {
    static constexpr ResourceInfo resource{.service = "compute",
                                           .path = "/v2.1/servers",
                                           .plural = "servers",
#ifdef WRONG
                                           .details = false
#else
                                           .details = true
#endif
    };

    Field<std::string, ReadOnly> id{};
    BOOST_DESCRIBE_CLASS(Server, (), (id), (), ())
};
void use(Proxy<Server> const& servers) { (void)servers.list(details); }
