// SPDX-License-Identifier: Apache-2.0
// Metadata definitions: which properties images, volumes, flavors and servers may have, and what these mean.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include <openstack/resource.hpp>

/// Glance's metadata definitions (Image API v2, section "Metadata Definitions"). All operations are openstack::Proxy's:
/// `openstack::Proxy<metadefs::Namespace>{cloud}`, `openstack::Proxy<metadefs::Object>{cloud, "My::Namespace"}`. What
/// has a name is renamed by an update of it. Names have 80 characters at most.
namespace openstack::image::v2::metadefs {

/// Who sees a namespace: everybody, or its owner's project.
enum class Visibility { public_, private_ };
BOOST_DESCRIBE_ENUM(Visibility, public_, private_)

/// What kind of value a property has (JSON Schema's types).
enum class PropertyType { array, boolean, integer, number, object, string };
BOOST_DESCRIBE_ENUM(PropertyType, array, boolean, integer, number, object, string)

/// The resources. It is a template so that a program compiles those that it uses; the aliases below are the ones to
/// use.
template<class Text>
struct Definitions {
    /// The same as ever, but made where a resource is used, since it depends on Text.
    template<class T, class... Options>
    using Field = openstack::Field<std::conditional_t<true, T, Text>, Options...>;

    /// What the elements of an array are.
    struct Items {
        Field<Open<PropertyType>> type{};
        Field<std::vector<std::string>, Wire<"enum">> values{};  ///< all that are allowed

        bool operator==(Items const&) const = default;
        BOOST_DESCRIBE_CLASS(Items, (), (type, values), (), ())
    };

    /// A property that things may have, with the values that it may have (JSON Schema). `title` and `type` are needed.
    struct Property {
        /// Where the service has the properties of a namespace that belong to no object.
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = "/v2/metadefs/namespaces/{namespace}/properties",
                                               .plural = "properties",
                                               .update = Update::put,
                                               .collection = Collection::by_name,
                                               .remove_all = true};

        Field<std::string> name{};  ///< without a prefix; unset where it is the key of a map
        Field<Open<PropertyType>> type{};
        Field<std::string> title{};                                      ///< for people
        Field<std::string> description{};                                ///< for people
        Field<std::vector<std::string>> operators{};                     ///< such as "<in>", which go before a value
        Field<RawJson, Wire<"default">> default_value{};                 ///< what it is where it isn't set
        Field<bool, Wire<"readonly">> is_read_only{};                    ///< users can't change it
        Field<bool, Wire<"confidential">> is_confidential{};             ///< its values aren't to be shown
        Field<std::int64_t> minimum{};                                   ///< of a number
        Field<std::int64_t> maximum{};                                   ///< of a number
        Field<std::vector<std::string>, Wire<"enum">> values{};          ///< all that are allowed
        Field<std::string> pattern{};                                    ///< of a string, a regular expression
        Field<std::uint64_t, Wire<"minLength">> min_length{};            ///< of a string, characters
        Field<std::uint64_t, Wire<"maxLength">> max_length{};            ///< of a string, characters
        Field<Items> items{};                                            ///< of an array
        Field<bool, Wire<"uniqueItems">> has_unique_items{};             ///< of an array
        Field<std::uint64_t, Wire<"minItems">> min_items{};              ///< of an array
        Field<std::uint64_t, Wire<"maxItems">> max_items{};              ///< of an array
        Field<bool, Wire<"additionalItems">> allows_additional_items{};  ///< of an array
        /// As a condition of get: the name is given with the prefix of the namespace's association with this type.
        Field<std::string, ReadOnly, QueryOnly, OfGet, Filterable<Eq>> resource_type{};

        bool operator==(Property const&) const = default;
        BOOST_DESCRIBE_CLASS(Property, (),
                             (name, type, title, description, operators, default_value, is_read_only, is_confidential,
                              minimum, maximum, values, pattern, min_length, max_length, items, has_unique_items,
                              min_items, max_items, allows_additional_items, resource_type),
                             (), ())
    };

    /// A group of properties that belong together. The service lists all of a namespace at once, in an order of its
    /// own.
    struct Object {
        /// Where the service has the objects of a namespace.
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = "/v2/metadefs/namespaces/{namespace}/objects",
                                               .plural = "objects",
                                               .update = Update::put,
                                               .remove_all = true};

        Field<std::string> name{};
        Field<std::string> description{};                     ///< for people
        Field<std::vector<std::string>> required{};           ///< the names of those properties that must be set
        Field<std::map<std::string, Property>> properties{};  ///< by their names
        Field<Timestamp, ReadOnly> created_at{};              ///< to the second, by the service's clock
        Field<Timestamp, ReadOnly> updated_at{};              ///< when it last changed
        Field<std::string, ReadOnly> self{};                  ///< the path of this record
        Field<std::string, ReadOnly> schema{};                ///< the path of the JSON schema

        bool operator==(Object const&) const = default;
        BOOST_DESCRIBE_CLASS(Object, (),
                             (name, description, required, properties, created_at, updated_at, self, schema), (), ())
    };

    /// A word that things may be tagged with.
    struct Tag {
        /// Where the service has the tags of a namespace. `create_all` replaces those that are there, unless it is
        /// given the header `X-OpenStack-Append: True`.
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = "/v2/metadefs/namespaces/{namespace}/tags",
                                               .plural = "tags",
                                               .create = Create::post_id,
                                               .update = Update::put_changes,
                                               .page_size = 200,
                                               .links = false,
                                               .sort = Sort::one_pair,
                                               .create_all = true,
                                               .remove_all = true};

        Field<std::string, Sortable> name{};
        Field<Timestamp, ReadOnly, Sortable> created_at{};  ///< to the second; not in listings
        Field<Timestamp, ReadOnly, Sortable> updated_at{};  ///< when it last changed; not in listings

        bool operator==(Tag const&) const = default;
        BOOST_DESCRIBE_CLASS(Tag, (), (name, created_at, updated_at), (), ())
    };

    /// A kind of things that properties are for. It comes to be by the first association with it.
    struct ResourceType {
        /// Where the service lists them.
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = "/v2/metadefs/resource_types",
                                               .plural = "resource_types",
                                               .create = Create::none,
                                               .get = false,
                                               .remove = false};

        Field<std::string, ReadOnly> name{};      ///< as Heat names it, such as "OS::Glance::Image"
        Field<Timestamp, ReadOnly> created_at{};  ///< to the second
        Field<Timestamp, ReadOnly> updated_at{};  ///< when it last changed

        bool operator==(ResourceType const&) const = default;
        BOOST_DESCRIBE_CLASS(ResourceType, (), (name, created_at, updated_at), (), ())
    };

    /// That a namespace is for a resource type.
    struct ResourceTypeAssociation {
        /// Where the service has the associations of a namespace.
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = "/v2/metadefs/namespaces/{namespace}/resource_types",
                                               .plural = "resource_type_associations",
                                               .get = false};

        Field<std::string, CreateOnly> name{};    ///< the type's
        Field<std::string, CreateOnly> prefix{};  ///< which a property's name has before it there, such as "hw_"
        /// Where the type has several kinds of properties, the one that is meant: "image" of a volume.
        Field<std::string, CreateOnly> properties_target{};
        Field<Timestamp, ReadOnly> created_at{};  ///< to the second
        Field<Timestamp, ReadOnly> updated_at{};  ///< when it last changed

        bool operator==(ResourceTypeAssociation const&) const = default;
        BOOST_DESCRIBE_CLASS(ResourceTypeAssociation, (), (name, prefix, properties_target, created_at, updated_at), (),
                             ())
    };

    /// Definitions under one name. Administrators write them.
    struct Namespace {
        /// Where the service has namespaces. An update keeps what is in the namespace.
        static constexpr ResourceInfo resource{.service = "image",
                                               .path = "/v2/metadefs/namespaces",
                                               .plural = "namespaces",
                                               .update = Update::put,
                                               .page_size = 200,
                                               .sort = Sort::one_pair};

        Field<std::string, Wire<"namespace">> name{};          ///< such as "OS::Compute::Watchdog"
        Field<std::string> display_name{};                     ///< for people
        Field<std::string> description{};                      ///< for people, at most 500 characters
        Field<Open<Visibility>, Filterable<Eq>> visibility{};  ///< the service's default is `private_`
        Field<bool, Wire<"protected">> is_protected{};         ///< it can't be deleted
        Field<std::string, Wire<"owner">> owner_id{};          ///< a project; the caller's, if unset
        Field<Timestamp, ReadOnly, Sortable> created_at{};     ///< to the second, by the service's clock
        Field<Timestamp, ReadOnly, Sortable> updated_at{};     ///< when it last changed
        Field<std::string, ReadOnly> self{};                   ///< the path of this record
        Field<std::string, ReadOnly> schema{};                 ///< the path of the JSON schema
        /// What is in it: create takes it along, get tells it, and listings tell the associations.
        Field<std::vector<ResourceTypeAssociation>, CreateOnly> resource_type_associations{};
        Field<std::map<std::string, Property>, CreateOnly> properties{};  ///< by their names
        Field<std::vector<Object>, CreateOnly> objects{};
        Field<std::vector<Tag>, CreateOnly> tags{};
        /// As a filter: namespaces that are for this type, or for one of these.
        Field<std::string, ReadOnly, QueryOnly, Filterable<Eq, In>, CommaSeparated> resource_types{};
        /// As a condition of get: properties are told with the prefix that they have for this type.
        Field<std::string, ReadOnly, QueryOnly, OfGet, Filterable<Eq>> resource_type{};

        bool operator==(Namespace const&) const = default;
        BOOST_DESCRIBE_CLASS(Namespace, (),
                             (name, display_name, description, visibility, is_protected, owner_id, created_at,
                              updated_at, self, schema, resource_type_associations, properties, objects, tags,
                              resource_types, resource_type),
                             (), ())
    };
};

/// The definitions by their own names.
using Items = Definitions<std::string>::Items;
using Property = Definitions<std::string>::Property;
using Object = Definitions<std::string>::Object;
using Tag = Definitions<std::string>::Tag;
using ResourceType = Definitions<std::string>::ResourceType;
using ResourceTypeAssociation = Definitions<std::string>::ResourceTypeAssociation;
using Namespace = Definitions<std::string>::Namespace;

}  // namespace openstack::image::v2::metadefs
