"""The clients of the installation under test: they submit, retry, cancel and record the answers."""

import base64
import http.client
import io
import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from shared.db.models import ACTIVE, Job, StageRun
from tests.soak.installation import Installation

__all__ = ["Asked", "Workload"]

_TIMEOUT_S = 20.0
_STAGES = ("caption", "fusion", "generate", "draw", "present")
_LARGE = 0.05
"""Share of the jobs that ask for all they can: eight variants of 1024 px."""


@dataclass(kw_only=True)
class Asked:
    """One job as its client knows it."""

    key: str
    """Of idempotency, which names it among the rows too."""
    payload: dict[str, Any]
    expected: tuple[str, ...] = ("succeeded",)
    kind: str = "plain"
    job_id: str | None = None
    """None: no answer came, so the user does not know whether it was taken."""
    tries: int = 0
    unanswered: int = 0
    """Tries whose answer was lost."""
    submit_s: list[float] = field(default_factory=list)
    """How long each answer took."""


class Workload:
    """Submits jobs through the HTTP API from a thread, until it is stopped."""

    def __init__(
        self, installation: Installation, seed: int, *, backlog: int = 16, rate: float = 2.0
    ) -> None:
        self._installation = installation
        self._random = random.Random(seed)
        self._backlog = backlog
        self._pause_s = 2.0 / rate
        self._lock = threading.Lock()
        self._go = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="workload", daemon=True)
        self.asked: list[Asked] = []
        self.refused: dict[str, int] = defaultdict(int)
        """Answers other than 202, by status and code: the job was not taken, and tried again."""
        self.broken_cancels = 0
        """Cancels that met an error inside the installation."""

    def start(self) -> None:
        """Start submitting."""
        self._go.set()
        self._thread.start()

    def hold(self) -> None:
        """Stop submitting for now."""
        self._go.clear()

    def go_on(self) -> None:
        """Resume submitting."""
        self._go.set()

    def stop(self) -> None:
        """Stop submitting, except for requests without an answer yet."""
        self._stop.set()
        self._go.set()
        self._thread.join(timeout=60)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._go.wait()
            if self.active() >= self._backlog:
                time.sleep(0.1)
                continue
            self.submit(self.plain())
            time.sleep(self._random.uniform(0.0, self._pause_s))

    def plain(self, brief: str = "", **how: Any) -> Asked:
        """Return a unique job; one in five has a reference image.

        Without a given brief, one in twenty is large.
        """
        with self._lock:
            number = len(self.asked)
            seed = self._random.randrange(2**31)
            variants, size = self._random.choice((1, 1, 2)), 128
            if not brief and self._random.random() < _LARGE:
                variants, size = 8, 1024
                each_s = 0.2 * self._installation.pace.lease_s  # longer than the lease in total
                brief = f"generate:advance:{each_s:.2f}"
            elif not brief and self._random.random() < 0.7:
                brief = f"{self._random.choice(_STAGES)}:sleep:{self._random.uniform(0, 0.3):.3f}"
            payload: dict[str, Any] = {
                "brief": f"{brief} soak {number} blue stripes",
                "variants": variants,
                "seed": seed,
                "size": size,
            }
            if how.pop("reference", self._random.random() < 0.2):
                payload["reference"] = {"base64": _picture(seed)}
            made = Asked(key=f"soak-{number}-{seed}", payload=payload, **how)
            self.asked.append(made)
        return made

    def submit(self, asked: Asked, *, within_s: float = 120.0) -> bool:
        """Submit until answered; the idempotency key makes one job of all tries."""
        until = time.monotonic() + within_s
        while True:
            if self.try_once(asked):
                return True
            if time.monotonic() > until or (self._stop.is_set() and within_s > 100):
                return False
            time.sleep(0.2)

    def try_once(self, asked: Asked) -> bool:
        """Submit once; return whether it was accepted."""
        began = time.monotonic()
        asked.tries += 1
        try:
            status, job = self.post("/api/v1/jobs", asked.payload, {"Idempotency-Key": asked.key})
        except OSError:
            asked.unanswered += 1
            return False
        if status != 202 and status != 200:
            with self._lock:
                self.refused[f"{status} {job.get('code')}"] += 1
            return False
        asked.submit_s.append(time.monotonic() - began)
        asked.job_id = job["id"]
        return True

    def cancel(self, job_id: str) -> str | None:
        """Cancel a job; return its state, or None without an answer."""
        try:
            status, job = self.post(f"/api/v1/jobs/{job_id}/cancel", None, {})
        except OSError:
            return None
        if status == 500:
            with self._lock:
                self.broken_cancels += 1
        return str(job["state"]) if status == 200 else None

    def post(self, path: str, document: Any, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Send a POST request to the API.

        Raises:
            OSError: no complete answer arrived.
        """
        body = b"" if document is None else json.dumps(document).encode()
        asked = urllib.request.Request(
            self._installation.url + path,
            data=body,
            headers={"Content-Type": "application/json", **headers},
            method="POST",
        )
        try:
            with urllib.request.urlopen(asked, timeout=_TIMEOUT_S) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _document(error.read())
        except ValueError as broken:
            raise OSError("the answer broke off") from broken
        except http.client.HTTPException as broken:
            raise OSError(f"no whole answer: {broken}") from broken

    def answer_all(self, within_s: float) -> int:
        """Retry requests without an answer; return how many still have none."""
        until = time.monotonic() + within_s
        open_ones = [each for each in self.asked if each.job_id is None and each.kind != "unheard"]
        for each in open_ones:
            while not self.try_once(each) and time.monotonic() < until:
                self._installation.look()
                time.sleep(0.2)
        return sum(each.job_id is None for each in open_ones)

    # States of the jobs in the database

    def active(self) -> int:
        """Count the unended jobs; return a large number if the database does not answer."""
        try:
            with self._installation.sessions() as session:
                count = select(func.count()).select_from(Job).where(Job.state.in_(ACTIVE))
                return session.scalar(count) or 0
        except DBAPIError:
            return 10**6

    def states(self, asked: Iterable[Asked]) -> list[str]:
        """Return the states of the given jobs, unknown if the database does not answer."""
        ids = [each.job_id for each in asked]
        try:
            with self._installation.sessions() as session:
                rows = session.execute(select(Job.id, Job.state).where(Job.id.in_(ids)))
                found = dict(rows.all())
        except DBAPIError:
            found = {}
        return [found.get(each, "unknown") for each in ids]

    def ended(self, *asked: Asked) -> bool:
        """Return whether these jobs have ended."""
        return all(state not in {"unknown", *ACTIVE} for state in self.states(asked))

    def running(self, asked: Asked, stage: str) -> StageRun | None:
        """Return the running stage run of a job."""
        try:
            with self._installation.sessions() as session:
                return session.scalars(
                    select(StageRun).where(
                        StageRun.job_id == asked.job_id,
                        StageRun.stage == stage,
                        StageRun.state == "running",
                    )
                ).one_or_none()
        except DBAPIError:
            return None


def _document(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _picture(seed: int) -> str:
    """Return a small unique picture as a base64 PNG."""
    colour = (seed % 251, seed // 251 % 251, seed // 63001 % 251)
    image = Image.new("RGB", (32, 32), colour)
    image.putpixel((seed % 32, seed // 32 % 32), (255, 255, 255))
    written = io.BytesIO()
    image.save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode()
