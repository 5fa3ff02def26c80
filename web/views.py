"""What the pages show of a job, made from its document."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.documents import job_document
from shared.rows import ACTIVE, Job, ModelVersion
from web.chips import Chip, chips_of

__all__ = ["JobView", "Variant", "seconds_between", "view_of"]


@dataclass(frozen=True, kw_only=True)
class Variant:
    """The files of one of a job's designs, by kind."""

    number: int
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

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
    def took_s(self) -> float | None:
        """Seconds from start to end."""
        return seconds_between(self.document["started_at"], self.document["finished_at"])


def view_of(session: Session, job: Job, language: str) -> JobView:
    """Give the view of a job."""
    document = job_document(session, job)
    variants: dict[int, Variant] = {}
    further = []
    for made in document["artifacts"]:
        if job.pipeline == "design" and made["media_type"].startswith("image/"):
            number = made["variant"]
            variants.setdefault(number, Variant(number=number)).files[made["kind"]] = made
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


def seconds_between(start: str | None, end: str | None) -> float | None:
    """Give the seconds between two times as the API writes them."""
    if start is None or end is None:
        return None
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
