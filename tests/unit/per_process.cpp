// SPDX-License-Identifier: Apache-2.0
#include <openstack/per_process.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <mutex>

using openstack::detail::PerProcess;

namespace {

int destroyed = 0;

struct Counter {
    Counter() = default;
    Counter(Counter const&) = delete;
    Counter& operator=(Counter const&) = delete;
    ~Counter() { ++destroyed; }

    std::mutex mutex;
    int value = 0;
};

/// What `action` gives in a child process.
template<class Action>
int in_child(Action action) {
    pid_t const child = ::fork();
    if (child == 0) ::_exit(action());
    int status = -1;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("A child process begins anew, whatever its parent holds", "[per_process][row:157]") {
    destroyed = 0;
    {
        PerProcess<Counter> counter;
        counter.get().value = 7;
        std::lock_guard const held{counter.get().mutex};  // as by a thread that the child doesn't have
        CHECK(in_child([&] {
                  Counter& own = counter.get();
                  std::lock_guard const lock{own.mutex};
                  return own.value + (&own == &counter.get() ? 20 : 0);
              }) == 20);
        CHECK(counter.get().value == 7);
    }
    CHECK(destroyed == 1);
}

TEST_CASE("A child process leaves alone at its end what it inherited", "[per_process][row:157]") {
    auto* const unused = new PerProcess<Counter>;
    CHECK(in_child([&] {
              destroyed = 0;
              delete unused;
              return destroyed;
          }) == 0);
    CHECK(in_child([&] {
              destroyed = 0;
              unused->get().value = 1;
              delete unused;
              return destroyed;
          }) == 1);
    delete unused;
}
