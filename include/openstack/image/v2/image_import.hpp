// SPDX-License-Identifier: Apache-2.0
// One import, begun and waited for, and what the service says of the imports that it offers.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <openstack/http_error.hpp>
#include <openstack/image/v2/documents.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/image/v2/image_watch.hpp>
#include <openstack/image/v2/import_method.hpp>
#include <openstack/proxy.hpp>
#include <openstack/to_json.hpp>
#include <openstack/waiting.hpp>

namespace openstack::image::v2::detail {

/// GET /v2/info/import. Empty for a service without imports.
template<class Info = DocumentsOfText::ImportInfo, class Handle>
[[nodiscard]] std::vector<std::string> import_methods(Handle const& session) {
    try {
        auto const info = openstack::Proxy<Info>{session}.get();
        if (info.methods && info.methods->value) return *info.methods->value;
    } catch (ResourceNotFound const&) {  // older than 2.6
    }
    return {};
}

/// POST .../import. A second one is refused as long as the first goes on, and after it has succeeded, so that repeating
/// it after a lost answer imports nothing twice.
template<class ImageType>
void begin_import(openstack::Proxy<ImageType> const& images, std::string const& id, ImportMethod const& method,
                  ImportOptions const& options) {
    Request request{.method = "POST",
                    .url = images.path_of(id) + "/import",
                    .body = to_json(import_request(method, options)),
                    .is_repeatable = true};
    request.headers.set("Content-Type", "application/json");
    try {
        images.session().send(ImageType::resource.service, std::move(request));
    } catch (HttpError const& refusal) {
        // An image that is copied is active before, too; where the copy is there already, a second one is a 400.
        bool const is_copy = method.name == copy_image().name;
        bool const is_there = is_copy && refusal.status() == 400;
        if (!refusal.attempts().is_in_doubt || !(is_there || refusal.status() == 409)) throw;
        ImageType const record = images.get(id);
        bool const is_active = record.status == ImageStatus::active;
        bool const has_begun = record.properties.contains("os_glance_import_task") ||
                               record.status == ImageStatus::importing || (is_active && (is_there || !is_copy));
        if (!has_begun) throw;
    }
}

/// See ImageWatch.
template<class ImageType>
ImageType wait_for_image(openstack::Proxy<ImageType> const& images, std::string const& id, ImageStatus status,
                         WaitOptions const& options) {
    ImageWatch<ImageType> watch{images, id, status};
    return openstack::detail::look_until(
        images.session(), "image " + openstack::detail::one_line(id), options, [&] { return images.get(id); },
        [&](ImageType const& record) { return watch.missing(record); });
}

}  // namespace openstack::image::v2::detail
