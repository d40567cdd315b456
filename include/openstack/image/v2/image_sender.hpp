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
#include <openstack/clock.hpp>
#include <openstack/http_error.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/image/v2/image_fingerprint.hpp>
#include <openstack/image/v2/upload_options.hpp>
#include <openstack/one_line.hpp>
#include <openstack/proxy.hpp>
#include <openstack/upload.hpp>
#include <openstack/verification.hpp>

namespace openstack::image::v2 {

namespace detail {

/// Whether the service may have done what was asked for, in spite of the exception that is being handled.
template<class Answer = bool>
[[nodiscard]] Answer may_have_acted() noexcept {
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

}  // namespace detail

/// Sends one source, to an image's store or to the staging area.
///
/// Where a failure leaves open whether the service has the data, its record tells: `queued` has it sent again from the
/// first byte, as often as the session's retries allow and the source can go back; what goes on is waited for; what is
/// there is compared with what was sent, like the record after a sending without a failure.
template<class ImageType, class Hash = Hasher>
class ImageSender {
  public:
    /// Proxy, source and options outlive it.
    ImageSender(openstack::Proxy<ImageType> const& images, Source& source, UploadOptions const& options)
        : images_(images),
          options_(options),
          source_(source, options.progress,
                  options.verification == Verification::off ? std::vector<std::string>{}
                                                            : likely_algorithms<Hash>(images.session())),
          resends_left_(images.session().retries(ImageType::resource.service).connect_retries) {}

    /// What is sent.
    [[nodiscard]] auto& source() noexcept { return source_; }

    /// PUT .../file, then GET of the record, whose size and hash must be those of what was sent.
    ImageType send(ResourceRef<ImageType> const& image, std::string const& store) {
        Headers headers = data_headers();
        if (!store.empty()) headers.set(std::string{field_info<&ImageType::store>.header}, store);
        return checked(send(image, "/file", headers));
    }

    /// PUT .../stage, then GET of the record, whose size, as far as it has one, must be that of what was sent.
    ImageType stage(ResourceRef<ImageType> const& image) {
        is_staging_ = true;
        ImageType record = send(image, "/stage", data_headers());
        is_staging_ = false;
        if (record.size) check_size(record);
        if (options_.result != nullptr) *options_.result = {source_.bytes(), {}};
        return record;
    }

    /// The record if it says of the data what was sent. If its hash is of another algorithm than those computed on the
    /// way, the source is read again; its MD5 counts if that is impossible. Throws IntegrityError.
    ImageType checked(ImageType record) {
        std::string const what = what_of(record);
        if (!record.size) throw IntegrityError(what + ": its record has no size, so nothing says that it was stored");
        check_size(record);
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

  private:
    [[nodiscard]] Headers data_headers() const {
        Headers headers;
        headers.set("Content-Type", "application/octet-stream");
        if (source_.size()) headers.set("X-OpenStack-Image-Size", std::to_string(*source_.size()));
        return headers;
    }

    ImageType send(ResourceRef<ImageType> const& image, std::string_view path, Headers const& headers) {
        for (;;) {
            try {
                put(image, path, headers);
                source_.finish();
                break;
            } catch (TransportError const&) {
                if (std::optional<ImageType> there = settle(image)) return std::move(*there);
            } catch (HttpError const&) {
                if (std::optional<ImageType> there = settle(image)) return std::move(*there);
            }
        }
        return images_.get(image.id());
    }

    void put(ResourceRef<ImageType> const& image, std::string_view path, Headers const& headers) {
        Request request{.method = "PUT",
                        .url = images_.path_of(image).append(path),
                        .headers = headers,
                        .source = &source_,
                        .is_repeatable = false};
        request.timeouts = images_.session().timeouts();
        request.timeouts->response = options_.response_timeout;
        images_.session().send(ImageType::resource.service, std::move(request));
    }

    /// After the failure that is being handled: the record if the data is there, nothing if it can be sent again.
    /// Otherwise throws the failure, or ResourceNotFound if the image is gone.
    std::optional<ImageType> settle(ResourceRef<ImageType> const& image) {
        if (source_.has_failed() || !(detail::may_have_acted() || has_resent_)) throw;
        std::exception_ptr const failure = std::current_exception();
        using openstack::detail::Milliseconds;
        Milliseconds waited{};
        for (Milliseconds pause{500};; pause = (std::min)(pause * 2, Milliseconds{10'000})) {
            ImageType record = look(image, failure);
            if (is_there(record)) {
                // What came before the failure may be stored as if it were all.
                bool const is_known = record.size == source_.bytes() && source_.is_whole();
                if (!is_known && !source_.measure()) std::rethrow_exception(failure);
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

    /// An image is `uploading` from the first byte staged on; it has a size when all are.
    [[nodiscard]] bool is_there(ImageType const& record) const {
        return is_staging_ ? record.status == ImageStatus::uploading && record.size
                           : record.status == ImageStatus::active;
    }

    ImageType look(ResourceRef<ImageType> const& image, std::exception_ptr const& failure) const {
        try {
            return images_.get(image.id());
        } catch (TransportError const&) {  // says less than the failure before it
            std::rethrow_exception(failure);
        }
    }

    static std::string what_of(ImageType const& record) {
        return "the data sent to image " + openstack::detail::one_line(*record.id);
    }

    void check_size(ImageType const& record) const {
        if (record.size == source_.bytes()) return;
        throw IntegrityError(what_of(record) + ": it has " + std::to_string(source_.bytes()) +
                             " bytes, but its record says " + std::to_string(*record.size));
    }

    openstack::Proxy<ImageType> const& images_;
    UploadOptions const& options_;
    openstack::detail::MeasuredSource<Hash> source_;
    unsigned resends_left_;
    bool has_resent_ = false;
    bool is_staging_ = false;
};

}  // namespace openstack::image::v2
