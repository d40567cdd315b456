// SPDX-License-Identifier: Apache-2.0
// RFC 6902 JSON patches: what has changed between two states of a resource, and no more.
#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/from_json.hpp>
#include <openstack/json_pointer.hpp>
#include <openstack/resource.hpp>
#include <openstack/to_json.hpp>

namespace openstack {

/// One step of a patch. `value` is JSON notation: a string stands in quotation marks there; the functions write it so.
struct PatchOperation {
    std::string op{};     ///< "add", "replace" or "remove"
    std::string path{};   ///< an RFC 6901 pointer such as /name or /a~1b
    std::string value{};  ///< the new value as JSON; empty for "remove"

    /// Adds a member that isn't there, or replaces one that is; in an array, inserts (RFC 6902 section 4.1).
    template<class T>
    requires Codable<T> || std::convertible_to<T const&, std::string_view>
    [[nodiscard]] static PatchOperation add(std::string path, T const& value) {
        return {"add", std::move(path), value_of(value)};
    }
    /// Replaces a member that is there (RFC 6902 section 4.3).
    template<class T>
    requires Codable<T> || std::convertible_to<T const&, std::string_view>
    [[nodiscard]] static PatchOperation replace(std::string path, T const& value) {
        return {"replace", std::move(path), value_of(value)};
    }
    /// Removes a member that is there (RFC 6902 section 4.2).
    [[nodiscard]] static PatchOperation remove(std::string path) { return {"remove", std::move(path), {}}; }

    bool operator==(PatchOperation const&) const = default;

  private:
    template<class T>
    static std::string value_of(T const& value) {
        if constexpr (Codable<T>)
            return openstack::to_json(value);
        else
            return openstack::to_json(std::string{std::string_view{value}});
    }
};

/// A list of steps that the service takes all or none.
///
/// JsonPatch is the one to use; it is a template so that a program compiles only those functions that it calls.
template<class Operation>
class BasicJsonPatch {
  public:
    BasicJsonPatch() = default;
    /// Throws as push_back does.
    BasicJsonPatch(std::initializer_list<Operation> operations) {
        for (Operation const& each : operations) push_back(each);
    }

    /// Appends a step. Throws InvalidRequest if it isn't one: an unknown `op`, a path that doesn't start with `/`, or a
    /// value that isn't JSON.
    void push_back(Operation operation) {
        bool const is_removal = operation.op == "remove";
        if (!is_removal && operation.op != "add" && operation.op != "replace")
            throw InvalidRequest("a patch operation is add, replace or remove, not '" + operation.op + "'");
        if (!operation.path.starts_with('/')) throw InvalidRequest("the path of a patch operation starts with /");
        if (!is_removal) detail::check_json(operation.value, "the value of a patch operation");
        operations_.push_back(std::move(operation));
    }

    /// The steps, as a range of PatchOperation.
    [[nodiscard]] bool empty() const noexcept { return operations_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return operations_.size(); }
    [[nodiscard]] auto begin() const noexcept { return operations_.begin(); }
    [[nodiscard]] auto end() const noexcept { return operations_.end(); }

    /// Whether it does the same when the service gets it twice: no step removes anything or inserts into an array.
    [[nodiscard]] bool is_repeatable() const {
        for (Operation const& each : operations_)
            if (each.op == "remove" || each.path.find('/', 1) != std::string::npos) return false;
        return true;
    }

    /// The document as it is sent.
    [[nodiscard]] std::string to_json() const {
        detail::JsonWriter writer;
        writer.begin_array();
        for (Operation const& each : operations_) {
            writer.begin_object();
            writer.key("op");
            writer.string(each.op);
            writer.key("path");
            writer.string(each.path);
            if (each.op != "remove") {
                writer.key("value");
                writer.raw(each.value);
            }
            writer.end_object();
        }
        writer.end_array();
        return writer.text();
    }

    bool operator==(BasicJsonPatch const&) const = default;

  private:
    std::vector<Operation> operations_;
};
/// An RFC 6902 document.
using JsonPatch = BasicJsonPatch<PatchOperation>;

namespace detail {

template<class Info, class Member>
void diff_field(JsonPatch& patch, Member const& before, Member const& after) {
    if (are_same(before, after)) return;
    std::string path = '/' + escape_pointer_token(Info::wire_name);
    if (after.is_unset()) {
        patch.push_back(PatchOperation::remove(std::move(path)));
        return;
    }
    JsonWriter writer;
    write_field<Info>(writer, after);
    patch.push_back({before.is_unset() ? "add" : "replace", std::move(path), writer.text()});
}

template<Described T>
void diff_properties(JsonPatch& patch, Properties const& before, Properties const& after) {
    for (auto const& [key, value] : before)
        if (!after.contains(key)) patch.push_back(PatchOperation::remove('/' + escape_pointer_token(key)));
    for (auto const& [key, value] : after) {
        auto const old = before.find(key);
        if (old != before.end() && old->second == value) continue;
        check_property_name<T>(key);
        std::string path = '/' + escape_pointer_token(key);
        patch.push_back(old == before.end() ? PatchOperation::add(std::move(path), value)
                                            : PatchOperation::replace(std::move(path), value));
    }
}

}  // namespace detail

/// The patch that makes `after` of `before`: only the fields that differ and that an update may change. An array
/// changes as a whole; a field that became unset is removed, one that became null is replaced by null.
template<Described T>
[[nodiscard]] JsonPatch diff(T const& before, T const& after) {
    static_assert(detail::has_comparable_fields<T>);
    JsonPatch patch;
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
        if constexpr (field.is_catch_all) {
            detail::diff_properties<T>(patch, before.*Member, after.*Member);
        } else if constexpr (field.is_patchable) {
            detail::diff_field<FieldInfo<Member, Descriptor>>(patch, before.*Member, after.*Member);
        }
    });
    return patch;
}

/// What the service would make of `resource` by `patch`: for tests and previews. Throws InvalidRequest where the
/// service would refuse: a path of more than one token, a field that an update may not change, a property to remove or
/// replace that isn't there; DecodeError for a value of the wrong type.
template<Described T>
[[nodiscard]] T apply(JsonPatch const& patch, T resource) {
    for (PatchOperation const& each : patch) {
        std::optional<std::string> const key = unescape_pointer_token(std::string_view{each.path}.substr(1));
        if (!key || each.path.find('/', 1) != std::string::npos)
            throw InvalidRequest("'" + each.path + "' isn't the path of a field or a property");
        bool is_done = false;
        Properties* properties = nullptr;
        for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor> field) {
            if constexpr (field.is_catch_all) {
                properties = &(resource.*Member);
            } else if constexpr (field.is_in_json) {
                if (field.wire_name != *key) return;
                is_done = true;
                if constexpr (field.is_patchable) {
                    auto& member = resource.*Member;
                    member.reset();
                    if (each.op != "remove") detail::decode(detail::target(member), each.value, each.path);
                } else {
                    throw InvalidRequest("an update can't change '" + *key + "'");
                }
            }
        });
        if (is_done) continue;
        if (properties == nullptr) throw InvalidRequest("there is no field '" + *key + "'");
        if (each.op != "add" && !properties->contains(*key))
            throw InvalidRequest("there is no property '" + *key + "'");
        if (each.op == "remove") {
            properties->erase(*key);
        } else {
            (*properties)[*key] = from_json<std::string>(each.value, each.path);
        }
    }
    return resource;
}

}  // namespace openstack
