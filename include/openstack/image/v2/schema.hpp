// SPDX-License-Identifier: Apache-2.0
// Schema: what the Image service says of its own documents.
#pragma once

#include <map>
#include <string>

#include <openstack/fixed_string.hpp>
#include <openstack/raw_json.hpp>
#include <openstack/resource.hpp>

namespace openstack::image::v2 {

/// A JSON schema (draft 4) of the service (Image API v2, sections "Schemas"), whose properties depend on its
/// configuration.
template<FixedString Path>
struct BasicSchema {
    /// They can be asked for by their names.
    static constexpr ResourceInfo resource{
        .service = "image", .path = Path.view(), .create = Create::none, .list = false, .remove = false};

    Field<std::string, ReadOnly> name{};                           ///< such as "image"
    Field<std::map<std::string, RawJson>, ReadOnly> properties{};  ///< the schema of each property
    Field<RawJson, ReadOnly, Wire<"additionalProperties">> additional_properties{};
    Field<RawJson, ReadOnly> required{};
    Field<RawJson, ReadOnly> definitions{};
    Field<RawJson, ReadOnly> links{};

    bool operator==(BasicSchema const&) const = default;
    BOOST_DESCRIBE_CLASS(BasicSchema, (), (name, properties, additional_properties, required, definitions, links), (),
                         ())
};
/// Of "image", "images", "member", "members", "task" and "tasks".
using Schema = BasicSchema<"/v2/schemas">;
/// Of "namespace", "namespaces", "object", "objects", "property", "properties", "tag", "tags", "resource_type" and
/// "resource_types".
using MetadefSchema = BasicSchema<"/v2/schemas/metadefs">;

}  // namespace openstack::image::v2
