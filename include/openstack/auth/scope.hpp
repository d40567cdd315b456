// SPDX-License-Identifier: Apache-2.0
// Scope: what a token of Keystone's is good for: a project, a domain, the whole system, or nothing in particular.
#pragma once

#include <string>
#include <string_view>

#include <openstack/error.hpp>

namespace openstack {

/// What a token shall be good for: one project, domain or trust, or the system. Without any, Keystone takes the user's
/// default project; if there is none, the token is good for no service but Keystone. Names need a domain, ids don't.
struct Scope {
    std::string project_id{};           ///< a project
    std::string project_name{};         ///< the same, within its domain; doesn't count where there is an id
    std::string project_domain_id{};    ///< of the domain that `project_name` is in
    std::string project_domain_name{};  ///< instead of `project_domain_id`
    std::string domain_id{};            ///< a domain, to manage what it has
    std::string domain_name{};          ///< instead of `domain_id`
    std::string trust_id{};             ///< what another user has entrusted to this one (Keystone's OS-TRUST)
    bool is_system = false;             ///< the whole cloud, to manage it
    bool is_unscoped = false;           ///< nothing, even where the user has a default project
};

namespace keystone {

/// What the scope is for, as Keystone calls it; empty if it is for nothing. Throws ConfigError for more than one of
/// them, and for the name of a project without its domain.
template<class Scoped>
[[nodiscard]] std::string_view kind_of(Scoped const& scope) {
    std::string_view kind;
    auto const take = [&](bool is_given, std::string_view name) {
        if (!is_given) return;
        if (!kind.empty())
            throw ConfigError("a scope is one of project, domain, trust, system and unscoped, but this one is " +
                              std::string{kind} + " and " + std::string{name});
        kind = name;
    };
    take(!scope.project_id.empty() || !scope.project_name.empty(), "project");
    take(!scope.domain_id.empty() || !scope.domain_name.empty(), "domain");
    take(!scope.trust_id.empty(), "trust");
    take(scope.is_system, "system");
    take(scope.is_unscoped, "unscoped");
    bool const needs_domain = kind == "project" && scope.project_id.empty();
    if (needs_domain && scope.project_domain_id.empty() && scope.project_domain_name.empty())
        throw ConfigError("the scope's project_name needs a project_domain_name or project_domain_id");
    return kind;
}

/// Writes `"key": "text"`.
template<class Writer>
void write_text(Writer& writer, std::string_view key, std::string_view text) {
    writer.key(key);
    writer.string(text);
}

/// Writes `"id": ...`, or, if that is empty, `"name": ...`.
template<class Writer>
void write_id_or_name(Writer& writer, std::string_view id, std::string_view name) {
    write_text(writer, id.empty() ? "name" : "id", id.empty() ? name : id);
}

/// Writes `"key": {...}`, whose members `write` writes.
template<class Writer, class Write>
void write_object(Writer& writer, std::string_view key, Write write) {
    writer.key(key);
    writer.begin_object();
    write();
    writer.end_object();
}

/// Writes what names a user or a project: the id, or the name and its domain.
template<class Writer>
void write_name(Writer& writer, std::string_view id, std::string_view name, std::string_view domain_id,
                std::string_view domain_name) {
    write_id_or_name(writer, id, name);
    if (id.empty()) write_object(writer, "domain", [&] { write_id_or_name(writer, domain_id, domain_name); });
}

/// Writes `"scope": ...`, or nothing if there is none.
template<class Writer, class Scoped>
void write_scope(Writer& writer, Scoped const& scope) {
    std::string_view const kind = kind_of(scope);
    if (kind.empty()) return;
    if (kind == "unscoped") return write_text(writer, "scope", kind);
    write_object(writer, "scope", [&] {
        write_object(writer, kind == "trust" ? "OS-TRUST:trust" : kind, [&] {
            if (kind == "project")
                write_name(writer, scope.project_id, scope.project_name, scope.project_domain_id,
                           scope.project_domain_name);
            if (kind == "domain") write_id_or_name(writer, scope.domain_id, scope.domain_name);
            if (kind == "trust") write_text(writer, "id", scope.trust_id);
            if (kind == "system") {
                writer.key("all");
                writer.boolean(true);
            }
        });
    });
}

}  // namespace keystone

}  // namespace openstack
