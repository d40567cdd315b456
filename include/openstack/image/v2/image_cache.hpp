// SPDX-License-Identifier: Apache-2.0
// The service's cache of images, and the calls that manage it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <openstack/from_json.hpp>
#include <openstack/image/v2/documents.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/image/v2/lacking_call.hpp>
#include <openstack/proxy.hpp>

namespace openstack::image::v2 {

/// What clear_cache removes.
enum class CacheTarget { both, cache, queue };

/// The part of the Image service's Proxy that manages its cache (Image API v2, section "Cache manage"), for
/// administrators. All of it throws NotSupported if the service is too old or has no cache, as far as its list of
/// versions tells.
template<class ImageType>
class ImageCaching {
    using ImageRef = ResourceRef<ImageType>;

  public:
    /// Acts by that session.
    explicit ImageCaching(Session session) : session_(std::move(session)) {}

    /// What is cached and queued (since version 2.14). HTTP: GET /v2/cache.
    template<class Cache = ImageCache>
    [[nodiscard]] Cache get_image_cache() const {
        return detail::explain_lack(session_, "v2.14", [&] { return openstack::Proxy<Cache>{session_}.get(); });
    }
    /// Has the image fetched into the cache, later. Throws BadRequest if it isn't active. HTTP: PUT /v2/cache/{id}.
    void queue_image(ImageRef const& image) const { act("PUT", path_of(image), "v2.14"); }
    /// Removes the image from cache and queue. One that is in none is no error; throws ResourceNotFound if there is no
    /// such image. HTTP: DELETE /v2/cache/{id}.
    void cache_delete_image(ImageRef const& image) const { act("DELETE", path_of(image), "v2.14"); }
    /// Empties the cache, or its queue, or both. HTTP: DELETE /v2/cache.
    void clear_cache(CacheTarget target = CacheTarget::both) const {
        Headers headers;
        if (target != CacheTarget::both)
            headers.set("x-image-cache-clear-target", target == CacheTarget::cache ? "cache" : "queue");
        act("DELETE", path(), "v2.14", std::move(headers));
    }
    /// Removes what is broken or stalled (since version 2.18). HTTP: POST /v2/cache/clean.
    void clean_cache() const { act("POST", path() + "/clean", "v2.18"); }
    /// Removes what was used least lately, as far as the cache is larger than it may be (since version 2.18). Where an
    /// answer got lost it is asked for again, and what was removed unheard isn't counted. HTTP: POST /v2/cache/prune.
    template<class Pruned = PrunedCache>
    Pruned prune_cache() const {
        Response answer = act("POST", path() + "/prune", "v2.18");
        return from_json<Pruned>(answer.body, "the answer to POST " + path() + "/prune");
    }
    /// The addresses of the nodes that have the image in their cache (since version 2.18). HTTP: GET
    /// /v2/cache/nodes/{id}.
    template<class Nodes = DocumentsOfText::CacheNodes>
    [[nodiscard]] std::vector<std::string> get_cache_nodes(ImageRef const& image) const {
        std::string const url = path() + "/nodes/" + path_segment(image.id());
        auto const nodes = from_json<Nodes>(act("GET", url, "v2.18").body, "the answer to GET " + url);
        return nodes.cached_nodes.value_or(std::vector<std::string>{});
    }

  private:
    template<class Cache = ImageCache>
    [[nodiscard]] static std::string path() {
        return std::string{Cache::resource.path};
    }
    [[nodiscard]] static std::string path_of(ImageRef const& image) { return path() + '/' + path_segment(image.id()); }

    Response act(std::string method, std::string url, std::string_view version, Headers headers = {}) const {
        return detail::explain_lack(session_, version, [&] {
            return session_.send(ImageType::resource.service,
                                 {.method = method, .url = url, .headers = headers, .is_repeatable = true});
        });
    }

    Session session_;
};

}  // namespace openstack::image::v2
