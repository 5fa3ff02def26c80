"""Deletion of batches, and of all that was drawn after a reference image."""

import re
from collections.abc import Sequence

from flask import request
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from shared.db.models import Batch, Job
from shared.errors import ArtifactNotFound, BatchNotFound, FieldError, InvalidRequest
from shared.jobs import deletion
from web.db.queries import DESIGNERS, is_id
from web.http.access import present_workspace
from web.http.audit import audit
from web.http.i18n import translate as _
from web.http.identity import present_asker

__all__ = [
    "delete_batch",
    "delete_reference",
    "designs_after",
    "read_before",
    "restore_batch",
    "restore_reference",
]

_SHA256 = re.compile(r"[0-9a-f]{64}")

_MAX_ID = 2**63 - 1


def read_before() -> int | None:
    """Return the parameter `before`, the id of the last deletion of the previous page.

    Raises:
        InvalidRequest: it is no id.
    """
    before = request.args.get("before") or None
    if before is None:
        return None
    if not (before.isascii() and before.isdecimal() and len(before) < 20) or int(before) > _MAX_ID:
        message = _("This is not the id of a deletion.")
        raise InvalidRequest(FieldError(field="before", message=message))
    return int(before)


def delete_batch(session: Session, batch: Batch) -> list[str]:
    """Delete all jobs of a batch and return their ids."""
    before = {"owner": batch.owner}
    job_ids = deletion.delete_batch(session, batch.id, present_asker())
    audit(session, "batch.delete", batch.id, before=before, after={"jobs": job_ids})
    return job_ids


def restore_batch(session: Session, batch_id: str) -> list[str]:
    """Restore the jobs of a batch that were deleted with it; return their ids.

    Raises:
        BatchNotFound: the id is malformed.
    """
    if not is_id(batch_id):
        raise BatchNotFound(batch_id)
    return _restore(session, "batch", batch_id)


def delete_reference(session: Session, sha256: str) -> list[str]:
    """Delete all that was drawn after a reference image and return the ids of the jobs.

    Raises:
        ArtifactNotFound: nothing that the asker may delete was drawn after it.
    """
    asker = present_asker()
    job_ids = deletion.delete_reference(session, _checked(sha256), asker, _deletable())
    if not job_ids:
        raise ArtifactNotFound(sha256)
    audit(session, "reference.delete", sha256, after={"jobs": job_ids})
    return job_ids


def restore_reference(session: Session, sha256: str) -> list[str]:
    """Restore what was deleted with a reference image; return the ids of the jobs.

    Raises:
        ArtifactNotFound: nothing was, and nothing is there that was drawn after it.
    """
    job_ids = _restore(session, "reference", _checked(sha256))
    if not job_ids and not designs_after(session, sha256):
        raise ArtifactNotFound(sha256)
    return job_ids


def designs_after(session: Session, sha256: str) -> Sequence[str]:
    """Return the ids of the jobs that the deletion of a reference image deletes."""
    return deletion.jobs_after_reference(session, sha256, _deletable())


def _restore(session: Session, kind: str, object_id: str) -> list[str]:
    job_ids = deletion.restore_object(session, kind, object_id, present_asker().workspace_id)
    if job_ids:
        audit(session, f"{kind}.restore", object_id, after={"jobs": job_ids})
    return job_ids


def _deletable() -> ColumnElement[bool]:
    return Job.pipeline.in_(DESIGNERS) & (Job.workspace_id == present_workspace())


def _checked(sha256: str) -> str:
    if _SHA256.fullmatch(sha256) is None:
        raise ArtifactNotFound(sha256)
    return sha256
