"""Steps of the tests of deletion: age files, end the undo, collect."""

import os
import time
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from shared.db.deletion_models import Deletion, Disposal
from shared.db.models import Job
from shared.deletions.collection import collect_deletions
from shared.queue.transitions import seconds_from_now
from shared.storage.artifacts import ArtifactStore

__all__ = ["age_files", "collect", "end_undo", "files_of_store", "notes", "only_deletion"]


def files_of_store(store: ArtifactStore) -> set[str]:
    """Return the names of all files of a store in a folder."""
    folder = Path(store.url.removeprefix("file://"))
    return {path.name for path in folder.glob("??/*")}


def age_files(store: ArtifactStore, seconds: float = 3600) -> None:
    """Let all files of a store in a folder have been stored earlier."""
    folder = Path(store.url.removeprefix("file://"))
    for path in folder.glob("??/*"):
        os.utime(path, (time.time() - seconds,) * 2)


def end_undo(sessions: sessionmaker[Session]) -> None:
    """Let all deletions have been asked for earlier than can be undone."""
    with sessions.begin() as session:
        session.execute(
            update(Job).where(Job.deleted_at.is_not(None)).values(deleted_at=seconds_from_now(-601))
        )
        session.execute(update(Deletion).values(undo_until=seconds_from_now(-1)))


def collect(sessions: sessionmaker[Session], store: ArtifactStore) -> None:
    """Collect, with all that is due."""
    with sessions.begin() as session:
        session.execute(update(Disposal).values(due_at=func.clock_timestamp()))
    collect_deletions(sessions, store)


def only_deletion(sessions: sessionmaker[Session]) -> Deletion:
    """Return the row of the only deletion."""
    with sessions() as session:
        return session.scalars(select(Deletion)).one()


def notes(sessions: sessionmaker[Session]) -> set[str]:
    """Return the names of the bytes that are still to be deleted."""
    with sessions() as session:
        return set(session.scalars(select(Disposal.sha256)))
