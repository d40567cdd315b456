// SPDX-License-Identifier: Apache-2.0
// Image data: sent from and fetched to everything that can hold it, verified, and nothing left behind by a failure.
// Peers' tests of this: openstacksdk's functional test_create_image and test_download_image; gophercloud's acceptance
// test of image data.
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../support/memory.hpp"
#include "../support/qemu_img.hpp"
#include "../support/temporary_directory.hpp"
#include "cloud.hpp"

using live::admin, live::alt, live::caught, live::check_is_told, live::Cloud, live::demo, live::ids,
    live::TemporaryImage, live::unique;
using live::image::ContainerFormat, live::image::DiskFormat, live::image::Image, live::image::ImageStatus;
using openstack::from_callback, openstack::from_file, openstack::from_memory, openstack::from_stream,
    openstack::Progress, openstack::to_callback, openstack::to_file, openstack::to_stream, openstack::Verification,
    openstack::where;
using support::read_file, support::TemporaryDirectory, support::write_file;

namespace {

live::image::Proxy const& glance() { return demo().glance(); }

/// Bytes that no compression and no repeated block hides a mistake in.
std::string random_bytes(std::size_t size) {
    std::minstd_rand random{static_cast<unsigned>(size) + 1};
    std::string bytes(size, '\0');
    for (char& each : bytes) each = static_cast<char>(random());
    return bytes;
}

/// A raw image with a name that no other has.
Image raw_image() {
    return {.name = unique("data"), .disk_format = DiskFormat::raw, .container_format = ContainerFormat::bare};
}

bool exists(Image const& image) { return glance().find_image(*image.name).has_value(); }

/// A record that says something else than the service's.
Image changed_record(Image const& record, std::string const& from, std::string const& to) {
    std::string json = openstack::to_json(record);
    json.replace(json.find(from), from.size(), to);
    return openstack::from_json<Image>(json);
}

/// A function to read `bytes` from, in pieces of odd sizes, that counts what was read.
struct Reader {
    std::string const& bytes;
    std::size_t read = 0;

    auto function() {
        return [this](std::span<std::byte> buffer) {
            std::size_t const some = (std::min)({bytes.size() - read, buffer.size(), std::size_t{12'345}});
            std::ranges::copy(std::as_bytes(std::span{bytes}).subspan(read, some), buffer.begin());
            read += some;
            return some;
        };
    }
};

bool have_same_bytes(std::filesystem::path const& one, std::filesystem::path const& two) {
    std::ifstream a{one, std::ios::binary};
    std::ifstream b{two, std::ios::binary};
    std::string in_a(std::size_t{1} << 20, '\0');
    std::string in_b = in_a;
    do {
        a.read(in_a.data(), static_cast<std::streamsize>(in_a.size()));
        b.read(in_b.data(), static_cast<std::streamsize>(in_b.size()));
        if (a.gcount() != b.gcount() || in_a != in_b) return false;
    } while (a && b);
    return a.eof() && b.eof();
}

struct Stopped : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace

// tempest: BasicOperationsImagesTest.test_register_upload_get_image_file
TEST_CASE("Data is uploaded from memory, files, pipes, streams and functions", "[data]") {
    TemporaryDirectory const directory;
    for (std::size_t const size : {1u, 65'536u, 1'500'000u}) {
        std::string const data = random_bytes(size);
        auto const check = [&](std::unique_ptr<openstack::Source> source) {
            TemporaryImage const image{raw_image()};
            CHECK(image.record().status == ImageStatus::queued);
            Image const record = glance().upload(image.record(), std::move(source));
            CHECK(record.status == ImageStatus::active);
            CHECK(record.size == size);
            CHECK(record == image.now());
            CHECK((glance().download_image(record) == data));
        };
        check(from_memory(data));
        write_file(directory / "image", data);
        check(from_file(directory / "image"));
        std::istringstream stream{"skipped" + data};
        stream.ignore(7);
        check(from_stream(stream));
        std::istringstream sized{data};
        check(from_stream(sized, size));
        Reader reader{data};
        check(from_callback(reader.function()));
        Reader again{data};
        check(from_callback(again.function(), size));

        REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
        std::thread writer{[&] { write_file(directory / "pipe", data); }};
        check(from_file(directory / "pipe"));
        writer.join();
        std::filesystem::remove(directory / "pipe");
    }
}

TEST_CASE("Data is downloaded to memory, files, streams and functions, or pulled", "[data]") {
    TemporaryDirectory const directory;
    for (std::size_t const size : {1u, 65'536u, 1'500'000u}) {
        std::string const data = random_bytes(size);
        TemporaryImage const image{data};
        auto const check = [&](openstack::Download const& download, std::string const& bytes) {
            CHECK((bytes == data));
            CHECK(download.bytes == size);
            CHECK(download.verified_by == "sha512");
        };
        CHECK((glance().download_image(image.id()) == data));
        auto const to_new_file = glance().download_image(image.record(), to_file(directory / "image"));
        check(to_new_file, read_file(directory / "image"));
        auto const to_old_file = glance().download_image(image.id(), to_file(directory / "image"));
        check(to_old_file, read_file(directory / "image"));
        CHECK(directory.names() == std::vector<std::string>{"image"});
        std::ostringstream stream;
        auto const to_a_stream = glance().download_image(image.record(), to_stream(stream));
        check(to_a_stream, stream.str());
        std::string called;
        auto const append = [&](std::span<std::byte const> piece) {
            called.append(reinterpret_cast<char const*>(piece.data()), piece.size());
        };
        auto const to_a_function = glance().download_image(image.record(), to_callback(append));
        check(to_a_function, called);
        called.clear();
        openstack::DownloadStream pieces = glance().download_image(image.record(), openstack::stream);
        for (std::span<std::byte const> piece : pieces) append(piece);
        check(pieces.result(), called);
    }
}

TEST_CASE("A record that has the hash is not asked for again", "[data]") {
    TemporaryImage const image{"data"};
    (void)demo().sent();
    CHECK(glance().download_image(image.record()) == "data");
    auto const with_record = demo().sent();
    REQUIRE(with_record.size() == 1);
    CHECK(with_record[0].line() == "GET /v2/images/" + image.id() + "/file");
    CHECK(glance().download_image(image.id()) == "data");
    auto const with_id = demo().sent();
    REQUIRE(with_id.size() == 2);
    CHECK(with_id[0].line() == "GET /v2/images/" + image.id());

    // A record from before the upload has none.
    TemporaryImage const queued{raw_image()};
    glance().upload(queued.record(), from_memory("later"));
    CHECK(glance().download_image(queued.record()) == "later");
}

TEST_CASE("An upload asks for what the image is to be where its caller doesn't know", "[data]") {
    Image fields = raw_image();
    fields.disk_format = DiskFormat::qcow2;
    TemporaryImage const image{fields};
    static_cast<void>(demo().sent());
    CHECK_THROWS_AS(glance().upload(image.id(), from_memory("raw")), openstack::SourceError);
    auto const asked = demo().sent();
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].line() == "GET /v2/images/" + image.id());
    CHECK_THROWS_AS(glance().upload(image.record(), from_memory("raw")), openstack::SourceError);
    CHECK(demo().sent().empty());
    CHECK(image.now().status == ImageStatus::queued);

    TemporaryImage const raw{raw_image()};
    CHECK(glance().upload(raw.id(), from_memory("raw")).status == ImageStatus::active);
}

TEST_CASE("64 MiB go from a file to a file in little memory", "[data]") {
    TemporaryDirectory const directory;
    constexpr std::size_t size = std::size_t{64} << 20;
    {
        std::string data = random_bytes(std::size_t{1} << 20);
        std::ofstream file{directory / "image", std::ios::binary};
        for (std::size_t written = 0; written < size; written += data.size()) {
            data[0] = static_cast<char>(data[0] + 1);
            file << data;
        }
    }
    Image record;
    std::uint64_t const sending =
        support::peak_growth([&] { record = glance().upload_image(raw_image(), from_file(directory / "image")); });
    std::uint64_t const fetching = support::peak_growth(
        [&] { CHECK(glance().download_image(record, to_file(directory / "copy")).bytes == size); });
    glance().delete_image(record);
    CHECK(sending < size / 8);
    CHECK(fetching < size / 8);
    CHECK(std::filesystem::file_size(directory / "copy") == size);
    CHECK(have_same_bytes(directory / "image", directory / "copy"));
}

TEST_CASE("A disk's holes cost nothing on the disk it's fetched to", "[data]") {
    TemporaryDirectory const directory;
    std::filesystem::path const disk = directory / "disk";
    std::filesystem::path const copy = directory / "copy";
    constexpr std::uint64_t size = std::uint64_t{256} << 20;
    support::qemu_img({"create", "-q", "-f", "raw", disk.string(), "256M"});
    std::string const data = random_bytes(100'000);
    {
        std::fstream file{disk, std::ios::in | std::ios::out | std::ios::binary};
        for (std::uint64_t const at : {std::uint64_t{0}, size / 2 + 1000}) {
            file.seekp(static_cast<std::streamoff>(at));
            file << data;
        }
    }
    Image const record = glance().upload_image(raw_image(), from_file(disk));
    for (unsigned const connections : {1U, 3U}) {
        CHECK(glance().download_image(record, to_file(copy), {.connections = connections}).bytes == size);
        CHECK(have_same_bytes(disk, copy));
        struct stat found {};
        REQUIRE(::stat(copy.c_str(), &found) == 0);
        CHECK(static_cast<std::uint64_t>(found.st_blocks) * 512 < 1'000'000);
    }
    glance().delete_image(record);
}

TEST_CASE("A part of an image is fetched by its range", "[data]") {
    std::string const data = random_bytes(300'000);
    TemporaryImage const image{data};
    live::image::DownloadOptions options{.verification = Verification::off, .range = {.first = 1000, .size = 5}};
    CHECK(glance().download_image(image.id(), options) == data.substr(1000, 5));
    options.range = {.first = 299'990};
    CHECK(glance().download_image(image.id(), options) == data.substr(299'990));
    options.range = {.first = 300'000};
    CHECK_THROWS_AS(glance().download_image(image.id(), options), openstack::InvalidRequest);
}

TEST_CASE("A transfer reports its progress, and stops where the report throws", "[data]") {
    std::string const data = random_bytes(3'000'000);
    std::vector<Progress> seen;
    auto const note = [&](Progress const& progress) { seen.push_back(progress); };
    auto const check_seen = [&](std::optional<std::uint64_t> total) {
        REQUIRE_FALSE(seen.empty());
        CHECK(std::ranges::is_sorted(seen, {}, &Progress::bytes));
        CHECK(std::ranges::all_of(seen, [&](Progress const& each) { return each.total == total; }));
        CHECK(seen.back().bytes == data.size());
        CHECK(seen.back().bytes_per_second > 0);
        seen.clear();
    };
    auto const stop = [](Progress const&) { throw Stopped("enough"); };

    Image const record = glance().upload_image(raw_image(), from_memory(data), {.progress = note});
    check_seen(data.size());
    Reader reader{data};
    TemporaryImage const other{raw_image()};
    glance().upload(other.record(), from_callback(reader.function()), {.progress = note});
    check_seen(std::nullopt);
    CHECK((glance().download_image(record, {.progress = note}) == data));
    check_seen(data.size());
    for (auto const piece : glance().download_image(record, openstack::stream, {.progress = note}))
        CHECK(!piece.empty());
    check_seen(data.size());

    CHECK_THROWS_AS(glance().download_image(record, {.progress = stop}), Stopped);
    glance().delete_image(record);
    Image const stopped = raw_image();
    CHECK_THROWS_AS(glance().upload_image(stopped, from_memory(data), {.progress = stop}), Stopped);
    CHECK_FALSE(exists(stopped));
}

TEST_CASE("An empty upload is refused, unless it's meant", "[data]") {
    Image const fields = raw_image();
    TemporaryImage const image{raw_image()};
    TemporaryDirectory const directory;
    write_file(directory / "empty", "");
    std::istringstream empty;
    (void)demo().sent();
    auto const nothing = [](std::span<std::byte>) { return std::size_t{0}; };
    CHECK_THROWS_AS(glance().upload_image(fields, from_memory("")), openstack::SourceError);
    CHECK_THROWS_AS(glance().upload_image(fields, from_file(directory / "empty")), openstack::SourceError);
    CHECK_THROWS_AS(glance().upload_image(fields, from_stream(empty)), openstack::SourceError);
    CHECK_THROWS_AS(glance().upload(image.record(), from_callback(nothing)), openstack::SourceError);
    CHECK(demo().sent().empty());

    CHECK(glance().upload(image.record(), from_callback(nothing), {.allow_empty = true}).size == 0);
    TemporaryImage const sized{raw_image()};
    Image const record = glance().upload(sized.record(), from_memory(""), {.allow_empty = true});
    CHECK(record.status == ImageStatus::active);
    CHECK(record.size == 0);
    CHECK(glance().download_image(record).empty());
    CHECK(glance().download_image(record, to_file(directory / "copy")).verified_by == "sha512");
    CHECK(read_file(directory / "copy").empty());
}

TEST_CASE("An upload goes to the store that is asked for", "[data]") {
    std::filesystem::path const stores = std::filesystem::path{live::variable("SERVICES_DIR")} / "store";
    TemporaryImage const usual{"1"};
    CHECK(usual.record().stores == "fast");
    CHECK(read_file(stores / "fast" / usual.id()) == "1");

    Image fields = raw_image();
    fields.store = "slow";
    TemporaryImage const slow{"22", fields};
    CHECK(slow.record().stores == "slow");
    CHECK(read_file(stores / "slow" / slow.id()) == "22");
    CHECK(slow.record().properties.empty());

    TemporaryImage const later{raw_image()};
    CHECK(glance().upload(later.record(), from_memory("333"), {}, "slow").stores == "slow");
    CHECK(read_file(stores / "slow" / later.id()) == "333");

    TemporaryImage const wrong{raw_image()};
    std::string const data = random_bytes(8'000'000);
    auto const refusal =
        caught<openstack::BadRequest>([&] { glance().upload(wrong.record(), from_memory(data), {}, "none such"); });
    check_is_told(refusal);
    CHECK_THAT(refusal.server_text(), Catch::Contains("none such"));
    CHECK(wrong.now().status == ImageStatus::queued);
    CHECK(glance().upload(wrong.record(), from_memory("data")).status == ImageStatus::active);
    fields.name = unique();
    fields.store = "none";
    CHECK_THROWS_AS(glance().upload_image(fields, from_memory("data")), openstack::BadRequest);
    CHECK_FALSE(exists(fields));
}

TEST_CASE("An upload into an image that has data is refused, and loses none", "[data]") {
    std::string const other = random_bytes(8'000'000);
    TemporaryImage const image{"first"};
    for (bool const is_active : {true, false}) {
        if (!is_active) glance().deactivate_image(image.record());
        Reader reader{other};
        auto const refusal = caught<openstack::Conflict>(
            [&] { glance().upload(image.record(), from_callback(reader.function(), other.size())); });
        check_is_told(refusal);
        // The service refuses before the data is sent. Some was read ahead.
        CHECK(reader.read < 100'000);
        CHECK(admin().glance().download_image(image.record()) == "first");
    }
    CHECK(image.now().hash_value == image.record().hash_value);
}

TEST_CASE("An image without formats takes no data, and stays as it is", "[data]") {
    (void)demo().sent();
    CHECK_THROWS_AS(glance().upload_image({.name = "n", .disk_format = DiskFormat::raw}, from_memory("1")),
                    openstack::InvalidRequest);
    CHECK_THROWS_AS(glance().upload_image({.name = "n", .container_format = ContainerFormat::bare}, from_memory("1")),
                    openstack::InvalidRequest);
    CHECK(demo().sent().empty());
    TemporaryImage const image;
    check_is_told(caught<openstack::BadRequest>([&] { glance().upload(image.record(), from_memory("1")); }));
    CHECK(image.now().status == ImageStatus::queued);
}

TEST_CASE("A failed upload_image leaves no record, unless it's asked to keep it", "[data]") {
    std::string const data = random_bytes(3'000'000);
    for (bool const is_kept : {false, true}) {
        auto const check = [&]<class Exception>(Exception const*, std::unique_ptr<openstack::Source> source) {
            Image const fields = raw_image();
            CHECK_THROWS_AS(glance().upload_image(fields, std::move(source), {.keep_on_failure = is_kept}), Exception);
            CHECK(exists(fields) == is_kept);
            if (is_kept) glance().delete_image(glance().find_image(*fields.name, openstack::must_exist));
        };
        openstack::SourceError const* const source_error = nullptr;
        Stopped const* const stopped = nullptr;
        Reader shorter{data};
        check(source_error, from_callback(shorter.function(), data.size() + 1));
        Reader longer{data};
        check(source_error, from_callback(longer.function(), data.size() - 1));
        std::size_t reads = 0;
        check(stopped, from_callback(
                           [&](std::span<std::byte> buffer) {
                               if (++reads == 20) throw Stopped("broken");
                               std::ranges::fill(buffer, std::byte{'x'});
                               return buffer.size();
                           },
                           std::size_t{1} << 40));
    }
}

TEST_CASE("An image without data is told from one that is empty", "[data]") {
    TemporaryDirectory const directory;
    TemporaryImage const image{raw_image()};
    std::ostringstream stream;
    CHECK_THROWS_AS(glance().download_image(image.record()), openstack::NoData);
    CHECK_THROWS_AS(glance().download_image(image.record(), to_file(directory / "file")), openstack::NoData);
    CHECK_THROWS_AS(glance().download_image(image.record(), to_stream(stream)), openstack::NoData);
    CHECK_THROWS_AS(glance().download_image(image.record(), openstack::stream), openstack::NoData);
    CHECK_THAT(caught<openstack::NoData>([&] { (void)glance().download_image(image.id()); }).what(),
               Catch::Contains(image.id()));
    CHECK(directory.names().empty());
    CHECK(stream.str().empty());
}

// tempest: BasicOperationsImagesTest.test_deactivate_reactivate_image
TEST_CASE("A deactivated image can't be downloaded, except by administrators", "[data]") {
    TemporaryDirectory const directory;
    TemporaryImage const image{"secret"};
    glance().deactivate_image(image.record());
    std::ostringstream stream;
    check_is_told(caught<openstack::Forbidden>([&] { (void)glance().download_image(image.record()); }));
    check_is_told(
        caught<openstack::Forbidden>([&] { glance().download_image(image.record(), to_file(directory / "file")); }));
    check_is_told(caught<openstack::Forbidden>([&] { glance().download_image(image.record(), to_stream(stream)); }));
    check_is_told(
        caught<openstack::Forbidden>([&] { (void)glance().download_image(image.record(), openstack::stream); }));
    CHECK(directory.names().empty());
    CHECK(stream.str().empty());
    CHECK(admin().glance().download_image(image.record()) == "secret");
    glance().reactivate_image(image.record());
    CHECK(glance().download_image(image.record()) == "secret");
}

TEST_CASE("Data that isn't what the record says is refused, and doesn't get to its file", "[data]") {
    TemporaryDirectory const directory;
    write_file(directory / "file", "as it was");
    TemporaryImage const image{"0123456789"};
    Image const record = image.record();
    auto const check = [&]<class Exception>(Exception const*, Image const& changed, std::string const& word,
                                            live::image::DownloadOptions const& options = {}) {
        CHECK_THAT(caught<Exception>([&] { (void)glance().download_image(changed, options); }).what(),
                   Catch::Contains(word) && Catch::Contains(image.id()));
        CHECK_THROWS_AS(glance().download_image(changed, to_file(directory / "file"), options), Exception);
        CHECK_THROWS_AS(glance().download_image(changed, to_file(directory / "new"), options), Exception);
        auto const pull = [&] {
            for (auto const piece : glance().download_image(changed, openstack::stream, options)) (void)piece;
        };
        CHECK_THROWS_AS(pull(), Exception);
        CHECK(directory.names() == std::vector<std::string>{"file"});
        CHECK(read_file(directory / "file") == "as it was");
    };
    openstack::IntegrityError const* const integrity = nullptr;
    openstack::ConnectionLost const* const lost = nullptr;
    Image const wrong_hash = changed_record(record, record.hash_value->substr(0, 8), "00000000");
    Image const wrong_md5 = changed_record(changed_record(record, *record.hash_algo, "unheard-of"),
                                           record.checksum->substr(0, 8), "00000000");
    Image const too_large = changed_record(record, "\"size\":10", "\"size\":11");
    Image const too_small = changed_record(record, "\"size\":10", "\"size\":9");
    check(integrity, wrong_hash, "sha512");
    check(integrity, wrong_md5, "md5");
    check(lost, too_large, "10 of 11");
    check(integrity, too_small, "9");
    check(lost, too_large, "10 of 11", {.verification = Verification::off});
    check(integrity, wrong_hash, "sha512", {.verification = Verification::if_possible});
    CHECK(glance().download_image(wrong_hash, {.verification = Verification::off}) == "0123456789");

    Image const only_md5 = changed_record(record, *record.hash_algo, "unheard-of");
    CHECK(glance().download_image(only_md5, to_file(directory / "file")).verified_by == "md5");
    Image const no_hash = changed_record(only_md5, "\"checksum\":\"" + *record.checksum + '"', "\"checksum\":null");
    write_file(directory / "file", "as it was");
    check(integrity, no_hash, "no hash");
    auto const unverified =
        glance().download_image(no_hash, to_file(directory / "file"), {.verification = Verification::if_possible});
    CHECK(unverified.verified_by.empty());
    CHECK(read_file(directory / "file") == "0123456789");
}

TEST_CASE("Data that has rotted in the store, or is gone, doesn't get to its file", "[data]") {
    TemporaryDirectory const directory;
    std::string const data = random_bytes(1'000'000);
    TemporaryImage const image{data};
    auto const check = [&]<class Exception>(Exception const*) {
        CHECK_THROWS_AS(glance().download_image(image.record()), Exception);
        CHECK_THROWS_AS(glance().download_image(image.id(), to_file(directory / "file")), Exception);
        auto const pull = [&] {
            for (auto const piece : glance().download_image(image.id(), openstack::stream)) CHECK(!piece.empty());
        };
        CHECK_THROWS_AS(pull(), Exception);
        CHECK(directory.names().empty());
    };
    std::filesystem::path const stored =
        std::filesystem::path{live::variable("SERVICES_DIR")} / "store" / "fast" / image.id();
    std::string rotten = data;
    rotten[500'000] = static_cast<char>(rotten[500'000] + 1);
    write_file(stored, rotten);
    openstack::IntegrityError const* const integrity = nullptr;
    check(integrity);
    std::filesystem::remove(stored);
    openstack::NoData const* const no_data = nullptr;  // the service answers as if there had never been any
    check(no_data);
    write_file(stored, data);
    CHECK((glance().download_image(image.id()) == data));
}

TEST_CASE("An image that is deleted during its upload is told so", "[data]") {
    for (bool const is_sized : {true, false}) {
        std::string const data = random_bytes(4'000'000);
        Reader reader{data};
        Image fields = raw_image();
        fields.id = "00000000-0000-4000-8000-" + std::to_string(100'000'000'000 + std::random_device{}());
        bool is_deleted = false;
        auto const read = [&](std::span<std::byte> buffer) {
            if (reader.read > 2'000'000 && !std::exchange(is_deleted, true)) glance().delete_image(*fields.id);
            return reader.function()(buffer);
        };
        auto const size = is_sized ? std::optional<std::uint64_t>{data.size()} : std::nullopt;
        check_is_told(caught<openstack::HttpError>([&] { glance().upload_image(fields, from_callback(read, size)); }));
        CHECK_FALSE(exists(fields));
    }
}

TEST_CASE("The service looks into the data for the size of the disk", "[data]") {
    std::string header(65'536, '\0');
    header.replace(0, 8, "QFI\xfb\0\0\0\x02", 8);
    header[27] = 5;  // the virtual size: 5 * 2^32
    constexpr std::uint64_t size = std::uint64_t{5} << 32;
    Image fields = raw_image();
    fields.disk_format = DiskFormat::qcow2;
    TemporaryImage const image{header, fields};
    CHECK(image.record().size == header.size());
    CHECK(image.record().virtual_size == size);
    CHECK(ids(glance().images(where<&Image::name> == *fields.name, where<&Image::virtual_size> == size)) ==
          std::vector{image.id()});
    CHECK(ids(glance().images(where<&Image::name> == *fields.name, where<&Image::virtual_size> >= size + 1)).empty());
}

// tempest: ImagesFormatTest.test_accept_usable_formats, ImagesFormatTest.test_accept_reject_formats_import,
// ImagesFormatTest.test_compute_rejects_invalid, ImagesFormatTest.test_compute_rejects_format_mismatch. What a Glance
// that converts, and Nova, would refuse later, is refused here before anything is sent.
TEST_CASE("Disks that QEMU makes are taken as what they are, and as nothing else", "[data]") {
    struct Case {
        std::string made_as;
        DiskFormat format;
        DiskFormat other;
    };
    auto const [made_as, format, other] = GENERATE(values<Case>({{"raw", DiskFormat::raw, DiskFormat::qcow2},
                                                                 {"qcow2", DiskFormat::qcow2, DiskFormat::raw},
                                                                 {"vmdk", DiskFormat::vmdk, DiskFormat::raw},
                                                                 {"vdi", DiskFormat::vdi, DiskFormat::raw},
                                                                 {"vpc", DiskFormat::vhd, DiskFormat::raw},
                                                                 {"vhdx", DiskFormat::vhdx, DiskFormat::raw}}));
    INFO(made_as);
    TemporaryDirectory const directory;
    std::filesystem::path const disk = directory / "disk";
    support::qemu_img({"create", "-q", "-f", made_as, disk.string(), "1M"});
    Image fields = raw_image();
    fields.disk_format = other;
    (void)demo().sent();
    CHECK_THROWS_AS(glance().upload_image(fields, from_file(disk)), openstack::SourceError);
    CHECK_THROWS_AS(glance().upload_image(fields, from_file(disk), {.via = live::image::Via::import}),
                    openstack::SourceError);
    for (live::Sent const& each : demo().sent()) CHECK_FALSE(each.has_source);
    CHECK_FALSE(exists(fields));

    fields.disk_format = format;
    for (auto const via : {live::image::Via::direct, live::image::Via::import}) {
        auto const image = TemporaryImage::adopt(glance().upload_image(fields, from_file(disk), {.via = via}));
        CHECK(image.record().status == ImageStatus::active);
        CHECK(image.record().disk_format == format);
        CHECK(image.record().size == std::filesystem::file_size(disk));
    }

    if (made_as != "qcow2") return;
    std::filesystem::path const child = directory / "child";
    support::qemu_img({"create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", disk.string(), child.string()});
    CHECK_THROWS_AS(glance().upload_image(fields, from_file(child)), openstack::SourceError);
    CHECK_FALSE(exists(fields));
}

TEST_CASE("A download that can't be written, or is stopped, leaves nothing and harms no other", "[data]") {
    TemporaryDirectory const directory;
    std::string const data = random_bytes(4'000'000);
    TemporaryImage const image{data};
    (void)demo().sent();
    CHECK_THROWS_AS(glance().download_image(image.record(), to_file(directory / "no" / "file")), openstack::IoError);
    CHECK(demo().sent().empty());

    std::ostringstream broken;
    broken.setstate(std::ios::failbit);
    CHECK_THROWS_AS(glance().download_image(image.record(), to_stream(broken)), openstack::IoError);
    std::size_t pieces = 0;
    auto const stop = [&](std::span<std::byte const>) {
        if (++pieces == 3) throw Stopped("enough");
    };
    CHECK_THROWS_AS(glance().download_image(image.record(), to_callback(stop)), Stopped);
    for (auto const piece : glance().download_image(image.record(), openstack::stream)) {
        CHECK(!piece.empty());
        break;
    }
    std::string const gone = "12345678-1234-1234-1234-123456789012";
    check_is_told(
        caught<openstack::ResourceNotFound>([&] { glance().download_image(gone, to_file(directory / "file")); }));
    check_is_told(caught<openstack::ResourceNotFound>(
        [&] { alt().glance().download_image(image.record(), to_file(directory / "file")); }));
    CHECK(directory.names().empty());
    CHECK((glance().download_image(image.record()) == data));
}

TEST_CASE("Several threads move data by one proxy at a time", "[data]") {
    std::vector<std::string> failures(4);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < failures.size(); ++i)
        threads.emplace_back([&, i] {
            try {
                std::string const data = random_bytes(500'000 + i);
                Image fields = {.name = "thread " + std::to_string(i)};
                fields.disk_format = DiskFormat::raw;
                fields.container_format = ContainerFormat::bare;
                Image const record = glance().upload_image(fields, from_memory(data));
                if (glance().download_image(record) != data) failures[i] = "other data";
                glance().delete_image(record);
            } catch (std::exception const& error) {
                failures[i] = error.what();
            }
        });
    for (std::thread& each : threads) each.join();
    CHECK(failures == std::vector<std::string>(4));
}
