// SPDX-License-Identifier: Apache-2.0
// Many requests by many threads to a cloud that fails by chance: is every result right, has every create one effect,
// and do memory and descriptors stay as they are? Prints figures; the exit status is 1 if anything is wrong. usage:
// soak [REQUESTS [SEED]]
#include <sys/wait.h>

#include <atomic>
#include <barrier>
#include <exception>
#include <filesystem>
#include <iostream>
#include <optional>
#include <set>

#include "../support/memory.hpp"
#include "soak_cloud.hpp"

namespace {

namespace image = openstack::image::v2;
using image::Image;
using openstack::must_exist, openstack::page_size, openstack::where;

constexpr int thread_count = 16;
constexpr std::size_t most_images = 40;  // of each thread

/// What happened, over all threads.
struct Tally {
    std::atomic<std::uint64_t> operations{0}, requests{0}, retries{0}, wrong{0}, reconciled{0}, undecidable{0};
    std::atomic<std::uint64_t> created{0}, digest{0}, deleted{0}, shared{0}, unshared{0};

    void expect(bool is_right, std::string const& what) {
        if (is_right) return;
        constexpr unsigned most_shown = 20;
        if (wrong++ < most_shown) std::cerr << "wrong: " + what + '\n';
    }
};

/// An image as it must be.
struct Expected {
    std::string id{};
    std::string name{};
    std::int32_t min_ram = 0;
    std::set<std::string> tags{};
    std::map<std::string, std::string> properties{};
    std::set<std::string> members{};

    [[nodiscard]] bool is(Image const& found) const {
        std::map<std::string, std::string> const others(found.properties.begin(), found.properties.end());
        std::vector<std::string> const list = found.tags.value_or(std::vector<std::string>{});
        return found.id == id && found.name == name && found.min_ram == min_ram && others == properties &&
               list.size() == tags.size() && std::set<std::string>(list.begin(), list.end()) == tags &&
               found.status == image::ImageStatus::queued;
    }
};

/// Whether a call ended since the library couldn't know if the service has acted on it, and mustn't ask twice.
bool is_undecided(openstack::Error const& error) {
    openstack::Attempts attempts;
    if (auto const* const refused = dynamic_cast<openstack::HttpError const*>(&error)) attempts = refused->attempts();
    if (auto const* const lost = dynamic_cast<openstack::TransportError const*>(&error)) attempts = lost->attempts();
    return attempts.ended_by.starts_with("not repeated");
}

/// One thread's images, and what it does to them. Nobody else touches those that have its tag.
class Worker {
  public:
    Worker(image::Proxy glance, Tally& tally, std::uint64_t seed, int number)
        : glance_(std::move(glance)), tally_(tally), random_(seed), tag_("thread-" + std::to_string(number)) {}

    /// One operation. What it throws is a wrong result.
    void step() {
        ++tally_.operations;
        try {
            choose();
        } catch (openstack::Error const& error) {
            tally_.expect(false, std::string{"unexpected: "} + error.what());
        }
    }

    /// All images are there, and no others.
    void verify() {
        try {
            list();
            for (Expected& each : images_) list_members(each);
        } catch (openstack::Error const& error) {
            tally_.expect(false, std::string{"unexpected: "} + error.what());
        }
    }

  private:
    std::uint64_t below(std::uint64_t end) { return random_() % end; }
    std::string fresh(char const* what) { return tag_ + '-' + what + '-' + std::to_string(++made_); }
    Expected& any() { return images_[below(images_.size())]; }
    void check(Expected const& expected, Image const& found, char const* what) {
        tally_.expect(expected.is(found), what + (": " + openstack::to_json(found)) + " instead of " + expected.name);
    }

    void choose() {
        if (images_.size() >= most_images) return delete_while_listing();
        if (images_.empty()) return create(false);
        switch (below(20)) {
            case 0:
            case 1:
                return create(false);
            case 2:
                return create(true);
            case 3:
                return create_twice();
            case 4:
                return get();
            case 5:
                return get_missing();
            case 6:
                return rename(any());
            case 7:
                return set_property(any());
            case 8:
                return remove_property(any());
            case 9:
                return list();
            case 10:
                return list_group();
            case 11:
                return add_tag(any());
            case 12:
                return remove_tag(any());
            case 13:
                return share(any());
            case 14:
                return unshare(any());
            case 15:
                return list_members(any());
            case 16:
                return remove(false);
            case 17:
                return remove(true);
            case 18:
                return remove_missing();
            default:
                return find();
        }
    }

    void create(bool names_id) {
        Expected made{.name = fresh("name"),
                      .min_ram = static_cast<std::int32_t>(below(4096)),
                      .tags = {tag_},
                      .properties = {{"group", std::to_string(below(3))}}};
        Image wanted{.name = made.name,
                     .min_ram = made.min_ram,
                     .tags = {tag_},
                     .properties = {{"group", made.properties["group"]}}};
        if (names_id) wanted.id = fresh("id");
        Image const record = glance_.create_image(wanted);
        made.id = record.id.value_or("");
        check(made, record, "create");
        ++tally_.created;
        tally_.digest += std::hash<std::string>{}(made.id);
        images_.push_back(std::move(made));
    }
    void create_twice() {
        try {
            (void)glance_.create_image({.id = any().id, .name = "another"});
            tally_.expect(false, "an id was given twice");
        } catch (openstack::Conflict const&) {
        }
    }

    void get() {
        Expected const& image = any();
        check(image, glance_.get_image(image.id), "get");
    }
    void get_missing() {
        try {
            (void)glance_.get_image(fresh("missing"));
            tally_.expect(false, "an image was found that isn't there");
        } catch (openstack::ResourceNotFound const&) {
        }
    }
    void find() {
        Expected const& image = any();
        check(image, glance_.find_image(image.name, must_exist), "find by name");
        check(image, glance_.find_image(image.id, must_exist), "find by id");
        tally_.expect(!glance_.find_image(fresh("missing")), "an image was found that isn't there");
    }

    void rename(Expected& image) {
        image.name = fresh("name");
        image.min_ram = static_cast<std::int32_t>(below(4096));
        check(image, glance_.update_image(image.id, {.name = image.name, .min_ram = image.min_ram}), "rename");
    }
    void set_property(Expected& image) {
        std::string const key = "note" + std::to_string(below(4));
        std::string const value = image.properties[key] = fresh("value");
        check(image, glance_.update_image(image.id, [&](Image& current) { current.properties[key] = value; }),
              "set property");
    }
    /// Sends what mustn't be sent twice: where that fails undecided, a look at the image tells.
    void remove_property(Expected& image) {
        std::string const key = image.properties.rbegin()->first;
        if (key == "group") return set_property(image);
        Expected after = image;
        after.properties.erase(key);
        try {
            check(after, glance_.update_image(image.id, [&](Image& current) { current.properties.erase(key); }),
                  "remove property");
        } catch (openstack::Error const& error) {
            if (!is_undecided(error)) throw;
            ++tally_.reconciled;
            Image const found = glance_.get_image(image.id);
            if (!after.is(found)) return check(image, found, "remove property, undecided");
        }
        image = after;
    }

    void list() {
        auto expected = images_.rbegin();  // the newest first
        for (Image const& each : glance_.images(where<&Image::tags>.contains(tag_), page_size(7))) {
            if (expected == images_.rend()) return tally_.expect(false, "listed too much: " + *each.id);
            check(*expected++, each, "list");
        }
        tally_.expect(expected == images_.rend(), "listed too little");
    }
    void list_group() {
        std::string const group = std::to_string(below(3));
        std::vector<Image> const found =
            glance_.images(where<&Image::tags>.contains(tag_), page_size(3), openstack::property("group") == group)
                .all();
        auto next = found.begin();
        for (auto each = images_.rbegin(); each != images_.rend(); ++each) {
            if (each->properties["group"] != group) continue;
            if (next == found.end()) return tally_.expect(false, "the group's list is too short");
            check(*each, *next++, "list group");
        }
        tally_.expect(next == found.end(), "the group's list is too long");
    }

    void add_tag(Expected& image) {
        std::string const tag = "tag " + std::to_string(below(5));
        glance_.add_tag(image.id, tag);
        image.tags.insert(tag);
    }
    void remove_tag(Expected& image) {
        std::string const tag = "tag " + std::to_string(below(5));
        bool const was_there = image.tags.erase(tag) > 0;
        try {
            glance_.remove_tag(image.id, tag);
            if (!was_there) ++tally_.undecidable;
        } catch (openstack::ResourceNotFound const&) {
            tally_.expect(!was_there, "a tag was missing");
        }
    }

    void share(Expected& image) {
        std::string const project = "project-" + std::to_string(below(1000));
        if (!image.members.insert(project).second) return;
        image::Member const made = glance_.add_member(image.id, {.member_id = project});
        tally_.expect(made.member_id == project && made.image_id == image.id, "add member");
        ++tally_.shared;
    }
    void unshare(Expected& image) {
        if (image.members.empty()) return share(image);
        glance_.remove_member(*image.members.begin(), image.id);
        image.members.erase(image.members.begin());
        ++tally_.unshared;
    }
    void list_members(Expected& image) {
        std::set<std::string> found;
        for (image::Member const& each : glance_.members(image.id)) found.insert(*each.member_id);
        tally_.expect(found == image.members, "members");
    }

    void remove(bool must_be_there) {
        auto const at = images_.begin() + static_cast<std::ptrdiff_t>(below(images_.size()));
        must_be_there ? glance_.delete_image(at->id, must_exist) : glance_.delete_image(at->id);
        images_.erase(at);
        ++tally_.deleted;
    }
    void remove_missing() {
        glance_.delete_image(fresh("missing"));
        try {
            glance_.delete_image(fresh("missing"), must_exist);
            ++tally_.undecidable;
        } catch (openstack::ResourceNotFound const&) {
        }
    }
    /// Every page's marker is gone when the next one is asked for.
    void delete_while_listing() {
        for (Image const& each : glance_.images(where<&Image::tags>.contains(tag_), page_size(7))) {
            if (images_.empty()) return tally_.expect(false, "listed too much: " + *each.id);
            check(images_.back(), each, "list and delete");
            glance_.delete_image(each);
            images_.pop_back();
            ++tally_.deleted;
        }
        tally_.expect(images_.empty(), "listed too little");
    }

    image::Proxy glance_;
    Tally& tally_;
    std::mt19937_64 random_;
    std::string tag_;
    std::uint64_t made_ = 0;
    std::vector<Expected> images_;
};

/// The cloud in a process of its own, so that memory and descriptors of this one are the client's.
class CloudProcess {
  public:
    explicit CloudProcess(std::string const& seed) {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw std::runtime_error("no socket pair");
        process_ = ::fork();
        if (process_ == 0) {
            ::dup2(ends[1], STDIN_FILENO);
            ::execl("/proc/self/exe", "soak", "serve", seed.c_str(), nullptr);
            ::_exit(127);
        }
        ::close(ends[1]);
        socket_ = ends[0];
        char byte = 0;
        while (::read(socket_, &byte, 1) == 1 && byte != '\n') url_ += byte;
        if (process_ < 0 || url_.empty()) throw std::runtime_error("the cloud doesn't start");
    }
    CloudProcess(CloudProcess const&) = delete;
    CloudProcess& operator=(CloudProcess const&) = delete;
    ~CloudProcess() {
        ::close(socket_);
        ::waitpid(process_, nullptr, 0);
    }

    [[nodiscard]] std::string const& url() const noexcept { return url_; }

    /// Ends the cloud and gives its ledger.
    [[nodiscard]] std::map<std::string, std::uint64_t> end() {
        ::shutdown(socket_, SHUT_WR);
        std::string text;
        char piece[1024];
        for (ssize_t size = 0; (size = ::read(socket_, piece, sizeof piece)) > 0;)
            text.append(piece, static_cast<std::size_t>(size));
        std::map<std::string, std::uint64_t> ledger;
        for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
            std::size_t const blank = text.find(' ', at);
            ledger[text.substr(at, blank - at)] = std::stoull(text.substr(blank));
        }
        return ledger;
    }

  private:
    pid_t process_ = -1;
    int socket_ = -1;
    std::string url_;
};

/// The other process: says where it is, and its ledger when the client has no more to do.
int serve(std::uint64_t seed) {
    soak::Cloud cloud(seed);
    auto const say = [](std::string const& text) { return ::write(STDIN_FILENO, text.data(), text.size()) > 0; };
    std::thread([&] { cloud.serve(); }).detach();
    char byte = 0;
    bool const is_said = say(cloud.url() + '\n') && ::read(STDIN_FILENO, &byte, 1) == 0 && say(cloud.ledger());
    std::_Exit(is_said ? 0 : 1);  // with the threads as they are
}

std::ptrdiff_t descriptors() {
    return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {}) - 1;  // that of the folder itself
}

struct Usage {
    std::uint64_t memory = 0;
    std::ptrdiff_t descriptors = 0;
};

/// Runs the threads until so many requests are sent; gives what is in use after a tenth of them and after all.
std::pair<Usage, Usage> run(openstack::CloudConfig config, Tally& tally, std::uint64_t requests, std::uint64_t seed) {
    openstack::Connection const cloud = openstack::connect(std::move(config));
    std::vector<Usage> samples;
    samples.reserve(2);
    std::barrier together(thread_count, [&]() noexcept {
        samples.push_back({support::process_memory("VmRSS"), descriptors()});
    });
    std::vector<std::thread> threads;
    for (int i = 0; i < thread_count; ++i)
        threads.emplace_back([&, i] {
            Worker worker(cloud.image(), tally, seed * thread_count + static_cast<std::uint64_t>(i), i);
            for (std::uint64_t const end : {requests / 10, requests}) {
                while (tally.requests < end) worker.step();
                together.arrive_and_wait();
            }
            worker.verify();
        });
    for (std::thread& each : threads) each.join();
    return {samples.at(0), samples.at(1)};
}

int soak_cloud(std::uint64_t requests, std::uint64_t seed) {
    CloudProcess cloud(std::to_string(seed));
    Tally tally;
    openstack::CloudConfig config;
    config.authentication = std::make_shared<openstack::Keystone>(
        cloud.url() + "/identity",
        openstack::Password{.username = "soak", .user_domain_name = "Default", .password = "soak"},
        openstack::Scope{.project_name = "soak", .project_domain_name = "Default"});
    config.session.retries.first_delay = std::chrono::milliseconds{1};
    config.session.timeouts = {.stall = std::chrono::seconds{20}, .response = std::chrono::seconds{20}};
    config.session.observer = [&tally](openstack::Event const& event) {
        if (event.kind == openstack::EventKind::request) ++tally.requests;
        if (event.kind == openstack::EventKind::wait) ++tally.retries;
    };

    std::ptrdiff_t const descriptors_before = descriptors();
    auto const start = std::chrono::steady_clock::now();
    auto const [early, late] = run(std::move(config), tally, requests, seed);
    double const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::ptrdiff_t const descriptors_after = descriptors();
    auto ledger = cloud.end();

    std::uint64_t faults = 0;
    for (auto const& [name, count] : ledger)
        if (name.starts_with("fault_")) faults += count;
    double const growth = (static_cast<double>(late.memory) - static_cast<double>(early.memory)) / (1 << 20);
    std::uint64_t const tokens_expected = 1 + ledger["fault_expired_token"];
    std::uint64_t const tokens_given = ledger["token_requests"] - ledger["token_requests_failed"];

    std::cout << "operations " << tally.operations << ", requests " << ledger["requests"] << ", faults " << faults
              << ", retries " << tally.retries << ", seconds " << seconds << '\n';
    for (auto const& [name, count] : ledger)
        if (name.starts_with("fault_")) std::cout << "  " << name.substr(6) << ' ' << count << '\n';
    std::cout << "wrong results " << tally.wrong << '\n'
              << "creates " << tally.created << ", their effects " << ledger["images_made"] << '\n'
              << "deletes " << tally.deleted << ", their effects " << ledger["images_deleted"] << '\n'
              << "shares " << tally.shared << ", their effects " << ledger["members_made"] << '\n'
              << "unshares " << tally.unshared << ", their effects " << ledger["members_deleted"] << '\n'
              << "undecided, settled by a get " << tally.reconciled << '\n'
              << "removals of nothing that an earlier attempt may have removed " << tally.undecidable << '\n'
              << "tokens given " << tokens_given << ", expected " << tokens_expected << '\n'
              << "memory " << static_cast<double>(early.memory) / (1 << 20) << " MiB after a tenth, growth " << growth
              << " MiB\n"
              << "descriptors before " << descriptors_before << ", after a tenth " << early.descriptors
              << ", after all requests " << late.descriptors << ", in the end " << descriptors_after << '\n';

    // A thread has one connection, and libcurl a pair of sockets for it. What memory is held by glibc's caches for
    // threads, which take long to fill, the script has switched off.
    constexpr double most_growth = 1;  // MiB
    bool const is_right = tally.wrong == 0 && tally.created == ledger["images_made"] &&
                          tally.digest == ledger["images_digest"] && tally.deleted == ledger["images_deleted"] &&
                          tally.shared == ledger["members_made"] && tally.unshared == ledger["members_deleted"] &&
                          tally.reconciled + tally.undecidable <= faults && tokens_given == tokens_expected &&
                          growth < most_growth && descriptors_after == descriptors_before &&
                          late.descriptors <= descriptors_before + 3 * thread_count;
    if (!is_right) std::cerr << "something is wrong\n";
    return is_right ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc == 3 && argv[1] == std::string{"serve"}) return serve(std::stoull(argv[2]));
    return soak_cloud(argc > 1 ? std::stoull(argv[1]) : 100'000, argc > 2 ? std::stoull(argv[2]) : 1);
} catch (std::exception const& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
