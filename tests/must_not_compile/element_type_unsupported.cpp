// SPDX-License-Identifier: Apache-2.0
// The elements of a list have a type that JSON can not say.
// error: openstack: a field can't have this type
// names: attachments
#include <openstack/openstack.hpp>

using namespace openstack;
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage", .path = "/v3/volumes", .plural = "volumes"};

    Field<std::string, ReadOnly> id{};
#ifdef WRONG
    Field<std::vector<std::byte*>> attachments{};
#else
    Field<std::vector<std::string>> attachments{};
#endif
    BOOST_DESCRIBE_CLASS(Volume, (), (id, attachments), (), ())
};
Volume first(Proxy<Volume> const& volumes) { return volumes.get("1"); }
