"""Tests of the pages in a real browser: what happens between and after submissions."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Job
from shared.settings import Settings
from tests.browsing import served
from tests.queue_driver import QueueDriver

pytest.importorskip("playwright", reason="the package playwright is not installed")
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.long]
JOB = re.compile(r"/jobs/[0-9a-f-]{36}$")


def submit(page: Page, brief: str | None = None) -> str:
    """Submit the form and return the URL of the job."""
    if brief is not None:
        page.get_by_label("Brief", exact=True).fill(brief)
    page.locator("#submit").click()
    page.wait_for_url(JOB)
    return page.url


def count_jobs(session_factory: sessionmaker[Session]) -> int:
    with session_factory() as session:
        return session.scalar(select(func.count(Job.id))) or 0


def test_form_after_back_makes_new_jobs(url: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(url)
    jobs = [submit(page, "teal mug")]
    page.go_back(wait_until="commit")
    jobs.append(submit(page, "teal mug"))
    page.go_back(wait_until="commit")
    jobs.append(submit(page, "navy mug"))
    assert len(set(jobs)) == 3


def test_lost_answer_is_asked_for_again_and_a_changed_form_is_another_job(
    url: str, open_page: Callable[..., Page], session_factory: sessionmaker[Session]
) -> None:
    page = open_page(expected="ERR_FAILED")
    page.goto(url)
    answers = []

    def lose(route: object) -> None:
        answers.append(route.fetch())  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    page.route("**/designs", lose)
    page.get_by_label("Brief", exact=True).fill("teal mug")
    page.locator("#submit").click()
    expect(page.locator("#refusal")).to_contain_text("does not answer")
    page.unroute("**/designs")
    submit(page)
    assert count_jobs(session_factory) == 1
    page.goto(url)
    page.route("**/designs", lose)
    page.get_by_label("Brief", exact=True).fill("teal mug")
    page.locator("#submit").click()
    expect(page.locator("#refusal")).to_contain_text("does not answer")
    page.unroute("**/designs")
    submit(page, "navy mug")
    assert count_jobs(session_factory) == 3


@pytest.mark.parametrize("script", [True, False])
def test_two_clicks_on_again_make_one_job(
    url: str,
    open_page: Callable[..., Page],
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
    script: bool,
) -> None:
    page = open_page(java_script_enabled=script)
    page.goto(url)
    old = submit(page, "teal mug")
    driver.run_all()
    page.goto(old)
    again = page.get_by_role("button", name="Again with another seed")
    again.dblclick()
    page.wait_for_url(lambda address: JOB.search(address) is not None and address != old)
    first = page.url
    expect(page.locator(".job-head")).to_contain_text("another seed of a design")
    page.wait_for_timeout(300)
    assert count_jobs(session_factory) == 2
    if not script:
        return
    driver.run_all()
    page.go_back(wait_until="commit")
    expect(again).to_be_enabled()
    again.click()
    page.wait_for_url(lambda address: JOB.search(address) is not None and address != old)
    second = page.url
    assert second != first
    page.locator("#made summary").click()
    page.get_by_role("link", name=old[-12:]).click()
    page.locator("#made summary").click()
    for new in (first, second):
        expect(page.get_by_role("link", name=new[-6:])).to_be_visible()
    assert count_jobs(session_factory) == 3


def test_draft_survives_reload_and_language_and_ends_with_the_submission(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    page = open_page()
    page.goto(url)
    page.get_by_label("Brief", exact=True).fill("foxes, teal mug\nnavy poster")
    page.get_by_role("button", name="Remove fox").click()
    page.get_by_label("Variants").fill("3")
    page.get_by_role("radio", name="mug").check()
    page.locator("#several summary").click()
    page.locator("#seeds").fill("1-3")
    page.reload()
    expect(page.get_by_label("Brief", exact=True)).to_have_value("foxes, teal mug\nnavy poster")
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("今天想设计什么？")
    expect(page.locator("#brief")).to_have_value("foxes, teal mug\nnavy poster")
    expect(page.locator("#variants")).to_have_value("3")
    expect(page.get_by_role("radio", name="马克杯")).to_be_checked()
    expect(page.locator("#seeds")).to_have_value("1-3")
    expect(page.locator("#chips .chip").filter(has_text="蓝绿色").first).to_be_visible()
    expect(page.locator("#chips .chip.motif")).to_have_count(0)
    page.locator("#seeds").fill("")
    submit(page)
    assert driver.job(page.url.rpartition("/")[2]).understood["motifs"] == []
    page.goto(url)
    expect(page.locator("#brief")).to_have_value("")


def test_changed_brief_has_a_draft_of_its_own_and_names_its_source(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    page = open_page()
    page.goto(url)
    old = submit(page, "teal mug")
    driver.run_all()
    page.goto(url)
    page.get_by_label("Brief", exact=True).fill("something else")
    page.goto(old)
    page.get_by_role("link", name="Change the brief").click()
    expect(page.locator("#brief")).to_have_value("teal mug")
    submit(page, "navy mug")
    expect(page.locator(".job-head")).to_contain_text("changed brief of a design")
    page.get_by_role("link", name="changed brief of a design").click()
    assert page.url == old
    page.goto(url)
    expect(page.locator("#brief")).to_have_value("something else")


def test_times_are_in_the_zone_of_the_visitor(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    job = driver.submit()
    driver.run_all()
    with driver.session() as session:
        session.get_one(Job, job.id).created_at = "2026-01-31T20:15:00Z"  # type: ignore[assignment]
    address = f"{url}/jobs/{job.id}"
    shown = {}
    for zone, script in (("Asia/Tokyo", True), ("America/New_York", True), ("Asia/Tokyo", False)):
        page = open_page(timezone_id=zone, java_script_enabled=script)
        page.goto(f"{url}/jobs")
        expect(page.locator(".design time")).to_have_attribute(
            "datetime", re.compile("2026-01-31T20")
        )
        shown[zone, script] = page.locator(".design time").inner_text()
        page.goto(address)
        page.locator("#made summary").click()
        assert page.locator("#made time").inner_text() == shown[zone, script]
    assert "1 Feb 2026, 05:15" in shown["Asia/Tokyo", True]
    assert "31 Jan 2026, 15:15" in shown["America/New_York", True]
    assert re.search(r"8:15:00\sPM UTC$", shown["Asia/Tokyo", False])


def test_list_of_designs_updates_itself_and_keeps_focus_and_scroll(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    jobs = driver.submit_many(14)
    page = open_page(viewport={"width": 390, "height": 700})
    page.goto(f"{url}/jobs")
    last = page.locator(f'[data-job="{jobs[0].id}"]')
    last.locator(".title a").focus()
    last.scroll_into_view_if_needed()
    top = last.bounding_box()
    driver.run_all()
    expect(last).to_have_attribute("data-active", "false")
    expect(page.locator("#spoken")).to_contain_text("done")
    assert last.locator(".title a").evaluate("link => link === document.activeElement")
    new = driver.submit(brief="brand new")
    expect(page.locator(".design").first).to_have_attribute("data-job", new.id)
    expect(page.locator(".design")).to_have_count(15)
    moved = last.bounding_box()
    assert top is not None
    assert moved is not None
    assert abs(moved["y"] - top["y"]) < 200  # thumbnails have come; the list did not jump
    assert page.evaluate("document.activeElement.closest('[data-job]').dataset.job") == jobs[0].id


def test_first_design_appears_in_an_empty_list(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    page = open_page()
    page.goto(f"{url}/jobs")
    expect(page.locator("#nothing")).to_contain_text("Nothing has been designed yet.")
    driver.submit()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator(".design")).to_have_count(1)


@pytest.mark.parametrize("where", ["job", "list"])
def test_lost_connection_is_said_and_mended(
    url: str, open_page: Callable[..., Page], driver: QueueDriver, where: str
) -> None:
    job = driver.submit()
    page = open_page(expected="ERR_")
    page.goto(f"{url}/jobs/{job.id}" if where == "job" else f"{url}/jobs")
    line = page.get_by_role("status").first
    expect(line).to_be_empty()
    page.context.set_offline(True)
    expect(line).to_contain_text("does not answer")
    driver.run_all()
    page.context.set_offline(False)
    expect(line).to_contain_text("answers again")
    if where == "job":
        expect(page.locator(".badge").first).to_have_text("done")
    else:
        expect(page.locator(".design")).to_have_attribute("data-active", "false")
    expect(line).to_be_empty()


def test_job_page_follows_a_restarted_server(
    settings: Settings, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    job = driver.submit()
    page = open_page(expected="ERR_")
    line = page.locator("#connection")
    with served(settings) as address:
        page.goto(f"{address}/jobs/{job.id}")
        expect(page.locator(".stage")).not_to_have_count(0)
    expect(line).to_contain_text("does not answer")
    driver.run_all()
    with served(settings, port=int(address.rpartition(":")[2])):
        expect(line).to_contain_text("answers again", timeout=20_000)
        expect(page.locator(".badge").first).to_have_text("done")


def test_each_line_shows_what_is_recognised_in_it(url: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(url)
    page.get_by_label("Brief", exact=True).fill("teal mug with foxes\nnavy poster\n\nxyzzy")
    page.locator("#several summary").click()
    page.get_by_label("Each line of the brief is a separate brief").check()
    lines = page.locator("#chips .line-list > li")
    expect(lines).to_have_count(3)
    expect(lines.nth(0).locator(".chip").filter(has_text="teal")).to_be_visible()
    expect(lines.nth(0).locator(".chip.motif")).to_contain_text("fox")
    expect(lines.nth(0).locator(".chip").filter(has_text="navy")).to_have_count(0)
    expect(lines.nth(1).locator(".chip").filter(has_text="navy")).to_be_visible()
    expect(lines.nth(2)).to_contain_text("xyzzy")
    page.get_by_label("Add a motif").fill("deer")
    expect(page.locator("#motif-found button").first).to_have_text("deer")
    page.get_by_label("Add a motif").press("Enter")
    expect(page.locator("#chips")).to_contain_text("Drawn in the designs of all lines")
    expect(lines.nth(0).locator(".chip.motif")).to_have_count(0)
    page.get_by_role("button", name="Remove deer").click()
    expect(lines.nth(0).locator(".chip.motif")).to_contain_text("fox")
    page.get_by_label("Each line of the brief is a separate brief").uncheck()
    expect(page.locator("#chips .line-list")).to_have_count(0)
    expect(page.locator("#chips .chip").filter(has_text="navy")).to_be_visible()
