"""Accounts in a real browser: invited, signed in, one's own workspace, signed out, revoked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from shared.settings import Settings
from tests.acceptance.accounts_site import OF_STRANGERS, PAGES, AccountsSite, accounts_site
from tests.account_steps import PASSWORD

pytest.importorskip("playwright", reason="the package playwright is not installed")
pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
pytest.importorskip("oidc_provider_mock", reason="the package oidc-provider-mock is not installed")
from axe_playwright_python.sync_playwright import Axe

from tests.acceptance.test_browser_accessibility import _FAILING, _LOOKS, _OPTIONS
from tests.oidc_provider import running_provider

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
]


@pytest.fixture
def place(settings: Settings) -> Iterator[AccountsSite]:
    with accounts_site(settings) as served:
        yield served


def sign_in(page: Page, place: AccountsSite, name: str = "root") -> None:
    page.goto(place.address("sign-in"))
    page.get_by_label("Name or e-mail").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/jobs")


def test_somebody_invited_sees_only_the_own_workspace(
    place: AccountsSite, open_page: Callable[..., Page]
) -> None:
    chief = open_page()
    sign_in(chief, place)
    chief.goto(place.url)
    chief.get_by_label("brief").first.wait_for()
    made = chief.request.post(
        f"{place.url}/api/v1/jobs", data={"brief": "gooseberries on linen, mug"}
    )
    assert made.status == 202
    chief.goto(place.address("account"))
    chief.get_by_label("Work in another workspace").select_option(
        label="Winter collection (Administrator)"
    )
    chief.get_by_role("button", name="Switch").click()
    chief.wait_for_url("**/jobs")
    assert "Winter collection" in chief.locator("header .who").inner_text()
    assert "gooseberries" not in chief.locator("main").inner_text()
    chief.goto(place.address("members"))
    chief.get_by_role("button", name="Create link").click()
    link = chief.locator("#invitation-link").inner_text()
    copy = chief.get_by_role("button", name="Copy")
    assert copy.is_visible()

    newcomer = open_page()
    newcomer.goto(link)
    newcomer.get_by_label("Name", exact=True).fill("newcomer")
    newcomer.get_by_label("Password").fill(PASSWORD)
    newcomer.get_by_role("button", name="Create account").click()
    newcomer.wait_for_url(f"{place.url}/")
    assert "newcomer" in newcomer.locator("header .who").inner_text()
    newcomer.goto(f"{place.url}/jobs")
    assert "gooseberries" not in newcomer.locator("main").inner_text()
    job_id = made.json()["id"]
    answer = newcomer.request.get(f"{place.url}/api/v1/jobs/{job_id}")
    assert answer.status == 404

    newcomer.get_by_role("button", name="Sign out").click()
    newcomer.wait_for_url("**/sign-in")
    newcomer.goto(f"{place.url}/jobs")
    assert "/sign-in?next=%2Fjobs" in newcomer.url


def test_session_that_is_revoked_is_signed_out(
    place: AccountsSite, open_page: Callable[..., Page]
) -> None:
    here, there = open_page(), open_page()
    sign_in(here, place)
    sign_in(there, place)
    here.goto(place.address("account"))
    here.get_by_role("button", name="Sign out all others").click()
    here.wait_for_url("**/account/#sessions")
    assert here.locator("#sessions tbody tr").count() == 1
    there.goto(f"{place.url}/jobs")
    assert "/sign-in" in there.url


def test_sign_in_at_a_provider(
    settings: Settings, open_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    from oidc_provider_mock import User

    claims = {"email": "mei@studio.example", "email_verified": True, "name": "陈梅"}
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    with running_provider(User(sub="mei", claims=claims)) as provider:
        configured = Settings(
            home=settings.home,
            database_url=settings.database_url,
            broker_url=settings.broker_url,
            oidc_issuer=provider.issuer,
            oidc_client_id="codesigner",
            oidc_client_secret="secret-of-the-tests",
            oidc_name="Studio ID",
            oidc_email_domains="studio.example",
            oidc_workspace="main",
        )
        with accounts_site(configured) as place:
            page = open_page(expected="Failed to load resource")  # of the provider
            page.goto(place.address("sign-in"))
            page.get_by_role("link", name="Continue with Studio ID").click()
            page.wait_for_url(f"{provider.issuer}/**")
            page.get_by_role("button", name="mei").click()
            page.wait_for_url(f"{place.url}/jobs")
            assert "陈梅" in page.locator("header .who").inner_text()


def test_forms_work_without_scripts(place: AccountsSite, open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, place)
    page.goto(place.address("account"))
    page.get_by_label("What it is for").fill("nightly")
    page.get_by_role("button", name="Create key").click()
    assert page.locator("#new-key").inner_text().startswith("cds_")
    assert page.get_by_role("button", name="Copy").count() == 0
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in")


@pytest.mark.parametrize("look", _LOOKS, ids=lambda look: "-".join(map(str, look)))
def test_pages_of_accounts_are_accessible(
    place: AccountsSite, browser: Browser, look: tuple[str, Any, int]
) -> None:
    locale, scheme, width = look
    context = browser.new_context(
        locale=locale, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    faults: dict[str, list[str]] = {}
    page = context.new_page()
    for name in sorted(PAGES, key=lambda each: each not in OF_STRANGERS):
        if name not in OF_STRANGERS:
            _sign_in_context(context, place)
        page.goto(place.address(name))
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found = Axe().run(page, options=_OPTIONS).response["violations"]
        faults[name] = [
            f"{each['id']}: {each['nodes'][0]['html'][:200]}"
            for each in found
            if each["impact"] in _FAILING
        ] + ([f"{overflow} px too wide"] if overflow > 0 else [])
    context.close()
    assert {name: each for name, each in faults.items() if each} == {}


def _sign_in_context(context: BrowserContext, place: AccountsSite) -> None:
    if not any(
        each["name"].startswith("codesigner_")
        for each in context.cookies()
        if "language" not in each["name"]
    ):
        form = {"name": "root", "password": PASSWORD}
        assert context.request.post(f"{place.url}/api/v1/session", data=form).status == 201
