"""Load the inputs of claimed stage runs, and check and annotate claims."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, cast, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import Session

from shared.db.models import Artifact, Job, StageRun
from shared.queue.leases import Claim

__all__ = ["Inputs", "append_failure", "inputs_of", "valid_claims"]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Rows that a stage of one job depends on; the bytes are in the artifact store."""

    job: Job
    outputs: Mapping[str, str] = field(default_factory=dict)
    """sha256 of the outputs of earlier stages, by stage."""
    artifacts: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """sha256 of the artifacts of earlier stages, by (kind, variant)."""
    failures: tuple[Mapping[str, Any], ...] = ()
    """Records of the failed attempts of this stage."""


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
    # What an earlier attempt of the stage itself published is not among its inputs.
    .where(Artifact.job_id == Job.id, Artifact.stage != StageRun.stage)
    .correlate(Job, StageRun)
    .scalar_subquery()
)

_INPUTS = (
    select(Job, StageRun.provenance["failures"], _OUTPUTS, _ARTIFACTS)
    .join(StageRun, StageRun.job_id == Job.id)
    .where(StageRun.id.in_(bindparam("ids", expanding=True)))
    .execution_options(populate_existing=True)
)


def inputs_of(session: Session, claims: Sequence[Claim]) -> dict[str, Inputs]:
    """Return the inputs of a batch of claims by job id; one statement."""
    rows = session.execute(_INPUTS, {"ids": [claim.stage_run_id for claim in claims]})
    return {
        job.id: Inputs(
            job=job,
            outputs=outputs or {},
            artifacts={(kind, variant): sha256 for kind, variant, sha256 in artifacts or ()},
            failures=tuple(failures or ()),
        )
        for job, failures, outputs, artifacts in rows
    }


def append_failure(session: Session, claim: Claim, failure: Mapping[str, Any]) -> None:
    """Append a failed attempt to the stage run's provenance, in the transaction of `fail`."""
    failures = func.coalesce(StageRun.provenance["failures"], cast([], JSONB)).op("||")(
        cast([dict(failure)], JSONB)
    )
    session.execute(
        update(StageRun)
        .where(StageRun.id == claim.stage_run_id, StageRun.fence == claim.fence)
        .values(provenance=func.jsonb_build_object("failures", failures))
        .execution_options(synchronize_session=False)
    )


def valid_claims(session: Session, claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims that are still valid: not cancelled and not claimed by another worker."""
    fences = [(claim.stage_run_id, claim.fence) for claim in claims]
    valid_ids = session.scalars(
        select(StageRun.id).where(
            tuple_(StageRun.id, StageRun.fence).in_(fences), StageRun.state == "running"
        )
    ).all()
    return [claim for claim in claims if claim.stage_run_id in set(valid_ids)]
