// SPDX-License-Identifier: Apache-2.0
// From a service's refusal to an HttpFailure: its words out of JSON, HTML or plain text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <openstack/from_json.hpp>
#include <openstack/http.hpp>
#include <openstack/http_error.hpp>
#include <openstack/one_line.hpp>

namespace openstack {

namespace detail {

/// Glance: {"message": ...}; Keystone: {"error": {"message": ...}}; Nova: {"badRequest": {"message": ...}}.
struct ErrorBody {
    Field<std::string> message{};
    Properties others{};
    BOOST_DESCRIBE_CLASS(ErrorBody, (), (message, others), (), ())
};

/// The message in a refusal's JSON, however deep it stands; nothing if there is none, or it isn't JSON.
template<Described Body>
std::optional<std::string> message_in_json(std::string const& body) {
    try {
        auto const error = from_json<Body>(body);
        if (error.message) return *error.message;
        for (auto const& [key, json] : error.others.raw())
            if (auto inner = json.starts_with('{') ? message_in_json<Body>(json) : std::nullopt) return inner;
    } catch (DecodeError const&) {
    }
    return std::nullopt;
}

/// Whether a tag begins here: in a plain text `<` is a character like others.
inline bool is_tag(std::string_view html) {
    if (html.size() < 2 || html[0] != '<') return false;
    char const next = html[1];
    bool const is_name = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
    return (is_name || next == '/' || next == '!') && html.find('>') != std::string_view::npos;
}

/// The text without tags, and without the contents of those that show none; entities become characters.
inline std::string without_html(std::string_view html) {
    struct Entity {
        std::string_view text;
        char character;
    };
    constexpr Entity entities[] = {{"&lt;", '<'},   {"&gt;", '>'},   {"&quot;", '"'}, {"&#x27;", '\''},
                                   {"&#39;", '\''}, {"&nbsp;", ' '}, {"&amp;", '&'}};
    std::string text;
    while (!html.empty()) {
        if (is_tag(html)) {
            std::string_view hidden;
            for (std::string_view const each : {"<title", "<style", "<script"})
                if (html.starts_with(each)) hidden = each;
            std::size_t end = html.find('>');
            if (!hidden.empty()) end = html.find('>', html.find("</" + std::string{hidden.substr(1)}));
            html.remove_prefix(end == std::string_view::npos ? html.size() : end + 1);
            text += ' ';
            continue;
        }
        Entity found{html.substr(0, 1), html.front()};
        for (Entity const& each : entities)
            if (html.starts_with(each.text)) found = each;
        text += found.character;
        html.remove_prefix(found.text.size());
    }
    return text;
}

/// The words of a text, in one line of at most 1,000 bytes: how they were set apart is of no use in a message.
inline std::string words_of(std::string_view text) {
    constexpr std::size_t enough = 1000;
    std::string words;
    for (char const c : text) {
        bool const is_blank = c == ' ' || is_control({&c, 1});
        if (!is_blank)
            words += c;
        else if (!words.ends_with(' ') && !words.empty())
            words += ' ';
    }
    if (words.ends_with(' ')) words.pop_back();
    return one_line(words, enough);
}

/// `text` with each occurrence of the secret hidden: services quote what they don't understand.
template<class Text = std::string>
[[nodiscard]] Text hide(Text text, std::string_view secret) {
    constexpr std::string_view mark = "(hidden)";
    if (secret.empty()) return text;
    for (std::size_t at = text.find(secret); at != text.npos; at = text.find(secret, at + mark.size()))
        text.replace(at, secret.size(), mark);
    return text;
}

}  // namespace detail

/// What `response` says about `request`, of which `hide` takes a text and gives it without secrets. It's called last:
/// what a service quotes, it may have written with the escapes of JSON and HTML. Body is what is read of the JSON.
template<Described Body = detail::ErrorBody, class Hide>
[[nodiscard]] HttpFailure failure_of(Request const& request, Response const& response, Hide hide) {
    HttpFailure failure{
        .status = response.status, .method = request.method, .url = request.url, .attempts = response.attempts};
    std::string const id{response.headers.find("X-Openstack-Request-Id").value_or("")};
    failure.request_id = detail::words_of(hide(id));
    std::string const text = detail::message_in_json<Body>(response.body).value_or(response.body);
    failure.text = detail::words_of(hide(detail::without_html(text)));
    if (auto const location = response.headers.find("Location");
        location && response.status >= 300 && response.status < 400)
        failure.text = "this redirect isn't followed: it leads to " +
                       detail::words_of(hide(std::string{location->substr(0, location->find_first_of("?#"))}));
    return failure;
}

/// The same, without the request's token.
template<Described Body = detail::ErrorBody>
[[nodiscard]] HttpFailure failure_of(Request const& request, Response const& response) {
    std::string_view const token = request.headers.find("X-Auth-Token").value_or("");
    return failure_of<Body>(request, response, [&](std::string text) { return detail::hide(std::move(text), token); });
}

}  // namespace openstack
