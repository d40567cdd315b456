// SPDX-License-Identifier: Apache-2.0
// Pulled downloads: piece by piece, verified at the end, and never silently cut.
#include <openstack/download_stream.hpp>
#include <openstack/pulled_download.hpp>
#include <openstack/wanted_data.hpp>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <iterator>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "../support/thrown.hpp"

using namespace openstack;
using support::thrown, support::throws_exactly;

namespace {

std::string const md5_of_abcdef = "e80b5017098950fc58aad83c8c14978e";

/// Gives the pieces; an empty one stands for a broken connection. Counts who is alive.
class Pieces final : public ResponseStream {
  public:
    Pieces(std::vector<std::string> pieces, int* alive) : pieces_(std::move(pieces)), alive_(alive) { ++*alive_; }
    ~Pieces() override { --*alive_; }

    [[nodiscard]] Response const& head() const override { return head_; }
    [[nodiscard]] std::span<std::byte const> next() override {
        if (at_ == pieces_.size()) return {};
        std::string& piece = pieces_[at_];
        if (piece.empty()) throw ConnectionLost("gone");
        if (at_ > 0) pieces_[at_ - 1].assign(pieces_[at_ - 1].size(), '!');  // valid until the next call
        ++at_;
        return std::as_bytes(std::span{piece});
    }

  private:
    Response head_{200};
    std::vector<std::string> pieces_;
    std::size_t at_ = 0;
    int* alive_;
};

/// Opens them once.
struct Carrier {
    std::shared_ptr<std::unique_ptr<ResponseStream>> pieces;

    [[nodiscard]] std::unique_ptr<ResponseStream> open(Request const&) const {
        if (!*pieces) throw ConnectionLost("nobody is there any more");
        return std::move(*pieces);
    }
    void wait(std::chrono::milliseconds) const {}
    [[nodiscard]] RetryOptions const& retries() const { return no_retries; }
};

DownloadStream pulled_from(std::unique_ptr<ResponseStream> pieces, detail::WantedData<> wanted) {
    Carrier carrier{std::make_shared<std::unique_ptr<ResponseStream>>(std::move(pieces))};
    using Pulled = detail::PulledDownload<Carrier, detail::WantedData<>>;
    auto pulled = std::make_unique<Pulled>(std::move(carrier), std::move(wanted));
    Download const& result = pulled->result();
    return {std::move(pulled), result};
}

struct Fixture {
    int alive = 0;
    std::vector<Progress> reports{};

    [[nodiscard]] DownloadStream pulled(std::vector<std::string> pieces, Fingerprint expected,
                                        Verification policy = Verification::required) {
        return pulled_from(
            std::make_unique<Pieces>(std::move(pieces), &alive),
            {.what = "the data", .expected = expected, .policy = policy, .progress = [this](Progress const& progress) {
                 reports.push_back(progress);
             }});
    }
};

Fingerprint const good{.size = 6, .algorithm = "md5", .digest = md5_of_abcdef};

std::string text(std::span<std::byte const> piece) {
    return {reinterpret_cast<char const*>(piece.data()), piece.size()};
}
std::string all(DownloadStream& pulled) {
    std::string taken;
    for (auto const piece : pulled) taken += text(piece) + '|';
    return taken;
}

}  // namespace

TEST_CASE("A download pulled is a move-only input range", "[download_stream]") {
    STATIC_REQUIRE(std::input_iterator<DownloadStream::Iterator>);
    STATIC_REQUIRE(std::sentinel_for<std::default_sentinel_t, DownloadStream::Iterator>);
    STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<DownloadStream>);
    STATIC_REQUIRE(std::is_move_constructible_v<DownloadStream>);
}

TEST_CASE("Pieces come as they are, and the result at the end", "[download_stream]") {
    Fixture fixture;
    DownloadStream pulled = fixture.pulled({"ab", "c", "def"}, good);
    CHECK(all(pulled) == "ab|c|def|");
    CHECK(pulled.result().bytes == 6);
    CHECK(pulled.result().verified_by == "md5");
    CHECK(all(pulled) == "");
    REQUIRE_FALSE(fixture.reports.empty());
    CHECK(fixture.reports.front().bytes == 2);
    CHECK(fixture.reports.back().bytes == 6);
    CHECK(fixture.reports.back().total == std::uint64_t{6});
}

TEST_CASE("The wrong data is an error at the end, as often as it is asked for", "[download_stream][row:121]") {
    Fixture fixture;
    DownloadStream pulled = fixture.pulled({"abc", "deg"}, good);
    std::string taken;
    CHECK(thrown<IntegrityError>([&] {
              for (auto const piece : pulled) taken += text(piece);
          }).starts_with("the data: its md5 is "));
    CHECK(taken == "abcdeg");
    CHECK(throws_exactly<IntegrityError>([&] { static_cast<void>(pulled.begin()); }));
    CHECK(pulled.result().bytes == 0);
}

TEST_CASE("Too much and too little are errors", "[download_stream][row:122]") {
    Fixture fixture;
    std::string taken;
    DownloadStream longer = fixture.pulled({"abcdef", "g"}, good);
    CHECK(throws_exactly<IntegrityError>([&] { static_cast<void>(all(longer)); }));
    CHECK(throws_exactly<ConnectionLost>([&] {
        DownloadStream shorter = fixture.pulled({"abc"}, good);
        for (auto const piece : shorter) taken += text(piece);
    }));
    CHECK(taken == "abc");
}

TEST_CASE("A piece that isn't allowed is never shown", "[download_stream][row:123]") {
    Fixture fixture;
    for (auto& pulled : {std::make_shared<DownloadStream>(fixture.pulled({"abc"}, {})),
                         std::make_shared<DownloadStream>(fixture.pulled({"abcdefg"}, good))})
        for (int i = 0; i < 2; ++i) {
            std::string taken;
            try {
                taken = all(*pulled);
            } catch (IntegrityError const&) {
                taken = "refused";
            }
            if (i == 0) CHECK(taken == "refused");
            CHECK(taken.find("abc") == taken.npos);
        }
}

TEST_CASE("A broken connection doesn't look like an end", "[download_stream][row:137]") {
    Fixture fixture;
    DownloadStream pulled = fixture.pulled({"abc", ""}, {}, Verification::off);
    CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(all(pulled)); }));
    CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(all(pulled)); }));
}

TEST_CASE("Leaving early ends the download", "[download_stream][row:137]") {
    Fixture fixture;
    {
        DownloadStream pulled = fixture.pulled({"abc", "def"}, good);
        for (auto const piece : pulled) {
            CHECK(text(piece) == "abc");
            break;
        }
        CHECK(text(*pulled.begin()) == "abc");
        CHECK(fixture.alive == 1);
    }
    CHECK(fixture.alive == 0);
    CHECK(fixture.reports.size() == 1);
}

TEST_CASE("A moved pulled goes on where it was", "[download_stream][row:137]") {
    Fixture fixture;
    DownloadStream pulled = fixture.pulled({"abc", "def"}, good);
    CHECK(text(*pulled.begin()) == "abc");
    DownloadStream moved = std::move(pulled);
    CHECK(all(moved) == "abc|def|");
    CHECK(moved.result().verified_by == "md5");
    CHECK(fixture.alive == 1);
}

TEST_CASE("An empty download has no piece", "[download_stream][row:135]") {
    Fixture fixture;
    DownloadStream pulled =
        fixture.pulled({}, {.size = 0, .algorithm = "md5", .digest = "d41d8cd98f00b204e9800998ecf8427e"});
    CHECK(all(pulled) == "");
    CHECK(pulled.result().verified_by == "md5");
}

TEST_CASE("What the progress function throws loses no piece", "[download_stream][row:159]") {
    int alive = 0;
    int calls = 0;
    DownloadStream pulled = pulled_from(
        std::make_unique<Pieces>(std::vector<std::string>{"abc", "def"}, &alive),
        {.what = "the data", .expected = good, .policy = Verification::required, .progress = [&](Progress const&) {
             if (++calls == 1) throw std::runtime_error("stop");
         }});
    CHECK_THROWS_WITH(pulled.begin(), "stop");
    CHECK(all(pulled) == "abc|def|");
}

TEST_CASE("A download pulled is read as a stream", "[download_stream]") {
    Fixture fixture;
    DownloadStreambuf<> buffer{fixture.pulled({"ab c\n", "d", "ef"}, {}, Verification::off)};
    std::istream in{&buffer};
    std::string line;
    CHECK(std::getline(in, line));
    CHECK(line == "ab c");
    CHECK(in.get() == 'd');
    CHECK(std::getline(in, line));
    CHECK(line == "ef");
    CHECK(in.eof());
    CHECK(buffer.result().bytes == 8);
    in.clear();
    CHECK(in.get() == std::char_traits<char>::eof());
}

TEST_CASE("A stream says why it's bad where it is asked to", "[download_stream][row:121]") {
    Fixture fixture;
    DownloadStreambuf<> buffer{fixture.pulled({"abc", "deg"}, good)};
    std::istream in{&buffer};
    in.exceptions(std::ios::badbit);
    std::string word;
    CHECK(throws_exactly<IntegrityError>([&] { in >> word; }));
    DownloadStreambuf<> silent{fixture.pulled({"abc", "deg"}, good)};
    std::istream bad{&silent};
    bad >> word;
    CHECK(bad.bad());
}

TEST_CASE("A stream that is read on after a failure lacks no piece", "[download_stream][row:159]") {
    class FailsOnce final : public ResponseStream {
      public:
        [[nodiscard]] Response const& head() const override { return head_; }
        [[nodiscard]] std::span<std::byte const> next() override {
            if (at_ == 1 && !std::exchange(has_failed_, true)) throw std::runtime_error("once");
            return at_ == 3 ? std::span<std::byte const>{} : std::as_bytes(std::span{pieces_[at_++]});
        }

      private:
        Response head_{200};
        std::string pieces_[3]{"abc", "def", "ghi"};
        std::size_t at_ = 0;
        bool has_failed_ = false;
    };
    Download const nothing{};
    DownloadStreambuf<> buffer{DownloadStream{std::make_unique<FailsOnce>(), nothing}};
    std::istream in{&buffer};
    std::string all;
    for (char c; in.get(c);) all += c;
    CHECK(in.bad());
    in.clear();
    for (char c; in.get(c);) all += c;
    CHECK_FALSE(in.bad());
    CHECK(all == "abcdefghi");
}

TEST_CASE("A stream that was moved elsewhere gives nothing", "[download_stream][row:137]") {
    Fixture fixture;
    DownloadStream pulled = fixture.pulled({"abc", "def"}, good);
    CHECK(text(*pulled.begin()) == "abc");
    DownloadStream const moved = std::move(pulled);
    CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(pulled.begin()); }));
    CHECK(throws_exactly<InvalidRequest>([&] { static_cast<void>(pulled.result()); }));
}
