// SPDX-License-Identifier: Apache-2.0
// The ways to show Keystone who one is: a password, a token, an application credential, a one-time passcode.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <openstack/auth/scope.hpp>
#include <openstack/callback.hpp>
#include <openstack/error.hpp>
#include <openstack/json.hpp>

namespace openstack {

namespace keystone {

/// Throws ConfigError unless the method says who the user is.
template<class Method>
void check_user(Method const& m) {
    std::string const start = "the method " + std::string{m.method};
    if (!m.user_id.empty()) return;
    if (m.username.empty()) throw ConfigError(start + " needs a user: a user_id or a username");
    if (m.user_domain_id.empty() && m.user_domain_name.empty())
        throw ConfigError(start + "'s username needs a user_domain_name or user_domain_id");
}

/// A JSON object, whose members `write` gives to the writer that it gets.
template<class Writer, class Write>
[[nodiscard]] std::string object(Write write) {
    Writer writer;
    writer.begin_object();
    write(writer);
    writer.end_object();
    return writer.text();
}

/// Writes `"user": {...}`, with a secret of the user's under `key` unless that is empty.
template<class Writer, class Method>
void write_user(Writer& writer, Method const& m, std::string_view key = {}, std::string_view secret = {}) {
    write_object(writer, "user", [&] {
        write_name(writer, m.user_id, m.username, m.user_domain_id, m.user_domain_name);
        if (!key.empty()) write_text(writer, key, secret);
    });
}

}  // namespace keystone

/// A user's name and password. The name is one within a domain, the id is one of its own.
struct Password {
    static constexpr std::string_view method = "password";  ///< Keystone's name of it

    std::string username{};          ///< within the user's domain
    std::string user_id{};           ///< instead of `username`
    std::string user_domain_name{};  ///< of the domain that `username` is in
    std::string user_domain_id{};    ///< instead of `user_domain_name`
    std::string password{};          ///< UTF-8; it appears in no message

    /// Throws ConfigError if the user is missing, or the domain of a name.
    template<class Method = Password>
    void check() const {
        keystone::check_user<Method>(*this);
    }
    /// What Keystone is told. Throws InvalidRequest for a text that isn't UTF-8.
    template<class Writer = detail::JsonWriter>
    [[nodiscard]] std::string to_json() const {
        return keystone::object<Writer>(
            [&](Writer& writer) { keystone::write_user(writer, *this, "password", password); });
    }
};

/// A token of Keystone's, for another one with another scope. The new one ends when the given one does.
struct Token {
    static constexpr std::string_view method = "token";  ///< Keystone's name of it

    std::string token{};  ///< it appears in no message

    /// Throws ConfigError if there is none.
    template<class Problem = ConfigError>
    void check() const {
        if (token.empty()) throw Problem("the method token needs a token");
    }
    /// What Keystone is told. Throws InvalidRequest for a text that isn't UTF-8.
    template<class Writer = detail::JsonWriter>
    [[nodiscard]] std::string to_json() const {
        return keystone::object<Writer>([&](Writer& writer) { keystone::write_text(writer, "id", token); });
    }
};

/// What a user has made for a program, in the user's place: by its id, or by its name and the user. It brings its own
/// scope, so Keystone takes no other one with it.
struct ApplicationCredential {
    static constexpr std::string_view method = "application_credential";  ///< Keystone's name of it

    std::string id{};                ///< if it isn't empty, name and user don't count
    std::string name{};              ///< unique among those of its user
    std::string secret{};            ///< it appears in no message
    std::string username{};          ///< within the user's domain
    std::string user_id{};           ///< instead of `username`
    std::string user_domain_name{};  ///< of the domain that `username` is in
    std::string user_domain_id{};    ///< instead of `user_domain_name`

    /// Throws ConfigError if the credential, its secret, or the user of a name is missing.
    template<class Method = ApplicationCredential>
    void check() const {
        if (id.empty() && name.empty()) throw ConfigError("the method application_credential needs an id or a name");
        if (secret.empty()) throw ConfigError("the method application_credential needs a secret");
        if (id.empty()) keystone::check_user<Method>(*this);
    }
    /// What Keystone is told. Throws InvalidRequest for a text that isn't UTF-8.
    template<class Writer = detail::JsonWriter>
    [[nodiscard]] std::string to_json() const {
        return keystone::object<Writer>([&](Writer& writer) {
            keystone::write_id_or_name(writer, id, name);
            keystone::write_text(writer, "secret", secret);
            if (id.empty()) keystone::write_user(writer, *this);
        });
    }
};

/// A one-time passcode: a text, or a function that gives the current one whenever a token is asked for.
class Passcode {
  public:
    /// None.
    Passcode() = default;
    /// One for a single use: the next token isn't given for it.
    template<std::convertible_to<std::string> Text>
    Passcode(Text text) : current_([text = std::string(std::move(text))] { return text; }) {}
    /// A function without arguments that gives a text.
    template<class Function>
    requires std::is_invocable_r_v<std::string, Function&> Passcode(Function function)
        : current_(std::move(function)) {}

    /// Whether there is one.
    explicit operator bool() const noexcept { return static_cast<bool>(current_); }
    /// The current one, which must be there.
    [[nodiscard]] std::string current() const { return current_(); }

  private:
    Callback<std::string()> current_;
};

/// A one-time passcode by time (RFC 6238), as a device shows it.
struct Totp {
    static constexpr std::string_view method = "totp";  ///< Keystone's name of it

    std::string username{};          ///< within the user's domain
    std::string user_id{};           ///< instead of `username`
    std::string user_domain_name{};  ///< of the domain that `username` is in
    std::string user_domain_id{};    ///< instead of `user_domain_name`
    Passcode passcode{};             ///< it appears in no message; what a function throws leaves `authorize` unchanged

    /// Throws ConfigError if the user, the domain of a name or the passcode is missing.
    template<class Method = Totp>
    void check() const {
        keystone::check_user<Method>(*this);
        if (!passcode) throw ConfigError("the method totp needs a passcode");
    }
    /// What Keystone is told. Asks for the passcode. Throws InvalidRequest for a text that isn't UTF-8.
    template<class Writer = detail::JsonWriter>
    [[nodiscard]] std::string to_json() const {
        return keystone::object<Writer>(
            [&](Writer& writer) { keystone::write_user(writer, *this, "passcode", passcode.current()); });
    }
};

}  // namespace openstack
