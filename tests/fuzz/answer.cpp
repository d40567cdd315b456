// SPDX-License-Identifier: Apache-2.0
// An answer as it arrives: its head is one that HTTP has, and its body what was sent, both within their limits.
#include <openstack/exchange.hpp>

#include <string>

#include "fuzz.hpp"

using namespace openstack;
using detail::ReceivedAnswer;
using fuzz::demand;

namespace {

/// A token as RFC 9110 section 5.6.2 has it.
bool is_token(std::string_view text) {
    for (char const c : text) {
        bool const is_alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_alphanumeric && (c == '\0' || std::string_view{"!#$%&'*+-.^_`|~"}.find(c) == std::string_view::npos))
            return false;
    }
    return !text.empty();
}

void check(Headers const& headers) {
    std::size_t bytes = 0;
    for (auto const& [name, value] : headers.lines()) {
        bytes += name.size() + 1 + value.size();
        demand(is_token(name));
        demand(!value.starts_with(' ') && !value.ends_with(' ') && !value.starts_with('\t') && !value.ends_with('\t'));
        for (char const c : value) demand(c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7f'));
        auto const first = headers.find(name);
        demand(first.has_value());
        if (!Headers::equal_names(name, "content-length")) continue;
        demand(value == *first && !value.empty() && value.size() <= 18);
        demand(value.find_first_not_of("0123456789") == std::string::npos);
    }
    demand(headers.lines().size() <= 256 && bytes <= 65'536);
    if (headers.lines().empty()) return;
    Headers others = headers;
    std::string const name = headers.lines().back().name;
    others.set(name, "new");
    std::size_t count = 0;
    for (auto const& each : others.lines()) count += Headers::equal_names(each.name, name) ? 1 : 0;
    demand(count == 1 && others.find(name) == "new");
}

/// Gives the answer line by line, each of them so often; what is left of the text is the body.
void receive_head(ReceivedAnswer& answer, std::string_view& text, std::size_t repetitions) {
    while (!text.empty() && !answer.has_head()) {
        std::string const line = std::string{fuzz::take(text)} + '\n';
        bool const is_header = line != "\r\n" && line != "\n" && !line.starts_with("HTTP/");
        for (std::size_t i = 0; i < (is_header ? repetitions : 1); ++i) answer.take_line(line);
    }
}

void check_body(std::string const& body, Request const& request, int status, std::string const& sent,
                std::string const& consumed, bool is_more_wanted) {
    constexpr std::size_t kept = 65'536;
    constexpr std::size_t read = 1'048'576;
    bool const is_success = status >= 200 && status < 300;
    if (!is_success) {
        demand(body == sent.substr(0, kept) && consumed.empty());
        demand(is_more_wanted == (sent.size() <= read));
    } else if (request.consumer) {
        demand(body.empty() && consumed == sent && is_more_wanted);
    } else {
        demand(body == sent && body.size() <= request.max_body && is_more_wanted);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view rest = fuzz::text_of(data, size);
    unsigned const choices = fuzz::take_byte(rest);
    std::size_t const repetitions = std::size_t{1} << (choices & 15) % 12;
    std::string consumed;
    Request request{.url = "http://cloud/v2/images", .max_body = fuzz::take_byte(rest) * std::size_t{16}};
    if ((choices & 16) != 0)
        request.consumer = [&](Response const& head, std::span<std::byte const> bytes) {
            demand(head.is_success());
            consumed.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
        };
    ReceivedAnswer answer(request);
    unsigned const departures = 1 + (choices >> 5 & 3);
    for (unsigned i = 0; i < departures; ++i) answer.note_departure();

    bool const has_arrived =
        fuzz::succeeds<ProtocolError, ResponseTooLarge>([&] { receive_head(answer, rest, repetitions); });
    if (!has_arrived || !answer.has_head()) return 0;
    Response const& response = answer.response();
    demand(response.status >= 200 && response.status <= 599);
    demand(response.is_success() != answer.stands_without_body());
    demand((response.attempts.count > 1) == (departures > 1));
    check(response.headers);

    std::string sent;
    bool is_more_wanted = true;
    std::size_t const piece = 1 + (choices >> 4);
    bool const is_small = fuzz::succeeds<ResponseTooLarge>([&] {
        while (!rest.empty() && is_more_wanted) {
            std::string_view const bytes = rest.substr(0, std::min(piece * 64, rest.size()));
            for (std::size_t i = 0; i < repetitions && is_more_wanted; ++i) {
                sent += bytes;
                is_more_wanted = answer.take_body(detail::bytes_of(bytes));
            }
            rest.remove_prefix(bytes.size());
        }
    });
    if (is_small)
        check_body(response.body, request, response.status, sent, consumed, is_more_wanted);
    else
        demand(!request.consumer && sent.size() > request.max_body && response.body.size() <= request.max_body);

    // Trailers leave no trace.
    if (response.status == 417) return 0;
    std::size_t const lines = response.headers.lines().size();
    answer.take_line("X-Trailer: 1\r\n");
    answer.take_line("\r\n");
    demand(response.headers.lines().size() == lines && !response.headers.find("X-Trailer"));
    return 0;
}
