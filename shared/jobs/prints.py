"""Print files: a variant of a design, drawn again at the resolution of a printer.

A print is a separate job. It continues from the design's description and semantic code with the
same seed and model versions, so that it is the same design in more pixels.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.models import Job
from shared.errors import CodesignerError, FieldError, InvalidRequest
from shared.jobs.submission import Submission, get_job
from shared.queue.transitions import unexpired

__all__ = [
    "PRINT_DPI",
    "PRINT_SIZES",
    "PrintAsked",
    "VariantNotFound",
    "print_submission",
    "prints_of",
    "side_cm",
]

PRINT_SIZES = (2048, 4096)
"""Supported sides of a print file, px."""
PRINT_DPI = 300
"""Default resolution, dots per inch."""
_CM_PER_INCH = 2.54


@dataclass(frozen=True, kw_only=True)
class PrintAsked:
    """A validated request for a print."""

    variant: int
    """Index of the variant, from 0."""
    size: int = PRINT_SIZES[-1]
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


def print_submission(session: Session, job_id: str, request: PrintAsked) -> Submission:
    """Return the submission for a print of one variant of a design.

    Raises:
        JobNotFound, JobExpired: the job does not exist, or has expired.
        CodesignerError: job_not_printable; it is not a succeeded design.
        VariantNotFound: the design does not have the variant.
    """
    source = get_job(session, job_id)
    _check_printable(source, request)
    payload = json.dumps({"print_of": source.id, **asdict(request)}, sort_keys=True)
    return Submission(
        pipeline="print",
        brief=source.brief,
        options={**source.options, **asdict(request)},
        understood=source.understood,
        reference_sha256=source.reference_sha256,
        reference_notice=tuple(source.reference_notice),
        payload=hashlib.sha256(payload.encode()).hexdigest(),
        model_versions=source.model_versions,
        print_of=source.id,
        carried_from=source.id,
    )


def _check_printable(source: Job, request: PrintAsked) -> None:
    if source.pipeline != "design" or source.state != "succeeded":
        reason = f"is {source.state}" if source.pipeline == "design" else "is not a design"
        message = f"The job {source.id} {reason}: only designs that succeeded can be printed."
        raise CodesignerError("job_not_printable", message)
    last = int(source.options["variants"]) - 1
    if request.variant > last:
        raise VariantNotFound(last)


def prints_of(session: Session, job: Job) -> Sequence[Job]:
    """Return the unexpired prints of a design, newest first."""
    if not job.prints:
        return []
    query = select(Job).where(Job.print_of == job.id, unexpired())
    return session.scalars(query.order_by(Job.id.desc())).all()
