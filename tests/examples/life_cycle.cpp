// SPDX-License-Identifier: Apache-2.0
// One image's whole life, step by step: created, uploaded, listed, changed, shared, downloaded and deleted.
//
// usage: life_cycle FILE
// The cloud comes from the OS_* variables. With OTHER_PROJECT_ID the image is shared with that project for a moment.
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <openstack/openstack.hpp>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace image = openstack::image::v2;
using openstack::asc, openstack::desc, openstack::page_size, openstack::where;

namespace {

void step(std::string const& text) { std::cout << text << std::endl; }

/// Shows how far a transfer has come: as a bar on a terminal, as one line at the end elsewhere.
openstack::ProgressFunction progress_bar(std::string const& label) {
    return [label, is_terminal = ::isatty(STDOUT_FILENO) == 1,
            is_done = false](openstack::Progress const& progress) mutable {
        constexpr std::size_t width = 40;
        constexpr double mib = 1 << 20;
        if (is_done) return;
        is_done = progress.bytes == progress.total;
        if (!is_terminal && !is_done) return;
        auto const bytes = static_cast<double>(progress.bytes);
        double const part = is_done ? 1 : bytes / static_cast<double>(progress.total.value_or(UINT64_MAX));
        std::string bar(width, '.');
        bar.replace(0, static_cast<std::size_t>(part * width), static_cast<std::size_t>(part * width), '#');
        std::cout << (is_terminal ? "\r    " : "    ") << label << " [" << bar << "] " << static_cast<int>(part * 100)
                  << "%, " << static_cast<std::uint64_t>(bytes / mib) << " MiB, "
                  << static_cast<std::uint64_t>(progress.bytes_per_second / mib) << " MiB/s  " << (is_done ? "\n" : "")
                  << std::flush;
    };
}

/// What is left to be removed when the program ends, however it ends.
class CleanUp {
  public:
    explicit CleanUp(image::Proxy glance) : glance_(std::move(glance)) {}
    CleanUp(CleanUp const&) = delete;
    CleanUp& operator=(CleanUp const&) = delete;
    ~CleanUp() {
        std::error_code ignored;
        if (std::filesystem::remove(file_, ignored)) step("Cleaned up: the file " + file_.string());
        try {
            if (image_) remove_image();
        } catch (std::exception const& error) {
            std::cerr << "Not cleaned up: the image " << *image_->id << ": " << error.what() << '\n';
        }
    }

    void add(image::Image const& image) { image_ = image; }
    void add(std::filesystem::path file) { file_ = std::move(file); }
    void forget_image() { image_.reset(); }

  private:
    void remove_image() {
        // A protected image can't be deleted, and this one may have been left in that state.
        glance_.update_image(*image_->id, {.is_protected = false});
        glance_.delete_image(*image_);
        step("Cleaned up: the image " + *image_->id);
    }

    image::Proxy glance_;
    std::optional<image::Image> image_{};
    std::filesystem::path file_{};
};

void expect(bool is_as_it_should_be, std::string const& what) {
    if (!is_as_it_should_be) throw std::runtime_error("not as it should be: " + what);
}

void live(std::filesystem::path const& file) {
    openstack::Connection const cloud = openstack::connect();
    image::Proxy const glance = cloud.image();
    CleanUp clean_up{glance};
    step("Connected");

    // Creates the record and sends the data; what the service stored is compared with what was sent.
    std::string const name = "life-cycle:" + file.filename().string();  // a colon in a name just works
    image::Image made = glance.upload_image({.name = name,
                                             .disk_format = image::DiskFormat::raw,
                                             .container_format = image::ContainerFormat::bare,
                                             .tags = {"demo", "a/b"},
                                             .properties = {{"os_distro", "none"}}},
                                            openstack::from_file(file), {.progress = progress_bar("upload  ")});
    clean_up.add(made);
    step("Uploaded " + *made.id + ", " + std::to_string(*made.size) + " bytes, " + *made.hash_algo + " " +
         made.hash_value->substr(0, 16) + "...");

    // Pages are asked for as the loop needs them. Filters, operators and sort keys are checked by the compiler.
    for (image::Image const& each : glance.images(
             where<&image::Image::status> == image::ImageStatus::active, where<&image::Image::size> >= 1,
             where<&image::Image::name>.in({name, "another name"}), where<&image::Image::tags>.contains("demo"),
             desc<&image::Image::created_at>, asc<&image::Image::name>, page_size(50)))
        step("Listed " + *each.id + ' ' + each.name.value_or("(without a name)"));

    // Only what differs is sent.
    made = glance.update_image(made, {.name = name + " 2", .min_ram = 128, .is_protected = true});
    step("Renamed to " + *made.name + ", protected, needs " + std::to_string(*made.min_ram) + " MB of memory");

    // Or the current state is edited in place: what was changed, removed or cleared becomes the patch.
    made = glance.update_image(made, [](image::Image& current) {
        current.is_protected = false;
        current.properties.erase("os_distro");
        current.properties["build"] = "42";
    });
    step("Edited: no longer protected, build " + made.properties.at("build"));

    glance.add_tag(made, "gold");
    glance.remove_tag(made, "demo");
    made = glance.get_image(made);
    step("Tagged, now " + std::to_string(made.tags->size()) + " tags");

    glance.deactivate_image(made);
    step("Deactivated, now " + to_string(*glance.get_image(made).status));
    glance.reactivate_image(made);
    step("Reactivated, now " + to_string(*glance.get_image(made).status));

    // To a file, which gets its name when it is whole and has the right hash; and pulled piece by piece.
    std::filesystem::path copy = file;
    copy += ".copy";
    clean_up.add(copy);
    openstack::Download const download =
        glance.download_image(made, openstack::to_file(copy), {.progress = progress_bar("download")});
    step("Downloaded " + std::to_string(download.bytes) + " bytes to " + copy.string() + ", verified by " +
         download.verified_by);
    std::uint64_t pulled = 0;
    for (std::span<std::byte const> piece : glance.download_image(made, openstack::stream)) pulled += piece.size();
    expect(pulled == download.bytes, "the number of bytes that were pulled");
    step("Pulled " + std::to_string(pulled) + " bytes");

    if (char const* other = std::getenv("OTHER_PROJECT_ID")) {
        image::Member const member = glance.add_member(made, {.member_id = other});
        for (image::Member const& each : glance.members(made))
            step("Shared with " + *each.member_id + ", " + to_string(*each.status));
        glance.remove_member(member, made);
        expect(!glance.find_member(other, made), "the members after the last was removed");
        step("No longer shared");
    }

    std::optional<image::Image> const found = glance.find_image(name + " 2");  // by name, or by id
    expect(found && found->id == made.id, "the image of that name");
    step("Found by its name");

    glance.delete_image(made);
    clean_up.forget_image();
    step("Deleted");
    glance.delete_image(made);  // already gone: no error ...
    try {
        glance.delete_image(made, openstack::must_exist);  // ... unless asked
        expect(false, "an image that can be deleted twice");
    } catch (openstack::ResourceNotFound const& error) {
        step("It is gone: " + std::to_string(error.status()) + ", " + error.request_id());
    }
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 2) {
        std::cerr << "usage: life_cycle FILE\n";
        return 2;
    }
    live(argv[1]);
    return 0;
} catch (std::exception const& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
