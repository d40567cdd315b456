// SPDX-License-Identifier: Apache-2.0
// PrivateKey: what signs images.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <openstack/file.hpp>
#include <openstack/image/v2/signing_key.hpp>

namespace openstack::image::v2 {

/// What signs images: an RSA key of 2048 bits or more, or one on the curve sect409k1, sect409r1, sect571k1, sect571r1,
/// secp384r1 or secp521r1. Copies share the key, which may be used by several threads at once.
class PrivateKey {
  public:
    /// The key of a text in PEM, encrypted or not. Throws KeyError if there is none, the passphrase is wrong, or the
    /// key is none of those above.
    [[nodiscard]] static PrivateKey from_pem(std::string_view pem, std::string_view passphrase = {}) {
        detail::OwnErrors const errors;
        detail::Bio const memory = detail::memory_of(pem);
        Asked asked{passphrase};
        EVP_PKEY* const key = PEM_read_bio_PrivateKey(memory.get(), nullptr, answer, &asked);
        if (key != nullptr) return PrivateKey{key};
        if (!asked.is_asked) throw KeyError("there is no private key in PEM");
        throw KeyError(passphrase.empty() ? "the private key is encrypted, and there is no passphrase"
                                          : "the passphrase is wrong, or the private key is damaged");
    }
    /// The same of a file. Throws IoError, too.
    template<openstack::detail::FilePath Path>
    [[nodiscard]] static PrivateKey from_file(Path const& path, std::string_view passphrase = {}) {
        return detail::with_text_of(path, [&](std::string_view pem) { return from_pem(pem, passphrase); });
    }

    /// As img_signature_key_type has it, such as "RSA-PSS".
    [[nodiscard]] std::string const& type() const noexcept { return key_.type(); }
    /// The signature of data with that digest, by the algorithm of OpenSSL's name. Throws Error if OpenSSL fails.
    [[nodiscard]] std::string sign(std::string_view digest, char const* algorithm) const {
        return key_.sign(digest, algorithm);
    }

  private:
    struct Asked {
        std::string_view passphrase;
        bool is_asked = false;
    };

    explicit PrivateKey(EVP_PKEY* key) : key_(key) {}

    /// In place of OpenSSL's own, which would ask at the terminal.
    static int answer(char* buffer, int size, int, void* data) {
        Asked& asked = *static_cast<Asked*>(data);
        asked.is_asked = true;
        if (asked.passphrase.size() > static_cast<std::size_t>(size)) return -1;
        return static_cast<int>(asked.passphrase.copy(buffer, asked.passphrase.size()));
    }

    detail::SigningKey key_;
};

}  // namespace openstack::image::v2
