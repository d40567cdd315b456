// SPDX-License-Identifier: Apache-2.0
// Keystone gets something that is no authentication method.
// error: openstack: an authentication method is a struct with
// names: Key
#include <openstack/openstack.hpp>

using namespace openstack;
struct Key {
#ifndef WRONG
    static constexpr std::string_view method = "key";
#endif
    [[nodiscard]] std::string to_json() const { return R"({"number": 7})"; }
};
Session session() {
    return Session{std::make_shared<CurlTransport>(), std::make_shared<Keystone>("https://cloud/identity", Key{})};
}
