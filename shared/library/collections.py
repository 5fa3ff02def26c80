"""Collections: named sets of jobs. The caller commits."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from shared.db.ids import new_id
from shared.db.library_models import Collection, CollectionItem
from shared.db.models import Job
from shared.errors import CollectionNotFound
from shared.main_workspace import MAIN_WORKSPACE
from shared.queue.transitions import unexpired
from shared.timestamps import timestamp

__all__ = [
    "add_to_collection",
    "collection_document",
    "collections_of",
    "create_collection",
    "delete_collection",
    "get_collection",
    "list_collections",
    "remove_from_collection",
]


def create_collection(
    session: Session, name: str, owner: str, workspace_id: str = MAIN_WORKSPACE
) -> Collection:
    """Insert an empty collection and return it."""
    collection = Collection(id=new_id(), name=name, owner=owner, workspace_id=workspace_id)
    session.add(collection)
    session.flush()
    return collection


def get_collection(session: Session, collection_id: str, workspace_id: str) -> Collection:
    """Return a collection of a workspace.

    Raises:
        CollectionNotFound: it has none of this id.
    """
    collection = session.get(Collection, collection_id)
    if collection is None or collection.workspace_id != workspace_id:
        raise CollectionNotFound(collection_id)
    return collection


def list_collections(session: Session, workspace_id: str) -> list[dict[str, Any]]:
    """Return the documents of a workspace's collections, by name."""
    sizes = session.execute(
        select(CollectionItem.collection_id, func.count())
        .join(Job, Job.id == CollectionItem.job_id)
        .where(Job.workspace_id == workspace_id, unexpired())
        .group_by(CollectionItem.collection_id)
    )
    counts = dict(sizes.all())
    query = select(Collection).where(Collection.workspace_id == workspace_id)
    rows = session.scalars(query.order_by(func.lower(Collection.name), Collection.id))
    return [_document(row, counts.get(row.id, 0)) for row in rows]


def collection_document(session: Session, collection: Collection) -> dict[str, Any]:
    """Return the document of a collection."""
    count = session.scalar(
        select(func.count())
        .select_from(CollectionItem)
        .join(Job, Job.id == CollectionItem.job_id)
        .where(CollectionItem.collection_id == collection.id, unexpired())
    )
    return _document(collection, count or 0)


def _document(collection: Collection, size: int) -> dict[str, Any]:
    path = f"/api/v1/collections/{collection.id}"
    return {
        "id": collection.id,
        "name": collection.name,
        "size": size,
        "created_at": timestamp(collection.created_at),
        "links": {"self": path, "jobs": f"/api/v1/jobs?collection={collection.id}"},
    }


def add_to_collection(session: Session, collection_id: str, job_ids: Sequence[str]) -> None:
    """Add jobs to a collection; those that are in it stay."""
    if job_ids:
        rows = [{"collection_id": collection_id, "job_id": job_id} for job_id in sorted(job_ids)]
        session.execute(upsert(CollectionItem).values(rows).on_conflict_do_nothing())


def remove_from_collection(session: Session, collection_id: str, job_ids: Sequence[str]) -> None:
    """Remove jobs from a collection."""
    session.execute(
        delete(CollectionItem).where(
            CollectionItem.collection_id == collection_id, CollectionItem.job_id.in_(job_ids)
        )
    )


def delete_collection(session: Session, collection_id: str) -> None:
    """Delete a collection, but none of its jobs."""
    session.execute(delete(Collection).where(Collection.id == collection_id))


def collections_of(session: Session, job_id: str) -> list[str]:
    """Return the ids of the collections that a job is in."""
    query = select(CollectionItem.collection_id).where(CollectionItem.job_id == job_id)
    return list(session.scalars(query))
