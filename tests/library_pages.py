"""The library in a browser: its designs, its cards, and what is chosen."""

from typing import Any

import httpx2
from playwright.sync_api import Locator, Page

from tests.queue_driver import QueueDriver

__all__ = ["call", "card", "cards", "made_designs", "pick"]


def call(method: str, url: str, json: object = None) -> Any:
    """Send a request to the API and return its document."""
    return httpx2.request(method, url, json=json, timeout=60).json()


def made_designs(url: str, driver: QueueDriver) -> list[str]:
    """Return four finished designs of two variants, the oldest first."""
    made: list[str] = []
    for brief in ("foxes, teal mug", "owls on navy", "lemons, tote bag", "银杏叶，藏青底"):
        asked = {"brief": brief, "variants": 2, "seed": len(made)}
        made.append(str(call("POST", f"{url}/api/v1/jobs", asked)["id"]))
        driver.run_all()
    return made


def cards(page: Page) -> Locator:
    """Return the cards that are shown."""
    return page.locator("#cards > li")


def card(page: Page, job_id: str) -> Locator:
    """Return the card of a job."""
    return page.locator(f'[data-job="{job_id}"]')


def pick(page: Page, job_id: str, **how: Any) -> None:
    """Click the box of a card; `how` is what `Locator.click` takes."""
    card(page, job_id).hover()
    card(page, job_id).locator(".pick").click(**how)
