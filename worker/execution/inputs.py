"""From rows and stored bytes to what a pure stage is called with, and back to what is kept."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields, replace

from shared.briefs.parser import Understood
from shared.errors import CodesignerError
from shared.queue.leases import ArtifactRecord
from shared.queue.stage_inputs import Inputs
from worker.execution.contracts import DesignOptions, StageArtifact, StageCall, StageResult

__all__ = ["call_after", "call_from", "inputs_after", "job_url", "put_results"]


def job_url(public_url: str, job_id: str) -> str:
    """Give the absolute link to a job's page."""
    return f"{public_url.rstrip('/')}/jobs/{job_id}"


def call_from(inputs: Inputs, get: Callable[[str], bytes], public_url: str) -> StageCall:
    """Read what one job's stage may look at.

    Raises:
        ArtifactNotFound, ArtifactCorrupt: bytes are missing or have changed.
        CodesignerError: invalid_request, the job's options are not those of a design.
    """
    job = inputs.job
    known = fields(DesignOptions)
    names = [field.name for field in known if field.name in job.options]
    missing = [
        field.name for field in known if field.name not in names and field.default is MISSING
    ]
    if missing:
        raise CodesignerError("invalid_request", f"The job has no option {', '.join(missing)}.")
    return StageCall(
        job_id=job.id,
        brief=job.brief,
        options=DesignOptions(**{name: job.options[name] for name in names}),
        understood=Understood.from_document(job.understood),
        reference=None if job.reference_sha256 is None else get(job.reference_sha256),
        outputs={stage: get(sha256) for stage, sha256 in inputs.outputs.items()},
        artifacts={key: get(sha256) for key, sha256 in inputs.artifacts.items()},
        job_url=job_url(public_url, job.id),
    )


def call_after(call: StageCall, stage: str, result: StageResult) -> StageCall:
    """Give what the next stage is called with, before anything is stored."""
    made = {(each.kind, each.variant): each.content for each in result.artifacts}
    return replace(
        call,
        outputs={**call.outputs, stage: result.output},
        artifacts={**call.artifacts, **made},
    )


def inputs_after(inputs: Inputs, stage: str, result: StageResult) -> Inputs:
    """Give what the next stage takes over, before anything is stored."""
    made = {(each.kind, each.variant): _sha256(each.content) for each in result.artifacts}
    return replace(
        inputs,
        outputs={**inputs.outputs, stage: _sha256(result.output)},
        artifacts={**inputs.artifacts, **made},
        failures=(),
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def put_results(
    results: Sequence[StageResult], put_many: Callable[[Sequence[bytes]], Sequence[str]]
) -> list[tuple[str, tuple[ArtifactRecord, ...]]]:
    """Store all bytes of a batch; give each result's output's sha256 and artifacts' records.

    Raises:
        CodesignerError: storage_full or unavailable.
    """
    contents = [
        content
        for result in results
        for content in (result.output, *(each.content for each in result.artifacts))
    ]
    names = iter(put_many(contents))
    return [
        (next(names), tuple(_record(each, next(names)) for each in result.artifacts))
        for result in results
    ]


def _record(made: StageArtifact, sha256: str) -> ArtifactRecord:
    return ArtifactRecord(
        kind=made.kind,
        variant=made.variant,
        sha256=sha256,
        media_type=made.media_type,
        size_bytes=len(made.content),
        width=made.width,
        height=made.height,
    )
