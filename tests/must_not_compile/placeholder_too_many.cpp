// SPDX-License-Identifier: Apache-2.0
// A Proxy is made with more ids than the path of its resource has places for.
// error: openstack: a Proxy takes as many ids as the resource.s path has placeholders
// names: Attachment
#include <openstack/openstack.hpp>

using namespace openstack;
struct Attachment {
    static constexpr ResourceInfo resource{
        .service = "compute", .path = "/v2.1/os-volume_attachments", .plural = "volumeAttachments"};

    Field<std::string, ReadOnly> id{};
    BOOST_DESCRIBE_CLASS(Attachment, (), (id), (), ())
};
#ifdef WRONG
Proxy<Attachment> attachments(Session const& cloud) { return Proxy<Attachment>{cloud, "server 1"}; }
#else
Proxy<Attachment> attachments(Session const& cloud) { return Proxy<Attachment>{cloud}; }
#endif
