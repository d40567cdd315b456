// SPDX-License-Identifier: Apache-2.0
// Listing<T>: all resources of a collection, page by page as they are asked for.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <openstack/answer.hpp>
#include <openstack/from_json.hpp>
#include <openstack/query.hpp>
#include <openstack/resource.hpp>
#include <openstack/session.hpp>

namespace openstack {

namespace detail {

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

/// One answer to a list request. Glance writes the next page's link as `next` beside the array.
template<Resource T>
struct Page {
    Field<std::vector<T>> items{};
    Field<std::string> next{};
    Field<Links> links{};
    Field<std::vector<Link>> plural_links{};

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
        std::ranges::copy(suffix, std::ranges::copy(T::resource.plural, name.begin()).out);
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

}  // namespace detail

/// A listing as a move-only, single-pass input range. It asks for a page when the page's first resource is needed: a
/// loop that is left early sends nothing more. Advancing throws what Session::send throws, and DecodeError.
///
/// HTTP: GET of the collection. The next page is found by the marker in the answer's link alone; the query is repeated
/// as it was given, since services drop repeated parameters from that link. The listing ends where the link is missing,
/// not where a page is short.
template<Resource T>
class Listing {
  public:
    /// Reads on in its Listing.
    class Iterator {
      public:
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;

        explicit Iterator(Listing& listing) : listing_(&listing) {}
        [[nodiscard]] T& operator*() const { return listing_->page_[listing_->index_]; }
        [[nodiscard]] T* operator->() const { return &**this; }
        Iterator& operator++() {
            listing_->advance();
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return listing_->is_at_end(); }

      private:
        Listing* listing_;
    };

    /// Lists `path` of T's service.
    Listing(Session session, std::string path, Query<T> query)
        : session_(std::move(session)), path_(std::move(path)), query_(std::move(query)) {}

    Listing(Listing&&) = default;
    Listing& operator=(Listing&&) = default;

    /// The first resource that hasn't been passed yet; asks for the first page if that hasn't been done.
    [[nodiscard]] Iterator begin() {
        if (pages_ == 0) load();
        return Iterator{*this};
    }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

    /// All resources that are left.
    [[nodiscard]] std::vector<T> all() {
        std::vector<T> everything;
        for (T& each : *this) everything.push_back(std::move(each));
        return everything;
    }

    /// The first resource, if there is one. Asks the service for no more than that.
    [[nodiscard]] std::optional<T> first() {
        limit_to(1);
        for (T& each : *this) return std::move(each);
        return std::nullopt;
    }

    /// The only resource. Throws ResourceNotFound if there is none, DuplicateResource if there are more.
    [[nodiscard]] T one() {
        limit_to(2);
        std::vector<T> found = all();
        if (found.empty()) throw ResourceNotFound({404, "GET", path_, {}, "nothing fits the query"});
        if (found.size() > 1) {
            std::vector<std::string> ids;
            for (T const& each : found) ids.push_back(identity(each));
            throw DuplicateResource("more than one of " + std::string{T::resource.plural} + " fits the query", ids);
        }
        return std::move(found.front());
    }

  private:
    static constexpr std::size_t max_pages = 10'000;
    static constexpr std::size_t max_empty_pages = 100;

    void limit_to(std::size_t count) {
        if (pages_ == 0 && query_.max_items().value_or(count) >= count) query_ = Query<T>{query_, max_items(count)};
    }

    [[nodiscard]] bool is_at_end() const { return index_ == page_.size(); }

    void advance() {
        ++index_;
        ++passed_;
        if (passed_ == query_.max_items()) {
            page_.clear();
            index_ = 0;
            return;
        }
        if (is_at_end() && has_next_) load();
    }

    void load() {
        if (query_.max_items() == std::size_t{0}) return;
        std::size_t empty_pages = 0;
        do {
            load_page();
            if (page_.empty() && has_next_ && ++empty_pages == max_empty_pages)
                give_up("too many empty pages in a row");
        } while (page_.empty() && has_next_);
    }

    void load_page() {
        if (++pages_ > max_pages) give_up("more pages than a listing may have");
        std::vector<QueryParameter> parameters = query_.conditions();
        if (std::size_t const size = limit(); size != 0) parameters.push_back({"limit", std::to_string(size)});
        parameters.insert(parameters.end(), continuation_.begin(), continuation_.end());
        std::string const query = to_query_string(parameters);
        std::string const url = query.empty() ? path_ : path_ + '?' + query;
        Response response = session_.send(T::resource.service, {.url = url});
        std::string const what = "the answer to GET " + url;
        detail::Page<T> page;
        detail::decode(detail::target(page), std::move(response.body), what);
        if (!page.items) throw DecodeError(what, {{'/' + std::string{T::resource.plural}, "is missing"}});
        page_ = std::move(*page.items);
        index_ = 0;
        for (T const& each : page_) detail::require_identity(each, what);
        std::string const link = page.next_link();
        has_next_ = !link.empty();
        if (has_next_) continue_at(link);
    }

    /// How many resources a page is asked for; 0: that is the service's choice.
    [[nodiscard]] std::size_t limit() const {
        if (T::resource.page_size == 0) return query_.page_size().value_or(0);
        return (std::min)(query_.page_size().value_or(T::resource.page_size),
                          query_.max_items().value_or(T::resource.page_size));
    }

    /// Takes from the link what our own query doesn't have: the marker.
    void continue_at(std::string const& link) {
        std::vector<QueryParameter> const own = query_.conditions();
        continuation_.clear();
        for (QueryParameter& each : query_parameters(link)) {
            bool const is_own = std::ranges::find(own, each.key, &QueryParameter::key) != own.end();
            if (!is_own && each.key != "limit") continuation_.push_back(std::move(each));
        }
        if (continuation_.empty() || !visited_.insert(to_query_string(continuation_)).second)
            give_up("the link to the next page leads to one that was there before");
    }

    [[noreturn]] void give_up(std::string const& reason) const {
        throw ProtocolError("GET " + path_ + ": " + reason + " (page " + std::to_string(pages_) + ')');
    }

    Session session_;
    std::string path_;
    Query<T> query_;
    std::vector<T> page_;
    std::size_t index_ = 0;
    bool has_next_ = false;
    std::vector<QueryParameter> continuation_;  ///< what the last page's link adds to our query
    std::set<std::string> visited_;
    std::size_t pages_ = 0;
    std::size_t passed_ = 0;
};

}  // namespace openstack
