// SPDX-License-Identifier: Apache-2.0
// An image's data: what is sent and asked for, what is compared, and what is left when something fails.
// Peers' tests of this: openstacksdk's test_image.py (upload, download with checksum, secure hash, MD5 fallback,
// unsupported algorithm) and create_image_put_* of test_image.py of its cloud layer; glanceclient's data_upload,
// data_with_checksum, data_without_checksum, data_with_wrong_checksum, download_no_data, download_forbidden;
// gophercloud's TestUpload and TestDownload.
#include <openstack/image/v2/image_data.hpp>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <istream>
#include <memory>
#include <openstack/from_json.hpp>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "../support/scripted_cloud.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using image::v2::ContainerFormat, image::v2::DiskFormat, image::v2::DownloadOptions, image::v2::Image,
    image::v2::ImageData, image::v2::UploadOptions;
using support::ScriptedCloud, support::thrown, support::throws_exactly;

namespace {

std::string const md5 = "900150983cd24fb0d6963f7d28e17f72";  // of "abc"
std::string const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
std::string const sha512 =
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e"
    "2a9ac94fa54ca49f";

/// The record of image `i` with these members more.
std::string record(std::string const& members) { return R"({"id": "i", "status": "active", )" + members + '}'; }
std::string const queued = R"({"id": "i", "status": "queued", "size": null, "os_hash_value": null, "checksum": null})";
std::string const stored =
    record(R"("size": 3, "os_hash_algo": "sha512", "os_hash_value": ")" + sha512 + R"(", "checksum": ")" + md5 + '"');
std::string const without_hash = record(R"("size": 3, "os_hash_algo": null, "os_hash_value": null, "checksum": null)");
std::string const file = "/v2/images/i/file";

std::string const headers =
    "User-Agent: " + SessionOptions{}.user_agent + "\nAccept: application/json\nX-Auth-Token: the-token\n";

ImageData<> data(ScriptedCloud const& cloud) { return ImageData<>{Proxy<Image>{cloud.session()}}; }

/// A source that doesn't know its size.
std::unique_ptr<Source> unsized(std::string text) {
    return from_callback([text = std::move(text)](std::span<std::byte> buffer) mutable {
        std::size_t const count = (std::min)(buffer.size(), text.size());
        std::copy_n(std::as_bytes(std::span{text}).begin(), count, buffer.begin());
        text.erase(0, count);
        return count;
    });
}

/// What a download did to its sink.
class Recorder final : public Sink {
  public:
    void write(std::span<std::byte const> bytes) override {
        if (text.size() >= fails_after) throw std::runtime_error("disk full");
        text.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
    }
    void finish() override { ++finished; }

    std::string text{};
    std::size_t fails_after = SIZE_MAX;
    int finished = 0;
};

/// Knows both formats, so that its record isn't asked for them.
Image const to_fill{.id = "i", .disk_format = DiskFormat::raw, .container_format = ContainerFormat::bare};

Image uploaded(ScriptedCloud& cloud, Source& source, std::string const& answer, UploadOptions const& options = {},
               std::string const& store = {}) {
    cloud.expect("PUT", file, 204);
    cloud.expect("GET", "/v2/images/i", 200, answer);
    return data(cloud).upload(to_fill, source, store, options);
}

Image const to_make{
    .id = "i", .disk_format = DiskFormat::raw, .container_format = ContainerFormat::bare, .store = "fast"};
std::string const to_make_body = R"({"id":"i","disk_format":"raw","container_format":"bare"})";

}  // namespace

TEST_CASE("Data is sent in one PUT, and the record asked for", "[image_data]") {
    ScriptedCloud cloud;
    auto const source = from_memory("abc");
    Image const image = uploaded(cloud, *source, stored, {}, "fast");
    CHECK(image.status == image::v2::ImageStatus::active);
    support::SentRequest const sent = cloud.sent().at(0);
    CHECK(sent.text() ==
          "PUT http://cloud/v2/images/i/file\nContent-Type: application/octet-stream\n"
          "X-OpenStack-Image-Size: 3\nX-Image-Meta-Store: fast\n" +
              headers + "\nabc");
    CHECK(sent.has_source);
    CHECK_FALSE(sent.is_repeatable);
    CHECK(sent.timeouts.response == std::chrono::minutes(15));
    CHECK(cloud.finish() == "");
}

TEST_CASE("What isn't known or wanted has no header", "[image_data][row:146]") {
    ScriptedCloud cloud;
    auto const source = unsized("abc");
    uploaded(cloud, *source, stored, {.response_timeout = std::chrono::seconds(7)});
    CHECK(cloud.sent().at(0).text() ==
          "PUT http://cloud/v2/images/i/file\nContent-Type: application/octet-stream\n" + headers + "\nabc");
    CHECK(cloud.sent().at(0).timeouts.response == std::chrono::seconds(7));
    CHECK(cloud.finish() == "");
}

TEST_CASE("An empty source sends nothing unless that is wanted", "[image_data][row:147]") {
    ScriptedCloud cloud;
    for (bool const tells_size : {true, false}) {
        auto const source = tells_size ? from_memory("") : unsized("");
        std::string const sentence = "the source is empty; .allow_empty = true uploads it all the same";
        CHECK(thrown<SourceError>([&] { data(cloud).upload(to_fill, *source, {}, {}); }) == sentence);
        CHECK(thrown<SourceError>([&] { data(cloud).create(to_make, *source, {}); }) == sentence);
    }
    CHECK(cloud.sent().empty());
    auto const source = from_memory("");
    uploaded(cloud, *source, record(R"("size": 0)"), {.allow_empty = true, .verification = Verification::if_possible});
    CHECK(cloud.sent().at(0).headers.find("X-OpenStack-Image-Size") == "0");
    CHECK(cloud.finish() == "");
}

TEST_CASE("What was stored must be what was sent", "[image_data][row:144]") {
    auto const error = [](std::string const& answer) {
        ScriptedCloud cloud;
        auto const source = from_memory("abc");
        return thrown<IntegrityError>([&] { uploaded(cloud, *source, answer); });
    };
    std::string const what = "the data sent to image i: ";
    CHECK(error(record(R"("size": 2)")) == what + "it has 3 bytes, but its record says 2");
    CHECK(error(record(R"("size": 3, "os_hash_algo": "sha512", "os_hash_value": "00")")) ==
          what + "its sha512 is " + sha512 + ", but its record says 00");
    CHECK(error(record(R"("size": 3, "checksum": "00")")) == what + "its md5 is " + md5 + ", but its record says 00");
    CHECK(error(record(R"("size": 3, "os_hash_algo": "sha256", "os_hash_value": "11", "checksum": ")" + md5 + '"')) ==
          what + "its sha256 is " + sha256 + ", but its record says 11");
    CHECK(error(record(R"("size": 3, "os_hash_algo": "no-such-hash", "os_hash_value": "11", "checksum": "00")")) ==
          what + "its md5 is " + md5 + ", but its record says 00");
}

TEST_CASE("What has no size wasn't stored, whatever is verified", "[image_data][row:144]") {
    for (Verification const policy : {Verification::required, Verification::if_possible, Verification::off}) {
        for (std::string const& answer : {queued, record(R"("checksum": ")" + md5 + '"')}) {
            ScriptedCloud cloud;
            auto const source = from_memory("abc");
            CHECK(thrown<IntegrityError>([&] { uploaded(cloud, *source, answer, {.verification = policy}); }) ==
                  "the data sent to image i: its record has no size, so nothing says that it was stored");
        }
    }
}

TEST_CASE("What was stored is compared by the best hash there is", "[image_data][row:123][row:145]") {
    auto const capitals = [](std::string text) {
        for (char& c : text)
            if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
        return text;
    };
    auto const hashed = [](std::string const& algorithm, std::string const& value, std::string const& checksum) {
        return record(R"("size": 3, "os_hash_algo": ")" + algorithm + R"(", "os_hash_value": ")" + value +
                      R"(", "checksum": ")" + checksum + '"');
    };
    for (std::string const& answer : {stored, hashed("sha512", sha512, "00"), hashed("sha512", capitals(sha512), md5),
                                      hashed("sha256", sha256, "00"), hashed("sha256", capitals(sha256), md5),
                                      hashed("no-such-hash", "00", capitals(md5)),
                                      record(R"("size": 3, "os_hash_algo": "sha512", "checksum": ")" + md5 + '"')}) {
        ScriptedCloud cloud;
        auto const source = from_memory("abc");
        CHECK(uploaded(cloud, *source, answer).id == "i");
        CHECK(cloud.finish() == "");
    }
    ScriptedCloud cloud;
    auto const once = unsized("abc");
    CHECK(uploaded(cloud, *once, hashed("sha256", "00", md5)).id == "i");
}

TEST_CASE("An upload tells by what it was verified", "[image_data][row:145]") {
    auto const result = [](std::string const& answer, Verification policy) {
        ScriptedCloud cloud;
        Upload told{.bytes = 9, .verified_by = "nothing told"};
        auto const source = unsized("abc");
        uploaded(cloud, *source, answer, {.verification = policy, .result = &told});
        CHECK(told.bytes == 3);
        return told.verified_by;
    };
    CHECK(result(stored, Verification::required) == "sha512");
    CHECK(result(record(R"("size": 3, "checksum": ")" + md5 + '"'), Verification::required) == "md5");
    CHECK(result(without_hash, Verification::if_possible) == "");
    CHECK(result(stored, Verification::off) == "");
}

TEST_CASE("What can't be compared is refused unless that is allowed", "[image_data][row:123][row:145]") {
    for (std::string const& answer :
         {without_hash, record(R"("size": 3)"), record(R"("size": 3, "os_hash_algo": "sha512")"),
          record(R"("size": 3, "os_hash_algo": "no-such-hash", "os_hash_value": "00")")}) {
        auto const upload = [&](Verification policy) {
            ScriptedCloud cloud;
            auto const source = from_memory("abc");
            return uploaded(cloud, *source, answer, {.verification = policy}).id.value_or("") + cloud.finish();
        };
        CHECK(
            thrown<IntegrityError>([&] { upload(Verification::required); }) ==
            "the data sent to image i: its record has no hash that could be compared; Verification::if_possible takes "
            "it");
        CHECK(upload(Verification::if_possible) == "i");
        CHECK(upload(Verification::off) == "i");
    }
    ScriptedCloud cloud;
    auto const source = from_memory("abc");
    std::string const wrong = record(R"("size": 3, "checksum": "00")");
    CHECK(uploaded(cloud, *source, wrong, {.verification = Verification::off}).id == "i");
    auto const again = from_memory("abc");
    CHECK(throws_exactly<IntegrityError>(
        [&] { uploaded(cloud, *again, wrong, {.verification = Verification::if_possible}); }));
}

TEST_CASE("An upload's progress ends with its size", "[image_data][row:159]") {
    ScriptedCloud cloud;
    std::vector<Progress> reports;
    auto const source = from_memory("abc");
    uploaded(cloud, *source, stored, {.progress = [&](Progress const& progress) { reports.push_back(progress); }});
    REQUIRE(reports.size() >= 2);
    CHECK(reports.back().bytes == 3);
    CHECK(reports.back().total == std::uint64_t{3});
}

TEST_CASE("A refused token lets an upload start again from its first byte", "[image_data][row:50][row:142]") {
    class Tokens final : public Authentication {
        Authorization authorize(Transport&) override { return {.token = "t"}; }
    };
    auto const transport = std::make_shared<support::ScriptedTransport>();
    ImageData<> const images{Proxy<Image>{{transport, std::make_shared<Tokens>(), {.endpoint = "http://cloud"}}}};
    auto const source = from_memory("abc");
    transport->expect("PUT", "http://cloud" + file, {401});
    transport->expect("PUT", "http://cloud" + file, {204});
    transport->expect("GET", "http://cloud/v2/images/i", {200, {}, stored});
    CHECK(images.upload(to_fill, *source, {}, {}).id == "i");
    CHECK(transport->sent().at(1).body == "abc");
    auto const once = unsized("abc");
    transport->expect("PUT", "http://cloud" + file, {401});
    CHECK(throws_exactly<Unauthorized>([&] { images.upload(to_fill, *once, {}, {}); }));
    CHECK(transport->finish() == "");
}

TEST_CASE("Create makes the record, sends the data, and compares", "[image_data]") {
    ScriptedCloud cloud;
    cloud.expect("POST", "/v2/images", 201, queued);
    cloud.expect("PUT", file, 204);
    cloud.expect("GET", "/v2/images/i", 200, stored);
    auto const source = unsized("abc");
    Image const image = data(cloud).create(to_make, *source, {});
    CHECK(image.size == 3);
    CHECK(cloud.sent().at(0).body == to_make_body);
    CHECK(cloud.sent().at(1).body == "abc");
    CHECK(cloud.sent().at(1).headers.find("X-Image-Meta-Store") == "fast");
    CHECK(cloud.finish() == "");
}

TEST_CASE("Data needs both formats", "[image_data]") {
    ScriptedCloud cloud;
    auto const source = from_memory("abc");
    for (Image const& image :
         {Image{}, Image{.disk_format = DiskFormat::raw}, Image{.container_format = ContainerFormat::bare},
          Image{.disk_format = null, .container_format = ContainerFormat::bare}})
        CHECK(thrown<InvalidRequest>([&] { data(cloud).create(image, *source, {}); }) ==
              "an image with data needs disk_format and container_format");
    CHECK(cloud.sent().empty());
}

TEST_CASE("A record whose data failed is deleted, and the failure told", "[image_data][row:150]") {
    auto const source = from_memory("abc");
    auto const after = [&](auto prepare) {
        ScriptedCloud cloud;
        CHECK(source->rewind());
        cloud.expect("POST", "/v2/images", 201, queued);
        prepare(cloud);
        cloud.expect("DELETE", "/v2/images/i", 204);
        std::string said = "nothing thrown";
        try {
            data(cloud).create(to_make, *source, {});
        } catch (Error const& error) {
            said = error.what();
        }
        return said + cloud.finish();
    };
    CHECK(after([](ScriptedCloud& cloud) { cloud.expect("PUT", file, 413, "quota"); }) ==
          "PUT http://cloud/v2/images/i/file: 413: quota");
    CHECK(after([](ScriptedCloud& cloud) { cloud.fail("PUT", file, SourceError{"it shrank"}); }) == "it shrank");
    CHECK(after([](ScriptedCloud& cloud) {
              cloud.fail("PUT", file, TimeoutError{"stall"});
              cloud.expect("GET", "/v2/images/i", 200, queued);
          }) == "stall (not repeated: the service may have acted on it)");
    CHECK(after([](ScriptedCloud& cloud) {
              cloud.expect("PUT", file, 204);
              cloud.expect("GET", "/v2/images/i", 200, record(R"("size": 2)"));
          }) == "the data sent to image i: it has 3 bytes, but its record says 2");
    CHECK(after([](ScriptedCloud& cloud) {
              cloud.expect("PUT", file, 204);
              cloud.fail("GET", "/v2/images/i", ConnectionLost{"gone"});
          }) == "gone");
}

TEST_CASE("A record that may have been made under an id chosen here is deleted", "[image_data][row:150]") {
    auto const source = from_memory("abc");
    auto const ends_with_delete = [&](auto const& exception, UploadOptions const& options = {}) {
        ScriptedCloud cloud;
        Image image = to_make;
        image.id.reset();
        cloud.fail("POST", "/v2/images", exception);
        CHECK_THROWS_AS(data(cloud).create(image, *source, options), Error);
        std::string const body = cloud.sent().at(0).body;
        std::string const id = body.substr(body.find("\"id\":\"") + 6, 36);
        std::string const rest = cloud.finish();
        return rest == "nothing more was expected, but: DELETE http://cloud/v2/images/" + id + '\n';
    };
    CHECK(ends_with_delete(ProtocolError{"no HTTP"}));
    CHECK(ends_with_delete(Cancelled{"stopped"}));
    CHECK(ends_with_delete(ConnectionLost{"reset"}));
    CHECK_FALSE(ends_with_delete(ConnectionLost{"reset"}, {.keep_on_failure = true}));
    CHECK_FALSE(ends_with_delete(ConnectError{"refused"}));
    CHECK_FALSE(ends_with_delete(Forbidden({.status = 403, .method = "POST"})));
    CHECK_FALSE(ends_with_delete(InvalidRequest{"bad"}));

    ScriptedCloud cloud;
    cloud.fail("POST", "/v2/images", ConnectionLost{"reset"});  // whose record is it that the caller's id leads to?
    CHECK(throws_exactly<ConnectionLost>([&] { data(cloud).create(to_make, *source, {}); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("What was ended is cleaned up all the same", "[image_data][row:150][row:153]") {
    ScriptedCloud cloud;
    std::stop_source stop;
    auto const source = from_callback([&, reads = 0](std::span<std::byte> buffer) mutable {
        if (++reads == 1) return buffer.size();
        stop.request_stop();
        return std::size_t{0};
    });
    cloud.expect("POST", "/v2/images", 201, queued);
    cloud.fail("PUT", file, Cancelled{"stopped"});
    cloud.expect("DELETE", "/v2/images/i", 204);
    ImageData<> const stopped{Proxy<Image>{cloud.session().with({.stop = stop.get_token()})}};
    CHECK(throws_exactly<Cancelled>([&] { stopped.create(to_make, *source, {}); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("A failure of the cleaning up doesn't hide the first one", "[image_data][row:150]") {
    ScriptedCloud cloud;
    auto const source = from_memory("abc");
    cloud.expect("POST", "/v2/images", 201, queued);
    cloud.expect("PUT", file, 503, "store is down");
    cloud.expect("GET", "/v2/images/i", 200, queued);
    cloud.fail("DELETE", "/v2/images/i", ConnectionLost{"gone"});
    CHECK(thrown<ServerError>([&] { data(cloud).create(to_make, *source, {}); }) ==
          "PUT http://cloud/v2/images/i/file: 503: store is down (not repeated: the service may have acted on it)");
    CHECK(cloud.finish() == "");
}

TEST_CASE("A protected record is cleaned up, too", "[image_data][row:150]") {
    ScriptedCloud cloud;
    auto const source = from_memory("abc");
    Image image = to_make;
    image.is_protected = true;
    cloud.expect("POST", "/v2/images", 201, R"({"id": "i", "protected": true})");
    cloud.expect("PUT", file, 503);
    cloud.expect("GET", "/v2/images/i", 200, queued);
    cloud.expect("PATCH", "/v2/images/i", 200, R"({"id": "i", "protected": false})");
    cloud.expect("DELETE", "/v2/images/i", 204);
    CHECK(throws_exactly<ServerError>([&] { data(cloud).create(image, *source, {}); }));
    CHECK(cloud.sent().at(3).body == R"([{"op":"replace","path":"/protected","value":false}])");
    CHECK(cloud.finish() == "");
}

TEST_CASE("A record stays if that is wanted, and if it isn't ours", "[image_data][row:150]") {
    ScriptedCloud cloud;
    auto const source = from_memory("abc");
    cloud.expect("POST", "/v2/images", 201, queued);
    cloud.expect("PUT", file, 503);
    cloud.expect("GET", "/v2/images/i", 200, queued);
    CHECK(throws_exactly<ServerError>([&] { data(cloud).create(to_make, *source, {.keep_on_failure = true}); }));
    cloud.expect("POST", "/v2/images", 409);
    CHECK(throws_exactly<Conflict>([&] { data(cloud).create(to_make, *source, {}); }));
    cloud.expect("PUT", file, 409);
    CHECK(throws_exactly<Conflict>([&] { data(cloud).upload(to_fill, *source, {}, {}); }));
    CHECK(cloud.finish() == "");
}

namespace {

/// Downloads `body` of an image with this record, whose hash the caller doesn't have yet.
Download downloaded(ScriptedCloud& cloud, Sink& sink, std::string const& answer, std::string const& body,
                    DownloadOptions const& options = {}) {
    cloud.expect("GET", "/v2/images/i", 200, answer);
    cloud.expect("GET", file, 200, body);
    return data(cloud).download("i", sink, options);
}

/// What it throws; the sink must not have been finished.
template<class Exception>
std::string download_error(std::string const& answer, std::string const& body, DownloadOptions const& options = {}) {
    ScriptedCloud cloud;
    Recorder sink;
    cloud.expect("GET", "/v2/images/i", 200, answer);
    cloud.expect("GET", file, 200, body);
    if (std::is_same_v<Exception, IntegrityError>)
        cloud.expect("GET", "/v2/images/i", 200, answer);  // whether it says something else by now
    std::string const said = thrown<Exception>([&] { static_cast<void>(data(cloud).download("i", sink, options)); });
    CHECK(sink.finished == 0);
    CHECK(cloud.finish() == "");
    return said;
}

}  // namespace

TEST_CASE("Data is fetched, verified, and then the sink finished", "[image_data]") {
    ScriptedCloud cloud;
    Recorder sink;
    Download const done = downloaded(cloud, sink, stored, "abc");
    CHECK(done.bytes == 3);
    CHECK(done.verified_by == "sha512");
    CHECK(sink.text == "abc");
    CHECK(sink.finished == 1);
    CHECK(cloud.sent().at(1).text() == "GET http://cloud/v2/images/i/file\n" + headers + '\n');
    CHECK(cloud.finish() == "");
}

TEST_CASE("An object that has its hash isn't asked for again", "[image_data]") {
    ScriptedCloud cloud;
    Recorder sink;
    cloud.expect("GET", file, 200, "abc");
    CHECK(data(cloud).download(from_json<Image>(stored), sink, {}).verified_by == "sha512");
    cloud.expect("GET", "/v2/images/i", 200, stored);
    cloud.expect("GET", file, 200, "abc");
    CHECK(data(cloud).download(from_json<Image>(queued), sink, {}).verified_by == "sha512");
    CHECK(cloud.finish() == "");
}

TEST_CASE("Wrong data never finishes the sink", "[image_data][row:121][row:122]") {
    CHECK(download_error<IntegrityError>(stored, "abd").starts_with("the data of image i: its sha512 is "));
    CHECK(download_error<IntegrityError>(stored, "abcd") ==
          "the data of image i: more than the 3 bytes that its record says");
    CHECK(download_error<IntegrityError>(stored, std::string(100, 'x')) ==
          "the data of image i: more than the 3 bytes that its record says");
    CHECK(download_error<ConnectionLost>(stored, "") == "the data of image i: only 0 of 3 bytes came");
}

TEST_CASE("Data is right if a record that has changed meanwhile says so", "[image_data][row:124]") {
    std::string const older =
        record(R"("size": 2, "os_hash_algo": "md5", "os_hash_value": "187ef4436122d1cc2f40dc2b92f0eba0")");
    std::string const newer = record(R"("size": 3, "os_hash_algo": "md5", "os_hash_value": ")" + md5 + '"');
    std::string const zeros(32, '0');
    std::string const same_size = record(R"("size": 3, "os_hash_algo": "md5", "os_hash_value": ")" + zeros + '"');
    for (std::string const& before : {older, same_size}) {
        ScriptedCloud cloud;
        Recorder sink;
        cloud.expect("GET", "/v2/images/i", 200, before);
        cloud.expect("GET", file, 200, "abc");
        cloud.expect("GET", "/v2/images/i", 200, newer);
        if (before == older) cloud.expect("GET", file, 200, "abc");  // of which nothing was taken
        CHECK(data(cloud).download("i", sink, {}).verified_by == "md5");
        CHECK(sink.text == "abc");
        CHECK(sink.finished == 1);
        CHECK(cloud.finish() == "");

        cloud.expect("GET", "/v2/images/i", 200, before);
        cloud.expect("GET", file, 200, "abc");
        cloud.expect("GET", "/v2/images/i", 200, newer);
        DownloadStream pieces = data(cloud).open("i", {});
        std::string text;
        for (auto const piece : pieces) text.append(reinterpret_cast<char const*>(piece.data()), piece.size());
        CHECK(text == "abc");
        CHECK(pieces.result().verified_by == "md5");
        CHECK(cloud.finish() == "");
    }
    auto const error = [&](auto const& image, std::function<void(ScriptedCloud&)> const& expect) {
        ScriptedCloud cloud;
        Recorder sink;
        expect(cloud);
        std::string const said =
            thrown<IntegrityError>([&] { static_cast<void>(data(cloud).download(image, sink, {})); });
        CHECK(sink.finished == 0);
        CHECK(cloud.finish() == "");
        return said;
    };
    std::string const wrong = "the data of image i: its md5 is " + md5 + ", but its record says " + zeros;
    for (int const status : {200, 404, 500})
        CHECK(error("i", [&](ScriptedCloud& cloud) {
                  cloud.expect("GET", "/v2/images/i", 200, same_size);
                  cloud.expect("GET", file, 200, "abc");
                  cloud.expect("GET", "/v2/images/i", status, status == 200 ? stored : "");
              }) == wrong);
    // What the caller has demanded isn't given up.
    CHECK(error(from_json<Image>(same_size), [](ScriptedCloud& cloud) { cloud.expect("GET", file, 200, "abc"); }) ==
          wrong);
}

TEST_CASE("Data without a hash is taken only if that is allowed", "[image_data][row:123]") {
    CHECK(
        download_error<IntegrityError>(without_hash, "abc").starts_with("the data of image i: its record has no hash"));
    for (Verification const policy : {Verification::if_possible, Verification::off}) {
        ScriptedCloud cloud;
        Recorder sink;
        Download const done = downloaded(cloud, sink, without_hash, "abc", {.verification = policy});
        CHECK(done.verified_by == "");
        CHECK(sink.finished == 1);
        CHECK(download_error<IntegrityError>(without_hash, "abcd", {.verification = policy}) ==
              "the data of image i: more than the 3 bytes that its record says");
    }
}

TEST_CASE("Under each policy a hash that is there counts, unless it is off", "[image_data][row:123]") {
    CHECK(download_error<IntegrityError>(stored, "abd", {.verification = Verification::if_possible})
              .starts_with("the data of image i: its sha512 is "));
    ScriptedCloud cloud;
    Recorder sink;
    CHECK(downloaded(cloud, sink, stored, "abd", {.verification = Verification::off}).verified_by == "");
    CHECK(sink.text == "abd");
}

TEST_CASE("The older hash is taken where the newer is missing or unknown", "[image_data][row:123]") {
    for (std::string const members : {R"("os_hash_algo": "no-such-hash", "os_hash_value": "00")",
                                      R"("os_hash_algo": null, "os_hash_value": null)"}) {
        std::string const answer = record(R"("size": 3, "checksum": ")" + md5 + "\", " + members);
        ScriptedCloud cloud;
        Recorder sink;
        CHECK(downloaded(cloud, sink, answer, "abc").verified_by == "md5");
        CHECK(download_error<IntegrityError>(answer, "abd").starts_with("the data of image i: its md5 is "));
    }
    std::string const unknown = record(R"("size": 3, "os_hash_algo": "no-such-hash", "os_hash_value": "00")");
    CHECK(download_error<IntegrityError>(unknown, "abc").starts_with("the data of image i: its record has no hash"));
    ScriptedCloud cloud;
    Recorder sink;
    CHECK(downloaded(cloud, sink, unknown, "abc", {.verification = Verification::if_possible}).verified_by == "");
}

TEST_CASE("A hash counts in capitals, and a malformed one is never right", "[image_data][row:123]") {
    auto const hashed = [](std::string const& algorithm, std::string const& value, std::string const& checksum) {
        return record(R"("size": 3, "os_hash_algo": )" + algorithm + R"(, "os_hash_value": )" + value +
                      R"(, "checksum": ")" + checksum + '"');
    };
    auto const capitals = [](std::string text) {
        for (char& c : text)
            if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
        return text;
    };
    auto const verified_by = [](std::string const& answer) {
        ScriptedCloud cloud;
        Recorder sink;
        return downloaded(cloud, sink, answer, "abc").verified_by;
    };
    CHECK(verified_by(hashed(R"("sha512")", '"' + capitals(sha512) + '"', "00")) == "sha512");
    CHECK(verified_by(hashed(R"("sha256")", '"' + capitals(sha256) + '"', "00")) == "sha256");
    for (auto const& [algorithm, value] : {std::pair{"null", "null"}, {"null", R"("00")"}, {R"("sha512")", "null"}})
        CHECK(verified_by(hashed(algorithm, value, capitals(md5))) == "md5");

    auto const refused = [](std::string const& answer) {  // and no data asked for
        ScriptedCloud cloud;
        Recorder sink;
        cloud.expect("GET", "/v2/images/i", 200, answer);
        std::string said = thrown<IntegrityError>([&] { static_cast<void>(data(cloud).download("i", sink, {})); });
        return said + cloud.finish();
    };
    for (std::string const& value : {std::string{}, std::string{"00"}, sha512.substr(1), sha512 + '0', ' ' + sha512,
                                     "0x" + sha512, std::string(128, 'z'), sha256})
        CHECK(refused(hashed(R"("sha512")", '"' + value + '"', md5)) ==
              "the data of image i: its record says " + value + ", which is no sha512");
    for (std::string const& value : {std::string{}, md5.substr(1), md5 + '0', std::string(32, 'z')})
        CHECK(refused(hashed("null", "null", value)) ==
              "the data of image i: its record says " + value + ", which is no md5");
}

TEST_CASE("A number of connections that makes no sense is refused", "[image_data]") {
    ScriptedCloud cloud;
    Recorder sink;
    for (unsigned const connections : {0U, 65U})
        CHECK(throws_exactly<InvalidRequest>(
            [&] { static_cast<void>(data(cloud).download("i", sink, {.connections = connections})); }));
    CHECK(cloud.finish() == "");
}

TEST_CASE("No data isn't empty data", "[image_data][row:73][row:135]") {
    ScriptedCloud cloud;
    Recorder sink;
    cloud.expect("GET", "/v2/images/i", 200, queued);
    cloud.expect("GET", file, 204);
    CHECK(thrown<NoData>([&] { static_cast<void>(data(cloud).download("i", sink, {})); }) == "image i has no data");
    CHECK(sink.finished == 0);
    cloud.expect("GET", "/v2/images/i", 200, queued);
    cloud.expect("GET", file, 204);
    CHECK(throws_exactly<NoData>([&] { static_cast<void>(data(cloud).open("i", {})); }));
    CHECK(cloud.finish() == "");

    std::string const empty = record(R"("size": 0, "checksum": "d41d8cd98f00b204e9800998ecf8427e")");
    CHECK(downloaded(cloud, sink, empty, "").verified_by == "md5");
    CHECK(sink.finished == 1);
}

TEST_CASE("What a sink throws ends the download unchanged", "[image_data][row:133]") {
    ScriptedCloud cloud;
    Recorder sink;
    sink.fails_after = 5;
    cloud.expect("GET", "/v2/images/i", 200, record(R"("size": 12)"));
    cloud.expect("GET", file, 200, "0123456789ab");
    CHECK(thrown<std::runtime_error>([&] {
              static_cast<void>(data(cloud).download("i", sink, {.verification = Verification::off}));
          }) == "disk full");
    CHECK(sink.text == "01234");
    CHECK(sink.finished == 0);
    CHECK(cloud.finish() == "");
}

TEST_CASE("A refused download leaves the sink alone", "[image_data][row:52]") {
    for (int const status : {401, 403, 404, 500}) {
        ScriptedCloud cloud;
        Recorder sink;
        cloud.expect("GET", "/v2/images/i", 200, stored);
        cloud.expect("GET", file, status, "a refusal's text");
        CHECK_THROWS_AS(data(cloud).download("i", sink, {}), HttpError);
        CHECK(sink.text == "");
        CHECK(sink.finished == 0);
        CHECK(cloud.finish() == "");
    }
}

TEST_CASE("A download's progress ends with its size", "[image_data][row:159]") {
    ScriptedCloud cloud;
    Recorder sink;
    std::vector<Progress> reports;
    downloaded(cloud, sink, stored, "abc", {.progress = [&](Progress const& now) { reports.push_back(now); }});
    REQUIRE(reports.size() >= 2);
    CHECK(reports.back().bytes == 3);
    CHECK(reports.back().total == std::uint64_t{3});
}

TEST_CASE("Data can be pulled, and is verified at the end", "[image_data][row:121]") {
    auto const pulled = [](std::string const& body, DownloadOptions const& options = {}) {
        ScriptedCloud cloud;
        cloud.expect("GET", "/v2/images/i", 200, stored);
        cloud.expect("GET", file, 200, body);
        if (body.size() < 3) cloud.expect("GET", file, 416);
        bool const is_wrong = body.size() > 3 || (body == "abd" && options.verification != Verification::off);
        if (is_wrong) cloud.expect("GET", "/v2/images/i", 200, stored);
        DownloadStream pieces = data(cloud).open("i", options);
        std::string text;
        for (auto const piece : pieces) text.append(reinterpret_cast<char const*>(piece.data()), piece.size());
        return text + ' ' + pieces.result().verified_by + cloud.finish();
    };
    CHECK(pulled("abc") == "abc sha512");
    CHECK(pulled("abd", {.verification = Verification::off}) == "abd ");
    CHECK(throws_exactly<IntegrityError>([&] { static_cast<void>(pulled("abd")); }));
    CHECK(throws_exactly<IntegrityError>([&] { static_cast<void>(pulled("abcd")); }));
    CHECK(throws_exactly<ConnectionLost>([&] { static_cast<void>(pulled("ab")); }));
    std::vector<Progress> reports;
    CHECK(pulled("abc", {.progress = [&](Progress const& now) { reports.push_back(now); }}) == "abc sha512");
    CHECK(reports.back().bytes == 3);
}

TEST_CASE("An upload that the service refuses is sent once, and the refusal told", "[image_data][row:58][row:59]") {
    ScriptedCloud cloud;
    auto const source = from_memory("abc");
    cloud.expect("PUT", file, 409, "status is active");
    CHECK(thrown<Conflict>([&] { data(cloud).upload(to_fill, *source, "", {}); }) ==
          "PUT http://cloud/v2/images/i/file: 409: status is active");
    cloud.expect("PUT", file, 410, "deleted meanwhile");
    CHECK(thrown<Gone>([&] { data(cloud).upload(to_fill, *source, "", {}); }) ==
          "PUT http://cloud/v2/images/i/file: 410: deleted meanwhile");
    CHECK(cloud.sent().size() == 2);
    CHECK(cloud.finish() == "");
}

TEST_CASE("From image to image the data needs no file, and wrong data leaves no image", "[image_data][row:121]") {
    std::string const good(100'000, 'x');  // more than is looked at before the record is made
    Hasher hasher{"sha512"};
    hasher.update(std::as_bytes(std::span{good}));
    std::string const answer =
        record(R"("size": 100000, "os_hash_algo": "sha512", "os_hash_value": ")" + hasher.hex_digest() + '"');
    for (bool const is_good : {true, false}) {
        ScriptedCloud from;
        ScriptedCloud to;
        from.expect("GET", file, 200, is_good ? good : good.substr(1) + 'y');
        to.expect("POST", "/v2/images", 201, queued);
        if (is_good) to.expect("PUT", file, 204);  // or else what the source throws ends it before its answer
        to.expect(is_good ? "GET" : "DELETE", "/v2/images/i", is_good ? 200 : 204, is_good ? answer : "");
        DownloadStreambuf<> buffer{data(from).open(from_json<Image>(answer), {})};
        std::istream in{&buffer};
        in.exceptions(std::ios::badbit);
        auto const source = from_stream(in, good.size());
        auto const copy = [&] { return data(to).create(to_make, *source, {}); };
        if (is_good) {
            CHECK(copy().size == good.size());
            CHECK(buffer.result().verified_by == "sha512");
        } else {
            CHECK(thrown<IntegrityError>(copy).starts_with("the data of image i: its sha512 is "));
        }
        CHECK(from.finish() == "");
        CHECK(to.finish() == "");
    }
}
