"""What the tests of the design form do in a browser."""

from __future__ import annotations

import base64
import io
import re
from typing import TYPE_CHECKING

from PIL import Image

from tests.queue_driver import QueueDriver

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["JOB", "paste", "png", "submitted"]

JOB = re.compile(r"/jobs/[0-9a-f-]{36}$")
_PASTE = """([target, base64, count]) => {
    const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
    const clipboardData = new DataTransfer();
    for (let index = 0; index < count; index += 1) {
        clipboardData.items.add(new File([bytes], `shot-${index}.png`, { type: "image/png" }));
    }
    target.dispatchEvent(new ClipboardEvent("paste", {
        clipboardData, bubbles: true, cancelable: true }));
}"""


def png() -> bytes:
    """Return a small picture."""
    out = io.BytesIO()
    Image.effect_noise((96, 64), 60).convert("RGB").save(out, "PNG")
    return out.getvalue()


def paste(page: Page, target: str = "body", count: int = 1) -> None:
    """Paste pictures into the first element that a selector finds."""
    element = page.locator(target).element_handle()
    page.evaluate(_PASTE, [element, base64.b64encode(png()).decode(), count])


def submitted(page: Page, driver: QueueDriver) -> dict[str, object]:
    """Submit with the keyboard and return the document of the job."""
    page.locator("#brief").press("Control+Enter")
    page.wait_for_url(JOB)
    return driver.document(page.url.rpartition("/")[2])
