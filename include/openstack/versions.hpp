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

/// What is read of one version. This and the following are templates so that a program compiles them only where it asks
/// for versions.
template<class Text = std::string>
struct VersionEntry {
    /// One of its addresses.
    struct Link {
        Field<Text> rel{};  ///< "self" for the address of the version itself
        Field<Text> href{};
        BOOST_DESCRIBE_CLASS(Link, (), (rel, href), (), ())
    };

    Field<Text> id{};
    Field<Text> status{};
    Field<Text> version{};
    Field<Text> min_version{};
    Field<std::vector<Link>> links{};
    BOOST_DESCRIBE_CLASS(VersionEntry, (), (id, status, version, min_version, links), (), ())
};
/// The versions as most services list them.
template<class Text = std::string>
struct VersionList {
    Field<std::vector<VersionEntry<Text>>> versions{};
    BOOST_DESCRIBE_CLASS(VersionList, (), (versions), (), ())
};
/// The versions as Keystone does: all, or the one that answers.
template<class Text = std::string>
struct KeystoneVersions {
    /// Several of them.
    struct Values {
        Field<std::vector<VersionEntry<Text>>> values{};
        BOOST_DESCRIBE_CLASS(Values, (), (values), (), ())
    };

    Field<VersionEntry<Text>> version{};
    Field<Values> versions{};
    BOOST_DESCRIBE_CLASS(KeystoneVersions, (), (version, versions), (), ())
};

/// The versions in a document of either kind. Throws DecodeError, whose message opens with `what`.
template<class Text = std::string>
[[nodiscard]] std::vector<VersionEntry<Text>> read_versions(Text const& body, std::string const& what) {
    try {
        if (auto const list = from_json<VersionList<Text>>(body, what); list.versions) return *list.versions;
    } catch (DecodeError const&) {  // then it is of the other kind
    }
    std::vector<VersionEntry<Text>> found;
    auto const other = from_json<KeystoneVersions<Text>>(body, what);
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
    auto const body = session.versions(service).body;
    std::vector<Version> found;
    for (auto const& each : detail::read_versions(body, "the answer to GET " + root)) {
        std::string const id = each.id.value_or("");
        found.push_back({id, each.status.value_or(""), each.version.value_or(""), each.min_version.value_or(""),
                         root + '/' + path_segment(id.substr(0, id.find('.')))});
    }
    return found;
}

}  // namespace openstack
