"""Tests of the directions of a vague brief in a real browser."""

import re
from collections.abc import Callable

import pytest

from shared.db.models import Batch
from tests.queue_driver import QueueDriver

pytest.importorskip("playwright", reason="the package playwright is not installed")
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.long]

STAGES = ("caption", "fusion", "generate", "draw", "present")


def draw_first_looks(driver: QueueDriver) -> None:
    for stage in STAGES:
        claims = driver.claim(stage, limit=4)
        assert len(claims) == 4
        for claim in claims:
            driver.finish(claim, variants=1)


@pytest.mark.parametrize(
    ("locale", "brief", "show", "use", "back"),
    [
        (
            "en-GB",
            "a cosy mug for my dad, no red",
            "Show four directions",
            "Use this brief",
            "Back to my own words",
        ),
        (
            "zh-CN",
            "送给妈妈的马克杯，温馨",
            "看看四个方向",
            "采用这份需求",
            "回到我自己的描述",
        ),
    ],
)
def test_vague_brief_gets_four_directions_with_a_first_look(
    url: str,
    open_page: Callable[..., Page],
    driver: QueueDriver,
    locale: str,
    brief: str,
    show: str,
    use: str,
    back: str,
) -> None:
    page = open_page(locale)
    page.goto(url)
    page.locator("#brief").fill(brief)
    with page.expect_response(re.compile(r"/api/v1/batches$")):
        page.get_by_role("button", name=show).press("Enter")
    cards = page.locator(".direction")
    expect(cards).to_have_count(4)
    expect(page.locator(".first-look[aria-busy]")).to_have_count(4)
    draw_first_looks(driver)
    pictures = page.locator(".first-look img")
    expect(pictures).to_have_count(4)
    for picture in pictures.element_handles():
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=picture)
    with driver.session() as session:
        batch = session.query(Batch).one()
        assert len(batch.asked["briefs"]) == 4
    cards.nth(1).get_by_role("button", name=use).press("Enter")
    chosen = page.locator("#brief").input_value()
    assert chosen.startswith(brief)
    assert len(chosen) > len(brief) + 5
    expect(cards.nth(1).get_by_role("button", name=use)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#chips .chip.unknown")).to_have_count(0)
    expect(cards).to_have_count(4)
    page.get_by_role("button", name=back).click()
    expect(page.locator("#brief")).to_have_value(brief)
    expect(cards).to_have_count(4)
    page.locator("#brief").fill("navy and cream stripes, mug")
    expect(page.locator("#directions")).to_be_hidden()


def test_brief_that_says_everything_gets_no_directions(
    url: str, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(url)
    page.locator("#brief").fill("navy and cream stripes, mug")
    expect(page.locator("#chips")).to_contain_text("stripes")
    expect(page.locator("#directions")).to_be_hidden()
