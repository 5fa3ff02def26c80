"""What the pages show of a job, made from its document."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, Artifact, Job, ModelVersion
from shared.jobs.prints import prints_of, side_cm
from shared.jobs.serializers import artifact_url, job_document
from shared.queue.estimates import MOST_COUNTED
from web.presentation.tags import Chip, chips_of

__all__ = ["JobView", "Print", "Variant", "job_view", "seconds_between"]


@dataclass(frozen=True, kw_only=True)
class Print:
    """The print of a variant, as far as it is."""

    job_id: str
    variant: int
    state: str
    version: int
    size_px: int
    side_cm: float
    dpi: int
    url: str | None
    """Of the file; None until it is there."""
    size_mb: float

    @property
    def active(self) -> bool:
        """Whether its job has not ended."""
        return self.state in ACTIVE


@dataclass(frozen=True, kw_only=True)
class Variant:
    """The files of one of a job's designs, by kind, and its latest print."""

    number: int
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    printed: Print | None = None

    @property
    def shown(self) -> dict[str, Any] | None:
        """The sketch, or the tile as long as there is none."""
        return self.files.get("sketch") or self.files.get("tile") or self.files.get("thumbnail")


@dataclass(frozen=True, kw_only=True)
class JobView:
    """A job as its page shows it."""

    document: dict[str, Any]
    chips: list[Chip]
    variants: list[Variant]
    versions: list[ModelVersion]
    further: list[dict[str, Any]]
    """Files that belong to no design, such as a training run's sample sheets."""

    @property
    def active(self) -> bool:
        """Whether the job has not ended."""
        return self.document["state"] in ACTIVE

    @property
    def least_before(self) -> int | None:
        """How many are before it at least, where there are too many to be counted."""
        position = self.document["queue"]["position"]
        return MOST_COUNTED if position is not None and position > MOST_COUNTED else None

    @property
    def took_s(self) -> float | None:
        """Seconds from start to end."""
        return seconds_between(self.document["started_at"], self.document["finished_at"])


def job_view(session: Session, job: Job, language: str) -> JobView:
    """Give the view of a job."""
    document = job_document(session, job)
    printed = {each.variant: each for each in reversed(_prints(session, job))}
    variants: dict[int, Variant] = {}
    further = []
    for made in document["artifacts"]:
        if job.pipeline in ("design", "print") and made["media_type"].startswith("image/"):
            number = made["variant"]
            known = variants.setdefault(number, Variant(number=number, printed=printed.get(number)))
            known.files[made["kind"]] = made
        else:
            further.append(made)
    versions = session.scalars(
        select(ModelVersion)
        .where(ModelVersion.id.in_(job.model_versions.values()))
        .order_by(ModelVersion.role)
    ).all()
    return JobView(
        document=document,
        chips=chips_of(job.understood, language),
        variants=[variants[number] for number in sorted(variants)],
        versions=list(versions),
        further=further,
    )


def _prints(session: Session, job: Job) -> list[Print]:
    """List a design's prints, or the one that a print's job is, newest first."""
    jobs = [job] if job.pipeline == "print" else prints_of(session, job)
    ids = [each.id for each in jobs]
    made = select(Artifact).where(Artifact.job_id.in_(ids), Artifact.kind == "print")
    files = {file.job_id: file for file in session.scalars(made)} if ids else {}
    return [_print(each, files.get(each.id)) for each in jobs]


def _print(job: Job, file: Artifact | None) -> Print:
    size_px, dpi = job.options["size"], job.options["dpi"]
    return Print(
        job_id=job.id,
        variant=job.options["variant"],
        state=job.state,
        version=job.version,
        size_px=size_px,
        side_cm=side_cm(size_px, dpi),
        dpi=dpi,
        url=None if file is None else artifact_url(file.sha256),
        size_mb=0.0 if file is None else round(file.size_bytes / 1e6, 1),
    )


def seconds_between(start: str | None, end: str | None) -> float | None:
    """Give the seconds between two times as the API writes them."""
    if start is None or end is None:
        return None
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
