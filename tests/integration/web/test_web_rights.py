"""Walk all routes with every role, a stranger and members of other workspaces: nothing leaks."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.routing import Rule

from shared.accounts.api_keys import NewKey, create_key
from shared.accounts.rights import RIGHTS, ROLES, SCOPES
from shared.accounts.sessions import Visit, create_session, use_workspace
from shared.accounts.workspaces import create_workspace, set_role
from shared.db.account_models import Account
from shared.db.ids import new_id
from shared.db.library_models import BrandPalette
from shared.db.models import Artifact, Job
from shared.db.webhook_models import WebhookDelivery
from shared.main_workspace import MAIN_WORKSPACE
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from tests.images import as_png, photo
from tests.integration.web.test_web_designs import record as drawable
from tests.queue_driver import QueueDriver
from web.app import create_app
from web.http.route_rights import ACCOUNTS_ONLY, LOCAL_ONLY, ROUTE_RIGHTS, SESSION_ONLY, SIGN_IN

WORDS = ("ocelots", "quincunx", "gooseberry", "hooks.example.org", "belladonna")
"""What stands in the studio's things and nowhere else; no request says any of it."""
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
OWNED = (
    *("job", "batch", "collection", "brand_palette", "webhook_endpoint", "share_link"),
    *("membership", "api_key", "invitation", "deletion"),
)
OF_JOBS = (
    *("webhook_delivery", "library_entry", "library_variant", "artifact", "collection_item"),
    "job_event",
)
FURTHER = {"release": "first", "motif_id": "fox", "filename": "form.js", "variant": "0"}
LEAVING = {"account.leave", "sign_in.leave"}
"""Endpoints by which a session ends."""
AUDIT = {"audit.events", "audit_pages.log"}
"""The administrators of the installation see all acts, with names that people gave things."""
HTML = {"Accept": "text/html"}


@dataclass(frozen=True, kw_only=True)
class Studio:
    """A workspace with things of every kind, and clients of its members and of others."""

    ids: dict[str, str]
    people: dict[str, FlaskClient]
    factory: sessionmaker[Session]
    place: str
    """Id of the workspace."""
    files: tuple[bytes, ...]
    """Contents that nobody else may get."""

    def state(self) -> list[str]:
        """Return a fingerprint of the studio's rows."""
        owned = "t.workspace_id = :place"
        of_jobs = "t.job_id IN (SELECT id FROM job WHERE workspace_id = :place)"
        tables = [(each, owned) for each in OWNED] + [(each, of_jobs) for each in OF_JOBS]
        with self.factory() as session:
            return [
                f"{table} {row}"
                for table, which in tables
                for row in session.scalars(
                    text(f"SELECT t::text FROM {table} t WHERE {which} ORDER BY 1"),
                    {"place": self.place},
                )
            ]


@pytest.fixture
def application(settings: Settings) -> Iterator[Flask]:
    """The application in the mode accounts."""
    unlimited = {"max_requests_per_address": 0, "max_requests_per_account": 0}
    made = create_app(settings.model_copy(update={"mode": "accounts", **unlimited}))
    yield made
    made.extensions["codesigner"].close()


def member(application: Flask, factory: sessionmaker[Session], place: str, role: str) -> Any:
    """Return the client of a new member's browser."""
    client = application.test_client()
    with factory.begin() as session:
        name = f"{role}-{place[-12:]}"  # without a password, whose hash takes its time
        account = Account(id=new_id(), name=name, name_key=name, password_hash="")
        session.add(account)
        session.flush()
        set_role(session, account.id, place, role)
        token, row = create_session(session, account.id, Visit())
        use_workspace(session, row.id, account.id, place)
    with client.session_transaction() as cookie:
        cookie["account"] = token
    client.environ_base["account"] = account.id
    return client


@pytest.fixture
def studio(
    application: Flask,
    session_factory: sessionmaker[Session],
    driver: QueueDriver,
    artifact_store: ArtifactStore,
) -> Studio:
    """Two workspaces beside the main one, each with a member of every role."""
    with session_factory.begin() as session:
        places = {name: create_workspace(session, name).id for name in ("studio", "rival")}
    places["main"] = MAIN_WORKSPACE
    people = {"stranger": application.test_client()}
    for (name, place), role in product(places.items(), ROLES):
        people[f"{name} {role}"] = member(application, session_factory, place, role)
    maker, chief = people["studio designer"], people["studio administrator"]
    hook = {"url": f"https://{WORDS[3]}/in", "events": ["job.submitted", "job.cancelled"]}
    ids = {"endpoint_id": _made(chief.post("/api/v1/webhooks", json=hook))["id"]}
    upload = {
        "brief": f"{WORDS[0]} on linen, mug",
        "variants": "2",
        "reference": (io.BytesIO(as_png(photo(3))), "photo.png"),
    }
    job = _made(maker.post("/api/v1/jobs", data=upload))
    driver.run_all(has_reference=True)
    ids["job_id"] = job["id"]
    sweep = {"briefs": [f"{WORDS[0]} in rows", f"{WORDS[0]} in rings"]}
    ids["batch_id"] = _made(maker.post("/api/v1/batches", json=sweep))["id"]
    shelf = _made(maker.post("/api/v1/collections", json={"name": WORDS[1]}))
    ids["collection_id"] = shelf["id"]
    maker.put(f"/api/v1/collections/{shelf['id']}/jobs/{job['id']}")
    maker.patch(f"/api/v1/jobs/{job['id']}", json={"name": WORDS[4], "tags": [WORDS[4]]})
    palette = {"name": WORDS[2], "palette": {"colours": [{"hex": "#102030"}, {"hex": "#405060"}]}}
    ids["palette_id"] = _made(maker.post("/api/v1/palettes", json=palette))["id"]
    key = {"name": WORDS[2], "scopes": ["read"]}
    ids["key_id"] = _made(chief.post("/api/v1/api-keys", json=key))["id"]
    guest = {"role": "viewer", "email": f"guest@{WORDS[3]}"}
    ids["invitation_id"] = _made(chief.post("/api/v1/invitations", json=guest))["id"]
    ids["export_id"] = _made(maker.post("/api/v1/exports"))["id"]
    ids["account_id"] = maker.environ_base["account"]
    ids["session_id"] = maker.get("/api/v1/sessions").get_json()["sessions"][0]["id"]
    ids["workspace_id"] = places["studio"]
    ids["link_id"] = _made(maker.post(f"/api/v1/jobs/{job['id']}/share-links"))["id"]
    with session_factory() as session:
        files = list(session.scalars(select(Artifact.sha256).where(Artifact.job_id == job["id"])))
        reference = session.scalars(select(Job.reference_sha256).where(Job.id == job["id"])).one()
        ids["delivery_id"] = session.scalars(select(WebhookDelivery.id)).first() or ""
    assert reference is not None
    ids["sha256"] = reference
    contents = tuple(artifact_store.get(sha256) for sha256 in (reference, *files))
    return Studio(
        ids=ids, people=people, factory=session_factory, place=places["studio"], files=contents
    )


def _made(answer: Any) -> dict[str, Any]:
    assert answer.status_code in {201, 202}, answer.get_data(as_text=True)
    document: dict[str, Any] = answer.get_json()
    return document


def _routes(application: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in application.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})
    ]


def _path(rule: Rule, ids: dict[str, str]) -> str:
    path = rule.rule
    for argument in rule.arguments:
        value = ids.get(argument) or FURTHER.get(argument, "unknown")
        for converter in ("", "int:", "path:"):
            path = path.replace(f"<{converter}{argument}>", value)
    return path


def _bodies(ids: dict[str, str], method: str) -> list[dict[str, Any]]:
    """Return ways to ask, which name the studio's things wherever a request can."""
    job, sha256 = ids["job_id"], ids["sha256"]
    query = {
        "job": job, "design": job, "like": job, "batch": ids["batch_id"],
        "collection": ids["collection_id"], "endpoint": ids["endpoint_id"],
    }  # fmt: skip
    if method not in WRITES:
        lone = [{"query_string": {name: value}} for name, value in query.items()]
        return [{}, {"headers": HTML}, {"query_string": query}, *lone]
    both = {"jobs": [job], "job": job, "heart": f"{job}.0", "favourite": True, "name": "x"}
    design = {"brief": "stripes, mug", "briefs": ["stripes"], "variants": 1}
    return [
        {},
        {"json": {**both, "add_tags": ["x"]}},
        {"json": {"jobs": [job], "delete": True}},
        {"json": {"jobs": [job], "restore": True}},
        {"json": {"jobs": [job], "remove_from": ids["collection_id"]}},
        {"json": {**design, "derived_from": job}},
        {"json": {**design, "reference": sha256}},
        {"data": {"brief": "stripes", "palette_saved": ids["palette_id"]}, "headers": HTML},
        {"data": {**both, "do": "delete", "enabled": "0"}, "headers": HTML},
        {"data": {**both, "do": "take_out", "collection": ids["collection_id"]}},
    ]


def _asked(
    application: Flask, studio: Studio, name: str
) -> Iterator[tuple[Rule, str, dict[str, Any], Any]]:
    """Yield each way to ask of each route by a person, and the response."""
    client = studio.people[name]
    for rule, method in _routes(application):
        if rule.endpoint in LEAVING and name != "stranger":
            continue
        for body in _bodies(studio.ids, method):
            given = {"follow_redirects": False, **body}
            yield rule, method, body, client.open(_path(rule, studio.ids), method=method, **given)


def _leaks(studio: Studio, response: Any) -> list[str]:
    content = response.get_data()
    shown = [word for word in WORDS if word.encode() in content]
    return shown + (["a file"] if content and content in studio.files else [])


def test_each_route_is_in_the_table_of_rights(application: Flask) -> None:
    endpoints = {rule.endpoint for rule in application.url_map.iter_rules()}
    assert set(ROUTE_RIGHTS) == endpoints
    assert endpoints >= LOCAL_ONLY | ACCOUNTS_ONLY
    assert not LOCAL_ONLY & ACCOUNTS_ONLY


def test_unlisted_route_is_refused(
    application: Flask, session_factory: sessionmaker[Session]
) -> None:
    application.add_url_rule("/unlisted", "unlisted", lambda: "content")
    chief = member(application, session_factory, MAIN_WORKSPACE, "administrator")
    assert chief.get("/unlisted").status_code == 404


def test_stranger_gets_nothing(application: Flask, studio: Studio) -> None:
    before = studio.state()
    walked = 0
    for rule, method, body, response in _asked(application, studio, "stranger"):
        where = (method, rule.rule, body, response.status_code)
        walked += 1
        assert _leaks(studio, response) == [], where
        if ROUTE_RIGHTS[rule.endpoint] == "public":
            assert response.status_code < 500 or rule.endpoint == "health.readyz", where
        elif response.status_code == 302:
            assert response.headers["Location"].startswith(f"{SIGN_IN}?next="), where
        else:
            assert response.status_code == 401, where
    assert walked > 300
    assert studio.state() == before


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("place", ["rival", "main"])
def test_member_of_another_workspace_gets_nothing(
    application: Flask, studio: Studio, place: str, role: str
) -> None:
    before = studio.state()
    for rule, method, body, response in _asked(application, studio, f"{place} {role}"):
        where = (method, rule.rule, body, response.status_code)
        if rule.endpoint in {"health.readyz", *AUDIT}:
            continue
        assert _leaks(studio, response) == [], where
        assert response.status_code < 500, where
        if set(rule.arguments) & (set(studio.ids) - {"sha256"}):
            assert response.status_code in {302, 303, 400, 401, 403, 404, 415, 422}, where
    assert studio.state() == before
    for name in (f"{place} {role}", "studio designer"):
        assert studio.people[name].get("/api/v1/account").status_code == 200  # is still signed in


@pytest.mark.parametrize("name", ["rival administrator", "main administrator"])
def test_files_of_another_workspace_are_no_inputs(studio: Studio, name: str) -> None:
    client, ids = studio.people[name], studio.ids
    layer = {"id": "l1", "kind": "image", "sha256": ids["sha256"]}
    record = drawable(layers=[layer])
    with studio.factory() as session:
        tile = session.scalars(select(Artifact.sha256).where(Artifact.kind == "tile")).first()
    for sha256 in (ids["sha256"], tile):
        given, form = {"reference": {"sha256": sha256}}, {"reference_sha256": sha256}
        layer["sha256"] = str(sha256)
        for answer, field in (
            (client.post("/api/v1/jobs", json={"brief": "x", **given}), "reference.sha256"),
            (client.post("/api/v1/batches", json={"briefs": ["x"], **given}), "reference.sha256"),
            (client.post("/designs", data={"brief": "x", **form}), "reference.sha256"),
            (
                client.post("/designs", data={"brief": "x", "seeds": "1,2", **form}),
                "reference.sha256",
            ),
            (
                client.post("/api/v1/designs/render", json={"design": record}),
                "design.layers.0.sha256",
            ),
        ):
            found = answer.get_json()
            assert answer.status_code == 422, found
            assert field in [each["field"] for each in found["fields"]], found
        assert client.post(f"/api/v1/artifacts/{sha256}/link").status_code == 404
        assert client.get(f"/api/v1/jobs?picture={sha256}").status_code == 422
    for path in ("retry", "prints", "variants/0/edits"):
        body = {"say": "bluer"} if path.endswith("edits") else {}
        assert client.post(f"/api/v1/jobs/{ids['job_id']}/{path}", json=body).status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_roles_may_do_what_the_table_says(application: Flask, studio: Studio, role: str) -> None:
    client = studio.people[f"studio {role}"]
    for rule, method in _routes(application):
        need = ROUTE_RIGHTS[rule.endpoint]
        if need in {"public", "signed_in"} or rule.endpoint in LOCAL_ONLY:
            continue
        allowed = need in RIGHTS[role] and need != "administer"  # of the main workspace alone
        unknown = dict.fromkeys(studio.ids, "unknown")
        response = client.open(_path(rule, unknown), method=method)
        assert (response.status_code != 403) == allowed, (rule.rule, method, response.status_code)


@pytest.mark.parametrize("scope", SCOPES)
def test_api_key_is_limited_by_its_scopes(
    application: Flask, studio: Studio, session_factory: sessionmaker[Session], scope: Any
) -> None:
    chief = studio.people["studio administrator"]
    with session_factory.begin() as session:
        new = NewKey(
            account_id=chief.environ_base["account"],
            workspace_id=studio.place,
            name="ci",
            scopes=[scope],
        )
        key, _row = create_key(session, new)
    client = application.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    for rule, method in _routes(application):
        need: Any = ROUTE_RIGHTS[rule.endpoint]
        if need in {"public", "signed_in", "administer"} or rule.endpoint in LOCAL_ONLY:
            continue
        response = client.open(_path(rule, {}), method=method)
        allowed = need in SCOPES[scope] and rule.endpoint not in SESSION_ONLY
        assert (response.status_code != 403) == allowed, (rule.rule, method)
    bulk = {"jobs": [studio.ids["job_id"]], "delete": True}
    assert client.post("/api/v1/jobs/bulk", json=bulk).status_code == 403  # change and delete


def test_members_see_the_things_of_their_workspace(application: Flask, studio: Studio) -> None:
    ids = studio.ids
    for role in ROLES:
        client = studio.people[f"studio {role}"]
        assert client.get(f"/api/v1/jobs/{ids['job_id']}").status_code == 200
        assert client.get(f"/api/v1/batches/{ids['batch_id']}").status_code == 200
        found = client.get("/api/v1/jobs").get_json()["jobs"]
        assert ids["job_id"] in [each["id"] for each in found]
        file = client.get(f"/api/v1/artifacts/{ids['sha256']}")
        assert file.status_code == 200
        assert "private" in file.headers["Cache-Control"]
        assert client.get(f"/jobs/{ids['job_id']}", headers=HTML).status_code == 200


def test_palette_is_its_owners_within_the_workspace(
    studio: Studio, session_factory: sessionmaker[Session]
) -> None:
    with session_factory() as session:
        row = session.get_one(BrandPalette, studio.ids["palette_id"])
        maker = studio.people["studio designer"].environ_base["account"]
        assert row.owner == f"account:{maker}"
    for name, client in studio.people.items():
        seen = client.get("/api/v1/palettes").get_json()
        assert bool(seen.get("palettes")) == (name == "studio designer"), name


def test_owner_and_workspace_are_recorded(
    studio: Studio, session_factory: sessionmaker[Session]
) -> None:
    query = "SELECT DISTINCT workspace_id FROM {} WHERE workspace_id <> 'main'"
    with session_factory() as session:
        for table in [each for each in OWNED if each != "membership"]:
            assert len(session.scalars(text(query.format(table))).all()) == 1, table
        owners = set(session.scalars(select(Job.owner)))
    maker = studio.people["studio designer"].environ_base["account"]
    assert owners == {f"account:{maker}"}
