// SPDX-License-Identifier: Apache-2.0
// Resource types of a user's own, mostly from another service: Keystone's projects, regions and application
// credentials, and Glance's definitions of metadata.
#include <catch2/catch.hpp>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cloud.hpp"

using live::admin, live::caught, live::Cloud, live::demo, live::ids, live::Sent, live::unique;
using openstack::Create, openstack::CreateOnly, openstack::Eq, openstack::Field, openstack::Filterable,
    openstack::must_exist, openstack::Proxy, openstack::ReadOnly, openstack::Resource, openstack::ResourceInfo,
    openstack::Sortable, openstack::Update, openstack::where, openstack::Wire;

namespace {

/// Identity API v3, section "Projects".
struct Project {
    static constexpr ResourceInfo resource{
        .service = "identity", .path = "/v3/projects", .key = "project", .plural = "projects", .update = Update::merge};

    Field<std::string, ReadOnly> id{};
    Field<std::string, Filterable<Eq>> name{};
    Field<std::string> description{};
    Field<bool, Wire<"enabled">, Filterable<Eq>> is_enabled{};
    Field<std::string, CreateOnly, Filterable<Eq>> domain_id{};
    Field<std::string, CreateOnly, Filterable<Eq>> parent_id{};
    Field<std::vector<std::string>> tags{};

    bool operator==(Project const&) const = default;
    BOOST_DESCRIBE_CLASS(Project, (), (id, name, description, is_enabled, domain_id, parent_id, tags), (), ())
};
static_assert(Resource<Project>);

/// Section "Regions": the caller chooses the id, and there are no names.
struct Region {
    static constexpr ResourceInfo resource{.service = "identity",
                                           .path = "/v3/regions",
                                           .key = "region",
                                           .plural = "regions",
                                           .create = Create::put,
                                           .update = Update::merge};

    Field<std::string, CreateOnly> id{};
    Field<std::string> description{};
    Field<std::string, Filterable<Eq>> parent_region_id{};

    bool operator==(Region const&) const = default;
    BOOST_DESCRIBE_CLASS(Region, (), (id, description, parent_region_id), (), ())
};
static_assert(Resource<Region>);

/// Section "Application Credentials": they belong to a user, and can't be changed.
struct ApplicationCredential {
    static constexpr ResourceInfo resource{.service = "identity",
                                           .path = "/v3/users/{user_id}/application_credentials",
                                           .key = "application_credential",
                                           .plural = "application_credentials"};

    Field<std::string, ReadOnly> id{};
    Field<std::string, CreateOnly, Filterable<Eq>> name{};
    Field<std::string, CreateOnly> description{};
    Field<std::string, CreateOnly> secret{};
    Field<openstack::Timestamp, CreateOnly> expires_at{};
    Field<bool, CreateOnly> unrestricted{};
    Field<std::string, ReadOnly> project_id{};

    bool operator==(ApplicationCredential const&) const = default;
    BOOST_DESCRIBE_CLASS(ApplicationCredential, (),
                         (id, name, description, secret, expires_at, unrestricted, project_id), (), ())
};
static_assert(Resource<ApplicationCredential>);

/// Glance's "Metadata definition namespaces": a PUT replaces them as a whole.
struct Namespace {
    static constexpr ResourceInfo resource{.service = "image",
                                           .path = "/v2/metadefs/namespaces",
                                           .plural = "namespaces",
                                           .update = Update::put,
                                           .page_size = 20};

    Field<std::string, CreateOnly, Wire<"namespace">> name{};
    Field<std::string> display_name{};
    Field<std::string> description{};
    Field<std::string, Filterable<Eq>> visibility{};
    Field<bool, Wire<"protected">> is_protected{};
    Field<std::string> owner{};
    Field<openstack::Timestamp, ReadOnly> created_at{};
    Field<openstack::Timestamp, ReadOnly> updated_at{};
    Field<std::string, ReadOnly> self{};
    Field<std::string, ReadOnly> schema{};

    bool operator==(Namespace const&) const = default;
    BOOST_DESCRIBE_CLASS(Namespace, (),
                         (name, display_name, description, visibility, is_protected, owner, created_at, updated_at,
                          self, schema),
                         (), ())
};
static_assert(Resource<Namespace>);

/// Removes what a test has made.
template<Resource T>
class Remover {
  public:
    Remover(Proxy<T> proxy, T const& made) : proxy_(std::move(proxy)), id_(openstack::identity(made)) {}
    Remover(Remover const&) = delete;
    Remover& operator=(Remover const&) = delete;
    ~Remover() {
        try {
            proxy_.remove(id_);
        } catch (openstack::Error const& error) {
            std::cerr << id_ << " stays: " << error.what() << '\n';
        }
    }

  private:
    Proxy<T> proxy_;
    std::string id_;
};

}  // namespace

TEST_CASE("Projects are created, got, found, listed, updated and removed", "[extending]") {
    Proxy<Project> const projects{admin().session()};
    std::string const name = unique("project");
    Project const made = projects.create({.name = name, .description = "first", .tags = {"x", "y"}});
    Remover<Project> const remover{projects, made};
    CHECK(made.name == name);
    CHECK(made.is_enabled == true);
    CHECK(made.domain_id == "default");
    CHECK(projects.get(made) == made);
    CHECK(projects.get(*made.id) == made);
    (void)admin().sent();

    Project changed = projects.update(made, {.description = "second", .is_enabled = false});
    auto const sent = admin().sent();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].line() == "PATCH /v3/projects/" + *made.id);
    CHECK(sent[0].body == R"({"project":{"description":"second","enabled":false}})");
    CHECK(sent[0].headers.find("Content-Type") == "application/json");
    CHECK(changed.description == "second");
    CHECK(changed.is_enabled == false);
    CHECK(changed.name == name);
    CHECK_THAT(*changed.tags, Catch::UnorderedEquals(*made.tags));
    CHECK(projects.update(changed, {.description = "second"}) == changed);
    CHECK(admin().sent().empty());

    changed = projects.update(made.id.value(), [](Project& p) {
        p.is_enabled = true;
        p.tags = {};
    });
    CHECK(changed.is_enabled == true);
    CHECK(changed.tags->empty());
    CHECK(projects.get(made) == changed);

    CHECK(ids(projects.list(where<&Project::name> == name, where<&Project::is_enabled> == true)) ==
          std::vector{*made.id});
    CHECK(ids(projects.list(where<&Project::name> == name, where<&Project::is_enabled> == false)).empty());
    CHECK(projects.list(where<&Project::name> == name).one() == changed);
    CHECK_THAT(ids(projects.list()),
               Catch::VectorContains(*made.id) && Catch::VectorContains(live::variable("DEMO_PROJECT_ID")));
    CHECK(projects.find(name)->id == made.id);
    CHECK(projects.find(*made.id)->id == made.id);

    projects.remove(made, must_exist);
    projects.remove(made);
    CHECK_THROWS_AS(projects.remove(made, must_exist), openstack::ResourceNotFound);
    CHECK_FALSE(projects.find(name).has_value());
    CHECK_THROWS_AS(projects.find(name, must_exist), openstack::ResourceNotFound);
}

TEST_CASE("Refusals of another service are told as well", "[extending]") {
    Proxy<Project> const projects{admin().session()};
    Project const made = projects.create({.name = unique("project")});
    Remover<Project> const remover{projects, made};
    live::check_is_told(caught<openstack::Conflict>([&] { projects.create({.name = *made.name}); }));
    live::check_is_told(caught<openstack::BadRequest>([&] { projects.update(made, {.name = std::string(65, 'n')}); }));
    live::check_is_told(caught<openstack::ResourceNotFound>([&] { (void)projects.get("none"); }));
    Proxy<Project> const as_demo{demo().session()};
    live::check_is_told(caught<openstack::Forbidden>([&] { as_demo.create({.name = unique("project")}); }));
    live::check_is_told(caught<openstack::Forbidden>([&] { as_demo.remove(made); }));
    // What may neither be got by its id nor listed for its name isn't taken for missing.
    live::check_is_told(caught<openstack::Forbidden>([&] { (void)as_demo.find(*made.id); }));
    CHECK(projects.get(made) == made);
}

TEST_CASE("A resource whose id the caller chooses is put there", "[extending]") {
    Proxy<Region> const regions{admin().session()};
    Region const plain = regions.create({.id = unique("region"), .description = "first"});
    Remover<Region> const remover{regions, plain};
    CHECK(plain.description == "first");
    CHECK(plain.parent_region_id.is_null());
    Region const child = regions.create({.id = unique("child"), .parent_region_id = *plain.id});
    Remover<Region> const child_remover{regions, child};
    CHECK(ids(regions.list(where<&Region::parent_region_id> == *plain.id)) == std::vector{*child.id});
    CHECK(regions.update(child, {.description = "text"}).description == "text");
    CHECK(regions.find(*child.id, must_exist).parent_region_id == *plain.id);
    CHECK_FALSE(regions.find("none").has_value());
    CHECK_THROWS_AS(regions.create({.description = "without an id"}), openstack::InvalidRequest);
}

TEST_CASE("A resource that a PUT replaces keeps what an update doesn't name", "[extending]") {
    Proxy<Namespace> const namespaces{admin().session()};
    Namespace const made =
        namespaces.create({.name = unique("namespace"), .display_name = "shown", .description = "first"});
    Remover<Namespace> const remover{namespaces, made};
    (void)admin().sent();

    Namespace changed = namespaces.update(made, {.description = "second"});
    auto const sent = admin().sent();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].line() == "PUT /v2/metadefs/namespaces/" + *made.name);
    CHECK(changed.description == "second");
    CHECK(changed.display_name == "shown");

    changed = namespaces.update(*made.name, {.description = "third", .is_protected = false});
    CHECK(changed.description == "third");
    CHECK(changed.display_name == "shown");
    CHECK(changed.visibility == made.visibility);

    changed = namespaces.update(changed, [](Namespace& n) { n.display_name.reset(); });
    CHECK_FALSE(changed.display_name.has_value());
    CHECK(changed.description == "third");
    CHECK(namespaces.get(made).description == "third");
    CHECK_THROWS_AS(namespaces.update(made, {.name = "another"}), openstack::InvalidRequest);
}

TEST_CASE("The placeholders of a path are bound once for all operations", "[extending]") {
    std::string const user = live::variable("DEMO_USER_ID");
    Proxy<ApplicationCredential> const credentials{demo().session(), user};
    ApplicationCredential const made =
        credentials.create({.name = unique("credential"),
                            .secret = "not so secret",
                            .expires_at = openstack::Timestamp::parse("2099-12-31T23:59:59.123456Z").value()});
    Remover<ApplicationCredential> const remover{credentials, made};
    CHECK(made.secret == "not so secret");
    CHECK(made.project_id == live::variable("DEMO_PROJECT_ID"));
    CHECK(made.expires_at == openstack::Timestamp::parse("2099-12-31T23:59:59.123456Z").value());
    ApplicationCredential const now = credentials.get(made);
    CHECK(now.secret.is_unset());
    CHECK(now.name == made.name);
    CHECK(credentials.find(*made.name, must_exist).id == made.id);
    CHECK(ids(credentials.list(where<&ApplicationCredential::name> == *made.name)) == std::vector{*made.id});
    CHECK_THROWS_AS((Proxy<ApplicationCredential>{demo().session(), ".."}), openstack::InvalidRequest);
    (void)demo().sent();
    credentials.remove(made, must_exist);
    CHECK(demo().sent().at(0).line() == "DELETE /v3/users/" + user + "/application_credentials/" + *made.id);
}
