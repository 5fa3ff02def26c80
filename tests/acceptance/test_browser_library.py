"""The library, compare and lineage pages in a real browser."""

import base64
import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from shared.settings import Settings
from tests.browsing import served
from tests.images import as_png, tile
from tests.queue_driver import OPTIONS, QueueDriver

pytest.importorskip("playwright", reason="the package playwright is not installed")
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.long]

_DRAG_FILE = """([target, base64]) => {
    const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], "tile.png", { type: "image/png" }));
    for (const kind of ["dragenter", "dragover", "drop"]) {
        target.dispatchEvent(new DragEvent(kind, {
            dataTransfer: files, bubbles: true, cancelable: true }));
    }
}"""


def call(method: str, url: str, json: object = None) -> Any:
    """Send a request to the API and return its document."""
    return httpx2.request(method, url, json=json, timeout=60).json()


@pytest.fixture
def jobs(url: str, driver: QueueDriver) -> list[str]:
    """Four finished designs of two variants, the oldest first."""
    made: list[str] = []
    for brief in ("foxes, teal mug", "owls on navy", "lemons, tote bag", "银杏叶，藏青底"):
        asked = {"brief": brief, "variants": 2, "seed": len(made)}
        made.append(str(call("POST", f"{url}/api/v1/jobs", asked)["id"]))
        driver.run_all()
    return made


def cards(page: Page) -> Locator:
    return page.locator("#cards > li")


def card(page: Page, job_id: str) -> Locator:
    return page.locator(f'[data-job="{job_id}"]')


def pick(page: Page, job_id: str, **how: Any) -> None:
    card(page, job_id).hover()
    card(page, job_id).locator(".pick").click(**how)


def test_search_and_filters_are_kept_by_back_and_reload(
    url: str, open_page: Callable[..., Page], jobs: list[str]
) -> None:
    page = open_page()
    page.goto(f"{url}/jobs")
    expect(cards(page)).to_have_count(4)
    page.get_by_label("Search", exact=True).fill("foxes")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/jobs?q=foxes")  # empty fields are left out
    expect(cards(page)).to_have_count(1)
    expect(page.locator("#found")).to_contain_text("1 design")
    page.get_by_label("Product").select_option("mug")
    page.wait_for_url(f"{url}/jobs?q=foxes&product=mug")
    page.reload()
    expect(page.get_by_label("Search", exact=True)).to_have_value("foxes")
    expect(page.get_by_label("Product")).to_have_value("mug")
    expect(cards(page)).to_have_count(1)
    page.get_by_label("Search", exact=True).fill("owls")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/jobs?q=owls&product=mug")
    page.go_back(wait_until="commit")
    expect(page.get_by_label("Search", exact=True)).to_have_value("foxes")  # as the list
    page.go_back(wait_until="commit")
    expect(page.get_by_label("Product")).to_have_value("")
    page.go_back(wait_until="commit")
    expect(cards(page)).to_have_count(4)
    expect(page.get_by_label("Search", exact=True)).to_have_value("")
    page.get_by_label("Search by colour").click()
    page.get_by_label("Name or #RRGGBB").fill("#000080")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"colour=%23000080"))
    page.get_by_role("link", name="Clear all").click()
    expect(cards(page)).to_have_count(4)


def test_refused_search_says_why(url: str, open_page: Callable[..., Page], jobs: list[str]) -> None:
    page = open_page(expected="status of 4")
    page.goto(f"{url}/jobs?q={'x' * 2000}")
    expect(page.get_by_role("alert").first).to_contain_text("At most 200 characters.")
    expect(page.get_by_label("Search", exact=True)).to_have_attribute("aria-invalid", "true")
    page.get_by_role("link", name="Show all designs").click()
    expect(cards(page)).to_have_count(4)


def test_dropped_picture_is_searched_for(
    url: str, open_page: Callable[..., Page], jobs: list[str]
) -> None:
    page = open_page(expected="status of")  # no worker runs here
    page.goto(f"{url}/jobs")
    content = base64.b64encode(as_png(tile(0))).decode()
    page.evaluate(_DRAG_FILE, [page.locator("#search").element_handle(), content])
    page.wait_for_url(re.compile(r"/jobs\?picture=[0-9a-f]{64}$"))
    expect(page.locator(".tag.set")).to_contain_text("like the picture")
    page.goto(f"{url}/jobs")
    page.locator("#picture").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    page_problem = page.locator("#problem")
    expect(page_problem).to_be_visible()
    assert "/jobs" in page.url


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


def test_selection_and_focus_survive_updates(
    url: str, open_page: Callable[..., Page], driver: QueueDriver, jobs: list[str]
) -> None:
    page = open_page()
    page.goto(f"{url}/jobs")
    pick(page, jobs[0])
    name = {"name": "renamed elsewhere"}
    call("PATCH", f"{url}/api/v1/jobs/{jobs[0]}", name)
    new = driver.submit(brief="brand new", options=OPTIONS)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(cards(page).first).to_have_attribute("data-job", new.id)
    expect(card(page, jobs[0])).to_contain_text("renamed elsewhere")
    expect(card(page, jobs[0]).locator(".pick")).to_be_checked()
    expect(card(page, jobs[0]).locator(".pick")).to_be_focused()
    call("DELETE", f"{url}/api/v1/jobs/{jobs[0]}")  # somebody deletes what is selected
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(card(page, jobs[0])).to_have_count(0)
    expect(page.locator("#bar")).to_be_hidden()


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


def test_endless_scroll_appends_pages_and_back_returns_to_the_place(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    made = driver.submit_many(150, options=OPTIONS)
    page = open_page()
    page.goto(f"{url}/jobs")
    expect(cards(page)).to_have_count(48)
    expect(page.locator("#found")).to_contain_text("150 designs")
    for _ in range(30):
        page.mouse.wheel(0, 1500)
        page.wait_for_timeout(60)
    expect(cards(page)).to_have_count(150)
    shown = page.evaluate("[...document.querySelectorAll('#cards > li')].map(e => e.dataset.job)")
    assert shown == [job.id for job in reversed(made)]
    last = card(page, made[3].id)
    last.scroll_into_view_if_needed()
    last.locator(".title a").click()
    page.wait_for_url(re.compile(made[3].id))
    page.go_back(wait_until="commit")
    expect(cards(page)).to_have_count(150)
    expect(last).to_be_in_viewport()
    page.reload()
    expect(cards(page)).to_have_count(150)
    expect(last).to_be_in_viewport()


def test_library_works_without_javascript(
    url: str, open_page: Callable[..., Page], jobs: list[str]
) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{url}/jobs")
    page.get_by_label("Search", exact=True).fill("owls")
    page.locator(".search-button").click()
    expect(cards(page)).to_have_count(1)
    page.get_by_role("link", name="Clear all").click()
    card(page, jobs[0]).locator(".heart").click()
    page.get_by_role("link", name="Favourites").click()
    expect(cards(page)).to_have_count(1)
    page.goto(f"{url}/jobs")
    for job_id in jobs[:2]:
        card(page, job_id).locator(".pick").check()
    page.get_by_label("Name of the new collection").fill("Autumn")
    page.get_by_role("button", name="Collect", exact=True).click()
    expect(page.locator("#collections")).to_contain_text("Autumn")
    card(page, jobs[0]).locator(".more").click()
    page.get_by_label("Name", exact=True).fill("Foxes in teal")
    page.get_by_role("button", name="Save").click()
    expect(card(page, jobs[0])).to_contain_text("Foxes in teal")
    for job_id in jobs[:2]:
        card(page, job_id).locator(".pick").check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".compared-design")).to_have_count(2)
    page.goto(f"{url}/jobs")
    card(page, jobs[0]).locator(".pick").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(cards(page)).to_have_count(3)
    page.get_by_role("button", name="Undo").click()
    expect(cards(page)).to_have_count(4)


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


def test_list_follows_a_restarted_server(
    settings: Settings, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    job = driver.submit(options=OPTIONS)
    page = open_page(expected="ERR_")
    with served(settings) as address:
        page.goto(f"{address}/jobs")
        expect(card(page, job.id)).to_have_attribute("data-active", "true")
    expect(page.locator("#connection")).to_contain_text("does not answer")
    driver.run_all()
    with served(settings, port=int(address.rpartition(":")[2])):
        expect(card(page, job.id)).to_have_attribute("data-active", "false", timeout=20_000)


def test_heart_that_was_not_saved_is_not_shown(
    url: str, open_page: Callable[..., Page], jobs: list[str]
) -> None:
    page = open_page(expected="ERR_INTERNET_DISCONNECTED")
    page.goto(f"{url}/jobs")
    heart = card(page, jobs[0]).locator(".heart")
    page.context.set_offline(True)
    heart.click()
    expect(page.locator("#problem")).to_contain_text("nothing was changed")
    expect(heart).to_have_attribute("aria-pressed", "false")
    page.context.set_offline(False)
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#problem")).to_be_hidden()


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
