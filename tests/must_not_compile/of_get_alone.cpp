// SPDX-License-Identifier: Apache-2.0
// A field that is a condition of get() isn't only that.
// error: openstack: an OfGet field is QueryOnly
// names: OfGet
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
#ifdef WRONG
    Field<bool, OfGet, ReadOnly, Filterable<Eq>> with_attachments{};
#else
    Field<bool, OfGet, QueryOnly, ReadOnly, Filterable<Eq>> with_attachments{};
#endif
};
Volume volume;
