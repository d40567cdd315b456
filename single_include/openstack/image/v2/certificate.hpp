// SPDX-License-Identifier: Apache-2.0
// Generated from include/ by single_include/amalgamate.py: changes belong there.
// Certificate: what verifies the signatures of images.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include <openstack/openstack.hpp>
#include <openstack/image/v2/signing_key.hpp>

namespace openstack::image::v2 {

/// An X.509 certificate whose holder signs images, by a key of those that PrivateKey has. That it is trusted is up to
/// who makes one of it: neither its issuer is looked at nor whether it was revoked. Copies share it, and may be used by
/// several threads at once.
class Certificate {
  public:
    /// The first certificate of a text in PEM. Throws KeyError if there is none, or it has no key that signs images.
    [[nodiscard]] static Certificate from_pem(std::string_view pem) {
        detail::OwnErrors const errors;
        detail::Bio const memory = detail::memory_of(pem);
        X509* const certificate = PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr);
        if (certificate == nullptr) throw KeyError("there is no certificate in PEM");
        return Certificate{std::shared_ptr<X509>{certificate, X509_free}};
    }
    /// The same of a file. Throws IoError, too.
    template<openstack::detail::FilePath Path>
    [[nodiscard]] static Certificate from_file(Path const& path) {
        return detail::with_text_of(path, [](std::string_view pem) { return from_pem(pem); });
    }

    /// As img_signature_key_type has it, such as "RSA-PSS".
    [[nodiscard]] std::string const& type() const noexcept { return key_.type(); }
    /// Whose it is, such as "CN = signer".
    [[nodiscard]] std::string subject() const {
        return printed([this](BIO* to) {
            return X509_NAME_print_ex(to, X509_get_subject_name(certificate_.get()), 0, XN_FLAG_ONELINE);
        });
    }

    /// Throws KeyError if it isn't valid yet, or no longer.
    void check_dates() const {
        ASN1_TIME const* const from = X509_get0_notBefore(certificate_.get());
        ASN1_TIME const* const until = X509_get0_notAfter(certificate_.get());
        if (X509_cmp_current_time(from) >= 0)  // 0 where the date can't be read
            throw KeyError("the certificate of " + subject() + " isn't valid yet, but from " + printed(from) + " on");
        if (X509_cmp_current_time(until) <= 0)
            throw KeyError("the certificate of " + subject() + " has expired: it was valid until " + printed(until));
    }

    /// Whether its holder made that signature of data with that digest, by the algorithm of OpenSSL's name.
    [[nodiscard]] bool has_signed(std::string_view digest, char const* algorithm, std::string_view signature) const {
        return key_.has_signed(digest, algorithm, signature);
    }

  private:
    explicit Certificate(std::shared_ptr<X509> certificate)
        : certificate_(std::move(certificate)), key_(key_in(certificate_.get())) {}

    static EVP_PKEY* key_in(X509* certificate) {
        EVP_PKEY* const key = X509_get_pubkey(certificate);
        if (key == nullptr) throw KeyError("OpenSSL doesn't know the kind of the certificate's key");
        return key;
    }

    template<class Print>
    static std::string printed(Print print) {
        detail::OwnErrors const errors;
        detail::Bio const text{BIO_new(BIO_s_mem())};
        if (!text) throw std::bad_alloc{};
        static_cast<void>(print(text.get()));
        char* first = nullptr;
        auto const size = BIO_get_mem_data(text.get(), &first);
        return {first, static_cast<std::size_t>(size)};
    }
    static std::string printed(ASN1_TIME const* time) {
        return printed([time](BIO* to) { return ASN1_TIME_print(to, time); });
    }

    std::shared_ptr<X509> certificate_;  ///< not changed by anyone
    detail::SigningKey key_;
};

}  // namespace openstack::image::v2
