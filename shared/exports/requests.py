"""Exports that people ask for: jobs of the pipeline export, whose only file is a zip.

The caller commits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from shared.accounts.rights import LOCAL_ACCOUNT
from shared.db.models import ACTIVE, ENDED, Artifact, Job, StageRun
from shared.errors import ExportNotFound
from shared.jobs.insertion import Submission
from shared.jobs.retention import delete_rows, lock_ended
from shared.queue.transitions import unexpired
from shared.timestamps import timestamp

__all__ = [
    "EXPORT_TTL_S",
    "ExportFile",
    "active_export",
    "affected_exports",
    "delete_earlier_exports",
    "export_document",
    "export_file",
    "export_submission",
    "get_export",
    "list_exports",
]

EXPORT_TTL_S = 3 * 86_400.0
"""Seconds for which a finished export can be downloaded."""
_MAX_LISTED = 20
_MAX_DELETED = 100
_KEPT = 2
"""Ended exports that stay when another one is asked for."""


@dataclass(frozen=True, kw_only=True)
class ExportFile:
    """The zip of an export."""

    sha256: str
    size_bytes: int


def export_submission(account_id: str, **fields: Any) -> Submission:
    """Return the submission of an export of all that an account has.

    Args:
        account_id: `LOCAL_ACCOUNT` for everything of an installation without accounts.
        fields: owner, workspace and others, see `RequestFields`.
    """
    return Submission(
        pipeline="export",
        options={"account_id": account_id},
        model_versions={},
        listed=False,
        **fields | {"ttl_s": EXPORT_TTL_S},
    )


def active_export(session: Session, account_id: str) -> Job | None:
    """Return the export of an account that has not ended."""
    query = select(Job).where(_of(account_id), unexpired(), Job.state.in_(ACTIVE))
    return session.scalars(query.order_by(Job.id.desc()).limit(1)).one_or_none()


def delete_earlier_exports(session: Session, account_id: str) -> None:
    """Delete the ended exports of an account but the last ones; their bytes follow.

    Exports are of no quota, and each may be as large as all that the account has.
    """
    is_own = _of(account_id)
    last = select(Job.id).where(is_own, Job.state.in_(ENDED)).order_by(Job.id.desc()).limit(_KEPT)
    delete_rows(session, lock_ended(session, is_own & Job.id.not_in(last), _MAX_DELETED))


def list_exports(session: Session, account_id: str) -> Sequence[Job]:
    """Return the last exports of an account that are there, newest first."""
    query = select(Job).where(_of(account_id), unexpired())
    return session.scalars(query.order_by(Job.id.desc()).limit(_MAX_LISTED)).all()


def get_export(session: Session, export_id: str, account_id: str) -> Job:
    """Return an export of an account.

    Raises:
        ExportNotFound: it has none of this id, or it has expired.
    """
    query = select(Job).where(Job.id == export_id, _of(account_id), unexpired())
    job = session.scalars(query).one_or_none()
    if job is None:
        raise ExportNotFound(export_id)
    return job


def _of(account_id: str) -> ColumnElement[bool]:
    return and_(Job.pipeline == "export", Job.options["account_id"].astext == account_id)


def affected_exports(session: Session, job_ids: Sequence[str], deleted_at: datetime) -> list[str]:
    """Return the ids of the exports that may hold some of these jobs.

    Args:
        deleted_at: when the jobs were deleted; exports that were asked for later do not hold them.
    """
    owners = session.scalars(select(Job.owner).where(Job.id.in_(job_ids)).distinct()).all()
    if not owners:
        return []
    accounts = {owner.removeprefix("account:") for owner in owners if owner.startswith("account:")}
    exports = select(Job.id).where(
        Job.pipeline == "export",
        Job.options["account_id"].astext.in_({LOCAL_ACCOUNT, *accounts}),
        Job.created_at <= deleted_at,
    )
    return list(session.scalars(exports.order_by(Job.id)))


def export_file(session: Session, job: Job) -> ExportFile | None:
    """Return the zip of an export; None while it is not finished."""
    query = select(Artifact).where(Artifact.job_id == job.id, Artifact.kind == "export")
    row = session.scalars(query).one_or_none()
    return None if row is None else ExportFile(sha256=row.sha256, size_bytes=row.size_bytes)


def export_document(session: Session, job: Job) -> dict[str, Any]:
    """Return the document of an export."""
    run = session.scalars(select(StageRun).where(StageRun.job_id == job.id)).one()
    file = export_file(session, job)
    details: Mapping[str, Any] = run.provenance.get("details", {})
    path = f"/api/v1/exports/{job.id}"
    return {
        "id": job.id,
        "state": job.state,
        "progress": run.progress,
        "created_at": timestamp(job.created_at),
        "finished_at": job.finished_at and timestamp(job.finished_at),
        "expires_at": job.expires_at and timestamp(job.expires_at),
        "size_bytes": file and file.size_bytes,
        "designs": details.get("designs"),
        "files": details.get("files"),
        "error": None if job.error is None else job.error["code"],
        "links": {"self": path, **({"zip": f"{path}/zip"} if file else {})},
    }
