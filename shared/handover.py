"""What a stage takes over from the stages before it, and whether a claim still stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from shared.queue import Claim
from shared.rows import Artifact, Job, StageRun

__all__ = ["Inputs", "inputs_of", "still_held"]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """All rows that a stage of one job depends on; the bytes are in the artifact store."""

    job: Job
    outputs: Mapping[str, str] = field(default_factory=dict)
    """sha256 of the earlier stages' outputs by stage."""
    artifacts: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """sha256 of the earlier stages' files by (kind, variant)."""


def inputs_of(session: Session, claims: Sequence[Claim]) -> dict[str, Inputs]:
    """Read the inputs of a batch of claims, by job id."""
    ids = [claim.job_id for claim in claims]
    outputs: dict[str, dict[str, str]] = {job_id: {} for job_id in ids}
    artifacts: dict[str, dict[tuple[str, int], str]] = {job_id: {} for job_id in ids}
    done = select(StageRun.job_id, StageRun.stage, StageRun.output_sha256).where(
        StageRun.job_id.in_(ids), StageRun.state == "done", StageRun.output_sha256.is_not(None)
    )
    for job_id, stage, sha256 in session.execute(done.order_by(StageRun.position)).tuples():
        outputs[job_id][stage] = str(sha256)
    made = select(Artifact.job_id, Artifact.kind, Artifact.variant, Artifact.sha256)
    for job_id, kind, variant, sha256 in session.execute(
        made.where(Artifact.job_id.in_(ids)).order_by(Artifact.id)
    ).tuples():
        artifacts[job_id][kind, variant] = sha256
    jobs = session.scalars(select(Job).where(Job.id.in_(ids))).all()
    return {
        job.id: Inputs(job=job, outputs=outputs[job.id], artifacts=artifacts[job.id])
        for job in jobs
    }


def still_held(session: Session, claims: Sequence[Claim]) -> list[Claim]:
    """List the claims whose result would still be taken: neither cancelled nor given away."""
    wanted = [(claim.stage_run_id, claim.fence) for claim in claims]
    held = session.scalars(
        select(StageRun.id).where(
            tuple_(StageRun.id, StageRun.fence).in_(wanted), StageRun.state == "running"
        )
    ).all()
    return [claim for claim in claims if claim.stage_run_id in set(held)]
