// SPDX-License-Identifier: Apache-2.0
// The function of the system that looks up host names, replaced by one that knows those of tests, too.
#include "host_name.hpp"

#include <dlfcn.h>
#include <netdb.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace support {
namespace {

struct Known {
    std::vector<std::string> addresses{};
    unsigned failures = 0;  // to come
    unsigned asked = 0;
    bool is_held = false;
};

std::mutex mutex;
std::map<std::string, Known, std::less<>> names;
std::condition_variable changed;
constexpr std::chrono::seconds longest_hold{3};

using Lookup = int(char const*, char const*, addrinfo const*, addrinfo**);

int look_up(Known& known, Lookup& system, char const* service, addrinfo const* hints, addrinfo** found) {
    ++known.asked;
    if (known.failures > 0) {
        --known.failures;
        return EAI_AGAIN;
    }
    addrinfo** end = found;
    *end = nullptr;
    for (std::string const& each : known.addresses) {
        int const family = each.find(':') == each.npos ? AF_INET : AF_INET6;
        if (hints != nullptr && hints->ai_family != AF_UNSPEC && hints->ai_family != family) continue;
        if (system(each.c_str(), service, hints, end) != 0) continue;
        while (*end != nullptr) end = &(*end)->ai_next;
    }
    return *found == nullptr ? EAI_NONAME : 0;
}

}  // namespace

HostName::HostName(std::string name, std::vector<std::string> addresses) : name_(std::move(name)) {
    std::lock_guard const lock{mutex};
    names[name_].addresses = std::move(addresses);
}

HostName::~HostName() {
    std::lock_guard const lock{mutex};
    names.erase(name_);
    changed.notify_all();
}

void HostName::fail(unsigned times) {
    std::lock_guard const lock{mutex};
    names.at(name_).failures = times;
}

void HostName::hold() {
    std::lock_guard const lock{mutex};
    names.at(name_).is_held = true;
}

unsigned HostName::asked() const {
    std::lock_guard const lock{mutex};
    return names.at(name_).asked;
}

}  // namespace support

// libcurl finds this one, as it finds whatever the program itself has.
extern "C" int getaddrinfo(char const* name, char const* service, addrinfo const* hints, addrinfo** found) {
    static auto* const system = reinterpret_cast<support::Lookup*>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    {
        std::unique_lock lock{support::mutex};
        std::string const wanted{name == nullptr ? "" : name};
        auto const known = support::names.find(wanted);
        if (known != support::names.end() && known->second.is_held) {
            ++known->second.asked;
            support::changed.wait_for(lock, support::longest_hold, [&] { return !support::names.contains(wanted); });
            return EAI_AGAIN;
        }
        if (known != support::names.end()) return support::look_up(known->second, *system, service, hints, found);
    }
    return system(name, service, hints, found);
}
