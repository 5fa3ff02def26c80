"""Invitations, members, links for passwords and the installation's administration over HTTP."""

import html
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.accounts.people import NewAccount, create_account
from shared.accounts.workspaces import create_workspace, set_role
from shared.main_workspace import MAIN_WORKSPACE
from tests.account_steps import OTHER, PASSWORD, Factory, add_member
from tests.integration.web.account_pages import API, actions, signed_in


def link_on(page: Any, path: str) -> str:
    """Return the path and query of the link that a page shows once."""
    found = re.search(rf"http://[^<]*({path}\?token=[\w-]+)<", page.get_data(as_text=True))
    assert found is not None
    return html.unescape(found[1])


def token_of(link: str) -> str:
    return link.partition("token=")[2]


@pytest.fixture
def chief(site: Flask, root: str) -> FlaskClient:
    """A browser of the administrator."""
    return signed_in(site)


def studio_administrator(site: Flask, factory: Factory, name: str = "stu") -> tuple[str, str]:
    """Add a workspace and its administrator; return their ids."""
    with factory.begin() as session:
        place = create_workspace(session, f"Studio of {name}").id
        account = create_account(session, NewAccount(name=name, password=PASSWORD)).id
        set_role(session, account, place, "administrator")
        return place, account


def test_somebody_invited_gets_an_account_once(
    site: Flask, chief: FlaskClient, session_factory: Factory
) -> None:
    made = chief.post(
        "/members/invitations", data={"role": "viewer", "email": "New@Studio.example"}
    )
    link = link_on(made, "/invitation")
    assert token_of(link) not in chief.get("/members/").get_data(as_text=True)
    browser = site.test_client()
    page = browser.get(link).get_data(as_text=True)
    assert "Invitation to Codesigner" in page
    assert "new@studio.example" in page
    form = {"token": token_of(link), "name": "newcomer", "password": "short"}
    refused = browser.post("/invitation", data=form)
    assert refused.status_code == 422
    assert "Must have at least 8 characters." in refused.get_data(as_text=True)
    assert browser.post("/invitation", data=form | {"password": PASSWORD}).status_code == 303
    present = browser.get(f"{API}/account").get_json()
    assert present["account"]["email"] == "new@studio.example"
    assert (present["workspace"]["role"], present["rights"]) == ("viewer", ["see"])
    again = site.test_client()
    assert again.get(link).status_code == 410
    assert again.post("/invitation", data=form | {"name": "other"}).status_code == 410
    assert actions(session_factory)[1:] == [
        *("invitation.create", "account.create", "invitation.accept", "session.sign_in"),
    ]


def test_name_that_is_taken_leaves_the_link_open(site: Flask, chief: FlaskClient) -> None:
    link = link_on(chief.post("/members/invitations", data={"role": "designer"}), "/invitation")
    form = {"token": token_of(link), "name": "ROOT", "password": PASSWORD}
    refused = site.test_client().post("/invitation", data=form)
    assert refused.status_code == 409
    assert site.test_client().get(link).status_code == 200


def test_member_of_another_workspace_joins_and_works_there(
    site: Flask, chief: FlaskClient, session_factory: Factory
) -> None:
    studio_administrator(site, session_factory)
    browser = signed_in(site, "stu")
    link = link_on(chief.post("/members/invitations", data={"role": "designer"}), "/invitation")
    assert "Join as stu" in browser.get(link).get_data(as_text=True)
    assert browser.post("/invitation/join", data={"token": token_of(link)}).status_code == 303
    present = browser.get(f"{API}/account").get_json()
    assert present["workspace"]["id"] == MAIN_WORKSPACE
    assert len(present["workspaces"]) == 2
    back = next(each["id"] for each in present["workspaces"] if each["id"] != MAIN_WORKSPACE)
    assert browser.post("/account/workspace", data={"workspace": back}).status_code == 303
    assert browser.get(f"{API}/account").get_json()["workspace"]["id"] == back
    elsewhere = browser.patch(f"{API}/account", json={"workspace": "none"})
    assert elsewhere.get_json()["code"] == "member_not_found"


def test_withdrawn_invitation_does_not_work(site: Flask, chief: FlaskClient) -> None:
    made = chief.post(f"{API}/invitations", json={"role": "designer"}).get_json()
    assert chief.post(f"/members/invitations/{made['id']}/withdraw").status_code == 303
    path = "/" + made["link"].split("/", 3)[3]
    assert site.test_client().get(path).status_code == 410
    again = chief.delete(f"{API}/invitations/{made['id']}")
    assert (again.status_code, again.get_json()["code"]) == (404, "invitation_not_found")
    assert chief.get(f"{API}/invitations").get_json() == {"invitations": []}


def test_invitation_by_api(site: Flask, chief: FlaskClient) -> None:
    made = chief.post(f"{API}/invitations", json={"role": "designer", "email": "no address"})
    assert [each["field"] for each in made.get_json()["fields"]] == ["email"]
    made = chief.post(f"{API}/invitations", json={})
    token = token_of(made.get_json()["link"])
    browser = site.test_client()
    short = browser.post(f"{API}/invitations/accept", json={"token": token})
    assert [each["field"] for each in short.get_json()["fields"]] == ["name", "password"]
    asked = {"token": token, "name": "program", "password": PASSWORD}
    joined = browser.post(f"{API}/invitations/accept", json=asked)
    assert (joined.status_code, joined.get_json()["workspace"]["role"]) == (201, "designer")
    assert browser.get(f"{API}/account").status_code == 200


def test_role_and_membership_end_at_once(
    site: Flask, chief: FlaskClient, session_factory: Factory
) -> None:
    anna = add_member(session_factory)
    browser = signed_in(site, "anna")
    assert chief.post(f"/members/{anna}/role", data={"role": "viewer"}).status_code == 303
    assert browser.get(f"{API}/account").get_json()["rights"] == ["see"]
    assert chief.post(f"/members/{anna}/remove").status_code == 303
    assert browser.get(f"{API}/account").get_json()["workspace"] is None
    assert browser.get("/jobs").status_code == 403
    assert "member of no workspace" in browser.get("/account/").get_data(as_text=True)


def test_last_administrator_stays(chief: FlaskClient, root: str) -> None:
    for path, form in (("role", {"role": "viewer"}), ("remove", {})):
        refused = chief.post(f"/members/{root}/{path}", data=form)
        assert refused.status_code == 409
        assert "last administrator" in refused.get_data(as_text=True)
    assert chief.patch(f"{API}/accounts/{root}", json={"disabled": True}).status_code == 409


def test_link_sets_a_new_password_and_ends_sessions(
    site: Flask, chief: FlaskClient, session_factory: Factory
) -> None:
    anna = add_member(session_factory)
    browser = signed_in(site, "anna")
    link = link_on(chief.post(f"/members/{anna}/reset"), "/reset-password")
    stranger = site.test_client()
    assert stranger.get(link).status_code == 200
    form = {"token": token_of(link), "new_password": "12345678"}
    refused = stranger.post("/reset-password", data=form)
    assert "too common" in refused.get_data(as_text=True)
    sent = stranger.post("/reset-password", data=form | {"new_password": OTHER})
    assert sent.location == "/sign-in?done=password"
    assert browser.get(f"{API}/account").status_code == 401
    signed_in(site, "anna", OTHER)
    used = stranger.post(f"{API}/password-reset", json=form | {"new_password": PASSWORD})
    assert (used.status_code, used.get_json()["code"]) == (410, "link_invalid")


def test_administrator_signs_a_member_out(
    site: Flask, chief: FlaskClient, session_factory: Factory
) -> None:
    anna = add_member(session_factory)
    browser = signed_in(site, "anna")
    assert chief.post(f"/members/{anna}/sessions/end").status_code == 303
    assert browser.get(f"{API}/account").status_code == 401
    assert actions(session_factory)[-1] == "account.end_sessions"


def test_workspace_administrator_does_not_get_into_other_workspaces(
    site: Flask, chief: FlaskClient, root: str, session_factory: Factory
) -> None:
    place, _stu = studio_administrator(site, session_factory)
    with session_factory.begin() as session:
        set_role(session, root, place, "viewer")
    browser = signed_in(site, "stu")
    for method, path in (("POST", "password-reset"), ("DELETE", "sessions")):
        refused = browser.open(f"{API}/members/{root}/{path}", method=method)
        assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")
    assert browser.post(f"/members/{root}/reset").status_code == 403
    assert chief.get(f"{API}/account").status_code == 200
    for path in ("accounts", "workspaces"):
        assert browser.get(f"{API}/{path}").status_code == 403
        assert browser.get(f"/admin/{path}").status_code == 403
    stranger = add_member(session_factory)
    unknown = browser.post(f"{API}/members/{stranger}/password-reset")
    assert unknown.get_json()["code"] == "member_not_found"
    assert browser.patch(f"{API}/members/{stranger}", json={"role": "viewer"}).status_code == 404


def test_disabled_account_is_signed_out_until_it_is_enabled(
    site: Flask, chief: FlaskClient, session_factory: Factory
) -> None:
    anna = add_member(session_factory)
    browser = signed_in(site, "anna")
    form = {"disabled": "1"}
    assert chief.post(f"/admin/accounts/{anna}/disabled", data=form).status_code == 303
    assert browser.get(f"{API}/account").status_code == 401
    refused = browser.post("/sign-in", data={"name": "anna", "password": PASSWORD})
    assert refused.status_code == 403
    assert "disabled" in refused.get_data(as_text=True)
    answer = chief.patch(f"{API}/accounts/{anna}", json={"disabled": False})
    assert answer.get_json()["disabled"] is False
    signed_in(site, "anna")
    assert "account.enable" in actions(session_factory)


def test_workspaces_are_made_and_renamed(site: Flask, chief: FlaskClient) -> None:
    assert chief.post("/admin/workspaces", data={"name": "Winter"}).status_code == 303
    rows = chief.get(f"{API}/workspaces").get_json()["workspaces"]
    winter = next(row["id"] for row in rows if row["name"] == "Winter")
    chief.post("/account/workspace", data={"workspace": winter})
    present = chief.get(f"{API}/account").get_json()
    assert present["workspace"] == {"id": winter, "name": "Winter", "role": "administrator"}
    assert chief.get("/admin/workspaces").status_code == 403
    chief.post("/account/workspace", data={"workspace": "main"})
    form = {"name": "Spring"}
    assert chief.post(f"/admin/workspaces/{winter}/name", data=form).status_code == 303
    assert "Spring" in chief.get("/admin/workspaces").get_data(as_text=True)
    empty = chief.post(f"/admin/workspaces/{winter}/name", data={"name": " "})
    assert empty.status_code == 422
    assert "1 to 100 characters" in empty.get_data(as_text=True)
    missing = chief.patch(f"{API}/workspaces/none", json={"name": "x"})
    assert missing.get_json()["code"] == "workspace_not_found"


def test_audit_log_names_no_person(
    site: Flask, chief: FlaskClient, session_factory: Factory
) -> None:
    made = chief.post(f"{API}/invitations", json={"email": "new@studio.example"}).get_json()
    asked = {"token": token_of(made["link"]), "name": "newcomer", "password": PASSWORD}
    site.test_client().post(f"{API}/invitations/accept", json=asked)
    text = chief.get(f"{API}/audit").get_data(as_text=True)
    for secret in ("newcomer", "new@studio.example", asked["token"], PASSWORD):
        assert secret not in text
