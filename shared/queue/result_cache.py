"""Results of earlier stage runs, found by all that they depend on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.models import Artifact, Job, StageRun
from shared.queue.completion import ArtifactRecord
from shared.queue.transitions import unexpired

__all__ = ["EarlierResult", "earlier_results", "known_keys"]


@dataclass(frozen=True, kw_only=True)
class EarlierResult:
    """What a stage run of some job has made from the same inputs."""

    job_id: str
    finished_at: datetime
    output_sha256: str
    output_media_type: str
    artifacts: tuple[ArtifactRecord, ...]
    description: str | None
    """d(I), where the stage gave one."""
    provenance: Mapping[str, Any]

    @property
    def sha256s(self) -> set[str]:
        """Names of all its bytes."""
        return {self.output_sha256, *(each.sha256 for each in self.artifacts)}


def known_keys(session: Session, stage: str, keys: Iterable[str]) -> set[str]:
    """Give those of the input keys that a finished run of the stage has; locks nothing."""
    found = (
        select(StageRun.input_key)
        .join(Job, Job.id == StageRun.job_id)
        .where(
            StageRun.input_key.in_(sorted(set(keys))),
            StageRun.stage == stage,
            StageRun.state == "done",
            unexpired(),
        )
    )
    return {str(key) for key in session.scalars(found)}


def earlier_results(session: Session, stage: str, keys: Iterable[str]) -> dict[str, EarlierResult]:
    """Give the result of the stage for each input key that has one.

    The rows stay until the transaction ends, so that nobody collects their bytes meanwhile.
    """
    found = {key: _earlier(session, stage, key) for key in sorted(set(keys))}
    return {key: result for key, result in found.items() if result is not None}


def _earlier(session: Session, stage: str, key: str) -> EarlierResult | None:
    """Look for one that was computed rather than taken over; the latest of them."""
    row = session.execute(
        select(StageRun, Job.description)
        .join(Job, Job.id == StageRun.job_id)
        .where(
            StageRun.input_key == key,
            StageRun.stage == stage,
            StageRun.state == "done",
            unexpired(),
        )
        .order_by(StageRun.reused, StageRun.id.desc())
        .limit(1)
        .with_for_update(of=StageRun, key_share=True, read=True, skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    run, description = row
    if run.output_sha256 is None or run.output_media_type is None or run.finished_at is None:
        return None
    made = session.scalars(
        select(Artifact)
        .where(Artifact.job_id == run.job_id, Artifact.stage == stage)
        .order_by(Artifact.id)
    )
    return EarlierResult(
        job_id=run.job_id,
        finished_at=run.finished_at,
        output_sha256=run.output_sha256,
        output_media_type=run.output_media_type,
        artifacts=tuple(_record(each) for each in made),
        description=description if stage == "caption" else None,
        provenance=run.provenance,
    )


def _record(made: Artifact) -> ArtifactRecord:
    return ArtifactRecord(
        kind=made.kind,
        variant=made.variant,
        sha256=made.sha256,
        media_type=made.media_type,
        size_bytes=made.size_bytes,
        width=made.width,
        height=made.height,
    )
