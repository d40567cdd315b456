// SPDX-License-Identifier: Apache-2.0
// clouds.json: any cloud's settings are taken or refused in one line, which repeats no secret.
#include <openstack/cloud_settings.hpp>

#include <string>
#include <utility>

#include "fuzz.hpp"

using namespace openstack;
using detail::Setting;
using fuzz::demand;

namespace {

constexpr std::string_view secret = "canary7f3a";

bool holds(std::string_view text) { return text.find(secret) != text.npos; }

bool has_secret(Setting const& setting) {
    if (holds(setting.text) || holds(setting.key)) return true;
    for (Setting const& each : setting.items)
        if (has_secret(each)) return true;
    return false;
}

/// Whether the secret stands where none is expected: not in `auth`, or there as a key of something.
bool may_be_told(Setting const& cloud) {
    for (Setting const& each : cloud.items) {
        bool const is_auth = detail::normal_key(each.key) == "auth";
        if (!is_auth && has_secret(each)) return true;
        if (!is_auth) continue;
        for (Setting const& below : each.items)
            if (holds(below.key) && !below.is_null()) return true;
    }
    return false;
}

void check_same_again(Setting const& one, Setting const& other) {
    demand(one.kind == other.kind && one.key == other.key && one.text == other.text && one.path == other.path);
    demand(one.items.size() == other.items.size());
    for (std::size_t i = 0; i < one.items.size(); ++i) check_same_again(one.items[i], other.items[i]);
}

void check_config(CloudConfig const& config) {
    demand(config.authentication != nullptr);
    demand(config.session.rate_limit >= 0 && !holds(config.session.region));
    demand(config.session.timeouts.response.count() > 0);
    for (auto const& [service, special] : config.session.services) {
        demand(special.rate_limit >= 0 && !holds(special.region) && !holds(special.endpoint));
        demand(special.endpoint.empty() || endpoint_problem(special.endpoint).empty());
    }
}

void check_cloud(Setting cloud) {
    if (!cloud.is_map() || may_be_told(cloud)) return;
    if (Setting* const token = cloud.find("token")) token->text = secret;
    try {
        cloud.normalize();
        Setting again = cloud;
        again.merge(cloud);
        check_same_again(again, cloud);
        check_config(detail::CloudSettings<Setting>{std::move(cloud)}.read());
    } catch (ConfigError const& error) {
        demand(fuzz::is_line(error.what()) && !holds(error.what()));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string text;
    for (char const c : fuzz::text_of(data, size)) c == '$' ? text += secret : text += c;
    fuzz::succeeds<ConfigError>([&] { check_cloud(detail::settings_from_json<Setting>(text, "clouds.json")); });
    return 0;
}
