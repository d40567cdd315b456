"""seed.py CONFIG URL_ONE URL_TWO: fills a bootstrapped Keystone's database with projects, users, the image service in two
regions and an application credential, by Keystone's own API within this process, and prints ids as shell assignments."""
import os
import sys

from werkzeug.test import Client

os.environ["OS_KEYSTONE_CONFIG_FILES"], url_one, url_two = sys.argv[1:]
sys.argv[1:] = []  # Keystone would read them as its own options
from keystone.server.wsgi import initialize_public_application

keystone = Client(initialize_public_application())


def call(method, path, token=None, **body):
    answer = keystone.open(path, method=method, json=body or None, headers={"X-Auth-Token": token} if token else {})
    if answer.status_code >= 300:
        sys.exit(f"{method} {path}: {answer.status} {answer.text}")
    return answer


def login(name):
    domain = {"id": "default"}
    user = {"name": name, "password": f"{name}-secret", "domain": domain}
    auth = {"identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"name": name, "domain": domain}}}
    return call("POST", "/v3/auth/tokens", auth=auth)


admin = login("admin")
ids = {"ADMIN_PROJECT_ID": admin.json["token"]["project"]["id"], "ADMIN_USER_ID": admin.json["token"]["user"]["id"]}
admin = admin.headers["X-Subject-Token"]


def create(kind, **fields):
    return call("POST", f"/v3/{kind}s", admin, **{kind: fields}).json[kind]["id"]


roles = {role["name"]: role["id"] for role in call("GET", "/v3/roles", admin).json["roles"]}
projects = {name: create("project", name=name, domain_id="default") for name in ("service", "demo", "alt")}
for name, project, role in (("glance", "service", "admin"), ("demo", "demo", "member"), ("alt", "alt", "member"),
                            ("reader", "demo", "reader")):
    user = create("user", name=name, password=f"{name}-secret", domain_id="default")
    call("PUT", f"/v3/projects/{projects[project]}/users/{user}/roles/{roles[role]}", admin)
    if name == project:
        ids |= {f"{name.upper()}_PROJECT_ID": projects[project], f"{name.upper()}_USER_ID": user}
    elif name == "glance":  # which asks for the limits of all projects
        call("PUT", f"/v3/system/users/{user}/roles/{roles['reader']}", admin)

call("PUT", f"/v3/domains/default/users/{ids['ADMIN_USER_ID']}/roles/{roles['admin']}", admin)

image = create("service", type="image", name="glance")
create("region", id="RegionTwo")
for region, url in (("RegionOne", url_one), ("RegionTwo", url_two)):
    for interface in ("public", "internal", "admin"):
        create("endpoint", service_id=image, interface=interface, region_id=region, url=url)
call("POST", "/v3/registered_limits", admin, registered_limits=[
    {"service_id": image, "region_id": "RegionTwo", "resource_name": name, "default_limit": limit}
    for name, limit in (("image_size_total", 4000), ("image_stage_total", 3000), ("image_count_total", 200),
                        ("image_count_uploading", 100))])

# Without "roles" it has all roles of the token: those that a named one implies would be missing.
credential = {"name": "demo", "secret": "application-secret"}
ids["DEMO_APPLICATION_CREDENTIAL_ID"] = call(
    "POST", f"/v3/users/{ids['DEMO_USER_ID']}/application_credentials", login("demo").headers["X-Subject-Token"],
    application_credential=credential).json["application_credential"]["id"]
ids["DEMO_APPLICATION_CREDENTIAL_SECRET"] = credential["secret"]
for name, value in ids.items():
    print(f"{name}={value}")
