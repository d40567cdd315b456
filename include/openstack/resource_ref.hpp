// SPDX-License-Identifier: Apache-2.0
// ResourceRef<T>: an id or an object, where either will do.
#pragma once

#include <string>
#include <string_view>

#include <openstack/error.hpp>
#include <openstack/field.hpp>
#include <openstack/resource.hpp>

namespace openstack {

/// A resource as an argument: its id, or the object itself. Outlives neither.
template<Resource T>
class ResourceRef {
  public:
    /// An id; an empty one, or one that can't stand in a path, is refused (InvalidRequest) where it is used.
    ResourceRef(std::string_view id) : id_(id) {}
    ResourceRef(std::string const& id) : id_(id) {}
    ResourceRef(char const* id) : id_(id == nullptr ? "" : id) {}
    /// A field with an id, such as `image.id`.
    template<class... Options>
    ResourceRef(Field<std::string, Options...> const& id) : id_(id.value_or("")) {}
    /// Throws InvalidRequest if the object has no id yet.
    ResourceRef(T const& object) : id_(identity(object)), object_(&object) {
        if (id_.empty()) throw InvalidRequest("an object of " + std::string{T::resource.path} + " has no id");
    }

    /// The id, not encoded.
    [[nodiscard]] std::string const& id() const noexcept { return id_; }
    /// The object; null if only the id was given.
    [[nodiscard]] T const* object() const noexcept { return object_; }

  private:
    std::string id_;
    T const* object_ = nullptr;
};

}  // namespace openstack
