// SPDX-License-Identifier: Apache-2.0
// Imports: data that the service brings into its stores itself, and waiting for what it does.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <openstack/image/v2/documents.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/image/v2/image_upload.hpp>
#include <openstack/image/v2/image_watch.hpp>
#include <openstack/image/v2/import_method.hpp>
#include <openstack/proxy.hpp>
#include <openstack/waiting.hpp>

namespace openstack::image::v2 {

/// The part of the Image service's Proxy that imports (Image API v2, sections "Interoperable image import" and
/// "Tasks").
template<class ImageType>
class ImageImports {
    using ImageRef = ResourceRef<ImageType>;

  public:
    /// Acts by that proxy's session.
    explicit ImageImports(openstack::Proxy<ImageType> images) : images_(std::move(images)) {}

    /// Sends data to the service's staging area, from where `import_image(image, glance_direct())` takes it. The image
    /// must be `queued`. Broken uploads are sent again as by `upload`, and the size is compared;
    /// no hash is, before the import. Throws InvalidRequest for options that name stores, ResourceNotFound also where
    /// the service offers no glance-direct.
    ///
    /// HTTP: PUT /v2/images/{id}/stage, GET /v2/images/{id}.
    ImageType stage_image(ImageRef const& image, std::unique_ptr<Source> source,
                          UploadOptions const& options = {}) const {
        if (!source) throw InvalidRequest("the source of the data is null");
        return ImageUpload<ImageType>{images_, *source, options}.stage(image);
    }

    /// Begins an import: `wait_for(image)` waits for its end. Throws Conflict if the image isn't in the status that the
    /// method demands, or another import of it goes on. Where the answer to an earlier attempt got lost and the image
    /// says that an import has begun, that is a success.
    ///
    /// HTTP: POST /v2/images/{id}/import.
    void import_image(ImageRef const& image, ImportMethod const& method, ImportOptions const& options = {}) const {
        detail::begin_import(images_, image.id(), method, options);
    }

    /// Waits until the image is `status`; for `active` that includes all stores that an import brings it to. Throws
    /// ResourceFailure, with the task's message, if an import has failed, also of stores that had to succeed, or the
    /// image is killed or deleted; ResourceTimeout; Cancelled.
    ///
    /// HTTP: GET /v2/images/{id}, repeatedly, and GET /v2/images/{id}/tasks where only they tell.
    ImageType wait_for(ImageRef const& image, ImageStatus status = ImageStatus::active,
                       WaitOptions const& options = {}) const {
        return detail::wait_for_image(images_, image.id(), status, options);
    }
    /// Waits until `is_as_wanted(image)`. Throws ResourceTimeout and Cancelled. HTTP: GET /v2/images/{id}, repeatedly.
    template<std::predicate<ImageType const&> Predicate>
    ImageType wait_for(ImageRef const& image, Predicate is_as_wanted, WaitOptions const& options = {}) const {
        return openstack::wait_for(images_, image.id(), std::move(is_as_wanted), options);
    }
    /// Waits until the image is gone. Throws ResourceTimeout and Cancelled. HTTP: GET /v2/images/{id}, repeatedly.
    void wait_for_delete(ImageRef const& image, WaitOptions const& options = {}) const {
        openstack::wait_for_delete(images_, image.id(), options);
    }

    /// The tasks of that image, the imports among them (since version 2.12). HTTP: GET /v2/images/{id}/tasks.
    template<class TaskType = ImageTask>
    [[nodiscard]] Listing<TaskType> image_tasks(ImageRef const& image) const {
        return openstack::Proxy<TaskType>{images_.session(), image.id()}.list();
    }

    /// All tasks that fit, for administrators; without their input and result. HTTP: GET /v2/tasks.
    template<class TaskType = Task, class... Parts>
    [[nodiscard]] Listing<TaskType> tasks(Parts const&... parts) const {
        return all_tasks<TaskType>().list(parts...);
    }
    /// HTTP: GET /v2/tasks/{id}.
    template<class TaskType = Task>
    [[nodiscard]] TaskType get_task(ResourceRef<std::type_identity_t<TaskType>> const& task) const {
        return all_tasks<TaskType>().get(task);
    }
    /// Begins a task, such as `{.type = "import", .input = RawJson{...}}`. HTTP: POST /v2/tasks.
    template<class TaskType = Task>
    TaskType create_task(std::type_identity_t<TaskType> const& task) const {
        return all_tasks<TaskType>().create(task);
    }
    /// Waits until the task has succeeded. Throws ResourceFailure with its message, ResourceTimeout, Cancelled. HTTP:
    /// GET /v2/tasks/{id}, repeatedly.
    template<class TaskType = Task>
    TaskType wait_for_task(ResourceRef<std::type_identity_t<TaskType>> const& task,
                           WaitOptions const& options = {}) const {
        return openstack::wait_for(
            all_tasks<TaskType>(), task.id(),
            [&](TaskType const& now) {
                if (now.status == TaskStatus::failure)
                    throw ResourceFailure("task " + openstack::detail::one_line(task.id()) +
                                          " has failed: " + openstack::detail::one_line(now.message.value_or("")));
                return now.status == TaskStatus::success;
            },
            options);
    }

  private:
    template<class TaskType>
    [[nodiscard]] openstack::Proxy<TaskType> all_tasks() const {
        return openstack::Proxy<TaskType>{images_.session()};
    }

    openstack::Proxy<ImageType> images_;
};

}  // namespace openstack::image::v2
