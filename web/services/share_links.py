"""Share links of the request's workspace, with their audit events, and their use by visitors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from shared.accounts.rights import may
from shared.accounts.share_links import (
    LinkQuery,
    NewShareLink,
    OpenedLink,
    create_share_link,
    list_share_links,
    open_share_link,
    revoke_share_link,
)
from shared.db.account_models import ShareLink
from shared.errors import CodesignerError, ShareLinkNotFound
from shared.library.collections import get_collection
from shared.pipelines import WITH_VARIANTS
from shared.timestamps import optional_timestamp, timestamp
from web.db.queries import checked_job
from web.db.shared_designs import shared_names
from web.extensions import services
from web.http.access import present_workspace
from web.http.audit import audit
from web.http.i18n import translate as _
from web.http.identity import present_owner
from web.schemas.share_links import ShareLinkRequest

__all__ = [
    "MadeLink",
    "Resource",
    "check_resource",
    "listed",
    "make_link",
    "opened_link",
    "revoke_link",
    "share_link_document",
]


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What is shared: a job or a collection."""

    job_id: str | None = None
    collection_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class MadeLink:
    """A link that was just made."""

    row: ShareLink
    token: str

    @property
    def url(self) -> str:
        """Return the address to pass on."""
        return f"{services().settings.public_url.rstrip('/')}/s/{self.token}"


def check_resource(session: Session, resource: Resource) -> str:
    """Return how the request's workspace calls what it shares: by its name, or its brief.

    Raises:
        CollectionNotFound, JobNotFound, JobExpired: the workspace has no such thing.
        CodesignerError: job_not_shareable, the job is no design.
    """
    if resource.job_id is None:
        collection_id = str(resource.collection_id)
        return get_collection(session, collection_id, present_workspace()).name
    job = checked_job(session, resource.job_id)
    if job.pipeline not in WITH_VARIANTS:
        message = _("The job %(job)s is no design: it cannot be shared.", job=job.id)
        raise CodesignerError("job_not_shareable", message)
    return shared_names(session, [job.id]).get(job.id, job.brief)


def make_link(session: Session, resource: Resource, body: ShareLinkRequest) -> MadeLink:
    """Make a link to a job or a collection of the request's workspace.

    Raises:
        CodesignerError: as `check_resource` and `create_share_link`.
    """
    check_resource(session, resource)
    new = NewShareLink(
        workspace_id=present_workspace(),
        created_by=present_owner().name,
        job_id=resource.job_id,
        collection_id=resource.collection_id,
        **body.model_dump(),
    )
    token, row = create_share_link(session, new)
    audit(session, "share_link.create", row.id, after=_recorded(row))
    return MadeLink(row=row, token=token)


def revoke_link(session: Session, link_id: str) -> None:
    """Revoke a link of the request's workspace.

    Raises:
        ShareLinkNotFound: it has no such link.
    """
    row = revoke_share_link(session, link_id, present_workspace())
    audit(session, "share_link.revoke", row.id, before=_recorded(row))


def listed(session: Session, query: LinkQuery, limit: int) -> Sequence[ShareLink]:
    """Return links of the request's workspace that are valid, the newest first."""
    return list_share_links(session, present_workspace(), query, limit)


def _recorded(row: ShareLink) -> dict[str, Any]:
    """Return what the audit log has of a link: neither its token nor the note, which may be any."""
    target = {"job": row.job_id} if row.job_id else {"collection": row.collection_id}
    return {**target, "download": row.download, "expires_at": timestamp(row.expires_at)}


def share_link_document(row: ShareLink) -> dict[str, Any]:
    """Return the document of a link, without its token."""
    is_job = row.job_id is not None
    resource = f"jobs/{row.job_id}" if is_job else f"collections/{row.collection_id}"
    return {
        "id": row.id,
        "job": row.job_id,
        "collection": row.collection_id,
        "download": row.download,
        "note": row.note,
        "created_by": row.created_by,
        "created_at": timestamp(row.created_at),
        "expires_at": timestamp(row.expires_at),
        "last_used_at": optional_timestamp(row.last_used_at),
        "links": {
            "self": f"/api/v1/share-links/{row.id}",
            "resource": f"/api/v1/{resource}",
        },
    }


def opened_link(token: str) -> OpenedLink:
    """Return what the link of this token opens, and record its use.

    Raises:
        ShareLinkNotFound: it is unknown, revoked or expired, or its job is gone.
    """
    with Session(services().autocommit) as session:
        link = open_share_link(session, token)
    if link is None or not may(link.principal, "see", link.workspace_id, resource=link.resource):
        raise ShareLinkNotFound
    return link
