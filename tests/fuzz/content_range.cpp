// SPDX-License-Identifier: Apache-2.0
// Content-Range: what is taken is a range that there can be, and means the same when it's written anew.
#include <openstack/content_range.hpp>

#include <string>

#include "fuzz.hpp"

using namespace openstack;
using detail::ContentRange, detail::to_content_range;
using fuzz::demand;

namespace {

std::string written(std::uint64_t first, std::uint64_t last, std::uint64_t total) {
    return "bytes " + std::to_string(first) + '-' + std::to_string(last) + '/' + std::to_string(total);
}

bool is(std::optional<ContentRange> const& range, std::uint64_t first, std::uint64_t last, std::uint64_t total) {
    return range && range->first == first && range->last == last && range->total == total;
}

/// Without the zeros before a number that mean nothing.
std::string without_zeros(std::string_view text) {
    std::string shorter;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const is_front = shorter.empty() || shorter.back() < '0' || shorter.back() > '9';
        bool const is_followed = i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9';
        if (text[i] != '0' || !is_front || !is_followed) shorter += text[i];
    }
    return shorter;
}

void read(std::string_view text) {
    auto const range = to_content_range(text);
    if (!range) return;
    demand(range->first <= range->last && range->last < range->total);
    demand(without_zeros(text) == written(range->first, range->last, range->total));
}

void write(std::string_view bytes) {
    constexpr std::uint64_t beyond = 1'000'000'000'000'000'000;  // more digits than are read
    std::uint64_t const first = fuzz::take_number(bytes) % beyond;
    std::uint64_t const last = first + fuzz::take_byte(bytes) % 4 - fuzz::take_byte(bytes) % 4;
    std::uint64_t const total = last + fuzz::take_byte(bytes) % 4 - fuzz::take_byte(bytes) % 4;
    bool const can_be = first <= last && last < total && total < beyond;
    auto const range = to_content_range(written(first, last, total));
    demand(can_be ? is(range, first, last, total) : !range);
}

void find(std::string_view text) {
    Response answer;
    std::size_t count = 0;
    std::optional<ContentRange> last;
    while (!text.empty() && answer.headers.lines().size() < 4) {
        std::string const value{fuzz::take(text)};
        bool const is_one = fuzz::succeeds<InvalidRequest>(
            [&] { answer.headers.add(count % 2 == 0 ? "content-RANGE" : "Content-Range", value); });
        if (is_one) last = to_content_range(value), ++count;
    }
    auto const found = detail::content_range_of(answer);
    demand(found.has_value() == (count == 1 && last));
    if (found) demand(is(last, found->first, found->last, found->total));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text = fuzz::text_of(data, size);
    read(text);
    write(text);
    find(text);
    return 0;
}
