"""Steps of tests of accounts over HTTP."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.db.audit_models import AuditEvent
from tests.account_steps import PASSWORD, Factory

__all__ = ["API", "actions", "signed_in"]

API = "/api/v1"


def signed_in(site: Flask, name: str = "root", password: str = PASSWORD) -> FlaskClient:
    """Return a browser that is signed in."""
    browser = site.test_client()
    answer = browser.post("/sign-in", data={"name": name, "password": password})
    assert (answer.status_code, answer.location) == (303, "/"), answer.get_data(as_text=True)
    return browser


def actions(factory: Factory) -> list[str]:
    """Return the actions of the audit log, the oldest first."""
    with factory() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
