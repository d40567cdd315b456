// SPDX-License-Identifier: Apache-2.0
// An image's data: sent, fetched and checked against its record (Image API v2, section "Image data").
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <openstack/download_stream.hpp>
#include <openstack/downloader.hpp>
#include <openstack/hash.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/image/v2/image_fingerprint.hpp>
#include <openstack/image/v2/image_upload.hpp>
#include <openstack/one_line.hpp>
#include <openstack/proxy.hpp>
#include <openstack/pulled_download.hpp>
#include <openstack/sink.hpp>
#include <openstack/source.hpp>
#include <openstack/uri.hpp>
#include <openstack/verification.hpp>
#include <openstack/wanted_data.hpp>

namespace openstack::image::v2 {

/// How a download goes.
struct DownloadOptions {
    Verification verification = Verification::required;  ///< of what arrives: its record's hash is compared
    ProgressFunction progress{};                         ///< called while data arrives
    ByteRange range{};  ///< what is wanted. A part can't be verified: where that is required, it's refused
    /// So many at a time, 1 to 16, each with a thread, share the download of at least 16 MiB to a file, or to another
    /// sink that takes bytes in any order. What else the data goes to takes it by one. If the process is killed
    /// meanwhile, the next download begins anew.
    unsigned connections = 1;
    /// The stores to read from, the best first, for clouds whose policy allows it (since release 2026.1). Throws
    /// BadRequest for one that there isn't.
    std::vector<std::string> prefer{};
};

/// Moves the data of images; ImageType is Image, or a resource of the caller's with Image's fields and more. The
/// image's record is asked for where the caller's object doesn't have the hash yet.
template<class ImageType = Image, class Wanted = openstack::detail::WantedData<>>
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
    /// ConnectionLost, InvalidRequest for a part that isn't there or can't be verified or a number of connections, and
    /// unchanged what the sink and the progress function throw.
    Download download(ResourceRef<ImageType> const& image, Sink& sink, DownloadOptions const& options) const {
        if (options.connections == 0 || options.connections > 16)
            throw InvalidRequest("a download takes 1 to 16 connections");
        Carrier const carrier{images_.session(), name_of(image)};
        return openstack::detail::Downloader{carrier, wanted(image, options), sink, options.connections}.run();
    }

    /// GET .../file, to be pulled. Throws NoData and InvalidRequest; the stream throws the rest.
    [[nodiscard]] DownloadStream open(ResourceRef<ImageType> const& image, DownloadOptions const& options) const {
        Carrier carrier{images_.session(), name_of(image)};
        using Pulled = openstack::detail::PulledDownload<Carrier, Wanted>;
        auto pulled = std::make_unique<Pulled>(std::move(carrier), wanted(image, options));
        Download const& result = pulled->result();
        return {std::move(pulled), result};
    }

  private:
    /// Sends requests for the data of an image.
    struct Carrier {
        Session session;
        std::string name;

        void send(Request request) const { check(session.send(ImageType::resource.service, std::move(request))); }
        [[nodiscard]] std::unique_ptr<ResponseStream> open(Request request) const {
            auto response = session.open(ImageType::resource.service, std::move(request));
            check(response->head());
            return response;
        }
        void check(Response const& head) const {
            if (head.status == 204) throw NoData(name + " has no data");
        }
        void wait(std::chrono::milliseconds duration) const { session.wait(duration, name); }
        [[nodiscard]] RetryOptions const& retries() const { return session.retries(ImageType::resource.service); }
    };

    static std::string name_of(ResourceRef<ImageType> const& image) {
        return "image " + openstack::detail::one_line(image.id());
    }

    /// The hash that the caller's object has must be that of the data, whatever the record says by now. (The data of an
    /// image never changes.) One that has none is asked for.
    [[nodiscard]] Wanted wanted(ResourceRef<ImageType> const& image, DownloadOptions const& options) const {
        ImageType const* const object = image.object();
        bool const is_given = object != nullptr && object->hash_algo && object->hash_value && object->size;
        ImageType const record = is_given ? *object : images_.get(image.id());
        if (record.hash_algo) images_.session().remember(hash_algorithm_key, *record.hash_algo);
        Wanted data{.request{.url = images_.path_of(record) + "/file" + preference(options)},
                    .what = "the data of " + name_of(image),
                    .expected = fingerprint_of(record, Hasher::supports),
                    .policy = options.verification,
                    .progress = options.progress,
                    .part = options.range,
                    .total = size_of(record)};
        if (!is_given && data.is_all())
            data.look_again = [images = images_, id = image.id()] {
                return fingerprint_of(images.get(id), Hasher::supports);
            };
        if (!data.is_all()) data.expected = {.size = size_of_part(data)};
        return data;
    }

    static std::string preference(DownloadOptions const& options) {
        std::string list;
        for (std::string const& each : options.prefer) list.append(list.empty() ? "" : ",").append(each);
        return list.empty() ? list : '?' + to_query_string({{"prefer", list}});
    }

    /// Throws InvalidRequest if the record says that there is no such part, or it can't be taken unverified.
    static std::optional<std::uint64_t> size_of_part(Wanted const& data) {
        if (data.policy == Verification::required)
            throw InvalidRequest("a part of the data has no hash that could be compared; " +
                                 std::string{"Verification::if_possible or off takes it"});
        std::uint64_t const end = data.total.value_or(UINT64_MAX);
        bool const is_there = data.part.first < end && data.part.size.value_or(1) != 0 &&
                              data.part.size.value_or(1) <= end - data.part.first;
        if (!is_there)
            throw InvalidRequest(data.what + " has no part of " +
                                 (data.part.size ? std::to_string(*data.part.size) : std::string{"any"}) +
                                 " bytes from byte " + std::to_string(data.part.first) + " on" +
                                 (data.total ? ": it has " + std::to_string(*data.total) : std::string{}));
        if (data.part.size || !data.total) return data.part.size;
        return *data.total - data.part.first;
    }

    openstack::Proxy<ImageType> images_;
};

}  // namespace openstack::image::v2
