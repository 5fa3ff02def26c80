"""What visitors see and fetch by a share link."""

from typing import Any

from flask import request
from sqlalchemy.orm import Session

from shared.accounts.share_links import OpenedLink
from shared.db.models import Artifact
from shared.errors import (
    ArtifactNotFound,
    CodesignerError,
    FieldError,
    InvalidRequest,
)
from web.db.shared_designs import (
    DOWNLOADED_KINDS,
    count_shared_jobs,
    shared_artifact,
    shared_artifacts,
    shared_jobs,
    shared_name,
)
from web.downloads.contents import Chosen
from web.downloads.names import slug
from web.downloads.zips import Selection
from web.extensions import services
from web.http.i18n import translate as _
from web.presentation.shared_designs import MAX_ZIPPED, SharedPage, shared_document
from web.services.share_links import opened_link

__all__ = ["selected", "shown", "shown_file"]

_MAX_OFFSET = 10_000
_MAX_NAME = 40


def shown(token: str, path: str = "/api/v1/shared") -> dict[str, Any]:
    """Return the document of what a link shows, from the request's `offset` on.

    Args:
        path: where the next page is, before its token.

    Raises:
        InvalidRequest: `offset` is malformed.
        ShareLinkNotFound: as `opened_link`.
    """
    link = opened_link(token)
    page = SharedPage(token=token, offset=_offset(), path=path)
    with services().sessions() as session:
        return shared_document(session, link, page)


def _offset() -> int:
    text = request.args.get("offset", "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= _MAX_OFFSET):
        message = _("Must be a whole number from 0 to %(most)d.", most=_MAX_OFFSET)
        raise InvalidRequest(FieldError(field="offset", message=message))
    return int(text)


def shown_file(token: str, sha256: str) -> Artifact:
    """Return a file that may be fetched by a link.

    Raises:
        ArtifactNotFound: the link does not give it.
        ShareLinkNotFound: as `opened_link`.
    """
    link = opened_link(token)
    with services().sessions() as session:
        artifact = shared_artifact(session, link, sha256)
    if artifact is None:
        raise ArtifactNotFound(sha256)
    return artifact


def selected(session: Session, link: OpenedLink) -> Selection:
    """Return what the zip of a link has: the files that it gives, and no others.

    Raises:
        CodesignerError: forbidden, the link is without downloads; zip_too_large; no_files.
    """
    if not link.download:
        raise CodesignerError("forbidden", _("This link shows designs; it does not give files."))
    if count_shared_jobs(session, link) > MAX_ZIPPED:
        message = _("There are more than %(most)d designs; fetch their files.", most=MAX_ZIPPED)
        raise CodesignerError("zip_too_large", message)
    jobs = shared_jobs(session, link, limit=MAX_ZIPPED)
    variants: dict[str, set[int]] = {job.id: set() for job in jobs}
    for each in shared_artifacts(session, link, list(variants)):
        variants[each.job_id].add(each.variant)
    chosen = [Chosen(job=job, variants=frozenset(variants[job.id])) for job in jobs]
    name = slug(shared_name(session, link))[:_MAX_NAME].strip("-")
    return Selection(
        name=name or "designs", jobs=chosen, may_lack_files=True, kinds=frozenset(DOWNLOADED_KINDS)
    )
