// SPDX-License-Identifier: Apache-2.0
// Many at once: one action on each of many things, a bounded number of them at a time, each with its own outcome.
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <openstack/algorithm.hpp>
#include <openstack/error.hpp>
#include <openstack/stop_token.hpp>
#include <openstack/thread.hpp>

namespace openstack {

/// What became of one of many: what its action gave, or what it threw.
template<class Result>
class Outcome {
    struct Nothing {};
    using Kept = std::conditional_t<std::is_void_v<Result>, Nothing, Result>;

  public:
    /// Runs the action and keeps what becomes of it.
    template<class Action>
    static Outcome of(Action action) noexcept {
        Outcome outcome;
        try {
            if constexpr (std::is_void_v<Result>) {
                action();
                outcome.result_.emplace();
            } else {
                outcome.result_.emplace(action());
            }
        } catch (...) {
            outcome.error_ = std::current_exception();
        }
        return outcome;
    }

    /// Whether the action came to its end.
    [[nodiscard]] bool has_value() const noexcept { return result_.has_value(); }
    [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }
    /// What the action gave. Throws what it threw.
    decltype(auto) value() const {
        if (error_) std::rethrow_exception(error_);
        if constexpr (!std::is_void_v<Result>) return *result_;
    }
    /// What the action threw; null if it threw nothing.
    [[nodiscard]] std::exception_ptr error() const noexcept { return error_; }

  private:
    std::optional<Kept> result_;
    std::exception_ptr error_;
};

/// How many are done at a time, and until when.
struct AtOnce {
    unsigned limit = 4;  ///< so many at a time, each in a thread
    StopToken stop{};    ///< then no further one is begun; each of those that are left has Cancelled as its outcome
};

namespace detail {

/// Shares the items among threads. A template so that a program compiles it only where it's used.
template<class Item, class Action>
class ManyAtOnce {
  public:
    using Result = std::decay_t<std::invoke_result_t<Action&, Item const&>>;

    ManyAtOnce(std::vector<Item> const& items, AtOnce const& options, Action& action)
        : items_(items), options_(options), action_(action), outcomes_(items.size()) {}

    /// The caller's thread is one of them, so it goes on where the system has no other to give.
    [[nodiscard]] std::vector<Outcome<Result>> run() {
        std::size_t const count = (std::min)(std::size_t{options_.limit}, items_.size());
        std::vector<std::unique_ptr<Thread<Work>>> threads;
        while (threads.size() + 1 < count) threads.push_back(std::make_unique<Thread<Work>>(Work{this}));
        work();
        threads.clear();
        return std::move(outcomes_);
    }

  private:
    struct Work {
        ManyAtOnce* owner;
        void operator()() const noexcept { owner->work(); }
    };

    void work() noexcept {
        for (std::size_t i = next_++; i < items_.size(); i = next_++)
            outcomes_[i] = Outcome<Result>::of([&]() -> Result {
                if (options_.stop.stop_requested()) throw Cancelled("its stop token ended it before it began");
                return action_(items_[i]);
            });
    }

    std::vector<Item> const& items_;
    AtOnce const& options_;
    Action& action_;
    std::vector<Outcome<Result>> outcomes_;
    std::atomic<std::size_t> next_{0};
};

}  // namespace detail

/// Does `action(item)` for each item, so many at a time, and gives the outcomes in the order of the items. The action
/// is called from several threads at once: a Connection and its proxies may be. Throws InvalidRequest for a limit of 0,
/// and nothing that an action throws.
///
///     auto const outcomes = for_each_at_once(glance.images().all(), {.limit = 8}, [&](Image const& image) {
///         return glance.download_image(image, to_file(*image.id + ".raw"));
///     });
template<class Item, class Action>
[[nodiscard]] auto for_each_at_once(std::vector<Item> const& items, AtOnce const& options, Action action) {
    if (options.limit == 0) throw InvalidRequest("at least one is done at a time");
    return detail::ManyAtOnce<Item, Action>{items, options, action}.run();
}

}  // namespace openstack
