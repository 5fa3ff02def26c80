"""The compare and lineage pages in a real browser."""

import re
from collections.abc import Callable

import pytest

from tests.queue_driver import QueueDriver

pytest.importorskip("playwright", reason="the package playwright is not installed")
from playwright.sync_api import Page, expect

from tests.library_pages import call, pick

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_compare_page_zooms_together_and_wipes(
    url: str, open_page: Callable[..., Page], jobs: list[str]
) -> None:
    page = open_page()
    page.goto(f"{url}/jobs")
    pick(page, jobs[0])
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("alert")).to_contain_text("two to four")
    pick(page, jobs[1])
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url(re.compile(r"/compare\?design=.*\.0&design=.*\.0$"))
    page.get_by_label("Zoom").fill("3")
    matrices = page.evaluate(
        "[...document.querySelectorAll('.canvas')].map((each) => getComputedStyle(each).transform)"
    )
    assert len(matrices) == 4  # side by side, and one over the other
    assert {matrix.split(",")[0] for matrix in matrices} == {"matrix(3"}
    boundary = page.get_by_label("Boundary between A and B")
    boundary.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(boundary).to_have_value("60")
    wipe = page.locator(".wipe")
    clip = "getComputedStyle(document.querySelector('.over')).clipPath"
    assert "40%" in page.evaluate(clip)
    width = wipe.evaluate("each => each.clientWidth")
    wipe.click(position={"x": width * 0.2, "y": 100})
    assert abs(int(boundary.input_value()) - 20) < 5
    page.locator(".compared-design").first.get_by_role("button", name="Keep").click()
    expect(
        page.locator(".compared-design").first.get_by_role("button", name="Keep")
    ).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Zoom")).to_have_value("3")
    page.get_by_role("link", name="Repeated").click()
    expect(page.locator(".canvas.repeat img")).to_have_count(16)
    page.get_by_role("link", name="中文").click()
    expect(page.locator(".compared-design")).to_have_count(2)


def test_lineage_page_compares_two_of_the_tree(
    url: str, open_page: Callable[..., Page], driver: QueueDriver, jobs: list[str]
) -> None:
    call("POST", f"{url}/api/v1/jobs/{jobs[0]}/retry")
    driver.run_all()
    page = open_page()
    page.goto(f"{url}/jobs/{jobs[0]}/lineage")
    boxes = page.get_by_role("checkbox", name="Compare")
    expect(boxes).to_have_count(2)
    expect(page.locator(".bar")).to_be_hidden()
    boxes.nth(0).check()
    expect(page.get_by_role("button", name="Compare")).to_be_disabled()
    boxes.nth(1).check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".compared-design")).to_have_count(2)
    expect(page.get_by_text("Nothing but chance")).to_be_visible()
