"""The list of the library in a real browser: search, updates, endless scroll."""

import base64
import re
from collections.abc import Callable

import pytest

from shared.library.index import encoder_of
from shared.library.query_vectors import add_query_vector, picture_key
from shared.registry.releases import (
    ReleaseManifest,
    champion_versions,
    promote,
    register_release,
)
from shared.settings import Settings
from tests.browsing import served
from tests.images import as_png, tile
from tests.integration.web.conftest import versions
from tests.queue_driver import OPTIONS, QueueDriver

pytest.importorskip("playwright", reason="the package playwright is not installed")
from playwright.sync_api import Page, expect

from tests.library_pages import call, card, cards, pick

pytestmark = [pytest.mark.browser, pytest.mark.long]

_DRAG_FILE = """([target, name, base64]) => {
    const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], name));
    for (const kind of ["dragenter", "dragover", "drop"]) {
        target.dispatchEvent(new DragEvent(kind, {
            dataTransfer: files, bubbles: true, cancelable: true }));
    }
}"""


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
    url: str, open_page: Callable[..., Page], driver: QueueDriver, jobs: list[str]
) -> None:
    page = open_page(expected="status of")  # no worker runs here
    page.goto(f"{url}/jobs")
    content = base64.b64encode(as_png(tile(0))).decode()
    target = page.locator("#search").element_handle()
    page.evaluate(_DRAG_FILE, [target, "notes.txt", base64.b64encode(b"no picture").decode()])
    expect(page.locator("#problem")).to_be_visible()
    page.evaluate(_DRAG_FILE, [target, "tile.png", content])
    page.wait_for_url(re.compile(r"/jobs\?picture=[0-9a-f]{64}$"))
    expect(page.locator(".tag.set")).to_contain_text("like the picture")
    expect(page.locator("#wrong")).to_contain_text("No worker could look at the picture")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_timeout(1500)  # the search waits for a worker
    expect(page.locator("#connection")).to_be_empty()
    with driver.session() as session:
        register_release(session, ReleaseManifest(name="first", versions=versions("first")))
        promote(session, "first", "installation")
        encoder = encoder_of(champion_versions(session))
        assert encoder is not None
        add_query_vector(
            session, picture_key(page.url.partition("picture=")[2]), encoder, [1.0, 0.0]
        )
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#nothing")).to_contain_text("Nothing matches.")
    expect(page.locator("#wrong")).to_have_count(0)
    page.goto(f"{url}/jobs")
    page.locator("#picture").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    page_problem = page.locator("#problem")
    expect(page_problem).to_be_visible()
    assert "/jobs" in page.url


def test_selection_and_focus_survive_updates(
    url: str, open_page: Callable[..., Page], driver: QueueDriver, jobs: list[str]
) -> None:
    page = open_page()
    page.goto(f"{url}/jobs")
    pick(page, jobs[0])
    heart = card(page, jobs[0]).locator(".heart")
    heart.focus()
    changed = {"name": "renamed elsewhere", "tags": ["autumn", "client"]}
    call("PATCH", f"{url}/api/v1/jobs/{jobs[0]}", changed)
    new = driver.submit(brief="brand new", options=OPTIONS)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(cards(page).first).to_have_attribute("data-job", new.id)
    expect(card(page, jobs[0])).to_contain_text("renamed elsewhere")
    expect(card(page, jobs[0]).locator(".pick")).to_be_checked()
    expect(heart).to_be_focused()
    call("DELETE", f"{url}/api/v1/jobs/{jobs[0]}")  # somebody deletes what is selected
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(card(page, jobs[0])).to_have_count(0)
    expect(page.locator("#bar")).to_be_hidden()


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
