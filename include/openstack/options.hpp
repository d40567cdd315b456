// SPDX-License-Identifier: Apache-2.0
// What a field's declaration may say beside its type: Field<std::string, ReadOnly, Wire<"owner">>.
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>

#include <openstack/fixed_string.hpp>

namespace openstack {

/// Only the service sets it: it can't be assigned, and is never sent.
struct ReadOnly {};
/// Sent by create and never changed afterwards.
struct CreateOnly {};
/// Where it is unset, create fills in a random UUID: an id that the client chooses lets it repeat a create whose answer
/// got lost, and still there is one resource. Goes with CreateOnly, on a text.
struct UuidOnCreate {};
/// The name on the wire, where it isn't the member's own.
template<FixedString Name>
struct Wire {};
/// Another name on the wire in what is sent, for services that answer with one name and want another.
template<FixedString Name>
struct WriteAs {};
/// Travels as this header of the request that sends the resource's data; it is never in a JSON document.
template<FixedString Name>
struct Header {};
/// A typed value whose wire form is a string: `Field<int, AsText>` is `"4"` in JSON. A plain 4 is read, too.
struct AsText {};
/// May be a key of `asc<>` and `desc<>`.
struct Sortable {};

/// Operators of a filter, each with the form in which it is sent.
struct Eq {};   ///< `==`, sent as the value, or as `eq:` and the value with OperatorPrefix
struct Neq {};  ///< `!=`, sent as `neq:`; needs OperatorPrefix
struct Lt {};   ///< `<`, sent as `lt:`; needs OperatorPrefix
struct Lte {};  ///< `<=`, sent as `lte:` or as `key_max`; needs OperatorPrefix or MinMax
struct Gt {};   ///< `>`, sent as `gt:`; needs OperatorPrefix
struct Gte {};  ///< `>=`, sent as `gte:` or as `key_min`; needs OperatorPrefix or MinMax
struct In {};   ///< `.in({...})`: `in:a,b` with OperatorPrefix, `a,b` with CommaSeparated, else a parameter for each
struct Contains {};  ///< `.contains(value)` of a list; several of them must all hold

/// May be filtered by the service, with these operators: `key=value`, or as OperatorPrefix and MinMax say.
template<class... Operators>
struct Filterable {};
/// The operator stands before the value, `key=gt:value` (API-SIG, filtering guideline). `==` is then sent as `eq:`
/// always, so that a value with a colon means itself, and `.in()` as `in:` with quotes where a value needs them.
struct OperatorPrefix {};
/// `>=` is sent as `key_min=value` and `<=` as `key_max=value`.
struct MinMax {};
/// `.in()` is sent as one parameter, its values between commas, as Nova's and Neutron's `tags-any=a,b`.
struct CommaSeparated {};
/// The filter's key, where it isn't the wire name.
template<FixedString Name>
struct QueryName {};
/// Only a filter: the service takes it in a query, and has no such member in its documents. Goes with ReadOnly.
struct QueryOnly {};
/// Only a condition on what get() tells, by which the service lists nothing. Goes with QueryOnly.
struct OfGet {};
/// The service lists resources with this value of the field only when asked for them: find() asks a second time.
template<auto Value>
struct HiddenWhen {};

namespace detail {

/// One bit for each kind of option, and is_empty_option where it lacks what it is there for; 0: it is no option.
template<class Option>
inline constexpr unsigned option_bits = 0;
inline constexpr unsigned is_empty_option = 1U << 31;
constexpr unsigned named_bits(unsigned kind, std::string_view name) {
    return kind | (name.empty() ? is_empty_option : 0);
}

template<>
inline constexpr unsigned option_bits<ReadOnly> = 1U << 0;
template<>
inline constexpr unsigned option_bits<CreateOnly> = 1U << 1;
template<>
inline constexpr unsigned option_bits<AsText> = 1U << 2;
template<>
inline constexpr unsigned option_bits<Sortable> = 1U << 3;
template<>
inline constexpr unsigned option_bits<OperatorPrefix> = 1U << 4;
template<>
inline constexpr unsigned option_bits<MinMax> = 1U << 5;
template<>
inline constexpr unsigned option_bits<QueryOnly> = 1U << 6;
template<>
inline constexpr unsigned option_bits<UuidOnCreate> = 1U << 13;
template<>
inline constexpr unsigned option_bits<CommaSeparated> = 1U << 14;
template<>
inline constexpr unsigned option_bits<OfGet> = 1U << 15;
template<auto Value>
inline constexpr unsigned option_bits<HiddenWhen<Value>> = 1U << 7;
template<FixedString Name>
inline constexpr unsigned option_bits<Wire<Name>> = named_bits(1U << 8, Name.view());
template<FixedString Name>
inline constexpr unsigned option_bits<WriteAs<Name>> = named_bits(1U << 9, Name.view());
template<FixedString Name>
inline constexpr unsigned option_bits<Header<Name>> = named_bits(1U << 10, Name.view());
template<FixedString Name>
inline constexpr unsigned option_bits<QueryName<Name>> = named_bits(1U << 11, Name.view());
template<class Operator>
inline constexpr bool is_operator = (std::is_same_v<Operator, Eq> || std::is_same_v<Operator, Neq> ||
                                     std::is_same_v<Operator, Lt> || std::is_same_v<Operator, Lte> ||
                                     std::is_same_v<Operator, Gt> || std::is_same_v<Operator, Gte> ||
                                     std::is_same_v<Operator, In> || std::is_same_v<Operator, Contains>);
template<class... Operators>
inline constexpr unsigned option_bits<Filterable<Operators...>> =
    1U << 12 | ((is_operator<Operators> && ...) ? 0 : is_empty_option);
template<>
inline constexpr unsigned option_bits<Filterable<>> = 1U << 12 | is_empty_option;

/// The text of an option made from a template such as Wire; empty for any other option.
template<template<FixedString> class Template, class Option>
inline constexpr std::string_view option_text = {};
template<template<FixedString> class Template, FixedString Name>
inline constexpr std::string_view option_text<Template, Template<Name>> = Name.view();

template<class Option>
struct FilterOperators {
    static constexpr bool is_filter = false;
    template<class Operator>
    static constexpr bool has = false;
};
template<class... Operators>
struct FilterOperators<Filterable<Operators...>> {
    static constexpr bool is_filter = true;
    template<class Operator>
    static constexpr bool has = (std::is_same_v<Operator, Operators> || ...);
};

template<class Option>
struct Hidden {
    static constexpr bool exists = false;
};
template<auto Value>
struct Hidden<HiddenWhen<Value>> {
    static constexpr bool exists = true;
    static constexpr auto value = Value;
};

}  // namespace detail

/// The options of one field, asked one by one.
template<class... Options>
struct OptionList {
    /// Whether this option, such as ReadOnly, is one of them. What takes arguments is asked by text() and has_operator.
    template<class Option>
    static constexpr bool has = (std::is_same_v<Option, Options> || ...);
    /// Whether a Filterable lists the operator.
    template<class Operator>
    static constexpr bool has_operator = (detail::FilterOperators<Options>::template has<Operator> || ...);
    /// Whether there is a Filterable.
    static constexpr bool is_filterable = (detail::FilterOperators<Options>::is_filter || ...);

    /// The text of `Wire<"...">` and its kind; empty if the option isn't there.
    template<template<FixedString> class Template>
    static constexpr std::string_view text() {
        std::string_view found;
        ((found = detail::option_text<Template, Options>.empty() ? found : detail::option_text<Template, Options>),
         ...);
        return found;
    }
    /// Whether the field travels as a header of a request, and in no JSON document.
    static constexpr bool is_header = !text<Header>().empty();

    /// Calls `visit` with the value of HiddenWhen, if that option is there.
    template<class Visit>
    static constexpr void visit_hidden([[maybe_unused]] Visit&& visit) {
        (visit_one<Options>(visit), ...);
    }

    static_assert(
        ((detail::option_bits<Options> != 0) && ...),
        "openstack: a field's options are ReadOnly, CreateOnly, UuidOnCreate, Wire, WriteAs, Header, AsText, "
        "Sortable, Filterable, OperatorPrefix, MinMax, CommaSeparated, QueryName, QueryOnly, OfGet and HiddenWhen");
    static_assert(
        ((detail::option_bits<Options> < detail::is_empty_option) && ...),
        "openstack: Wire, WriteAs, Header and QueryName need a name, and Filterable needs operators: Eq, Neq, "
        "Lt, Lte, Gt, Gte, In and Contains");
    static_assert((0U + ... + detail::option_bits<Options>) == (0U | ... | detail::option_bits<Options>),
                  "openstack: a field has each option once; Filterable<Eq, In> takes several operators");
    static_assert(
        !(has<ReadOnly> && has<CreateOnly>),
        "openstack: a field is ReadOnly (only the service sets it) or CreateOnly (only create sends it), not both");
    static_assert(!has<UuidOnCreate> || has<CreateOnly>, "openstack: a UuidOnCreate field is CreateOnly");
    static_assert(!(has<ReadOnly> && (is_header || !text<WriteAs>().empty())),
                  "openstack: a ReadOnly field is never sent, so Header and WriteAs contradict it");
    static_assert(
        !(is_header && (is_filterable || has<Sortable> || has<AsText>)),
        "openstack: a Header field isn't in any JSON document, so Filterable, Sortable and AsText contradict it");
    static_assert(is_filterable || !(has<OperatorPrefix> || has<MinMax> || !text<QueryName>().empty()),
                  "openstack: OperatorPrefix, MinMax and QueryName say how a Filterable field is filtered");
    static_assert(!(detail::Hidden<Options>::exists || ...) || has_operator<Eq>,
                  "openstack: HiddenWhen needs Filterable<Eq>, by which the service is asked for what it hides");
    static_assert(!has<QueryOnly> || (is_filterable && has<ReadOnly>),
                  "openstack: a QueryOnly field is Filterable and ReadOnly, and nothing else");
    static_assert(!has<OfGet> || has<QueryOnly>, "openstack: an OfGet field is QueryOnly, too");
    static_assert(!has<CommaSeparated> || (has_operator<In> && !has<OperatorPrefix>),
                  "openstack: CommaSeparated says how a field that is Filterable<In>, without OperatorPrefix, is sent");
    static_assert(!(has<OperatorPrefix> && has<MinMax>),
                  "openstack: a field's operators are written by OperatorPrefix or by MinMax, not both");
    static_assert(has<OperatorPrefix> || !(has_operator<Neq> || has_operator<Lt> || has_operator<Gt>),
                  "openstack: Neq, Lt and Gt need OperatorPrefix: without it they would be sent as ==");
    static_assert(has<OperatorPrefix> || has<MinMax> || !(has_operator<Lte> || has_operator<Gte>),
                  "openstack: Lte and Gte need OperatorPrefix or MinMax: without it they would be sent as ==");

    /// Asking for it makes the checks above.
    static constexpr bool is_consistent = true;

  private:
    template<class Option, class Visit>
    static constexpr void visit_one(Visit& visit) {
        if constexpr (detail::Hidden<Option>::exists) visit(detail::Hidden<Option>::value);
    }
};

}  // namespace openstack
