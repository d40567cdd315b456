// SPDX-License-Identifier: Apache-2.0
// Where an image's data lies: in which stores, and at which locations, where the cloud lets them be seen and changed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/image/v2/documents.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/image/v2/lacking_call.hpp>
#include <openstack/patch.hpp>
#include <openstack/proxy.hpp>

namespace openstack::image::v2 {

/// The part of the Image service's Proxy that changes where data lies.
template<class ImageType>
class ImageLocations {
    using ImageRef = ResourceRef<ImageType>;

  public:
    /// Acts by that proxy's session.
    explicit ImageLocations(openstack::Proxy<ImageType> images) : images_(std::move(images)) {}

    /// Adds a place where the data lies already; an image without data becomes active by it. Nothing of it is read:
    /// what hash the data has is as `validation` says. Throws Forbidden unless the cloud lets users
    /// change locations (`show_multiple_locations`), BadRequest for a URL that no store takes, Conflict for other
    /// validation data than the image has.
    ///
    /// HTTP: PATCH /v2/images/{id}.
    template<class Validation = ValidationData, class Added = ImageLocation>
    ImageType add_location(ImageRef const& image, Location const& location, Validation const& validation = {}) const {
        Added added{.url = location.url.value_or(""), .metadata = location.metadata.value_or(Properties{})};
        if (validation != Validation{}) added.validation_data = validation;
        return images_.patch(image, JsonPatch{PatchOperation::add("/locations/-", added)});
    }
    /// Removes the place with that URL, by default for administrators; the data there stays, or goes, as its store
    /// does. The service knows places by their position alone: who removes others of the image at the same moment may
    /// have this remove the wrong one. Throws ResourceNotFound if the image has no such location, Forbidden for the
    /// last one. HTTP: GET, then PATCH /v2/images/{id}.
    ImageType remove_location(ImageRef const& image, std::string_view url) const {
        ImageType const current = images_.get(image.id());
        std::vector<Location> const locations = current.locations.value_or(std::vector<Location>{});
        for (std::size_t i = 0; i < locations.size(); ++i)
            if (locations[i].url == url)
                return images_.patch(image, JsonPatch{PatchOperation::remove("/locations/" + std::to_string(i))});
        throw ResourceNotFound(
            {.status = 404, .method = "PATCH", .url = images_.path_of(image), .text = "no such location"});
    }

    /// Removes the data from one of the service's stores (since version 2.10). Throws Forbidden if it's nowhere else,
    /// ResourceNotFound if it isn't there, Conflict for a store that there isn't. HTTP: DELETE /v2/stores/{store}/{id}.
    void delete_from_store(ImageRef const& image, std::string_view store) const {
        Request request{.method = "DELETE",
                        .url = "/v2/stores/" + path_segment(store) + '/' + path_segment(image.id())};
        request.is_repeatable = false;  // a second one is refused if the first has left a single copy
        explained(image, "v2.10", [&] { images_.session().send(ImageType::resource.service, std::move(request)); });
    }

    /// Adds a place by the call that replaces the patch (since version 2.17). The image must be `queued`; it becomes
    /// active behind the answer, after its hash was computed where the cloud does that: `wait_for(image)`.
    ///
    /// HTTP: POST /v2/images/{id}/locations.
    template<class Validation = ValidationData, class Added = ImageLocation>
    void add_image_location(ImageRef const& image, std::string url, Validation const& validation = {}) const {
        Added added{.url = std::move(url)};
        if (validation != Validation{}) added.validation_data = validation;
        explained(image, "v2.17", [&] { (void)locations_of(image).create(added); });
    }
    /// The places where the data lies, for services (since version 2.17). HTTP: GET /v2/images/{id}/locations.
    template<class Found = ImageLocation>
    [[nodiscard]] std::vector<Found> image_locations(ImageRef const& image) const {
        return explained(image, "v2.17", [&] { return locations_of<Found>(image).list().all(); });
    }

  private:
    template<class LocationType = ImageLocation>
    [[nodiscard]] openstack::Proxy<LocationType> locations_of(ImageRef const& image) const {
        return openstack::Proxy<LocationType>{images_.session(), image.id()};
    }

    /// A 404 may also mean that there is no such image.
    template<class Call>
    decltype(auto) explained(ImageRef const& image, std::string_view version, Call call) const {
        return detail::explain_lack(images_.session(), version, std::move(call),
                                    [&] { return detail::has_image(images_, image.id()); });
    }

    openstack::Proxy<ImageType> images_;
};

}  // namespace openstack::image::v2
