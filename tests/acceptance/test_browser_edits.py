"""Changing a finished design on its page, in a real browser, with the keyboard alone."""

from collections.abc import Callable
from typing import cast

import httpx2
import pytest

from shared.designs.record import Design
from shared.queue.stage_inputs import inputs_of
from shared.storage.artifacts import ArtifactStore
from tests.queue_driver import QueueDriver
from tests.unit.shared.edits.examples import motif_design
from worker.execution.contracts import Models
from worker.execution.inputs import build_call, put_outputs
from worker.stages.render import run

pytest.importorskip("playwright", reason="the package playwright is not installed")
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.long]


def draw(driver: QueueDriver, store: ArtifactStore) -> None:
    """Run the render stage of the next job as a worker does."""
    claim = driver.one("render")
    with driver.session() as session:
        inputs = inputs_of(session, [claim])[claim.job_id]
        call = build_call(inputs, store.get, "http://127.0.0.1")
    (result,) = run([call], cast("Models", None))
    ((sha256, artifacts),) = put_outputs([result], store.put_many)
    driver.finish(
        claim,
        output_sha256=sha256,
        artifacts=artifacts,
        provenance={"details": dict(result.details)},
    )


def submit(url: str, design: Design) -> str:
    body = {"design": design.to_document(), "product": "tote", "size": 512}
    return str(httpx2.post(f"{url}/api/v1/designs/render", json=body).json()["id"])


def test_design_is_changed_with_the_keyboard(
    url: str, driver: QueueDriver, artifact_store: ArtifactStore, open_page: Callable[..., Page]
) -> None:
    page = open_page(expected="422")
    job = submit(url, motif_design())
    draw(driver, artifact_store)
    page.goto(f"{url}/jobs/{job}")
    field = page.get_by_label("Change one thing")
    field.focus()
    page.keyboard.type("without the owls")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This design has no owls; it has fox, cat")
    expect(field).to_have_value("without the owls")
    expect(field).to_be_focused()
    field.fill("background deep red")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Change", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: job not in address)
    draw(driver, artifact_store)
    changed = page.locator("[data-part=changed]")
    expect(changed).to_contain_text("Colour: #1F4A44 → #A3132F")
    expect(changed.get_by_role("img", name="Before the change")).to_be_visible()
    expect(changed.get_by_role("img", name="After the change")).to_be_visible()
    page.goto(f"{page.url}?lang=zh")
    expect(page.locator("[data-part=changed]")).to_contain_text("改了什么")
    page.get_by_role("button", name="图案再大一些").click()
    page.wait_for_load_state()
    draw(driver, artifact_store)
    expect(page.locator("[data-part=changed]")).to_contain_text("图案的大小")
