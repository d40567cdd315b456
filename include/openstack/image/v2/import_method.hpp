// SPDX-License-Identifier: Apache-2.0
// How the service shall get an image's data by itself: the methods of an import, and where it puts the data.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <openstack/properties.hpp>
#include <openstack/resource.hpp>

namespace openstack::image::v2 {

/// One of the service's import methods, by its name, and what the method wants to know. A service may offer others than
/// those made by the functions below: `ImportMethod{.name = "acme-fetch", .parameters = {{"bucket", "b"}}}`.
struct ImportMethod {
    std::string name{};
    Properties parameters{};
};

/// The data that `stage_image` has brought. The image must be `uploading`.
template<class Method = ImportMethod>
[[nodiscard]] Method glance_direct() {
    return {"glance-direct", {}};
}
/// The service fetches it from an http or https URL, as far as its operator lets it. The image must be `queued`.
template<class Method = ImportMethod>
[[nodiscard]] Method web_download(std::string uri) {
    return {"web-download", {{"uri", std::move(uri)}}};
}
/// The service fetches it from the Image service of another region of the same Keystone, by the interface of that
/// region's endpoint. The image must be `queued`.
template<class Method = ImportMethod>
[[nodiscard]] Method glance_download(std::string region, std::string image_id,
                                     std::string service_interface = "public") {
    return {"glance-download",
            {{"glance_region", std::move(region)},
             {"glance_image_id", std::move(image_id)},
             {"glance_service_interface", std::move(service_interface)}}};
}
/// The service copies what it has to other stores. The image must be `active`. By default for administrators only.
template<class Method = ImportMethod>
[[nodiscard]] Method copy_image() {
    return {"copy-image", {}};
}

/// Where an import puts the data. Nothing set: into the default store.
struct ImportOptions {
    std::vector<std::string> stores{};  ///< into these; not with all_stores
    bool all_stores = false;            ///< into all that there are; of copy_image, into those that lack it
    /// One store that fails makes the whole import fail; otherwise one that succeeds is enough.
    bool all_stores_must_succeed = true;
};

namespace detail {

/// The body of POST .../import (Image API v2, section "Interoperable image import"), as far as options are set: a
/// service with one store refuses to be told of stores. A template so that a program compiles it only where it imports.
template<class Names = std::vector<std::string>>
struct ImportRequest {
    Field<Properties> method{};
    Field<Names> stores{};
    Field<bool> all_stores{};
    Field<bool> all_stores_must_succeed{};

    bool operator==(ImportRequest const&) const = default;
    BOOST_DESCRIBE_CLASS(ImportRequest, (), (method, stores, all_stores, all_stores_must_succeed), (), ())
};

/// Throws InvalidRequest for stores that contradict `all_stores`, have no name, or come twice: an import into one store
/// twice fails within the service.
template<class Names>
void check_stores(Names const& stores, bool all_stores) {
    if (all_stores && !stores.empty())
        throw InvalidRequest("data goes into the stores that are named, or into all of them");
    for (auto const& each : stores) {
        std::size_t count = 0;
        for (auto const& other : stores) count += std::size_t{each == other};
        if (each.empty() || count != 1) throw InvalidRequest("a store has a name, and gets data once");
    }
}

/// Throws InvalidRequest for a method without a name, and as check_stores does.
template<class Request = ImportRequest<>>
[[nodiscard]] Request import_request(ImportMethod const& method, ImportOptions const& options) {
    if (method.name.empty()) throw InvalidRequest("an import method has a name");
    check_stores(options.stores, options.all_stores);
    Request request{.method = method.parameters};
    (*request.method)["name"] = method.name;
    if (!options.stores.empty()) request.stores = options.stores;
    if (options.all_stores) request.all_stores = true;
    if (!options.all_stores_must_succeed) request.all_stores_must_succeed = false;
    return request;
}

}  // namespace detail
}  // namespace openstack::image::v2
