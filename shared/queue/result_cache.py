"""Cache of stage results: finished stage runs, looked up by input key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.models import Artifact, Job, StageRun
from shared.queue.completion import ArtifactRecord
from shared.queue.transitions import unexpired

__all__ = ["CachedResult", "cached_results"]


@dataclass(frozen=True, kw_only=True)
class CachedResult:
    """Result of a finished stage run with the same inputs."""

    job_id: str
    finished_at: datetime
    output_sha256: str
    output_media_type: str
    artifacts: tuple[ArtifactRecord, ...]
    description: str | None
    """Text of the caption stage, d(I); None for other stages."""
    provenance: Mapping[str, Any]

    @property
    def sha256s(self) -> set[str]:
        """Return the sha256 of all its bytes."""
        return {self.output_sha256, *(artifact.sha256 for artifact in self.artifacts)}


def cached_results(session: Session, stage: str, keys: Iterable[str]) -> dict[str, CachedResult]:
    """Return the cached result of the stage by input key, for the keys that have one.

    The rows are locked until the transaction ends, so that their bytes are not garbage-collected.
    """
    results = {
        key: _latest_result(session, stage, key)
        for key in sorted(_cached_keys(session, stage, keys))
    }
    return {key: result for key, result in results.items() if result is not None}


def _cached_keys(session: Session, stage: str, keys: Iterable[str]) -> set[str]:
    """Return the input keys that have a cached result of the stage."""
    query = (
        select(StageRun.input_key)
        .join(Job, Job.id == StageRun.job_id)
        .where(
            StageRun.input_key.in_(sorted(set(keys))),
            StageRun.stage == stage,
            StageRun.state == "done",
            unexpired(),
        )
    )
    return {str(key) for key in session.scalars(query)}


def _latest_result(session: Session, stage: str, key: str) -> CachedResult | None:
    """Return the latest result of a key; computed results are preferred to reused ones."""
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
    artifacts = session.scalars(
        select(Artifact)
        .where(Artifact.job_id == run.job_id, Artifact.stage == stage)
        .order_by(Artifact.id)
    )
    return CachedResult(
        job_id=run.job_id,
        finished_at=run.finished_at,
        output_sha256=run.output_sha256,
        output_media_type=run.output_media_type,
        artifacts=tuple(_record(artifact) for artifact in artifacts),
        description=description if stage == "caption" else None,
        provenance=run.provenance,
    )


def _record(artifact: Artifact) -> ArtifactRecord:
    return ArtifactRecord(
        kind=artifact.kind,
        variant=artifact.variant,
        sha256=artifact.sha256,
        media_type=artifact.media_type,
        size_bytes=artifact.size_bytes,
        width=artifact.width,
        height=artifact.height,
    )
