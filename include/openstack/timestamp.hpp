// SPDX-License-Identifier: Apache-2.0
// A point in time as OpenStack writes it: 2026-11-21T10:11:12Z, with or without a fraction.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <openstack/clock.hpp>

namespace openstack {

/// A UTC time with microseconds. Text form: RFC 3339 with upper-case `T` and `Z`.
class Timestamp {
  public:
    using TimePoint = std::chrono::sys_time<std::chrono::microseconds>;

    constexpr Timestamp() = default;
    constexpr Timestamp(TimePoint point) : point_(point) {}

    /// Reads `YYYY-MM-DDTHH:MM:SS`, an optional fraction (digits after the sixth are cut off) and an optional zone, `Z`
    /// or `+HH:MM`; without a zone it is UTC, as OpenStack's services mean it. Nothing for any other text, for dates
    /// and times that don't exist (a leap second, `:60`, counts as one), and for those that aren't in the years 0000 to
    /// 9999 of UTC.
    [[nodiscard]] static std::optional<Timestamp> parse(std::string_view text) {
        if (text.size() < length) return std::nullopt;
        Reader reader{text};
        int const year = reader.number(0, 4, '-');
        int const month = reader.number(5, 2, '-');
        int const day = reader.number(8, 2, 'T');
        int const h = reader.number(11, 2, ':');
        int const mi = reader.number(14, 2, ':');
        int const s = reader.number(17, 2);
        text.remove_prefix(length);
        std::optional<int> const fraction = take_fraction(text);
        std::optional<int> const offset = take_offset(text);
        if (!reader.is_good || !fraction || !offset || !text.empty()) return std::nullopt;
        if (month < 1 || month > 12 || day < 1 ||
            day > days_until_month(year, month + 1) - days_until_month(year, month))
            return std::nullopt;
        if (h > 23 || mi > 59 || s > 59) return std::nullopt;
        long long const date = days_until_year(year) + days_until_month(year, month) + day - 1;
        long long const seconds = ((date * 24 + h) * 60 + mi - *offset) * 60 + s;
        bool const has_year = seconds >= days_until_year(0) * 86'400 && seconds < days_until_year(10'000) * 86'400;
        if (!has_year) return std::nullopt;  // of four digits, in UTC
        return Timestamp{TimePoint{std::chrono::microseconds{seconds * 1'000'000 + *fraction}}};
    }

    /// The point on the system clock.
    [[nodiscard]] constexpr TimePoint point() const noexcept { return point_; }

    friend constexpr auto operator<=>(Timestamp const&, Timestamp const&) = default;

    /// `2026-11-21T10:11:12Z`; six digits of a fraction if there is one.
    friend std::string to_string(Timestamp const& t) {
        constexpr long long second = 1'000'000;
        constexpr long long day = 86'400 * second;
        long long const since_1970 = t.point_.time_since_epoch().count();
        bool const is_before = since_1970 % day < 0;
        long long const date = since_1970 / day - (is_before ? 1 : 0);
        long long const microseconds_of_day = since_1970 % day + (is_before ? day : 0);
        long long const second_of_day = microseconds_of_day / second;
        std::string text = to_date(date);
        put(text += 'T', second_of_day / 3600, 2);
        put(text += ':', second_of_day / 60 % 60, 2);
        put(text += ':', second_of_day % 60, 2);
        if (long long const fraction = microseconds_of_day % second) put(text += '.', fraction, 6);
        return text += 'Z';
    }

  private:
    static constexpr std::size_t length = std::string_view{"0000-00-00T00:00:00"}.size();  // without what may follow

    /// From 1970-01-01 to the year's first day, in the calendar of today (which RFC 3339 uses for all times).
    static constexpr long long days_until_year(long long year) {
        long long const past = year + 399;  // so that no year of four digits is negative here
        return 365 * year + past / 4 - past / 100 + past / 400 - 719'624;
    }

    /// From the year's first day to the month's; month 13 is the end of the year.
    static constexpr int days_until_month(long long year, int month) {
        constexpr int days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
        bool const is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        return days[month - 1] + (is_leap && month > 2 ? 1 : 0);
    }

    /// `2026-11-21`, of a day counted from 1970-01-01.
    static std::string to_date(long long days) {
        constexpr long long cycle = 146'097;  // the days of 400 years, after which the calendar repeats
        long long const cycles = days / cycle - (days % cycle < 0 ? 1 : 0);
        days -= cycles * cycle;
        long long year = 1970 + days / 366;
        while (days_until_year(year + 1) <= days) ++year;
        int const day_of_year = static_cast<int>(days - days_until_year(year));
        int month = 1;
        while (days_until_month(year, month + 1) <= day_of_year) ++month;
        std::string text;
        put(text, year + 400 * cycles, 4);
        put(text += '-', month, 2);
        put(text += '-', day_of_year - days_until_month(year, month) + 1, 2);
        return text;
    }

    static constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

    /// Reads numbers at known places, and notes whether they were numbers: without branches, since nearly all are.
    struct Reader {
        std::string_view text;
        bool is_good = true;

        constexpr int number(std::size_t at, std::size_t digits) {
            int value = 0;
            for (std::size_t end = at + digits; at < end; ++at) {
                is_good &= is_digit(text[at]);
                value = value * 10 + (text[at] - '0');
            }
            return value;
        }
        /// With the character that must follow.
        constexpr int number(std::size_t at, std::size_t digits, char follower) {
            is_good &= text[at + digits] == follower;
            return number(at, digits);
        }
    };

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
        int const sign = text.front() == '-' ? -1 : 1;
        if ((sign > 0 && text.front() != '+') || text.size() != std::string_view{"+00:00"}.size()) return std::nullopt;
        Reader reader{text};
        int const h = reader.number(1, 2, ':');
        int const mi = reader.number(4, 2);
        text = {};
        return !reader.is_good || h > 23 || mi > 59 ? std::nullopt : std::optional{sign * (h * 60 + mi)};
    }

    static void put(std::string& text, long long value, std::size_t width) {
        std::string const digits = std::to_string(value);
        text.append(width > digits.size() ? width - digits.size() : 0, '0') += digits;
    }

    TimePoint point_{};
};

}  // namespace openstack
