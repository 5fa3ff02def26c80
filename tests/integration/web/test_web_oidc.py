"""Signing in by OpenID Connect, against a real provider."""

import base64
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.accounts.invitations import Invited, invite
from shared.accounts.people import disable_account
from shared.accounts.workspaces import create_workspace
from shared.db.account_models import SignInThrottle
from shared.settings import Settings
from tests.account_steps import PASSWORD, Factory, add_member, pass_time
from tests.integration.web.account_pages import API, actions, signed_in

pytest.importorskip("oidc_provider_mock", reason="the package oidc-provider-mock is not installed")
from oidc_provider_mock import User

from tests.oidc_provider import Provider, running_provider

pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")
"""The provider is behind its own library."""

HTML = {"Accept": "text/html"}
SECRET = "client-secret-of-the-tests"
PEOPLE = (
    User(
        sub="248289",
        claims={
            "email": "Mei@Studio.example",
            "email_verified": True,
            "name": "陈梅",
            "preferred_username": "mei.chen",
            "locale": "zh-CN",
        },
    ),
    User(sub="unverified", claims={"email": "boss@studio.example", "email_verified": False}),
    User(sub="elsewhere", claims={"email": "a@other.example", "email_verified": True}),
    User(sub="as-root", claims={"email": "root@studio.example", "email_verified": True}),
)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A provider that knows some people."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    with running_provider(*PEOPLE) as running:
        yield running


@pytest.fixture
def make_site(
    make_app: Callable[[Settings], Flask], settings: Settings, provider: Provider, root: str
) -> Callable[..., Flask]:
    """Return a function that makes applications with the provider and further settings."""

    def make(**further: Any) -> Flask:
        values = {
            "mode": "accounts",
            "admin_token": None,
            "oidc_issuer": provider.issuer,
            "oidc_client_id": "codesigner",
            "oidc_client_secret": SECRET,
            "oidc_name": "Studio ID",
            "oidc_timeout_s": 5.0,
        }
        kept = settings.model_dump(include={"home", "database_url", "broker_url"})
        return make_app(Settings(**(kept | values | further)))

    return make


@pytest.fixture
def studio(make_site: Callable[..., Flask]) -> Flask:
    """An application that admits everybody of a domain as a viewer."""
    return make_site(
        oidc_email_domains="studio.example, @second.example",
        oidc_workspace="main",
        oidc_role="viewer",
    )


def begin(browser: FlaskClient, **arguments: str) -> str:
    """Follow the link to the provider, and return its URL."""
    sent = browser.get(f"/sign-in/oidc?{urlencode(arguments)}", headers=HTML)
    assert sent.status_code == 302, sent.get_data(as_text=True)
    return str(sent.location)


def back(browser: FlaskClient, url: str) -> Any:
    """Come back from the provider."""
    address = urlsplit(url)
    assert address.path == "/sign-in/oidc/callback"
    return browser.get(f"{address.path}?{address.query}", headers=HTML)


def enter(site: Flask, provider: Provider, subject: str, **arguments: str) -> tuple[Any, Any]:
    """Sign in at the provider; return the browser and the answer to its return."""
    browser = site.test_client()
    return browser, back(browser, provider.allow(begin(browser, **arguments), subject))


def refusal(answer: Any, status: int) -> str:
    page = str(answer.get_data(as_text=True))
    assert answer.status_code == status, page
    return page


def test_member_of_the_domain_gets_an_account(
    studio: Flask, provider: Provider, session_factory: Factory
) -> None:
    browser = studio.test_client()
    assert "Continue with Studio ID" in browser.get("/sign-in").get_data(as_text=True)
    url = begin(browser, next="/jobs")
    asked = parse_qs(urlsplit(url).query)
    assert asked["scope"] == ["openid email profile"]
    assert asked["redirect_uri"] == ["http://127.0.0.1:8000/sign-in/oidc/callback"]
    assert len(asked["state"][0]) > 40
    assert len(asked["nonce"][0]) > 40
    answer = back(browser, provider.allow(url, "248289"))
    assert (answer.status_code, answer.location) == (302, "/jobs")
    assert provider.proved(url)
    present = browser.get(f"{API}/account").get_json()
    account = present["account"]
    assert (account["name"], account["display_name"]) == ("mei.chen", "陈梅")
    assert (account["email"], account["locale"]) == ("mei@studio.example", "zh")
    assert account["has_password"] is False
    assert present["workspace"]["role"] == "viewer"
    assert actions(session_factory) == ["account.create", "session.sign_in"]
    again, _answer = enter(studio, provider, "248289")
    assert again.get(f"{API}/account").get_json()["account"]["id"] == account["id"]
    assert 'lang="zh-Hans"' in again.get("/account/").get_data(as_text=True)


def test_account_is_that_of_the_subject_not_of_the_address(
    studio: Flask, provider: Provider
) -> None:
    first, _ = enter(studio, provider, "248289")
    provider.change_claims = lambda claims: claims.update(
        email="renamed@studio.example", preferred_username="other"
    )
    again, _ = enter(studio, provider, "248289")
    ids = {each.get(f"{API}/account").get_json()["account"]["id"] for each in (first, again)}
    assert len(ids) == 1


@pytest.mark.parametrize("subject", ["unverified", "elsewhere"])
def test_others_get_no_account(
    studio: Flask, provider: Provider, subject: str, session_factory: Factory
) -> None:
    browser, answer = enter(studio, provider, subject)
    assert "ask for an invitation" in refusal(answer, 403)
    assert browser.get(f"{API}/account").status_code == 401
    assert actions(session_factory) == ["session.sign_in_failed"]


def test_address_of_an_account_does_not_open_it(studio: Flask, provider: Provider) -> None:
    browser, answer = enter(studio, provider, "as-root")
    assert "taken" in refusal(answer, 409)
    assert browser.get(f"{API}/account").status_code == 401


def test_invitation_makes_an_account_whatever_the_address(
    make_site: Callable[..., Flask], provider: Provider, session_factory: Factory
) -> None:
    site = make_site()
    chief = signed_in(site)
    asked = {"role": "designer", "email": "guest@studio.example"}
    link = chief.post(f"{API}/invitations", json=asked).get_json()["link"]
    token = link.partition("token=")[2]
    page = site.test_client().get(f"/invitation?token={token}").get_data(as_text=True)
    assert f"/sign-in/oidc?invitation={token}" in page
    browser, answer = enter(site, provider, "unverified", invitation=token)
    assert answer.status_code == 302
    present = browser.get(f"{API}/account").get_json()
    assert present["account"]["email"] == "guest@studio.example"
    assert present["workspace"]["role"] == "designer"
    assert actions(session_factory)[-3:] == [
        *("account.create", "invitation.accept", "session.sign_in"),
    ]
    _browser, answer = enter(site, provider, "elsewhere", invitation=token)
    assert "already used" in refusal(answer, 410)


def test_who_has_an_account_is_asked_before_joining(
    studio: Flask, provider: Provider, session_factory: Factory
) -> None:
    """Any site may send a browser through the provider with an invitation of its own."""
    enter(studio, provider, "248289")
    with session_factory.begin() as session:
        place = create_workspace(session, "Mill").id
        token, _row = invite(session, Invited(workspace_id=place, role="viewer"))
    browser, answer = enter(studio, provider, "248289", invitation=token)
    assert (answer.status_code, answer.location) == (302, f"/invitation?token={token}")
    assert len(browser.get(f"{API}/account").get_json()["workspaces"]) == 1
    assert "/invitation/join" in browser.get(answer.location).get_data(as_text=True)
    assert browser.post("/invitation/join", data={"token": token}).status_code == 303
    assert len(browser.get(f"{API}/account").get_json()["workspaces"]) == 2


def test_account_without_a_password_has_none_to_guess(studio: Flask, provider: Provider) -> None:
    browser, _answer = enter(studio, provider, "248289")
    for password in ("", "None", PASSWORD):
        asked = {"name": "mei.chen", "password": password}
        refused = studio.test_client().post(f"{API}/session", json=asked)
        assert refused.get_json()["code"] == "sign_in_failed"
    change = {"password": {"current_password": "", "new_password": "sand-and-sea"}}
    fields = browser.patch(f"{API}/account", json=change).get_json()["fields"]
    assert [each["field"] for each in fields] == ["current_password"]
    refused = browser.post("/account/identity/disconnect", headers=HTML)
    assert refused.status_code == 409


def test_identity_is_connected_to_an_account(
    make_site: Callable[..., Flask], provider: Provider, session_factory: Factory
) -> None:
    site = make_site()
    browser = signed_in(site)
    code = _connect_code(browser)
    connected = back(browser, provider.allow(begin(browser, connect=code), "unverified"))
    assert connected.location == "/account/#password"
    assert "Disconnect Studio ID" in browser.get("/account/").get_data(as_text=True)
    by_identity, _answer = enter(site, provider, "unverified")
    assert by_identity.get(f"{API}/account").get_json()["account"]["name"] == "Root"
    add_member(session_factory)
    anna = signed_in(site, "anna")
    url = begin(anna, connect=_connect_code(anna))
    assert "another account" in refusal(back(anna, provider.allow(url, "unverified")), 409)
    assert browser.post("/account/identity/disconnect").status_code == 303
    _browser, answer = enter(site, provider, "unverified")
    refusal(answer, 403)
    assert {"identity.connect", "identity.disconnect"} <= set(actions(session_factory))


def _connect_code(browser: FlaskClient) -> str:
    page = browser.get("/account/").get_data(as_text=True)
    return page.split("/sign-in/oidc?connect=")[1].split('"')[0]


def test_link_to_connect_is_of_one_session(
    make_site: Callable[..., Flask], provider: Provider, session_factory: Factory
) -> None:
    site = make_site()
    add_member(session_factory)
    code = _connect_code(signed_in(site))
    anna = signed_in(site, "anna")
    for wrong in (code, "", "x"):
        refusal(anna.get(f"/sign-in/oidc?connect={wrong}", headers=HTML), 400)
    url = begin(anna, connect=_connect_code(anna))
    came_back = provider.allow(url, "unverified")
    anna.post("/sign-out")
    refusal(back(anna, came_back), 400)


def test_return_is_that_of_the_browser_that_began(studio: Flask, provider: Provider) -> None:
    browser, other = studio.test_client(), studio.test_client()
    url = provider.allow(begin(browser), "248289")
    assert "begin again" in refusal(back(other, url), 400)
    begin(other)
    refusal(back(other, url), 400)
    assert back(browser, url).status_code == 302
    refusal(back(browser, url), 400)
    assert other.get(f"{API}/account").status_code == 401


def test_sign_in_that_takes_too_long_is_begun_again(studio: Flask, provider: Provider) -> None:
    browser = studio.test_client()
    url = provider.allow(begin(browser), "248289")
    with browser.session_transaction() as cookie:
        cookie["oidc"] = cookie["oidc"] | {"at": cookie["oidc"]["at"] - 601}
    refusal(back(browser, url), 400)


def test_refusal_of_the_provider_is_shown(studio: Flask, provider: Provider) -> None:
    browser = studio.test_client()
    page = refusal(back(browser, provider.deny(begin(browser))), 403)
    assert "Studio ID did not let you in, or you cancelled." in page
    url = begin(browser)
    state = parse_qs(urlsplit(url).query)["state"][0]
    further = {"state": state, "error": "<b>server_error", "error_description": "secret"}
    page = refusal(browser.get(f"/sign-in/oidc/callback?{urlencode(further)}", headers=HTML), 403)
    assert "bserver_error" in page
    assert "secret" not in page


def test_failed_returns_wait_like_wrong_passwords(
    studio: Flask, provider: Provider, session_factory: Factory
) -> None:
    for _ in range(5):
        browser = studio.test_client()
        refusal(back(browser, provider.deny(begin(browser))), 403)
    pass_time(session_factory, SignInThrottle, -60, "blocked_until")  # on a slow machine too
    browser = studio.test_client()
    answer = back(browser, provider.allow(begin(browser), "248289"))
    assert "Too many attempts" in refusal(answer, 429)
    assert int(answer.headers["Retry-After"]) >= 1
    assert actions(session_factory) == ["session.sign_in_failed"] * 5


def _unsigned(claims: dict[str, Any], _key: Any) -> str:
    parts = ({"alg": "none"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in parts]
    return b".".join([*encoded, b""]).decode()


def _by_secret(claims: dict[str, Any], _key: Any) -> str:
    from joserfc import jwt
    from joserfc.jwk import OctKey

    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))


def _by_another_key(claims: dict[str, Any], _key: Any) -> str:
    from joserfc import jwt
    from joserfc.jwk import RSAKey

    other = RSAKey.generate_key(2048, {"kid": "own"})
    return jwt.encode({"alg": "RS256", "kid": "own"}, claims, other)


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": ["another-client"], "azp": "codesigner"},
        {"iss": "https://another.example"},
        {"exp": 1},
        {"at_hash": "another"},
        {"sub": None},
        {"sub": ""},
    ],
)
def test_token_of_another_sign_in_is_refused(
    studio: Flask, provider: Provider, change: dict[str, Any]
) -> None:
    provider.change_claims = lambda claims: _update(claims, change)
    browser, answer = enter(studio, provider, "248289")
    assert "provider_failed" in refusal(answer, 502)
    assert browser.get(f"{API}/account").status_code == 401


def _update(claims: dict[str, Any], change: dict[str, Any]) -> None:
    for name, value in change.items():
        if value is None:
            claims.pop(name, None)
        else:
            claims[name] = value


@pytest.mark.parametrize("sign", [_unsigned, _by_secret, _by_another_key])
def test_token_without_the_signature_is_refused(
    studio: Flask, provider: Provider, sign: Callable[..., str]
) -> None:
    provider.sign = sign
    _browser, answer = enter(studio, provider, "248289")
    assert "token that is not valid" in refusal(answer, 502)


def test_new_keys_of_the_provider_are_read(studio: Flask, provider: Provider) -> None:
    enter(studio, provider, "248289")
    provider.change_claims = lambda claims: None  # signed with another key from now on
    _browser, answer = enter(studio, provider, "248289")
    assert answer.status_code == 302


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://another.example"},
        {"token_endpoint": None},
        {"jwks_uri": None},
    ],
)
def test_metadata_of_another_provider_are_refused(
    studio: Flask, provider: Provider, change: dict[str, Any]
) -> None:
    provider.change_metadata = lambda document: _update(document, change)
    page = refusal(studio.test_client().get("/sign-in/oidc", headers=HTML), 502)
    assert "provider_failed" in page


def test_provider_that_does_not_answer_is_named(
    make_site: Callable[..., Flask], provider: Provider
) -> None:
    site = make_site(oidc_timeout_s=0.3)
    provider.delay_s = 2.0
    page = refusal(site.test_client().get("/sign-in/oidc", headers=HTML), 502)
    assert "did not answer in time" in page
    provider.delay_s = 0.0
    begin(site.test_client())
    gone = make_site(oidc_issuer="http://127.0.0.1:1")
    page = refusal(gone.test_client().get("/sign-in/oidc", headers=HTML), 502)
    assert "cannot be reached" in page


def test_disabled_account_is_refused(
    studio: Flask, provider: Provider, session_factory: Factory
) -> None:
    browser, _answer = enter(studio, provider, "248289")
    account_id = browser.get(f"{API}/account").get_json()["account"]["id"]
    with session_factory.begin() as session:
        disable_account(session, account_id)
    assert browser.get(f"{API}/account").status_code == 401
    _browser, answer = enter(studio, provider, "248289")
    assert "disabled" in refusal(answer, 403)


def test_secrets_are_not_logged(
    studio: Flask, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    names = ("web", "shared", "httpx2")
    for name in names:
        caplog.set_level(logging.DEBUG, logger=name)
    browser = studio.test_client()
    url = begin(browser)
    mine = caplog.text
    came_back = provider.allow(url, "248289")
    with browser.session_transaction() as cookie:
        kept = dict(cookie["oidc"])
    caplog.clear()
    back(browser, came_back)
    code = parse_qs(urlsplit(came_back).query)["code"][0]
    mine += "\n".join(
        each.getMessage() for each in caplog.records if each.name.partition(".")[0] in names
    )
    for secret in (SECRET, code, kept["verifier"], kept["state"], kept["nonce"]):
        assert secret not in mine
    assert "signed in by OpenID Connect" in mine


def test_without_a_provider_there_is_nothing(site: Flask) -> None:
    assert site.test_client().get("/sign-in/oidc").status_code == 404
    assert site.test_client().get("/sign-in/oidc/callback").status_code == 404
    assert "/sign-in/oidc" not in site.test_client().get("/sign-in").get_data(as_text=True)
