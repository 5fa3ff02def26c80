"""Audit log of accounts: what each route of accounts that changes something records."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.accounts.api_keys import NewKey, create_key
from shared.accounts.invitations import Invited, invite
from shared.accounts.people import NewAccount, create_account
from shared.accounts.resets import create_reset
from shared.accounts.sessions import Visit, create_session
from shared.accounts.workspaces import create_workspace, set_role
from shared.audit.events import ACTIONS
from shared.db.audit_models import AuditEvent
from shared.main_workspace import MAIN_WORKSPACE
from tests.account_steps import OTHER, PASSWORD, Factory, add_member
from tests.integration.web.account_pages import signed_in
from web.http.route_rights import ACCOUNTS_ONLY

SECRET_NAME = "quincunx"
"""Of the member, whom no event may name."""
_ELSEWHERE = {
    "POST /account/identity/disconnect",
    *("POST /account/delete", "POST /account/restore"),
    *("DELETE /api/v1/account", "POST /api/v1/account/restore"),
}
"""Tested with a provider of OpenID Connect, and with deletions."""


@dataclass(frozen=True)
class Studio:
    """The application, its administrator's id, a member, and browsers of all of them."""

    app: Flask
    factory: Factory
    root: str
    member: str

    def browser(self, name: str) -> FlaskClient:
        return self.app.test_client() if name == "stranger" else signed_in(self.app, name)

    def session(self) -> str:
        with self.factory.begin() as session:
            return create_session(session, self.root, Visit())[1].id

    def key(self) -> str:
        new = NewKey(account_id=self.root, workspace_id=MAIN_WORKSPACE, name="ci", scopes=["read"])
        with self.factory.begin() as session:
            return create_key(session, new)[1].id

    def invitation(self) -> tuple[str, str]:
        with self.factory.begin() as session:
            token, row = invite(session, Invited(workspace_id=MAIN_WORKSPACE, role="viewer"))
            return token, row.id

    def reset(self) -> str:
        with self.factory.begin() as session:
            return create_reset(session, self.member, None)

    def workspace(self) -> str:
        with self.factory.begin() as session:
            return create_workspace(session, "Winter").id


@dataclass(frozen=True)
class Call:
    """How a route is called, and the actions that it records."""

    actions: tuple[str, ...]
    prepare: Callable[[Studio], Any] = lambda _: None
    sent: Callable[[Any], dict[str, Any]] = field(default=lambda _: {})
    by: str = "root"


def _form(**values: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda _: {"data": values}


def _json(**values: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda _: {"json": values}


_member = lambda studio: studio.member  # noqa: E731
_withdrawn = lambda studio: studio.invitation()[1]  # noqa: E731
_NEW = {"name": "newcomer", "password": PASSWORD}
_CHANGE = {"current_password": PASSWORD, "new_password": OTHER}
_ACCEPTED = ("account.create", "invitation.accept", "session.sign_in")
_ROUTES: dict[str, Call] = {
    "POST /sign-in": Call(
        ("session.sign_in",), sent=_form(name="root", password=PASSWORD), by="stranger"
    ),
    "POST /sign-out": Call(("session.sign_out",)),
    "POST /invitation": Call(
        _ACCEPTED,
        Studio.invitation,
        lambda made: {"data": _NEW | {"token": made[0]}},
        "stranger",
    ),
    "POST /invitation/join": Call(
        ("invitation.accept",), Studio.invitation, lambda made: {"data": {"token": made[0]}}, "stu"
    ),
    "POST /reset-password": Call(
        ("account.reset_password",),
        Studio.reset,
        lambda token: {"data": {"token": token, "new_password": OTHER}},
        "stranger",
    ),
    "POST /account/profile": Call(("account.change",), sent=_form(display_name=SECRET_NAME)),
    "POST /account/workspace": Call((), sent=_form(workspace=MAIN_WORKSPACE)),
    "POST /account/password": Call(("account.change_password",), sent=_form(**_CHANGE)),
    "POST /account/sessions/<session_id>/end": Call(("session.revoke",), Studio.session),
    "POST /account/sessions/end-others": Call(("account.end_sessions",)),
    "POST /account/keys": Call(("api_key.create",), sent=_form(name=SECRET_NAME, scopes="read")),
    "POST /account/keys/<key_id>/revoke": Call(("api_key.revoke",), Studio.key),
    "POST /members/invitations": Call(("invitation.create",), sent=_form(role="viewer")),
    "POST /members/invitations/<invitation_id>/withdraw": Call(
        ("invitation.withdraw",), _withdrawn
    ),
    "POST /members/<account_id>/role": Call(("member.change",), _member, _form(role="viewer")),
    "POST /members/<account_id>/remove": Call(("member.remove",), _member),
    "POST /members/<account_id>/sessions/end": Call(("account.end_sessions",), _member),
    "POST /members/<account_id>/reset": Call(("account.reset_link",), _member),
    "POST /admin/accounts/<account_id>/disabled": Call(
        ("account.disable",), _member, _form(disabled="1")
    ),
    "POST /admin/workspaces": Call(("workspace.create",), sent=_form(name=SECRET_NAME)),
    "POST /admin/workspaces/<workspace_id>/name": Call(
        ("workspace.rename",), Studio.workspace, _form(name=SECRET_NAME)
    ),
    "POST /api/v1/session": Call(
        ("session.sign_in",), sent=_json(name="root", password=PASSWORD), by="stranger"
    ),
    "DELETE /api/v1/session": Call(("session.sign_out",)),
    "PATCH /api/v1/account": Call(
        ("account.change", "account.change_password"), sent=_json(locale="zh", password=_CHANGE)
    ),
    "DELETE /api/v1/sessions": Call(("account.end_sessions",)),
    "DELETE /api/v1/sessions/<session_id>": Call(("session.revoke",), Studio.session),
    "POST /api/v1/api-keys": Call(
        ("api_key.create",), sent=_json(name=SECRET_NAME, scopes=["read"])
    ),
    "DELETE /api/v1/api-keys/<key_id>": Call(("api_key.revoke",), Studio.key),
    "PATCH /api/v1/members/<account_id>": Call(("member.change",), _member, _json(role="viewer")),
    "DELETE /api/v1/members/<account_id>": Call(("member.remove",), _member),
    "DELETE /api/v1/members/<account_id>/sessions": Call(("account.end_sessions",), _member),
    "POST /api/v1/members/<account_id>/password-reset": Call(("account.reset_link",), _member),
    "POST /api/v1/password-reset": Call(
        ("account.reset_password",),
        Studio.reset,
        lambda token: {"json": {"token": token, "new_password": OTHER}},
        "stranger",
    ),
    "POST /api/v1/invitations": Call(("invitation.create",), sent=_json()),
    "DELETE /api/v1/invitations/<invitation_id>": Call(("invitation.withdraw",), _withdrawn),
    "POST /api/v1/invitations/accept": Call(
        _ACCEPTED,
        Studio.invitation,
        lambda made: {"json": _NEW | {"token": made[0]}},
        "stranger",
    ),
    "PATCH /api/v1/accounts/<account_id>": Call(
        ("account.disable",), _member, _json(disabled=True)
    ),
    "POST /api/v1/workspaces": Call(("workspace.create",), sent=_json(name=SECRET_NAME)),
    "PATCH /api/v1/workspaces/<workspace_id>": Call(
        ("workspace.rename",), Studio.workspace, _json(name=SECRET_NAME)
    ),
}
"""Each route of accounts that changes something."""


@pytest.fixture
def studio(site: Flask, root: str, session_factory: Factory) -> Studio:
    """The application with an administrator, a member and one of another workspace."""
    member = add_member(session_factory, SECRET_NAME)
    with session_factory.begin() as session:
        place = create_workspace(session, "Rival").id
        account = create_account(session, NewAccount(name="stu", password=PASSWORD))
        set_role(session, account.id, place, "designer")
    return Studio(site, session_factory, root, member)


def test_every_route_of_accounts_has_expected_actions(site: Flask) -> None:
    writing = {
        f"{method} {rule.rule}"
        for rule in site.url_map.iter_rules()
        if rule.endpoint in ACCOUNTS_ONLY
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }
    assert writing - _ELSEWHERE == set(_ROUTES)


@pytest.mark.parametrize("route", _ROUTES)
def test_each_act_leaves_its_events(route: str, studio: Studio) -> None:
    call = _ROUTES[route]
    browser, prepared = studio.browser(call.by), call.prepare(studio)
    method, _space, rule = route.partition(" ")
    path = rule.partition("<")[0] + (f"{prepared}{rule.partition('>')[2]}" if "<" in rule else "")
    before = len(_events(studio.factory))
    answer = browser.open(path, method=method, **call.sent(prepared))
    assert answer.status_code < 400, answer.text
    added = _events(studio.factory)[before:]
    assert tuple(event.action for event in added) == call.actions
    for event in added:
        assert event.object_kind == ACTIONS[event.action]
        assert (event.address, event.request_id) == ("127.0.0.1", answer.headers["X-Request-ID"])
        assert event.actor.startswith(("account:", "address:"))
        told = json.dumps([event.actor, event.before, event.after])
        secrets = (SECRET_NAME, PASSWORD, OTHER, "cds_", "newcomer")
        assert not [secret for secret in secrets if secret in told]


def _events(factory: Factory) -> list[AuditEvent]:
    with factory() as session:
        return list(session.scalars(select(AuditEvent).order_by(AuditEvent.id)))
