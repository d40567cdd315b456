// SPDX-License-Identifier: Apache-2.0
// An authentication method does not say what Keystone is told of it.
// error: openstack: an authentication method is a struct with
// names: Key
#include <openstack/openstack.hpp>

using namespace openstack;
struct Key {
    static constexpr std::string_view method = "key";
#ifdef WRONG
    [[nodiscard]] int to_json() const { return 7; }
#else
    [[nodiscard]] std::string to_json() const { return "{}"; }
#endif
};
Keystone cloud() { return Keystone{"https://cloud/identity", {Password{.user_id = "u"}, Key{}}}; }
