// SPDX-License-Identifier: Apache-2.0
// Tasks: what the Image service does behind a request that it has only accepted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <openstack/fixed_string.hpp>
#include <openstack/raw_json.hpp>
#include <openstack/resource.hpp>

namespace openstack::image::v2 {

/// How far a task is.
enum class TaskStatus { pending, processing, success, failure };
BOOST_DESCRIBE_ENUM(TaskStatus, pending, processing, success, failure)

/// A task of the service (Image API v2, section "Tasks"), or, on another path, one of an image's.
template<FixedString Path, Create HowCreated>
struct BasicTask {
    /// Where they are. Nobody can change or delete one; the service forgets it when it has expired.
    static constexpr ResourceInfo resource{.service = "image",
                                           .path = Path.view(),
                                           .plural = "tasks",
                                           .create = HowCreated,
                                           .page_size = HowCreated == Create::none ? 0 : 200,
                                           .get = HowCreated != Create::none,
                                           .sort = Sort::one_pair,
                                           .remove = false};

    Field<std::string, ReadOnly> id{};
    Field<std::string, CreateOnly, Filterable<Eq>, Sortable> type{};  ///< such as "import" or "api_image_import"
    Field<RawJson, CreateOnly> input{};  ///< what is to be done; not in listings of all tasks
    Field<Open<TaskStatus>, ReadOnly, Filterable<Eq>, Sortable> status{};
    Field<std::string, ReadOnly> message{};  ///< of a failure: why; of a task that goes on: how far it is
    Field<RawJson, ReadOnly> result{};
    Field<std::string, ReadOnly, Wire<"owner">, Filterable<Eq>, Sortable> owner_id{};  ///< a project
    Field<std::string, ReadOnly> user_id{};
    Field<std::string, ReadOnly> request_id{};  ///< of the request behind which it runs
    Field<std::string, ReadOnly, Filterable<Eq>> image_id{};
    Field<Timestamp, ReadOnly, Sortable> created_at{};
    Field<Timestamp, ReadOnly, Sortable> updated_at{};
    Field<Timestamp, ReadOnly, Sortable> expires_at{};  ///< when the service forgets it; null while it goes on
    Field<std::string, ReadOnly> self{};
    Field<std::string, ReadOnly> schema{};

    bool operator==(BasicTask const&) const = default;
    BOOST_DESCRIBE_CLASS(BasicTask, (),
                         (id, type, input, status, message, result, owner_id, user_id, request_id, image_id, created_at,
                          updated_at, expires_at, self, schema),
                         (), ())
};
/// A task, for administrators to see and to create.
using Task = BasicTask<"/v2/tasks", Create::post>;
/// A task that an image was the object of, for the image's owner to see.
using ImageTask = BasicTask<"/v2/images/{image_id}/tasks", Create::none>;

}  // namespace openstack::image::v2
