// SPDX-License-Identifier: Apache-2.0
// Callbacks: whatever can be called, kept; and nothing.
#include <catch2/catch.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <openstack/callback.hpp>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

using openstack::Callback;

namespace {

int twice(int value) { return 2 * value; }

}  // namespace

TEST_CASE("Functions, lambdas and objects are called with the arguments as they are given", "[callback]") {
    Callback<int(int)> const function{twice};
    CHECK(function(4) == 8);
    Callback<long(int)> const converted{[](int value) { return value + 1; }};
    CHECK(converted(4) == 5);

    std::string text;
    Callback<void(std::string&, std::string)> const append{
        [](std::string& to, std::string what) { to += std::move(what); }};
    append(text, "a");
    append(text, "b");
    CHECK(text == "ab");

    Callback<std::unique_ptr<int>(std::unique_ptr<int>)> const pass{[](std::unique_ptr<int> value) { return value; }};
    CHECK(*pass(std::make_unique<int>(3)) == 3);
}

TEST_CASE("A callback may be nothing", "[callback]") {
    int (*const none)(int) = nullptr;
    CHECK_FALSE(Callback<int(int)>{});
    CHECK_FALSE(Callback<int(int)>{nullptr});
    CHECK_FALSE(Callback<int(int)>{none});
    CHECK_FALSE(Callback<int(int)>{std::function<int(int)>{}});
    CHECK_FALSE(Callback<long(int)>{Callback<int(int)>{}});
    CHECK(Callback<int(int)>{twice});
    CHECK(Callback<int(int)>{std::function<int(int)>{twice}});
    CHECK(Callback<long(int)>{Callback<int(int)>{twice}}(2) == 4);
}

TEST_CASE("A result that nobody wants is dropped", "[callback]") {
    int calls = 0;
    Callback<void(int)> const count{[&](int value) { return calls += value; }};
    count(2);
    count(3);
    CHECK(calls == 5);
}

TEST_CASE("Copies share the object that is called", "[callback]") {
    Callback<int()> const count{[calls = 0]() mutable { return ++calls; }};
    Callback<int()> const copy = count;
    CHECK(count() == 1);
    CHECK(copy() == 2);
    CHECK(count() == 3);
}

TEST_CASE("What it throws comes through", "[callback]") {
    Callback<void()> const failing{[] { throw std::runtime_error("no"); }};
    CHECK_THROWS_WITH(failing(), "no");
}

TEST_CASE("Only what can be called so makes one", "[callback]") {
    CHECK(std::is_constructible_v<Callback<int(int)>, int (*)(int)>);
    CHECK_FALSE(std::is_constructible_v<Callback<int(int)>, int>);
    CHECK_FALSE(std::is_constructible_v<Callback<int(std::string)>, std::size_t (std::string::*)() const>);
    CHECK_FALSE(std::is_constructible_v<Callback<int(int)>, std::string (*)(int)>);
    CHECK_FALSE(std::is_constructible_v<Callback<int(int)>, int (*)(std::string)>);
}
