// SPDX-License-Identifier: Apache-2.0
// Callback: a function of the caller's that is kept for later.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace openstack {

template<class Signature>
class Callback;

/// A function, a lambda or an object that can be called, or nothing. Copies share one object, with its state. It stands
/// where std::function could, whose header costs the compiler a twentieth of what this whole library does.
template<class Result, class... Arguments>
class Callback<Result(Arguments...)> {
  public:
    Callback() = default;
    Callback(std::nullptr_t) {}
    /// Keeps a copy of `function`; nothing if that is a null pointer.
    template<class Function>
    requires(!std::same_as<std::remove_cvref_t<Function>, Callback> &&
             std::is_invocable_r_v<Result, Function&, Arguments...>) Callback(Function function) {
        if constexpr (std::is_pointer_v<Function>)
            if (function == nullptr) return;
        target_ = std::make_shared<Holder<Function>>(std::move(function));
    }

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
        Result call(Arguments... arguments) override { return function(std::forward<Arguments>(arguments)...); }
        Function function;
    };

    std::shared_ptr<Target> target_;
};

}  // namespace openstack
