// SPDX-License-Identifier: Apache-2.0
// A listing is asked for by what the service heeds only where one resource is asked for.
// error: openstack: the service lists nothing by this field
// names: Namespace
#include <openstack/openstack.hpp>

using namespace openstack;
using image::v2::metadefs::Namespace;
auto use(Proxy<Namespace> const& namespaces) {
#ifdef WRONG
    return namespaces.list(where<&Namespace::resource_type> == "OS::Glance::Image");
#else
    return namespaces.list(where<&Namespace::resource_types> == "OS::Glance::Image");
#endif
}
