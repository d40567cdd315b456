// SPDX-License-Identifier: Apache-2.0
// The versions of a service's API, as the service lists them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <openstack/endpoint.hpp>
#include <openstack/error.hpp>
#include <openstack/from_json.hpp>
#include <openstack/resource.hpp>
#include <openstack/session.hpp>
#include <openstack/uri.hpp>

namespace openstack {

/// One version of an API. What a service offers depends on its configuration too, so these explain a refusal rather
/// than foretell one.
struct ApiVersion {
    std::string id{};           ///< such as "v2.16"
    std::string status{};       ///< "CURRENT", "SUPPORTED", "DEPRECATED" or "EXPERIMENTAL", in capitals or not
    std::string version{};      ///< the newest microversion, where the API has them
    std::string min_version{};  ///< the oldest one
    /// Where it is: always on the host and below the prefix of the catalog's endpoint. Services behind a proxy list
    /// addresses of their own, which only the cloud knows.
    std::string url{};
};

namespace detail {

/// What is read of one version.
struct VersionEntry {
    /// One of its addresses.
    struct Link {
        Field<std::string> rel{};  ///< "self" for the address of the version itself
        Field<std::string> href{};
        BOOST_DESCRIBE_CLASS(Link, (), (rel, href), (), ())
    };

    Field<std::string> id{};
    Field<std::string> status{};
    Field<std::string> version{};
    Field<std::string> min_version{};
    Field<std::vector<Link>> links{};
    BOOST_DESCRIBE_CLASS(VersionEntry, (), (id, status, version, min_version, links), (), ())
};
/// The versions as most services list them.
struct VersionList {
    Field<std::vector<VersionEntry>> versions{};
    BOOST_DESCRIBE_CLASS(VersionList, (), (versions), (), ())
};
/// The versions as Keystone does: all, or the one that answers.
struct KeystoneVersions {
    /// Several of them.
    struct Values {
        Field<std::vector<VersionEntry>> values{};
        BOOST_DESCRIBE_CLASS(Values, (), (values), (), ())
    };

    Field<VersionEntry> version{};
    Field<Values> versions{};
    BOOST_DESCRIBE_CLASS(KeystoneVersions, (), (version, versions), (), ())
};

/// The versions in a document of either kind. Throws DecodeError, whose message opens with `what`.
template<class List = VersionList, class Other = KeystoneVersions, class Entry = VersionEntry>
[[nodiscard]] std::vector<Entry> read_versions(std::string const& body, std::string const& what) {
    try {
        if (auto const list = from_json<List>(body, what); list.versions) return *list.versions;
    } catch (DecodeError const&) {  // then it is of the other kind
    }
    std::vector<Entry> found;
    auto const other = from_json<Other>(body, what);
    if (other.versions) found = other.versions->values.value_or(found);
    if (other.version) found.push_back(*other.version);
    return found;
}

}  // namespace detail

/// The versions that the service lists, in its order. Throws DecodeError for another document, and what Session::send
/// throws. HTTP: GET of the endpoint without a version.
template<class Handle = Session, class Version = ApiVersion>
[[nodiscard]] std::vector<Version> versions(Handle const& session, std::string_view service) {
    std::string const root = version_root(session.endpoint(service));
    std::string const body = session.versions(service).body;
    std::vector<Version> found;
    for (auto const& each : detail::read_versions(body, "the answer to GET " + root)) {
        std::string const id = each.id.value_or("");
        found.push_back({id, each.status.value_or(""), each.version.value_or(""), each.min_version.value_or(""),
                         root + '/' + path_segment(id.substr(0, id.find('.')))});
    }
    return found;
}

}  // namespace openstack
