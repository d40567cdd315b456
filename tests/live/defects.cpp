// SPDX-License-Identifier: Apache-2.0
// Mistakes that clients of the Image service make, each by its number: what happens here instead.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "../support/memory.hpp"
#include "../support/temporary_directory.hpp"
#include "cloud.hpp"

using live::caught, live::check_is_told, live::demo, live::ids, live::Sent, live::TemporaryImage, live::unique;
using live::image::ContainerFormat, live::image::DiskFormat, live::image::Image, live::image::ImageStatus,
    live::image::Via;
using openstack::AsText, openstack::Eq, openstack::Field, openstack::Filterable, openstack::from_memory,
    openstack::page_size, openstack::Properties, openstack::property, openstack::where, openstack::Wire;

namespace {

live::image::Proxy const& glance() { return demo().glance(); }

std::vector<std::string> bodies_sent() {
    std::vector<std::string> bodies;
    for (Sent const& each : demo().sent()) bodies.push_back(each.body);
    return bodies;
}

/// Another view of images: well-known properties as what they are, though the service knows texts only.
struct TypedImage {
    static constexpr openstack::ResourceInfo resource = Image::resource;

    Field<std::string, openstack::CreateOnly> id{};
    Field<std::string, Filterable<Eq>, openstack::OperatorPrefix> name{};
    Field<std::uint32_t, Wire<"hw_cpu_cores">, AsText, Filterable<Eq>> cpu_cores{};
    Field<bool, Wire<"os_require_quiesce">, AsText, Filterable<Eq>> needs_quiesce{};
    Field<double, Wire<"x_share">, AsText> share{};
    Properties properties{};

    bool operator==(TypedImage const&) const = default;
    BOOST_DESCRIBE_CLASS(TypedImage, (), (id, name, cpu_cores, needs_quiesce, share, properties), (), ())
};
static_assert(openstack::Resource<TypedImage>);

/// All of Image's fields, and one of our own.
struct BootImage : Image {
    Field<std::uint32_t, Wire<"hw_cpu_cores">, AsText, Filterable<Eq>> cpu_cores{};

    bool operator==(BootImage const&) const = default;
    BOOST_DESCRIBE_CLASS(BootImage, (Image), (cpu_cores), (), ())
};
static_assert(openstack::Resource<BootImage>);

/// A proxy in front of the services that, when told to, reads an upload to its end and then refuses it.
class Front final : public openstack::Transport {
  public:
    explicit Front(openstack::Response refusal) : refusal_(std::move(refusal)) {}

    [[nodiscard]] openstack::Response send(openstack::Request const& request) override {
        if (request.source == nullptr || !std::exchange(is_refusing_, false)) return transport_.send(request);
        std::string buffer(100'000, '\0');
        read_ = 0;
        while (std::size_t const count = request.source->read(std::as_writable_bytes(std::span{buffer})))
            read_ += count;
        return refusal_;
    }
    [[nodiscard]] std::unique_ptr<openstack::ResponseStream> open(openstack::Request const& request) override {
        return transport_.open(request);
    }

    /// The next upload is refused.
    void refuse() { is_refusing_ = true; }
    /// How many bytes the refused one had.
    [[nodiscard]] std::size_t read() const { return read_; }

  private:
    openstack::CurlTransport transport_{};
    openstack::Response refusal_;
    bool is_refusing_ = false;
    std::size_t read_ = 0;
};

/// A service that tells another hash than the data has, but the right checksum.
class WrongHash final : public openstack::Transport {
  public:
    [[nodiscard]] openstack::Response send(openstack::Request const& request) override {
        openstack::Response response = transport_.send(request);
        std::string const key = R"("os_hash_value": ")";
        if (std::size_t const at = response.body.find(key); at != std::string::npos) {
            char& first = response.body[at + key.size()];
            first = first == '0' ? '1' : '0';
        }
        return response;
    }
    [[nodiscard]] std::unique_ptr<openstack::ResponseStream> open(openstack::Request const& request) override {
        return transport_.open(request);
    }

  private:
    openstack::CurlTransport transport_{};
};

Image raw_record() {
    return {.name = unique(), .disk_format = DiskFormat::raw, .container_format = ContainerFormat::bare};
}

template<class... Conditions>
concept lists_members = requires(live::image::Proxy const& proxy, Conditions const&... conditions) {
    proxy.members("id", conditions...);
};

}  // namespace

// A listing by several tags follows a link that has the last of them only, and gives images without the others.
TEST_CASE("Every page of a listing by two tags has both", "[D1]") {
    std::string const one = unique("one");
    std::string const two = unique("two");
    std::deque<TemporaryImage> images;
    for (int i = 0; i < 3; ++i) {
        images.emplace_back(Image{.tags = {one, two}});
        images.emplace_back(Image{.tags = {two}});
        images.emplace_back(Image{.tags = {one}});
    }
    std::size_t seen = 0;
    for (Image const& each :
         glance().images(where<&Image::tags>.contains(one), where<&Image::tags>.contains(two), page_size(1))) {
        CHECK(each.tags->size() == 2);
        ++seen;
    }
    CHECK(seen == 3);
}

// Setting one custom property removes all others.
TEST_CASE("Setting one property leaves the others", "[D2]") {
    TemporaryImage const image{Image{.properties = {{"a", "1"}, {"b", "2"}}}};
    Image const now = glance().update_image(image.record(), {.properties = {{"c", "3"}}});
    CHECK(now.properties == Properties{{"a", "1"}, {"b", "2"}, {"c", "3"}});
    CHECK(glance().update_image(image.id(), {.properties = {{"a", "4"}}}).properties ==
          Properties{{"a", "4"}, {"b", "2"}, {"c", "3"}});
}

// A change of the list of tags becomes operations on its elements, which the service doesn't take.
TEST_CASE("A change of the tags replaces the list", "[D3]") {
    TemporaryImage const image{Image{.tags = {"a", "b"}}};
    (void)demo().sent();
    Image const now = glance().update_image(image.record(), [](Image& i) { i.tags = {"b", "c"}; });
    CHECK_THAT(*now.tags, Catch::UnorderedEquals(std::vector<std::string>{"b", "c"}));
    CHECK(bodies_sent().at(1) == R"([{"op":"replace","path":"/tags","value":["b","c"]}])");
    Image const more = glance().update_image(now, [](Image& i) { i.tags->push_back("d"); });
    CHECK_THAT(*more.tags, Catch::UnorderedEquals(std::vector<std::string>{"b", "c", "d"}));
}

// A property that is changed in place isn't noticed, and not sent.
TEST_CASE("A property changed in place is sent", "[D4]") {
    TemporaryImage const image{Image{.properties = {{"a", "1"}}}};
    CHECK(glance().update_image(image.id(), [](Image& i) { i.properties["a"] += "2"; }).properties.at("a") == "12");
    Image copy = image.now();
    copy.properties["a"] = "3";
    CHECK(glance().update_image(image.now(), copy).properties.at("a") == "3");
    CHECK(image.now().properties.at("a") == "3");
}

// A property can't be removed: null is sent instead, which the service refuses.
TEST_CASE("A property can be removed", "[D5]") {
    TemporaryImage const image{Image{.properties = {{"a", "1"}, {"b", "2"}}}};
    (void)demo().sent();
    CHECK(glance().update_image(image.id(), [](Image& i) { i.properties.erase("a"); }).properties ==
          Properties{{"b", "2"}});
    CHECK(bodies_sent().at(1) == R"([{"op":"remove","path":"/a"}])");
    CHECK_FALSE(image.now().properties.contains("a"));
}

// A tag of an image that is known by its id only shows up in objects of other images.
TEST_CASE("A tag belongs to its image alone", "[D6]") {
    TemporaryImage const image;
    TemporaryImage const other;
    glance().add_tag(image.id(), "mine");
    CHECK(Image{}.tags.is_unset());
    CHECK(other.now().tags->empty());
    CHECK(TemporaryImage{}.record().tags->empty());
    CHECK(image.now().tags == std::vector<std::string>{"mine"});
}

// To set, check, get or remove all tags asks for paths that the service doesn't have.
TEST_CASE("The set of tags is replaced, checked, got and emptied", "[D7]") {
    TemporaryImage const image{Image{.tags = {"a", "b"}}};
    Image now = glance().update_image(image.record(), {.tags = {"c", "d"}});
    CHECK_THAT(*now.tags, Catch::UnorderedEquals(std::vector<std::string>{"c", "d"}));
    CHECK(std::ranges::count(*glance().get_image(now).tags, "c") == 1);
    CHECK(std::ranges::count(*glance().get_image(now).tags, "a") == 0);
    now = glance().update_image(now, [](Image& i) { i.tags = {}; });
    CHECK(now.tags->empty());
    CHECK(image.now().tags->empty());
}

// Deactivating what isn't there, or may not be, fails in silence.
TEST_CASE("A deactivation that fails says so", "[D8]") {
    TemporaryImage const image{"data"};
    std::string const none = "12345678-1234-1234-1234-123456789012";
    check_is_told(caught<openstack::ResourceNotFound>([&] { glance().deactivate_image(none); }));
    check_is_told(caught<openstack::ResourceNotFound>([&] { glance().reactivate_image(none); }));
    check_is_told(caught<openstack::ResourceNotFound>([&] { live::alt().glance().deactivate_image(image.id()); }));
    check_is_told(caught<openstack::Forbidden>([&] { live::reader().glance().deactivate_image(image.id()); }));
    CHECK(image.now().status == ImageStatus::active);
}

// A refused download is taken for data, an image without data for an empty one.
TEST_CASE("A refused download is no data, and no data is not empty data", "[D10]") {
    support::TemporaryDirectory const directory;
    TemporaryImage const image{"data"};
    glance().deactivate_image(image.id());
    CHECK_THROWS_AS(glance().download_image(image.record()), openstack::Forbidden);
    CHECK_THROWS_AS(glance().download_image(image.record(), openstack::stream), openstack::Forbidden);
    CHECK_THROWS_AS(glance().download_image(image.id(), openstack::to_file(directory / "f")), openstack::Forbidden);
    TemporaryImage const queued;
    CHECK_THROWS_AS(glance().download_image(queued.record()), openstack::NoData);
    CHECK_THROWS_AS(glance().download_image(queued.record(), openstack::stream), openstack::NoData);
    CHECK_THROWS_AS(glance().download_image(queued.id(), openstack::to_file(directory / "f")), openstack::NoData);
    CHECK(directory.names().empty());
}

// A listing of members takes conditions and forgets them: the service has none for members.
TEST_CASE("Conditions on members don't compile", "[D11]") {
    STATIC_REQUIRE(lists_members<>);
    STATIC_REQUIRE_FALSE(lists_members<openstack::PageSize>);
    STATIC_REQUIRE_FALSE(lists_members<openstack::Filter<live::image::Member>>);
    STATIC_REQUIRE_FALSE(openstack::is_filterable<&live::image::Member::status>);
}

// Refused uploads and updates don't say why.
TEST_CASE("A refused upload and a refused update say why", "[D12]") {
    TemporaryImage const image{"data"};
    auto const upload = caught<openstack::Conflict>([&] { glance().upload(image.record(), from_memory("more")); });
    check_is_told(upload);
    CHECK_THAT(upload.server_text(), Catch::Contains("status transition"));
    auto const update =
        caught<openstack::Forbidden>([&] { glance().update_image(image.record(), {.disk_format = DiskFormat::iso}); });
    check_is_told(update);
    CHECK_THAT(update.server_text(), Catch::Contains("disk_format"));
}

// protected=True is refused by the service; conditions on properties are forgotten, or checked after all was read.
TEST_CASE("Flags and properties are filtered by the service", "[D13]") {
    std::string const distro = unique("distro");
    TemporaryImage const image{Image{.is_protected = true, .properties = {{"os_distro", distro}}}};
    TemporaryImage const other{Image{.properties = {{"os_distro", distro}}}};
    (void)demo().sent();
    CHECK(ids(glance().images(where<&Image::is_protected> == true, property("os_distro") == distro)) ==
          std::vector{image.id()});
    auto const sent = demo().sent();
    REQUIRE(sent.size() == 1);
    CHECK_THAT(sent[0].target, Catch::Contains("protected=true") && Catch::Contains("os_distro=" + distro));
    CHECK(ids(glance().images(where<&Image::is_protected> == false, property("os_distro") == distro)) ==
          std::vector{other.id()});
}

// An upload gives the record from before the upload.
TEST_CASE("An upload gives the record of the finished image", "[D14]") {
    TemporaryImage const image{"data"};
    CHECK(image.record().status == ImageStatus::active);
    CHECK(image.record().size == 4);
    CHECK(image.record().hash_value.has_value());
    CHECK(image.record() == image.now());
}

// An upload that was refused after its data was read goes out again without any, and makes an empty image.
TEST_CASE("An upload that is refused once it was read is sent again whole, or not at all", "[D15]") {
    std::string data(3'000'000, '\0');
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<char>(i % 251);
    support::TemporaryDirectory const directory;
    support::write_file(directory / "image", data);
    openstack::Headers at_once;
    at_once.set("Retry-After", "0");
    for (openstack::Response const& refusal : {openstack::Response{401}, openstack::Response{503, at_once},
                                               openstack::Response{503}, openstack::Response{500}}) {
        INFO(refusal.status << ' ' << refusal.headers.lines().size());
        auto const front = std::make_shared<Front>(refusal);
        openstack::Session const session{
            front, live::keystone("demo", "demo"), {.retries = {.first_delay = std::chrono::milliseconds{1}}}};
        live::image::Proxy const behind{session};
        std::istringstream stream{data};
        auto const check = [&](std::unique_ptr<openstack::Source> source) {
            TemporaryImage const image{raw_record()};
            front->refuse();
            CHECK(behind.upload(image.record(), std::move(source)).size == data.size());
            CHECK(front->read() == data.size());
            CHECK((glance().download_image(image.id()) == data));
        };
        check(from_memory(data));
        check(openstack::from_file(directory / "image"));
        check(openstack::from_stream(stream));

        TemporaryImage const image{raw_record()};
        front->refuse();
        bool is_read = false;
        auto const once = [&](std::span<std::byte> buffer) { return std::exchange(is_read, true) ? 0 : buffer.size(); };
        CHECK_THROWS_AS(behind.upload(image.record(), openstack::from_callback(once)), openstack::HttpError);
        CHECK(image.now().status == ImageStatus::queued);
    }
}

// A download, or an upload, takes as much memory as the image is large, or more.
TEST_CASE("No form of transfer but that to memory keeps an image in memory", "[D16]") {
    constexpr std::size_t size = std::size_t{48} << 20;
    support::TemporaryDirectory const directory;
    support::write_file(directory / "image", "");
    std::filesystem::resize_file(directory / "image", size);
    TemporaryImage const image{raw_record()};
    std::vector<std::uint64_t> growths;
    auto const measure = [&](auto transfer) { growths.push_back(support::peak_growth(transfer)); };
    std::size_t taken = 0;
    auto const take = [&](std::span<std::byte const> bytes) { taken += bytes.size(); };
    std::ofstream nowhere{"/dev/null"};
    measure([&] { glance().upload(image.record(), openstack::from_file(directory / "image")); });
    measure([&] { glance().download_image(image.id(), openstack::to_file(directory / "copy")); });
    measure([&] { glance().download_image(image.id(), openstack::to_stream(nowhere)); });
    measure([&] { glance().download_image(image.id(), openstack::to_callback(take)); });
    measure([&] {
        for (auto const piece : glance().download_image(image.id(), openstack::stream)) take(piece);
    });
    CHECK(taken == 2 * size);
    CHECK(std::filesystem::file_size(directory / "copy") == size);
    CHECK(*std::max_element(growths.begin(), growths.end()) < size / 6);
}

// An upload by import isn't waited for, and of what was stored the MD5 sum alone is compared.
TEST_CASE("An import is waited for, and the hash is compared beside the right checksum", "[D17]") {
    auto const image =
        TemporaryImage::adopt(glance().upload_image(raw_record(), from_memory("data"), {.via = Via::import}));
    CHECK(image.record().status == ImageStatus::active);
    CHECK(image.record() == image.now());

    live::image::Proxy const behind{openstack::Session{std::make_shared<WrongHash>(), live::keystone("demo", "demo")}};
    Image const seen = behind.get_image(image.id());
    CHECK(seen.checksum == image.record().checksum);
    CHECK(seen.hash_value != image.record().hash_value);
    for (Via const via : {Via::direct, Via::import}) {
        Image const fields = raw_record();
        CHECK_THROWS_AS(behind.upload_image(fields, from_memory("data"), {.via = via}), openstack::IntegrityError);
        CHECK_FALSE(glance().find_image(*fields.name).has_value());
    }
    CHECK_THROWS_AS(behind.download_image(seen), openstack::IntegrityError);
}

// A file that has the image's name by chance becomes its data, and a namesake with other data doesn't keep a second one
// from being made.
TEST_CASE("A name is no file, and a namesake is refused whatever it holds", "[D19]") {
    support::TemporaryDirectory const directory;
    Image fields = raw_record();
    fields.name = (directory / unique()).string();
    support::write_file(*fields.name, "a file");
    {
        auto const record = TemporaryImage::adopt(glance().create_image({.name = *fields.name}));
        CHECK(record.now().status == ImageStatus::queued);
    }
    auto const image = TemporaryImage::adopt(glance().upload_image(fields, from_memory("data")));
    CHECK(glance().download_image(image.record()) == "data");

    for (std::string const other : {"data", "other data"}) {
        auto const error = caught<openstack::DuplicateResource>([&] {
            (void)glance().upload_image(fields, from_memory(other), {.duplicates = live::image::Duplicates::refuse});
        });
        CHECK(error.ids() == std::vector{image.id()});
    }
    CHECK(ids(glance().images(where<&Image::name> == *fields.name)) == std::vector{image.id()});
}

// Names with a colon can't be found, or others are.
TEST_CASE("A name with a colon is a name", "[D20]") {
    std::string const end = unique();
    TemporaryImage const release{Image{.name = "ubuntu:22.04" + end}};
    TemporaryImage const list{Image{.name = "in:x" + end}};
    TemporaryImage const other{Image{.name = "x" + end}};
    TemporaryImage const equal{Image{.name = "eq:z" + end}};
    for (TemporaryImage const* each : {&release, &list, &other, &equal}) {
        std::string const& name = *each->record().name;
        CHECK(glance().find_image(name, openstack::must_exist).id == each->id());
        CHECK(ids(glance().images(where<&Image::name> == name)) == std::vector{each->id()});
        CHECK(ids(glance().images(where<&Image::name>.in({name}))) == std::vector{each->id()});
    }
}

// Numbers and flags are sent as such where the service takes texts only.
TEST_CASE("Typed properties are texts on the wire", "[D22]") {
    openstack::Proxy<TypedImage> const typed{demo().session()};
    (void)demo().sent();
    TypedImage const made = typed.create(
        {.name = unique(), .cpu_cores = 4, .needs_quiesce = true, .share = 0.5, .properties = {{"os_distro", "none"}}});
    TemporaryImage const image = TemporaryImage::adopt(glance().get_image(*made.id));
    CHECK(bodies_sent().at(0) == "{\"name\":\"" + *made.name +
                                     "\",\"hw_cpu_cores\":\"4\",\"os_require_quiesce\":\"true\",\"x_share\":\"0.5\","
                                     "\"os_distro\":\"none\"}");
    CHECK(made.cpu_cores == 4);
    CHECK(made.needs_quiesce == true);
    CHECK(made.share == 0.5);
    CHECK(made.properties.at("os_distro") == "none");
    CHECK(image.record().properties ==
          Properties{{"hw_cpu_cores", "4"}, {"os_distro", "none"}, {"os_require_quiesce", "true"}, {"x_share", "0.5"}});

    TypedImage const changed = typed.update(made, {.cpu_cores = 8, .needs_quiesce = false});
    CHECK(bodies_sent().at(0) == R"([{"op":"replace","path":"/hw_cpu_cores","value":"8"},)"
                                 R"({"op":"replace","path":"/os_require_quiesce","value":"false"}])");
    CHECK(changed == typed.get(image.id()));
    CHECK(ids(typed.list(where<&TypedImage::cpu_cores> == 8u, where<&TypedImage::needs_quiesce> == false,
                         where<&TypedImage::name> == *made.name)) == std::vector{image.id()});
    CHECK(ids(typed.list(where<&TypedImage::cpu_cores> == 4u, where<&TypedImage::name> == *made.name)).empty());
    CHECK(typed.find(*made.name, openstack::must_exist).cpu_cores == 8u);
    TypedImage const cleared = typed.update(image.id(), [](TypedImage& i) { i.needs_quiesce.reset(); });
    CHECK(cleared.needs_quiesce.is_unset());
    CHECK_FALSE(image.now().properties.contains("os_require_quiesce"));
}

// The same with all operations: a type with Image's fields and one more.
TEST_CASE("A type with more fields than Image has all operations", "[D22]") {
    live::image::BasicProxy<BootImage> const boot{demo().session()};
    BootImage fields;
    fields.name = unique();
    fields.disk_format = DiskFormat::raw;
    fields.container_format = ContainerFormat::bare;
    fields.properties["os_distro"] = "none";
    fields.cpu_cores = 2;
    BootImage const made = boot.upload_image(fields, from_memory("data"));
    TemporaryImage const image = TemporaryImage::adopt(glance().get_image(*made.id));
    CHECK(made.cpu_cores == 2u);
    CHECK(made.properties == Properties{{"os_distro", "none"}});
    CHECK(boot.download_image(made) == "data");
    boot.add_tag(made, "t");
    CHECK(boot.update_image(made, [](BootImage& i) { i.cpu_cores = 3; }).cpu_cores == 3u);
    CHECK(image.now().properties.at("hw_cpu_cores") == "3");
    CHECK(ids(boot.images(where<&BootImage::cpu_cores> == 3u, where<&Image::name> == *fields.name,
                          openstack::asc<&Image::size>)) == std::vector{image.id()});
    CHECK(boot.find_image(*fields.name, openstack::must_exist).tags == std::vector<std::string>{"t"});
    boot.delete_image(made, openstack::must_exist);
}

// An upload that will be refused sends megabytes first, because it doesn't ask the service.
TEST_CASE("An upload that is refused sends nothing of its data", "[D23]") {
    TemporaryImage const image{"data"};
    std::string const gone = "12345678-1234-1234-1234-123456789012";
    for (std::string const& id : {image.id(), gone}) {
        for (auto const size : {std::optional{std::uint64_t{8'000'000}}, std::optional<std::uint64_t>{}}) {
            std::size_t read = 0;
            auto const count = [&](std::span<std::byte> buffer) {
                std::size_t const some = (std::min)(buffer.size(), 8'000'000 - read);
                std::ranges::fill(buffer.first(some), std::byte{'x'});
                read += some;
                return some;
            };
            CHECK_THROWS_AS(glance().upload(id, openstack::from_callback(count, size)), openstack::HttpError);
            CHECK(read < 100'000);  // was read ahead
        }
    }
    CHECK(glance().download_image(image.id()) == "data");
}
