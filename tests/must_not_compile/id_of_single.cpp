// SPDX-License-Identifier: Apache-2.0
// A resource of which there is one is asked for by an id.
// error: openstack: there is one of this resource, without an id
// names: Limits
#include <openstack/openstack.hpp>

using namespace openstack;
struct Limits {
    static constexpr ResourceInfo resource{.service = "compute",
                                           .path = "/v2.1/limits",
                                           .key = "limits",
#ifdef WRONG
                                           .single = true
#else
                                           .single = false
#endif
    };

    Field<int> cores{};
    BOOST_DESCRIBE_CLASS(Limits, (), (cores), (), ())
};
Limits use(Proxy<Limits> const& limits) { return limits.get("1"); }
