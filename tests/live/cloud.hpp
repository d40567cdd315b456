// SPDX-License-Identifier: Apache-2.0
// The running services as the live tests meet them: their users, what is sent, and images that go with their test.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <mutex>
#include <openstack/openstack.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace live {

namespace image = openstack::image::v2;

/// A variable that tests/services/start has made.
[[nodiscard]] inline std::string variable(char const* name) {
    char const* const value = std::getenv(name);
    if (value == nullptr || *value == '\0')
        throw std::runtime_error(std::string{"the services are missing: "} + name +
                                 " isn't set; tests/run starts them");
    return value;
}

/// One request as it left the library. `target` has no host.
struct Sent {
    std::string method{};
    std::string target{};
    std::string body{};
    openstack::Headers headers{};
    bool has_source = false;

    [[nodiscard]] std::string line() const { return method + ' ' + target; }
};

/// libcurl's transport, and a list of what it was given.
class Recorder final : public openstack::Transport {
  public:
    [[nodiscard]] openstack::Response send(openstack::Request const& request) override {
        record(request);
        return transport_.send(request);
    }
    [[nodiscard]] std::unique_ptr<openstack::ResponseStream> open(openstack::Request const& request) override {
        record(request);
        return transport_.open(request);
    }

    /// The requests since the last call.
    [[nodiscard]] std::vector<Sent> take() {
        std::lock_guard const lock{mutex_};
        return std::exchange(sent_, {});
    }

  private:
    void record(openstack::Request const& request) {
        std::lock_guard const lock{mutex_};
        std::string_view target = request.url;
        target.remove_prefix((std::min)(target.find('/', target.find("//") + 2), target.size()));
        sent_.push_back(
            {request.method, std::string{target}, request.body, request.headers, request.source != nullptr});
    }

    openstack::CurlTransport transport_{};
    std::mutex mutex_{};
    std::vector<Sent> sent_{};
};

/// One of the services' users, by password.
[[nodiscard]] inline openstack::Password password(std::string const& user) {
    return {.username = user, .user_domain_name = "Default", .password = user + "-secret"};
}
/// The same, for the project of that name.
[[nodiscard]] inline std::shared_ptr<openstack::Keystone> keystone(std::string const& user,
                                                                   std::string const& project) {
    return std::make_shared<openstack::Keystone>(
        variable("OS_AUTH_URL"), password(user),
        openstack::Scope{.project_name = project, .project_domain_name = "Default"});
}

/// The cloud as one user sees it.
class Cloud {
  public:
    explicit Cloud(std::shared_ptr<openstack::Authentication> authentication, openstack::SessionOptions options = {})
        : session_(recorder_, std::move(authentication), std::move(options)) {}
    explicit Cloud(std::string const& user, std::string const& project) : Cloud(keystone(user, project)) {
        session_.authorize();
        static_cast<void>(sent());
    }

    [[nodiscard]] openstack::Session const& session() const noexcept { return session_; }
    [[nodiscard]] image::Proxy const& glance() const noexcept { return glance_; }
    [[nodiscard]] std::string project_id() const { return session_.project_id(); }
    /// The requests since the last call.
    [[nodiscard]] std::vector<Sent> sent() const { return recorder_->take(); }

  private:
    std::shared_ptr<Recorder> recorder_ = std::make_shared<Recorder>();
    openstack::Session session_;
    image::Proxy glance_{session_};
};

[[nodiscard]] inline Cloud const& demo() {
    static Cloud const cloud{"demo", "demo"};
    return cloud;
}
/// A user of another project.
[[nodiscard]] inline Cloud const& alt() {
    static Cloud const cloud{"alt", "alt"};
    return cloud;
}
/// An administrator.
[[nodiscard]] inline Cloud const& admin() {
    static Cloud const cloud{"admin", "admin"};
    return cloud;
}
/// A user who may look at demo's images and no more.
[[nodiscard]] inline Cloud const& reader() {
    static Cloud const cloud{"reader", "demo"};
    return cloud;
}

/// `text` with an end that no other test, and no other run, uses.
[[nodiscard]] inline std::string unique(std::string const& text = "live") {
    static std::string const run = std::to_string(std::random_device{}());
    static std::size_t count = 0;
    return text + '-' + run + '-' + std::to_string(++count);
}

/// An image that its test has for itself. The destructor deletes it, whatever has become of it.
class TemporaryImage {
  public:
    /// A record without data.
    explicit TemporaryImage(image::Image const& fields = {}, Cloud const& owner = demo())
        : owner_(owner), record_(openstack::Proxy<image::Image>{owner.session()}.create(fields)) {}
    /// An image with data, raw and bare unless `fields` say otherwise.
    explicit TemporaryImage(std::string_view data, image::Image fields = {}, Cloud const& owner = demo())
        : owner_(owner), record_(upload(data, std::move(fields), owner)) {}
    /// An image that someone has made by other means.
    [[nodiscard]] static TemporaryImage adopt(image::Image record, Cloud const& owner = demo()) {
        return {std::move(record), owner, Adopt{}};
    }
    TemporaryImage(TemporaryImage const&) = delete;
    TemporaryImage& operator=(TemporaryImage const&) = delete;
    ~TemporaryImage() {
        try {
            try {
                owner_.glance().delete_image(id());
            } catch (openstack::Forbidden const&) {
                admin().glance().update_image(id(), {.is_protected = false});
                admin().glance().delete_image(id());
            }
        } catch (std::exception const& error) {
            std::cerr << "image " << id() << " stays: " << error.what() << '\n';
        }
    }

    [[nodiscard]] std::string const& id() const { return *record_.id; }
    /// As it was when it was made.
    [[nodiscard]] image::Image const& record() const noexcept { return record_; }
    /// As the service has it now.
    [[nodiscard]] image::Image now() const { return owner_.glance().get_image(id()); }

  private:
    struct Adopt {};
    TemporaryImage(image::Image record, Cloud const& owner, Adopt) : owner_(owner), record_(std::move(record)) {}

    static image::Image upload(std::string_view data, image::Image fields, Cloud const& owner) {
        if (fields.disk_format.is_unset()) fields.disk_format = image::DiskFormat::raw;
        if (fields.container_format.is_unset()) fields.container_format = image::ContainerFormat::bare;
        return owner.glance().upload_image(fields, openstack::from_memory(data), {.allow_empty = true});
    }

    Cloud const& owner_;
    image::Image record_;
};

/// The exception of that type that `action` throws.
template<class Exception, class Action>
[[nodiscard]] Exception caught(Action action) {
    try {
        action();
    } catch (Exception const& exception) {
        return exception;
    }
    throw std::logic_error("nothing was thrown");
}

/// What every refusal of Glance must tell: which request, in Glance's own log too, and why, for people to read.
inline void check_is_told(openstack::HttpError const& refusal) {
    INFO(refusal.what());
    CHECK(refusal.request_id().starts_with("req-"));
    CHECK(std::string_view{refusal.what()}.find(refusal.request_id()) != std::string_view::npos);
    CHECK(std::string_view{refusal.what()}.find(refusal.url()) != std::string_view::npos);
    CHECK_FALSE(refusal.server_text().empty());
    CHECK(refusal.server_text().find_first_of("<>\n") == std::string::npos);
    CHECK(refusal.server_text().find("&#") == std::string::npos);
}

/// The ids of what is listed, in its order.
template<class Listing>
[[nodiscard]] std::vector<std::string> ids(Listing&& listing) {
    std::vector<std::string> found;
    for (auto const& each : listing) found.push_back(openstack::identity(each));
    return found;
}

}  // namespace live
