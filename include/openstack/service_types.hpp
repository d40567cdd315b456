// SPDX-License-Identifier: Apache-2.0
// The names under which catalogs have one and the same service (OpenStack's Service Types Authority).
#pragma once

#include <string_view>
#include <vector>

namespace openstack::detail {

/// One service: its type today, then those that catalogs had or have beside it, the best first.
struct ServiceType {
    char const* names[5];
};
inline constexpr ServiceType service_types[] = {
    {{"image", "glance"}},
    {{"alarm", "alarming"}},
    {{"application-container", "container"}},
    {{"application-deployment", "application_deployment"}},
    {{"bare-metal", "baremetal"}},
    {{"bare-metal-introspection", "baremetal-introspection"}},
    {{"block-storage", "volumev3", "volumev2", "volume", "block-store"}},
    {{"clustering", "resource-cluster", "cluster"}},
    {{"container-infrastructure-management", "container-infra", "container-infrastructure"}},
    {{"event", "events"}},
    {{"function-engine", "function_engine"}},
    {{"instance-ha", "ha"}},
    {{"message", "messaging"}},
    {{"meter", "metering", "telemetry"}},
    {{"object-store", "object-storage"}},
    {{"resource-optimization", "infra-optim"}},
    {{"root-cause-analysis", "rca"}},
    {{"shared-file-system", "sharev2", "share"}},
    {{"workflow", "workflowv2"}},
};

/// The types under which to look for a service: the one that was asked for, then its others.
template<class Name = std::string_view>
[[nodiscard]] std::vector<Name> names_of_service(Name type) {
    std::vector<Name> names{type};
    for (ServiceType const& each : service_types) {
        bool is_it = false;
        for (char const* const name : each.names) is_it |= name != nullptr && name == type;
        if (!is_it) continue;
        for (char const* const name : each.names)
            if (name != nullptr && name != type) names.push_back(name);
    }
    return names;
}

}  // namespace openstack::detail
