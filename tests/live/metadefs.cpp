// SPDX-License-Identifier: Apache-2.0
// Metadata definitions: all operations of Proxy<T> on Glance's namespaces and what is in them.
// Peers' tests of this: openstacksdk's functional test_metadef_*.py.
#include <catch2/catch.hpp>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "cloud.hpp"

namespace metadefs = live::image::metadefs;
using live::admin, live::caught, live::check_is_told, live::demo, live::ids, live::unique;
using metadefs::Namespace, metadefs::Object, metadefs::Property, metadefs::PropertyType, metadefs::ResourceType,
    metadefs::ResourceTypeAssociation, metadefs::Tag, metadefs::Visibility;
using openstack::asc, openstack::desc, openstack::must_exist, openstack::page_size, openstack::Proxy,
    openstack::RawJson, openstack::where;

namespace {

Proxy<Namespace> namespaces() { return Proxy<Namespace>{admin().session()}; }

/// A namespace that its test has for itself. The destructor deletes it with all that is in it.
class TemporaryNamespace {
  public:
    explicit TemporaryNamespace(Namespace fields = {}) {
        if (fields.name.is_unset()) fields.name = unique("Live::Test");
        if (fields.visibility.is_unset()) fields.visibility = Visibility::public_;
        record_ = namespaces().create(fields);
        name_ = *record_.name;
        (void)admin().sent();
    }
    TemporaryNamespace(TemporaryNamespace const&) = delete;
    TemporaryNamespace& operator=(TemporaryNamespace const&) = delete;
    ~TemporaryNamespace() {
        try {
            namespaces().update(name_, {.is_protected = false});
            namespaces().remove(name_);
        } catch (openstack::ResourceNotFound const&) {
        } catch (std::exception const& error) {
            std::cerr << "namespace " << name_ << " stays: " << error.what() << '\n';
        }
    }

    [[nodiscard]] std::string const& name() const { return name_; }
    /// As it was when it was made.
    [[nodiscard]] Namespace const& record() const { return record_; }
    void rename(std::string name) { name_ = std::move(name); }

  private:
    Namespace record_{};
    std::string name_{};
};

std::string encoded(std::string const& name) { return openstack::path_segment(name); }

}  // namespace

// tempest: MetadataNamespacesTest.test_basic_metadata_definition_namespaces
TEST_CASE("A namespace is created, read, changed and removed", "[metadefs]") {
    std::string const name = unique("Live::NS");
    Namespace const made = namespaces().create({.name = name,
                                                .display_name = "shown",
                                                .description = "first",
                                                .visibility = Visibility::public_,
                                                .is_protected = true});
    TemporaryNamespace const second{{.visibility = Visibility::private_}};
    CHECK(made.name == name);
    CHECK(made.visibility == Visibility::public_);
    CHECK(made.is_protected == true);
    CHECK(made.owner_id == admin().project_id());
    CHECK(made.created_at.has_value());
    CHECK(made.self == "/v2/metadefs/namespaces/" + name);
    CHECK(made.schema == "/v2/schemas/metadefs/namespace");
    CHECK(namespaces().get(name) == made);
    CHECK(Proxy<Namespace>{demo().session()}.get(made) == made);
    CHECK(Proxy<Namespace>{demo().session()}.find(name, must_exist) == made);
    CHECK_FALSE(Proxy<Namespace>{demo().session()}.find(second.name()).has_value());
    CHECK(second.record().visibility == Visibility::private_);
    check_is_told(caught<openstack::Conflict>([&] { namespaces().create({.name = name}); }));
    check_is_told(caught<openstack::Forbidden>([&] { namespaces().remove(name); }));
    check_is_told(
        caught<openstack::Forbidden>([&] { Proxy<Namespace>{demo().session()}.create({.name = unique("Live::NS")}); }));
    check_is_told(caught<openstack::ResourceNotFound>([&] { (void)namespaces().get(unique("Live::None")); }));
    (void)admin().sent();

    Namespace const changed = namespaces().update(made, {.description = "second", .is_protected = false});
    auto const sent = admin().sent();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].line() == "PUT /v2/metadefs/namespaces/" + encoded(name));
    CHECK(sent[0].body == R"({"namespace":")" + name +
                              R"(","display_name":"shown","description":"second","visibility":"public",)" +
                              R"("protected":false,"owner":")" + admin().project_id() + "\"}");
    CHECK(changed.description == "second");
    CHECK(changed.display_name == "shown");
    CHECK(changed.visibility == Visibility::public_);
    namespaces().remove(changed, must_exist);
    CHECK_THROWS_AS(namespaces().remove(name, must_exist), openstack::ResourceNotFound);
    CHECK_FALSE(namespaces().find(name).has_value());
}

TEST_CASE("A namespace is created with all that is in it, and keeps it when it is renamed", "[metadefs]") {
    TemporaryNamespace made{
        {.resource_type_associations = {{.name = "OS::Glance::Image", .prefix = "hw_"},
                                        {.name = "OS::Cinder::Volume", .prefix = "hw_", .properties_target = "image"}},
         .properties = {{"action", Property{.type = PropertyType::string,
                                            .title = "Action",
                                            .default_value = RawJson{R"("none")"},
                                            .values = {"none", "reset"}}}},
         .objects = {{.name = "CPU",
                      .required = {"cores"},
                      .properties = {{"cores",
                                      Property{.type = PropertyType::integer, .title = "Cores", .minimum = 1}}}}},
         .tags = {{.name = "fast"}, {.name = "slow"}}}};
    Namespace const now = namespaces().get(made.name());
    REQUIRE(now.properties);
    CHECK(now.properties->at("action").values == std::vector<std::string>{"none", "reset"});
    CHECK(now.properties->at("action").default_value == RawJson{R"("none")"});
    REQUIRE(now.objects);
    CHECK(now.objects->at(0).properties->at("cores").minimum == 1);
    CHECK(now.tags->size() == 2);
    CHECK(now.resource_type_associations->size() == 2);

    std::string const name = unique("Live::Renamed");
    Namespace const renamed = namespaces().update(now, {.name = name, .description = "renamed"});
    made.rename(name);
    CHECK(renamed.name == name);
    CHECK(renamed.self == "/v2/metadefs/namespaces/" + name);
    Namespace const after = namespaces().get(name);
    CHECK(after.properties == now.properties);
    CHECK(after.tags == now.tags);
    CHECK(after.objects->at(0).properties == now.objects->at(0).properties);
    CHECK(after.description == "renamed");
    CHECK_THROWS_AS(namespaces().get(now), openstack::ResourceNotFound);
    CHECK_THROWS_AS(namespaces().update(after, {.tags = {Tag{.name = "x"}}}), openstack::InvalidRequest);
    CHECK(namespaces().update(name, [](Namespace& each) { each.display_name = "shown"; }).display_name == "shown");

    Namespace const prefixed = namespaces().get(name, where<&Namespace::resource_type> == "OS::Glance::Image");
    CHECK(prefixed.properties->contains("hw_action"));
    CHECK(prefixed.objects->at(0).required == std::vector<std::string>{"hw_cores"});
}

TEST_CASE("Namespaces are filtered, sorted and listed page by page", "[metadefs]") {
    TemporaryNamespace const image{{.resource_type_associations = {{.name = "OS::Glance::Image"}}}};
    TemporaryNamespace const both{
        {.resource_type_associations = {{.name = "OS::Glance::Image"}, {.name = "OS::Nova::Aggregate"}}}};
    TemporaryNamespace const none{{.visibility = Visibility::private_}};
    using Catch::VectorContains;
    std::vector<std::string> const all = ids(namespaces().list());
    CHECK_THAT(all, VectorContains(image.name()) && VectorContains(both.name()) && VectorContains(none.name()));
    std::vector<std::string> const paged = ids(namespaces().list(page_size(2)));
    CHECK(paged == all);
    CHECK(paged.size() > 4);
    std::vector<std::string> reversed = ids(namespaces().list(page_size(3), asc<&Namespace::created_at>));
    CHECK_THAT(reversed, Catch::UnorderedEquals(all));
    CHECK(reversed != all);
    CHECK(ids(namespaces().list(desc<&Namespace::created_at>)) == all);
    CHECK_THAT(ids(namespaces().list(desc<&Namespace::updated_at>)), Catch::UnorderedEquals(all));

    auto const for_aggregates = ids(namespaces().list(where<&Namespace::resource_types> == "OS::Nova::Aggregate"));
    CHECK_THAT(for_aggregates, VectorContains(both.name()) && !VectorContains(image.name()));
    auto const for_either =
        ids(namespaces().list(where<&Namespace::resource_types>.in({"OS::Nova::Aggregate", "OS::Glance::Image"})));
    CHECK_THAT(for_either, VectorContains(both.name()) && VectorContains(image.name()) && !VectorContains(none.name()));
    CHECK_THAT(ids(namespaces().list(where<&Namespace::visibility> == Visibility::private_)),
               VectorContains(none.name()) && !VectorContains(both.name()));
    CHECK_THAT(ids(Proxy<Namespace>{demo().session()}.list()),
               VectorContains(image.name()) && !VectorContains(none.name()));
}

// tempest: MetadataNamespaceObjectsTest.test_create_update_delete_meta_namespace_objects
TEST_CASE("Objects are created, changed and removed", "[metadefs]") {
    TemporaryNamespace const space;
    Proxy<Object> const objects{admin().session(), space.record()};
    Object const made =
        objects.create({.name = "My Object",
                        .description = "first",
                        .required = {"a"},
                        .properties = {{"a", Property{.type = PropertyType::array,
                                                      .title = "A",
                                                      .items = metadefs::Items{.type = PropertyType::string},
                                                      .has_unique_items = true,
                                                      .max_items = 3}}}});
    CHECK(made.name == "My Object");
    CHECK(made.created_at.has_value());
    CHECK(made.properties->at("a").items->type == PropertyType::string);
    CHECK(objects.get(made) == made);
    Object const changed = objects.update(made, {.name = "Other Object", .description = "second"});
    CHECK(changed.name == "Other Object");
    CHECK(changed.description == "second");
    CHECK(changed.required == made.required);
    CHECK(changed.properties == made.properties);
    CHECK_THROWS_AS(objects.get(made), openstack::ResourceNotFound);
    CHECK(objects.update("Other Object", [](Object& object) { object.properties->erase("a"); }).properties->empty());
    objects.remove(changed, must_exist);
    CHECK_THROWS_AS(objects.get(changed), openstack::ResourceNotFound);
}

// tempest: MetadataNamespaceObjectsTest.test_list_meta_namespace_objects
TEST_CASE("Objects are listed, and removed all at once", "[metadefs]") {
    TemporaryNamespace const space;
    Proxy<Object> const objects{admin().session(), space.name()};
    CHECK(objects.list().all().empty());
    objects.create({.name = "a"});
    objects.create({.name = "b"});
    CHECK_THAT(ids(objects.list()), Catch::UnorderedEquals(std::vector<std::string>{"a", "b"}));
    CHECK(ids(Proxy<Object>{demo().session(), space.name()}.list()).size() == 2);
    check_is_told(caught<openstack::Forbidden>([&] { Proxy<Object>{demo().session(), space.name()}.remove_all(); }));
    objects.remove_all();
    CHECK(objects.list().all().empty());
    CHECK(namespaces().get(space.name()).name == space.name());
    check_is_told(caught<openstack::ResourceNotFound>([&] {
        (void)Proxy<Object>{admin().session(), unique("Live::None")}.list().all();
    }));
}

// tempest: MetadataNamespaceObjectsTest.test_show_meta_namespace_objects
TEST_CASE("An object is shown with its properties", "[metadefs]") {
    TemporaryNamespace const space;
    Object const made = Proxy<Object>{admin().session(), space.name()}.create(
        {.name = "CPU", .properties = {{"cores", Property{.type = PropertyType::integer, .title = "Cores"}}}});
    Proxy<Object> const objects{demo().session(), space.name()};
    Object const shown = objects.get("CPU");
    CHECK(shown.properties == made.properties);
    CHECK(shown.created_at == made.created_at);
    CHECK(shown.self == "/v2/metadefs/namespaces/" + space.name() + "/objects/CPU");
    CHECK(shown.schema == "/v2/schemas/metadefs/object");
    CHECK(objects.find("CPU", must_exist) == shown);
    check_is_told(caught<openstack::ResourceNotFound>([&] { (void)objects.get("GPU"); }));
}

// tempest: MetadataNamespacePropertiesTest.test_basic_meta_def_namespace_property
TEST_CASE("Properties are created, read, listed, changed and removed", "[metadefs]") {
    TemporaryNamespace const space{{.resource_type_associations = {{.name = "OS::Glance::Image", .prefix = "hw_"}}}};
    Proxy<Property> const properties{admin().session(), space.name()};
    Property const made = properties.create({.name = "watchdog:action",
                                             .type = PropertyType::string,
                                             .title = "Action",
                                             .description = "What to do",
                                             .operators = {"<or>"},
                                             .default_value = RawJson{R"("reset")"},
                                             .is_read_only = false,
                                             .values = {"reset", "none"},
                                             .pattern = "^[a-z]+$",
                                             .min_length = 1,
                                             .max_length = 8});
    CHECK(made.name == "watchdog:action");
    CHECK(made.values == std::vector<std::string>{"reset", "none"});
    CHECK(made.min_length == 1);
    CHECK(properties.get(made) == made);
    CHECK(properties.find("watchdog:action", must_exist) == made);
    Property const number = properties.create(
        {.name = "number", .type = PropertyType::integer, .title = "N", .minimum = -5, .maximum = 5'000'000'000});
    std::vector<Property> const all = properties.list().all();
    REQUIRE(all.size() == 2);
    CHECK(all[0] == number);
    CHECK(all[1] == made);
    CHECK(properties.get("hw_number", where<&Property::resource_type> == "OS::Glance::Image") == number);

    Property const changed = properties.update(made, {.name = "renamed", .title = "New", .max_length = 9});
    CHECK(changed.name == "renamed");
    CHECK(changed.title == "New");
    CHECK(changed.max_length == 9);
    CHECK(changed.values == made.values);
    CHECK(ids(properties.list()) == std::vector<std::string>{"number", "renamed"});
    check_is_told(caught<openstack::BadRequest>([&] { properties.create({.name = "untitled"}); }));
    properties.remove(changed, must_exist);
    CHECK_THROWS_AS(properties.get(changed), openstack::ResourceNotFound);
    properties.remove_all();
    CHECK(properties.list().all().empty());
}

// tempest: MetadataNamespaceTagsTest.test_create_list_delete_namespace_tags
TEST_CASE("Tags are created at once, listed and removed", "[metadefs]") {
    TemporaryNamespace const space;
    Proxy<Tag> const tags{admin().session(), space.name()};
    CHECK(ids(tags.create_all({Tag{.name = "b"}, Tag{.name = "a"}, Tag{.name = "c"}})).size() == 3);
    using Names = std::vector<std::string>;
    CHECK(ids(tags.list(asc<&Tag::name>)) == Names{"a", "b", "c"});
    CHECK(ids(tags.list(desc<&Tag::name>, page_size(2))) == Names{"c", "b", "a"});
    CHECK_THAT(ids(tags.list(page_size(1))), Catch::UnorderedEquals(Names{"a", "b", "c"}));
    tags.create_all({Tag{.name = "d"}, Tag{.name = "e"}}, {{"X-OpenStack-Append", "True"}});
    CHECK(ids(tags.list(asc<&Tag::name>)) == Names{"a", "b", "c", "d", "e"});
    tags.create_all({Tag{.name = "f"}});  // without that header they replace those that are there
    CHECK(ids(tags.list()) == Names{"f"});
    CHECK(ids(Proxy<Tag>{demo().session(), space.name()}.list()) == Names{"f"});
    tags.remove_all();
    CHECK(tags.list().all().empty());
}

// tempest: MetadataNamespaceTagsTest.test_create_update_delete_tag
TEST_CASE("A tag is created, renamed and removed", "[metadefs]") {
    TemporaryNamespace const space;
    Proxy<Tag> const tags{admin().session(), space.name()};
    Tag const made = tags.create({.name = "first tag"});
    CHECK(admin().sent().at(0).line() == "POST /v2/metadefs/namespaces/" + encoded(space.name()) + "/tags/first%20tag");
    CHECK(made.name == "first tag");
    CHECK(made.created_at.has_value());
    CHECK(tags.get("first tag") == made);
    check_is_told(caught<openstack::Conflict>([&] { tags.create({.name = "first tag"}); }));
    Tag const renamed = tags.update(made, {.name = "second"});
    CHECK(renamed.name == "second");
    CHECK_FALSE(tags.find("first tag").has_value());
    CHECK(tags.find("second", must_exist).name == "second");
    tags.remove(renamed, must_exist);
    CHECK_THROWS_AS(tags.remove(renamed, must_exist), openstack::ResourceNotFound);
}

// tempest: MetadataResourceTypesTest.test_basic_meta_def_resource_type_association
TEST_CASE("A namespace is associated with resource types", "[metadefs]") {
    TemporaryNamespace const space;
    std::vector<std::string> const types = ids(Proxy<ResourceType>{demo().session()}.list());
    CHECK_THAT(types, Catch::VectorContains(std::string{"OS::Glance::Image"}));
    Proxy<ResourceTypeAssociation> const associations{admin().session(), space.name()};
    ResourceTypeAssociation const made =
        associations.create({.name = "OS::Cinder::Volume", .prefix = "hw_", .properties_target = "image"});
    CHECK(made.name == "OS::Cinder::Volume");
    CHECK(made.prefix == "hw_");
    CHECK(made.properties_target == "image");
    CHECK(made.created_at.has_value());
    associations.create({.name = "OS::Nova::Server"});
    std::vector<ResourceTypeAssociation> const all = associations.list().all();
    REQUIRE(all.size() == 2);
    ResourceTypeAssociation const found = associations.find("OS::Cinder::Volume", must_exist);
    CHECK(found.prefix == made.prefix);
    CHECK(found.properties_target == "image");
    check_is_told(caught<openstack::Conflict>([&] { associations.create({.name = "OS::Nova::Server"}); }));
    associations.remove(made, must_exist);
    CHECK(ids(associations.list()) == std::vector<std::string>{"OS::Nova::Server"});
    CHECK_THROWS_AS(associations.remove(made, must_exist), openstack::ResourceNotFound);
}
