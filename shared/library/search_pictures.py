"""Pictures that people upload to search with: for who uploaded one alone, for less than an hour.

The caller commits.
"""

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from shared.db.deletion_models import SearchPicture
from shared.db.library_models import QueryVector
from shared.library.query_vectors import PICTURE_KEY
from shared.queue.transitions import seconds_from_now

__all__ = ["add_search_picture", "expire_search_pictures", "is_own_picture"]

_MAX_PICTURES = 20
"""Of one owner."""
_KEEP_S = 3_300.0
"""An hour, less the minutes until the next collection."""


def add_search_picture(session: Session, sha256: str, owner: str) -> None:
    """Record that somebody uploaded a picture, whose bytes are stored and held.

    Of earlier ones the last stay: they are of no quota.
    """
    values = {"expires_at": seconds_from_now(_KEEP_S)}
    session.execute(
        upsert(SearchPicture)
        .values(sha256=sha256, owner=owner, **values)
        .on_conflict_do_update(index_elements=["sha256", "owner"], set_=values)
    )
    last = (
        select(SearchPicture.sha256)
        .where(SearchPicture.owner == owner)
        .order_by(SearchPicture.expires_at.desc())
        .limit(_MAX_PICTURES)
    )
    session.execute(
        delete(SearchPicture).where(
            SearchPicture.owner == owner, SearchPicture.sha256.not_in(last.scalar_subquery())
        )
    )


def is_own_picture(session: Session, sha256: str, owner: str) -> bool:
    """Return whether somebody uploaded a picture to search with, and it is still kept."""
    query = select(SearchPicture.expires_at > func.clock_timestamp()).where(
        SearchPicture.sha256 == sha256, SearchPicture.owner == owner
    )
    return bool(session.scalar(query))


def expire_search_pictures(session: Session) -> None:
    """Delete the rows of pictures that are over, and the embeddings of all that are not there.

    A trigger notes their bytes, see `shared.deletions.disposal`.
    """
    session.execute(delete(SearchPicture).where(SearchPicture.expires_at <= func.clock_timestamp()))
    is_there = select(SearchPicture.sha256).where(
        QueryVector.key == PICTURE_KEY + SearchPicture.sha256
    )
    session.execute(
        delete(QueryVector).where(QueryVector.key.startswith(PICTURE_KEY), ~is_there.exists())
    )
