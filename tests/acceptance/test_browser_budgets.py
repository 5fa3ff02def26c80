"""Budgets of pages on a first visit: bytes, requests, hosts, layout shift; and no motion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.acceptance.site import Site
from tests.pages import PAGES, is_for_administrators

pytest.importorskip("playwright", reason="the package playwright is not installed")

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

pytestmark = [pytest.mark.browser, pytest.mark.long]

_BUDGETS = {
    "form": (65_000, 17),
    "list": (80_000, 21),
    "compare": (40_000, 12),
    "lineage": (30_000, 10),
    "docs": (60_000, 8),
    "error": (15_000, 7),
    "sign-in": (15_000, 7),
    "models": (25_000, 8),
    "training": (25_000, 8),
    "queue": (25_000, 8),
    "workers": (25_000, 8),
    "webhooks": (30_000, 8),
}
"""Bytes on the wire and requests, pictures of designs left out."""
_MAX_SHIFT = 0.1
_NOT_YET: set[str] = set()
"""Pages that are known to shift."""
_OBSERVE = """
window.shifted = 0;
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@dataclass
class Visit:
    """What a page fetched on its first visit."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    received_bytes: int = 0
    _designs: set[str] = field(default_factory=set)

    def watch(self, session: CDPSession) -> None:
        """Count what the page fetches from now on."""
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)
        session.on("Log.entryAdded", lambda event: self._complain(event["entry"]["text"]))
        self.page.on("console", lambda message: self._complain(message.text))
        self.page.on("pageerror", lambda error: self._complain(str(error)))
        for domain in ("Network", "Log"):
            session.send(f"{domain}.enable")

    def _complain(self, text: str) -> None:
        if "status of 4" not in text:  # that of the page itself
            self.complaints.append(text)

    def _sent(self, event: dict[str, object]) -> None:
        request = event["request"]
        assert isinstance(request, dict)
        self.requests.append(str(request["url"]))
        if "/artifacts/" in request["url"]:
            self._designs.add(str(event["requestId"]))

    def _finished(self, event: dict[str, object]) -> None:
        if event["requestId"] not in self._designs:
            self.received_bytes += int(str(event["encodedDataLength"]).partition(".")[0])


@pytest.fixture(scope="module")
def signed_in(site: Site, browser: Browser) -> Iterator[list[dict[str, object]]]:
    """Yield the cookies of an administrator."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.sign_in_address())
    page.locator("main button").click()
    page.wait_for_url("**/admin/models")
    yield [dict(cookie) for cookie in context.cookies()]
    context.close()


@pytest.fixture
def first_visit(
    site: Site, browser: Browser, signed_in: list[dict[str, object]]
) -> Iterator[Callable[..., Visit]]:
    """Return a function that visits a page with an empty cache."""
    contexts: list[BrowserContext] = []

    def visited(name: str, **options: object) -> Visit:
        context = browser.new_context(locale="en-GB", **options)
        contexts.append(context)
        if is_for_administrators(name):
            context.add_cookies(signed_in)
        context.add_init_script(_OBSERVE)
        visit = Visit(page=context.new_page())
        visit.watch(context.new_cdp_session(visit.page))
        visit.page.goto(site.address(name))
        visit.page.wait_for_timeout(600)
        return visit

    yield visited
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", _BUDGETS)
def test_first_visit_stays_within_its_budget(first_visit: Callable[..., Visit], name: str) -> None:
    visit = first_visit(name)
    max_bytes, max_requests = _BUDGETS[name]
    own = [url for url in visit.requests if "/artifacts/" not in url]
    print(f"{name}: {visit.received_bytes} bytes, {len(own)} requests")
    assert 1_000 < visit.received_bytes <= max_bytes
    assert len(own) <= max_requests


def _pages() -> list[Any]:
    mark = pytest.mark.xfail(strict=True, reason="shifts")
    return [pytest.param(name, marks=mark) if name in _NOT_YET else name for name in PAGES]


@pytest.mark.parametrize("name", _pages())
def test_page_is_quiet_and_stays_where_it_is(
    site: Site, first_visit: Callable[..., Visit], name: str
) -> None:
    """It asks no other host, breaks no content security policy and does not shift."""
    for width in (390, 1440):
        visit = first_visit(name, viewport={"width": width, "height": 844})
        hosts = {urlsplit(url).netloc for url in visit.requests if not url.startswith("data:")}
        assert hosts == {urlsplit(site.url).netloc}
        assert visit.complaints == []
        assert visit.page.evaluate("window.shifted") <= _MAX_SHIFT


@pytest.mark.parametrize("name", ["form", "job-running", "list", "training-run", "queue"])
def test_nothing_moves_where_reduced_motion_is_asked_for(
    first_visit: Callable[..., Visit], name: str
) -> None:
    moving = "document.getAnimations().filter((each) => each.playState === 'running').length"
    still = first_visit(name, reduced_motion="reduce")
    assert still.page.evaluate(moving) == 0
    assert (
        still.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    )
    if name == "job-running":  # otherwise this would find nothing
        assert first_visit(name).page.evaluate(moving) > 0
