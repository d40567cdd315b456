// SPDX-License-Identifier: Apache-2.0
// A field is sent as a list between commas, but can't be filtered by a list.
// error: openstack: CommaSeparated says how a field that is Filterable<In>
// names: CommaSeparated
#include <openstack/openstack.hpp>

using namespace openstack;
struct Server {
#ifdef WRONG
    Field<std::string, Filterable<Eq>, CommaSeparated> tags{};
#else
    Field<std::string, Filterable<In>, CommaSeparated> tags{};
#endif
};
Server server;
