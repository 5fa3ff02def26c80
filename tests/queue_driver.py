"""Submit, claim and finish jobs through the real queue without models."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Job, JobEvent, Outbox, StageRun
from shared.designs.parsing import record_json
from shared.designs.record import Design
from shared.errors import CodesignerError
from shared.jobs import submission as jobs
from shared.pipelines import PIPELINES
from shared.queue import leases as queue
from shared.storage.artifacts import ArtifactStore
from tests.images import as_jpeg, as_png, sheet, sketch, tile

__all__ = ["BRIEF", "OPTIONS", "SHA", "QueueDriver", "design", "output"]

SHA = "ab" * 32
BRIEF = "手机壳：铝合金，透光性好；抽象几何图案，渐变色；防水，防滑"
OPTIONS = {
    "variants": 2,
    "seed": 7,
    "product": "phone-case",
    "reference_strength": 0.6,
    "size": 256,
}
_TIMES = {
    "stage_run": ("lease_until", "run_until", "enqueued_at", "not_before"),
    "outbox": ("sent_at", "due_at"),
    "job": ("deadline", "expires_at", "not_before"),
    "worker_heartbeat": ("seen_at",),
}


def design(variant: int = 0) -> Design:
    """Return a record of two colours."""
    palette = [
        {"id": "p1", "hex": "#F3ECDF", "role": "ground", "from": "brief"},
        {"id": "p2", "hex": "#1F3A5F", "role": "hero", "from": "brief"},
    ]
    layer = {
        "id": "l1", "kind": "family", "family": "dots@1", "scale_mm": 10,
        "paints": [{"palette": "p1"}, {"palette": "p2"}],
    }  # fmt: skip
    return Design.model_validate(
        {"seed": 7, "variant": variant, "palette": palette, "layers": [layer]}
    )


def output(**given: Any) -> queue.StageOutput:
    """Return the output of a stage, by default without files."""
    known = {"output_sha256": SHA, "output_media_type": "application/json"}
    return queue.StageOutput(**known | given)


class QueueDriver:
    """Queue operations on one database; each call is a transaction of its own.

    With an artifact store, stages are finished with real files; without one, their outputs are
    names of files that do not exist.
    """

    def __init__(
        self, sessions: sessionmaker[Session], artifact_store: ArtifactStore | None = None
    ) -> None:
        self.sessions = sessions
        self._store = artifact_store

    @property
    def store(self) -> ArtifactStore:
        """The artifact store; the driver must have one."""
        assert self._store is not None
        return self._store

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a transaction that is committed at its end."""
        with self.sessions.begin() as session:
            yield session

    def submit(self, **given: Any) -> Job:
        """Submit a job; the arguments are fields of its submission."""
        (job,) = self.submit_many(1, **given)
        return job

    def submit_many(self, number: int, **given: Any) -> list[Job]:
        """Submit equal jobs."""
        fields = {"brief": BRIEF, "options": OPTIONS, "model_versions": {}} | given
        with self.session() as session:
            return [jobs.submit(session, jobs.Submission(**fields)) for _ in range(number)]

    def claim(self, stage: str = "caption", owner: str = "w1", **how: Any) -> list[queue.Claim]:
        """Claim stage runs."""
        with self.session() as session:
            return queue.claim(session, stage, owner, **how)

    def one(self, stage: str = "caption", **how: Any) -> queue.Claim:
        """Claim the next stage run."""
        (claim,) = self.claim(stage, **how)
        return claim

    def progress(self, claim: queue.Claim, fraction: float) -> None:
        """Report progress, a fraction from 0 to 1."""
        with self.session() as session:
            queue.progress(session, claim, fraction)

    def publish(self, claim: queue.Claim, variant: int) -> None:
        """Publish the files of one variant while the stage draw or present still runs."""
        made = self._drawn(claim.stage, variant)
        with self.session() as session:
            queue.publish(session, claim, made)

    def finish(self, claim: queue.Claim, *, variants: int = 2, **given: Any) -> None:
        """Finish the stage run; the arguments are fields of its output.

        With an artifact store it has the artifacts of so many variants; a print is of the variant
        *variants*.
        """
        if self._store is not None:
            given = self._files(claim, variants) | given
        with self.session() as session:
            queue.finish(session, claim, output(**given))

    def fail(
        self, claim: queue.Claim, code: str = "out_of_memory", *, retryable: bool = False
    ) -> None:
        """Fail the attempt with an error code."""
        error = CodesignerError(code, "The device had 8 GiB and needed 9.")
        with self.session() as session:
            queue.fail(session, claim, error, retryable)

    def run(self, job: Job) -> None:
        """Finish all remaining stages of a job, which must be the next one in the queue."""
        for spec in PIPELINES[job.pipeline].stages:
            if self.stage(job.id, spec.name).state == "ready":
                self.finish(self.one(spec.name))

    def run_all(self, *, has_reference: bool = False, variants: int = 2) -> None:
        """Finish all stages of the only design job in the queue."""
        for stage in ("caption", "vision", "fusion", "generate", "draw", "present"):
            if stage != "vision" or has_reference:
                self.finish(self.one(stage), variants=variants)

    def job(self, job_id: str) -> Job:
        """Return the job."""
        with self.session() as session:
            return jobs.get_job(session, job_id)

    def stage(self, job_id: str, stage: str) -> StageRun:
        """Return a stage run of a job."""
        with self.session() as session:
            return session.scalars(
                select(StageRun).where(StageRun.job_id == job_id, StageRun.stage == stage)
            ).one()

    def output(self, job_id: str, stage: str) -> dict[str, Any]:
        """Return the JSON output of a finished stage run from the artifact store."""
        sha256 = self.stage(job_id, stage).output_sha256
        assert sha256 is not None
        found: dict[str, Any] = json.loads(self.store.get(sha256))
        return found

    def document(self, job_id: str) -> dict[str, Any]:
        """Return the job as the API shows it."""
        with self.session() as session:
            return jobs.job_document(session, jobs.get_job(session, job_id))

    def events(self, job_id: str, after: int = 0) -> list[JobEvent]:
        """Return the events of a job after a sequence number."""
        with self.session() as session:
            return list(jobs.events_after(session, job_id, after))

    def kinds(self, job_id: str) -> list[str]:
        """Return the kinds of all events of a job."""
        return [event.kind for event in self.events(job_id)]

    def hints(self) -> list[str]:
        """Return the stages of all unsent hints and mark the hints as sent."""
        with self.session() as session:
            rows = queue.unsent(session)
            queue.mark_sent(session, [row.id for row in rows])
            return [row.stage for row in rows]

    def unsent(self) -> int:
        """Return the number of unsent hints, due or not."""
        with self.session() as session:
            return len(session.scalars(select(Outbox).where(Outbox.sent_at.is_(None))).all())

    def reap(self, **how: Any) -> queue.Reaped:
        """Run the reaper once."""
        with self.session() as session:
            return queue.reap(session, **how)

    def pass_time(self, seconds: float) -> None:
        """Move all recorded times back by so many seconds, by the database's clock."""
        with self.session() as session:
            for table, columns in _TIMES.items():
                earlier = ", ".join(f"{c} = {c} - make_interval(secs => :s)" for c in columns)
                session.execute(text(f"UPDATE {table} SET {earlier}"), {"s": seconds})

    def faults(self) -> dict[str, int]:
        """Return the violated invariants with their counts."""
        with self.session() as session:
            return {name: n for name, n in queue.check_invariants(session).items() if n}

    def _files(self, claim: queue.Claim, variants: int) -> dict[str, Any]:
        """Store the files of a stage and return its output's fields."""
        made: list[queue.ArtifactRecord] = []
        if claim.stage == "generate":
            made = [self._design(each) for each in range(variants)]
        if claim.stage in ("draw", "present"):
            made = [file for each in range(variants) for file in self._drawn(claim.stage, each)]
        if claim.stage == "print":
            made = [self._record("print", variants, tile(variants, 256))]
            made.append(self._record("thumbnail", variants, tile(0)))
        if claim.stage == "train":
            made = [self._record("samples", each, sheet(each)) for each in range(2)]
        described = "Calm waves of teal and gold, drawn with a fine brush."
        return {
            "output_sha256": self.store.put(f"{claim.job_id} {claim.stage}".encode()),
            "artifacts": tuple(made),
            "description": described if claim.stage == "caption" else None,
        }

    def _drawn(self, stage: str, variant: int) -> list[queue.ArtifactRecord]:
        """Store the pictures of one variant."""
        if stage == "draw":
            return [self._record("tile", variant, tile(variant))]
        small = sketch(variant).resize((240, 300))
        return [
            self._record("sketch", variant, sketch(variant)),
            self._record("thumbnail", variant, small),
            self._record("preview", variant, small),
        ]

    def _design(self, variant: int) -> queue.ArtifactRecord:
        content = record_json(design(variant)).encode()
        return queue.ArtifactRecord(
            kind="design",
            variant=variant,
            sha256=self.store.put(content),
            media_type="application/json",
            size_bytes=len(content),
        )

    def _record(self, kind: str, variant: int, image: Image.Image) -> queue.ArtifactRecord:
        is_sketch = kind == "sketch"
        content = as_jpeg(image) if is_sketch else as_png(image)
        return queue.ArtifactRecord(
            kind=kind,
            variant=variant,
            sha256=self.store.put(content),
            media_type="image/jpeg" if is_sketch else "image/png",
            size_bytes=len(content),
            width=image.width,
            height=image.height,
        )
