// SPDX-License-Identifier: Apache-2.0
// Downloads of signed images that break, go on, come again, or are what somebody else has signed.
#include <catch2/catch.hpp>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <openstack/image/v2/image_data.hpp>
#include <openstack/image/v2/signature.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "../support/image_answers.hpp"
#include "../support/loopback_cloud.hpp"
#include "../support/server.hpp"
#include "../support/signers.hpp"
#include "../support/temporary_directory.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using image::v2::Certificate, image::v2::DownloadOptions, image::v2::Image, image::v2::ImageData, image::v2::PrivateKey;
using support::data_head, support::LoopbackCloud, support::parts_of, support::random_text, support::record_of,
    support::Step, support::TemporaryDirectory, support::thrown, support::throws_exactly;

namespace {

/// Answers with `bytes` of `data`, from byte `first` on, which must have been asked for; then closes.
Step part(std::string const& data, std::size_t first, std::size_t bytes) {
    return [=](support::Connection& connection) {
        auto const head = connection.read_head();
        auto const range = head.headers.find("Range");
        if (range.value_or("none") != (first == 0 ? "none" : "bytes=" + std::to_string(first) + '-'))
            throw std::runtime_error("asked for " + std::string{range.value_or("all")});
        connection.send(data_head(data, first) + data.substr(first, bytes));
        connection.close();
    };
}

/// Of data of which something else may have been signed.
struct Fixture {
    LoopbackCloud cloud;
    TemporaryDirectory folder;
    std::filesystem::path path = folder / "image";
    std::string data;
    Image image;

    explicit Fixture(std::size_t size) : data(random_text(size)), image(record_of(data)) { sign(data); }

    void sign(std::string const& what) {
        image::v2::sign(image, *from_memory(what), PrivateKey::from_pem(support::signer("secp384r1").key), "uuid");
    }
    Download fetch(DownloadOptions const& options = {}) const {
        auto const sink =
            verified(to_file(path), image, Certificate::from_pem(support::signer("secp384r1").certificate));
        return ImageData<>{Proxy<Image>{cloud.session()}}.download(image, *sink, options);
    }
    [[nodiscard]] std::string wrong() const {
        return thrown<IntegrityError>([this] { static_cast<void>(fetch()); });
    }
};

std::string const wrong = "image i: its data isn't what CN = a signer has signed";

}  // namespace

TEST_CASE("A signed download that breaks goes on, and is verified as a whole", "[signature][downloads][row:116]") {
    Fixture f{1000};
    f.cloud.server.script({part(f.data, 0, 400)});
    f.cloud.server.script({part(f.data, 400, 600)});
    CHECK(f.fetch().verified_by == "sha512");
    CHECK(support::read_file(f.path) == f.data);
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("What an earlier download left is verified with the rest", "[signature][downloads][row:117]") {
    Fixture f{1000};
    for (int i = 0; i < 4; ++i) f.cloud.server.script({part(f.data, i == 0 ? 0 : 400, i == 0 ? 400 : 0)});
    CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(f.fetch()); }));
    CHECK(f.folder.names().size() == 1);
    f.cloud.server.script({part(f.data, 400, 600)});
    SECTION("signed") {
        CHECK(f.fetch().bytes == 1000);
        CHECK(support::read_file(f.path) == f.data);
    }
    SECTION("signed otherwise") {
        f.sign(f.data.substr(400));
        CHECK(f.wrong() == wrong);
        CHECK(f.folder.names().empty());
    }
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Kept bytes that are wrong come again, and are verified anew", "[signature][downloads][row:117]") {
    Fixture f{1000};
    std::string const kept = ".image." + support::sha512_of(f.data).substr(0, 8) + ".part";
    support::write_file(f.folder / kept, std::string(400, 'x'));
    std::filesystem::permissions(f.folder / kept, std::filesystem::perms{0600});
    f.cloud.server.script({part(f.data, 400, 600)});
    f.cloud.server.script({part(f.data, 0, 1000)});
    CHECK(f.fetch().verified_by == "sha512");
    CHECK(support::read_file(f.path) == f.data);
    CHECK(f.cloud.server.finish() == "");
}

TEST_CASE("Data that somebody else has stored and recorded isn't taken", "[signature][downloads]") {
    Fixture f{1000};
    support::write_file(f.path, "old");
    f.sign(f.data + "more");
    f.cloud.server.script({part(f.data, 0, 1000)});
    CHECK(f.wrong() == wrong);
    CHECK(f.folder.names() == std::vector<std::string>{"image"});
    CHECK(support::read_file(f.path) == "old");
    CHECK(f.cloud.server.finish() == "");  // it isn't fetched twice: the data is what the record says
}

TEST_CASE("A signed image comes by several connections", "[signature][downloads][parts]") {
    Fixture f{std::size_t{20} << 20};
    f.cloud.server.serve(parts_of(f.data));
    SECTION("signed") {
        CHECK(f.fetch({.connections = 3}).verified_by == "sha512");
        CHECK((support::read_file(f.path) == f.data));
    }
    SECTION("signed otherwise") {
        f.sign("other data");
        CHECK(thrown<IntegrityError>([&] { static_cast<void>(f.fetch({.connections = 3})); }) == wrong);
        CHECK(f.folder.names().empty());
    }
    CHECK(f.cloud.server.connections() == 3);
}

TEST_CASE("An image without a signature isn't asked for", "[signature][downloads]") {
    Fixture f{1000};
    f.image.properties.clear();
    CHECK(f.wrong() == "image i isn't signed: it has no property img_signature");
    CHECK(f.cloud.server.connections() == 0);
    CHECK(f.folder.names().empty());
}
