// SPDX-License-Identifier: Apache-2.0
// A key's type is one that no text stands for.
// error: openstack: the type of a property's key is a bool, a number, std::string, OneOf or has a codec
// names: vector
#include <openstack/openstack.hpp>

#ifdef WRONG
inline constexpr openstack::PropertyKey<std::vector<int>> slots{"acme_slots"};
#else
inline constexpr openstack::PropertyKey<int> slots{"acme_slots"};
#endif
bool has_slots(openstack::Properties const& properties) { return properties.get(slots).has_value(); }
