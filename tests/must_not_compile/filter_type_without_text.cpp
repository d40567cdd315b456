// SPDX-License-Identifier: Apache-2.0
// A field is to be filtered whose type has no text for a query.
// error: openstack: the type of a Filterable field must have a text
// names: attachment
#include <openstack/openstack.hpp>

using namespace openstack;
struct Attachment {
    Field<std::string> device{};
    BOOST_DESCRIBE_CLASS(Attachment, (), (device), (), ())
};
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage", .path = "/v3/volumes", .plural = "volumes"};

    Field<std::string, ReadOnly> id{};
#ifdef WRONG
    Field<Attachment, Filterable<Eq>> attachment{};
#else
    Field<Attachment> attachment{};
#endif
    BOOST_DESCRIBE_CLASS(Volume, (), (id, attachment), (), ())
};
Volume first(Proxy<Volume> const& volumes) { return volumes.get("1"); }
