"""Accessibility of every page by axe-core: WCAG 2.2 AA and best practices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.site import Site
from tests.pages import PAGES, is_for_administrators

pytest.importorskip("playwright", reason="the package playwright is not installed")
pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.long]

_NOT_YET: set[str] = set()
"""Pages that are known to fail."""

_IN_TWO_LOOKS = {"docs", "form-from-a-job", "sign-in-link", "sign-in-required", "admin-error"}
"""Pages that are very long, or have the template of another one."""
_LOOKS = (
    ("en-GB", "light", 1440),
    ("en-GB", "dark", 390),
    ("zh-CN", "dark", 1440),
    ("zh-CN", "light", 390),
)
"""Language, colour scheme and width: every pair of them in four combinations."""
_OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": [
            "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice",
        ],
    },
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}  # fmt: skip
_FOCUSABLE = """[...document.querySelectorAll(
    "a[href], button:not([disabled]), summary, input:not([type=hidden]), select, [tabindex='0']"
)].filter((each) => each.checkVisibility())"""
_STOP = f"""(() => {{
    const focused = document.activeElement;
    const style = getComputedStyle(focused);
    return {{
        index: {_FOCUSABLE}.indexOf(focused),
        html: focused.outerHTML.slice(0, 200),
        outline_px: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    }};
}})()"""
_FAILING = {"critical", "serious", "moderate"}
Look = tuple[str, str, int]


@pytest.fixture(scope="module")
def visit(site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page of the site in a language, colour scheme and width."""
    contexts: dict[tuple[Look, bool], BrowserContext] = {}

    def visited(name: str, look: Look) -> Page:
        signed_in = is_for_administrators(name)
        if (look, signed_in) not in contexts:
            contexts[look, signed_in] = _context(browser, site, look, signed_in)
        page = contexts[look, signed_in].new_page()
        page.goto(site.address(name))
        return page

    yield visited
    for context in contexts.values():
        context.close()


def _context(browser: Browser, site: Site, look: Look, signed_in: bool) -> BrowserContext:
    locale, scheme, width = look
    context = browser.new_context(
        locale=locale,
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        viewport={"width": width, "height": 900},
    )
    context.set_default_timeout(15_000)
    if signed_in:
        page = context.new_page()
        page.goto(site.sign_in_address())
        page.locator("main button").click()
        page.wait_for_url("**/admin/models")
        page.close()
    return context


def _violations(page: Page) -> list[str]:
    found: list[dict[str, Any]] = Axe().run(page, options=_OPTIONS).response["violations"]
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:160]} "
        f"{'; '.join(check['message'] for check in (*node['any'], *node['all'], *node['none']))}"
        for violation in found
        if violation["impact"] in _FAILING
        for node in violation["nodes"]
    ]


def _pages() -> list[Any]:
    mark = pytest.mark.xfail(strict=True, reason="known violations")
    return [pytest.param(name, marks=mark) if name in _NOT_YET else name for name in PAGES]


@pytest.mark.parametrize("name", _pages())
def test_page_has_no_violation(visit: Callable[..., Page], name: str) -> None:
    found = []
    for look in _LOOKS[1:3] if name in _IN_TWO_LOOKS else _LOOKS:
        page = visit(name, look)
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        found += [f"{look}: {violation}" for violation in _violations(page)]
        page.close()
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("name", PAGES)
def test_page_fits_narrow_screens(visit: Callable[..., Page], name: str) -> None:
    """WCAG 1.4.10: content of a 1280 px wide page at 400 % zoom, 320 px, scrolls one way only."""
    for locale in ("en-GB", "zh-CN"):
        page = visit(name, (locale, "light", 390))
        for width in (390, 320):
            page.set_viewport_size({"width": width, "height": 700})
            shown = page.evaluate("document.documentElement.scrollWidth")
            assert shown <= width, f"{name}, {locale}: {shown} px wide on {width} px"
        page.close()


@pytest.mark.parametrize("name", ["list", "error", "sign-in", "models", "queue", "webhooks"])
def test_keyboard_reaches_everything_with_a_visible_focus(
    visit: Callable[..., Page], name: str
) -> None:
    page = visit(name, _LOOKS[1])
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.keyboard.press("Shift")  # so that focus is shown as by keyboard
    page.locator(".skip").focus()
    reached = set()
    for _stop in range(page.evaluate(f"{_FOCUSABLE}.length")):
        stop = page.evaluate(_STOP)
        assert stop["outline_px"] >= 2, stop["html"]
        reached.add(stop["index"])
        page.keyboard.press("Tab")
    assert reached == set(range(len(reached)))
    assert len(reached) > 5
    page.close()
