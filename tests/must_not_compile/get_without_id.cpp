// SPDX-License-Identifier: Apache-2.0
// One of several resources is asked for without its id.
// error: openstack: there are several of this resource: get\(\) takes an id
// names: Limits
#include <openstack/openstack.hpp>

using namespace openstack;
struct Limits {
    static constexpr ResourceInfo resource{.service = "compute",
                                           .path = "/v2.1/limits",
                                           .key = "limits",
#ifdef WRONG
                                           .single = false
#else
                                           .single = true
#endif
    };

    Field<int> cores{};
    BOOST_DESCRIBE_CLASS(Limits, (), (cores), (), ())
};
Limits use(Proxy<Limits> const& limits) { return limits.get(); }
