"""Read-only queries of the library pages."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.db.library_models import LibraryEntry
from shared.db.models import ACTIVE, Artifact, Job
from shared.jobs.serializers import artifact_url
from shared.pipelines import WITH_VARIANTS
from shared.queue.transitions import unexpired
from web.http.access import present_workspace

__all__ = [
    "BatchSummary",
    "batch_summaries",
    "frequent_tags",
    "variant_files",
    "variant_thumbnails",
    "visible_jobs",
]

MAX_TAGS = 24
_MAX_COVER = 6


@dataclass(kw_only=True)
class BatchSummary:
    """What the card of a batch shows."""

    size: int = 0
    """Number of its jobs that are there."""
    active: int = 0
    thumbnails: list[str] = field(default_factory=list)
    """URLs of the first variants of its first jobs."""


def visible_jobs(session: Session, job_ids: Sequence[str]) -> list[Job]:
    """Return those of the jobs that are in the visitor's library, in the order of the ids."""
    query = select(Job).where(
        Job.id.in_(job_ids),
        Job.pipeline.in_(WITH_VARIANTS),
        Job.workspace_id == present_workspace(),
    )
    jobs = {job.id: job for job in session.scalars(query.where(unexpired()))}
    return [jobs[job_id] for job_id in dict.fromkeys(job_ids) if job_id in jobs]


def variant_thumbnails(session: Session, job_ids: Sequence[str]) -> dict[str, dict[int, str]]:
    """Return the URLs of the thumbnails of jobs by variant."""
    thumbnails: dict[str, dict[int, str]] = defaultdict(dict)
    rows = session.execute(
        select(Artifact.job_id, Artifact.variant, Artifact.sha256).where(
            Artifact.job_id.in_(job_ids), Artifact.kind == "thumbnail"
        )
    )
    for job_id, variant, sha256 in rows:
        thumbnails[job_id][variant] = artifact_url(sha256)
    return thumbnails


def batch_summaries(session: Session, batch_ids: Sequence[str]) -> dict[str, BatchSummary]:
    """Return what the cards of batches show, by id."""
    summaries: dict[str, BatchSummary] = defaultdict(BatchSummary)
    if not batch_ids:
        return summaries
    of_batches = (Job.batch_id.in_(batch_ids), unexpired())
    is_active = Job.state.in_(ACTIVE)
    counts = select(Job.batch_id, func.count(), func.count().filter(is_active)).where(*of_batches)
    for batch_id, size, active in session.execute(counts.group_by(Job.batch_id)):
        summaries[str(batch_id)] = BatchSummary(size=size, active=active)
    pictures = (
        select(Job.batch_id, Artifact.sha256)
        .join(Artifact, Artifact.job_id == Job.id)
        .where(*of_batches, Job.batch_index < 2 * _MAX_COVER)
        .where(Artifact.kind == "thumbnail", Artifact.variant == 0)
        .order_by(Job.batch_id, Job.batch_index)
    )
    for batch_id, sha256 in session.execute(pictures):
        thumbnails = summaries[str(batch_id)].thumbnails
        if len(thumbnails) < _MAX_COVER:
            thumbnails.append(artifact_url(sha256))
    return summaries


def frequent_tags(session: Session) -> list[str]:
    """Return the most frequent tags of the library, by name; those that differ in case once."""
    tag = func.unnest(LibraryEntry.tags).label("tag")
    tags = select(tag).join(Job, Job.id == LibraryEntry.job_id)
    rows = tags.where(
        Job.workspace_id == present_workspace(),
        unexpired(),
        func.cardinality(LibraryEntry.tags) > 0,
    ).subquery()
    most = (
        select(func.max(rows.c.tag))
        .group_by(func.lower(rows.c.tag))
        .order_by(func.count().desc())
        .limit(MAX_TAGS)
    )
    return sorted(session.scalars(most), key=str.lower)


def variant_files(session: Session, job_id: str, variant: int) -> dict[str, Artifact]:
    """Return the files of a variant by kind."""
    query = select(Artifact).where(Artifact.job_id == job_id, Artifact.variant == variant)
    return {file.kind: file for file in session.scalars(query.order_by(Artifact.id))}
