"""Tests of what the design form recognises, in a real browser: unknown words, colours, palettes."""

from collections.abc import Callable

import pytest

from tests.acceptance.form_steps import submitted
from tests.queue_driver import QueueDriver

pytest.importorskip("playwright", reason="the package playwright is not installed")
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_unknown_words_are_replaced_by_a_suggestion(
    url: str, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(url)
    page.locator("#brief").fill("a mug with quibbles and navy")
    offers = page.locator("#instead")
    expect(offers).to_contain_text("“quibbles” is not understood. Write instead:")
    offers.get_by_role("button", name="bubbles").click()
    expect(page.locator("#brief")).to_have_value("a mug with bubbles and navy")
    expect(offers).to_be_hidden()
    page.locator("#brief").fill("a navy mug with blorbfnarg")
    expect(offers).to_contain_text("Leave it out")
    offers.get_by_role("button", name="Look for a motif").click()
    expect(page.locator("#motif-words")).to_have_value("blorbfnarg")


def test_long_word_that_is_not_understood_takes_two_lines(
    url: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    page.goto(url)
    page.locator("#brief").fill("x" * 1990)
    chip = page.locator(".chip.unknown")
    expect(chip).to_be_visible()
    for shown in (chip, page.locator("#instead p")):
        box = shown.bounding_box()
        assert box is not None
        assert box["height"] < 120


def test_colours_are_changed_with_the_keyboard_and_sent_as_fields(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    page = open_page()
    page.goto(url)
    brief = page.locator("#brief")
    brief.fill("stripes in teal and mustard on cream, mug")
    page.get_by_role("button", name="Replace teal").press("Enter")
    expect(page.get_by_label("Hex code")).to_be_focused()
    page.keyboard.type("nothing")
    page.keyboard.press("Enter")
    expect(page.locator("#colour_changes-wrong")).to_contain_text("Six digits")
    page.get_by_label("Hex code").fill("#c8102e")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Add a colour")).to_be_focused()
    page.get_by_role("button", name="Remove mustard").press("Enter")
    page.get_by_role("button", name="Add a colour").press("Enter")
    page.get_by_label("Hex code").fill("#00AA66")
    page.keyboard.press("Enter")
    names = page.locator("#chips .chip-swap")
    expect(names).to_have_text(["#C8102E", "cream", "#00AA66"])
    page.get_by_label("No other colours").press("Space")
    job = submitted(page, driver)
    understood = job["understood"]
    assert isinstance(understood, dict)
    assert set(understood["colours"]) == {"#C8102E", "cream", "#00AA66"}
    assert understood["ground"] == "cream"
    assert set(understood["excluded_colours"]) == {"teal", "mustard"}
    assert job["brief"] == "stripes in teal and mustard on cream, mug"
    options = job["options"]
    assert isinstance(options, dict)
    assert {each["hex"] for each in options["palette"]} >= {"#C8102E", "#00AA66"}
    assert options["palette_only"] is True
    page.goto(f"{url}/?from={job['id']}")
    expect(names).to_have_text(["#C8102E", "cream", "#00AA66"])
    page.get_by_role("button", name="Undo the changes by hand").click()
    expect(names).to_have_text(["teal", "mustard", "cream"])


def test_palette_is_saved_chosen_and_removed(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    page.goto(url)
    page.locator("#brief").fill("#0B7A75 and #FB7866 dots, mug")
    page.get_by_label("Keep these colours as a palette").fill("<b>House</b>")
    page.keyboard.press("Enter")
    saved = page.get_by_role("radio", name="<b>House</b>")
    expect(saved).to_be_visible()
    page.get_by_label("Keep these colours as a palette").fill("Spring " * 11)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".saved-row")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#brief").fill("dots, mug")
    page.reload()
    saved.check()
    options = submitted(page, driver)["options"]
    assert isinstance(options, dict)
    assert [each["hex"] for each in options["palette"]] == ["#0B7A75", "#FB7866"]
    page.goto(url)
    page.get_by_role("button", name="Remove the palette <b>House</b>").click()
    expect(saved).to_have_count(0)
    page.reload()
    expect(saved).to_have_count(0)


def test_what_the_server_does_not_answer_is_said(url: str, open_page: Callable[..., Page]) -> None:
    page = open_page(expected="Failed to load resource")
    page.goto(url)
    page.route("**/api/v1/understand", lambda route: route.abort())
    page.route(
        "**/api/v1/motifs?*", lambda route: route.fulfill(status=503, json={"detail": "Busy"})
    )
    page.locator("#brief").fill("teal stripes")
    expect(page.locator("#instead")).to_contain_text("The server does not answer")
    page.locator("#motif-words").fill("fox")
    expect(page.locator("#motif-found")).to_have_text("Busy")
    page.unroute_all()
    page.locator("#brief").fill("navy stripes")
    expect(page.locator("#chips")).to_contain_text("navy")
    expect(page.locator("#instead")).to_be_hidden()


def test_enter_of_an_input_method_adds_no_motif(url: str, open_page: Callable[..., Page]) -> None:
    page = open_page("zh-CN")
    page.goto(url)
    words, found = page.locator("#motif-words"), page.locator("#motif-found button")
    words.fill("fox")
    expect(found.first).to_be_visible()
    enter = "new KeyboardEvent('keydown', { key: 'Enter', cancelable: true, isComposing: true })"
    words.evaluate(f"field => field.dispatchEvent({enter})")
    expect(words).to_have_value("fox")
    words.press("Enter")
    expect(words).to_have_value("")
    expect(page.locator("#chips .chip.motif")).to_have_count(1)


def test_every_refused_field_is_named(url: str, open_page: Callable[..., Page]) -> None:
    page = open_page(expected="422")
    page.goto(url)
    page.locator("#brief").fill("teal stripes, mug")
    page.locator("[name=derived_from]").evaluate("field => { field.value = 'x'; }")
    page.locator("#size").evaluate("field => { field.options[0].value = '3'; field.value = '3'; }")
    page.get_by_role("button", name="Draw designs").click()
    expect(page.get_by_role("alert")).to_contain_text("derived_from: ")
    expect(page.locator("#size-wrong")).to_be_visible()
    expect(page.locator("#size")).to_be_focused()
