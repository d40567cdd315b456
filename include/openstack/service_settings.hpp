// SPDX-License-Identifier: Apache-2.0
// ServiceSettings: what a cloud's configuration says of its services, of all and of single ones, as SessionOptions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/cloud_keys.hpp>
#include <openstack/endpoint.hpp>
#include <openstack/error.hpp>
#include <openstack/session_options.hpp>
#include <openstack/setting_values.hpp>
#include <openstack/settings.hpp>

namespace openstack::detail {

/// Reads a cloud's map. Throws ConfigError.
template<class Setting, class Config>
class ServiceSettings {
  public:
    /// SessionOptions.
    using Options = decltype(Config::session);

    /// Both must outlive this.
    ServiceSettings(Setting const& cloud, Options& options) : cloud_(cloud), options_(options) {}

    /// Fills in the options. What is about all services is read before what is about one, which begins with it.
    void read() {
        for (std::string_view const key : {"region_name", "interface", "endpoint_type", "timeout", "api_timeout"})
            if (Setting const* const found = cloud_.given(key)) read_general(key, *found);
        for (std::string_view const key : {"connect_retries", "connect_retry_delay", "status_code_retries",
                                           "status_code_retry_delay", "retriable_status_codes"})
            if (Setting const* const found = cloud_.given(key)) read_retry(options_.retries, key, *found);
        for (Setting const& each : cloud_.items) {
            std::string_view const key = find_key(each.key) == nullptr ? service_key(each.key) : std::string_view{};
            if (!key.empty() && cloud_.given(each.key) != nullptr)
                read_one(std::string_view{each.key}.substr(0, each.key.size() - key.size() - 1), key, each);
        }
        // After those that count more.
        if (Setting const* const found = cloud_.given("rate_limit"))
            read_limits(*found, options_.rate_limit, &Special::rate_limit);
        if (Setting const* const found = cloud_.given("concurrency"))
            read_limits(*found, options_.concurrency, &Special::concurrency);
    }

  private:
    using Special = typename decltype(Options::services)::mapped_type;

    /// The service by its type: `-` is `_` in keys.
    Special& special(std::string_view service) {
        std::string type{service};
        for (char& c : type)
            if (c == '_') c = '-';
        return options_.services[type];
    }

    void read_general(std::string_view key, Setting const& setting) {
        if (key == "region_name") {
            options_.region = text_of(setting);
        } else if (key.ends_with("timeout")) {
            Milliseconds const time = time_of(setting);
            if (time.count() == 0) throw_no(setting, "a number of seconds above 0");
            options_.timeouts.response = options_.timeouts.stall = time;
        } else {
            options_.interfaces = interfaces(setting);
        }
    }

    void read_one(std::string_view service, std::string_view key, Setting const& setting) {
        std::string const other = std::string{service};
        if (key == "timeout") return read_general(key, setting);
        if (key == "disabled_reason") return;
        if (key == "api_version") return read_version(service, setting);
        Special& options = special(service);
        if (key == "endpoint_override" || key == "endpoint") {
            if (key == "endpoint" && cloud_.given(other + "_endpoint_override") != nullptr) return;
            check_endpoint(setting.place(), text_of(setting));
            options.endpoint = setting.text;
        } else if (key == "interface" || key == "endpoint_type") {
            if (key == "endpoint_type" || cloud_.given(other + "_endpoint_type") == nullptr)
                options.interfaces = interfaces(setting);
        } else if (key == "service_type") {
            options.type = text_of(setting);
        } else if (key == "service_name") {
            options.name = text_of(setting);
        } else if (key == "region_name") {
            options.region = text_of(setting);
        } else if (key == "default_microversion") {
            if (!options.microversion.empty() && options.microversion != text_of(setting))
                throw ConfigError(setting.place() + " and " + other + "_api_version name different microversions");
            options.microversion = text_of(setting);
        } else if (key == "rate_limit") {
            options.rate_limit = own_limit(number_of<double>(setting, "a number of requests a second"));
        } else if (key == "concurrency") {
            options.concurrency = own_limit(count_of(setting));
        } else {
            if (!options.retries) options.retries = options_.retries;
            read_retry(*options.retries, key, setting);
        }
    }

    /// Of the services that are known here, only one version will do. A version with a dot is a microversion elsewhere,
    /// unless it is such as 2.0.
    void read_version(std::string_view service, Setting const& setting) {
        std::string_view version = text_of(setting);
        if (version.starts_with('v')) version.remove_prefix(1);
        std::string_view const major = version.substr(0, version.find('.'));
        if (service == "identity" && major != "3")
            throw_no(setting, "3: only version 3 of Keystone's API is supported");
        if (service == "image" && major != "2") throw_no(setting, "2: only version 2 of Glance's API is supported");
        if (service == "identity" || service == "image" || major.size() == version.size()) return;
        bool const is_number = version.find_first_not_of("0123456789.") == version.npos;
        if (!is_number || version.substr(major.size()) == ".0") return;
        Special& options = special(service);
        if (!options.microversion.empty() && options.microversion != version)
            throw ConfigError(setting.place() + " and " + std::string{service} +
                              "_default_microversion name different microversions");
        options.microversion = version;
    }

    template<class Retries>
    static void read_retry(Retries& retries, std::string_view key, Setting const& setting) {
        if (key == "connect_retries") {
            retries.connect_retries = count_of(setting);
        } else if (key == "status_code_retries") {
            retries.status_code_retries = count_of(setting);
        } else if (key == "connect_retry_delay") {
            retries.connect_retry_delay = time_of(setting);
        } else if (key == "status_code_retry_delay") {
            retries.status_code_retry_delay = time_of(setting);
        } else {
            retries.retriable_status_codes.clear();
            for (Setting const& each : list_of(setting)) {
                int const status = number_of<int>(each, "an HTTP status");
                if (status < 400 || status > 599) throw_no(each, "an HTTP status from 400 to 599");
                retries.retriable_status_codes.push_back(status);
            }
        }
    }

    /// One number for each service, or a map of them by service.
    template<class Number, class Member>
    void read_limits(Setting const& setting, Number& general, Member member) {
        auto const number = [](Setting const& each) {
            return number_of<Number>(each, "a number of requests, or a map of such numbers by service");
        };
        if (!setting.is_map()) {
            general = number(setting);
            return;
        }
        for (Setting const& each : setting.items)
            if (auto& limit = special(each.key).*member; !(limit > Number{})) limit = own_limit(number(each));
    }

    /// A service's own 0 means no limit even where there is one for all: so many requests that none ever waits.
    template<class Number>
    static Number own_limit(Number number) {
        constexpr Number unreached = 0xffff'ffff;
        return number > Number{} ? number : unreached;
    }

    /// In keystoneauth's spelling, `publicURL` is the same as `public`.
    static std::vector<std::string> interfaces(Setting const& setting) {
        std::vector<std::string> found;
        for (Setting const& each : list_of(setting)) {
            std::string name = text_of(each);
            if (name.size() > 3 && normal_key(name).ends_with("url")) name.resize(name.size() - 3);
            found.push_back(std::move(name));
        }
        if (found.empty()) throw_no(setting, "a list of interfaces");
        return found;
    }

    Setting const& cloud_;
    Options& options_;
};

}  // namespace openstack::detail
