"""Tests of the design form in a real browser: what is submitted, its draft, and accessibility."""

from collections.abc import Callable
from importlib.resources import files

import pytest

from tests.acceptance.form_steps import JOB, paste, submitted
from tests.queue_driver import QueueDriver

pytest.importorskip("playwright", reason="the package playwright is not installed")
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_choices_survive_and_start_over_empties(url: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(url)
    page.locator("#brief").fill("foxes and owls in teal, mug")
    page.get_by_role("radio", name="poster").check()
    page.get_by_role("button", name="Remove owl").click()
    page.get_by_label("Add a motif").fill("teapot")
    page.locator("#motif-found").get_by_role("button", name="teapot").first.click()
    page.get_by_role("button", name="Replace teal").click()
    page.get_by_label("Hex code").fill("c8102e")
    page.keyboard.press("Enter")
    page.get_by_label("No other motifs").check()
    chips = page.locator("#chips .chip")
    expect(chips.filter(has_text="#C8102E")).to_have_count(1)
    page.reload()
    expect(chips.filter(has_text="#C8102E")).to_have_count(1)
    page.get_by_role("link", name="中文").click()
    expect(chips.filter(has_text="#C8102E")).to_have_count(1)
    expect(chips.filter(has_text="茶壶")).to_have_count(1)
    expect(chips.filter(has_text="猫头鹰")).to_have_count(0)
    expect(page.get_by_role("radio", name="海报")).to_be_checked()
    expect(page.get_by_label("不要其他图案元素")).to_be_checked()
    paste(page)
    expect(page.locator("#preview")).to_be_visible()
    page.get_by_role("link", name="重新开始").click()
    expect(page.locator("#brief")).to_have_value("")
    expect(chips).to_have_count(0)
    page.reload()
    expect(page.locator("#brief")).to_have_value("")
    expect(page.locator("#preview")).to_be_hidden()
    expect(page.get_by_role("radio", name="按设计需求")).to_be_checked()


def test_control_enter_submits_from_any_field(url: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(url)
    page.locator("#brief").fill("teal waves")
    page.get_by_role("radio", name="mug").check()
    page.get_by_label("Seeds").or_(page.locator("#seed")).last.press("Control+Enter")
    page.wait_for_url(JOB)


@pytest.mark.parametrize(
    "brief",
    [
        "navy stripes " + "x" * 1987,
        "🦊🌲 teal waves 🎨",
        "פסים בצבע teal מיוחד",
        "<img src=x onerror=alert(1)> teal waves",
    ],
)
def test_odd_briefs_are_taken_as_text(
    url: str, open_page: Callable[..., Page], driver: QueueDriver, brief: str
) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    page.goto(url)
    page.locator("#brief").fill(brief)
    expect(page.locator("#chips .chip").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("main img[src=x]").count() == 0
    assert submitted(page, driver)["brief"] == brief


def test_form_of_an_expired_design_keeps_its_draft(
    url: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(expected="404")
    gone = f"{url}/?from=00000000-0000-4000-8000-000000000000"
    page.goto(gone)
    expect(page.get_by_role("alert")).to_contain_text("does not exist any more")
    page.locator("#brief").fill("teal waves")
    page.reload()
    expect(page.locator("#brief")).to_have_value("teal waves")
    page.locator("#brief").press("Control+Enter")
    page.wait_for_url(JOB)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("locale", "width"), [("en-GB", 1440), ("zh-CN", 390)])
def test_form_has_no_accessibility_violations(
    url: str, open_page: Callable[..., Page], locale: str, width: int, scheme: str
) -> None:
    pytest.importorskip("axe_playwright_python", reason="the package is not installed")
    axe = (files("axe_playwright_python") / "axe.min.js").read_text()
    page = open_page(
        locale, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page.goto(url)
    page.locator("#brief").fill("cosy teal mug with quibbles")
    expect(page.locator("#instead")).to_be_visible()
    page.locator("#colour-add").click()
    page.locator("#directions-show").click()
    expect(page.locator(".direction")).to_have_count(4)
    page.evaluate(axe)
    result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    found = [(each["id"], node["html"]) for each in result["violations"] for node in each["nodes"]]
    assert found == []
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        """() => [...document.querySelectorAll("main button, main select, .product, .link")]
            .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 24)
            .map((each) => each.outerHTML)"""
    )
    assert small == []
