// SPDX-License-Identifier: Apache-2.0
// One resource is asked for with a filter of listings.
// error: openstack: get\(\) takes conditions on OfGet fields
// names: Namespace
#include <openstack/openstack.hpp>

using namespace openstack;
using image::v2::metadefs::Namespace;
auto use(Proxy<Namespace> const& namespaces) {
#ifdef WRONG
    return namespaces.get("My", where<&Namespace::resource_types> == "OS::Glance::Image");
#else
    return namespaces.get("My", where<&Namespace::resource_type> == "OS::Glance::Image");
#endif
}
