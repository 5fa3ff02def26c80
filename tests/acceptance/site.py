"""An installation whose pages all have content: jobs in every state, releases, webhooks."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from sqlalchemy.orm import Session

from shared.db.engine import engine_for, sessions
from shared.queue import pauses
from shared.queue.recovery.heartbeats import Heartbeat, beat
from shared.registry.releases import Gate, ReleaseManifest, promote, register_release
from shared.registry.training_metrics import record_metrics
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from shared.webhooks.deliveries import Outcome, claim_due, settle
from tests.browsing import served
from tests.conftest import ADMIN_TOKEN
from tests.images import as_png, photo, tile
from tests.integration.web.conftest import versions
from tests.pages import PAGES
from tests.queue_driver import QueueDriver
from web.http.sign_in_links import sign_in_code

__all__ = ["Site", "fill_administration", "filled_site", "register_trained_release", "share"]

_BRIEF = "手机壳：铝合金，透光性好；狐狸和松树，渐变色，深青色底；防水，防滑"
_HOST = "a-worker-with-a-long-name.machines.example.com"


@dataclass(frozen=True, kw_only=True)
class Site:
    """A served installation."""

    url: str
    ids: Mapping[str, str]
    """Ids of jobs and batches by their names in `tests.pages.PAGES`."""

    def address(self, page: str) -> str:
        """Return the URL of a page of `tests.pages.PAGES`."""
        return self.url + PAGES[page].format(**self.ids)

    def sign_in_address(self) -> str:
        """Return a fresh link that signs a browser in as the administrator."""
        return f"{self.url}/admin/login?code={sign_in_code(ADMIN_TOKEN)}"


@contextmanager
def filled_site(settings: Settings) -> Iterator[Site]:
    """Serve an installation with content on every page."""
    engine = engine_for(settings.database_url, pool_size=2)
    driver = QueueDriver(sessions(engine), ArtifactStore(settings.artifacts_url))
    try:
        with driver.session() as session:
            _register(session)
        with served(settings) as url:
            ids = _fill(url, driver)
            yield Site(url=url, ids=ids)
    finally:
        engine.dispose()


def _register(session: Session) -> None:
    """Register releases and workers."""
    register_release(session, ReleaseManifest(name="bundled", versions=versions("bundled")))
    promote(session, "bundled", "installation", reason="first start")
    register_trained_release(session)
    stages = ("caption", "vision", "fusion", "generate")
    roles = ("captioner", "vision", "text_encoder", "fusion", "generator")
    gpu = Heartbeat(
        name=f"gpu0@{_HOST}",
        host=_HOST,
        device="NVIDIA H200",
        queues=("gpu",),
        stages=stages,
        roles=roles,
    )
    beat(session, gpu)
    beat(session, Heartbeat(name=f"cpu0@{_HOST}", host=_HOST, device="cpu", queues=("cpu",)))


def register_trained_release(session: Session) -> None:
    """Register a release that misses one of its gates."""
    gates = (
        Gate(metric="colour_distance", value=3.25, bar=4.0, passed=True),
        Gate(metric="seam", value=0.5, bar=0.25, passed=False),
    )
    trained = ReleaseManifest(name="linen-2", versions=versions("linen")[-1:], gates=gates)
    register_release(session, trained)


def _fill(url: str, driver: QueueDriver) -> dict[str, str]:
    """Submit jobs over the API, run them to different states, and return their ids."""
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    with httpx2.Client(base_url=f"{url}/api/v1", headers=headers) as client:
        ids = fill_administration(client, driver)
        _settle_deliveries(driver)
        ids["done"] = _post(client, "jobs", data={"brief": _BRIEF}, files=_reference())["id"]
        driver.run_all(has_reference=True, variants=4)
        batch = {"briefs": ["navy stripes, poster", "深蓝底，银杏叶"], "variants": 2}
        ids["batch"] = _post(client, "batches", json=batch)["id"]
        for stage in ("caption", "fusion", "generate", "draw", "present"):
            driver.finish(driver.one(stage))
        ids |= share(client, ids["done"])
        ids["running"] = _post(client, "jobs", json={"brief": "a red poster with cranes"})["id"]
        _start_generating(driver, ids["running"])
    with driver.session() as session:
        pauses.pause(session, "present", "admin", "a new graphics card is put in")
    return ids


def fill_administration(client: httpx2.Client, driver: QueueDriver) -> dict[str, str]:
    """Add a webhook, a failed job and a training run; return the ids of the jobs.

    Args:
        client: has the URL of the API and the administrator's token.
    """
    _post(client, "webhooks", json={"url": "https://hooks.example.com/codesigner/" + "x" * 40})
    failed = _post(client, "jobs", json={"brief": "a teal mug with foxes"})["id"]
    driver.fail(driver.one())
    return {"failed": str(failed), "training": _train(client, driver)}


def share(client: httpx2.Client, job_id: str) -> dict[str, str]:
    """Share a design, and a collection of it; return the tokens of the links."""
    download = {"download": True, "note": "for a client"}
    shelf = _post(client, "collections", json={"name": "Autumn"})["id"]
    client.put(f"/collections/{shelf}/jobs/{job_id}").raise_for_status()
    links = {"shared": f"jobs/{job_id}", "shelf": f"collections/{shelf}"}
    return {
        name: str(_post(client, f"{path}/share-links", json=download)["token"])
        for name, path in links.items()
    }


def _post(client: httpx2.Client, path: str, **content: Any) -> dict[str, Any]:
    response = client.post(f"/{path}", **content)
    assert response.is_success, response.text
    document: dict[str, Any] = response.json()
    return document


def _reference() -> dict[str, tuple[str, bytes]]:
    return {"reference": ("photo.png", as_png(photo()))}


def _start_generating(driver: QueueDriver, job_id: str) -> None:
    """Run all waiting jobs until this one is half through its fourth stage."""
    for stage in ("caption", "fusion"):
        for claim in driver.claim(stage, limit=10):
            driver.finish(claim)
    for claim in driver.claim("generate", limit=10):
        if claim.job_id == job_id:
            driver.progress(claim, 0.5)


def _train(client: httpx2.Client, driver: QueueDriver) -> str:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(8):
            archive.writestr(f"{number}.png", as_png(tile(number)))
        lines = [json.dumps({"file_name": f"{n}.png", "text": "waves"}) for n in range(8)]
        archive.writestr("metadata.jsonl", "\n".join(lines))
    files = {"dataset": ("tiles.zip", content.getvalue())}
    data = {"steps": "400", "name": "linen-2"}
    job_id = str(_post(client, "training-runs", files=files, data=data)["job"]["id"])
    claim = driver.one("train")
    with driver.session() as session:
        for step in range(0, 400, 10):
            metrics = {"loss": 2 / (step + 20), "reconstruction_loss": 1 / (step + 9)}
            record_metrics(session, job_id, step, metrics)
    driver.finish(claim)
    return job_id


def _settle_deliveries(driver: QueueDriver) -> None:
    """Let one delivery succeed and one fail for a time."""
    with driver.session() as session:
        messages = claim_due(session, "http://127.0.0.1", limit=2, each=2)
        outcomes = (Outcome(status=204), Outcome(status=503, error="the endpoint responded 503"))
        for message, outcome in zip(messages, outcomes, strict=True):
            assert settle(session, message, outcome)
