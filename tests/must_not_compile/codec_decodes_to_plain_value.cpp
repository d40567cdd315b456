// SPDX-License-Identifier: Apache-2.0
// A codec can not say that a text is none of its values.
// error: openstack: the codec of a field's type T needs .* encode.* decode
// names: versions
#include <openstack/openstack.hpp>

using namespace openstack;
struct Version {
    int number = 0;
    bool operator==(Version const&) const = default;
};
template<>
struct openstack::codec<Version> {
    static constexpr std::string_view expected = "version";
    static int encode(Version const& version) { return version.number; }
#ifdef WRONG
    static Version decode(int number) { return Version{number}; }
#else
    static std::optional<Version> decode(int number) { return Version{number}; }
#endif
};
struct Volume {
    static constexpr ResourceInfo resource{
        .service = "block-storage", .path = "/v3/volumes", .plural = "volumes", .update = Update::merge};

    Field<std::string, ReadOnly> id{};
    Field<std::string> name{};
    Field<std::vector<Version>> versions{};
    BOOST_DESCRIBE_CLASS(Volume, (), (id, name, versions), (), ())
};
static_assert(Resource<Volume>);
Volume use(Proxy<Volume> const& volumes) {
    Volume const made = volumes.create({.name = "x"});
    for (Volume const& each : volumes.list()) volumes.remove(each);
    (void)volumes.find("x");
    (void)volumes.update(made, {.name = "y"});
    (void)volumes.update("1", [](Volume& volume) { volume.name = "y"; });
    return volumes.get("1");
}
