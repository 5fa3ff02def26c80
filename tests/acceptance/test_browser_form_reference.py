"""Tests of the reference image of the design form in a real browser."""

from collections.abc import Callable

import pytest

from tests.acceptance.form_steps import paste, png, submitted
from tests.queue_driver import QueueDriver

pytest.importorskip("playwright", reason="the package playwright is not installed")
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_pasted_image_is_shown_and_survives_reload_and_language(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    page = open_page()
    page.goto(url)
    page.locator("#brief").fill("teal waves, mug")
    paste(page)
    expect(page.locator("#preview")).to_be_visible()
    expect(page.locator("#reference-name")).to_contain_text("shot-0.png")
    expect(page.locator("#strength-idle")).to_be_hidden()
    page.reload()
    expect(page.locator("#preview")).to_be_visible()
    page.get_by_role("link", name="中文").click()
    expect(page.locator("#reference-name")).to_contain_text("shot-0.png")
    expect(page.locator("#brief")).to_have_value("teal waves, mug")
    assert submitted(page, driver)["reference"] is not None
    page.goto(url)
    expect(page.locator("#preview")).to_be_hidden()


def test_first_of_ten_pasted_images_is_taken_and_it_says_so(
    url: str, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(url)
    paste(page, "#brief", 10)
    expect(page.locator("#reference-name")).to_contain_text("shot-0.png")
    expect(page.locator("#reference-wrong")).to_contain_text("the first was taken")


def test_photo_button_opens_a_choice_of_files(url: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(url)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Take a photo").click()
    assert chooser.value.element.get_attribute("capture") == "environment"
    chooser.value.set_files({"name": "p.png", "mimeType": "image/png", "buffer": png()})
    expect(page.locator("#preview")).to_be_visible()
    expect(page.locator("#reference-name")).to_contain_text("p.png")
