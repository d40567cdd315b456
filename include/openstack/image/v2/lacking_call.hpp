// SPDX-License-Identifier: Apache-2.0
// Why a service doesn't know a call, as far as its list of versions tells.
#pragma once

#include <string>
#include <string_view>

#include <openstack/codec.hpp>
#include <openstack/error.hpp>
#include <openstack/http_error.hpp>
#include <openstack/versions.hpp>

namespace openstack::image::v2::detail {

/// The number behind the dot of "v2.16"; 0 for another text.
template<class Number = unsigned>
[[nodiscard]] Number minor_version(std::string_view version) {
    std::size_t const dot = version.find('.');
    return dot == std::string_view::npos ? Number{} : from_text<Number>(version.substr(dot + 1)).value_or(Number{});
}

/// What a call acts on, where that is always there.
struct AlwaysThere {
    bool operator()() const noexcept { return true; }
};

/// Gives what `call()` gives, which needs that version. A 404 or 405 of it becomes NotSupported if what it acts on
/// `is_there()`, and the service lists no version as new. The list is asked only then: it depends on the service's
/// configuration, and services know calls of versions that they don't list.
template<class Handle, class Call, class IsThere = AlwaysThere>
decltype(auto) explain_lack(Handle const& session, std::string_view needed, Call call, IsThere is_there = {}) {
    try {
        return call();
    } catch (HttpError const& refusal) {
        if ((refusal.status() != 404 && refusal.status() != 405) || !is_there()) throw;
        std::string newest;
        try {
            for (auto const& each : versions(session, "image"))
                if (minor_version(each.id) >= minor_version(newest)) newest = each.id;
        } catch (Error const&) {  // the refusal says more than that
        }
        if (newest.empty() || minor_version(newest) >= minor_version(needed)) throw;
        throw NotSupported(std::string{refusal.what()} + "; the call needs " + std::string{needed} +
                           " of the Image API, and the newest that the service lists is " + newest +
                           ": it's older, or isn't configured for it");
    }
}

}  // namespace openstack::image::v2::detail
