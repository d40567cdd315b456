// SPDX-License-Identifier: Apache-2.0
// Looking a resource up by its name: which listings to ask for, and which of their resources really have the name.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include <openstack/query.hpp>
#include <openstack/resource.hpp>

namespace openstack::detail {

/// Whether a field is the one that other resources and people call a resource by.
template<class Info>
inline constexpr bool is_name =
    Info::is_in_json&& Info::wire_name == "name" && std::same_as<typename Info::value_type, std::string>;

/// Whether the resource has exactly that name; false for resources without names.
template<Resource T>
[[nodiscard]] bool has_name(T const& resource, std::string_view name) {
    bool is_same = false;
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        if constexpr (is_name<FieldInfo<Member, Descriptor>>) is_same = resource.*Member == name;
    });
    return is_same;
}

/// The listings that together hold every resource of that name: filtered where the service can, and repeated for those
/// that it hides. None for resources without a name.
template<Resource T>
[[nodiscard]] std::vector<Query<T>> queries_by_name(std::string_view name) {
    std::vector<Query<T>> queries;
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        using Info = FieldInfo<Member, Descriptor>;
        if constexpr (is_name<Info>) {
            queries.emplace_back();
            if constexpr (Info::options::template has_operator<Eq>) queries.back() = Query<T>{where<Member> == name};
        }
    });
    if (queries.empty()) return queries;
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        FieldInfo<Member, Descriptor>::options::visit_hidden([&](auto value) {
            queries.push_back(Query<T>{queries.front(), where<Member> == value});
        });
    });
    return queries;
}

}  // namespace openstack::detail
