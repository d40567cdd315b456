// SPDX-License-Identifier: Apache-2.0
// The ids of new resources, where it is the client that chooses them.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <openstack/changes.hpp>
#include <openstack/http_error.hpp>
#include <openstack/patch.hpp>
#include <openstack/resource.hpp>
#include <openstack/uuid.hpp>

namespace openstack::detail {

/// The resource, with its UuidOnCreate field filled in if it is unset.
template<Resource T>
[[nodiscard]] T with_identity(T fields) {
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        if constexpr (FieldInfo<Member, Descriptor>::options::template has<UuidOnCreate>)
            if ((fields.*Member).is_unset()) fields.*Member = random_uuid();
    });
    return fields;
}

/// Whether a create sends what will identify the resource.
template<Resource T>
[[nodiscard]] bool writes_identity(T const& fields) {
    bool is_written = false;
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        using Info = FieldInfo<Member, Descriptor>;
        if constexpr (Info::is_in_json && !Info::is_read_only && is_identity<T>(Info::wire_name))
            is_written = !identity(fields).empty();
    });
    return is_written;
}

/// Whether the lists have the same elements, maybe in another order: services keep tags as sets.
template<std::equality_comparable Element>
[[nodiscard]] bool are_permuted(std::vector<Element> const& a, std::vector<Element> const& b) {
    auto const count = [](std::vector<Element> const& list, Element const& wanted) {
        std::size_t found = 0;
        for (Element const& each : list) found += each == wanted;
        return found;
    };
    bool are = a.size() == b.size();
    for (Element const& each : a) are = are && count(a, each) == count(b, each);
    return are;
}

/// Whether `found` has all that `fields` would have made, as far as the service tells.
template<Resource T>
[[nodiscard]] bool is_made_of(T const& found, T const& fields) {
    T expected = with_changes(found, fields);
    bool is_same = true;  // what no difference has, since no update could change it
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        using Info = FieldInfo<Member, Descriptor>;
        if constexpr (Info::options::template has<CreateOnly> && TextCodable<typename Info::value_type>)
            is_same = is_same && ((found.*Member).is_unset() || found.*Member == expected.*Member);
        if constexpr (requires { are_permuted(*(found.*Member), *(expected.*Member)); })
            if ((found.*Member).has_value() && (expected.*Member).has_value() &&
                are_permuted(*(found.*Member), *(expected.*Member)))
                expected.*Member = found.*Member;
    });
    return is_same && diff(found, expected).empty();
}

/// What `proxy` finds under the id of `chosen`, in its listing where one can't be asked for, if it is what an earlier
/// attempt to create that made. `fields` are what `chosen` was made of: under an id that was made here nobody else has
/// created anything.
template<class Proxy, Resource T>
[[nodiscard]] std::optional<T> find_created(Proxy const& proxy, T const& fields, T const& chosen) {
    std::string const id = identity(chosen);
    if (id.empty()) return std::nullopt;
    auto const is_it = [&](T const& found) { return identity(fields).empty() || is_made_of(found, chosen); };
    try {
        if constexpr (T::resource.get) {
            T found = proxy.get(id);
            if (is_it(found)) return found;
        } else if constexpr (T::resource.list) {
            for (T& each : proxy.list())
                if (identity(each) == id && is_it(each)) return std::move(each);
        }
    } catch (HttpError const&) {  // of the two refusals, that of the create says more
    }
    return std::nullopt;
}

}  // namespace openstack::detail
