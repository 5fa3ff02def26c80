"""Embeddings of searches: computed by a worker on request, and kept for a day.

The web front end asks for one by its key and reads the row until it is there. The caller commits.
"""

import hashlib
from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from shared.db.library_models import QueryVector
from shared.queue.transitions import seconds_from_now

__all__ = [
    "PICTURE_KEY",
    "add_query_vector",
    "delete_old_query_vectors",
    "picture_key",
    "picture_of",
    "query_vector",
    "text_key",
]

PICTURE_KEY = "picture:"
"""Beginning of the keys of pictures."""
_KEEP_S = 86_400.0


def text_key(text: str) -> str:
    """Return the key of a search by meaning."""
    return f"text:{hashlib.sha256(text.strip().lower().encode()).hexdigest()}"


def picture_key(sha256: str) -> str:
    """Return the key of a search by a stored picture."""
    return PICTURE_KEY + sha256


def picture_of(key: str) -> str | None:
    """Return the sha256 of the picture of a key; None if it is that of a search by meaning."""
    kind, _colon, sha256 = key.partition(":")
    return sha256 if kind == "picture" else None


def query_vector(session: Session, key: str, encoder: str) -> list[float] | None:
    """Return the embedding of a search by these encoders; None if none has computed it yet."""
    row = session.get(QueryVector, (key, encoder))
    return None if row is None else row.vector


def add_query_vector(session: Session, key: str, encoder: str, vector: Sequence[float]) -> None:
    """Store an embedding; one that is there stays."""
    session.execute(
        upsert(QueryVector)
        .values(key=key, encoder=encoder, vector=list(vector))
        .on_conflict_do_nothing()
    )


def delete_old_query_vectors(session: Session) -> None:
    """Delete the embeddings that are older than a day."""
    session.execute(delete(QueryVector).where(QueryVector.created_at < seconds_from_now(-_KEEP_S)))
