// SPDX-License-Identifier: Apache-2.0
// What the texts of a configuration mean: truth values, counts, seconds, lists.
#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <openstack/clock.hpp>
#include <openstack/error.hpp>
#include <openstack/one_line.hpp>
#include <openstack/settings.hpp>

namespace openstack::detail {

/// Throws ConfigError: the setting isn't what it should be. Repeats no secret.
template<class Setting>
[[noreturn]] void throw_no(Setting const& setting, std::string_view wanted) {
    std::string text = setting.place();
    if (setting.is_scalar() && !setting.is_secret) text += " is '" + one_line(setting.text) + "', which";
    throw ConfigError(text + " isn't " + std::string{wanted});
}

/// The text of a scalar. Throws ConfigError for anything else.
template<class Setting>
[[nodiscard]] std::string const& text_of(Setting const& setting) {
    if (!setting.is_scalar()) throw_no(setting, "a text");
    return setting.text;
}

/// As YAML 1.1 has them, and 1 and 0, which variables have.
template<class Setting>
[[nodiscard]] bool truth_of(Setting const& setting) {
    auto const text = normal_key(setting.is_scalar() ? setting.text : "");
    for (std::string_view const yes : {"true", "yes", "on", "1"})
        if (text == yes) return true;
    for (std::string_view const no : {"false", "no", "off", "0"})
        if (text == no) return false;
    throw_no(setting, "true or false");
}

/// A number of type Number, all of the text, not below 0.
template<class Number, class Setting>
[[nodiscard]] Number number_of(Setting const& setting, std::string_view wanted) {
    Number number{};
    std::string_view const text = setting.is_scalar() ? std::string_view{setting.text} : std::string_view{};
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    bool const is_whole = error == std::errc{} && !text.empty() && end == text.data() + text.size();
    if (!is_whole || !(number >= 0)) throw_no(setting, wanted);
    return number;
}

/// A whole number from 0 on. Throws ConfigError for another text.
template<class Setting>
[[nodiscard]] unsigned count_of(Setting const& setting) {
    return number_of<unsigned>(setting, "a count, as 3");
}

/// Of a number of seconds, with or without a fraction, ten years at most.
template<class Setting>
[[nodiscard]] Milliseconds time_of(Setting const& setting) {
    auto const seconds = number_of<double>(setting, "a number of seconds");
    if (!(seconds <= 315'360'000)) throw_no(setting, "a number of seconds");
    return Milliseconds{static_cast<Milliseconds::rep>(seconds * 1000 + 0.5)};
}

/// The elements of a list; those of a text are separated by commas.
template<class Setting>
[[nodiscard]] std::vector<Setting> list_of(Setting const& setting) {
    if (setting.is_list()) return setting.items;
    if (!setting.is_scalar()) throw_no(setting, "a list of texts");
    std::vector<Setting> list;
    for (std::string& part : split(setting.text, ',')) {
        list.push_back(setting);
        list.back().text = std::move(part);
    }
    return list;
}

}  // namespace openstack::detail
