// SPDX-License-Identifier: Apache-2.0
// Waiting for a resource: it is asked for again and again, with ever longer pauses, until it is as it shall be.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <utility>

#include <openstack/algorithm.hpp>
#include <openstack/clock.hpp>
#include <openstack/error.hpp>
#include <openstack/http_error.hpp>
#include <openstack/limits.hpp>
#include <openstack/one_line.hpp>
#include <openstack/proxy.hpp>

namespace openstack {

/// How long is waited, and how often asked. A negative time, and an interval of 0, are refused (InvalidRequest).
struct WaitOptions {
    std::chrono::milliseconds deadline = std::chrono::hours(1);  ///< of the whole wait; 0: none
    std::chrono::milliseconds interval{2'000};  ///< between two questions in the end; it begins with an eighth of it
};

namespace detail {

/// Asks `look()` until `missing(what it gave)` is empty, a text that says what isn't yet as it shall be; gives the last
/// look. Once there was a first one, a service that fails, puts off or can't be reached is asked on until the deadline:
/// a wait of an hour mustn't end because of a minute. `name` names the resource in messages. A template, like what
/// calls it, so that a program compiles it only where it waits.
template<class Handle, class Look, class Missing>
[[nodiscard]] auto look_until(Handle const& session, std::string const& name, WaitOptions const& options, Look look,
                              Missing missing) {
    if (options.deadline < Milliseconds::zero() || options.interval <= Milliseconds::zero())
        throw InvalidRequest("a wait's deadline is negative, or there is no time between its questions");
    CallLimits const limits{session.clock(), StopToken{}, options.deadline};
    Milliseconds pause = (std::max)(options.interval / 8, Milliseconds{1});
    std::string lacks;
    std::string trouble;
    for (bool is_first = true;; is_first = false) {
        try {
            auto state = look();
            trouble.clear();
            lacks = missing(std::as_const(state));
            if (lacks.empty()) return state;
        } catch (TransportError const& failure) {
            if (is_first) throw;
            trouble = std::string{"; it couldn't be asked any more: "} + failure.what();
        } catch (HttpError const& failure) {
            bool const may_pass = failure.status() >= 500 || failure.status() == 429;
            if (is_first || !may_pass) throw;
            trouble = std::string{"; it couldn't be asked any more: "} + failure.what();
        }
        Milliseconds const rest = limits.left();
        if (rest == Milliseconds::zero())
            throw ResourceTimeout(name + ": waited for " + std::to_string(options.deadline.count()) + " ms; " + lacks +
                                  trouble);
        session.wait((std::min)(pause, rest), "waiting for " + name);
        pause = (std::min)(pause * 2, options.interval);
    }
}

template<Resource T>
[[nodiscard]] std::string name_of(ResourceRef<T> const& resource) {
    return std::string{T::resource.path} + '/' + one_line(resource.id());
}

}  // namespace detail

/// Waits until `is_as_wanted(resource)`, and gives the resource as it is then. Throws ResourceTimeout, Cancelled as
/// soon as the session's stop token says so, and unchanged what the predicate throws. HTTP: GET of the resource,
/// repeatedly.
template<Resource T, std::predicate<T const&> Predicate>
T wait_for(Proxy<T> const& proxy, ResourceRef<std::type_identity_t<T>> const& resource, Predicate is_as_wanted,
           WaitOptions const& options = {}) {
    return detail::look_until(
        proxy.session(), detail::name_of<T>(resource), options, [&] { return proxy.get(resource.id()); },
        [&](T const& state) { return is_as_wanted(state) ? "" : "it isn't as it shall be"; });
}

/// Waits until the resource is gone. Throws ResourceTimeout and Cancelled. HTTP: GET of the resource, until a 404.
template<Resource T>
void wait_for_delete(Proxy<T> const& proxy, ResourceRef<std::type_identity_t<T>> const& resource,
                     WaitOptions const& options = {}) {
    (void)detail::look_until(
        proxy.session(), detail::name_of<T>(resource), options,
        [&] {
            try {
                (void)proxy.get(resource.id());
                return true;
            } catch (ResourceNotFound const&) {
                return false;
            }
        },
        [](bool is_there) { return is_there ? "it is still there" : ""; });
}

}  // namespace openstack
