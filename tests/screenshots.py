"""Pictures of every page of a real installation, to be looked at.

Run: make screenshots                            every page, into build/screenshots
     make screenshots ARGS="form job-edited"     some, by their names in `PAGES`

It starts an installation in a temporary home, draws designs in both languages with the bundled
models, and takes each page in English and Chinese, 390 and 1440 px wide, in light and at one width
in dark. index.html shows them side by side.
"""

from __future__ import annotations

import html
import os
import secrets
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import httpx2

from benchmarks.installation import ROOT, Installation, new_home, servers
from codesigner.demo import BRIEF, PHOTOGRAPH
from codesigner.schema_setup import register_bundled_models
from shared.queue import pauses
from shared.settings import PREFIX
from shared.storage.artifacts import ArtifactStore
from tests.acceptance.site import fill_administration, register_trained_release, share
from tests.browsing import chromium_path
from tests.pages import PAGES as COMMON_PAGES
from tests.pages import is_for_administrators
from tests.queue_driver import QueueDriver
from web.http.sign_in_links import sign_in_code

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

FOLDER = ROOT / "build" / "screenshots"
PAGES = COMMON_PAGES | {"job-english": "/jobs/{english}", "job-edited": "/jobs/{edited}"}
_ENGLISH = "tote bag: lemons and leaves on white, yellow and green, fresh"
_MAX_HEIGHT_PX = 5000
"""Longer pages are cut off."""
_SHOWN = """async () => {
    for (const image of document.images) image.loading = "eager";
    const shown = [...document.images].filter((image) => image.src && !image.closest("[hidden]"));
    await Promise.all(shown.map((image) => image.decode().catch(() => null)));
    return document.documentElement.scrollHeight;
}"""


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a page is shown."""

    language: str
    width_px: int
    scheme: Literal["light", "dark"] = "light"

    def __str__(self) -> str:
        return f"{self.language}-{self.width_px}-{self.scheme}"


LOOKS = (
    *(Look(language=each, width_px=width) for each in ("en", "zh") for width in (390, 1440)),
    Look(language="zh", width_px=390, scheme="dark"),
    Look(language="en", width_px=1440, scheme="dark"),
)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A filled installation."""

    url: str
    token: str
    ids: Mapping[str, str]


@contextmanager
def _filled() -> Iterator[Shown]:
    """Start an installation in a temporary home and draw designs in it."""
    token = secrets.token_urlsafe(16)
    with new_home() as home:
        made = Installation(home=home)
        url = made.settings.public_url
        os.environ[f"{PREFIX}ADMIN_TOKEN"] = token  # which the web front end inherits
        with servers(home, made.supervisor):
            register_bundled_models(made.settings)
            made.start("relay", "relay")
            made.start("web", "web")
            headers = {"Authorization": f"Bearer {token}"}
            with httpx2.Client(base_url=f"{url}/api/v1", headers=headers, timeout=60) as client:
                ids = _fill(made, client)
            yield Shown(url=url, token=token, ids=ids)
            made.engine.dispose()


def _fill(made: Installation, client: httpx2.Client) -> dict[str, str]:
    """Fill the pages of the administration without workers, the others with them."""
    made.wait(lambda: _answers(client))
    driver = QueueDriver(made.sessions, ArtifactStore(made.settings.artifacts_url))
    with driver.session() as session:
        register_trained_release(session)
    ids = fill_administration(client, driver)
    made.start_worker()
    made.start_drawers()
    made.wait(made.client.is_ready)
    photograph = {"reference": (PHOTOGRAPH.name, PHOTOGRAPH.read_bytes())}
    ids["done"] = _finished(client, "jobs", data={"brief": BRIEF, "seed": "7"}, files=photograph)
    ids |= share(client, ids["done"])
    ids["english"] = _finished(client, "jobs", json={"brief": _ENGLISH, "variants": 2})
    changed = f"jobs/{ids['english']}/variants/0/edits"
    ids["edited"] = _finished(client, changed, json={"say": "background deep red"})
    batch = {"briefs": ["navy stripes, poster", "马克杯，草莓，粉色和绿色"], "variants": 2}
    ids["batch"] = _finished(client, "batches", json=batch)
    with driver.session() as session:
        pauses.pause(session, "draw", "admin", "for the pictures")
    ids["running"] = _submitted(client, "jobs", json={"brief": "a red poster with cranes"})
    made.wait(lambda: driver.stage(ids["running"], "generate").state == "done")
    return ids


def _answers(client: httpx2.Client) -> bool:
    try:
        return client.get("/models").is_success
    except httpx2.TransportError:
        return False


def _submitted(client: httpx2.Client, path: str, **content: Any) -> str:
    """Submit a job or batch and return its id."""
    response = client.post(f"/{path}", **content)
    response.raise_for_status()
    return str(response.json()["id"])


def _finished(client: httpx2.Client, path: str, **content: Any) -> str:
    """Submit a job or batch, wait for its end and return its id."""
    made = _submitted(client, path, **content)
    address = f"/{'batches' if path == 'batches' else 'jobs'}/{made}"
    while client.get(address).json()["state"] in ("queued", "running"):
        time.sleep(0.3)
    return made


def _take(browser: Browser, shown: Shown, names: Sequence[str]) -> None:
    for look in LOOKS:
        for administrates in (False, True):
            pages = [name for name in names if is_admin_page(name) == administrates]
            context = _context(browser, look)
            if administrates:
                _sign_in(context, shown)
            for name in pages:
                page = context.new_page()
                page.goto(shown.url + PAGES[name].format(**shown.ids))
                _save(page, FOLDER / f"{name}-{look}.png", look.width_px)
                page.close()
            context.close()


def is_admin_page(name: str) -> bool:
    """Return whether a page is shown to a signed-in administrator."""
    return name in COMMON_PAGES and is_for_administrators(name)


def _context(browser: Browser, look: Look) -> BrowserContext:
    return browser.new_context(
        locale={"en": "en-GB", "zh": "zh-CN"}[look.language],
        color_scheme=look.scheme,
        reduced_motion="reduce",
        viewport={"width": look.width_px, "height": 900 if look.width_px > 600 else 844},
    )


def _sign_in(context: BrowserContext, shown: Shown) -> None:
    page = context.new_page()
    page.goto(f"{shown.url}/admin/login?code={sign_in_code(shown.token)}")
    page.locator("main button").click()
    page.wait_for_url("**/admin/models")
    page.close()


def _save(page: Page, path: Path, width_px: int) -> None:
    height = min(page.evaluate(_SHOWN), _MAX_HEIGHT_PX)
    clip = {"x": 0, "y": 0, "width": width_px, "height": height}
    page.screenshot(path=path, full_page=True, clip=clip)


def _write_index(folder: Path) -> None:
    """Write a contact sheet of all pictures in the folder."""
    rows = []
    for name, address in PAGES.items():
        pictures = [path for look in LOOKS if (path := folder / f"{name}-{look}.png").exists()]
        shown = "".join(
            f'<figure><a href="{path.name}"><img src="{path.name}" alt="" loading="lazy"></a>'
            f"<figcaption>{path.stem.removeprefix(name + '-')}</figcaption></figure>"
            for path in pictures
        )
        heading = f"{name} <code>{html.escape(address)}</code>"
        rows.append(f"<section><h2>{heading}</h2><div>{shown}</div></section>")
    (folder / "index.html").write_text(_INDEX.format(rows="\n".join(rows)), encoding="utf-8")


_INDEX = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Pages</title>
<style>
body {{ font: 15px system-ui; margin: 24px; background: #888; }}
div {{ display: flex; gap: 16px; overflow-x: auto; align-items: start; }}
figure {{ margin: 0; flex: none; }} img {{ height: 520px; width: auto; object-fit: cover;
object-position: top; max-width: 640px; }}
</style>
<h1>Pages</h1>
{rows}
</html>
"""


def main(names: Sequence[str]) -> None:
    """Write pictures of the named pages, of all without names."""
    unknown = set(names) - PAGES.keys()
    if unknown:
        raise SystemExit(f"no such page: {', '.join(unknown)}; there are {', '.join(PAGES)}")
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(parents=True, exist_ok=True)
    with _filled() as shown, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        _take(browser, shown, names or list(PAGES))
        browser.close()
    _write_index(FOLDER)
    print(f"{FOLDER / 'index.html'}")


if __name__ == "__main__":
    main(sys.argv[1:])
