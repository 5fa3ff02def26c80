"""From rows and stored bytes to what a pure stage is called with, and back to what is kept."""

from collections.abc import Callable
from dataclasses import MISSING, fields

from shared.artifacts import ArtifactStore
from shared.errors import CodesignerError
from shared.handover import Inputs
from shared.queue import ArtifactRecord
from shared.understanding import Understood
from worker.contracts import DesignOptions, StageCall, StageResult

__all__ = ["call_from", "job_url", "put_result"]


def job_url(public_url: str, job_id: str) -> str:
    """Give the absolute link to a job's page."""
    return f"{public_url.rstrip('/')}/jobs/{job_id}"


def call_from(inputs: Inputs, store: ArtifactStore, public_url: str) -> StageCall:
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
        reference=None if job.reference_sha256 is None else store.get(job.reference_sha256),
        outputs={stage: store.get(sha256) for stage, sha256 in inputs.outputs.items()},
        artifacts={key: store.get(sha256) for key, sha256 in inputs.artifacts.items()},
        job_url=job_url(public_url, job.id),
    )


def put_result(
    result: StageResult, put: Callable[[bytes], str]
) -> tuple[str, tuple[ArtifactRecord, ...]]:
    """Store all bytes of a result; give the output's sha256 and the artifacts' records.

    Raises:
        CodesignerError: storage_full.
    """
    made = tuple(
        ArtifactRecord(
            kind=each.kind,
            variant=each.variant,
            sha256=put(each.content),
            media_type=each.media_type,
            size_bytes=len(each.content),
            width=each.width,
            height=each.height,
        )
        for each in result.artifacts
    )
    return put(result.output), made
