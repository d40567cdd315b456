// SPDX-License-Identifier: Apache-2.0
// JSON to resources and back: what is decoded is encoded to what decodes to the same, and a patch leads where it
// should.
#include <openstack/answer.hpp>
#include <openstack/changes.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/page.hpp>
#include <openstack/patch.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "fuzz.hpp"

using namespace openstack;
using fuzz::demand;
using image::v2::Image, image::v2::Member;

namespace {

/// What stands in a Thing.
struct Part {
    Field<std::uint8_t> small{};
    Field<std::vector<std::vector<std::string>>> lists{};
    Properties others{};
    bool operator==(Part const&) const = default;
    BOOST_DESCRIBE_CLASS(Part, (), (small, lists, others), (), ())
};
/// What Image and Member haven't.
struct Thing {
    static constexpr ResourceInfo resource{
        .service = "fuzz", .path = "/v2/things", .key = "thing", .plural = "things", .update = Update::merge};
    Field<std::int64_t, ReadOnly> id{};
    Field<double> real{};
    Field<float> single{};
    Field<bool, AsText> is_text{};
    Field<std::int32_t, AsText> number{};
    Field<std::map<std::string, Part>> parts{};
    Field<Part> part{};
    Field<Properties> properties{};
    bool operator==(Thing const&) const = default;
    BOOST_DESCRIBE_CLASS(Thing, (), (id, real, single, is_text, number, parts, part, properties), (), ())
};

/// Decodes; says whether the document is one of that type.
bool decodes(detail::JsonTarget target, std::string_view json) {
    try {
        detail::decode(target, std::string{json}, "it");
        return true;
    } catch (DecodeError const& error) {
        demand(!error.problems().empty() && error.problems().size() <= 64);
        for (auto const& each : error.problems())
            demand(!each.text.empty() && (each.pointer.empty() || each.pointer.starts_with('/')));
        demand(fuzz::is_line(error.what()));
        return false;
    }
}

template<class T>
void check_same_again(T const& value) {
    std::string const json = to_json(value);
    T again{};
    demand(decodes(detail::target(again), json));
    demand(again == value);
    demand(to_json(again) == json);
}

void check_json(std::string_view json) { detail::check_json(json, "a body"); }

template<class T>
void check_update(T const& before, T const& after) {
    check_json(to_create_body(before));
    check_json(to_update_body(before));
    check_json(detail::to_changes_body(before, after));
    JsonPatch const patch = diff(before, after);
    check_json(patch.to_json());
    T const made = apply(patch, before);
    demand(diff(made, after).empty());
    demand(patch.empty() == (diff(after, before).empty()));
    check_same_again(made);
}

template<class T>
void check_resources(std::string_view json) {
    std::string_view const first = fuzz::take(json, '\0');
    T before{};
    T after{};
    bool const is_one = decodes(detail::target(before), first);
    if (is_one) check_same_again(before);
    if (is_one && decodes(detail::target(after), json)) check_update(before, after);
    fuzz::succeeds<DecodeError>([&] { demand(!identity(detail::decode_answer<T>(std::string{first}, "it")).empty()); });
}

template<class T>
void check_page(std::string_view json) {
    detail::Page<T> page;
    if (!decodes(detail::target(page), json) || !page.items) return;
    demand(page.items->size() <= json.size());
    for (T const& each : *page.items) check_same_again(each);
    demand(page.next_link().size() <= json.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view json = fuzz::text_of(data, size);
    switch (fuzz::take_byte(json)) {
        case 'i':
            check_resources<Image>(json);
            break;
        case 'm':
            check_resources<Member>(json);
            break;
        case 't':
            check_resources<Thing>(json);
            break;
        case 'I':
            check_page<Image>(json);
            break;
        case 'M':
            check_page<Member>(json);
            break;
        case 'T':
            check_page<Thing>(json);
            break;
        default:
            return -1;
    }
    return 0;
}
