"""Print files: one variant of a design drawn again, as large as a printer wants it.

A print is a job of its own. It goes on from the design's description and semantic code, with the
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
    "NoSuchVariant",
    "PrintAsked",
    "print_submission",
    "prints_of",
    "side_cm",
]

PRINT_SIZES = (2048, 4096)
"""Sides of a print file that can be asked for, px."""
PRINT_DPI = 300
"""Dots per inch where nothing is said."""
_CM_AN_INCH = 2.54


@dataclass(frozen=True, kw_only=True)
class PrintAsked:
    """What is to be printed."""

    variant: int
    """From 0."""
    size: int = PRINT_SIZES[-1]
    """Side in px."""
    dpi: int = PRINT_DPI


class NoSuchVariant(InvalidRequest):
    """A design does not have the variant that is to be printed."""

    def __init__(self, last: int) -> None:
        super().__init__(FieldError(field="variant", message=f"Must be at most {last}."))
        self.last = last
        """Number of the last one it has."""


def side_cm(size_px: int, dpi: int) -> float:
    """Give the side of a print in cm, to the millimetre."""
    return round(size_px / dpi * _CM_AN_INCH, 1)


def print_submission(session: Session, job_id: str, asked: PrintAsked) -> Submission:
    """Give what is to be submitted for a print of one variant of a design.

    Raises:
        JobNotFound, JobExpired: there is no such job.
        CodesignerError: job_not_printable, it is no design that succeeded.
        NoSuchVariant: the design does not have it.
    """
    source = get_job(session, job_id)
    _check(source, asked)
    payload = json.dumps({"print_of": source.id, **asdict(asked)}, sort_keys=True)
    return Submission(
        pipeline="print",
        brief=source.brief,
        options={**source.options, **asdict(asked)},
        understood=source.understood,
        reference_sha256=source.reference_sha256,
        reference_notice=tuple(source.reference_notice),
        payload=hashlib.sha256(payload.encode()).hexdigest(),
        model_versions=source.model_versions,
        print_of=source.id,
        carried_from=source.id,
    )


def _check(source: Job, asked: PrintAsked) -> None:
    if source.pipeline != "design" or source.state != "succeeded":
        what = f"is {source.state}" if source.pipeline == "design" else "is no design"
        message = f"The job {source.id} {what}: only designs that succeeded can be printed."
        raise CodesignerError("job_not_printable", message)
    last = int(source.options["variants"]) - 1
    if asked.variant > last:
        raise NoSuchVariant(last)


def prints_of(session: Session, job: Job) -> Sequence[Job]:
    """List the prints of a design that have not expired, newest first."""
    if not job.prints:
        return []
    found = select(Job).where(Job.print_of == job.id, unexpired())
    return session.scalars(found.order_by(Job.id.desc())).all()
