// SPDX-License-Identifier: Apache-2.0
// What a session is told beside its credentials: where the services are, how often to try, how much at once.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <openstack/clock.hpp>
#include <openstack/http.hpp>
#include <openstack/observer.hpp>
#include <openstack/stop_token.hpp>
#include <openstack/version.hpp>

namespace openstack {

/// When a request that failed is sent again. One that isn't safe to repeat is sent again only if it surely had no
/// effect: if it never left, or the service refused it for the moment.
struct RetryOptions {
    unsigned connect_retries = 3;      ///< after failures of the connection
    unsigned status_code_retries = 3;  ///< after answers with one of these:
    std::vector<int> retriable_status_codes{408, 429, 500, 502, 503, 504};
    /// The wait before the first retry, doubled with each further one; of each a random half at most is left out.
    std::chrono::milliseconds first_delay{500};
    std::chrono::milliseconds max_delay{30'000};          ///< the longest of these waits
    std::chrono::milliseconds max_retry_after{60'000};    ///< a service that asks for a longer wait isn't waited for
    std::chrono::milliseconds connect_retry_delay{};      ///< a fixed wait after failures; 0: as above
    std::chrono::milliseconds status_code_retry_delay{};  ///< a fixed wait after answers; 0: as above
};

/// For sessions that shall try everything once.
inline RetryOptions const no_retries{.connect_retries = 0, .status_code_retries = 0};

/// What is special about one service. Empty means: as the session's options say.
struct ServiceOptions {
    std::string endpoint{};                 ///< instead of the catalog's; `%(project_id)s` in it is replaced
    std::string type{};                     ///< what this cloud's catalog calls the service
    std::string name{};                     ///< of several services of that type, the one with this name
    std::string region{};                   ///< of the catalog's endpoints
    std::vector<std::string> interfaces{};  ///< of the catalog's endpoints, the best first
    std::string microversion{};             ///< sent as OpenStack-API-Version with each request
    std::optional<RetryOptions> retries{};
    double rate_limit = 0;     ///< requests a second at most, each attempt being one; 0: as the session's options say
    unsigned concurrency = 0;  ///< requests at a time at most; 0: as the session's options say
};

/// What a session is told beside its credentials.
struct SessionOptions {
    std::string region{};                   ///< of the catalog's endpoints; empty: the first that fits
    std::vector<std::string> interfaces{};  ///< of the catalog's endpoints, the best first; empty: "public"
    std::string endpoint{};                 ///< of every service, without a look into the catalog
    /// By the service's type, such as "image", or another name of it.
    std::map<std::string, ServiceOptions, std::less<>> services{};
    Timeouts timeouts{};  ///< of each attempt
    /// Of a whole call: all attempts, the waits between them and a renewal of the token. Image data has none.
    std::chrono::milliseconds deadline{300'000};
    RetryOptions retries{};
    double rate_limit = 0;  ///< requests a second to each service, each attempt being one; 0: without limit
    /// Requests at a time to each service; 0: without limit. A request whose consumer or source sends another one stays
    /// among them, so with 1 that one would wait for it until the deadline. A pulled answer counts until its head.
    unsigned concurrency = 0;
    /// What every request says it comes from.
    std::string user_agent = "openstack-cpp/" + std::to_string(OPENSTACK_VERSION_MAJOR) + '.' +
                             std::to_string(OPENSTACK_VERSION_MINOR) + '.' + std::to_string(OPENSTACK_VERSION_PATCH);
    /// Sent as X-Openstack-Request-Id with every request, so that the logs of all services show what belongs together:
    /// `req-` and a UUID.
    std::string global_request_id{};
    Observer observer{};             ///< is told of each attempt: `log_to(std::clog)`, or a function of your own
    std::shared_ptr<Clock> clock{};  ///< null: the real one
};

/// What is special about some of a session's calls. It holds for each request, also the deadline: a listing's pages are
/// one each, and so are the steps of an upload.
struct CallOptions {
    std::optional<Timeouts> timeouts{};    ///< instead of the session's
    std::chrono::milliseconds deadline{};  ///< instead of the session's, also of image data; 0: the session's
    StopToken stop{};                      ///< ends the calls early, which then throw Cancelled
    std::string global_request_id{};       ///< instead of the session's
};

}  // namespace openstack
