// SPDX-License-Identifier: Apache-2.0
// Certificates for servers of tests. Keys are made anew each time, and are nowhere but in memory.
#pragma once

#include <chrono>
#include <memory>
#include <string>

namespace support {

/// A certificate and its private key, in PEM.
struct Certificate {
    std::string certificate{};
    std::string key{};
};

/// The private key, in PEM, encrypted with a password.
[[nodiscard]] std::string encrypted_key(Certificate const& certificate, std::string const& password);

/// When a certificate is valid, counted from now.
struct Validity {
    std::chrono::hours from{-24};
    std::chrono::hours until{24};
};

/// A certificate of its own key. `kind` is that of the key: `RSA:` and a number of bits, or else a curve such as
/// secp384r1, or another algorithm of OpenSSL's, such as ED25519.
[[nodiscard]] Certificate self_signed(std::string const& kind, Validity validity = {});

/// Issues certificates. Whoever trusts `certificate()` trusts them.
class Authority {
  public:
    explicit Authority(std::string const& name = "an authority for tests");
    /// Has the name of one that the system trusts, if there is one with a key of the same kind, but a key of its own.
    [[nodiscard]] static Authority namesake_of_the_systems();
    Authority(Authority&&) noexcept;
    Authority& operator=(Authority&&) noexcept;
    ~Authority();

    /// In PEM.
    [[nodiscard]] std::string certificate() const;
    /// What its file is called in a directory of authorities (see openssl-rehash).
    [[nodiscard]] std::string hashed_name() const;
    /// What a server would show that has no certificate but this authority's own.
    [[nodiscard]] Certificate itself() const;
    /// For a server with that name or address, such as `IP:127.0.0.1` or `DNS:other.example`.
    [[nodiscard]] Certificate issue(std::string const& host = "IP:127.0.0.1", Validity validity = {}) const;

  private:
    class Impl;
    explicit Authority(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace support
