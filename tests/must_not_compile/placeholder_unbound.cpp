// SPDX-License-Identifier: Apache-2.0
// A Proxy is made without the id that the path of its resource needs.
// error: openstack: a Proxy takes as many ids as the resource.s path has placeholders
// names: Attachment
#include <openstack/openstack.hpp>

using namespace openstack;
struct Attachment {
    static constexpr ResourceInfo resource{
        .service = "compute", .path = "/v2.1/servers/{server_id}/os-volume_attachments", .plural = "volumeAttachments"};

    Field<std::string, ReadOnly> id{};
    BOOST_DESCRIBE_CLASS(Attachment, (), (id), (), ())
};
#ifdef WRONG
Proxy<Attachment> attachments(Session const& cloud) { return Proxy<Attachment>{cloud}; }
#else
Proxy<Attachment> attachments(Session const& cloud) { return Proxy<Attachment>{cloud, "server 1"}; }
#endif
