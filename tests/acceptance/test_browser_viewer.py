"""Tests of the large view of a design in a real browser: keys, mouse and touch."""

from collections.abc import Callable

import pytest

from tests.queue_driver import QueueDriver

pytest.importorskip("playwright", reason="the package playwright is not installed")
from playwright.sync_api import Locator, Page, expect

from tests.job_pages import PHONE, finished, first_card

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_large_view_is_used_with_the_keyboard(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    job = finished(driver)
    page = open_page()
    page.goto(f"{url}/jobs/{job}")
    first_card(page).focus()
    page.keyboard.press("Enter")
    title, stage = page.locator("#viewer-title"), page.locator("#viewer-stage")
    expect(title).to_have_text("Variant 1 · On the product")
    expect(stage).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text("Variant 2 · On the product")
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text("Variant 1 · On the product")
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(page.locator("#viewer-scale")).to_have_text("2.3×")
    # A picture can be panned once it has loaded, because only then its size is known.
    page.wait_for_function("document.querySelector('#viewer-stage img').naturalWidth > 0")
    before = transform_of(stage)
    page.keyboard.press("ArrowDown")
    assert transform_of(stage) != before
    expect(title).to_have_text("Variant 1 · On the product")
    page.keyboard.press("-")
    page.keyboard.press("0")
    expect(page.locator("#viewer-scale")).to_have_text("1.0×")
    page.get_by_role("button", name="Repeat 2 × 2").click()
    sheet = stage.get_by_role("img", name="Repeat 2 × 2")
    assert sheet.evaluate("e => getComputedStyle(e).backgroundSize") == "50% 50%"
    page.get_by_role("button", name="Next variant").click()
    expect(title).to_have_text("Variant 2 · Repeat 2 × 2")
    for _ in range(20):
        page.keyboard.press("Tab")
        assert page.evaluate("!document.activeElement.closest('main > :not(#viewer)')")
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    expect(first_card(page)).to_be_focused()
    repeat = page.get_by_role("link", name="Variant 2, repeated")
    repeat.press("Enter")
    expect(title).to_have_text("Variant 2 · Repeat 3 × 3")
    page.get_by_role("button", name="Close").click()
    expect(repeat).to_be_focused()


def transform_of(stage: Locator) -> str:
    return str(stage.locator(":scope > *").evaluate("e => e.style.transform"))


def test_large_view_is_used_with_pointers(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    job = finished(driver)
    page = open_page(viewport=PHONE, has_touch=True)
    page.goto(f"{url}/jobs/{job}")
    first_card(page).click()
    stage, scale = page.locator("#viewer-stage"), page.locator("#viewer-scale")
    box = stage.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    expect(scale).to_have_text("2.1×")
    before = transform_of(stage)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30)
    page.mouse.up()
    assert transform_of(stage) != before
    page.mouse.dblclick(x, y)
    expect(scale).to_have_text("1.0×")
    touch = page.context.new_cdp_session(page)

    def touches(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": px, "y": py, "id": number} for number, (px, py) in enumerate(points)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    touches("touchStart", (x - 40, y), (x + 40, y))
    touches("touchMove", (x - 80, y), (x + 80, y))
    touches("touchEnd")
    expect(scale).to_have_text("2.0×")
    page.get_by_role("button", name="Whole picture").click()
    touches("touchStart", (x + 80, y))
    touches("touchMove", (x, y))
    touches("touchMove", (x - 80, y))
    touches("touchEnd")
    expect(page.locator("#viewer-title")).to_have_text("Variant 2 · On the product")
