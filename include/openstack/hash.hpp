// SPDX-License-Identifier: Apache-2.0
// Hashes by name. The only header of openstack.hpp that touches OpenSSL.
#pragma once

#include <cstddef>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <openstack/error.hpp>

// What is used of OpenSSL's libcrypto, declared as <openssl/evp.h> has it since 1.1.0 (a test compares them). That
// header has all that OpenSSL can, and costs the compiler a twenty-fifth of what this whole library does.
extern "C" {
typedef struct evp_md_ctx_st EVP_MD_CTX;
typedef struct evp_md_st EVP_MD;
typedef struct engine_st ENGINE;
EVP_MD_CTX* EVP_MD_CTX_new(void);
void EVP_MD_CTX_free(EVP_MD_CTX*);
int EVP_MD_CTX_copy_ex(EVP_MD_CTX*, EVP_MD_CTX const*);
EVP_MD const* EVP_get_digestbyname(char const*);
int EVP_DigestInit_ex(EVP_MD_CTX*, EVP_MD const*, ENGINE*);
int EVP_DigestUpdate(EVP_MD_CTX*, void const*, std::size_t);
int EVP_DigestFinal_ex(EVP_MD_CTX*, unsigned char*, unsigned int*);
}

namespace openstack {

/// The hash of all bytes it was given. Used by one thread at a time.
class Hasher {
  public:
    /// `algorithm` as the service names it: md5, sha1, sha256, sha384, sha512, sha3_256, blake2b ... Throws Error if
    /// OpenSSL doesn't have it, or isn't allowed to use it (md5 under FIPS).
    explicit Hasher(std::string_view algorithm) : Hasher() {
        if (!start(algorithm)) throw Error("the hash algorithm " + std::string{algorithm} + " isn't available");
    }

    Hasher(Hasher&& other) noexcept : context_(std::exchange(other.context_, nullptr)) {}
    Hasher& operator=(Hasher&& other) noexcept {
        std::swap(context_, other.context_);
        return *this;
    }
    ~Hasher() { EVP_MD_CTX_free(context_); }

    /// Whether a Hasher of that name can be made.
    [[nodiscard]] static bool supports(std::string_view algorithm) { return Hasher{}.start(algorithm); }

    /// Takes the next bytes. Throws Error if OpenSSL fails.
    void update(std::span<std::byte const> bytes) { check(EVP_DigestUpdate(context_, bytes.data(), bytes.size())); }

    /// The hash of the bytes so far in lower-case hexadecimal digits. More may follow.
    [[nodiscard]] std::string hex_digest() const {
        Hasher ended;
        check(EVP_MD_CTX_copy_ex(ended.context_, context_));
        unsigned char digest[64]{};  // EVP_MAX_MD_SIZE
        unsigned int size = 0;
        check(EVP_DigestFinal_ex(ended.context_, digest, &size));
        std::string text;
        for (unsigned int i = 0; i < size; ++i) {
            text += "0123456789abcdef"[digest[i] >> 4];
            text += "0123456789abcdef"[digest[i] & 15];
        }
        return text;
    }

  private:
    Hasher() : context_(EVP_MD_CTX_new()) {
        if (context_ == nullptr) throw std::bad_alloc{};
    }

    bool start(std::string_view algorithm) {
        // The service has its names from Python's hashlib; OpenSSL spells some of them differently.
        std::string name{algorithm};
        for (char& c : name)
            if (c == '_') c = '-';
        if (name == "blake2b") name = "blake2b512";
        if (name == "blake2s") name = "blake2s256";
        EVP_MD const* const known = EVP_get_digestbyname(name.c_str());
        return known != nullptr && EVP_DigestInit_ex(context_, known, nullptr) == 1;
    }

    static void check(int result) {
        if (result != 1) throw Error("OpenSSL can't compute a hash");
    }

    EVP_MD_CTX* context_;
};

}  // namespace openstack
