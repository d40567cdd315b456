// SPDX-License-Identifier: Apache-2.0
// Image data, to and from the caller's files, streams and functions.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include <openstack/image/v2/ensure_image.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/image/v2/image_data.hpp>
#include <openstack/proxy.hpp>

namespace openstack::image::v2 {

/// The part of the Image service's Proxy that moves data (Image API v2, section "Image data").
template<class ImageType>
class ImageTransfers {
    using ImageRef = ResourceRef<ImageType>;

  public:
    /// Acts by that proxy's session.
    explicit ImageTransfers(openstack::Proxy<ImageType> const& images) : images_(images), data_(images) {}

    /// Creates an image's record and sends its data; gives the record of the finished image. Its size and hash are
    /// compared with those of what was sent. If anything fails the record is deleted again. Throws InvalidRequest
    /// without both formats, SourceError for an empty or changing source, IntegrityError.
    ///
    /// HTTP: POST /v2/images, PUT /v2/images/{id}/file, GET /v2/images/{id}.
    ImageType upload_image(ImageType const& image, std::unique_ptr<Source> source,
                           UploadOptions const& options = {}) const {
        return data_.create(image, checked(source), options);
    }

    /// Sends data into an existing image that has none yet, and compares as upload_image does. `store` names where to
    /// put it; empty: as the object says, or else the service's default. Throws Conflict if it has data already,
    /// SourceError, IntegrityError.
    ///
    /// HTTP: PUT /v2/images/{id}/file, GET /v2/images/{id}, and that before it, too, unless an object brings both
    /// formats or `check_format` is off.
    ImageType upload(ImageRef const& image, std::unique_ptr<Source> source, UploadOptions const& options = {},
                     std::string const& store = {}) const {
        return data_.upload(image, checked(source), store, options);
    }

    /// Sees to it that there is an image with desired's name and fields and the source's content, and says what that
    /// took: nothing; a change of the record, where an image has the content, by its `os_hash_value`, but other fields,
    /// or another name; an upload, where there is none. The source is read twice. Of fields, tags and properties only
    /// those in `desired` are looked at. Another project's image is never changed; which project is one's own, the
    /// token says, or where it doesn't, as a FixedToken, `desired.owner_id`. Throws what upload_image and update_image
    /// throw, SourceError for a source that can't go back.
    ///
    /// HTTP: GET /v2/images by name and by hash; then PATCH /v2/images/{id}, or what upload_image sends.
    Ensured<ImageType> ensure_image(ImageType const& desired, std::unique_ptr<Source> source,
                                    EnsureOptions const& options = {}) const {
        return ImageEnsurer<ImageType>{images_, checked(source), options}.ensure(desired);
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

  private:
    template<class End>
    static End& checked(std::unique_ptr<End> const& end) {
        if (!end) throw InvalidRequest("the source or sink of the data is null");
        return *end;
    }

    openstack::Proxy<ImageType> images_;
    ImageData<ImageType> data_;
};

}  // namespace openstack::image::v2
