"""Sharing in a real browser: a link is made, opened by a stranger, and revoked."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.queue_driver import QueueDriver

pytest.importorskip("playwright", reason="the package playwright is not installed")
from playwright.sync_api import Page, expect

from tests.job_pages import finished
from tests.library_pages import call

pytestmark = [pytest.mark.browser, pytest.mark.long]

COPY = "navigator.clipboard.writeText = async (text) => { window.copied = text; }"


def make_link(page: Page, *, download: bool = False, note: str = "") -> str:
    """Make a link in the dialog, copy it and return it."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("For whom").fill(note)
    if download:
        dialog.get_by_label("With downloads").check()
    dialog.get_by_role("button", name="Make a link").click()
    expect(dialog.get_by_label("Your link")).to_be_focused()
    dialog.get_by_role("button", name="Copy").click()
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    copied = str(page.evaluate("window.copied"))
    assert copied == dialog.get_by_label("Your link").input_value()
    return copied


def test_a_design_is_shared_looked_at_downloaded_and_revoked(
    url: str, open_page: Callable[..., Page], driver: QueueDriver, tmp_path: Path
) -> None:
    job_id = finished(driver, brief="teal waves with foxes")
    page = open_page()
    page.add_init_script(COPY)
    page.goto(f"{url}/jobs/{job_id}")
    opener = page.get_by_role("link", name="Share", exact=True)
    opener.click()
    expect(page.get_by_role("heading", name="Share this design")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    opener.click()
    address = _served(url, make_link(page, download=True, note="for Ms. X"))

    stranger = open_page(expected="status of 404", accept_downloads=True)
    stranger.goto(address)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("teal waves with foxes")
    pictures = stranger.get_by_role("figure").get_by_role("img")
    expect(pictures).to_have_count(2)
    loaded = "[...document.querySelectorAll('figure img')].every((e) => e.naturalWidth)"
    stranger.wait_for_function(loaded)
    for hidden in ("Library", "New design", "Administration"):
        expect(stranger.get_by_role("link", name=hidden)).to_have_count(0)
    with stranger.expect_download() as downloading:
        stranger.get_by_role("link", name="Download everything (zip)").click()
    downloading.value.save_as(tmp_path / "shared.zip")
    names = ZipFile(tmp_path / "shared.zip").namelist()
    assert any(name.endswith("variant-2-tile.png") for name in names)
    with stranger.expect_download() as downloading:
        stranger.get_by_role("link", name="Tile of variant 1").click()
    assert downloading.value.suggested_filename == "design-1-1-tile.png"
    pictures.first.click()
    viewer = stranger.get_by_role("dialog")
    expect(viewer.get_by_role("heading")).to_have_text("Variant 1 · On the product")
    viewer.get_by_role("button", name="Next variant").click()
    expect(viewer.get_by_role("heading")).to_have_text("Variant 2 · On the product")
    viewer.get_by_role("button", name="Close").click()
    expect(stranger.get_by_text("This link is valid until")).to_be_visible()

    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_contain_text("for Ms. X")
    dialog.get_by_role("button", name="Revoke the link: for Ms. X").click()
    expect(dialog.get_by_role("listitem")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Make a link")).to_be_visible()
    stranger.reload()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This link opens nothing")


def _served(url: str, address: str) -> str:
    """Return the address of a link on the port of the test."""
    return f"{url}/s/{address.rpartition('/s/')[2]}"


def test_a_collection_is_shared_without_downloads(
    url: str, open_page: Callable[..., Page], jobs: list[str]
) -> None:
    shelf = call("POST", f"{url}/api/v1/collections", {"name": "Autumn"})["id"]
    for job_id in jobs[:2]:
        call("PUT", f"{url}/api/v1/collections/{shelf}/jobs/{job_id}")
    page = open_page()
    page.add_init_script(COPY)
    page.goto(f"{url}/jobs?collection={shelf}")
    page.get_by_role("link", name="Share", exact=True).click()
    address = _served(url, make_link(page))
    stranger = open_page("zh-CN", viewport={"width": 390, "height": 844})
    stranger.goto(address)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Autumn")
    expect(stranger.get_by_role("heading", level=2)).to_have_text(
        ["owls on navy", "foxes, teal mug"]
    )
    expect(stranger.get_by_role("link", name="下载")).to_have_count(0)
    stranger.locator("[data-open]").first.click()
    expect(stranger.locator("#viewer-download")).to_be_hidden()
    stranger.keyboard.press("Escape")
    stranger.get_by_role("link", name="English").click()
    expect(stranger.get_by_text("Made with Codesigner")).to_be_visible()


def test_a_design_is_shared_from_its_card(
    url: str, open_page: Callable[..., Page], jobs: list[str]
) -> None:
    page = open_page()
    page.add_init_script(COPY)
    page.goto(f"{url}/jobs")
    page.get_by_role("link", name="More about foxes, teal mug").click()
    page.locator("#card-menu").get_by_role("link", name="Share").click()
    expect(page.get_by_role("heading", name="Share this design")).to_be_visible()
    make_link(page)
    (link,) = _links(url)
    assert link["job"] == jobs[0]


def _links(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call("GET", f"{url}/api/v1/share-links")["share_links"]
    return found


def test_sharing_works_without_a_script(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    job_id = finished(driver, brief="teal waves with foxes")
    # A browser adds styles of its own to the page of a picture.
    page = open_page(java_script_enabled=False, expected="Applying inline style")
    page.goto(f"{url}/jobs/{job_id}")
    page.get_by_role("link", name="Share", exact=True).click()
    page.wait_for_url(f"{url}/jobs/{job_id}/share")
    page.get_by_label("Valid for").select_option("7 days")
    page.get_by_role("button", name="Make a link").click()
    address = _served(url, page.get_by_label("Your link").input_value())
    page.goto(address)
    expect(page.get_by_role("figure")).to_have_count(2)
    page.get_by_role("figure").first.get_by_role("link").click()
    assert "/files/" in page.url
    page.goto(f"{url}/jobs/{job_id}/share")
    page.get_by_role("button", name="Revoke the link: Without a note").click()
    page.wait_for_url(f"{url}/jobs/{job_id}/share")
    assert _links(url) == []


def test_refusals_and_a_lost_server_are_said_in_the_dialog(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    job_id = finished(driver)
    page = open_page(expected="Failed to load resource")
    page.goto(f"{url}/jobs/{job_id}")
    page.get_by_role("link", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog")
    choice = dialog.get_by_label("Valid for")
    choice.evaluate("each => { each.options[0].value = '1'; each.selectedIndex = 0; }")
    dialog.get_by_label("For whom").fill("kept")
    dialog.get_by_role("button", name="Make a link").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(dialog.get_by_label("For whom")).to_have_value("kept")
    page.route("**/share?*", lambda route: route.abort())
    dialog.get_by_role("button", name="Make a link").click()
    expect(dialog.get_by_role("alert").first).to_contain_text("The server does not answer")
    page.unroute("**/share?*")
    dialog.get_by_role("button", name="Make a link").click()
    expect(dialog.get_by_label("Your link")).to_be_visible()
    assert json.dumps(_links(url)).count('"kept"') == 1
