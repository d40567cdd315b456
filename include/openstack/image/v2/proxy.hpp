// SPDX-License-Identifier: Apache-2.0
// image::v2::Proxy: all operations of the Image service, by the names that openstacksdk gives them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/image/v2/image.hpp>
#include <openstack/image/v2/image_data.hpp>
#include <openstack/image/v2/member.hpp>
#include <openstack/proxy.hpp>
#include <openstack/utf8.hpp>

namespace openstack::image::v2 {

/// The Image service. Cheap to make and to copy; safe to use from several threads at once. What each function throws
/// beside what it says: InvalidRequest before anything is sent, HttpError's subclasses, TransportError, DecodeError.
///
/// `Proxy` is the one for Image. It is a template so that a resource of the caller's own, with Image's fields and more,
/// has all operations too, and so that a program compiles only those that it calls.
template<class ImageType, class MemberType = Member>
class BasicProxy {
    static_assert(Resource<ImageType> && Resource<MemberType>, "openstack: what this proxy acts on must be a resource");
    using ImageRef = ResourceRef<ImageType>;
    using MemberRef = ResourceRef<MemberType>;

  public:
    /// Sends nothing. A Connection is a Session, too.
    explicit BasicProxy(Session session) : images_(std::move(session)), data_(images_) {}

    /// As Session::with: `glance.with({.stop = token}).download_image(image)`.
    [[nodiscard]] BasicProxy with(CallOptions options) const {
        return BasicProxy{images_.session().with(std::move(options))};
    }

    /// Creates an image's record and sends its data; gives the record of the finished image. Its size and hash are
    /// compared with those of what was sent. If anything fails the record is deleted again. Throws InvalidRequest
    /// without both formats, SourceError for an empty or changing source, IntegrityError.
    ///
    /// HTTP: POST /v2/images, PUT /v2/images/{id}/file, GET /v2/images/{id}.
    ImageType upload_image(ImageType const& image, std::unique_ptr<Source> source,
                           UploadOptions const& options = {}) const {
        return data_.create(image, checked(source), options);
    }

    /// Creates an image's record without data, which `upload` brings. HTTP: POST /v2/images.
    ImageType create_image(ImageType const& image) const { return images_.create(image); }

    /// Sends data into an existing image that has none yet, and compares as upload_image does. `store` names where to
    /// put it; empty: the service's default. Throws Conflict if it has data already, SourceError, IntegrityError.
    ///
    /// HTTP: PUT /v2/images/{id}/file, GET /v2/images/{id}, and that before it, too, unless an object brings both
    /// formats or `check_format` is off.
    ImageType upload(ImageRef const& image, std::unique_ptr<Source> source, UploadOptions const& options = {},
                     std::string const& store = {}) const {
        return data_.upload(image, checked(source), store, options);
    }

    /// The data, in memory, verified. Throws NoData for an image without data, IntegrityError for data that isn't what
    /// the record says, ConnectionLost if it ends early.
    ///
    /// HTTP: GET /v2/images/{id}/file, and before it GET /v2/images/{id} unless an object brings size and hash.
    [[nodiscard]] std::string download_image(ImageRef const& image, DownloadOptions const& options = {}) const {
        std::string bytes;
        auto const sink = to_callback([&](std::span<std::byte const> piece) {
            bytes.append(reinterpret_cast<char const*>(piece.data()), piece.size());
        });
        data_.download(image, *sink, options);
        return bytes;
    }
    /// The data into a file, a stream or a function: `to_file(path)`, `to_stream(out)`, `to_callback(f)`. A file
    /// appears under its name when it is whole and verified. Throws what the other throws, and IoError.
    Download download_image(ImageRef const& image, std::unique_ptr<Sink> sink,
                            DownloadOptions const& options = {}) const {
        return data_.download(image, checked(sink), options);
    }
    /// The data piece by piece: `for (auto piece : download_image(image, openstack::stream))`. Throws NoData at once,
    /// the rest where pieces are pulled.
    [[nodiscard]] DownloadStream download_image(ImageRef const& image, Stream,
                                                DownloadOptions const& options = {}) const {
        return data_.open(image, options);
    }

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

    /// Shares the image with the project `member.member_id`. Throws Conflict if it is already. HTTP: POST
    /// /v2/images/{id}/members.
    MemberType add_member(ImageRef const& image, MemberType const& member) const {
        return members_of(image).create(member);
    }
    /// Ends the sharing. A member that isn't there is no error. HTTP: DELETE /v2/images/{id}/members/{member}.
    void remove_member(MemberRef const& member, ImageRef const& image) const { members_of(image).remove(member); }
    /// The same, but throws ResourceNotFound for a member that isn't there.
    void remove_member(MemberRef const& member, ImageRef const& image, MustExist) const {
        members_of(image).remove(member, must_exist);
    }
    /// Accepts or rejects an offered image; only the member itself may. HTTP: PUT /v2/images/{id}/members/{member}.
    MemberType update_member(MemberRef const& member, ImageRef const& image, MemberType const& changes) const {
        return members_of(image).update(member, changes);
    }
    /// The share of that project. Throws ResourceNotFound. HTTP: GET /v2/images/{id}/members/{member}.
    [[nodiscard]] MemberType get_member(MemberRef const& member, ImageRef const& image) const {
        return members_of(image).get(member);
    }
    /// The share of that project; nothing if there is none. HTTP: GET /v2/images/{id}/members/{member}.
    [[nodiscard]] std::optional<MemberType> find_member(std::string_view project_id, ImageRef const& image) const {
        return members_of(image).find(project_id);
    }
    /// The same, but throws ResourceNotFound if there is none.
    [[nodiscard]] MemberType find_member(std::string_view project_id, ImageRef const& image, MustExist) const {
        return members_of(image).find(project_id, must_exist);
    }
    /// All members; the service doesn't filter them. HTTP: GET /v2/images/{id}/members.
    [[nodiscard]] Listing<MemberType> members(ImageRef const& image) const { return members_of(image).list(); }

  private:
    template<class End>
    static End& checked(std::unique_ptr<End> const& end) {
        if (!end) throw InvalidRequest("the source or sink of the data is null");
        return *end;
    }

    [[nodiscard]] openstack::Proxy<MemberType> members_of(ImageRef const& image) const {
        return openstack::Proxy<MemberType>{images_.session(), image.id()};
    }

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
    ImageData<ImageType> data_;
};

/// The Image service, with Image as its record.
using Proxy = BasicProxy<Image>;

}  // namespace openstack::image::v2
