// SPDX-License-Identifier: Apache-2.0
// hash.hpp declares what it uses of OpenSSL itself: a declaration that differs from OpenSSL's own doesn't compile here.
#include <openstack/hash.hpp>

#include <openssl/evp.h>

static_assert(EVP_MAX_MD_SIZE == 64);

openstack::Hasher hasher() { return openstack::Hasher{"sha512"}; }
