// SPDX-License-Identifier: Apache-2.0
// What an update means: from the caller's changes to the state that is wanted, and to what is sent of it.
#pragma once

#include <concepts>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>

#include <openstack/error.hpp>
#include <openstack/field_info.hpp>
#include <openstack/resource.hpp>
#include <openstack/to_json.hpp>

namespace openstack::detail {

/// Whether an edit takes its resource as a copy, or const, so that it changes nothing: only then it takes a temporary.
/// Asked of what has one signature; a template's body may ask anything of its argument, so it can't be tried out.
template<class T, class Edit>
constexpr bool edits_nothing() {
    using Function = std::remove_pointer_t<std::remove_cvref_t<Edit>>;
    if constexpr (std::is_function_v<Function> || requires { &Function::operator(); }) {
        return std::invocable<Edit, T>;
    } else {
        return false;
    }
}

/// `base` with every field that is set in `changes` taken over, and its properties added or replaced. What is ReadOnly
/// is passed over, so that a copied and edited object can be `changes`.
template<Described T>
[[nodiscard]] T with_changes(T base, T const& changes) {
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
        if constexpr (field.is_catch_all) {
            for (auto const& [key, value] : changes.*Member) (base.*Member)[key] = value;
        } else if constexpr (!field.is_read_only) {
            if (!(changes.*Member).is_unset()) base.*Member = changes.*Member;
        }
    });
    return base;
}

/// Throws InvalidRequest if a field differs that the caller may set, but no update can change. That `after` has the id
/// by which the update is asked for is no change.
template<Described T>
void check_changes(T const& before, T const& after, std::string_view id = {}) {
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
        if constexpr (!field.is_catch_all && !field.is_patchable && !field.is_read_only) {
            using Info = FieldInfo<Member, Descriptor>;
            if constexpr (TextCodable<typename Info::value_type>)
                if (is_identity<T>(Info::wire_name) && after.*Member && to_text(*(after.*Member)) == id) return;
            if (!are_same(before.*Member, after.*Member))
                throw InvalidRequest("an update can't change '" + std::string{field.name} + "'");
        }
    });
}

template<Described T>
void write_difference(JsonWriter& writer, Properties const& before, Properties const& after) {
    for (auto const& [key, value] : before) {
        if (after.contains(key)) continue;
        writer.key(key);
        writer.null();
    }
    for (auto const& [key, value] : after) {
        if (auto const old = before.find(key); old != before.end() && old->second == value) continue;
        check_property_name<T>(key);
        writer.key(key);
        writer.string(value);
    }
}

/// Null for each property that is gone, whether it was a text or not.
template<class Writer>
void write_removals(Writer& writer, Properties const& before, Properties const& after) {
    auto const write = [&](std::string const& key) {
        if (after.contains(key) || after.raw().contains(key)) return;
        writer.key(key);
        writer.null();
    };
    for (auto const& [key, value] : before) write(key);
    for (auto const& [key, value] : before.raw()) write(key);
}

/// A Field that isn't unset.
template<class Info, class Member>
void write_merged_field(JsonWriter& writer, Member const& before, Member const& after) {
    if constexpr (!Info::is_text)
        if (before.has_value() && after.has_value()) return write_merged(writer, *before, *after);
    write_field<Info>(writer, after);
}

/// A member of a T that stands in a field.
template<Described T, class Info, class Member>
void write_merged_member(JsonWriter& writer, Member const& before, Member const& after) {
    if constexpr (Info::is_catch_all) {
        write_removals(writer, before, after);
        write_properties<T>(writer, after, Selection::all);
    } else if constexpr (!Info::is_in_json) {
        return;
    } else if constexpr (!is_field<Member>) {
        writer.key(Info::wire_name);
        write_merged(writer, before, after);
    } else if (!after.is_unset()) {
        writer.key(Info::wire_name);
        write_merged_field<Info>(writer, before, after);
    } else if (!Info::is_read_only && !before.is_unset()) {
        writer.key(Info::wire_name);
        writer.null();
    }
}

/// `after` for a service that merges it into `before` (RFC 7396): in an object null stands for what is gone, however
/// deep it lies. What stays is written, too: a service that replaces the object instead loses nothing.
template<class T>
void write_merged(JsonWriter& writer, T const& before, T const& after) {
    if constexpr (Described<T> && !HasCodec<T>) {
        writer.begin_object();
        for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
            write_merged_member<T, FieldInfo<Member, Descriptor>>(writer, before.*Member, after.*Member);
        });
        writer.end_object();
    } else {
        write_value(writer, after);
    }
}

template<class T, class Less>
void write_merged(JsonWriter& writer, std::map<std::string, T, Less> const& before,
                  std::map<std::string, T, Less> const& after) {
    writer.begin_object();
    for (auto const& [key, value] : before) {
        if (after.contains(key)) continue;
        writer.key(key);
        writer.null();
    }
    for (auto const& [key, value] : after) {
        writer.key(key);
        if (auto const old = before.find(key); old != before.end()) {
            write_merged(writer, old->second, value);
        } else {
            write_value(writer, value);
        }
    }
    writer.end_object();
}

template<class Text>
void write_merged(JsonWriter& writer, BasicProperties<Text> const& before, BasicProperties<Text> const& after) {
    writer.begin_object();
    write_removals(writer, before, after);
    for (auto const& [key, value] : after) {
        writer.key(key);
        writer.string(value);
    }
    write_raw(writer, after);
    writer.end_object();
}

/// The body of an update that sends what has changed: the fields and properties of `after` that differ from `before`
/// and that an update may change; null for those that are gone. A merge goes on in the objects that fields hold.
template<Resource T>
[[nodiscard]] std::string to_changes_body(T const& before, T const& after) {
    return to_body<T>([&](JsonWriter& writer) {
        for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
            using Info = FieldInfo<Member, Descriptor>;
            if constexpr (field.is_catch_all) {
                write_difference<T>(writer, before.*Member, after.*Member);
            } else if constexpr (field.is_patchable) {
                if (are_same(before.*Member, after.*Member)) return;
                writer.key(field.write_name);
                if ((after.*Member).is_unset()) return writer.null();
                if constexpr (T::resource.update == Update::merge) {
                    write_merged_field<Info>(writer, before.*Member, after.*Member);
                } else {
                    write_field<Info>(writer, after.*Member);
                }
            }
        });
    });
}

}  // namespace openstack::detail
