// SPDX-License-Identifier: Apache-2.0
// An observer that writes what `curl -v` would.
#pragma once

#include <string>

#include <openstack/observer.hpp>
#include <openstack/one_line.hpp>

namespace openstack {

/// An observer that writes each event to a std::ostream: requests after `>`, answers after `<`, all else after `*`.
/// Bodies aren't written, nor are headers that could hold a secret. The stream outlives the session; each event is one
/// call of its `write`, which is safe for std::cerr and std::clog, from several threads, too.
///
/// `config.session.observer = openstack::log_to(std::clog);`
template<class Stream>
[[nodiscard]] Observer log_to(Stream& output) {
    return [&output](Event const& event) {
        std::string text;
        char const* const mark = event.kind == EventKind::request  ? "> "
                                 : event.kind == EventKind::answer ? "< "
                                                                   : "* ";
        auto const line = [&](std::string const& words) {
            text.append(mark).append(detail::one_line(words, std::size_t{4} << 10)) += '\n';
        };
        std::string const attempt = event.attempt > 1 ? " (attempt " + std::to_string(event.attempt) + ')' : "";
        std::string const request = event.method + ' ' + event.url + attempt;
        std::string const elapsed = " after " + std::to_string(event.elapsed.count()) + " ms";
        switch (event.kind) {
            case EventKind::request:
                line(request);
                break;
            case EventKind::answer:
                line(std::to_string(event.status) + elapsed + ": " + request);
                break;
            case EventKind::failure:
                line("failed" + elapsed + ": " + event.text + attempt);
                break;
            case EventKind::wait:
            case EventKind::warning:
                line(event.text);
                break;
        }
        for (auto const& each : event.headers.lines()) line(each.name + ": " + each.value);
        output.write(text.data(), static_cast<std::streamsize>(text.size()));
    };
}

}  // namespace openstack
