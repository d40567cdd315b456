// SPDX-License-Identifier: Apache-2.0
// to_json: a value as JSON, whole, or only what create and update send.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include <openstack/codec.hpp>
#include <openstack/field_info.hpp>
#include <openstack/from_json.hpp>
#include <openstack/json.hpp>
#include <openstack/resource.hpp>

namespace openstack {

namespace detail {

/// Which fields of a struct are written, and under which name.
enum class Selection {
    all,     ///< all that are set: what from_json reads back
    create,  ///< what the caller may choose
    update   ///< what an update by PUT replaces: that, and the properties that aren't texts
};

template<Described T>
void write_members(JsonWriter& writer, T const& object, Selection selection);

template<bool AsText = false, class T>
void write_value(JsonWriter& writer, T const& value) {
    if constexpr (AsText) {
        writer.string(to_text(value));
    } else if constexpr (std::same_as<T, bool>) {
        writer.boolean(value);
    } else if constexpr (std::same_as<T, std::string>) {
        writer.string(value);
    } else if constexpr (std::floating_point<T>) {
        writer.number(static_cast<double>(value));
    } else if constexpr (WireNumber<T>) {
        writer.number(static_cast<std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>(value));
    } else if constexpr (HasCodec<T>) {
        write_value(writer, codec<T>::encode(value));
    } else if constexpr (Described<T>) {
        static_assert(is_checked_struct<T>);
        writer.begin_object();
        write_members(writer, value, Selection::all);
        writer.end_object();
    }
}

template<bool AsText = false, class Text>
void write_value(JsonWriter& writer, BasicRawJson<Text> const& json) {
    check_json(json.text, "the text of a RawJson");
    writer.raw(json.text);
}

template<bool AsText = false, class T>
void write_value(JsonWriter& writer, std::vector<T> const& values) {
    writer.begin_array();
    for (T const& each : values) write_value(writer, each);
    writer.end_array();
}

template<bool AsText = false, class T, class Less>
void write_value(JsonWriter& writer, std::map<std::string, T, Less> const& values) {
    writer.begin_object();
    for (auto const& [key, value] : values) {
        writer.key(key);
        write_value(writer, value);
    }
    writer.end_object();
}

/// The properties that aren't texts.
template<class Writer>
void write_raw(Writer& writer, Properties const& properties) {
    for (auto const& [key, json] : properties.raw()) {
        writer.key(key);
        writer.raw(json);
    }
}

template<bool AsText = false>
void write_value(JsonWriter& writer, Properties const& properties) {
    writer.begin_object();
    for (auto const& [key, value] : properties) {
        writer.key(key);
        writer.string(value);
    }
    write_raw(writer, properties);
    writer.end_object();
}

/// A property of a field's name would be a second member of that name.
template<Described T>
void check_property_name(std::string_view name, Selection selection = Selection::update) {
    bool is_field_name = false;
    for_each_field<T>([&](auto field) {
        bool const is_written_so = selection != Selection::all && field.write_name == name;
        is_field_name = is_field_name || (field.is_in_json && (field.wire_name == name || is_written_so));
    });
    if (is_field_name)
        throw InvalidRequest("the property '" + std::string{name} + "' has the name of a field: set the field");
}

template<Described T>
void write_properties(JsonWriter& writer, Properties const& properties, Selection selection) {
    for (auto const& [key, value] : properties) {
        check_property_name<T>(key, selection);
        writer.key(key);
        writer.string(value);
    }
    if (selection != Selection::create) write_raw(writer, properties);  // a PUT without them would remove them
}

/// A Field that isn't unset.
template<class Info, class Member>
void write_field(JsonWriter& writer, Member const& member) {
    if (member.is_null()) {
        writer.null();
    } else {
        write_value<Info::is_text>(writer, *member);
    }
}

template<class Info>
constexpr bool is_selected(Selection selection) {
    return selection == Selection::all || !Info::is_read_only;
}

template<Described T>
void write_members(JsonWriter& writer, T const& object, Selection selection) {
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
        using Info = FieldInfo<Member, Descriptor>;
        auto const& member = object.*Member;
        if constexpr (field.is_catch_all) {
            write_properties<T>(writer, member, selection);
        } else if constexpr (!field.is_in_json) {
            return;
        } else if constexpr (!is_field<typename Info::member_type>) {
            writer.key(field.wire_name);
            write_value(writer, member);
        } else {
            if (member.is_unset() || !is_selected<Info>(selection)) return;
            writer.key(selection == Selection::all ? field.wire_name : field.write_name);
            write_field<Info>(writer, member);
        }
    });
}

/// One resource, whose members `write` gives to the writer, under its key if it has one.
template<Resource T, class Write>
[[nodiscard]] std::string to_body(Write write) {
    JsonWriter writer;
    if (!T::resource.key.empty()) {
        writer.begin_object();
        writer.key(T::resource.key);
    }
    writer.begin_object();
    write(writer);
    writer.end_object();
    if (!T::resource.key.empty()) writer.end_object();
    return writer.text();
}

}  // namespace detail

/// The value as a JSON text: all fields that are set, under the names that the service answers with, also what is
/// read-only, so that from_json reads the same value back. Throws InvalidRequest for texts that aren't UTF-8.
template<Codable T>
[[nodiscard]] std::string to_json(T const& value) {
    detail::JsonWriter writer;
    detail::write_value(writer, value);
    return writer.text();
}

/// The body of a create request: the set fields that aren't ReadOnly, under the names that the service wants.
template<Resource T>
[[nodiscard]] std::string to_create_body(T const& object) {
    return detail::to_body<T>([&](auto& writer) { detail::write_members(writer, object, detail::Selection::create); });
}

/// The body of a request that creates several resources: the same of each, in an array under the plural's name.
template<Resource T>
[[nodiscard]] std::string to_create_body(std::vector<T> const& objects) {
    detail::JsonWriter writer;
    writer.begin_object();
    writer.key(T::resource.plural);
    writer.begin_array();
    for (T const& each : objects) {
        writer.begin_object();
        detail::write_members(writer, each, detail::Selection::create);
        writer.end_object();
    }
    writer.end_array();
    writer.end_object();
    return writer.text();
}

/// The body of an update by PUT, which replaces the resource as a whole (RFC 9110, 9.3.4): the set fields that aren't
/// ReadOnly, also those that no update can change, and all properties.
template<Resource T>
[[nodiscard]] std::string to_update_body(T const& object) {
    return detail::to_body<T>([&](auto& writer) { detail::write_members(writer, object, detail::Selection::update); });
}

}  // namespace openstack
