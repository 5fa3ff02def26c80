"""Read-only queries of what a share link shows: never more than its job or its collection.

It shows the variants that were not rejected, by the files of a few kinds. Reference images, prints
and outputs of stages are not among them.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from shared.accounts.share_links import OpenedLink
from shared.db.library_models import Collection, CollectionItem, LibraryEntry, LibraryVariant
from shared.db.models import Artifact, Job
from shared.pipelines import WITH_VARIANTS
from shared.queue.transitions import unexpired

__all__ = [
    "DOWNLOADED_KINDS",
    "SHOWN_KINDS",
    "count_shared_jobs",
    "shared_artifact",
    "shared_artifacts",
    "shared_jobs",
    "shared_name",
    "shared_names",
]

SHOWN_KINDS = ("preview", "thumbnail", "sketch")
"""Kinds of artifacts that every link shows."""
DOWNLOADED_KINDS = (*SHOWN_KINDS, "tile", "vector", "design", "licences")
"""Kinds of artifacts that may be fetched by a link with downloads."""


def shared_jobs(session: Session, link: OpenedLink, *, limit: int, offset: int = 0) -> list[Job]:
    """Return the designs of a link, the newest first; of a collection those with a picture."""
    query = select(Job).where(*_is_shared(link)).order_by(Job.id.desc())
    return list(session.scalars(query.limit(limit).offset(offset)))


def count_shared_jobs(session: Session, link: OpenedLink) -> int:
    """Return the number of the designs of a link."""
    return session.scalar(select(func.count()).select_from(Job).where(*_is_shared(link))) or 0


def _is_shared(link: OpenedLink) -> list[ColumnElement[bool]]:
    conditions = _in_link(link)
    if link.collection_id is not None:
        picture = select(Artifact.id).where(Artifact.job_id == Job.id, *_is_shown(SHOWN_KINDS))
        conditions.append(picture.exists())
    return conditions


def _in_link(link: OpenedLink) -> list[ColumnElement[bool]]:
    conditions = [
        Job.workspace_id == link.workspace_id,
        Job.pipeline.in_(WITH_VARIANTS),
        unexpired(),
    ]
    if link.job_id is not None:
        return [*conditions, Job.id == link.job_id]
    members = select(CollectionItem.job_id).where(
        CollectionItem.collection_id == link.collection_id
    )
    return [*conditions, Job.id.in_(members)]


def _is_shown(kinds: Sequence[str]) -> list[ColumnElement[bool]]:
    rejected = exists().where(
        LibraryVariant.job_id == Artifact.job_id,
        LibraryVariant.variant == Artifact.variant,
        LibraryVariant.verdict == "reject",
    )
    return [Artifact.kind.in_(kinds), ~rejected]


def shared_artifacts(
    session: Session, link: OpenedLink, job_ids: Sequence[str]
) -> Sequence[Artifact]:
    """Return the files of designs that may be fetched by a link, by variant."""
    query = _artifacts(link).where(Artifact.job_id.in_(job_ids))
    return session.scalars(query.order_by(Artifact.job_id, Artifact.variant, Artifact.id)).all()


def shared_artifact(session: Session, link: OpenedLink, sha256: str) -> Artifact | None:
    """Return a file, if it may be fetched by a link."""
    query = _artifacts(link).where(Artifact.sha256 == sha256)
    return session.scalars(query.order_by(Artifact.id).limit(1)).one_or_none()


def _artifacts(link: OpenedLink) -> Select[Artifact]:
    kinds = DOWNLOADED_KINDS if link.download else SHOWN_KINDS
    of_link = select(Artifact).join(Job, Job.id == Artifact.job_id).where(*_in_link(link))
    return of_link.where(*_is_shown(kinds))


def shared_name(session: Session, link: OpenedLink) -> str:
    """Return the name of a link's collection or design; empty: it has none."""
    if link.job_id is not None:
        return shared_names(session, [link.job_id]).get(link.job_id, "")
    return session.scalar(select(Collection.name).where(Collection.id == link.collection_id)) or ""


def shared_names(session: Session, job_ids: Sequence[str]) -> dict[str, str]:
    """Return the names of designs by id, of those that have one."""
    query = select(LibraryEntry.job_id, LibraryEntry.name).where(LibraryEntry.job_id.in_(job_ids))
    return {job_id: name for job_id, name in session.execute(query) if name}
