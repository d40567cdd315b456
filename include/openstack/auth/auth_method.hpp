// SPDX-License-Identifier: Apache-2.0
// AuthMethod: one way to show Keystone who one is, whatever its type.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <openstack/callback.hpp>

namespace openstack {

/// A way to show Keystone who one is: `method` is the name that Keystone has for it, `to_json()` its JSON object. It
/// may have `void check() const`, which throws ConfigError for what can't be right: called before anything is sent.
template<class T>
concept KeystoneMethod = requires(T const& value) {
    { T::method } -> std::convertible_to<std::string_view>;
    { value.to_json() } -> std::convertible_to<std::string>;
};

/// Holds a method of any type, such as a Password. Copies share it.
class AuthMethod {
  public:
    /// Takes a KeystoneMethod. Throws what its `check` throws.
    template<class T>
    requires(!std::same_as<std::remove_cvref_t<T>, AuthMethod>) AuthMethod(T method) {
        static_assert(
            KeystoneMethod<T>,
            "openstack: an authentication method is a struct with `static constexpr std::string_view method`, "
            "Keystone's name of it, and `std::string to_json() const`, such as Password or Token");
        if constexpr (KeystoneMethod<T>) {
            if constexpr (requires { method.check(); }) method.check();
            name_ = T::method;
            to_json_ = [method = std::move(method)] { return std::string{method.to_json()}; };
        }
    }

    /// Keystone's name of the method.
    [[nodiscard]] std::string_view name() const noexcept { return name_; }
    /// What Keystone is told, as a JSON object: a secret. Throws InvalidRequest for a text that isn't UTF-8.
    [[nodiscard]] std::string to_json() const { return to_json_(); }

  private:
    std::string_view name_;
    Callback<std::string()> to_json_;
};

}  // namespace openstack
