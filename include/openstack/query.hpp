// SPDX-License-Identifier: Apache-2.0
// Query: what a listing is asked for: conditions, order, and how much.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <openstack/resource.hpp>
#include <openstack/where.hpp>

namespace openstack {

/// A sort key, made by `asc<&R::member>` or `desc<&R::member>`.
template<class R>
struct SortKey {
    std::string_view key{};
    std::string_view direction{};  ///< "asc" or "desc"
};

/// How many resources one page of the listing has: a matter of speed, not of what is listed.
struct PageSize {
    std::size_t value = 0;  ///< at least 1; services have a limit of their own, and give fewer then
};
/// How many resources the whole listing gives at most.
struct MaxItems {
    std::size_t value = 0;  ///< 0: none, and nothing is asked for
};
/// Asks for pages of that many resources. A Query throws InvalidRequest for 0.
[[nodiscard]] constexpr PageSize page_size(std::size_t value) { return {value}; }
/// Ends the listing after that many resources.
[[nodiscard]] constexpr MaxItems max_items(std::size_t value) { return {value}; }

namespace detail {

template<auto Member>
constexpr auto sort_key(std::string_view direction) {
    static_assert(is_sortable<Member>, "openstack: the service can't sort by this field: it isn't Sortable");
    return SortKey<typename FieldInfo<Member>::owner>{FieldInfo<Member>::query_name, direction};
}

}  // namespace detail

namespace detail {

/// How R's sort keys are sent.
template<class R>
inline constexpr Sort sort_form = Sort::list;
template<HasResource R>
inline constexpr Sort sort_form<R> = R::resource.sort;

}  // namespace detail

/// Sorts by the field, smallest first. The first key given is the most important.
template<auto Member>
inline constexpr auto asc = detail::sort_key<Member>("asc");
/// Sorts by the field, largest first.
template<auto Member>
inline constexpr auto desc = detail::sort_key<Member>("desc");

/// What a listing of R is asked for: filters, sort keys, page_size and max_items in any order. All filters must hold;
/// the first sort key is the most important one; of page_size and max_items the last one counts.
template<class R>
class Query {
  public:
    /// Everything, in the service's order.
    Query() = default;

    /// What the parts say together; another Query of R may be one of them. Throws InvalidRequest for page_size(0), for
    /// a second sort key where the service heeds one, and for a property() that R can't have: its name is a field's or
    /// a parameter's, or R has no custom properties.
    template<class... Parts>
    requires(sizeof...(Parts) != 1 || !(std::same_as<std::remove_cvref_t<Parts>, Query> && ...))
        Query(Parts const&... parts) {
        (add(parts), ...);
    }

    /// Filters and order, not encoded: all that says which resources are listed.
    [[nodiscard]] std::vector<QueryParameter> conditions() const {
        std::vector<QueryParameter> all = filters_;
        if constexpr (detail::sort_form<R> == Sort::list) {
            std::string keys;
            for (QueryParameter const& each : sort_)
                keys.append(keys.empty() ? "" : ",").append(each.key).append(":").append(each.value);
            if (!keys.empty()) all.push_back({"sort", keys});
        } else {
            for (QueryParameter const& each : sort_) {
                all.push_back({"sort_key", each.key});
                all.push_back({"sort_dir", each.value});
            }
        }
        return all;
    }
    /// The conditions and `limit`, the size of a page.
    [[nodiscard]] std::vector<QueryParameter> parameters() const {
        std::vector<QueryParameter> all = conditions();
        if (page_size_) all.push_back({"limit", std::to_string(*page_size_)});
        return all;
    }
    /// The parameters as they stand in a URL.
    [[nodiscard]] std::string to_string() const { return to_query_string(parameters()); }

    /// What page_size and max_items said; nothing if they weren't given.
    [[nodiscard]] std::optional<std::size_t> page_size() const noexcept { return page_size_; }
    [[nodiscard]] std::optional<std::size_t> max_items() const noexcept { return max_items_; }

  private:
    template<class Other>
    void add(Filter<Other> const& filter) {
        static_assert(std::derived_from<R, Other>,
                      "openstack: this filter is of another resource than the one that is listed");
        detail::append(filters_, filter.parameters);
    }
    template<class Other>
    void add(SortKey<Other> const& key) {
        static_assert(std::derived_from<R, Other>,
                      "openstack: this sort key is of another resource than the one that is listed");
        add_sort_keys({{std::string{key.key}, std::string{key.direction}}});
    }
    void add(PropertyFilter const& filter) {
        bool has_catch_all = false;
        bool is_reserved = false;
        for (std::string_view const each : {"limit", "marker", "sort", "sort_key", "sort_dir"})
            is_reserved = is_reserved || filter.parameter.key == each;
        for_each_field<R>([&](auto field) {
            has_catch_all = has_catch_all || field.is_catch_all;
            std::string_view key = filter.parameter.key;
            if (decltype(field)::options::template has<MinMax> && (key.ends_with("_min") || key.ends_with("_max")))
                key.remove_suffix(4);
            bool const is_parameter = field.header.empty() && (key == field.wire_name || key == field.query_name);
            is_reserved = is_reserved || is_parameter;
        });
        if (!has_catch_all || is_reserved || filter.parameter.key.empty())
            throw InvalidRequest("'" + filter.parameter.key +
                                 "' isn't a custom property: use where<>, asc<>, desc<> or page_size");
        filters_.push_back(filter.parameter);
    }
    void add(PageSize size) {
        if (size.value == 0) throw InvalidRequest("a page has at least one resource");
        page_size_ = size.value;
    }
    void add(MaxItems items) { max_items_ = items.value; }
    template<class Other>
    void add(GetCondition<Other> const&) {
        static_assert(std::is_void_v<Other>,
                      "openstack: the service lists nothing by this field: it is a condition of get()");
    }
    template<class Other>
    void add(Other const&) {
        static_assert(std::is_void_v<Other>,
                      "openstack: a listing takes where<...> with an operator, property(...) == ..., "
                      "asc<...>, desc<...>, page_size(...) and max_items(...)");
    }
    void add(Query const& other) {
        detail::append(filters_, other.filters_);
        add_sort_keys(other.sort_);
        if (other.page_size_) page_size_ = other.page_size_;
        if (other.max_items_) max_items_ = other.max_items_;
    }
    void add_sort_keys(std::vector<QueryParameter> const& keys) {
        detail::append(sort_, keys);
        if (detail::sort_form<R> == Sort::one_pair && sort_.size() > 1)
            throw InvalidRequest("this service sorts by one field");
    }

    std::vector<QueryParameter> filters_;
    std::vector<QueryParameter> sort_;  ///< each key with its direction
    std::optional<std::size_t> page_size_;
    std::optional<std::size_t> max_items_;
};

}  // namespace openstack
