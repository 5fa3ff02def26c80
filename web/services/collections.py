"""Changes of collections, with their audit events."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from shared.db.library_models import Collection
from shared.library import collections
from web.http.access import present_workspace
from web.http.audit import audit
from web.http.identity import present_owner

__all__ = ["change_members", "create_collection", "delete_collection", "rename_collection"]


def create_collection(session: Session, name: str) -> Collection:
    """Create an empty collection of the request's owner."""
    row = collections.create_collection(session, name, present_owner().name, present_workspace())
    audit(session, "collection.create", row.id, after={"name": name})
    return row


def rename_collection(session: Session, collection_id: str, name: str) -> Collection:
    """Rename a collection.

    Raises:
        CollectionNotFound: it does not exist.
    """
    row = collections.get_collection(session, collection_id, present_workspace())
    before = {"name": row.name, "owner": row.owner}
    row.name = name
    session.flush()
    audit(session, "collection.rename", row.id, before=before, after={"name": name})
    return row


def delete_collection(session: Session, collection_id: str) -> None:
    """Delete a collection, but none of its jobs.

    Raises:
        CollectionNotFound: it does not exist.
    """
    row = collections.get_collection(session, collection_id, present_workspace())
    before = {"name": row.name, "owner": row.owner}
    collections.delete_collection(session, row.id)
    audit(session, "collection.delete", collection_id, before=before)


def change_members(
    session: Session, collection_id: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> Collection:
    """Add jobs to a collection, and take jobs out of it.

    Raises:
        CollectionNotFound: it does not exist.
    """
    row = collections.get_collection(session, collection_id, present_workspace())
    if add:
        collections.add_to_collection(session, row.id, add)
    if remove:
        collections.remove_from_collection(session, row.id, remove)
    after = {"added": list(add), "removed": list(remove)}
    audit(session, "collection.change", row.id, after=after)
    return row
