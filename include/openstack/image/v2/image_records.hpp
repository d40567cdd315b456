// SPDX-License-Identifier: Apache-2.0
// The records of images: made, found, listed, changed, tagged, taken out of use and deleted.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/image/v2/image.hpp>
#include <openstack/image/v2/newest_image.hpp>
#include <openstack/proxy.hpp>
#include <openstack/utf8.hpp>

namespace openstack::image::v2 {

/// The part of the Image service's Proxy that acts on records (Image API v2, sections "Images" and "Image tags").
template<class ImageType>
class ImageRecords {
    using ImageRef = ResourceRef<ImageType>;

  public:
    /// Acts by that proxy's session.
    explicit ImageRecords(openstack::Proxy<ImageType> images) : images_(std::move(images)) {}

    /// Creates an image's record without data, which `upload` brings. HTTP: POST /v2/images.
    ImageType create_image(ImageType const& image) const { return images_.create(image); }

    /// Changes the fields that are set in `changes`; see openstack::Proxy::update. HTTP: PATCH /v2/images/{id}.
    ImageType update_image(ImageRef const& image, ImageType const& changes) const {
        return images_.update(image, changes);
    }
    /// Gets the image, lets `edit` change it, and sends the difference. HTTP: GET and PATCH /v2/images/{id}.
    template<std::invocable<ImageType&> Edit>
    ImageType update_image(ImageRef const& image, Edit&& edit) const {
        return images_.update(image, std::forward<Edit>(edit));
    }
    /// Sends a patch made by hand. HTTP: PATCH /v2/images/{id}.
    ImageType patch_image(ImageRef const& image, JsonPatch const& patch) const { return images_.patch(image, patch); }

    /// An image that isn't there is no error. Throws Forbidden for a protected one. HTTP: DELETE /v2/images/{id}.
    void delete_image(ImageRef const& image) const { images_.remove(image); }
    /// The same, but throws ResourceNotFound for an image that isn't there, so it's never sent twice.
    void delete_image(ImageRef const& image, MustExist) const { images_.remove(image, must_exist); }

    /// The image of that id. Throws ResourceNotFound. HTTP: GET /v2/images/{id}.
    [[nodiscard]] ImageType get_image(ImageRef const& image) const { return images_.get(image); }

    /// The image of that id, or the only one of that name, hidden ones included; nothing if there is none. Throws
    /// DuplicateResource. HTTP: GET /v2/images/{id}, then GET /v2/images twice, by name.
    [[nodiscard]] std::optional<ImageType> find_image(std::string_view name_or_id) const {
        return images_.find(name_or_id);
    }
    /// The same, but throws ResourceNotFound if there is none.
    [[nodiscard]] ImageType find_image(std::string_view name_or_id, MustExist) const {
        return images_.find(name_or_id, must_exist);
    }

    /// Of the active images of that name, the one created last, as far as it fits the filters; nothing if there is
    /// none. Hidden images don't count, unless a filter asks for them. HTTP: GET /v2/images.
    template<class... Parts>
    [[nodiscard]] std::optional<ImageType> find_newest(std::string_view name, Parts const&... parts) const {
        return detail::newest_image(images_, name, parts...);
    }

    /// All images that fit, over all pages: filters, sort keys, page_size and max_items in any order. Sends nothing
    /// before the first image is asked for. HTTP: GET /v2/images, once for each page.
    template<class... Parts>
    [[nodiscard]] Listing<ImageType> images(Parts const&... parts) const {
        return images_.list(parts...);
    }

    /// Nobody but administrators can download a deactivated image. HTTP: POST /v2/images/{id}/actions/deactivate.
    void deactivate_image(ImageRef const& image) const { act(image, "POST", "/actions/deactivate"); }
    /// Undoes deactivate_image. HTTP: POST /v2/images/{id}/actions/reactivate.
    void reactivate_image(ImageRef const& image) const { act(image, "POST", "/actions/reactivate"); }

    /// Adds a tag, which may be there already. HTTP: PUT /v2/images/{id}/tags/{tag}; for a tag that the service mangles
    /// in a path, a GET and a PATCH of all tags.
    void add_tag(ImageRef const& image, std::string_view tag) const {
        if (is_path_safe(tag)) return act(image, "PUT", "/tags/" + path_segment(tag));
        check_text(tag);
        images_.update(image.id(), [&](ImageType& current) {
            std::vector<std::string> tags = tags_without(current, tag);
            if (current.tags && tags.size() != current.tags->size()) return;  // it's there
            tags.push_back(std::string{tag});
            current.tags = std::move(tags);
        });
    }
    /// Removes a tag. Throws ResourceNotFound if the image hasn't it; but not where an earlier attempt may have removed
    /// it. HTTP: DELETE /v2/images/{id}/tags/{tag}, or GET and PATCH as add_tag.
    void remove_tag(ImageRef const& image, std::string_view tag) const {
        if (is_path_safe(tag)) return remove_tag_by_path(image, tag);
        check_text(tag);
        images_.update(image.id(), [&](ImageType& current) {
            std::vector<std::string> tags = tags_without(current, tag);
            if (!current.tags || tags.size() == current.tags->size())
                throw ResourceNotFound(
                    {.status = 404, .method = "PATCH", .url = images_.path_of(image), .text = "no such tag"});
            current.tags = std::move(tags);
        });
    }

  private:
    [[nodiscard]] static std::vector<std::string> tags_without(ImageType const& image, std::string_view tag) {
        std::vector<std::string> others;
        if (!image.tags) return others;
        for (std::string const& each : *image.tags)
            if (each != tag) others.push_back(each);
        return others;
    }

    /// A request without a body to a path below the image's.
    void act(ImageRef const& image, std::string_view method, std::string const& path) const {
        images_.session().send(
            ImageType::resource.service,
            {.method = std::string{method}, .url = images_.path_of(image) + path, .is_repeatable = true});
    }

    void remove_tag_by_path(ImageRef const& image, std::string_view tag) const {
        try {
            act(image, "DELETE", "/tags/" + path_segment(tag));
        } catch (ResourceNotFound const& gone) {
            if (!gone.attempts().is_in_doubt) throw;
        }
    }

    /// Servers decode %2F before they route, and read other bytes of a path as Latin-1.
    static bool is_path_safe(std::string_view tag) {
        for (char const c : tag)
            if (c <= 0x1f || c >= 0x7f || c == '/') return false;
        return tag != "." && tag != "..";
    }

    /// Throws InvalidRequest for what no patch can hold, before anything is asked for.
    static void check_text(std::string_view tag) {
        if (openstack::detail::find_invalid_utf8(tag) != std::string_view::npos)
            throw InvalidRequest("a tag that isn't UTF-8 can't be sent");
    }

    openstack::Proxy<ImageType> images_;
};

}  // namespace openstack::image::v2
