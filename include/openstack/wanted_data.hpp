// SPDX-License-Identifier: Apache-2.0
// WantedData: what a download is to bring, and the requests and answers for parts of it (RFC 9110 section 14).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <openstack/algorithm.hpp>
#include <openstack/callback.hpp>
#include <openstack/content_range.hpp>
#include <openstack/error.hpp>
#include <openstack/http.hpp>
#include <openstack/progress.hpp>
#include <openstack/verification.hpp>

namespace openstack {

/// A part of some data.
struct ByteRange {
    std::uint64_t first = 0;              ///< byte, counted from 0
    std::optional<std::uint64_t> size{};  ///< in bytes, 1 at least; unset: all that follow
};

namespace detail {

/// The data, or a part of it. Positions count from the part's first byte.
template<class Range = ByteRange, class Expected = Fingerprint>
struct WantedData {
    using Verifier = detail::Verifier<Hasher, Expected>;

    Request request{};                     ///< for all
    std::string what{};                    ///< names the data in messages
    Expected expected{};                   ///< of the part
    Callback<Expected()> look_again{};     ///< what the record says by now, where it may be old
    Verification policy{};                 ///< of the comparison
    ProgressFunction progress{};           ///< called while data arrives
    Range part{};                          ///< that is wanted
    std::optional<std::uint64_t> total{};  ///< the size of all, if it's known

    /// Whether the record says something else by now, as far as can be found out, and `verifier` can go by that. Asked
    /// once, before data is called wrong. Throws Cancelled.
    bool has_changed(Verifier& verifier) {
        if (!look_again) return false;
        try {
            return verifier.expect(std::exchange(look_again, {})());
        } catch (Cancelled const&) {
            throw;
        } catch (Error const&) {  // says less than what is wrong with the data
            return false;
        }
    }

    /// Whether the part is all.
    [[nodiscard]] bool is_all() const { return part.first == 0 && !part.size; }

    /// Asks for the bytes from one position to before another one, or to the end.
    void ask(Headers& headers, std::uint64_t from, std::optional<std::uint64_t> to = {}) const {
        if (!to) to = part.size;
        if (part.first + from == 0 && !to) return;
        std::string const last = to ? std::to_string(part.first + *to - 1) : std::string{};
        headers.set("Range", "bytes=" + std::to_string(part.first + from) + '-' + last);
    }

    /// All data came, although a part was asked for: throws ProtocolError if that is of no use, and ConnectionLost if
    /// it happens for the second time.
    void check_all(bool is_second) const {
        if (!is_all()) throw ProtocolError(what + ": the service gives no part of it");
        if (is_second) throw ConnectionLost(what + ": the connection broke, and the service gives no part of it");
    }

    /// Whether the answer to that has the bytes that were asked for; false if it has all data instead. Throws
    /// ProtocolError if it has others.
    [[nodiscard]] bool begins(Response const& head, std::uint64_t from, std::optional<std::uint64_t> to = {}) const {
        if (!to) to = part.size;
        std::uint64_t const first = part.first + from;
        bool const is_rest = first != 0 || to;
        if (head.status != 206 && !is_rest) return true;
        if (head.status == 200) return false;
        auto const range = content_range_of(head);
        if (head.status == 206 && range && range->first == first && (!total || range->total == *total) &&
            range->last + 1 == (to ? (std::min)(part.first + *to, range->total) : range->total))
            return true;
        throw ProtocolError(what + ": the service gave another part of it than the one from byte " +
                            std::to_string(first) + " to " +
                            (to ? "byte " + std::to_string(part.first + *to - 1) : std::string{"the end"}));
    }
};

}  // namespace detail

}  // namespace openstack
