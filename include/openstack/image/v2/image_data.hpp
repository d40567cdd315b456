// SPDX-License-Identifier: Apache-2.0
// An image's data: sent, fetched and checked against its record (Image API v2, section "Image data").
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <openstack/download_stream.hpp>
#include <openstack/downloader.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/image/v2/image_fingerprint.hpp>
#include <openstack/image/v2/image_upload.hpp>
#include <openstack/one_line.hpp>
#include <openstack/proxy.hpp>
#include <openstack/sink.hpp>
#include <openstack/source.hpp>
#include <openstack/verification.hpp>

namespace openstack::image::v2 {

/// How a download goes.
struct DownloadOptions {
    Verification verification = Verification::required;  ///< of what arrives: its record's hash is compared
    ProgressFunction progress{};                         ///< called while data arrives
};

/// Moves the data of images; ImageType is Image, or a resource of the caller's with Image's fields and more. The
/// image's record is asked for where the caller's object doesn't have the hash yet.
template<class ImageType = Image>
class ImageData {
  public:
    /// Acts by that proxy's session.
    explicit ImageData(openstack::Proxy<ImageType> images) : images_(std::move(images)) {}

    /// PUT .../file: see ImageUpload.
    ImageType upload(ResourceRef<ImageType> const& image, Source& source, std::string const& store,
                     UploadOptions const& options) const {
        return ImageUpload<ImageType>{images_, source, options}.send(image, store);
    }

    /// POST of the record, then PUT .../file: see ImageUpload.
    ImageType create(ImageType const& image, Source& source, UploadOptions const& options) const {
        return ImageUpload<ImageType>{images_, source, options}.create(image);
    }

    /// GET .../file into a sink, which is finished once all has come and is right. A broken connection is resumed by a
    /// Range; data that is wrong is fetched once more if the sink can go back. Throws NoData, IntegrityError,
    /// ConnectionLost, and unchanged what the sink and the progress function throw.
    Download download(ResourceRef<ImageType> const& image, Sink& sink, DownloadOptions const& options) const {
        ImageType const record = with_hash(image);
        auto const send = [&](Request request) {
            check_has_data(images_.session().send(ImageType::resource.service, std::move(request)), record);
        };
        openstack::detail::Downloader download(send, file_request(record), sink, name_of(record),
                                               fingerprint_of(record, Hasher::supports), options.verification,
                                               options.progress);
        return download.run();
    }

    /// GET .../file, to be pulled. Throws NoData; the stream throws the rest.
    [[nodiscard]] DownloadStream open(ResourceRef<ImageType> const& image, DownloadOptions const& options) const {
        ImageType const record = with_hash(image);
        std::unique_ptr<ResponseStream> response =
            images_.session().open(ImageType::resource.service, file_request(record));
        check_has_data(response->head(), record);
        return {std::move(response), verifier_of(record, options), {options.progress, size_of(record)}};
    }

  private:
    /// The data of an image never changes, so a hash that the caller's object has is good.
    [[nodiscard]] ImageType with_hash(ResourceRef<ImageType> const& image) const {
        if (image.object() != nullptr && image.object()->hash_value && image.object()->size) return *image.object();
        return images_.get(image.id());
    }

    [[nodiscard]] Request file_request(ImageType const& record) const {
        return {.url = images_.path_of(record) + "/file"};
    }

    static void check_has_data(Response const& head, ImageType const& record) {
        if (head.status == 204) throw NoData("image " + openstack::detail::one_line(*record.id) + " has no data");
    }

    static std::string name_of(ImageType const& record) {
        return "the data of image " + openstack::detail::one_line(*record.id);
    }

    static openstack::detail::Verifier<> verifier_of(ImageType const& record, DownloadOptions const& options) {
        return {name_of(record), fingerprint_of(record, Hasher::supports), options.verification};
    }

    openstack::Proxy<ImageType> images_;
};

}  // namespace openstack::image::v2
