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
        Reader in{text};
        int const y = in.digits(4);
        in.expect('-');
        int const mo = in.digits(2);
        in.expect('-');
        int const d = in.digits(2);
        in.expect('T');
        int const h = in.digits(2);
        in.expect(':');
        int const mi = in.digits(2);
        in.expect(':');
        int const s = in.digits(2);
        int const fraction = in.accept('.') ? in.fraction() : 0;
        int offset = 0;
        if (!in.accept('Z') && !in.text.empty()) {
            int const sign = in.accept('-') ? -1 : 1;
            if (sign > 0) in.expect('+');
            int const offset_hours = in.digits(2);
            in.expect(':');
            int const offset_minutes = in.digits(2);
            if (offset_hours > 23 || offset_minutes > 59) return std::nullopt;
            offset = sign * (offset_hours * 60 + offset_minutes);
        }
        year_month_day const date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
        if (!in.good || !in.text.empty() || !date.ok() || h > 23 || mi > 59 || s > 59) return std::nullopt;
        return Timestamp{sys_days{date} + hours{h} + minutes{mi - offset} + seconds{s} + microseconds{fraction}};
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
    struct Reader {
        std::string_view text;
        bool good = true;

        constexpr bool accept(char c) {
            bool const is_there = !text.empty() && text.front() == c;
            if (is_there) text.remove_prefix(1);
            return is_there;
        }
        constexpr void expect(char c) { good = accept(c) && good; }
        constexpr std::optional<int> digit() {
            if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
            int const value = text.front() - '0';
            text.remove_prefix(1);
            return value;
        }
        constexpr int digits(int count) {
            int value = 0;
            for (; count > 0; --count) {
                std::optional<int> const next = digit();
                good = good && next;
                value = value * 10 + next.value_or(0);
            }
            return value;
        }
        constexpr int fraction() {
            int value = digits(1) * 100'000;
            for (int weight = 10'000; std::optional<int> const next = digit(); weight /= 10) value += *next * weight;
            return value;
        }
    };

    static void put(std::string& text, long long value, std::size_t width) {
        std::string const digits = std::to_string(value);
        text.append(width > digits.size() ? width - digits.size() : 0, '0') += digits;
    }

    TimePoint point_{};
};

}  // namespace openstack
