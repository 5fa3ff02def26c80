"""A designer's day on a real installation with the bundled models, among 300 designs."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from benchmarks.installation import Installation, installation
from benchmarks.library import fill_library
from codesigner.demo import PHOTOGRAPH
from shared.db.library_models import LibraryColour
from shared.library.index import encoder_of, has_unindexed
from shared.queue import pauses
from shared.registry.releases import champion_versions
from shared.storage.artifacts import ArtifactStore

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

pytestmark = [
    pytest.mark.weights,
    pytest.mark.long,
    pytest.mark.timeout(600),
    # The supervisor forgets the processes that it has stopped before they are reaped.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

DRAWN_MS = 120_000
BRIEF = "帆布袋：仙鹤与祥云，红色为主，点缀金色"
OTHER = "mug with lemons on navy"


@pytest.fixture(scope="module")
def studio() -> Iterator[Installation]:
    """Start an installation with 300 designs in its library and one more that workers drew."""
    with installation() as made:
        with made.sessions.begin() as session:
            fill_library(session, ArtifactStore(made.settings.artifacts_url), 300)
        made.start_worker()
        made.start_drawers()
        made.wait(made.client.is_ready)
        other = made.client.submit(OTHER, None, {"variants": 1, "seed": 3})
        made.wait(lambda: made.client.job(other["id"])["state"] == "succeeded")
        yield made


def _is_indexed(made: Installation) -> bool:
    with made.sessions() as session:
        encoder = encoder_of(champion_versions(session))
        return encoder is not None and not has_unindexed(session, encoder)


def _main_colour(made: Installation, job_id: str) -> str:
    """Return the colour that covers most of a variant of a job, #rrggbb."""
    query = select(LibraryColour.hex).where(LibraryColour.job_id == job_id)
    with made.sessions() as session:
        return str(session.scalars(query.order_by(LibraryColour.share.desc()).limit(1)).one())


def _cards(page: Page) -> Locator:
    return page.locator("#cards > li")


def test_from_a_brief_with_a_photograph_to_the_library_and_back(
    studio: Installation, open_page: Callable[..., Page]
) -> None:
    page = open_page("zh-CN", viewport={"width": 1280, "height": 900}, accept_downloads=True)
    base = studio.settings.public_url
    page.goto(base)
    page.locator("#brief").fill(BRIEF)
    page.locator("#reference").set_input_files(PHOTOGRAPH)
    page.locator("#preview").wait_for()
    with studio.sessions.begin() as session:
        pauses.pause(session, "present", "admin")  # a job may end sooner than one can look
    page.locator("#brief").press("Control+Enter")
    page.wait_for_url("**/jobs/*")
    job_id = page.url.rsplit("/", 1)[1]

    # The first variant is shown before the job has ended, and becomes a favourite.
    page.locator("[data-open] img").first.wait_for(timeout=DRAWN_MS)
    assert page.locator('[data-part="head"]').get_attribute("data-state") == "running"
    with studio.sessions.begin() as session:
        pauses.resume(session, "present")
    page.locator('[data-part="head"][data-state="succeeded"]').wait_for(timeout=DRAWN_MS)
    assert page.locator("[data-open] img").count() == 4
    heart = page.locator('[name="favourite"]').first
    heart.click()
    page.locator('[name="favourite"][aria-pressed="true"]').first.wait_for()

    # Two variants side by side.
    boxes = page.locator('input[name="design"]')
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.locator("[data-compare]").click()
    page.wait_for_url("**/compare?*")
    assert page.locator("[data-design]").count() == 2

    # Found among 300 by colour, by words of the other language, and by meaning.
    studio.wait(lambda: _is_indexed(studio))
    by_colour, by_meaning = {"colour": _main_colour(studio, job_id)}, {"q": "喜庆的红金色布袋"}
    for query in (by_colour, {"q": "crane"}, by_meaning):
        page.goto(f"{base}/jobs?{urlencode(query)}")
        _cards(page).first.wait_for()
        assert page.locator(f'#cards > [data-job="{job_id}"]').count() == 1, query
    page.goto(f"{base}/jobs?q=crane")
    assert _cards(page).count() < 10
    page.goto(f"{base}/jobs?favourite=true")
    assert _cards(page).count() == 1

    # Into a new collection, out as a zip, deleted, and back.
    _cards(page).first.locator(".pick").check()
    page.locator("#new-collection").fill("客户 <b>甲</b>")
    page.locator('#bar [value="collect"]').click()
    link = page.locator("#collections a").first
    link.wait_for()
    assert "客户 <b>甲</b>" in link.inner_text()
    link.click()
    page.wait_for_url("**collection=*")
    assert _cards(page).count() == 1
    _cards(page).first.locator(".pick").check()
    with page.expect_download() as started:
        page.locator('#bar [value="download"]').click()
    content = started.value.path().read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    for ending in (
        "sketch.jpg",
        "tile.png",
        ".svg",
        ".ase",
        ".gpl",
        ".css",
        "how-it-was-made.html",
    ):
        assert [name for name in names if name.endswith(ending)], (ending, names)
    if not page.locator("#bar.shown").count():
        _cards(page).first.locator(".pick").check()
    page.locator('#bar [value="delete"]').click()
    page.locator("#toasts button").first.wait_for()
    assert _cards(page).count() == 0
    assert page.request.get(f"{base}/api/v1/jobs/{job_id}").status == 410
    page.locator("#toasts").get_by_role("button", name="撤销").click()
    _cards(page).first.wait_for()
    assert page.request.get(f"{base}/api/v1/jobs/{job_id}").status == 200

    # Reload and Back keep what was searched for.
    page.goto(f"{base}/jobs?q=crane")
    page.reload()
    assert page.locator("#q").input_value() == "crane"
    page.locator("#cards a").first.click()
    page.wait_for_url(re.compile("/jobs/[0-9a-f-]{36}"))
    page.go_back(wait_until="commit")
    assert page.locator("#q").input_value() == "crane"


def test_two_designers_and_a_slow_network(
    studio: Installation, open_page: Callable[..., Page]
) -> None:
    base = studio.settings.public_url
    first = open_page(viewport={"width": 1280, "height": 900})
    second = open_page(viewport={"width": 390, "height": 844}, expected="410")

    def slowly(route: Route) -> None:
        second.wait_for_timeout(150)
        route.continue_()

    second.route("**/*", slowly)
    options = {"variants": 1, "seed": 5}
    job = studio.client.submit("poster, art deco fans in gold and black", None, options)
    studio.wait(lambda: studio.client.job(job["id"])["state"] == "succeeded")
    address = f"{base}/jobs?q=art+deco"
    first.goto(address)
    second.goto(address)
    for page in (first, second):
        page.locator(f'[data-job="{job["id"]}"]').wait_for()
    box = first.locator(f'[data-job="{job["id"]}"] .pick')
    box.check()
    delete = first.locator('#bar [value="delete"]')
    delete.dblclick()
    first.locator("#toasts button").first.wait_for()
    # The other one makes a favourite of what is gone: it is said, and nothing breaks.
    heart = second.locator(f'[data-job="{job["id"]}"] .heart')
    if heart.count():
        heart.click()
        second.locator("#problem:visible").wait_for()
    second.goto(f"{base}/jobs/{job['id']}", wait_until="load")
    assert second.locator("main h1").inner_text()
    first.locator("#toasts button").first.click()
    first.locator(f'[data-job="{job["id"]}"]').wait_for()
    assert studio.client.job(job["id"])["state"] == "succeeded"
    second.unroute_all(behavior="ignoreErrors")  # requests of a page that updates itself


def test_a_lost_connection_is_said_and_the_list_mends_itself(
    studio: Installation, open_page: Callable[..., Page]
) -> None:
    page = open_page(expected="ERR_INTERNET_DISCONNECTED")
    page.goto(f"{studio.settings.public_url}/jobs")
    _cards(page).first.wait_for()
    page.context.set_offline(True)
    page.locator("#connection.lost-connection").wait_for(timeout=70_000)
    page.context.set_offline(False)
    page.locator("#connection:not(.lost-connection)").wait_for(timeout=70_000)
    assert _cards(page).count() >= 24
