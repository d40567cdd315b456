// SPDX-License-Identifier: Apache-2.0
// Why a service doesn't know a call, as far as its list of versions tells.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <openstack/error.hpp>
#include <openstack/http_error.hpp>
#include <openstack/one_line.hpp>
#include <openstack/versions.hpp>

namespace openstack::image::v2::detail {

/// The newest version that the service lists; nothing if it lists `version`, or nobody can tell. What it lists depends
/// on its configuration: without a cache, say, those are missing that brought calls about it.
template<class Text = std::string, class Handle>
[[nodiscard]] std::optional<Text> newest_without(Handle const& session, std::string_view version) {
    try {
        Text newest;
        for (auto const& each : versions(session, "image")) {
            if (each.id == version) return std::nullopt;
            if (newest.empty()) newest = each.id;  // they're listed from the newest on
        }
        if (!newest.empty()) return newest;
    } catch (Error const&) {  // the refusal says more than that
    }
    return std::nullopt;
}

/// What a call acts on, where that is always there.
struct AlwaysThere {
    bool operator()() const noexcept { return true; }
};

/// Gives what `call()` gives, which came with that version. A 404 or 405 of it becomes NotSupported if what it acts on
/// `is_there()`, and the service doesn't list the version. The list is asked only then: services know calls of versions
/// that they don't list.
template<class Handle, class Call, class IsThere = AlwaysThere>
decltype(auto) explain_lack(Handle const& session, std::string_view version, Call call, IsThere is_there = {}) {
    try {
        return call();
    } catch (HttpError const& refusal) {
        if ((refusal.status() != 404 && refusal.status() != 405) || !is_there()) throw;
        auto const newest = newest_without(session, version);
        if (!newest) throw;
        throw NotSupported(std::string{refusal.what()} + "; the call came with " + std::string{version} +
                           " of the Image API, which the service doesn't list (its newest is " +
                           openstack::detail::one_line(*newest) + "): it's older, or isn't configured for it");
    }
}

/// Whether there is an image with that id.
template<class Proxy>
[[nodiscard]] bool has_image(Proxy const& images, std::string_view id) {
    try {
        (void)images.get(id);
        return true;
    } catch (HttpError const&) {
        return false;
    }
}

}  // namespace openstack::image::v2::detail
