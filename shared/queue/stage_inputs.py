"""What a stage takes over from the stages before it, and whether a claim still stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import cast, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import Session

from shared.db.models import Artifact, Job, StageRun
from shared.queue.leases import Claim

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


_OUTPUTS = (
    select(func.jsonb_object_agg(StageRun.stage, StageRun.output_sha256))
    .where(StageRun.job_id == Job.id, StageRun.state == "done", StageRun.output_sha256.is_not(None))
    .correlate(Job)
    .scalar_subquery()
)
_ARTIFACTS = (
    select(
        func.jsonb_agg(
            aggregate_order_by(
                func.jsonb_build_array(Artifact.kind, Artifact.variant, Artifact.sha256),
                Artifact.id,
            )
        )
    )
    .where(Artifact.job_id == Job.id)
    .correlate(Job)
    .scalar_subquery()
)


def inputs_of(session: Session, claims: Sequence[Claim]) -> dict[str, Inputs]:
    """Read the inputs of a batch of claims, by job id, in one statement."""
    rows = session.execute(
        select(Job, StageRun.provenance["failures"], _OUTPUTS, _ARTIFACTS)
        .join(StageRun, StageRun.job_id == Job.id)
        .where(StageRun.id.in_([claim.stage_run_id for claim in claims]))
    )
    return {
        job.id: Inputs(
            job=job,
            outputs=outputs or {},
            artifacts={(kind, variant): sha256 for kind, variant, sha256 in artifacts or ()},
            failures=tuple(failures or ()),
        )
        for job, failures, outputs, artifacts in rows
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
