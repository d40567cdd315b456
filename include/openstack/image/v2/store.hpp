// SPDX-License-Identifier: Apache-2.0
// Store: where the Image service can put data.
#pragma once

#include <cstdint>
#include <string>

#include <openstack/resource.hpp>

namespace openstack::image::v2 {

/// One of the service's stores (Image API v2, section "Discovery", since version 2.8).
template<class Text = std::string>
struct BasicStore {
    /// They can be listed, with details for administrators.
    static constexpr ResourceInfo resource{.service = "image",
                                           .path = "/v2/info/stores",
                                           .plural = "stores",
                                           .create = Create::none,
                                           .get = false,
                                           .details = true,
                                           .remove = false};

    Field<Text, ReadOnly> id{};  ///< by which uploads and imports choose it
    Field<Text, ReadOnly> description{};
    Field<bool, ReadOnly, Wire<"default">, AsText> is_default{};      ///< of one store, true
    Field<bool, ReadOnly, Wire<"read-only">, AsText> is_read_only{};  ///< it only serves data that is there already
    Field<Text, ReadOnly> type{};                                     ///< in details, such as "rbd"
    Field<std::int32_t, ReadOnly> weight{};                           ///< in details: of several, the heaviest serves
    Field<Properties, ReadOnly> properties{};                         ///< in details, as its type has them

    bool operator==(BasicStore const&) const = default;
    BOOST_DESCRIBE_CLASS(BasicStore, (), (id, description, is_default, is_read_only, type, weight, properties), (), ())
};
/// One of the service's stores.
using Store = BasicStore<>;

}  // namespace openstack::image::v2
