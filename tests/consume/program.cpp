// SPDX-License-Identifier: Apache-2.0
// A program that needs every part of the library and nothing else: JSON, a hash, and a connection that is refused.
#include <cstdlib>
#include <iostream>
#include <span>

#include <openstack/openstack.hpp>

int main() {
    int size = 2;
    unsigned const as_the_program_likes = size;  // the library's own warnings aren't the program's
    auto const image = openstack::from_json<openstack::image::v2::Image>(R"({"name": "x", "tags": ["a", "b"]})");
    if (image.name != "x" || image.tags->size() != as_the_program_likes) return 1;

    openstack::Hasher hasher{"sha256"};
    hasher.update(std::as_bytes(std::span{*image.name}));
    if (hasher.hex_digest() != "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881") return 1;

    setenv("OS_AUTH_TYPE", "none", 1);
    setenv("OS_ENDPOINT", "http://127.0.0.1:1", 1);
    try {
        (void)openstack::connect().image().get_image("1");
        return 1;
    } catch (openstack::ConnectError const& error) {
        std::cout << "refused as expected: " << error.what() << '\n';
    }
}
