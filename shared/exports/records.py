"""What an export says of all that an account has: designs, collections, palettes, acts."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.accounts.rights import LOCAL_ACCOUNT
from shared.audit.events import event_document
from shared.db.account_models import Account, AccountSession, ApiKey, Membership
from shared.db.audit_models import AuditEvent
from shared.db.library_models import BrandPalette, Collection, CollectionItem
from shared.db.models import Artifact, Batch, Job
from shared.library.entries import library_documents
from shared.main_workspace import MAIN_WORKSPACE
from shared.queue.transitions import unexpired
from shared.timestamps import optional_timestamp, timestamp

__all__ = [
    "audit_documents",
    "design_document",
    "exported_files",
    "exported_jobs",
    "further_records",
]

_PIPELINES = ("design", "print", "render")
_PAGE = 500
_LEFT_OUT = ("thumbnail", "preview")
"""Kinds of files that are smaller copies of others."""


def exported_jobs(session: Session, account_id: str) -> list[str]:
    """Return the ids of the designs and prints of an account, oldest first."""
    mine = _mine(account_id, Job.owner, Job.workspace_id)
    query = select(Job.id).where(mine, Job.pipeline.in_(_PIPELINES), unexpired())
    return list(session.scalars(query.order_by(Job.id)))


def exported_files(session: Session, job_id: str) -> list[Artifact]:
    """Return the files of a job, without the smaller copies of pictures."""
    query = select(Artifact).where(Artifact.job_id == job_id, Artifact.kind.not_in(_LEFT_OUT))
    return list(session.scalars(query.order_by(Artifact.id)))


def _mine(
    account_id: str, owner: InstrumentedAttribute[str], workspace: InstrumentedAttribute[str]
) -> ColumnElement[bool]:
    """Return SQL for what an account made, in the workspaces of which it is a member.

    Who has left a workspace does not see it any more. Without accounts all is the only user's.
    """
    if account_id == LOCAL_ACCOUNT:
        return workspace == MAIN_WORKSPACE
    joined = select(Membership.workspace_id).where(Membership.account_id == account_id)
    return and_(owner == f"account:{account_id}", workspace.in_(joined))


def design_document(session: Session, job: Job) -> dict[str, Any]:
    """Return the record of a job: what was asked for, and what people recorded of it."""
    (recorded,) = library_documents(session, [job.id]).values()
    collections = select(CollectionItem.collection_id).where(CollectionItem.job_id == job.id)
    return {
        "id": job.id,
        "pipeline": job.pipeline,
        "state": job.state,
        "workspace": job.workspace_id,
        "owner": job.owner,
        "brief": job.brief,
        "description": job.description,
        "understood": job.understood,
        "options": job.options,
        "notices": [*job.reference_notice, *job.notices],
        "error": job.error,
        "name": recorded["name"],
        "tags": recorded["tags"],
        "judgements": recorded["reviews"],
        "collections": list(session.scalars(collections)),
        "batch": job.batch_id,
        "derived_from": job.derived_from,
        "derived_how": job.derived_how,
        "print_of": job.print_of,
        "model_versions": job.model_versions,
        "created_at": timestamp(job.created_at),
        "finished_at": optional_timestamp(job.finished_at),
        "expires_at": optional_timestamp(job.expires_at),
    }


def further_records(session: Session, account_id: str) -> dict[str, Any]:
    """Return the documents of what is no design, by file name."""
    records: dict[str, Any] = {
        "collections.json": _collections(session, account_id),
        "palettes.json": _palettes(session, account_id),
        "batches.json": _batches(session, account_id),
    }
    if account_id != LOCAL_ACCOUNT:
        records["account.json"] = _account(session, account_id)
    return records


def _collections(session: Session, account_id: str) -> list[dict[str, Any]]:
    mine = _mine(account_id, Collection.owner, Collection.workspace_id)
    documents = []
    for row in session.scalars(select(Collection).where(mine).order_by(Collection.id)):
        items = select(CollectionItem.job_id).where(CollectionItem.collection_id == row.id)
        documents.append(
            {
                "id": row.id,
                "name": row.name,
                "workspace": row.workspace_id,
                "created_at": timestamp(row.created_at),
                "jobs": list(session.scalars(items.order_by(CollectionItem.job_id))),
            }
        )
    return documents


def _palettes(session: Session, account_id: str) -> list[dict[str, Any]]:
    mine = _mine(account_id, BrandPalette.owner, BrandPalette.workspace_id)
    rows = session.scalars(select(BrandPalette).where(mine).order_by(BrandPalette.id))
    return [
        {
            "id": row.id,
            "name": row.name,
            "colours": row.colours,
            "workspace": row.workspace_id,
            "created_at": timestamp(row.created_at),
        }
        for row in rows
    ]


def _batches(session: Session, account_id: str) -> list[dict[str, Any]]:
    mine = _mine(account_id, Batch.owner, Batch.workspace_id)
    rows = session.scalars(select(Batch).where(mine).order_by(Batch.id))
    return [
        {"id": row.id, "asked": row.asked, "created_at": timestamp(row.created_at)} for row in rows
    ]


def _account(session: Session, account_id: str) -> dict[str, Any]:
    """Return what is recorded of a person, without what signs in."""
    account = session.get_one(Account, account_id)
    memberships = session.scalars(select(Membership).where(Membership.account_id == account_id))
    keys = session.scalars(select(ApiKey).where(ApiKey.account_id == account_id))
    browsers = session.scalars(
        select(AccountSession).where(AccountSession.account_id == account_id)
    )
    return {
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "display_name": account.display_name,
        "locale": account.locale,
        "created_at": timestamp(account.created_at),
        "memberships": [{"workspace": row.workspace_id, "role": row.role} for row in memberships],
        "api_keys": [
            {
                "name": row.name,
                "prefix": row.prefix,
                "workspace": row.workspace_id,
                "scopes": row.scopes,
                "created_at": timestamp(row.created_at),
                "expires_at": optional_timestamp(row.expires_at),
                "last_used_at": optional_timestamp(row.last_used_at),
                "revoked_at": optional_timestamp(row.revoked_at),
            }
            for row in keys
        ],
        "sessions": [
            {
                "created_at": timestamp(row.created_at),
                "last_seen_at": timestamp(row.last_seen_at),
                "address": row.address,
                "user_agent": row.user_agent,
                "revoked_at": optional_timestamp(row.revoked_at),
            }
            for row in browsers
        ],
    }


def audit_documents(session: Session, account_id: str) -> Iterator[dict[str, Any]]:
    """Yield the audit events of an account's own acts, oldest first."""
    last = 0
    while True:
        query = select(AuditEvent).where(AuditEvent.id > last)
        if account_id != LOCAL_ACCOUNT:
            query = query.where(AuditEvent.actor == f"account:{account_id}")
        rows = session.scalars(query.order_by(AuditEvent.id).limit(_PAGE)).all()
        yield from map(event_document, rows)
        if len(rows) < _PAGE:
            return
        last = rows[-1].id
