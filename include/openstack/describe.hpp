// SPDX-License-Identifier: Apache-2.0
// What a struct's members and an enumeration's values are: the only header that knows Boost.Describe.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <boost/describe/bases.hpp>
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>

#include <openstack/open_enum.hpp>

namespace openstack {

struct ResourceInfo;  // resource_info.hpp

namespace detail {

template<class T>
concept Listed = boost::describe::has_describe_members<T>::value;

/// A struct that says where its service keeps it.
template<class T>
concept HasResource = std::is_same_v<std::remove_cvref_t<decltype(T::resource)>, ResourceInfo>;

/// One that doesn't say what it has.
template<class T>
struct ForgottenList {
    static_assert(Listed<T>,
                  "openstack: a struct with a `resource` needs BOOST_DESCRIBE_CLASS(Name, (), (id, name), (), ()), "
                  "which lists its members");
    static constexpr bool is_told = true;
};

}  // namespace detail

/// A struct whose members are listed by BOOST_DESCRIBE_CLASS or BOOST_DESCRIBE_STRUCT. Asking it of a resource without
/// such a list stops with a sentence.
template<class T>
concept Described = std::is_class_v<T> &&
    (detail::Listed<T> || (detail::HasResource<T> && detail::ForgottenList<T>::is_told));

namespace detail {

template<class... Types>
struct TypeList {};

template<template<class...> class List, class... Descriptors>
constexpr TypeList<Descriptors...> to_type_list(List<Descriptors...>) {
    return {};
}

template<class... Descriptors>
constexpr std::size_t count(TypeList<Descriptors...>) {
    return sizeof...(Descriptors);
}

template<class T>
inline constexpr bool has_base = false;
template<Listed T>
inline constexpr bool has_base<T> =
    count(to_type_list(boost::describe::describe_bases<T, boost::describe::mod_any_access>{})) > 0;

/// The descriptors of T's members; none where the list was forgotten, so that the sentence about it stands alone.
template<class T>
struct MembersOf {
    using type = TypeList<>;
};
template<Listed T>
struct MembersOf<T> {
    static constexpr auto which = boost::describe::mod_public | (has_base<T> ? boost::describe::mod_inherited : 0);
    using type = decltype(to_type_list(boost::describe::describe_members<T, which>{}));
};
template<class T>
using DescribedMembers = typename MembersOf<T>::type;

template<class E, class... Descriptors>
constexpr std::array<EnumEntry<E>, sizeof...(Descriptors)> enum_entries(TypeList<Descriptors...>) {
    [[maybe_unused]] auto const text = [](std::string_view name) {
        return name.ends_with('_') ? name.substr(0, name.size() - 1) : name;
    };
    return {EnumEntry<E>{Descriptors::value, text(Descriptors::name)}...};
}

}  // namespace detail

/// The enumerators of an enumeration described by BOOST_DESCRIBE_ENUM, in its order: `EnumEntries<E>::list`.
template<class E>
requires boost::describe::has_describe_enumerators<E>::value struct EnumEntries<E> {
    using Descriptors = decltype(detail::to_type_list(boost::describe::describe_enumerators<E>{}));
    static constexpr std::array<EnumEntry<E>, detail::count(Descriptors{})> list =
        detail::enum_entries<E>(Descriptors{});
};
template<class E>
requires(!boost::describe::has_describe_enumerators<E>::value) struct EnumEntries<E> {
    static constexpr std::array<EnumEntry<E>, 0> list{};  // first: clang forgets what follows a failed assertion
    static_assert(
        std::is_void_v<E>,
        "openstack: the enumeration of an Open<...> needs BOOST_DESCRIBE_ENUM(Name, first, second) behind it, "
        "in its namespace");
};

}  // namespace openstack
