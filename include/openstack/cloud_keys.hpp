// SPDX-License-Identifier: Apache-2.0
// The keys that a cloud's configuration may have, and what becomes of each.
#pragma once

#include <string_view>

namespace openstack::detail {

/// What becomes of a key.
enum class KeyUse {
    identity,  ///< who one is, in `auth` or beside it; the note of another name is the name
    read,      ///< counts
    idle,      ///< has no effect here, for the reason that the note gives: no request goes elsewhere without it
    refused    ///< for the reason that the note gives
};

/// One key.
struct CloudKey {
    std::string_view name;       ///< a normal one
    KeyUse use;                  ///< what becomes of it
    std::string_view note = {};  ///< why, for idle and refused ones; of another name of an identity's key, that key
};

/// Why a key is refused that is missing its service.
inline constexpr std::string_view of_one_service = "belongs to one service: write image_endpoint_override, for example";
/// Why keys are idle that choose among a server's networks.
inline constexpr std::string_view of_networks = "it is about networks of servers";
/// Why keys are idle that are about caches and statistics.
inline constexpr std::string_view of_measurements = "openstacksdk caches and measures by it";
/// Why keys are idle that are about what a terminal shows.
inline constexpr std::string_view of_command_line = "the command line shows more or less by it";
/// Why keys are refused that lead to a project of another cloud.
inline constexpr std::string_view of_another_keystone = "means a second Keystone, which isn't supported";

/// As openstacksdk, keystoneauth and the openstack command know them; `-` is `_` and capitals don't matter.
inline constexpr CloudKey cloud_keys[] = {
    {"auth_url", KeyUse::identity},
    {"username", KeyUse::identity},
    {"user_name", KeyUse::identity, "username"},
    {"user_id", KeyUse::identity},
    {"userid", KeyUse::identity, "user_id"},
    {"user_domain_id", KeyUse::identity},
    {"user_domain_name", KeyUse::identity},
    {"password", KeyUse::identity},
    {"passcode", KeyUse::identity},
    {"token", KeyUse::identity},
    {"auth_token", KeyUse::identity, "token"},
    {"application_credential_id", KeyUse::identity},
    {"application_credential_name", KeyUse::identity},
    {"application_credential_secret", KeyUse::identity},
    {"auth_methods", KeyUse::identity},
    {"project_id", KeyUse::identity},
    {"tenant_id", KeyUse::identity, "project_id"},
    {"project_name", KeyUse::identity},
    {"tenant_name", KeyUse::identity, "project_name"},
    {"project_domain_id", KeyUse::identity},
    {"project_domain_name", KeyUse::identity},
    {"domain_id", KeyUse::identity},
    {"domain_name", KeyUse::identity},
    {"default_domain_id", KeyUse::identity},
    {"default_domain", KeyUse::identity, "default_domain_id"},
    {"default_domain_name", KeyUse::identity},
    {"trust_id", KeyUse::identity},
    {"system_scope", KeyUse::identity},
    {"endpoint", KeyUse::identity},
    {"url", KeyUse::identity, "endpoint"},

    {"auth", KeyUse::read},
    {"auth_type", KeyUse::read},
    {"auth_plugin", KeyUse::read},
    {"profile", KeyUse::read},
    {"cloud", KeyUse::read},
    {"region_name", KeyUse::read},
    {"regions", KeyUse::read},
    {"interface", KeyUse::read},
    {"endpoint_type", KeyUse::read},
    {"api_timeout", KeyUse::read},
    {"timeout", KeyUse::read},
    {"verify", KeyUse::read},
    {"insecure", KeyUse::read},
    {"cacert", KeyUse::read},
    {"cert", KeyUse::read},
    {"key", KeyUse::read},
    {"force_ipv4", KeyUse::read},
    {"prefer_ipv6", KeyUse::read},
    {"connect_retries", KeyUse::read},
    {"connect_retry_delay", KeyUse::read},
    {"status_code_retries", KeyUse::read},
    {"status_code_retry_delay", KeyUse::read},
    {"retriable_status_codes", KeyUse::read},
    {"rate_limit", KeyUse::read},
    {"concurrency", KeyUse::read},
    {"image_api_use_tasks", KeyUse::read},

    {"image_format", KeyUse::idle, "an image says its format itself"},
    {"disable_vendor_agent", KeyUse::idle, "an image says its properties itself"},
    {"floating_ip_source", KeyUse::idle, of_networks},
    {"secgroup_source", KeyUse::idle, of_networks},
    {"networks", KeyUse::idle, of_networks},
    {"external_network", KeyUse::idle, of_networks},
    {"internal_network", KeyUse::idle, of_networks},
    {"use_external_network", KeyUse::idle, of_networks},
    {"use_internal_network", KeyUse::idle, of_networks},
    {"requires_floating_ip", KeyUse::idle, of_networks},
    {"private", KeyUse::idle, of_networks},
    {"cache", KeyUse::idle, of_measurements},
    {"metrics", KeyUse::idle, of_measurements},
    {"statsd", KeyUse::idle, of_measurements},
    {"influxdb", KeyUse::idle, of_measurements},
    {"additional_metric_tags", KeyUse::idle, of_measurements},
    {"timing", KeyUse::idle, of_measurements},
    {"nodepool", KeyUse::idle, "it is another program's"},
    {"message", KeyUse::idle, "a vendor's word about its profile"},
    {"status", KeyUse::idle, "a vendor's word about its profile"},
    {"verbose_level", KeyUse::idle, of_command_line},
    {"debug", KeyUse::idle, of_command_line},
    {"deferred_help", KeyUse::idle, of_command_line},
    {"log_file", KeyUse::idle, of_command_line},
    {"log_level", KeyUse::idle, of_command_line},

    {"endpoint_override", KeyUse::refused, of_one_service},
    {"api_version", KeyUse::refused, of_one_service},
    {"service_type", KeyUse::refused, of_one_service},
    {"service_name", KeyUse::refused, of_one_service},
    {"default_microversion", KeyUse::refused, of_one_service},
    {"vendor_hook", KeyUse::refused, "names code in Python, which can't be run here"},
    {"service_provider", KeyUse::refused, of_another_keystone},
    {"remote_project_id", KeyUse::refused, of_another_keystone},
    {"remote_project_name", KeyUse::refused, of_another_keystone},
    {"remote_project_domain_id", KeyUse::refused, of_another_keystone},
    {"remote_project_domain_name", KeyUse::refused, of_another_keystone},
};

/// What may stand behind a service's type: image_endpoint_override. All of these count but `disabled_reason`.
inline constexpr std::string_view service_keys[] = {
    "endpoint_override",
    "endpoint",
    "api_version",
    "service_type",
    "service_name",
    "region_name",
    "interface",
    "endpoint_type",
    "connect_retries",
    "connect_retry_delay",
    "status_code_retries",
    "rate_limit",
    "retriable_status_codes",
    "status_code_retry_delay",
    "default_microversion",
    "concurrency",
    "timeout",
    "disabled_reason",
};

/// The key of that name; null if there is none.
[[nodiscard]] constexpr CloudKey const* find_key(std::string_view name) {
    for (CloudKey const& each : cloud_keys)
        if (each.name == name) return &each;
    return nullptr;
}

/// Which of service_keys the key ends in, behind a service's type; empty if none.
[[nodiscard]] constexpr std::string_view service_key(std::string_view key) {
    for (std::string_view const each : service_keys)
        if (key.size() > each.size() + 1 && key.ends_with(each) && key[key.size() - each.size() - 1] == '_')
            return each;
    return {};
}

}  // namespace openstack::detail
