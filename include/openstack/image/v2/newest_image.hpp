// SPDX-License-Identifier: Apache-2.0
// The newest of the images that share a name.
#pragma once

#include <optional>
#include <string_view>

#include <openstack/image/v2/image.hpp>
#include <openstack/proxy.hpp>
#include <openstack/query.hpp>
#include <openstack/where.hpp>

namespace openstack::image::v2::detail {

/// Of the active images of that name that fit the other parts of the query, the one created last.
template<class ImageType, class... Parts>
[[nodiscard]] std::optional<ImageType> newest_image(openstack::Proxy<ImageType> const& images, std::string_view name,
                                                    Parts const&... parts) {
    return images
        .list(where<&ImageType::name> == name, where<&ImageType::status> == ImageStatus::active,
              desc<&ImageType::created_at>, parts...)
        .first();
}

}  // namespace openstack::image::v2::detail
