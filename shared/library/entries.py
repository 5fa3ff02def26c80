"""Library entries of jobs: names, tags, judgements of variants, and their documents.

The caller commits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from shared.db.library_models import LibraryEntry, LibraryVariant
from shared.db.models import Job
from shared.library.terms import tag_term, terms_of

__all__ = [
    "Review",
    "add_entry",
    "count_change",
    "entry_texts",
    "library_documents",
    "review_variant",
    "update_entries",
    "update_entry",
]

_INSERT_ENTRY = text("INSERT INTO library_entry (job_id, terms) VALUES (:job_id, :terms)")
_IS_JUDGED = LibraryVariant.favourite | LibraryVariant.verdict.is_not(None)
_DOCUMENTS = (
    select(
        Job.id,
        LibraryEntry.name,
        LibraryEntry.tags,
        LibraryVariant.variant,
        LibraryVariant.favourite,
        LibraryVariant.verdict,
    )
    .outerjoin(LibraryEntry, LibraryEntry.job_id == Job.id)
    .outerjoin(LibraryVariant, (LibraryVariant.job_id == Job.id) & _IS_JUDGED)
    .where(Job.id.in_(bindparam("job_ids", expanding=True)))
    .order_by(LibraryVariant.variant)
)


@dataclass(frozen=True, kw_only=True)
class Review:
    """What changes in the judgement of a variant."""

    variant: int
    changes: Mapping[str, Any]
    """New values of "favourite" (bool) and "verdict" (one of `VERDICTS`, or None)."""


def add_entry(session: Session, job: Job) -> None:
    """Insert the entry of a new job."""
    terms = terms_of(entry_texts(job), job.understood)
    session.execute(_INSERT_ENTRY, {"job_id": job.id, "terms": terms})


def entry_texts(job: Job) -> list[str]:
    """Return the texts of a job by which it is found: its brief, and the words of an edit."""
    edited = job.options.get("derived_from") or {}
    return [job.brief, *([edited["say"]] if edited.get("say") else [])]


def update_entry(
    session: Session, job: Job, *, name: str | None = None, tags: Sequence[str] | None = None
) -> None:
    """Set the name or the tags of a job; None: as they are. The library lists it from then on."""
    entry = session.get(LibraryEntry, job.id, with_for_update=True)
    if entry is None:
        add_entry(session, job)
        entry = session.get_one(LibraryEntry, job.id)
    entry.name = entry.name if name is None else name
    entry.tags = entry.tags if tags is None else list(tags)
    entry.terms = terms_of([*entry_texts(job), entry.name], job.understood, tags=entry.tags)
    count_change(session, [job.id])


def update_entries(
    session: Session, jobs: Sequence[Job], *, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> int:
    """Add tags to jobs and remove tags from them, without regard to case.

    Returns:
        The number of tags of the job that has most.
    """
    removed, most = {tag_term(tag) for tag in remove}, 0
    for job in sorted(jobs, key=lambda each: each.id):
        entry = session.get(LibraryEntry, job.id, with_for_update=True)
        old = [] if entry is None else entry.tags
        tags = {tag_term(tag): tag for tag in old if tag_term(tag) not in removed}
        for tag in add:
            tags.setdefault(tag_term(tag), tag)
        update_entry(session, job, tags=list(tags.values()))
        most = max(most, len(tags))
    return most


def review_variant(session: Session, job_id: str, review: Review) -> None:
    """Record the judgement of a variant."""
    if not review.changes:
        return
    session.execute(
        upsert(LibraryVariant)
        .values(job_id=job_id, variant=review.variant, **review.changes)
        .on_conflict_do_update(index_elements=["job_id", "variant"], set_=dict(review.changes))
    )
    count_change(session, [job_id])


def count_change(session: Session, job_ids: Sequence[str]) -> None:
    """Count a change of what the library records of jobs, on which their ETags depend."""
    statement = update(Job).where(Job.id.in_(job_ids))
    session.execute(
        statement.values(library_version=Job.library_version + 1).execution_options(
            synchronize_session="fetch"
        )
    )


def library_documents(session: Session, job_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what the library records of jobs, by id: name, tags, and judged variants."""
    rows = session.execute(_DOCUMENTS, {"job_ids": job_ids})
    documents: dict[str, dict[str, Any]] = {}
    for job_id, name, tags, variant, favourite, verdict in rows:
        new = {"name": name or "", "tags": tags or [], "reviews": []}
        document = documents.setdefault(job_id, new)
        if variant is not None:
            review = {"variant": variant, "favourite": favourite, "verdict": verdict}
            document["reviews"].append(review)
    return documents
