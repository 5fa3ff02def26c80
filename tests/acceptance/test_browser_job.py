"""Tests of the page of a job in a real browser: pictures first, one by one, small until opened."""

import re
from collections.abc import Callable
from typing import cast

import httpx2
import pytest
from sqlalchemy.orm import Session, sessionmaker

from shared.db.library_models import LibraryVariant
from shared.jobs.insertion import DesignInput
from shared.queue.leases import Claim
from shared.queue.stage_inputs import inputs_of
from shared.storage.artifacts import ArtifactStore
from tests.queue_driver import OPTIONS, QueueDriver
from worker.execution.contracts import Models
from worker.execution.inputs import build_call, put_outputs
from worker.stages import present

pytest.importorskip("playwright", reason="the package playwright is not installed")
from playwright.sync_api import Locator, Page, expect

from tests.job_pages import PHONE, finished, first_card, wait_for_pictures

pytestmark = [pytest.mark.browser, pytest.mark.long]

NOTICE = DesignInput(notices=("no_drawing:astronauts",))
MAX_PAGE_BYTES = 300_000
LONG_BRIEF = (
    "foxes and pine trees with small mushrooms, cosy autumn, mustard and navy on cream, "
    "hand drawn, dense, for children's notebooks; no red, no astronauts, and nothing cute"
)
LONG_CHINESE = "手机壳，铝合金，透光性好；抽象几何图案，渐变色；防水，防滑；" * 6
_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    window.shifts.push([entry.value, ...entry.sources.map(({ node, previousRect, currentRect }) =>
      [node?.outerHTML ?? node?.nodeValue, previousRect.y, currentRect.y].join(" ").slice(-300))]);
}).observe({ type: "layout-shift", buffered: true });
"""
_NOTICES = """
window.notices = [];
window.Notification = class extends EventTarget {
  static permission = "default";
  static async requestPermission() { window.asked = true; return (this.permission = "granted"); }
  constructor(title, options) {
    super();
    if (Notification.permission === "granted") window.notices.push([title, options.body]);
  }
};
"""


def present_really(driver: QueueDriver, store: ArtifactStore, claim: Claim) -> None:
    """Run the present stage as a worker does."""
    with driver.session() as session:
        inputs = inputs_of(session, [claim])[claim.job_id]
        call = build_call(inputs, store.get, "http://127.0.0.1")
    (result,) = present.run([call], cast("Models", None))
    ((sha256, artifacts),) = put_outputs([result], store.put_many)
    driver.finish(claim, output_sha256=sha256, artifacts=artifacts)


def bottom_of(locator: Locator) -> float:
    box = locator.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def test_finished_page_of_four_variants_is_small(
    url: str, open_page: Callable[..., Page], driver: QueueDriver, artifact_store: ArtifactStore
) -> None:
    job = driver.submit(options=OPTIONS | {"variants": 4})
    for stage in ("caption", "fusion", "generate", "draw"):
        driver.finish(driver.one(stage), variants=4)
    present_really(driver, artifact_store, driver.one("present"))
    files = driver.document(job.id)["artifacts"]
    page = open_page(viewport=PHONE)
    page.goto(f"{url}/jobs/{job.id}", wait_until="networkidle")
    page.mouse.wheel(0, 20_000)
    wait_for_pictures(page)
    page.wait_for_load_state("networkidle")
    transferred = page.evaluate(
        """["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type))
            .map((entry) => [new URL(entry.name).pathname, entry.transferSize])"""
    )
    assert len([path for path, _ in transferred if path.endswith(".js")]) >= 5
    loaded = {path for path, _ in transferred}
    shown = {file["url"] for file in files if file["kind"] == "preview"}
    assert len(shown) == 4
    assert shown <= loaded
    assert not loaded & {file["url"] for file in files if file["kind"] in ("sketch", "tile")}
    assert 40_000 < sum(size for _, size in transferred) < MAX_PAGE_BYTES
    first_card(page).click()
    sketch = next(file["url"] for file in files if file["kind"] == "sketch")
    expect(page.locator("#viewer-stage img")).to_have_attribute("src", sketch)


@pytest.mark.parametrize(
    ("locale", "brief"), [("en-GB", LONG_BRIEF), ("zh-CN", LONG_CHINESE), ("en-GB", "w" * 900)]
)
def test_first_picture_is_above_the_fold_of_a_phone(
    url: str, open_page: Callable[..., Page], driver: QueueDriver, locale: str, brief: str
) -> None:
    job = finished(driver, variants=4, brief=brief, design=NOTICE)
    page = open_page(locale, viewport=PHONE)
    page.goto(f"{url}/jobs/{job}")
    wait_for_pictures(page)
    assert bottom_of(first_card(page)) <= PHONE["height"]
    shown = page.locator(".brief-shown")
    clamped = shown.bounding_box()
    page.locator(".show-all").click()
    opened = shown.bounding_box()
    assert clamped is not None
    assert opened is not None
    assert opened["height"] > clamped["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator("#stages summary").click()
    expect(page.locator(".stage").first).to_be_visible()
    entry = {
        "name": "Autumn walk 秋日散步, notebooks and mugs",
        "tags": ["autumn", "狐狸", "k" * 40],
    }
    httpx2.patch(f"{url}/api/v1/jobs/{job}", json=entry).raise_for_status()
    page.reload()
    wait_for_pictures(page)
    assert bottom_of(first_card(page)) <= PHONE["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_variants_appear_one_by_one_and_nothing_moves(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    job = driver.submit(options=OPTIONS | {"variants": 2})
    page = open_page(viewport=PHONE)
    page.add_init_script(_SHIFTS)
    page.goto(f"{url}/jobs/{job.id}")
    expect(page.locator(".placeholder")).to_have_count(2)
    for stage in ("caption", "fusion", "generate"):
        driver.finish(driver.one(stage))
    claim = driver.one("draw")
    driver.publish(claim, 0)
    card = page.locator("[data-part=variant-0] [data-open]")
    expect(card).to_be_visible()
    expect(page.locator(".placeholder")).to_have_count(1)
    tile = card.locator("img").get_attribute("src")
    card.focus()
    driver.publish(claim, 1)
    expect(page.locator(".placeholder")).to_have_count(0)
    driver.finish(claim)
    claim = driver.one("present")
    driver.publish(claim, 0)
    expect(card.locator("img")).not_to_have_attribute("src", tile or "")
    expect(page.locator("[data-part=variant-1] img")).to_have_attribute(
        "src", driver_url(driver, job.id, "tile", 1)
    )
    driver.finish(claim)
    expect(page.locator(".badge").first).to_have_text("done")
    wait_for_pictures(page)
    expect(card).to_be_focused()
    shifts = page.evaluate("window.shifts")
    assert sum(value for value, *_ in shifts) < 0.02, shifts


def driver_url(driver: QueueDriver, job_id: str, kind: str, variant: int) -> str:
    files = driver.document(job_id)["artifacts"]
    (url,) = [f["url"] for f in files if (f["kind"], f["variant"]) == (kind, variant)]
    return str(url)


def test_title_shows_progress_and_the_end_is_notified_if_asked_for(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    job = driver.submit(brief="teal mug")
    page = open_page()
    page.add_init_script(_NOTICES)
    page.goto(f"{url}/jobs/{job.id}")
    expect(page).to_have_title(re.compile(r"^\(0 %\) teal mug"))
    assert not page.evaluate("window.asked")
    button = page.get_by_role("button", name="Notify me when it is done")
    button.click()
    expect(page.locator("[data-notify]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-notify]")).to_have_text("You will be notified")
    driver.finish(driver.one("caption"))
    expect(page).to_have_title(re.compile(r"^\([1-9]\d %\) teal mug"))
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })")
    for stage in ("fusion", "generate", "draw", "present"):
        driver.finish(driver.one(stage))
    expect(page).to_have_title(re.compile("^✓ teal mug"))
    assert page.evaluate("window.notices") == [["Your designs are done", "teal mug · Codesigner"]]
    page.reload()
    expect(page).to_have_title("teal mug · Codesigner")
    assert page.evaluate("localStorage.getItem('codesigner.notify')") == "1"


def test_no_notification_is_promised_where_pages_cannot_show_any(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    job = driver.submit()
    page = open_page()
    page.add_init_script(
        "Notification = class { constructor() { throw new TypeError('Illegal constructor'); } }"
    )
    page.goto(f"{url}/jobs/{job.id}")
    expect(page.locator(".badge").first).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(0 %\)"))
    expect(page.locator("[data-notify]")).to_be_hidden()


def test_typed_text_and_focus_survive_a_refresh(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    job = finished(driver)
    page = open_page()
    page.goto(f"{url}/jobs/{job}")
    page.locator("#downloads-0 summary").click()
    page.get_by_role("button", name="Make a print file").click()
    page.wait_for_url(f"**/jobs/{job}")
    expect(page.locator("[data-printing]")).to_be_visible()
    page.locator("#edit-1 summary").click()
    page.locator("#say-1").press_sequentially("background deep")
    page.locator("#say-1").evaluate("field => field.setSelectionRange(3, 3)")
    driver.finish(driver.one("print"), variants=0)
    expect(page.locator("[data-printing]")).to_have_count(0)
    expect(page.locator("#say-1")).to_have_value("background deep")
    expect(page.locator("#say-1")).to_be_focused()
    assert page.locator("#say-1").evaluate("field => field.selectionStart") == 3
    page.locator("#downloads-0 summary").click()
    expect(page.get_by_role("link", name="Print file")).to_be_visible()
    first_card(page).click()
    expect(page.get_by_role("button", name="For print")).to_be_visible()


def test_variants_are_judged_named_and_chosen_for_comparison(
    url: str,
    open_page: Callable[..., Page],
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
) -> None:
    job = finished(driver, variants=3)
    page = open_page(expected="ERR_INTERNET")
    page.goto(f"{url}/jobs/{job}")
    favourite = page.get_by_role("button", name="Favourite: variant 2")
    reject = page.get_by_role("button", name="Reject variant 1")
    favourite.focus()
    page.keyboard.press("Enter")
    expect(favourite).to_have_attribute("aria-pressed", "true")
    expect(favourite).to_be_focused()
    reject.click()
    expect(page.locator(".rejected")).to_have_count(1)
    page.reload()
    expect(favourite).to_have_attribute("aria-pressed", "true")
    expect(reject).to_have_attribute("aria-pressed", "true")
    with session_factory() as session:
        row = session.get_one(LibraryVariant, (job, 0))
        assert (row.favourite, row.verdict) == (False, "reject")
    page.get_by_role("button", name="Keep variant 1").click()
    expect(page.locator(".rejected")).to_have_count(0)
    expect(reject).to_have_attribute("aria-pressed", "false")
    page.context.set_offline(True)
    favourite.click()
    expect(page.locator("[data-refused]")).to_be_visible()
    expect(page.locator("#connection")).to_contain_text("does not answer")
    expect(favourite).to_have_attribute("aria-pressed", "true")
    page.context.set_offline(False)
    expect(page.locator("#connection")).to_contain_text("answers again")

    link = page.locator("[data-compare]")
    expect(link).to_be_hidden()
    page.get_by_label("Compare variant 1").check()
    expect(link).to_be_hidden()
    page.get_by_label("Compare variant 3").check()
    expect(link).to_have_attribute("href", f"/compare?design={job}.0&design={job}.2")

    page.locator("#naming summary").click()
    page.get_by_label("Name", exact=True).fill("Autumn <b>walk</b>")
    page.get_by_label("Tags, separated by commas").fill("autumn, 狐狸，kids")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_title("Autumn <b>walk</b> · Codesigner")
    expect(page.get_by_role("heading", level=1)).to_have_text("Autumn <b>walk</b>")
    expect(page.locator("#naming")).to_contain_text("autumn · 狐狸 · kids")
    expect(page.locator("#naming summary")).to_be_focused()
    expect(page.get_by_label("Compare variant 1")).to_be_checked()


def test_page_works_without_javascript(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    job = driver.submit(brief="teal mug")
    page = open_page(expected="inline style", java_script_enabled=False)  # of the bare picture
    page.goto(f"{url}/jobs/{job.id}")
    expect(page).to_have_title(re.compile(r"^\(0 %\)"))
    driver.run_all()
    expect(page.locator(".badge").first).to_have_text("done", timeout=12_000)  # it reloads itself
    assert page.locator("meta[http-equiv=refresh]").count() == 0
    page.get_by_role("button", name="Favourite: variant 2").click()
    expect(page.get_by_role("button", name="Favourite: variant 2")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("button", name="Reject variant 1").click()
    expect(page.locator(".rejected")).to_have_count(1)
    page.get_by_role("button", name="Reject variant 1").click()
    expect(page.locator(".rejected")).to_have_count(0)
    page.locator("#naming summary").click()
    page.get_by_label("Name", exact=True).fill("Harbour")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour")
    page.get_by_label("Compare variant 1").check()
    page.get_by_label("Compare variant 2").check()
    with page.expect_request("**/compare?*") as compared:
        page.route("**/compare?*", lambda route: route.fulfill(body="compared"))
        page.get_by_role("button", name="Compare the chosen").click()
    assert compared.value.url.endswith(f"?design={job.id}.0&design={job.id}.1")
    page.goto(f"{url}/jobs/{job.id}")
    first_card(page).click()
    expect(page).to_have_url(re.compile("/api/v1/artifacts/"))
