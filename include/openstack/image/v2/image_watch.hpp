// SPDX-License-Identifier: Apache-2.0
// What an image's record says of its way to a status, imports included.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/algorithm.hpp>
#include <openstack/error.hpp>
#include <openstack/from_json.hpp>
#include <openstack/http_error.hpp>
#include <openstack/image/v2/documents.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/one_line.hpp>
#include <openstack/proxy.hpp>

namespace openstack::image::v2 {

/// Looks at the records of one image on its way to a status. Glance says of an import: `os_glance_import_task` is the
/// task while it runs, `os_glance_importing_to_stores` are the stores that don't have the data yet, and
/// `os_glance_failed_import` those that failed, also in an earlier import. An import that failed as a whole leaves the
/// image `queued`, as it was before, or even `importing`, and not always a store among those that failed, so only its
/// task tells; the task's message says why.
template<class ImageType, class TaskType = ImageTask>
class ImageWatch {
  public:
    /// Of the image with that id. The proxy outlives it.
    ImageWatch(openstack::Proxy<ImageType> const& images, std::string id, ImageStatus wanted)
        : images_(images), id_(std::move(id)), wanted_(wanted) {}

    /// What the record still lacks; empty if it's as wanted: in its status, and for `active`, without an import that
    /// goes on. Throws ResourceFailure if it won't get there: it's killed or deleted, or its last import has failed.
    ///
    /// HTTP: GET /v2/images/{id}/tasks, where only they tell.
    [[nodiscard]] std::string missing(ImageType const& record) {
        std::string const status = record.status ? to_string(*record.status) : "unknown";
        if (wanted_ != ImageStatus::active) return record.status == wanted_ ? "" : still(record, status);
        std::string const stores = text(record, "os_glance_importing_to_stores");
        std::string const still_missing =
            still(record, status) + (stores.empty() ? "" : ", the data isn't in " + stores + " yet");
        if (std::string const running = text(record, "os_glance_import_task"); !running.empty()) {
            has_seen_import_ = true;
            bool const is_as_before = last_ == record;
            last_ = record;
            if (!is_as_before) return still_missing;
            // A task may fail without taking its marks away.
            std::optional<TaskType> const task = newest_task();
            if (task && task->status == TaskStatus::failure && task->id == running) fail({}, task);
            return still_missing;
        }
        std::string const failed = without(text(record, "os_glance_failed_import"), record.stores.value_or(""));
        bool const is_there = record.status == ImageStatus::active;
        if (is_there && stores.empty() && failed.empty() && !has_seen_import_) return {};
        if (record.status == ImageStatus::saving) return still_missing;
        std::optional<TaskType> const task = newest_task();
        if (is_there && !has_seen_import_ && are_tasks_told_ && !task) return {};  // what failed was another project's
        bool const has_task_failed = task && task->status == TaskStatus::failure;
        if (has_task_failed || (!is_there && has_seen_import_) ||
            (record.status == ImageStatus::queued && !failed.empty()))
            fail(failed, task);
        bool const is_over = task ? task->status == TaskStatus::success : stores.empty();
        if (!is_there || !is_over) return still_missing;
        if (!failed.empty() && does_matter(failed, task)) fail(failed, task);
        return {};
    }

  private:
    /// What a task was asked for.
    template<class Names = std::vector<std::string>>
    struct Asked {
        /// By the body of the request.
        struct Import {
            Field<bool> all_stores_must_succeed{};
            BOOST_DESCRIBE_CLASS(Import, (), (all_stores_must_succeed), (), ())
        };
        Field<Import> import_req{};
        Field<Names> backend{};
        BOOST_DESCRIBE_CLASS(Asked, (), (import_req, backend), (), ())
    };

    static std::string text(ImageType const& record, std::string_view property) {
        auto const at = record.properties.find(property);
        return at == record.properties.end() ? std::string{} : openstack::detail::one_line(at->second);
    }

    std::string still(ImageType const& record, std::string const& status) const {
        if (record.status == ImageStatus::killed || record.status == ImageStatus::deleted ||
            record.status == ImageStatus::pending_delete)
            throw ResourceFailure(name() + " won't be " + to_string(Open<ImageStatus>{wanted_}) + ": it is " + status);
        return "its status is " + status;
    }

    /// Of an image that is active: whether the stores that have failed at some time had to succeed in the last import.
    static bool does_matter(std::string const& failed, std::optional<TaskType> const& task) {
        if (!task || !task->input) return true;
        try {
            auto const asked = from_json<Asked<>>(task->input->text);
            bool const may_fail = asked.import_req && asked.import_req->all_stores_must_succeed == false;
            bool is_own = !asked.backend;
            for (std::string const& each : asked.backend.value_or(std::vector<std::string>{}))
                is_own = is_own || is_one_of(failed, each);
            return is_own && !may_fail;
        } catch (DecodeError const&) {  // a service without stores has none to name
            return true;
        }
    }

    static bool is_one_of(std::string const& list, std::string_view store) {
        return (',' + list + ',').find(',' + std::string{store} + ',') != std::string::npos;
    }
    /// The stores of the list that aren't in the other one.
    static std::string without(std::string const& list, std::string const& others) {
        std::string left;
        for (std::size_t at = 0; at < list.size();) {
            std::size_t const end = (std::min)(list.find(',', at), list.size());
            std::string const store = list.substr(at, end - at);
            if (!is_one_of(others, store)) left.append(left.empty() ? "" : ",").append(store);
            at = end + 1;
        }
        return left;
    }

    /// The task of the last import; nothing if there is none, or the service doesn't tell.
    [[nodiscard]] std::optional<TaskType> newest_task() {
        std::optional<TaskType> newest;
        are_tasks_told_ = false;
        try {
            for (TaskType& each : openstack::Proxy<TaskType>{images_.session(), id_}.list())
                if (!newest || each.created_at.value_or(Timestamp{}) > newest->created_at.value_or(Timestamp{}))
                    newest = std::move(each);
            are_tasks_told_ = true;
        } catch (ResourceNotFound const&) {  // older than 2.12
        } catch (Forbidden const&) {         // the policy says so
        }
        return newest;
    }

    [[noreturn]] void fail(std::string const& failed, std::optional<TaskType> const& task) const {
        std::string message = name() + ": its import has failed";
        if (!failed.empty()) message += ", for the stores " + failed;
        if (task && task->message) message += ": " + openstack::detail::one_line(*task->message);
        throw ResourceFailure(message);
    }

    [[nodiscard]] std::string name() const { return "image " + openstack::detail::one_line(id_); }

    openstack::Proxy<ImageType> const& images_;
    std::string id_;
    ImageStatus wanted_;
    bool has_seen_import_ = false;
    std::optional<ImageType> last_{};  ///< the record as it was looked at last, while an import runs
    bool are_tasks_told_ = false;      ///< whether the service has said which there are
};

}  // namespace openstack::image::v2
