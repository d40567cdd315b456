// SPDX-License-Identifier: Apache-2.0
// Page<T>: one answer to a list request, and the link to the next one in the forms that OpenStack's services write it.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <openstack/answer.hpp>
#include <openstack/from_json.hpp>
#include <openstack/json_types.hpp>
#include <openstack/resource.hpp>

namespace openstack::detail {

/// {"rel": "next", "href": "..."}, as Nova and Neutron write the link to the next page.
struct Link {
    Field<std::string> rel{};
    Field<std::string> href{};
    BOOST_DESCRIBE_CLASS(Link, (), (rel, href), (), ())
};
/// {"next": "..."}, as Keystone writes it.
struct Links {
    Field<std::string> next{};
    BOOST_DESCRIBE_CLASS(Links, (), (next), (), ())
};

/// Makes `text` what identifies the resource. A text that is no id of T's changes nothing.
template<Resource T>
void set_identity(T& resource, std::string_view text) {
    for_each_field<T>([&]<auto Member, class Descriptor>(FieldInfo<Member, Descriptor>) {
        using Info = FieldInfo<Member, Descriptor>;
        if constexpr (Info::is_in_json && TextCodable<typename Info::value_type>)
            if (is_identity<T>(Info::wire_name)) {
                auto& storage = FieldAccess::storage(resource.*Member);
                if (store_text<typename Info::value_type>(&storage.value, text)) storage.state = FieldState::has_value;
            }
    });
}

/// One answer to a list request. Glance writes the next page's link as `next` beside the array.
template<Resource T>
struct Page {
    static constexpr Collection form = T::resource.collection;
    using Items = std::conditional_t<form == Collection::by_name, std::map<std::string, T>, std::vector<T>>;

    Field<Items> items{};
    Field<std::string> next{};
    Field<Links> links{};
    Field<std::vector<Link>> plural_links{};

    /// Where the answer goes.
    [[nodiscard]] JsonTarget place() {
        if constexpr (form == Collection::bare) {
            return target(items);
        } else {
            return target(*this);
        }
    }

    /// The resources, which are moved out; there must be `items`.
    [[nodiscard]] std::vector<T> take_items() {
        if constexpr (form == Collection::by_name) {
            std::vector<T> all;
            for (auto& [name, each] : *items) set_identity(all.emplace_back(std::move(each)), name);
            return all;
        } else {
            return std::move(*items);
        }
    }

    /// The link to the next page; empty: this is the last one.
    [[nodiscard]] std::string next_link() const {
        if (next) return *next;
        if (links && links->next) return *links->next;
        if (plural_links)
            for (Link const& each : *plural_links)
                if (each.rel == "next") return each.href.value_or("");
        return {};
    }
};

/// Reads a page, and gives its resources. Throws DecodeError, whose message opens with `what`.
template<Resource T>
[[nodiscard]] std::vector<T> decode_page(Page<T>& page, std::string body, std::string_view what) {
    decode(page.place(), std::move(body), what);
    if (!page.items) throw DecodeError(what, {{'/' + std::string{T::resource.plural}, "is missing"}});
    std::vector<T> items = page.take_items();
    for (T const& each : items) require_identity(each, what);
    return items;
}

template<Resource T>
struct JsonTypeOf<Page<T>, false> {
    static constexpr JsonType make() {
        JsonType type{};
        type.expected = "object";
        type.is_struct = true;
        type.members = members.data();
        type.member_count = members.size();
        return type;
    }

  private:
    static constexpr std::string_view suffix = "_links";
    static constexpr auto plural_links = [] {
        std::array<char, T::resource.plural.size() + suffix.size()> name{};
        std::size_t length = 0;
        for (std::string_view const part : {T::resource.plural, suffix})
            for (char const c : part) name[length++] = c;
        return name;
    }();
    template<auto Member>
    static JsonTarget locate(void* object) {
        return target(static_cast<Page<T>*>(object)->*Member);
    }
    static constexpr std::array<JsonMember, 4> members{
        {{T::resource.plural, locate<&Page<T>::items>},
         {"next", locate<&Page<T>::next>},
         {"links", locate<&Page<T>::links>},
         {{plural_links.data(), plural_links.size()}, locate<&Page<T>::plural_links>}}};
};

}  // namespace openstack::detail
