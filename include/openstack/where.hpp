// SPDX-License-Identifier: Apache-2.0
// where<&Image::size> >= 1: conditions, checked by the compiler against the field's declaration.
#pragma once

#include <concepts>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <openstack/codec.hpp>
#include <openstack/field_info.hpp>
#include <openstack/property_key.hpp>
#include <openstack/uri.hpp>

namespace openstack {

/// A condition on resources of type R, made by `where<&R::member>`.
template<class R>
struct Filter {
    std::vector<QueryParameter> parameters{};  ///< which say it in a query, not encoded
};

/// A condition on what get() tells of a resource of type R, made by `where<&R::member>` of an OfGet field.
template<class R>
struct GetCondition {
    std::vector<QueryParameter> parameters{};  ///< which say it in a query, not encoded
};

/// A condition on a custom property, made by `property("name")`.
struct PropertyFilter {
    QueryParameter parameter{};  ///< the property's name and the text that it must have
};

namespace detail {

/// The type that a filter compares with: of a list, its elements'.
template<class T>
struct FilterValue {
    using type = T;
};
template<class T>
struct FilterValue<std::vector<T>> {
    using type = T;
};

template<class Operator>
inline constexpr std::string_view operator_prefix = {};
template<>
inline constexpr std::string_view operator_prefix<Eq> = "eq:";
template<>
inline constexpr std::string_view operator_prefix<Neq> = "neq:";
template<>
inline constexpr std::string_view operator_prefix<Lt> = "lt:";
template<>
inline constexpr std::string_view operator_prefix<Lte> = "lte:";
template<>
inline constexpr std::string_view operator_prefix<Gt> = "gt:";
template<>
inline constexpr std::string_view operator_prefix<Gte> = "gte:";

/// One value of an `in:` list. The API-SIG's grammar quotes a value that holds a comma, and has no way to say a quote
/// or a quoted value that ends with a backslash.
inline std::string in_list_value(std::string text) {
    bool const needs_quotes = text.empty() || text.find(',') != std::string::npos;
    if (text.find('"') != std::string::npos || (needs_quotes && text.ends_with('\\')))
        throw InvalidRequest("in() can't say '" + text + "' to the service: filter by == instead");
    return needs_quotes ? '"' + text + '"' : text;
}

/// One value of a list between commas, which has no way to say one that holds a comma itself.
inline std::string comma_separated_value(std::string text) {
    if (text.empty() || text.find(',') != std::string::npos)
        throw InvalidRequest("a filter by a list between commas can't say '" + text + "'");
    return text;
}

}  // namespace detail

/// Conditions on one field: `where<&Image::size> >= 1`. Which operators it has, its declaration says. Write a space
/// before the operator: `>==` and `>>=` would be other tokens. The compiler refuses an operator that the field's
/// Filterable doesn't list, and a value of another type than the field's (of a list: than its elements'); an integer
/// that the field can't hold throws InvalidRequest.
template<auto Member>
class Where {
    using Info = FieldInfo<Member>;
    using Owner = typename detail::MemberPointer<decltype(Member)>::owner;
    using Value = typename detail::FilterValue<typename Info::value_type>::type;
    using Condition = std::conditional_t<Info::options::template has<OfGet>, GetCondition<Owner>, Filter<Owner>>;

  public:
    /// The field has the value, or compares so with it.
    template<class V>
    [[nodiscard]] Condition operator==(V const& value) const {
        return compare<Eq>(value);
    }
    template<class V>
    [[nodiscard]] Condition operator!=(V const& value) const {
        return compare<Neq>(value);
    }
    template<class V>
    [[nodiscard]] Condition operator<(V const& value) const {
        return compare<Lt>(value);
    }
    template<class V>
    [[nodiscard]] Condition operator<=(V const& value) const {
        return compare<Lte>(value);
    }
    template<class V>
    [[nodiscard]] Condition operator>(V const& value) const {
        return compare<Gt>(value);
    }
    template<class V>
    [[nodiscard]] Condition operator>=(V const& value) const {
        return compare<Gte>(value);
    }
    /// The list holds the value. Several such conditions must all hold.
    template<class V>
    [[nodiscard]] Condition contains(V const& value) const {
        return compare<Contains>(value);
    }
    /// The field has one of these values; at least one. Throws InvalidRequest for a text that the service's grammar
    /// can't say in a list (one with a double quote; where the list is CommaSeparated, one with a comma).
    [[nodiscard]] Condition in(std::initializer_list<Value> values) const {
        return in<std::initializer_list<Value>>(values);
    }
    template<class Range>
    requires requires(Range const& range) {
        std::begin(range);
        std::end(range);
    }
    [[nodiscard]] Condition in(Range const& values) const {
        using Element = std::iter_value_t<decltype(std::begin(values))>;
        constexpr bool is_good = check<In, Element>();
        Condition filter;
        if constexpr (is_good) {
            std::string list;
            for (auto const& each : values) {
                std::string text = to_text(*Field<Value>(static_cast<Element const&>(each)));
                if constexpr (Info::options::template has<OperatorPrefix>) {
                    list.append(list.empty() ? "in:" : ",").append(detail::in_list_value(std::move(text)));
                } else if constexpr (Info::options::template has<CommaSeparated>) {
                    list.append(list.empty() ? "" : ",").append(detail::comma_separated_value(std::move(text)));
                } else {
                    filter.parameters.push_back({std::string{Info::query_name}, std::move(text)});
                }
            }
            if (!list.empty()) filter.parameters.push_back({std::string{Info::query_name}, std::move(list)});
            if (filter.parameters.empty()) throw InvalidRequest("in() needs at least one value");
        }
        return filter;
    }

  private:
    template<class Operator, class V>
    static constexpr bool check() {
        constexpr bool has_operator = Info::options::template has_operator<Operator>;
        constexpr bool has_value =
            detail::ValueFor<V const&, Value> && (!std::same_as<Value, bool> || std::same_as<V, bool>);
        static_assert(Info::is_filterable, "openstack: the service can't filter by this field: it isn't Filterable");
        static_assert(!Info::is_filterable || has_operator,
                      "openstack: this field can't be filtered by this operator: its Filterable<...> doesn't list it");
        static_assert(!has_operator || has_value, "openstack: the value of a filter must have the type of its field");
        return has_operator && has_value;
    }

    template<class Operator, class V>
    static Condition compare([[maybe_unused]] V const& value) {
        if constexpr (check<Operator, std::decay_t<V>>()) {
            std::string key{Info::query_name};
            if constexpr (Info::options::template has<MinMax> && std::same_as<Operator, Gte>) key += "_min";
            if constexpr (Info::options::template has<MinMax> && std::same_as<Operator, Lte>) key += "_max";
            std::string text;
            if constexpr (Info::options::template has<OperatorPrefix>) text = detail::operator_prefix<Operator>;
            text += to_text(*Field<Value>(value));
            if constexpr (Info::options::template has<CommaSeparated>) text = detail::comma_separated_value(text);
            return {{{std::move(key), std::move(text)}}};
        } else {
            return {};
        }
    }
};

/// The start of a condition on a field.
template<auto Member>
inline constexpr Where<Member> where{};

/// Conditions on one custom property, made by `property("name")`. A service compares custom properties with `==` alone.
class WhereProperty {
  public:
    explicit WhereProperty(std::string name) : name_(std::move(name)) {}
    /// The property has exactly this text.
    [[nodiscard]] PropertyFilter operator==(std::string_view value) const { return {{name_, std::string{value}}}; }

  private:
    std::string name_;
};

/// The start of a condition on a custom property: `property("os_distro") == "debian"`.
[[nodiscard]] inline WhereProperty property(std::string name) { return WhereProperty{std::move(name)}; }

/// Conditions on the property of a key, made by `property(key)`.
template<class T>
class WherePropertyKey {
  public:
    explicit WherePropertyKey(PropertyKey<T> const& key) : name_(key.name) {}
    /// The property has exactly the text that assigning the value gives it: images whose "yes" stands for true aren't
    /// found by `== true`.
    [[nodiscard]] PropertyFilter operator==(PropertyValue<T> const& value) const { return {{name_, value.text()}}; }

  private:
    std::string name_;
};

/// The start of a condition on the property of a key: `property(hw::cpu_cores) == 4`.
template<class T>
[[nodiscard]] WherePropertyKey<T> property(PropertyKey<T> const& key) {
    return WherePropertyKey<T>{key};
}

}  // namespace openstack
