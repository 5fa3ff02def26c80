"""The page of a job in a browser: designs to show, and what is waited for."""

from typing import Any

from playwright.sync_api import Locator, Page

from tests.queue_driver import OPTIONS, QueueDriver

__all__ = ["PHONE", "finished", "first_card", "wait_for_pictures"]

PHONE = {"width": 390, "height": 844}


def finished(driver: QueueDriver, *, variants: int = 2, **given: Any) -> str:
    """Return the id of a design that has succeeded."""
    job = driver.submit(options=OPTIONS | {"variants": variants}, **given)
    driver.run_all(variants=variants)
    return job.id


def first_card(page: Page) -> Locator:
    """Return the link of the first picture."""
    return page.locator(".design-card [data-open]").first


def wait_for_pictures(page: Page) -> None:
    """Wait until the picture of each card is shown."""
    page.wait_for_function(
        "[...document.querySelectorAll('.open img')].every((e) => e.complete && e.naturalWidth)"
    )
