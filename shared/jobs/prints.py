"""Print files: a variant of a design, drawn again at the resolution of a printer.

A print is a separate job. It draws the design's record, so that it is the same design in more
pixels.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Unpack

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from shared.db.models import Artifact, Job
from shared.errors import CodesignerError, FieldError, InvalidRequest
from shared.jobs.insertion import DesignInput, PrintSource, Submission, SubmissionFields
from shared.jobs.submission import get_job
from shared.queue.transitions import unexpired

__all__ = [
    "DEFAULT_PRINT_PX",
    "PRINT_DPI",
    "PRINT_SIZES",
    "PrintOptions",
    "VariantNotFound",
    "print_submission",
    "prints_of",
    "side_cm",
]

PRINT_SIZES = (2048, 4096, 8192)
"""Supported sides of a print file, px."""
DEFAULT_PRINT_PX = 4096
PRINT_DPI = 300
"""Default resolution, dots per inch."""
_CM_PER_INCH = 2.54


@dataclass(frozen=True, kw_only=True)
class PrintOptions:
    """Validated options of a print."""

    variant: int
    """Index of the variant, from 0."""
    size: int = DEFAULT_PRINT_PX
    """Side in px."""
    dpi: int = PRINT_DPI


class VariantNotFound(InvalidRequest):
    """The design does not have the requested variant."""

    def __init__(self, last: int) -> None:
        super().__init__(FieldError(field="variant", message=f"Must be at most {last}."))
        self.last = last
        """Index of the design's last variant."""


def side_cm(size_px: int, dpi: int) -> float:
    """Return the side of a print in cm, rounded to a millimetre."""
    return round(size_px / dpi * _CM_PER_INCH, 1)


def printable_design(session: Session, job_id: str, options: PrintOptions) -> Job:
    """Return a succeeded design that has the variant to print.

    Raises:
        JobNotFound, JobExpired: the job does not exist, or has expired.
        CodesignerError: job_not_printable; it is not a succeeded design, or has no record.
        VariantNotFound: the design does not have the variant.
    """
    job = get_job(session, job_id)
    if job.pipeline != "design" or job.state != "succeeded":
        reason = f"is {job.state}" if job.pipeline == "design" else "is not a design"
        message = f"The job {job.id} {reason}: only designs that succeeded can be printed."
        raise CodesignerError("job_not_printable", message)
    last = int(job.options["variants"]) - 1
    if options.variant > last:
        raise VariantNotFound(last)
    if not _has_record(session, job.id, options.variant):
        message = f"The job {job.id} was drawn before design records and has none to print from."
        raise CodesignerError("job_not_printable", message)
    return job


def _has_record(session: Session, job_id: str, variant: int) -> bool:
    record = exists().where(
        Artifact.job_id == job_id, Artifact.kind == "design", Artifact.variant == variant
    )
    return bool(session.scalar(select(record)))


def print_submission(
    design: Job, options: PrintOptions, **fields: Unpack[SubmissionFields]
) -> Submission:
    """Return the submission for a print of one variant of a printable design."""
    payload = json.dumps({"print_of": design.id, **asdict(options)}, sort_keys=True)
    fields["payload_hash"] = hashlib.sha256(payload.encode()).hexdigest()
    return Submission(
        pipeline="print",
        brief=design.brief,
        options={**design.options, **asdict(options)},
        design=DesignInput.of_job(design),
        print_source=PrintSource(design_id=design.id, results_of=design.id),
        model_versions=design.model_versions,
        **fields,
    )


def prints_of(session: Session, job: Job) -> Sequence[Job]:
    """Return the unexpired prints of a design, newest first."""
    if not job.prints:
        return []
    query = select(Job).where(Job.print_of == job.id, unexpired())
    return session.scalars(query.order_by(Job.id.desc())).all()
