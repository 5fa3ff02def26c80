"""Tests of the pages in a real browser: submit with a photo, follow the job, retry."""

import base64
import io
import re
import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from shared.jobs.submission import list_jobs
from shared.pipelines import DESIGN
from tests.conftest import ADMIN_TOKEN
from tests.images import photo
from tests.queue_driver import QueueDriver
from web.http.sign_in_links import sign_in_code

pytest.importorskip("playwright", reason="the package playwright is not installed")
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.long]

BRIEF = "手机壳：铝合金，透光性好；抽象几何图案，渐变色；防水，防滑"
_DROP = """([target, base64]) => {
    const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], "photo.jpg", { type: "image/jpeg" }));
    for (const kind of ["dragenter", "dragover", "drop"]) {
        target.dispatchEvent(new DragEvent(kind, {
            dataTransfer: files, bubbles: true, cancelable: true }));
    }
}"""


def jpeg() -> bytes:
    out = io.BytesIO()
    photo().save(out, "JPEG")
    return out.getvalue()


def drop(page: Page, content: bytes) -> None:
    target = page.locator("#drop").element_handle()
    page.evaluate(_DROP, [target, base64.b64encode(content).decode()])


@pytest.mark.parametrize(
    ("locale", "label", "brief", "known", "part", "unknown"),
    [
        (
            "en-GB",
            "Brief",
            "Teal mug with Quibbles, no red",
            "teal",
            "not understood",
            "Quibbles",
        ),
        ("zh-CN", "设计需求", "馬克杯，蓝绿色，魑魅，不要红色", "蓝绿色", "未识别", "魑魅"),
        ("en-GB", "Brief", "Quibbles", "", "not understood", "Quibbles"),
    ],
)
def test_page_shows_understood_and_unknown_parts_of_the_brief(
    url: str,
    open_page: Callable[..., Page],
    locale: str,
    label: str,
    brief: str,
    known: str,
    part: str,
    unknown: str,
) -> None:
    page = open_page(locale)
    page.goto(url)
    page.get_by_label(label, exact=True).fill(brief)
    told = page.locator("#chips .chip.unknown")
    expect(told).to_have_count(1)
    expect(told).to_contain_text(part)
    expect(told).to_contain_text(unknown)
    if not known:
        expect(page.locator("#chips p")).to_be_visible()
        return
    expect(page.locator("#chips .chip").filter(has_text=known).first).to_be_visible()
    page.locator("#submit").click()
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}$"))
    expect(page.locator(".chip.unknown").first).to_contain_text(unknown)
    expect(page.locator("#understood .line-text")).to_contain_text(known)
    page.locator("#understood summary").click()
    expect(page.locator(".chip").filter(has_text=known).first).to_be_visible()


def test_chinese_brief_with_a_dropped_photo_produces_designs(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    page = open_page("zh-CN")
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_have_text("今天想设计什么？")
    page.get_by_label("设计需求", exact=True).fill(BRIEF)
    chips = page.locator("#chips .chip")
    for name in ("手机壳", "铝合金", "防水", "防滑"):
        expect(chips.filter(has_text=name).first).to_be_visible()
    drop(page, jpeg())
    expect(page.locator("#preview")).to_be_visible()
    expect(page.locator("#reference-name")).to_contain_text("photo.jpg")
    page.get_by_label("方案数").fill("2")
    page.get_by_label("随机种子", exact=True).fill("7")
    page.get_by_role("button", name="开始设计").click()
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}$"))
    expect(page.locator(".brief-shown")).to_have_text(BRIEF)
    expect(page.locator(".badge").first).to_have_text("排队中")
    page.locator("#reference summary").click()
    assert_shown(page, ".reference img")

    follow(page, driver)

    expect(page.locator(".badge").first).to_have_text("完成")
    cards = page.locator(".design-card [data-open]")
    expect(cards).to_have_count(2)
    assert_shown(page, ".design-card [data-open] img")
    cards.first.click()
    expect(page.locator("#viewer")).to_be_visible()
    page.get_by_role("button", name="平铺 3 × 3").click()
    assert "url(" in page.locator("#viewer-stage .sheet").evaluate("e => e.style.backgroundImage")
    page.keyboard.press("Escape")
    page.locator("#made summary").click()
    expect(page.locator("#made")).to_contain_text("7")

    page.get_by_role("button", name="换个随机种子再出一版").click()
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}$"))
    expect(page.locator(".badge").first).to_have_text("排队中")
    page.get_by_role("button", name="取消").click()
    expect(page.locator(".badge").first).to_have_text("已取消")


def follow(page: Page, driver: QueueDriver) -> None:
    """Run the stages and check that the page shows each one without a reload."""
    page.evaluate("window.neverReloaded = true")
    for number, stage in enumerate((spec.name for spec in DESIGN.stages), 1):
        claim = driver.one(stage)
        expect(page.locator(".stage.running")).to_have_count(1)
        if stage == "generate":
            driver.progress(claim, 0.5)
            expect(page.locator(".stage.running progress")).to_have_attribute("value", "0.5")
        driver.finish(claim)
        expect(page.locator(".stage.done")).to_have_count(number)
        if stage == "caption":
            expect(page.locator(".description")).to_contain_text("Calm waves")
    assert page.evaluate("window.neverReloaded") is True


def assert_shown(page: Page, selector: str) -> None:
    for image in page.locator(selector).element_handles():
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image)


def test_rejected_file_is_named_and_the_form_keeps_its_input(
    url: str,
    open_page: Callable[..., Page],
    session_factory: sessionmaker[Session],
) -> None:
    page = open_page(expected="status of 4")
    page.goto(url)
    page.get_by_label("Brief", exact=True).fill("a teal mug")
    drop(page, jpeg()[:900])
    page.get_by_role("button", name="Draw designs").click()
    expect(page.locator("#reference-wrong")).to_contain_text("damaged")
    assert page.get_by_label("Brief", exact=True).input_value() == "a teal mug"
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_label("Variants").fill("9")
    page.get_by_role("button", name="Draw designs").click()
    expect(page.locator("#variants-wrong")).to_have_text("Must be at most 8.")
    with session_factory() as session:
        assert list_jobs(session) == []


def test_form_works_without_javascript(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    page = open_page(expected="status of 422", java_script_enabled=False)
    page.goto(url)
    page.get_by_label("Brief", exact=True).fill("   ")
    page.get_by_role("button", name="Draw designs").click()
    expect(page.locator("#brief-wrong")).to_have_text("Describe what to design.")
    page.get_by_label("Brief", exact=True).fill("teal waves on a tote bag")
    page.locator("#reference").set_input_files(
        {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    )
    page.get_by_role("button", name="Draw designs").click()
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}$"))
    driver.run_all(has_reference=True)
    page.reload()
    expect(page.locator(".badge").first).to_have_text("done")


def test_page_falls_back_to_polling_without_an_event_stream(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    page = open_page(expected="503")
    page.route("**/events", lambda route: route.fulfill(status=503, body="full"))
    page.goto(url)
    page.get_by_label("Brief", exact=True).fill("navy stripes, poster")
    page.get_by_role("button", name="Draw designs").click()
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}$"))
    driver.run_all()
    expect(page.locator(".badge").first).to_have_text("done")


def test_motifs_of_the_brief_are_removed_swapped_and_added(
    url: str, driver: QueueDriver, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(url)
    page.locator("#brief").fill("foxes, pine trees and small mushrooms, mug")
    chips = page.locator("#chips .chip.motif")
    expect(chips).to_have_count(3)
    expect(chips.first.get_by_role("img", name="Drawing: fox")).to_be_visible()
    page.get_by_role("button", name="Remove pine tree").click()
    expect(chips).to_have_count(2)
    page.get_by_role("button", name="Swap fox").click()
    page.get_by_label("Swap fox for").fill("teapot")
    page.locator("#motif-found").get_by_role("button", name="teapot").first.click()
    page.get_by_label("Add a motif").fill("deer")
    expect(page.locator("#motif-found button").first).to_have_text("deer")
    page.get_by_label("Add a motif").press("Enter")
    expect(chips).to_have_count(3)
    page.locator("#brief").fill("foxes and small mushrooms, teal mug")  # the choice stays
    expect(page.locator("#chips")).to_contain_text("teal")
    expect(chips).to_have_count(3)
    page.get_by_role("button", name="Draw designs").click()
    page.wait_for_url("**/jobs/*")
    job = driver.job(page.url.rpartition("/")[2])
    subjects = [motif["subjects"][0] for motif in job.understood["motifs"]]
    assert subjects == ["own:mushroom", "own:teapot", "own:deer"]
    page.goto(f"{url}/?from={job.id}")
    expect(chips).to_have_count(3)
    for _ in range(3):
        page.locator("#chips .chip-remove").first.click()
    expect(chips).to_have_count(0)
    page.get_by_role("button", name="Draw designs").click()
    page.wait_for_url("**/jobs/*")
    assert driver.job(page.url.rpartition("/")[2]).understood["motifs"] == []


def test_language_switch_is_remembered(url: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_have_text("What shall we design?")
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("今天想设计什么？")
    page.goto(f"{url}/jobs")
    expect(page.get_by_role("heading", level=1)).to_have_text("作品库")


def test_no_page_overflows_a_phone_screen(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    page = open_page(viewport={"width": 360, "height": 740})
    page.goto(url)
    long = "Notebook in navy and gold, art-deco fans" + "x" * 60
    page.get_by_label("Brief", exact=True).fill(long)
    page.get_by_role("button", name="Draw designs").click()
    page.wait_for_url(re.compile(r"/jobs/[0-9a-f-]{36}$"))
    worker = threading.Thread(target=driver.run_all)
    worker.start()
    worker.join()
    expect(page.locator(".badge").first).to_have_text("done")
    job = page.url
    page.goto(f"{url}/admin/login?code={sign_in_code(ADMIN_TOKEN)}")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{url}/admin/models")
    expect(page.get_by_role("link", name="Administration")).to_be_visible()
    for path in (url, job, f"{url}/jobs", f"{url}/admin/models", f"{url}/api/docs"):
        page.goto(path)
        time.sleep(0.1)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, path
