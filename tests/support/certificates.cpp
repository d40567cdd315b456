// SPDX-License-Identifier: Apache-2.0
// Certificates by OpenSSL, of servers with keys on the curve P-256, which are made in no time.
#include "certificates.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace support {
namespace {

template<auto Free>
struct Freed {
    template<class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using X509Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using X509Name = std::unique_ptr<X509_NAME, Freed<X509_NAME_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;

void check(bool has_worked, char const* what) {
    if (!has_worked) throw std::runtime_error(std::string{"OpenSSL: "} + what);
}

template<class Write>
std::string pem(Write write) {
    Bio const bio{BIO_new(BIO_s_mem())};
    check(bio && write(bio.get()) == 1, "PEM");
    char* text = nullptr;
    long const size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

void add_extension(X509* certificate, int kind, std::string const& value) {
    std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> const extension{
        X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str())};
    check(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "extension");
}

X509Name name_of(std::string const& common_name) {
    X509Name name{X509_NAME_new()};
    auto const* const bytes = reinterpret_cast<unsigned char const*>(common_name.c_str());
    check(name && X509_NAME_add_entry_by_txt(name.get(), "CN", MBSTRING_UTF8, bytes, -1, -1, 0) == 1, "name");
    return name;
}

/// The name of an authority in the system's directory whose key is one of an elliptic curve, too; null if none is.
X509Name name_in_the_system() {
    std::error_code none;
    for (auto const& each : std::filesystem::directory_iterator{"/etc/ssl/certs", none}) {
        if (each.path().extension() != ".0") continue;
        Bio const file{BIO_new_file(each.path().c_str(), "r")};
        if (!file) continue;
        X509Certificate const found{PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr)};
        if (found && EVP_PKEY_base_id(X509_get0_pubkey(found.get())) == EVP_PKEY_EC)
            return X509Name{X509_NAME_dup(X509_get_subject_name(found.get()))};
    }
    return nullptr;
}

Certificate to_pem(X509* certificate, EVP_PKEY* key) {
    return {pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); }),
            pem([&](BIO* bio) { return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr); })};
}

X509Certificate new_certificate(X509_NAME* subject, X509_NAME* issuer, EVP_PKEY* key, Validity validity) {
    auto const seconds = [](std::chrono::hours time) { return static_cast<long>(std::chrono::seconds{time}.count()); };
    static long serial = 0;
    X509Certificate made{X509_new()};
    check(made && X509_set_version(made.get(), 2) == 1 &&
              ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial) == 1 &&
              X509_gmtime_adj(X509_getm_notBefore(made.get()), seconds(validity.from)) != nullptr &&
              X509_gmtime_adj(X509_getm_notAfter(made.get()), seconds(validity.until)) != nullptr &&
              X509_set_subject_name(made.get(), subject) == 1 && X509_set_issuer_name(made.get(), issuer) == 1 &&
              X509_set_pubkey(made.get(), key) == 1,
          "certificate");
    return made;
}

Key new_key(std::string const& kind) {
    constexpr std::string_view rsa = "RSA:";
    if (kind.starts_with(rsa)) return Key{EVP_RSA_gen(static_cast<unsigned>(std::stoul(kind.substr(rsa.size()))))};
    bool const is_curve = !kind.starts_with("ED");
    return Key{is_curve ? EVP_EC_gen(kind.c_str()) : EVP_PKEY_Q_keygen(nullptr, nullptr, kind.c_str())};
}

}  // namespace

std::string encrypted_key(Certificate const& certificate, std::string const& password) {
    Bio const bio{BIO_new_mem_buf(certificate.key.data(), static_cast<int>(certificate.key.size()))};
    Key const key{PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr)};
    check(key != nullptr, "key");
    return pem([&](BIO* to) {
        auto const* const bytes = reinterpret_cast<unsigned char const*>(password.data());
        int const size = static_cast<int>(password.size());
        return PEM_write_bio_PrivateKey(to, key.get(), EVP_aes_256_cbc(), bytes, size, nullptr, nullptr);
    });
}

class Authority::Impl {
  public:
    explicit Impl(X509Name name) : key_(new_key()), name_(std::move(name)) {
        certificate_ = make(name_.get(), key_.get(), {});
        add_extension(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
        add_extension(certificate_.get(), NID_key_usage, "critical,keyCertSign,digitalSignature");
        sign(certificate_.get());
    }

    [[nodiscard]] std::string hashed_name() const {
        char name[16];
        std::snprintf(name, sizeof name, "%08lx.0", X509_NAME_hash_ex(name_.get(), nullptr, nullptr, nullptr));
        return name;
    }

    [[nodiscard]] Certificate itself() const { return to_pem(certificate_.get(), key_.get()); }

    [[nodiscard]] Certificate issue(std::string const& host, Validity validity) const {
        Key const key = new_key();
        X509Certificate const issued = make(name_of(host).get(), key.get(), validity);
        add_extension(issued.get(), NID_subject_alt_name, host);
        sign(issued.get());
        return to_pem(issued.get(), key.get());
    }

  private:
    static Key new_key() {
        Key key{EVP_EC_gen("P-256")};
        check(key != nullptr, "key");
        return key;
    }

    [[nodiscard]] X509Certificate make(X509_NAME* subject, EVP_PKEY* key, Validity validity) const {
        return new_certificate(subject, name_.get(), key, validity);
    }

    void sign(X509* certificate) const { check(X509_sign(certificate, key_.get(), EVP_sha256()) != 0, "signature"); }

    Key key_;
    X509Name name_;
    X509Certificate certificate_{};
};

Certificate self_signed(std::string const& kind, Validity validity) {
    Key const key = new_key(kind);
    check(key != nullptr, kind.c_str());
    X509Name const name = name_of("a signer");
    X509Certificate const own = new_certificate(name.get(), name.get(), key.get(), validity);
    bool const has_own_hash = kind.starts_with("ED");
    check(X509_sign(own.get(), key.get(), has_own_hash ? nullptr : EVP_sha256()) != 0, "signature");
    return to_pem(own.get(), key.get());
}

Authority::Authority(std::string const& name) : Authority(std::make_unique<Impl>(name_of(name))) {}
Authority::Authority(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Authority::Authority(Authority&&) noexcept = default;
Authority& Authority::operator=(Authority&&) noexcept = default;
Authority::~Authority() = default;

Authority Authority::namesake_of_the_systems() {
    X509Name name = name_in_the_system();
    if (!name) throw std::runtime_error("the system trusts no authority whose name could be taken (ca-certificates)");
    return Authority{std::make_unique<Impl>(std::move(name))};
}

std::string Authority::certificate() const { return itself().certificate; }
std::string Authority::hashed_name() const { return impl_->hashed_name(); }
Certificate Authority::itself() const { return impl_->itself(); }
Certificate Authority::issue(std::string const& host, Validity validity) const { return impl_->issue(host, validity); }

}  // namespace support
