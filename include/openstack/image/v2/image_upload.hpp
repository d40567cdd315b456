// SPDX-License-Identifier: Apache-2.0
// An image's data on its way to the service, which has it whole in the end, once, or not at all.
#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/algorithm.hpp>
#include <openstack/chosen_identity.hpp>
#include <openstack/clock.hpp>
#include <openstack/http_error.hpp>
#include <openstack/image/v2/disk_inspection.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/image/v2/image_fingerprint.hpp>
#include <openstack/one_line.hpp>
#include <openstack/proxy.hpp>
#include <openstack/upload.hpp>
#include <openstack/verification.hpp>

namespace openstack::image::v2 {

/// How an upload goes.
struct UploadOptions {
    bool allow_empty = false;       ///< an image of no bytes is mostly a mistake: it is refused before anything is sent
    bool check_format = true;       ///< a source that is another kind of disk than disk_format says is refused
    bool allow_references = false;  ///< a disk that refers to other files isn't refused
    bool keep_on_failure = false;   ///< upload_image leaves the record that it made, instead of deleting it
    Verification verification = Verification::required;  ///< of what was stored: its record's hash is compared
    ProgressFunction progress{};                         ///< called while data is sent
    Upload* result = nullptr;                            ///< if it isn't null, it's told what was stored
    /// From the last byte sent to the answer: the service may still be writing the data to its store. And, where the
    /// answer got lost, from then until the record says what has become of the data.
    std::chrono::milliseconds response_timeout = std::chrono::minutes(15);
};

/// One upload.
///
/// Where a failure leaves open whether the service has the data, its record tells: `queued` has it sent again from the
/// first byte, as often as the session's retries allow and the source can go back; `saving` is waited for; `active` is
/// compared with what was sent, like the record after an upload without a failure.
template<class ImageType, class Hash = Hasher>
class ImageUpload {
  public:
    /// Proxy, source and options outlive it. Throws SourceError if the source is empty and mustn't be.
    ImageUpload(openstack::Proxy<ImageType> const& images, Source& source, UploadOptions const& options)
        : images_(images),
          options_(options),
          source_(source, options.progress,
                  options.verification == Verification::off ? std::vector<std::string>{}
                                                            : likely_algorithms<Hash>(images.session())),
          resends_left_(images.session().retries(ImageType::resource.service).connect_retries) {
        disk_ = DiskInspector{[this](std::size_t size) { return source_.front(size); }}.inspect();
        if (!options.allow_empty && source_.front(0).empty() && source_.size().value_or(0) == 0)
            throw SourceError(source_.name() + " is empty; .allow_empty = true uploads it all the same");
        if (!options.allow_references && !disk_.reference.empty())
            throw SourceError(source_.name() + " is a disk that refers to another file, " +
                              openstack::detail::one_line(disk_.reference) +
                              "; .allow_references = true uploads it all the same");
    }

    /// GET of the record if it takes one to know both formats, PUT .../file, then GET of the record, whose size and
    /// hash must be those of what was sent. If its hash is of another algorithm than those computed on the way, the
    /// source is read again; its MD5 counts if that is impossible.
    ImageType send(ResourceRef<ImageType> const& image, std::string const& store) {
        Headers const headers = data_headers(store);  // may throw: before anything is sent
        ImageType const* const known = image.object();
        if (known != nullptr && known->disk_format && known->container_format)
            check_format(*known);
        else if (options_.check_format)
            check_format(images_.get(image.id()));
        return send(image, headers);
    }

    /// Creates the record (POST), then uploads. If that fails the record is deleted again.
    ImageType create(ImageType const& image) {
        if (!image.disk_format || !image.container_format)
            throw InvalidRequest("an image with data needs disk_format and container_format");
        check_format(image);
        Headers const headers = data_headers(image.store.value_or(""));  // may throw: before there is a record
        ImageType record = openstack::detail::with_identity(image);
        bool const is_chosen_here = image.id.is_unset() && record.id;
        bool is_made = false;
        try {
            record = images_.create(record);
            is_made = true;
            return send(record, headers);
        } catch (...) {
            // A lost answer may have been that of a success, under an id that only this function knows.
            if (!options_.keep_on_failure && (is_made || (is_chosen_here && may_have_acted()))) remove_quietly(record);
            throw;
        }
    }

  private:
    /// Formats without a mark, such as a VHD of fixed size, which has it at its end, can't be told from each other, and
    /// an ISO image may be a raw disk as well.
    void check_format(ImageType const& image) const {
        if (!options_.check_format || !image.disk_format || image.container_format != ContainerFormat::bare) return;
        bool is_expected = false;  // a mark
        for (DiskFormat const each :
             {DiskFormat::qcow2, DiskFormat::vmdk, DiskFormat::vdi, DiskFormat::vhdx, DiskFormat::iso})
            is_expected |= image.disk_format == each;
        bool const is_right =
            disk_.format ? image.disk_format == *disk_.format || (*disk_.format == DiskFormat::iso && !is_expected)
                         : !is_expected;
        if (is_right) return;
        throw SourceError(source_.name() + " is " +
                          (disk_.format ? "a disk of format " + to_string(Open<DiskFormat>{*disk_.format})
                                        : "no disk with a mark of a format") +
                          ", but disk_format says " + to_string(*image.disk_format) +
                          "; .check_format = false uploads it all the same");
    }

    [[nodiscard]] Headers data_headers(std::string const& store) const {
        Headers headers;
        headers.set("Content-Type", "application/octet-stream");
        if (source_.size()) headers.set("X-OpenStack-Image-Size", std::to_string(*source_.size()));
        if (!store.empty()) headers.set(std::string{field_info<&ImageType::store>.header}, store);
        return headers;
    }

    ImageType send(ResourceRef<ImageType> const& image, Headers const& headers) {
        for (;;) {
            try {
                put(image, headers);
                source_.finish();
                break;
            } catch (TransportError const&) {
                if (std::optional<ImageType> stored = settle(image)) return checked(std::move(*stored));
            } catch (HttpError const&) {
                if (std::optional<ImageType> stored = settle(image)) return checked(std::move(*stored));
            }
        }
        return checked(images_.get(image.id()));
    }

    void put(ResourceRef<ImageType> const& image, Headers const& headers) {
        Request request{.method = "PUT",
                        .url = images_.path_of(image) + "/file",
                        .headers = headers,
                        .source = &source_,
                        .is_repeatable = false};
        request.timeouts = images_.session().timeouts();
        request.timeouts->response = options_.response_timeout;
        images_.session().send(ImageType::resource.service, std::move(request));
    }

    /// After the failure that is being handled: the record if the data is stored, nothing if it can be sent again.
    /// Otherwise throws the failure, or ResourceNotFound if the image is gone.
    std::optional<ImageType> settle(ResourceRef<ImageType> const& image) {
        if (source_.has_failed() || !(may_have_acted() || has_resent_)) throw;
        std::exception_ptr const failure = std::current_exception();
        using openstack::detail::Milliseconds;
        Milliseconds waited{};
        for (Milliseconds pause{500};; pause = (std::min)(pause * 2, Milliseconds{10'000})) {
            ImageType record = look(image, failure);
            if (record.status == ImageStatus::active) {
                if (record.size != source_.bytes()) static_cast<void>(source_.measure());
                return record;
            }
            if (record.status == ImageStatus::queued) {
                if (resends_left_ == 0 || !source_.rewind()) std::rethrow_exception(failure);
                --resends_left_;
                has_resent_ = true;
                return std::nullopt;
            }
            bool const is_busy = record.status == ImageStatus::saving || record.status == ImageStatus::uploading ||
                                 record.status == ImageStatus::importing;
            if (!is_busy || waited >= options_.response_timeout) std::rethrow_exception(failure);
            images_.session().wait(pause);
            waited += pause;
        }
    }

    ImageType look(ResourceRef<ImageType> const& image, std::exception_ptr const& failure) const {
        try {
            return images_.get(image.id());
        } catch (TransportError const&) {  // says less than the failure before it
            std::rethrow_exception(failure);
        }
    }

    ImageType checked(ImageType record) {
        std::string const what = "the data sent to image " + openstack::detail::one_line(*record.id);
        if (!record.size) throw IntegrityError(what + ": its record has no size, so nothing says that it was stored");
        if (record.size != source_.bytes())
            throw IntegrityError(what + ": it has " + std::to_string(source_.bytes()) + " bytes, but its record says " +
                                 std::to_string(*record.size));
        if (record.hash_algo) images_.session().remember(hash_algorithm_key, *record.hash_algo);
        if (options_.result != nullptr) *options_.result = {*record.size, {}};
        if (options_.verification == Verification::off) return record;
        std::optional<std::string> sent;
        Fingerprint const expected = fingerprint_of(record, [&](std::string const& algorithm) {
            sent = source_.digest(algorithm);
            return sent.has_value();
        });
        openstack::detail::check_policy(what, expected, options_.verification);
        if (!sent) return record;
        openstack::detail::check_digest(what, expected, *sent);
        if (options_.result != nullptr) options_.result->verified_by = expected.algorithm;
        return record;
    }

    /// Whether the service may have done what was asked for, in spite of the exception that is being handled.
    static bool may_have_acted() noexcept {
        try {
            throw;
        } catch (HttpError const& refusal) {
            return refusal.attempts().is_in_doubt;
        } catch (TransportError const& failure) {
            return failure.repetition() != Repetition::harmless || failure.attempts().is_in_doubt;
        } catch (InvalidRequest const&) {
            return false;
        } catch (...) {
            return true;
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

    openstack::Proxy<ImageType> const& images_;
    UploadOptions const& options_;
    openstack::detail::MeasuredSource<Hash> source_;
    DiskInspection disk_{};
    unsigned resends_left_;
    bool has_resent_ = false;
};

}  // namespace openstack::image::v2
