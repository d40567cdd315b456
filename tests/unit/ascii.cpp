// SPDX-License-Identifier: Apache-2.0
#include <openstack/ascii.hpp>

#include <catch2/catch.hpp>
#include <locale>
#include <openstack/from_json.hpp>
#include <openstack/query.hpp>
#include <openstack/resource.hpp>
#include <openstack/to_json.hpp>
#include <openstack/where.hpp>
#include <string>

using namespace openstack;
using openstack::detail::equal_ignoring_case, openstack::detail::to_lower;

namespace {

struct Thing {
    static constexpr ResourceInfo resource{.service = "image", .path = "/v2/things", .plural = "things"};
    Field<std::string> id{};
    Field<long, Filterable<Eq>> size{};
    Field<double> part{};
    bool operator==(Thing const&) const = default;
    BOOST_DESCRIBE_CLASS(Thing, (), (id, size, part), (), ())
};

/// Numbers as a German reads them.
class German final : public std::numpunct<char> {
    [[nodiscard]] char do_decimal_point() const override { return ','; }
    [[nodiscard]] char do_thousands_sep() const override { return '.'; }
    [[nodiscard]] std::string do_grouping() const override { return "\3"; }
};

}  // namespace

TEST_CASE("Only the letters of ASCII have a case", "[ascii][row:169]") {
    for (int i = -128; i < 128; ++i) {
        char const c = static_cast<char>(i);
        CHECK(to_lower(c) == (c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c));
    }
    CHECK(equal_ignoring_case("X-AUTH-Token", "x-auth-tokEN"));
    CHECK_FALSE(equal_ignoring_case("@", "`"));
    CHECK_FALSE(equal_ignoring_case("a", "ab"));
    CHECK_FALSE(equal_ignoring_case("\xc4", "\xe4"));
    CHECK_FALSE(equal_ignoring_case("I", "\xc4\xb1"));
}

TEST_CASE("The program's locale changes no number that is sent", "[ascii][row:169]") {
    std::locale const before = std::locale::global(std::locale{std::locale::classic(), new German});
    Thing const thing{.id = "i", .size = 1234567, .part = 0.5};
    std::string const json = to_json(thing);
    std::string const query = Query<Thing>{where<&Thing::size> == 1234567}.to_string();
    bool const is_read = from_json<Thing>(json) == thing;
    std::locale::global(before);
    CHECK(json == R"({"id":"i","size":1234567,"part":0.5})");
    CHECK(query == "size=1234567");
    CHECK(is_read);
}
