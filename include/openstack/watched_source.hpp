// SPDX-License-Identifier: Apache-2.0
// WatchedSource: a request's source, of which is known whether it was read and whether it has thrown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <openstack/http.hpp>

namespace openstack::detail {

/// Calls functions of the user's, whose exceptions may be of the types that tell of a failed connection.
/// A template, like WatchedSource, so that a program compiles it only where it sends.
template<class Result = bool>
class WatchedCallbacks {
  public:
    /// What `call()` gives.
    template<class Call>
    decltype(auto) call(Call call) {
        try {
            return call();
        } catch (...) {
            have_thrown_ = true;
            throw;
        }
    }

    /// Whether one of them has thrown.
    [[nodiscard]] Result have_thrown() const noexcept { return have_thrown_; }

  private:
    Result have_thrown_{};
};

/// Passes on another source, or none. Both that and the callbacks outlive it.
template<class Callbacks = WatchedCallbacks<>>
class WatchedSource final : public Source {
  public:
    WatchedSource(Source* source, Callbacks& callbacks) : source_(source), callbacks_(callbacks) {}

    [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override {
        is_read_ = true;
        return callbacks_.call([&] { return source_->read(buffer); });
    }
    [[nodiscard]] std::optional<std::uint64_t> size() const override {
        return callbacks_.call([&] { return source_->size(); });
    }
    [[nodiscard]] std::string name() const override { return source_->name(); }
    /// True also if there is nothing to go back from.
    [[nodiscard]] bool rewind() override {
        if (is_read_ && !callbacks_.call([&] { return source_->rewind(); })) return false;
        is_read_ = false;
        return true;
    }

  private:
    Source* source_;
    Callbacks& callbacks_;
    bool is_read_ = false;
};

}  // namespace openstack::detail
