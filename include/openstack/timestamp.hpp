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
        Reader reader{text};
        if (text.size() < length) return std::nullopt;
        year const y{reader.number(0, 4, '-')};
        month const mo{static_cast<unsigned>(reader.number(5, 2, '-'))};
        day const d{static_cast<unsigned>(reader.number(8, 2, 'T'))};
        int const h = reader.number(11, 2, ':');
        int const mi = reader.number(14, 2, ':');
        int const s = reader.number(17, 2);
        text.remove_prefix(length);
        std::optional<int> const fraction = take_fraction(text);
        std::optional<int> const offset = take_offset(text);
        year_month_day const date{y, mo, d};
        if (!reader.is_good || !fraction || !offset || !text.empty() || !date.ok() || h > 23 || mi > 59 || s > 59)
            return std::nullopt;
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
    static constexpr std::size_t length = std::string_view{"0000-00-00T00:00:00"}.size();  // without what may follow

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
