// SPDX-License-Identifier: Apache-2.0
// Sources on their way: passed on unchanged, measured and hashed in the same pass.
#include <openstack/upload.hpp>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace openstack;
using detail::MeasuredSource;

namespace {

/// A text, given in pieces.
class TextSource final : public Source {
  public:
    TextSource(std::string text, bool tells_size, bool can_rewind = true, std::size_t piece = 5)
        : text_(std::move(text)), tells_size_(tells_size), can_rewind_(can_rewind), piece_(piece) {}

    [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override {
        ++reads;
        std::size_t const count = (std::min)({buffer.size(), piece_, text_.size() - at_});
        std::memcpy(buffer.data(), text_.data() + at_, count);
        at_ += count;
        return count;
    }
    [[nodiscard]] std::optional<std::uint64_t> size() const override {
        return tells_size_ ? std::optional<std::uint64_t>{text_.size()} : std::nullopt;
    }
    [[nodiscard]] bool rewind() override {
        ++rewound;
        if (can_rewind_) at_ = 0;
        return can_rewind_;
    }

    int reads = 0;
    int rewound = 0;

  private:
    std::string text_;
    bool tells_size_;
    bool can_rewind_;
    std::size_t piece_;
    std::size_t at_ = 0;
};

std::string read_all(Source& source, std::size_t piece = 3) {
    std::string text;
    std::string buffer(piece, '\0');
    while (std::size_t const bytes = source.read(std::as_writable_bytes(std::span{buffer})))
        text.append(buffer, 0, bytes);
    return text;
}

std::string const md5 = "900150983cd24fb0d6963f7d28e17f72";  // of "abc"
std::string const sha512 =
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e"
    "2a9ac94fa54ca49f";

}  // namespace

TEST_CASE("The bytes pass unchanged, counted and hashed", "[upload]") {
    for (bool const tells_size : {true, false}) {
        TextSource text{"abc", tells_size};
        MeasuredSource source{text, {}};
        CHECK(source.size() == text.size());
        CHECK(read_all(source) == "abc");
        CHECK(source.bytes() == 3);
        CHECK(source.digest("md5") == md5);
        CHECK(source.digest("sha512") == sha512);
        CHECK(text.rewound == 0);
    }
}

TEST_CASE("Another hash takes another reading, of which nobody hears", "[upload][row:145]") {
    std::string const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    for (bool const tells_size : {true, false}) {
        std::vector<std::uint64_t> reports;
        TextSource text{"abc", tells_size, true, 2};
        MeasuredSource source{text, [&](Progress const& progress) { reports.push_back(progress.bytes); }};
        CHECK_FALSE(source.front(4096).empty());
        CHECK(read_all(source) == "abc");
        source.finish();
        std::size_t const reported = reports.size();
        CHECK(source.digest("sha256") == sha256);
        CHECK(text.rewound == 1);
        CHECK(source.digest("sha512") == sha512);
        CHECK(text.rewound == 1);
        CHECK(source.bytes() == 3);
        CHECK(reports.size() == reported);
    }
}

TEST_CASE("A hash that can't be computed isn't there", "[upload][row:145]") {
    TextSource text{"abc", true};
    MeasuredSource source{text, {}};
    CHECK(read_all(source) == "abc");
    CHECK_FALSE(source.digest("no-such-hash"));
    CHECK_FALSE(source.digest(""));
    CHECK(text.rewound == 0);
    TextSource once{"abc", true, false};
    MeasuredSource stuck{once, {}};
    CHECK(read_all(stuck) == "abc");
    CHECK_FALSE(stuck.digest("sha256"));
    CHECK(stuck.digest("md5") == md5);
}

TEST_CASE("Nothing is hashed on the way where that isn't wanted", "[upload]") {
    TextSource text{"abc", true};
    MeasuredSource source{text, {}, {}};
    CHECK(read_all(source) == "abc");
    CHECK(text.rewound == 0);
    CHECK(source.digest("md5") == md5);
    CHECK(text.rewound == 1);
}

TEST_CASE("Another number of bytes the second time is an error", "[upload][row:140]") {
    class Changing final : public Source {
      public:
        explicit Changing(int change) : change_(change) {}

        [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override {
            if (left_ == 0) return 0;
            if (left_ > 0) --left_;
            return buffer.empty() ? 0 : 1;
        }
        [[nodiscard]] bool rewind() override {
            left_ = change_;
            return true;
        }

      private:
        int left_ = 3;
        int change_;
    };
    for (int const then : {0, 2, 4, -1}) {  // -1: without an end
        Changing changing{then};
        MeasuredSource source{changing, {}};
        CHECK(read_all(source).size() == 3);
        CHECK_THROWS_AS(source.digest("sha256"), SourceError);
    }
}

TEST_CASE("An empty source has no front", "[upload]") {
    TextSource full{"abc", true};
    TextSource empty{"", true};
    CHECK_FALSE(MeasuredSource(full, {}).front(4096).empty());
    CHECK(MeasuredSource(empty, {}).front(4096).empty());
    CHECK(full.reads + empty.reads == 3);
}

TEST_CASE("What was read to find out isn't lost", "[upload]") {
    for (std::size_t const size : {std::size_t{1}, std::size_t{3}, std::size_t{4096}, std::size_t{10'000}}) {
        std::string text(size, 'x');
        for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23);
        TextSource inner{text, false, true, 6000};
        MeasuredSource source{inner, {}};
        CHECK_FALSE(source.front(4096).empty());
        CHECK(inner.reads == (size < 4096 ? 2 : 1));
        CHECK(source.bytes() == 0);
        CHECK(read_all(source, 1000) == text);
        CHECK(source.bytes() == size);
    }
    TextSource nothing{"", false};
    CHECK(MeasuredSource(nothing, {}).front(4096).empty());
}

TEST_CASE("What was read ahead is hashed once", "[upload]") {
    TextSource text{"abc", false};
    MeasuredSource source{text, {}};
    CHECK_FALSE(source.front(4096).empty());
    CHECK(read_all(source, 2) == "abc");
    CHECK(source.digest("md5") == md5);
}

TEST_CASE("Going back starts everything again", "[upload][row:142]") {
    for (bool const tells_size : {true, false}) {
        std::vector<std::uint64_t> reports;
        TextSource text{"abc", tells_size};
        MeasuredSource source{text, [&](Progress const& progress) { reports.push_back(progress.bytes); }};
        CHECK_FALSE(source.front(4096).empty());
        std::byte first[1];
        CHECK(source.read(first) == 1);
        CHECK(source.rewind());
        CHECK(text.rewound == 1);
        CHECK(source.bytes() == 0);
        CHECK(read_all(source) == "abc");
        CHECK(source.bytes() == 3);
        CHECK(source.digest("md5") == md5);
        CHECK(source.digest("sha512") == sha512);
        source.finish();
        CHECK(reports.back() == 3);
    }
}

TEST_CASE("What hasn't begun needs no going back", "[upload][row:141]") {
    TextSource text{"abc", false, false};
    MeasuredSource source{text, {}};
    CHECK(source.rewind());
    CHECK_FALSE(source.front(4096).empty());
    CHECK(source.rewind());
    CHECK(text.rewound == 0);
    CHECK(read_all(source) == "abc");
    CHECK_FALSE(source.rewind());
    CHECK(text.rewound == 1);
}

TEST_CASE("Progress has the size where it is known", "[upload][row:159]") {
    std::optional<std::uint64_t> total;
    std::uint64_t bytes = 0;
    TextSource text{"abc", true};
    MeasuredSource source{text, [&](Progress const& progress) {
                              total = progress.total;
                              bytes = progress.bytes;
                          }};
    CHECK(read_all(source) == "abc");
    source.finish();
    CHECK(total == std::uint64_t{3});
    CHECK(bytes == 3);
}

TEST_CASE("What the progress function throws stops the source", "[upload][row:159]") {
    TextSource text{"abc", true};
    MeasuredSource source{text, [](Progress const&) { throw std::runtime_error("stop"); }};
    CHECK_THROWS_WITH(read_all(source), "stop");
}

TEST_CASE("A source that claims more than there was room for is an error", "[upload][row:140]") {
    class LyingSource final : public Source {
      public:
        [[nodiscard]] std::size_t read(std::span<std::byte> buffer) override { return buffer.size() + 1; }
    } lying;
    MeasuredSource ahead{lying, {}};
    CHECK_THROWS_AS(ahead.front(4096).empty(), SourceError);
    MeasuredSource directly{lying, {}};
    std::array<std::byte, 8> buffer{};
    CHECK_THROWS_AS(directly.read(buffer), SourceError);
}
