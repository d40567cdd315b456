// SPDX-License-Identifier: Apache-2.0
// Code in a process of its own, which may be another user's, have a small disk, or be killed.
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <exception>
#include <filesystem>
#include <string>
#include <system_error>

#include "temporary_directory.hpp"

namespace support {

/// Runs `action` in a child process, which ends without anything of its parent's being destroyed. One that hangs is
/// killed.
template<class Action>
[[nodiscard]] pid_t start_child(Action action) {
    pid_t const process = ::fork();
    if (process == -1) throw std::system_error(errno, std::generic_category(), "fork");
    if (process != 0) return process;
    ::alarm(30);
    try {
        action();
    } catch (...) {
        ::_exit(1);
    }
    ::_exit(0);
}

/// The status that the child ends with, as waitpid gives it.
[[nodiscard]] inline int status_of_child(pid_t process) {
    int status = -1;
    while (::waitpid(process, &status, 0) == -1 && errno == EINTR) continue;
    return status;
}

/// The text that `action` gives in a child process. Says what happened instead if there is none.
template<class Action>
[[nodiscard]] std::string said_in_child(Action action) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    pid_t const process = start_child([&] {
        std::string text;
        try {
            text = action();
        } catch (std::exception const& error) {
            text = std::string{"threw "} + error.what();
        }
        if (::write(ends[1], text.data(), text.size()) != static_cast<ssize_t>(text.size())) throw errno;
    });
    ::close(ends[1]);
    std::string text;
    std::array<char, 4096> buffer{};
    while (ssize_t const count = ::read(ends[0], buffer.data(), buffer.size())) {
        if (count > 0)
            text.append(buffer.data(), static_cast<std::size_t>(count));
        else if (errno != EINTR)
            break;
    }
    ::close(ends[0]);
    int const status = status_of_child(process);
    return status == 0 ? text : text + "ended with status " + std::to_string(status);
}

/// Puts a file system that is kept in memory at `place`, with mount's `options`. Only this process sees it, which has
/// one thread, and it goes with it. Throws std::system_error where the system doesn't let it.
inline void mount_memory(std::filesystem::path const& place, std::string const& options) {
    auto const check = [](int result, char const* what) {
        if (result != 0) throw std::system_error(errno, std::generic_category(), what);
    };
    if (::unshare(CLONE_NEWNS) != 0) {  // not the system's administrator: but perhaps that of a part of it
        std::string const user = std::to_string(::geteuid());
        std::string const group = std::to_string(::getegid());
        check(::unshare(CLONE_NEWUSER | CLONE_NEWNS), "unshare");
        write_file("/proc/self/setgroups", "deny");
        write_file("/proc/self/uid_map", "0 " + user + " 1");
        write_file("/proc/self/gid_map", "0 " + group + " 1");
    }
    check(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "mount");
    check(::mount("tmpfs", place.c_str(), "tmpfs", 0, options.c_str()), "mount");
}

/// Why `mount_memory` can't be used here; empty if it can.
[[nodiscard]] inline std::string why_no_mount() {
    TemporaryDirectory const directory;
    return said_in_child([&] {
        mount_memory(directory.path(), "size=64k");
        return std::string{};
    });
}

}  // namespace support
