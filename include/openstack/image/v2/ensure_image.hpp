// SPDX-License-Identifier: Apache-2.0
// ensure_image: there is an image with that name, these properties and this content, by whatever that takes.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <openstack/ascii.hpp>
#include <openstack/by_name.hpp>
#include <openstack/changes.hpp>
#include <openstack/chosen_identity.hpp>
#include <openstack/error.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/image/v2/image_fingerprint.hpp>
#include <openstack/image/v2/image_upload.hpp>
#include <openstack/patch.hpp>
#include <openstack/proxy.hpp>
#include <openstack/upload.hpp>
#include <openstack/where.hpp>

namespace openstack::image::v2 {

/// How ensure_image goes about it.
struct EnsureOptions {
    bool dry_run = false;  ///< says what would be done, and does nothing
    /// An image of the project's own that has the content under another name, and isn't protected, is renamed.
    /// With false the content is uploaded again: say that where two names shall have one content, since each would take
    /// the image from the other.
    bool rename = true;
    UploadOptions upload{};  ///< of an upload, if it takes one; `.progress` is called for the first reading, too
};

/// What ensure_image did, or with dry_run would do.
enum class EnsureAction {
    none,    ///< nothing: there was such an image
    update,  ///< it changed the record of an image that has the name and the content
    rename,  ///< the same of an image that has the content under another name, which it lost by that
    upload   ///< it made a new image
};

/// What ensure_image did.
template<class ImageType>
struct Ensured {
    EnsureAction action{};
    ImageType image{};    ///< as it is now; after a dry run, as it would be, without what the service sets
    JsonPatch changes{};  ///< of an update
    /// The other images of that name, whatever their content: it may be time to hide or delete them.
    std::vector<std::string> namesakes{};
};

/// One call of ensure_image.
template<class ImageType, class Hash = Hasher>
class ImageEnsurer {
  public:
    /// Proxy, source and options outlive it.
    ImageEnsurer(openstack::Proxy<ImageType> const& images, Source& source, EnsureOptions const& options)
        : images_(images), source_(source), options_(options) {}

    /// Throws InvalidRequest without both formats or a name, SourceError for a source that can't be read twice.
    Ensured<ImageType> ensure(ImageType const& desired) {
        if (!desired.disk_format || !desired.container_format || !desired.name)
            throw InvalidRequest("ensure_image needs a name, disk_format and container_format");
        std::vector<ImageType> const named =
            listed([&](auto const& list) { return openstack::detail::find_named<ImageType>(*desired.name, list); });
        measure(named);
        std::optional<ImageType> found = choose(named, desired);
        if (!found && options_.rename) found = choose(of_hash(), desired);

        Ensured<ImageType> result;
        for (ImageType const& each : named)
            if (!found || each.id != found->id) result.namesakes.push_back(identity(each));
        if (!found) return upload(desired, std::move(result));
        ImageType const wanted = changes(*found, desired);
        ImageType const after = openstack::detail::with_changes(*found, wanted);
        result.changes = diff(*found, after);
        result.action = result.changes.empty()        ? EnsureAction::none
                        : found->name == desired.name ? EnsureAction::update
                                                      : EnsureAction::rename;
        bool const is_changed = !result.changes.empty() && !options_.dry_run;
        result.image = is_changed ? images_.update(*found, wanted) : after;
        return result;
    }

  private:
    template<class Find>
    [[nodiscard]] std::vector<ImageType> listed(Find find) const {
        return find([&](Query<ImageType> const& query) { return images_.list(query); });
    }

    /// Reads the source once, for every algorithm that a record could have been made with.
    void measure(std::vector<ImageType> const& named) {
        std::vector<std::string> algorithms = likely_algorithms<Hash>(images_.session());
        algorithm_ = algorithms.empty() ? std::string{} : algorithms.front();
        for (ImageType const& each : named)
            if (each.hash_algo && Hash::supports(*each.hash_algo)) add(algorithms, *each.hash_algo);
        measured_.emplace(
            source_,
            [this](Progress const& now) {
                images_.session().wait({}, "reading " + source_.name());  // its stop token may end it
                if (options_.upload.progress) options_.upload.progress(now);
            },
            std::move(algorithms));
        if (!measured_->measure() || !source_.rewind())
            throw SourceError(source_.name() + " can't be read twice, which ensure_image needs");
    }
    static void add(std::vector<std::string>& algorithms, std::string const& algorithm) {
        for (std::string const& each : algorithms)
            if (each == algorithm) return;
        algorithms.push_back(algorithm);
    }

    /// What the service has with the content of the source, hidden images too.
    [[nodiscard]] std::vector<ImageType> of_hash() {
        std::vector<ImageType> found;
        std::optional<std::string> const digest = measured_->digest(algorithm_);
        if (!digest) return found;
        for (bool const is_hidden : {false, true})
            for (ImageType& each :
                 images_.list(where<&ImageType::hash_value> == *digest, where<&ImageType::is_hidden> == is_hidden))
                found.push_back(std::move(each));
        return found;
    }

    /// Whether it has the content, in the same formats.
    [[nodiscard]] bool has_content(ImageType const& image, ImageType const& desired) {
        bool const is_usable = image.status == ImageStatus::active && image.size == measured_->bytes() &&
                               image.disk_format == desired.disk_format &&
                               image.container_format == desired.container_format &&
                               (!desired.id || image.id == desired.id) && image.hash_algo && image.hash_value;
        return is_usable && openstack::detail::equal_ignoring_case(measured_->digest(*image.hash_algo).value_or(""),
                                                                   *image.hash_value);
    }

    /// Of those that have the content: the project's own before another's, which can be used only as it is; what needs
    /// no change before what does. Where nobody knows the project, images that have an owner are another's.
    [[nodiscard]] std::optional<ImageType> choose(std::vector<ImageType> const& images, ImageType const& desired) {
        std::string const project = desired.owner_id ? *desired.owner_id : images_.session().project_id();
        ImageType const* best = nullptr;
        int best_rank = 3;
        for (ImageType const& each : images) {
            bool const has_name = each.name == desired.name;
            if ((each.is_protected == true && !has_name) || !has_content(each, desired)) continue;
            bool const is_own = each.owner_id.value_or("") == project;
            bool const is_right = diff(each, openstack::detail::with_changes(each, changes(each, desired))).empty();
            int const rank = (is_right ? 0 : 2) + (is_own ? 0 : 1);
            if (rank >= best_rank) continue;
            best = &each;
            best_rank = rank;
        }
        return best == nullptr ? std::nullopt : std::optional{*best};
    }

    /// `desired` as changes of `found`: without what only a create or an upload says, and tags, which have no order,
    /// only if they are others.
    [[nodiscard]] static ImageType changes(ImageType const& found, ImageType const& desired) {
        ImageType changes = desired;
        changes.id.reset();
        changes.store.reset();
        if (found.tags && desired.tags && openstack::detail::are_permuted(*found.tags, *desired.tags))
            changes.tags.reset();
        return changes;
    }

    Ensured<ImageType> upload(ImageType const& desired, Ensured<ImageType> result) {
        result.action = EnsureAction::upload;
        if (!source_.rewind()) throw SourceError(source_.name() + " can't be read again");
        ImageUpload<ImageType> upload{images_, source_, options_.upload};
        if (options_.dry_run) static_cast<void>(upload.check(desired));
        result.image = options_.dry_run ? desired : upload.create(desired);
        return result;
    }

    openstack::Proxy<ImageType> const& images_;
    Source& source_;
    EnsureOptions const& options_;
    std::string algorithm_;
    std::optional<openstack::detail::MeasuredSource<Hash>> measured_;
};

}  // namespace openstack::image::v2
