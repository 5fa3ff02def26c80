"""What a stage takes over from the stages before it, and whether a claim still stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import cast, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from shared.queue import Claim
from shared.rows import Artifact, Job, StageRun

__all__ = ["Inputs", "inputs_of", "note_failure", "still_held"]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """All rows that a stage of one job depends on; the bytes are in the artifact store."""

    job: Job
    outputs: Mapping[str, str] = field(default_factory=dict)
    """sha256 of the earlier stages' outputs by stage."""
    artifacts: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """sha256 of the earlier stages' files by (kind, variant)."""
    failures: tuple[Mapping[str, Any], ...] = ()
    """Earlier attempts of this stage that failed."""


def inputs_of(session: Session, claims: Sequence[Claim]) -> dict[str, Inputs]:
    """Read the inputs of a batch of claims, by job id."""
    ids = [claim.job_id for claim in claims]
    outputs: dict[str, dict[str, str]] = {job_id: {} for job_id in ids}
    artifacts: dict[str, dict[tuple[str, int], str]] = {job_id: {} for job_id in ids}
    done = select(StageRun.job_id, StageRun.stage, StageRun.output_sha256).where(
        StageRun.job_id.in_(ids), StageRun.state == "done", StageRun.output_sha256.is_not(None)
    )
    for job_id, stage, sha256 in session.execute(done.order_by(StageRun.position)):
        outputs[job_id][stage] = str(sha256)
    made = select(Artifact.job_id, Artifact.kind, Artifact.variant, Artifact.sha256)
    for job_id, kind, variant, sha256 in session.execute(
        made.where(Artifact.job_id.in_(ids)).order_by(Artifact.id)
    ):
        artifacts[job_id][kind, variant] = sha256
    own = select(StageRun.job_id, StageRun.provenance)
    held = own.where(StageRun.id.in_([claim.stage_run_id for claim in claims]))
    failures = {
        job_id: tuple(record.get("failures", ())) for job_id, record in session.execute(held)
    }
    jobs = session.scalars(select(Job).where(Job.id.in_(ids))).all()
    return {
        job.id: Inputs(
            job=job,
            outputs=outputs[job.id],
            artifacts=artifacts[job.id],
            failures=failures[job.id],
        )
        for job in jobs
    }


def note_failure(session: Session, held: Claim, failure: Mapping[str, Any]) -> None:
    """Add a failed attempt to the stage run's record, after `fail` and in its transaction."""
    added = func.coalesce(StageRun.provenance["failures"], cast([], JSONB)).op("||")(
        cast([dict(failure)], JSONB)
    )
    session.execute(
        update(StageRun)
        .where(StageRun.id == held.stage_run_id, StageRun.fence == held.fence)
        .values(provenance=func.jsonb_build_object("failures", added))
        .execution_options(synchronize_session=False)
    )


def still_held(session: Session, claims: Sequence[Claim]) -> list[Claim]:
    """List the claims whose result would still be taken: neither cancelled nor given away."""
    wanted = [(claim.stage_run_id, claim.fence) for claim in claims]
    held = session.scalars(
        select(StageRun.id).where(
            tuple_(StageRun.id, StageRun.fence).in_(wanted), StageRun.state == "running"
        )
    ).all()
    return [claim for claim in claims if claim.stage_run_id in set(held)]
