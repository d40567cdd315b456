// SPDX-License-Identifier: Apache-2.0
// Listing<T>: all resources of a collection, page by page as they are asked for.
#pragma once

#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <openstack/algorithm.hpp>
#include <openstack/page.hpp>
#include <openstack/query.hpp>
#include <openstack/resource.hpp>
#include <openstack/session.hpp>

namespace openstack {

/// A listing as a move-only, single-pass input range. It asks for a page when the page's first resource is needed: a
/// loop that is left early sends nothing more. Advancing throws what Session::send throws, and DecodeError.
///
/// HTTP: GET of the collection. The next page is found by the marker in the answer's link alone; the query is repeated
/// as it was given, since services drop repeated parameters from that link. The listing ends where the link is missing,
/// not where a page is short; of a service without links, where a page is empty. Where the service has lost the marker,
/// since that resource was deleted meanwhile (by the loop over the listing itself, mostly), it's asked from the start
/// again for what the listing hasn't given yet.
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

    /// What was moved from asks for no page any more: that throws InvalidRequest.
    Listing(Listing&&) = default;
    Listing& operator=(Listing&&) = default;

    /// The first resource that hasn't been passed yet. Asks for its page if that hasn't been done, or has failed.
    [[nodiscard]] Iterator begin() {
        if (is_at_end() && has_next_) load();
        return Iterator{*this};
    }
    /// Where the service has no more, or max_items are given.
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

    /// All resources that are left. Those that it had when a request failed are gone: list them anew.
    [[nodiscard]] std::vector<T> all() {
        std::vector<T> everything;
        for (T& each : *this) everything.push_back(std::move(each));
        return everything;
    }

    /// The first resource that is left, if there is one. Asks the service for a page of no more than that.
    [[nodiscard]] std::optional<T> first() {
        first_page_size_ = 1;
        Iterator const at = begin();
        return at == end() ? std::nullopt : std::optional<T>{*at};
    }

    /// The only resource. Throws ResourceNotFound if there is none; if there are more, DuplicateResource with the ids
    /// of the first two.
    [[nodiscard]] T one() {
        first_page_size_ = 2;
        std::vector<T> found;
        for (T const& each : *this) {
            found.push_back(each);
            if (found.size() == 2) break;
        }
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

    /// A Listing that was moved from has an index, but no page.
    [[nodiscard]] bool is_at_end() const { return index_ >= page_.size(); }

    void advance() {
        ++index_;
        ++passed_;
        if (passed_ == query_.max_items()) {
            page_.clear();
            index_ = 0;
            has_next_ = false;
        }
        if (is_at_end() && has_next_) load();
    }

    void load() {
        has_next_ = query_.max_items() != std::size_t{0};
        if (!has_next_) return;
        do {
            try {
                load_page();
            } catch (BadRequest const&) {
                start_again();
            } catch (ResourceNotFound const&) {
                start_again();
            }
        } while (page_.empty() && has_next_);
    }

    /// Called where a request failed. Throws its error on if it can't have been the marker's, or if starting again
    /// brought nothing.
    void start_again() {
        if (continuation_.empty() || given_.size() == given_before_) throw;
        given_before_ = given_.size();
        continuation_.clear();
        visited_.clear();
        load_page();
    }

    /// Changes nothing if it throws, so that the page can be asked for again.
    void load_page() {
        if (path_.empty()) throw InvalidRequest("this listing was moved elsewhere");
        if (pages_ == max_pages) give_up("more pages than a listing may have");
        std::vector<QueryParameter> parameters = query_.conditions();
        if (std::size_t const size = limit(); size != 0) parameters.push_back({"limit", std::to_string(size)});
        detail::append(parameters, continuation_);
        std::string const query = to_query_string(parameters);
        std::string const url = query.empty() ? path_ : path_ + '?' + query;
        Response response = session_.send(T::resource.service, {.url = url});
        std::string const what = "the answer to GET " + url;
        detail::Page<T> page;
        std::vector<T> items = detail::decode_page(page, std::move(response.body), what);
        std::string const link = page.next_link();
        bool const is_empty = items.empty();
        bool const has_next = T::resource.links ? !link.empty() : !is_empty;
        if (!link.empty() && is_empty && empty_pages_ + 1 == max_empty_pages) give_up("too many empty pages in a row");
        if (has_next) continuation_ = continuation(link, items);

        has_next_ = has_next;
        empty_pages_ = is_empty ? empty_pages_ + 1 : 0;
        ++pages_;
        page_ = std::move(items);
        index_ = 0;
        if (given_before_ != 0) std::erase_if(page_, [&](T const& each) { return given_.contains(identity(each)); });
        if (has_next_)
            for (T const& each : page_) given_.emplace(identity(each), pages_);
    }

    /// How many resources a page is asked for; 0: that is the service's choice.
    [[nodiscard]] std::size_t limit() const {
        std::size_t const size = query_.page_size().value_or(T::resource.page_size);
        if (T::resource.page_size == 0) return size;
        std::size_t const wanted = pages_ == 0 ? (std::min)(size, first_page_size_) : size;
        return (std::min)(wanted, query_.max_items().value_or(wanted));
    }

    /// What the link has and our own query doesn't: the marker. Where there are no links, the last id is one.
    [[nodiscard]] std::vector<QueryParameter> continuation(std::string const& link, std::vector<T> const& items) {
        std::vector<QueryParameter> own = query_.conditions();
        own.push_back({"limit", {}});
        std::vector<QueryParameter> added;
        std::vector<QueryParameter> next;
        if constexpr (T::resource.links) {
            next = query_parameters(link);
        } else {
            next.push_back({"marker", identity(items.back())});
        }
        for (QueryParameter const& each : next) {
            bool is_own = false;
            for (QueryParameter const& ours : own) is_own = is_own || ours.key == each.key;
            if (!is_own) added.push_back(each);
        }
        if (added.empty() || !visited_.emplace(to_query_string(added), pages_).second)
            give_up("the next page is one that was there before");
        return added;
    }

    [[noreturn]] void give_up(std::string const& reason) const {
        throw ProtocolError("GET " + path_ + ": " + reason + " (page " + std::to_string(pages_ + 1) + ')');
    }

    Session session_;
    std::string path_;
    Query<T> query_;
    std::vector<T> page_;
    std::size_t index_ = 0;
    bool has_next_ = true;                        ///< whether there may be a page that hasn't been asked for
    std::vector<QueryParameter> continuation_;    ///< what the last page's link adds to our query
    std::map<std::string, std::size_t> visited_;  ///< what was asked for, after how many pages
    std::map<std::string, std::size_t> given_;    ///< the ids on all pages but the last, each with its page
    std::size_t given_before_ = 0;                ///< how many there were when the listing last started again
    std::size_t empty_pages_ = 0;                 ///< in a row
    std::size_t pages_ = 0;
    std::size_t passed_ = 0;
    std::size_t first_page_size_ = static_cast<std::size_t>(-1);  ///< at most, where no more is needed at first
};

}  // namespace openstack
