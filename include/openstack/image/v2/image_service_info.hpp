// SPDX-License-Identifier: Apache-2.0
// What the Image service says of itself: its stores, import methods, limits and schemas.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/image/v2/documents.hpp>
#include <openstack/image/v2/image_import.hpp>
#include <openstack/image/v2/lacking_call.hpp>
#include <openstack/proxy.hpp>

namespace openstack::image::v2 {

/// The part of the Image service's Proxy that asks about the service (Image API v2, sections "Discovery" and
/// "Schemas").
template<class Handle>
class ImageServiceInfo {
  public:
    /// Acts by that session.
    explicit ImageServiceInfo(Handle session) : session_(std::move(session)) {}

    /// The stores (since version 2.8). `stores(openstack::details)`, for administrators, has their types, too. Throws
    /// NotSupported where the service has only one. HTTP: GET /v2/info/stores, or /v2/info/stores/detail (since 2.15).
    template<class StoreType = Store, class... Parts>
    [[nodiscard]] std::vector<StoreType> stores(Parts const&... parts) const {
        return detail::explain_lack(session_, sizeof...(Parts) == 0 ? "v2.8" : "v2.15",
                                    [&] { return openstack::Proxy<StoreType>{session_}.list(parts...).all(); });
    }
    /// The names of the methods by which the service imports (since version 2.6); empty if it doesn't. HTTP: GET
    /// /v2/info/import.
    [[nodiscard]] std::vector<std::string> import_methods() const { return detail::import_methods(session_); }

    /// Limits and usage of the project, such as `image_size_total` (since version 2.13); empty where the cloud doesn't
    /// limit. HTTP: GET /v2/info/usage.
    template<class UsageType = Usage, class Usages = DocumentsOfText::Usages>
    [[nodiscard]] std::map<std::string, UsageType> usage() const {
        return detail::explain_lack(session_, "v2.13", [&] {
            auto const usages = openstack::Proxy<Usages>{session_}.get();
            return usages.usage ? *usages.usage : std::map<std::string, UsageType>{};
        });
    }

    /// The schema of that name. HTTP: GET /v2/schemas/{name}.
    template<class SchemaType = Schema>
    [[nodiscard]] SchemaType get_schema(std::string_view name) const {
        return openstack::Proxy<SchemaType>{session_}.get(name);
    }
    /// The schema of metadata definitions of that name. HTTP: GET /v2/schemas/metadefs/{name}.
    template<class SchemaType = MetadefSchema>
    [[nodiscard]] SchemaType get_metadef_schema(std::string_view name) const {
        return openstack::Proxy<SchemaType>{session_}.get(name);
    }

  private:
    Handle session_;
};

}  // namespace openstack::image::v2
