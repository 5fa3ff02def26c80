"""Builds the arguments of pure stages from rows and artifacts, and stores their outputs."""

from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields

from shared.briefs.understood import ParsedBrief
from shared.errors import CodesignerError
from shared.queue.leases import ArtifactRecord
from shared.queue.stage_inputs import Inputs
from worker.execution.contracts import DesignOptions, StageArtifact, StageCall, StageResult

__all__ = ["build_call", "job_url", "put_files", "put_outputs"]


def job_url(public_url: str, job_id: str) -> str:
    """Return the absolute URL of a job's page."""
    return f"{public_url.rstrip('/')}/jobs/{job_id}"


def build_call(inputs: Inputs, get: Callable[[str], bytes], public_url: str) -> StageCall:
    """Read the inputs of one job's stage and return the arguments of its function.

    Raises:
        ArtifactNotFound, ArtifactCorrupt: an artifact is missing or has changed.
        CodesignerError: invalid_request: a required option of a design is missing.
    """
    job = inputs.job
    option_fields = fields(DesignOptions)
    names = [field.name for field in option_fields if field.name in job.options]
    missing = [
        field.name
        for field in option_fields
        if field.name not in names and field.default is MISSING
    ]
    if missing:
        raise CodesignerError("invalid_request", f"The job has no option {', '.join(missing)}.")
    return StageCall(
        job_id=job.id,
        brief=job.brief,
        options=DesignOptions(**{name: job.options[name] for name in names}),
        understood=ParsedBrief.from_document(job.understood),
        reference=None if job.reference_sha256 is None else get(job.reference_sha256),
        outputs={stage: get(sha256) for stage, sha256 in inputs.outputs.items()},
        artifacts={key: get(sha256) for key, sha256 in inputs.artifacts.items()},
        job_url=job_url(public_url, job.id),
    )


def put_outputs(
    results: Sequence[StageResult], put_many: Callable[[Sequence[bytes]], Sequence[str]]
) -> list[tuple[str, tuple[ArtifactRecord, ...]]]:
    """Store all bytes of a batch; return each result's output sha256 and artifact records.

    Raises:
        CodesignerError: storage_full or unavailable.
    """
    contents = [
        content
        for result in results
        for content in (result.output, *(file.content for file in result.artifacts))
    ]
    names = iter(put_many(contents))
    return [
        (next(names), tuple(_record(file, next(names)) for file in result.artifacts))
        for result in results
    ]


def put_files(
    files: Sequence[StageArtifact], put_many: Callable[[Sequence[bytes]], Sequence[str]]
) -> list[ArtifactRecord]:
    """Store files and return their records; raise as `put_outputs`."""
    names = put_many([file.content for file in files])
    return [_record(file, name) for file, name in zip(files, names, strict=True)]


def _record(artifact: StageArtifact, sha256: str) -> ArtifactRecord:
    return ArtifactRecord(
        kind=artifact.kind,
        variant=artifact.variant,
        sha256=sha256,
        media_type=artifact.media_type,
        size_bytes=len(artifact.content),
        width=artifact.width,
        height=artifact.height,
    )
