// SPDX-License-Identifier: Apache-2.0
// An image's data: sent, fetched and checked against its record (Image API v2, section "Image data").
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <openstack/chosen_identity.hpp>
#include <openstack/download_stream.hpp>
#include <openstack/downloader.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/one_line.hpp>
#include <openstack/proxy.hpp>
#include <openstack/sink.hpp>
#include <openstack/source.hpp>
#include <openstack/upload.hpp>
#include <openstack/verification.hpp>

namespace openstack::image::v2 {

/// How an upload goes.
struct UploadOptions {
    bool allow_empty = false;      ///< an image of no bytes is mostly a mistake: it is refused before anything is sent
    bool keep_on_failure = false;  ///< upload_image leaves the record that it made, instead of deleting it
    Verification verification = Verification::required;  ///< of what was stored: its record's hash is compared
    ProgressFunction progress{};                         ///< called while data is sent
    /// From the last byte sent to the answer: the service may still be writing the data to its store.
    std::chrono::milliseconds response_timeout = std::chrono::minutes(15);
};

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

    /// PUT .../file, then GET of the record, whose size and hash must be those of what was sent. If its hash is of
    /// another algorithm than those computed on the way, the source is read again; its MD5 counts if that is
    /// impossible.
    ImageType upload(ResourceRef<ImageType> const& image, Source& source, std::string const& store,
                     UploadOptions const& options) const {
        openstack::detail::MeasuredSource measured(source, options.progress, options.verification != Verification::off);
        refuse_empty(measured, options);
        return send(image, measured, data_headers(measured, store), options);
    }

    /// Creates the record (POST), then uploads. If that fails the record is deleted again.
    ImageType create(ImageType const& image, Source& source, UploadOptions const& options) const {
        if (!image.disk_format || !image.container_format)
            throw InvalidRequest("an image with data needs disk_format and container_format");
        openstack::detail::MeasuredSource measured(source, options.progress, options.verification != Verification::off);
        refuse_empty(measured, options);
        Headers headers = data_headers(measured, image.store.value_or(""));  // may throw: before there is a record
        ImageType record = openstack::detail::with_identity(image);
        bool const is_chosen_here = image.id.is_unset() && record.id;
        bool is_made = false;
        try {
            record = images_.create(record);
            is_made = true;
            return send(record, measured, std::move(headers), options);
        } catch (...) {
            // A lost answer may have been that of a success, under an id that only this function knows.
            if (!options.keep_on_failure && (is_made || (is_chosen_here && !has_surely_failed())))
                remove_quietly(record);
            throw;
        }
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
    static void refuse_empty(openstack::detail::MeasuredSource& source, UploadOptions const& options) {
        if (!options.allow_empty && source.is_empty())
            throw SourceError("the source of the upload is empty; .allow_empty = true uploads it all the same");
    }

    static Headers data_headers(openstack::detail::MeasuredSource const& source, std::string const& store) {
        Headers headers;
        headers.set("Content-Type", "application/octet-stream");
        if (source.size()) headers.set("X-OpenStack-Image-Size", std::to_string(*source.size()));
        if (!store.empty()) headers.set(std::string{field_info<&ImageType::store>.header}, store);
        return headers;
    }

    ImageType send(ResourceRef<ImageType> const& image, openstack::detail::MeasuredSource& source, Headers headers,
                   UploadOptions const& options) const {
        Request request{.method = "PUT",
                        .url = images_.path_of(image) + "/file",
                        .headers = std::move(headers),
                        .source = &source,
                        .is_repeatable = false};
        request.timeouts = images_.session().timeouts();
        request.timeouts->response = options.response_timeout;
        images_.session().send(ImageType::resource.service, std::move(request));
        source.finish();
        ImageType record = images_.get(image.id());
        check_stored(record, source, options.verification);
        return record;
    }

    static void check_stored(ImageType const& record, openstack::detail::MeasuredSource& source, Verification policy) {
        std::string const what = "the data sent to image " + openstack::detail::one_line(*record.id);
        if (!record.size) throw IntegrityError(what + ": its record has no size, so nothing says that it was stored");
        if (record.size != source.bytes())
            throw IntegrityError(what + ": it has " + std::to_string(source.bytes()) + " bytes, but its record says " +
                                 std::to_string(*record.size));
        if (policy == Verification::off) return;
        std::optional<std::string> sent;
        Fingerprint const expected = fingerprint_of(record, [&](std::string const& algorithm) {
            sent = source.digest(algorithm);
            return sent.has_value();
        });
        openstack::detail::check_policy(what, expected, policy);
        if (sent) openstack::detail::check_digest(what, expected, *sent);
    }

    /// Whether the exception that is being handled says that the service hasn't acted.
    static bool has_surely_failed() noexcept {
        try {
            throw;
        } catch (HttpError const& refusal) {
            return !refusal.attempts().is_in_doubt;
        } catch (TransportError const& failure) {
            return failure.repetition() == Repetition::harmless && !failure.attempts().is_in_doubt;
        } catch (InvalidRequest const&) {
            return true;
        } catch (...) {
            return false;
        }
    }

    /// A stop token that doesn't stop.
    struct Never {
        [[nodiscard]] static bool stop_requested() { return false; }
    };

    void remove_quietly(ImageType const& record) const noexcept {
        try {
            ImageType unprotected{};
            unprotected.is_protected = false;
            openstack::Proxy<ImageType> const images = images_.with({.stop = Never{}});  // the call may have been ended
            if (record.is_protected == true) images.update(record, unprotected);
            images.remove(record);
        } catch (...) {  // the failure of the upload is what the caller must hear of
        }
    }

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

    static openstack::detail::Verifier verifier_of(ImageType const& record, DownloadOptions const& options) {
        return {name_of(record), fingerprint_of(record, Hasher::supports), options.verification};
    }

    /// The record's size, and the best of its hashes of which `is_at_hand(algorithm)` says that it can be compared.
    template<class Predicate>
    static Fingerprint fingerprint_of(ImageType const& record, Predicate is_at_hand) {
        Fingerprint expected{.size = size_of(record)};
        if (record.hash_algo && record.hash_value && is_at_hand(*record.hash_algo)) {
            expected.algorithm = *record.hash_algo;
            expected.digest = *record.hash_value;
        } else if (record.checksum && is_at_hand("md5")) {
            expected.algorithm = "md5";
            expected.digest = *record.checksum;
        }
        return expected;
    }

    static std::optional<std::uint64_t> size_of(ImageType const& record) {
        return record.size ? std::optional{*record.size} : std::nullopt;
    }

    openstack::Proxy<ImageType> images_;
};

}  // namespace openstack::image::v2
