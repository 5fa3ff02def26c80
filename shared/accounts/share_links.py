"""Share links: whoever has one sees one job or one collection. The caller commits.

A link belongs to its workspace, not to its maker: it stays when the maker leaves. It gives nothing
while its job is deleted or expired, and ends with its job or collection. Its token has 256 random
bits, so guessing need not be throttled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.orm import Session

from shared.accounts.fields import parse_label
from shared.accounts.rights import Principal
from shared.accounts.tokens import new_token, token_sha256
from shared.db.account_models import ShareLink
from shared.db.ids import new_id
from shared.db.library_models import Collection
from shared.db.models import NOW, Job
from shared.errors import (
    CollectionNotFound,
    FieldError,
    InvalidRequest,
    JobNotFound,
    ShareLinkLimit,
    ShareLinkNotFound,
)
from shared.queue.transitions import seconds_from_now

__all__ = [
    "DEFAULT_LIFETIME_S",
    "MAX_LIFETIME_S",
    "MAX_LINKS",
    "LinkQuery",
    "NewShareLink",
    "OpenedLink",
    "create_share_link",
    "list_share_links",
    "open_share_link",
    "revoke_share_link",
]

MAX_LINKS = 50
"""Of one job or collection, not counting revoked and expired ones."""
DEFAULT_LIFETIME_S = 14 * 86_400
MAX_LIFETIME_S = 365 * 86_400
_TOUCH_S = 60.0

_FIND = text("""
WITH found AS (
    SELECT l.id, l.workspace_id, l.job_id, l.collection_id, l.download, l.expires_at
    FROM share_link l
    LEFT JOIN job j ON j.id = l.job_id
    WHERE l.token_sha256 = :token_sha256
      AND l.revoked_at IS NULL AND l.expires_at > clock_timestamp()
      AND j.deleted_at IS NULL
      AND (j.expires_at IS NULL OR j.expires_at > clock_timestamp())
), touched AS (
    UPDATE share_link SET last_used_at = clock_timestamp() WHERE id = (
        SELECT l.id FROM share_link l JOIN found ON found.id = l.id
        WHERE l.last_used_at IS NULL
           OR l.last_used_at < clock_timestamp() - make_interval(secs => :touch_s)
        FOR UPDATE OF l SKIP LOCKED
    )
)
SELECT id, workspace_id, job_id, collection_id, download, expires_at FROM found
""")


@dataclass(frozen=True, kw_only=True)
class NewShareLink:
    """What somebody enters who makes a link: to a job, or to a collection."""

    workspace_id: str
    created_by: str
    """Owner, as of jobs."""
    job_id: str | None = None
    collection_id: str | None = None
    download: bool = False
    lifetime_s: float = DEFAULT_LIFETIME_S
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class OpenedLink:
    """A valid link that somebody has opened."""

    id: str
    workspace_id: str
    job_id: str | None
    collection_id: str | None
    download: bool
    expires_at: datetime

    @property
    def resource(self) -> str:
        """Return the id of what it opens."""
        resource = self.job_id or self.collection_id
        assert resource is not None
        return resource

    @property
    def principal(self) -> Principal:
        """Return who asks by it."""
        return Principal(
            kind="share_link",
            account_id=None,
            workspace_id=self.workspace_id,
            role="viewer",
            resource=self.resource,
        )


@dataclass(frozen=True, kw_only=True)
class LinkQuery:
    """Which links of a workspace to list; None: no such condition."""

    job_id: str | None = None
    collection_id: str | None = None
    before: str | None = None
    """Id of the last link of the previous page."""


def create_share_link(session: Session, new: NewShareLink) -> tuple[str, ShareLink]:
    """Insert a link and return its token, which is not stored, and its row.

    Raises:
        CollectionNotFound, JobNotFound: what it is to open does not exist.
        InvalidRequest: the lifetime or the note is invalid.
        ShareLinkLimit: the job or collection has too many.
    """
    if not 0 < new.lifetime_s <= MAX_LIFETIME_S:
        message = "Must be more than 0 and at most one year."
        raise InvalidRequest(FieldError(field="lifetime_s", message=message))
    note = parse_label(new.note, field="note") if new.note.strip() else ""
    _lock_resource(session, new)
    of_resource = _of(LinkQuery(job_id=new.job_id, collection_id=new.collection_id))
    count = session.scalar(select(func.count()).where(*of_resource, *_valid()))
    if count is not None and count >= MAX_LINKS:
        raise ShareLinkLimit(MAX_LINKS)
    token = new_token()
    row = ShareLink(
        id=new_id(),
        token_sha256=token_sha256(token),
        workspace_id=new.workspace_id,
        job_id=new.job_id,
        collection_id=new.collection_id,
        download=new.download,
        note=note,
        created_by=new.created_by,
        expires_at=seconds_from_now(new.lifetime_s),
    )
    session.add(row)
    session.flush()
    return token, row


def _lock_resource(session: Session, new: NewShareLink) -> None:
    """Let links of one job or collection be made one after the other, so that they are counted."""
    assert (new.job_id is None) != (new.collection_id is None)
    if new.job_id is not None:
        job = select(Job.id).where(Job.id == new.job_id).with_for_update(key_share=True)
        if session.scalar(job) is None:
            raise JobNotFound(new.job_id)
    else:
        lock = select(Collection.id).where(Collection.id == new.collection_id)
        if session.scalar(lock.with_for_update(key_share=True)) is None:
            raise CollectionNotFound(str(new.collection_id))


def list_share_links(
    session: Session, workspace_id: str, query: LinkQuery, limit: int
) -> Sequence[ShareLink]:
    """Return links of a workspace that are neither revoked nor expired, the newest first."""
    rows = select(ShareLink).where(ShareLink.workspace_id == workspace_id, *_of(query), *_valid())
    if query.before is not None:
        rows = rows.where(ShareLink.id < query.before)
    return session.scalars(rows.order_by(ShareLink.id.desc()).limit(limit)).all()


def _of(query: LinkQuery) -> list[ColumnElement[bool]]:
    wanted = {ShareLink.job_id: query.job_id, ShareLink.collection_id: query.collection_id}
    return [column == value for column, value in wanted.items() if value is not None]


def _valid() -> tuple[Any, ...]:
    return ShareLink.revoked_at.is_(None), ShareLink.expires_at > NOW


def revoke_share_link(session: Session, link_id: str, workspace_id: str) -> ShareLink:
    """Revoke a link of a workspace; once is enough. Return its row.

    Raises:
        ShareLinkNotFound: the workspace has no such link.
    """
    row: ShareLink | None = session.scalar(
        update(ShareLink)
        .where(ShareLink.id == link_id, ShareLink.workspace_id == workspace_id)
        .values(revoked_at=func.coalesce(ShareLink.revoked_at, NOW))
        .returning(ShareLink)
    )
    if row is None:
        raise ShareLinkNotFound
    return row


def open_share_link(session: Session, token: str) -> OpenedLink | None:
    """Return what a link opens; None: it is unknown, revoked or expired, or its job is gone.

    One statement, which also records the use, at most once a minute, and waits for nobody. The
    caller commits.
    """
    parameters = {"token_sha256": token_sha256(token), "touch_s": _TOUCH_S}
    row = session.execute(_FIND, parameters).mappings().one_or_none()
    return None if row is None else OpenedLink(**row)
