// SPDX-License-Identifier: Apache-2.0
// A struct is described and has a codec that can not be used: it would be an object of JSON, against what is meant.
// error: openstack: the codec of a field's type lacks .* expected
// names: version
#include <openstack/openstack.hpp>

using namespace openstack;
struct Version {
    Field<int> number{};
    bool operator==(Version const&) const = default;
    BOOST_DESCRIBE_CLASS(Version, (), (number), (), ())
};
template<>
struct openstack::codec<Version> {
#ifndef WRONG
    static constexpr std::string_view expected = "version";
#endif
    static int encode(Version const& version) { return *version.number; }
    static std::optional<Version> decode(int number) { return Version{.number = number}; }
};
struct Volume {
    static constexpr ResourceInfo resource{.service = "block-storage", .path = "/v3/volumes", .plural = "volumes"};

    Field<std::string, ReadOnly> id{};
    Field<Version> version{};
    BOOST_DESCRIBE_CLASS(Volume, (), (id, version), (), ())
};
Volume first(Proxy<Volume> const& volumes) { return volumes.get("1"); }
