// SPDX-License-Identifier: Apache-2.0
// Proxy<T> where T is no resource: one sentence says what is missing, and whatever is called says nothing more.
#pragma once

#include <concepts>
#include <optional>
#include <string_view>
#include <vector>

#include <openstack/resource.hpp>

namespace openstack {

/// Stands where T is no resource, and says why. What is wrong with a resource's declaration, Resource<T> has said.
template<class T>
class Proxy {
    static_assert(Described<T>,
                  "openstack: a Proxy is for a resource: a struct with BOOST_DESCRIBE_CLASS(...) and `static constexpr "
                  "ResourceInfo resource{...}`");
    static_assert(!Described<T> || detail::HasResource<T>,
                  "openstack: a resource says where its service keeps it: `static constexpr ResourceInfo "
                  "resource{...}` is missing");

    struct Anything {
        template<class U>
        Anything(U const&) {}
    };

  public:
    template<class... Parents>
    explicit Proxy(Parents const&...) {}

    T create(T const&) const;
    template<class... Parts>
    std::vector<T> create_all(std::vector<T> const&, Parts const&...) const;
    T get() const;
    template<class... Parts>
    T get(Anything, Parts const&...) const;
    std::optional<T> find(std::string_view) const;
    T find(std::string_view, Anything) const;
    template<class... Parts>
    std::vector<T> list(Parts const&...) const;
    T update(Anything, T const&) const;
    template<std::invocable<T&> Edit>
    T update(Anything, Edit const&) const;
    T patch(Anything, Anything) const;
    void remove(Anything) const;
    void remove(Anything, Anything) const;
    void remove_all() const;
};

}  // namespace openstack
