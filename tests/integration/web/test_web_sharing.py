"""Who makes, lists and revokes share links: by the API, by pages, and with which role."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from shared.accounts.workspaces import create_workspace
from shared.db.account_models import ShareLink
from shared.db.audit_models import AuditEvent
from shared.main_workspace import MAIN_WORKSPACE
from shared.settings import Settings
from tests.account_steps import pass_time
from tests.integration.web.test_web_rights import member
from tests.queue_driver import QueueDriver
from tests.sharing_steps import API, file_of, linked, made_design, refusal, shared, to_job


@pytest.fixture
def job(client: FlaskClient, driver: QueueDriver, released: None) -> dict[str, Any]:
    return made_design(client, driver)


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    return app.test_client()


# ---- making, listing, revoking


def test_a_link_is_made_with_defaults_and_its_token_is_shown_once(
    client: FlaskClient, job: dict[str, Any], settings: Settings
) -> None:
    answer = client.post(f"{API}/jobs/{job['id']}/share-links")
    link = answer.get_json()
    assert answer.status_code == 201
    assert (link["job"], link["collection"], link["download"]) == (job["id"], None, False)
    assert link["url"] == f"{settings.public_url}/s/{link['token']}"
    (listed,) = client.get(f"{API}/share-links").get_json()["share_links"]
    assert listed == {key: link[key] for key in listed}
    assert "token" not in listed
    assert link["token"] not in json.dumps(listed)


def test_links_are_listed_by_resource_and_page(
    client: FlaskClient, job: dict[str, Any], session_factory: sessionmaker[Session]
) -> None:
    collection = client.post(f"{API}/collections", json={"name": "Autumn"}).get_json()["id"]
    made = [to_job(client, job, note=f"client {number}") for number in range(3)]
    other = linked(client, f"collections/{collection}")

    def ids(path: str) -> list[str]:
        return [each["id"] for each in client.get(path).get_json()["share_links"]]

    newest = [each["id"] for each in [other, *made[::-1]]]
    assert ids(f"{API}/share-links") == newest
    assert ids(f"{API}/share-links?collection={collection}") == [other["id"]]
    first = client.get(f"{API}/share-links?job={job['id']}&limit=2").get_json()
    assert [each["id"] for each in first["share_links"]] == newest[1:3]
    assert ids(first["next"]) == newest[3:]
    assert client.delete(made[0]["links"]["self"]).status_code == 204
    pass_time(session_factory, ShareLink, 15 * 86_400, "created_at", "expires_at")
    assert ids(f"{API}/share-links") == []


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("lifetime_s", {"lifetime_s": 59}),
        ("lifetime_s", {"lifetime_s": 365 * 86_400 + 1}),
        ("lifetime_s", {"lifetime_s": "14 days"}),
        ("note", {"note": "x" * 101}),
        ("note", {"note": "a\u0000b"}),
        ("download", {"download": "yes"}),
        ("password", {"password": "secret"}),
    ],
)
def test_wrong_fields_are_named(
    client: FlaskClient, job: dict[str, Any], field: str, given: dict[str, Any]
) -> None:
    answer = client.post(f"{API}/jobs/{job['id']}/share-links", json=given)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.get_json()["fields"]] == [field]


def test_only_designs_and_collections_that_exist_are_shared(
    client: FlaskClient, admin: FlaskClient, job: dict[str, Any], driver: QueueDriver
) -> None:
    printed = job["prints"][0]["id"]
    none = "00000000-0000-7000-8000-000000000000"
    wanted = {
        f"jobs/{printed}": (409, "job_not_shareable"),
        f"jobs/{none}": (404, "job_not_found"),
        "jobs/nonsense": (404, "job_not_found"),
        f"collections/{none}": (404, "collection_not_found"),
        f"collections/{job['id']}": (404, "collection_not_found"),
    }
    for path, expected in wanted.items():
        answer = client.post(f"{API}/{path}/share-links", json={})
        assert (answer.status_code, answer.get_json()["code"]) == expected
    client.delete(f"{API}/jobs/{job['id']}")
    deleted = client.post(f"{API}/jobs/{job['id']}/share-links", json={}).get_json()
    assert deleted["code"] == "job_deleted"


def test_acts_are_audited_without_tokens(
    client: FlaskClient, job: dict[str, Any], session_factory: sessionmaker[Session]
) -> None:
    link = to_job(client, job, download=True, note="for Ms. X")
    client.delete(link["links"]["self"])
    sha256 = job["artifacts"][0]["sha256"]
    signed = client.post(f"{API}/artifacts/{sha256}/link").get_json()
    with session_factory() as session:
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    recorded = [(each.action, each.object_id) for each in events]
    assert recorded == [
        ("share_link.create", link["id"]),
        ("share_link.revoke", link["id"]),
        ("artifact.link", sha256),
    ]
    made = events[0].after
    assert made == {"job": job["id"], "download": True, "expires_at": link["expires_at"]}
    written = " ".join(f"{each.before} {each.after}" for each in events)
    assert link["token"] not in written
    assert urlsplit(signed["url"]).query.partition("signature=")[2] not in written


# ---- the pages that make links


def test_links_are_made_and_revoked_without_a_script(
    client: FlaskClient, stranger: FlaskClient, job: dict[str, Any]
) -> None:
    path = f"/jobs/{job['id']}/share"
    assert f'href="{path}"' in client.get(f"/jobs/{job['id']}").text
    form = {"note": "for Ms. X", "lifetime_s": "86400", "download": "true"}
    made = client.post(path, data=form)
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    address = made.text.partition('readonly value="')[2].partition('"')[0]
    token = address.rpartition("/")[2]
    assert stranger.get(f"/s/{token}").status_code == 200
    again = client.get(path).text
    assert token not in again
    assert "for Ms. X" in again
    (link,) = client.get(f"{API}/share-links").get_json()["share_links"]
    assert link["download"] is True
    answer = client.post(f"{path}/{link['id']}/revoke")
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert stranger.get(f"/s/{token}").status_code == 404


def test_refused_links_are_explained_on_the_page(client: FlaskClient, job: dict[str, Any]) -> None:
    path, html = f"/jobs/{job['id']}/share", {"Accept": "text/html"}
    refused = client.post(path, data={"lifetime_s": "1", "note": "kept"}, headers=html)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert 'value="kept"' in refused.text
    part = client.get(f"{path}?part=1")
    assert "<html" not in part.text
    assert f'action="{path}?part=1"' in part.text


def test_a_collection_has_a_page_of_links(client: FlaskClient) -> None:
    collection = client.post(f"{API}/collections", json={"name": "Autumn"}).get_json()["id"]
    path = f"/collections/{collection}/share"
    assert f'href="{path}"' in client.get(f"/jobs?collection={collection}").text
    made = client.post(path, data={}).text
    assert "/s/" in made
    (link,) = client.get(f"{API}/share-links?collection={collection}").get_json()["share_links"]
    assert client.post(f"{path}/{link['id']}/revoke").status_code == 303
    assert client.get(f"{API}/share-links").get_json()["share_links"] == []
    assert client.get("/collections/none/share").status_code == 404


def test_on_a_public_address_the_page_says_nothing_of_this_machine(
    make_app: Callable[[Settings], Flask], settings: Settings, client: FlaskClient, job: Any
) -> None:
    path, said = f"/jobs/{job['id']}/share", "served on this machine alone"
    assert said in client.get(path).text
    public = settings.model_copy(update={"public_url": "https://studio.example"})
    assert said not in make_app(public).test_client().get(path).text


# ---- accounts


@pytest.fixture
def people(
    make_app: Callable[[Settings], Flask],
    settings: Settings,
    session_factory: sessionmaker[Session],
) -> dict[str, FlaskClient]:
    """A stranger, and members of two workspaces, of an installation with accounts."""
    application = make_app(settings.model_copy(update={"mode": "accounts"}))
    with session_factory.begin() as session:
        rival = create_workspace(session, "Rival").id
    found = {"stranger": application.test_client()}
    for place, role in (
        (MAIN_WORKSPACE, "viewer"),
        (MAIN_WORKSPACE, "designer"),
        (rival, "designer"),
    ):
        name = role if place == MAIN_WORKSPACE else "rival"
        found[name] = member(application, session_factory, place, role)
    return found


def test_designers_share_and_strangers_look(
    people: dict[str, FlaskClient], driver: QueueDriver, released: None
) -> None:
    designer, stranger = people["designer"], people["stranger"]
    job = made_design(designer, driver)
    sketch, tile = (file_of(job, kind)["sha256"] for kind in ("sketch", "tile"))
    link = to_job(designer, job)
    for name in ("stranger", "rival", "viewer", "designer"):
        client = people[name]
        assert client.get(shared(link)).status_code == 200
        assert client.get(f"/s/{link['token']}").status_code == 200
        with client.get(f"{shared(link)}/files/{sketch}") as answer:
            assert answer.status_code == 200
        assert refusal(client, f"{shared(link)}/files/{tile}")[0] == 404
    assert refusal(stranger, f"{API}/artifacts/{sketch}") == (401, "unauthorized")
    page = stranger.get(f"/s/{link['token']}").text
    for internal in ("/jobs", "/admin", "/sign-in", job["id"], "account:"):
        assert internal not in page
    designer.delete(link["links"]["self"])
    assert refusal(stranger, shared(link)) == (404, "share_link_not_found")


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("viewer", 403, "forbidden"),
        ("stranger", 401, "unauthorized"),
        ("rival", 404, "job_not_found"),
    ],
)
def test_others_may_not_share(
    people: dict[str, FlaskClient],
    driver: QueueDriver,
    released: None,
    name: str,
    status: int,
    code: str,
) -> None:
    job = made_design(people["designer"], driver)
    link, client = to_job(people["designer"], job), people[name]
    answer = client.post(f"{API}/jobs/{job['id']}/share-links", json={})
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    page = client.post(f"/jobs/{job['id']}/share", headers={"Accept": "text/html"})
    assert page.status_code == status
    sha256 = file_of(job, "tile")["sha256"]
    signed = client.post(f"{API}/artifacts/{sha256}/link", json={})
    assert signed.status_code == status
    revoked = client.delete(link["links"]["self"])
    assert revoked.status_code == status
    assert people["stranger"].get(shared(link)).status_code == 200
    listed = client.get(f"{API}/share-links?job={job['id']}")
    assert listed.get_json().get("share_links", []) == []


def test_pages_offer_sharing_to_those_who_may(
    people: dict[str, FlaskClient], driver: QueueDriver, released: None
) -> None:
    job = made_design(people["designer"], driver)
    path = f"/jobs/{job['id']}"
    assert f'href="{path}/share"' in people["designer"].get(path).text
    assert "share" not in people["viewer"].get(path).text.replace("share.css", "").replace(
        "share.js", ""
    )
    assert people["viewer"].get(f"{path}/share").status_code == 403
