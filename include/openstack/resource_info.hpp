// SPDX-License-Identifier: Apache-2.0
// ResourceInfo: where a resource lives, and what its service does with it in which form.
#pragma once

#include <cstddef>
#include <string_view>

namespace openstack {

/// How the service creates a resource.
enum class Create {
    none,    ///< it can't be created
    post,    ///< POST to the collection
    put,     ///< PUT to the path of its id, which the caller chooses
    post_id  ///< POST without a body to the path of its id, which is all that the caller chooses
};

/// How the service changes a resource.
enum class Update {
    none,         ///< it can't be changed
    put,          ///< PUT with all fields but those that are ReadOnly: the new state as a whole (RFC 9110, 9.3.4)
    put_changes,  ///< PUT with the changed fields, as Nova, Neutron and Cinder take it
    merge,        ///< PATCH with the changed fields, and null for what is gone (RFC 7396)
    json_patch    ///< PATCH with an RFC 6902 document
};

/// How the service is told in which order to list.
enum class Sort {
    list,     ///< `sort=a:asc,b:desc` (API-SIG, sorting guideline)
    pairs,    ///< `sort_key=a&sort_dir=asc` for each key, as Nova, Neutron and Cinder have taken it for longer
    one_pair  ///< the same, but of several keys it heeds one: a second one is refused here
};

/// In which form the service lists a collection.
enum class Collection {
    array,    ///< `{"volumes": [{...}]}`
    by_name,  ///< `{"volumes": {"NAME": {...}}}`: the name is what identifies the resource
    bare      ///< `[{...}]`, an array at the top
};

/// Where a resource lives and what the service does with it: `static constexpr ResourceInfo resource{...}` in its
/// struct. The service's collection is `path`; one resource is `path/{id}`.
struct ResourceInfo {
    std::string_view service{};    ///< the type in Keystone's catalog, such as "image"
    std::string_view path{};       ///< starts with the API version; `{placeholders}` are bound by the Proxy
    std::string_view key{};        ///< one resource stands under this key, `{"project": {...}}`; empty: at the top
    std::string_view plural{};     ///< the key of the collection where it is listed
    Create create = Create::post;  ///< what create() does
    Update update = Update::none;  ///< what update() does
    std::size_t page_size = 0;  ///< resources that a page is asked for by `limit`; 0: the service has no such parameter
    bool get = true;            ///< whether one resource can be asked for
    bool list = true;           ///< whether the collection can be listed
    Collection collection = Collection::array;  ///< what list() reads
    bool links = true;        ///< whether a page links to the next one; else pages are asked for until one is empty
    Sort sort = Sort::list;   ///< how asc<> and desc<> are sent
    bool details = false;     ///< whether the collection is listed with more fields at `path/detail`
    bool remove = true;       ///< whether a resource can be deleted
    bool create_all = false;  ///< whether several can be created by one request
    bool remove_all = false;  ///< whether the collection can be emptied by one request
    bool single = false;      ///< there is one, at the path itself, without an id: get() is all that it has
    std::string_view patch_type = "application/json-patch+json";  ///< the media type of Update::json_patch
};

}  // namespace openstack
