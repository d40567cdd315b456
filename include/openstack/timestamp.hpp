// SPDX-License-Identifier: Apache-2.0
// A point in time as OpenStack writes it: 2026-11-21T10:11:12Z, with or without a fraction.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace openstack {

/// A UTC time with microseconds. Text form: RFC 3339 with upper-case `T` and `Z`.
class Timestamp {
  public:
    using TimePoint = std::chrono::sys_time<std::chrono::microseconds>;

    constexpr Timestamp() = default;
    constexpr Timestamp(TimePoint point) : point_(point) {}

    /// Reads `YYYY-MM-DDTHH:MM:SS`, an optional fraction (digits after the sixth are cut off) and an optional zone, `Z`
    /// or `+HH:MM`; without a zone it is UTC, as OpenStack's services mean it. Nothing for any other text, and for
    /// dates and times that don't exist; a leap second (`:60`) counts as one.
    [[nodiscard]] static std::optional<Timestamp> parse(std::string_view text) {
        using namespace std::chrono;
        constexpr std::string_view form = "0000-00-00T00:00:00";
        if (!has_form(text.substr(0, form.size()), form)) return std::nullopt;
        year_month_day const date{year{number(text, 0, 4)}, month{static_cast<unsigned>(number(text, 5, 2))},
                                  day{static_cast<unsigned>(number(text, 8, 2))}};
        int const h = number(text, 11, 2);
        int const mi = number(text, 14, 2);
        int const s = number(text, 17, 2);
        text.remove_prefix(form.size());
        std::optional<int> const fraction = take_fraction(text);
        std::optional<int> const offset = take_offset(text);
        if (!fraction || !offset || !text.empty() || !date.ok() || h > 23 || mi > 59 || s > 59) return std::nullopt;
        return Timestamp{sys_days{date} + hours{h} + minutes{mi - *offset} + seconds{s} + microseconds{*fraction}};
    }

    /// The point on the system clock.
    [[nodiscard]] constexpr TimePoint point() const noexcept { return point_; }

    friend constexpr auto operator<=>(Timestamp const&, Timestamp const&) = default;

    /// `2026-11-21T10:11:12Z`; six digits of a fraction if there is one.
    friend std::string to_string(Timestamp const& t) {
        using namespace std::chrono;
        sys_days const midnight = floor<days>(t.point_);
        year_month_day const date{midnight};
        long long const microseconds_of_day = (t.point_ - midnight).count();
        long long const second_of_day = microseconds_of_day / 1'000'000;
        std::string text;
        put(text, int{date.year()}, 4);
        put(text += '-', static_cast<unsigned>(date.month()), 2);
        put(text += '-', static_cast<unsigned>(date.day()), 2);
        put(text += 'T', second_of_day / 3600, 2);
        put(text += ':', second_of_day / 60 % 60, 2);
        put(text += ':', second_of_day % 60, 2);
        if (long long const fraction = microseconds_of_day % 1'000'000) put(text += '.', fraction, 6);
        return text += 'Z';
    }

  private:
    static constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

    /// Whether the text has digits where the form has zeros, and is the form itself elsewhere.
    static constexpr bool has_form(std::string_view text, std::string_view form) {
        if (text.size() != form.size()) return false;
        for (std::size_t i = 0; i < form.size(); ++i)
            if (form[i] == '0' ? !is_digit(text[i]) : text[i] != form[i]) return false;
        return true;
    }

    static constexpr int number(std::string_view text, std::size_t at, std::size_t digits) {
        int value = 0;
        for (std::size_t end = at + digits; at < end; ++at) value = value * 10 + (text[at] - '0');
        return value;
    }

    /// The microseconds at the front of `text`; 0 if there is no fraction, nothing if there is a point without digits.
    static constexpr std::optional<int> take_fraction(std::string_view& text) {
        if (!text.starts_with('.')) return 0;
        int value = 0;
        std::size_t at = 1;
        for (int weight = 100'000; at < text.size() && is_digit(text[at]); weight /= 10)
            value += (text[at++] - '0') * weight;
        text.remove_prefix(at);
        return at > 1 ? std::optional{value} : std::nullopt;
    }

    /// The minutes of the zone at the front of `text`; 0 if there is none.
    static constexpr std::optional<int> take_offset(std::string_view& text) {
        if (text.empty() || text == "Z") return text = {}, 0;
        if (!has_form(text, "+00:00") && !has_form(text, "-00:00")) return std::nullopt;
        int const h = number(text, 1, 2);
        int const mi = number(text, 4, 2);
        int const sign = text.front() == '-' ? -1 : 1;
        text = {};
        return h > 23 || mi > 59 ? std::nullopt : std::optional{sign * (h * 60 + mi)};
    }

    static void put(std::string& text, long long value, std::size_t width) {
        std::string const digits = std::to_string(value);
        text.append(width > digits.size() ? width - digits.size() : 0, '0') += digits;
    }

    TimePoint point_{};
};

}  // namespace openstack
