"""Taking everything out and deleting, in a browser: progress, download, undo."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shared.jobs.insertion import DesignInput
from shared.settings import Settings
from tests.queue_driver import QueueDriver
from worker.execution.runner import serve
from worker.runtime.pool_child import PoolChild

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.long]


def _draw(driver: QueueDriver) -> str:
    photo = driver.store.put(
        (Path(__file__).parents[2] / "codesigner/assets/coffee.jpg").read_bytes()
    )
    job = driver.submit(brief="mug with lemons", design=DesignInput(reference_sha256=photo))
    driver.run_all(has_reference=True)
    return job.id


def test_export_shows_its_progress_and_is_downloaded(
    url: str, open_page: Callable[..., Page], driver: QueueDriver, settings: Settings
) -> None:
    _draw(driver)
    page = open_page()
    page.goto(url)
    page.get_by_role("link", name="Your data").click()
    page.get_by_role("button", name="Make an export").click()
    page.get_by_role("progressbar", name="Progress").wait_for()
    assert page.get_by_role("button", name="Make an export").is_disabled()
    child = PoolChild(settings.model_copy(update={"devices": "cpu"}), {})
    serve(child.context, "export")
    child.end()
    link = page.get_by_role("link", name="Download the zip")  # the page notices by itself
    link.wait_for()
    assert page.get_by_role("button", name="Make an export").is_enabled()
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename.startswith("codesigner-")
    archive = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert "manifest.json" in archive.namelist()


def test_reference_is_deleted_on_the_page_of_a_design_and_restored_in_the_library(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    job_id = _draw(driver)
    _draw(driver)
    page = open_page()
    page.goto(f"{url}/jobs/{job_id}")
    page.locator("#reference > summary").click()
    page.get_by_role("button", name="Delete the image and these 2 designs").click()
    page.get_by_text("Deleted (2)").wait_for()
    assert page.locator("#list a[href*='/jobs/']").count() == 0
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("mug with lemons").first.wait_for()
