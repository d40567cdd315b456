// SPDX-License-Identifier: Apache-2.0
// Generated from include/ by single_include/amalgamate.py: changes belong there.
// A key of an image's signature, as OpenSSL has it. The only header that includes OpenSSL's, included by none of
// openstack.hpp.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <openstack/openstack.hpp>

namespace openstack::image::v2 {

/// A private key or a certificate can't be used; the message says why, and holds neither key nor passphrase.
class KeyError : public Error {
  public:
    using Error::Error;
};

namespace detail {

/// Calls a function of OpenSSL's for what it made.
template<auto Free>
struct FreedBy {
    template<class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

/// OpenSSL's errors since this was made are taken from the thread's queue, where others would take them for theirs.
class OwnErrors {
  public:
    OwnErrors() { ERR_set_mark(); }
    OwnErrors(OwnErrors const&) = delete;
    OwnErrors& operator=(OwnErrors const&) = delete;
    ~OwnErrors() { ERR_pop_to_mark(); }
};

using Bio = std::unique_ptr<BIO, FreedBy<BIO_free>>;

constexpr std::size_t largest_pem = std::size_t{1} << 20;

/// The text must stay. Throws KeyError if it has more than 1 MiB.
[[nodiscard]] inline Bio memory_of(std::string_view text) {
    if (text.size() > largest_pem) throw KeyError("a key or certificate in PEM has more than 1 MiB");
    Bio memory{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
    if (!memory) throw std::bad_alloc{};
    return memory;
}

/// Calls `use` with a file's text, of which nothing stays in memory. Throws IoError, and KeyError with the file's name.
template<class Path, class Use>
[[nodiscard]] auto with_text_of(Path const& path, Use use) {
    struct Erased {
        std::string text = std::string(largest_pem + 1, '\0');
        ~Erased() { OPENSSL_cleanse(text.data(), text.size()); }
    } read;
    std::span<std::byte> room = openstack::detail::writable_bytes_of(read.text);
    auto const source = from_file(path);
    while (std::size_t const count = source->read(room)) room = {room.data() + count, room.size() - count};
    try {
        return use(std::string_view{read.text.data(), read.text.size() - room.size()});
    } catch (KeyError const& error) {
        throw KeyError(source->name() + ": " + error.what());
    }
}

/// A key of a kind that signs images.
class SigningKey {
  public:
    /// Takes the key, which isn't null. Throws KeyError if it is of another kind, or too weak.
    explicit SigningKey(EVP_PKEY* key) : key_(key, EVP_PKEY_free), type_(type_of(key)) {}

    [[nodiscard]] std::string const& type() const noexcept { return type_; }

    /// Throws Error if OpenSSL fails.
    [[nodiscard]] std::string sign(std::string_view digest, char const* algorithm) const {
        OwnErrors const errors;
        Context const context = begin(EVP_PKEY_sign_init, algorithm);
        std::size_t size = 0;
        std::string signature;
        bool is_made = context && EVP_PKEY_sign(context.get(), nullptr, &size, bytes(digest), digest.size()) == 1;
        signature.resize(size);
        auto* const room = reinterpret_cast<unsigned char*>(signature.data());
        is_made = is_made && EVP_PKEY_sign(context.get(), room, &size, bytes(digest), digest.size()) == 1;
        if (!is_made) throw Error("OpenSSL can't sign with a key for " + type_);
        signature.resize(size);
        return signature;
    }

    [[nodiscard]] bool has_signed(std::string_view digest, char const* algorithm, std::string_view signature) const {
        OwnErrors const errors;
        Context const context = begin(EVP_PKEY_verify_init, algorithm);
        return context &&
               EVP_PKEY_verify(context.get(), bytes(signature), signature.size(), bytes(digest), digest.size()) == 1;
    }

  private:
    using Context = std::unique_ptr<EVP_PKEY_CTX, FreedBy<EVP_PKEY_CTX_free>>;

    static constexpr int fewest_rsa_bits = 2048;  // NIST SP 800-131A

    static unsigned char const* bytes(std::string_view text) {
        return reinterpret_cast<unsigned char const*>(text.data());
    }

    /// As img_signature_key_type names it. What a certificate would say of the key tells that with any OpenSSL.
    static std::string type_of(EVP_PKEY* key) {
        OwnErrors const errors;
        X509_PUBKEY* made = nullptr;
        bool const is_made = X509_PUBKEY_set(&made, key) == 1;
        std::unique_ptr<X509_PUBKEY, FreedBy<X509_PUBKEY_free>> const encoded{made};
        X509_ALGOR* algorithm = nullptr;
        if (!is_made || X509_PUBKEY_get0_param(nullptr, nullptr, nullptr, &algorithm, made) != 1)
            throw KeyError("OpenSSL can't say of what kind the key is");
        ASN1_OBJECT const* kind = nullptr;
        int parameter_kind = V_ASN1_UNDEF;
        void const* parameter = nullptr;
        X509_ALGOR_get0(&kind, &parameter_kind, &parameter, algorithm);
        int const number = OBJ_obj2nid(kind);
        std::string name = OBJ_nid2sn(number);
        if (number == NID_rsaEncryption) name = "RSA-PSS";
        if (number == NID_X9_62_id_ecPublicKey) {
            bool const is_named = parameter_kind == V_ASN1_OBJECT;
            int const curve = is_named ? OBJ_obj2nid(static_cast<ASN1_OBJECT const*>(parameter)) : NID_undef;
            name = std::string{"ECC_"} + OBJ_nid2sn(curve);
        }
        if (int const bits = EVP_PKEY_bits(key); name == "RSA-PSS" && bits < fewest_rsa_bits)
            throw KeyError("an RSA key of " + std::to_string(bits) + " bits is too weak: it must have " +
                           std::to_string(fewest_rsa_bits));
        return listed(name);
    }

    /// The same in the spelling of the list. DSA isn't taken, which is for no new signatures any more (FIPS 186-5).
    static std::string listed(std::string const& name) {
        std::string types;
        for (std::string_view const each : img::signature_key_types) {
            if (each == "DSA") continue;
            if (openstack::detail::equal_ignoring_case(name, each)) return std::string{each};
            types.append(types.empty() ? "" : ", ").append(each);
        }
        throw KeyError("a key of the type " + name + " signs no images; these do: " + types);
    }

    /// Null if OpenSSL fails. As the services verify: of RSA with MGF1 by the same hash, and a salt that is as long as
    /// can be.
    template<class Initialise>
    [[nodiscard]] Context begin(Initialise initialise, char const* algorithm) const {
        Context context{EVP_PKEY_CTX_new(key_.get(), nullptr)};
        bool is_begun = context && initialise(context.get()) == 1;
        if (type_ == "RSA-PSS")
            is_begun = is_begun && EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) > 0 &&
                       EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_MAX) > 0;
        is_begun = is_begun && EVP_PKEY_CTX_set_signature_md(context.get(), EVP_get_digestbyname(algorithm)) > 0;
        return is_begun ? std::move(context) : nullptr;
    }

    std::shared_ptr<EVP_PKEY> key_;  ///< not changed by anyone
    std::string type_;
};

}  // namespace detail

}  // namespace openstack::image::v2
