// SPDX-License-Identifier: Apache-2.0
// Signed images: sign() before the upload, verified() for the download. Included by none, for it takes OpenSSL's
// headers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/background_hasher.hpp>
#include <openstack/callback.hpp>
#include <openstack/error.hpp>
#include <openstack/http.hpp>
#include <openstack/image/v2/certificate.hpp>
#include <openstack/image/v2/private_key.hpp>
#include <openstack/image/v2/signature_text.hpp>
#include <openstack/image/v2/well_known_properties.hpp>
#include <openstack/one_line.hpp>
#include <openstack/sink.hpp>

namespace openstack::image::v2 {

/// How a signature is judged.
struct SignatureOptions {
    /// Whether a certificate that isn't valid now is refused. Glance doesn't ask; Nova does, where it's told which
    /// certificates to trust.
    bool check_dates = true;
};

/// Signs what the source gives: sets the image's four properties img_signature*, as Glance and Nova verify them by
/// their library cursive. The certificate must be in the cloud's key manager, of which `certificate_uuid` is its id
/// there. The source is read once, and then stands at its start, to be uploaded with the image. Throws InvalidRequest
/// without an id; SourceError for a source that can't go back; what the source throws. The image is then left as it
/// was.
///
///     sign(image, *source, PrivateKey::from_file("signer.key", passphrase), certificate_uuid);
///     glance.upload_image(image, std::move(source));
template<class ImageType>
void sign(ImageType& image, Source& source, PrivateKey const& key, std::string const& certificate_uuid,
          PropertyValue<OneOf<img::signature_hash_methods>> const& hash_method = "SHA-256") {
    std::string const algorithm = detail::algorithm_of(hash_method.value());
    if (algorithm.empty()) throw InvalidRequest("images aren't signed by the hash " + hash_method.text());
    if (certificate_uuid.empty()) throw InvalidRequest("an image can't be signed without its certificate's id");
    auto const go_back = [&source] {
        if (!source.rewind()) throw SourceError(source.name() + " can't be read twice, which signing it needs");
    };
    go_back();
    openstack::detail::BackgroundHasher<> hasher{std::vector{algorithm}};
    std::string buffer(std::size_t{256} << 10, '\0');
    while (std::size_t const count = source.read(openstack::detail::writable_bytes_of(buffer)))
        hasher.update(openstack::detail::bytes_of({buffer.data(), count}));
    go_back();
    std::string const signature = key.sign(detail::digest_by(hasher, algorithm), algorithm.c_str());
    image.properties[img::signature] = detail::to_base64(signature);
    image.properties[img::signature_hash_method] = hash_method;
    image.properties[img::signature_key_type] = unlisted(key.type());
    image.properties[img::signature_certificate_uuid] = certificate_uuid;
}

/// Whether data that comes piece by piece is what the holder of a certificate has signed. Used by one thread at a time.
class SignatureCheck {
  public:
    /// Of the signature in the image's properties. Throws IntegrityError if one of the four isn't there, or can't be
    /// what Glance takes, or if the certificate has a key of another type; KeyError for its dates.
    template<class ImageType>
    SignatureCheck(ImageType const& image, Certificate certificate, SignatureOptions const& options = {})
        : what_(image.id ? "image " + openstack::detail::one_line(*image.id) : "the image"),
          certificate_(std::move(certificate)) {
        std::string const signature = property(image.properties, img::signature);
        std::string const method = property(image.properties, img::signature_hash_method);
        std::string const type = property(image.properties, img::signature_key_type);
        static_cast<void>(property(image.properties, img::signature_certificate_uuid));
        algorithm_ = detail::algorithm_of(method);
        if (algorithm_.empty())
            throw IntegrityError(what_ + " is signed by no hash of signatures, but by " +
                                 openstack::detail::one_line(method));
        if (type != certificate_.type())
            throw IntegrityError(what_ + " is signed by a key of the type " + openstack::detail::one_line(type) +
                                 ", but that of " + certificate_.subject() + " is " + certificate_.type());
        std::optional<std::string> bytes = detail::from_base64(signature);
        if (!bytes) throw IntegrityError(what_ + ": its property img_signature isn't Base64");
        signature_ = std::move(*bytes);
        if (options.check_dates) certificate_.check_dates();
        restart();
    }

    /// Takes the next bytes.
    void update(std::span<std::byte const> bytes) { hasher_->update(bytes); }
    /// Begins with the first byte again.
    void restart() { hasher_ = std::make_unique<openstack::detail::BackgroundHasher<>>(std::vector{algorithm_}); }
    /// All has come. Throws IntegrityError if something else was signed, or by someone else.
    void finish() {
        if (certificate_.has_signed(detail::digest_by(*hasher_, algorithm_), algorithm_.c_str(), signature_)) return;
        throw IntegrityError(what_ + ": its data isn't what " + certificate_.subject() + " has signed");
    }

  private:
    template<class T>
    [[nodiscard]] std::string property(Properties const& properties, PropertyKey<T> const& key) const {
        if (std::optional<std::string> const text = properties.get(key)) return *text;
        throw IntegrityError(what_ + " isn't signed: it has no property " + key.name);
    }

    std::string what_;
    Certificate certificate_;
    std::string algorithm_{};
    std::string signature_{};
    std::unique_ptr<openstack::detail::BackgroundHasher<>> hasher_{};
};

namespace detail {

/// Passes on what it is given, but finishes the sink behind it only if the signature is right.
class VerifiedSink final : public Sink, public ScatteredSink {
  public:
    VerifiedSink(std::unique_ptr<Sink> sink, SignatureCheck check) : sink_(std::move(sink)), check_(std::move(check)) {}

    [[nodiscard]] std::uint64_t begin(std::string_view digest,
                                      Callback<void(std::span<std::byte const>)> show) override {
        return sink_->begin(digest, [&](std::span<std::byte const> bytes) {
            take(bytes);
            show(bytes);
        });
    }
    void write(std::span<std::byte const> bytes) override {
        sink_->write(bytes);
        take(bytes);
    }
    void finish() override {
        try {
            check_.finish();
        } catch (IntegrityError const&) {
            forget();
            throw;
        }
        sink_->finish();
    }
    [[nodiscard]] bool rewind() override {
        if (!sink_->rewind()) return false;
        restart();
        return true;
    }

    [[nodiscard]] ScatteredSink* scatter(std::uint64_t size) override {
        scattered_ = sink_->scatter(size);
        return scattered_ == nullptr ? nullptr : this;
    }
    void write_at(std::uint64_t at, std::span<std::byte const> bytes) override { scattered_->write_at(at, bytes); }
    /// The bytes are hashed where they are read back in their order, as a download does.
    [[nodiscard]] std::size_t read_at(std::uint64_t at, std::span<std::byte> buffer) override {
        std::size_t const count = scattered_->read_at(at, buffer);
        if (at == taken_) take({buffer.data(), count});
        return count;
    }
    void gather(std::uint64_t size) override {
        if (taken_ > size) restart();
        std::string buffer(std::size_t{128} << 10, '\0');
        while (taken_ < size) {
            std::uint64_t const left = size - taken_;
            if (left < buffer.size()) buffer.resize(static_cast<std::size_t>(left));
            if (read_at(taken_, openstack::detail::writable_bytes_of(buffer)) == 0) break;
        }
        scattered_->gather(size);
    }

  private:
    void take(std::span<std::byte const> bytes) {
        check_.update(bytes);
        taken_ += bytes.size();
    }
    void restart() {
        check_.restart();
        taken_ = 0;
    }
    /// Nothing stays that another download would go on with.
    void forget() noexcept {
        try {
            static_cast<void>(sink_->rewind());
        } catch (...) {  // that the data is wrong comes first
        }
    }

    std::unique_ptr<Sink> sink_;
    SignatureCheck check_;
    ScatteredSink* scattered_ = nullptr;
    std::uint64_t taken_ = 0;  ///< that many of the first bytes are hashed
};

}  // namespace detail

/// Where a download goes that is to be finished only if its data is what the certificate's holder has signed: a file
/// doesn't appear otherwise. (A stream or a function has had the bytes by then.) What an earlier download left is
/// hashed again, as it is for the record's hash. The image has its properties, as images that the service gives have.
/// Throws what SignatureCheck does, before anything is requested, and the download then throws IntegrityError.
///
///     glance.download_image(image, verified(openstack::to_file("disk"), image, Certificate::from_file("signer.crt")));
template<class ImageType>
[[nodiscard]] std::unique_ptr<Sink> verified(std::unique_ptr<Sink> sink, ImageType const& image,
                                             Certificate certificate, SignatureOptions const& options = {}) {
    if (!sink) throw InvalidRequest("the sink of the data is null");
    return std::make_unique<detail::VerifiedSink>(std::move(sink),
                                                  SignatureCheck{image, std::move(certificate), options});
}

}  // namespace openstack::image::v2
