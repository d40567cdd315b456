// SPDX-License-Identifier: Apache-2.0
// What the Image service has beside images and their members: tasks, stores, its cache, locations, limits and schemas.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include <openstack/fixed_string.hpp>
#include <openstack/raw_json.hpp>
#include <openstack/resource.hpp>

namespace openstack::image::v2 {

/// How far a task is.
enum class TaskStatus { pending, processing, success, failure };
BOOST_DESCRIBE_ENUM(TaskStatus, pending, processing, success, failure)

/// The declarations. It is a template so that a program compiles those that it uses; the aliases below are the ones to
/// use.
template<class Text>
struct Documents {
    /// The same as ever, but made where a document is used, since it depends on Text.
    template<class T, class... Options>
    using Field = openstack::Field<std::conditional_t<true, T, Text>, Options...>;

    /// A task of the service, or, on another path, one of an image's (Image API v2, section "Tasks"). Nobody can change
    /// or delete one; the service forgets it when it has expired.
    template<FixedString Path, Create HowCreated>
    struct Task {
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = Path.view(),
                                               .plural = "tasks",
                                               .create = HowCreated,
                                               .page_size = HowCreated == Create::none ? 0 : 200,
                                               .get = HowCreated != Create::none,
                                               .sort = Sort::one_pair,
                                               .remove = false};

        Field<Text, ReadOnly> id{};
        Field<Text, CreateOnly, Filterable<Eq>, Sortable> type{};  ///< such as "import" or "api_image_import"
        Field<RawJson, CreateOnly> input{};                        ///< what is to be done; not in listings of all tasks
        Field<Open<TaskStatus>, ReadOnly, Filterable<Eq>, Sortable> status{};
        Field<Text, ReadOnly> message{};  ///< of a failure: why; of a task that goes on: how far it is
        Field<RawJson, ReadOnly> result{};
        Field<Text, ReadOnly, Wire<"owner">, Filterable<Eq>, Sortable> owner_id{};  ///< a project
        Field<Text, ReadOnly> user_id{};
        Field<Text, ReadOnly> request_id{};  ///< of the request behind which it runs
        Field<Text, ReadOnly, Filterable<Eq>> image_id{};
        Field<Timestamp, ReadOnly, Sortable> created_at{};
        Field<Timestamp, ReadOnly, Sortable> updated_at{};
        Field<Timestamp, ReadOnly, Sortable> expires_at{};  ///< when the service forgets it; null while it goes on
        Field<Text, ReadOnly> self{};
        Field<Text, ReadOnly> schema{};

        bool operator==(Task const&) const = default;
        BOOST_DESCRIBE_CLASS(Task, (),
                             (id, type, input, status, message, result, owner_id, user_id, request_id, image_id,
                              created_at, updated_at, expires_at, self, schema),
                             (), ())
    };

    /// One of the service's stores (section "Discovery", since version 2.8), with details for administrators.
    struct Store {
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = "/v2/info/stores",
                                               .plural = "stores",
                                               .create = Create::none,
                                               .get = false,
                                               .details = true,
                                               .remove = false};

        Field<Text, ReadOnly> id{};  ///< by which uploads and imports choose it
        Field<Text, ReadOnly> description{};
        Field<bool, ReadOnly, Wire<"default">, AsText> is_default{};      ///< of one store, true
        Field<bool, ReadOnly, Wire<"read-only">, AsText> is_read_only{};  ///< it only serves what is there already
        Field<Text, ReadOnly> type{};                                     ///< in details, such as "rbd"
        Field<std::int32_t, ReadOnly> weight{};                           ///< in details: the heaviest one is read from
        Field<Properties, ReadOnly> properties{};                         ///< in details, as its type has them

        bool operator==(Store const&) const = default;
        BOOST_DESCRIBE_CLASS(Store, (), (id, description, is_default, is_read_only, type, weight, properties), (), ())
    };

    /// The import methods: there is one such document.
    struct ImportInfo {
        static constexpr ResourceInfo resource{
            .service = "image", .path = "/v2/info/import", .create = Create::none, .single = true};

        /// Their names stand in a description of their list.
        struct Methods {
            Field<std::vector<Text>> value{};

            bool operator==(Methods const&) const = default;
            BOOST_DESCRIBE_CLASS(Methods, (), (value), (), ())
        };
        Field<Methods, ReadOnly, Wire<"import-methods">> methods{};

        bool operator==(ImportInfo const&) const = default;
        BOOST_DESCRIBE_CLASS(ImportInfo, (), (methods), (), ())
    };

    /// What of a limit is used up: MiB of data, or images.
    struct Usage {
        Field<std::int64_t> limit{};  ///< -1: there is none
        Field<std::int64_t> usage{};

        bool operator==(Usage const&) const = default;
        BOOST_DESCRIBE_CLASS(Usage, (), (limit, usage), (), ())
    };
    /// The limits of a project, by their names.
    struct Usages {
        static constexpr ResourceInfo resource{
            .service = "image", .path = "/v2/info/usage", .create = Create::none, .single = true};

        Field<std::map<std::string, Usage>, ReadOnly> usage{};

        bool operator==(Usages const&) const = default;
        BOOST_DESCRIBE_CLASS(Usages, (), (usage), (), ())
    };

    /// A JSON schema (draft 4) of the service, whose properties depend on its configuration.
    template<FixedString Path>
    struct Schema {
        static constexpr ResourceInfo resource{
            .service = "image", .path = Path.view(), .create = Create::none, .list = false, .remove = false};

        Field<Text, ReadOnly> name{};                                  ///< such as "image"
        Field<std::map<std::string, RawJson>, ReadOnly> properties{};  ///< the schema of each property
        Field<RawJson, ReadOnly, Wire<"additionalProperties">> additional_properties{};
        Field<RawJson, ReadOnly> required{};
        Field<RawJson, ReadOnly> definitions{};
        Field<RawJson, ReadOnly> links{};

        bool operator==(Schema const&) const = default;
        BOOST_DESCRIBE_CLASS(Schema, (), (name, properties, additional_properties, required, definitions, links), (),
                             ())
    };

    /// What is in the cache of the node that answers, and what shall come into it (section "Cache manage").
    struct ImageCache {
        static constexpr ResourceInfo resource{
            .service = "image", .path = "/v2/cache", .create = Create::none, .single = true};

        /// An image in the cache.
        struct Entry {
            Field<Text> image_id{};
            Field<std::uint64_t> size{};    ///< in bytes
            Field<std::uint64_t> hits{};    ///< how often it came from the cache
            Field<double> last_accessed{};  ///< seconds since 1970
            Field<double> last_modified{};  ///< seconds since 1970

            bool operator==(Entry const&) const = default;
            BOOST_DESCRIBE_CLASS(Entry, (), (image_id, size, hits, last_accessed, last_modified), (), ())
        };
        Field<std::vector<Entry>, ReadOnly> cached_images{};
        Field<std::vector<Text>, ReadOnly> queued_images{};  ///< their ids

        bool operator==(ImageCache const&) const = default;
        BOOST_DESCRIBE_CLASS(ImageCache, (), (cached_images, queued_images), (), ())
    };
    /// What a pruning of the cache removed.
    struct PrunedCache {
        Field<std::uint64_t> total_files_pruned{};
        Field<std::uint64_t> total_bytes_pruned{};

        bool operator==(PrunedCache const&) const = default;
        BOOST_DESCRIBE_CLASS(PrunedCache, (), (total_files_pruned, total_bytes_pruned), (), ())
    };
    /// The addresses of the nodes that have an image in their cache.
    struct CacheNodes {
        Field<std::vector<Text>> cached_nodes{};

        bool operator==(CacheNodes const&) const = default;
        BOOST_DESCRIBE_CLASS(CacheNodes, (), (cached_nodes), (), ())
    };

    /// What the data at a location is: the service takes it as it's said.
    struct ValidationData {
        Field<Text> checksum{};                           ///< MD5
        Field<Text, Wire<"os_hash_algo">> hash_algo{};    ///< such as "sha512"
        Field<Text, Wire<"os_hash_value">> hash_value{};  ///< hexadecimal

        bool operator==(ValidationData const&) const = default;
        BOOST_DESCRIBE_CLASS(ValidationData, (), (checksum, hash_algo, hash_value), (), ())
    };
    /// A location that is added, or one by the calls of version 2.17.
    struct ImageLocation {
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = "/v2/images/{image_id}/locations",
                                               .get = false,
                                               .collection = Collection::bare,
                                               .remove = false};

        Field<Text, CreateOnly> url{};
        Field<Properties, CreateOnly> metadata{};
        Field<ValidationData, CreateOnly> validation_data{};

        bool operator==(ImageLocation const&) const = default;
        BOOST_DESCRIBE_CLASS(ImageLocation, (), (url, metadata, validation_data), (), ())
    };
};

using DocumentsOfText = Documents<std::string>;
/// A task, for administrators to see and to create.
using Task = DocumentsOfText::Task<"/v2/tasks", Create::post>;
/// A task that an image was the object of, for the image's owner to see.
using ImageTask = DocumentsOfText::Task<"/v2/images/{image_id}/tasks", Create::none>;
using Store = DocumentsOfText::Store;
using Usage = DocumentsOfText::Usage;
/// The schema of "image", "images", "member", "members", "task" or "tasks".
using Schema = DocumentsOfText::Schema<"/v2/schemas">;
/// The schema of "namespace", "object", "property", "tag" or "resource_type", or of several of these.
using MetadefSchema = DocumentsOfText::Schema<"/v2/schemas/metadefs">;
using ImageCache = DocumentsOfText::ImageCache;
using PrunedCache = DocumentsOfText::PrunedCache;
using ValidationData = DocumentsOfText::ValidationData;
using ImageLocation = DocumentsOfText::ImageLocation;

}  // namespace openstack::image::v2
