// SPDX-License-Identifier: Apache-2.0
// FieldInfo: what a declaration says of each member, and whether all members are listed.
#include <catch2/catch.hpp>
#include <openstack/field_info.hpp>
#include <string>
#include <string_view>
#include <vector>

using namespace openstack;

namespace {

struct Base {
    Field<std::string> id{};
    BOOST_DESCRIBE_CLASS(Base, (), (id), (), ())
};
struct Thing {
    Field<std::string, CreateOnly> name{};
    Field<int, ReadOnly, Wire<"number">> count{};
    Field<std::string, Wire<"member_id">, WriteAs<"member">> member{};
    Field<std::string, Filterable<Eq>, QueryName<"tag">, Sortable> tags{};
    Field<std::string, Header<"X-Store">> store{};
    Field<std::string, ReadOnly, QueryOnly, Filterable<Eq>> wanted{};
    Field<int, AsText> text{};
    int plain = 0;
    Properties rest{};
    BOOST_DESCRIBE_CLASS(Thing, (), (name, count, member, tags, store, wanted, text, plain, rest), (), ())
};
struct Derived : Base {
    Field<int> more{};
    BOOST_DESCRIBE_CLASS(Derived, (Base), (more), (), ())
};
struct Forgetful {
    Field<int> listed{};
    Field<int> forgotten{};
    BOOST_DESCRIBE_CLASS(Forgetful, (), (listed), (), ())
};
struct ForgottenInTheMiddle {
    Field<int> first{};
    bool forgotten = false;
    Field<int> last{};
    BOOST_DESCRIBE_CLASS(ForgottenInTheMiddle, (), (first, last), (), ())
};

}  // namespace

TEST_CASE("Names come from the member unless an option says otherwise", "[field_info]") {
    CHECK(field_info<&Thing::name>.name == "name");
    CHECK(wire_name<&Thing::name> == "name");
    CHECK(field_info<&Thing::count>.name == "count");
    CHECK(wire_name<&Thing::count> == "number");
    CHECK(field_info<&Thing::count>.write_name == "number");
    CHECK(wire_name<&Thing::member> == "member_id");
    CHECK(field_info<&Thing::member>.write_name == "member");
    CHECK(field_info<&Thing::tags>.query_name == "tag");
    CHECK(field_info<&Thing::count>.query_name == "number");
    CHECK(field_info<&Thing::store>.header == "X-Store");
    CHECK(field_info<&Thing::name>.header.empty());
}

TEST_CASE("Rules come from the options", "[field_info]") {
    CHECK(is_read_only<&Thing::count>);
    CHECK_FALSE(is_read_only<&Thing::name>);
    CHECK(is_patchable<&Thing::tags>);
    CHECK(is_patchable<&Thing::plain>);
    CHECK_FALSE(is_patchable<&Thing::name>);   // CreateOnly
    CHECK_FALSE(is_patchable<&Thing::count>);  // ReadOnly
    CHECK_FALSE(is_patchable<&Thing::store>);  // Header
    CHECK(is_filterable<&Thing::tags>);
    CHECK_FALSE(is_filterable<&Thing::name>);
    CHECK(is_sortable<&Thing::tags>);
    CHECK_FALSE(is_sortable<&Thing::name>);
    CHECK(field_info<&Thing::text>.is_text);
    CHECK_FALSE(field_info<&Thing::name>.is_text);
    CHECK(field_info<&Thing::rest>.is_catch_all);
}

TEST_CASE("Headers, filters and the catch-all aren't members of the JSON object", "[field_info]") {
    CHECK(field_info<&Thing::name>.is_in_json);
    CHECK(field_info<&Thing::plain>.is_in_json);
    CHECK_FALSE(field_info<&Thing::store>.is_in_json);
    CHECK_FALSE(field_info<&Thing::wanted>.is_in_json);
    CHECK_FALSE(field_info<&Thing::rest>.is_in_json);
}

TEST_CASE("Fields are visited in the order of the list, inherited ones first", "[field_info]") {
    std::vector<std::string_view> names;
    for_each_field<Thing>([&](auto field) { names.push_back(field.name); });
    CHECK(names ==
          std::vector<std::string_view>{"name", "count", "member", "tags", "store", "wanted", "text", "plain", "rest"});
    names.clear();
    for_each_field<Derived>([&](auto field) { names.push_back(field.name); });
    CHECK(names == std::vector<std::string_view>{"id", "more"});
    CHECK(field_count<Thing> == 9);
    CHECK(field_count<Derived> == 2);
}

TEST_CASE("A forgotten member is noticed", "[field_info]") {
    STATIC_REQUIRE(describes_all_members<Thing>);
    STATIC_REQUIRE(describes_all_members<Base>);
    STATIC_REQUIRE(describes_all_members<Derived>);
    STATIC_REQUIRE_FALSE(describes_all_members<Forgetful>);
    STATIC_REQUIRE_FALSE(describes_all_members<ForgottenInTheMiddle>);
}
