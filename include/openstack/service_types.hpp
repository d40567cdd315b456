// SPDX-License-Identifier: Apache-2.0
// The names under which catalogs have one and the same service (OpenStack's Service Types Authority).
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace openstack::detail {

/// One service.
struct ServiceType {
    char const* names[5];  ///< its type today, then those that catalogs had or have beside it, the best first
};
/// All services that the Authority knows, and what catalogs call some of them beside that.
inline constexpr ServiceType service_types[] = {
    {{"image", "glance"}},
    {{"accelerator"}},
    {{"admin-logic"}},
    {{"alarm", "alarming"}},
    {{"application-catalog"}},
    {{"application-container", "container"}},
    {{"application-deployment", "application_deployment"}},
    {{"backup"}},
    {{"bare-metal", "baremetal"}},
    {{"bare-metal-introspection", "baremetal-introspection"}},
    {{"block-storage", "volumev3", "volumev2", "volume", "block-store"}},
    {{"clustering", "resource-cluster", "cluster"}},
    {{"compute"}},
    {{"container-infrastructure-management", "container-infra", "container-infrastructure"}},
    {{"data-processing"}},
    {{"data-protection-orchestration"}},
    {{"database"}},
    {{"dns"}},
    {{"ec2-api"}},
    {{"event", "events"}},
    {{"function-engine", "function_engine"}},
    {{"identity"}},
    {{"instance-ha", "ha"}},
    {{"key-manager"}},
    {{"load-balancer"}},
    {{"message", "messaging"}},
    {{"meter", "metering", "telemetry"}},
    {{"monitoring"}},
    {{"monitoring-events"}},
    {{"monitoring-logging", "monitoring-log-api"}},
    {{"multi-region-network-automation", "tricircle"}},
    {{"network"}},
    {{"nfv-orchestration"}},
    {{"object-store", "object-storage"}},
    {{"operator-policy", "policy"}},
    {{"orchestration"}},
    {{"placement"}},
    {{"rating"}},
    {{"reservation"}},
    {{"resource-optimization", "infra-optim"}},
    {{"root-cause-analysis", "rca"}},
    {{"search"}},
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

/// Whether some service has that type or other name, written as in the keys of configurations: with `_` for `-`.
template<class Name = std::string_view>
[[nodiscard]] bool is_service(Name key) {
    for (ServiceType const& each : service_types)
        for (char const* const each_name : each.names) {
            Name const name = each_name == nullptr ? Name{} : Name{each_name};
            bool is_it = !name.empty() && name.size() == key.size();
            for (std::size_t i = 0; is_it && i < key.size(); ++i)
                is_it = name[i] == key[i] || (name[i] == '-' && key[i] == '_');
            if (is_it) return true;
        }
    return false;
}

}  // namespace openstack::detail
