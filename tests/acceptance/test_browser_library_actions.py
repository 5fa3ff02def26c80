"""What is done with designs of the library in a real browser."""

from collections.abc import Callable

import pytest

pytest.importorskip("playwright", reason="the package playwright is not installed")
from playwright.sync_api import Page, Route, expect

from tests.library_pages import call, card, cards, pick

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_cards_are_selected_by_click_range_and_keyboard(
    url: str, open_page: Callable[..., Page], jobs: list[str]
) -> None:
    page = open_page(viewport={"width": 700, "height": 500})
    page.goto(f"{url}/jobs")
    bar = page.locator("#bar")
    expect(bar).to_be_hidden()
    pick(page, jobs[3])
    expect(page.locator("#bar-count")).to_have_text("1 selected")
    expect(bar).to_be_in_viewport(ratio=1)
    pick(page, jobs[1], modifiers=["Shift"])
    expect(page.locator("#bar-count")).to_have_text("3 selected")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    page.keyboard.press("Control+a")
    expect(page.locator("#bar-count")).to_have_text("4 selected")
    page.get_by_label("Search", exact=True).focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+a")  # selects the text of the field
    expect(bar).to_be_hidden()
    page.reload()
    expect(cards(page)).to_have_count(4)


def test_focus_is_never_behind_the_bar_of_the_selection(
    url: str, open_page: Callable[..., Page], jobs: list[str]
) -> None:
    page = open_page(viewport={"width": 390, "height": 600}, reduced_motion="reduce")
    page.goto(f"{url}/jobs")
    first = cards(page).first
    first.locator(".pick").check(force=True)
    bar = page.locator("#bar").bounding_box()
    assert bar is not None
    last = page.locator("#bar [value=untag]").bounding_box()
    assert last is not None
    assert last["x"] + last["width"] <= 390
    first.locator(".pick").focus()
    for _ in range(4 * len(jobs) - 1):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.getBoundingClientRect().bottom")
        assert focused <= bar["y"] + 1


def test_designs_are_deleted_and_restored(
    url: str, open_page: Callable[..., Page], jobs: list[str]
) -> None:
    page = open_page()
    page.goto(f"{url}/jobs")
    for job_id in jobs[:2]:
        pick(page, job_id)
    page.get_by_role("button", name="Delete", exact=True).dblclick()
    expect(cards(page)).to_have_count(2)
    toast = page.locator("#toasts .toast")
    expect(toast).to_contain_text("Deleted (2)")
    expect(page.locator("#found")).to_contain_text("2 designs")
    pick(page, jobs[2])
    page.get_by_label("Tags, separated by commas").last.fill("autumn")
    page.keyboard.press("Enter")
    expect(toast.last).to_contain_text("Tags changed (1)")
    expect(toast.first).to_contain_text("Deleted (2)")  # can still be undone
    page.goto(f"{url}/jobs?q=owls")  # the message is on the next page too
    expect(cards(page)).to_have_count(0)
    page.get_by_role("button", name="Undo").dblclick()
    expect(cards(page)).to_have_count(1)
    expect(toast).to_contain_text("Restored (2)")
    page.goto(f"{url}/jobs")
    expect(cards(page)).to_have_count(4)
    expect(toast).to_have_count(0)


def test_somebody_else_deletes_what_is_tagged(
    url: str, open_page: Callable[..., Page], jobs: list[str]
) -> None:
    page = open_page(expected="status of 410")
    page.goto(f"{url}/jobs")
    for job_id in jobs[:2]:
        pick(page, job_id)
    call("DELETE", f"{url}/api/v1/jobs/{jobs[0]}")
    page.get_by_label("Tags, separated by commas").last.fill("autumn")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not there any more")
    expect(cards(page)).to_have_count(3)
    page.keyboard.press("Enter")
    expect(card(page, jobs[1]).locator(".tag")).to_have_text("autumn")


def test_designs_are_dragged_onto_a_collection(
    url: str, open_page: Callable[..., Page], jobs: list[str]
) -> None:
    page = open_page()
    page.goto(f"{url}/jobs")
    page.get_by_label("Name of a new collection").fill("<b>Autumn</b>")
    page.keyboard.press("Enter")
    shelf = page.locator("#collections a")
    expect(shelf).to_contain_text("<b>Autumn</b>")
    drawn = shelf.locator("svg").inner_html()
    card(page, jobs[0]).drag_to(shelf)
    expect(shelf.locator("[data-size]")).to_have_text("1")
    expect(page.locator("#toasts")).to_contain_text("Added to “<b>Autumn</b>” (1)")
    pick(page, jobs[1])
    pick(page, jobs[2])
    card(page, jobs[2]).drag_to(shelf)  # the selection goes along
    expect(shelf.locator("[data-size]")).to_have_text("3")
    shelf.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("<b>Autumn</b>")
    assert shelf.locator("svg").inner_html() == drawn
    expect(cards(page)).to_have_count(3)
    page.locator("#manage summary").click()
    page.get_by_role("button", name="Delete the collection").click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#confirm")).to_be_hidden()
    page.get_by_role("button", name="Delete the collection").click()
    page.locator("#confirm").get_by_role("button", name="Delete").click()
    page.wait_for_url(f"{url}/jobs")
    expect(cards(page)).to_have_count(4)
    expect(shelf).to_have_count(0)


def test_designs_are_collected_and_tagged_by_keyboard(
    url: str, open_page: Callable[..., Page], jobs: list[str]
) -> None:
    page = open_page()
    page.goto(f"{url}/jobs")
    card(page, jobs[0]).locator(".pick").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Collect", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Give the new collection a name.")
    expect(page.get_by_label("Name of the new collection")).to_be_focused()
    page.keyboard.type("New Year 新年")
    page.keyboard.press("Enter")
    expect(page.locator("#collections [data-size]")).to_have_text("1")
    page.keyboard.press("Escape")
    card(page, jobs[1]).locator(".pick").focus()
    page.keyboard.press("Space")
    page.get_by_label("Collection", exact=True).select_option("New Year 新年")
    page.get_by_role("button", name="Collect", exact=True).press("Enter")
    expect(page.locator("#collections [data-size]")).to_have_text("2")


def test_design_is_named_judged_and_deleted_from_its_menu(
    url: str, open_page: Callable[..., Page], jobs: list[str]
) -> None:
    page = open_page()
    page.goto(f"{url}/jobs")
    more = card(page, jobs[1]).locator(".more")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#card-menu")).to_be_visible()
    expect(page.locator("[data-item=open]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    more.click()
    page.locator("[data-item=entry]").click()
    page.get_by_label("Name", exact=True).fill("سمك <b>owls</b> 🦉")
    dialog = page.locator("#entry-dialog")
    dialog.get_by_label("Tags, separated by commas").fill("autumn, client A")
    dialog.get_by_role("button", name="Favourite").nth(1).click()
    expect(dialog.get_by_role("button", name="Favourite").nth(1)).to_have_attribute(
        "aria-pressed", "true"
    )
    dialog.get_by_role("button", name="Reject").first.click()
    expect(dialog.get_by_role("button", name="Reject").first).to_be_enabled()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    shown = card(page, jobs[1])
    expect(shown.locator(".title")).to_have_text("سمك <b>owls</b> 🦉")
    expect(shown.locator(".tag")).to_have_text(["autumn", "client A"])
    expect(shown.locator(".heart")).to_have_attribute("aria-pressed", "true")
    expect(shown.locator("img.rejected")).to_have_count(1)
    expect(more).to_be_focused()
    shown.locator(".heart").click()
    expect(shown.locator(".heart")).to_have_attribute("aria-pressed", "false")
    more.click()
    page.locator("[data-item=delete]").click()
    expect(cards(page)).to_have_count(3)
    page.get_by_role("button", name="Undo").click()
    expect(cards(page)).to_have_count(4)


def test_heart_that_was_not_saved_is_not_shown(
    url: str, open_page: Callable[..., Page], jobs: list[str]
) -> None:
    page = open_page(expected="ERR_INTERNET_DISCONNECTED")
    page.goto(f"{url}/jobs")
    heart = card(page, jobs[0]).locator(".heart")
    page.context.set_offline(True)
    heart.click()
    problem = page.locator("#problem")
    expect(problem).to_contain_text("nothing was changed")
    expect(heart).to_have_attribute("aria-pressed", "false")
    page.context.set_offline(False)
    expect(problem).to_be_hidden()  # the server answers again
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    page.context.set_offline(True)
    card(page, jobs[1]).locator(".more").click()
    page.locator("[data-item=entry]").click()
    expect(problem).to_contain_text("nothing was changed")
    expect(page.locator("#card-menu")).to_be_hidden()


def test_hearts_that_are_pressed_one_after_the_other_are_all_saved(
    url: str, open_page: Callable[..., Page], jobs: list[str]
) -> None:
    page = open_page()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/variants/*/review", hold)
    page.goto(f"{url}/jobs")
    for job_id in jobs[:2]:
        card(page, job_id).locator(".heart").click()
        expect(card(page, job_id).locator(".heart")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(50)
    assert len(held) == 2
    for route in held:
        route.continue_()
    for job_id in jobs[:2]:
        expect(card(page, job_id)).not_to_have_attribute("data-favourites", "")
