// SPDX-License-Identifier: Apache-2.0
// Callback: a function of the caller's that is kept for later.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace openstack {

namespace detail {

/// Whether a function pointer or a function wrapper, such as std::function, has nothing to call.
template<class Function>
[[nodiscard]] bool has_nothing([[maybe_unused]] Function& function) {
    if constexpr (std::is_constructible_v<Function, std::nullptr_t> && std::is_constructible_v<bool, Function&>) {
        return !function;
    } else {
        return false;
    }
}

}  // namespace detail

template<class Signature>
class Callback;

/// A function, a lambda or an object that can be called, or nothing. Copies share one object, with its state: who uses
/// them in several threads gives it a function that may be called there. It stands where std::function could, whose
/// header costs the compiler a twentieth of what this whole library does.
template<class Result, class... Arguments>
class Callback<Result(Arguments...)> {
  public:
    /// Nothing.
    Callback() = default;
    Callback(std::nullptr_t) {}
    /// Keeps a copy of `function`; nothing if that is a null pointer, or a std::function that has nothing.
    template<class Function>
    requires(!std::same_as<std::remove_cvref_t<Function>, Callback> && !std::is_member_pointer_v<Function> &&
             std::is_invocable_r_v<Result, Function&, Arguments...>) Callback(Function function) {
        if (detail::has_nothing(function)) return;
        target_ = std::make_shared<Holder<Function>>(std::move(function));
    }

    /// Whether there is something to call.
    explicit operator bool() const noexcept { return target_ != nullptr; }
    /// Calls the function, which must be there.
    Result operator()(Arguments... arguments) const { return target_->call(std::forward<Arguments>(arguments)...); }

  private:
    struct Target {
        Target() = default;
        Target(Target const&) = delete;
        Target& operator=(Target const&) = delete;
        virtual ~Target() = default;
        virtual Result call(Arguments...) = 0;
    };
    template<class Function>
    struct Holder final : Target {
        explicit Holder(Function f) : function(std::move(f)) {}
        Result call(Arguments... arguments) override {
            if constexpr (std::is_void_v<Result>) {
                static_cast<void>(function(std::forward<Arguments>(arguments)...));
            } else {
                return function(std::forward<Arguments>(arguments)...);
            }
        }
        Function function;
    };

    std::shared_ptr<Target> target_;
};

}  // namespace openstack
