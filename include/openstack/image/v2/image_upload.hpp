// SPDX-License-Identifier: Apache-2.0
// One upload: what is looked at before it, which way it takes, and what is left behind if it fails.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <openstack/by_name.hpp>
#include <openstack/chosen_identity.hpp>
#include <openstack/error.hpp>
#include <openstack/http_error.hpp>
#include <openstack/image/v2/disk_inspection.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/image/v2/image_import.hpp>
#include <openstack/image/v2/image_sender.hpp>
#include <openstack/image/v2/import_method.hpp>
#include <openstack/image/v2/upload_options.hpp>
#include <openstack/one_line.hpp>
#include <openstack/proxy.hpp>

namespace openstack::image::v2 {

/// One upload: see ImageSender for how its data is sent.
template<class ImageType>
class ImageUpload {
  public:
    /// Proxy, source and options outlive it. Throws SourceError if the source is empty and mustn't be, or refers to
    /// another file; InvalidRequest for options that contradict each other.
    ImageUpload(openstack::Proxy<ImageType> const& images, Source& source, UploadOptions const& options)
        : images_(images), options_(options), sender_(images, source, options), name_(source.name()) {
        detail::check_stores(options.stores, options.all_stores);
        bool const takes_import = options.all_stores || options.stores.size() > 1;
        if (takes_import && options.via == Via::direct)
            throw InvalidRequest("one request puts data into one store: .via = Via::automatic takes an import instead");
        is_import_ = takes_import || options.via == Via::import;
        auto& sent = sender_.source();
        disk_ = DiskInspector{[&](std::size_t size) { return sent.front(size); }}.inspect();
        if (!options.allow_empty && sent.front(0).empty() && sent.size().value_or(0) == 0)
            throw SourceError(name_ + " is empty; .allow_empty = true uploads it all the same");
        if (!options.allow_references && !disk_.reference.empty())
            throw SourceError(name_ + " is a disk that refers to another file, " +
                              openstack::detail::one_line(disk_.reference) +
                              "; .allow_references = true uploads it all the same");
    }

    /// GET of the record if it takes one to know both formats, then the data's way.
    ImageType send(ResourceRef<ImageType> const& image, std::string const& store) {
        ImageType const* const known = image.object();
        std::vector<std::string> const stores =
            chosen_stores(store.empty() && known != nullptr ? known->store.value_or("") : store);
        if (is_import_) check_import_is_offered();
        check_known_format(image);
        return deliver(image, stores);
    }

    /// The same to the staging area. Throws InvalidRequest for options that name stores.
    ImageType stage(ResourceRef<ImageType> const& image) {
        if (options_.all_stores || !options_.stores.empty())
            throw InvalidRequest("staged data goes into no store yet: the import that takes it says into which");
        check_known_format(image);
        return sender_.stage(image);
    }

    /// All that can be wrong before anything is created; gives the stores that are chosen. HTTP: GETs at most.
    [[nodiscard]] std::vector<std::string> check(ImageType const& image) const {
        if (!image.disk_format || !image.container_format)
            throw InvalidRequest("an image with data needs disk_format and container_format");
        check_format(image);
        std::vector<std::string> stores = chosen_stores(image.store.value_or(""));
        if (is_import_) check_import_is_offered();
        if (options_.duplicates == Duplicates::refuse && image.name) refuse_duplicates(*image.name);
        return stores;
    }

    /// Creates the record (POST), then uploads. If that fails the record is deleted again.
    ImageType create(ImageType const& image) {
        std::vector<std::string> const stores = check(image);
        ImageType record = openstack::detail::with_identity(image);
        bool const is_chosen_here = image.id.is_unset() && record.id;
        bool is_made = false;
        try {
            record = images_.create(record);
            is_made = true;
            return deliver(record, stores);
        } catch (...) {
            // A lost answer may have been that of a success, under an id that only this function knows.
            if (!options_.keep_on_failure && (is_made || (is_chosen_here && detail::may_have_acted())))
                remove_quietly(record);
            throw;
        }
    }

  private:
    ImageType deliver(ResourceRef<ImageType> const& image, std::vector<std::string> const& stores) {
        if (!is_import_) {
            try {
                return sender_.send(image, stores.empty() ? "" : stores.front());
            } catch (HttpError const& refusal) {
                bool const is_forbidden = refusal.status() == 403 || refusal.status() == 405;
                if (options_.via != Via::automatic || !is_forbidden || !is_import_offered()) throw;
                if (!sender_.source().rewind()) throw;
            }
        }
        ImageType const staged = sender_.stage(image);
        detail::begin_import(images_, *staged.id, glance_direct(),
                             {stores, options_.all_stores, options_.all_stores_must_succeed});
        if (!options_.wait) return images_.get(*staged.id);
        return sender_.checked(
            detail::wait_for_image(images_, *staged.id, ImageStatus::active, {.deadline = options_.import_timeout}));
    }

    [[nodiscard]] std::vector<std::string> chosen_stores(std::string const& store) const {
        if (store.empty()) return options_.stores;
        Headers{}.set(std::string{field_info<&ImageType::store>.header}, store);  // may throw: before there is a record
        if (!options_.stores.empty() || options_.all_stores)
            throw InvalidRequest("the image's field `store` and the upload's `.stores` both say where its data goes");
        return {store};
    }

    [[nodiscard]] bool is_import_offered() const {
        for (std::string const& each : detail::import_methods(images_.session()))
            if (each == glance_direct().name) return true;
        return false;
    }
    void check_import_is_offered() const {
        if (!is_import_offered()) throw NotSupported("the Image service offers no import by glance-direct");
    }

    void refuse_duplicates(std::string const& name) const {
        auto const found = openstack::detail::find_named<ImageType>(
            name, [&](Query<ImageType> const& query) { return images_.list(query); });
        if (!found.empty()) openstack::detail::throw_duplicate(name, found);
    }

    void check_known_format(ResourceRef<ImageType> const& image) const {
        ImageType const* const known = image.object();
        if (known != nullptr && known->disk_format && known->container_format)
            check_format(*known);
        else if (options_.check_format)
            check_format(images_.get(image.id()));
    }

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
        throw SourceError(name_ + " is " +
                          (disk_.format ? "a disk of format " + to_string(Open<DiskFormat>{*disk_.format})
                                        : "no disk with a mark of a format") +
                          ", but disk_format says " + to_string(*image.disk_format) +
                          "; .check_format = false uploads it all the same");
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
    ImageSender<ImageType> sender_;
    std::string name_;
    bool is_import_ = false;
    DiskInspection disk_{};
};

}  // namespace openstack::image::v2
