"""Exports of everything that whoever asks made."""

from typing import Any

from sqlalchemy.orm import Session

from shared.db.models import Job
from shared.exports.requests import (
    active_export,
    delete_earlier_exports,
    export_document,
    export_submission,
    list_exports,
)
from shared.jobs.insertion import Submission
from shared.jobs.quotas import Limits
from shared.queue.fairness import lock_owner
from web.extensions import Services
from web.http.access import present_account
from web.http.audit import audit
from web.http.identity import Owner, request_fields
from web.services.jobs import submit_job

__all__ = ["ask_for_export", "own_exports"]


class _IsActiveError(Exception):
    """Another request has asked for an export meanwhile."""


def ask_for_export(services: Services) -> dict[str, Any]:
    """Submit an export and return its document; of one that has not ended, that one's.

    Raises:
        CodesignerError: as `web.services.jobs.submit_job`.
    """
    account_id = present_account()
    if (active := _active_document(services, account_id)) is not None:
        return active

    def build(session: Session, owner: Owner) -> Submission:
        lock_owner(session, owner.name)
        if active_export(session, account_id) is not None:
            raise _IsActiveError
        delete_earlier_exports(session, account_id)
        return export_submission(account_id, **request_fields(owner, services.settings))

    def describe(session: Session, job: Job) -> dict[str, Any]:
        audit(session, "account.export", job.id)
        return export_document(session, job)

    # One may take out what one has, whatever the quotas; the queue has its limit.
    limits = Limits(queue=services.settings.max_queue)
    try:
        return submit_job(services, build, describe, limits=limits)
    except _IsActiveError:
        active = _active_document(services, account_id)
        if active is None:  # it has ended in this moment
            return ask_for_export(services)
        return active


def _active_document(services: Services, account_id: str) -> dict[str, Any] | None:
    with services.sessions() as session:
        active = active_export(session, account_id)
        return None if active is None else export_document(session, active)


def own_exports(session: Session) -> list[dict[str, Any]]:
    """Return the documents of the last exports of whoever asks, newest first."""
    return [export_document(session, job) for job in list_exports(session, present_account())]
