"""Fixtures of the tests in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session, sessionmaker

from shared.settings import PREFIX, Settings, load_settings
from shared.storage.artifacts import ArtifactStore
from tests.acceptance.site import Site, filled_site
from tests.browsing import chromium_path, served
from tests.conftest import ADMIN_TOKEN, PostgresForTests
from tests.queue_driver import QueueDriver

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox"],
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield launched
        launched.close()


@pytest.fixture
def url(settings: Settings) -> Iterator[str]:
    with served(settings) as address:
        yield address


@pytest.fixture(scope="module")
def site(
    postgres: PostgresForTests, valkey: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Yield an installation with content on every page, for tests that change nothing."""
    name = postgres.take()
    with pytest.MonkeyPatch.context() as patched:
        for field in Settings.model_fields:
            patched.delenv(f"{PREFIX}{field.upper()}", raising=False)
        settings = load_settings(
            home=tmp_path_factory.mktemp("site"),
            database_url=postgres.of(name),
            broker_url=valkey,
            admin_token=ADMIN_TOKEN,
        )
    with filled_site(settings) as filled:
        yield filled
    postgres.give_back(name)


@pytest.fixture
def driver(session_factory: sessionmaker[Session], artifact_store: ArtifactStore) -> QueueDriver:
    return QueueDriver(session_factory, artifact_store)


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page and fails on logged errors and CSP violations."""
    complaints: list[str] = []
    contexts = []

    def opened(locale: str = "en-GB", *, expected: str = "", **options: object) -> Page:
        context = browser.new_context(locale=locale, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and not (expected and expected in message.text)
                else None
            ),
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def jobs(url: str, driver: QueueDriver) -> list[str]:
    """Four finished designs of two variants, the oldest first."""
    from tests.library_pages import made_designs

    return made_designs(url, driver)
