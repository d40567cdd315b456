// SPDX-License-Identifier: Apache-2.0
// A number is assigned to a property by its name, where a std::string would take it for a character.
// error: openstack: a property is a text; one that has a type has a key, too
// names: int
#include <openstack/openstack.hpp>

using namespace openstack::image::v2;
void set(Image& image) {
#ifdef WRONG
    image.properties["hw_cpu_cores"] = 4;
#else
    image.properties["hw_cpu_cores"] = "4";
#endif
}
